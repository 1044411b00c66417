//! What we say about pacts.

use serde_json::{Value, json};

use crate::app::App;
use crate::db::{Conn, activities, pacts};
use crate::domain::event::Way;
use crate::domain::id::PactId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::Pact;
use crate::error::Error;
use crate::federation::objects::relationship::{self, relationship};
use crate::federation::outbox::send_to;

/// Tells the other side our word about a pact.
pub fn say(app: &App, conn: &mut Conn, id: PactId, way: &Way) -> Result<(), Error> {
    let (pact, actor) = pacts::find(conn, id)?;
    let activity = match way {
        Way::Offer => saying(app, &pact, &actor, "Offer"),
        Way::Update => saying(app, &pact, &actor, "Update"),
        Way::Accept => answering(app, &pact, &actor, "Accept"),
        Way::Reject => answering(app, &pact, &actor, "Reject"),
        Way::Undo => undoing(app, conn, &pact, &actor)?,
    };
    send_to(app, conn, &activity, &actor.inbox)
}

/// An activity whose object is the pact.
fn saying(app: &App, pact: &Pact, actor: &RemoteActor, kind: &str) -> Value {
    activity(app, pact, actor, kind, json!({"object": relationship(app, pact, actor)}))
}

/// An answer to their Offer, with the pact as its result.
fn answering(app: &App, pact: &Pact, actor: &RemoteActor, kind: &str) -> Value {
    let result = relationship(app, pact, actor);
    activity(app, pact, actor, kind, json!({"object": pact.their_offer, "result": result}))
}

/// The end: what is undone is the activity by which we came in.
fn undoing(app: &App, conn: &mut Conn, pact: &Pact, actor: &RemoteActor) -> Result<Value, Error> {
    let came_in = pact.our_offer.as_ref().map(ToString::to_string).unwrap_or_default();
    let sent = activities::find_sent(conn, &came_in)?;
    let was_answer = sent.is_some_and(|sent| sent.kind == "Accept");
    let mut undone = match was_answer {
        true => answering(app, pact, actor, "Accept"),
        false => saying(app, pact, actor, "Offer"),
    };
    if let Value::Object(undone) = &mut undone {
        undone.shift_remove("@context");
        undone.insert("id".into(), json!(came_in));
    }
    let mut undo = activity(app, pact, actor, "Undo", json!({"object": undone}));
    let word = app.collective.urls().pact_word(pact.id, pact.ours.sequence);
    if let Value::Object(undo) = &mut undo {
        undo.insert("id".into(), json!(format!("{word}/undo")));
    }
    Ok(undo)
}

fn activity(app: &App, pact: &Pact, actor: &RemoteActor, kind: &str, parts: Value) -> Value {
    let urls = app.collective.urls();
    let mut activity = json!({
        "@context": *relationship::CONTEXT,
        "id": urls.pact_word(pact.id, pact.ours.sequence),
        "type": kind,
        "actor": urls.actor(),
        "to": [actor.url]
    });
    if let (Value::Object(activity), Value::Object(parts)) = (&mut activity, parts) {
        activity.extend(parts);
    }
    activity
}
