//! A whole database copied to the other engine and back: every row is the same.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};
use jiff::Timestamp;
use mutuals::db::copy::{Snapshot, Summed, copy, sum};
use mutuals::db::schema::{hosts, members};
use mutuals::db::{Conn, Db, Location, pictures};
use mutuals::domain::picture::Picture;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::cli::{Folder, text};
use crate::testapp::{TestApp, TestDb, postgres};

/// An SQLite file that is not there yet.
pub fn new_file() -> (TempDir, Location) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db").to_string_lossy().into_owned();
    (folder, Location::Sqlite(path))
}

/// What a database holds, besides when it was restored.
pub fn held(location: &Location) -> Vec<(String, Summed)> {
    let mut sums = sum(location).unwrap();
    sums.retain(|(table, _)| table != "marks");
    sums
}

#[test]
fn tables_have_an_order_and_nothing_that_a_copy_would_lose() {
    let test = TestDb::new();
    let snapshot = Snapshot::take(&test.location).unwrap();
    let tables: Vec<_> = snapshot.tables().iter().map(|table| table.name.as_str()).collect();
    assert!(tables.len() > 100, "{tables:?}");
    let place = |name: &str| tables.iter().position(|table| *table == name).unwrap();
    assert!(place("members") < place("sessions") && place("proposals") < place("promises"));
    assert!(!tables.contains(&"__diesel_schema_migrations"));
    assert!(!snapshot.migrations().is_empty());
    // What a copy does not carry must not be there.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    for engine in ["sqlite", "postgres"] {
        for step in std::fs::read_dir(folder.join(engine)).unwrap() {
            let up = std::fs::read_to_string(step.unwrap().path().join("up.sql")).unwrap();
            for word in ["CREATE TRIGGER", "GENERATED ALWAYS", "CREATE VIEW", "CREATE FUNCTION"] {
                assert!(!up.to_uppercase().contains(word), "{engine} has {word}");
            }
        }
    }
}

/// Texts that engines, JSON and SQL have trouble with.
const AWKWARD: [&str; 12] = [
    "",
    " ",
    "null",
    "\"quoted\" \\ and 'single' $1 ?1",
    "line\nfeed\r\ttab",
    "\u{1}\u{1f}\u{7f}",
    "Manta \u{1f9e3} cálida \u{2028}",
    "e\u{301} and é",
    "]],[[\"x\"]]",
    "\\u0000",
    "0",
    "Ö Z a z ä",
];

/// Fills three tables with what chance and experience find.
async fn fill(test: &TestDb) {
    let mut runner = TestRunner::deterministic();
    let mut chance = |number: usize| {
        let letters = prop::collection::vec(any::<char>(), 0..30);
        let row = (letters, any::<Option<i64>>(), any::<i64>(), any::<i32>(), any::<Vec<u8>>());
        let (letters, maybe, large, small, bytes) = row.new_tree(&mut runner).unwrap().current();
        let mut words: String = letters.into_iter().collect();
        if let Some(awkward) = AWKWARD.get(number) {
            words = (*awkward).to_owned();
        }
        if postgres().is_some() {
            // It holds no such text.
            words = words.replace('\0', "0");
        }
        (words, maybe, large, small, bytes)
    };
    let rows: Vec<_> = (0..700).map(&mut chance).collect();
    let write = move |conn: &mut Conn| {
        for (number, (words, maybe, large, small, bytes)) in rows.into_iter().enumerate() {
            let large = match number {
                0 => i64::MAX,
                1 => i64::MIN,
                _ => large,
            };
            // Nothing by which a row is found has a NUL: these are addresses, digests and numbers.
            let key = format!("{} {number}", words.replace('\0', "0"));
            let signature = maybe.map(|_| words.clone());
            let host = (
                hosts::host.eq(key.clone()),
                hosts::failures.eq(small),
                hosts::not_before.eq(large),
                hosts::paused_at.eq(maybe),
                hosts::signature.eq(signature.clone()),
                hosts::signature_at.eq(large),
            );
            diesel::insert_into(hosts::table).values(host).execute(conn)?;
            let member = (
                members::id.eq(i64::try_from(number).unwrap() + 1),
                members::name.eq(format!("{number} {words}")),
                members::role.eq("member"),
                members::language.eq(signature),
                members::joined_at.eq(large),
                members::standing.eq("member"),
                members::was_here.eq(small % 2 == 0),
            );
            diesel::insert_into(members::table).values(member).execute(conn)?;
            let picture = Picture { digest: key, words: String::new(), width: 1, height: small };
            let kept = pictures::Bytes::Here(bytes);
            pictures::insert(conn, &picture, kept, Timestamp::UNIX_EPOCH)?;
        }
        Ok(())
    };
    test.db.write(write).await.unwrap();
}

