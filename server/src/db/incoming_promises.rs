//! What other collectives promise to answer ours with, and which collective stands behind a promise.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::actors::Row as ActorRow;
use crate::db::schema::{
    incoming_promise_private, incoming_promises, promise_parties, promises, remote_actors,
};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{amount, amount_if_any, micros, time, time_if_any, url, word, written};
use crate::domain::id::{Id, IncomingPromiseId, PromiseId, ProposalId, RemoteActorId};
use crate::domain::incoming_promise::{Counter, IncomingPromise, IncomingState, Party, Told};
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = incoming_promises, treat_none_as_null = true)]
struct Row {
    id: i64,
    url: String,
    actor_id: i64,
    proposal_id: Option<i64>,
    amount: Option<String>,
    reserve: bool,
    due: Option<i64>,
    state: String,
    sequence: i64,
    promise_id: Option<i64>,
    counter_now: Option<String>,
    counter_reserve: Option<String>,
    received_at: i64,
    answered_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = promise_parties, treat_none_as_null = true)]
struct PartyRow {
    promise_id: i64,
    actor_id: Option<i64>,
    name: String,
    sequence: i64,
    told_amount: Option<String>,
    told_reserve: String,
    told_finished: bool,
}

/// Adds one, with the note that came with it.
pub fn insert(conn: &mut Conn, new: &IncomingPromise, note: Option<&str>) -> Result<(), Error> {
    diesel::insert_into(incoming_promises::table).values(Row::from(new)).execute(conn)?;
    let private = (
        incoming_promise_private::incoming_promise_id.eq(new.id.number()),
        incoming_promise_private::note.eq(seal_if_any("incoming_promise_private.note", note)?),
    );
    diesel::insert_into(incoming_promise_private::table).values(private).execute(conn)?;
    Ok(())
}

/// Writes every column of one.
pub fn update(conn: &mut Conn, changed: &IncomingPromise) -> Result<(), Error> {
    let target = incoming_promises::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// One by its id here.
pub fn find(conn: &mut Conn, id: IncomingPromiseId) -> Result<IncomingPromise, Error> {
    incoming_promises::table.find(id.number()).select(Row::as_select()).first(conn)?.into_incoming()
}

/// One by the id of its Offer, if `actor` sent it.
pub fn find_by_url(
    conn: &mut Conn,
    offer: &str,
    actor: RemoteActorId,
) -> Result<Option<IncomingPromise>, Error> {
    let query = incoming_promises::table
        .filter(incoming_promises::url.eq(offer))
        .filter(incoming_promises::actor_id.eq(actor.number()));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_incoming).transpose()
}

/// The one that became a promise.
pub fn find_by_promise(
    conn: &mut Conn,
    promise: PromiseId,
) -> Result<Option<IncomingPromise>, Error> {
    let query = incoming_promises::table.filter(incoming_promises::promise_id.eq(promise.number()));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_incoming).transpose()
}

/// The note that came with one: for members.
pub fn find_note(conn: &mut Conn, id: IncomingPromiseId) -> Result<Option<String>, Error> {
    let query = incoming_promise_private::table.find(id.number());
    let note: Option<String> = query.select(incoming_promise_private::note).first(conn)?;
    open_if_any("incoming_promise_private.note", note)
}

/// All of them and who sent each, newest first.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<(IncomingPromise, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = incoming_promises::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(incoming_promises::actor_id)))
        .filter(incoming_promises::proposal_id.is_not_null())
        .order(incoming_promises::id.desc())
        .limit(limit)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    rows.into_iter().map(both).collect()
}

/// Those that answer a proposal, and who sent each, in the order of arrival.
pub fn list_by_proposal(
    conn: &mut Conn,
    proposal: ProposalId,
) -> Result<Vec<(IncomingPromise, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = incoming_promises::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(incoming_promises::actor_id)))
        .filter(incoming_promises::proposal_id.eq(proposal.number()))
        .order(incoming_promises::id)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    rows.into_iter().map(both).collect()
}

