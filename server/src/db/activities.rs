//! Activities received (to see each once), activities sent (to serve each by its id), and the
//! gravestones of what was deleted.

use diesel::prelude::*;
use jiff::Timestamp;
use url::Url;

use crate::db::bells::{Bell, ring};
use crate::db::schema::{deliveries, received_activities, sent_activities, tombstones};
use crate::db::sealing::{open, seal};
use crate::db::types::{micros, time};
use crate::db::{Conn, Lock, each_backend, inboxes as known, lock};
use crate::error::Error;

/// How many ids stand in one statement.
const AT_ONCE: usize = 500;

/// An activity that we sent, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sent_activities)]
pub struct SentActivity {
    /// Its id here, in the order of sending.
    pub id: i64,
    /// Its id on the wire.
    pub url: String,
    /// What it is about.
    pub object_url: String,
    /// The JSON that was signed.
    pub body: String,
    /// Whether anybody may read it.
    pub is_public: bool,
    /// When, in microseconds.
    pub sent_at: i64,
    /// Its type: `Create`, `Update`, …
    pub kind: String,
    /// Whether it goes to all followers.
    pub to_followers: bool,
}

/// The column of what was sent.
pub(in crate::db) const SENT: &str = "sent_activities.body";

impl SentActivity {
    fn opened(self) -> Result<Self, Error> {
        Ok(Self { body: open(SENT, self.body)?, ..self })
    }
}

/// Notes that an activity was received; false if it was seen before. The actor belongs to the
/// note, so that nobody can use up in advance the id of somebody else's activity.
pub fn insert_received(
    conn: &mut Conn,
    activity: &str,
    actor: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = (
        received_activities::url.eq(activity),
        received_activities::actor.eq(actor),
        received_activities::received_at.eq(micros(now)),
    );
    let new = each_backend!(conn, |c| diesel::insert_into(received_activities::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(new == 1)
}

/// Forgets which activities were received before a time.
pub fn delete_received_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let old =
        received_activities::table.filter(received_activities::received_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}

/// Forgets which activities of an actor were received.
pub fn forget_received_of(conn: &mut Conn, actor: &Url) -> Result<(), Error> {
    let theirs = received_activities::table.filter(received_activities::actor.eq(actor.as_str()));
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// Stores an activity that is about to be sent, behind everything that was sent before: inboxes
/// remember how far they got. Its id is the one proposed, or a greater one; answers which.
pub fn insert_sent(conn: &mut Conn, mut sent: SentActivity) -> Result<i64, Error> {
    lock(conn, Lock::Outbox)?;
    let last: Option<i64> =
        sent_activities::table.select(diesel::dsl::max(sent_activities::id)).first(conn)?;
    sent.id = sent.id.max(last.map_or(0, |last| last + 1));
    if !sent.to_followers {
        // What goes to everybody is no secret.
        sent.body = seal(SENT, &sent.body)?;
    }
    let id = sent.id;
    diesel::insert_into(sent_activities::table).values(sent).execute(conn)?;
    ring(conn, &Bell::GoesOut)?;
    Ok(id)
}

/// Removes activities sent before a time that no inbox waits for. What a blocked inbox lacks, or one
/// that was paused before `paused_before`, is removed all the same: it does not keep the log for ever.
pub fn delete_sent_before(
    conn: &mut Conn,
    before: Timestamp,
    paused_before: Timestamp,
) -> Result<usize, Error> {
    lock(conn, Lock::Inboxes)?;
    let (slowest, stopped) = known::split_stopped(conn, paused_before)?;
    // The newest stays: the next one has its place behind it, whatever the clock says then.
    let newest: Option<i64> =
        sent_activities::table.select(diesel::dsl::max(sent_activities::id)).first(conn)?;
    let aged = || sent_activities::table.filter(sent_activities::sent_at.lt(micros(before)));
    for inboxes in stopped.chunks(AT_ONCE) {
        let lacking = deliveries::table
            .filter(deliveries::inbox_id.eq_any(inboxes))
            .filter(deliveries::refused_at.is_null())
            .filter(deliveries::activity_id.eq_any(aged().select(sent_activities::id)));
        diesel::delete(lacking).execute(conn)?;
    }
    let waiting = deliveries::table.filter(deliveries::activity_id.eq(sent_activities::id));
    let old = aged()
        .filter(sent_activities::id.lt(newest.unwrap_or(0)))
        .filter(sent_activities::id.le(slowest.unwrap_or(i64::MAX)))
        .filter(diesel::dsl::not(diesel::dsl::exists(waiting)));
    Ok(diesel::delete(old).execute(conn)?)
}

/// Removes gravestones that were set before a time.
pub fn delete_tombstones_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = tombstones::table.filter(tombstones::deleted_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

/// An activity that we sent, by its id on the wire.
pub fn find_sent(conn: &mut Conn, activity: &str) -> Result<Option<SentActivity>, Error> {
    let query = sent_activities::table.filter(sent_activities::url.eq(activity));
    let found: Option<SentActivity> =
        query.select(SentActivity::as_select()).first(conn).optional()?;
    found.map(SentActivity::opened).transpose()
}

/// Every activity that we sent and keep, in the order of sending.
pub fn list_sent(conn: &mut Conn) -> Result<Vec<SentActivity>, Error> {
    let query = sent_activities::table.order(sent_activities::id);
    let all: Vec<SentActivity> = query.select(SentActivity::as_select()).load(conn)?;
    all.into_iter().map(SentActivity::opened).collect()
}

/// Marks an object of `owner` as deleted for ever. The owner belongs to the mark, so that nobody
/// can bury in advance what is somebody else's.
pub fn insert_tombstone(
    conn: &mut Conn,
    object: &str,
    owner: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        tombstones::url.eq(object),
        tombstones::owner.eq(owner),
        tombstones::deleted_at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(tombstones::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// When an object was deleted by its owner, if it was.
pub fn find_tombstone(
    conn: &mut Conn,
    object: &str,
    owner: &str,
) -> Result<Option<Timestamp>, Error> {
    let found = tombstones::table.find((object, owner)).select(tombstones::deleted_at);
    let deleted_at: Option<i64> = found.first(conn).optional()?;
    deleted_at.map(time).transpose()
}
