//! Signing in with a fediverse account: browsers that wait for a code, and the codes. Only hashes
//! of the browsers' secrets and of the codes are stored.

use diesel::prelude::*;
use jiff::Timestamp;
use url::Url;

use crate::db::schema::{sign_in_attempts, sign_in_codes};
use crate::db::types::{micros, url};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, SignInCodeId};
use crate::error::Error;

/// How many wrong codes one browser may try.
pub const TRIES_OF_BROWSER: i32 = 5;
/// How many wrong codes may be tried against one code, by all browsers together.
pub const TRIES_OF_CODE: i32 = 5;

/// A browser that waits for a code, or has proved an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which account was typed; the proved one once it is.
    pub address: String,
    /// How many codes were tried.
    pub tries: i32,
    /// The account that was proved, by its id on the wire.
    pub actor: Option<Url>,
}

/// A code, or a request for one that got none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInCode {
    /// Its id.
    pub id: SignInCodeId,
    /// Who asked, by their id on the wire.
    pub actor: Url,
    /// Their address in the fediverse, in small letters.
    pub address: String,
    /// Their name at the host of their actor, which may be another address of the same account.
    pub home_address: String,
    /// The host of their actor.
    pub host: String,
    /// The message by which they asked.
    pub note: Url,
    /// In which language they are answered.
    pub language: String,
    /// The hash; none if it was asked for in public.
    pub hash: Option<String>,
}

#[derive(Queryable)]
struct CodeRow {
    id: i64,
    actor_url: String,
    address: String,
    home_address: String,
    host: String,
    note_url: String,
    language: String,
    code_hash: Option<String>,
}

