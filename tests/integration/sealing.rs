//! What is private is sealed in the database: whoever has the database without the key reads nothing
//! of it.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use diesel::{RunQueryDsl, sql_query};
use jiff::SignedDuration;
use mutuals::actions::ask::ask;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::decide;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_promise::release_promise;
use mutuals::db::journal::NewEntry;
use mutuals::db::migrate::Opening;
use mutuals::db::resealing::{forget_old_keys, note_keys, reseal};
use mutuals::db::sealing::{COLUMNS, Sealing};
use mutuals::db::{
    Conn, Db, Location, asks, decisions, journal, messages, promises, proposals, queue, telling,
};
use mutuals::domain::decision::{Method, Quorum, Voice};
use mutuals::domain::draft::Draft;
use mutuals::domain::id::{PromiseId, ProposalId};
use mutuals::domain::member::Member;
use mutuals::domain::message::MessageState;
use mutuals::jobs::housekeeping;
use mutuals::server;
use serde_json::json;

use crate::cli::{Folder, Running, text};
use crate::decisions::wish;
use crate::leaving::columns_with;
use crate::peer::Peer;
use crate::testapp::{TestApp, config};

/// What chance does not write.
const WORDS: &str = "zebrathirdbell";
/// The name of a key that nobody has.
const NOBODYS: &str = "AAAAAAAA";

/// A need for somebody else, and a promise with notes.
async fn meet(ring: &TestApp, ida: &Member, rosa: &Member) -> (ProposalId, PromiseId) {
    let draft = Draft {
        title: "A ladder".into(),
        amount: "1".into(),
        on_behalf_of: format!("Mrs {WORDS}"),
        consent: true,
        ..Draft::default()
    };
    let need = ring.post(ida, &draft).await;
    let promise = make_promise(&ring.app, rosa, need.id, None, WORDS).await.unwrap();
    for who in [ida, rosa] {
        confirm_fulfilment(&ring.app, who, promise.id, None, WORDS).await.unwrap();
    }
    (need.id, promise.id)
}

async fn note_of(db: &Db, promise: PromiseId) -> Option<String> {
    let read = move |conn: &mut Conn| Ok(promises::find_private(conn, promise)?.note);
    db.read(read).await.unwrap()
}

/// Runs a statement that changes some rows.
async fn change(ring: &TestApp, sql: String) {
    let write = move |conn: &mut Conn| {
        Ok(match conn {
            Conn::Sqlite(c) => sql_query(&sql).execute(c)?,
            Conn::Pg(c) => sql_query(&sql).execute(c)?,
        })
    };
    assert!(ring.app.db.write(write).await.unwrap() > 0, "the test changes nothing");
}

/// Lets sealed values name a key that nobody has, and stay different from each other.
async fn lose_key_of(ring: &TestApp, (table, column): (&str, &str), which: &str) {
    // The name stands behind the three letters of every sealed value, and is eight letters long.
    let sql = format!(
        "UPDATE {table} SET {column} = 's1.{NOBODYS}' || substr({column}, 12) WHERE {which}"
    );
    change(ring, sql).await;
}

fn kinds(peer: &Peer) -> Vec<String> {
    peer.received().iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect()
}

/// The bytes of a SQLite database, its log included.
fn bytes_of(location: &Location) -> Vec<u8> {
    let Location::Sqlite(path) = location else { return Vec::new() };
    let read = |ending: &str| std::fs::read(format!("{path}{ending}")).unwrap_or_default();
    [read(""), read("-wal")].concat()
}

