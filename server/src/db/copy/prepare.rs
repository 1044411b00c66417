//! The place into which a database is written: what is there, and the tables that are to be.

use std::error::Error as StdError;

use anyhow::{Context as _, bail, ensure};
use diesel::PgConnection;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::db::Conn;
use crate::db::copy::rows::each_row;
use crate::db::copy::shape::texts;

/// Whether there is an instance, and not only the tables for one.
pub(super) fn holds_instance(conn: &mut Conn) -> anyhow::Result<bool> {
    let asked = match conn {
        Conn::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'collective'"
        }
        Conn::Pg(_) => {
            "SELECT CAST(tablename AS text) FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename = 'collective'"
        }
    };
    let mut found = false;
    each_row(conn, asked, |_| {
        found = true;
        Ok(())
    })?;
    if found {
        found = false;
        each_row(conn, "SELECT handle FROM collective", |_| {
            found = true;
            Ok(())
        })?;
    }
    Ok(found)
}

/// Moves every table of a schema of PostgreSQL into a new one; what belongs to them goes along.
pub(super) fn move_aside(conn: &mut PgConnection, schema: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(schema.chars().all(plain), "{schema:?} is no name for a schema");
    conn.batch_execute(&format!(
        "CREATE SCHEMA {schema}; \
         DO $$ DECLARE found record; BEGIN \
         FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP \
         EXECUTE format('ALTER TABLE %I SET SCHEMA {schema}', found.tablename); \
         END LOOP; END $$"
    ))
    .context("what is there cannot be moved aside: the role needs the right to make schemas")
}

/// Runs these migrations, and no others.
pub(super) fn migrate_as<C, DB>(
    conn: &mut C,
    known: EmbeddedMigrations,
    wanted: &[String],
) -> anyhow::Result<()>
where
    C: MigrationHarness<DB>,
    DB: Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed = |error: Box<dyn StdError + Send + Sync>| {
        anyhow::anyhow!("the tables cannot be made: {error}")
    };
    for migration in conn.pending_migrations(known).map_err(failed)? {
        if wanted.contains(&migration.name().version().to_string()) {
            conn.run_migration(migration.as_ref()).map_err(failed)?;
        }
    }
    let applied: Vec<String> =
        conn.applied_migrations().map_err(failed)?.iter().map(ToString::to_string).collect();
    if let Some(unknown) = wanted.iter().find(|version| !applied.contains(version)) {
        bail!(
            "it comes from a newer release of Mutuals than this one, which does not know its \
             migration {unknown}. Use that release, or a newer one"
        );
    }
    ensure!(
        applied.len() == wanted.len(),
        "the tables there are newer than what is to be written into them. Name an empty database"
    );
    Ok(())
}

/// Lets PostgreSQL count on behind the largest number of each column that counts by itself. There
/// is none in our schema; whoever adds one need not think of it.
pub(super) fn count_on(conn: &mut Conn) -> anyhow::Result<()> {
    let asked = "SELECT quote_ident(c.relname), quote_ident(a.attname), \
        quote_literal(pg_get_serial_sequence(quote_ident(c.relname), a.attname)) \
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        JOIN pg_attribute a ON a.attrelid = c.oid \
        WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 \
        AND NOT a.attisdropped \
        AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL";
    let mut counting: Vec<[String; 3]> = Vec::new();
    each_row(conn, asked, |row| {
        counting.push(texts::<3>(row)?);
        Ok(())
    })?;
    for [table, column, sequence] in counting {
        let largest = format!("(SELECT max({column}) FROM {table})");
        execute(conn, &format!("SELECT setval({sequence}, {largest}) FROM {table} LIMIT 1"))?;
    }
    Ok(())
}

/// Runs a statement of which nothing is asked.
pub(super) fn execute(conn: &mut Conn, sql: &str) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => c.batch_execute(sql),
        Conn::Pg(c) => c.batch_execute(sql),
    }
}
