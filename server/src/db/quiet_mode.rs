//! Whether strangers and other servers see anything of the collective, and what is still to be taken
//! back or said again.

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{decisions, proposals, quiet_mode, sent_activities, turn_notes};
use crate::db::types::{micros, time, word};
use crate::db::{Conn, each_backend, gate};
use crate::domain::audience::Audience;
use crate::domain::id::{DecisionId, Id, ProposalId};
use crate::domain::proposal::State;
use crate::domain::quiet_mode::{Quiet, QuietMode};
use crate::error::Error;

/// The only row.
const ROW: i32 = 1;

/// How it is.
pub fn find(conn: &mut Conn) -> Result<QuietMode, Error> {
    let row = quiet_mode::table.find(ROW);
    read(row.select(columns()).first(conn)?)
}

/// How it is, locked until the transaction ends, so that two people who change it follow each other.
pub fn lock(conn: &mut Conn) -> Result<QuietMode, Error> {
    let row: (String, i64, Option<i64>) =
        each_backend!(conn, |c| diesel::update(quiet_mode::table.find(ROW))
            .set(quiet_mode::quiet.eq(quiet_mode::quiet))
            .returning(columns())
            .get_result(c))?;
    read(row)
}

/// Whether strangers and other servers see nothing.
pub fn is_quiet(conn: &mut Conn) -> Result<bool, Error> {
    Ok(find(conn)?.quiet.is_quiet())
}

/// Changes it, from now on.
pub fn set(conn: &mut Conn, quiet: Quiet, now: Timestamp) -> Result<(), Error> {
    let change = (
        quiet_mode::quiet.eq(quiet.word()),
        quiet_mode::changed_at.eq(micros(now)),
        quiet_mode::last_activity.eq(None::<i64>),
    );
    diesel::update(quiet_mode::table.find(ROW)).set(change).execute(conn)?;
    gate::note_change(conn)
}

/// Notes that everything is taken back: nothing that comes into the log from now on goes out.
pub fn stop_outgoing(conn: &mut Conn) -> Result<(), Error> {
    let newest: Option<i64> =
        sent_activities::table.select(diesel::dsl::max(sent_activities::id)).first(conn)?;
    diesel::update(quiet_mode::table.find(ROW))
        .set(quiet_mode::last_activity.eq(newest.unwrap_or(0)))
        .execute(conn)?;
    gate::note_change(conn)
}

/// The place in the log behind which nothing goes out now.
pub fn last_to_go_out(conn: &mut Conn) -> Result<i64, Error> {
    let last: Option<i64> =
        quiet_mode::table.find(ROW).select(quiet_mode::last_activity).first(conn)?;
    Ok(last.unwrap_or(i64::MAX))
}

/// Needs and offers of which other servers were told and that are not taken back, in the order of
/// ids.
pub fn list_said(conn: &mut Conn, limit: i64) -> Result<Vec<ProposalId>, Error> {
    let told = [State::Open.word(), State::Enough.word(), State::Expired.word()];
    let outside = [Audience::Public.word(), Audience::Pacts.word()];
    let ids: Vec<i64> = proposals::table
        .filter(proposals::is_unsaid.eq(false))
        .filter(proposals::audience.eq_any(outside))
        .filter(proposals::state.eq_any(told))
        .order(proposals::id)
        .limit(limit)
        .select(proposals::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Those that are open and of which nobody elsewhere is told now, in the order of ids.
pub fn list_unsaid(conn: &mut Conn, limit: i64) -> Result<Vec<ProposalId>, Error> {
    let ids: Vec<i64> = proposals::table
        .filter(proposals::is_unsaid.eq(true))
        .filter(proposals::state.eq(State::Open.word()))
        .order(proposals::id)
        .limit(limit)
        .select(proposals::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// The decisions about which followers are asked and that are open.
pub fn list_questions(conn: &mut Conn) -> Result<Vec<DecisionId>, Error> {
    let ids: Vec<i64> = decisions::table
        .filter(decisions::asks_followers.eq(true))
        .filter(decisions::closed_at.is_null())
        .order(decisions::id)
        .select(decisions::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Whether something is still to be taken back, or to be said again.
pub fn is_unfinished(conn: &mut Conn) -> Result<bool, Error> {
    let mode = find(conn)?;
    if !mode.quiet.is_quiet() {
        return Ok(!list_unsaid(conn, 1)?.is_empty());
    }
    let open_notes = turn_notes::table.filter(turn_notes::ended_at.is_null());
    Ok(mode.quiet.is_lockdown() && mode.last_activity.is_none()
        || !list_said(conn, 1)?.is_empty()
        || diesel::select(exists(open_notes)).get_result(conn)?)
}

type Columns = (quiet_mode::quiet, quiet_mode::changed_at, quiet_mode::last_activity);

fn columns() -> Columns {
    (quiet_mode::quiet, quiet_mode::changed_at, quiet_mode::last_activity)
}

fn read(
    (quiet, changed_at, last_activity): (String, i64, Option<i64>),
) -> Result<QuietMode, Error> {
    Ok(QuietMode {
        quiet: word(Quiet::from_word(&quiet), &quiet)?,
        changed_at: time(changed_at)?,
        last_activity,
    })
}
