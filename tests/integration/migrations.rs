//! Both engines have the same schema, and it is the one that the code is compiled against.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use mutuals::db::{Db, Location};

use crate::testapp::TestDb;

/// table → column → type, as the crate `schema` writes it.
type Schema = BTreeMap<String, BTreeMap<String, String>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    nullable: String,
}

#[test]
fn migrations_have_the_same_names_and_undo_files_on_both_engines() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .inspect(|entry| {
                assert!(entry.path().join("up.sql").exists(), "{entry:?}");
                assert!(entry.path().join("down.sql").exists(), "{entry:?}");
            })
            .map(|entry| entry.file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn migrations_give_the_schema_that_the_code_knows() {
    let test = TestDb::new();
    assert_eq!(migrated(&test.location), written());
}

#[test]
fn migrations_can_be_run_again_and_change_nothing() {
    let test = TestDb::new();
    let before = migrated(&test.location);
    Db::open(test.location.clone()).unwrap();
    assert_eq!(migrated(&test.location), before);
}

#[test]
fn migrations_keep_sqlite_durable() {
    if let Location::Sqlite(path) = &TestDb::new().location {
        #[derive(QueryableByName)]
        struct Mode {
            #[diesel(sql_type = Text)]
            journal_mode: String,
        }
        let mut conn = SqliteConnection::establish(path).unwrap();
        let mode: Mode = sql_query("PRAGMA journal_mode").get_result(&mut conn).unwrap();
        assert_eq!(mode.journal_mode, "wal");
    }
}

#[test]
fn migrations_keep_the_key_of_every_known_actor() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let step = |engine: &str, file: &str| {
        std::fs::read_to_string(folder.join(engine).join("2026-11-24-000000_actor_keys").join(file))
            .unwrap()
    };
    let test = TestDb::new();
    let mut conn = Either::connect(&test.location);
    let engine = if matches!(conn, Either::Pg(_)) { "postgres" } else { "sqlite" };
    conn.run(&step(engine, "down.sql"));
    conn.run(
        "INSERT INTO remote_actors (id, url, kind, address, name, inbox, page, key_id, key_pem, \
         fetched_at) VALUES (1, 'u', 'Person', 'a@b', 'A', 'i', 'p', 'u#k', '-----BEGIN x', 0)",
    );
    conn.run(&step(engine, "up.sql"));
    let kept = "SELECT key_id AS name, material AS kind FROM remote_keys WHERE actor_id = 1";
    assert_eq!(conn.pairs(kept), [("u#k".to_owned(), "-----BEGIN x".to_owned())]);
    conn.run("INSERT INTO remote_keys (actor_id, key_id, material) VALUES (1, 'u#a', 'z6Mk')");
    conn.run(&step(engine, "down.sql"));
    let kept = "SELECT key_id AS name, key_pem AS kind FROM remote_actors";
    assert_eq!(conn.pairs(kept), [("u#k".to_owned(), "-----BEGIN x".to_owned())]);
    conn.run(&step(engine, "up.sql"));
    conn.run("DELETE FROM remote_actors");
}

#[test]
fn migrations_keep_our_own_keys() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let test = TestDb::new();
    let mut conn = Either::connect(&test.location);
    let engine = if matches!(conn, Either::Pg(_)) { "postgres" } else { "sqlite" };
    let step = |file: &str| {
        let folder = folder.join(engine).join("2026-11-24-000002_key_rotation");
        std::fs::read_to_string(folder.join(file)).unwrap()
    };
    conn.run(&step("down.sql"));
    conn.run("INSERT INTO actor_keys VALUES ('collective', 'rsa', 'ed', 5)");
    conn.run(&step("up.sql"));
    let kept = "SELECT actor AS name, rsa_private AS kind FROM actor_keys WHERE generation = 1";
    assert_eq!(conn.pairs(kept), [("collective".to_owned(), "rsa".to_owned())]);
    conn.run("UPDATE actor_keys SET retired_at = 6");
    conn.run(
        "INSERT INTO actor_keys (actor, generation, rsa_private, ed25519_private, created_at) \
         VALUES ('collective', 2, 'new', 'ed', 6)",
    );
    conn.run(&step("down.sql"));
    let kept = "SELECT actor AS name, rsa_private AS kind FROM actor_keys";
    assert_eq!(conn.pairs(kept), [("collective".to_owned(), "new".to_owned())]);
    conn.run(&step("up.sql"));
    conn.run("DELETE FROM actor_keys");
}

/// A bare connection to either engine.
pub enum Either {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl Either {
    pub fn connect(location: &Location) -> Self {
        match location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                Self::Sqlite(conn)
            }
            Location::Postgres(url) => Self::Pg(PgConnection::establish(url).unwrap()),
        }
    }

    pub fn run(&mut self, sql: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(sql).unwrap(),
            Self::Pg(conn) => conn.batch_execute(sql).unwrap(),
        }
    }

    /// A number that is called n.
    pub fn number(&mut self, sql: &str) -> i64 {
        let row: Number = match self {
            Self::Sqlite(conn) => sql_query(sql).get_result(conn).unwrap(),
            Self::Pg(conn) => sql_query(sql).get_result(conn).unwrap(),
        };
        row.n
    }

    pub fn pairs(&mut self, sql: &str) -> Vec<(String, String)> {
        let pairs: Vec<Pair> = match self {
            Self::Sqlite(conn) => sql_query(sql).load(conn).unwrap(),
            Self::Pg(conn) => sql_query(sql).load(conn).unwrap(),
        };
        pairs.into_iter().map(|pair| (pair.name, pair.kind)).collect()
    }
}

/// The schema of a migrated database, by asking it.
fn migrated(location: &Location) -> Schema {
    let columns: Vec<Column> = match location {
        Location::Sqlite(path) => sql_query(
            "SELECT m.name AS \"table\", p.name AS name, p.type AS kind, \
             CASE WHEN p.\"notnull\" = 1 THEN 'no' ELSE 'yes' END AS nullable \
             FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
        )
        .load(&mut SqliteConnection::establish(path).unwrap())
        .unwrap(),
        Location::Postgres(url) => sql_query(
            "SELECT table_name::text AS \"table\", column_name::text AS name, \
             upper(data_type::text) AS kind, lower(is_nullable::text) AS nullable \
             FROM information_schema.columns WHERE table_schema = current_schema()",
        )
        .load(&mut PgConnection::establish(url).unwrap())
        .unwrap(),
    };
    let mut schema = Schema::new();
    for column in columns.into_iter().filter(|column| column.table != "__diesel_schema_migrations")
    {
        let kind = match column.kind.as_str() {
            "BIGINT" => "BigInt",
            "INTEGER" => "Integer",
            "TEXT" => "Text",
            "BOOLEAN" => "Bool",
            "BLOB" | "BYTEA" => "Binary",
            other => panic!("{}.{} has the type {other}", column.table, column.name),
        };
        let nullable = column.nullable == "yes";
        let kind = if nullable { format!("Nullable<{kind}>") } else { kind.to_owned() };
        schema.entry(column.table).or_default().insert(column.name, kind);
    }
    schema
}

/// The schema of the crate `schema`, by reading it.
fn written() -> Schema {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/src/lib.rs");
    let mut schema = Schema::new();
    let mut table = String::new();
    for line in std::fs::read_to_string(file).unwrap().lines().map(str::trim) {
        if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            schema.entry(table.clone()).or_default().insert(name.to_owned(), kind.to_owned());
        } else if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            table = name.to_owned();
        }
    }
    schema
}
