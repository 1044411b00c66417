//! Duties, and who looks after each. The people stand in a private table.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{duties, duty_days, duty_functions, duty_private};
use crate::db::types::{civil, micros, time, time_if_any};
use crate::db::{Conn, each_backend};
use crate::domain::duty::{Content, Duty, DutyPrivate, Schedule};
use crate::domain::id::{DutyId, Id, MemberId};
use crate::domain::rhythm::Rhythm;
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duties, treat_none_as_null = true)]
struct Row {
    id: i64,
    title: String,
    text: String,
    language: String,
    place: Option<String>,
    audience: String,
    counts: Option<String>,
    rhythm: String,
    zone: Option<String>,
    starts_on: String,
    minutes: i32,
    needed: i32,
    learners: i32,
    paused_from: Option<String>,
    paused_until: Option<String>,
    made_at: i64,
    changed_at: i64,
    planned_until: i64,
    asleep_at: Option<i64>,
    woken_at: Option<i64>,
    ended_at: Option<i64>,
    looked_at: Option<i64>,
}

/// Its days without, and what it would be missed for.
#[derive(Default)]
struct Lists {
    days: Vec<String>,
    functions: Vec<String>,
}

/// Stores a new one.
pub fn insert(conn: &mut Conn, duty: &Duty, private: &DutyPrivate) -> Result<(), Error> {
    diesel::insert_into(duties::table).values(Row::from(duty)).execute(conn)?;
    insert_lists(conn, duty)?;
    let row = (
        duty_private::duty_id.eq(duty.id.number()),
        duty_private::keeper_id.eq(private.keeper.map(Id::number)),
        duty_private::keeper_until.eq(private.keeper_until.map(micros)),
        duty_private::deputy_id.eq(private.deputy.map(Id::number)),
        duty_private::calendar_token.eq(&private.calendar_token),
    );
    diesel::insert_into(duty_private::table).values(row).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: DutyId) -> Result<Duty, Error> {
    let row: Row = duties::table.find(id.number()).select(Row::as_select()).first(conn)?;
    with_lists(conn, vec![row])?.pop().ok_or(Error::NotFound)
}

/// One of them, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: DutyId) -> Result<Duty, Error> {
    let target = duties::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(duties::title.eq(duties::title))
        .returning(Row::as_returning())
        .get_result(c))?;
    with_lists(conn, vec![row])?.pop().ok_or(Error::NotFound)
}

/// Those that go on, each locked until the transaction ends: for what changes turns of several. In
/// the order of ids, as whoever else locks several.
pub fn lock_live(conn: &mut Conn) -> Result<Vec<Duty>, Error> {
    let live = duties::table.filter(duties::ended_at.is_null());
    let ids: Vec<i64> = live.order(duties::id).select(duties::id).load(conn)?;
    ids.into_iter().map(|id| lock(conn, Id::from_number(id))).collect()
}

/// Writes all of it.
pub fn update(conn: &mut Conn, changed: &Duty) -> Result<(), Error> {
    let id = changed.id.number();
    diesel::update(duties::table.find(id)).set(Row::from(changed)).execute(conn)?;
    diesel::delete(duty_days::table.filter(duty_days::duty_id.eq(id))).execute(conn)?;
    diesel::delete(duty_functions::table.filter(duty_functions::duty_id.eq(id))).execute(conn)?;
    insert_lists(conn, changed)
}

/// Who looks after it.
pub fn find_private(conn: &mut Conn, id: DutyId) -> Result<DutyPrivate, Error> {
    type Row = (Option<i64>, Option<i64>, Option<i64>, String);
    let columns = (
        duty_private::keeper_id,
        duty_private::keeper_until,
        duty_private::deputy_id,
        duty_private::calendar_token,
    );
    let (keeper, until, deputy, calendar_token): Row =
        duty_private::table.find(id.number()).select(columns).first(conn)?;
    Ok(DutyPrivate {
        keeper: keeper.map(Id::from_number),
        keeper_until: time_if_any(until)?,
        deputy: deputy.map(Id::from_number),
        calendar_token,
    })
}

/// Who looks after each of them.
pub fn list_private(conn: &mut Conn) -> Result<HashMap<DutyId, DutyPrivate>, Error> {
    type Row = (i64, Option<i64>, Option<i64>, Option<i64>, String);
    let columns = (
        duty_private::duty_id,
        duty_private::keeper_id,
        duty_private::keeper_until,
        duty_private::deputy_id,
        duty_private::calendar_token,
    );
    let rows: Vec<Row> = duty_private::table.select(columns).load(conn)?;
    let one = |(id, keeper, until, deputy, calendar_token): Row| {
        let private = DutyPrivate {
            keeper: keeper.map(Id::from_number),
            keeper_until: time_if_any(until)?,
            deputy: deputy.map(Id::from_number),
            calendar_token,
        };
        Ok((Id::from_number(id), private))
    };
    rows.into_iter().map(one).collect()
}

/// Writes who looks after it.
pub fn update_private(conn: &mut Conn, id: DutyId, private: &DutyPrivate) -> Result<(), Error> {
    let set = (
        duty_private::keeper_id.eq(private.keeper.map(Id::number)),
        duty_private::keeper_until.eq(private.keeper_until.map(micros)),
        duty_private::deputy_id.eq(private.deputy.map(Id::number)),
        duty_private::calendar_token.eq(&private.calendar_token),
    );
    diesel::update(duty_private::table.find(id.number())).set(set).execute(conn)?;
    Ok(())
}

/// All of them, by title.
pub fn list(conn: &mut Conn) -> Result<Vec<Duty>, Error> {
    let rows = duties::table.order((duties::title, duties::id)).select(Row::as_select());
    let rows = rows.load(conn)?;
    with_lists(conn, rows)
}

