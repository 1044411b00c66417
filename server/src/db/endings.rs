//! Noting what came of deliveries.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::db::outbox::{Claimed, Ending, move_on, skip};
use crate::db::queue::refuse;
use crate::db::schema::{deliveries, inboxes, sent_activities};
use crate::db::types::micros;
use crate::db::{Conn, Lock, hosts, inboxes as known, lock};
use crate::error::Error;

/// How many activities that were given up are kept for one inbox, the newest.
const MOST_GIVEN_UP: i64 = 500;
/// How often an inbox that refuses everything is tried with the next thing.
const REFUSING: SignedDuration = SignedDuration::from_mins(1);
/// How often an inbox that was given up is tried with what is new.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(6);

/// Notes what came of deliveries and ends their leases.
pub fn settle(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    endings: &[(Claimed, Ending)],
    now: Timestamp,
) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
    // Most of a fan-out is the same activity for many inboxes: one statement for all of them.
    let mut arrived: HashMap<Option<i64>, Vec<i64>> = HashMap::new();
    let known = known_inboxes(conn, endings)?;
    for (claimed, ending) in endings.iter().filter(|(claimed, _)| known.contains(&claimed.inbox.id))
    {
        let (inbox, delivery) = (&claimed.inbox, &claimed.delivery);
        match ending {
            Ending::Arrived(not_before) => {
                let place = delivery.to_followers.then_some(delivery.activity);
                arrived.entry(place).or_default().push(inbox.id);
                note_arrived(conn, new_id, claimed)?;
                if inbox.is_troubled || *not_before > 0 {
                    hosts::note_success(conn, &inbox.host, *not_before)?;
                }
            }
            Ending::Refused(reason) => {
                refuse(conn, new_id, place(claimed), reason, now)?;
                let place = delivery.to_followers.then_some(delivery.activity);
                arrived.entry(place).or_default().push(inbox.id);
            }
            Ending::RefusedAgain(reason) => {
                refuse(conn, new_id, place(claimed), reason, now)?;
                pass(conn, claimed, now)?;
            }
            Ending::Later { reason, next_at, is_host, is_gone } => {
                put_off(conn, claimed, reason, (now, *next_at), *is_gone)?;
                if *is_host {
                    hosts::note_failure(conn, &inbox.host, micros(*next_at))?;
                }
            }
            Ending::GivenUp(reason) => give_up(conn, new_id, inbox.id, reason, now)?,
            Ending::Paused(reason) => pause(conn, inbox.id, reason, now)?,
            Ending::Gone => known::abandon(conn, inbox.id)?,
        }
    }
    for (place, ids) in arrived {
        release(conn, place, &ids, now)?;
    }
    Ok(())
}

/// An inbox may have been forgotten while something was on its way to it: then nothing is left to
/// note.
fn known_inboxes(conn: &mut Conn, endings: &[(Claimed, Ending)]) -> Result<HashSet<i64>, Error> {
    let ids: Vec<i64> = endings.iter().map(|(claimed, _)| claimed.inbox.id).collect();
    let known: Vec<i64> =
        inboxes::table.filter(inboxes::id.eq_any(ids)).select(inboxes::id).load(conn)?;
    Ok(known.into_iter().collect())
}

fn note_arrived(conn: &mut Conn, new_id: &dyn Fn() -> i64, claimed: &Claimed) -> Result<(), Error> {
    if let Some(exception) = claimed.delivery.exception {
        diesel::delete(deliveries::table.find(exception)).execute(conn)?;
    }
    if let Some(covered) = claimed.delivery.covers {
        skip(conn, new_id, claimed.inbox.id, covered)?;
    }
    Ok(())
}

