//! People of the fediverse who stand behind promises, and the one-time links by which they speak.
//! Only hashes of the links' tokens are stored.

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;
use url::Url;

use crate::db::schema::{
    promise_links, promise_person_private, promises, remote_actors, round_lines,
};
use crate::db::types::{micros, time, url};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, PromiseId, ProposalId, RemoteActorId, RoundId};
use crate::error::Error;

/// Who stands behind a promise, and where they said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The promise.
    pub promise: PromiseId,
    /// Who; none once they are gone, or have deleted what they said.
    pub actor: Option<RemoteActorId>,
    /// Their reply, by its id on the wire.
    pub reply: Url,
}

/// Notes who stands behind a promise; false if a promise was made of their reply before.
pub fn insert(conn: &mut Conn, person: &Person) -> Result<bool, Error> {
    let row = (
        promise_person_private::promise_id.eq(person.promise.number()),
        promise_person_private::actor_id.eq(person.actor.map(Id::number)),
        promise_person_private::reply_url.eq(person.reply.as_str()),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(promise_person_private::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// The person behind a promise, if it is one of the fediverse.
pub fn find(conn: &mut Conn, promise: PromiseId) -> Result<Option<Person>, Error> {
    let query = promise_person_private::table.find(promise.number());
    let columns = (promise_person_private::actor_id, promise_person_private::reply_url);
    let row: Option<(Option<i64>, String)> = query.select(columns).first(conn).optional()?;
    row.map(|(actor, reply)| {
        Ok(Person { promise, actor: actor.map(Id::from_number), reply: url(&reply)? })
    })
    .transpose()
}

/// The people behind the promises of a proposal, each with their handle if they are still there.
pub fn list_by_proposal(
    conn: &mut Conn,
    proposal: ProposalId,
) -> Result<Vec<(Person, Option<String>)>, Error> {
    let rows: Vec<(i64, Option<i64>, String, Option<String>)> = promise_person_private::table
        .inner_join(promises::table.on(promises::id.eq(promise_person_private::promise_id)))
        .left_join(
            remote_actors::table
                .on(remote_actors::id.nullable().eq(promise_person_private::actor_id)),
        )
        .filter(promises::proposal_id.eq(proposal.number()))
        .order(promise_person_private::promise_id)
        .select((
            promise_person_private::promise_id,
            promise_person_private::actor_id,
            promise_person_private::reply_url,
            remote_actors::address.nullable(),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(promise, actor, reply, address)| {
            let promise = Id::from_number(promise);
            let actor = actor.map(Id::from_number);
            Ok((Person { promise, actor, reply: url(&reply)? }, address))
        })
        .collect()
}

/// Those of the fediverse who promised something in a round and are still there, each with what they
/// promised, in order.
pub fn list_by_round(
    conn: &mut Conn,
    round: RoundId,
) -> Result<Vec<(RemoteActorId, PromiseId)>, Error> {
    let rows: Vec<(Option<i64>, i64)> = promise_person_private::table
        .inner_join(promises::table.on(promises::id.eq(promise_person_private::promise_id)))
        .inner_join(round_lines::table.on(round_lines::proposal_id.eq(promises::proposal_id)))
        .filter(round_lines::round_id.eq(round.number()))
        .order(promise_person_private::promise_id)
        .select((promise_person_private::actor_id, promise_person_private::promise_id))
        .load(conn)?;
    let there = rows.into_iter().filter_map(|(actor, promise)| Some((actor?, promise)));
    Ok(there.map(|(actor, id)| (Id::from_number(actor), Id::from_number(id))).collect())
}

/// Whether an actor stands behind any promise here.
pub fn is_known(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    let theirs =
        promise_person_private::table.filter(promise_person_private::actor_id.eq(actor.number()));
    Ok(diesel::select(exists(theirs)).get_result(conn)?)
}

/// Forgets who said what they have deleted now. The promise stays.
pub fn forget_writer(conn: &mut Conn, reply: &str, writer: RemoteActorId) -> Result<(), Error> {
    let target = promise_person_private::table
        .filter(promise_person_private::reply_url.eq(reply))
        .filter(promise_person_private::actor_id.eq(writer.number()));
    diesel::update(target).set(promise_person_private::actor_id.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Forgets an account behind whatever it promised. The promises stay.
pub fn forget_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    let theirs =
        promise_person_private::table.filter(promise_person_private::actor_id.eq(actor.number()));
    diesel::update(theirs).set(promise_person_private::actor_id.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Stores a link. Those of the same promise that were not used are void from now on.
pub fn insert_link(
    conn: &mut Conn,
    token_hash: &str,
    promise: PromiseId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let before = promise_links::table
        .filter(promise_links::promise_id.eq(promise.number()))
        .filter(promise_links::used_at.is_null());
    diesel::delete(before).execute(conn)?;
    diesel::insert_into(promise_links::table)
        .values((
            promise_links::token_hash.eq(token_hash),
            promise_links::promise_id.eq(promise.number()),
            promise_links::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Uses a link up; not found if it was used before or is too old.
pub fn use_link(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<(), Error> {
    let target = promise_links::table
        .find(token_hash)
        .filter(promise_links::used_at.is_null())
        .filter(promise_links::expires_at.gt(micros(now)));
    let used = diesel::update(target).set(promise_links::used_at.eq(micros(now))).execute(conn)?;
    if used == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// The promise of a link, without using it up; not found if it was used before or is too old.
pub fn find_link(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<PromiseId, Error> {
    let fresh = promise_links::table
        .find(token_hash)
        .filter(promise_links::used_at.is_null())
        .filter(promise_links::expires_at.gt(micros(now)));
    Ok(Id::from_number(fresh.select(promise_links::promise_id).first(conn)?))
}

/// When the newest link of a promise ends, used or not; none if there was none, or only ones long
/// gone.
pub fn last_link_ends(conn: &mut Conn, promise: PromiseId) -> Result<Option<Timestamp>, Error> {
    let query = promise_links::table
        .filter(promise_links::promise_id.eq(promise.number()))
        .order(promise_links::expires_at.desc())
        .select(promise_links::expires_at);
    let ends: Option<i64> = query.first(conn).optional()?;
    ends.map(time).transpose()
}

/// Removes links that can never be used again.
pub fn delete_stale_links(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let old = promise_links::table.filter(promise_links::expires_at.lt(micros(now)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
