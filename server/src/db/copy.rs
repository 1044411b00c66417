//! A whole database as it stood at one moment, read as texts, and one written from texts: between
//! the engines, into a backup and out of one.
//!
//! Rows are read one after the other and written some hundreds at a time, so memory does not grow
//! with the database. What is written is one transaction with the tables that it stands in: whatever
//! goes wrong, nothing was changed. Diesel's own table of migrations is not copied; the same
//! migrations are run instead, and what they write is replaced.

use std::path::Path;

use anyhow::{Context as _, ensure};
use diesel::connection::{SimpleConnection as _, TransactionManager as _};
use diesel::pg::Pg;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel::{Connection, RunQueryDsl as _};
use jiff::Timestamp;

use crate::db::migrate::{POSTGRES, SQLITE, shut_out_everybody};
use crate::db::{Conn, Location, each_backend, marks, quarantine, writer};
use crate::domain::refusal::Refusal;
use crate::domain::restore::Restore;
use crate::error::Error;

mod prepare;
mod rows;
mod shape;

use prepare::{count_on, execute, holds_instance, migrate_as, move_aside};
use rows::each_row;
pub use rows::{Row, Sum, Summed, hex, sum_of_all, write_row};
pub use shape::Table;
use shape::texts;

/// How many rows one statement writes at most.
const MOST_ROWS: usize = 500;
/// How long the text of one statement becomes, and then some: a row is written whole.
const MOST_BYTES: usize = 1024 * 1024;

type Manager = <Conn as Connection>::TransactionManager;

/// How far long work has come: a table begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Which.
    pub table: &'a str,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub of: usize,
}

/// A database as it stands at one moment, however long reading takes and whatever is written
/// meanwhile.
pub struct Snapshot {
    conn: Conn,
    tables: Vec<Table>,
    migrations: Vec<String>,
}

impl Snapshot {
    /// Takes one. Nothing is changed, and no migration is run.
    pub fn take(location: &Location) -> anyhow::Result<Self> {
        if let Location::Sqlite(path) = location {
            ensure!(Path::new(path).exists(), "there is no database at {path}");
        }
        let mut conn = location.connect()?;
        match &mut conn {
            // Whatever is sorted stays in memory: nothing private is written beside the file.
            Conn::Sqlite(c) => c.batch_execute("PRAGMA temp_store = MEMORY; BEGIN")?,
            Conn::Pg(c) => c.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?,
        }
        let mut migrations = Vec::new();
        let asked = "SELECT CAST(version AS TEXT) FROM __diesel_schema_migrations ORDER BY version";
        each_row(&mut conn, asked, |row| {
            let [version] = texts::<1>(row)?;
            migrations.push(version);
            Ok(())
        })
        .context("there is no instance in this database")?;
        Ok(Self { tables: shape::read(&mut conn)?, conn, migrations })
    }

    /// Every table, each behind those that it points at.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The migrations that made it.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// When it was last restored from a backup, if it ever was.
    pub fn restored_at(&mut self) -> Result<Option<Timestamp>, Error> {
        marks::find(&mut self.conn, marks::RESTORED)
    }

    /// Hands on the rows of a table in the order of its primary key.
    pub fn read(
        &mut self,
        table: &Table,
        each: impl FnMut(Row) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let sql = table.select(&self.conn);
        each_row(&mut self.conn, &sql, each).with_context(|| format!("reading {}", table.name))
    }
}

/// A database that is being written, in one transaction.
pub struct Target {
    conn: Conn,
    tables: Vec<Table>,
}

/// Rows of one table on their way into a [`Target`].
pub struct Filling {
    table: String,
    cells: usize,
    sql: String,
    json: String,
    rows: usize,
}

