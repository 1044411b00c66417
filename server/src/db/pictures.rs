//! The pictures of our needs and offers, by their content: two that are the same are kept once. Their
//! bytes stand here too, or at an address outside (`media_store`).

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{pictures, proposals};
use crate::db::types::micros;
use crate::db::{Conn, each_backend, picture_removals};
use crate::domain::picture::Picture;
use crate::error::Error;

/// Where the bytes of a picture are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// In the database.
    Here(Vec<u8>),
    /// At an address.
    At(String),
}

impl Bytes {
    /// As columns: an address only where there are no bytes.
    fn into_columns(self) -> (Vec<u8>, Option<String>) {
        match self {
            Self::Here(bytes) => (bytes, None),
            Self::At(address) => (Vec::new(), Some(address)),
        }
    }

    fn from_columns((bytes, address): (Vec<u8>, Option<String>)) -> Self {
        match address {
            None => Self::Here(bytes),
            Some(address) => Self::At(address),
        }
    }
}

/// Keeps a picture; if it is here already, from now on. Whether these bytes are the ones that are
/// kept, and not those from before.
pub fn insert(
    conn: &mut Conn,
    picture: &Picture,
    bytes: Bytes,
    now: Timestamp,
) -> Result<bool, Error> {
    let (bytes, address) = bytes.into_columns();
    let row = (
        pictures::digest.eq(&picture.digest),
        pictures::bytes.eq(bytes),
        pictures::width.eq(picture.width),
        pictures::height.eq(picture.height),
        pictures::kept_at.eq(micros(now)),
        pictures::address.eq(address),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(pictures::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        return Ok(true);
    }
    // If it went this very moment, the same works in the next one.
    let gone = || Error::Unavailable(anyhow::anyhow!("a picture was removed meanwhile"));
    touch(conn, &picture.digest, now)?.then_some(false).ok_or_else(gone)
}

/// Keeps a picture from now on that is here; false if it is not.
pub fn touch(conn: &mut Conn, digest: &str, now: Timestamp) -> Result<bool, Error> {
    let kept = pictures::kept_at.eq(micros(now));
    Ok(diesel::update(pictures::table.find(digest)).set(kept).execute(conn)? == 1)
}

/// A picture by its digest, without words.
pub fn find(conn: &mut Conn, digest: &str) -> Result<Picture, Error> {
    let query = pictures::table.find(digest).select((pictures::width, pictures::height));
    let (width, height) = query.first(conn)?;
    Ok(Picture { digest: digest.to_owned(), words: String::new(), width, height })
}

/// Where the bytes of a picture are.
pub fn find_bytes(conn: &mut Conn, digest: &str) -> Result<Bytes, Error> {
    let query = pictures::table.find(digest).select((pictures::bytes, pictures::address));
    Ok(Bytes::from_columns(query.first(conn)?))
}

/// Every picture and where it is kept, if that is outside.
pub fn list_addresses(conn: &mut Conn) -> Result<Vec<(String, Option<String>)>, Error> {
    let query = pictures::table.order(pictures::digest);
    Ok(query.select((pictures::digest, pictures::address)).load(conn)?)
}

/// Lets a picture be elsewhere than at the address where it was; false if it is not there any more.
/// What is at the old address is removed from `due_at` on.
pub fn move_bytes(
    conn: &mut Conn,
    (digest, from): (&str, Option<&str>),
    bytes: Bytes,
    due_at: Timestamp,
) -> Result<bool, Error> {
    let set = {
        let (bytes, address) = bytes.into_columns();
        (pictures::bytes.eq(bytes), pictures::address.eq(address))
    };
    let target = pictures::table.find(digest);
    let moved = match from {
        None => {
            diesel::update(target.filter(pictures::address.is_null())).set(set).execute(conn)?
        }
        Some(from) => {
            diesel::update(target.filter(pictures::address.eq(from))).set(set).execute(conn)?
        }
    };
    if let (1, Some(from)) = (moved, from) {
        picture_removals::insert(conn, from, due_at)?;
    }
    Ok(moved == 1)
}

/// Removes a picture if no need and no offer shows it.
pub fn delete_if_unused(conn: &mut Conn, digest: &str, now: Timestamp) -> Result<(), Error> {
    let shown = proposals::table.filter(proposals::picture.eq(digest)).limit(1);
    if shown.count().get_result::<i64>(conn)? > 0 {
        return Ok(());
    }
    let gone: Vec<Option<String>> =
        each_backend!(conn, |c| diesel::delete(pictures::table.find(digest))
            .returning(pictures::address)
            .load(c))?;
    remove(conn, gone, now)
}

/// Removes what no need and no offer shows, if it was kept before a moment.
pub fn delete_unused(conn: &mut Conn, before: Timestamp, now: Timestamp) -> Result<(), Error> {
    let used = proposals::table.filter(proposals::picture.is_not_null());
    let unused =
        pictures::table.filter(pictures::kept_at.le(micros(before))).filter(diesel::dsl::not(
            pictures::digest.eq_any(used.select(proposals::picture.assume_not_null())),
        ));
    let gone: Vec<Option<String>> =
        each_backend!(conn, |c| diesel::delete(unused).returning(pictures::address).load(c))?;
    remove(conn, gone, now)
}

/// Lets go what was kept outside, with the row that knew where.
fn remove(conn: &mut Conn, gone: Vec<Option<String>>, now: Timestamp) -> Result<(), Error> {
    gone.iter().flatten().try_for_each(|address| picture_removals::insert(conn, address, now))
}
