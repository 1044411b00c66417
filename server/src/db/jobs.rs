//! Work to be done in the background. A job is leased, not locked: if its worker dies, another
//! takes it when the lease is over. A job may run twice, so every job is idempotent.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::db::Conn;
use crate::db::bells::{Bell, ring};
use crate::db::schema::jobs;
use crate::db::types::micros;
use crate::error::Error;

/// How long a worker may take before another tries.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Read the outbox of somebody whom we follow. Payload: the actor's id on the wire.
    ReadOutbox,
    /// Read an object that two actors claim at its own address. Payload: that address.
    ReadObject,
    /// Look somebody up and ask to follow them. Payload: their address.
    Follow,
    /// Read at its own address what somebody passed on to us. Payload: how often it was passed on,
    /// by whom (their id on the wire), and the address, with a space between each.
    ReadPassedOn,
}

/// One job, as claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// What to do.
    pub kind: JobKind,
    /// Whose activity it is, or whose outbox: its address, as the door verified it.
    pub actor: String,
    /// With what.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

impl JobKind {
    fn word(self) -> &'static str {
        match self {
            Self::ReadOutbox => "read_outbox",
            Self::ReadObject => "read_object",
            Self::Follow => "follow",
            Self::ReadPassedOn => "read_passed_on",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::ReadOutbox, Self::ReadObject, Self::Follow, Self::ReadPassedOn]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// Adds a job that is due now.
pub fn insert(
    conn: &mut Conn,
    id: i64,
    kind: JobKind,
    (actor, payload): (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(kind.word()),
            jobs::actor.eq(actor),
            jobs::payload.eq(payload),
            jobs::run_at.eq(micros(now)),
            jobs::attempts.eq(0),
            jobs::locked_until.eq(0),
        ))
        .execute(conn)?;
    ring(conn, &Bell::GoesOut)
}

/// Whom the jobs of a kind are about that are not done yet.
pub fn list_actors(conn: &mut Conn, kind: JobKind) -> Result<Vec<String>, Error> {
    Ok(jobs::table.filter(jobs::kind.eq(kind.word())).select(jobs::actor).load(conn)?)
}

/// Leases up to `limit` jobs that are due, oldest first, and only the first of each actor: what
/// somebody did first has its effect first, and nobody takes all the workers.
///
/// A lease is taken by compare-and-swap on what was seen, so that two workers never get the same
/// job, on either engine. Claiming counts as a try, so that a job that kills its worker is given up
/// in the end.
pub fn claim(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Job>, Error> {
    let firsts: Vec<Option<i64>> =
        jobs::table.group_by(jobs::actor).select(diesel::dsl::min(jobs::id)).load(conn)?;
    let firsts: Vec<i64> = firsts.into_iter().flatten().collect();
    let due: Vec<(i64, String, String, String, i32, i64)> = jobs::table
        .filter(jobs::id.eq_any(firsts))
        .filter(jobs::run_at.le(micros(now)))
        .filter(jobs::locked_until.le(micros(now)))
        .order(jobs::id)
        .limit(limit)
        .select((
            jobs::id,
            jobs::kind,
            jobs::actor,
            jobs::payload,
            jobs::attempts,
            jobs::locked_until,
        ))
        .load(conn)?;
    let until = micros(now.saturating_add(LEASE).unwrap_or(now));
    let mut claimed = Vec::new();
    for (id, kind, actor, payload, attempts, seen) in due {
        let target = jobs::table.find(id).filter(jobs::locked_until.eq(seen));
        let lease = (jobs::locked_until.eq(until), jobs::attempts.eq(attempts + 1));
        let won = diesel::update(target).set(lease).execute(conn)? == 1;
        if let (true, Some(kind)) = (won, JobKind::from_word(&kind)) {
            claimed.push(Job { id, kind, actor, payload, attempts: attempts + 1 });
        }
    }
    Ok(claimed)
}

/// Removes a job that is done.
pub fn delete(conn: &mut Conn, id: i64) -> Result<(), Error> {
    diesel::delete(jobs::table.find(id)).execute(conn)?;
    Ok(())
}

/// Puts a job off until `run_at` with the reason.
pub fn retry(conn: &mut Conn, id: i64, run_at: Timestamp, error: &str) -> Result<(), Error> {
    diesel::update(jobs::table.find(id))
        .set((
            jobs::run_at.eq(micros(run_at)),
            jobs::locked_until.eq(0),
            jobs::last_error.eq(error),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many jobs are due.
pub fn count_due(conn: &mut Conn, now: Timestamp) -> Result<i64, Error> {
    let due =
        jobs::table.filter(jobs::run_at.le(micros(now))).filter(jobs::locked_until.le(micros(now)));
    Ok(due.count().get_result(conn)?)
}

/// How many jobs wait.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(jobs::table.count().get_result(conn)?)
}
