//! After an outage, what was missed is read from the outboxes of those whom we follow.

use mutuals::actions::block::{block, unblock};
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::follow::follow;
use mutuals::actions::look_after_queue::drop_waiting;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{activities, followings, jobs};
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::proposal::Proposal;
use mutuals::federation::resolve;
use mutuals::jobs::housekeeping;
use serde_json::json;

use crate::peer::{Actor, Peer, befriend};
use crate::testapp::{TestApp, amount, clock, work_all};

/// Ring, whose needs Mill follows, and somebody who writes them.
struct Pair {
    ring: TestApp,
    mill: TestApp,
    tove: Member,
}

impl Pair {
    async fn start() -> Self {
        let clock = clock();
        let ring = TestApp::start_with("ring", clock.clone()).await;
        let mill = TestApp::start_with("mill", clock).await;
        let handle = ring.app.collective.address().to_string();
        let actor = resolve::by_handle_or_url(&mill.app, &handle).await.unwrap();
        follow(&mill.app, actor).await.unwrap();
        work_all(&[&ring, &mill]).await;
        housekeeping::run(&mill.app).await.unwrap();
        let tove = ring.member("Tove").await;
        Self { ring, mill, tove }
    }

    /// A need that Mill knows of.
    async fn need(&self, title: &str) -> Proposal {
        let need = self.ring.need(&self.tove, title, "40").await;
        work_all(&[&self.ring, &self.mill]).await;
        need
    }

    async fn withdraw(&self, need: &Proposal) {
        self.ring.advance(1);
        change_proposal(&self.ring.app, &self.tove, need.id, Step::Withdraw).await.unwrap();
    }

    /// What waits for Mill is lost for good.
    async fn lose(&self) {
        let dropped = drop_waiting(&self.ring.app, self.mill.app.collective.domain()).await;
        assert!(dropped.unwrap() > 0, "something waited");
        work_all(&[&self.ring, &self.mill]).await;
    }

    /// Mill looks after itself, and does what follows from it.
    async fn look_after(&self) {
        housekeeping::run(&self.mill.app).await.unwrap();
        self.mill.work().await;
    }
}

