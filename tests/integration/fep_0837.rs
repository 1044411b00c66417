//! A peer that knows FEP-0837 and nothing of us: it answers a need of ours, and is answered.
//!
//! Written from the text of the FEP: *Discovery*, *Proposals*, *Agreements*, *Confirmation*. What the
//! text leaves open is tried in each way: arrays and single objects, `om2:` and `vf:` units,
//! `unitBased` absent, true and false.

use mutuals::actions::answer_promise::accept_promise;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::follow::follow;
use mutuals::actions::promise_to_neighbour::{Wish, promise_to_neighbour};
use mutuals::db::{incoming_promises, neighbour_proposals, outgoing_promises};
use mutuals::domain::outgoing_promise::OutgoingState;
use mutuals::federation::resolve;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount};

/// The ways in which a quantity may be written.
fn measures(how_many: &str) -> Vec<Value> {
    vec![
        json!({"hasUnit": "one", "hasNumericalValue": how_many}),
        json!([{"hasUnit": "one", "hasNumericalValue": how_many}]),
        json!({"om2:hasUnit": "one", "om2:hasNumericalValue": how_many}),
        json!({"vf:hasUnit": "one", "vf:hasNumericalValue": {"@value": how_many}}),
        json!({
            "hasUnit": "http://www.ontology-of-units-of-measure.org/resource/om-2/one",
            "hasNumericalValue": how_many.parse::<u32>().unwrap()
        }),
    ]
}

async fn peer_with(ring: &TestApp) -> (Peer, Actor) {
    let peer = Peer::start().await;
    let mitra = peer.actor("mitra");
    peer.publish(&mitra);
    let actor = resolve::by_handle_or_url(&ring.app, mitra.url.as_str()).await.unwrap();
    let followed = follow(&ring.app, actor).await.unwrap();
    ring.work().await;
    let url = ring.app.collective.urls().follow(followed.id);
    mitra.send_and_work(ring, &mitra.activity("Accept", 1, json!(url))).await;
    (peer, mitra)
}

#[tokio::test]
async fn a_peer_that_knows_the_fep_alone_answers_a_need_of_ours() {
    let ring = TestApp::start("ring").await;
    let (peer, mitra) = peer_with(&ring).await;
    let tove = ring.steward("Tove").await;
    let need = ring.need(&tove, "Blankets", "40").await;
    // It reads the proposal where it stands, and answers its primary intent.
    let (status, note) = ring.get_json(&ring.app.collective.urls().proposal(need.id)).await;
    assert_eq!(status, 200);
    assert_eq!((&note["purpose"], &note["unitBased"]), (&json!("request"), &Value::Null));
    assert_eq!(note["reciprocal"], Value::Null, "nothing is asked in return");
    let intent = note["publishes"]["id"].clone();
    for (number, quantity) in measures("5").into_iter().enumerate() {
        let number = 10 + u32::try_from(number).unwrap();
        let commitment =
            json!({"type": "Commitment", "satisfies": intent, "resourceQuantity": quantity});
        let stipulates = if number % 2 == 0 { json!([commitment]) } else { commitment };
        let agreement = json!({"type": "Agreement", "stipulates": stipulates});
        let offer = mitra.activity("Offer", number, agreement);
        mitra.send_and_work(&ring, &offer).await;
        let came = ring.app.db.read(incoming_promises::list_pending).await.unwrap();
        let accepted = accept_promise(&ring.app, &tove, came[0].0.id).await.unwrap();
        ring.work().await;
        // The Accept: object is the Offer's id, result the Agreement with ids and equal quantity.
        let answer = peer.received().pop().unwrap();
        assert_eq!((&answer["type"], &answer["object"]), (&json!("Accept"), &offer["id"]));
        let result = &answer["result"];
        assert_eq!(result["attributedTo"], answer["actor"]);
        assert!(result["id"].is_string());
        assert_eq!(result["stipulates"]["satisfies"], intent);
        assert_eq!(result["stipulates"]["resourceQuantity"]["hasNumericalValue"], "5");
        // The confirmation: something that names the agreement as its context.
        confirm_fulfilment(&ring.app, &tove, accepted.id, None, "").await.unwrap();
        ring.work().await;
        let confirmed = peer.received().into_iter().rfind(|a| a["type"] == "Create").unwrap();
        assert_eq!(confirmed["object"]["context"], result["id"]);
    }
    assert_eq!(ring.proposal(need.id).await.open_amount(), Some(amount("15")));
}

