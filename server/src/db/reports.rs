//! What other servers report of us, for the stewards to read.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::reports;
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// How many reports of one host are kept, the newest.
const MOST_OF_A_HOST: i64 = 100;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What tells it from others: nothing by which somebody could be found.
    pub id: String,
    /// The host that it came from. Who reported is not kept.
    pub host: String,
    /// What they say, plain text.
    pub comment: String,
    /// The addresses of what it is about, all of them ours.
    pub objects: Vec<String>,
    /// When it came.
    pub received_at: Timestamp,
}

/// Keeps a report, and of its host no more than the newest hundred.
pub fn insert(conn: &mut Conn, report: &Report) -> Result<(), Error> {
    let row = (
        reports::url.eq(&report.id),
        reports::host.eq(&report.host),
        reports::comment.eq(&report.comment),
        reports::objects.eq(report.objects.join("\n")),
        reports::received_at.eq(micros(report.received_at)),
    );
    each_backend!(conn, |c| diesel::insert_into(reports::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    let surplus: Vec<String> = reports::table
        .filter(reports::host.eq(&report.host))
        .order((reports::received_at.desc(), reports::url))
        .offset(MOST_OF_A_HOST)
        .limit(MOST_OF_A_HOST)
        .select(reports::url)
        .load(conn)?;
    if !surplus.is_empty() {
        diesel::delete(reports::table.filter(reports::url.eq_any(surplus))).execute(conn)?;
    }
    Ok(())
}

/// The latest reports.
pub fn list_latest(conn: &mut Conn, limit: i64) -> Result<Vec<Report>, Error> {
    let rows: Vec<(String, String, String, String, i64)> = reports::table
        .order((reports::received_at.desc(), reports::url))
        .limit(limit)
        .select((
            reports::url,
            reports::host,
            reports::comment,
            reports::objects,
            reports::received_at,
        ))
        .load(conn)?;
    let report = |(id, host, comment, objects, received_at): (_, _, _, String, _)| {
        let objects = objects.lines().map(ToOwned::to_owned).collect();
        Ok(Report { id, host, comment, objects, received_at: time(received_at)? })
    };
    rows.into_iter().map(report).collect()
}

/// Removes reports that came before a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = reports::table.filter(reports::received_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}
