//! Bringing the schema up to date, so that nothing is lost whatever happens in the middle of it.
//!
//! What is there is looked at first, and nothing is touched if it is not ours, if a newer release
//! changed it in a way that we would not understand, if there is too little room, or if somebody
//! works on it (`locks`). A SQLite file is copied first (`copies`); of PostgreSQL somebody must say
//! that there is a backup. Each step is one transaction with its own mark, and long work is done in
//! pieces (`long_work`): whoever is killed goes on where it was.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use diesel::backend::Backend;
use diesel::connection::{SimpleConnection as _, TransactionManager as _};
use diesel::migration::{Migration, MigrationConnection as _, MigrationSource as _};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use jiff::Timestamp;

use crate::db::schema::compatible_migrations;
use crate::db::{Conn, Location, each_backend, writer};

mod copies;
mod locks;
mod long_work;
mod look;
mod plan;

pub use locks::{CHANGING, SERVING, is_changing, try_lock};
pub(in crate::db) use locks::{note_server_again, shut_out_everybody};
pub use long_work::LongWork;
pub(in crate::db) use look::check_file;
use look::{Found, Step, look};
pub use plan::{Plan, plan};

pub(in crate::db) const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
pub(in crate::db) const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// The long works of this release, in their order.
const LONG_WORKS: &[LongWork] = &[];

/// Migrations that only add, and the newest migration of the oldest release that runs on a database
/// which has them: migrations/README.md says what may stand here.
const COMPATIBLE: &[(&str, &str)] = &[("20261130000040", "20261129000051")];

/// By this SQLite's files are known to be ours: MUTU.
const APPLICATION: i32 = 0x4d55_5455;

/// What is said if nobody said that there is a backup.
const NEEDS_BACKUP: &str = "the database must be brought up to date, and PostgreSQL cannot be copied \
    from here. Nothing was changed. Make a backup (mutuals backup create, or pg_dump), then run \
    mutuals migrate --i-have-a-backup, with the same --data";

/// How bringing up to date waits for others who use PostgreSQL.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '30s'";

type Manager = <Conn as Connection>::TransactionManager;

/// What a release knows to do: all that is built in, or what was before a day.
#[derive(Clone, Copy)]
pub struct Migrations {
    before: Option<&'static str>,
    works: &'static [LongWork],
}

/// How a database is opened.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// Up to where it is brought.
    pub migrations: Migrations,
    /// Whether a server does it, who waits as long as it takes; it has the right to serve already.
    pub serves: bool,
    /// Whether somebody said that there is a backup. SQLite needs no word: it is copied.
    pub has_backup: bool,
    /// Hears how many of a hundred parts are done.
    pub progress: &'a dyn Fn(u8),
}

impl Default for Migrations {
    fn default() -> Self {
        Self { before: None, works: LONG_WORKS }
    }
}

impl Migrations {
    /// What a release knew that was made before a day such as 20261128.
    pub fn before(day: &'static str) -> Self {
        Self { before: Some(day), works: &[] }
    }

    /// The same with other long works.
    pub fn with(self, works: &'static [LongWork]) -> Self {
        Self { works, ..self }
    }

    /// Every step, in its order.
    fn steps(&self) -> anyhow::Result<Vec<Step>> {
        // Both engines have the same, which is tested.
        let all: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(said)?;
        let migrations = all.iter().map(|each| Step {
            version: each.name().version().to_string(),
            name: each.name().to_string(),
            work: None,
        });
        let works = self.works.iter().map(|work| Step {
            version: work.version.to_owned(),
            name: work.name.to_owned(),
            work: Some(*work),
        });
        let is_known = |step: &Step| self.before.is_none_or(|day| step.version.as_str() < day);
        let mut steps: Vec<Step> = migrations.chain(works).filter(is_known).collect();
        steps.sort_by(|a, b| a.version.cmp(&b.version));
        Ok(steps)
    }
}

impl Default for Opening<'_> {
    fn default() -> Self {
        Self {
            migrations: Migrations::default(),
            serves: false,
            has_backup: false,
            progress: &nobody_hears,
        }
    }
}

fn nobody_hears(_: u8) {}

/// Opens a database and brings it up to date. Answers a connection, and one that must stay open as
/// long as a server works: by it others know that it does.
pub(in crate::db) fn open(
    location: &Location,
    opening: &Opening<'_>,
) -> anyhow::Result<(Conn, Option<Conn>)> {
    match location {
        Location::Sqlite(path) => {
            let opened = open_file(location, path, opening);
            Ok((opened.map_err(|error| because_full(path, error))?, None))
        }
        Location::Postgres(_) => open_postgres(location, opening),
    }
}

