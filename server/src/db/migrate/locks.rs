//! Who may change the schema: one process at a time, and none under a server that would not
//! understand the change.
//!
//! On SQLite these are lock files beside the database, on PostgreSQL advisory locks. Whoever holds
//! them may be killed: the operating system, or the server of the database, lets go of them.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Bool;
use diesel::{PgConnection, RunQueryDsl as _, sql_query};

/// What the name of the lock file of a server adds to the name of the database.
pub const SERVING: &str = ".serving";
/// The same of whoever changes the schema.
pub const CHANGING: &str = ".changing";

/// How long a command waits. A server waits as long as it takes.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

const SOMEBODY_CHANGES: &str = "another process is bringing it up to date";
const SOMEBODY_SERVES: &str = "a server of an earlier release runs on it";

/// The right to change the schema of a SQLite file.
pub(in crate::db) struct FileLocks {
    // Let go of first: whoever finds it taken by us finds the other taken too.
    _serving: Option<File>,
    /// In it stands from which version to which the change goes, as long as it is under way.
    pub changing: File,
}

/// Locks a file that is made if it is missing; nothing if another process has it.
pub fn try_lock(name: &str) -> anyhow::Result<Option<File>> {
    let file = open(name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {name}"))
        }
    }
}

fn open(name: &str) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(name).with_context(|| format!("cannot open {name}"))
}

/// Whether somebody changes the schema of a SQLite file just now.
pub fn is_changing(path: &str) -> anyhow::Result<bool> {
    // Shared, so that two who ask do not hinder each other.
    match open(&format!("{path}{CHANGING}"))?.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the database"),
    }
}

/// Waits for the right to change the schema of a SQLite file. A server has the right to serve it
/// already (see `serving.rs`); anybody else needs that too, because nobody may serve meanwhile.
pub(in crate::db) fn lock_file(path: &str, serves: bool) -> anyhow::Result<FileLocks> {
    let mut waiting = Waiting::new(serves);
    loop {
        let why = match try_lock(&format!("{path}{CHANGING}"))? {
            None => SOMEBODY_CHANGES,
            Some(changing) if serves => return Ok(FileLocks { _serving: None, changing }),
            Some(changing) => match try_lock(&format!("{path}{SERVING}"))? {
                Some(serving) => return Ok(FileLocks { _serving: Some(serving), changing }),
                None => SOMEBODY_SERVES,
            },
        };
        waiting.go_on(why)?;
    }
}

/// Waits for the right to change the schema of a PostgreSQL database, until [`unlock_schema`] or the
/// end of the connection.
pub(in crate::db) fn lock_schema(conn: &mut PgConnection, serves: bool) -> anyhow::Result<()> {
    // By the second number every schema has a lock of its own.
    let ask = "SELECT pg_try_advisory_lock(7215841, \
               hashtext(coalesce(current_schema()::text, ''))) AS got";
    let mut waiting = Waiting::new(serves);
    while !get(conn, ask)? {
        waiting.go_on(SOMEBODY_CHANGES)?;
    }
    Ok(())
}

/// Lets go of it.
pub(in crate::db) fn unlock_schema(conn: &mut PgConnection) -> anyhow::Result<()> {
    conn.batch_execute(
        "SELECT pg_advisory_unlock(7215841, hashtext(coalesce(current_schema()::text, '')))",
    )?;
    Ok(())
}

/// Makes sure that no server works on a PostgreSQL database, until the end of the connection or
/// [`let_servers_in`].
pub(in crate::db) fn shut_out_servers(conn: &mut PgConnection) -> anyhow::Result<()> {
    let ask = "SELECT pg_try_advisory_lock(7215840, \
               hashtext(coalesce(current_schema()::text, ''))) AS got";
    ensure!(
        get(conn, ask)?,
        "the database must be brought up to date, and {SOMEBODY_SERVES}, which would not \
         understand it any more. Nothing was changed. End all servers, then start this one"
    );
    Ok(())
}

/// Ends what [`shut_out_servers`] began.
pub(in crate::db) fn let_servers_in(conn: &mut PgConnection) -> anyhow::Result<()> {
    conn.batch_execute(
        "SELECT pg_advisory_unlock(7215840, hashtext(coalesce(current_schema()::text, '')))",
    )?;
    Ok(())
}

/// Notes that a server works on a PostgreSQL database, until the end of the connection. Whoever
/// calls it holds the lock of [`lock_schema`], so that nobody can be in the way.
pub(in crate::db) fn note_server(conn: &mut PgConnection) -> anyhow::Result<()> {
    conn.batch_execute(
        "SELECT pg_advisory_lock_shared(7215840, \
         hashtext(coalesce(current_schema()::text, '')))",
    )?;
    Ok(())
}

/// Makes sure that nobody serves a PostgreSQL database or changes its schema, until the end of the
/// connection: for whoever puts another instance into its place. Servers that begin meanwhile wait.
pub(in crate::db) fn shut_out_everybody(conn: &mut PgConnection) -> anyhow::Result<()> {
    let changing = "SELECT pg_try_advisory_lock(7215841, \
                    hashtext(coalesce(current_schema()::text, ''))) AS got";
    let serving = "SELECT pg_try_advisory_lock(7215840, \
                   hashtext(coalesce(current_schema()::text, ''))) AS got";
    ensure!(
        get(conn, changing)?,
        "another process changes this database just now. Nothing was changed. Wait until it is \
         done, then try again"
    );
    ensure!(
        get(conn, serving)?,
        "this database is served by another process: stop it first. Nothing was changed"
    );
    Ok(())
}

/// Notes the same as [`note_server`] by another connection, if nobody is in the way: should the
/// first one break, others still know of the server.
pub(in crate::db) fn note_server_again(conn: &mut PgConnection) -> anyhow::Result<()> {
    conn.batch_execute(
        "SELECT pg_try_advisory_lock_shared(7215840, \
         hashtext(coalesce(current_schema()::text, '')))",
    )?;
    Ok(())
}

fn get(conn: &mut PgConnection, sql: &'static str) -> anyhow::Result<bool> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        got: bool,
    }
    let row: Row = sql_query(sql).get_result(conn)?;
    Ok(row.got)
}

/// Waiting for a lock, with an end and a word.
struct Waiting {
    serves: bool,
    began: Instant,
    has_told: bool,
}

impl Waiting {
    fn new(serves: bool) -> Self {
        Self { serves, began: Instant::now(), has_told: false }
    }

    fn go_on(&mut self, why: &str) -> anyhow::Result<()> {
        if !self.serves && self.began.elapsed() > PATIENCE {
            bail!(
                "the database must be brought up to date first, and {why}. Nothing was changed. \
                 Wait until it is done or end it, then try again"
            );
        }
        if !std::mem::replace(&mut self.has_told, true) {
            tracing::info!("waiting, because {why}");
        }
        std::thread::sleep(PAUSE);
        Ok(())
    }
}
