//! Moments that are remembered by name.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::marks;
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// When this instance last looked after itself.
pub const ALIVE: &str = "alive";

/// When what was passed on to us was last read anew.
pub const PASSED_ON: &str = "passed on";

/// When somebody last tried whether anything can be written.
pub const PROBE: &str = "probe";

/// When this instance last went on from a backup.
pub const RESTORED: &str = "restored";

/// When something happened last, if it ever did.
pub fn find(conn: &mut Conn, name: &str) -> Result<Option<Timestamp>, Error> {
    let at: Option<i64> = marks::table.find(name).select(marks::noted_at).first(conn).optional()?;
    at.map(time).transpose()
}

/// Notes that something happened now; answers when it happened before.
pub fn note(conn: &mut Conn, name: &str, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let before: Option<i64> =
        marks::table.find(name).select(marks::noted_at).first(conn).optional()?;
    let row = (marks::name.eq(name), marks::noted_at.eq(micros(now)));
    each_backend!(conn, |c| diesel::insert_into(marks::table)
        .values(row)
        .on_conflict(marks::name)
        .do_update()
        .set(marks::noted_at.eq(micros(now)))
        .execute(c))?;
    before.map(time).transpose()
}
