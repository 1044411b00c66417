//! Pacts between collectives: who says what, and what both sides see.

use mutuals::actions::pact::{Step, propose, rule, share, take_step};
use mutuals::db::{followings, pacts};
use mutuals::domain::id::PactId;
use mutuals::domain::pact::{Pact, PactState, Shares};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::resolve;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, clock, work_all};

/// Two collectives with the same clock.
pub async fn two() -> (TestApp, TestApp) {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    (ring, TestApp::start_with("mill", clock).await)
}

/// The pact that `one` has with `other`.
pub async fn pact(one: &TestApp, other: &TestApp) -> Pact {
    pact_with(one, other.app.collective.urls().actor().as_str()).await.unwrap()
}

async fn pact_with(one: &TestApp, actor: &str) -> Option<Pact> {
    let all = one.app.db.read(pacts::list).await.unwrap();
    all.into_iter().find(|(_, with)| with.url.as_str() == actor).map(|(pact, _)| pact)
}

/// What both see.
async fn states(one: &TestApp, other: &TestApp) -> (PactState, PactState) {
    (pact(one, other).await.state(), pact(other, one).await.state())
}

pub async fn ask(one: &TestApp, other: &TestApp) -> PactId {
    let handle = format!("@{}", other.app.collective.address());
    let actor = resolve::by_handle_or_url(&one.app, &handle).await.unwrap();
    let asked = propose(&one.app, actor).await.unwrap().0.id;
    work_all(&[one, other]).await;
    asked
}

pub async fn step(one: &TestApp, other: &TestApp, step: Step) {
    one.advance(1);
    take_step(&one.app, pact(one, other).await.id, step).await.unwrap();
    work_all(&[one, other]).await;
}

/// Two collectives with a pact.
pub async fn friends() -> (TestApp, TestApp) {
    let (ring, mill) = two().await;
    ask(&ring, &mill).await;
    step(&mill, &ring, Step::Accept).await;
    (ring, mill)
}

/// A collective that a peer plays.
pub fn collective(peer: &Peer, name: &str) -> Actor {
    let actor = peer.actor(name);
    let mut document = actor.document();
    document["type"] = json!("Organization");
    peer.serve(&actor.url, document);
    actor
}

/// The pact as `actor` states it to `ring`.
pub fn stated(actor: &Actor, ring: &TestApp, stance: &str, sequence: i64) -> Value {
    json!({
        "id": format!("{}/pact", actor.url),
        "type": "Relationship",
        "subject": actor.url,
        "relationship": "https://kinds.example/mutual-fulfilment#pact",
        "object": ring.app.collective.urls().actor(),
        "stance": stance,
        "sequence": sequence,
        "shares": ["needs"]
    })
}

#[tokio::test]
async fn a_pact_is_proposed_accepted_paused_resumed_and_ended() {
    let (ring, mill) = two().await;
    ask(&ring, &mill).await;
    assert_eq!(states(&ring, &mill).await, (PactState::Asked, PactState::AsksUs));
    let asking = pact(&mill, &ring).await.actor;
    assert!(!mill.app.db.read(move |conn| pacts::is_active(conn, asking)).await.unwrap());

    step(&mill, &ring, Step::Accept).await;
    assert_eq!(states(&ring, &mill).await, (PactState::Active, PactState::Active));
    for one in [&ring, &mill] {
        let follows = one.app.db.read(followings::count_accepted).await.unwrap();
        assert_eq!(follows, 1, "each follows the other");
    }

    step(&mill, &ring, Step::Pause).await;
    let by = |by_us, by_them| PactState::Paused { by_us, by_them };
    assert_eq!(states(&ring, &mill).await, (by(false, true), by(true, false)));
    let refused = take_step(&ring.app, pact(&ring, &mill).await.id, Step::Resume).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::PactNotPaused))));
    step(&ring, &mill, Step::Pause).await;
    step(&mill, &ring, Step::Resume).await;
    assert_eq!(states(&ring, &mill).await, (by(true, false), by(false, true)));
    step(&ring, &mill, Step::Resume).await;
    assert_eq!(states(&ring, &mill).await, (PactState::Active, PactState::Active));

    step(&ring, &mill, Step::End).await;
    assert_eq!(states(&ring, &mill).await, (PactState::Ended, PactState::Ended));
    ring.advance(1);
    ask(&mill, &ring).await;
    assert_eq!(states(&ring, &mill).await, (PactState::AsksUs, PactState::Asked));
    step(&ring, &mill, Step::Decline).await;
    let declined = |by_us| PactState::Declined { by_us };
    assert_eq!(states(&ring, &mill).await, (declined(true), declined(false)));
}

