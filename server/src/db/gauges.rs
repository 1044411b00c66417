//! What is told of the database to whoever watches the server: counts, and of nobody in particular.

use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::{SignedDuration, Timestamp};

use crate::db::backup_runs::{self, Kind};
use crate::db::queue::{self, HostLine};
use crate::db::schema::{deliveries, inboxes, sent_activities, sessions};
use crate::db::types::micros;
use crate::db::{Conn, journal};
use crate::error::Error;

/// A host that cannot be reached for so long is dead.
const DEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the database knows at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// Received activities that wait to be processed.
    pub journal: i64,
    /// Deliveries that wait.
    pub pending: i64,
    /// How long the oldest of them waits, where delivering is not paused.
    pub oldest_seconds: i64,
    /// The hosts to which we deliver.
    pub hosts: Hosts,
    /// Browsers that are signed in.
    pub sessions: i64,
    /// The size of the database in bytes, if its engine says so.
    pub bytes: Option<u64>,
    /// How old the newest backup is that the server made by itself, if it made one.
    pub backup_seconds: Option<i64>,
}

/// How many hosts can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// As usual.
    pub ok: i64,
    /// Not now: they are tried again.
    pub backoff: i64,
    /// Not for a week, or not until somebody has a look.
    pub dead: i64,
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Reads them.
pub fn read(conn: &mut Conn, now: Timestamp) -> Result<Gauges, Error> {
    let lines = queue::list_hosts(conn)?;
    let oldest = oldest_waiting(conn)?;
    let backup = backup_runs::find_last_good(conn, Kind::Backup)?;
    let seconds_since = |at: i64| (micros(now) - at).max(0) / 1_000_000;
    Ok(Gauges {
        journal: journal::waiting(conn)?,
        pending: lines.iter().map(|line| line.pending).sum(),
        oldest_seconds: oldest.map_or(0, seconds_since),
        hosts: count_hosts(&lines, now),
        sessions: sessions::table.count().get_result(conn)?,
        bytes: size(conn)?,
        backup_seconds: backup.map(|run| seconds_since(micros(run.began_at))),
    })
}

fn count_hosts(lines: &[HostLine], now: Timestamp) -> Hosts {
    let long_ago = micros(now.saturating_sub(DEAD).unwrap_or(now));
    let mut hosts = Hosts::default();
    for line in lines {
        let count = match line.failing_since {
            _ if line.is_paused => &mut hosts.dead,
            Some(since) if since <= long_ago => &mut hosts.dead,
            Some(_) => &mut hosts.backoff,
            None => &mut hosts.ok,
        };
        *count += 1;
    }
    hosts
}

/// When the oldest of what waits was said, in microseconds.
fn oldest_waiting(conn: &mut Conn) -> Result<Option<i64>, Error> {
    let own: Option<i64> = deliveries::table
        .inner_join(inboxes::table.on(inboxes::id.eq(deliveries::inbox_id)))
        .inner_join(sent_activities::table.on(sent_activities::id.eq(deliveries::activity_id)))
        .filter(deliveries::refused_at.is_null())
        .filter(deliveries::skipped.eq(false))
        .filter(inboxes::paused_at.is_null())
        .select(min(sent_activities::sent_at))
        .first(conn)?;
    // In the order of the log: what the slowest inbox has not got yet.
    let slowest: Option<i64> = inboxes::table
        .filter(inboxes::subscribed.eq(true))
        .filter(inboxes::paused_at.is_null())
        .select(min(inboxes::last_sent))
        .first(conn)?;
    let of_all: Option<i64> = sent_activities::table
        .filter(sent_activities::to_followers.eq(true))
        .filter(sent_activities::id.gt(slowest.unwrap_or(i64::MAX)))
        .order(sent_activities::id)
        .select(sent_activities::sent_at)
        .first(conn)
        .optional()?;
    Ok([own, of_all].into_iter().flatten().min())
}

fn size(conn: &mut Conn) -> Result<Option<u64>, Error> {
    // The size of a file is read from its folder.
    let Conn::Pg(c) = conn else { return Ok(None) };
    let asked = "SELECT pg_database_size(current_database()) AS bytes";
    let size: Size = diesel::sql_query(asked).get_result(c)?;
    Ok(u64::try_from(size.bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_dead_after_a_week_or_when_it_is_paused() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let since = |hours| Some(micros(now - SignedDuration::from_hours(hours)));
        let line =
            |failing_since, is_paused| HostLine { failing_since, is_paused, ..HostLine::default() };
        let lines = [
            line(None, false),
            line(since(1), false),
            line(since(167), false),
            line(since(168), false),
            line(None, true),
        ];
        assert_eq!(count_hosts(&lines, now), Hosts { ok: 1, backoff: 2, dead: 2 });
    }
}
