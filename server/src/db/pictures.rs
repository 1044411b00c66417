//! The bytes of the pictures of our needs and offers, by their content: two that are the same are
//! kept once.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{pictures, proposals};
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::picture::Picture;
use crate::error::Error;

/// Keeps a picture; if it is here already, from now on.
pub fn insert(
    conn: &mut Conn,
    picture: &Picture,
    bytes: &[u8],
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        pictures::digest.eq(&picture.digest),
        pictures::bytes.eq(bytes),
        pictures::width.eq(picture.width),
        pictures::height.eq(picture.height),
        pictures::kept_at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(pictures::table)
        .values(row)
        .on_conflict(pictures::digest)
        .do_update()
        .set(pictures::kept_at.eq(micros(now)))
        .execute(c))?;
    Ok(())
}

/// A picture by its digest, without words.
pub fn find(conn: &mut Conn, digest: &str) -> Result<Picture, Error> {
    let query = pictures::table.find(digest).select((pictures::width, pictures::height));
    let (width, height) = query.first(conn)?;
    Ok(Picture { digest: digest.to_owned(), words: String::new(), width, height })
}

/// The bytes of a picture.
pub fn find_bytes(conn: &mut Conn, digest: &str) -> Result<Vec<u8>, Error> {
    Ok(pictures::table.find(digest).select(pictures::bytes).first(conn)?)
}

/// Removes a picture if no need and no offer shows it.
pub fn delete_if_unused(conn: &mut Conn, digest: &str) -> Result<(), Error> {
    let shown = proposals::table.filter(proposals::picture.eq(digest)).limit(1);
    if shown.count().get_result::<i64>(conn)? == 0 {
        diesel::delete(pictures::table.find(digest)).execute(conn)?;
    }
    Ok(())
}

/// Removes what no need and no offer shows, if it was kept before a moment.
pub fn delete_unused(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let used = proposals::table.filter(proposals::picture.is_not_null());
    let unused =
        pictures::table.filter(pictures::kept_at.le(micros(before))).filter(diesel::dsl::not(
            pictures::digest.eq_any(used.select(proposals::picture.assume_not_null())),
        ));
    diesel::delete(unused).execute(conn)?;
    Ok(())
}
