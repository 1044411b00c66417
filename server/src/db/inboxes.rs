//! The outbox: one queue for each inbox on another server, in order.
//!
//! Whether a server can be reached is remembered once for its inbox and not with every delivery,
//! so an outage costs one row, and what was sent first arrives first.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::db::schema::{deliveries, inboxes, sent_activities};
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// How long a worker may take before another tries.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How many inboxes of one host are delivered to at once.
const MOST_OF_A_HOST: usize = 4;
/// How many times more inboxes are looked at than are leased, to find some of other hosts.
const LOOK_AHEAD: i64 = 8;

#[derive(Queryable, Selectable)]
#[diesel(table_name = inboxes)]
struct Due {
    id: i64,
    url: String,
    host: String,
    attempts: i32,
    failing_since: Option<i64>,
    locked_until: i64,
}

/// An inbox that has something to be delivered, as claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbox {
    /// Its id here.
    pub id: i64,
    /// Its address.
    pub url: String,
    /// How often in a row it could not be reached.
    pub attempts: i32,
    /// Since when, in microseconds.
    pub failing_since: Option<i64>,
}

/// One activity on its way to one inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: i64,
    /// The activity's id on the wire.
    pub activity: String,
    /// The JSON to send.
    pub body: String,
}

/// What waits for one inbox, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    /// The inbox's address.
    pub url: String,
    /// Its host.
    pub host: String,
    /// How many deliveries wait.
    pub pending: i64,
    /// How many were refused for good.
    pub refused: i64,
    /// Since when it cannot be reached, in microseconds.
    pub failing_since: Option<i64>,
    /// Why.
    pub last_error: Option<String>,
    /// When it is tried next, in microseconds.
    pub next_at: i64,
}

/// Queues an activity for an inbox, and wakes the inbox unless it is waiting out a failure.
pub fn enqueue(
    conn: &mut Conn,
    new_id: impl Fn() -> i64,
    inbox: &str,
    host: &str,
    activity: i64,
) -> Result<(), Error> {
    let row = (
        inboxes::id.eq(new_id()),
        inboxes::url.eq(inbox),
        inboxes::host.eq(host),
        inboxes::next_at.eq(0),
        inboxes::locked_until.eq(0),
        inboxes::attempts.eq(0),
    );
    each_backend!(conn, |c| diesel::insert_into(inboxes::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    let inbox: i64 =
        inboxes::table.filter(inboxes::url.eq(inbox)).select(inboxes::id).first(conn)?;
    diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(new_id()),
            deliveries::inbox_id.eq(inbox),
            deliveries::activity_id.eq(activity),
        ))
        .execute(conn)?;
    Ok(())
}

/// Leases up to `limit` inboxes that have something waiting and are due: those that could be
/// reached last time first, and few of one host, so that dead or slow hosts slow nobody.
pub fn claim(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Inbox>, Error> {
    let leased: Vec<String> = inboxes::table
        .filter(inboxes::locked_until.gt(micros(now)))
        .select(inboxes::host)
        .load(conn)?;
    let mut at_work: HashMap<String, usize> = HashMap::new();
    for host in leased {
        *at_work.entry(host).or_default() += 1;
    }
    let waiting = deliveries::table
        .filter(deliveries::inbox_id.eq(inboxes::id))
        .filter(deliveries::refused_at.is_null());
    let due: Vec<Due> = inboxes::table
        .filter(inboxes::next_at.le(micros(now)))
        .filter(inboxes::locked_until.le(micros(now)))
        .filter(diesel::dsl::exists(waiting))
        .order((inboxes::attempts, inboxes::next_at))
        .limit(limit.saturating_mul(LOOK_AHEAD))
        .select(Due::as_select())
        .load(conn)?;
    let until = micros(now.saturating_add(LEASE).unwrap_or(now));
    let mut claimed = Vec::new();
    for Due { id, url, host, attempts, failing_since, locked_until } in due {
        let of_host = at_work.entry(host).or_default();
        if *of_host >= MOST_OF_A_HOST || claimed.len() >= usize::try_from(limit).unwrap_or(0) {
            continue;
        }
        let target = inboxes::table.find(id).filter(inboxes::locked_until.eq(locked_until));
        if diesel::update(target).set(inboxes::locked_until.eq(until)).execute(conn)? == 1 {
            *of_host += 1;
            claimed.push(Inbox { id, url, attempts, failing_since });
        }
    }
    Ok(claimed)
}

/// How many inboxes have something waiting and are due.
pub fn count_due(conn: &mut Conn, now: Timestamp) -> Result<i64, Error> {
    let waiting = deliveries::table
        .filter(deliveries::inbox_id.eq(inboxes::id))
        .filter(deliveries::refused_at.is_null());
    let due = inboxes::table
        .filter(inboxes::next_at.le(micros(now)))
        .filter(inboxes::locked_until.le(micros(now)))
        .filter(diesel::dsl::exists(waiting));
    Ok(due.count().get_result(conn)?)
}

/// What waits for an inbox, oldest first.
pub fn list_waiting(conn: &mut Conn, inbox: i64, limit: i64) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<(i64, String, String)> = deliveries::table
        .inner_join(sent_activities::table.on(sent_activities::id.eq(deliveries::activity_id)))
        .filter(deliveries::inbox_id.eq(inbox))
        .filter(deliveries::refused_at.is_null())
        .order(deliveries::id)
        .limit(limit)
        .select((deliveries::id, sent_activities::url, sent_activities::body))
        .load(conn)?;
    let delivery = |(id, activity, body)| Delivery { id, activity, body };
    Ok(rows.into_iter().map(delivery).collect())
}

