//! What we promise to answer the needs and offers of other collectives with.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::actors::Row as ActorRow;
use crate::db::incoming_promises::counter;
use crate::db::schema::{
    outgoing_confirmation_private, outgoing_confirmations, outgoing_promise_private,
    outgoing_promises, remote_actors,
};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{amount, amount_if_any, micros, time, time_if_any, url, word, written};
use crate::db::{Conn, each_backend};
use crate::domain::fulfilment::Side;
use crate::domain::id::{Id, MemberId, OutgoingConfirmationId, OutgoingPromiseId, RemoteActorId};
use crate::domain::incoming_promise::Told;
use crate::domain::neighbour::RemoteActor;
use crate::domain::outgoing_promise::{
    Agreement, OutgoingConfirmation, OutgoingPromise, OutgoingState,
};
use crate::domain::proposal::Purpose;
use crate::error::Error;

/// The column of what was said with a count.
const SAID: &str = "outgoing_confirmation_private.note";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = outgoing_promises, treat_none_as_null = true)]
struct Row {
    id: i64,
    actor_id: i64,
    object_url: String,
    intent: String,
    purpose: String,
    title: String,
    unit: String,
    amount: Option<String>,
    reserve: bool,
    due: Option<i64>,
    sequence: i64,
    state: String,
    agreement_url: Option<String>,
    agreement_sequence: i64,
    told_amount: Option<String>,
    told_reserve: String,
    told_finished: bool,
    counter_now: Option<String>,
    counter_reserve: Option<String>,
    reason: Option<String>,
    promised_at: i64,
    changed_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = outgoing_confirmations)]
struct ConfirmationRow {
    id: i64,
    outgoing_promise_id: i64,
    side: String,
    amount: Option<String>,
    url: String,
    corrects: Option<String>,
    confirmed_at: i64,
}

/// Adds one, with who promised it and their note in the private table.
pub fn insert(
    conn: &mut Conn,
    new: &OutgoingPromise,
    member: MemberId,
    note: Option<&str>,
) -> Result<(), Error> {
    diesel::insert_into(outgoing_promises::table).values(Row::from(new)).execute(conn)?;
    let private = (
        outgoing_promise_private::outgoing_promise_id.eq(new.id.number()),
        outgoing_promise_private::member_id.eq(member.number()),
        outgoing_promise_private::note.eq(seal_if_any("outgoing_promise_private.note", note)?),
    );
    diesel::insert_into(outgoing_promise_private::table).values(private).execute(conn)?;
    Ok(())
}

/// Writes every column of one.
pub fn update(conn: &mut Conn, changed: &OutgoingPromise) -> Result<(), Error> {
    let target = outgoing_promises::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// One by its id.
pub fn find(conn: &mut Conn, id: OutgoingPromiseId) -> Result<OutgoingPromise, Error> {
    outgoing_promises::table.find(id.number()).select(Row::as_select()).first(conn)?.into_outgoing()
}

/// One by its id, locked until the transaction ends.
pub fn lock(conn: &mut Conn, id: OutgoingPromiseId) -> Result<OutgoingPromise, Error> {
    let row: Row =
        each_backend!(conn, |c| diesel::update(outgoing_promises::table.find(id.number()))
            .set(outgoing_promises::sequence.eq(outgoing_promises::sequence))
            .returning(Row::as_returning())
            .get_result(c))?;
    row.into_outgoing()
}

/// The one to which an agreement on another server belongs.
pub fn find_by_agreement(
    conn: &mut Conn,
    agreement: &str,
) -> Result<Option<OutgoingPromise>, Error> {
    let query = outgoing_promises::table.filter(outgoing_promises::agreement_url.eq(agreement));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_outgoing).transpose()
}

/// The note that went with one: for the two collectives.
pub fn find_note(conn: &mut Conn, id: OutgoingPromiseId) -> Result<Option<String>, Error> {
    let query = outgoing_promise_private::table.find(id.number());
    let note: Option<String> = query.select(outgoing_promise_private::note).first(conn)?;
    open_if_any("outgoing_promise_private.note", note)
}

/// Who promised it in our name, if they are still known.
pub fn find_member(conn: &mut Conn, id: OutgoingPromiseId) -> Result<Option<MemberId>, Error> {
    let query = outgoing_promise_private::table.find(id.number());
    let member: Option<i64> = query.select(outgoing_promise_private::member_id).first(conn)?;
    Ok(member.map(Id::from_number))
}

