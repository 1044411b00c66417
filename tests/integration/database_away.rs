//! PostgreSQL goes away and comes back, seen with the real binary: a door stands between the two, and
//! a test shuts it. What SQLite does when its file is held stands in `crashes/disk.rs` and `storage.rs`.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use http::{HeaderMap, StatusCode};
use mutuals::clock::Clock;
use mutuals::db::Location;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use crate::cli::{Folder, Running, fetch, free_port};
use crate::peer::{Actor, Peer};
use crate::testapp::client;

/// How long it is away: as long as the machine that it runs on takes to start anew.
const AWAY: Duration = Duration::from_secs(60);
/// Everything works again within this time (reliability paper, F-05).
const RECOVERS: Duration = Duration::from_secs(5);
/// The rest of a test waits at most so long.
const PATIENCE: Duration = Duration::from_secs(40);

/// A door in front of a server. Whoever is inside when it shuts is thrown out.
struct Door {
    address: String,
    is_shut: watch::Sender<bool>,
}

impl Door {
    async fn open(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (is_shut, shut) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut shut, to) = (shut.clone(), to.clone());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(to).await else { return };
                    tokio::select! {
                        biased;
                        _ = shut.wait_for(|shut| *shut) => {}
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    }
                });
            }
        });
        Self { address, is_shut }
    }
}

/// The same database by way of the door.
fn through(door: &Door, url: &Url) -> String {
    let mut through = url.clone();
    let (host, port) = door.address.split_once(':').unwrap();
    through.set_host(Some(host)).unwrap();
    through.set_port(Some(port.parse().unwrap())).unwrap();
    through.to_string()
}

async fn within(what: &str, longest: Duration, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < longest, "{what}: not within {longest:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn board(port: u16) -> Option<String> {
    fetch(port, "/board").filter(|page| page.starts_with("HTTP/1.1 200"))
}

async fn follow(port: u16, actor: &Actor, number: u32) -> (StatusCode, HeaderMap) {
    let inbox: Url = format!("http://127.0.0.1:{port}/inbox").parse().unwrap();
    let follow =
        actor.activity("Follow", number, json!(inbox.join("/c/ring").unwrap())).to_string();
    let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
    let now = Clock::system().now();
    let headers = sign(&signer, &inbox, Some(follow.as_bytes()), now, Scheme::Draft).unwrap();
    let answer = client().post(&inbox, headers, follow.into()).await.unwrap();
    (answer.status, answer.headers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f_05_a_database_that_is_away_costs_patience_and_nothing_else() {
    let (folder, port) = (Folder::new(), free_port());
    let Location::Postgres(url) = folder.location() else { return };
    let url: Url = url.parse().unwrap();
    let real = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let door = Door::open(real).await;
    folder.init(port);
    let log = folder.folder.path().join("log");
    let listen = format!("127.0.0.1:{port}");
    let mut command = folder.command(&["serve", "--listen", &listen]);
    command.env("MUTUALS_DATABASE__URL", through(&door, &url));
    command.stderr(Stdio::from(File::create(&log).unwrap()));
    let mut server = Running(command.spawn().unwrap());
    let says = |words: &str| std::fs::read_to_string(&log).unwrap().matches(words).count();
    within("it answers", PATIENCE, || board(port).is_some()).await;
    let peer = Peer::start().await;
    let (ada, bo) = (peer.actor("ada"), peer.actor("bo"));
    let accepted = |actor: &Actor| {
        let url = json!(actor.url);
        peer.received().iter().any(|a| a["type"] == "Accept" && a["object"]["actor"] == url)
    };
    assert_eq!(follow(port, &ada, 1).await.0, StatusCode::ACCEPTED);
    within("she follows", PATIENCE, || accepted(&ada)).await;
    within("it keeps house", PATIENCE, || says("does the housekeeping from now on") == 1).await;

    door.is_shut.send_replace(true);
    let began = Instant::now();
    // A command goes in by another way: what it writes waits.
    folder.json(&["need", "post", "--title", "Soup"]);
    within("the board says so", PATIENCE, || {
        fetch(port, "/board").is_some_and(|page| page.starts_with("HTTP/1.1 503"))
    })
    .await;
    let (status, headers) = follow(port, &ada, 2).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(headers.contains_key("retry-after"), "{headers:?}");
    tokio::time::sleep(AWAY.saturating_sub(began.elapsed())).await;
    assert!(server.0.try_wait().unwrap().is_none(), "it ended");

    door.is_shut.send_replace(false);
    within("the board is there", RECOVERS, || board(port).is_some()).await;
    let began = Instant::now();
    while follow(port, &bo, 1).await.0 != StatusCode::ACCEPTED {
        assert!(began.elapsed() < RECOVERS, "nothing is taken in");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Workers, bells and housekeeping go on.
    within("what waited arrived", PATIENCE, || {
        accepted(&bo) && peer.received().iter().any(|activity| activity["type"] == "Create")
    })
    .await;
    within("it keeps house again", PATIENCE, || says("does the housekeeping from now on") == 2)
        .await;
    assert_eq!(says("bells of other processes are not heard"), 1, "said once");
    assert_eq!(server.stop("-TERM"), Some(0));
}
