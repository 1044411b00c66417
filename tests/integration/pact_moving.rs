//! A neighbour with a pact goes to another address: what stands between us goes with it.

use mutuals::actions::pact::{Step, propose, rule, share, take_step};
use mutuals::actions::promise_to_neighbour::{Wish, promise_to_neighbour};
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{incoming_promises, outgoing_promises, pacts, promises};
use mutuals::domain::draft::Draft;
use mutuals::domain::id::OutgoingPromiseId;
use mutuals::domain::member::Member;
use mutuals::domain::pact::{Pact, PactState, Shares};
use mutuals::domain::promise::PromiseState;
use mutuals::domain::proposal::Proposal;
use mutuals::federation::resolve;
use serde_json::{Value, json};

use crate::pacts::{collective, stated};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount};

/// Every pact, and the address of the other side.
async fn all_pacts(ring: &TestApp) -> Vec<(Pact, String)> {
    let all = ring.app.db.read(pacts::list).await.unwrap();
    all.into_iter().map(|(pact, actor)| (pact, actor.url.to_string())).collect()
}

/// The only pact, which is with `actor`.
async fn only(ring: &TestApp, actor: &Actor) -> Pact {
    let mut all = all_pacts(ring).await;
    assert_eq!(all.len(), 1);
    let (pact, url) = all.remove(0);
    assert_eq!(url, actor.url.as_str());
    pact
}

async fn active(ring: &TestApp, actor: &Actor) -> Pact {
    let found = resolve::by_handle_or_url(&ring.app, actor.url.as_str()).await.unwrap();
    let (pact, _) = propose(&ring.app, found).await.unwrap();
    let yes = actor.activity("Update", 900, stated(actor, ring, "wanted", 5));
    actor.send_and_work(ring, &yes).await;
    pact
}

/// The two addresses name each other, and the old one says so.
async fn go(ring: &TestApp, old: &Actor, elsewhere: &Peer, new: &Actor) {
    let mut document = new.document();
    document["type"] = json!("Organization");
    document["alsoKnownAs"] = json!([old.url]);
    elsewhere.serve(&new.url, document);
    let mut moves = old.activity("Move", 901, json!(old.url));
    moves["target"] = json!(new.url);
    ring.advance(1);
    old.send_and_work(ring, &moves).await;
}

fn for_pacts(title: &str) -> Draft {
    Draft { title: title.into(), amount: "40".into(), audience: "pacts".into(), ..Draft::default() }
}

fn offer(ring: &TestApp, actor: &Actor, number: u32, need: &Proposal, how_many: &str) -> Value {
    let intent = format!("{}#primary", ring.app.collective.urls().proposal(need.id));
    actor.activity(
        "Offer",
        number,
        json!({
            "type": "Agreement",
            "attributedTo": actor.url,
            "sequence": number,
            "stipulates": {
                "type": "Commitment",
                "satisfies": intent,
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": how_many}
            }
        }),
    )
}

/// How often `peer` was told of a need with this title.
fn told(peer: &Peer, title: &str) -> usize {
    let names = |one: &Value| one["object"]["publishes"]["name"] == title;
    peer.received().iter().filter(|one| one["type"] == "Create" && names(one)).count()
}

