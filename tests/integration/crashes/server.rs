//! The real server on a port of its own, and requests to it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Bytes;
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};
use http::{HeaderMap, StatusCode};
use mutuals::clock::Clock;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::cli::{Folder, Running, fetch, free_port};
use crate::peer::Actor;
use crate::testapp::{client, postgres};

/// How long a test waits: on SQLite less than a lease lasts, because a server that begins ends those
/// that a killed one left; on PostgreSQL longer, because there it may not.
pub fn patience() -> Duration {
    Duration::from_secs(if postgres().is_some() { 100 } else { 45 })
}

/// A collective that the real binary serves.
pub struct House {
    pub folder: Folder,
    pub port: u16,
    /// The path of the one-time link of its steward.
    sign_in: String,
}

/// A browser that knows forms and cookies.
pub struct Browser<'a> {
    house: &'a House,
    cookies: BTreeMap<String, String>,
}

impl House {
    /// Sets one up in a folder of its own.
    pub fn new() -> Self {
        let mut house = Self::bare();
        house.set_up();
        house
    }

    /// A folder in which there is nothing yet.
    pub fn bare() -> Self {
        Self { folder: Folder::new(), port: free_port(), sign_in: String::new() }
    }

    /// Sets it up.
    pub fn set_up(&mut self) {
        let init = self.folder.init(self.port);
        let link: Url = init["sign_in"].as_str().unwrap().parse().unwrap();
        self.sign_in = link.path().to_owned();
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.folder.path().join("data")
    }

    /// A browser in which the steward is signed in. The server must run.
    pub fn enter(&self) -> Browser<'_> {
        let mut browser = Browser { house: self, cookies: BTreeMap::new() };
        let entered = browser.post(&self.sign_in, &[]).unwrap();
        assert!(entered.starts_with("HTTP/1.1 303"), "{entered}");
        browser
    }

    /// What SQLite says of its file.
    pub fn check(&self, pragma: &str) -> String {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            verdict: String,
        }
        let file = self.data().join("mutuals.db");
        let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        let sql = format!("SELECT {pragma} AS verdict FROM pragma_{pragma}");
        let rows: Vec<Row> = diesel::sql_query(sql).load(&mut conn).unwrap();
        rows.into_iter().map(|row| row.verdict).collect()
    }

    /// Starts the server and waits for its first answer.
    pub fn serve(&self) -> Running {
        let log = self.folder.folder.path().join("log");
        self.serve_with(&[], Stdio::from(File::create(log).unwrap()))
    }

    /// Starts it with more in its environment, and its log somewhere.
    pub fn serve_with(&self, environment: &[(&str, &str)], log: Stdio) -> Running {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command = self.folder.command(&["serve", "--listen", &listen]);
        command.envs(environment.iter().copied()).stderr(log);
        let mut server = Running(command.spawn().unwrap());
        let began = Instant::now();
        while self.board().is_none() {
            let ended = server.0.try_wait().unwrap();
            let is_well = ended.is_none() && began.elapsed() < Duration::from_secs(20);
            assert!(is_well, "ended with {ended:?}: {:?}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// What the server wrote last, unless its log went elsewhere.
    fn log(&self) -> Option<String> {
        fs::read_to_string(self.folder.folder.path().join("log")).ok()
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

impl Browser<'_> {
    /// Sends a form as a page would; the whole answer, if one came.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let about = self.ask("GET", "/about", "")?;
        let (_, rest) = about.split_once("name=\"csrf\" value=\"")?;
        let csrf = rest.split('"').next()?;
        let form =
            Serializer::new(String::new()).append_pair("csrf", csrf).extend_pairs(fields).finish();
        self.ask("POST", path, &form)
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<String> {
        let (host, size) = (format!("127.0.0.1:{}", self.house.port), body.len());
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {size}\r\n\
             Connection: close\r\n\r\n{body}",
            cookies.join("; ")
        );
        let mut stream = TcpStream::connect(&host).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let head = answer.split("\r\n\r\n").next()?;
        for line in head.lines() {
            let Some(("set-cookie", cookie)) = line.split_once(": ") else { continue };
            let (name, value) = cookie.split(';').next()?.split_once('=')?;
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Some(answer).filter(|answer| !answer.is_empty())
    }
}

/// Waits until something is so.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < patience(), "{what}: not within {:?}", patience());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
