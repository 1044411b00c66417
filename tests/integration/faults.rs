//! What goes wrong between servers, and what it costs: nothing. Days pass by a clock that tests
//! move; sockets, databases and panics are real.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::look_after_queue::{resume, retry};
use mutuals::actions::make_promise::make_promise;
use mutuals::app::App;
use mutuals::config::Limits;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::queue::{HostLine, list_waiting};
use mutuals::db::{Conn, followers, inboxes, journal};
use mutuals::domain::event::Event;
use mutuals::error::Error;
use mutuals::federation::outbox;
use mutuals::jobs::{housekeeping, runner};
use serde_json::{Value, json};

use crate::peer::{Actor, Peer, Verdict, befriend};
use crate::testapp::{TestApp, client, config};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A peer whose actor follows `app`.
async fn follower(app: &TestApp) -> (Peer, Actor) {
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = app.app.collective.urls().actor().to_string();
    ana.send_and_work(app, &ana.activity("Follow", 1, us.into())).await;
    (peer, ana)
}

fn kinds(received: &[Value]) -> Vec<&str> {
    received.iter().filter_map(|one| one["type"].as_str()).collect()
}

async fn queue(app: &TestApp) -> Vec<HostLine> {
    app.app.db.read(list_waiting).await.unwrap()
}

async fn followers_of(app: &TestApp) -> usize {
    app.app.db.read(followers::list).await.unwrap().len()
}

/// Counts the requests that a peer gets, and answers them with a status.
fn count(peer: &Peer, status: u16) -> Arc<AtomicUsize> {
    let counted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&counted);
    peer.judge_with(Arc::new(move |parts, _| {
        if parts.method == http::Method::POST {
            count.fetch_add(1, Ordering::SeqCst);
        }
        let verdict: Verdict = Box::pin(async move { status });
        verdict
    }));
    counted
}

/// Lets an hour pass so many times, working after each.
async fn hours(app: &TestApp, hours: i64) {
    for _ in 0..hours {
        app.advance(HOUR);
        app.work().await;
    }
}

#[tokio::test]
async fn f_08_a_peer_that_was_down_for_a_week_gets_what_still_matters_slowly_and_in_order() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    let probes = count(&peer, 503);
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    let blankets = ring.need(&tove, "Warm blankets", "2").await;
    let gone = ring.need(&tove, "A mistake", "1").await;
    make_promise(&ring.app, &tove, blankets.id, None, "").await.unwrap();
    change_proposal(&ring.app, &tove, gone.id, Step::Withdraw).await.unwrap();
    hours(&ring, 7 * 24).await;
    let probed = probes.load(Ordering::SeqCst);
    assert!((20..=45).contains(&probed), "about one probe in six hours, not {probed}");

    count(&peer, 200);
    // A probe falls into the longest waiting time, and what follows it into the next hours.
    hours(&ring, 12).await;
    let received = peer.received();
    assert_eq!(kinds(&received)[1..], ["Create", "Create"], "nothing of what was withdrawn");
    assert_eq!(received[2]["object"]["publishes"]["availableQuantity"]["hasNumericalValue"], "0");
    assert!(queue(&ring).await.is_empty());
}

#[tokio::test]
async fn f_08_a_host_that_catches_up_gets_five_a_second() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    peer.answer_with(Some(503));
    for number in 0..4 {
        ring.need(&tove, &format!("Need {number}"), "1").await;
    }
    ring.work().await;
    peer.answer_with(None);
    ring.advance(HOUR);
    ring.work().await;
    assert_eq!(peer.received().len(), 2, "the Accept of before, and one of those that waited");
    ring.work().await;
    assert_eq!(peer.received().len(), 2, "not before its time");
    for expected in 3..=5 {
        ring.app.clock.advance(SignedDuration::from_millis(200));
        ring.work().await;
        assert_eq!(peer.received().len(), expected);
    }
}

