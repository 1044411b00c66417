//! Invitations to join, by link. Only hashes of the links' tokens are stored.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::invitations;
use crate::db::types::micros;
use crate::domain::id::MemberId;
use crate::error::Error;

/// Stores an invitation; one of nobody in particular was made on the command line.
pub fn insert(
    conn: &mut Conn,
    token_hash: &str,
    made_by: Option<MemberId>,
    uses: i32,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), Error> {
    diesel::insert_into(invitations::table)
        .values((
            invitations::token_hash.eq(token_hash),
            invitations::made_by.eq(made_by.map(MemberId::number)),
            invitations::uses_left.eq(uses),
            invitations::made_at.eq(micros(now)),
            invitations::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether somebody can join with an invitation. Looking does not use it up.
pub fn is_open(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<bool, Error> {
    let open = invitations::table
        .find(token_hash)
        .filter(invitations::uses_left.gt(0))
        .filter(invitations::expires_at.gt(micros(now)));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// Uses an invitation once; false if it is used up or too old.
pub fn use_once(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<bool, Error> {
    let open = invitations::table
        .find(token_hash)
        .filter(invitations::uses_left.gt(0))
        .filter(invitations::expires_at.gt(micros(now)));
    let used = diesel::update(open)
        .set(invitations::uses_left.eq(invitations::uses_left - 1))
        .execute(conn)?;
    Ok(used == 1)
}

/// How many invitations of a member stand open.
pub fn count_open_of(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<i64, Error> {
    let open = invitations::table
        .filter(invitations::made_by.eq(member.number()))
        .filter(invitations::uses_left.gt(0))
        .filter(invitations::expires_at.gt(micros(now)));
    Ok(open.count().get_result(conn)?)
}

/// Removes invitations that are too old.
pub fn delete_stale(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let old = invitations::table.filter(invitations::expires_at.lt(micros(now)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
