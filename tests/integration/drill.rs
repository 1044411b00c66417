//! The drill: a backup while people work, then the machine is gone, and all of it comes back elsewhere,
//! on either engine. And a backup for which there is no room.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use mutuals::backup::read_seal;
use mutuals::db::Location;
use serde_json::Value;
use url::Url;

use crate::backups::with_data;
use crate::cli::{Folder, Running, fetch, text, wait};
use crate::crashes::disk::SmallDisk;
use crate::crashes::server::{House, eventually};
use crate::leaving::columns_with;
use crate::peer::Peer;
use crate::testapp::{TestDb, client, postgres};

/// A word that stands in private places only.
const MARKER: &str = "VelvetHeron";

/// What another server finds at an address.
async fn seen(url: &Url) -> Value {
    let mut headers = http::HeaderMap::new();
    headers.insert("accept", "application/activity+json".parse().unwrap());
    let answer = client().get(url, headers).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200, "{url}");
    serde_json::from_slice(&answer.body).unwrap()
}

/// The lines that a command writes with `--json`.
fn lines(mut command: Command) -> Vec<Value> {
    let output = command.arg("--json").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn titles(listed: &[Value]) -> Vec<String> {
    let mut titles: Vec<String> =
        listed.iter().map(|need| need["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

/// That the private word is in no file of a folder, as `strings` would find it.
fn holds_nothing_private(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holds_nothing_private(&path);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(MARKER.len()).any(|part| part == MARKER.as_bytes());
            assert!(!holds, "{path:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_backed_up_under_load_comes_back_on_either_engine_and_peers_see_the_same() {
    let house = House::new();
    let made = house.folder.json(&["backup", "recovery-key", "--new"]).remove(0);
    let key = made["recovery_key"].as_str().unwrap();
    let peer = Peer::start().await;
    let ada = peer.actor("ada");
    let mut server = house.serve();
    assert_eq!(house.follow(&ada, 1).await, 202);
    eventually("she follows", || house.folder.json(&["follower", "list"]).len() == 1).await;
    let mut browser = house.enter();
    let mut post = |title: &str| {
        let fields =
            [("title", title), ("on_behalf_of", MARKER), ("consent", "yes"), ("then", "publish")];
        let answer = browser.post("/needs/new", &fields).unwrap();
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    };
    let mut posted: Vec<String> = Vec::new();
    for number in 10..14 {
        posted.push(format!("Chair {number}"));
        post(posted.last().unwrap());
    }
    let there = titles(&house.folder.json(&["proposal", "list"]));
    assert_eq!(there, posted);

    // People go on while it is made.
    let file = house.folder.folder.path().join("drill.backup");
    let path = file.to_str().unwrap();
    let mut create = house.folder.command(&["backup", "create", path]);
    let mut backup = Running(create.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let ended = loop {
        if posted.len() < 40 {
            posted.push(format!("Chair {}", 10 + posted.len()));
            post(posted.last().unwrap());
        }
        if let Some(ended) = backup.0.try_wait().unwrap() {
            break ended;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(ended.success());
    let actor = house.url("/c/ring");
    let before = seen(&actor).await;
    assert_eq!(columns_with(&house.folder.location(), MARKER), Vec::<String>::new());

    // The machine is gone.
    server.stop("-KILL");
    holds_nothing_private(house.folder.folder.path());
    std::fs::remove_dir_all(house.data()).unwrap();
    let elsewhere = postgres().map(|_| TestDb::new());
    let new = house.folder.folder.path().join("new");
    let mut places = vec![(new.clone(), Location::choose(None, &new).unwrap())];
    if let Some(database) = &elsewhere {
        places.push((house.folder.folder.path().join("newer"), database.location.clone()));
    }
    let mut counts = Vec::new();
    for (data, location) in places {
        let url = match &location {
            Location::Sqlite(path) => format!("sqlite:{path}"),
            Location::Postgres(url) => url.clone(),
        };
        let command = |arguments: &[&str]| {
            let mut command = with_data(house.folder.command(arguments), &data);
            command.env("MUTUALS_DATABASE__URL", &url);
            command
        };
        let restore = ["backup", "restore", path, "--identity", key, "--database", &url];
        let restored = lines(command(&restore)).remove(0);
        counts.push((restored["rows"].clone(), restored["digest"].clone()));
        // Of one moment: everything up to some need, and nothing after it.
        let came_back = titles(&lines(command(&["proposal", "list"])));
        assert!(came_back.len() >= 4 && posted.starts_with(&came_back), "{came_back:?}");
        assert_eq!(lines(command(&["follower", "list"])).len(), 1);
        lines(command(&["restore", "confirm"]));

        let listen = format!("127.0.0.1:{}", house.port);
        let mut serve = command(&["serve", "--listen", &listen]);
        let mut server = Running(serve.stderr(Stdio::null()).spawn().unwrap());
        let is_up =
            || fetch(house.port, "/board").is_some_and(|page| page.starts_with("HTTP/1.1 200"));
        wait(Duration::from_secs(20), is_up);
        let after = seen(&actor).await;
        for field in ["id", "type", "preferredUsername", "inbox", "outbox", "followers"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        assert_eq!(after["publicKey"], before["publicKey"], "others know it by its key");
        assert_eq!(server.stop("-TERM"), Some(0));
        assert_eq!(columns_with(&location, MARKER), Vec::<String>::new());
        holds_nothing_private(&data);
    }
    let same = counts.windows(2).all(|two| two[0] == two[1]);
    assert!(same, "the same rows on both engines: {counts:?}");
}

#[test]
fn f_04_a_backup_for_which_there_is_no_room_leaves_none_and_the_next_one_is_whole() {
    let folder = Folder::new();
    folder.init(1);
    let small = folder.folder.path().join("small");
    let disk = match SmallDisk::mount(&small) {
        Ok(disk) => disk,
        Err(why) => return println!("SKIPPED: a small disk cannot be mounted: {why}"),
    };
    disk.fill();
    let file = small.join("one.backup");
    let create = ["backup", "create", file.to_str().unwrap()];
    let refused = folder.run(&create);
    let said = text(&refused.stderr);
    assert!(!refused.status.success());
    assert!(said.contains("no backup was made") && said.contains("No space left"), "{said}");
    let left: Vec<_> =
        std::fs::read_dir(&small).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["filler"], "no half");
    // The instance works on, and as soon as there is room a backup is made.
    folder.json(&["need", "post", "--title", "Soup"]);
    disk.make_room();
    folder.json(&create);
    read_seal(&file).unwrap();
    folder.json(&["backup", "verify", file.to_str().unwrap()]);
}
