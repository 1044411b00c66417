//! Killed at each step, killed at any moment, and started twice.

use std::io::Read as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use mutuals::db::Location;

use super::{FIRST, applied, beside, bring_up_to_date, everything_is_there, is_sqlite, old_house};
use crate::cli::{Folder, Running, fetch, free_port, text};
use crate::migrations::Either;

const UPGRADE: [&str; 2] = ["migrate", "--i-have-a-backup"];

/// Holds whoever brings a database up to date in the middle of a step: what it changed is there, and
/// its mark is not.
struct Gate {
    conn: Either,
    key: String,
}

impl Gate {
    fn in_step(location: &Location, version: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let key = format!("{}, {number}", std::process::id());
        let mut conn = Either::connect(location);
        if is_sqlite() {
            // Counting so many rows takes longer than anybody waits.
            conn.run(&format!(
                "CREATE TRIGGER gate BEFORE INSERT ON __diesel_schema_migrations \
                 WHEN NEW.version = '{version}' BEGIN SELECT COUNT(*) FROM sqlite_master a, \
                 sqlite_master b, sqlite_master c, sqlite_master d, sqlite_master e, \
                 sqlite_master f; END"
            ));
            conn.run("PRAGMA busy_timeout = 0");
        } else {
            conn.run(&format!("SELECT pg_advisory_lock({key})"));
            conn.run(&format!(
                "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF NEW.version = '{version}' THEN PERFORM pg_advisory_lock({key}); END IF; \
                 RETURN NEW; END $$"
            ));
            conn.run(
                "CREATE TRIGGER gate BEFORE INSERT ON __diesel_schema_migrations \
                 FOR EACH ROW EXECUTE FUNCTION gate()",
            );
        }
        Self { conn, key }
    }

    /// Whether somebody stands there.
    fn is_reached(&mut self) -> bool {
        if let Either::Sqlite(conn) = &mut self.conn {
            // Nobody else writes.
            let is_held = conn.batch_execute("BEGIN IMMEDIATE").is_err();
            if !is_held {
                conn.batch_execute("ROLLBACK").unwrap();
            }
            return is_held;
        }
        let (class, object) = self.key.split_once(", ").unwrap();
        let waits = format!(
            "SELECT COUNT(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
             AND classid = {class} AND objid = {object}"
        );
        self.conn.number(&waits) > 0
    }

    fn open(mut self) {
        if is_sqlite() {
            self.conn.run("PRAGMA busy_timeout = 10000");
            self.conn.run("DROP TRIGGER gate");
        } else {
            self.conn.run(&format!("SELECT pg_advisory_unlock({})", self.key));
            // Waits until the server has noticed that nobody is there any more.
            self.conn.run("DROP TRIGGER gate ON __diesel_schema_migrations");
            self.conn.run("DROP FUNCTION gate()");
        }
    }
}

