//! Promises and what both sides confirmed of them.

use diesel::prelude::*;

use crate::db::schema::{
    confirmation_private, confirmations, promise_parties, promise_private, promises,
};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{amount_if_any, micros, time, url, word, written};
use crate::db::{Conn, each_backend};
use crate::domain::fulfilment::{Confirmation, Side};
use crate::domain::id::{ConfirmationId, Id, MemberId, PromiseId, ProposalId, RemoteActorId};
use crate::domain::promise::{Promise, PromisePrivate, PromiseState};
use crate::error::Error;

/// The column of what was said with a promise.
const NOTE: &str = "promise_private.note";
/// The column of what was said with a count.
const SAID: &str = "confirmation_private.note";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = promises, treat_none_as_null = true)]
struct Row {
    id: i64,
    proposal_id: i64,
    amount: Option<String>,
    active: Option<String>,
    state: String,
    promised_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = confirmations)]
struct ConfirmationRow {
    id: i64,
    promise_id: i64,
    side: String,
    amount: Option<String>,
    confirmed_at: i64,
    url: Option<String>,
    corrects: Option<String>,
}

/// Adds a promise and its private part.
pub fn insert(conn: &mut Conn, new: &Promise, private: &PromisePrivate) -> Result<(), Error> {
    diesel::insert_into(promises::table).values(Row::from(new)).execute(conn)?;
    diesel::insert_into(promise_private::table)
        .values((
            promise_private::promise_id.eq(new.id.number()),
            promise_private::member_id.eq(private.member.map(Id::number)),
            promise_private::note.eq(seal_if_any(NOTE, private.note.as_deref())?),
        ))
        .execute(conn)?;
    Ok(())
}

/// A promise by id.
pub fn find(conn: &mut Conn, id: PromiseId) -> Result<Promise, Error> {
    promises::table.find(id.number()).select(Row::as_select()).first(conn)?.into_promise()
}

