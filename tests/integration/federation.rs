//! Two servers tell a story.

use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::follow::{follow, unfollow};
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_promise::release_promise;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{followers, followings, queue};
use mutuals::domain::draft::Draft;
use mutuals::domain::neighbour::{FollowingState, NeighbourProposal};
use mutuals::domain::proposal::CloseReason;
use mutuals::federation::resolve;
use serde_json::Value;

use crate::peer::Peer;
use crate::testapp::{TestApp, amount, clock, work_all};

/// `one` follows `other`, and both have done what that takes.
async fn befriend(one: &TestApp, other: &TestApp) {
    let handle = format!("@{}", other.app.collective.address());
    let actor = resolve::by_handle_or_url(&one.app, &handle).await.unwrap();
    follow(&one.app, actor).await.unwrap();
    work_all(&[one, other]).await;
}

async fn board(app: &TestApp) -> Vec<NeighbourProposal> {
    let listed = app.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    listed.into_iter().map(|(proposal, _)| proposal).collect()
}

#[tokio::test]
async fn a_need_travels_is_promised_and_fulfilled_and_leaves_the_board() {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    let mill = TestApp::start_with("mill", clock.clone()).await;
    befriend(&mill, &ring).await;

    let (tove, omar) = (ring.member("Tove").await, ring.member("Omar").await);
    let need = ring.need(&tove, "Warm blankets", "40").await;
    work_all(&[&ring, &mill]).await;
    let seen = board(&mill).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].title, "Warm blankets");
    assert_eq!((seen[0].amount, seen[0].open), (Some(amount("40")), Some(amount("40"))));

    let promise = make_promise(&ring.app, &omar, need.id, Some(amount("25")), "").await.unwrap();
    work_all(&[&ring, &mill]).await;
    let seen = board(&mill).await;
    assert_eq!(seen[0].open, Some(amount("15")));
    assert!(seen[0].html.contains("25 of 40 promised"), "{}", seen[0].html);

    release_promise(&ring.app, &omar, promise.id, None).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await[0].open, Some(amount("40")));

    let promise = make_promise(&ring.app, &omar, need.id, Some(amount("40")), "").await.unwrap();
    confirm_fulfilment(&ring.app, &omar, promise.id, Some(amount("40")), "").await.unwrap();
    confirm_fulfilment(&ring.app, &tove, promise.id, Some(amount("39")), "").await.unwrap();
    change_proposal(&ring.app, &tove, need.id, Step::Close(CloseReason::Enough)).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert!(board(&mill).await.is_empty(), "a need that is met is no longer asked for");
    let came = ring.proposal(need.id).await.coverage;
    assert_eq!((came.came_low, came.came_high), (amount("39"), amount("40")));
}

#[tokio::test]
async fn what_stood_before_we_followed_is_read_from_the_outbox() {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    let mill = TestApp::start_with("mill", clock.clone()).await;
    let tove = ring.member("Tove").await;
    for number in 0..25 {
        ring.need(&tove, &format!("Need {number}"), "1").await;
    }
    befriend(&mill, &ring).await;
    assert_eq!(board(&mill).await.len(), 25, "both pages of the outbox were read");
}

#[tokio::test]
async fn edits_follow_and_what_is_withdrawn_is_forgotten() {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    let mill = TestApp::start_with("mill", clock.clone()).await;
    befriend(&mill, &ring).await;
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "A pram", "1").await;
    let draft = Draft { title: "A pram for twins".into(), ..Draft::default() };
    edit_proposal(&ring.app, &tove, need.id, &draft).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await[0].title, "A pram for twins");

    let object = ring.app.collective.urls().proposal(need.id);
    change_proposal(&ring.app, &tove, need.id, Step::Withdraw).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert!(board(&mill).await.is_empty());
    let (status, document) = mill.get_json(&object).await;
    assert_eq!((status, document["type"].as_str()), (410, Some("Tombstone")));
}

#[tokio::test]
async fn an_edit_made_while_the_post_was_on_its_way_is_taken() {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    let mill = TestApp::start_with("mill", clock.clone()).await;
    befriend(&mill, &ring).await;
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Blankets", "40").await;
    ring.advance(60);
    make_promise(&ring.app, &tove, need.id, Some(amount("25")), "").await.unwrap();
    ring.advance(3_600);
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await[0].open, Some(amount("15")));
}

