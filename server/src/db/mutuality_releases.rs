//! The picture of mutuality as it was frozen, quarter by quarter, and the sums by which a change is
//! noticed. What is released is never written again.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{mutuality_quarters as quarters, mutuality_releases as releases};
use crate::db::types::{micros, time, word};
use crate::db::{Conn, each_backend};
use crate::domain::mutuality::Part;
use crate::domain::mutuality::report::Report;
use crate::domain::quarter::Quarter;
use crate::error::Error;

/// The sums of a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// What went one way, of what could be looked at.
    pub one_way: Part,
    /// What belonged to a round, of everything that was done.
    pub crisis: Part,
}

/// A report as it was frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The quarter with whose end its months end.
    pub quarter: Quarter,
    /// How many months it looks at.
    pub months: i32,
    /// The figures.
    pub report: Report,
    /// When it was released.
    pub released_at: Timestamp,
}

/// Freezes a report, unless there is one already.
pub fn insert(conn: &mut Conn, release: &Release) -> Result<(), Error> {
    let row = (
        releases::quarter.eq(release.quarter.to_string()),
        releases::months.eq(release.months),
        releases::report.eq(release.report.to_text()),
        releases::released_at.eq(micros(release.released_at)),
    );
    each_backend!(conn, |c| diesel::insert_into(releases::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Notes the sums of a quarter; false if they were noted before.
pub fn insert_sums(conn: &mut Conn, quarter: Quarter, sums: Sums) -> Result<bool, Error> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let row = (
        quarters::quarter.eq(quarter.to_string()),
        quarters::one_way.eq(number(sums.one_way.part)),
        quarters::looked_at.eq(number(sums.one_way.whole)),
        quarters::in_rounds.eq(number(sums.crisis.part)),
        quarters::done.eq(number(sums.crisis.whole)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(quarters::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// The sums of every quarter that was released, in order.
pub fn list_sums(conn: &mut Conn) -> Result<BTreeMap<Quarter, Sums>, Error> {
    let rows: Vec<(String, i64, i64, i64, i64)> = quarters::table.load(conn)?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let sums = rows.into_iter().map(|(text, one_way, looked_at, in_rounds, done)| {
        let quarter = word(text.parse().ok(), &text)?;
        let one_way = Part::new(count(one_way), count(looked_at));
        let crisis = Part::new(count(in_rounds), count(done));
        Ok((quarter, Sums { one_way, crisis }))
    });
    sums.collect()
}

/// The quarters that were released, the newest first.
pub fn list_quarters(conn: &mut Conn) -> Result<Vec<Quarter>, Error> {
    Ok(list_sums(conn)?.into_keys().rev().collect())
}

/// A report as it was frozen.
pub fn find(conn: &mut Conn, quarter: Quarter, months: i32) -> Result<Release, Error> {
    let columns = (releases::report, releases::released_at);
    let (text, released_at): (String, i64) =
        releases::table.find((quarter.to_string(), months)).select(columns).first(conn)?;
    let report = word(Report::from_text(&text), &text)?;
    Ok(Release { quarter, months, report, released_at: time(released_at)? })
}
