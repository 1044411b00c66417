//! What stewards did. Lines are added and read, and nothing else: the only file that names the
//! table, and a test sees to it that nothing here changes or removes a line.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::moderation_log as log;
use crate::db::types::{micros, time};
use crate::domain::act::{Act, Entry};
use crate::domain::id::Id;
use crate::error::Error;

/// Adds a line.
pub fn insert(conn: &mut Conn, entry: &Entry) -> Result<(), Error> {
    let row = (
        log::id.eq(entry.id.number()),
        log::at.eq(micros(entry.at)),
        log::by_id.eq(entry.by.map(Id::number)),
        log::act.eq(entry.act.map(Act::word).unwrap_or_default()),
        log::subject.eq(&entry.subject),
        log::reason.eq(&entry.reason),
    );
    diesel::insert_into(log::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest lines first, at most `limit`: all of them, or those before one.
pub fn list(conn: &mut Conn, before: Option<Id<Entry>>, limit: i64) -> Result<Vec<Entry>, Error> {
    type Row = (i64, i64, Option<i64>, String, String, String);
    let first = before.map_or(i64::MAX, Id::number);
    let rows: Vec<Row> =
        log::table.filter(log::id.lt(first)).order(log::id.desc()).limit(limit).load(conn)?;
    let entry = |(id, at, by, act, subject, reason): Row| {
        Ok(Entry {
            id: Id::from_number(id),
            at: time(at)?,
            by: by.map(Id::from_number),
            act: Act::from_word(&act),
            subject,
            reason,
        })
    };
    rows.into_iter().map(entry).collect()
}
