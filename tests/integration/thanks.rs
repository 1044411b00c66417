//! What came is told to whoever sees the need: to everybody, or to those with a pact; and anew when
//! it was counted anew.

use mutuals::actions::answer_promise::accept_promise;
use mutuals::actions::change_proposal::{Step as Change, change_proposal};
use mutuals::actions::confirm_fulfilment::{Count, confirm, confirm_fulfilment};
use mutuals::actions::confirm_to_neighbour::confirm_to_neighbour;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::pact::{propose, share};
use mutuals::db::{fulfilments, outgoing_promises};
use mutuals::domain::draft::Draft;
use mutuals::domain::id::PromiseId;
use mutuals::domain::member::Member;
use mutuals::domain::outgoing_promise::OutgoingState;
use mutuals::domain::pact::Shares;
use mutuals::domain::proposal::Proposal;
use mutuals::federation::resolve;
use serde_json::{Value, json};
use url::Url;

use crate::agreements::{outgoing, pending, promise};
use crate::for_pacts::answer;
use crate::pacts::{collective, friends, stated};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount, config, work_all};

/// An active pact with `actor`, with which this is shared.
async fn pact_with(ring: &TestApp, actor: &Actor, shares: Shares) {
    let found = resolve::by_handle_or_url(&ring.app, actor.url.as_str()).await.unwrap();
    let (pact, _) = propose(&ring.app, found).await.unwrap();
    let yes = actor.activity("Update", 900, stated(actor, ring, "wanted", 5));
    actor.send_and_work(ring, &yes).await;
    share(&ring.app, pact.id, shares).await.unwrap();
    ring.work().await;
}

async fn follower(ring: &TestApp, actor: &Actor) {
    let us = json!(ring.app.collective.urls().actor());
    actor.send_and_work(ring, &actor.activity("Follow", 901, us)).await;
}

async fn post(ring: &TestApp, author: &Member, audience: &str) -> Proposal {
    let (title, audience) = ("Blankets".to_owned(), audience.to_owned());
    let how_many = "40".into();
    let need = Draft { title, audience, amount: how_many, ..Draft::default() };
    ring.post(author, &need).await
}

/// Ida brings seventeen, and both say so; answers the address of the thanks.
async fn bring(ring: &TestApp, tove: &Member, ida: &Member, need: &Proposal) -> (PromiseId, Url) {
    ring.advance(1);
    let how_many = Some(amount("17"));
    let made = make_promise(&ring.app, ida, need.id, how_many, "").await.unwrap();
    confirm_fulfilment(&ring.app, ida, made.id, how_many, "").await.unwrap();
    confirm_fulfilment(&ring.app, tove, made.id, how_many, "").await.unwrap();
    ring.work().await;
    let id = need.id;
    let came = ring.app.db.read(move |conn| fulfilments::list_by_proposal(conn, id)).await;
    (made.id, ring.app.collective.urls().fulfilment(came.unwrap()[0].id))
}

/// What `peer` was told of a Note, by the kind of activity.
fn told(peer: &Peer, kind: &str, note: &Url) -> Vec<Value> {
    let is_it = |one: &Value| one["type"] == kind && one["object"]["id"] == json!(note);
    peer.received().into_iter().filter(is_it).map(|one| one["object"].clone()).collect()
}

#[tokio::test]
async fn those_with_a_pact_hear_what_came_of_what_is_for_them_and_nobody_else_does() {
    let ring = TestApp::start("ring").await;
    let (open, quiet, offers, world) =
        (Peer::start().await, Peer::start().await, Peer::start().await, Peer::start().await);
    let friend = collective(&open, "friend");
    pact_with(&ring, &friend, Shares::ALL).await;
    let silent = Shares { availability: false, ..Shares::ALL };
    let still = collective(&quiet, "still");
    pact_with(&ring, &still, silent).await;
    let other = collective(&offers, "other");
    pact_with(&ring, &other, Shares { needs: false, ..Shares::ALL }).await;
    let eve = collective(&world, "eve");
    follower(&ring, &eve).await;

    let (tove, ida) = (ring.member("Tove").await, ring.member("Ida").await);
    let need = post(&ring, &tove, "pacts").await;
    let (came, note) = bring(&ring, &tove, &ida, &need).await;
    let urls = ring.app.collective.urls();
    let heard = told(&open, "Create", &note);
    assert_eq!(heard.len(), 1);
    assert_eq!((&heard[0]["to"], &heard[0]["cc"]), (&json!([urls.of_actor("pacts")]), &json!([])));
    assert_eq!(heard[0]["resourceQuantity"]["hasNumericalValue"], "17");
    assert!(heard[0]["content"].as_str().unwrap().contains("17"), "{}", heard[0]);
    let heard = told(&quiet, "Create", &note);
    assert_eq!(heard.len(), 1);
    assert!(heard[0]["resourceQuantity"]["hasNumericalValue"].is_null());
    // Chance gives ids and ports, which may hold the number.
    let content = heard[0]["content"].as_str().unwrap();
    let (own, host) = (need.id.to_string(), ring.base.authority());
    assert!(!content.replace(&own, "").replace(host, "").contains("17"), "{content}");
    for peer in [&offers, &world] {
        assert!(told(peer, "Create", &note).is_empty());
    }

    // The count is corrected.
    ring.advance(1);
    correct(&ring, &tove, came, "16").await;
    let anew = told(&open, "Update", &note);
    assert_eq!(anew.len(), 1);
    assert_eq!(anew[0]["resourceQuantity"]["hasNumericalValue"], "16");
    assert_eq!(anew[0]["updated"], json!(ring.now()));
    let anew = told(&quiet, "Update", &note);
    assert!(anew.iter().all(|note| note["resourceQuantity"]["hasNumericalValue"].is_null()));

    let missing = answer(&ring, &urls.join("n/0000000000001"), None).await;
    for who in [None, Some(&eve), Some(&other)] {
        assert_eq!(answer(&ring, &note, who).await, missing);
    }
    let shown = answer(&ring, &note, Some(&friend)).await;
    let json: Value = serde_json::from_slice(&shown.1).unwrap();
    assert_eq!((shown.0, &json["resourceQuantity"]["hasNumericalValue"]), (200, &json!("16")));
    assert_eq!(shown.2["cache-control"], "private, no-store");
    let shown = answer(&ring, &note, Some(&still)).await;
    let json: Value = serde_json::from_slice(&shown.1).unwrap();
    assert!(shown.0 == 200 && json["resourceQuantity"]["hasNumericalValue"].is_null(), "{json}");

    change_proposal(&ring.app, &tove, need.id, Change::Withdraw).await.unwrap();
    ring.work().await;
    assert_eq!((told(&open, "Delete", &note).len(), told(&world, "Delete", &note).len()), (1, 0));
    assert_eq!(answer(&ring, &note, Some(&friend)).await.0, 410);
    for who in [None, Some(&eve)] {
        assert_eq!(answer(&ring, &note, who).await, missing, "not even that it is gone");
    }
}

