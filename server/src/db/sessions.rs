//! One-time sign-in links and sessions. Only hashes of their tokens are stored.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{sessions, sign_in_links};
use crate::db::types::micros;
use crate::domain::id::{Id, MemberId};
use crate::error::Error;

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who signed in.
    pub member: MemberId,
    /// The secret that forms of this session carry.
    pub csrf: String,
    /// When it was last used, in microseconds.
    pub seen_at: i64,
    /// Until when a password may be chosen without the old one, in microseconds.
    pub fresh_until: Option<i64>,
}

/// Stores a one-time link.
pub fn insert_link(
    conn: &mut Conn,
    token_hash: &str,
    member: MemberId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(sign_in_links::table)
        .values((
            sign_in_links::token_hash.eq(token_hash),
            sign_in_links::member_id.eq(member.number()),
            sign_in_links::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Uses a link up, and says whose it is; not found if it was used before or is too old.
pub fn use_link(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<MemberId, Error> {
    let member = find_link(conn, token_hash, now)?;
    let target = sign_in_links::table.find(token_hash).filter(sign_in_links::used_at.is_null());
    let used = diesel::update(target).set(sign_in_links::used_at.eq(micros(now))).execute(conn)?;
    if used == 1 { Ok(member) } else { Err(Error::NotFound) }
}

/// Whose a link is, without using it up; not found if it was used before or is too old.
pub fn find_link(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<MemberId, Error> {
    let fresh = sign_in_links::table
        .find(token_hash)
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::expires_at.gt(micros(now)));
    Ok(Id::from_number(fresh.select(sign_in_links::member_id).first(conn)?))
}

/// Stores a session with its two secrets: the hash of the one in the cookie, and the one in forms.
pub fn insert(
    conn: &mut Conn,
    (token_hash, csrf): (&str, &str),
    member: MemberId,
    now: Timestamp,
    fresh_until: Option<Timestamp>,
) -> Result<(), Error> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token_hash),
            sessions::member_id.eq(member.number()),
            sessions::csrf.eq(csrf),
            sessions::created_at.eq(micros(now)),
            sessions::seen_at.eq(micros(now)),
            sessions::fresh_until.eq(fresh_until.map(micros)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A session that was used after `idle_since` and began after `oldest`.
pub fn find(
    conn: &mut Conn,
    token_hash: &str,
    idle_since: Timestamp,
    oldest: Timestamp,
) -> Result<Option<Session>, Error> {
    type Found = (i64, String, i64, Option<i64>);
    let found: Option<Found> = sessions::table
        .find(token_hash)
        .filter(sessions::seen_at.gt(micros(idle_since)))
        .filter(sessions::created_at.gt(micros(oldest)))
        .select((sessions::member_id, sessions::csrf, sessions::seen_at, sessions::fresh_until))
        .first(conn)
        .optional()?;
    Ok(found.map(|(member, csrf, seen_at, fresh_until)| Session {
        member: Id::from_number(member),
        csrf,
        seen_at,
        fresh_until,
    }))
}

/// Whether somebody is signed in in any browser that was used after `idle_since`.
pub fn is_signed_in(
    conn: &mut Conn,
    member: MemberId,
    idle_since: Timestamp,
) -> Result<bool, Error> {
    let live = sessions::table
        .filter(sessions::member_id.eq(member.number()))
        .filter(sessions::seen_at.gt(micros(idle_since)));
    Ok(diesel::select(diesel::dsl::exists(live)).get_result(conn)?)
}

/// Notes that a session was used.
pub fn update_seen(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<(), Error> {
    let target = sessions::table.find(token_hash);
    diesel::update(target).set(sessions::seen_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Notes until when whoever uses a session has shown a moment ago who they are.
pub fn update_fresh(conn: &mut Conn, token_hash: &str, until: Timestamp) -> Result<(), Error> {
    diesel::update(sessions::table.find(token_hash))
        .set(sessions::fresh_until.eq(micros(until)))
        .execute(conn)?;
    Ok(())
}

/// Ends a session.
pub fn delete(conn: &mut Conn, token_hash: &str) -> Result<(), Error> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn)?;
    Ok(())
}

/// Ends every session of a member but one.
pub fn delete_others(conn: &mut Conn, member: MemberId, keep_hash: &str) -> Result<(), Error> {
    let others = sessions::table
        .filter(sessions::member_id.eq(member.number()))
        .filter(sessions::token_hash.ne(keep_hash));
    diesel::delete(others).execute(conn)?;
    Ok(())
}

/// Ends every session of everybody, but one if it is named.
pub fn delete_all(conn: &mut Conn, keep_hash: Option<&str>) -> Result<(), Error> {
    let others = sessions::table.filter(sessions::token_hash.ne(keep_hash.unwrap_or_default()));
    diesel::delete(others).execute(conn)?;
    Ok(())
}

/// Removes links and sessions that can never be used again.
pub fn delete_stale(
    conn: &mut Conn,
    now: Timestamp,
    idle_since: Timestamp,
    oldest: Timestamp,
) -> Result<(), Error> {
    let links = sign_in_links::table.filter(sign_in_links::expires_at.lt(micros(now)));
    diesel::delete(links).execute(conn)?;
    let idle = sessions::table.filter(sessions::seen_at.lt(micros(idle_since)));
    diesel::delete(idle).execute(conn)?;
    let old = sessions::table.filter(sessions::created_at.lt(micros(oldest)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