/// Those that nobody answered, and who sent each, longest waiting first.
pub fn list_pending(conn: &mut Conn) -> Result<Vec<(IncomingPromise, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = incoming_promises::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(incoming_promises::actor_id)))
        .filter(incoming_promises::state.eq(IncomingState::Pending.word()))
        .order(incoming_promises::received_at)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    rows.into_iter().map(both).collect()
}

/// The last one of an actor to a proposal that we answered with a counter which is not used up.
pub fn find_countered(
    conn: &mut Conn,
    actor: RemoteActorId,
    proposal: ProposalId,
) -> Result<Option<IncomingPromise>, Error> {
    let query = incoming_promises::table
        .filter(incoming_promises::actor_id.eq(actor.number()))
        .filter(incoming_promises::proposal_id.eq(proposal.number()))
        .filter(incoming_promises::state.eq(IncomingState::Declined.word()))
        .filter(incoming_promises::counter_now.is_not_null())
        .order(incoming_promises::answered_at.desc());
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_incoming).transpose()
}

/// How many of an actor wait for an answer to a proposal.
pub fn count_pending(
    conn: &mut Conn,
    actor: RemoteActorId,
    proposal: ProposalId,
) -> Result<i64, Error> {
    let query = incoming_promises::table
        .filter(incoming_promises::actor_id.eq(actor.number()))
        .filter(incoming_promises::proposal_id.eq(proposal.number()))
        .filter(incoming_promises::state.eq(IncomingState::Pending.word()));
    Ok(query.count().get_result(conn)?)
}