impl Target {
    /// Begins to write where there is no instance, with the tables that these migrations make.
    ///
    /// If there is one, it is an error, unless `aside` names where PostgreSQL is to move it: into a
    /// schema of that name. As long as this lives, no server works there.
    pub fn begin(
        location: &Location,
        migrations: &[String],
        aside: Option<&str>,
    ) -> anyhow::Result<Self> {
        let mut conn = location.connect()?;
        if let Conn::Pg(c) = &mut conn {
            shut_out_everybody(c)?;
        }
        writer::begin(&mut conn)?;
        if holds_instance(&mut conn)? {
            match (&mut conn, aside) {
                (Conn::Pg(c), Some(schema)) => move_aside(c, schema)?,
                _ => {
                    let error = anyhow::Error::from(Error::Conflict);
                    return Err(error.context(
                        "there is an instance in this database already; nothing was changed. \
                         Name a new file, or an empty database of PostgreSQL (one that was made \
                         anew with dropdb and createdb)",
                    ));
                }
            }
        }
        Self::with_tables(conn, migrations)
    }

    /// Begins to write into a database that is gone when this is: SQLite keeps it in memory as long
    /// as it is small, and else in a file without a name.
    pub fn begin_temporary(migrations: &[String]) -> anyhow::Result<Self> {
        let mut conn = Location::Sqlite(String::new()).connect()?;
        if let Conn::Sqlite(c) = &mut conn {
            // A server does this too, and a small machine has no more to give.
            c.batch_execute("PRAGMA cache_size = -32768; PRAGMA journal_mode = MEMORY")?;
        }
        writer::begin(&mut conn)?;
        Self::with_tables(conn, migrations)
    }

    fn with_tables(mut conn: Conn, migrations: &[String]) -> anyhow::Result<Self> {
        match &mut conn {
            Conn::Sqlite(c) => migrate_as::<_, Sqlite>(c, SQLITE, migrations)?,
            Conn::Pg(c) => migrate_as::<_, Pg>(c, POSTGRES, migrations)?,
        }
        let tables = shape::read(&mut conn)?;
        for table in tables.iter().rev() {
            execute(&mut conn, &table.clear())?;
        }
        Ok(Self { conn, tables })
    }

    /// Begins to fill a table, whose rows will have these columns.
    pub fn fill(&self, table: &str, columns: &[String]) -> anyhow::Result<Filling> {
        let found = self.tables.iter().find(|each| each.name == table);
        let found = found.filter(|found| found.columns() == columns);
        let found = found.with_context(|| format!("{table} has other columns here than there"))?;
        Ok(Filling {
            table: table.to_owned(),
            cells: columns.len(),
            sql: found.insert(&self.conn),
            json: String::new(),
            rows: 0,
        })
    }

    /// Reads everything that was written again, and compares: an error says what differs.
    pub fn check(&mut self, expected: &[(String, Summed)]) -> anyhow::Result<()> {
        ensure!(expected.len() == self.tables.len(), "there are other tables here than there");
        for (name, wanted) in expected {
            let table = self.tables.iter().find(|table| table.name == *name);
            let table = table.with_context(|| format!("there is no {name} here"))?;
            let sql = table.select(&self.conn);
            let mut sum = Sum::new();
            each_row(&mut self.conn, &sql, |row| {
                sum.add(&row);
                Ok(())
            })?;
            let found = sum.end();
            ensure!(
                found == *wanted,
                "{name} is not the same after it was copied: {} rows with the digest {} here, {} \
                 rows with {} there",
                found.rows,
                found.sha256,
                wanted.rows,
                wanted.sha256
            );
        }
        Ok(())
    }

    /// Notes that this instance goes on from a backup that was made at a time, and puts it into
    /// quarantine: in the same transaction, so that no server ever finds it without.
    pub fn mark_restored(&mut self, made_at: Timestamp, now: Timestamp) -> Result<(), Error> {
        let restore = Restore::new(made_at, now).ok_or(Refusal::ClockBeforeBackup)?;
        quarantine::begin(&mut self.conn, restore)?;
        marks::note(&mut self.conn, marks::RESTORED, now).map(|_| ())
    }

