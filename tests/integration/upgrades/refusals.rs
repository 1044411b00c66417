//! What is refused before anything is touched.

use std::fs;

use mutuals::db::migrate::Opening;
use mutuals::db::{Db, Location};

use super::{applied, beside, bring_up_to_date, everything_is_there, first_release, is_sqlite};
use crate::cli::{Folder, text};
use crate::crashes::disk::SmallDisk;
use crate::migrations::Either;

#[test]
fn f_20_with_too_little_room_nothing_is_touched() {
    if !is_sqlite() {
        return;
    }
    let house = Folder::new();
    let data = house.folder.path().join("data");
    let disk = match SmallDisk::mount(&data) {
        Ok(disk) => disk,
        Err(why) => return println!("SKIPPED: a small disk cannot be mounted: {why}"),
    };
    house.fill(first_release());
    super::move_in(&house.location(), 1);
    let refuse = |task: &[&str]| {
        let refused = house.run(task);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{task:?}: {said}");
        assert!(said.contains("must be free beside it"), "{task:?}: {said}");
        assert!(said.contains("Nothing was changed"), "{said}");
    };
    disk.fill();
    refuse(&["migrate"]);
    refuse(&["member", "list"]);
    // Enough to work with, and not enough for a copy.
    let filler = fs::OpenOptions::new().write(true).open(data.join("filler")).unwrap();
    filler.set_len(filler.metadata().unwrap().len() - 1024 * 1024).unwrap();
    // While it is open its room is not given back.
    drop(filler);
    refuse(&["migrate"]);
    refuse(&["member", "list"]);
    assert!(beside(&house, "mutuals.db.before-").is_empty());
    assert!(beside(&house, "mutuals.db.copying").is_empty());
    assert_eq!(applied(&house.location()), 1);
    let plan = house.json(&["migrate", "--dry-run"]).pop().unwrap();
    assert!(plan["free"].as_u64().unwrap() < plan["needed"].as_u64().unwrap(), "{plan}");
    disk.make_room();
    bring_up_to_date(&house);
    everything_is_there(&house.location());
}

#[test]
fn f_21_a_file_that_is_not_ours_is_not_touched() {
    if !is_sqlite() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    fs::write(at("letter"), "Dear neighbours, ".repeat(1_000)).unwrap();
    for (name, sql) in [
        ("other", "CREATE TABLE songs (id INTEGER PRIMARY KEY)"),
        ("marked", "PRAGMA application_id = 7; CREATE TABLE members (id INTEGER)"),
        ("like", "CREATE TABLE __diesel_schema_migrations (version TEXT, run_on TEXT)"),
    ] {
        Either::connect(&Location::Sqlite(at(name))).run(sql);
    }
    for (name, why) in [
        ("letter", "is no database of Mutuals"),
        ("other", "belongs to another program"),
        ("marked", "belongs to another program"),
        ("like", "belongs to another program"),
    ] {
        let before = fs::read(at(name)).unwrap();
        let error = Db::open(Location::Sqlite(at(name))).err().unwrap();
        assert!(format!("{error:#}").contains(why), "{name}: {error:#}");
        assert_eq!(fs::read(at(name)).unwrap(), before, "{name}");
    }
}

#[test]
fn f_21_a_file_says_whose_it_is_and_how_often_it_was_changed() {
    if !is_sqlite() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let location = Location::choose(None, folder.path()).unwrap();
    for migrations in [first_release(), super::second_release(), Default::default()] {
        drop(
            Db::open_with(location.clone(), &Opening { migrations, ..Opening::default() }).unwrap(),
        );
        let mut conn = Either::connect(&location);
        let id = "SELECT application_id AS n FROM pragma_application_id";
        assert_eq!(conn.number(id), 0x4d55_5455);
        let version = "SELECT user_version AS n FROM pragma_user_version";
        assert_eq!(conn.number(version), applied(&location));
    }
    // Somebody took a change away behind its back.
    Either::connect(&location)
        .run("DELETE FROM __diesel_schema_migrations WHERE version = '20261129000051'");
    let error = Db::open(location).err().unwrap().to_string();
    assert!(error.contains("Go back to a backup"), "{error}");
}
