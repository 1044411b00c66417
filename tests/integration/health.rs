//! What is told to whoever looks after the server, on an address of its own.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use http::{HeaderMap, StatusCode};
use mutuals::clock::Clock;
use mutuals::db::Location;
use mutuals::health::Health;
use serde_json::json;
use url::Url;

use crate::cli::{Running, fetch, free_port, text, wait};
use crate::crashes::server::{House, eventually};
use crate::peer::Peer;
use crate::testapp::{TestDb, client, postgres};

/// How long a server may take to begin, or to be well again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody else who keeps the database to themselves.
enum Keeper {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

impl Keeper {
    /// From now on nobody writes; on PostgreSQL into this table, and nobody reads it either.
    fn keep(location: &Location, table: &str) -> Self {
        match location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
                Self::Sqlite(conn)
            }
            Location::Postgres(url) => {
                let mut conn = PgConnection::establish(url).unwrap();
                let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
                conn.batch_execute(&lock).unwrap();
                Self::Pg(conn)
            }
        }
    }

    fn let_go(self) {
        match self {
            Self::Sqlite(mut conn) => conn.batch_execute("ROLLBACK").unwrap(),
            Self::Pg(mut conn) => conn.batch_execute("ROLLBACK").unwrap(),
        }
    }
}

/// Asks a health that answers in this process.
async fn ask(base: &Url, path: &str) -> (u16, String) {
    let answer = client().get(&base.join(path).unwrap(), HeaderMap::new()).await.unwrap();
    (answer.status.as_u16(), String::from_utf8_lossy(&answer.body).into_owned())
}

async fn listen(health: &Health) -> Url {
    let address = health.answer_on(([127, 0, 0, 1], 0).into()).await.unwrap();
    format!("http://{address}/").parse().unwrap()
}

/// The status of a path at a health port, if somebody answers there.
fn status(port: u16, path: &str) -> Option<u16> {
    fetch(port, path)?.split(' ').nth(1)?.parse().ok()
}

/// Runs `mutuals healthcheck` and answers its exit code and what it said, either way.
fn healthcheck(house: &House, listen: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut all = vec!["healthcheck"];
    all.extend_from_slice(arguments);
    let mut command = house.folder.command(&all);
    let output = command.env("MUTUALS_HEALTH__LISTEN", listen).output().unwrap();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test]
async fn a_server_that_migrates_lives_says_how_far_it_is_and_is_not_ready() {
    let test = TestDb::new();
    let folder = tempfile::tempdir().unwrap();
    let health = Health::new(folder.path(), Clock::system());
    let base = listen(&health).await;
    let both = async || (ask(&base, "livez").await, ask(&base, "readyz").await);
    assert_eq!(both().await, ((200, "starting\n".into()), (503, "starting\n".into())));
    health.migrating(42);
    assert_eq!(both().await, ((200, "migrating 42 %\n".into()), (503, "migrating 42 %\n".into())));
    health.opened(test.db.clone());
    assert_eq!(both().await.1.0, 503, "the database alone is no server");
    health.ready();
    assert_eq!(both().await, ((200, "well\n".into()), (200, "ready\n".into())));
    health.stopping();
    assert_eq!(both().await, ((200, "stopping\n".into()), (503, "stopping\n".into())));
    assert_eq!(ask(&base, "board").await.0, 404, "no page is here");
}

