//! The real server on a port of its own, and requests to it.

use std::io::Write;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use mutuals::clock::Clock;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::{Value, json};
use url::Url;

use crate::cli::{Folder, Running, fetch, free_port, wait};
use crate::peer::Actor;
use crate::testapp::client;

/// Long enough for a lease to end, which on PostgreSQL nobody else may end.
pub const EVENTUALLY: Duration = Duration::from_secs(100);

/// A collective that the real binary serves.
pub struct House {
    pub folder: Folder,
    pub port: u16,
}

impl House {
    /// Sets one up in a folder of its own.
    pub fn new() -> Self {
        Self::set_up(Folder::new())
    }

    /// Sets one up.
    pub fn set_up(folder: Folder) -> Self {
        let port = free_port();
        folder.init(port);
        Self { folder, port }
    }

    /// Starts the server and waits for its first answer.
    pub fn serve(&self) -> Running {
        self.serve_with(&[], Stdio::null())
    }

    /// Starts it with more in its environment, and its log somewhere.
    pub fn serve_with(&self, environment: &[(&str, &str)], log: Stdio) -> Running {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command = self.folder.command(&["serve", "--listen", &listen]);
        command.envs(environment.iter().copied()).stderr(log);
        let server = Running(command.spawn().unwrap());
        wait(Duration::from_secs(20), || self.board().is_some());
        server
    }

    /// The board, if the server answers with 200.
    pub fn board(&self) -> Option<String> {
        fetch(self.port, "/board").filter(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> Url {
        format!("http://127.0.0.1:{}{path}", self.port).parse().unwrap()
    }

    /// Asks to follow the collective; the status of the answer.
    pub async fn follow(&self, actor: &Actor, number: u32) -> u16 {
        let follow = actor.activity("Follow", number, json!(self.url("/c/ring")));
        self.send(actor, &follow).await.0.as_u16()
    }

    /// Posts a signed activity to the shared inbox.
    pub async fn send(&self, actor: &Actor, activity: &Value) -> (StatusCode, HeaderMap) {
        let (inbox, body) = (self.url("/inbox"), activity.to_string());
        let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
        let now = Clock::system().now();
        let headers = sign(&signer, &inbox, Some(body.as_bytes()), now, Scheme::Draft).unwrap();
        let answer = client().post(&inbox, headers, Bytes::from(body)).await.unwrap();
        (answer.status, answer.headers)
    }

    /// A connection on which a request was begun and does not go on.
    pub fn half_a_request(&self) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{").unwrap();
        stream
    }
}

/// Waits until something is so.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < EVENTUALLY, "{what}: not within {EVENTUALLY:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