    /// Keeps what was written. Without this, nothing was.
    pub fn commit(mut self) -> anyhow::Result<()> {
        if matches!(self.conn, Conn::Pg(_)) {
            count_on(&mut self.conn)?;
        }
        Manager::commit_transaction(&mut self.conn)?;
        if let Conn::Sqlite(c) = &mut self.conn {
            // All of it stands in the one file then, which can be moved.
            c.batch_execute("PRAGMA journal_mode = DELETE")?;
        }
        Ok(())
    }
}

impl Filling {
    /// Which table this is.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Adds a row.
    pub fn add(&mut self, target: &mut Target, row: &[Option<String>]) -> anyhow::Result<()> {
        ensure!(row.len() == self.cells, "a row of {} has {} cells", self.table, row.len());
        if self.rows > 0 {
            self.json.push(',');
        }
        write_row(row, &mut self.json);
        self.rows += 1;
        if self.rows >= MOST_ROWS || self.json.len() >= MOST_BYTES {
            self.write(target)?;
        }
        Ok(())
    }

    /// Writes what is left.
    pub fn end(mut self, target: &mut Target) -> anyhow::Result<()> {
        self.write(target)
    }

    fn write(&mut self, target: &mut Target) -> anyhow::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let json = format!("[{}]", self.json);
        let sql = self.sql.as_str();
        let written = each_backend!(&mut target.conn, |c| diesel::sql_query(sql)
            .bind::<Text, _>(json.as_str())
            .execute(c))
        .with_context(|| format!("writing {}", self.table))?;
        ensure!(
            written == self.rows,
            "only {written} of {} rows of {} were written",
            self.rows,
            self.table
        );
        self.json.clear();
        self.rows = 0;
        Ok(())
    }
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many tables.
    pub tables: usize,
    /// How many rows.
    pub rows: u64,
    /// The digest of all of it, which is the same on both engines.
    pub sha256: String,
}

/// Copies an instance into an empty database, and compares the two.
pub fn copy(
    from: &Location,
    to: &Location,
    told: &mut dyn FnMut(Step<'_>),
) -> anyhow::Result<Copied> {
    ensure!(from != to, "these are one and the same database");
    let mut snapshot = Snapshot::take(from)?;
    let mut target = Target::begin(to, snapshot.migrations(), None)?;
    let tables = snapshot.tables().to_vec();
    let mut sums = Vec::new();
    for (done, table) in tables.iter().enumerate() {
        told(Step { table: &table.name, done, of: tables.len() });
        let mut sum = Sum::new();
        let mut filling = target.fill(&table.name, &table.columns())?;
        snapshot.read(table, |row| {
            sum.add(&row);
            filling.add(&mut target, &row)
        })?;
        filling.end(&mut target)?;
        sums.push((table.name.clone(), sum.end()));
    }
    target.check(&sums)?;
    target.commit()?;
    let rows = sums.iter().map(|(_, sum)| sum.rows).sum();
    Ok(Copied { tables: sums.len(), rows, sha256: sum_of_all(&sums) })
}

/// The digest of everything that a database holds now.
pub fn sum(location: &Location) -> anyhow::Result<Vec<(String, Summed)>> {
    let mut snapshot = Snapshot::take(location)?;
    let mut sums = Vec::new();
    for table in snapshot.tables().to_vec() {
        let mut sum = Sum::new();
        snapshot.read(&table, |row| {
            sum.add(&row);
            Ok(())
        })?;
        sums.push((table.name, sum.end()));
    }
    sums.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(sums)
}

/// Whether there is an instance at this place.
pub fn is_taken(location: &Location) -> anyhow::Result<bool> {
    match location {
        Location::Sqlite(path) => Ok(Path::new(path).exists()),
        Location::Postgres(_) => holds_instance(&mut location.connect()?),
    }
}

/// Whether the instance at this place, if there is one, came back from a backup at a time.
pub fn is_restored_at(location: &Location, at: Timestamp) -> anyhow::Result<bool> {
    let mut conn = location.connect()?;
    if !holds_instance(&mut conn)? {
        return Ok(false);
    }
    let noted = marks::find(&mut conn, marks::RESTORED)?;
    Ok(noted.is_some_and(|noted| noted.as_microsecond() == at.as_microsecond()))
}
