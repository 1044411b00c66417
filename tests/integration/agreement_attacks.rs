//! Promises between collectives: what somebody else says about them has no effect.

use mutuals::db::incoming_promises;
use mutuals::domain::outgoing_promise::{OutgoingPromise, OutgoingState};
use mutuals::domain::promise::PromiseState;
use mutuals::domain::proposal::Proposal;
use serde_json::{Value, json};

use crate::agreements::{Neighbours, outgoing, promise};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount};

fn agreement_of(offer: &Value) -> Value {
    offer["object"].clone()
}

/// An Offer to answer a need of `app`, as FEP-0837 has it.
fn offer(app: &TestApp, actor: &Actor, number: u32, need: &Proposal, quantity: Value) -> Value {
    let intent = format!("{}#primary", app.app.collective.urls().proposal(need.id));
    let agreement = json!({
        "type": "Agreement",
        "attributedTo": actor.url,
        "stipulates": {
            "type": "Commitment",
            "satisfies": intent,
            "resourceQuantity": quantity
        }
    });
    actor.activity("Offer", number, agreement)
}

fn pieces(how_many: &str) -> Value {
    json!({"hasUnit": "one", "hasNumericalValue": how_many})
}

async fn mills(all: &Neighbours) -> (Proposal, OutgoingPromise) {
    let need = all.need("40").await;
    let promise = all.agreed(&need, "25").await;
    (need, promise)
}

#[tokio::test]
async fn nobody_accepts_changes_or_counts_what_is_not_its_own() {
    let (all, peer) = (Neighbours::start().await, Peer::start().await);
    let eve = peer.actor("eve");
    peer.publish(&eve);
    let (need, agreed) = mills(&all).await;
    let asked = promise(&all.harbour, &all.ines, &need, "10").await;
    let agreement = agreed.agreement.clone().unwrap().url;
    let offer_url = |app: &TestApp, promise: &OutgoingPromise| {
        app.app.collective.urls().offer(promise.id).to_string()
    };
    let hers = |amount: &str, finished: bool| {
        json!({
            "id": format!("{}agreements/1", eve.url),
            "type": "Agreement",
            "attributedTo": eve.url,
            "inReplyTo": offer_url(&all.harbour, &asked),
            "sequence": 9_000_000_000_000_000_i64,
            "stipulates": {
                "type": "Commitment",
                "resourceQuantity": pieces(amount),
                "finished": finished
            }
        })
    };
    // Harbour's promise waits for Ring's word, and only for that.
    let mut accept = eve.activity("Accept", 1, json!(offer_url(&all.harbour, &asked)));
    accept["result"] = hers("10", false);
    eve.send_and_work(&all.harbour, &accept).await;
    eve.send_and_work(&all.harbour, &eve.activity("Update", 2, hers("10", true))).await;
    let reject = eve.activity("Reject", 3, json!(offer_url(&all.harbour, &asked)));
    eve.send_and_work(&all.harbour, &reject).await;
    assert_eq!(outgoing(&all.harbour, asked.id).await.state, OutgoingState::Pending);

    // Mill's agreement with Ring is theirs: at Mill, and at Ring.
    let mut forged = hers("0", true);
    forged["id"] = json!(agreement);
    eve.send_and_work(&all.mill, &eve.activity("Update", 4, forged.clone())).await;
    forged["attributedTo"] = json!(all.ring.app.collective.urls().actor());
    eve.send_and_work(&all.mill, &eve.activity("Update", 5, forged)).await;
    assert_eq!(outgoing(&all.mill, agreed.id).await.state, OutgoingState::Active);
    let mut reduced = offer(&all.ring, &eve, 6, &need, pieces("1"));
    reduced["object"]["id"] = json!(agreement);
    eve.send_and_work(&all.ring, &reduced).await;
    eve.send_and_work(&all.ring, &eve.activity("Update", 7, agreement_of(&reduced))).await;
    let undone = json!({
        "id": offer_url(&all.mill, &agreed),
        "type": "Offer",
        "actor": all.mill.app.collective.urls().actor(),
        "object": {"type": "Agreement"}
    });
    eve.send_and_work(&all.ring, &eve.activity("Undo", 8, undone)).await;
    let mut note = eve.note("count", all.ring.now());
    for (name, value) in [("fulfills", json!(format!("{agreement}#primary"))), ("to", json!([]))] {
        note[name] = value;
    }
    note["cc"] = json!([]);
    note["resourceQuantity"] = pieces("25");
    eve.send_and_work(&all.ring, &eve.activity("Create", 9, note)).await;
    let id = need.id;
    let promises = all.ring.app.db.read(move |conn| {
        let said = mutuals::db::promises::list_confirmations(conn, id)?;
        Ok((mutuals::db::promises::list_by_proposal(conn, id)?, said))
    });
    let (promises, said) = promises.await.unwrap();
    assert_eq!(promises.len(), 1);
    assert_eq!((promises[0].state, promises[0].amount), (PromiseState::Active, Some(amount("25"))));
    assert!(said.is_empty(), "{said:?}");
}

