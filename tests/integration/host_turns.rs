//! Several inboxes of one host: what was sent first arrives there first.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mutuals::actions::look_after_queue::{pause, resume};
use mutuals::db::outbox::{Claimed, Ending};
use mutuals::db::{Conn, inboxes};
use mutuals::domain::collective::domain_of;

use crate::peer::{Peer, Verdict};
use crate::storage::{MANY, claim, drain, end, failed, new_ids, send, sent, subscribe};
use crate::testapp::{TestApp, TestDb};

/// Lets Bo follow while nothing goes out to the peer, and posts a need meanwhile: the Accept for
/// Bo's own inbox and the Create for the shared one wait together.
async fn accept_and_create(ring: &TestApp, peer: &Peer) {
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(ring, &ana.activity("Follow", 1, us.clone().into())).await;
    let host = domain_of(&peer.base);
    pause(&ring.app, Some(host.clone())).await.unwrap();
    let bo = peer.actor("bo");
    bo.send_and_work(ring, &bo.activity("Follow", 1, us.into())).await;
    let tove = ring.member("Tove").await;
    ring.need(&tove, "Soup", "1").await;
    ring.work().await;
    resume(&ring.app, Some(host)).await.unwrap();
}

/// Answers what comes to Bo's own inbox late, with this status; the paths of all deliveries that
/// came from now on, in order.
fn late(peer: &Peer, status: u16) -> Arc<Mutex<Vec<String>>> {
    let came: Arc<Mutex<Vec<String>>> = Arc::default();
    let paths = Arc::clone(&came);
    peer.judge_with(Arc::new(move |parts, _| {
        let path = parts.uri.path().to_owned();
        if parts.method == http::Method::POST {
            paths.lock().unwrap().push(path.clone());
        }
        let verdict: Verdict = Box::pin(async move {
            if path != "/bo/inbox" {
                return 200;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
            status
        });
        verdict
    }));
    came
}

fn kinds(peer: &Peer) -> Vec<String> {
    peer.received().iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn f_08_an_accept_to_somebodys_own_inbox_is_there_before_what_their_server_gets() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    late(&peer, 200);
    accept_and_create(&ring, &peer).await;
    ring.work().await;
    assert_eq!(kinds(&peer), ["Accept", "Accept", "Create"]);
}

#[tokio::test]
async fn f_08_an_inbox_that_fails_does_not_hold_up_the_others_of_its_host() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let came = late(&peer, 500);
    accept_and_create(&ring, &peer).await;
    came.lock().unwrap().clear();
    ring.work().await;
    assert_eq!(*came.lock().unwrap(), ["/bo/inbox", "/inbox"]);
    assert_eq!(kinds(&peer), ["Accept", "Create"], "Ana's, and the need without waiting");
    late(&peer, 200);
    ring.advance(61);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Accept", "Create", "Accept"]);
}

const OWN: (&str, &str) = ("https://a.test/bo", "a.test");

/// Queues an activity for Bo's own inbox.
async fn enqueue(test: &TestDb, activity: i64) {
    let enqueue = move |conn: &mut Conn| inboxes::enqueue(conn, &new_ids(), OWN, activity, false);
    test.db.write(enqueue).await.unwrap();
}

fn bodies(claimed: &[Claimed]) -> Vec<&str> {
    let mut bodies: Vec<_> = claimed.iter().map(|claimed| &*claimed.delivery.body).collect();
    bodies.sort_unstable();
    bodies
}

#[tokio::test]
async fn f_08_what_is_for_one_inbox_waits_for_what_all_of_its_host_get_first() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/1", "a.test"), ("https://a.test/2", "a.test")]).await;
    send(&test, vec![sent(1, "Create", "n1", true), sent(2, "Accept", "f", false)]).await;
    send(&test, vec![sent(3, "Create", "n3", true)]).await;
    enqueue(&test, 2).await;
    let mut first = claim(&test, 0, MANY).await;
    assert_eq!(bodies(&first), ["1", "1"], "one thing goes to several at once");
    end(&test, first.remove(0), Ending::Arrived(0)).await;
    assert!(claim(&test, 0, MANY).await.is_empty(), "the other one has not got it yet");
    end(&test, first.remove(0), Ending::Arrived(0)).await;
    let mut second = claim(&test, 0, MANY).await;
    assert_eq!(bodies(&second), ["2"]);
    assert!(claim(&test, 0, MANY).await.is_empty(), "it is on its way");
    end(&test, second.remove(0), Ending::Arrived(0)).await;
    assert_eq!(bodies(&claim(&test, 0, MANY).await), ["3", "3"]);
}

#[tokio::test]
async fn f_08_what_fails_or_is_passed_over_holds_up_nothing() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/1", "a.test"), ("https://a.test/2", "a.test")]).await;
    send(&test, vec![sent(1, "Accept", "f", false)]).await;
    enqueue(&test, 1).await;
    let own = claim(&test, 0, MANY).await.remove(0);
    end(&test, own, failed(60)).await;
    send(&test, vec![sent(2, "Create", "n2", true)]).await;
    let mut others = claim(&test, 0, MANY).await;
    assert_eq!(bodies(&others), ["2", "2"]);
    end(&test, others.remove(0), Ending::Arrived(0)).await;
    end(&test, others.remove(0), Ending::Arrived(0)).await;
    assert_eq!(drain(&test).await, Vec::<String>::new());
    let own = claim(&test, 61, MANY).await.remove(0);
    assert_eq!(own.inbox.attempts, 1);
    end(&test, own, Ending::Arrived(0)).await;
    // What all get comes before what is for one; but it was withdrawn, and nobody gets it.
    send(&test, vec![sent(3, "Create", "n3", true), sent(4, "Accept", "g", false)]).await;
    send(&test, vec![sent(5, "Delete", "n3", true)]).await;
    enqueue(&test, 4).await;
    assert_eq!(drain(&test).await, ["4"]);
}
