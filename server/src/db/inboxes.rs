//! The inboxes on other servers to which we deliver, and the exceptions of each.
//!
//! What goes to all followers is not queued: an inbox remembers the last activity of the log that
//! it got (`last_sent`), so an activity costs one row whatever the number of followers. A row in
//! `deliveries` is an exception: something for this inbox alone, something that it must not get, or
//! something that it refused.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::db::schema::{deliveries, followers, inboxes, remote_actors, sent_activities};
use crate::db::{Conn, each_backend};
use crate::domain::block::Blocks;
use crate::domain::id::RemoteActorId;
use crate::error::Error;

/// Makes an inbox known, if it is not; answers its id here.
pub fn insert(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    inbox: &str,
    host: &str,
) -> Result<i64, Error> {
    let known = inboxes::table.filter(inboxes::url.eq(inbox)).select(inboxes::id);
    if let Some(id) = known.first(conn).optional()? {
        return Ok(id);
    }
    let row = (
        inboxes::id.eq(new_id()),
        inboxes::url.eq(inbox),
        inboxes::host.eq(host),
        inboxes::next_at.eq(0),
        inboxes::locked_until.eq(0),
        inboxes::attempts.eq(0),
    );
    each_backend!(conn, |c| diesel::insert_into(inboxes::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inboxes::table.filter(inboxes::url.eq(inbox)).select(inboxes::id).first(conn)?)
}

/// Queues an activity for one inbox alone, unless it gets it as a follower anyway.
pub fn enqueue(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    (inbox, host): (&str, &str),
    activity: i64,
    to_followers: bool,
) -> Result<(), Error> {
    let inbox = insert(conn, new_id, inbox, host)?;
    if to_followers {
        let subscribed: bool =
            inboxes::table.find(inbox).select(inboxes::subscribed).first(conn)?;
        if subscribed {
            return Ok(());
        }
    }
    let row = (
        deliveries::id.eq(new_id()),
        deliveries::inbox_id.eq(inbox),
        deliveries::activity_id.eq(activity),
    );
    diesel::insert_into(deliveries::table).values(row).execute(conn)?;
    Ok(())
}

/// Lets an inbox get what goes to followers, from the next activity on.
pub fn subscribe(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    inbox: &str,
    host: &str,
) -> Result<(), Error> {
    let id = insert(conn, new_id, inbox, host)?;
    let last: Option<i64> =
        sent_activities::table.select(diesel::dsl::max(sent_activities::id)).first(conn)?;
    let target = inboxes::table.find(id).filter(inboxes::subscribed.eq(false));
    let change = (inboxes::subscribed.eq(true), inboxes::last_sent.eq(last.unwrap_or(0)));
    diesel::update(target).set(change).execute(conn)?;
    Ok(())
}

/// Lets inboxes whose last follower left get no more of what goes to followers.
pub fn unsubscribe_abandoned(conn: &mut Conn, inbox: &str) -> Result<(), Error> {
    let following = followers::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followers::actor_id)))
        .filter(
            remote_actors::shared_inbox
                .eq(inbox)
                .or(remote_actors::shared_inbox.is_null().and(remote_actors::inbox.eq(inbox))),
        )
        .select(followers::actor_id);
    let followed: bool = diesel::select(diesel::dsl::exists(following)).get_result(conn)?;
    if !followed {
        let target = inboxes::table.filter(inboxes::url.eq(inbox));
        diesel::update(target).set(inboxes::subscribed.eq(false)).execute(conn)?;
    }
    Ok(())
}

/// The inbox through which an actor gets what goes to everybody on its server.
pub fn of_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<Option<String>, Error> {
    let found: Option<(String, Option<String>)> = remote_actors::table
        .find(actor.number())
        .select((remote_actors::inbox, remote_actors::shared_inbox))
        .first(conn)
        .optional()?;
    Ok(found.map(|(own, shared)| shared.unwrap_or(own)))
}

/// The inboxes that belong to blocked actors alone: nothing is to go there. An inbox that somebody
/// else uses too gets what they may hear.
pub fn list_silent(conn: &mut Conn, blocks: &Blocks) -> Result<Vec<i64>, Error> {
    if blocks.actors().len() == 0 {
        return Ok(Vec::new());
    }
    let blocked: Vec<String> = blocks.actors().map(str::to_owned).collect();
    let own: Vec<(String, Option<String>)> = remote_actors::table
        .filter(remote_actors::url.eq_any(&blocked))
        .select((remote_actors::inbox, remote_actors::shared_inbox))
        .load(conn)?;
    let own = own.into_iter().filter(|(own, shared)| shared.as_ref() != Some(own));
    let mut own: HashSet<String> = own.map(|(own, _)| own).collect();
    let users: Vec<(String, String)> = remote_actors::table
        .filter(remote_actors::inbox.eq_any(own.clone()))
        .select((remote_actors::url, remote_actors::inbox))
        .load(conn)?;
    let sharers: Vec<(String, Option<String>)> = remote_actors::table
        .filter(remote_actors::shared_inbox.eq_any(own.clone()))
        .select((remote_actors::url, remote_actors::shared_inbox))
        .load(conn)?;
    let sharers = sharers.into_iter().filter_map(|(actor, inbox)| Some((actor, inbox?)));
    for (_, inbox) in users.into_iter().chain(sharers).filter(|(a, _)| !blocked.contains(a)) {
        own.remove(&inbox);
    }
    Ok(inboxes::table.filter(inboxes::url.eq_any(own)).select(inboxes::id).load(conn)?)
}

/// Removes everybody who follows through an inbox that is gone, and what waits for it.
pub fn abandon(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let url: String = inboxes::table.find(id).select(inboxes::url).first(conn)?;
    let behind = remote_actors::table
        .filter(
            remote_actors::shared_inbox
                .eq(url.clone())
                .or(remote_actors::shared_inbox.is_null().and(remote_actors::inbox.eq(url))),
        )
        .select(remote_actors::id);
    let behind: Vec<i64> = behind.load(conn)?;
    diesel::delete(followers::table.filter(followers::actor_id.eq_any(behind))).execute(conn)?;
    diesel::delete(inboxes::table.find(id)).execute(conn)?;
    Ok(())
}

/// Removes inboxes that nobody follows through and for which nothing waits.
pub fn delete_unused(conn: &mut Conn) -> Result<usize, Error> {
    let waiting = deliveries::table.filter(deliveries::inbox_id.eq(inboxes::id));
    let unused = inboxes::table
        .filter(inboxes::subscribed.eq(false))
        .filter(inboxes::locked_until.eq(0))
        .filter(diesel::dsl::not(diesel::dsl::exists(waiting)));
    Ok(diesel::delete(unused).execute(conn)?)
}