#[tokio::test]
async fn f_09_what_waited_for_two_weeks_is_put_aside_and_the_follower_is_kept_for_a_month() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    peer.answer_with(Some(500));
    ring.need(&tove, "Soup", "1").await;
    ring.need(&tove, "Bread", "1").await;
    ring.work().await;
    hours(&ring, 15 * 24).await;
    let line = queue(&ring).await.remove(0);
    assert_eq!((line.pending, line.refused), (0, 2));
    assert!(line.last_error.unwrap().contains("500"));
    assert_eq!(followers_of(&ring).await, 1);
    // Whoever looks after it can have all of it sent again.
    peer.answer_with(None);
    assert_eq!(retry(&ring.app, Some(line.host)).await.unwrap(), 2);
    ring.work().await;
    ring.advance(1);
    ring.work().await;
    assert_eq!(kinds(&peer.received()), ["Accept", "Create", "Create"]);

    peer.answer_with(Some(500));
    ring.advance(1);
    ring.need(&tove, "Salt", "1").await;
    ring.work().await;
    hours(&ring, 29 * 24).await;
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(followers_of(&ring).await, 1);
    hours(&ring, 2 * 24).await;
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(followers_of(&ring).await, 0);
}

#[tokio::test]
async fn f_10_a_peer_that_answers_slowly_keeps_nobody_waiting() {
    let ring = TestApp::start("ring").await;
    let (slow, _) = follower(&ring).await;
    let (quick, _) = follower(&ring).await;
    slow.judge_with(Arc::new(|_, _| {
        let verdict: Verdict = Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            200
        });
        verdict
    }));
    let tove = ring.member("Tove").await;
    let app = ring.app.clone();
    let working = tokio::spawn(async move {
        loop {
            runner::run_all(&app).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    for number in 0..3 {
        ring.need(&tove, &format!("Need {number}"), "1").await;
    }
    // The slow one holds its answer far longer than this; the loop waits for it, others do not.
    while quick.received().len() < 4 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(slow.received().len(), 1, "only the Accept of before");
    working.abort();
}

#[tokio::test]
async fn f_11_a_server_that_says_gone_twice_a_day_apart_is_forgotten() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    peer.answer_with(Some(410));
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    hours(&ring, 23).await;
    assert_eq!(followers_of(&ring).await, 1);
    hours(&ring, 2).await;
    assert_eq!(followers_of(&ring).await, 0);
    assert!(queue(&ring).await.is_empty());
}

#[tokio::test]
async fn f_11_an_inbox_that_is_missing_for_a_week_is_paused_until_somebody_looks() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    let tried = count(&peer, 404);
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    hours(&ring, 7 * 24 + 8).await;
    let line = queue(&ring).await.remove(0);
    assert!(line.is_paused && line.pending == 1);
    let before = tried.load(Ordering::SeqCst);
    hours(&ring, 12).await;
    assert_eq!(tried.load(Ordering::SeqCst), before, "it is left alone");
    count(&peer, 200);
    resume(&ring.app, Some(line.host)).await.unwrap();
    ring.work().await;
    assert_eq!(kinds(&peer.received()), ["Accept", "Create"]);
}

#[tokio::test]
async fn f_11_who_does_not_believe_us_is_asked_for_a_day_and_then_shown() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    peer.answer_with(Some(403));
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    hours(&ring, 23).await;
    assert_eq!(queue(&ring).await[0].pending, 1);
    hours(&ring, 2).await;
    let line = queue(&ring).await.remove(0);
    assert_eq!((line.pending, line.refused), (0, 1));
    assert!(line.last_error.unwrap().contains("403"));
    // The next one is tried as well, and the inbox is well again.
    peer.answer_with(None);
    ring.need(&tove, "Bread", "1").await;
    hours(&ring, 19).await;
    assert_eq!(kinds(&peer.received()), ["Accept", "Create"]);
}

#[tokio::test]
async fn f_11_a_server_that_asks_us_to_wait_is_obeyed() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    // The peer says Retry-After: 3600 with it.
    peer.answer_with(Some(429));
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    peer.answer_with(None);
    ring.advance(3_599);
    ring.work().await;
    assert_eq!(peer.received().len(), 1);
    ring.advance(2);
    ring.work().await;
    assert_eq!(peer.received().len(), 2);
}