/// Removes a delivery that arrived.
pub fn delete_delivered(conn: &mut Conn, delivery: i64) -> Result<(), Error> {
    diesel::delete(deliveries::table.find(delivery)).execute(conn)?;
    Ok(())
}

/// Keeps a delivery that was refused for good, with the reason, for people to see.
pub fn refuse(conn: &mut Conn, delivery: i64, error: &str, now: Timestamp) -> Result<(), Error> {
    diesel::update(deliveries::table.find(delivery))
        .set((deliveries::refused_at.eq(micros(now)), deliveries::error.eq(error)))
        .execute(conn)?;
    Ok(())
}

/// Gives up everything that waits for an inbox, with the reason, for people to see.
pub fn refuse_all(conn: &mut Conn, inbox: i64, error: &str, now: Timestamp) -> Result<(), Error> {
    let waiting = deliveries::table
        .filter(deliveries::inbox_id.eq(inbox))
        .filter(deliveries::refused_at.is_null());
    diesel::update(waiting)
        .set((deliveries::refused_at.eq(micros(now)), deliveries::error.eq(error)))
        .execute(conn)?;
    Ok(())
}

/// Ends the lease of an inbox that could be reached.
pub fn release(conn: &mut Conn, inbox: i64, now: Timestamp) -> Result<(), Error> {
    diesel::update(inboxes::table.find(inbox))
        .set((
            inboxes::locked_until.eq(0),
            inboxes::attempts.eq(0),
            inboxes::next_at.eq(0),
            inboxes::failing_since.eq(None::<i64>),
            inboxes::last_error.eq(None::<String>),
            inboxes::reached_at.eq(micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends the lease of an inbox that could not be reached; it is tried again at `next_at`.
pub fn put_off(
    conn: &mut Conn,
    inbox: i64,
    now: Timestamp,
    next_at: Timestamp,
    error: &str,
) -> Result<(), Error> {
    let target = inboxes::table.find(inbox);
    let since: Option<i64> = target.select(inboxes::failing_since).first(conn)?;
    diesel::update(target)
        .set((
            inboxes::locked_until.eq(0),
            inboxes::attempts.eq(inboxes::attempts + 1),
            inboxes::next_at.eq(micros(next_at)),
            inboxes::failing_since.eq(since.unwrap_or(micros(now))),
            inboxes::last_error.eq(error),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets every inbox of a host be tried at once: it has just spoken to us. If one fails again, it
/// waits longer than before all the same.
pub fn wake_host(conn: &mut Conn, host: &str) -> Result<(), Error> {
    let asleep = inboxes::table.filter(inboxes::host.eq(host)).filter(inboxes::attempts.gt(0));
    diesel::update(asleep).set(inboxes::next_at.eq(0)).execute(conn)?;
    Ok(())
}

/// What waits and what was refused, one line for each inbox that has any.
pub fn list_queue(conn: &mut Conn) -> Result<Vec<QueueLine>, Error> {
    let pending: HashMap<i64, i64> = deliveries::table
        .filter(deliveries::refused_at.is_null())
        .group_by(deliveries::inbox_id)
        .select((deliveries::inbox_id, diesel::dsl::count_star()))
        .load(conn)?
        .into_iter()
        .collect();
    let refused: HashMap<i64, i64> = deliveries::table
        .filter(deliveries::refused_at.is_not_null())
        .group_by(deliveries::inbox_id)
        .select((deliveries::inbox_id, diesel::dsl::count_star()))
        .load(conn)?
        .into_iter()
        .collect();
    type Row = (i64, String, String, Option<i64>, Option<String>, i64);
    let rows: Vec<Row> = inboxes::table
        .order((inboxes::host, inboxes::url))
        .select((
            inboxes::id,
            inboxes::url,
            inboxes::host,
            inboxes::failing_since,
            inboxes::last_error,
            inboxes::next_at,
        ))
        .load(conn)?;
    let line = |(id, url, host, failing_since, last_error, next_at): Row| {
        let count = |counted: &HashMap<i64, i64>| counted.get(&id).copied().unwrap_or(0);
        let (pending, refused) = (count(&pending), count(&refused));
        QueueLine { url, host, pending, refused, failing_since, last_error, next_at }
    };
    let lines = rows.into_iter().map(line);
    Ok(lines.filter(|line| line.pending + line.refused > 0).collect())
}
