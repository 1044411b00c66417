//! Inboxes that move, that are paused, and that belong to somebody whom we block.

use std::sync::Arc;

use jiff::SignedDuration;
use mutuals::actions::block::{block, unblock};
use mutuals::actions::look_after_queue::{pause, resume};
use mutuals::db::outbox::Ending;
use mutuals::db::queue::list_waiting;
use mutuals::db::{activities, hosts};
use mutuals::domain::collective::domain_of;
use mutuals::jobs::housekeeping;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer, Verdict};
use crate::storage::{MANY, claim, drain, end, failed, now, send, sent, subscribe};
use crate::testapp::{TestApp, TestDb};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn follow(ring: &TestApp, actor: &Actor) {
    let us = ring.app.collective.urls().actor().to_string();
    actor.send_and_work(ring, &actor.activity("Follow", 1, us.into())).await;
}

/// Answers 500 at these paths; the rest is taken.
fn fail_at(peer: &Peer, paths: &'static [&'static str]) {
    peer.judge_with(Arc::new(move |parts, _| {
        let fails = parts.method == http::Method::POST && paths.contains(&parts.uri.path());
        let verdict: Verdict = Box::pin(async move { if fails { 500 } else { 200 } });
        verdict
    }));
}

/// What a peer received: the types.
fn kinds(peer: &Peer) -> Vec<String> {
    peer.received().iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

/// Lets an actor say that its document changed.
async fn change(ring: &TestApp, peer: &Peer, actor: &Actor, name: &str, value: Value) {
    let mut document = actor.document();
    document[name] = value;
    peer.serve(&actor.url, document);
    actor.send_and_work(ring, &actor.activity("Update", 9, json!(actor.url))).await;
}

#[tokio::test]
async fn f_08_what_waits_for_an_inbox_follows_it_to_its_new_address() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, bo) = (peer.actor("ana"), peer.actor("bo"));
    fail_at(&peer, &["/inbox", "/bo/inbox"]);
    follow(&ring, &ana).await;
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    follow(&ring, &bo).await;
    assert_eq!(kinds(&peer), ["Accept"], "Ana's");
    let new = peer.base.join("bo/new").unwrap();
    change(&ring, &peer, &bo, "inbox", json!(new)).await;
    assert_eq!(kinds(&peer), ["Accept", "Accept"]);
    let new = peer.base.join("all").unwrap();
    change(&ring, &peer, &ana, "endpoints", json!({"sharedInbox": new})).await;
    assert_eq!(kinds(&peer), ["Accept", "Accept", "Create"]);
    // Bo still gets everything through the old one, and what waits there waits.
    let waiting = ring.app.db.read(list_waiting).await.unwrap();
    assert_eq!(waiting[0].pending, 1);
}

#[tokio::test]
async fn f_09_a_paused_inbox_does_not_keep_the_log_for_ever() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, bo) = (peer.actor("ana"), peer.actor("bo"));
    follow(&ring, &ana).await;
    let host = Some(domain_of(&peer.base));
    pause(&ring.app, host.clone()).await.unwrap();
    follow(&ring, &bo).await;
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    let pending = async || ring.app.db.read(list_waiting).await.unwrap()[0].pending;
    ring.advance(29 * DAY);
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(pending().await, 2, "an Accept and a Create");
    ring.advance(2 * DAY);
    ring.need(&tove, "Bread", "1").await;
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(pending().await, 1);
    resume(&ring.app, host).await.unwrap();
    ring.work().await;
    let received = peer.received();
    assert_eq!(kinds(&peer), ["Accept", "Create"]);
    assert!(received[1].to_string().contains("Bread"));
}

#[tokio::test]
async fn f_09_what_waits_because_we_were_away_ourselves_is_kept() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    follow(&ring, &peer.actor("ana")).await;
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.advance(40 * DAY);
    ring.need(&tove, "Bread", "1").await;
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
    ring.advance(1);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Accept", "Create", "Create"]);
}

#[tokio::test]
async fn inb_19_nothing_goes_to_the_inbox_of_a_blocked_actor_but_others_of_its_server_hear_us() {
    let ring = TestApp::start("ring").await;
    let (alone, together) = (Peer::start().await, Peer::start().await);
    let ana = alone.actor("ana");
    let mut document = ana.document();
    document["endpoints"] = json!({});
    alone.serve(&ana.url, document);
    let (bo, cleo) = (together.actor("bo"), together.actor("cleo"));
    for actor in [&ana, &bo, &cleo] {
        follow(&ring, actor).await;
    }
    block(&ring.app, ana.url.as_str(), "").await.unwrap();
    block(&ring.app, bo.url.as_str(), "").await.unwrap();
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    assert_eq!(kinds(&alone), ["Accept"]);
    assert_eq!(kinds(&together), ["Accept", "Accept", "Create"]);
    // What was said meanwhile is over; what is said from now on is heard.
    unblock(&ring.app, ana.url.as_str()).await.unwrap();
    ring.need(&tove, "Bread", "1").await;
    ring.work().await;
    assert_eq!(kinds(&alone), ["Accept", "Create"]);
    assert!(alone.received()[1].to_string().contains("Bread"));
}

