//! Work on many rows, in pieces of one transaction each: whoever is killed goes on after the last
//! piece that was done, and nobody waits for a quarter of an hour behind one statement.

use diesel::prelude::*;

use crate::db::schema::migration_progress;
use crate::db::{Conn, transaction};
use crate::error::Error;

/// How many rows are one piece.
const PIECE: i64 = 5_000;

/// Work on many rows that belongs to a release.
#[derive(Clone, Copy)]
pub struct LongWork {
    /// Its place among the migrations, which are named the same way: 20261130000041.
    pub version: &'static str,
    /// Its name, which never changes.
    pub name: &'static str,
    /// How many rows there are after this id.
    pub rows: fn(&mut Conn, i64) -> Result<i64, Error>,
    /// Works on so many rows after this id, in their order; answers the last of them, or nothing if
    /// there was none.
    pub piece: fn(&mut Conn, i64, i64) -> Result<Option<i64>, Error>,
}

impl LongWork {
    /// Goes on until it is done. `told` hears how many of a hundred parts are.
    pub(in crate::db) fn run(&self, conn: &mut Conn, told: impl Fn(usize)) -> Result<(), Error> {
        let all = (self.rows)(conn, i64::MIN)?.max(1);
        loop {
            let next = transaction(conn, |conn| {
                let last = find(conn, self.name)?.map_or(i64::MIN, |(last, _)| last);
                let next = (self.piece)(conn, last, PIECE)?;
                note(conn, self.name, next.unwrap_or(last), next.is_none())?;
                Ok(next)
            })?;
            let Some(last) = next else { return Ok(()) };
            let left = (self.rows)(conn, last)?;
            told(usize::try_from(100 - (left * 100 / all).clamp(0, 100)).unwrap_or_default());
        }
    }
}

/// Whether a work is done.
pub(in crate::db) fn is_done(conn: &mut Conn, name: &str) -> Result<bool, Error> {
    Ok(find(conn, name)?.is_some_and(|(_, is_done)| is_done))
}

/// How many rows a work still has to look at.
pub(in crate::db) fn left(conn: &mut Conn, work: &LongWork) -> Result<i64, Error> {
    let last = find(conn, work.name)?.map_or(i64::MIN, |(last, _)| last);
    (work.rows)(conn, last)
}

fn find(conn: &mut Conn, name: &str) -> Result<Option<(i64, bool)>, Error> {
    let row: Option<(i64, bool)> = migration_progress::table
        .find(name)
        .select((migration_progress::last_id, migration_progress::is_done))
        .first(conn)
        .optional()?;
    Ok(row)
}

fn note(conn: &mut Conn, name: &str, last: i64, is_done: bool) -> Result<(), Error> {
    let noted = diesel::update(migration_progress::table.find(name))
        .set((migration_progress::last_id.eq(last), migration_progress::is_done.eq(is_done)))
        .execute(conn)?;
    if noted == 0 {
        diesel::insert_into(migration_progress::table)
            .values((
                migration_progress::name.eq(name),
                migration_progress::last_id.eq(last),
                migration_progress::is_done.eq(is_done),
            ))
            .execute(conn)?;
    }
    Ok(())
}