async fn correct(ring: &TestApp, member: &Member, promise: PromiseId, how_many: &str) {
    let count = Count { amount: Some(amount(how_many)), is_correction: true, ..Count::default() };
    confirm(&ring.app, member, promise, count).await.unwrap();
    ring.work().await;
}

#[tokio::test]
async fn who_gives_no_published_thanks_gives_none_to_pacts() {
    let mut config = config();
    config.federation.without_thanks = true;
    let ring = TestApp::start_as("ring", config).await;
    let peer = Peer::start().await;
    let friend = collective(&peer, "friend");
    pact_with(&ring, &friend, Shares::ALL).await;
    let (tove, ida) = (ring.member("Tove").await, ring.member("Ida").await);
    let need = post(&ring, &tove, "pacts").await;
    let (came, note) = bring(&ring, &tove, &ida, &need).await;
    ring.advance(1);
    correct(&ring, &tove, came, "16").await;
    assert!(told(&peer, "Create", &note).is_empty() && told(&peer, "Update", &note).is_empty());
    assert_eq!(answer(&ring, &note, Some(&friend)).await.0, 404);
}

#[tokio::test]
async fn published_thanks_say_the_corrected_count() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    follower(&ring, &peer.actor("ana")).await;
    let (tove, ida) = (ring.member("Tove").await, ring.member("Ida").await);
    let need = post(&ring, &tove, "public").await;
    let (came, note) = bring(&ring, &tove, &ida, &need).await;
    assert!(told(&peer, "Create", &note)[0]["updated"].is_null());
    for (number, how_many) in [(1, "16"), (2, "15")] {
        ring.advance(1);
        correct(&ring, &tove, came, how_many).await;
        let anew = told(&peer, "Update", &note).pop().unwrap();
        assert_eq!(anew["resourceQuantity"]["hasNumericalValue"], how_many);
        assert!(anew["content"].as_str().unwrap().contains(how_many), "{anew}");
        assert_eq!(anew["updated"], json!(ring.now()));
        let (status, shown) = ring.get_json(&note).await;
        assert_eq!((status, &shown["resourceQuantity"]), (200, &anew["resourceQuantity"]));
        let update: Url = format!("{note}/updates/{number}").parse().unwrap();
        assert_eq!(ring.get_json(&update).await.0, 200);
    }
    // What the other side counts is not what was published, and the same again is nothing new.
    ring.advance(1);
    correct(&ring, &ida, came, "14").await;
    correct(&ring, &tove, came, "15").await;
    assert_eq!(told(&peer, "Update", &note).len(), 2);
}

#[tokio::test]
async fn thanks_to_the_one_who_brought_it_are_no_second_count() {
    let (ring, mill) = friends().await;
    let (tove, omar) = (ring.steward("Tove").await, mill.steward("Omar").await);
    let need = post(&ring, &tove, "pacts").await;
    work_all(&[&ring, &mill]).await;
    let made = promise(&mill, &omar, &need, "25").await;
    work_all(&[&ring, &mill]).await;
    let waiting = pending(&ring).await.remove(0).id;
    let accepted = accept_promise(&ring.app, &tove, waiting).await.unwrap();
    work_all(&[&ring, &mill]).await;
    confirm_to_neighbour(&mill.app, &omar, made.id, Count::default()).await.unwrap();
    work_all(&[&ring, &mill]).await;
    confirm_fulfilment(&ring.app, &tove, accepted.id, None, "").await.unwrap();
    work_all(&[&ring, &mill]).await;
    let came = ring.app.db.read(move |conn| fulfilments::list_by_proposal(conn, need.id)).await;
    assert_eq!(came.unwrap().len(), 1);
    assert_eq!(outgoing(&mill, made.id).await.state, OutgoingState::Delivered);
    let id = made.id;
    let said = mill.app.db.read(move |conn| outgoing_promises::list_confirmations(conn, id)).await;
    assert_eq!(said.unwrap().len(), 2, "one count of each side");
}