/// Writes every column of a promise.
pub fn update(conn: &mut Conn, changed: &Promise) -> Result<(), Error> {
    let target = promises::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// The private part of a promise.
pub fn find_private(conn: &mut Conn, id: PromiseId) -> Result<PromisePrivate, Error> {
    let (member, note): (Option<i64>, Option<String>) = promise_private::table
        .find(id.number())
        .select((promise_private::member_id, promise_private::note))
        .first(conn)?;
    let note = open_if_any(NOTE, note)?;
    Ok(PromisePrivate { member: member.map(Id::from_number), note })
}

/// The promises that answer a proposal, in the order of arrival.
pub fn list_by_proposal(conn: &mut Conn, proposal: ProposalId) -> Result<Vec<Promise>, Error> {
    let query = promises::table.filter(promises::proposal_id.eq(proposal.number()));
    load(query.order(promises::id).select(Row::as_select()).load(conn)?)
}

/// What a member promised, newest first: their own diary.
pub fn list_by_member(conn: &mut Conn, member: MemberId) -> Result<Vec<Promise>, Error> {
    let theirs = promise_private::table
        .filter(promise_private::member_id.eq(member.number()))
        .select(promise_private::promise_id);
    let query = promises::table.filter(promises::id.eq_any(theirs));
    load(query.order(promises::id.desc()).select(Row::as_select()).load(conn)?)
}

/// Those behind which a collective stands and of which both sides said that they came.
pub fn list_delivered_of(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<Promise>, Error> {
    let rows: Vec<Row> = promises::table
        .inner_join(promise_parties::table.on(promise_parties::promise_id.eq(promises::id)))
        .filter(promise_parties::actor_id.eq(actor.number()))
        .filter(promises::state.eq(PromiseState::Delivered.word()))
        .order(promises::id)
        .select(Row::as_select())
        .load(conn)?;
    load(rows)
}

/// Every promise, newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Promise>, Error> {
    load(promises::table.order(promises::id.desc()).select(Row::as_select()).load(conn)?)
}

/// Adds one side's confirmation, with who spoke for it and their note in the private table. False
/// if one with the same id on the wire is there already.
pub fn insert_confirmation(
    conn: &mut Conn,
    new: &Confirmation,
    member: Option<MemberId>,
    note: Option<&str>,
) -> Result<bool, Error> {
    let row = ConfirmationRow {
        id: new.id.number(),
        promise_id: new.promise.number(),
        side: new.side.word().to_owned(),
        amount: written(new.amount),
        confirmed_at: micros(new.confirmed_at),
        url: new.url.as_ref().map(ToString::to_string),
        corrects: new.corrects.clone(),
    };
    let added = each_backend!(conn, |c| diesel::insert_into(confirmations::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        return Ok(false);
    }
    diesel::insert_into(confirmation_private::table)
        .values((
            confirmation_private::confirmation_id.eq(new.id.number()),
            confirmation_private::member_id.eq(member.map(Id::number)),
            confirmation_private::note.eq(seal_if_any(SAID, note)?),
        ))
        .execute(conn)?;
    Ok(true)
}

/// One side's confirmation, and the note that goes with it.
pub fn find_confirmation(
    conn: &mut Conn,
    id: ConfirmationId,
) -> Result<(Confirmation, Option<String>), Error> {
    let query = confirmations::table.find(id.number()).select(ConfirmationRow::as_select());
    let row: ConfirmationRow = query.first(conn)?;
    let private = confirmation_private::table.find(id.number());
    let note: Option<String> = private.select(confirmation_private::note).first(conn)?;
    Ok((row.into_confirmation()?, open_if_any(SAID, note)?))
}

/// What both sides confirmed of the promises of a proposal, in order.
pub fn list_confirmations(
    conn: &mut Conn,
    proposal: ProposalId,
) -> Result<Vec<Confirmation>, Error> {
    let rows: Vec<ConfirmationRow> = confirmations::table
        .inner_join(promises::table.on(promises::id.eq(confirmations::promise_id)))
        .filter(promises::proposal_id.eq(proposal.number()))
        .order(confirmations::id)
        .select(ConfirmationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(ConfirmationRow::into_confirmation).collect()
}

/// What both sides confirmed of the promises behind which a collective stands, in order.
pub fn list_confirmations_of(
    conn: &mut Conn,
    actor: RemoteActorId,
) -> Result<Vec<Confirmation>, Error> {
    let of_promise = promise_parties::promise_id.eq(confirmations::promise_id);
    let rows: Vec<ConfirmationRow> = confirmations::table
        .inner_join(promise_parties::table.on(of_promise))
        .filter(promise_parties::actor_id.eq(actor.number()))
        .order(confirmations::id)
        .select(ConfirmationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(ConfirmationRow::into_confirmation).collect()
}

/// Removes what both sides confirmed of a promise.
pub fn delete_confirmations(conn: &mut Conn, promise: PromiseId) -> Result<(), Error> {
    let theirs = confirmations::table.filter(confirmations::promise_id.eq(promise.number()));
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// The notes that came with confirmations of a proposal's promises, in order: for members.
pub fn list_notes(
    conn: &mut Conn,
    proposal: ProposalId,
) -> Result<Vec<(PromiseId, ConfirmationId, String)>, Error> {
    let rows: Vec<(i64, i64, Option<String>)> = confirmations::table
        .inner_join(promises::table.on(promises::id.eq(confirmations::promise_id)))
        .inner_join(
            confirmation_private::table
                .on(confirmation_private::confirmation_id.eq(confirmations::id)),
        )
        .filter(promises::proposal_id.eq(proposal.number()))
        .order(confirmations::id)
        .select((confirmations::promise_id, confirmations::id, confirmation_private::note))
        .load(conn)?;
    let mut notes = Vec::new();
    for (promise, confirmation, note) in rows {
        if let Some(note) = open_if_any(SAID, note)? {
            notes.push((Id::from_number(promise), Id::from_number(confirmation), note));
        }
    }
    Ok(notes)
}

fn load(rows: Vec<Row>) -> Result<Vec<Promise>, Error> {
    rows.into_iter().map(Row::into_promise).collect()
}

impl From<&Promise> for Row {
    fn from(promise: &Promise) -> Self {
        Self {
            id: promise.id.number(),
            proposal_id: promise.proposal.number(),
            amount: written(promise.amount),
            active: written(promise.active),
            state: promise.state.word().to_owned(),
            promised_at: micros(promise.promised_at),
        }
    }
}

impl Row {
    fn into_promise(self) -> Result<Promise, Error> {
        Ok(Promise {
            id: Id::from_number(self.id),
            proposal: Id::from_number(self.proposal_id),
            amount: amount_if_any(self.amount.as_deref())?,
            active: amount_if_any(self.active.as_deref())?,
            state: word(PromiseState::from_word(&self.state), &self.state)?,
            promised_at: time(self.promised_at)?,
        })
    }
}

impl ConfirmationRow {
    fn into_confirmation(self) -> Result<Confirmation, Error> {
        Ok(Confirmation {
            id: Id::from_number(self.id),
            promise: Id::from_number(self.promise_id),
            side: word(Side::from_word(&self.side), &self.side)?,
            amount: amount_if_any(self.amount.as_deref())?,
            confirmed_at: time(self.confirmed_at)?,
            url: self.url.as_deref().map(url).transpose()?,
            corrects: self.corrects,
        })
    }
}