#[tokio::test]
async fn an_accept_of_what_was_never_offered_has_no_effect() {
    let (all, peer) = (Neighbours::start().await, Peer::start().await);
    let eve = peer.actor("eve");
    peer.publish(&eve);
    let never = format!("{}o/0000000000001", all.mill.base);
    let mut accept = eve.activity("Accept", 1, json!(never));
    accept["result"] = json!({
        "id": format!("{}a", eve.url),
        "type": "Agreement",
        "attributedTo": eve.url,
        "stipulates": {"type": "Commitment", "resourceQuantity": pieces("5")}
    });
    eve.send_and_work(&all.mill, &accept).await;
    let listed = all.mill.app.db.read(|conn| mutuals::db::outgoing_promises::list(conn, 10)).await;
    assert!(listed.unwrap().is_empty());
}

#[tokio::test]
async fn quantities_that_cannot_be_meant_are_refused_with_a_reason() {
    let (all, peer) = (Neighbours::start().await, Peer::start().await);
    let eve = peer.actor("eve");
    peer.publish(&eve);
    let need = all.need("40").await;
    let odd = [
        json!({"hasUnit": "one", "hasNumericalValue": "-5"}),
        json!({"hasUnit": "one", "hasNumericalValue": "0"}),
        json!({"hasUnit": "one", "hasNumericalValue": "1e400"}),
        json!({"hasUnit": "one", "hasNumericalValue": "99999999999999999999999999"}),
        json!({"hasUnit": "kilogram", "hasNumericalValue": "5"}),
        json!({"hasUnit": "one"}),
        json!({}),
        json!([]),
        json!("five"),
    ];
    for (number, quantity) in odd.into_iter().enumerate() {
        let number = u32::try_from(number).unwrap() + 1;
        eve.send_and_work(&all.ring, &offer(&all.ring, &eve, number, &need, quantity)).await;
    }
    let mut trade = offer(&all.ring, &eve, 50, &need, pieces("5"));
    trade["object"]["stipulatesReciprocal"] = json!({"type": "Commitment"});
    eve.send_and_work(&all.ring, &trade).await;
    let listed = all.ring.app.db.read(incoming_promises::list_pending).await.unwrap();
    assert!(listed.is_empty(), "{listed:?}");
    let answers = peer.received();
    let rejected: Vec<_> = answers.iter().filter(|answer| answer["type"] == "Reject").collect();
    assert_eq!(rejected.len(), 10, "{answers:?}");
    assert!(rejected.iter().all(|answer| answer["content"].as_str().unwrap().len() > 10));
    assert_eq!(all.ring.proposal(need.id).await.coverage.promised, amount("0"));
}

#[tokio::test]
async fn many_promises_of_one_stranger_wait_for_a_person_and_not_for_ever_more() {
    let (all, peer) = (Neighbours::start().await, Peer::start().await);
    let eve = peer.actor("eve");
    peer.publish(&eve);
    let need = all.need("40").await;
    for number in 1..=25 {
        let offer = offer(&all.ring, &eve, number, &need, pieces("1"));
        assert_eq!(eve.send(&all.ring, &offer).await, 202);
    }
    all.ring.work().await;
    let listed = all.ring.app.db.read(incoming_promises::list_pending).await.unwrap();
    assert_eq!(listed.len(), 20);
    assert_eq!(all.ring.proposal(need.id).await.coverage.promised, amount("0"), "nobody said yes");
}
