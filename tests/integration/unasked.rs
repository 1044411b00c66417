//! A need without an amount, answered with one by somebody who must name one.

use mutuals::actions::answer_promise::accept_promise;
use mutuals::domain::amount::Amount;
use mutuals::domain::draft::Draft;
use serde_json::{Value, json};

use crate::agreements::pending;
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount};

fn offer(ring: &TestApp, actor: &Actor, need: &str, number: u32, quantity: Value) -> Value {
    let intent = format!("{}n/{need}#primary", ring.base);
    let commitment =
        json!({"type": "Commitment", "satisfies": intent, "resourceQuantity": quantity});
    actor.activity("Offer", number, json!({"type": "Agreement", "stipulates": commitment}))
}

#[tokio::test]
async fn an_amount_that_was_not_asked_for_is_answered_as_it_was_said_or_refused() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let mill = crate::pacts::collective(&peer, "mill");
    let tove = ring.steward("Tove").await;
    let need = Draft { title: "Company".into(), audience: "public".into(), ..Draft::default() };
    let need = ring.post(&tove, &need).await.id.to_string();

    // Of kilograms we have no word here: no is said, and why.
    let kilograms = json!({"hasUnit": "kilogram", "hasNumericalValue": "25"});
    mill.send_and_work(&ring, &offer(&ring, &mill, &need, 1, kilograms)).await;
    assert!(pending(&ring).await.is_empty());
    let no = peer.received().pop().unwrap();
    assert_eq!(no["type"], "Reject");
    assert!(no["content"].as_str().unwrap().contains("no amount"), "{no}");

    let pieces = json!({"hasUnit": "one", "hasNumericalValue": "25"});
    mill.send_and_work(&ring, &offer(&ring, &mill, &need, 2, pieces)).await;
    let waiting = pending(&ring).await.remove(0);
    assert_eq!(waiting.amount, Some(amount("25")));
    let made = accept_promise(&ring.app, &tove, waiting.id).await.unwrap();
    ring.work().await;
    assert_eq!((made.amount, made.reserved()), (Some(amount("25")), Amount::ZERO));
    let yes = peer.received().pop().unwrap();
    let quantity = &yes["result"]["stipulates"]["resourceQuantity"];
    assert_eq!(*quantity, json!({"hasUnit": "one", "hasNumericalValue": "25"}));
    let page = ring.app.collective.urls().page(made.proposal);
    let page = ring.visitor.get(&page, http::HeaderMap::new()).await.unwrap();
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let page = page.replace(['\u{2068}', '\u{2069}'], "");
    assert!(page.contains("25 (no amount was asked for)"), "{page}");
}