#[tokio::test]
async fn f_11_a_server_that_cannot_be_reached_is_tried_as_usual() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let mut document = ana.document();
    // Nothing listens there; and what listens speaks no HTTP.
    let garbage = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = garbage.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = garbage.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"\x16\x03garbage").await;
        }
    });
    let us = ring.app.collective.urls().actor().to_string();
    for (number, inbox) in
        ["http://127.0.0.1:1/".to_owned(), format!("http://{address}/")].into_iter().enumerate()
    {
        document["endpoints"] = json!({});
        document["inbox"] = json!(format!("{}/inbox{number}", ana.url));
        peer.serve(&ana.url, document.clone());
        let host = inbox.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let new_id = ring.app.clock.new_id::<()>().number();
        let enqueue = move |conn: &mut Conn| inboxes::subscribe(conn, &|| new_id, &inbox, &host);
        ring.app.db.write(enqueue).await.unwrap();
    }
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    let waiting = queue(&ring).await;
    let unreached: Vec<_> = waiting.iter().filter(|line| line.failing_since.is_some()).collect();
    assert_eq!(unreached.len(), 2);
    for line in unreached {
        let next = jiff::Timestamp::from_microsecond(line.next_at).unwrap();
        assert_eq!(next.duration_since(ring.now()).as_secs(), MINUTE, "{line:?}");
    }
}

#[tokio::test]
async fn f_13_the_same_activity_a_thousand_times_has_one_effect_also_when_it_was_forgotten() {
    let limits = Limits { per_domain: 0, per_address: 0, ..Limits::default() };
    let ring = TestApp::start_limited("ring", limits).await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let create = ana.activity("Create", 7, ana.need("Soup", ring.now()));
    for _ in 0..10 {
        let sending: Vec<_> = (0..100).map(|_| ana.send(&ring, &create)).collect();
        for sent in sending {
            assert_eq!(sent.await, 202);
        }
    }
    ring.work().await;
    let titles = || async {
        let listed = ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
        listed.into_iter().map(|(proposal, _)| proposal.title).collect::<Vec<_>>()
    };
    assert_eq!(titles().await, ["Soup"]);
    assert_eq!(ring.app.db.read(journal::depth).await.unwrap().waiting, 0);
    // After three months nobody remembers the id; what stands here tells all the same.
    ring.advance(91 * DAY);
    housekeeping::run(&ring.app).await.unwrap();
    ana.send_and_work(&ring, &create).await;
    assert_eq!(titles().await, ["Soup"]);
    let delete = ana.activity("Delete", 8, create["object"]["id"].clone());
    ana.send_and_work(&ring, &delete).await;
    ring.advance(91 * DAY);
    housekeeping::run(&ring.app).await.unwrap();
    ana.send_and_work(&ring, &create).await;
    assert!(titles().await.is_empty(), "the gravestone stands for a year");
}