#[tokio::test]
async fn f_05_a_server_whose_database_takes_no_write_lives_and_is_not_ready() {
    let test = TestDb::new();
    let folder = tempfile::tempdir().unwrap();
    let health = Health::new(folder.path(), Clock::system());
    let base = listen(&health).await;
    health.opened(test.db.clone());
    health.ready();
    assert_eq!(ask(&base, "readyz").await, (200, "ready\n".into()));
    let keeper = Keeper::keep(&test.location, "marks");
    // What was found a moment ago is believed for a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for _ in 0..2 {
        let began = Instant::now();
        let (status, why) = ask(&base, "readyz").await;
        assert_eq!((status, why.as_str()), (503, "the database does not take a write\n"));
        assert!(began.elapsed() < Duration::from_secs(4), "it took {:?}", began.elapsed());
        assert_eq!(ask(&base, "livez").await.0, 200);
    }
    // What can still be read is told.
    let (status, counted) = ask(&base, "metrics").await;
    assert!(status == 200 && counted.contains("\nsessions 0\n"), "{counted}");
    keeper.let_go();
    let began = Instant::now();
    while ask(&base, "readyz").await.0 != 200 {
        assert!(began.elapsed() < PATIENCE, "it is not well again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn a_server_that_waits_for_its_database_answers_meanwhile_and_healthcheck_says_so() {
    let house = House::new();
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let check = |arguments: &[&str]| healthcheck(&house, &address, arguments);
    assert_eq!(check(&[]).0, Some(1), "nobody is there");
    let keeper = Keeper::keep(&house.folder.location(), "__diesel_schema_migrations");
    let listen = format!("127.0.0.1:{}", house.port);
    let mut command = house.folder.command(&["serve", "--listen", &listen]);
    command.env("MUTUALS_HEALTH__LISTEN", &address).stderr(Stdio::null());
    let mut server = Running(command.spawn().unwrap());
    wait(PATIENCE, || status(port, "/livez") == Some(200));
    assert_eq!(status(port, "/readyz"), Some(503));
    if postgres().is_some() {
        assert!(house.board().is_none());
    }
    // (At a file it waits for its first write: its address is its own by then, and who comes waits.)
    assert_eq!(check(&[]).0, Some(0), "{:?}", check(&[]));
    let (code, said) = check(&["--ready"]);
    assert!(code == Some(1) && said.contains("503"), "{said}");
    keeper.let_go();
    wait(PATIENCE, || status(port, "/readyz") == Some(200));
    assert!(house.board().is_some());
    assert_eq!(check(&["--ready"]), (Some(0), "ready\n".into()));
    let (code, said) = check(&["--json", "--ready"]);
    assert!(code == Some(0) && said.contains("\"state\":\"ready\""), "{said}");
    // An address that stands for all of this machine's is asked at this machine's own.
    assert_eq!(healthcheck(&house, &format!("0.0.0.0:{port}"), &[]).0, Some(0));
    let (code, said) = healthcheck(&house, "", &[]);
    assert!(code == Some(1) && said.contains("health.listen"), "{said}");
    // Pages and machines get none of this.
    assert_eq!(status(house.port, "/metrics"), Some(404));
    assert_eq!(server.stop("-TERM"), Some(0));
    assert_eq!(check(&[]).0, Some(1));
}

#[test]
fn a_port_that_is_taken_is_said() {
    let house = House::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let listen = format!("127.0.0.1:{}", house.port);
    let mut command = house.folder.command(&["serve", "--listen", &listen]);
    let output = command.env("MUTUALS_HEALTH__LISTEN", &address).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("health.listen"), "{}", text(&output.stderr));
}

