//! A block ends a pact, whoever blocks, and ending the block does not bring it back.

use mutuals::actions::block::{block, unblock};
use mutuals::actions::pact::{Step, propose};
use mutuals::domain::draft::Draft;
use mutuals::domain::pact::PactState;
use mutuals::federation::resolve;
use serde_json::{Value, json};

use crate::pacts::{ask, collective, friends, pact, stated, step};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, work_all};

fn for_pacts(title: &str) -> Draft {
    Draft { title: title.into(), audience: "pacts".into(), ..Draft::default() }
}

/// How `ring` sees its pact with `actor`.
async fn state(ring: &TestApp, actor: &Actor) -> PactState {
    let all = ring.app.db.read(mutuals::db::pacts::list).await.unwrap();
    all.into_iter().find(|(_, with)| with.url == actor.url).unwrap().0.state()
}

fn told(peer: &Peer, title: &str) -> bool {
    peer.received().iter().any(|one| one["object"]["publishes"]["name"] == title)
}

#[tokio::test]
async fn a_neighbour_that_blocks_us_ends_the_pact_for_good() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let mill = collective(&peer, "mill");
    let actor = resolve::by_handle_or_url(&ring.app, mill.url.as_str()).await.unwrap();
    propose(&ring.app, actor.clone()).await.unwrap();
    mill.send_and_work(&ring, &mill.activity("Update", 1, stated(&mill, &ring, "wanted", 1))).await;
    assert_eq!(state(&ring, &mill).await, PactState::Active);

    peer.answer_with(Some(503));
    let tove = ring.member("Tove").await;
    ring.post(&tove, &for_pacts("Waiting")).await;
    ring.work().await;
    let us = json!(us_of(&ring));
    mill.send_and_work(&ring, &mill.activity("Block", 2, us.clone())).await;
    assert_eq!(state(&ring, &mill).await, PactState::Ended);
    ring.post(&tove, &for_pacts("After")).await;
    peer.answer_with(None);
    for _ in 0..10 {
        ring.advance(3_600);
        ring.work().await;
    }
    assert!(!told(&peer, "Waiting") && !told(&peer, "After"));
    let undo = peer.received().into_iter().find(|one| one["type"] == "Undo").unwrap();
    assert_eq!(undo["object"]["object"]["stance"], "ended");

    // They take it back, and say what they said before: it is a proposal, and no more.
    let undone = mill.activity("Undo", 3, mill.activity("Block", 2, us));
    mill.send_and_work(&ring, &undone).await;
    assert_eq!(state(&ring, &mill).await, PactState::Ended);
    let wanted = |number, round: i64| -> Value {
        let mut said = stated(&mill, &ring, "wanted", i64::from(number));
        said["round"] = json!(round);
        mill.activity("Update", number, said)
    };
    mill.send_and_work(&ring, &wanted(4, 0)).await;
    assert_eq!(state(&ring, &mill).await, PactState::Ended);
    mill.send_and_work(&ring, &wanted(5, 1)).await;
    assert_eq!(state(&ring, &mill).await, PactState::AsksUs);
    mill.send_and_work(&ring, &mill.activity("Block", 6, json!(us_of(&ring)))).await;
    assert_eq!(state(&ring, &mill).await, PactState::Ended, "what they proposed is off too");
}

fn us_of(ring: &TestApp) -> url::Url {
    ring.app.collective.urls().actor()
}

#[tokio::test]
async fn a_block_of_ours_ends_the_pact_and_the_other_side_hears_it_when_it_can() {
    let (ring, mill) = friends().await;
    let tove = ring.member("Tove").await;
    let subject = mill.app.collective.urls().actor();
    ring.advance(1);
    block(&ring.app, subject.as_str(), "a quarrel").await.unwrap();
    ring.post(&tove, &for_pacts("Meanwhile")).await;
    work_all(&[&ring, &mill]).await;
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Ended);
    assert_eq!(pact(&mill, &ring).await.state(), PactState::Active, "they are told nothing");

    ring.advance(1);
    unblock(&ring.app, subject.as_str()).await.unwrap();
    ring.post(&tove, &for_pacts("Afterwards")).await;
    work_all(&[&ring, &mill]).await;
    for (one, other) in [(&ring, &mill), (&mill, &ring)] {
        assert_eq!(pact(one, other).await.state(), PactState::Ended);
    }
    let unfinished = |conn: &mut _| mutuals::db::neighbour_proposals::list_unfinished(conn, 9);
    assert!(mill.app.db.read(unfinished).await.unwrap().is_empty());

    ring.advance(1);
    ask(&ring, &mill).await;
    step(&mill, &ring, Step::Accept).await;
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Active);
    assert_eq!(mill.app.db.read(unfinished).await.unwrap().len(), 2, "what is open is there");
}
