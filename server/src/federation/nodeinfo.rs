//! NodeInfo 2.0 and 2.1 (FEP-f1d5): what software this is, and roughly how large.

use serde_json::{Value, json};

use crate::app::App;
use crate::db::{Conn, members, proposals, quiet_mode};
use crate::domain::look::Term;
use crate::error::Error;

/// Numbers are rounded to this, so that a small collective cannot be counted from outside.
const STEP: i64 = 10;

/// Where the documents are, with the application actor (FEP-2677).
pub fn links(app: &App) -> Value {
    let urls = app.collective.urls();
    let link = |rel: &str, path: &str| json!({"rel": rel, "href": urls.join(path)});
    json!({
        "links": [
            link("http://nodeinfo.diaspora.software/ns/schema/2.0", "nodeinfo/2.0"),
            link("http://nodeinfo.diaspora.software/ns/schema/2.1", "nodeinfo/2.1"),
            link("https://www.w3.org/ns/activitystreams#Application", "actor")
        ]
    })
}

/// The document of a version, `2.0` or `2.1`.
pub fn document(app: &App, conn: &mut Conn, version: &str) -> Result<Value, Error> {
    let is_quiet = quiet_mode::is_quiet(conn)?;
    let members = members::list(conn)?.len();
    let members = if is_quiet { 0 } else { i64::try_from(members).unwrap_or(i64::MAX) };
    let posts = if is_quiet { 0 } else { proposals::count_public(conn)? };
    let (total, posts) = (rounded(members), rounded(posts));
    let mut software = json!({"name": "mutuals", "version": env!("CARGO_PKG_VERSION")});
    if let ("2.1", Value::Object(software)) = (version, &mut software) {
        software.insert("repository".into(), json!(env!("CARGO_PKG_REPOSITORY")));
        software.insert("homepage".into(), json!(env!("CARGO_PKG_REPOSITORY")));
    }
    Ok(json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": false,
        "usage": {
            // Who was active when is nobody's business: the members are the only number there is.
            "users": {"total": total, "activeMonth": total, "activeHalfyear": total},
            "localPosts": posts
        },
        "metadata": {
            "nodeName": app.collective.name,
            "feps": ["0837", "2677", "2c59", "521a", "5feb", "67ff", "d556", "f1d5", "fe34"],
            // What we understand beyond the usual, for those who want to know before they ask.
            "mutuals": {"vocabulary": Term::ALL.map(Term::word)}
        }
    }))
}

/// The exact content type of a version's document.
pub fn content_type(version: &str) -> String {
    format!("application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\"")
}

fn rounded(number: i64) -> i64 {
    (number + STEP - 1) / STEP * STEP
}

#[cfg(test)]
mod tests {
    #[test]
    fn wf_07_numbers_are_rounded_up() {
        let rounded: Vec<_> = [0, 1, 10, 11, 34].into_iter().map(super::rounded).collect();
        assert_eq!(rounded, [0, 10, 10, 20, 40]);
    }
}
