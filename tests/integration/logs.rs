//! What the server writes into its log: one line for each request, whatever its format, and nothing
//! of whoever asked.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::json;

use crate::crashes::server::{House, eventually};
use crate::peer::Peer;

/// Stands in what people and other servers say.
const MARKER: &str = "CANARY";
/// The handle of somebody elsewhere.
const PERSON: &str = "quiet_neighbour";
/// Stands in an address that only one person has.
const SECRET: &str = "opens-a-door";
/// From where somebody asks, as our proxy says.
const ADDRESS: &str = "198.51.100.77";

/// Asks as a proxy would for somebody at [`ADDRESS`].
fn ask(house: &House, head: &str, body: &str) {
    let host = format!("127.0.0.1:{}", house.port);
    let mut stream = TcpStream::connect(&host).unwrap();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {ADDRESS}\r\n\
         User-Agent: {MARKER}\r\nContent-Type: application/activity+json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // A server that answers before it has read everything may hang up.
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_one_line_without_address_handle_or_body() {
    // How each format says the id of a request, its route and its status.
    for (format, id, route, status) in [
        ("text", "request{request.id=", "route=\"/why/{name}\"", "status=404"),
        ("logfmt", " request.id=", " route=/why/{name} ", " status=404 "),
        ("json", "\"request.id\":\"", "\"route\":\"/why/{name}\"", "\"status\":404"),
    ] {
        let peer = Peer::start().await;
        let person = peer.actor(PERSON);
        let house = House::new();
        let path = house.folder.folder.path().join("lines");
        let log = Stdio::from(File::create(&path).unwrap());
        let mut server = house.serve_with(&[("MUTUALS_LOG__FORMAT", format)], log);
        // The second time it is known, which is worth a line.
        for _ in 0..2 {
            assert_eq!(house.follow(&person, 1).await, 202);
        }
        let note = json!({"id": person.url, "content": MARKER}).to_string();
        ask(&house, "POST /inbox", &note);
        ask(&house, &format!("GET /.well-known/webfinger?resource=acct:{PERSON}@ring"), "");
        ask(&house, &format!("GET /why/{SECRET}?of={MARKER}"), "");
        ask(&house, &format!("GET /sign-in/{SECRET}"), "");
        ask(&house, &format!("{MARKER} /{PERSON}"), "");
        let mut browser = house.enter();
        let fields = [("title", MARKER), ("text", MARKER), ("then", "publish")];
        assert!(browser.post("/needs/new", &fields).unwrap().starts_with("HTTP/1.1 303"));
        let said = || fs::read_to_string(&path).unwrap();
        eventually("what came again is noted", || said().contains("an activity came again")).await;
        assert_eq!(server.stop("-TERM"), Some(0));

        let said = said();
        let lines: Vec<_> = said.lines().filter(|line| line.contains("/why/")).collect();
        assert_eq!(lines.len(), 1, "one line for each request: {said}");
        for part in [id, route, status, "GET", "ms"] {
            assert!(lines[0].contains(part), "{part} is missing: {}", lines[0]);
        }
        for route in ["/inbox", "/sign-in/{token}", "/needs/new", "none"] {
            assert!(said.contains(route), "{route} is missing: {said}");
        }
        for private in [MARKER, PERSON, SECRET, ADDRESS] {
            assert!(!said.contains(private), "{format} says {private}: {said}");
        }
        let json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
        assert_eq!(said.lines().all(json), format == "json");
    }
}