/// Ends the leases of inboxes that could be reached.
fn release(conn: &mut Conn, place: Option<i64>, ids: &[i64], now: Timestamp) -> Result<(), Error> {
    let target = inboxes::table.filter(inboxes::id.eq_any(ids.to_vec()));
    let change = (
        inboxes::locked_until.eq(0),
        inboxes::attempts.eq(0),
        inboxes::next_at.eq(0),
        inboxes::failing_since.eq(None::<i64>),
        inboxes::gone_at.eq(None::<i64>),
        inboxes::last_error.eq(None::<String>),
        inboxes::reached_at.eq(micros(now)),
    );
    diesel::update(target).set(change).execute(conn)?;
    match place {
        Some(place) => move_on(conn, ids, place),
        None => Ok(()),
    }
}

/// What [`refuse`] knows a delivery by.
fn place(claimed: &Claimed) -> (i64, i64, Option<i64>) {
    (claimed.inbox.id, claimed.delivery.activity, claimed.delivery.exception)
}

/// Goes on behind an activity without saying that the inbox is well: the next one in a minute.
fn pass(conn: &mut Conn, claimed: &Claimed, now: Timestamp) -> Result<(), Error> {
    let target = inboxes::table.find(claimed.inbox.id);
    let next_at = now.saturating_add(REFUSING).unwrap_or(now);
    let change = (inboxes::locked_until.eq(0), inboxes::next_at.eq(micros(next_at)));
    diesel::update(target).set(change).execute(conn)?;
    if claimed.delivery.to_followers {
        move_on(conn, &[claimed.inbox.id], claimed.delivery.activity)?;
    }
    Ok(())
}

fn put_off(
    conn: &mut Conn,
    claimed: &Claimed,
    reason: &str,
    (now, next_at): (Timestamp, Timestamp),
    is_gone: bool,
) -> Result<(), Error> {
    let inbox = &claimed.inbox;
    let gone_at = if is_gone { inbox.gone_at.or(Some(micros(now))) } else { inbox.gone_at };
    diesel::update(inboxes::table.find(inbox.id))
        .set((
            inboxes::locked_until.eq(0),
            inboxes::attempts.eq(inboxes::attempts + 1),
            inboxes::next_at.eq(micros(next_at)),
            inboxes::failing_since.eq(inbox.failing_since.unwrap_or(micros(now))),
            inboxes::gone_at.eq(gone_at),
            inboxes::last_error.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives up everything that waits for an inbox. What comes later is tried.
fn give_up(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    inbox: i64,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let refused = (deliveries::refused_at.eq(micros(now)), deliveries::error.eq(reason));
    let waiting = deliveries::table
        .filter(deliveries::inbox_id.eq(inbox))
        .filter(deliveries::refused_at.is_null());
    diesel::update(waiting).set(refused).execute(conn)?;
    let target = inboxes::table.find(inbox);
    let (subscribed, last_sent): (bool, i64) =
        target.select((inboxes::subscribed, inboxes::last_sent)).first(conn)?;
    let missed: Vec<i64> = sent_activities::table
        .filter(sent_activities::to_followers.eq(true))
        .filter(sent_activities::id.gt(last_sent))
        .order(sent_activities::id.desc())
        .limit(if subscribed { MOST_GIVEN_UP } else { 0 })
        .select(sent_activities::id)
        .load(conn)?;
    for activity in &missed {
        let row = (
            deliveries::id.eq(new_id()),
            deliveries::inbox_id.eq(inbox),
            deliveries::activity_id.eq(activity),
            refused,
        );
        diesel::insert_into(deliveries::table).values(row).execute(conn)?;
    }
    let change = (
        inboxes::locked_until.eq(0),
        inboxes::last_sent.eq(missed.first().copied().unwrap_or(last_sent)),
        inboxes::next_at.eq(micros(now.saturating_add(GIVEN_UP).unwrap_or(now))),
        inboxes::last_error.eq(reason),
    );
    diesel::update(target).set(change).execute(conn)?;
    Ok(())
}

fn pause(conn: &mut Conn, inbox: i64, reason: &str, now: Timestamp) -> Result<(), Error> {
    let change = (
        inboxes::locked_until.eq(0),
        inboxes::paused_at.eq(micros(now)),
        inboxes::last_error.eq(reason),
    );
    diesel::update(inboxes::table.find(inbox)).set(change).execute(conn)?;
    Ok(())
}