#[tokio::test]
async fn a_pact_goes_with_a_neighbour_that_moves() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (mill, new) = (collective(&peer, "mill"), collective(&elsewhere, "mill"));
    let made = active(&ring, &mill).await;
    let shares = Shares { availability: false, ..Shares::ALL };
    share(&ring.app, made.id, shares).await.unwrap();
    rule(&ring.app, made.id, true).await.unwrap();
    let tove = ring.member("Tove").await;
    ring.post(&tove, &for_pacts("Blankets")).await;
    ring.work().await;
    assert_eq!((told(&peer, "Blankets"), told(&elsewhere, "Blankets")), (1, 0));

    go(&ring, &mill, &elsewhere, &new).await;
    let pact = only(&ring, &new).await;
    assert_eq!((pact.id, pact.state()), (made.id, PactState::Active));
    assert_eq!((pact.shares, pact.accepts_alone), (shares, true));
    let offers = elsewhere.received().into_iter().filter(|one| one["type"] == "Offer");
    let offers: Vec<Value> = offers.collect();
    assert_eq!(offers.len(), 1, "{offers:?}");
    assert_eq!(offers[0]["object"]["object"], json!(new.url));
    assert_eq!(offers[0]["object"]["stance"], "wanted");
    assert_eq!(told(&elsewhere, "Blankets"), 1);

    // Its server knew of no pact: once it says yes, by a number of its own, it hears again.
    let mut yes = new.activity("Accept", 1, offers[0]["id"].clone());
    yes["result"] = stated(&new, &ring, "wanted", 1);
    new.send_and_work(&ring, &yes).await;
    assert_eq!(only(&ring, &new).await.state(), PactState::Active);
    assert_eq!(told(&elsewhere, "Blankets"), 2);
    ring.post(&tove, &for_pacts("Jars")).await;
    ring.work().await;
    assert_eq!((told(&peer, "Jars"), told(&elsewhere, "Jars")), (0, 1));
    let pause = new.activity("Update", 2, stated(&new, &ring, "paused", 2));
    new.send_and_work(&ring, &pause).await;
    let paused = PactState::Paused { by_us: false, by_them: true };
    assert_eq!(only(&ring, &new).await.state(), paused);
}

#[tokio::test]
async fn what_one_address_alone_says_moves_no_pact() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (mill, eve) = (collective(&peer, "mill"), collective(&elsewhere, "eve"));
    active(&ring, &mill).await;
    let mut moves = mill.activity("Move", 1, json!(mill.url));
    moves["target"] = json!(eve.url);
    mill.send_and_work(&ring, &moves).await;
    go(&ring, &eve, &elsewhere, &eve).await;
    // A person cannot be in a pact, whoever they were before.
    let ana = elsewhere.actor("ana");
    let mut document = ana.document();
    document["alsoKnownAs"] = json!([mill.url]);
    elsewhere.serve(&ana.url, document);
    let mut moves = mill.activity("Move", 2, json!(mill.url));
    moves["target"] = json!(ana.url);
    mill.send_and_work(&ring, &moves).await;
    assert_eq!(only(&ring, &mill).await.state(), PactState::Active);
}

#[tokio::test]
async fn a_pact_that_moves_to_where_one_is_spoken_of_becomes_one() {
    let paused = PactState::Paused { by_us: false, by_them: true };
    // What the new address said before, what the steward here said there, and what comes of it.
    let cases = [
        (None, None, PactState::Active),
        (Some("wanted"), None, PactState::Active),
        (Some("paused"), None, paused),
        (None, Some(false), PactState::Active),
        (Some("wanted"), Some(true), PactState::Declined { by_us: true }),
        (None, Some(true), PactState::Ended),
    ];
    for (theirs, ours, expected) in cases {
        let ring = TestApp::start("ring").await;
        let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
        let (mill, new) = (collective(&peer, "mill"), collective(&elsewhere, "mill"));
        active(&ring, &mill).await;
        if let Some(stance) = theirs {
            let said = new.activity("Offer", 1, stated(&new, &ring, stance, 9));
            new.send_and_work(&ring, &said).await;
        }
        if ours.is_some() && theirs.is_none() {
            let found = resolve::by_handle_or_url(&ring.app, new.url.as_str()).await.unwrap();
            propose(&ring.app, found).await.unwrap();
        }
        if ours == Some(true) {
            let all = all_pacts(&ring).await;
            let id = all.iter().find(|(_, url)| *url == new.url.as_str()).unwrap().0.id;
            let step = if theirs.is_some() { Step::Decline } else { Step::End };
            take_step(&ring.app, id, step).await.unwrap();
        }
        go(&ring, &mill, &elsewhere, &new).await;
        assert_eq!(only(&ring, &new).await.state(), expected, "{theirs:?} {ours:?}");
    }
}

