//! The private notes of promises, of counts and of turns, which are erased when nobody needs them any
//! more: only those who met by them read them.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{
    confirmation_private, confirmations, fulfilments, incoming_promise_private, incoming_promises,
    outgoing_confirmation_private, outgoing_confirmations, outgoing_promise_private,
    outgoing_promises, promise_private, promises, proposals, turn_private, turns,
};
use crate::db::types::micros;
use crate::domain::incoming_promise::IncomingState;
use crate::domain::outgoing_promise::OutgoingState;
use crate::domain::promise::PromiseState;
use crate::domain::proposal::State;
use crate::error::Error;

/// How many ids stand in one statement.
const AT_ONCE: usize = 500;

/// Erases the notes of what came before `came`, of what was given back, and of what is over since
/// before `over`.
pub fn erase(conn: &mut Conn, came: Timestamp, over: Timestamp) -> Result<(), Error> {
    let (came, over) = (micros(came), micros(over));
    let settled = list_settled(conn, came, over)?;
    for ids in settled.chunks(AT_ONCE) {
        erase_of_promises(conn, ids)?;
    }
    erase_refused(conn, over)?;
    erase_outgoing(conn, came)?;
    erase_of_turns(conn, over)
}

/// Promises to ours about whose details nobody talks any more.
fn list_settled(conn: &mut Conn, came: i64, over: i64) -> Result<Vec<i64>, Error> {
    let closed = [State::Enough.word(), State::Withdrawn.word(), State::Expired.word()];
    let arrived: Vec<i64> = fulfilments::table
        .filter(fulfilments::fulfilled_at.lt(came))
        .select(fulfilments::promise_id)
        .load(conn)?;
    let given_back: Vec<i64> = promises::table
        .filter(promises::state.eq(PromiseState::Released.word()))
        .select(promises::id)
        .load(conn)?;
    let of_closed: Vec<i64> = promises::table
        .inner_join(proposals::table.on(proposals::id.eq(promises::proposal_id)))
        .filter(proposals::state.eq_any(closed))
        .filter(proposals::updated_at.lt(over))
        .select(promises::id)
        .load(conn)?;
    let mut all: Vec<i64> = arrived.into_iter().chain(given_back).chain(of_closed).collect();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn erase_of_promises(conn: &mut Conn, ids: &[i64]) -> Result<(), Error> {
    let made = promise_private::table
        .filter(promise_private::promise_id.eq_any(ids.to_vec()))
        .filter(promise_private::note.is_not_null());
    diesel::update(made).set(promise_private::note.eq(None::<String>)).execute(conn)?;
    let said = confirmations::table
        .filter(confirmations::promise_id.eq_any(ids.to_vec()))
        .select(confirmations::id);
    let counted = confirmation_private::table
        .filter(confirmation_private::confirmation_id.eq_any(said))
        .filter(confirmation_private::note.is_not_null());
    diesel::update(counted).set(confirmation_private::note.eq(None::<String>)).execute(conn)?;
    let offered: Vec<i64> = incoming_promises::table
        .filter(incoming_promises::promise_id.eq_any(ids.to_vec()))
        .select(incoming_promises::id)
        .load(conn)?;
    erase_incoming(conn, offered)
}

fn erase_incoming(conn: &mut Conn, ids: Vec<i64>) -> Result<(), Error> {
    let theirs = incoming_promise_private::table
        .filter(incoming_promise_private::incoming_promise_id.eq_any(ids))
        .filter(incoming_promise_private::note.is_not_null());
    diesel::update(theirs).set(incoming_promise_private::note.eq(None::<String>)).execute(conn)?;
    Ok(())
}

/// What other collectives promised and nothing came of.
fn erase_refused(conn: &mut Conn, over: i64) -> Result<(), Error> {
    let ended = [
        IncomingState::Declined.word(),
        IncomingState::Withdrawn.word(),
        IncomingState::Expired.word(),
    ];
    let ids: Vec<i64> = incoming_promises::table
        .filter(incoming_promises::state.eq_any(ended))
        .filter(incoming_promises::received_at.lt(over))
        .select(incoming_promises::id)
        .load(conn)?;
    ids.chunks(AT_ONCE).try_for_each(|ids| erase_incoming(conn, ids.to_vec()))
}

/// What we promised to others and is over.
fn erase_outgoing(conn: &mut Conn, came: i64) -> Result<(), Error> {
    let ended = [
        OutgoingState::Declined.word(),
        OutgoingState::Released.word(),
        OutgoingState::Cancelled.word(),
        OutgoingState::Expired.word(),
        OutgoingState::Delivered.word(),
    ];
    let ids: Vec<i64> = outgoing_promises::table
        .filter(outgoing_promises::state.eq_any(ended))
        .filter(outgoing_promises::changed_at.lt(came))
        .select(outgoing_promises::id)
        .load(conn)?;
    for ids in ids.chunks(AT_ONCE) {
        let made = outgoing_promise_private::table
            .filter(outgoing_promise_private::outgoing_promise_id.eq_any(ids.to_vec()))
            .filter(outgoing_promise_private::note.is_not_null());
        diesel::update(made)
            .set(outgoing_promise_private::note.eq(None::<String>))
            .execute(conn)?;
        let said = outgoing_confirmations::table
            .filter(outgoing_confirmations::outgoing_promise_id.eq_any(ids.to_vec()))
            .select(outgoing_confirmations::id);
        let counted = outgoing_confirmation_private::table
            .filter(outgoing_confirmation_private::outgoing_confirmation_id.eq_any(said))
            .filter(outgoing_confirmation_private::note.is_not_null());
        diesel::update(counted)
            .set(outgoing_confirmation_private::note.eq(None::<String>))
            .execute(conn)?;
    }
    Ok(())
}

/// What was handed over at turns. The newest of each duty stays: the next ones need it.
fn erase_of_turns(conn: &mut Conn, over: i64) -> Result<(), Error> {
    let noted: Vec<(i64, i64, i64)> = turn_private::table
        .inner_join(turns::table.on(turns::id.eq(turn_private::turn_id)))
        .filter(turn_private::note.is_not_null())
        .select((turns::duty_id, turns::ends_at, turns::id))
        .load(conn)?;
    let mut newest: HashMap<i64, i64> = HashMap::new();
    for (duty, ends_at, _) in &noted {
        let latest = newest.entry(*duty).or_insert(*ends_at);
        *latest = (*latest).max(*ends_at);
    }
    let is_old = |(duty, ends_at, _): &&(i64, i64, i64)| {
        *ends_at < over && newest.get(duty).is_some_and(|latest| ends_at < latest)
    };
    let old: Vec<i64> = noted.iter().filter(is_old).map(|(_, _, turn)| *turn).collect();
    for ids in old.chunks(AT_ONCE) {
        let target = turn_private::table.filter(turn_private::turn_id.eq_any(ids.to_vec()));
        diesel::update(target).set(turn_private::note.eq(None::<String>)).execute(conn)?;
    }
    Ok(())
}
