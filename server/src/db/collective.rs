//! Who we are: one row, and the private keys of our two actors.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::bells::{Bell, ring};
use crate::db::schema::{actor_keys, collective};
use crate::db::sealing::{open, seal};
use crate::db::types::{micros, time, url};
use crate::domain::collective::Collective;
use crate::error::Error;

/// There is one collective in a database.
const ONLY: i64 = 1;

/// One pair of private keys of one actor, PKCS#8 DER in base 64.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = actor_keys)]
pub struct KeyRow {
    /// `collective` or `instance`.
    pub actor: String,
    /// The first is 1, the next 2.
    pub generation: i32,
    /// RSA-2048.
    pub rsa_private: String,
    /// Ed25519.
    pub ed25519_private: String,
    /// When they were made, in microseconds.
    pub created_at: i64,
    /// When a newer pair took its place, in microseconds.
    pub retired_at: Option<i64>,
    /// The activity in the log that said so: everything up to it is signed with this pair.
    pub last_activity: Option<i64>,
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

/// Whether there is a collective, in a database that may have no tables yet.
pub fn is_there(conn: &mut Conn) -> Result<bool, Error> {
    #[derive(QueryableByName)]
    struct Tables {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let tables: Tables = match conn {
        Conn::Sqlite(c) => diesel::sql_query(
            "SELECT COUNT(*) AS count FROM sqlite_master \
             WHERE type = 'table' AND name = 'collective'",
        )
        .get_result(c)?,
        Conn::Pg(c) => diesel::sql_query(
            "SELECT COUNT(*) AS count FROM pg_tables \
             WHERE schemaname = ANY (current_schemas(FALSE)) AND tablename = 'collective'",
        )
        .get_result(c)?,
    };
    Ok(tables.count > 0 && find(conn)?.is_some())
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

/// Says something else about who we are. Handle, address and language stay as they are.
pub fn update(conn: &mut Conn, (name, summary): (&str, &str), now: Timestamp) -> Result<(), Error> {
    diesel::update(collective::table.find(ONLY))
        .set((
            collective::name.eq(name),
            collective::summary.eq(summary),
            collective::updated_at.eq(micros(now)),
        ))
        .execute(conn)?;
    ring(conn, &Bell::Changed)
}

/// The keys of both our actors, oldest first.
pub fn list_keys(conn: &mut Conn) -> Result<Vec<KeyRow>, Error> {
    let query = actor_keys::table.order((actor_keys::actor, actor_keys::generation));
    let rows: Vec<KeyRow> = query.select(KeyRow::as_select()).load(conn)?;
    rows.into_iter().map(KeyRow::opened).collect()
}

/// Marks the keys in use as replaced.
pub fn retire_keys(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let in_use = actor_keys::table.filter(actor_keys::retired_at.is_null());
    diesel::update(in_use).set(actor_keys::retired_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Notes the activity that told others of new keys, with the keys that were replaced.
pub fn note_last_activity(conn: &mut Conn, activity: i64) -> Result<(), Error> {
    let replaced = actor_keys::table
        .filter(actor_keys::retired_at.is_not_null())
        .filter(actor_keys::last_activity.is_null());
    diesel::update(replaced).set(actor_keys::last_activity.eq(activity)).execute(conn)?;
    ring(conn, &Bell::Changed)
}

/// Removes keys that were replaced before a time.
pub fn delete_keys_retired_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = actor_keys::table.filter(actor_keys::retired_at.lt(micros(before)));
    let count = diesel::delete(old).execute(conn)?;
    if count > 0 {
        ring(conn, &Bell::Changed)?;
    }
    Ok(count)
}

/// Stores a pair of keys of an actor.
pub fn insert_keys(conn: &mut Conn, keys: &KeyRow) -> Result<(), Error> {
    let sealed = KeyRow {
        rsa_private: seal("actor_keys.rsa_private", &keys.rsa_private)?,
        ed25519_private: seal("actor_keys.ed25519_private", &keys.ed25519_private)?,
        ..keys.clone()
    };
    diesel::insert_into(actor_keys::table).values(sealed).execute(conn)?;
    ring(conn, &Bell::Changed)
}

impl KeyRow {
    fn opened(self) -> Result<Self, Error> {
        Ok(Self {
            rsa_private: open("actor_keys.rsa_private", self.rsa_private)?,
            ed25519_private: open("actor_keys.ed25519_private", self.ed25519_private)?,
            ..self
        })
    }
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
