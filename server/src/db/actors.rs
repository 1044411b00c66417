//! Actors on other servers, as we last read them.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::db::schema::{followings, pacts, remote_actors, remote_keys};
use crate::db::types::{micros, time, url};
use crate::db::{Conn, each_backend};
use crate::db::{followers, messages};
use crate::domain::id::{Id, RemoteActorId};
use crate::domain::neighbour::{ActorKey, RemoteActor};
use crate::error::Error;

#[diesel::declare_sql_function]
extern "SQL" {
    /// A text in small letters.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// One row, for joins by other modules of storage.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = remote_actors)]
pub(in crate::db) struct Row {
    id: i64,
    url: String,
    kind: String,
    address: String,
    name: String,
    inbox: String,
    shared_inbox: Option<String>,
    page: String,
    outbox: Option<String>,
    fetched_at: i64,
}

/// Stores what we read of an actor, or refreshes it; answers what is stored.
pub fn upsert(conn: &mut Conn, actor: &RemoteActor) -> Result<RemoteActor, Error> {
    let row: Row = each_backend!(conn, |c| diesel::insert_into(remote_actors::table)
        .values(Row::from(actor))
        .on_conflict(remote_actors::url)
        .do_update()
        .set((
            remote_actors::kind.eq(excluded(remote_actors::kind)),
            remote_actors::address.eq(excluded(remote_actors::address)),
            remote_actors::name.eq(excluded(remote_actors::name)),
            remote_actors::inbox.eq(excluded(remote_actors::inbox)),
            remote_actors::shared_inbox.eq(excluded(remote_actors::shared_inbox)),
            remote_actors::page.eq(excluded(remote_actors::page)),
            remote_actors::outbox.eq(excluded(remote_actors::outbox)),
            remote_actors::fetched_at.eq(excluded(remote_actors::fetched_at)),
        ))
        .returning(Row::as_returning())
        .get_result(c))?;
    replace_keys(conn, row.id, &actor.keys)?;
    with_keys(conn, row)
}

/// An actor by its id on the wire, if we know it, with its keys.
pub fn find_by_url(conn: &mut Conn, actor: &str) -> Result<Option<RemoteActor>, Error> {
    let query = remote_actors::table.filter(remote_actors::url.eq(actor));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(|row| with_keys(conn, row)).transpose()
}

/// Whoever holds a handle, in whatever letters it is written.
pub fn find_by_address(conn: &mut Conn, address: &str) -> Result<Option<RemoteActor>, Error> {
    let same = lower(remote_actors::address).eq(address.to_ascii_lowercase());
    let query = remote_actors::table.filter(same).order(remote_actors::id);
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_actor).transpose()
}

/// An actor by its id here, with its keys.
pub fn find(conn: &mut Conn, id: RemoteActorId) -> Result<RemoteActor, Error> {
    let row = remote_actors::table.find(id.number()).select(Row::as_select()).first(conn)?;
    with_keys(conn, row)
}

/// Whether an actor follows us, is followed or has a pact with us.
pub fn is_tied(conn: &mut Conn, id: RemoteActorId) -> Result<bool, Error> {
    let followed = followings::table.filter(followings::actor_id.eq(id.number()));
    let is_followed = diesel::select(exists(followed)).get_result(conn)?;
    let with_pact = pacts::table.filter(pacts::actor_id.eq(id.number()));
    let has_pact: bool = diesel::select(exists(with_pact)).get_result(conn)?;
    Ok(is_followed || has_pact || followers::find_follow(conn, id)?.is_some())
}

/// Forgets an actor and everything that came from it.
pub fn delete(conn: &mut Conn, id: RemoteActorId) -> Result<(), Error> {
    followers::delete(conn, id)?;
    messages::forget_actor(conn, id)?;
    diesel::delete(remote_actors::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// What an actor's document lists now is all that it has.
fn replace_keys(conn: &mut Conn, actor: i64, keys: &[ActorKey]) -> Result<(), Error> {
    diesel::delete(remote_keys::table.filter(remote_keys::actor_id.eq(actor))).execute(conn)?;
    for key in keys {
        diesel::insert_into(remote_keys::table)
            .values((
                remote_keys::actor_id.eq(actor),
                remote_keys::key_id.eq(&key.id),
                remote_keys::material.eq(&key.material),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn with_keys(conn: &mut Conn, row: Row) -> Result<RemoteActor, Error> {
    let keys: Vec<(String, String)> = remote_keys::table
        .filter(remote_keys::actor_id.eq(row.id))
        .order(remote_keys::key_id)
        .select((remote_keys::key_id, remote_keys::material))
        .load(conn)?;
    let keys = keys.into_iter().map(|(id, material)| ActorKey { id, material }).collect();
    Ok(RemoteActor { keys, ..row.into_actor()? })
}

impl From<&RemoteActor> for Row {
    fn from(actor: &RemoteActor) -> Self {
        Self {
            id: actor.id.number(),
            url: actor.url.to_string(),
            kind: actor.kind.clone(),
            address: actor.address.clone(),
            name: actor.name.clone(),
            inbox: actor.inbox.to_string(),
            shared_inbox: actor.shared_inbox.as_ref().map(ToString::to_string),
            page: actor.page.to_string(),
            outbox: actor.outbox.as_ref().map(ToString::to_string),
            fetched_at: micros(actor.fetched_at),
        }
    }
}

impl Row {
    pub(in crate::db) fn into_actor(self) -> Result<RemoteActor, Error> {
        Ok(RemoteActor {
            id: Id::from_number(self.id),
            url: url(&self.url)?,
            kind: self.kind,
            address: self.address,
            name: self.name,
            inbox: url(&self.inbox)?,
            shared_inbox: self.shared_inbox.as_deref().map(url).transpose()?,
            page: url(&self.page)?,
            outbox: self.outbox.as_deref().map(url).transpose()?,
            keys: Vec::new(),
            fetched_at: time(self.fetched_at)?,
        })
    }
}