#[tokio::test]
async fn f_14_in_whatever_order_they_come_what_was_deleted_is_deleted() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let mut number = 10;
    for order in orders() {
        let mut note = ana.need(&format!("n{number}"), ring.now());
        let create = ("Create", note.clone());
        note["updated"] = json!(ring.now() + SignedDuration::from_mins(1));
        let first = ("Update", note.clone());
        note["updated"] = json!(ring.now() + SignedDuration::from_mins(2));
        let all = [create, first, ("Update", note.clone()), ("Delete", note["id"].clone())];
        for place in order {
            number += 1;
            let (kind, object) = all[place].clone();
            assert_eq!(ana.send(&ring, &ana.activity(kind, number, object)).await, 202);
            ring.work().await;
        }
        let listed = ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
        assert!(listed.is_empty(), "{order:?}");
    }
    // Without the Delete, it would be there.
    let create = ana.activity("Create", 9, ana.need("kept", ring.now()));
    ana.send_and_work(&ring, &create).await;
    assert_eq!(ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn f_14_in_whatever_order_they_come_what_was_undone_is_undone() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Soup", "1").await;
    let urls = ring.app.collective.urls();
    let (us, need_url) = (json!(urls.actor()), json!(urls.proposal(need.id)));
    let reactions = move |conn: &mut Conn| mutuals::db::replies::list_inboxes(conn, need.id);
    for (round, order) in (1..).zip(orders()) {
        let number = round * 10;
        let kind = if round % 2 == 0 { "Like" } else { "Announce" };
        let like = ana.activity(kind, number, need_url.clone());
        let follow = ana.activity("Follow", number + 1, us.clone());
        // Some undo with the whole of it, some with its id.
        let undone = |what: &Value| if round % 3 == 0 { what["id"].clone() } else { what.clone() };
        let unlike = ana.activity("Undo", number + 2, undone(&like));
        let unfollow = ana.activity("Undo", number + 3, undone(&follow));
        let all = [like, unlike, follow, unfollow];
        for place in order {
            ana.send_and_work(&ring, &all[place]).await;
        }
        assert_eq!(followers_of(&ring).await, 0, "{order:?}");
        assert!(ring.app.db.read(reactions).await.unwrap().is_empty(), "{order:?}");
    }
    // What was not undone is there.
    ana.send_and_work(&ring, &ana.activity("Like", 1, need_url)).await;
    ana.send_and_work(&ring, &ana.activity("Follow", 2, us)).await;
    assert_eq!(followers_of(&ring).await, 1);
    assert_eq!(ring.app.db.read(reactions).await.unwrap().len(), 1);
}

#[tokio::test]
async fn f_15_an_undo_that_comes_first_holds_for_what_comes_late_and_not_for_ever() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    let us = json!(ring.app.collective.urls().actor());
    let follow = ana.activity("Follow", 1, us.clone());
    // Nobody takes back what somebody else will do.
    eve.send_and_work(&ring, &eve.activity("Undo", 1, follow["id"].clone())).await;
    ana.send_and_work(&ring, &follow).await;
    assert_eq!(followers_of(&ring).await, 1);
    ana.send_and_work(&ring, &ana.activity("Undo", 2, follow)).await;
    assert_eq!(followers_of(&ring).await, 0);

    let late = ana.activity("Follow", 3, us.clone());
    ana.send_and_work(&ring, &ana.activity("Undo", 4, late["id"].clone())).await;
    ana.send_and_work(&ring, &late).await;
    assert_eq!(followers_of(&ring).await, 0);
    // Some servers give every Follow of somebody the same id: a new one counts.
    let again = ana.activity("Follow", 5, us);
    ana.send_and_work(&ring, &ana.activity("Undo", 6, again["id"].clone())).await;
    ring.advance(8 * DAY);
    ana.send_and_work(&ring, &again).await;
    assert_eq!(followers_of(&ring).await, 1);
}

/// All 24 orders of four things.
fn orders() -> Vec<[usize; 4]> {
    let mut orders = Vec::new();
    for code in 0..256_usize {
        let order = [code & 3, (code >> 2) & 3, (code >> 4) & 3, (code >> 6) & 3];
        if (0..4).all(|wanted| order.contains(&wanted)) {
            orders.push(order);
        }
    }
    assert_eq!(orders.len(), 24);
    orders
}

