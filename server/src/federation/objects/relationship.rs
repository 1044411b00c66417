//! A pact on the wire: an ActivityStreams `Relationship` between two collectives, as one of them
//! states it, with that side's word and its number.

use std::sync::LazyLock;

use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::{MOST, Pact, Stance, Word};
use crate::federation::json;
use crate::federation::vocab::{ACTIVITY_STREAMS, MUTUAL};

/// What the relationship is.
static PACT: LazyLock<String> = LazyLock::new(|| format!("{MUTUAL}pact"));

/// The inline context of everything about a pact.
pub static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        {
            "mutual": MUTUAL,
            "stance": "mutual:stance",
            "sequence": "mutual:sequence",
            "round": "mutual:round",
            "shares": {"@id": "mutual:shares", "@container": "@set"}
        }
    ])
});

/// The pact as we state it now.
pub fn relationship(app: &App, pact: &Pact, actor: &RemoteActor) -> Value {
    let urls = app.collective.urls();
    json!({
        "id": urls.pact(pact.id),
        "type": "Relationship",
        "subject": urls.actor(),
        "relationship": *PACT,
        "object": actor.url,
        "stance": pact.ours.stance.word(),
        "sequence": pact.ours.sequence,
        "round": pact.ours.round,
        "shares": pact.shares.words()
    })
}

/// The pact as its own document.
pub fn document(app: &App, pact: &Pact, actor: &RemoteActor) -> Value {
    let mut document = json!({"@context": *CONTEXT});
    let stated = relationship(app, pact, actor);
    if let (Value::Object(document), Value::Object(stated)) = (&mut document, stated) {
        document.extend(stated);
    }
    document
}

/// The word of `actor` about its pact with us that an activity carries, wherever it stands: as its
/// object or result, or in the activity that is its object. None if it carries none.
///
/// Only what an actor says of itself counts: the subject must be whoever signed.
pub fn find_word(app: &App, activity: &Value, actor: &RemoteActor) -> Option<Word> {
    let inner = json::object(activity, "object");
    [Some(activity), inner]
        .into_iter()
        .flatten()
        .flat_map(|place| ["result", "object"].map(|name| json::object(place, name)))
        .flatten()
        .find_map(|stated| read(app, stated, actor))
}

fn read(app: &App, stated: &Value, actor: &RemoteActor) -> Option<Word> {
    let relationship = json::text(stated, "relationship")?;
    let is_ours = json::kind(stated) == "Relationship"
        && (relationship == PACT.as_str() || relationship == "mutual:pact")
        && json::url(stated, "subject").as_ref() == Some(&actor.url)
        && json::url(stated, "object") == Some(app.collective.urls().actor());
    let number = |name| json::number(stated, name)?.parse::<i64>().ok();
    let sequence = number("sequence").filter(|number| (1..=MOST).contains(number))?;
    let round = number("round").unwrap_or(0);
    let stance = Stance::from_word(json::text(stated, "stance")?)?;
    let fits = is_ours && (0..=MOST).contains(&round) && stance != Stance::None;
    fits.then_some(Word { stance, sequence, round })
}

/// The address of the activity in which the other side proposed, if this is one.
pub fn offer_id(activity: &Value, id: &Url) -> Option<Url> {
    (json::kind(activity) == "Offer").then(|| id.clone())
}