/// Those that go on, by title.
pub fn list_live(conn: &mut Conn) -> Result<Vec<Duty>, Error> {
    let live = duties::table.filter(duties::ended_at.is_null());
    let rows = live.order((duties::title, duties::id)).select(Row::as_select()).load(conn)?;
    with_lists(conn, rows)
}

/// Those that go on and of which turns stand in the plan only up to some time before `until`.
pub fn list_to_plan(conn: &mut Conn, until: Timestamp) -> Result<Vec<DutyId>, Error> {
    let due = duties::table
        .filter(duties::ended_at.is_null())
        .filter(duties::planned_until.lt(micros(until)));
    let ids: Vec<i64> = due.order(duties::id).select(duties::id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Those that a member looks after, as keeper or deputy, by title.
pub fn list_kept_by(conn: &mut Conn, member: MemberId) -> Result<Vec<Duty>, Error> {
    let number = member.number();
    let theirs = duty_private::table
        .filter(duty_private::keeper_id.eq(number).or(duty_private::deputy_id.eq(number)))
        .select(duty_private::duty_id);
    let rows = duties::table
        .filter(duties::id.eq_any(theirs))
        .filter(duties::ended_at.is_null())
        .order((duties::title, duties::id))
        .select(Row::as_select())
        .load(conn)?;
    with_lists(conn, rows)
}

/// The one whose calendar for members has this secret.
pub fn find_by_calendar(conn: &mut Conn, token: &str) -> Result<DutyId, Error> {
    let found = duty_private::table.filter(duty_private::calendar_token.eq(token));
    Ok(Id::from_number(found.select(duty_private::duty_id).first(conn)?))
}

fn insert_lists(conn: &mut Conn, duty: &Duty) -> Result<(), Error> {
    let id = duty.id.number();
    for day in &duty.schedule.days_without {
        let row = (duty_days::duty_id.eq(id), duty_days::day.eq(day.to_string()));
        diesel::insert_into(duty_days::table).values(row).execute(conn)?;
    }
    for word in &duty.content.functions {
        let row = (duty_functions::duty_id.eq(id), duty_functions::word.eq(word));
        diesel::insert_into(duty_functions::table).values(row).execute(conn)?;
    }
    Ok(())
}

fn with_lists(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Duty>, Error> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut lists: HashMap<i64, Lists> = HashMap::new();
    let days = duty_days::table.filter(duty_days::duty_id.eq_any(&ids));
    for (id, day) in days.order(duty_days::day).load::<(i64, String)>(conn)? {
        lists.entry(id).or_default().days.push(day);
    }
    let functions = duty_functions::table.filter(duty_functions::duty_id.eq_any(&ids));
    for (id, word) in functions.order(duty_functions::word).load::<(i64, String)>(conn)? {
        lists.entry(id).or_default().functions.push(word);
    }
    let mut with = |row: Row| {
        let lists = lists.remove(&row.id).unwrap_or_default();
        row.into_duty(lists)
    };
    rows.into_iter().map(&mut with).collect()
}

impl From<&Duty> for Row {
    fn from(duty: &Duty) -> Self {
        let (content, schedule) = (&duty.content, &duty.schedule);
        let when = |moment: Option<Timestamp>| moment.map(micros);
        Self {
            id: duty.id.number(),
            title: content.title.clone(),
            text: content.text.clone(),
            language: content.language.clone(),
            place: content.place.clone(),
            audience: content.audience.word().to_owned(),
            counts: content.counts.clone(),
            rhythm: schedule.rhythm.to_string(),
            zone: schedule.zone.clone(),
            starts_on: schedule.start.to_string(),
            minutes: schedule.minutes,
            needed: schedule.needed,
            learners: schedule.learners,
            paused_from: schedule.pause.map(|(from, _)| from.to_string()),
            paused_until: schedule.pause.map(|(_, until)| until.to_string()),
            made_at: micros(duty.made_at),
            changed_at: micros(duty.changed_at),
            planned_until: micros(duty.planned_until),
            asleep_at: when(duty.asleep_at),
            woken_at: when(duty.woken_at),
            ended_at: when(duty.ended_at),
            looked_at: when(duty.looked_at),
        }
    }
}

impl Row {
    fn into_duty(self, lists: Lists) -> Result<Duty, Error> {
        let start: jiff::civil::DateTime = civil(&self.starts_on)?;
        let audience = self.audience.parse();
        let rhythm = Rhythm::parse(&self.rhythm, start.date());
        let pause = match (&self.paused_from, &self.paused_until) {
            (Some(from), Some(until)) => Some((civil(from)?, civil(until)?)),
            _ => None,
        };
        Ok(Duty {
            id: Id::from_number(self.id),
            content: Content {
                title: self.title,
                text: self.text,
                language: self.language,
                place: self.place,
                audience: audience.map_err(|_| Error::internal("a duty of an unknown audience"))?,
                functions: lists.functions,
                counts: self.counts,
            },
            schedule: Schedule {
                rhythm: rhythm.map_err(|_| Error::internal("a duty of an unknown rhythm"))?,
                zone: self.zone,
                start,
                minutes: self.minutes,
                needed: self.needed,
                learners: self.learners,
                pause,
                days_without: lists.days.iter().map(|day| civil(day)).collect::<Result<_, _>>()?,
            },
            made_at: time(self.made_at)?,
            changed_at: time(self.changed_at)?,
            planned_until: time(self.planned_until)?,
            asleep_at: time_if_any(self.asleep_at)?,
            woken_at: time_if_any(self.woken_at)?,
            ended_at: time_if_any(self.ended_at)?,
            looked_at: time_if_any(self.looked_at)?,
        })
    }
}