#[tokio::test]
async fn a_proposal_is_taken_back_and_both_may_propose_at_once() {
    let (ring, mill) = two().await;
    ask(&ring, &mill).await;
    step(&ring, &mill, Step::End).await;
    assert_eq!(states(&ring, &mill).await, (PactState::Ended, PactState::Ended));

    for (one, other) in [(&ring, &mill), (&mill, &ring)] {
        let url = other.app.collective.urls().actor();
        let actor = resolve::by_handle_or_url(&one.app, url.as_str()).await.unwrap();
        propose(&one.app, actor).await.unwrap();
    }
    work_all(&[&ring, &mill]).await;
    assert_eq!(states(&ring, &mill).await, (PactState::Active, PactState::Active));
}

#[tokio::test]
async fn what_is_shared_and_the_rule_are_kept_and_ended_pacts_keep_no_rule() {
    let (ring, mill) = friends().await;
    let id = pact(&ring, &mill).await.id;
    let shares = Shares { offers: false, ..Shares::ALL };
    share(&ring.app, id, shares).await.unwrap();
    rule(&ring.app, id, true).await.unwrap();
    work_all(&[&ring, &mill]).await;
    let stored = pact(&ring, &mill).await;
    assert_eq!((stored.shares, stored.accepts_alone), (shares, true));
    assert_eq!(states(&ring, &mill).await, (PactState::Active, PactState::Active));
    let actor = stored.actor;
    let alone = move |conn: &mut mutuals::db::Conn| pacts::accepts_alone(conn, actor);
    assert!(ring.app.db.read(alone).await.unwrap());
    step(&mill, &ring, Step::End).await;
    assert!(!ring.app.db.read(alone).await.unwrap(), "the rule is for active pacts only");
}

#[tokio::test]
async fn the_activities_are_what_others_expect() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let mill = collective(&peer, "mill");
    let actor = resolve::by_handle_or_url(&ring.app, mill.url.as_str()).await.unwrap();
    let (pact, _) = propose(&ring.app, actor).await.unwrap();
    ring.work().await;
    let offer = peer.received().into_iter().find(|one| one["type"] == "Offer").unwrap();
    let us = json!(ring.app.collective.urls().actor());
    assert_eq!((&offer["actor"], &offer["to"]), (&us, &json!([mill.url])));
    let said = &offer["object"];
    assert_eq!(said["type"], "Relationship");
    assert_eq!((&said["subject"], &said["object"]), (&us, &json!(mill.url)));
    assert_eq!((&said["stance"], &said["round"]), (&json!("wanted"), &json!(0)));
    assert_eq!(said["shares"], json!(["needs", "offers", "availability"]));
    assert!(said["sequence"].as_i64().unwrap() <= 9_007_199_254_740_991);

    // Their yes, as the wire contract has it, and the end of it.
    let mut accept = mill.activity("Accept", 1, offer["id"].clone());
    accept["result"] = stated(&mill, &ring, "wanted", 7);
    mill.send_and_work(&ring, &accept).await;
    let url = mill.url.to_string();
    assert_eq!(pact_with(&ring, &url).await.unwrap().state(), PactState::Active);
    take_step(&ring.app, pact.id, Step::End).await.unwrap();
    ring.work().await;
    let undo = peer.received().pop().unwrap();
    assert_eq!((&undo["type"], &undo["object"]["id"]), (&json!("Undo"), &offer["id"]));
    assert_eq!(undo["object"]["object"]["stance"], "ended");
}