#[tokio::test]
async fn seal_01_whoever_has_the_database_without_the_key_reads_nothing_private() {
    let ring = TestApp::start_sealed("ring").await;
    let (ida, rosa) = (ring.steward("Ida").await, ring.member("Rosa").await);
    let (need, promise) = meet(&ring, &ida, &rosa).await;
    ask(&ring.app, (WORDS, WORDS), "en").await.unwrap();
    let asked = decide::propose(&ring.app, &ida, wish(&ring, Method::Consent, Quorum::Number(1)));
    let asked = asked.await.unwrap();
    decide::say(&ring.app, &rosa, asked.id, Voice::Objection, (WORDS, true)).await.unwrap();
    let (id, email) = (rosa.id, format!("{WORDS}@mailbox.example"));
    let typed = email.clone();
    let write = move |conn: &mut Conn| telling::update_email(conn, id, Some(&typed));
    ring.app.db.write(write).await.unwrap();
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor();
    let mut note = ana.note("w1", ring.now());
    note["content"] = json!(format!("<p>I need a place for the night, {WORDS}</p>"));
    note["to"] = json!([us]);
    note["tag"] = json!([{"type": "Mention", "href": us}]);
    ana.send_and_work(&ring, &ana.activity("Create", 1, note)).await;

    assert_eq!(columns_with(ring.location(), WORDS), Vec::<String>::new());
    let bytes = bytes_of(ring.location());
    assert!(!bytes.windows(WORDS.len()).any(|window| window == WORDS.as_bytes()));
    // Nor does it hold what this instance signs with.
    assert!(!bytes.windows(6).any(|window| window == b"MIIEvA" || window == b"MIIEvQ"));

    // Whoever has the key reads all of it.
    let read = move |conn: &mut Conn| {
        let mut all = vec![promises::find_private(conn, promise)?.note];
        all.push(proposals::find_private(conn, need)?.on_behalf_of);
        all.extend(
            asks::list_waiting(conn)?.into_iter().flat_map(|ask| [ask.text, ask.reach].map(Some)),
        );
        all.push(telling::find(conn, id)?.email);
        all.extend(decisions::list_objections(conn, asked.id)?.into_iter().map(|said| said.words));
        let notes = promises::list_notes(conn, need)?;
        all.extend(notes.into_iter().map(|(_, _, note)| Some(note)));
        let waiting = messages::list(conn, MessageState::Answered, 10)?.into_iter();
        let waiting = waiting.chain(messages::list(conn, MessageState::Waiting, 10)?);
        let waiting = waiting.chain(messages::list(conn, MessageState::Held, 10)?);
        all.extend(waiting.map(|(message, _)| Some(message.text)));
        Ok(all)
    };
    let all = ring.app.db.read(read).await.unwrap();
    assert_eq!(all.len(), 9, "{all:?}");
    for said in all {
        assert!(said.as_deref().is_some_and(|said| said.contains(WORDS)), "{said:?}");
    }
    // What is sealed can still be told apart.
    let now = ring.now();
    let confirm = move |conn: &mut Conn| {
        let wrong = telling::confirm_email(conn, id, "else@mailbox.example", now)?;
        Ok((wrong, telling::confirm_email(conn, id, &email, now)?))
    };
    assert_eq!(ring.app.db.write(confirm).await.unwrap(), (false, true));
}

#[tokio::test]
async fn seal_02_what_was_there_before_there_was_a_key_is_sealed() {
    let ring = TestApp::start("ring").await;
    let (ida, rosa) = (ring.steward("Ida").await, ring.member("Rosa").await);
    let (_, promise) = meet(&ring, &ida, &rosa).await;
    assert!(!columns_with(ring.location(), WORDS).is_empty());
    let folder = tempfile::tempdir().unwrap();
    let keys = Sealing::at(&folder.path().join("sealing")).unwrap();
    let db = Db::open_sealed(ring.location().clone(), keys, &Opening::default()).unwrap();
    assert_eq!(note_of(&db, promise).await.as_deref(), Some(WORDS), "it is read as it is");
    let app = server::open_with(config(), db, ring.app.clock.clone()).await.unwrap();
    housekeeping::run(&app).await.unwrap();
    assert_eq!(columns_with(ring.location(), WORDS), Vec::<String>::new());
    assert_eq!(note_of(&app.db, promise).await.as_deref(), Some(WORDS));
}

#[tokio::test]
async fn seal_03_the_key_is_changed_and_what_the_old_one_sealed_is_sealed_anew() {
    let ring = TestApp::start_sealed("ring").await;
    let (ida, rosa) = (ring.steward("Ida").await, ring.member("Rosa").await);
    let (_, promise) = meet(&ring, &ida, &rosa).await;
    let (db, sealing) = (&ring.app.db, ring.app.db.sealing().unwrap());
    let before = sealing.current();
    sealing.add_key().unwrap();
    note_keys(db, sealing.clone()).await.unwrap();
    // Interrupted here, both are known to whoever comes next.
    let next = Sealing::at(&ring.keys()).unwrap();
    assert_eq!((next.count(), next.current()), (2, sealing.current()));
    let other = Db::open_sealed(ring.location().clone(), next, &Opening::default()).unwrap();
    assert_eq!(note_of(&other, promise).await.as_deref(), Some(WORDS));
    drop(other);
    assert!(reseal(db, &|_, _| ()).await.unwrap() > 4);
    assert_eq!(reseal(db, &|_, _| ()).await.unwrap(), 0);
    forget_old_keys(db).await.unwrap();
    assert_eq!(note_of(db, promise).await.as_deref(), Some(WORDS));
    assert_eq!(columns_with(ring.location(), &format!("s1.{before}.")), Vec::<String>::new());
    // A server that was late to learn the new key loses nothing until the next change, after which
    // the old one is gone.
    let left = std::fs::read_to_string(ring.keys()).unwrap();
    let is_old = |line: &str| line.starts_with(&before) && line.ends_with(" old");
    assert!(left.lines().any(is_old) && left.contains(&sealing.current()), "{left}");
    sealing.add_key().unwrap();
    note_keys(db, sealing.clone()).await.unwrap();
    forget_old_keys(db).await.unwrap();
    assert_eq!(note_of(db, promise).await.as_deref(), Some(WORDS));
    let left = std::fs::read_to_string(ring.keys()).unwrap();
    assert!(!left.contains(&before) && left.contains(&sealing.current()), "{left}");
}

