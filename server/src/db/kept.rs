//! How the turns of a duty went in a quarter. It is read from who comes to turns, and what leaves
//! here are numbers.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::tz::TimeZone;

use crate::db::Conn;
use crate::db::schema::{turn_people_private as people, turns};
use crate::db::types::{micros, word};
use crate::domain::id::DutyId;
use crate::domain::kept::{Carried, Kept};
use crate::domain::quarter::Quarter;
use crate::domain::turn::State;
use crate::error::Error;

/// How the turns of a duty went in a quarter, by the days of a zone; none if there were none.
pub fn find(
    conn: &mut Conn,
    duty: DutyId,
    quarter: Quarter,
    zone: &TimeZone,
) -> Result<Option<Kept>, Error> {
    let (Some(from), Some(until)) = (quarter.begins(zone), quarter.after().begins(zone)) else {
        return Ok(None);
    };
    let (from, until) = (micros(from), micros(until));
    let rows: Vec<(String, i32)> = turns::table
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::starts_at.ge(from))
        .filter(turns::starts_at.lt(until))
        .select((turns::state, turns::covered))
        .load(conn)?;
    let state = |(state, covered): (String, i32)| {
        Ok::<_, Error>((word(State::from_word(&state), &state)?, covered))
    };
    let all: Vec<(State, i32)> = rows.into_iter().map(state).collect::<Result<_, _>>()?;
    let carried = list_carried(conn, duty, (from, until))?;
    let before = list_carried(conn, duty, (i64::MIN, from))?;
    let new = carried.difference(&before).count();
    Ok(Kept::count(quarter, &all, Carried { people: carried.len(), new }))
}

/// Who carried kept turns that began between two moments.
fn list_carried(
    conn: &mut Conn,
    duty: DutyId,
    (from, until): (i64, i64),
) -> Result<BTreeSet<i64>, Error> {
    let ids: Vec<i64> = people::table
        .inner_join(turns::table.on(turns::id.eq(people::turn_id)))
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::state.eq(State::Kept.word()))
        .filter(turns::starts_at.ge(from))
        .filter(turns::starts_at.lt(until))
        .filter(people::is_learner.eq(false))
        .select(people::member_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().collect())
}
