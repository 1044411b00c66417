//! What waits to go out and what was refused, for the people who look after it.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::bells::{Bell, ring};
use crate::db::hosts;
use crate::db::schema::{deliveries, inboxes, sent_activities};
use crate::db::types::micros;
use crate::db::{Conn, Lock, lock};
use crate::error::Error;

/// What waits for one host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostLine {
    /// The host.
    pub host: String,
    /// How many inboxes of it we deliver to.
    pub inboxes: i64,
    /// How many activities wait, over all its inboxes.
    pub pending: i64,
    /// How many were refused or given up.
    pub refused: i64,
    /// Since when it cannot be reached, in microseconds.
    pub failing_since: Option<i64>,
    /// Why, or why something was refused.
    pub last_error: Option<String>,
    /// When it is tried next, in microseconds; 0 for at once.
    pub next_at: i64,
    /// Whether delivering to it is paused, by a person or because it seems to be gone.
    pub is_paused: bool,
    /// When it last took something, in microseconds.
    pub reached_at: Option<i64>,
}

/// One activity that was refused or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its id on the wire.
    pub activity: String,
    /// Its type: `Create`, `Update`, …
    pub kind: String,
    /// What it is about: an id on the wire.
    pub object: String,
    /// The inbox.
    pub inbox: String,
    /// Why.
    pub reason: String,
    /// When, in microseconds.
    pub refused_at: i64,
}

impl HostLine {
    /// Whether somebody should have a look: it cannot be reached, refused something, or is paused.
    pub fn is_troubled(&self) -> bool {
        self.failing_since.is_some() || self.refused > 0 || self.is_paused
    }
}

type Row = (i64, String, i64, Option<i64>, Option<String>, bool, i64, Option<i64>, Option<i64>);

/// One line for each host that we deliver to, by name.
pub fn list_hosts(conn: &mut Conn) -> Result<Vec<HostLine>, Error> {
    let rows: Vec<Row> = inboxes::table
        .select((
            inboxes::id,
            inboxes::host,
            inboxes::next_at,
            inboxes::failing_since,
            inboxes::last_error,
            inboxes::subscribed,
            inboxes::last_sent,
            inboxes::paused_at,
            inboxes::reached_at,
        ))
        .load(conn)?;
    let troubled = hosts::list_troubled(conn)?;
    let own = count_exceptions(conn, false)?;
    let refused = count_exceptions(conn, true)?;
    let reasons = reasons(conn)?;
    let mut behind = Behind::default();
    let mut lines: BTreeMap<String, HostLine> = BTreeMap::new();
    for (id, host, next_at, failing_since, last_error, subscribed, last_sent, paused_at, reached) in
        rows
    {
        let line = lines.entry(host.clone()).or_default();
        let of = |counts: &HashMap<i64, i64>| counts.get(&id).copied().unwrap_or(0);
        let pending = of(&own) + if subscribed { behind.count(conn, last_sent)? } else { 0 };
        let trouble = troubled.get(&host).copied().unwrap_or_default();
        line.host = host;
        line.inboxes += 1;
        line.pending += pending;
        line.refused += of(&refused);
        line.failing_since = [line.failing_since, failing_since].into_iter().flatten().min();
        line.last_error =
            line.last_error.take().or(last_error).or_else(|| reasons.get(&id).cloned());
        line.next_at = line.next_at.max(next_at).max(trouble.not_before);
        line.is_paused |= paused_at.is_some() || trouble.paused_at.is_some();
        line.reached_at = line.reached_at.max(reached);
    }
    Ok(lines.into_values().collect())
}

/// Those of [`list_hosts`] for which something waits, was refused, or is paused.
pub fn list_waiting(conn: &mut Conn) -> Result<Vec<HostLine>, Error> {
    let mut lines = list_hosts(conn)?;
    lines.retain(|line| line.pending + line.refused > 0 || line.is_paused);
    Ok(lines)
}

/// What a host refused or was given up for it, newest first.
pub fn list_refused(conn: &mut Conn, host: &str, limit: i64) -> Result<Vec<Refused>, Error> {
    type Found = (String, String, String, String, Option<String>, Option<i64>);
    let rows: Vec<Found> = deliveries::table
        .inner_join(inboxes::table.on(inboxes::id.eq(deliveries::inbox_id)))
        .inner_join(sent_activities::table.on(sent_activities::id.eq(deliveries::activity_id)))
        .filter(inboxes::host.eq(host))
        .filter(deliveries::refused_at.is_not_null())
        .order(deliveries::refused_at.desc())
        .limit(limit)
        .select((
            sent_activities::url,
            sent_activities::kind,
            sent_activities::object_url,
            inboxes::url,
            deliveries::error,
            deliveries::refused_at,
        ))
        .load(conn)?;
    let refused = |(activity, kind, object, inbox, reason, at): Found| {
        let (reason, refused_at) = (reason.unwrap_or_default(), at.unwrap_or_default());
        Refused { activity, kind, object, inbox, reason, refused_at }
    };
    Ok(rows.into_iter().map(refused).collect())
}

