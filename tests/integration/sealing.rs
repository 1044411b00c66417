//! What is private is sealed in the database: whoever has the database without the key reads nothing
//! of it.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use mutuals::actions::ask::ask;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::decide;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::migrate::Opening;
use mutuals::db::resealing::{forget_old_keys, note_keys, reseal};
use mutuals::db::sealing::{COLUMNS, Sealing};
use mutuals::db::{Conn, Db, Location, asks, decisions, messages, promises, proposals, telling};
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
        COLUMNS.iter().map(|(table, column)| format!("{table}.{column}")).collect();
    assert_eq!(named, known);
}
