//! Browsers in which members signed in before, so that they are told of every other one. A browser
//! has a secret of its own; only its hash is stored.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{known_browsers_private as known, members};
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::id::MemberId;
use crate::error::Error;

/// Notes that a member signs in in a browser; false if they did there before.
pub fn remember(
    conn: &mut Conn,
    token_hash: &str,
    member: MemberId,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = (
        known::token_hash.eq(token_hash),
        known::member_id.eq(member.number()),
        known::seen_at.eq(micros(now)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(known::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        let target = known::table.find((token_hash, member.number()));
        diesel::update(target).set(known::seen_at.eq(micros(now))).execute(conn)?;
    }
    Ok(added == 1)
}

/// Whether anybody signed in in a browser before.
pub fn exists(conn: &mut Conn, token_hash: &str) -> Result<bool, Error> {
    let there = known::table.filter(known::token_hash.eq(token_hash));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// Notes that a member has signed in; true if they never did before.
pub fn note_first(conn: &mut Conn, member: MemberId) -> Result<bool, Error> {
    let target = members::table.find(member.number()).filter(members::was_here.eq(false));
    Ok(diesel::update(target).set(members::was_here.eq(true)).execute(conn)? == 1)
}

/// Forgets every browser of a member: whoever signs in next is told of.
pub fn forget(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    diesel::delete(known::table.filter(known::member_id.eq(member.number()))).execute(conn)?;
    Ok(())
}

/// Forgets browsers in which nobody signed in since a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    diesel::delete(known::table.filter(known::seen_at.lt(micros(before)))).execute(conn)?;
    Ok(())
}
