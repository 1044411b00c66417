//! The examples in FEDERATION.md are what is really sent, with other names and numbers.

use std::collections::HashMap;
use std::path::Path;

use mutuals::actions::answer_promise::{decline_promise, fitting};
use mutuals::actions::change_proposal::{Step as ProposalStep, change_proposal};
use mutuals::actions::confirm_fulfilment::{Count, confirm};
use mutuals::actions::confirm_to_neighbour::confirm_to_neighbour;
use mutuals::actions::pact::Step;
use mutuals::actions::pass_on::pass_on;
use mutuals::actions::release_to_neighbour::release_to_neighbour;
use mutuals::actions::take_over_reply::take_over_reply;
use mutuals::db::{activities, promises, replies};
use mutuals::domain::proposal::CloseReason;
use serde_json::{Value, json};

use crate::agreements::{Neighbours, pending, promise, theirs};
use crate::pacts::{ask, step};
use crate::peer::Peer;
use crate::testapp::{TestApp, amount, work_all};

/// Everything that two collectives and a person say to each other, in the order of the story.
async fn story() -> Vec<(&'static str, Value)> {
    let (all, peer) = (Neighbours::start().await, Peer::start().await);
    let (ring, mill, harbour) = (&all.ring, &all.mill, &all.harbour);
    ask(ring, mill).await;
    step(mill, ring, Step::Accept).await;
    ask(mill, harbour).await;
    step(harbour, mill, Step::Accept).await;
    let need = all.need("40").await;
    pass_on(&mill.app, theirs(mill, &need).await.id).await.unwrap();
    all.work().await;
    let agreed = all.agreed(&need, "25").await;
    promise(mill, &all.omar, &need, "20").await;
    all.work().await;
    let came = pending(ring).await.remove(0);
    let fit = fitting(&ring.proposal(need.id).await, &came);
    decline_promise(&ring.app, &all.tove, came.id, fit).await.unwrap();
    release_to_neighbour(&mill.app, agreed.id, Some(amount("10"))).await.unwrap();
    all.work().await;
    let count = Count { amount: Some(amount("15")), note: "By cart.".into(), ..Count::default() };
    confirm_to_neighbour(&mill.app, &all.omar, agreed.id, count).await.unwrap();
    let listed = ring.app.db.read(move |conn| promises::list_by_proposal(conn, need.id)).await;
    let rings = listed.unwrap().remove(0);
    let count = Count { amount: Some(amount("14")), ..Count::default() };
    confirm(&ring.app, &all.tove, rings.id, count).await.unwrap();
    let last = promise(mill, &all.omar, &need, "5").await;
    release_to_neighbour(&mill.app, last.id, None).await.unwrap();
    all.work().await;
    let bo = peer.actor("bo");
    peer.publish(&bo);
    let mut reply = bo.note("reply", ring.now());
    reply["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
    bo.send_and_work(ring, &bo.activity("Create", 1, reply)).await;
    ring.let_replies_in().await;
    let replied = ring.app.db.read(move |conn| replies::list_by_proposal(conn, need.id)).await;
    let replied = replied.unwrap()[0].0.id;
    take_over_reply(&ring.app, &all.tove, replied, Some(amount("5"))).await.unwrap();
    let close = ProposalStep::Close(CloseReason::Enough);
    change_proposal(&ring.app, &all.tove, need.id, close).await.unwrap();
    work_all(&[ring]).await;
    ask(ring, harbour).await;
    step(harbour, ring, Step::Decline).await;
    step(mill, ring, Step::Pause).await;
    step(mill, ring, Step::End).await;

    let (offer, agreement) = (format!("/o/{}", agreed.id), format!("/a/{}", rings.id));
    let (rings, mills, harbours) = (sent(ring).await, sent(mill).await, sent(harbour).await);
    let find = |all: &[Value], kind: &str, part: &str| {
        let fits = |said: &&Value| said["type"] == kind && said.to_string().contains(part);
        all.iter().find(fits).unwrap_or_else(|| panic!("no {kind} with {part}")).clone()
    };
    vec![
        ("pact proposed", find(&rings, "Offer", "\"Relationship\"")),
        ("pact accepted", find(&mills, "Accept", "\"Relationship\"")),
        ("pact declined", find(&harbours, "Reject", "\"Relationship\"")),
        ("pact paused", find(&mills, "Update", "\"Relationship\"")),
        ("pact ended", find(&mills, "Undo", "\"Relationship\"")),
        ("passed on", find(&mills, "Announce", "relayedVia")),
        ("promised", find(&mills, "Offer", &offer)),
        ("promise accepted", find(&rings, "Accept", &agreement)),
        ("promise declined with a counter", find(&rings, "Reject", "reservedQuantity")),
        ("promised less", find(&mills, "Offer", &agreement)),
        ("promise taken back", find(&mills, "Undo", "\"Agreement\"")),
        ("agreement changed", find(&rings, "Update", &agreement)),
        ("counted", find(&mills, "Create", "realizationOf")),
        ("a person is told", find(&rings, "Create", "/promised/")),
    ]
}

async fn sent(app: &TestApp) -> Vec<Value> {
    let sent = app.app.db.read(activities::list_sent).await.unwrap();
    sent.iter().map(|sent| serde_json::from_str(&sent.body).unwrap()).collect()
}

/// The shape of a message: its keys, its types and words; what differs from one to the next (ids,
/// times, numbers, sentences) is only what kind of thing it is.
fn shape(value: &Value, name: &str) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| name.as_str() != "@context");
            kept.map(|(name, value)| (name.clone(), shape(value, name))).collect()
        }
        Value::Array(list) => list.iter().map(|value| shape(value, name)).collect(),
        Value::String(text) if is_word(name) => json!(text),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!("number"),
        other => other.clone(),
    }
}

/// Whether a property holds a word that everybody must write alike.
fn is_word(name: &str) -> bool {
    ["type", "relationship", "stance", "shares", "hasUnit", "action"].contains(&name)
}

#[tokio::test]
async fn the_examples_in_the_federation_document_are_what_is_sent() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../FEDERATION.md");
    let document = std::fs::read_to_string(place).unwrap();
    let mut examples: HashMap<&str, Value> = HashMap::new();
    for part in document.split("<!-- example: ").skip(1) {
        let (name, rest) = part.split_once(" -->").unwrap();
        let json = rest.split("```json").nth(1).unwrap().split("```").next().unwrap();
        examples.insert(name, serde_json::from_str(json).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    for (name, sent) in story().await {
        let written = examples.remove(name).unwrap_or_else(|| panic!("{name}: {sent:#}"));
        let (written, real) = (shape(&written, ""), shape(&sent, ""));
        assert_eq!(written, real, "{name}: {sent:#}");
    }
    assert!(examples.is_empty(), "nobody sends {:?}", examples.keys());
}
