//! Direct answers: what we write to one person, in the thread that they began. We never begin one,
//! because servers hide private words of strangers from those to whom they are written (wire
//! contract, 5.2).

use serde_json::json;
use url::Url;

use crate::app::App;
use crate::db::Conn;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::outbox::send_to;
use crate::federation::vocab::PERSON_CONTEXT;

/// To whom an answer goes, and where it stands.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// Its own id. Nobody can read anything there.
    pub id: Url,
    /// To whom.
    pub them: &'a RemoteActor,
    /// What they wrote.
    pub to: &'a Url,
    /// The code of the language of its words.
    pub language: &'a str,
}

/// Sends an answer. `html` begins with a mention of them (`promises::mention`): Mastodon shows it to nobody whom its words do not name as its `tag` does.
pub fn answer(app: &App, conn: &mut Conn, answer: &Answer, html: &str) -> Result<(), Error> {
    let Answer { id, them, to, language } = answer;
    let actor = app.collective.urls().actor();
    let note = json!({
        "id": id,
        "type": "Note",
        "attributedTo": actor,
        "inReplyTo": to,
        "to": [them.url],
        "cc": [],
        "published": app.now(),
        "directMessage": true,
        "sensitive": false,
        "content": html,
        "contentMap": {*language: html},
        "tag": [{"type": "Mention", "href": them.url, "name": format!("@{}", them.address)}],
        "attachment": []
    });
    let create = json!({
        "@context": *PERSON_CONTEXT,
        "id": format!("{id}/create"),
        "type": "Create",
        "actor": actor,
        "to": [them.url],
        "cc": [],
        "published": app.now(),
        "object": note
    });
    send_to(app, conn, &create, &them.inbox)
}
