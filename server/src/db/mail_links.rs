//! The links in mails: to confirm an address, and to get no more mails. Only hashes of their tokens
//! are stored.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{mail_links_private as links, members};
use crate::db::sealing::{open, seal};
use crate::db::types::micros;
use crate::domain::id::{Id, MemberId};
use crate::error::Error;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To confirm an address.
    Confirm,
    /// To get no more mails.
    Stop,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Stop => "stop",
        }
    }
}

/// Stores a link for a mail to `email`.
pub fn insert(
    conn: &mut Conn,
    token_hash: &str,
    (member, email): (MemberId, &str),
    purpose: Purpose,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), Error> {
    diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(token_hash),
            links::member_id.eq(member.number()),
            links::purpose.eq(purpose.word()),
            links::email.eq(seal("mail_links_private.email", email)?),
            links::made_at.eq(micros(now)),
            links::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whose a link is, and for which address. Looking does not use it up. Who has left has none.
pub fn find(
    conn: &mut Conn,
    token_hash: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<(MemberId, String), Error> {
    let found: (i64, String) = links::table
        .inner_join(members::table.on(members::id.eq(links::member_id)))
        .filter(links::token_hash.eq(token_hash))
        .filter(links::purpose.eq(purpose.word()))
        .filter(links::expires_at.gt(micros(now)))
        .filter(members::left_at.is_null())
        .select((links::member_id, links::email))
        .first(conn)?;
    Ok((Id::from_number(found.0), open("mail_links_private.email", found.1)?))
}

/// How many links for a purpose went out for a member since then.
pub fn count_since(
    conn: &mut Conn,
    member: MemberId,
    purpose: Purpose,
    since: Timestamp,
) -> Result<i64, Error> {
    let made = links::table
        .filter(links::member_id.eq(member.number()))
        .filter(links::purpose.eq(purpose.word()))
        .filter(links::made_at.gt(micros(since)));
    Ok(made.count().get_result(conn)?)
}

/// Voids every link of a member for a purpose. They are counted on until they are stale.
pub fn end(
    conn: &mut Conn,
    member: MemberId,
    purpose: Purpose,
    now: Timestamp,
) -> Result<(), Error> {
    let theirs = links::table
        .filter(links::member_id.eq(member.number()))
        .filter(links::purpose.eq(purpose.word()))
        .filter(links::expires_at.gt(micros(now)));
    // The address of a link that is void is nobody's business any more.
    let set = (links::expires_at.eq(micros(now)), links::email.eq(""));
    diesel::update(theirs).set(set).execute(conn)?;
    Ok(())
}

/// Removes links that cannot be used any more and were made before a time.
pub fn delete_stale(conn: &mut Conn, before: Timestamp, now: Timestamp) -> Result<(), Error> {
    let old = links::table
        .filter(links::expires_at.le(micros(now)))
        .filter(links::made_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