#[tokio::test]
async fn seal_04_a_database_is_not_opened_without_its_keys() {
    let ring = TestApp::start_sealed("ring").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing");
    let refused =
        Db::open_sealed(ring.location().clone(), Sealing::at(&path).unwrap(), &Opening::default());
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("lacks the key") && error.contains("backup"), "{error}");
    assert!(!path.exists(), "no new key takes the place of the one that is lost");
}

#[test]
fn seal_05_the_key_stands_beside_the_database_for_nobody_else_to_read() {
    let folder = Folder::new();
    folder.init(1);
    let path = folder.folder.path().join("data/keys/sealing");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read_to_string(&path).unwrap();
    let changed = folder.json(&["keys", "rotate-sealing"]).pop().unwrap();
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(before != after && after.contains(changed["id"].as_str().unwrap()), "{changed}");
    assert_eq!(folder.json(&["keys", "list"]).len(), 2, "the keys of the actors are read");
    std::fs::remove_file(&path).unwrap();
    let refused = folder.run(&["member", "list"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("lacks the key"), "{}", text(&refused.stderr));
}

#[test]
fn seal_06_of_two_who_change_the_key_at_once_one_does() {
    let folder = Folder::new();
    folder.init(1);
    folder.json(&["member", "add", "Rosa"]);
    let start = || {
        let mut command = folder.command(&["keys", "rotate-sealing"]);
        Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    };
    let mut both = [start(), start()];
    let mut codes = both.each_mut().map(|one| one.0.wait().unwrap().code());
    codes.sort();
    // The first one waits a while for servers to learn the key.
    assert_eq!(codes, [Some(0), Some(3)]);
    // Everything opens with what stands in the file, also in the backup that holds it.
    let changed = folder.json(&["keys", "rotate-sealing"]).pop().unwrap();
    let keys = std::fs::read_to_string(folder.folder.path().join("data/keys/sealing")).unwrap();
    let keys: Vec<_> = keys.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(keys.len() == 2 && keys[0].ends_with(" old"), "{keys:?}");
    assert!(keys[1].starts_with(changed["id"].as_str().unwrap()), "{keys:?}");
    assert_eq!(folder.json(&["keys", "list"]).len(), 2, "the keys of the actors are read");
}

#[tokio::test]
async fn seal_07_what_came_in_and_cannot_be_opened_is_given_up_and_the_rest_has_its_effect() {
    let ring = TestApp::start_sealed("ring").await;
    let peer = Peer::start().await;
    let (ana, ben) = (peer.actor("ana"), peer.actor("ben"));
    let us = json!(ring.app.collective.urls().actor());
    assert_eq!(ana.send(&ring, &ana.activity("Follow", 1, us.clone())).await, 202);
    lose_key_of(&ring, ("journal", "body"), "attempts = 0").await;
    assert_eq!(ana.send(&ring, &ana.activity("Follow", 2, us.clone())).await, 202);
    assert_eq!(ben.send(&ring, &ben.activity("Follow", 1, us)).await, 202);
    ring.work().await;
    let depth = ring.app.db.read(journal::depth).await.unwrap();
    assert_eq!((depth.waiting, depth.failed), (0, 1));
    assert_eq!(columns_with(ring.location(), "cannot be opened"), ["journal.last_error"]);
    assert_eq!(kinds(&peer), ["Accept", "Accept"], "what both sent after it");
}

#[tokio::test]
async fn seal_08_what_goes_out_and_cannot_be_opened_is_refused_and_the_rest_arrives() {
    let ring = TestApp::start_sealed("ring").await;
    let ada = ring.steward("Ada").await;
    let (peer, other) = (Peer::start().await, Peer::start().await);
    let (ana, ben) = (peer.actor("ana"), other.actor("ben"));
    let us = json!(ring.app.collective.urls().actor());
    peer.answer_with(Some(500));
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.clone())).await;
    lose_key_of(&ring, ("sent_activities", "body"), "kind = 'Accept'").await;
    peer.answer_with(None);
    ben.send_and_work(&ring, &ben.activity("Follow", 1, us)).await;
    ring.need(&ada, "Chairs", "4").await;
    ring.advance(120);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Create"]);
    assert_eq!(kinds(&other), ["Accept", "Create"]);
    let lines = ring.app.db.read(queue::list_hosts).await.unwrap();
    let sum = |count: fn(&queue::HostLine) -> i64| lines.iter().map(count).sum::<i64>();
    assert_eq!((sum(|line| line.pending), sum(|line| line.refused)), (0, 1));
    assert_eq!(columns_with(ring.location(), "cannot be opened"), ["deliveries.error"]);
}

