//! From one release to the next and the one after: what was there is there, whoever is killed or
//! starts twice, and what would not be understood is not touched.

mod kills;
mod long_work;
mod refusals;
mod releases;

use std::path::PathBuf;

use mutuals::db::Location;
use mutuals::db::migrate::Migrations;

use crate::cli::Folder;
use crate::migrations::Either;
use crate::testapp::postgres;

/// A moment in November 2026, in microseconds.
const THEN: &str = "1795000000000000";

/// The newest change of the first release.
const FIRST: &str = "20261123000000";

/// What the first release knew.
fn first_release() -> Migrations {
    Migrations::before("20261124")
}

/// What the one after it knew.
fn second_release() -> Migrations {
    Migrations::before("20261128")
}

/// A house that the first release left, with people in it.
fn old_house(port: u16) -> Folder {
    let house = Folder::of(first_release());
    move_in(&house.location(), port);
    house
}

/// Fills the tables of the first release.
fn move_in(location: &Location, port: u16) {
    let ours = mutuals::keys::generate().unwrap();
    let instance = mutuals::keys::generate().unwrap();
    let rows = [
        format!(
            "INSERT INTO collective VALUES (1, 'ring', 'Ring Street', '', \
             'http://127.0.0.1:{port}/', 'en', {THEN}, {THEN})"
        ),
        format!(
            "INSERT INTO actor_keys VALUES ('collective', '{}', '{}', {THEN}), \
             ('instance', '{}', '{}', {THEN})",
            ours.rsa, ours.ed25519, instance.rsa, instance.ed25519
        ),
        format!(
            "INSERT INTO members VALUES (1, 'Ana', 'steward', NULL, NULL, {THEN}), \
             (2, 'Bo', 'member', 'es', NULL, {THEN})"
        ),
        format!(
            "INSERT INTO proposals (id, purpose, title, text, amount, unit, language, audience, \
             state, published_at, updated_at, revision, promised, reserved, answers, came_low, \
             came_high) VALUES (7, 'need', 'Forty blankets', 'Any size.', '40', 'one', 'en', \
             'public', 'open', {THEN}, {THEN}, 1, '12', '0', 1, '0', '0')"
        ),
        "INSERT INTO proposal_private VALUES (7, 1, 'Mrs Ito', NULL)".to_owned(),
        format!("INSERT INTO promises VALUES (8, 7, '12', '12', 'active', {THEN})"),
        "INSERT INTO promise_private VALUES (8, 2, 'after six')".to_owned(),
        format!(
            "INSERT INTO remote_actors (id, url, kind, address, name, inbox, shared_inbox, page, \
             key_id, key_pem, fetched_at) VALUES (9, 'https://peer.example/u/ada', 'Person', \
             'ada@peer.example', 'Ada', 'https://peer.example/u/ada/inbox', \
             'https://peer.example/inbox', 'https://peer.example/@ada', \
             'https://peer.example/u/ada#key', '-----BEGIN x', {THEN})"
        ),
        format!("INSERT INTO followers VALUES (9, 'https://peer.example/f/1', {THEN})"),
        format!(
            "INSERT INTO jobs VALUES (10, 'receive', 'https://peer.example/u/ada', '[]', {THEN}, \
             0, 0, NULL)"
        ),
        format!("INSERT INTO sent_activities VALUES (11, 'a', 'o', '[]', TRUE, {THEN})"),
    ];
    let mut conn = Either::connect(location);
    rows.iter().for_each(|row| conn.run(row));
}

/// Everything of the first release, where this release has it.
fn everything_is_there(location: &Location) {
    let mut conn = Either::connect(location);
    let mut is = |sql: &str, wanted: &[(&str, &str)]| {
        let found = conn.pairs(sql);
        let wanted: Vec<(String, String)> =
            wanted.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        assert_eq!(found, wanted, "{sql}");
    };
    is(
        "SELECT name, standing AS kind FROM members WHERE was_here AND left_at IS NULL \
         ORDER BY name",
        &[("Ana", "member"), ("Bo", "member")],
    );
    // (A server that ran for a moment has sealed it already.)
    is(
        "SELECT p.title AS name, CASE WHEN q.on_behalf_of LIKE 's1.%' THEN 'Mrs Ito' \
         ELSE q.on_behalf_of END AS kind FROM proposals p \
         JOIN proposal_private q ON q.proposal_id = p.id WHERE p.asked_by IS NULL",
        &[("Forty blankets", "Mrs Ito")],
    );
    is(
        "SELECT CASE WHEN q.note LIKE 's1.%' THEN 'after six' ELSE q.note END AS name, \
         p.active AS kind FROM promises p \
         JOIN promise_private q ON q.promise_id = p.id",
        &[("after six", "12")],
    );
    is(
        "SELECT key_id AS name, material AS kind FROM remote_keys WHERE actor_id = 9",
        &[("https://peer.example/u/ada#key", "-----BEGIN x")],
    );
    is(
        "SELECT url AS name, host AS kind FROM inboxes WHERE subscribed AND last_sent = 11",
        &[("https://peer.example/inbox", "peer.example")],
    );
    is(
        "SELECT actor AS name, 'kept' AS kind FROM actor_keys \
         WHERE generation = 1 AND retired_at IS NULL ORDER BY actor",
        &[("collective", "kept"), ("instance", "kept")],
    );
    is("SELECT mode AS name, 'x' AS kind FROM federation_mode", &[("open", "x")]);
}

/// How many migrations a database has.
fn applied(location: &Location) -> i64 {
    Either::connect(location).number("SELECT COUNT(*) AS n FROM __diesel_schema_migrations")
}

/// The versions of the changes that wait.
fn waiting(house: &Folder) -> Vec<String> {
    let lines = house.json(&["migrate", "--dry-run"]);
    let ids = lines.iter().map(|line| line["id"].as_str().unwrap().to_owned());
    ids.filter(|id| id != "migrate").collect()
}

/// Brings a house up to date with the real program.
fn bring_up_to_date(house: &Folder) {
    let done = house.json(&["migrate", "--i-have-a-backup"]).remove(0);
    assert!(["done", "up to date"].contains(&done["state"].as_str().unwrap()), "{done}");
    assert!(waiting(house).is_empty());
    if is_sqlite() {
        let mut conn = Either::connect(&house.location());
        let broken = "SELECT COUNT(*) AS n FROM pragma_foreign_key_check";
        assert_eq!(conn.number(broken), 0);
        let verdict = "SELECT integrity_check AS name, 'x' AS kind FROM pragma_integrity_check";
        assert_eq!(conn.pairs(verdict), [("ok".to_owned(), "x".to_owned())]);
    }
}

/// Files beside the database of a house whose names begin like this.
fn beside(house: &Folder, begins: &str) -> Vec<PathBuf> {
    let data = house.folder.path().join("data");
    let entries = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap());
    let is_wanted =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(begins);
    entries.map(|entry| entry.path()).filter(is_wanted).collect()
}

/// Whether this run is about a file.
fn is_sqlite() -> bool {
    postgres().is_none()
}
