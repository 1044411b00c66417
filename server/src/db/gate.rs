//! With whom we speak at all: the mode, the list of hosts, and those that knocked in vain.

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::bells::{Bell, ring};
use crate::db::schema::{allowed_domains, federation_mode, pending_peers};
use crate::db::types::{micros, time, word};
use crate::db::{Conn, each_backend};
use crate::domain::gate::{Gate, Mode};
use crate::error::Error;

/// The only row.
const ROW: i32 = 1;
/// How many hosts that knocked are remembered.
pub const MOST_PENDING: i64 = 200;

/// A host on our list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The host, with its port if it is not the usual one.
    pub domain: String,
    /// Since when.
    pub added_at: Timestamp,
}

/// A host that is not on our list and asked for something. Nobody checked that it was really that
/// host: whoever is not on the list is not asked for anything, not even for keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The host as it named itself.
    pub host: String,
    /// The address of the key by which it signed: it tells who there asked.
    pub actor: String,
    /// When it first came.
    pub first_at: Timestamp,
    /// When it came last.
    pub last_at: Timestamp,
}

/// The gate, and since when it is in its mode.
pub fn find(conn: &mut Conn) -> Result<(Gate, Timestamp), Error> {
    let row = federation_mode::table.find(ROW);
    let (mode, changed_at): (String, i64) =
        row.select((federation_mode::mode, federation_mode::changed_at)).first(conn)?;
    let mode = word(Mode::from_word(&mode), &mode)?;
    let listed = match mode {
        Mode::Allowlist => allowed_domains::table.select(allowed_domains::domain).load(conn)?,
        Mode::Open | Mode::Off => Vec::new(),
    };
    Ok((Gate::new(mode, listed), time(changed_at)?))
}

/// A number that grows whenever blocks, rules or the gate change.
pub fn revision(conn: &mut Conn) -> Result<i64, Error> {
    Ok(federation_mode::table.find(ROW).select(federation_mode::revision).first(conn)?)
}

/// Notes that blocks, rules or the gate changed.
pub fn note_change(conn: &mut Conn) -> Result<(), Error> {
    diesel::update(federation_mode::table.find(ROW))
        .set(federation_mode::revision.eq(federation_mode::revision + 1))
        .execute(conn)?;
    ring(conn, &Bell::Changed)
}

/// Notes that all of it may be another, because the whole database is: with a number that no process
/// can know that worked on the one before, however often that one changed since the backup.
pub fn note_return(conn: &mut Conn, at: Timestamp) -> Result<(), Error> {
    let next = micros(at).max(revision(conn)?.saturating_add(1));
    diesel::update(federation_mode::table.find(ROW))
        .set(federation_mode::revision.eq(next))
        .execute(conn)?;
    ring(conn, &Bell::Changed)
}

/// Sets the mode.
pub fn set_mode(conn: &mut Conn, mode: Mode, now: Timestamp) -> Result<(), Error> {
    let change =
        (federation_mode::mode.eq(mode.word()), federation_mode::changed_at.eq(micros(now)));
    diesel::update(federation_mode::table.find(ROW)).set(change).execute(conn)?;
    note_change(conn)
}

/// Puts a host on the list; false if it stands there. It waits at the door no longer.
pub fn allow(conn: &mut Conn, domain: &str, now: Timestamp) -> Result<bool, Error> {
    let row = (allowed_domains::domain.eq(domain), allowed_domains::added_at.eq(micros(now)));
    let added = each_backend!(conn, |c| diesel::insert_into(allowed_domains::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    forget_pending(conn, domain)?;
    note_change(conn)?;
    Ok(added > 0)
}

/// Takes a host off the list; whether it stood there.
pub fn disallow(conn: &mut Conn, domain: &str) -> Result<bool, Error> {
    let removed = diesel::delete(allowed_domains::table.find(domain)).execute(conn)? > 0;
    note_change(conn)?;
    Ok(removed)
}

/// The hosts on our list, by name, in whatever mode.
pub fn list_allowed(conn: &mut Conn) -> Result<Vec<Allowed>, Error> {
    let rows: Vec<(String, i64)> =
        allowed_domains::table.order(allowed_domains::domain).load(conn)?;
    let allowed = |(domain, added_at)| Ok(Allowed { domain, added_at: time(added_at)? });
    rows.into_iter().map(allowed).collect()
}

/// Notes that a host knocked. Of more than [`MOST_PENDING`] those are forgotten that came last
/// longest ago: a real server comes again.
pub fn note_pending(conn: &mut Conn, host: &str, actor: &str, now: Timestamp) -> Result<(), Error> {
    let row = (
        pending_peers::host.eq(host),
        pending_peers::actor.eq(actor),
        pending_peers::first_at.eq(micros(now)),
        pending_peers::last_at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(pending_peers::table)
        .values(row)
        .on_conflict(pending_peers::host)
        .do_update()
        .set((pending_peers::actor.eq(actor), pending_peers::last_at.eq(micros(now))))
        .execute(c))?;
    let surplus: Vec<String> = pending_peers::table
        .order((pending_peers::last_at.desc(), pending_peers::host))
        .offset(MOST_PENDING)
        .limit(MOST_PENDING)
        .select(pending_peers::host)
        .load(conn)?;
    if !surplus.is_empty() {
        let surplus = pending_peers::table.filter(pending_peers::host.eq_any(surplus));
        diesel::delete(surplus).execute(conn)?;
    }
    Ok(())
}

/// Those that knocked, the latest first.
pub fn list_pending(conn: &mut Conn) -> Result<Vec<Pending>, Error> {
    let rows: Vec<(String, String, i64, i64)> = pending_peers::table
        .order((pending_peers::last_at.desc(), pending_peers::host))
        .load(conn)?;
    let pending = |(host, actor, first_at, last_at)| {
        Ok(Pending { host, actor, first_at: time(first_at)?, last_at: time(last_at)? })
    };
    rows.into_iter().map(pending).collect()
}

/// Whether a host knocked.
pub fn is_pending(conn: &mut Conn, host: &str) -> Result<bool, Error> {
    Ok(diesel::select(exists(pending_peers::table.find(host))).get_result(conn)?)
}

/// Forgets that a host knocked; whether it had.
pub fn forget_pending(conn: &mut Conn, host: &str) -> Result<bool, Error> {
    Ok(diesel::delete(pending_peers::table.find(host)).execute(conn)? > 0)
}

/// Forgets who knocked and has not come again since a time.
pub fn delete_pending_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = pending_peers::table.filter(pending_peers::last_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}
