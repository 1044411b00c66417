//! The fediverse accounts that members proved. One account is bound to one member.

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;
use url::Url;

use crate::db::schema::{member_handles_private as handles, remote_actors, sign_in_codes};
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

/// Binds an account to a member; false if it is bound to anybody already. The message by which they
/// proved it is the thread in which we may answer them.
pub fn insert(
    conn: &mut Conn,
    member: MemberId,
    handle: &Handle,
    now: Timestamp,
) -> Result<bool, Error> {
    let thread: Option<String> = sign_in_codes::table
        .filter(sign_in_codes::actor_url.eq(handle.actor.as_str()))
        .filter(sign_in_codes::code_hash.is_not_null())
        .order(sign_in_codes::id.desc())
        .select(sign_in_codes::note_url)
        .first(conn)
        .optional()?;
    let row = (
        handles::thread_url.eq(thread),
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

/// Whether an account of a member is that of something else than a person, as far as we know.
pub fn is_organisation(conn: &mut Conn, member: MemberId) -> Result<bool, Error> {
    let theirs = handles::table
        .inner_join(remote_actors::table.on(remote_actors::url.eq(handles::actor_url)))
        .filter(handles::member_id.eq(member.number()))
        .filter(remote_actors::kind.ne("Person"));
    Ok(diesel::select(exists(theirs.select(handles::actor_url))).get_result(conn)?)
}

/// Notes what the owner of an account wrote to us last, for us alone: the thread in which we may
/// answer. An account of nobody here changes nothing.
pub fn note_thread(conn: &mut Conn, actor: &Url, note: &Url) -> Result<(), Error> {
    let thread = handles::thread_url.eq(note.as_str());
    diesel::update(handles::table.find(actor.as_str())).set(thread).execute(conn)?;
    Ok(())
}

/// Forgets a thread whose beginning its writer deleted.
pub fn forget_thread(conn: &mut Conn, note: &str, actor: &Url) -> Result<(), Error> {
    let target = handles::table.find(actor.as_str()).filter(handles::thread_url.eq(note));
    diesel::update(target).set(handles::thread_url.eq(None::<String>)).execute(conn)?;
    Ok(())
}

/// An account of a member and the thread in which we may answer it, if there is one: that of the
/// account which they proved last.
pub fn find_thread(conn: &mut Conn, member: MemberId) -> Result<Option<(Url, Url)>, Error> {
    let found: Option<(String, Option<String>)> = handles::table
        .filter(handles::member_id.eq(member.number()))
        .filter(handles::thread_url.is_not_null())
        .order((handles::proved_at.desc(), handles::actor_url))
        .select((handles::actor_url, handles::thread_url))
        .first(conn)
        .optional()?;
    match found {
        Some((actor, Some(thread))) => Ok(Some((url(&actor)?, url(&thread)?))),
        _ => Ok(None),
    }
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
