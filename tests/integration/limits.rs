//! What others may cost us: requests, activities, connections, time.

use std::time::Duration;

use mutuals::actions::block::block;
use mutuals::config::Limits;
use mutuals::db::journal;
use mutuals::domain::collective::domain_of;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::peer::{Actor, Peer};
use crate::testapp::TestApp;

#[tokio::test]
async fn inb_21_a_flood_from_one_server_is_told_to_wait_and_others_are_heard() {
    let ring = TestApp::start_limited("ring", Limits { per_domain: 3, ..Limits::default() }).await;
    let (flood, other) = (Peer::start().await, Peer::start().await);
    let (ana, omar) = (flood.actor("ana"), other.actor("omar"));
    let mut answers = Vec::new();
    for number in 0..5 {
        answers.push(ana.send(&ring, &ana.activity("Like", number, json!("x"))).await);
    }
    assert_eq!(answers, [202, 202, 202, 429, 429]);
    assert_eq!(omar.send(&ring, &omar.activity("Like", 1, json!("x"))).await, 202);
    assert_eq!(ring.app.db.read(journal::depth).await.unwrap().waiting, 4);
}

#[tokio::test]
async fn inb_21_an_address_that_asks_too_often_is_told_when_to_come_back() {
    let ring = TestApp::start_limited("ring", Limits { per_address: 3, ..Limits::default() }).await;
    let actor = ring.app.collective.urls().actor();
    let get = || ring.visitor.get(&actor, http::HeaderMap::new());
    for _ in 0..3 {
        assert_ne!(get().await.unwrap().status, 429);
    }
    let refused = get().await.unwrap();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "300");
    // Pages for people are not counted with machines.
    let board = ring.base.join("board").unwrap();
    assert_eq!(ring.visitor.get(&board, http::HeaderMap::new()).await.unwrap().status, 200);
}

