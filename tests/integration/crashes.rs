//! What happens when the process dies or must end, seen with the real binary.

pub mod disk;
pub mod server;

use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::peer::Peer;
use server::{House, eventually};

/// A compose file gives a container this long before it is killed.
const LONGEST_END: Duration = Duration::from_secs(10);

/// What a peer that is stuck never answers: POST, from the moment the first flag is up. The counter
/// says how many requests hang.
fn stuck(peer: &Peer) -> (Arc<AtomicBool>, Arc<AtomicUsize>) {
    let (is_stuck, hanging) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (flag, count) = (Arc::clone(&is_stuck), Arc::clone(&hanging));
    peer.judge_with(Arc::new(move |parts, _| {
        if parts.method == http::Method::POST && flag.load(Ordering::SeqCst) {
            count.fetch_add(1, Ordering::SeqCst);
            return Box::pin(std::future::pending());
        }
        Box::pin(async { 200 })
    }));
    (is_stuck, hanging)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_19_a_server_that_is_told_to_end_does_so_in_time_and_forgets_no_delivery() {
    let peer = Peer::start().await;
    let house = House::new();
    let mut server = house.serve();
    let actor = peer.actor("ada");
    assert_eq!(house.follow(&actor, 1).await, 202);
    eventually("an Accept came", || peer.received().len() == 1).await;
    let (is_stuck, hanging) = stuck(&peer);
    is_stuck.store(true, Ordering::SeqCst);
    house.folder.json(&["need", "post", "--title", "Warm blankets"]);
    eventually("a delivery hangs", || hanging.load(Ordering::SeqCst) > 0).await;
    // A visitor who never finishes asking does not keep the server either.
    let half = house.half_a_request();
    let began = Instant::now();
    let id = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let ended = loop {
        if let Some(status) = server.0.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < LONGEST_END, "the server still runs");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(ended.code(), Some(0));
    drop(half);
    is_stuck.store(false, Ordering::SeqCst);
    assert_eq!(peer.received().len(), 1);
    let _server = house.serve();
    eventually("the need came", || {
        peer.received().iter().any(|activity| activity["type"] == "Create")
    })
    .await;
}

#[test]
fn f_19_a_connection_that_never_begins_is_not_waited_for() {
    let house = House::new();
    let mut server = house.serve();
    let silent = TcpStream::connect(("127.0.0.1", house.port)).unwrap();
    // So that it is taken.
    assert!(house.board().is_some());
    let began = Instant::now();
    assert_eq!(server.stop("-TERM"), Some(0));
    // The farewell to open requests takes eight seconds.
    assert!(began.elapsed() < LONGEST_END / 2, "it took {:?}", began.elapsed());
    drop(silent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_03_what_was_acknowledged_has_its_effect_after_a_kill() {
    let peer = Peer::start().await;
    let house = House::new();
    let actors: Vec<_> = ["ada", "bo", "cleo", "dan", "eve"].map(|name| peer.actor(name)).into();
    for (actor, pause) in actors.iter().zip([0, 1, 5, 20, 60]) {
        let mut server = house.serve();
        assert_eq!(house.follow(actor, 1).await, 202);
        // Before it is processed, while it is, while the Accept goes out, and after.
        tokio::time::sleep(Duration::from_millis(pause)).await;
        assert_eq!(server.stop("-KILL"), None);
    }
    let _server = house.serve();
    let accepts = |url: &str| {
        let received = peer.received();
        received.iter().filter(|a| a["type"] == "Accept" && a["object"]["actor"] == url).count()
    };
    eventually("everybody has an Accept", || {
        actors.iter().all(|actor| accepts(actor.url.as_str()) > 0)
    })
    .await;
    let followers = house.folder.json(&["follower", "list"]);
    assert_eq!(followers.len(), actors.len(), "{followers:?}");
    for actor in &actors {
        // One that was under way when the process died may arrive again, at each of the deaths.
        let count = accepts(actor.url.as_str());
        assert!((1..=1 + actors.len()).contains(&count), "{count} Accepts for {}", actor.url);
    }
    let waiting = house.folder.json(&["queue", "status"]);
    let received = waiting.iter().find(|line| line["id"] == "received").unwrap();
    assert_eq!(received["pending"], json!(0));
}
