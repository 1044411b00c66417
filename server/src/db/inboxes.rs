//! The inboxes on other servers to which we deliver, and the exceptions of each.
//!
//! What goes to all followers is not queued: an inbox remembers the last activity of the log that
//! it got (`last_sent`), so an activity costs one row whatever the number of followers. A row in
//! `deliveries` is an exception: something for this inbox alone, something that it must not get, or
//! something that it refused.

use diesel::prelude::*;

use crate::db::schema::{deliveries, followers, inboxes, remote_actors, sent_activities};
use crate::db::{Conn, each_backend};
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

/// Takes back what waits for an inbox alone and says what a Note of ours says, so that nothing of
/// it arrives after all. That a Note is gone may still be said.
pub fn recall_notes(conn: &mut Conn, inbox: &str, notes: &str) -> Result<(), Error> {
    let waiting: Vec<i64> = deliveries::table
        .inner_join(inboxes::table.on(inboxes::id.eq(deliveries::inbox_id)))
        .inner_join(sent_activities::table.on(sent_activities::id.eq(deliveries::activity_id)))
        .filter(inboxes::url.eq(inbox))
        .filter(sent_activities::to_followers.eq(false))
        .filter(sent_activities::kind.eq_any(["Create", "Update"]))
        .filter(sent_activities::object_url.like(format!("{notes}%")))
        .select(deliveries::id)
        .load(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(waiting))).execute(conn)?;
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