async fn board(app: &TestApp) -> Vec<String> {
    let listed = app.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    let mut titles: Vec<String> = listed.into_iter().map(|(each, _)| each.title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn f_12_what_was_missed_while_we_were_away_is_made_up_for() {
    let pair = Pair::start().await;
    let (blankets, van) = (pair.need("Blankets").await, pair.need("A van").await);
    let draft = Draft { title: "Warm blankets".into(), amount: "40".into(), ..Draft::default() };
    pair.ring.advance(60);
    edit_proposal(&pair.ring.app, &pair.tove, blankets.id, &draft).await.unwrap();
    make_promise(&pair.ring.app, &pair.tove, blankets.id, Some(amount("25")), "").await.unwrap();
    pair.withdraw(&van).await;
    pair.ring.need(&pair.tove, "Jam jars", "1").await;
    pair.lose().await;
    assert_eq!(board(&pair.mill).await, ["A van", "Blankets"], "Mill heard nothing of it");

    pair.look_after().await;
    assert_eq!(board(&pair.mill).await, ["A van", "Blankets"], "Mill does not know it was away");
    pair.mill.advance(3 * 3_600);
    pair.look_after().await;
    assert_eq!(board(&pair.mill).await, ["Jam jars", "Warm blankets"]);
    let listed = pair.mill.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    let open: Vec<_> = listed.iter().filter_map(|(each, _)| each.open).collect();
    assert!(open.contains(&amount("15")), "{open:?}");

    // A copy of the old Create that comes late does not bring the van back.
    let urls = pair.ring.app.collective.urls();
    let (object, owner) = (urls.proposal(van.id).to_string(), urls.actor().to_string());
    let buried =
        pair.mill.app.db.read(move |conn| activities::find_tombstone(conn, &object, &owner));
    assert!(buried.await.unwrap().is_some());
}

#[tokio::test]
async fn f_12_everybody_is_read_once_a_day() {
    let pair = Pair::start().await;
    let need = pair.need("Blankets").await;
    pair.withdraw(&need).await;
    pair.lose().await;
    let read_at = async |app: &TestApp| app.app.db.read(followings::list_read).await.unwrap()[0].1;
    let before = read_at(&pair.mill).await;
    assert!(before.is_some(), "the outbox was read when Ring accepted");
    // Never away for long, and so nothing but the day counts.
    for _ in 1..24 * 12 {
        pair.mill.advance(300);
        housekeeping::run(&pair.mill.app).await.unwrap();
    }
    pair.mill.work().await;
    assert_eq!(board(&pair.mill).await, ["Blankets"], "not a day has passed");
    pair.mill.advance(300);
    pair.look_after().await;
    assert!(board(&pair.mill).await.is_empty());
    assert!(read_at(&pair.mill).await > before);
    pair.mill.advance(300);
    housekeeping::run(&pair.mill.app).await.unwrap();
    assert_eq!(pair.mill.app.db.read(jobs::count).await.unwrap(), 0, "and not twice");
}

#[tokio::test]
async fn f_12_who_was_silent_for_a_day_and_speaks_again_is_read() {
    let pair = Pair::start().await;
    let (blankets, van) = (pair.need("Blankets").await, pair.need("A van").await);
    pair.withdraw(&blankets).await;
    pair.lose().await;
    // The door remembers for a few real minutes whom it heard.
    pair.mill.app.woken_hosts.invalidate_all();
    pair.ring.advance(3_600);
    pair.withdraw(&van).await;
    work_all(&[&pair.ring, &pair.mill]).await;
    assert_eq!(board(&pair.mill).await, ["Blankets"], "an hour is no silence");

    pair.mill.app.woken_hosts.invalidate_all();
    pair.ring.advance(25 * 3_600);
    pair.need("Jam jars").await;
    assert_eq!(board(&pair.mill).await, ["Jam jars"]);
}

#[tokio::test]
async fn f_12_who_could_not_be_reached_and_speaks_again_is_read() {
    let (ring, peer) = (TestApp::start("ring").await, Peer::start().await);
    let ana = befriended(&ring, &peer).await;
    let tove = ring.member("Tove").await;
    let gone = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Create", 2, gone)).await;
    assert_eq!(board(&ring).await, ["Blankets"]);

    peer.answer_with(Some(503));
    ring.advance(2 * 3_600);
    ring.need(&tove, "Chairs", "1").await;
    ring.work().await;
    peer.answer_with(None);
    ring.app.woken_hosts.invalidate_all();
    let jars = ana.need("Jars", ring.now());
    peer.serve(&jars["id"].as_str().unwrap().parse().unwrap(), jars.clone());
    ana.send_and_work(&ring, &ana.activity("Create", 3, jars)).await;
    assert_eq!(board(&ring).await, ["Jars"], "what the peer no longer has is forgotten");
}

#[tokio::test]
async fn f_12_what_its_server_does_not_find_may_come_back_and_what_is_gone_may_not() {
    let (ring, peer) = (TestApp::start("ring").await, Peer::start().await);
    let ana = befriended(&ring, &peer).await;
    housekeeping::run(&ring.app).await.unwrap();
    let (lost, gone) = (ana.need("Lost", ring.now()), ana.need("Gone", ring.now()));
    ana.send_and_work(&ring, &ana.activity("Create", 2, lost.clone())).await;
    ana.send_and_work(&ring, &ana.activity("Create", 3, gone.clone())).await;
    assert_eq!(board(&ring).await, ["Gone", "Lost"]);
    // One address says 404, the other 410.
    peer.remove(&gone["id"].as_str().unwrap().parse().unwrap());
    ring.advance(3_600);
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
    assert!(board(&ring).await.is_empty());
    ana.send_and_work(&ring, &ana.activity("Create", 4, lost)).await;
    ana.send_and_work(&ring, &ana.activity("Create", 5, gone)).await;
    assert_eq!(board(&ring).await, ["Lost"]);
}

#[tokio::test]
async fn f_12_what_is_no_longer_listed_is_asked_for_within_the_budget() {
    let (ring, peer) = (TestApp::start("ring").await, Peer::start().await);
    let ana = befriended(&ring, &peer).await;
    housekeeping::run(&ring.app).await.unwrap();
    let kept = ana.need("Kept", ring.now());
    for number in 0..30 {
        let need = ana.need(&format!("Need {number}"), ring.now());
        assert_eq!(ana.send(&ring, &ana.activity("Create", 100 + number, need)).await, 202);
    }
    ana.send_and_work(&ring, &ana.activity("Create", 99, kept.clone())).await;
    assert_eq!(board(&ring).await.len(), 31);
    // Not in the outbox, and yet there: it is kept.
    peer.serve(&kept["id"].as_str().unwrap().parse().unwrap(), kept);
    let asked = peer.asked().len();
    for _ in 0..2 {
        ring.advance(3_600);
        housekeeping::run(&ring.app).await.unwrap();
        ring.work().await;
        assert!(peer.asked().len() - asked <= 40, "two readings, twenty requests each");
    }
    assert_eq!(board(&ring).await, ["Kept"]);
}

#[tokio::test]
async fn f_12_an_outbox_that_was_not_read_to_its_end_proves_nothing() {
    let (ring, peer) = (TestApp::start("ring").await, Peer::start().await);
    let ana = befriended(&ring, &peer).await;
    housekeeping::run(&ring.app).await.unwrap();
    let need = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Create", 2, need)).await;
    let outbox = |next: &str| {
        let id = format!("{}/outbox", ana.url);
        json!({"id": id, "type": "OrderedCollection", "orderedItems": [], "next": next})
    };
    let here = format!("{}/outbox", ana.url).parse().unwrap();
    // A page elsewhere, and pages that lead round and round.
    for next in ["http://other.example/page".to_owned(), format!("{}/outbox", ana.url)] {
        peer.serve(&here, outbox(&next));
        let asked = peer.asked().len();
        ring.advance(3_600);
        housekeeping::run(&ring.app).await.unwrap();
        ring.work().await;
        assert!(peer.asked().len() > asked, "it was read");
        assert_eq!(board(&ring).await, ["Blankets"], "{next}");
    }
}

#[tokio::test]
async fn inb_19_whom_we_block_is_not_read() {
    let (ring, peer) = (TestApp::start("ring").await, Peer::start().await);
    befriended(&ring, &peer).await;
    housekeeping::run(&ring.app).await.unwrap();
    block(&ring.app, peer.base.as_str(), "").await.unwrap();
    let asked = peer.asked().len();
    ring.advance(3_600);
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
    assert_eq!(peer.asked().len(), asked);
    unblock(&ring.app, peer.base.as_str()).await.unwrap();
    ring.advance(3_600);
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
    assert!(peer.asked().len() > asked);
}

/// Ana, whom `ring` follows, who follows `ring`, and whose outbox is empty.
async fn befriended(ring: &TestApp, peer: &Peer) -> Actor {
    let ana = peer.actor("ana");
    let outbox = format!("{}/outbox", ana.url);
    let empty = json!({"id": outbox, "type": "OrderedCollection", "orderedItems": []});
    peer.serve(&outbox.parse().unwrap(), empty);
    let us = json!(ring.app.collective.urls().actor());
    ana.send_and_work(ring, &ana.activity("Follow", 0, us)).await;
    befriend(ring, &ana).await;
    ana
}
