//! Who we are: one row, and the private keys of our two actors.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{actor_keys, collective};
use crate::db::types::{micros, time, url};
use crate::domain::collective::Collective;
use crate::error::Error;

/// There is one collective in a database.
const ONLY: i64 = 1;

/// The private keys of one actor, PKCS#8 DER in base 64.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = actor_keys)]
pub struct KeyRow {
    /// `collective` or `instance`.
    pub actor: String,
    /// RSA-2048.
    pub rsa_private: String,
    /// Ed25519.
    pub ed25519_private: String,
    /// When they were made, in microseconds.
    pub created_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = collective)]
struct Row {
    id: i64,
    handle: String,
    name: String,
    summary: String,
    base_url: String,
    language: String,
    created_at: i64,
    updated_at: i64,
}

/// The collective, if this database was set up.
pub fn find(conn: &mut Conn) -> Result<Option<Collective>, Error> {
    let row = collective::table.find(ONLY).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_collective).transpose()
}

/// Sets the collective up; a second time is a conflict.
pub fn insert(conn: &mut Conn, new: &Collective) -> Result<(), Error> {
    let row = Row {
        id: ONLY,
        handle: new.handle.clone(),
        name: new.name.clone(),
        summary: new.summary.clone(),
        base_url: new.base.to_string(),
        language: new.language.clone(),
        created_at: micros(new.created_at),
        updated_at: micros(new.updated_at),
    };
    diesel::insert_into(collective::table).values(row).execute(conn)?;
    Ok(())
}

/// The keys of an actor.
pub fn find_keys(conn: &mut Conn, actor: &str) -> Result<KeyRow, Error> {
    Ok(actor_keys::table.find(actor).select(KeyRow::as_select()).first(conn)?)
}

/// Stores the keys of an actor.
pub fn insert_keys(conn: &mut Conn, keys: &KeyRow) -> Result<(), Error> {
    diesel::insert_into(actor_keys::table).values(keys.clone()).execute(conn)?;
    Ok(())
}

impl Row {
    fn into_collective(self) -> Result<Collective, Error> {
        Ok(Collective {
            base: url(&self.base_url)?,
            created_at: time(self.created_at)?,
            updated_at: time(self.updated_at)?,
            handle: self.handle,
            name: self.name,
            summary: self.summary,
            language: self.language,
        })
    }
}