/// Lets what was refused wait again, and tries the host (or every host) at once; how many there
/// were.
pub fn retry(conn: &mut Conn, host: Option<&str>) -> Result<usize, Error> {
    lock(conn, Lock::Inboxes)?;
    let ids = ids(conn, host)?;
    let again = deliveries::table
        .filter(deliveries::inbox_id.eq_any(ids.clone()))
        .filter(deliveries::refused_at.is_not_null());
    let change = (deliveries::refused_at.eq(None::<i64>), deliveries::error.eq(None::<String>));
    let count = diesel::update(again).set(change).execute(conn)?;
    let change = (
        inboxes::next_at.eq(0),
        inboxes::attempts.eq(0),
        inboxes::failing_since.eq(None::<i64>),
        inboxes::gone_at.eq(None::<i64>),
        inboxes::paused_at.eq(None::<i64>),
    );
    diesel::update(inboxes::table.filter(inboxes::id.eq_any(ids))).set(change).execute(conn)?;
    match host {
        Some(host) => hosts::note_success(conn, host, 0)?,
        None => {
            for host in hosts::list_troubled(conn)?.into_keys() {
                hosts::note_success(conn, &host, 0)?;
            }
        }
    }
    ring(conn, &Bell::GoesOut)?;
    Ok(count)
}

/// Gives up what waits for a host and what it refused; how many activities that were.
pub fn drop_all(conn: &mut Conn, host: &str) -> Result<i64, Error> {
    lock(conn, Lock::Inboxes)?;
    let lines = list_hosts(conn)?;
    let dropped = lines.iter().find(|line| line.host == host).map_or(0, |l| l.pending + l.refused);
    let ids = ids(conn, Some(host))?;
    drop_waiting(conn, ids)?;
    Ok(dropped)
}

/// Gives up what waits for inboxes and what they refused.
pub fn drop_waiting(conn: &mut Conn, ids: Vec<i64>) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
    let exceptions = deliveries::table.filter(deliveries::inbox_id.eq_any(ids.clone()));
    diesel::delete(exceptions).execute(conn)?;
    let last: Option<i64> =
        sent_activities::table.select(diesel::dsl::max(sent_activities::id)).first(conn)?;
    let target = inboxes::table.filter(inboxes::id.eq_any(ids));
    diesel::update(target).set(inboxes::last_sent.eq(last.unwrap_or(0))).execute(conn)?;
    Ok(())
}

/// Keeps a delivery that was refused, with the reason, for people to see. It is known by its inbox,
/// its activity, and the row of an exception if it is one.
pub(in crate::db) fn refuse(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    (inbox, activity, exception): (i64, i64, Option<i64>),
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let refused = (deliveries::refused_at.eq(micros(now)), deliveries::error.eq(reason));
    match exception {
        Some(exception) => {
            diesel::update(deliveries::table.find(exception)).set(refused).execute(conn)?;
        }
        None => {
            let row = (
                deliveries::id.eq(new_id()),
                deliveries::inbox_id.eq(inbox),
                deliveries::activity_id.eq(activity),
                refused,
            );
            diesel::insert_into(deliveries::table).values(row).execute(conn)?;
        }
    }
    Ok(())
}

/// Removes what was refused before a time.
pub fn delete_refused_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = deliveries::table.filter(deliveries::refused_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

/// How many activities wait over all hosts.
pub fn count_pending(conn: &mut Conn) -> Result<i64, Error> {
    Ok(list_hosts(conn)?.iter().map(|line| line.pending).sum())
}

fn ids(conn: &mut Conn, host: Option<&str>) -> Result<Vec<i64>, Error> {
    Ok(match host {
        Some(host) => {
            inboxes::table.filter(inboxes::host.eq(host)).select(inboxes::id).load(conn)?
        }
        None => inboxes::table.select(inboxes::id).load(conn)?,
    })
}

fn count_exceptions(conn: &mut Conn, refused: bool) -> Result<HashMap<i64, i64>, Error> {
    let rows: Vec<(i64, i64)> = deliveries::table
        .filter(deliveries::refused_at.is_not_null().eq(refused))
        .filter(deliveries::skipped.eq(false))
        .group_by(deliveries::inbox_id)
        .select((deliveries::inbox_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn reasons(conn: &mut Conn) -> Result<HashMap<i64, String>, Error> {
    let rows: Vec<(i64, Option<String>)> = deliveries::table
        .filter(deliveries::refused_at.is_not_null())
        .group_by(deliveries::inbox_id)
        .select((deliveries::inbox_id, diesel::dsl::max(deliveries::error)))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(inbox, reason)| Some((inbox, reason?))).collect())
}

/// How many activities of the log come after a place; each place is counted once.
#[derive(Default)]
struct Behind(HashMap<i64, i64>);

impl Behind {
    fn count(&mut self, conn: &mut Conn, last_sent: i64) -> Result<i64, Error> {
        if let Some(count) = self.0.get(&last_sent) {
            return Ok(*count);
        }
        let count = sent_activities::table
            .filter(sent_activities::to_followers.eq(true))
            .filter(sent_activities::id.gt(last_sent))
            .count()
            .get_result(conn)?;
        self.0.insert(last_sent, count);
        Ok(count)
    }
}
