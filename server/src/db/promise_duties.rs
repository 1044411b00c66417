//! Promises made in the name of a duty: the kitchen brings soup.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{duties, promise_duties_private as promised};
use crate::domain::id::{DutyId, Id, PromiseId};
use crate::error::Error;

/// Notes in whose name a promise was made.
pub fn insert(conn: &mut Conn, promise: PromiseId, duty: DutyId) -> Result<(), Error> {
    let row = (promised::promise_id.eq(promise.number()), promised::duty_id.eq(duty.number()));
    diesel::insert_into(promised::table).values(row).execute(conn)?;
    Ok(())
}

/// The titles of the duties in whose names these promises were made.
pub fn list_titles(
    conn: &mut Conn,
    promises: &[PromiseId],
) -> Result<HashMap<PromiseId, String>, Error> {
    let ids = promises.iter().map(|promise| promise.number());
    let rows: Vec<(i64, String)> = promised::table
        .inner_join(duties::table.on(duties::id.eq(promised::duty_id)))
        .filter(promised::promise_id.eq_any(ids))
        .select((promised::promise_id, duties::title))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, title)| (Id::from_number(id), title)).collect())
}

/// In the name of which duty a promise was made, if of any.
pub fn find(conn: &mut Conn, promise: PromiseId) -> Result<Option<DutyId>, Error> {
    let found = promised::table.find(promise.number()).select(promised::duty_id);
    let id: Option<i64> = found.first(conn).optional()?;
    Ok(id.map(Id::from_number))
}
