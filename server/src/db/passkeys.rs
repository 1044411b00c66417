//! The passkeys of members, and what browsers were asked to sign with one. Of a passkey only the
//! public half is here; of a challenge's secret only the hash.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{passkey_challenges, passkeys_private as passkeys};
use crate::db::sealing::{open, seal};
use crate::db::types::{micros, time, time_if_any};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::domain::passkey::{Challenge, StoredPasskey};
use crate::error::Error;

#[derive(Queryable)]
struct Row {
    credential_id: String,
    member_id: i64,
    handle: String,
    name: String,
    passkey: String,
    made_at: i64,
    used_at: Option<i64>,
}

/// Stores a passkey; false if it is there already, whoever's it is.
pub fn insert(conn: &mut Conn, passkey: &StoredPasskey) -> Result<bool, Error> {
    let row = (
        passkeys::credential_id.eq(&passkey.credential),
        passkeys::member_id.eq(passkey.member.number()),
        passkeys::handle.eq(&passkey.handle),
        passkeys::name.eq(seal("passkeys_private.name", &passkey.name)?),
        passkeys::passkey.eq(&passkey.key),
        passkeys::made_at.eq(micros(passkey.made_at)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(passkeys::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// A passkey by the id that its owner's device gave it.
pub fn find(conn: &mut Conn, credential: &str) -> Result<Option<StoredPasskey>, Error> {
    let row: Option<Row> = passkeys::table.find(credential).first(conn).optional()?;
    row.map(Row::into_passkey).transpose()
}

/// The passkeys of a member, oldest first.
pub fn list(conn: &mut Conn, member: MemberId) -> Result<Vec<StoredPasskey>, Error> {
    let theirs = passkeys::table.filter(passkeys::member_id.eq(member.number()));
    let rows: Vec<Row> = theirs.order((passkeys::made_at, passkeys::credential_id)).load(conn)?;
    rows.into_iter().map(Row::into_passkey).collect()
}

/// Notes that a passkey was used, and what is known of it since; false if it is gone.
pub fn update_used(
    conn: &mut Conn,
    credential: &str,
    key: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(passkeys::table.find(credential))
        .set((passkeys::passkey.eq(key), passkeys::used_at.eq(micros(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Removes a passkey of a member; false if they have none with this id.
pub fn delete(conn: &mut Conn, member: MemberId, credential: &str) -> Result<bool, Error> {
    let target = passkeys::table.find(credential).filter(passkeys::member_id.eq(member.number()));
    Ok(diesel::delete(target).execute(conn)? == 1)
}

/// Stores what a browser is asked to sign.
pub fn insert_challenge(
    conn: &mut Conn,
    token_hash: &str,
    challenge: &Challenge,
    expires_at: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(passkey_challenges::table)
        .values((
            passkey_challenges::token_hash.eq(token_hash),
            passkey_challenges::member_id.eq(challenge.member.map(MemberId::number)),
            passkey_challenges::challenge.eq(&challenge.state),
            passkey_challenges::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes away what a browser was asked to sign: nothing is signed twice.
pub fn take_challenge(
    conn: &mut Conn,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Challenge>, Error> {
    let waiting = passkey_challenges::table
        .find(token_hash)
        .filter(passkey_challenges::expires_at.gt(micros(now)));
    let columns = (passkey_challenges::member_id, passkey_challenges::challenge);
    let row: Option<(Option<i64>, String)> = waiting.select(columns).first(conn).optional()?;
    let taken = diesel::delete(passkey_challenges::table.find(token_hash)).execute(conn)?;
    let challenge =
        row.map(|(member, state)| Challenge { member: member.map(Id::from_number), state });
    Ok(challenge.filter(|_| taken == 1))
}

/// Removes challenges whose time is over.
pub fn delete_stale(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let over = passkey_challenges::table.filter(passkey_challenges::expires_at.lt(micros(now)));
    diesel::delete(over).execute(conn)?;
    Ok(())
}

impl Row {
    fn into_passkey(self) -> Result<StoredPasskey, Error> {
        Ok(StoredPasskey {
            credential: self.credential_id,
            member: Id::from_number(self.member_id),
            handle: self.handle,
            name: open("passkeys_private.name", self.name)?,
            key: self.passkey,
            made_at: time(self.made_at)?,
            used_at: time_if_any(self.used_at)?,
        })
    }
}