/// Stores a browser that waits for a code.
pub fn insert_attempt(
    conn: &mut Conn,
    token_hash: &str,
    address: &str,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), Error> {
    diesel::insert_into(sign_in_attempts::table)
        .values((
            sign_in_attempts::token_hash.eq(token_hash),
            sign_in_attempts::address.eq(address),
            sign_in_attempts::tries.eq(0),
            sign_in_attempts::created_at.eq(micros(now)),
            sign_in_attempts::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A browser that waits or has proved an account, if its time is not over.
pub fn find_attempt(
    conn: &mut Conn,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Attempt>, Error> {
    let query = sign_in_attempts::table
        .find(token_hash)
        .filter(sign_in_attempts::expires_at.gt(micros(now)));
    let columns = (sign_in_attempts::address, sign_in_attempts::tries, sign_in_attempts::actor_url);
    let row: Option<(String, i32, Option<String>)> =
        query.select(columns).first(conn).optional()?;
    row.map(|(address, tries, actor)| {
        Ok(Attempt { address, tries, actor: actor.as_deref().map(url).transpose()? })
    })
    .transpose()
}

/// Counts one more try of a browser; false if it has none left.
pub fn use_try_of_attempt(conn: &mut Conn, token_hash: &str) -> Result<bool, Error> {
    let target = sign_in_attempts::table
        .find(token_hash)
        .filter(sign_in_attempts::tries.lt(TRIES_OF_BROWSER))
        .filter(sign_in_attempts::proved_at.is_null());
    let counted = diesel::update(target)
        .set(sign_in_attempts::tries.eq(sign_in_attempts::tries + 1))
        .execute(conn)?;
    Ok(counted == 1)
}

/// Notes that a browser proved an account. Its secret is another one from now on.
pub fn prove_attempt(
    conn: &mut Conn,
    token_hash: &str,
    new_hash: &str,
    (actor, address): (&Url, &str),
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), Error> {
    diesel::update(sign_in_attempts::table.find(token_hash))
        .set((
            sign_in_attempts::token_hash.eq(new_hash),
            sign_in_attempts::actor_url.eq(actor.as_str()),
            sign_in_attempts::address.eq(address),
            sign_in_attempts::proved_at.eq(micros(now)),
            sign_in_attempts::expires_at.eq(micros(expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets a browser that is done.
pub fn delete_attempt(conn: &mut Conn, token_hash: &str) -> Result<(), Error> {
    diesel::delete(sign_in_attempts::table.find(token_hash)).execute(conn)?;
    Ok(())
}

/// Stores who asked for a code; false if they asked with the same message before.
pub fn insert(
    conn: &mut Conn,
    code: &SignInCode,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<bool, Error> {
    let row = (
        sign_in_codes::id.eq(code.id.number()),
        sign_in_codes::actor_url.eq(code.actor.as_str()),
        sign_in_codes::address.eq(&code.address),
        sign_in_codes::home_address.eq(&code.home_address),
        sign_in_codes::host.eq(&code.host),
        sign_in_codes::note_url.eq(code.note.as_str()),
        sign_in_codes::language.eq(&code.language),
        sign_in_codes::code_hash.eq(&code.hash),
        sign_in_codes::tries.eq(0),
        sign_in_codes::created_at.eq(micros(now)),
        sign_in_codes::expires_at.eq(micros(expires_at)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(sign_in_codes::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// How often an actor asked since then.
pub fn count_of_actor(conn: &mut Conn, actor: &Url, since: Timestamp) -> Result<i64, Error> {
    let asked = sign_in_codes::table
        .filter(sign_in_codes::actor_url.eq(actor.as_str()))
        .filter(sign_in_codes::created_at.gt(micros(since)));
    Ok(asked.count().get_result(conn)?)
}

/// How often the actors of a host asked since then.
pub fn count_of_host(conn: &mut Conn, host: &str, since: Timestamp) -> Result<i64, Error> {
    let asked = sign_in_codes::table
        .filter(sign_in_codes::host.eq(host))
        .filter(sign_in_codes::created_at.gt(micros(since)));
    Ok(asked.count().get_result(conn)?)
}

/// The last code of whoever has this address, or else has this name at the host of their actor. One
/// that was asked for before is dead; so is the last one, once it was used.
pub fn find_last(conn: &mut Conn, address: &str) -> Result<Option<SignInCode>, Error> {
    let last = sign_in_codes::table
        .filter(sign_in_codes::code_hash.is_not_null())
        .order(sign_in_codes::id.desc())
        .select(columns());
    let theirs = last.filter(sign_in_codes::address.eq(address));
    let row: Option<CodeRow> = match theirs.first(conn).optional()? {
        Some(row) => Some(row),
        None => last.filter(sign_in_codes::home_address.eq(address)).first(conn).optional()?,
    };
    row.map(CodeRow::into_code).transpose()
}

/// A request for a code by its id.
pub fn find(conn: &mut Conn, id: SignInCodeId) -> Result<SignInCode, Error> {
    let row: CodeRow = sign_in_codes::table.find(id.number()).select(columns()).first(conn)?;
    row.into_code()
}

/// Counts one more try against a code; false if it is used, too old, or was tried too often.
pub fn use_try_of_code(conn: &mut Conn, id: SignInCodeId, now: Timestamp) -> Result<bool, Error> {
    let target = sign_in_codes::table
        .find(id.number())
        .filter(sign_in_codes::tries.lt(TRIES_OF_CODE))
        .filter(sign_in_codes::used_at.is_null())
        .filter(sign_in_codes::expires_at.gt(micros(now)));
    let counted = diesel::update(target)
        .set(sign_in_codes::tries.eq(sign_in_codes::tries + 1))
        .execute(conn)?;
    Ok(counted == 1)
}

/// Uses a code up; false if somebody else was faster.
pub fn use_up(conn: &mut Conn, id: SignInCodeId, now: Timestamp) -> Result<bool, Error> {
    let target = sign_in_codes::table.find(id.number()).filter(sign_in_codes::used_at.is_null());
    let used = diesel::update(target).set(sign_in_codes::used_at.eq(micros(now))).execute(conn)?;
    Ok(used == 1)
}

/// Whoever deletes the message by which they asked wants no code any more. It counts all the same.
pub fn cancel(conn: &mut Conn, note: &str, actor: &Url) -> Result<(), Error> {
    let target = sign_in_codes::table
        .filter(sign_in_codes::note_url.eq(note))
        .filter(sign_in_codes::actor_url.eq(actor.as_str()));
    diesel::update(target).set(sign_in_codes::used_at.eq(0)).execute(conn)?;
    Ok(())
}

/// Removes browsers whose time is over, and codes from before `before`.
pub fn delete_stale(conn: &mut Conn, now: Timestamp, before: Timestamp) -> Result<(), Error> {
    let over = sign_in_attempts::table.filter(sign_in_attempts::expires_at.lt(micros(now)));
    diesel::delete(over).execute(conn)?;
    let old = sign_in_codes::table.filter(sign_in_codes::created_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}

fn columns() -> (
    sign_in_codes::id,
    sign_in_codes::actor_url,
    sign_in_codes::address,
    sign_in_codes::home_address,
    sign_in_codes::host,
    sign_in_codes::note_url,
    sign_in_codes::language,
    sign_in_codes::code_hash,
) {
    (
        sign_in_codes::id,
        sign_in_codes::actor_url,
        sign_in_codes::address,
        sign_in_codes::home_address,
        sign_in_codes::host,
        sign_in_codes::note_url,
        sign_in_codes::language,
        sign_in_codes::code_hash,
    )
}

impl CodeRow {
    fn into_code(self) -> Result<SignInCode, Error> {
        Ok(SignInCode {
            id: Id::from_number(self.id),
            actor: url(&self.actor_url)?,
            address: self.address,
            home_address: self.home_address,
            host: self.host,
            note: url(&self.note_url)?,
            language: self.language,
            hash: self.code_hash,
        })
    }
}
