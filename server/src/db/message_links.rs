//! The one-time links by which people who wrote to us go on. Only hashes of their tokens are stored.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::message_links;
use crate::db::types::micros;
use crate::domain::id::{Id, MessageId};
use crate::error::Error;

/// Stores a link. Those of the same message that were not used are void from now on.
pub fn insert(
    conn: &mut Conn,
    token_hash: &str,
    message: MessageId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let before = message_links::table
        .filter(message_links::message_id.eq(message.number()))
        .filter(message_links::used_at.is_null());
    diesel::delete(before).execute(conn)?;
    diesel::insert_into(message_links::table)
        .values((
            message_links::token_hash.eq(token_hash),
            message_links::message_id.eq(message.number()),
            message_links::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The message of a link, without using it up, and until when it works; not found if it was used
/// before or is too old.
pub fn find(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<MessageId, Error> {
    let fresh = message_links::table
        .find(token_hash)
        .filter(message_links::used_at.is_null())
        .filter(message_links::expires_at.gt(micros(now)));
    Ok(Id::from_number(fresh.select(message_links::message_id).first(conn)?))
}

/// Uses a link up; not found if it was used before or is too old.
pub fn use_up(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<(), Error> {
    let target = message_links::table
        .find(token_hash)
        .filter(message_links::used_at.is_null())
        .filter(message_links::expires_at.gt(micros(now)));
    let used = diesel::update(target).set(message_links::used_at.eq(micros(now))).execute(conn)?;
    if used == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Removes every link of a message.
pub fn delete(conn: &mut Conn, message: MessageId) -> Result<(), Error> {
    let theirs = message_links::table.filter(message_links::message_id.eq(message.number()));
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// Removes links that can never be used again.
pub fn delete_stale(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let old = message_links::table.filter(message_links::expires_at.lt(micros(now)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