#[tokio::test]
async fn f_16_a_clock_that_jumps_causes_no_flood() {
    let ring = TestApp::start("ring").await;
    let (peer, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    let tried = count(&peer, 503);
    for number in 0..5 {
        ring.need(&tove, &format!("Need {number}"), "1").await;
    }
    ring.work().await;
    assert_eq!(tried.load(Ordering::SeqCst), 1);
    ring.advance(2 * HOUR);
    ring.work().await;
    assert_eq!(tried.load(Ordering::SeqCst), 2, "one probe, not everything that waits");
    ring.advance(-2 * HOUR);
    ring.work().await;
    assert_eq!(tried.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn f_17_a_peer_whose_clock_is_off_is_told_so() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    for hours in [-13, 13] {
        let body = ana.activity("Like", 1, json!("x")).to_string();
        let inbox = ring.base.join("inbox").unwrap();
        let key_id = format!("{}#main-key", ana.url);
        let signer = mutuals::federation::signature::Signer { key_id, keys: &ana.keys };
        let at = ring.now() + SignedDuration::from_hours(hours);
        let headers = mutuals::federation::signature::sign(
            &signer,
            &inbox,
            Some(body.as_bytes()),
            at,
            mutuals::federation::signature::Scheme::Draft,
        );
        let answer = ring.visitor.post(&inbox, headers.unwrap(), body.into()).await.unwrap();
        assert_eq!(answer.status, 401);
        let skew = format!("clock skew {} s", -hours * 3_600);
        let reason = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(reason.contains(&skew), "{reason}");
    }
}

#[tokio::test]
async fn f_25_ten_thousand_that_wait_for_a_dead_host_do_not_hold_up_a_live_one() {
    let ring = TestApp::start("ring").await;
    let now = ring.now();
    let fill = move |conn: &mut Conn| {
        inboxes::subscribe(conn, &|| 1, "http://127.0.0.1:1/inbox", "127.0.0.1:1")?;
        for number in 1..=10_000 {
            let sent = mutuals::db::activities::SentActivity {
                id: number,
                url: format!("https://us.test/{number}"),
                object_url: format!("https://us.test/n/{number}"),
                body: "{}".into(),
                is_public: true,
                sent_at: now.as_microsecond(),
                kind: "Create".into(),
                to_followers: true,
            };
            mutuals::db::activities::insert_sent(conn, sent)?;
        }
        Ok(())
    };
    ring.app.db.write(fill).await.unwrap();
    let (live, _) = follower(&ring).await;
    let tove = ring.member("Tove").await;
    for number in 0..3 {
        ring.need(&tove, &format!("Need {number}"), "1").await;
    }
    ring.work().await;
    assert_eq!(kinds(&live.received()), ["Accept", "Create", "Create", "Create"]);
    let dead = queue(&ring).await.remove(0);
    assert_eq!((dead.host.as_str(), dead.pending), ("127.0.0.1:1", 10_003));
}

/// Panics at the Follow of an actor called poison.
fn announce(app: &App, conn: &mut Conn, event: &Event) -> Result<(), Error> {
    if let Event::FollowerAccepted { actor, .. } = event {
        assert!(!actor.path().contains("poison"), "a test panics");
    }
    outbox::announce(app, conn, event)
}

#[tokio::test]
async fn f_26_what_panics_is_put_aside_after_three_tries_and_others_go_on() {
    let ring = TestApp::start("ring").await;
    let app = App::open_through(
        config(),
        ring.app.db.clone(),
        ring.app.clock.clone(),
        announce,
        client(),
    )
    .await
    .unwrap();
    let peer = Peer::start().await;
    let (poison, ana) = (peer.actor("poison"), peer.actor("ana"));
    let us = ring.app.collective.urls().actor().to_string();
    assert_eq!(poison.send(&ring, &poison.activity("Follow", 1, us.clone().into())).await, 202);
    assert_eq!(poison.send(&ring, &poison.activity("Like", 2, json!("x"))).await, 202);
    assert_eq!(ana.send(&ring, &ana.activity("Follow", 1, us.into())).await, 202);
    for minutes in [0, 2, 6] {
        ring.advance(minutes * MINUTE);
        runner::run_all(&app).await.unwrap();
        assert_eq!(followers_of(&ring).await, 1, "Ana's");
    }
    let depth = ring.app.db.read(journal::depth).await.unwrap();
    assert_eq!((depth.waiting, depth.failed), (0, 1));
    // Once the mistake is mended, it can be tried again.
    assert_eq!(retry(&ring.app, None).await.unwrap(), 1);
    ring.work().await;
    assert_eq!(followers_of(&ring).await, 2);
}
