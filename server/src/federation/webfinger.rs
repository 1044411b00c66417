//! Who is behind a handle (RFC 7033), and where to ask (RFC 6415).

use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::federation::vocab::CONTENT_TYPE;

/// The answer for a resource: our handle, our actors' addresses, or our origin (FEP-d556).
pub fn answer(app: &App, resource: &str) -> Option<Value> {
    let urls = app.collective.urls();
    let domain = app.collective.domain();
    if is_account(resource, &app.collective.handle, &domain) {
        return Some(collective(app));
    }
    let name = app.collective.instance_name();
    if is_account(resource, &name, &domain) || is_account(resource, &domain, &domain) {
        return Some(instance(app));
    }
    let url = Url::parse(resource).ok()?;
    if url == urls.actor() || url == urls.profile() {
        Some(collective(app))
    } else if url == app.collective.base || url == urls.instance_actor() {
        Some(instance(app))
    } else {
        None
    }
}

/// The host-meta document: the template of WebFinger.
pub fn host_meta(app: &App) -> String {
    let template = app.collective.urls().join(".well-known/webfinger");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{template}?resource={{uri}}\"/>\n</XRD>\n"
    )
}

/// Handles are compared without regard to case; a usual port may be written out.
fn is_account(resource: &str, name: &str, domain: &str) -> bool {
    let account = resource.strip_prefix("acct:").unwrap_or(resource).trim_start_matches('@');
    let Some((left, right)) = account.rsplit_once('@') else { return false };
    let right = right.strip_suffix(":443").unwrap_or(right);
    left.eq_ignore_ascii_case(name) && right.eq_ignore_ascii_case(domain)
}

fn collective(app: &App) -> Value {
    let urls = app.collective.urls();
    json!({
        "subject": format!("acct:{}", app.collective.address()),
        "aliases": [urls.actor(), urls.profile()],
        "links": [
            link("self", CONTENT_TYPE, &urls.actor()),
            link("http://webfinger.net/rel/profile-page", "text/html", &urls.profile())
        ]
    })
}

fn instance(app: &App) -> Value {
    let urls = app.collective.urls();
    let (name, domain) = (app.collective.instance_name(), app.collective.domain());
    let actor = urls.instance_actor();
    json!({
        "subject": format!("acct:{name}@{domain}"),
        "aliases": [actor, app.collective.base],
        "links": [
            link("self", CONTENT_TYPE, &actor),
            link("https://www.w3.org/ns/activitystreams#Service", CONTENT_TYPE, &actor)
        ]
    })
}

fn link(rel: &str, kind: &str, href: &Url) -> Value {
    json!({"rel": rel, "type": kind, "href": href})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wf_03_handles_are_read_as_people_and_servers_write_them() {
        for resource in [
            "acct:ring@ring.example",
            "acct:RING@ring.example",
            "acct:ring@RING.example:443",
            "@ring@ring.example",
        ] {
            assert!(is_account(resource, "ring", "ring.example"), "{resource}");
        }
        for resource in [
            "",
            "acct:",
            "ring",
            "acct:ring",
            "acct:ring@",
            "acct:mill@ring.example",
            "acct:ring@mill.example",
        ] {
            assert!(!is_account(resource, "ring", "ring.example"), "{resource}");
        }
    }
}
