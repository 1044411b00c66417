//! The inboxes on other servers to which we deliver, and the exceptions of each.
//!
//! What goes to all followers is not queued: an inbox remembers the last activity of the log that
//! it got (`last_sent`), so an activity costs one row whatever the number of followers. A row in
//! `deliveries` is an exception: something for this inbox alone, something that it must not get, or
//! something that it refused.

use std::collections::HashSet;

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{deliveries, followers, inboxes, remote_actors, sent_activities};
use crate::db::types::micros;
use crate::db::{Conn, Lock, each_backend, gate, hosts, lock};
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
    lock(conn, Lock::Inboxes)?;
    let id = insert(conn, new_id, inbox, host)?;
    let last: Option<i64> =
        sent_activities::table.select(diesel::dsl::max(sent_activities::id)).first(conn)?;
    let target = inboxes::table.find(id).filter(inboxes::subscribed.eq(false));
    let change = (inboxes::subscribed.eq(true), inboxes::last_sent.eq(last.unwrap_or(0)));
    diesel::update(target).set(change).execute(conn)?;
    Ok(())
}

/// Notes that an actor's inbox has another address now. What waits for the old one goes to the new
/// one, unless somebody else uses the old one still; whoever gets what goes to followers there
/// (`follows`) goes on with it here, where the old one was.
pub fn replace(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    old: &str,
    (inbox, host): (&str, &str),
    follows: bool,
) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
    let known: Option<(i64, bool, i64, i64)> = inboxes::table
        .filter(inboxes::url.eq(old))
        .select((inboxes::id, inboxes::subscribed, inboxes::last_sent, inboxes::tried))
        .first(conn)
        .optional()?;
    let Some((old_id, subscribed, last_sent, tried)) = known else {
        return if follows { subscribe(conn, new_id, inbox, host) } else { Ok(()) };
    };
    let id = insert(conn, new_id, inbox, host)?;
    let mut goes_on = false;
    if follows && subscribed {
        // An inbox that gets what goes to followers already has its own place.
        let place = (
            inboxes::subscribed.eq(true),
            inboxes::last_sent.eq(last_sent),
            inboxes::tried.eq(tried),
        );
        let fresh = inboxes::table.find(id).filter(inboxes::subscribed.eq(false));
        goes_on = diesel::update(fresh).set(place).execute(conn)? > 0;
    } else if follows {
        subscribe(conn, new_id, inbox, host)?;
    }
    if !is_used(conn, old)? {
        let waiting = deliveries::table
            .filter(deliveries::inbox_id.eq(old_id))
            .filter(deliveries::refused_at.is_null())
            .filter(deliveries::skipped.eq(false).or(deliveries::skipped.eq(goes_on)));
        diesel::update(waiting).set(deliveries::inbox_id.eq(id)).execute(conn)?;
    }
    unsubscribe_abandoned(conn, old)
}

/// Whether an actor that we know has this inbox, for itself or shared.
fn is_used(conn: &mut Conn, inbox: &str) -> Result<bool, Error> {
    let own = remote_actors::table.filter(remote_actors::inbox.eq(inbox));
    let shared = remote_actors::table.filter(remote_actors::shared_inbox.eq(inbox));
    let used: bool = diesel::select(exists(own)).get_result(conn)?;
    Ok(used || diesel::select(exists(shared)).get_result(conn)?)
}

/// Lets inboxes whose last follower left get no more of what goes to followers.
pub fn unsubscribe_abandoned(conn: &mut Conn, inbox: &str) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
    let following = followers::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followers::actor_id)))
        .filter(
            remote_actors::shared_inbox
                .eq(inbox)
                .or(remote_actors::shared_inbox.is_null().and(remote_actors::inbox.eq(inbox))),
        )
        .select(followers::actor_id);
    let followed: bool = diesel::select(exists(following)).get_result(conn)?;
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
    let others = remote_actors::table.filter(remote_actors::url.ne_all(&blocked));
    let used: Vec<String> = others
        .clone()
        .filter(remote_actors::inbox.eq_any(own.clone()))
        .select(remote_actors::inbox)
        .distinct()
        .load(conn)?;
    let shared: Vec<Option<String>> = others
        .filter(remote_actors::shared_inbox.eq_any(own.clone()))
        .select(remote_actors::shared_inbox)
        .distinct()
        .load(conn)?;
    for inbox in used.iter().chain(shared.iter().flatten()) {
        own.remove(inbox);
    }
    Ok(inboxes::table.filter(inboxes::url.eq_any(own)).select(inboxes::id).load(conn)?)
}

/// How far the slowest inbox got in the log, and the inboxes that do not count: those to which
/// nothing goes because they were paused before a time, by themselves or with their host, are
/// blocked, or were left out before that time by the list of those with whom we speak.
pub fn split_stopped(
    conn: &mut Conn,
    paused_before: Timestamp,
) -> Result<(Option<i64>, Vec<i64>), Error> {
    let subjects = hosts::list_blocks(conn)?.into_iter().map(|block| block.subject);
    let mut blocks = Blocks::new(subjects);
    let silent: HashSet<i64> = list_silent(conn, &blocks)?.into_iter().collect();
    let troubled = hosts::list_troubled(conn)?;
    let (gate, since) = gate::find(conn)?;
    if since < paused_before {
        blocks = blocks.behind(&gate);
    }
    let is_long = |since: Option<i64>| since.is_some_and(|since| since < micros(paused_before));
    let is_paused = |host: &str| is_long(troubled.get(host).and_then(|trouble| trouble.paused_at));
    let rows: Vec<(i64, String, Option<i64>, bool, i64)> = inboxes::table
        .select((
            inboxes::id,
            inboxes::host,
            inboxes::paused_at,
            inboxes::subscribed,
            inboxes::last_sent,
        ))
        .load(conn)?;
    let (mut slowest, mut stopped) = (None, Vec::new());
    for (id, host, paused_at, subscribed, last_sent) in rows {
        if is_long(paused_at)
            || is_paused(hosts::ALL)
            || is_paused(&host)
            || blocks.covers_host(&host)
            || silent.contains(&id)
        {
            stopped.push(id);
        } else if subscribed {
            slowest = Some(slowest.map_or(last_sent, |slowest: i64| slowest.min(last_sent)));
        }
    }
    Ok((slowest, stopped))
}

/// Removes everybody who follows through an inbox that is gone, and what waits for it.
pub fn abandon(conn: &mut Conn, id: i64) -> Result<(), Error> {
    lock(conn, Lock::Inboxes)?;
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
    lock(conn, Lock::Inboxes)?;
    // Whoever queues something for one inbox holds this: it must not be for one that goes now.
    lock(conn, Lock::Outbox)?;
    let waiting = deliveries::table.filter(deliveries::inbox_id.eq(inboxes::id));
    let unused = inboxes::table
        .filter(inboxes::subscribed.eq(false))
        .filter(inboxes::locked_until.eq(0))
        .filter(diesel::dsl::not(exists(waiting)));
    Ok(diesel::delete(unused).execute(conn)?)
}
