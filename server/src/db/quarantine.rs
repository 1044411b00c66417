//! Returns from a backup, and the one that waits to be confirmed: until then nothing leaves.

use diesel::dsl::max;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{
    backup_runs, deliveries, hosts, inboxes, proposals, restores, sent_activities, sessions,
    sign_in_attempts, sign_in_codes, sign_in_links, turn_notes,
};
use crate::db::types::{micros, time};
use crate::db::{Conn, Lock, gate, lock, marks};
use crate::domain::restore::Restore;
use crate::error::Error;

type Row = (i32, i64, i64);

/// Puts what was just written back from a backup into quarantine. It belongs into the transaction
/// after which a server could be started on this database.
///
/// Whoever was signed in when the backup was made may have signed out since, and links and codes may
/// have been used: none of them works any more. Answers the return as it is noted: with an epoch that
/// is greater than every one that the backup knows, also if the clock stood still in between.
pub fn begin(conn: &mut Conn, new: Restore) -> Result<Restore, Error> {
    let new = Restore { epoch: new.epoch.max(epoch(conn)?.saturating_add(1)), ..new };
    let row = (
        restores::epoch.eq(new.epoch),
        restores::made_at.eq(micros(new.made_at)),
        restores::restored_at.eq(micros(new.restored_at)),
        restores::confirmed_at.eq(None::<i64>),
    );
    diesel::insert_into(restores::table).values(row).execute(conn)?;
    let behind = proposals::table.filter(proposals::revision.lt(new.epoch));
    diesel::update(behind).set(proposals::revision.eq(new.epoch)).execute(conn)?;
    let behind = turn_notes::table.filter(turn_notes::revision.lt(new.epoch));
    diesel::update(behind).set(turn_notes::revision.eq(new.epoch)).execute(conn)?;
    diesel::delete(sessions::table).execute(conn)?;
    diesel::delete(sign_in_links::table).execute(conn)?;
    diesel::delete(sign_in_attempts::table).execute(conn)?;
    diesel::delete(sign_in_codes::table).execute(conn)?;
    // The backup from which this came was not finished when it was read.
    diesel::delete(backup_runs::table.filter(backup_runs::ended_at.is_null())).execute(conn)?;
    // We were away, however short it was: what our neighbours said meanwhile is read once we speak.
    marks::note(conn, marks::ALIVE, Timestamp::UNIX_EPOCH)?;
    gate::note_return(conn, new.restored_at)?;
    Ok(new)
}

/// The return that nobody confirmed yet.
pub fn find(conn: &mut Conn) -> Result<Option<Restore>, Error> {
    let row: Option<Row> = restores::table
        .filter(restores::confirmed_at.is_null())
        .order(restores::epoch.desc())
        .select((restores::epoch, restores::made_at, restores::restored_at))
        .first(conn)
        .optional()?;
    row.map(read).transpose()
}

/// Where numbers that count up on the wire go on: 0 if this never came back from a backup.
pub fn epoch(conn: &mut Conn) -> Result<i32, Error> {
    let last: Option<i32> = restores::table.select(max(restores::epoch)).first(conn)?;
    Ok(last.unwrap_or(0))
}

/// Ends the quarantine. Hosts that could not be reached when the backup was made count as tried
/// never: else the time that the backup lay in a drawer would count as theirs, and their people would
/// be forgotten. With `leaves_out`, what waited to go out in the backup never does.
pub fn confirm(
    conn: &mut Conn,
    restore: &Restore,
    leaves_out: bool,
    now: Timestamp,
) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
    let open = restores::table.filter(restores::confirmed_at.is_null());
    diesel::update(open).set(restores::confirmed_at.eq(micros(now))).execute(conn)?;
    if leaves_out {
        leave_out(conn, restore.restored_at)?;
    }
    let failing = inboxes::table.filter(inboxes::attempts.gt(0));
    let change =
        (inboxes::failing_since.eq(None::<i64>), inboxes::attempts.eq(0), inboxes::next_at.eq(0));
    diesel::update(failing).set(change).execute(conn)?;
    let change = (hosts::failures.eq(0), hosts::not_before.eq(0));
    diesel::update(hosts::table).set(change).execute(conn)?;
    gate::note_change(conn)
}

/// Gives up what was said before a time and waits.
fn leave_out(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let last: Option<i64> = sent_activities::table
        .filter(sent_activities::sent_at.lt(micros(before)))
        .select(max(sent_activities::id))
        .first(conn)?;
    let Some(last) = last else { return Ok(()) };
    let waiting = deliveries::table
        .filter(deliveries::activity_id.le(last))
        .filter(deliveries::refused_at.is_null());
    diesel::delete(waiting).execute(conn)?;
    let behind = inboxes::table.filter(inboxes::last_sent.lt(last));
    diesel::update(behind).set(inboxes::last_sent.eq(last)).execute(conn)?;
    Ok(())
}

fn read((epoch, made_at, restored_at): Row) -> Result<Restore, Error> {
    Ok(Restore { epoch, made_at: time(made_at)?, restored_at: time(restored_at)? })
}
