//! Several processes of one instance on one PostgreSQL, with the real binary: two that answer and two
//! that work, of which one each is killed while much goes out and much comes in.

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mutuals::clock::Clock;
use mutuals::db::{Db, marks};
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use url::Url;

use crate::cli::{Folder, Running, fetch, free_port, wait};
use crate::peer::{Actor, Peer};
use crate::testapp::postgres;

/// How many servers follow from the beginning.
const FOLLOWERS: usize = 12;
/// How many needs are posted while processes die.
const NEEDS: usize = 8;
/// How many actors of how many servers ask to follow meanwhile.
const CROWD: (usize, usize) = (40, 4);
/// A lease of a killed process lasts a minute; the slowest machine needs some more.
const PATIENCE: Duration = Duration::from_secs(120);
/// The duty of a killed process is another's within this time.
const TAKEN_OVER: Duration = Duration::from_secs(60);

/// One process and what it writes.
struct Process {
    running: Running,
    log: PathBuf,
}

/// One instance in several processes.
struct Street {
    folder: Folder,
    /// Where the world reaches it: at the first of those that answer.
    base: Url,
    ports: [u16; 2],
}

impl Street {
    fn new() -> Self {
        let (folder, ports) = (Folder::new(), [free_port(), free_port()]);
        folder.init(ports[0]);
        let base = format!("http://127.0.0.1:{}/", ports[0]).parse().unwrap();
        Self { folder, base, ports }
    }

    fn start(&self, name: &str, role: &str, port: u16) -> Process {
        let (log, listen) = (self.folder.folder.path().join(name), format!("127.0.0.1:{port}"));
        let mut command = self.folder.command(&["serve", "--role", role, "--listen", &listen]);
        command.stderr(Stdio::from(File::create(&log).unwrap()));
        Process { running: Running(command.spawn().unwrap()), log }
    }

    fn start_web(&self, number: usize) -> Process {
        let port = self.ports[number];
        let process = self.start(&format!("web{number}"), "web", port);
        wait(Duration::from_secs(20), || {
            fetch(port, "/board").is_some_and(|page| page.starts_with("HTTP/1.1 200"))
        });
        process
    }

    fn start_worker(&self, number: usize) -> Process {
        // It answers nowhere, so the port of another is in nobody's way.
        let process = self.start(&format!("worker{number}"), "worker", self.ports[0]);
        wait(Duration::from_secs(20), || process.says("working"));
        process
    }