#[tokio::test]
async fn words_of_theirs_count_by_their_number_and_not_by_their_arrival() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let mill = collective(&peer, "mill");
    let word = |number, kind, stance, sequence| {
        mill.activity(kind, number, stated(&mill, &ring, stance, sequence))
    };
    let url = mill.url.to_string();
    // The end arrives before the proposal, which is then no proposal any more.
    let mut undo = word(1, "Undo", "ended", 20);
    undo["object"] = json!({
        "id": format!("{url}/activities/0"),
        "type": "Offer",
        "actor": url,
        "object": stated(&mill, &ring, "ended", 20)
    });
    mill.send_and_work(&ring, &undo).await;
    mill.send_and_work(&ring, &word(0, "Offer", "wanted", 10)).await;
    assert_eq!(pact_with(&ring, &url).await.unwrap().state(), PactState::Ended);
    // Whatever it comes in, the newest counts; twice is once.
    for number in [2, 3] {
        mill.send_and_work(&ring, &word(number, "Update", "wanted", 30)).await;
        assert_eq!(pact_with(&ring, &url).await.unwrap().state(), PactState::AsksUs);
    }
    let id = pact_with(&ring, &url).await.unwrap().id;
    take_step(&ring.app, id, Step::Accept).await.unwrap();
    mill.send_and_work(&ring, &word(4, "Update", "paused", 29)).await;
    assert_eq!(pact_with(&ring, &url).await.unwrap().state(), PactState::Active);
}

#[tokio::test]
async fn a_third_collective_a_person_and_nonsense_have_no_effect() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (mill, eve) = (collective(&peer, "mill"), collective(&peer, "eve"));
    let offer = mill.activity("Offer", 1, stated(&mill, &ring, "wanted", 10));
    mill.send_and_work(&ring, &offer).await;
    let url = mill.url.to_string();
    let id = pact_with(&ring, &url).await.unwrap().id;
    take_step(&ring.app, id, Step::Accept).await.unwrap();

    // Eve says that Mill ends it, in every way there is.
    let forged = stated(&mill, &ring, "ended", 99);
    for (number, kind) in (2..).zip(["Offer", "Update", "Undo", "Accept", "Reject"]) {
        let mut activity = eve.activity(kind, number, forged.clone());
        activity["result"] = forged.clone();
        eve.send_and_work(&ring, &activity).await;
    }
    assert_eq!(pact_with(&ring, &url).await.unwrap().state(), PactState::Active);
    assert!(pact_with(&ring, eve.url.as_str()).await.is_none());

    // Nonsense of Mill's own.
    let mut number = 20;
    for (name, value) in [
        ("sequence", json!(9_007_199_254_740_992_i64)),
        ("sequence", json!(-1)),
        ("sequence", json!("many")),
        ("round", json!(-1)),
        ("stance", json!("none")),
        ("stance", json!("owned")),
        ("object", json!(eve.url)),
        ("relationship", json!("http://purl.org/vocab/relationship/friendOf")),
        ("type", json!("Note")),
    ] {
        let mut said = stated(&mill, &ring, "ended", 99);
        said[name] = value;
        number += 1;
        mill.send_and_work(&ring, &mill.activity("Update", number, said)).await;
        assert_eq!(pact_with(&ring, &url).await.unwrap().state(), PactState::Active, "{name}");
    }

    // A person can neither ask nor be asked.
    let ana = peer.actor("ana");
    ana.send_and_work(&ring, &ana.activity("Offer", 1, stated(&ana, &ring, "wanted", 5))).await;
    assert!(pact_with(&ring, ana.url.as_str()).await.is_none());
    let person = resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await.unwrap();
    let refused = propose(&ring.app, person).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotACollective))));
}

#[tokio::test]
async fn strangers_cannot_fill_the_list() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let first = collective(&peer, "first");
    let offer = first.activity("Offer", 1, stated(&first, &ring, "wanted", 1));
    first.send_and_work(&ring, &offer).await;
    let id = pact_with(&ring, first.url.as_str()).await.unwrap().id;
    take_step(&ring.app, id, Step::Accept).await.unwrap();
    for number in 0..53 {
        ring.advance(400);
        let stranger = collective(&peer, &format!("stranger{number}"));
        let offer = stranger.activity("Offer", 1, stated(&stranger, &ring, "wanted", 1));
        stranger.send_and_work(&ring, &offer).await;
    }
    let all = ring.app.db.read(pacts::list).await.unwrap();
    assert_eq!(all.len(), 51);
    assert!(all.iter().any(|(pact, _)| pact.id == id), "what was answered stays");
    assert!(all.iter().any(|(_, actor)| actor.url.path() == "/stranger52"));
    assert!(!all.iter().any(|(_, actor)| actor.url.path() == "/stranger2"));
}