#[tokio::test]
async fn seal_09_what_cannot_be_opened_keeps_nothing_else_from_being_sealed_anew() {
    let ring = TestApp::start_sealed("ring").await;
    let (db, now) = (&ring.app.db, ring.now());
    let entry = |id: i64| NewEntry::new(id, "ana".into(), format!("{{\"id\":{id}}}"), now);
    // More than share a transaction, and behind them one from before there was a key.
    let entries: Vec<_> = (1..=450).map(entry).collect();
    db.write(move |conn| journal::insert(conn, &entries)).await.unwrap();
    lose_key_of(&ring, ("journal", "body"), "id < 450").await;
    change(&ring, format!("UPDATE journal SET body = '{WORDS}' WHERE id = 450")).await;
    assert_eq!(columns_with(ring.location(), WORDS), ["journal.body"]);
    assert_eq!(reseal(db, &|_, _| ()).await.unwrap(), 1);
    assert_eq!(columns_with(ring.location(), WORDS), Vec::<String>::new());
    housekeeping::run(&ring.app).await.unwrap();
    // Nor does it keep the key from being changed, and it stays as it is: its key may be found.
    let sealing = db.sealing().unwrap();
    sealing.add_key().unwrap();
    note_keys(db, sealing).await.unwrap();
    assert!(reseal(db, &|_, _| ()).await.unwrap() > 0);
    forget_old_keys(db).await.unwrap();
    let lost = format!("s1.{NOBODYS}.");
    assert_eq!(columns_with(ring.location(), &lost), ["journal.body"]);
}

#[tokio::test]
async fn seal_10_what_cannot_be_opened_keeps_nothing_from_being_erased() {
    let ring = TestApp::start_sealed("ring").await;
    let (ida, rosa) = (ring.steward("Ida").await, ring.member("Rosa").await);
    let draft = Draft {
        title: "A ladder".into(),
        amount: "1".into(),
        on_behalf_of: "Mrs Bell".into(),
        consent: true,
        ends_at: Some(ring.now() + SignedDuration::from_hours(24)),
        ..Draft::default()
    };
    ring.post(&ida, &draft).await;
    let private = ("proposal_private", "on_behalf_of");
    lose_key_of(&ring, private, "on_behalf_of IS NOT NULL").await;
    let need = ring.need(&ida, "Chairs", "4").await;
    let promise = make_promise(&ring.app, &rosa, need.id, None, WORDS).await.unwrap();
    release_promise(&ring.app, &rosa, promise.id, None).await.unwrap();
    assert_eq!(note_of(&ring.app.db, promise.id).await.as_deref(), Some(WORDS));
    // Whoever looks whom to tell of the end of the first need fails at it.
    let failed = housekeeping::run(&ring.app).await.unwrap_err().to_string();
    assert!(failed.contains("proposal_private.on_behalf_of"), "{failed}");
    assert_eq!(note_of(&ring.app.db, promise.id).await, None);
}

#[test]
fn every_column_that_is_sealed_is_known_to_what_changes_the_key() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db");
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/src/lib.rs");
    let schema = std::fs::read_to_string(tables).unwrap();
    let mut named = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".rs") || name == "sealing.rs" {
            continue;
        }
        let source = std::fs::read_to_string(entry.path()).unwrap();
        for quoted in source.split('"').skip(1).step_by(2) {
            if let Some((table, column)) = quoted.split_once('.')
                && schema.contains(&format!("    {table} ("))
            {
                named.insert(format!("{table}.{column}"));
            }
        }
    }
    let known: BTreeSet<_> =
        COLUMNS.iter().map(|(table, column, _)| format!("{table}.{column}")).collect();
    assert_eq!(named, known);
    for (table, _, key) in COLUMNS {
        assert!(schema.contains(&format!("    {table} ({key}")), "{table} has no key {key}");
    }
}
