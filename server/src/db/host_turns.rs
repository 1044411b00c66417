//! Whose turn it is at a host that is reached through several inboxes.
//!
//! Several inboxes of one host belong to the same software: an Accept that goes to somebody's own
//! inbox must be there before what they get through the inbox that all share, or that is dropped
//! there. So what stands earlier in the log goes first, whichever inbox of the host it is for.
//!
//! Only exceptions can overtake what goes to followers, or be overtaken by it: where none waits at
//! any inbox of the host, each inbox goes its own way. An inbox that fails or is put off holds up
//! no other, and what is earliest is never held back.

use std::collections::{HashMap, HashSet};

use diesel::dsl::{min, not};
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::log::Log;
use crate::db::schema::{deliveries, inboxes};
use crate::db::types::micros;
use crate::error::Error;

/// What waits at some hosts for inboxes that are well, or is on its way to them.
pub(in crate::db) struct Turns {
    now: i64,
    /// Inboxes to which nothing is to go.
    silent: Vec<i64>,
    /// By host, the earliest exception.
    exceptions: HashMap<String, i64>,
    /// By host, the earliest activity for followers; found out when an exception asks.
    shared: HashMap<String, Option<i64>>,
}

impl Turns {
    /// Reads what waits at hosts. The inboxes `silent` get nothing, and hold up nobody.
    pub fn read(
        conn: &mut Conn,
        hosts: HashSet<&str>,
        silent: Vec<i64>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let now = micros(now);
        let earliest: Vec<(String, Option<i64>)> = inboxes::table
            .inner_join(deliveries::table.on(deliveries::inbox_id.eq(inboxes::id)))
            .filter(inboxes::host.eq_any(hosts))
            .filter(is_well(now))
            .filter(inboxes::id.ne_all(silent.clone()))
            .filter(deliveries::refused_at.is_null())
            .filter(not(deliveries::skipped))
            .group_by(inboxes::host)
            .select((inboxes::host, min(deliveries::activity_id)))
            .load(conn)?;
        let exceptions =
            earliest.into_iter().filter_map(|(host, first)| Some((host, first?))).collect();
        Ok(Self { now, silent, exceptions, shared: HashMap::new() })
    }

    /// Whether something earlier than `place` must reach a host first. It waits for another inbox
    /// than the one that asks, because to that one the activity at `place` is the next.
    pub fn hold_back(
        &mut self,
        conn: &mut Conn,
        log: &mut Log,
        host: &str,
        (place, is_exception): (i64, bool),
    ) -> Result<bool, Error> {
        let is_before = |first: Option<i64>| first.is_some_and(|first| first < place);
        if is_before(self.exceptions.get(host).copied()) {
            return Ok(true);
        }
        Ok(is_exception && is_before(self.first_shared(conn, log, host)?))
    }

    fn first_shared(
        &mut self,
        conn: &mut Conn,
        log: &mut Log,
        host: &str,
    ) -> Result<Option<i64>, Error> {
        if let Some(first) = self.shared.get(host) {
            return Ok(*first);
        }
        let last: Option<i64> = inboxes::table
            .filter(inboxes::host.eq(host))
            .filter(inboxes::subscribed)
            .filter(is_well(self.now))
            .filter(inboxes::id.ne_all(self.silent.clone()))
            .select(min(inboxes::last_sent))
            .first(conn)?;
        let first = match last {
            Some(last) => log.next_after(conn, last)?,
            None => None,
        };
        self.shared.insert(host.to_owned(), first);
        Ok(first)
    }
}

/// Inboxes that could be reached last time.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_well(now: i64) -> _ {
    inboxes::attempts.eq(0_i32).and(inboxes::paused_at.is_null()).and(inboxes::next_at.le(now))
}
