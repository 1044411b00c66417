//! What came, by the word of both sides.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{
    fulfilments, promise_person_private, promise_private, proposal_person_private,
    proposal_private, proposals,
};
use crate::db::types::{amount_if_any, micros, time, written};
use crate::domain::fulfilment::Fulfilment;
use crate::domain::id::{FulfilmentId, Id, MemberId, PromiseId, ProposalId, RemoteActorId};
use crate::domain::proposal::Purpose;
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fulfilments)]
struct Row {
    id: i64,
    promise_id: i64,
    proposal_id: i64,
    proposer_amount: Option<String>,
    promiser_amount: Option<String>,
    fulfilled_at: i64,
}

/// What came, and who had a part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// What it answered, or took up.
    pub proposal: ProposalId,
    /// By which promise.
    pub promise: PromiseId,
    /// Who received it.
    pub receiver: Option<Person>,
    /// Who brought it.
    pub giver: Option<Person>,
}

/// Somebody who had a part in what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// A member.
    Member(MemberId),
    /// Somebody of the fediverse who asked for it, or offered it.
    Asker(RemoteActorId),
    /// Somebody of the fediverse who promised it.
    Promiser(RemoteActorId),
}

/// Adds a fulfilment; a second one of the same promise is a conflict.
pub fn insert(conn: &mut Conn, new: &Fulfilment) -> Result<(), Error> {
    let row = Row {
        id: new.id.number(),
        promise_id: new.promise.number(),
        proposal_id: new.proposal.number(),
        proposer_amount: written(new.proposer_amount),
        promiser_amount: written(new.promiser_amount),
        fulfilled_at: micros(new.fulfilled_at),
    };
    diesel::insert_into(fulfilments::table).values(row).execute(conn)?;
    Ok(())
}

/// A fulfilment by id.
pub fn find(conn: &mut Conn, id: FulfilmentId) -> Result<Fulfilment, Error> {
    fulfilments::table.find(id.number()).select(Row::as_select()).first(conn)?.into_fulfilment()
}

/// The fulfilment of a promise, if it came.
pub fn find_by_promise(conn: &mut Conn, promise: PromiseId) -> Result<Option<Fulfilment>, Error> {
    let query = fulfilments::table.filter(fulfilments::promise_id.eq(promise.number()));
    let row: Option<Row> = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_fulfilment).transpose()
}

/// The fulfilments of a proposal, in order.
pub fn list_by_proposal(conn: &mut Conn, proposal: ProposalId) -> Result<Vec<Fulfilment>, Error> {
    let query = fulfilments::table.filter(fulfilments::proposal_id.eq(proposal.number()));
    load(query.order(fulfilments::id).select(Row::as_select()).load(conn)?)
}

/// The latest fulfilments, newest first.
pub fn list_latest(conn: &mut Conn, limit: i64) -> Result<Vec<Fulfilment>, Error> {
    let query = fulfilments::table.order(fulfilments::id.desc()).limit(limit);
    load(query.select(Row::as_select()).load(conn)?)
}

/// What came between two moments, the first of them included, in order.
pub fn list_between(
    conn: &mut Conn,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Fulfilment>, Error> {
    let query = fulfilments::table
        .filter(fulfilments::fulfilled_at.ge(micros(from)))
        .filter(fulfilments::fulfilled_at.lt(micros(until)));
    load(query.order(fulfilments::id).select(Row::as_select()).load(conn)?)
}

/// Who had a part in what came between two moments, the first of them included, in order. Whoever
/// asked for somebody else did not receive it; who stands behind what was published for somebody of
/// the fediverse is that person.
pub fn list_sides(conn: &mut Conn, from: Timestamp, until: Timestamp) -> Result<Vec<Came>, Error> {
    // The row about somebody of the fediverse, and who that is while they are there.
    type Outside = (Option<i64>, Option<i64>);
    type Row = (i64, i64, String, (Option<i64>, bool, Outside), (Option<i64>, Outside));
    let rows: Vec<Row> = fulfilments::table
        .inner_join(proposals::table.on(proposals::id.eq(fulfilments::proposal_id)))
        .inner_join(
            proposal_private::table.on(proposal_private::proposal_id.eq(fulfilments::proposal_id)),
        )
        .inner_join(
            promise_private::table.on(promise_private::promise_id.eq(fulfilments::promise_id)),
        )
        .left_join(
            proposal_person_private::table
                .on(proposal_person_private::proposal_id.eq(fulfilments::proposal_id)),
        )
        .left_join(
            promise_person_private::table
                .on(promise_person_private::promise_id.eq(fulfilments::promise_id)),
        )
        .filter(fulfilments::fulfilled_at.ge(micros(from)))
        .filter(fulfilments::fulfilled_at.lt(micros(until)))
        .order(fulfilments::id)
        .select((
            fulfilments::proposal_id,
            fulfilments::promise_id,
            proposals::purpose,
            (
                proposal_private::author_id,
                proposal_private::on_behalf_of.is_not_null(),
                (
                    proposal_person_private::proposal_id.nullable(),
                    proposal_person_private::actor_id.nullable(),
                ),
            ),
            (
                promise_private::member_id,
                (
                    promise_person_private::promise_id.nullable(),
                    promise_person_private::actor_id.nullable(),
                ),
            ),
        ))
        .load(conn)?;
    let came = |(proposal, promise, purpose, author, promiser): Row| {
        let is_offer = purpose == Purpose::Offer.word();
        let asked = match author {
            (_, _, (Some(_), actor)) => actor.map(|id| Person::Asker(Id::from_number(id))),
            (author, for_another, (None, _)) => author
                .filter(|_| is_offer || !for_another)
                .map(|id| Person::Member(Id::from_number(id))),
        };
        let promised = match promiser {
            (_, (Some(_), actor)) => actor.map(|id| Person::Promiser(Id::from_number(id))),
            (member, (None, _)) => member.map(|id| Person::Member(Id::from_number(id))),
        };
        let (receiver, giver) = if is_offer { (promised, asked) } else { (asked, promised) };
        let (proposal, promise) = (Id::from_number(proposal), Id::from_number(promise));
        Came { proposal, promise, receiver, giver }
    };
    Ok(rows.into_iter().map(came).collect())
}

/// How much came since a moment.
pub fn count_since(conn: &mut Conn, since: Timestamp) -> Result<i64, Error> {
    let lately = fulfilments::table.filter(fulfilments::fulfilled_at.ge(micros(since)));
    Ok(lately.count().get_result(conn)?)
}

fn load(rows: Vec<Row>) -> Result<Vec<Fulfilment>, Error> {
    rows.into_iter().map(Row::into_fulfilment).collect()
}

impl Row {
    fn into_fulfilment(self) -> Result<Fulfilment, Error> {
        Ok(Fulfilment {
            id: Id::from_number(self.id),
            promise: Id::from_number(self.promise_id),
            proposal: Id::from_number(self.proposal_id),
            proposer_amount: amount_if_any(self.proposer_amount.as_deref())?,
            promiser_amount: amount_if_any(self.promiser_amount.as_deref())?,
            fulfilled_at: time(self.fulfilled_at)?,
        })
    }
}
