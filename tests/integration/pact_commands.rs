//! Pacts on the command line: two real servers, and the real binary as tools use it.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::cli::{Folder, Running, fetch, free_port, text, wait};

/// How long something between two servers may take.
const PATIENCE: Duration = Duration::from_secs(30);

struct House {
    folder: Folder,
    handle: String,
    _running: Running,
}

impl House {
    fn open(handle: &str) -> Self {
        let (folder, port) = (Folder::new(), free_port());
        let url = format!("http://127.0.0.1:{port}");
        folder.json(&["init", "--name", handle, "--handle", handle, "--url", &url]);
        let listen = format!("127.0.0.1:{port}");
        let serve = folder.command(&["serve", "--listen", &listen]).stderr(Stdio::null()).spawn();
        let running = Running(serve.unwrap());
        wait(PATIENCE, || fetch(port, "/board").is_some_and(|page| !page.is_empty()));
        Self { folder, handle: format!("@{handle}@127.0.0.1:{port}"), _running: running }
    }

    fn pact(&self, arguments: &[&str]) -> Value {
        let all: Vec<&str> = ["pact"].iter().chain(arguments).copied().collect();
        self.folder.json(&all).remove(0)
    }

    fn waits_for(&self, state: &str) {
        wait(PATIENCE, || {
            self.folder.json(&["pact", "list"]).iter().any(|line| line["state"] == state)
        });
    }
}

#[test]
fn a_pact_in_commands() {
    let (ring, mill) = (House::open("ring"), House::open("mill"));
    assert!(ring.folder.json(&["pact", "list"]).is_empty());
    let asked = ring.pact(&["propose", &mill.handle]);
    assert!(asked["id"].is_string() && asked["url"].is_string());
    assert_eq!(asked["state"], "asked");
    mill.waits_for("asks-us");
    mill.pact(&["accept"]);
    ring.waits_for("active");

    let post = ["need", "post", "--title", "Blankets", "--audience", "pacts"];
    let posted = ring.folder.json(&post).remove(0);
    assert!(posted["url"].is_null() && posted["object"].is_string(), "nobody else can open it");
    wait(PATIENCE, || {
        let theirs = mill.folder.json(&["proposal", "list", "--from", "pacts"]);
        theirs.iter().any(|line| line["title"] == "Blankets" && line["audience"] == "pacts")
    });

    let id = asked["id"].as_str().unwrap();
    let shared = ring.pact(&["share", id, "--offers", "no"]);
    assert_eq!(shared["shares"], serde_json::json!(["needs", "availability"]));
    assert_eq!(ring.pact(&["rule", id, "--accept-alone", "yes"])["accept_alone"], true);
    let paused = ring.pact(&["pause", &mill.handle]);
    assert_eq!((&paused["state"], &paused["paused_by"]), (&"paused".into(), &"us".into()));
    mill.waits_for("paused");
    let refused = mill.folder.run(&["pact", "resume"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("we did not pause this pact"));
    assert_eq!(ring.pact(&["resume", id])["state"], "active");
    assert_eq!(mill.pact(&["end", &ring.handle])["state"], "ended");
    ring.waits_for("ended");
    ring.pact(&["propose", &mill.handle]);
    mill.waits_for("asks-us");
    assert_eq!(mill.pact(&["decline", &ring.handle])["state"], "declined");
    ring.waits_for("declined");
    let unknown = ring.folder.run(&["pact", "accept", "@nobody@nowhere.example"]);
    assert_eq!(unknown.status.code(), Some(3), "{}", text(&unknown.stderr));
}