/// All of them and to whom each is, newest first.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<(OutgoingPromise, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = outgoing_promises::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(outgoing_promises::actor_id)))
        .order(outgoing_promises::id.desc())
        .limit(limit)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    rows.into_iter().map(|(row, actor)| Ok((row.into_outgoing()?, actor.into_actor()?))).collect()
}

/// Those that answer one need or offer, in the order in which they were made.
pub fn list_by_object(conn: &mut Conn, object: &str) -> Result<Vec<OutgoingPromise>, Error> {
    let query = outgoing_promises::table
        .filter(outgoing_promises::object_url.eq(object))
        .order(outgoing_promises::id);
    load(query.select(Row::as_select()).load(conn)?)
}

/// Those to one collective, in the order in which they were made.
pub fn list_by_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<OutgoingPromise>, Error> {
    let query = outgoing_promises::table
        .filter(outgoing_promises::actor_id.eq(actor.number()))
        .order(outgoing_promises::id);
    load(query.select(Row::as_select()).load(conn)?)
}

/// Makes what was promised to one actor promised to another, which it became.
pub fn change_actor(conn: &mut Conn, old: RemoteActorId, new: RemoteActorId) -> Result<(), Error> {
    let target = outgoing_promises::table.filter(outgoing_promises::actor_id.eq(old.number()));
    diesel::update(target).set(outgoing_promises::actor_id.eq(new.number())).execute(conn)?;
    Ok(())
}

