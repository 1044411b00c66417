//! Pacts with other collectives.

use diesel::prelude::*;

use crate::db::actors::Row as ActorRow;
use crate::db::schema::{pacts, remote_actors};
use crate::db::types::{micros, time, url, word};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, PactId, RemoteActorId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::{Pact, Shares, Stance, Word};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pacts, treat_none_as_null = true)]
struct Row {
    id: i64,
    actor_id: i64,
    ours: String,
    ours_sequence: i64,
    ours_round: i64,
    theirs: String,
    theirs_sequence: i64,
    theirs_round: i64,
    our_offer: Option<String>,
    their_offer: Option<String>,
    shares_needs: bool,
    shares_offers: bool,
    shares_availability: bool,
    accepts_alone: bool,
    proposed_at: i64,
    changed_at: i64,
}

/// Adds a pact; a second one with the same actor is a conflict.
pub fn insert(conn: &mut Conn, new: &Pact) -> Result<(), Error> {
    diesel::insert_into(pacts::table).values(Row::from(new)).execute(conn)?;
    Ok(())
}

/// Writes every column of a pact.
pub fn update(conn: &mut Conn, changed: &Pact) -> Result<(), Error> {
    let target = pacts::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// Removes a pact.
pub fn delete(conn: &mut Conn, id: PactId) -> Result<(), Error> {
    diesel::delete(pacts::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// A pact and with whom it is.
pub fn find(conn: &mut Conn, id: PactId) -> Result<(Pact, RemoteActor), Error> {
    let (row, actor): (Row, ActorRow) = pacts::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(pacts::actor_id)))
        .filter(pacts::id.eq(id.number()))
        .select((Row::as_select(), ActorRow::as_select()))
        .first(conn)?;
    Ok((row.into_pact()?, actor.into_actor()?))
}

/// The pact with an actor, locked until the transaction ends, if anybody spoke of one.
///
/// The update changes nothing; on PostgreSQL it takes the row's lock, so that two words of one
/// pact follow each other.
pub fn lock_by_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<Option<Pact>, Error> {
    let target = pacts::table.filter(pacts::actor_id.eq(actor.number()));
    let row: Option<Row> = each_backend!(conn, |c| diesel::update(target)
        .set(pacts::proposed_at.eq(pacts::proposed_at))
        .returning(Row::as_returning())
        .get_result(c)
        .optional())?;
    row.map(Row::into_pact).transpose()
}

/// The pact with an actor, if anybody spoke of one.
pub fn find_by_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<Option<Pact>, Error> {
    let query = pacts::table.filter(pacts::actor_id.eq(actor.number()));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_pact).transpose()
}

/// Whether both sides want the pact with an actor now.
pub fn is_active(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    Ok(find_by_actor(conn, actor)?.is_some_and(|pact| pact.is_active()))
}

/// Whether what an actor promises is accepted without a steward: the pact with it is active, and
/// the collective decided so.
pub fn accepts_alone(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    let pact = find_by_actor(conn, actor)?;
    Ok(pact.is_some_and(|pact| pact.is_active() && pact.accepts_alone))
}

/// Every pact that was ever spoken of, by the name of the other side.
pub fn list(conn: &mut Conn) -> Result<Vec<(Pact, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = pacts::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(pacts::actor_id)))
        .order((remote_actors::name, pacts::id))
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    let both = |(row, actor): (Row, ActorRow)| Ok((row.into_pact()?, actor.into_actor()?));
    rows.into_iter().map(both).collect()
}

/// The pacts that both sides want now.
pub fn list_active(conn: &mut Conn) -> Result<Vec<(Pact, RemoteActor)>, Error> {
    let mut all = list(conn)?;
    all.retain(|(pact, _)| pact.is_active());
    Ok(all)
}

/// Removes the oldest of those of which only the other side ever spoke, until `most` are left:
/// strangers must not fill the list.
pub fn keep_newest_unanswered(conn: &mut Conn, most: i64) -> Result<(), Error> {
    let old: Vec<i64> = pacts::table
        .filter(pacts::ours_sequence.eq(0))
        .order((pacts::proposed_at.desc(), pacts::id.desc()))
        .offset(most)
        // PostgreSQL needs none, SQLite knows no offset without.
        .limit(i64::MAX)
        .select(pacts::id)
        .load(conn)?;
    diesel::delete(pacts::table.filter(pacts::id.eq_any(old))).execute(conn)?;
    Ok(())
}

/// With whom a pact is active, for queries of other modules of storage. The same rule as
/// [`Pact::is_active`].
#[diesel::dsl::auto_type]
pub(in crate::db) fn of_active() -> _ {
    pacts::table
        .filter(pacts::ours.eq("wanted"))
        .filter(pacts::theirs.eq("wanted"))
        .filter(pacts::ours_round.eq(pacts::theirs_round))
        .select(pacts::actor_id)
}

impl From<&Pact> for Row {
    fn from(pact: &Pact) -> Self {
        Self {
            id: pact.id.number(),
            actor_id: pact.actor.number(),
            ours: pact.ours.stance.word().to_owned(),
            ours_sequence: pact.ours.sequence,
            ours_round: pact.ours.round,
            theirs: pact.theirs.stance.word().to_owned(),
            theirs_sequence: pact.theirs.sequence,
            theirs_round: pact.theirs.round,
            our_offer: pact.our_offer.as_ref().map(ToString::to_string),
            their_offer: pact.their_offer.as_ref().map(ToString::to_string),
            shares_needs: pact.shares.needs,
            shares_offers: pact.shares.offers,
            shares_availability: pact.shares.availability,
            accepts_alone: pact.accepts_alone,
            proposed_at: micros(pact.proposed_at),
            changed_at: micros(pact.changed_at),
        }
    }
}

impl Row {
    fn into_pact(self) -> Result<Pact, Error> {
        let stance = |text: &str| word(Stance::from_word(text), text);
        Ok(Pact {
            id: Id::from_number(self.id),
            actor: Id::from_number(self.actor_id),
            ours: Word {
                stance: stance(&self.ours)?,
                sequence: self.ours_sequence,
                round: self.ours_round,
            },
            theirs: Word {
                stance: stance(&self.theirs)?,
                sequence: self.theirs_sequence,
                round: self.theirs_round,
            },
            our_offer: self.our_offer.as_deref().map(url).transpose()?,
            their_offer: self.their_offer.as_deref().map(url).transpose()?,
            shares: Shares {
                needs: self.shares_needs,
                offers: self.shares_offers,
                availability: self.shares_availability,
            },
            accepts_alone: self.accepts_alone,
            proposed_at: time(self.proposed_at)?,
            changed_at: time(self.changed_at)?,
        })
    }
}
