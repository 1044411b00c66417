//! Across two releases, and one back.

use std::os::unix::fs::PermissionsExt as _;

use jiff::SignedDuration;
use mutuals::clock::Clock;
use mutuals::db::migrate::{Migrations, Opening};
use mutuals::db::{Db, Location};

use super::{
    FIRST, THEN, applied, beside, bring_up_to_date, everything_is_there, is_sqlite, old_house,
    second_release, waiting,
};
use crate::cli::{Folder, Running, fetch, free_port, text, wait};
use crate::migrations::Either;
use crate::testapp::TestDb;

/// What somebody does in the second release.
fn live_on(location: &Location) {
    let mut conn = Either::connect(location);
    conn.run(&format!(
        "INSERT INTO pacts VALUES (20, 9, 'accepted', 1, 1, 'accepted', 2, 1, NULL, NULL, TRUE, \
         TRUE, FALSE, FALSE, {THEN}, {THEN})"
    ));
    conn.run(&format!(
        "INSERT INTO member_handles_private VALUES ('https://peer.example/u/bo', 2, \
         'bo@peer.example', {THEN})"
    ));
    // What was taken in by the first release waits in the journal now.
    let waits = "SELECT actor AS name, body AS kind FROM journal WHERE failed_at IS NULL";
    assert_eq!(conn.pairs(waits), [("https://peer.example/u/ada".to_owned(), "[]".to_owned())]);
}

#[test]
fn f_20_an_upgrade_across_two_releases_keeps_everything() {
    let house = old_house(1);
    let location = house.location();
    let opening = Opening { migrations: second_release(), has_backup: true, ..Opening::default() };
    drop(Db::open_with(location.clone(), &opening).unwrap());
    live_on(&location);

    // Looking changes nothing.
    let before = applied(&location);
    let steps = waiting(&house).len();
    assert!(steps > 10);
    assert_eq!(applied(&location), before);

    if is_sqlite() {
        // Any command will do, because the file is copied first.
        assert_eq!(house.json(&["member", "list"]).len(), 2);
    } else {
        let refused = house.run(&["member", "list"]);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("mutuals migrate --i-have-a-backup"), "{said}");
        assert_eq!(applied(&location), before);
        bring_up_to_date(&house);
    }
    assert_eq!(applied(&location), before + i64::try_from(steps).unwrap());
    everything_is_there(&location);
    let mut conn = Either::connect(&location);
    let pact = "SELECT ours AS name, theirs AS kind FROM pacts WHERE theirs_sequence = 2";
    assert_eq!(conn.pairs(pact), [("accepted".to_owned(), "accepted".to_owned())]);
    let handle = "SELECT address AS name, 'x' AS kind FROM member_handles_private \
                  WHERE member_id = 2 AND thread_url IS NULL";
    assert_eq!(conn.pairs(handle), [("bo@peer.example".to_owned(), "x".to_owned())]);
    bring_up_to_date(&house);
    // And it is lived in.
    house.json(&["need", "post", "--title", "Soup"]);
    let needs = house.json(&["proposal", "list"]);
    let titles: Vec<_> = needs.iter().map(|need| need["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Soup", "Forty blankets"]);
}