#[tokio::test]
async fn following_is_only_asked_until_the_other_accepts() {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    let mill = TestApp::start_with("mill", clock.clone()).await;
    let url = ring.app.collective.urls().actor();
    let actor = resolve::by_handle_or_url(&mill.app, url.as_str()).await.unwrap();
    let asked = follow(&mill.app, actor.clone()).await.unwrap();
    assert_eq!(asked.state, FollowingState::Asked);
    work_all(&[&ring, &mill]).await;
    let states = mill.app.db.read(followings::list).await.unwrap();
    assert_eq!(states[0].state, FollowingState::Following);
    assert_eq!(ring.app.db.read(followers::list).await.unwrap().len(), 1);

    unfollow(&mill.app, &actor).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert!(ring.app.db.read(followers::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_follower_gets_create_updates_the_fulfilment_and_the_accept_with_the_whole_follow() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let follow = ana.activity("Follow", 1, ring.app.collective.urls().actor().to_string().into());
    ana.send_and_work(&ring, &follow).await;
    let (tove, omar) = (ring.member("Tove").await, ring.member("Omar").await);
    let need = ring.need(&tove, "Warm blankets", "2").await;
    ring.work().await;
    let promise = make_promise(&ring.app, &omar, need.id, None, "").await.unwrap();
    ring.work().await;
    confirm_fulfilment(&ring.app, &omar, promise.id, None, "thanks").await.unwrap();
    ring.work().await;
    confirm_fulfilment(&ring.app, &tove, promise.id, None, "").await.unwrap();
    ring.work().await;

    let received = peer.received();
    let kinds: Vec<&str> = received.iter().filter_map(|one| one["type"].as_str()).collect();
    assert_eq!(kinds, ["Accept", "Create", "Update", "Update", "Create", "Update"]);
    assert_eq!(received[0]["object"]["id"], follow["id"]);
    assert_eq!(received[0]["object"]["actor"], follow["actor"]);
    let fulfilment = &received[4]["object"];
    assert_eq!(fulfilment["inReplyTo"], received[1]["object"]["id"]);
    assert_eq!(fulfilment["resourceQuantity"]["hasNumericalValue"], "2");
    let updated = |one: &Value| one["object"]["updated"].as_str().map(ToOwned::to_owned);
    let times: Vec<_> = received.iter().filter_map(updated).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "each edit is later: {times:?}");
}

#[tokio::test]
async fn a_peer_that_is_away_gets_everything_in_order_when_it_is_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    peer.answer_with(Some(503));
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Warm blankets", "2").await;
    ring.work().await;
    make_promise(&ring.app, &tove, need.id, None, "").await.unwrap();
    ring.work().await;
    let queue = ring.app.db.read(queue::list_waiting).await.unwrap();
    assert_eq!((queue.len(), queue[0].pending), (1, 2));
    assert_eq!(queue[0].last_error.as_deref(), Some("the server answered 503"));

    peer.answer_with(None);
    ring.work().await;
    assert_eq!(peer.received().len(), 1, "it is not tried again before its time");
    ring.advance(61);
    ring.work().await;
    let received = peer.received();
    let kinds: Vec<&str> = received.iter().filter_map(|one| one["type"].as_str()).collect();
    assert_eq!(kinds, ["Accept", "Create", "Update"]);
    assert!(ring.app.db.read(queue::list_waiting).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_peer_will_never_take_does_not_hold_up_the_rest() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let tove = ring.member("Tove").await;
    peer.answer_with(Some(422));
    ring.need(&tove, "One", "1").await;
    ring.work().await;
    peer.answer_with(None);
    ring.need(&tove, "Two", "1").await;
    ring.work().await;
    assert_eq!(peer.received().last().unwrap()["object"]["publishes"]["name"], "Two");
    let queue = ring.app.db.read(queue::list_waiting).await.unwrap();
    assert_eq!((queue[0].pending, queue[0].refused), (0, 1), "people can see what was refused");
}

#[tokio::test]
async fn what_is_not_public_never_goes_out() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let tove = ring.member("Tove").await;
    for audience in ["pacts", "members", "shift"] {
        let draft = Draft {
            title: "Secret".into(),
            amount: "3".into(),
            audience: audience.into(),
            ..Draft::default()
        };
        let need = ring.post(&tove, &draft).await;
        let promise = make_promise(&ring.app, &tove, need.id, None, "").await;
        if let Ok(promise) = promise {
            release_promise(&ring.app, &tove, promise.id, None).await.unwrap();
        }
        change_proposal(&ring.app, &tove, need.id, Step::Close(CloseReason::Enough)).await.unwrap();
        let (status, _) = ring.get_json(&ring.app.collective.urls().proposal(need.id)).await;
        assert_eq!(status, 404, "{audience}");
    }
    ring.work().await;
    assert_eq!(peer.received().len(), 1, "only the Accept went out");
}

#[tokio::test]
async fn replies_boosts_and_likes_are_remembered_and_taken_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Warm blankets", "2").await;
    let object = ring.app.collective.urls().proposal(need.id).to_string();
    let mut reply = ana.note("I can bring one", ring.now());
    reply["inReplyTo"] = object.clone().into();
    ana.send_and_work(&ring, &ana.activity("Create", 1, reply.clone())).await;
    ring.let_replies_in().await;
    let id = need.id;
    let replies =
        move |conn: &mut mutuals::db::Conn| mutuals::db::replies::list_by_proposal(conn, id);
    let listed = ring.app.db.read(replies).await.unwrap();
    assert_eq!(listed[0].0.html, "<p>I can bring one</p>");

    // Who replied hears of an edit, though they do not follow us.
    make_promise(&ring.app, &tove, need.id, Some(amount("1")), "").await.unwrap();
    ring.work().await;
    assert_eq!(peer.received().last().unwrap()["type"], "Update");

    reply["content"] = "<p>I can bring two</p>".into();
    ring.advance(60);
    reply["updated"] = ring.now().to_string().into();
    ana.send_and_work(&ring, &ana.activity("Update", 2, reply.clone())).await;
    assert_eq!(ring.app.db.read(replies).await.unwrap()[0].0.html, "<p>I can bring two</p>");

    ana.send_and_work(&ring, &ana.activity("Delete", 3, reply["id"].clone())).await;
    assert!(ring.app.db.read(replies).await.unwrap().is_empty());
    ana.send_and_work(&ring, &ana.activity("Create", 4, reply)).await;
    assert!(ring.app.db.read(replies).await.unwrap().is_empty(), "what was deleted stays deleted");

    let like = ana.activity("Like", 5, object.clone().into());
    ana.send_and_work(&ring, &like).await;
    let inboxes = move |conn: &mut mutuals::db::Conn| mutuals::db::replies::list_inboxes(conn, id);
    assert_eq!(ring.app.db.read(inboxes).await.unwrap().len(), 1);
    ana.send_and_work(&ring, &ana.activity("Undo", 6, like["id"].clone())).await;
    assert!(ring.app.db.read(inboxes).await.unwrap().is_empty());
}