#[tokio::test]
async fn inb_21_more_connections_than_allowed_are_closed_at_once() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let ring = TestApp::start_limited("ring", limits).await;
    let address = ring.base.socket_addrs(|| None).unwrap()[0];
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /about HTTP/1.1\r\n").await.unwrap();
        held.push(stream);
    }
    // So that both are taken before the third.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut third = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    let ended = third.read_to_end(&mut answer).await;
    assert!(answer.is_empty(), "{ended:?}");
    // A place that is given back is taken again.
    held.remove(0).shutdown().await.unwrap();
    drop(held);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut again = TcpStream::connect(address).await.unwrap();
    let host = ring.app.collective.domain();
    let request = format!("GET /about HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    again.write_all(request.as_bytes()).await.unwrap();
    again.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn a_document_that_somebody_has_is_not_sent_again() {
    let ring = TestApp::start("ring").await;
    let actor = ring.app.collective.urls().actor();
    let mut headers = http::HeaderMap::new();
    headers.insert("accept", "application/activity+json".parse().unwrap());
    let first = ring.visitor.get(&actor, headers.clone()).await.unwrap();
    assert_eq!(first.status, 200);
    headers.insert("if-none-match", first.headers["etag"].clone());
    let second = ring.visitor.get(&actor, headers.clone()).await.unwrap();
    assert_eq!((second.status.as_u16(), second.body.len()), (304, 0));
    assert_eq!(second.headers["etag"], first.headers["etag"]);
    // `*` stands for whatever there is.
    headers.insert("if-none-match", "*".parse().unwrap());
    assert_eq!(ring.visitor.get(&actor, headers.clone()).await.unwrap().status, 304);
    headers.insert("if-none-match", "\"another\"".parse().unwrap());
    assert_eq!(ring.visitor.get(&actor, headers).await.unwrap().body, first.body);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_not_kept() {
    let ring = TestApp::start("ring").await;
    let address = ring.base.socket_addrs(|| None).unwrap()[0];
    let mut silent = TcpStream::connect(address).await.unwrap();
    // Nor one that stops in the middle of the first words of HTTP/2.
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"PRI * HT").await.unwrap();
    for stream in [&mut silent, &mut half] {
        let mut answer = Vec::new();
        // Ten seconds; far below what a server may hold it for otherwise.
        let ended = tokio::time::timeout(Duration::from_secs(40), stream.read_to_end(&mut answer));
        assert!(ended.await.is_ok(), "the server holds a connection that says nothing");
        assert!(answer.is_empty());
    }
}

/// The headers of a delivery that is signed as it should be, made so long ago.
fn head(ring: &TestApp, actor: &Actor, hours_ago: i64) -> Vec<(String, String)> {
    let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
    let inbox = ring.base.join("inbox").unwrap();
    let at = ring.now() - jiff::SignedDuration::from_hours(hours_ago);
    let headers = sign(&signer, &inbox, Some(b"{}"), at, Scheme::Draft).unwrap();
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// Posts the head of a request and what there is of its body; answers the status although the body
/// never ends.
async fn answer_to_head(ring: &TestApp, head: &[(String, String)], body: &[u8]) -> u16 {
    let address = ring.base.socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    let lines: String = head.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    stream.write_all(format!("POST /inbox HTTP/1.1\r\n{lines}\r\n").as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
}

/// The same headers with one more, one else, or one less.
fn with(head: &[(String, String)], name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut head = head.to_vec();
    head.retain(|(known, _)| known != name);
    head.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    head
}

#[tokio::test]
async fn inb_21_who_can_never_be_heard_is_told_so_before_the_body_is_there() {
    let ring = TestApp::start("ring").await;
    let (peer, blocked) = (Peer::start().await, Peer::start().await);
    block(&ring.app, &domain_of(&blocked.base), "").await.unwrap();
    let (ana, eve) = (peer.actor("ana"), blocked.actor("eve"));
    let good = with(&head(&ring, &ana, 0), "content-length", Some("500"));
    let mut two = good.clone();
    two.push(("digest".into(), "SHA-256=x".into()));
    let late = with(&head(&ring, &ana, 13), "content-length", Some("500"));
    let unheard = with(&head(&ring, &eve, 0), "content-length", Some("500"));
    for (what, head, status) in [
        ("another type", with(&good, "content-type", Some("text/html")), 415),
        ("too long", with(&good, "content-length", Some("99999999")), 413),
        ("for another host", with(&good, "host", Some("mill.example")), 401),
        ("unsigned", with(&good, "signature", None), 401),
        ("without a digest", with(&good, "digest", None), 401),
        ("with two digests", two, 400),
        ("signed long ago", late, 401),
        ("blocked", unheard, 403),
    ] {
        assert_eq!(answer_to_head(&ring, &head, b"{").await, status, "{what}");
    }
    // Whoever is blocked hears it whatever the digest says.
    let mut unheard = head(&ring, &eve, 0);
    unheard.push(("content-length".into(), "3".into()));
    assert_eq!(answer_to_head(&ring, &unheard, b"[1]").await, 403);
    assert!(blocked.asked().is_empty() && peer.asked().is_empty());
}

#[tokio::test]
async fn inb_21_a_body_that_is_broken_is_not_called_too_large() {
    let limits = Limits { body: 1_000, ..Limits::default() };
    let ring = TestApp::start_limited("ring", limits).await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let chunked = with(&head(&ring, &ana, 0), "transfer-encoding", Some("chunked"));
    assert_eq!(answer_to_head(&ring, &chunked, b"zz\r\n{}\r\n0\r\n\r\n").await, 400);
    let long = format!("7d0\r\n{}\r\n0\r\n\r\n", "x".repeat(2_000));
    assert_eq!(answer_to_head(&ring, &chunked, long.as_bytes()).await, 413);
}

#[tokio::test]
async fn inb_21_who_asks_for_too_many_pages_is_told_when_to_come_back() {
    let limits = Limits { pages_per_address: 3, ..Limits::default() };
    let ring = TestApp::start_limited("ring", limits).await;
    let get = async |path: &str| {
        let url = ring.base.join(path).unwrap();
        ring.visitor.get(&url, http::HeaderMap::new()).await.unwrap()
    };
    let board = get("board").await;
    let board = String::from_utf8_lossy(&board.body).into_owned();
    let style = board.split("\"/static/").nth(1).unwrap().split('"').next().unwrap();
    for path in ["sign-in", "nothing"] {
        assert_ne!(get(path).await.status, 429, "{path}");
    }
    let refused = get("sign-in").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "300");
    let page = String::from_utf8_lossy(&refused.body).into_owned();
    assert!(page.contains("Wait five minutes"), "{page}");
    // What a page needs is not counted, nor are machines.
    assert_eq!(get(&format!("static/{style}")).await.status, 200);
    assert_eq!(get(".well-known/nodeinfo").await.status, 200);
}

#[tokio::test]
async fn inb_21_when_too_much_waits_others_are_asked_to_come_back() {
    let ring = TestApp::start_limited("ring", Limits { waiting: 2, ..Limits::default() }).await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let like = |number| ana.activity("Like", number, json!("x"));
    let mut answers = Vec::new();
    for number in 0..4 {
        answers.push(ana.send(&ring, &like(number)).await);
    }
    assert_eq!(answers, [202, 202, 503, 503]);
    assert_eq!(ring.app.db.read(journal::waiting).await.unwrap(), 2);
    // What was refused is taken once there is room again.
    ring.work().await;
    while ana.send(&ring, &like(9)).await != 202 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