/// A way to a server that can be cut, as if the server were stopped.
struct Way {
    port: u16,
    is_cut: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Way {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (is_cut, streams) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<Vec<_>>>::default());
        let way = Self { port, is_cut: Arc::clone(&is_cut), streams: Arc::clone(&streams) };
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let far = TcpStream::connect(&server).unwrap();
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    std::thread::spawn(move || {
                        // Whoever hangs up ends it, in both directions.
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                streams.lock().unwrap().extend([near, far]);
            }
        });
        way
    }

    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for stream in self.streams.lock().unwrap().drain(..) {
            // It may have ended already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_05_while_postgresql_is_stopped_others_are_told_to_come_back_and_nothing_is_lost() {
    let house = House::new();
    // A file is never stopped; it is locked, above.
    let Location::Postgres(url) = house.folder.location() else { return };
    let mut url: Url = url.parse().unwrap();
    let Some(host) = url.host_str() else { return println!("SKIPPED: it has no port to stop") };
    let server = format!("{host}:{}", url.port().unwrap_or(5_432));
    let way = Way::to(server);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(way.port)).unwrap();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let environment =
        [("MUTUALS_DATABASE__URL", url.as_str()), ("MUTUALS_HEALTH__LISTEN", listen.as_str())];
    let mut server = house.serve_with(&environment, Stdio::null());
    let peer = Peer::start().await;
    let (ada, bo) = (peer.actor("ada"), peer.actor("bo"));
    assert_eq!(house.follow(&ada, 1).await, 202);
    eventually("an Accept came", || peer.received().len() == 1).await;
    assert_eq!(status(port, "/readyz"), Some(200));

    way.cut();
    eventually("it is not ready", || status(port, "/readyz") == Some(503)).await;
    let follow = bo.activity("Follow", 1, json!(house.url("/c/ring")));
    for _ in 0..10 {
        let (status, headers) = house.send(&bo, &follow).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(headers.contains_key("retry-after"), "{headers:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(status(port, "/livez"), Some(200));
    assert_eq!(server.0.try_wait().unwrap(), None, "it goes on");

    way.mend();
    eventually("it is ready again", || status(port, "/readyz") == Some(200)).await;
    assert!(house.board().is_some());
    assert_eq!(house.send(&bo, &follow).await.0, StatusCode::ACCEPTED);
    eventually("both follow", || house.folder.json(&["follower", "list"]).len() == 2).await;
    eventually("both have an Accept", || peer.received().len() == 2).await;
    assert_eq!(server.stop("-TERM"), Some(0));
}

/// Posts what nobody signed to the shared inbox; the status of the answer.
fn post_unsigned(house: &House) -> u16 {
    let host = format!("127.0.0.1:{}", house.port);
    let mut stream = TcpStream::connect(&host).unwrap();
    let request = format!(
        "POST /inbox HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/activity+json\r\n\
         Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // A server that answers before it has read everything may hang up.
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// The keys of all labels.
fn labels(counted: &str) -> BTreeSet<&str> {
    let numbers = counted.lines().filter(|line| !line.starts_with('#'));
    let before_values = numbers.flat_map(|line| line.rsplit("=\"").skip(1));
    before_values.map(|key| key.rsplit(['{', ',']).next().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_is_counted_and_nobody_is_named() {
    let peer = Peer::start().await;
    let actor = peer.actor("quiet_neighbour");
    let house = House::new();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let _server = house.serve_with(&[("MUTUALS_HEALTH__LISTEN", listen.as_str())], Stdio::null());
    assert_eq!(house.follow(&actor, 1).await, 202);
    assert_eq!(post_unsigned(&house), 401);
    assert!(fetch(house.port, "/@ring/quiet-page").is_some());
    let counted = || {
        let answer = fetch(port, "/metrics").unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    };
    eventually("the Accept is counted", || {
        counted().contains("\ndeliveries_total{class=\"arrived\"} 1\n")
    })
    .await;
    let counted = counted();
    for line in [
        "inbox_requests_total{result=\"accepted\"} 1\n",
        "inbox_requests_total{result=\"unproven\"} 1\n",
        "signature_failures_total{reason=\"unproven\"} 1\n",
        "inbox_process_seconds_count 1\n",
        "delivery_seconds_count 1\n",
        "fetch_total{result=\"answered\"} ",
        "http_requests{route_template=\"/inbox\",status=\"202\"} 1\n",
        "http_requests{route_template=\"/@{handle}/{id}\",status=\"404\"} 1\n",
        "db_seconds_count{kind=\"write\"} ",
        "db_seconds_bucket{kind=\"read\",le=\"0.01\"} ",
        "inbox_journal_depth ",
        "outbox_pending ",
        "outbox_oldest_seconds ",
        "hosts{state=\"ok\"} ",
        "hosts{state=\"backoff\"} 0\n",
        "hosts{state=\"dead\"} 0\n",
        "sessions 0\n",
        "panics_total 0\n",
        "ssrf_blocked_total 0\n",
        "db_bytes ",
        "disk_free_bytes ",
    ] {
        assert!(counted.contains(&format!("\n{line}")), "{line} is missing: {counted}");
    }
    assert_eq!(counted.contains("\nwal_bytes "), postgres().is_none());
    let known = ["class", "kind", "le", "reason", "result", "route_template", "state", "status"];
    assert_eq!(labels(&counted), BTreeSet::from(known));
    for name in ["quiet", "127.0.0.1", "ring\"", "/c/ring", "Steward"] {
        assert!(!counted.contains(name), "{name}: {counted}");
    }
}
