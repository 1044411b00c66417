//! What is in a database, before anything is done to it.

use std::fs;

use anyhow::{Context as _, bail, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{
    Connection as _, QueryDsl as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
};

use crate::db::migrate::{APPLICATION, LongWork, Migrations, copies, long_work};
use crate::db::schema::compatible_migrations;
use crate::db::{Conn, Location, each_backend};

/// The first migration there ever was: a database without it is not ours.
const FIRST: &str = "20261123000000";

/// One thing to do.
pub(in crate::db) struct Step {
    pub version: String,
    pub name: String,
    /// A migration, or this.
    pub work: Option<LongWork>,
}

/// What was done to a database and what is to be done.
pub(in crate::db) struct Found {
    pub applied: Vec<String>,
    pub pending: Vec<Step>,
    /// Whether nothing is in it that could be lost.
    pub is_fresh: bool,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl Found {
    /// The newest change that it has.
    pub fn newest(&self) -> &str {
        self.applied.last().map_or("", String::as_str)
    }
}

/// Looks at a database; an error if it is not ours, or if we would not understand it.
pub(in crate::db) fn look(
    conn: &mut Conn,
    location: &Location,
    migrations: &Migrations,
) -> anyhow::Result<Found> {
    let applied = applied(conn)?;
    let is_ours = applied.is_empty() || applied.iter().any(|version| version == FIRST);
    ensure!(is_ours, "the database belongs to another program; nothing was changed");
    check_version(conn, &applied)?;
    let steps = migrations.steps()?;
    check_newer(conn, location, &applied, &steps)?;
    let notes_progress = table_exists(conn, "migration_progress")?;
    let mut pending = Vec::new();
    for step in steps {
        let is_done = match step.work {
            None => applied.contains(&step.version),
            Some(_) => notes_progress && long_work::is_done(conn, &step.name)?,
        };
        if !is_done {
            pending.push(step);
        }
    }
    let is_fresh = applied.is_empty()
        || each_backend!(conn, |c| sql_query("SELECT COUNT(*) AS n FROM collective")
            .get_result::<Count>(c))?
        .n == 0;
    Ok(Found { applied, pending, is_fresh })
}

fn applied(conn: &mut Conn) -> anyhow::Result<Vec<String>> {
    if !table_exists(conn, "__diesel_schema_migrations")? {
        return Ok(Vec::new());
    }
    let rows = each_backend!(conn, |c| sql_query(
        "SELECT version FROM __diesel_schema_migrations ORDER BY version"
    )
    .load::<Version>(c))?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// A newer release may have changed the database. What only adds says for which releases it is all
/// the same; anything else is refused.
fn check_newer(
    conn: &mut Conn,
    location: &Location,
    applied: &[String],
    steps: &[Step],
) -> anyhow::Result<()> {
    let is_known =
        |version: &String| steps.iter().any(|step| step.work.is_none() && step.version == *version);
    let unknown: Vec<&String> = applied.iter().filter(|version| !is_known(version)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let ours = steps.iter().filter(|step| step.work.is_none()).map(|step| step.version.as_str());
    let ours = ours.max().unwrap_or_default();
    let said: Vec<(String, String)> = if table_exists(conn, "compatible_migrations")? {
        compatible_migrations::table
            .select((compatible_migrations::version, compatible_migrations::back_to))
            .load(conn)?
    } else {
        Vec::new()
    };
    let runs_here = |version: &&String| {
        said.iter().any(|(known, back_to)| known == *version && back_to.as_str() <= ours)
    };
    if unknown.iter().all(runs_here) {
        return Ok(());
    }
    let changes = unknown.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ");
    let back = match location {
        Location::Sqlite(path) => match copies::newest(path) {
            Some(copy) => format!(
                "or go back to what was before: end everything that uses {path}, remove {path}, \
                 {path}-wal and {path}-shm, and move {copy} to {path}; what was written since then \
                 is not in it"
            ),
            None => "or restore a backup that this release made".to_owned(),
        },
        Location::Postgres(_) => "or restore a backup that this release made".to_owned(),
    };
    bail!(
        "a newer release changed the database (by {changes}), and this one, {}, would not \
         understand it. Nothing was changed. Install the newer release again, {back}",
        env!("CARGO_PKG_VERSION")
    )
}

/// Whether a file is ours, or empty. Asked on a connection of its own, because ours set what stays.
pub(in crate::db) fn check_file(path: &str) -> anyhow::Result<()> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        application_id: i32,
    }
    if fs::metadata(path).map_or(0, |about| about.len()) == 0 {
        return Ok(());
    }
    let not_ours = || format!("{path} is no database of Mutuals, or it is damaged");
    let mut conn = SqliteConnection::establish(path).with_context(not_ours)?;
    conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA trusted_schema = OFF;")?;
    let row: Row =
        sql_query("PRAGMA application_id").get_result(&mut conn).with_context(not_ours)?;
    if row.application_id == APPLICATION {
        return Ok(());
    }
    // Ours have had the number only since 2026-11-30.
    let tables = count(
        &mut conn,
        "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .with_context(not_ours)?;
    let ours = count(
        &mut conn,
        "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' \
         AND name IN ('__diesel_schema_migrations', 'collective', 'members', 'proposals')",
    )?;
    ensure!(
        row.application_id == 0 && (tables == 0 || ours == 4),
        "{path} belongs to another program; nothing was changed. Check --data and database.url"
    );
    Ok(())
}

/// SQLite's file says how many changes it has: a table that knows of fewer was tampered with, or the
/// file was put together from two.
fn check_version(conn: &mut Conn, applied: &[String]) -> anyhow::Result<()> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        user_version: i32,
    }
    let Conn::Sqlite(c) = conn else { return Ok(()) };
    let row: Row = sql_query("PRAGMA user_version").get_result(c)?;
    let said = usize::try_from(row.user_version).unwrap_or(usize::MAX);
    ensure!(
        said <= applied.len(),
        "the database says that it was changed {said} times, and knows of {} changes. Nothing was \
         changed. Go back to a backup",
        applied.len()
    );
    Ok(())
}

fn table_exists(conn: &mut Conn, name: &str) -> anyhow::Result<bool> {
    let row: Count = match conn {
        Conn::Sqlite(c) => {
            sql_query("SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = ?")
                .bind::<Text, _>(name)
                .get_result(c)?
        }
        Conn::Pg(c) => {
            sql_query("SELECT COUNT(*) AS n FROM pg_catalog.pg_class WHERE oid = to_regclass($1)")
                .bind::<Text, _>(name)
                .get_result(c)?
        }
    };
    Ok(row.n > 0)
}

/// Answers a question about a number to SQLite.
pub(in crate::db) fn count(conn: &mut SqliteConnection, sql: &'static str) -> anyhow::Result<i64> {
    let row: Count = sql_query(sql).get_result(conn)?;
    Ok(row.n)
}

/// How many bytes PostgreSQL keeps for the database.
pub(in crate::db) fn size(conn: &mut Conn) -> anyhow::Result<u64> {
    let Conn::Pg(c) = conn else { return Ok(0) };
    let row: Count = sql_query("SELECT pg_database_size(current_database()) AS n").get_result(c)?;
    Ok(row.n.unsigned_abs())
}