fn start(house: &Folder, arguments: &[&str]) -> Running {
    let mut command = house.command(arguments);
    Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn f_20_whoever_is_killed_in_the_middle_of_any_step_goes_on_there() {
    let house = old_house(1);
    let location = house.location();
    let steps = super::waiting(&house);
    assert!(steps.len() > 20);
    for (done, version) in steps.iter().enumerate() {
        let mut gate = Gate::in_step(&location, version);
        let mut upgrade = start(&house, &UPGRADE);
        let began = Instant::now();
        let done = 1 + i64::try_from(done).unwrap();
        while applied(&location) != done || !gate.is_reached() {
            let ended = upgrade.0.try_wait().unwrap();
            assert!(ended.is_none(), "it ended before {version}: {ended:?}");
            assert!(began.elapsed() < Duration::from_secs(30), "it does not come to {version}");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(upgrade.stop("-KILL"), None);
        gate.open();
        // Those before it are done, and of this one there is nothing.
        assert_eq!(applied(&location), done, "{version}");
    }
    if is_sqlite() {
        // However often it was begun: what counts is how it was before the first time.
        let copies = beside(&house, "mutuals.db.before-");
        assert_eq!(copies.len(), 1);
        assert!(copies[0].to_str().unwrap().ends_with(FIRST));
        let copy = Location::Sqlite(copies[0].to_string_lossy().into_owned());
        assert_eq!(applied(&copy), 1);
    }
    bring_up_to_date(&house);
    everything_is_there(&location);
    house.json(&["need", "post", "--title", "Soup"]);
}

#[test]
fn f_20_the_copy_holds_what_came_after_an_upgrade_that_changed_nothing() {
    if !is_sqlite() {
        return;
    }
    let house = old_house(1);
    let location = house.location();
    let steps = super::waiting(&house);
    let mut gate = Gate::in_step(&location, &steps[0]);
    let mut upgrade = start(&house, &UPGRADE);
    let began = Instant::now();
    while !gate.is_reached() || beside(&house, "mutuals.db.before-").is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not come there");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(upgrade.stop("-KILL"), None);
    gate.open();
    // The release before is started again, and somebody writes.
    let written = "INSERT INTO members VALUES (99, 'Tove', 'member', NULL, NULL, 0)";
    let found = "SELECT COUNT(*) AS n FROM members WHERE name = 'Tove'";
    Either::connect(&location).run(written);
    bring_up_to_date(&house);
    let copies = beside(&house, "mutuals.db.before-");
    assert_eq!(copies.len(), 1);
    let copy = Location::Sqlite(copies[0].to_string_lossy().into_owned());
    assert_eq!((applied(&copy), Either::connect(&copy).number(found)), (1, 1));
}

#[test]
fn f_20_whoever_is_killed_at_any_moment_comes_to_the_end_at_last() {
    let house = old_house(1);
    let location = house.location();
    // So that copying and changing take a moment.
    Either::connect(&location).run(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20100) \
         INSERT INTO remote_actors (id, url, kind, address, name, inbox, page, key_id, key_pem, \
         fetched_at) SELECT i, 'https://peer.example/u/' || i, 'Person', i || '@peer.example', \
         'A', 'i', 'p', 'https://peer.example/u/' || i || '#key', '-----BEGIN y', 0 FROM n",
    );
    let mut seen = Vec::new();
    for turn in 0..25 {
        let mut upgrade = start(&house, &UPGRADE);
        std::thread::sleep(Duration::from_millis(turn * 15));
        // It may have ended by itself.
        upgrade.stop("-KILL");
        seen.push(applied(&location));
    }
    println!("how far it had come: {seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
    bring_up_to_date(&house);
    everything_is_there(&location);
    let mut conn = Either::connect(&location);
    let kept = "SELECT COUNT(*) AS n FROM remote_keys WHERE material = '-----BEGIN y' \
                AND key_id LIKE 'https://peer.example/u/%#key'";
    assert_eq!(conn.number(kept), 20_001);
    assert!(beside(&house, "mutuals.db.copying").is_empty());
}

#[test]
fn f_20_two_servers_that_start_at_once_bring_it_up_to_date_once() {
    let ports = [free_port(), free_port()];
    let house = old_house(ports[0]);
    let mut servers = ports.map(|port| {
        let listen = format!("127.0.0.1:{port}");
        start(&house, &["serve", "--listen", &listen, "--i-have-a-backup"])
    });
    let began = Instant::now();
    let mut answers = [false; 2];
    let mut ended = [None; 2];
    while (0..2).any(|i| !answers[i] && ended[i].is_none()) {
        for i in 0..2 {
            answers[i] = answers[i]
                || fetch(ports[i], "/board").is_some_and(|a| a.starts_with("HTTP/1.1 200"));
            ended[i] = servers[i].0.try_wait().unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(40), "{answers:?} {ended:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    if is_sqlite() {
        // A file has one server; the other says so.
        let last = ended.iter().position(Option::is_some).expect("one ends");
        assert!(answers[1 - last]);
        assert_eq!(ended[last].unwrap().code(), Some(1));
        let mut said = String::new();
        servers[last].0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains("is already served by another process"), "{said}");
        assert_eq!(servers[1 - last].stop("-TERM"), Some(0));
    } else {
        assert_eq!(answers, [true, true]);
        servers.iter_mut().for_each(|server| assert_eq!(server.stop("-TERM"), Some(0)));
    }
    bring_up_to_date(&house);
    everything_is_there(&house.location());
}

#[test]
fn f_20_commands_that_start_at_once_wait_for_each_other() {
    let house = old_house(1);
    let arguments: &[&str] = if is_sqlite() { &["member", "list"] } else { &UPGRADE };
    let commands: Vec<_> = (0..4).map(|_| start(&house, arguments)).collect();
    for mut command in commands {
        let mut said = String::new();
        command.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(command.0.wait().unwrap().code(), Some(0), "{said}");
    }
    bring_up_to_date(&house);
    everything_is_there(&house.location());
    if is_sqlite() {
        assert_eq!(beside(&house, "mutuals.db.before-").len(), 1);
    }
}

#[test]
fn f_20_nothing_is_changed_under_a_server_of_an_earlier_release() {
    let house = old_house(1);
    let location = house.location();
    // What such a server holds as long as it runs.
    let mut held = Either::connect(&location);
    let file = match &location {
        Location::Sqlite(path) => {
            let mut options = std::fs::OpenOptions::new();
            let options = options.create(true).truncate(false).write(true);
            let file = options.open(format!("{path}.serving")).unwrap();
            file.try_lock().unwrap();
            Some(file)
        }
        Location::Postgres(_) => {
            held.run(
                "SELECT pg_advisory_lock_shared(7215840, \
                 hashtext(coalesce(current_schema()::text, '')))",
            );
            None
        }
    };
    let tasks: [&[&str]; 2] = [&UPGRADE, &["serve", "--i-have-a-backup"]];
    for task in &tasks[..if is_sqlite() { 1 } else { 2 }] {
        let refused = house.run(task);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("a server of an earlier release runs on it"), "{said}");
        assert_eq!(applied(&location), 1);
    }
    drop((file, held));
    bring_up_to_date(&house);
    everything_is_there(&location);
}

#[test]
fn f_20_whoever_comes_meanwhile_is_told_so() {
    let house = old_house(1);
    // PostgreSQL has the same page; only a file is held up this simply.
    let Location::Sqlite(path) = house.location() else { return };
    let mut other = SqliteConnection::establish(&path).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let port = free_port();
    let mut server = start(&house, &["serve", "--listen", &format!("127.0.0.1:{port}")]);
    let began = Instant::now();
    let board = || loop {
        assert!(began.elapsed() < Duration::from_secs(30), "nobody answers");
        match fetch(port, "/board") {
            Some(page) if !page.is_empty() => break page,
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let page = board();
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(page.contains("is being brought up to date"), "{page}");
    assert!(page.contains("retry-after: 5\r\n") && page.contains("no-store"), "{page}");
    other.batch_execute("COMMIT").unwrap();
    while !board().starts_with("HTTP/1.1 200") {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.stop("-TERM"), Some(0));
}
