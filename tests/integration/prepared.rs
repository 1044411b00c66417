//! Databases that are up to date already. All migrations run once in each test run; every test then
//! takes a copy of what came of them, which is several times faster, above all on PostgreSQL.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use mutuals::db::migrate::Opening;
use mutuals::db::{Db, Location};
use url::Url;

/// Where the SQLite file is that others are copies of.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    _datname: String,
}

/// A name that is another one for another test program, which may have other migrations.
fn name() -> String {
    let program = std::env::current_exe().unwrap();
    let built = program.metadata().unwrap().modified().unwrap();
    format!("prepared_{}", built.duration_since(UNIX_EPOCH).unwrap().as_nanos())
}

/// A copy at `path`.
pub fn copy_sqlite(path: &Path) {
    let prepared = Path::new(FOLDER).join(name()).with_extension("db");
    if !prepared.exists() {
        prepare_sqlite(&prepared);
    }
    std::fs::copy(prepared, path).unwrap();
}

/// Two tests may do it at once: each makes a file of its own, and either is good.
fn prepare_sqlite(prepared: &Path) {
    for old in std::fs::read_dir(FOLDER).unwrap().flatten() {
        if old.file_name().to_string_lossy().starts_with("prepared_") {
            let _ = std::fs::remove_file(old.path());
        }
    }
    let folder = tempfile::tempdir_in(FOLDER).unwrap();
    let location = Location::choose(None, folder.path()).unwrap();
    let Location::Sqlite(path) = location.clone() else { panic!("not SQLite") };
    let db = Db::open_with(location, &Opening::default()).unwrap();
    let whole: PathBuf = folder.path().join("whole.db");
    SqliteConnection::establish(&path)
        .unwrap()
        .batch_execute(&format!("VACUUM INTO '{}'", whole.display()))
        .unwrap();
    drop(db);
    std::fs::rename(whole, prepared).unwrap();
}

/// A copy with a name of its own on `server`. Gives its address.
pub fn copy_postgres(server: &Url, copy: &str) -> Url {
    let prepared = name();
    let mut conn = PgConnection::establish(server.as_str()).unwrap();
    // Held until this connection is closed: one test makes it, the others wait.
    conn.batch_execute("SELECT pg_advisory_lock(hashtext('prepared'))").unwrap();
    let found: Vec<Named> =
        diesel::sql_query("SELECT datname AS _datname FROM pg_database WHERE datname = $1")
            .bind::<Text, _>(&prepared)
            .load(&mut conn)
            .unwrap();
    if found.is_empty() {
        prepare_postgres(&mut conn, server, &prepared);
    }
    conn.batch_execute("SELECT pg_advisory_unlock(hashtext('prepared'))").unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {copy} TEMPLATE {prepared}")).unwrap();
    named(server, copy)
}

fn prepare_postgres(conn: &mut PgConnection, server: &Url, prepared: &str) {
    conn.batch_execute("DROP DATABASE IF EXISTS making WITH (FORCE)").unwrap();
    conn.batch_execute("CREATE DATABASE making").unwrap();
    let location = Location::choose(Some(named(server, "making").as_str()), Path::new("")).unwrap();
    drop(Db::open_with(location, &Opening::default()).unwrap());
    // Nothing is copied from a database, and none is renamed, while somebody is still in it.
    conn.batch_execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'making'",
    )
    .unwrap();
    conn.batch_execute(&format!("ALTER DATABASE making RENAME TO {prepared}")).unwrap();
}

fn named(server: &Url, database: &str) -> Url {
    let mut url = server.clone();
    url.set_path(database);
    url
}
