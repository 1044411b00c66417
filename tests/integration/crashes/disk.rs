//! A disk that is full, and one that fails. The files of PostgreSQL are its own to look after.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use http::StatusCode;
use serde_json::json;

use super::server::{House, eventually};
use crate::cli::{fetch, free_port};
use crate::peer::Peer;
use crate::testapp::postgres;

/// What the server loads first: it lets a call on SQLite's log fail while a file exists.
const FAULT: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int fd, const char *call) {
    const char *flag = getenv("FAULT_FLAG"), *calls = getenv("FAULT_CALLS");
    char link[64], path[4096];
    if (!flag || !calls || !strstr(calls, call) || access(flag, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path);
    return size > 4 && memcmp(path + size - 4, "-wal", 4) == 0;
}

#define FAULTY(type, name, call, parameters, arguments)                        \
    type name parameters {                                                     \
        static type(*real) parameters;                                         \
        if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name);         \
        if (fails(fd, call)) { errno = EIO; return -1; }                       \
        return real arguments;                                                 \
    }

FAULTY(int, fsync, "sync", (int fd), (fd))
FAULTY(int, fdatasync, "sync", (int fd), (fd))
FAULTY(ssize_t, write, "write", (int fd, const void *from, size_t size), (fd, from, size))
FAULTY(ssize_t, pwrite, "write", (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
FAULTY(ssize_t, pwrite64, "write", (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
"#;

/// A small disk of its own under a folder.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    pub fn mount(at: &Path) -> Result<Self, String> {
        fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"]).arg(at);
        let output = mount.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then(|| Self(at.to_owned())).ok_or(said)
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut filler = File::create(self.0.join("filler")).unwrap();
        for size in [65_536, 4_096, 1] {
            let piece = vec![1; size];
            while filler.write_all(&piece).is_ok() {}
        }
    }

    pub fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, so that a server which a failed test leaves behind is no hindrance.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn is(answer: Option<String>, status: u16) -> bool {
    answer.is_some_and(|answer| answer.starts_with(&format!("HTTP/1.1 {status}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_04_a_full_disk_is_said_honestly_and_needs_no_restart() {
    if postgres().is_some() {
        return;
    }
    let mut house = House::bare();
    let disk = match SmallDisk::mount(&house.data()) {
        Ok(disk) => disk,
        Err(why) => return println!("SKIPPED: a small disk cannot be mounted: {why}"),
    };
    house.set_up();
    let peer = Peer::start().await;
    let actor = peer.actor("ada");
    let health = free_port();
    let listen = format!("127.0.0.1:{health}");
    let mut server =
        house.serve_with(&[("MUTUALS_HEALTH__LISTEN", listen.as_str())], Stdio::null());
    let mut browser = house.enter();
    assert_eq!(house.follow(&actor, 1).await, 202);
    let text = "Any size. ".repeat(200);
    let mut post = |title: &str| {
        browser.post("/needs/new", &[("title", title), ("text", &text), ("then", "publish")])
    };
    assert!(is(post("Before"), 303));
    disk.fill();
    assert!(is(fetch(health, "/readyz"), 503) && is(fetch(health, "/livez"), 200));

    // What still fits into the log is accepted; then the page says that nothing was saved.
    let mut kept = vec!["Before".to_owned()];
    let page = loop {
        let title = format!("Meanwhile {}", kept.len());
        let answer = post(&title).unwrap();
        if !answer.starts_with("HTTP/1.1 303") {
            break answer;
        }
        kept.push(title);
        assert!(kept.len() < 200, "the disk does not fill up");
    };
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(page.contains("Nothing can be saved right now"), "{page}");
    let mut accepted = 0;
    let headers = loop {
        let like = actor.activity("Like", 10 + accepted, json!("https://example.org/x"));
        let (status, headers) = house.send(&actor, &like).await;
        if status != StatusCode::ACCEPTED {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            break headers;
        }
        accepted += 1;
        assert!(accepted < 200, "the disk does not fill up");
    };
    assert!(headers.contains_key("retry-after"), "{headers:?}");
    assert!(house.board().is_some_and(|board| board.contains("Before")));

    disk.make_room();
    eventually("it is ready again", || is(fetch(health, "/readyz"), 200)).await;
    assert!(is(post("After"), 303));
    kept.push("After".to_owned());
    assert_eq!(house.follow(&peer.actor("bo"), 1).await, 202);
    eventually("both follow", || house.folder.json(&["follower", "list"]).len() == 2).await;
    let stored = house.folder.json(&["proposal", "list"]);
    let mut titles: Vec<_> = stored.iter().map(|need| need["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    kept.sort_unstable();
    assert_eq!(titles, kept, "exactly what was said to be saved");
    assert_eq!(server.stop("-TERM"), Some(0));
    assert_eq!(house.check("integrity_check"), "ok");
}

/// Builds the library; why not, if it cannot be built.
fn fault(folder: &Path) -> Result<PathBuf, String> {
    let (source, library) = (folder.join("fault.c"), folder.join("fault.so"));
    fs::write(&source, FAULT).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).arg("-ldl");
    let output = cc.output().map_err(|error| error.to_string())?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(library)
}

/// Lets one kind of call fail; the server must end by itself and be well after a restart.
async fn fails_at(calls: &str) {
    let house = House::new();
    let folder = house.folder.folder.path();
    let library = match fault(folder) {
        Ok(library) => library,
        Err(why) => return println!("SKIPPED: there is no C compiler: {why}"),
    };
    let (flag, log) = (folder.join("flag"), folder.join("log"));
    let environment = [
        ("LD_PRELOAD", library.to_str().unwrap()),
        ("FAULT_FLAG", flag.to_str().unwrap()),
        ("FAULT_CALLS", calls),
    ];
    let mut server = house.serve_with(&environment, Stdio::from(File::create(&log).unwrap()));
    let mut browser = house.enter();
    assert!(is(browser.post("/needs/new", &[("title", "Before"), ("then", "publish")]), 303));
    File::create(&flag).unwrap();
    // The server may end before it answers; it must not say that this was saved.
    let answer = browser.post("/needs/new", &[("title", "Never"), ("then", "publish")]);
    assert!(answer.as_ref().is_none_or(|answer| answer.starts_with("HTTP/1.1 503")), "{answer:?}");
    let mut ended = None;
    for _ in 0..600 {
        ended = server.0.try_wait().unwrap();
        if ended.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let said = fs::read_to_string(&log).unwrap();
    let ended = ended.unwrap_or_else(|| panic!("it goes on although {calls} fails: {said}"));
    assert_eq!(ended.code(), Some(1), "{said}");
    assert!(said.contains("the disk under the database fails"), "{said}");

    fs::remove_file(&flag).unwrap();
    let mut server = house.serve_with(&environment, Stdio::null());
    assert!(house.board().is_some_and(|board| board.contains("Before")));
    // Who was signed in still is.
    assert!(is(browser.post("/needs/new", &[("title", "After"), ("then", "publish")]), 303));
    assert_eq!(server.stop("-TERM"), Some(0));
    assert_eq!(house.check("quick_check"), "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_06_a_disk_that_fails_to_sync_ends_the_server() {
    if postgres().is_none() {
        fails_at("sync").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_06_a_disk_that_fails_to_write_ends_the_server() {
    if postgres().is_none() {
        fails_at("write").await;
    }
}
