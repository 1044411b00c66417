//! Texts that others are like. A text belongs to the first one that it is near enough to.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{alike, held_replies_private, messages_private};
use crate::db::types::micros;
use crate::domain::held::Alike;
use crate::domain::id::Id;
use crate::domain::likeness::Likeness;
use crate::domain::message::{HeldBecause, MessageState};
use crate::error::Error;

/// How many texts a new one is compared with: those that came last. What is not found among them
/// begins a group of its own, which costs a steward one look more.
const MOST_COMPARED: i64 = 1_000;
/// How many are counted when it is asked how many came lately.
const MOST_COUNTED: i64 = 100;

/// The texts that a new one is like, the oldest first. Mostly it is one: only those that come at one
/// moment do not see each other, and then each begins a group, until [`unite`] makes one of them.
pub fn list_near(conn: &mut Conn, likeness: Likeness) -> Result<Vec<Id<Alike>>, Error> {
    let latest: Vec<(i64, i64)> = alike::table
        .order(alike::last_at.desc())
        .limit(MOST_COMPARED)
        .select((alike::id, alike::likeness))
        .load(conn)?;
    let near = |number: i64| Likeness::from_number(number).is_like(likeness);
    let found = latest.into_iter().filter(|(_, number)| near(*number));
    let mut ids: Vec<_> = found.map(|(id, _)| Id::from_number(id)).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// Notes that a text like this one came now.
pub fn touch(conn: &mut Conn, id: Id<Alike>, now: Timestamp) -> Result<(), Error> {
    let target = alike::table.find(id.number());
    diesel::update(target).set(alike::last_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Adds a text that is like no other.
pub fn insert(
    conn: &mut Conn,
    id: Id<Alike>,
    likeness: Likeness,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(alike::table)
        .values((
            alike::id.eq(id.number()),
            alike::likeness.eq(likeness.number()),
            alike::last_at.eq(micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The hosts from which such texts came since a moment, one for each text.
pub fn list_hosts(
    conn: &mut Conn,
    like: &[Id<Alike>],
    since: Timestamp,
) -> Result<Vec<String>, Error> {
    let ids: Vec<i64> = like.iter().map(|id| id.number()).collect();
    let mut hosts: Vec<String> = messages_private::table
        .filter(messages_private::alike_id.eq_any(&ids))
        .filter(messages_private::received_at.gt(micros(since)))
        .limit(MOST_COUNTED)
        .select(messages_private::host)
        .load(conn)?;
    let replies: Vec<String> = held_replies_private::table
        .filter(held_replies_private::alike_id.eq_any(&ids))
        .filter(held_replies_private::received_at.gt(micros(since)))
        .limit(MOST_COUNTED)
        .select(held_replies_private::host)
        .load(conn)?;
    hosts.extend(replies);
    Ok(hosts)
}

/// Puts what came since a moment and belongs to other texts to the one that they are like. What came
/// before stays by itself: it is no part of this crowd. The others are forgotten with time.
pub fn unite(
    conn: &mut Conn,
    into: Id<Alike>,
    others: &[Id<Alike>],
    since: Timestamp,
) -> Result<(), Error> {
    let ids: Vec<i64> = others.iter().map(|id| id.number()).collect();
    let messages = messages_private::table
        .filter(messages_private::alike_id.eq_any(&ids))
        .filter(messages_private::received_at.gt(micros(since)));
    let moved = messages_private::alike_id.eq(into.number());
    diesel::update(messages).set(moved).execute(conn)?;
    let replies = held_replies_private::table
        .filter(held_replies_private::alike_id.eq_any(&ids))
        .filter(held_replies_private::received_at.gt(micros(since)));
    let moved = held_replies_private::alike_id.eq(into.number());
    diesel::update(replies).set(moved).execute(conn)?;
    Ok(())
}

/// Holds what strangers wrote since a moment that is like these texts and nobody has answered yet.
pub fn hold_waiting(conn: &mut Conn, like: &[Id<Alike>], since: Timestamp) -> Result<(), Error> {
    let ids = like.iter().map(|id| id.number());
    let waiting = messages_private::table
        .filter(messages_private::alike_id.eq_any(ids))
        .filter(messages_private::received_at.gt(micros(since)))
        .filter(messages_private::state.eq(MessageState::Waiting.word()))
        .filter(messages_private::is_known.eq(false));
    let held = (
        messages_private::state.eq(MessageState::Held.word()),
        messages_private::held_because.eq(HeldBecause::Alike.word()),
    );
    diesel::update(waiting).set(held).execute(conn)?;
    Ok(())
}

/// Forgets texts that nothing came like since a moment.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    diesel::delete(alike::table.filter(alike::last_at.lt(micros(before)))).execute(conn)?;
    Ok(())
}
