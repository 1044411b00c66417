//! Who held which role for how long, who holds it now, and what came with strings.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::Window;
use super::parties::{Parties, Who};
use crate::db::Conn;
use crate::db::schema::{role_terms_private as terms, roles, strings};
use crate::db::types::micros;
use crate::domain::mutuality::Part;
use crate::domain::mutuality::autonomy::{Tenure, ended_terms};
use crate::domain::mutuality::record::Record;
use crate::domain::role::HOUSE;
use crate::error::Error;

/// Reads it.
pub fn read(
    conn: &mut Conn,
    parties: &mut Parties,
    window: &Window,
    record: &mut Record,
) -> Result<(), Error> {
    read_holders(conn, parties, record)?;
    record.terms = ended_terms(&read_tenures(conn, window)?, micros(window.from));
    record.strings = read_strings(conn, window)?;
    Ok(())
}

/// Who holds each role that goes on, and who stands in. The house is read with the duties.
fn read_holders(conn: &mut Conn, parties: &mut Parties, record: &mut Record) -> Result<(), Error> {
    let open: Vec<i64> = roles::table
        .filter(roles::ended_at.is_null())
        .filter(roles::id.ne(HOUSE.number()))
        .select(roles::id)
        .load(conn)?;
    let held: Vec<(i64, Option<i64>, Option<i64>)> = terms::table
        .filter(terms::over_at.is_null())
        .select((terms::role_id, terms::holder_id, terms::deputy_id))
        .load(conn)?;
    for role in open {
        let of_role = held.iter().filter(|(of, ..)| *of == role);
        let people = of_role.flat_map(|(_, holder, deputy)| [*holder, *deputy]).flatten();
        let people: BTreeSet<u64> =
            people.map(|member| parties.number(&Who::Member(member))).collect();
        record.role_holders.extend(&people);
        record.holders.push(people);
    }
    Ok(())
}

/// Every term until the end of the months, by role and in order of time. One that is past and that
/// nobody else took on is over for this count: it was due.
fn read_tenures(conn: &mut Conn, window: &Window) -> Result<Vec<Tenure>, Error> {
    type Row = (i64, Option<i64>, i64, i64, Option<i64>);
    let rows: Vec<Row> = terms::table
        .filter(terms::starts_at.lt(micros(window.until)))
        .order((terms::role_id, terms::starts_at, terms::id))
        .select((
            terms::role_id,
            terms::holder_id,
            terms::starts_at,
            terms::ends_at,
            terms::over_at,
        ))
        .load(conn)?;
    let until = micros(window.until);
    let tenure = |(role, holder, from, due, over): Row| {
        let over = over.filter(|over| *over < until);
        Tenure { role, holder, from, until: over.or(Some(due)).filter(|end| *end < until) }
    };
    Ok(rows.into_iter().map(tenure).collect())
}

/// What was booked in these months and not crossed out: with a condition or a report, and all.
fn read_strings(conn: &mut Conn, window: &Window) -> Result<Part, Error> {
    let booked: Vec<(String, String)> = strings::table
        .filter(strings::booked_at.ge(micros(window.from)))
        .filter(strings::booked_at.lt(micros(window.until)))
        .filter(strings::struck_at.is_null())
        .select((strings::conditions, strings::reports))
        .load(conn)?;
    let count = |entries: usize| u64::try_from(entries).unwrap_or(u64::MAX);
    let tied = booked.iter().filter(|(conditions, reports)| {
        !conditions.trim().is_empty() || !reports.trim().is_empty()
    });
    Ok(Part::new(count(tied.count()), count(booked.len())))
}