/// The ids of those that were made before a time and never answered.
pub fn list_overdue(conn: &mut Conn, before: Timestamp) -> Result<Vec<OutgoingPromiseId>, Error> {
    let ids: Vec<i64> = outgoing_promises::table
        .filter(outgoing_promises::state.eq(OutgoingState::Pending.word()))
        .filter(outgoing_promises::promised_at.le(micros(before)))
        .select(outgoing_promises::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Adds one side's count, if its id on the wire is new; whether it was. Who spoke for us, and a
/// note, go into the private table.
pub fn insert_confirmation(
    conn: &mut Conn,
    new: &OutgoingConfirmation,
    member: Option<MemberId>,
    note: Option<&str>,
) -> Result<bool, Error> {
    let row = ConfirmationRow {
        id: new.id.number(),
        outgoing_promise_id: new.promise.number(),
        side: new.side.word().to_owned(),
        amount: written(new.amount),
        url: new.url.to_string(),
        corrects: new.corrects.clone(),
        confirmed_at: micros(new.confirmed_at),
    };
    let added = each_backend!(conn, |c| diesel::insert_into(outgoing_confirmations::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        return Ok(false);
    }
    let private = (
        outgoing_confirmation_private::outgoing_confirmation_id.eq(new.id.number()),
        outgoing_confirmation_private::member_id.eq(member.map(Id::number)),
        outgoing_confirmation_private::note.eq(seal_if_any(SAID, note)?),
    );
    diesel::insert_into(outgoing_confirmation_private::table).values(private).execute(conn)?;
    Ok(true)
}

/// What both sides counted of one, in order.
pub fn list_confirmations(
    conn: &mut Conn,
    promise: OutgoingPromiseId,
) -> Result<Vec<OutgoingConfirmation>, Error> {
    let query = outgoing_confirmations::table
        .filter(outgoing_confirmations::outgoing_promise_id.eq(promise.number()))
        .order(outgoing_confirmations::id);
    let rows: Vec<ConfirmationRow> = query.select(ConfirmationRow::as_select()).load(conn)?;
    rows.into_iter().map(ConfirmationRow::into_confirmation).collect()
}

/// What both sides counted of those to one collective, in order.
pub fn list_confirmations_to(
    conn: &mut Conn,
    actor: RemoteActorId,
) -> Result<Vec<OutgoingConfirmation>, Error> {
    let of_promise = outgoing_promises::id.eq(outgoing_confirmations::outgoing_promise_id);
    let rows: Vec<ConfirmationRow> = outgoing_confirmations::table
        .inner_join(outgoing_promises::table.on(of_promise))
        .filter(outgoing_promises::actor_id.eq(actor.number()))
        .order(outgoing_confirmations::id)
        .select(ConfirmationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(ConfirmationRow::into_confirmation).collect()
}

/// Removes what both sides counted of one.
pub fn delete_confirmations(conn: &mut Conn, promise: OutgoingPromiseId) -> Result<(), Error> {
    let both = outgoing_confirmations::table
        .filter(outgoing_confirmations::outgoing_promise_id.eq(promise.number()));
    diesel::delete(both).execute(conn)?;
    Ok(())
}

/// One side's count, and the note that goes with it.
pub fn find_confirmation(
    conn: &mut Conn,
    id: OutgoingConfirmationId,
) -> Result<(OutgoingConfirmation, Option<String>), Error> {
    let row: ConfirmationRow = outgoing_confirmations::table
        .find(id.number())
        .select(ConfirmationRow::as_select())
        .first(conn)?;
    let private = outgoing_confirmation_private::table.find(id.number());
    let note: Option<String> = private.select(outgoing_confirmation_private::note).first(conn)?;
    Ok((row.into_confirmation()?, open_if_any(SAID, note)?))
}

fn load(rows: Vec<Row>) -> Result<Vec<OutgoingPromise>, Error> {
    rows.into_iter().map(Row::into_outgoing).collect()
}

impl From<&OutgoingPromise> for Row {
    fn from(promise: &OutgoingPromise) -> Self {
        let agreement = promise.agreement.as_ref();
        let told = agreement.map(|agreement| agreement.told);
        Self {
            id: promise.id.number(),
            actor_id: promise.actor.number(),
            object_url: promise.object.to_string(),
            intent: promise.intent.clone(),
            purpose: promise.purpose.word().to_owned(),
            title: promise.title.clone(),
            unit: promise.unit.clone(),
            amount: written(promise.amount),
            reserve: promise.is_reserve,
            due: promise.due.map(micros),
            sequence: promise.sequence,
            state: promise.state.word().to_owned(),
            agreement_url: agreement.map(|agreement| agreement.url.to_string()),
            agreement_sequence: agreement.map_or(0, |agreement| agreement.sequence),
            told_amount: written(told.and_then(|told| told.amount)),
            told_reserve: told.map(|told| told.reserve).unwrap_or_default().to_string(),
            told_finished: told.is_some_and(|told| told.is_finished),
            counter_now: written(promise.counter.map(|counter| counter.now)),
            counter_reserve: written(promise.counter.map(|counter| counter.reserve)),
            reason: promise.reason.clone(),
            promised_at: micros(promise.promised_at),
            changed_at: micros(promise.changed_at),
        }
    }
}

impl Row {
    fn into_outgoing(self) -> Result<OutgoingPromise, Error> {
        let told = Told {
            amount: amount_if_any(self.told_amount.as_deref())?,
            reserve: amount(&self.told_reserve)?,
            is_finished: self.told_finished,
        };
        let agreement = self.agreement_url.as_deref().map(url).transpose()?;
        let sequence = self.agreement_sequence;
        Ok(OutgoingPromise {
            id: Id::from_number(self.id),
            actor: Id::from_number(self.actor_id),
            object: url(&self.object_url)?,
            intent: self.intent,
            purpose: word(Purpose::from_word(&self.purpose), &self.purpose)?,
            title: self.title,
            unit: self.unit,
            amount: amount_if_any(self.amount.as_deref())?,
            is_reserve: self.reserve,
            due: time_if_any(self.due)?,
            sequence: self.sequence,
            state: word(OutgoingState::from_word(&self.state), &self.state)?,
            agreement: agreement.map(|url| Agreement { url, sequence, told }),
            counter: counter(self.counter_now.as_deref(), self.counter_reserve.as_deref())?,
            reason: self.reason,
            promised_at: time(self.promised_at)?,
            changed_at: time(self.changed_at)?,
        })
    }
}

impl ConfirmationRow {
    fn into_confirmation(self) -> Result<OutgoingConfirmation, Error> {
        Ok(OutgoingConfirmation {
            id: Id::from_number(self.id),
            promise: Id::from_number(self.outgoing_promise_id),
            side: word(Side::from_word(&self.side), &self.side)?,
            amount: amount_if_any(self.amount.as_deref())?,
            url: url(&self.url)?,
            corrects: self.corrects,
            confirmed_at: time(self.confirmed_at)?,
        })
    }
}
