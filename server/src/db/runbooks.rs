//! How duties are done here, every version, and from whom it was copied.

use std::collections::HashMap;

use diesel::dsl::max;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{runbook_origins as origins, runbooks};
use crate::db::types::{micros, time, url};
use crate::domain::id::{DutyId, Id};
use crate::domain::runbook::{Origin, Runbook};
use crate::error::Error;

type Row = (i64, String, i64);

/// Stores a new version.
pub fn insert(conn: &mut Conn, duty: DutyId, new: &Runbook) -> Result<(), Error> {
    let row = (
        runbooks::duty_id.eq(duty.number()),
        runbooks::version.eq(new.version),
        runbooks::text.eq(&new.text),
        runbooks::made_at.eq(micros(new.made_at)),
    );
    diesel::insert_into(runbooks::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest version.
pub fn find(conn: &mut Conn, duty: DutyId) -> Result<Option<Runbook>, Error> {
    let versions = runbooks::table.filter(runbooks::duty_id.eq(duty.number()));
    let newest = versions.order(runbooks::version.desc()).select(columns());
    newest.first::<Row>(conn).optional()?.map(read).transpose()
}

/// When the newest version of each was written.
pub fn list_times(conn: &mut Conn) -> Result<HashMap<DutyId, Timestamp>, Error> {
    let rows: Vec<(i64, Option<i64>)> = runbooks::table
        .group_by(runbooks::duty_id)
        .select((runbooks::duty_id, max(runbooks::made_at)))
        .load(conn)?;
    let known = rows.into_iter().filter_map(|(duty, at)| Some((duty, at?)));
    known.map(|(duty, at)| Ok((Id::from_number(duty), time(at)?))).collect()
}

/// Every version, newest first.
pub fn list(conn: &mut Conn, duty: DutyId) -> Result<Vec<Runbook>, Error> {
    let versions = runbooks::table.filter(runbooks::duty_id.eq(duty.number()));
    let rows = versions.order(runbooks::version.desc()).select(columns());
    rows.load::<Row>(conn)?.into_iter().map(read).collect()
}

/// From whom it was copied, if it was.
pub fn find_origin(conn: &mut Conn, duty: DutyId) -> Result<Option<Origin>, Error> {
    let columns =
        (origins::url, origins::name, origins::text, origins::copied_at, origins::looked_at);
    let found = origins::table.find(duty.number()).select(columns);
    let row: Option<(String, String, String, i64, i64)> = found.first(conn).optional()?;
    row.map(|(address, name, text, copied_at, looked_at)| {
        Ok(Origin {
            url: url(&address)?,
            name,
            text,
            copied_at: time(copied_at)?,
            looked_at: time(looked_at)?,
        })
    })
    .transpose()
}

/// Stores from whom it was copied, in place of what stood there.
pub fn replace_origin(conn: &mut Conn, duty: DutyId, origin: &Origin) -> Result<(), Error> {
    diesel::delete(origins::table.find(duty.number())).execute(conn)?;
    let row = (
        origins::duty_id.eq(duty.number()),
        origins::url.eq(origin.url.as_str()),
        origins::name.eq(&origin.name),
        origins::text.eq(&origin.text),
        origins::copied_at.eq(micros(origin.copied_at)),
        origins::looked_at.eq(micros(origin.looked_at)),
    );
    diesel::insert_into(origins::table).values(row).execute(conn)?;
    Ok(())
}

fn columns() -> (runbooks::version, runbooks::text, runbooks::made_at) {
    (runbooks::version, runbooks::text, runbooks::made_at)
}

fn read((version, text, made_at): Row) -> Result<Runbook, Error> {
    Ok(Runbook { version, text, made_at: time(made_at)? })
}
