//! What is known of other hosts: whether they can be reached, and whom we block.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::bells::{Bell, ring};
use crate::db::schema::{blocks, hosts, inboxes};
use crate::db::types::{micros, time};
use crate::db::{Conn, Lock, each_backend, gate, lock};
use crate::error::Error;

/// The row that stands for every host: while it is paused, nothing is delivered.
pub const ALL: &str = "*";

/// After this many failures in a row, whatever the inbox, a host gets one probe at a time.
pub const CIRCUIT_OPENS: i32 = 5;

/// How many hosts' ways of signing are read at once; the others are found out anew.
const MOST_SIGNATURES: i64 = 10_000;

/// What keeps us from delivering to a host as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// How many deliveries failed in a row.
    pub failures: i32,
    /// When it may be tried again, in microseconds.
    pub not_before: i64,
    /// Since when a person paused it, in microseconds.
    pub paused_at: Option<i64>,
}

/// Whom we neither hear nor speak to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// A host, or the address of an actor.
    pub subject: String,
    /// Why, for the stewards.
    pub reason: String,
    /// Since when.
    pub blocked_at: Timestamp,
}

/// Every host that is not as usual.
pub fn list_troubled(conn: &mut Conn) -> Result<HashMap<String, Trouble>, Error> {
    let rows: Vec<(String, i32, i64, Option<i64>)> = hosts::table
        .filter(
            hosts::failures.gt(0).or(hosts::not_before.gt(0)).or(hosts::paused_at.is_not_null()),
        )
        .select((hosts::host, hosts::failures, hosts::not_before, hosts::paused_at))
        .load(conn)?;
    let trouble = |(host, failures, not_before, paused_at)| {
        (host, Trouble { failures, not_before, paused_at })
    };
    Ok(rows.into_iter().map(trouble).collect())
}

/// Notes that a host failed once more; from the fifth time on, nothing of it is tried before
/// `next_at`.
pub fn note_failure(conn: &mut Conn, host: &str, next_at: i64) -> Result<(), Error> {
    insert(conn, host)?;
    diesel::update(hosts::table.find(host))
        .set(hosts::failures.eq(hosts::failures + 1))
        .execute(conn)?;
    let open = hosts::table.find(host).filter(hosts::failures.ge(CIRCUIT_OPENS));
    diesel::update(open).set(hosts::not_before.eq(next_at)).execute(conn)?;
    Ok(())
}

/// Notes that a host could be reached. It gets its next delivery at `not_before`, in microseconds;
/// 0 for at once. If it had a single probe at a time, its other inboxes are tried at once too.
pub fn note_success(conn: &mut Conn, host: &str, not_before: i64) -> Result<(), Error> {
    let open = hosts::table.find(host).filter(hosts::failures.ge(CIRCUIT_OPENS));
    if diesel::select(exists(open)).get_result(conn)? {
        wake_inboxes(conn, host)?;
    }
    if not_before > 0 {
        insert(conn, host)?;
    }
    let change = (hosts::failures.eq(0), hosts::not_before.eq(not_before));
    diesel::update(hosts::table.find(host)).set(change).execute(conn)?;
    Ok(())
}

/// Lets everything of a host be tried at once: it has just spoken to us. If it fails again, it
/// waits longer than before all the same. Answers whether anything of it could not be reached.
pub fn wake(conn: &mut Conn, host: &str) -> Result<bool, Error> {
    lock(conn, Lock::Inboxes)?;
    let woken = wake_inboxes(conn, host)?;
    diesel::update(hosts::table.find(host)).set(hosts::not_before.eq(0)).execute(conn)?;
    Ok(woken > 0)
}

fn wake_inboxes(conn: &mut Conn, host: &str) -> Result<usize, Error> {
    // A host that answered No or Later is there all the time: its answer holds.
    let asleep = inboxes::table
        .filter(inboxes::host.eq(host))
        .filter(inboxes::attempts.gt(0))
        .filter(inboxes::last_error.not_like("%answered 4%"));
    Ok(diesel::update(asleep).set(inboxes::next_at.eq(0)).execute(conn)?)
}