    /// Posts a signed activity to one of the processes, as a proxy hands it on; the status, if it
    /// answered.
    async fn send(&self, number: usize, actor: &Actor, activity: &Value) -> Option<u16> {
        let (inbox, body) = (self.base.join("inbox").unwrap(), activity.to_string());
        let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
        let now = Clock::system().now();
        let headers = sign(&signer, &inbox, Some(body.as_bytes()), now, Scheme::Draft).unwrap();
        let mut request = format!(
            "POST /inbox HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Length: {}\r\n",
            self.ports[0],
            body.len()
        );
        for (name, value) in headers.iter().filter(|(name, _)| name.as_str() != "host") {
            request.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        request.push_str("\r\n");
        request.push_str(&body);
        let mut stream = TcpStream::connect(("127.0.0.1", self.ports[number])).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }

    /// Asks to follow until some process has taken it, as every server does: the same activity again,
    /// if no answer came.
    async fn follow(&self, actor: &Actor, first: usize) {
        let follow = actor.activity("Follow", 1, json!(self.base.join("c/ring").unwrap()));
        for attempt in 0..300 {
            if self.send((first + attempt) % 2, actor, &follow).await == Some(202) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody takes it");
    }

    /// When this instance looked after itself last.
    async fn looked_after(&self, db: &Db) -> Option<Timestamp> {
        db.read(|conn| marks::find(conn, marks::ALIVE)).await.unwrap()
    }
}

impl Process {
    fn says(&self, words: &str) -> bool {
        std::fs::read_to_string(&self.log).is_ok_and(|log| log.contains(words))
    }

    fn keeps_house(&self) -> bool {
        self.says("does the housekeeping from now on")
    }
}

async fn eventually(what: &str, longest: Duration, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < longest, "{what}: not within {longest:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The ids of what a peer got of a kind, as often as it got it.
fn ids(peer: &Peer, kind: &str, fits: impl Fn(&Value) -> bool) -> Vec<String> {
    let received = peer.received().into_iter().filter(|sent| sent["type"] == kind && fits(sent));
    received.map(|sent| sent["id"].as_str().unwrap().to_owned()).collect()
}

fn distinct(ids: &[String]) -> usize {
    ids.iter().collect::<HashSet<_>>().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f_01_two_of_four_processes_are_killed_and_nothing_is_lost_or_done_twice() {
    if postgres().is_none() {
        // SQLite has one process; that it is refused there is another test.
        return;
    }
    let street = Arc::new(Street::new());
    let (mut web, mut dying_web) = (street.start_web(0), street.start_web(1));
    let mut workers = [street.start_worker(0), street.start_worker(1)];
    let keeper = || workers.iter().position(Process::keeps_house);
    eventually("somebody keeps house", TAKEN_OVER, || keeper().is_some()).await;
    let dying = keeper().unwrap();

    let mut followers = Vec::new();
    for number in 0..FOLLOWERS {
        let peer = Peer::start().await;
        street.follow(&peer.actor("ada"), number).await;
        followers.push(peer);
    }
    eventually("everybody follows", PATIENCE, || {
        followers.iter().all(|peer| !ids(peer, "Accept", |_| true).is_empty())
    })
    .await;

    // Much goes out, while much comes in by both doors.
    let author = Arc::clone(&street);
    let posting = tokio::task::spawn_blocking(move || {
        for number in 0..NEEDS {
            author.folder.json(&["need", "post", "--title", &format!("Need {number}")]);
        }
    });
    let mut crowd = Vec::new();
    let mut asking = JoinSet::new();
    for _ in 0..CROWD.1 {
        crowd.push(Peer::start().await);
    }
    let mut actors = Vec::new();
    for number in 0..CROWD.0 {
        let actor = Arc::new(crowd[number % CROWD.1].actor(&format!("a{number}")));
        actors.push((number % CROWD.1, Arc::clone(&actor)));
        let street = Arc::clone(&street);
        asking.spawn(async move { street.follow(&actor, number).await });
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let killed_at = Clock::system().now();
    assert_eq!(workers[dying].running.stop("-KILL"), None);
    assert_eq!(dying_web.running.stop("-KILL"), None);
    while let Some(ended) = asking.join_next().await {
        ended.unwrap();
    }
    posting.await.unwrap();

    // Another keeps house, and does it.
    let left = &workers[1 - dying];
    eventually("another keeps house", TAKEN_OVER, || left.keeps_house()).await;
    let db = Db::open(street.folder.location()).unwrap();
    let began = Instant::now();
    while street.looked_after(&db).await.is_none_or(|at| at <= killed_at) {
        assert!(began.elapsed() < TAKEN_OVER, "nobody looks after the house");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    // Every effect and every delivery is there.
    let accepts = |(place, actor): &(usize, Arc<Actor>)| {
        let is_theirs = |sent: &Value| sent["object"]["actor"] == json!(actor.url);
        ids(&crowd[*place], "Accept", is_theirs)
    };
    eventually("everybody who asked was answered", PATIENCE, || {
        actors.iter().all(|actor| !accepts(actor).is_empty())
    })
    .await;
    eventually("everybody has every need", PATIENCE, || {
        followers.iter().all(|peer| distinct(&ids(peer, "Create", |_| true)) == NEEDS)
    })
    .await;
    let waiting = street.folder.json(&["queue", "status"]);
    let received = waiting.iter().find(|line| line["id"] == "received").unwrap();
    assert_eq!(received["pending"], json!(0));
    let known = street.folder.json(&["follower", "list"]).len();
    assert_eq!(known, FOLLOWERS + CROWD.0);
    for actor in &actors {
        let ids = accepts(actor);
        // An Accept has a number of its own: a second effect would have made a second one.
        assert_eq!(distinct(&ids), 1, "{ids:?}");
        // What was under way to an inbox when the worker died may have arrived again.
        assert!(ids.len() <= 2, "{ids:?}");
    }
    for peer in &followers {
        let ids = ids(peer, "Create", |_| true);
        assert!(ids.len() <= NEEDS + 1, "{ids:?}");
    }

    // Those that are left end as they should.
    let [mut first, mut second] = workers;
    let worker = if dying == 0 { &mut second } else { &mut first };
    assert_eq!(worker.running.stop("-TERM"), Some(0));
    assert_eq!(web.running.stop("-TERM"), Some(0));
}