#[tokio::test]
async fn promises_go_with_a_neighbour_that_moves() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (mill, new) = (collective(&peer, "mill"), collective(&elsewhere, "mill"));
    let made = active(&ring, &mill).await;
    rule(&ring.app, made.id, true).await.unwrap();
    let tove = ring.member("Tove").await;
    let need = ring.post(&tove, &for_pacts("Blankets")).await;
    mill.send_and_work(&ring, &offer(&ring, &mill, 10, &need, "25")).await;
    mill.send_and_work(&ring, &offer(&ring, &mill, 11, &need, "5")).await;
    let id = need.id;
    let standing = || async {
        let all = ring.app.db.read(move |conn| promises::list_by_proposal(conn, id)).await.unwrap();
        all.into_iter().map(|one| (one.id, one.state, one.amount.unwrap())).collect::<Vec<_>>()
    };
    let (first, second) = (standing().await[0].0, standing().await[1].0);
    let theirs = promise_to(&ring, &mill, &tove).await;

    go(&ring, &mill, &elsewhere, &new).await;
    let party = move |conn: &mut _| incoming_promises::find_party(conn, first);
    assert!(ring.app.db.read(party).await.unwrap().unwrap().actor.is_some());
    // The new address promises less, and takes back what the old one offered; the old one speaks
    // no more.
    let mut less = offer(&ring, &new, 12, &need, "15");
    less["object"]["id"] = json!(ring.app.collective.urls().agreement(first));
    new.send_and_work(&ring, &less).await;
    assert_eq!(standing().await[0].2, amount("15"));
    let taken = json!({
        "id": format!("{}/activities/11", mill.url),
        "type": "Offer",
        "object": {"type": "Agreement"}
    });
    mill.send_and_work(&ring, &mill.activity("Undo", 13, taken.clone())).await;
    assert_eq!(standing().await[1].1, PromiseState::Active);
    new.send_and_work(&ring, &new.activity("Undo", 13, taken)).await;
    assert_eq!(standing().await[1], (second, PromiseState::Released, amount("5")));
    let answered = elsewhere.received().into_iter().filter(|one| one["type"] == "Accept");
    assert_eq!(answered.count(), 1);

    // What we promised: the new address has the agreement where it is now.
    let urls = ring.app.collective.urls();
    let agreement = json!({
        "id": format!("{}/agreements/1", new.url),
        "type": "Agreement",
        "attributedTo": new.url,
        "inReplyTo": urls.offer(theirs),
        "sequence": 50,
        "stipulates": {
            "type": "Commitment",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "4"}
        }
    });
    new.send_and_work(&ring, &new.activity("Update", 14, agreement)).await;
    let promise =
        ring.app.db.read(move |conn| outgoing_promises::find(conn, theirs)).await.unwrap();
    assert_eq!(promise.amount, Some(amount("4")));
    assert_eq!(promise.agreement.unwrap().url.origin(), new.url.origin());
}

/// Promises five jars to `mill`, which says yes.
async fn promise_to(ring: &TestApp, mill: &Actor, tove: &Member) -> OutgoingPromiseId {
    let mut jars = mill.need("Jars", ring.now());
    jars["to"] = json!([format!("{}/pacts", mill.url)]);
    mill.send_and_work(ring, &mill.activity("Create", 30, jars)).await;
    let (jars, _) = ring.app.db.read(|conn| list_unfinished(conn, 1)).await.unwrap().remove(0);
    let made = promise_to_neighbour(&ring.app, tove, jars, Wish::default()).await;
    let promise = made.unwrap().id;
    let urls = ring.app.collective.urls();
    let mut yes = mill.activity("Accept", 31, json!(urls.offer(promise)));
    yes["result"] = json!({
        "id": format!("{}/agreements/1", mill.url),
        "type": "Agreement",
        "attributedTo": mill.url,
        "inReplyTo": urls.offer(promise),
        "sequence": 40,
        "stipulates": {
            "type": "Commitment",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "5"}
        }
    });
    mill.send_and_work(ring, &yes).await;
    promise
}