#[tokio::test]
async fn awkward_values_are_the_same_on_both_engines_and_back() {
    let test = TestDb::new();
    fill(&test).await;
    let before = sum(&test.location).unwrap();
    let (_folder, file) = new_file();
    let mut steps = Vec::new();
    let copied = copy(&test.location, &file, &mut |step| steps.push((step.done, step.of))).unwrap();
    assert_eq!(sum(&file).unwrap(), before, "row by row");
    assert_eq!(copied.tables, before.len());
    assert_eq!(copied.rows, before.iter().map(|(_, sum)| sum.rows).sum::<u64>());
    assert!(copied.rows >= 2_100);
    assert_eq!(steps.len(), before.len());
    // And back again, where the tables are there and empty.
    let empty = TestDb::new();
    let (_other_folder, other) = new_file();
    let other = match &empty.location {
        Location::Postgres(_) => empty.location.clone(),
        // Nobody else may have a file open that is written to.
        Location::Sqlite(_) => {
            copy(&empty.location, &other, &mut |_| ()).unwrap();
            other
        }
    };
    let back = copy(&file, &other, &mut |_| ()).unwrap();
    assert_eq!(back, copied);
    assert_eq!(sum(&other).unwrap(), before);
    // What was copied works, and bytes are bytes.
    let read = |conn: &mut Conn| Ok(hosts::table.select(hosts::not_before).load::<i64>(conn)?);
    let numbers = Db::open(other).unwrap().read(read).await.unwrap();
    assert!(numbers.contains(&i64::MAX) && numbers.contains(&i64::MIN));
}

#[tokio::test]
async fn a_character_that_postgres_cannot_hold_keeps_nobody_from_moving() {
    if postgres().is_some() {
        // Nothing to do: it can only be in a file.
        return;
    }
    let test = TestDb::new();
    let write =
        |conn: &mut Conn| mutuals::db::marks::note(conn, "a\0b", Timestamp::UNIX_EPOCH).map(|_| ());
    test.db.write(write).await.unwrap();
    let (_folder, file) = new_file();
    copy(&test.location, &file, &mut |_| ()).unwrap();
    let Location::Sqlite(path) = &file else { panic!("it is a file") };
    let mut conn = SqliteConnection::establish(path).unwrap();
    let names = mutuals::db::schema::marks::table.select(mutuals::db::schema::marks::name);
    assert_eq!(names.load::<String>(&mut conn).unwrap(), ["a\u{fffd}b"]);
}

#[tokio::test]
async fn a_copy_is_of_one_moment_and_goes_into_an_empty_place_only() {
    let ring = TestApp::start("ring").await;
    let (_folder, file) = new_file();
    let mut snapshot = Snapshot::take(ring.location()).unwrap();
    ring.member("Came later").await;
    let tables = snapshot.tables().to_vec();
    let people = tables.iter().find(|table| table.name == "members").unwrap();
    let mut seen = 0;
    snapshot
        .read(people, |_| {
            seen += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, 0, "nobody was there at that moment");
    drop(snapshot);
    copy(ring.location(), &file, &mut |_| ()).unwrap();
    let before = sum(&file).unwrap();
    let error = format!("{:#}", copy(ring.location(), &file, &mut |_| ()).unwrap_err());
    assert!(error.contains("already"), "{error}");
    assert_eq!(sum(&file).unwrap(), before, "nothing was changed");
    let error = copy(&file, &file, &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("same database"), "{error}");
    let (_nowhere, missing) = new_file();
    let error = copy(&missing, &file, &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("no database"), "{error}");
    assert!(matches!(&missing, Location::Sqlite(path) if !std::path::Path::new(path).exists()));
}

#[test]
fn postgres_counts_on_behind_what_was_copied() {
    if postgres().is_none() {
        return;
    }
    let (from, to) = (TestDb::new(), TestDb::new());
    let connect = |test: &TestDb| {
        let Location::Postgres(url) = &test.location else { panic!("it is a server") };
        PgConnection::establish(url).unwrap()
    };
    let make = "CREATE TABLE counted (id BIGSERIAL PRIMARY KEY, word TEXT)";
    connect(&from).batch_execute(make).unwrap();
    connect(&from).batch_execute("INSERT INTO counted (id, word) VALUES (41, 'a')").unwrap();
    connect(&to).batch_execute(make).unwrap();
    copy(&from.location, &to.location, &mut |_| ()).unwrap();
    connect(&to).batch_execute("INSERT INTO counted (word) VALUES ('b')").unwrap();
    connect(&from).batch_execute("INSERT INTO counted (id, word) VALUES (42, 'b')").unwrap();
    assert_eq!(sum(&to.location).unwrap(), sum(&from.location).unwrap());
}

#[test]
fn a_database_is_copied_by_command() {
    let folder = Folder::new();
    folder.init(1);
    folder.json(&["need", "post", "--title", "Warm blankets"]);
    let url = |location: &Location| match location {
        Location::Sqlite(path) => format!("sqlite:{path}"),
        Location::Postgres(url) => url.clone(),
    };
    let (_folder, file) = new_file();
    let (from, to) = (url(&folder.location()), url(&file));
    let arguments = ["database", "copy", "--from", from.as_str(), "--to", to.as_str()];
    let copied = folder.json(&arguments).remove(0);
    assert!(copied["rows"].as_u64().unwrap() > 0, "{copied}");
    assert_eq!(sum(&file).unwrap(), sum(&folder.location()).unwrap());
    let again = folder.run(&arguments);
    assert_eq!(again.status.code(), Some(3), "{}", text(&again.stderr));
    // The copy is an instance.
    let mut list = folder.command(&["proposal", "list"]);
    let listed = list.env("MUTUALS_DATABASE__URL", &to).output().unwrap();
    assert!(text(&listed.stdout).contains("Warm blankets"), "{}", text(&listed.stderr));
}
