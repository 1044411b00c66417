//! What bringing a database up to date would take, without doing it.

use crate::db::migrate::{Migrations, because_full, copies, long_work, look};
use crate::db::{Conn, Location};

/// Bytes in a second and rows in a second: of a slow disk, rather than promise too much.
const BYTES: u64 = 30_000_000;
const ROWS: u64 = 10_000;

/// What bringing a database up to date would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The steps, in their order: version and name.
    pub steps: Vec<(String, String)>,
    /// Whether nothing is in the database that could be lost.
    pub is_fresh: bool,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// How many bytes are free and how many are needed, if we can know.
    pub room: Option<(u64, u64)>,
    /// About how long it may take.
    pub seconds: u64,
}

/// What bringing a database up to date would take; nothing is changed.
pub fn plan(location: &Location, migrations: Migrations) -> anyhow::Result<Plan> {
    let conn = match location {
        Location::Sqlite(path) => look::check_file(path)
            .and_then(|()| location.connect())
            .map_err(|error| because_full(path, error))?,
        Location::Postgres(_) => location.connect()?,
    };
    plan_with(conn, location, migrations)
}

fn plan_with(mut conn: Conn, location: &Location, migrations: Migrations) -> anyhow::Result<Plan> {
    let found = look::look(&mut conn, location, &migrations)?;
    let mut rows = 0;
    for work in found.pending.iter().filter_map(|step| step.work) {
        // Before the first migration of a release its tables may be missing: then there are no rows.
        rows += long_work::left(&mut conn, &work).map_or(0, i64::unsigned_abs);
    }
    let (bytes, room) = match location {
        Location::Sqlite(path) => {
            (copies::size(path), Some((copies::room(path)?, copies::needed(path))))
        }
        Location::Postgres(_) => (look::size(&mut conn)?, None),
    };
    let is_nothing = found.pending.is_empty() || found.is_fresh;
    // Once for the copy and once for its check, and once if everything is written anew.
    let seconds = if is_nothing { 0 } else { 1 + bytes.saturating_mul(3) / BYTES + rows / ROWS };
    let steps = found.pending.into_iter().map(|step| (step.version, step.name)).collect();
    Ok(Plan { steps, is_fresh: found.is_fresh, bytes, room, seconds })
}
