//! People of the fediverse who were asked some days after something came (mission E15): when, and
//! whether they want to be asked no more. Nothing else is kept of any answer.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;

use crate::db::schema::moment_people_private as asked;
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, RemoteActorId};
use crate::error::Error;

/// Those who are not to be asked: they were since a moment, or want to be asked no more.
pub fn list_in_peace(conn: &mut Conn, since: Timestamp) -> Result<HashSet<RemoteActorId>, Error> {
    let in_peace = asked::is_never.eq(true).or(asked::asked_at.gt(micros(since)));
    let ids: Vec<i64> = asked::table.filter(in_peace).select(asked::actor_id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Notes that somebody is asked, with the hash of the link by which they can say no for good. The
/// link before is void.
pub fn upsert(
    conn: &mut Conn,
    actor: RemoteActorId,
    token_hash: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let row = (
        asked::actor_id.eq(actor.number()),
        asked::asked_at.eq(micros(at)),
        asked::token_hash.eq(token_hash),
        asked::is_never.eq(false),
    );
    each_backend!(conn, |c| diesel::insert_into(asked::table)
        .values(row)
        .on_conflict(asked::actor_id)
        .do_update()
        .set((
            asked::asked_at.eq(excluded(asked::asked_at)),
            asked::token_hash.eq(excluded(asked::token_hash)),
        ))
        .execute(c))?;
    Ok(())
}

/// Whether the one who has a link wants to be asked no more; not found if nobody has it.
pub fn is_never(conn: &mut Conn, token_hash: &str) -> Result<bool, Error> {
    let theirs = asked::table.filter(asked::token_hash.eq(token_hash));
    Ok(theirs.select(asked::is_never).first(conn)?)
}

/// Notes whether the one who has a link wants to be asked; not found if nobody has it.
pub fn set_never(conn: &mut Conn, token_hash: &str, never: bool) -> Result<(), Error> {
    let theirs = asked::table.filter(asked::token_hash.eq(token_hash));
    let changed = diesel::update(theirs).set(asked::is_never.eq(never)).execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Forgets who was asked before a moment, except that somebody wants to be asked no more.
pub fn delete_before(conn: &mut Conn, at: Timestamp) -> Result<(), Error> {
    let old = asked::table.filter(asked::asked_at.le(micros(at))).filter(asked::is_never.eq(false));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
