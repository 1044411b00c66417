//! The database: whether it is whole, and one that we know how to speak with.

use crate::app::App;
use crate::db::{self, Conn};
use crate::doctor::{broken, bytes};
use crate::domain::finding::Finding;
use crate::error::Error;

/// What is looked at besides whether it opens.
pub const IDS: &[&str] = &["database.version", "database.whole", "database.log"];

/// From this size on, in bytes, SQLite's log is longer than it should be, and far too long.
const LONG: u64 = 64 * 1024 * 1024;
const FAR_TOO_LONG: u64 = 1024 * 1024 * 1024;

/// Looks at the database.
pub async fn look(app: &App) -> Vec<Finding> {
    let engine = app.db.engine();
    let mut found = match app.db.read(move |conn| Ok((version(conn, engine)?, whole(conn)?))).await
    {
        Ok(((size, version), whole)) => {
            let open = Finding::ok("database.open", "doctor-open-ok");
            vec![open.with("engine", engine).with("size", size), version, whole]
        }
        Err(error) => vec![broken("database.open", &error)],
    };
    found.push(log(app));
    found
}

fn version(conn: &mut Conn, engine: &str) -> Result<(String, Finding), Error> {
    const ID: &str = "database.version";
    let (version, is_known) = db::doctor::version(conn)?;
    let finding = match is_known {
        true => Finding::ok(ID, "doctor-version-ok"),
        false => Finding::wrong(ID, "doctor-version-wrong", "doctor-version-do"),
    };
    let size = u64::try_from(db::doctor::size(conn)?).unwrap_or_default();
    Ok((bytes(size), finding.with("engine", engine).with("version", version)))
}

fn whole(conn: &mut Conn) -> Result<Finding, Error> {
    const ID: &str = "database.whole";
    let damage = db::doctor::list_damage(conn)?;
    Ok(match damage.is_empty() {
        true => Finding::ok(ID, "doctor-whole-ok"),
        false => Finding::wrong(ID, "doctor-whole-wrong", "doctor-whole-do")
            .with("why", damage.join("; ")),
    })
}

/// A log that grows shows that something reads for ever, or that the disk cannot keep up.
fn log(app: &App) -> Finding {
    const ID: &str = "database.log";
    let Some(file) = app.db.file() else {
        return Finding::skipped(ID, "doctor-log-postgres");
    };
    let name = format!("{}-wal", file.to_string_lossy());
    let size = std::fs::metadata(name).map_or(0, |is| is.len());
    let finding = match size {
        ..LONG => Finding::ok(ID, "doctor-log-ok"),
        LONG..FAR_TOO_LONG => Finding::note(ID, "doctor-log-long").and_do("doctor-log-do"),
        _ => Finding::wrong(ID, "doctor-log-long", "doctor-log-do"),
    };
    finding.with("size", bytes(size))
}