/// The ids of those that came before a time and were never answered.
pub fn list_overdue(conn: &mut Conn, before: Timestamp) -> Result<Vec<IncomingPromiseId>, Error> {
    let ids: Vec<i64> = incoming_promises::table
        .filter(incoming_promises::state.eq(IncomingState::Pending.word()))
        .filter(incoming_promises::received_at.le(micros(before)))
        .select(incoming_promises::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Notes which collective stands behind a promise.
pub fn insert_party(conn: &mut Conn, party: &Party) -> Result<(), Error> {
    diesel::insert_into(promise_parties::table).values(PartyRow::from(party)).execute(conn)?;
    Ok(())
}

/// Writes every column of a party.
pub fn update_party(conn: &mut Conn, party: &Party) -> Result<(), Error> {
    let target = promise_parties::table.find(party.promise.number());
    diesel::update(target).set(PartyRow::from(party)).execute(conn)?;
    Ok(())
}

/// The collective behind a promise, if there is one.
pub fn find_party(conn: &mut Conn, promise: PromiseId) -> Result<Option<Party>, Error> {
    let query = promise_parties::table.find(promise.number()).select(PartyRow::as_select());
    query.first(conn).optional()?.map(PartyRow::into_party).transpose()
}

/// The collectives behind the promises of a proposal.
pub fn list_parties(conn: &mut Conn, proposal: ProposalId) -> Result<Vec<Party>, Error> {
    let rows: Vec<PartyRow> = promise_parties::table
        .inner_join(promises::table.on(promises::id.eq(promise_parties::promise_id)))
        .filter(promises::proposal_id.eq(proposal.number()))
        .order(promise_parties::promise_id)
        .select(PartyRow::as_select())
        .load(conn)?;
    rows.into_iter().map(PartyRow::into_party).collect()
}

/// The promises behind which a collective stands, in the order of arrival.
pub fn list_promises_of(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<PromiseId>, Error> {
    let ids: Vec<i64> = promise_parties::table
        .filter(promise_parties::actor_id.eq(actor.number()))
        .order(promise_parties::promise_id)
        .select(promise_parties::promise_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Our proposals that an actor promised to answer.
pub fn list_answered_by(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<ProposalId>, Error> {
    let ids: Vec<Option<i64>> = incoming_promises::table
        .filter(incoming_promises::actor_id.eq(actor.number()))
        .filter(incoming_promises::proposal_id.is_not_null())
        .order(incoming_promises::proposal_id)
        .select(incoming_promises::proposal_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().flatten().map(Id::from_number).collect())
}

/// Makes what one actor promised another's, which it became.
pub fn change_actor(conn: &mut Conn, old: RemoteActorId, new: RemoteActorId) -> Result<(), Error> {
    let target = incoming_promises::table.filter(incoming_promises::actor_id.eq(old.number()));
    diesel::update(target).set(incoming_promises::actor_id.eq(new.number())).execute(conn)?;
    let target = promise_parties::table.filter(promise_parties::actor_id.eq(old.number()));
    diesel::update(target).set(promise_parties::actor_id.eq(new.number())).execute(conn)?;
    Ok(())
}

fn both((row, actor): (Row, ActorRow)) -> Result<(IncomingPromise, RemoteActor), Error> {
    Ok((row.into_incoming()?, actor.into_actor()?))
}

impl From<&IncomingPromise> for Row {
    fn from(incoming: &IncomingPromise) -> Self {
        Self {
            id: incoming.id.number(),
            url: incoming.url.to_string(),
            actor_id: incoming.actor.number(),
            proposal_id: incoming.proposal.map(Id::number),
            amount: written(incoming.amount),
            reserve: incoming.is_reserve,
            due: incoming.due.map(micros),
            state: incoming.state.word().to_owned(),
            sequence: incoming.sequence,
            promise_id: incoming.promise.map(Id::number),
            counter_now: written(incoming.counter.map(|counter| counter.now)),
            counter_reserve: written(incoming.counter.map(|counter| counter.reserve)),
            received_at: micros(incoming.received_at),
            answered_at: incoming.answered_at.map(micros),
        }
    }
}

impl Row {
    fn into_incoming(self) -> Result<IncomingPromise, Error> {
        Ok(IncomingPromise {
            id: Id::from_number(self.id),
            url: url(&self.url)?,
            actor: Id::from_number(self.actor_id),
            proposal: self.proposal_id.map(Id::from_number),
            amount: amount_if_any(self.amount.as_deref())?,
            is_reserve: self.reserve,
            due: time_if_any(self.due)?,
            state: word(IncomingState::from_word(&self.state), &self.state)?,
            sequence: self.sequence,
            promise: self.promise_id.map(Id::from_number),
            counter: counter(self.counter_now.as_deref(), self.counter_reserve.as_deref())?,
            received_at: time(self.received_at)?,
            answered_at: time_if_any(self.answered_at)?,
        })
    }
}

/// A stored counter: both parts stand there, or none.
pub(in crate::db) fn counter(
    now: Option<&str>,
    reserve: Option<&str>,
) -> Result<Option<Counter>, Error> {
    now.zip(reserve)
        .map(|(now, reserve)| Ok(Counter { now: amount(now)?, reserve: amount(reserve)? }))
        .transpose()
}

impl From<&Party> for PartyRow {
    fn from(party: &Party) -> Self {
        Self {
            promise_id: party.promise.number(),
            actor_id: party.actor.map(Id::number),
            name: party.name.clone(),
            sequence: party.sequence,
            told_amount: written(party.told.amount),
            told_reserve: party.told.reserve.to_string(),
            told_finished: party.told.is_finished,
        }
    }
}

impl PartyRow {
    fn into_party(self) -> Result<Party, Error> {
        Ok(Party {
            promise: Id::from_number(self.promise_id),
            actor: self.actor_id.map(Id::from_number),
            name: self.name,
            sequence: self.sequence,
            told: Told {
                amount: amount_if_any(self.told_amount.as_deref())?,
                reserve: amount(&self.told_reserve)?,
                is_finished: self.told_finished,
            },
        })
    }
}