#[tokio::test]
async fn f_16_what_came_in_has_its_effect_although_the_clock_is_set_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    assert_eq!(ana.send(&ring, &ana.activity("Follow", 1, us.into())).await, 202);
    ring.advance(-2 * HOUR);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Accept"]);
}

#[tokio::test]
async fn f_16_a_host_that_catches_up_goes_on_although_the_clock_is_set_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    follow(&ring, &peer.actor("ana")).await;
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.need(&tove, "Bread", "1").await;
    ring.advance(3 * HOUR);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Accept", "Create"], "the second in its time");
    ring.advance(-2 * HOUR);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Accept", "Create", "Create"]);
}

const INBOXES: &[(&str, &str)] = &[
    ("https://s.test/1", "s.test"),
    ("https://s.test/2", "s.test"),
    ("https://s.test/3", "s.test"),
    ("https://s.test/4", "s.test"),
    ("https://s.test/5", "s.test"),
];

#[tokio::test]
async fn f_08_a_host_that_catches_up_gets_one_thing_at_a_time() {
    let test = TestDb::new();
    subscribe(&test, INBOXES).await;
    send(&test, vec![sent(1, "Create", "x", true)]).await;
    let mut late = claim(&test, HOUR, MANY).await;
    assert_eq!(late.len(), 1);
    assert!(claim(&test, HOUR, MANY).await.is_empty());
    let pace = now() + SignedDuration::from_secs(HOUR) + SignedDuration::from_millis(200);
    end(&test, late.remove(0), Ending::Arrived(pace.as_microsecond())).await;
    assert!(claim(&test, HOUR, MANY).await.is_empty(), "five a second, whatever the inbox");
    assert_eq!(claim(&test, HOUR + 1, MANY).await.len(), 1);
}

#[tokio::test]
async fn f_10_when_one_inbox_of_a_host_is_reached_the_others_are_tried_too() {
    let test = TestDb::new();
    subscribe(&test, INBOXES).await;
    send(&test, vec![sent(1, "Create", "x", true)]).await;
    for (count, next_at) in [(4, 2 * HOUR), (1, HOUR)] {
        let claimed = claim(&test, 0, MANY).await;
        assert_eq!(claimed.len(), count);
        for claimed in claimed {
            end(&test, claimed, failed(next_at)).await;
        }
    }
    let probe = claim(&test, HOUR + 1, MANY).await.remove(0);
    assert!(claim(&test, HOUR + 1, MANY).await.is_empty());
    end(&test, probe, Ending::Arrived(0)).await;
    assert_eq!(claim(&test, HOUR + 2, MANY).await.len(), 1, "it is there again");
}

#[tokio::test]
async fn f_30_how_strangers_want_to_be_spoken_to_is_forgotten_after_three_months() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test")]).await;
    let remember = |conn: &mut mutuals::db::Conn| {
        hosts::remember_signature(conn, "a.test", Some("message"), now())?;
        hosts::remember_signature(conn, "b.test", Some("message"), now())
    };
    test.db.write(remember).await.unwrap();
    for (days, left) in [(89, 2), (91, 1)] {
        let time = now() + SignedDuration::from_secs(days * DAY);
        let before = time - SignedDuration::from_hours(90 * 24);
        test.db.write(move |conn| hosts::delete_usual(conn, time, before)).await.unwrap();
        let known = test.db.read(hosts::list_signatures).await.unwrap();
        assert_eq!(known.len(), left, "{days} days: {known:?}");
    }
}

#[tokio::test]
async fn f_08_many_versions_that_wait_cost_a_row_each() {
    const VERSIONS: i64 = 3_000;
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test")]).await;
    send(&test, (1..=VERSIONS).map(|id| sent(id, "Update", "x", true)).collect()).await;
    let began = std::time::Instant::now();
    assert_eq!(drain(&test).await, [VERSIONS.to_string()]);
    println!("{VERSIONS} versions: {:?}", began.elapsed());
    let gone = test.db.write(|conn| {
        let later = now() + SignedDuration::from_secs(DAY);
        activities::delete_sent_before(conn, later, now())
    });
    assert_eq!(gone.await.unwrap(), usize::try_from(VERSIONS - 1).unwrap());
}
