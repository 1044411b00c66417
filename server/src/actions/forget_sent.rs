//! Take words out of what was sent and is kept for a while, when those who wrote them are forgotten.

use serde_json::Value;
use url::Url;

use crate::db::{Conn, leaving};
use crate::error::Error;

/// What is left of an activity that was sent: its envelope, and the address of what it was about.
const ENVELOPE: [&str; 7] = ["@context", "id", "type", "actor", "to", "cc", "published"];

/// Takes the words out of what was sent about objects and is kept for a while. Whoever has not got
/// it yet reads at its address what stands there now.
pub fn forget_sent(conn: &mut Conn, objects: &[Url]) -> Result<(), Error> {
    for object in objects {
        for (id, body) in leaving::list_sent_about(conn, object.as_str())? {
            leaving::update_sent(conn, id, &without_words(&body, object))?;
        }
    }
    Ok(())
}

fn without_words(body: &str, object: &Url) -> String {
    let mut activity: Value = serde_json::from_str(body).unwrap_or_default();
    if let Value::Object(fields) = &mut activity {
        // An Offer is not about the object: it is the object itself.
        let about = fields.get("object").map(|about| about.get("id").unwrap_or(about));
        let is_about = about.and_then(Value::as_str) == Some(object.as_str());
        fields.retain(|name, _| ENVELOPE.contains(&name.as_str()));
        if is_about {
            fields.insert("object".to_owned(), object.as_str().into());
        }
    }
    activity.to_string()
}

/// Takes everything out of what was said to an account alone: it names them.
pub fn forget_sent_to(conn: &mut Conn, account: &Url) -> Result<(), Error> {
    for (id, body) in leaving::list_sent_to(conn, account.as_str())? {
        let mut activity: Value = serde_json::from_str(&body).unwrap_or_default();
        if let Value::Object(fields) = &mut activity {
            fields.retain(|name, _| matches!(name.as_str(), "@context" | "id" | "type" | "actor"));
        }
        leaving::update_sent(conn, id, &activity.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_what_was_sent_only_the_envelope_is_left() {
        let object: Url = "https://ring.example/n/1".parse().unwrap();
        let left = |about: Value| {
            let mut body = json!({"id": "x", "type": "Create", "to": ["y"], "content": "a"});
            body["object"] = about;
            serde_json::from_str::<Value>(&without_words(&body.to_string(), &object)).unwrap()
        };
        let about = json!({"id": "x", "type": "Create", "to": ["y"], "object": object});
        assert_eq!(left(json!({"id": object, "content": "a"})), about);
        assert_eq!(left(json!(object)), about);
        let offered = json!({"id": "x", "type": "Create", "to": ["y"]});
        assert_eq!(left(json!({"type": "Agreement", "note": "a"})), offered);
        assert_eq!(without_words("not JSON", &object), "null");
    }
}
