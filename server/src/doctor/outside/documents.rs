//! What others look for at our address before they speak with us, with the types that they expect.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use crate::app::App;
use crate::client::own::Own;
use crate::domain::finding::Finding;

/// A document that others look for.
struct Wanted {
    id: &'static str,
    path: String,
    /// How its content type begins.
    kind: &'static str,
    /// What stands in it.
    holds: String,
}

/// Looks at the documents.
pub async fn look(app: &App, own: &Own) -> Vec<Finding> {
    let wanted = wanted(app);
    if app.gate().is_off() {
        let skipped = |wanted: &Wanted| Finding::skipped(wanted.id, "doctor-federation-off");
        return wanted.iter().map(skipped).collect();
    }
    let [a, b, c, d, e] = &wanted;
    let (a, b, c, d, e) = tokio::join!(
        look_at(own, a),
        look_at(own, b),
        look_at(own, c),
        look_at(own, d),
        look_at(own, e),
    );
    vec![a, b, c, d, e]
}

fn wanted(app: &App) -> [Wanted; 5] {
    let (urls, address) = (app.collective.urls(), app.collective.address());
    let nodeinfo = urls.join("nodeinfo/2.1");
    [
        Wanted {
            id: "outside.webfinger",
            path: format!(".well-known/webfinger?resource=acct:{address}"),
            kind: "application/jrd+json",
            holds: format!("acct:{address}"),
        },
        Wanted {
            id: "outside.host-meta",
            path: ".well-known/host-meta".into(),
            kind: "application/xrd+xml",
            holds: "lrdd".into(),
        },
        Wanted {
            id: "outside.nodeinfo",
            path: ".well-known/nodeinfo".into(),
            kind: "application/json",
            holds: nodeinfo.to_string(),
        },
        Wanted {
            id: "outside.nodeinfo-document",
            path: nodeinfo.path().trim_start_matches('/').into(),
            kind: "application/json",
            holds: "activitypub".into(),
        },
        // The one that everybody may read, also while we speak with some only.
        Wanted {
            id: "outside.actor",
            path: urls.instance_actor().path().trim_start_matches('/').into(),
            kind: "application/activity+json",
            holds: urls.instance_actor().to_string(),
        },
    ]
}

async fn look_at(own: &Own, wanted: &Wanted) -> Finding {
    let accept = HeaderValue::from_static(wanted.kind);
    let told = own.get(&wanted.path, HeaderMap::from_iter([(ACCEPT, accept)])).await;
    let seen = match told {
        Err(error) => error.to_string(),
        Ok(told) => {
            let kind = told.answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            let kind = kind.unwrap_or_default();
            let body = String::from_utf8_lossy(&told.answer.body);
            let fits = kind.starts_with(wanted.kind) && body.contains(&wanted.holds);
            if told.answer.status.is_success() && fits {
                let finding = Finding::ok(wanted.id, "doctor-document-ok");
                return finding.with("path", &wanted.path);
            }
            format!("{} {kind}", told.answer.status.as_u16())
        }
    };
    Finding::wrong(wanted.id, "doctor-document-wrong", "doctor-document-do")
        .with("path", &wanted.path)
        .with("seen", seen)
        .with("wanted", wanted.kind)
}
