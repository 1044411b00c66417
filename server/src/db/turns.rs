//! Turns: what is known of each by the turn. Who comes is `db/turn_people.rs`.

use std::collections::{HashMap, HashSet};

use diesel::dsl::max;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{turn_private, turns};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{micros, time, time_if_any, word};
use crate::db::{Conn, each_backend};
use crate::domain::id::{DutyId, Id, MemberId, TurnId};
use crate::domain::turn::{State, Turn};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = turns, treat_none_as_null = true)]
pub(in crate::db) struct Row {
    id: i64,
    duty_id: i64,
    starts_at: i64,
    ends_at: i64,
    needed: i32,
    learners: i32,
    taken: i32,
    learning: i32,
    given_back: i32,
    covered: i32,
    state: String,
    noted_at: Option<i64>,
    came: Option<i32>,
    counted: Option<i32>,
}

/// Stores a turn, unless there is one of this duty at this time: another process may have been
/// faster. Answers whether it was stored.
pub fn insert_if_new(conn: &mut Conn, turn: &Turn) -> Result<bool, Error> {
    let added = each_backend!(conn, |c| diesel::insert_into(turns::table)
        .values(Row::from(turn))
        .on_conflict((turns::duty_id, turns::starts_at))
        .do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// One of them.
pub fn find(conn: &mut Conn, id: TurnId) -> Result<Turn, Error> {
    turns::table.find(id.number()).select(Row::as_select()).first(conn)?.into_turn()
}

/// One of them, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: TurnId) -> Result<Turn, Error> {
    let target = turns::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(turns::state.eq(turns::state))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_turn()
}

/// Writes all of it.
pub fn update(conn: &mut Conn, changed: &Turn) -> Result<(), Error> {
    let target = turns::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// Removes one to which nobody comes.
pub fn delete(conn: &mut Conn, id: TurnId) -> Result<(), Error> {
    diesel::delete(turns::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// Those of a duty that begin from `from` on, in order.
pub fn list_from(conn: &mut Conn, duty: DutyId, from: Timestamp) -> Result<Vec<Turn>, Error> {
    let coming = turns::table
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::starts_at.ge(micros(from)));
    load(coming.order(turns::starts_at).select(Row::as_select()).load(conn)?)
}

/// Those of a duty that are not over, in order, at most so many.
pub fn list_next(
    conn: &mut Conn,
    duty: DutyId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, Error> {
    let coming = turns::table
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::state.ne(State::Off.word()))
        .filter(turns::ends_at.gt(micros(now)));
    let coming = coming.order(turns::starts_at).limit(limit);
    load(coming.select(Row::as_select()).load(conn)?)
}

/// Those of a duty that are over, newest first, at most so many.
pub fn list_over(
    conn: &mut Conn,
    duty: DutyId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, Error> {
    let over = turns::table
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::ends_at.le(micros(now)));
    let over = over.order(turns::starts_at.desc()).limit(limit);
    load(over.select(Row::as_select()).load(conn)?)
}

/// The last kept turn of a duty.
pub fn find_last_kept(conn: &mut Conn, duty: DutyId) -> Result<Option<Turn>, Error> {
    let kept = turns::table
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::state.eq(State::Kept.word()));
    let last = kept.order(turns::starts_at.desc()).select(Row::as_select());
    last.first::<Row>(conn).optional()?.map(Row::into_turn).transpose()
}

/// Whether anybody ever learnt at a kept turn of a duty.
pub fn was_learnt(conn: &mut Conn, duty: DutyId) -> Result<bool, Error> {
    let learnt = turns::table
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::state.eq(State::Kept.word()))
        .filter(turns::learning.gt(0));
    Ok(learnt.count().get_result::<i64>(conn)? > 0)
}

/// The duties of which anybody ever learnt at a kept turn.
pub fn list_learnt(conn: &mut Conn) -> Result<HashSet<DutyId>, Error> {
    let learnt =
        turns::table.filter(turns::state.eq(State::Kept.word())).filter(turns::learning.gt(0));
    let ids: Vec<i64> = learnt.select(turns::duty_id).distinct().load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// The duties of which the last turn that is over was not kept.
pub fn list_unkept(conn: &mut Conn, now: Timestamp) -> Result<HashSet<DutyId>, Error> {
    let over = || turns::table.filter(turns::ends_at.le(micros(now)));
    let last: Vec<(i64, Option<i64>)> = over()
        .filter(turns::state.ne(State::Off.word()))
        .group_by(turns::duty_id)
        .select((turns::duty_id, max(turns::starts_at)))
        .load(conn)?;
    let kept: Vec<(i64, Option<i64>)> = over()
        .filter(turns::state.eq(State::Kept.word()))
        .group_by(turns::duty_id)
        .select((turns::duty_id, max(turns::starts_at)))
        .load(conn)?;
    let kept: HashMap<i64, Option<i64>> = kept.into_iter().collect();
    let unkept = last.into_iter().filter(|(duty, at)| kept.get(duty) != Some(at));
    Ok(unkept.map(|(duty, _)| Id::from_number(duty)).collect())
}

/// Those of all duties that were not called off and overlap a time, by their beginning and duty.
pub fn list_between(
    conn: &mut Conn,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Turn>, Error> {
    let within = turns::table
        .filter(turns::state.ne(State::Off.word()))
        .filter(turns::ends_at.gt(micros(from)))
        .filter(turns::starts_at.lt(micros(until)));
    let within = within.order((turns::starts_at, turns::duty_id));
    load(within.select(Row::as_select()).load(conn)?)
}

/// Those that are planned, not over, begin before `until`, and at which a place was given back that
/// nobody has taken.
pub fn list_given_back(
    conn: &mut Conn,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<TurnId>, Error> {
    let missing = turns::table
        .filter(turns::state.eq(State::Planned.word()))
        .filter(turns::starts_at.gt(micros(now)))
        .filter(turns::starts_at.lt(micros(until)))
        .filter(turns::given_back.gt(0))
        .filter(turns::taken.lt(turns::needed));
    let ids: Vec<i64> = missing.order(turns::starts_at).select(turns::id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Those that ended between two moments and of which nobody has noted what became of them.
pub fn list_unnoted(
    conn: &mut Conn,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Turn>, Error> {
    let unnoted = turns::table
        .filter(turns::state.eq(State::Planned.word()))
        .filter(turns::ends_at.gt(micros(from)))
        .filter(turns::ends_at.le(micros(until)));
    load(unnoted.order(turns::ends_at).select(Row::as_select()).load(conn)?)
}

/// What those who were there hand over.
pub fn find_note(conn: &mut Conn, turn: TurnId) -> Result<Option<String>, Error> {
    let found = turn_private::table.find(turn.number()).select(turn_private::note);
    let note: Option<Option<String>> = found.first(conn).optional()?;
    open_if_any("turn_private.note", note.flatten())
}

/// Stores what those who were there hand over, in place of what stood there.
pub fn replace_note(
    conn: &mut Conn,
    turn: TurnId,
    by: Option<MemberId>,
    note: Option<&str>,
) -> Result<(), Error> {
    diesel::delete(turn_private::table.find(turn.number())).execute(conn)?;
    let row = (
        turn_private::turn_id.eq(turn.number()),
        turn_private::noted_by.eq(by.map(Id::number)),
        turn_private::note.eq(seal_if_any("turn_private.note", note)?),
    );
    diesel::insert_into(turn_private::table).values(row).execute(conn)?;
    Ok(())
}

fn load(rows: Vec<Row>) -> Result<Vec<Turn>, Error> {
    rows.into_iter().map(Row::into_turn).collect()
}

impl From<&Turn> for Row {
    fn from(turn: &Turn) -> Self {
        Self {
            id: turn.id.number(),
            duty_id: turn.duty.number(),
            starts_at: micros(turn.starts_at),
            ends_at: micros(turn.ends_at),
            needed: turn.needed,
            learners: turn.learners,
            taken: turn.taken,
            learning: turn.learning,
            given_back: turn.given_back,
            covered: turn.covered,
            state: turn.state.word().to_owned(),
            noted_at: turn.noted_at.map(micros),
            came: turn.came,
            counted: turn.counted,
        }
    }
}

impl Row {
    pub(in crate::db) fn into_turn(self) -> Result<Turn, Error> {
        Ok(Turn {
            id: Id::from_number(self.id),
            duty: Id::from_number(self.duty_id),
            starts_at: time(self.starts_at)?,
            ends_at: time(self.ends_at)?,
            needed: self.needed,
            learners: self.learners,
            taken: self.taken,
            learning: self.learning,
            given_back: self.given_back,
            covered: self.covered,
            state: word(State::from_word(&self.state), &self.state)?,
            noted_at: time_if_any(self.noted_at)?,
            came: self.came,
            counted: self.counted,
        })
    }
}