/// Stops delivering to a host ([`ALL`] for every host) until it is resumed.
pub fn pause(conn: &mut Conn, host: &str, now: Timestamp) -> Result<(), Error> {
    insert(conn, host)?;
    diesel::update(hosts::table.find(host)).set(hosts::paused_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Delivers again, at once: also what the software paused by itself.
pub fn resume(conn: &mut Conn, host: &str) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
    let change = (hosts::paused_at.eq(None::<i64>), hosts::failures.eq(0), hosts::not_before.eq(0));
    diesel::update(hosts::table.find(host)).set(change).execute(conn)?;
    let target = inboxes::table.filter(inboxes::host.eq(host));
    let change = (inboxes::paused_at.eq(None::<i64>), inboxes::next_at.eq(0));
    diesel::update(target).set(change).execute(conn)?;
    ring(conn, &Bell::GoesOut)
}

/// Whether a person paused a host ([`ALL`] for every host).
pub fn is_paused(conn: &mut Conn, host: &str) -> Result<bool, Error> {
    let paused = hosts::table.find(host).filter(hosts::paused_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(paused)).get_result(conn)?)
}

/// The way of signing that a host accepted last, where it is not the usual one.
pub fn list_signatures(conn: &mut Conn) -> Result<Vec<(String, String)>, Error> {
    let rows: Vec<(String, Option<String>)> = hosts::table
        .filter(hosts::signature.is_not_null())
        .select((hosts::host, hosts::signature))
        .limit(MOST_SIGNATURES)
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(host, word)| Some((host, word?))).collect())
}

/// Remembers the way of signing that a host accepted; None for the usual one.
pub fn remember_signature(
    conn: &mut Conn,
    host: &str,
    word: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    insert(conn, host)?;
    let change = (hosts::signature.eq(word), hosts::signature_at.eq(micros(now)));
    diesel::update(hosts::table.find(host)).set(change).execute(conn)?;
    Ok(())
}

/// Blocks a host or an actor; a second time changes the reason.
pub fn block(conn: &mut Conn, subject: &str, reason: &str, now: Timestamp) -> Result<(), Error> {
    insert_block(conn, subject, reason, now)?;
    gate::note_change(conn)
}

/// The same for one of many: whoever does it says once that something changed.
pub fn insert_block(
    conn: &mut Conn,
    subject: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        blocks::subject.eq(subject),
        blocks::reason.eq(reason),
        blocks::blocked_at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(blocks::table)
        .values(row)
        .on_conflict(blocks::subject)
        .do_update()
        .set(blocks::reason.eq(reason))
        .execute(c))?;
    Ok(())
}

/// Ends a block; whether there was one.
pub fn unblock(conn: &mut Conn, subject: &str) -> Result<bool, Error> {
    gate::note_change(conn)?;
    Ok(diesel::delete(blocks::table.find(subject)).execute(conn)? > 0)
}

/// Whom we block, by name.
pub fn list_blocks(conn: &mut Conn) -> Result<Vec<Block>, Error> {
    let rows: Vec<(String, String, i64)> = blocks::table
        .order(blocks::subject)
        .select((blocks::subject, blocks::reason, blocks::blocked_at))
        .load(conn)?;
    let block = |(subject, reason, blocked_at)| {
        Ok(Block { subject, reason, blocked_at: time(blocked_at)? })
    };
    rows.into_iter().map(block).collect()
}

/// Forgets hosts of which there is nothing to remember: also those whose way of signing was found
/// out before a time and to which we deliver nothing. It can be found out anew.
pub fn delete_usual(conn: &mut Conn, now: Timestamp, before: Timestamp) -> Result<usize, Error> {
    let inboxes = inboxes::table.filter(inboxes::host.eq(hosts::host));
    let is_strange = hosts::signature_at.lt(micros(before)).and(not(exists(inboxes)));
    let usual = hosts::table
        .filter(hosts::failures.eq(0))
        .filter(hosts::not_before.le(micros(now)))
        .filter(hosts::paused_at.is_null())
        .filter(hosts::signature.is_null().or(is_strange));
    Ok(diesel::delete(usual).execute(conn)?)
}

fn insert(conn: &mut Conn, host: &str) -> Result<(), Error> {
    let row = (hosts::host.eq(host), hosts::failures.eq(0), hosts::not_before.eq(0));
    each_backend!(conn, |c| diesel::insert_into(hosts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}