#[test]
fn f_20_a_file_is_copied_before_it_is_changed_and_the_copy_goes_after_a_week() {
    if !is_sqlite() {
        return;
    }
    let house = old_house(1);
    bring_up_to_date(&house);
    let name = format!("mutuals.db.before-{FIRST}");
    let copies = beside(&house, "mutuals.db.before-");
    assert_eq!(copies, [house.folder.path().join("data").join(&name)]);
    let mode = std::fs::metadata(&copies[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let copy = Location::Sqlite(copies[0].to_string_lossy().into_owned());
    assert_eq!(applied(&copy), 1);
    let title = "SELECT title AS name, amount AS kind FROM proposals";
    let kept = Either::connect(&copy).pairs(title);
    assert_eq!(kept, [("Forty blankets".to_owned(), "40".to_owned())]);
    assert!(beside(&house, "mutuals.db.copying").is_empty());

    let db = Db::open(house.location()).unwrap();
    let now = Clock::system().now();
    db.remove_stale_copies(now + SignedDuration::from_hours(6 * 24)).unwrap();
    assert_eq!(beside(&house, "mutuals.db.before-").len(), 1);
    db.remove_stale_copies(now + SignedDuration::from_hours(8 * 24)).unwrap();
    assert!(beside(&house, "mutuals.db.before-").is_empty());
}

#[test]
fn f_21_the_copy_leads_back_to_the_release_before() {
    if !is_sqlite() {
        return;
    }
    let house = old_house(1);
    bring_up_to_date(&house);
    let opening = Opening { migrations: super::first_release(), ..Opening::default() };
    let refused = Db::open_with(house.location(), &opening).err().unwrap().to_string();
    let copy = beside(&house, "mutuals.db.before-").remove(0);
    assert!(refused.contains(copy.to_str().unwrap()), "{refused}");
    // As it says.
    let path = house.folder.path().join("data/mutuals.db");
    for ending in ["-wal", "-shm"] {
        // They may be gone already.
        let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
    }
    std::fs::rename(copy, &path).unwrap();
    drop(Db::open_with(house.location(), &opening).unwrap());
    assert_eq!(applied(&house.location()), 1);
    // And forward again.
    bring_up_to_date(&house);
    everything_is_there(&house.location());
}

/// Changes a database as a release that is not made yet will.
fn change_as_a_later_release(location: &Location) -> String {
    let mut conn = Either::connect(location);
    let newest = "SELECT MAX(version) AS name, 'x' AS kind FROM __diesel_schema_migrations";
    let newest = conn.pairs(newest).remove(0).0;
    conn.run("ALTER TABLE members ADD COLUMN later TEXT");
    conn.run("CREATE TABLE later_things (id BIGINT PRIMARY KEY NOT NULL)");
    conn.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
    if is_sqlite() {
        let count = applied(location);
        conn.run(&format!("PRAGMA user_version = {count}"));
    }
    newest
}

#[test]
fn f_21_this_release_refuses_what_a_newer_one_changed_and_touches_nothing() {
    let house = Folder::new();
    house.init(1);
    house.json(&["need", "post", "--title", "Soup"]);
    let location = house.location();
    change_as_a_later_release(&location);
    let tasks: [&[&str]; 4] = [
        &["need", "post", "--title", "Bread"],
        &["member", "list"],
        &["migrate", "--i-have-a-backup"],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    for task in tasks {
        let refused = house.run(task);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{task:?}: {said}");
        assert!(said.contains("a newer release changed the database"), "{task:?}: {said}");
        assert!(said.contains("29991231000000"), "{said}");
        assert!(said.contains("Install the newer release again"), "{said}");
    }
    let mut conn = Either::connect(&location);
    assert_eq!(conn.number("SELECT COUNT(*) AS n FROM proposals"), 1);
}

#[test]
fn f_21_this_release_runs_where_a_newer_one_only_added() {
    let (house, port) = (Folder::new(), free_port());
    house.init(port);
    let location = house.location();
    let newest = change_as_a_later_release(&location);
    Either::connect(&location)
        .run(&format!("INSERT INTO compatible_migrations VALUES ('29991231000000', '{newest}')"));
    house.json(&["need", "post", "--title", "Soup"]);
    house.json(&["member", "add", "Tove"]);
    let listen = format!("127.0.0.1:{port}");
    let mut serve = house.command(&["serve", "--listen", &listen]);
    let mut server = Running(serve.spawn().unwrap());
    wait(std::time::Duration::from_secs(20), || {
        fetch(port, "/board").is_some_and(|page| page.contains("Soup"))
    });
    assert_eq!(server.stop("-TERM"), Some(0));
    // One that is older than it says is refused.
    Either::connect(&location).run("UPDATE compatible_migrations SET back_to = '29991230000000'");
    assert_eq!(house.run(&["member", "list"]).status.code(), Some(1));
}

#[test]
fn f_21_the_release_of_yesterday_runs_on_today_if_today_only_added() {
    let test = TestDb::new();
    let yesterday = Opening { migrations: Migrations::before("20261130"), ..Opening::default() };
    let mut conn = Either::connect(&test.location);
    conn.run("DELETE FROM compatible_migrations");
    let refused = Db::open_with(test.location.clone(), &yesterday).err().unwrap().to_string();
    assert!(refused.contains("a newer release changed the database"), "{refused}");
    conn.run(
        "INSERT INTO compatible_migrations SELECT version, '20261129000051' \
         FROM __diesel_schema_migrations WHERE version > '20261130'",
    );
    drop(Db::open_with(test.location.clone(), &yesterday).unwrap());
    // And it did nothing to it.
    drop(Db::open(test.location.clone()).unwrap());
}