/// A full disk makes itself known in many ways, and few of them say so.
fn because_full(path: &str, error: anyhow::Error) -> anyhow::Error {
    match copies::room(path) {
        Ok(room) if room < copies::FULL => error.context(copies::too_little(path, room)),
        _ => error,
    }
}

fn open_file(location: &Location, path: &str, opening: &Opening<'_>) -> anyhow::Result<Conn> {
    let (conn, found) = find(location, path, opening)?;
    if found.pending.is_empty() {
        return Ok(conn);
    }
    // Nothing of ours may be open while somebody else changes it.
    drop(conn);
    let mut locks = locks::lock_file(path, opening.serves)?;
    let (mut conn, found) = find(location, path, opening)?;
    if found.pending.is_empty() {
        return Ok(conn);
    }
    if found.is_fresh {
        run_all(&mut conn, &found, opening)?;
        return Ok(conn);
    }
    copies::check_room(path)?;
    // Copying takes a while as well.
    (opening.progress)(0);
    let from = match begun(&mut locks.changing, &found)? {
        // Whoever began was killed; from before that is the copy that counts. If no step came to its
        // end, another release may have worked on the file since: then it is copied anew.
        Some(from) if from != found.newest() && Path::new(&copies::name(path, &from)).exists() => {
            from
        }
        _ => {
            if let Conn::Sqlite(c) = &mut conn {
                copies::make(c, path, found.newest())?;
            }
            found.newest().to_owned()
        }
    };
    let to = found.pending.last().map_or("", |step| step.version.as_str());
    mark(&mut locks.changing, &format!("{from} {to}"))?;
    run_all(&mut conn, &found, opening).with_context(|| {
        let copy = copies::name(path, &from);
        format!("as it was before, {path} lies in {copy}; starting again goes on where it ended")
    })?;
    mark(&mut locks.changing, "")?;
    Ok(conn)
}

/// Looks at a file before anything is done to it, and again under the lock.
fn find(location: &Location, path: &str, opening: &Opening<'_>) -> anyhow::Result<(Conn, Found)> {
    look::check_file(path)?;
    let mut conn = location.connect()?;
    let found = look(&mut conn, location, &opening.migrations)?;
    Ok((conn, found))
}

/// The version from which somebody began to change the file, and did not come to an end.
fn begun(file: &mut File, found: &Found) -> anyhow::Result<Option<String>> {
    let mut mark = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut mark)?;
    let Some((from, to)) = mark.split_once(' ') else { return Ok(None) };
    // Somebody killed after the last step did come to an end.
    let is_unfinished = found.pending.iter().any(|step| step.version == to);
    Ok(is_unfinished.then(|| from.to_owned()))
}

fn mark(file: &mut File, words: &str) -> anyhow::Result<()> {
    // In this order, so that whoever is killed in between leaves a mark.
    file.seek(SeekFrom::Start(0))?;
    file.write_all(words.as_bytes())?;
    let end = file.stream_position()?;
    file.set_len(end)?;
    file.sync_all().context("how far it has come cannot be noted")
}

fn open_postgres(
    location: &Location,
    opening: &Opening<'_>,
) -> anyhow::Result<(Conn, Option<Conn>)> {
    let mut conn = location.connect()?;
    let found = look(&mut conn, location, &opening.migrations)?;
    if found.pending.is_empty() && !opening.serves {
        return Ok((conn, None));
    }
    if let Conn::Pg(c) = &mut conn {
        locks::lock_schema(c, opening.serves)?;
    }
    let found = look(&mut conn, location, &opening.migrations)?;
    if !found.pending.is_empty() {
        ensure!(found.is_fresh || opening.has_backup, NEEDS_BACKUP);
        change_postgres(&mut conn, &found, opening)?;
    }
    if let Conn::Pg(c) = &mut conn {
        if opening.serves {
            locks::note_server(c)?;
        }
        locks::unlock_schema(c)?;
    }
    if opening.serves { Ok((location.connect()?, Some(conn))) } else { Ok((conn, None)) }
}

fn change_postgres(conn: &mut Conn, found: &Found, opening: &Opening<'_>) -> anyhow::Result<()> {
    let shuts_out = !found.is_fresh && !only_adds(found);
    if let Conn::Pg(c) = conn {
        if shuts_out {
            locks::shut_out_servers(c)?;
        }
        c.batch_execute(LOCK_TIMEOUT)?;
    }
    run_all(conn, found, opening)?;
    if let Conn::Pg(c) = conn {
        c.batch_execute("SET lock_timeout = DEFAULT")?;
        if shuts_out {
            locks::let_servers_in(c)?;
        }
    }
    Ok(())
}

