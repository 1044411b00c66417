//! Who follows us. Following is not joining.

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;

use crate::db::actors::Row as ActorRow;
use crate::db::inboxes;
use crate::db::schema::{followers, inboxes as inboxes_table, remote_actors};
use crate::db::types::{micros, time};
use crate::db::{Conn, Lock, each_backend, lock};
use crate::domain::collective::domain_of;
use crate::domain::id::RemoteActorId;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;

/// How often an inbox was tried in vain before those behind it are forgotten.
const TRIED: i32 = 20;

/// Notes a follower; a second Follow of the same actor replaces the first. From now on, the inbox
/// of its server gets what goes to followers.
pub fn upsert(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    actor: &RemoteActor,
    follow_url: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        followers::actor_id.eq(actor.id.number()),
        followers::follow_url.eq(follow_url),
        followers::followed_at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(followers::table)
        .values(row)
        .on_conflict(followers::actor_id)
        .do_update()
        .set(followers::follow_url.eq(excluded(followers::follow_url)))
        .execute(c))?;
    subscribe(conn, new_id, actor)
}

/// Lets the inbox of a follower's server get what goes to followers.
pub fn subscribe(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    actor: &RemoteActor,
) -> Result<(), Error> {
    let inbox = actor.shared_inbox.as_ref().unwrap_or(&actor.inbox);
    inboxes::subscribe(conn, new_id, inbox.as_str(), &domain_of(inbox))
}

/// Removes a follower.
pub fn delete(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    diesel::delete(followers::table.find(actor.number())).execute(conn)?;
    match inboxes::of_actor(conn, actor)? {
        Some(inbox) => inboxes::unsubscribe_abandoned(conn, &inbox),
        None => Ok(()),
    }
}

/// Removes those whose inbox could not be reached since a time; how many there were.
pub fn delete_lost(conn: &mut Conn, since: Timestamp) -> Result<usize, Error> {
    lock(conn, Lock::Inboxes)?;
    let lost: Vec<i64> = inboxes_table::table
        .filter(inboxes_table::failing_since.lt(micros(since)))
        .filter(inboxes_table::subscribed.eq(true))
        .filter(inboxes_table::paused_at.is_null())
        .filter(inboxes_table::locked_until.eq(0))
        // Tried often enough that it was away, and not we.
        .filter(inboxes_table::attempts.ge(TRIED))
        .select(inboxes_table::id)
        .load(conn)?;
    for inbox in &lost {
        inboxes::abandon(conn, *inbox)?;
    }
    Ok(lost.len())
}

/// Every follower and since when, oldest first.
pub fn list(conn: &mut Conn) -> Result<Vec<(RemoteActor, Timestamp)>, Error> {
    let rows: Vec<(ActorRow, i64)> = followers::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followers::actor_id)))
        .order(followers::followed_at)
        .select((ActorRow::as_select(), followers::followed_at))
        .load(conn)?;
    rows.into_iter().map(|(row, since)| Ok((row.into_actor()?, time(since)?))).collect()
}

/// How many follow us: a number of the collective's, never of a person's.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(followers::table.count().get_result(conn)?)
}

/// The id of the Follow by which an actor follows us, if it does.
pub fn find_follow(conn: &mut Conn, actor: RemoteActorId) -> Result<Option<String>, Error> {
    let query = followers::table.find(actor.number()).select(followers::follow_url);
    Ok(query.first(conn).optional()?)
}
