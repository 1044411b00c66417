//! Whom we follow.

use diesel::prelude::*;
use jiff::Timestamp;
use url::Url;

use crate::db::Conn;
use crate::db::actors::Row as ActorRow;
use crate::db::schema::{followings, remote_actors};
use crate::db::types::{micros, time, time_if_any, url, word};
use crate::domain::id::RemoteActorId;
use crate::domain::neighbour::{FollowingState, RemoteActor};
use crate::error::Error;

/// Our following of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Following {
    /// The id of our Follow, the last part of its address.
    pub id: i64,
    /// Whom.
    pub actor: RemoteActor,
    /// Asked, following or declined.
    pub state: FollowingState,
    /// When we asked.
    pub asked_at: Timestamp,
    /// When we came to follow them because they moved there, if that is why.
    pub moved_at: Option<Timestamp>,
}

/// Notes that we ask to follow somebody; a second time is a conflict.
pub fn insert(conn: &mut Conn, id: i64, actor: RemoteActorId, now: Timestamp) -> Result<(), Error> {
    diesel::insert_into(followings::table)
        .values((
            followings::id.eq(id),
            followings::actor_id.eq(actor.number()),
            followings::state.eq(FollowingState::Asked.word()),
            followings::asked_at.eq(micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Our following of an actor, if we asked.
pub fn find_by_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<Option<Following>, Error> {
    Ok(list(conn)?.into_iter().find(|following| following.actor.id == actor))
}

/// Everybody we follow or asked to follow, oldest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Following>, Error> {
    type Found = (i64, String, i64, Option<i64>, ActorRow);
    let rows: Vec<Found> = followings::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followings::actor_id)))
        .order(followings::id)
        .select((
            followings::id,
            followings::state,
            followings::asked_at,
            followings::moved_at,
            ActorRow::as_select(),
        ))
        .load(conn)?;
    let following = |(id, state, asked_at, moved_at, actor): Found| {
        Ok(Following {
            id,
            actor: actor.into_actor()?,
            state: word(FollowingState::from_word(&state), &state)?,
            asked_at: time(asked_at)?,
            moved_at: moved_at.map(time).transpose()?,
        })
    };
    rows.into_iter().map(following).collect()
}

/// Whether we follow an actor and they accepted.
pub fn is_accepted(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    let query = followings::table
        .filter(followings::actor_id.eq(actor.number()))
        .filter(followings::state.eq(FollowingState::Following.word()));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// Whom we follow, and when their outbox was last read or could not be; longest ago first.
pub fn list_read(conn: &mut Conn) -> Result<Vec<(Url, Option<Timestamp>)>, Error> {
    let rows: Vec<(String, Option<i64>)> = followings::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followings::actor_id)))
        .filter(followings::state.eq(FollowingState::Following.word()))
        .select((remote_actors::url, followings::read_at))
        .load(conn)?;
    let read = |(actor, at): (String, Option<i64>)| Ok((url(&actor)?, time_if_any(at)?));
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    all.sort_by_key(|(_, at)| *at);
    Ok(all)
}

/// Notes that the outbox of an actor was read, or cannot be.
pub fn note_read(conn: &mut Conn, actor: &str, now: Timestamp) -> Result<(), Error> {
    let actor = remote_actors::table.filter(remote_actors::url.eq(actor));
    let target =
        followings::table.filter(followings::actor_id.eq_any(actor.select(remote_actors::id)));
    diesel::update(target).set(followings::read_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// How many accepted us as a follower.
pub fn count_accepted(conn: &mut Conn) -> Result<i64, Error> {
    let query = followings::table.filter(followings::state.eq(FollowingState::Following.word()));
    Ok(query.count().get_result(conn)?)
}

/// Notes the answer of an actor to our Follow.
pub fn update_state(
    conn: &mut Conn,
    actor: RemoteActorId,
    state: FollowingState,
    now: Timestamp,
) -> Result<(), Error> {
    let target = followings::table.filter(followings::actor_id.eq(actor.number()));
    let change = (followings::state.eq(state.word()), followings::answered_at.eq(micros(now)));
    diesel::update(target).set(change).execute(conn)?;
    Ok(())
}

/// Notes that we follow an actor because it moved there.
pub fn note_move(conn: &mut Conn, actor: RemoteActorId, now: Timestamp) -> Result<(), Error> {
    let target = followings::table.filter(followings::actor_id.eq(actor.number()));
    diesel::update(target).set(followings::moved_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Removes our following of an actor.
pub fn delete(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    let target = followings::table.filter(followings::actor_id.eq(actor.number()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}
