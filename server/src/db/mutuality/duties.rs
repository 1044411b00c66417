//! What is known of duties and their turns: by duty and by week, never by person.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Window;
use crate::db::schema::{exemptions_private as exemptions, pool_turns_private as pool, turns};
use crate::db::types::{micros, time};
use crate::db::{Conn, duties, members};
use crate::domain::duty::Duty;
use crate::domain::mutuality::Part;
use crate::domain::mutuality::durability::{Life, Turns};
use crate::domain::mutuality::record::{Function, Record};
use crate::domain::rhythm::{Every, Rhythm};
use crate::domain::turn::State;
use crate::error::Error;

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// A month as durations are counted, in microseconds.
const MONTH: i64 = 30 * DAY;
/// A duty that sleeps for longer than this is over (B.5).
const OVER_AFTER: i64 = 6 * MONTH;
/// Weeks are told apart in months up to a year, and a week.
const MOST_WEEKS: i64 = 53;

/// A turn that is over.
struct Past {
    duty: i64,
    starts_at: i64,
    is_kept: bool,
}

/// Reads it.
pub fn read(conn: &mut Conn, window: &Window, record: &mut Record) -> Result<(), Error> {
    let past = read_past(conn, window)?;
    let all = duties::list(conn)?;
    let within = || past.iter().filter(|turn| turn.starts_at >= micros(window.from));
    let count = |turns: usize| u64::try_from(turns).unwrap_or(u64::MAX);
    record.plan = Turns {
        due: count(within().count()),
        kept: count(within().filter(|turn| turn.is_kept).count()),
    };
    record.weeks = weeks(within(), window);
    record.lives = all.iter().filter_map(|duty| life(duty, &past, window)).collect();
    record.functions = functions(&all, &past, window)?;
    record.cover = read_cover(conn, window)?;
    record.exempt = read_exempt(conn, window)?;
    Ok(())
}

/// The turns that were due until the end of the months. One that nobody noted was not kept.
fn read_past(conn: &mut Conn, window: &Window) -> Result<Vec<Past>, Error> {
    let rows: Vec<(i64, i64, String)> = turns::table
        .filter(turns::state.ne(State::Off.word()))
        .filter(turns::ends_at.lt(micros(window.until)))
        .order((turns::starts_at, turns::id))
        .select((turns::duty_id, turns::starts_at, turns::state))
        .load(conn)?;
    let past = |(duty, starts_at, state): (i64, i64, String)| Past {
        duty,
        starts_at,
        is_kept: state == State::Kept.word(),
    };
    Ok(rows.into_iter().map(past).collect())
}

/// The turns of each week, the newest last; none for months of which weeks are not told apart.
fn weeks<'a>(past: impl Iterator<Item = &'a Past>, window: &Window) -> Vec<Part> {
    let ago = |at: i64| (micros(window.until) - 1 - at).div_euclid(7 * DAY);
    let number = ago(micros(window.from)) + 1;
    if number > MOST_WEEKS {
        return Vec::new();
    }
    let mut by_week: BTreeMap<i64, Part> =
        (0..number).map(|week| (week, Part::default())).collect();
    for turn in past {
        if let Some(week) = by_week.get_mut(&ago(turn.starts_at)) {
            week.whole += 1;
            week.part += u64::from(turn.is_kept);
        }
    }
    by_week.into_values().rev().collect()
}

/// How long a duty has been kept; none if it never was.
fn life(duty: &Duty, past: &[Past], window: &Window) -> Option<Life> {
    let kept = || {
        let of_it = past.iter().filter(|turn| turn.is_kept && turn.duty == duty.id.number());
        of_it.map(|turn| turn.starts_at)
    };
    let (first, last) = (kept().min()?, kept().max()?);
    let until = micros(window.until);
    let is_ended = duty.ended_at.is_some_and(|at| micros(at) < until);
    let sleeps_long = duty.asleep_at.is_some_and(|at| until - micros(at) > OVER_AFTER);
    let is_over = is_ended || sleeps_long;
    let lasted = if is_over { last - first } else { until - first };
    Some(Life { months: u32::try_from(lasted / MONTH).unwrap_or_default(), is_over })
}

/// What would be missed, by its word. The duties that ended are in it with what was, and make no
/// promise of how often it comes.
fn functions(all: &[Duty], past: &[Past], window: &Window) -> Result<Vec<Function>, Error> {
    let mut kept: HashMap<i64, Vec<Date>> = HashMap::new();
    for turn in past.iter().filter(|turn| turn.is_kept) {
        kept.entry(turn.duty).or_default().push(day(time(turn.starts_at)?, window));
    }
    let mut found: BTreeMap<&str, Function> = BTreeMap::new();
    for duty in all {
        for word in &duty.content.functions {
            let function = found.entry(word).or_insert_with(|| Function {
                word: word.clone(),
                days: Vec::new(),
                period: i32::MAX,
            });
            function.days.extend(kept.get(&duty.id.number()).into_iter().flatten());
            if duty.is_live() {
                function.period = function.period.min(days_between(&duty.schedule.rhythm));
            }
        }
    }
    Ok(found.into_values().collect())
}

fn day(moment: Timestamp, window: &Window) -> Date {
    window.zone.to_datetime(moment).date()
}

/// The most days between one period and the next.
fn days_between(rhythm: &Rhythm) -> i32 {
    let days = match rhythm.every {
        Every::Day => 1,
        Every::Week(_) => 7,
        Every::MonthDay(_) | Every::MonthWeekday(..) => 31,
        Every::Year => 366,
    };
    rhythm.interval.saturating_mul(days)
}

fn read_cover(conn: &mut Conn, window: &Window) -> Result<Part, Error> {
    let (from, until) = (micros(window.from), micros(window.until));
    let given = pool::table.filter(pool::given_at.ge(from)).filter(pool::given_at.lt(until));
    let given: i64 = given.count().get_result(conn)?;
    let drawn = pool::table.filter(pool::drawn_at.ge(from)).filter(pool::drawn_at.lt(until));
    let drawn: i64 = drawn.count().get_result(conn)?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    // What is drawn in these months may have been given before them.
    Ok(Part::new(count(drawn), count(given.max(drawn))))
}

fn read_exempt(conn: &mut Conn, window: &Window) -> Result<Part, Error> {
    let last = day(window.until, window).to_string();
    let exempt: Vec<i64> = exemptions::table
        .filter(exemptions::from_day.le(&last))
        .filter(exemptions::until_day.is_null().or(exemptions::until_day.ge(&last)))
        .select(exemptions::member_id)
        .load(conn)?;
    let exempt: HashSet<i64> = exempt.into_iter().collect();
    let count = |people: usize| u64::try_from(people).unwrap_or(u64::MAX);
    Ok(Part::new(count(exempt.len()), count(members::list(conn)?.len())))
}