#[tokio::test]
async fn a_need_of_a_peer_that_knows_the_fep_alone_is_answered_by_us() {
    let ring = TestApp::start("ring").await;
    let (peer, mitra) = peer_with(&ring).await;
    let tove = ring.steward("Tove").await;
    let variants = measures("8").into_iter().zip([None, Some(true), Some(false), None, None]);
    for (number, (quantity, unit_based)) in variants.enumerate() {
        let number = u32::try_from(number).unwrap();
        let mut proposal = mitra.note(&format!("proposal{number}"), ring.now());
        let id = proposal["id"].as_str().unwrap().to_owned();
        let intent = json!({
            "id": format!("{id}#primary"),
            "type": "Intent",
            "action": "transfer",
            "resourceQuantity": quantity
        });
        proposal["type"] = json!(if number % 2 == 0 { "Proposal" } else { "Note" });
        proposal["purpose"] = json!("request");
        proposal["name"] = json!("Chairs");
        proposal["publishes"] = if number % 2 == 0 { json!([intent]) } else { intent };
        if let Some(unit_based) = unit_based {
            proposal["unitBased"] = json!(unit_based);
        }
        mitra.send_and_work(&ring, &mitra.activity("Create", 100 + number, proposal)).await;
        let listed = ring.app.db.read(|conn| neighbour_proposals::list_unfinished(conn, 50)).await;
        let found = listed.unwrap().into_iter().find(|(each, _)| each.url.as_str() == id);
        let (theirs, _) = found.unwrap_or_else(|| panic!("{number} was not understood"));
        let wish = Wish { amount: Some(amount("8")), ..Wish::default() };
        let promised = promise_to_neighbour(&ring.app, &tove, theirs, wish).await.unwrap();
        ring.work().await;
        let offer = peer.received().pop().unwrap();
        assert_eq!(offer["type"], "Offer");
        let commitment = &offer["object"]["stipulates"];
        assert_eq!(commitment["satisfies"], format!("{id}#primary"));
        // Its Accept knows no sequence and no reserve.
        let mut accept = mitra.activity("Accept", 200 + number, offer["id"].clone());
        accept["result"] = json!({
            "type": "Agreement",
            "id": format!("{id}/agreement"),
            "attributedTo": mitra.url,
            "stipulates": {
                "id": format!("{id}/agreement#primary"),
                "type": "Commitment",
                "satisfies": commitment["satisfies"],
                "resourceQuantity": commitment["resourceQuantity"]
            },
            "url": format!("{id}/agreement")
        });
        mitra.send_and_work(&ring, &accept).await;
        let id = promised.id;
        let promised = ring.app.db.read(move |conn| outgoing_promises::find(conn, id)).await;
        assert_eq!(promised.unwrap().state, OutgoingState::Active, "{number}");
    }
}

#[tokio::test]
async fn e11_nothing_is_promised_to_what_asks_for_something_in_return() {
    let ring = TestApp::start("ring").await;
    let (_peer, mitra) = peer_with(&ring).await;
    let tove = ring.steward("Tove").await;
    let mut need = mitra.need("Chairs", ring.now());
    need["reciprocal"] = json!({"type": "Intent", "action": "transfer"});
    mitra.send_and_work(&ring, &mitra.activity("Create", 2, need)).await;
    let listed = ring.app.db.read(|conn| neighbour_proposals::list_unfinished(conn, 50)).await;
    let (theirs, _) = listed.unwrap().remove(0);
    assert!(theirs.asks_return);
    let refused = promise_to_neighbour(&ring.app, &tove, theirs, Wish::default()).await;
    assert!(refused.unwrap_err().to_string().contains("trade"));
}
