//! Which pictures are to be removed from the folder or the bucket where they were kept.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::picture_removals;
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// Lets what is at an address be removed from a moment on.
pub fn insert(conn: &mut Conn, address: &str, due_at: Timestamp) -> Result<(), Error> {
    let row = (picture_removals::address.eq(address), picture_removals::due_at.eq(micros(due_at)));
    each_backend!(conn, |c| diesel::insert_into(picture_removals::table)
        .values(row)
        .on_conflict(picture_removals::address)
        .do_update()
        .set(picture_removals::due_at.eq(micros(due_at)))
        .execute(c))?;
    Ok(())
}

/// The addresses at which something is to be removed now, the longest due first.
pub fn list_due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<String>, Error> {
    let due = picture_removals::table.filter(picture_removals::due_at.le(micros(now)));
    let query = due.order((picture_removals::due_at, picture_removals::address)).limit(limit);
    Ok(query.select(picture_removals::address).load(conn)?)
}

/// Notes that nothing is at an address any more, or that what is there stays.
pub fn delete(conn: &mut Conn, address: &str) -> Result<(), Error> {
    diesel::delete(picture_removals::table.find(address)).execute(conn)?;
    Ok(())
}

/// How many addresses there are at which something is to be removed.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(picture_removals::table.count().get_result(conn)?)
}
