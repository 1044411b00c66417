//! Going back to a backup where somebody is at work, or where an earlier return was interrupted.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::cli::{Folder, Running, fetch, free_port, text, wait};
use crate::migrations::Either;
use crate::testapp::postgres;

/// An instance, and a backup of it.
struct House {
    folder: Folder,
    port: u16,
    file: PathBuf,
    key: String,
}

impl House {
    fn new() -> Self {
        let (folder, port) = (Folder::new(), free_port());
        let url = format!("http://127.0.0.1:{port}");
        let init = ["init", "--name", "Ring Street", "--handle", "ring", "--url", &url];
        let lines = folder.json(&init);
        let shown = lines.iter().find(|line| line["id"] == "recovery key").unwrap();
        let key = shown["recovery_key"].as_str().unwrap().to_owned();
        folder.json(&["need", "post", "--title", "Warm blankets"]);
        let file = folder.folder.path().join("one.backup");
        folder.json(&["backup", "create", file.to_str().unwrap()]);
        Self { folder, port, file, key }
    }

    fn data(&self) -> PathBuf {
        self.folder.folder.path().join("data")
    }

    fn restore(&self) -> Command {
        let file = self.file.to_str().unwrap();
        let restore =
            ["backup", "restore", file, "--identity", self.key.as_str(), "--force", "--json"];
        self.folder.command(&restore)
    }

    fn serve(&self) -> Running {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command = self.folder.command(&["serve", "--listen", &listen]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let server = Running(command.spawn().unwrap());
        wait(Duration::from_secs(20), || self.answers());
        server
    }

    fn answers(&self) -> bool {
        fetch(self.port, "/board").is_some_and(|page| page.starts_with("HTTP/1.1 200"))
    }

    /// Whoever would work with what is half restored is told what to do.
    fn is_refused(&self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let url = format!("http://127.0.0.1:{}", self.port);
        let other = self.folder.folder.path().join("two.backup");
        let tries: [&[&str]; 4] = [
            &["member", "list"],
            &["serve", "--listen", &listen],
            &["init", "--name", "Mill", "--handle", "mill", "--url", &url],
            &["backup", "create", other.to_str().unwrap()],
        ];
        for one in tries {
            let refused = self.folder.run(one);
            let said = text(&refused.stderr);
            assert_eq!(refused.status.code(), Some(1), "{one:?}: {said}");
            assert!(said.contains("run it again with --force"), "{one:?}: {said}");
        }
    }

    fn is_whole(&self) {
        assert!(!self.data().join("restoring").exists());
        let found = text(&self.folder.run(&["proposal", "list"]).stdout);
        assert!(found.contains("Warm blankets"), "{found}");
        self.folder.json(&["keys", "list"]);
    }
}

#[test]
fn f_22_nothing_is_put_back_under_a_server_that_works() {
    let house = House::new();
    let mut server = house.serve();
    let refused = house.restore().output().unwrap();
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("is served by another process: stop it first"), "{said}");
    assert!(house.answers());
    house.is_whole();
    assert_eq!(server.stop("-TERM"), Some(0));

    // PostgreSQL may need a moment to notice that it ended.
    wait(Duration::from_secs(20), || house.restore().output().unwrap().status.success());
    house.is_whole();
    let status = house.folder.json(&["restore", "status"]).remove(0);
    assert_eq!(status["state"], "quarantine");
    let mut server = house.serve();
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn f_22_a_server_whose_connections_broke_is_known_all_the_same() {
    if postgres().is_none() {
        // What it holds of a file stays as long as it runs.
        return;
    }
    let house = House::new();
    let mut server = house.serve();
    let location = house.folder.location();
    let of_servers = "FROM pg_locks WHERE locktype = 'advisory' AND classid = 7215840 AND granted \
                      AND objid::bigint = hashtext(current_schema()::text)::bigint & 4294967295 \
                      AND database = (SELECT oid FROM pg_database \
                      WHERE datname = current_database())";
    let held = format!("SELECT COUNT(*) AS n {of_servers}");
    wait(Duration::from_secs(20), || Either::connect(&location).number(&held) == 2);
    Either::connect(&location).run(&format!("SELECT pg_terminate_backend(pid) {of_servers}"));
    // It rests a second before it tries again.
    wait(Duration::from_secs(20), || Either::connect(&location).number(&held) == 0);
    wait(Duration::from_secs(30), || Either::connect(&location).number(&held) == 1);
    let said = text(&house.restore().output().unwrap().stderr);
    assert!(said.contains("is served by another process: stop it first"), "{said}");
    house.is_whole();
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn f_22_what_a_killed_return_left_is_served_by_nobody_until_another_came_to_its_end() {
    let house = House::new();
    let mut interrupted = 0;
    for turn in 0..14 {
        let mut command = house.restore();
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut restoring = Running(command.spawn().unwrap());
        std::thread::sleep(Duration::from_millis(turn * 30));
        // It may have ended by itself.
        restoring.stop("-KILL");
        match house.data().join("restoring").exists() {
            true => {
                interrupted += 1;
                house.is_refused();
            }
            false => house.is_whole(),
        }
    }
    println!("interrupted in the middle: {interrupted}");
    // PostgreSQL may not have noticed yet that nobody is there any more.
    wait(Duration::from_secs(30), || house.restore().output().unwrap().status.success());
    house.is_whole();
    let mut server = house.serve();
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn f_22_an_interrupted_return_is_told_also_where_nothing_is_set_up() {
    let house = House::new();
    std::fs::create_dir_all(house.data().join("restoring/files")).unwrap();
    house.is_refused();
    // One that fails leaves it as it is: what is there may still be of two instances.
    let mut wrong = house.folder.command(&["backup", "restore", house.file.to_str().unwrap()]);
    let other = mutuals::backup::RecoveryKey::generate().words();
    let failed = wrong.args(["--identity", &other, "--force"]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed.stderr));
    house.is_refused();
    let restored = house.restore().output().unwrap();
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    house.is_whole();
    let line: Value = serde_json::from_slice(&restored.stdout).unwrap();
    assert!(!line["aside"].as_array().unwrap().is_empty(), "{line}");

    // Without an instance no pages are opened by which another would be made.
    let empty = Folder::new();
    let data = empty.folder.path().join("data");
    std::fs::create_dir_all(data.join("restoring")).unwrap();
    let refused = empty.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = text(&refused.stderr);
    assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(1), String::new()), "{said}");
    assert!(said.contains("run it again with --force"), "{said}");
}

#[test]
fn f_22_two_do_not_make_an_instance_in_one_folder_at_once() {
    let house = House::new();
    // What whoever restores, sets up or initialises holds.
    let folder = File::open(house.data()).unwrap();
    folder.lock().unwrap();
    let refused = house.restore().output().unwrap();
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("another process makes an instance"), "{said}");
    house.is_whole();
    drop(folder);
    assert!(house.restore().output().unwrap().status.success());
}
