//! The fediverse accounts that members proved. One account is bound to one member.

use diesel::prelude::*;
use jiff::Timestamp;
use url::Url;

use crate::db::schema::member_handles_private as handles;
use crate::db::types::{micros, url};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::error::Error;

/// An account of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Its id on the wire.
    pub actor: Url,
    /// Its address in the fediverse, without the leading `@`.
    pub address: String,
}

/// Binds an account to a member; false if it is bound to anybody already.
pub fn insert(
    conn: &mut Conn,
    member: MemberId,
    handle: &Handle,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = (
        handles::actor_url.eq(handle.actor.as_str()),
        handles::member_id.eq(member.number()),
        handles::address.eq(&handle.address),
        handles::proved_at.eq(micros(now)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(handles::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Whose an account is.
pub fn find_member(conn: &mut Conn, actor: &Url) -> Result<Option<MemberId>, Error> {
    let query = handles::table.find(actor.as_str());
    let member: Option<i64> = query.select(handles::member_id).first(conn).optional()?;
    Ok(member.map(Id::from_number))
}

/// The accounts of a member, oldest first.
pub fn list(conn: &mut Conn, member: MemberId) -> Result<Vec<Handle>, Error> {
    let rows: Vec<(String, String)> = handles::table
        .filter(handles::member_id.eq(member.number()))
        .order(handles::proved_at)
        .select((handles::actor_url, handles::address))
        .load(conn)?;
    rows.into_iter().map(|(actor, address)| Ok(Handle { actor: url(&actor)?, address })).collect()
}

/// Lets go of an account of a member.
pub fn delete(conn: &mut Conn, member: MemberId, address: &str) -> Result<(), Error> {
    let target = handles::table
        .filter(handles::member_id.eq(member.number()))
        .filter(handles::address.eq(address));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// Forgets an account that is gone, whoever's it was.
pub fn delete_actor(conn: &mut Conn, actor: &Url) -> Result<(), Error> {
    diesel::delete(handles::table.find(actor.as_str())).execute(conn)?;
    Ok(())
}