/// Whether servers of the release that the database is of can go on meanwhile.
fn only_adds(found: &Found) -> bool {
    found.pending.iter().filter(|step| step.work.is_none()).all(|step| {
        compatible(&step.version).is_some_and(|(_, back_to)| *back_to <= found.newest())
    })
}

fn compatible(version: &str) -> Option<&'static (&'static str, &'static str)> {
    COMPATIBLE.iter().find(|(known, _)| *known == version)
}

fn run_all(conn: &mut Conn, found: &Found, opening: &Opening<'_>) -> anyhow::Result<()> {
    let all = found.pending.len();
    for (done, step) in found.pending.iter().enumerate() {
        let tell = |part: usize| {
            let percent = (done * 100 + part) / all.max(1);
            (opening.progress)(u8::try_from(percent).unwrap_or(100));
        };
        tell(0);
        if !found.is_fresh {
            tracing::info!(step = step.name, "bringing the database up to date");
        }
        let ran = match &step.work {
            Some(work) => work.run(conn, tell).map_err(anyhow::Error::from),
            None => run(conn, &step.version),
        };
        ran.with_context(|| {
            format!(
                "the database cannot be brought up to date: the step {} failed and was undone; \
                 those before it are done",
                step.name
            )
        })?;
    }
    (opening.progress)(100);
    if !found.is_fresh {
        tracing::info!(migrations = all, "brought the database up to date");
    }
    Ok(())
}

/// One migration with its mark, or nothing of it.
fn run(conn: &mut Conn, version: &str) -> anyhow::Result<()> {
    writer::begin(conn)?;
    match apply(conn, version) {
        Ok(()) => Ok(Manager::commit_transaction(conn)?),
        Err(error) => {
            // What matters is why it failed; the end of the connection undoes it as well.
            let _ = Manager::rollback_transaction(conn);
            Err(error)
        }
    }
}

fn apply(conn: &mut Conn, version: &str) -> anyhow::Result<()> {
    match conn {
        Conn::Sqlite(c) => {
            let migration = built_in::<Sqlite>(&SQLITE, version)?;
            c.setup()?;
            c.run_migration(&*migration).map_err(said)?;
        }
        Conn::Pg(c) => {
            let migration = built_in::<Pg>(&POSTGRES, version)?;
            c.setup()?;
            c.run_migration(&*migration).map_err(said)?;
        }
    }
    if let Some((version, back_to)) = compatible(version) {
        let row = (
            compatible_migrations::version.eq(*version),
            compatible_migrations::back_to.eq(*back_to),
        );
        each_backend!(conn, |c| diesel::insert_into(compatible_migrations::table)
            .values(row)
            .execute(c))?;
    }
    if let Conn::Sqlite(c) = conn {
        let count = look::count(c, "SELECT COUNT(*) AS n FROM __diesel_schema_migrations")?;
        c.batch_execute(&format!(
            "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {count}"
        ))?;
    }
    Ok(())
}

fn built_in<DB: Backend>(
    source: &EmbeddedMigrations,
    version: &str,
) -> anyhow::Result<Box<dyn Migration<DB>>> {
    let all: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(said)?;
    all.into_iter()
        .find(|each| each.name().version().to_string() == version)
        .with_context(|| format!("there is no migration {version}"))
}

fn said(error: Box<dyn std::error::Error + Send + Sync>) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// Removes the copies of a SQLite file that are older than a week.
pub(in crate::db) fn remove_stale_copies(
    location: &Location,
    now: Timestamp,
) -> anyhow::Result<()> {
    match location {
        Location::Sqlite(path) => copies::remove_stale(path, now),
        Location::Postgres(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_only_adds_is_a_migration_and_names_an_earlier_one() {
        let steps = Migrations::default().steps().unwrap();
        let is_known = |version: &str| steps.iter().any(|step| step.version == version);
        for (version, back_to) in COMPATIBLE {
            assert!(is_known(version) && is_known(back_to) && back_to < version, "{version}");
            // The table in which it is said is made by this one.
            assert!(*version >= "20261130000040", "{version}");
        }
    }

    #[test]
    fn a_release_knows_what_was_made_before_its_day() {
        let count = |migrations: Migrations| migrations.steps().unwrap().len();
        assert_eq!(count(Migrations::before("20261124")), 1);
        assert_eq!(count(Migrations::before("20261123")), 0);
        assert!(count(Migrations::default()) > count(Migrations::before("20261130")));
    }
}
