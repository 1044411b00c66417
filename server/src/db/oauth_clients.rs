//! What we are called at other servers whose people sign in by way of them: one row for each host.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{oauth_clients, sign_in_attempts};
use crate::db::sealing::{open, seal};
use crate::db::types::{micros, time, url};
use crate::db::{Conn, each_backend};
use crate::domain::door::Door;
use crate::domain::id::{DoorId, Id};
use crate::error::Error;

#[derive(Queryable)]
struct Row {
    id: i64,
    host: String,
    client_id: String,
    client_secret: String,
    scope: String,
    issuer: String,
    names_issuer: bool,
    authorize_url: String,
    token_url: String,
    revoke_url: String,
    userinfo_url: Option<String>,
    made_at: i64,
}

/// The door of a host, if we know it.
pub fn find_by_host(conn: &mut Conn, host: &str) -> Result<Option<Door>, Error> {
    let query = oauth_clients::table.filter(oauth_clients::host.eq(host));
    let row: Option<Row> = query.first(conn).optional()?;
    row.map(Row::into_door).transpose()
}

/// A door by its id, if it is known (still).
pub fn find(conn: &mut Conn, id: DoorId) -> Result<Option<Door>, Error> {
    let row: Option<Row> = oauth_clients::table.find(id.number()).first(conn).optional()?;
    row.map(Row::into_door).transpose()
}

/// Stores a door in place of `before`. If somebody else was faster, theirs stays: a host has one.
/// Answers the one that is there.
pub fn replace(conn: &mut Conn, before: Option<DoorId>, door: &Door) -> Result<Door, Error> {
    if let Some(before) = before {
        diesel::delete(oauth_clients::table.find(before.number())).execute(conn)?;
    }
    let row = (
        oauth_clients::id.eq(door.id.number()),
        oauth_clients::host.eq(&door.host),
        oauth_clients::client_id.eq(&door.client_id),
        oauth_clients::client_secret.eq(seal("oauth_clients.client_secret", &door.client_secret)?),
        oauth_clients::scope.eq(&door.scope),
        oauth_clients::issuer.eq(&door.issuer),
        oauth_clients::names_issuer.eq(door.names_issuer),
        oauth_clients::authorize_url.eq(door.authorize.as_str()),
        oauth_clients::token_url.eq(door.token.as_str()),
        oauth_clients::revoke_url.eq(door.revoke.as_str()),
        oauth_clients::userinfo_url.eq(door.userinfo.as_ref().map(url::Url::as_str)),
        oauth_clients::made_at.eq(micros(door.made_at)),
    );
    each_backend!(conn, |c| diesel::insert_into(oauth_clients::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    find_by_host(conn, &door.host)?.ok_or(Error::Conflict)
}

/// Forgets a door at which we are not known any more.
pub fn delete(conn: &mut Conn, id: DoorId) -> Result<(), Error> {
    diesel::delete(oauth_clients::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// How many doors we came to know since then.
pub fn count_since(conn: &mut Conn, since: Timestamp) -> Result<i64, Error> {
    let newer = oauth_clients::table.filter(oauth_clients::made_at.gt(micros(since)));
    Ok(newer.count().get_result(conn)?)
}

/// Forgets doors that would be asked anew anyway.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let old = oauth_clients::table.filter(oauth_clients::made_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}

/// Notes by which door a browser may come back, and to which page of ours it goes then.
pub fn offer(
    conn: &mut Conn,
    token_hash: &str,
    door: DoorId,
    return_to: &str,
) -> Result<(), Error> {
    diesel::update(sign_in_attempts::table.find(token_hash))
        .set((
            sign_in_attempts::oauth_client_id.eq(door.number()),
            sign_in_attempts::return_to.eq(return_to),
        ))
        .execute(conn)?;
    Ok(())
}

/// By which door a browser may come back, and to which page of ours it goes then.
pub fn find_offered(
    conn: &mut Conn,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<(Door, String)>, Error> {
    let waiting = sign_in_attempts::table
        .find(token_hash)
        .filter(sign_in_attempts::expires_at.gt(micros(now)))
        .filter(sign_in_attempts::proved_at.is_null());
    let columns = (sign_in_attempts::oauth_client_id, sign_in_attempts::return_to);
    let row: Option<(Option<i64>, Option<String>)> =
        waiting.select(columns).first(conn).optional()?;
    let Some((Some(id), return_to)) = row else { return Ok(None) };
    let door = find(conn, Id::from_number(id))?;
    Ok(door.map(|door| (door, return_to.unwrap_or_default())))
}

impl Row {
    fn into_door(self) -> Result<Door, Error> {
        Ok(Door {
            id: Id::from_number(self.id),
            host: self.host,
            client_id: self.client_id,
            client_secret: open("oauth_clients.client_secret", self.client_secret)?,
            scope: self.scope,
            issuer: self.issuer,
            names_issuer: self.names_issuer,
            authorize: url(&self.authorize_url)?,
            token: url(&self.token_url)?,
            revoke: url(&self.revoke_url)?,
            userinfo: self.userinfo_url.as_deref().map(url).transpose()?,
            made_at: time(self.made_at)?,
        })
    }
}
