//! Who follows us. Following is not joining.

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;

use crate::db::actors::Row as ActorRow;
use crate::db::schema::{followers, remote_actors};
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::domain::id::RemoteActorId;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;

/// Notes a follower; a second Follow of the same actor replaces the first.
pub fn upsert(
    conn: &mut Conn,
    actor: RemoteActorId,
    follow_url: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        followers::actor_id.eq(actor.number()),
        followers::follow_url.eq(follow_url),
        followers::followed_at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(followers::table)
        .values(row)
        .on_conflict(followers::actor_id)
        .do_update()
        .set(followers::follow_url.eq(excluded(followers::follow_url)))
        .execute(c))?;
    Ok(())
}

/// Removes a follower.
pub fn delete(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    diesel::delete(followers::table.find(actor.number())).execute(conn)?;
    Ok(())
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

/// The inboxes of all followers: the shared one of each server that has one, each once.
pub fn list_inboxes(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let rows: Vec<(String, Option<String>)> = followers::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followers::actor_id)))
        .select((remote_actors::inbox, remote_actors::shared_inbox))
        .load(conn)?;
    Ok(rows.into_iter().map(|(own, shared)| shared.unwrap_or(own)).collect())
}

/// The id of the Follow by which an actor follows us, if it does.
pub fn find_follow(conn: &mut Conn, actor: RemoteActorId) -> Result<Option<String>, Error> {
    let query = followers::table.find(actor.number()).select(followers::follow_url);
    Ok(query.first(conn).optional()?)
}
