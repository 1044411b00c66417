//! Who comes to turns, for members. Federation never reads this.
//!
//! It is shown until a turn is over, and to nobody but themselves after that: there is no list of who
//! came and who did not (mission E28). The rows stay because the figures of mutuality have to know,
//! inside one calculation, who kept what; they go with the member.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{duties, members, turn_people_private as people, turns};
use crate::db::turns::Row;
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::id::{DutyId, Id, MemberId, TurnId};
use crate::domain::turn::{Place, State, Turn};
use crate::error::Error;

/// Notes that somebody comes; false if they did before.
pub fn insert(
    conn: &mut Conn,
    turn: TurnId,
    member: MemberId,
    place: Place,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = (
        people::turn_id.eq(turn.number()),
        people::member_id.eq(member.number()),
        people::is_learner.eq(place.is_learner()),
        people::taken_at.eq(micros(now)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(people::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Forgets that somebody comes; false if they did not.
pub fn delete(conn: &mut Conn, turn: TurnId, member: MemberId) -> Result<bool, Error> {
    let target = people::table.find((turn.number(), member.number()));
    Ok(diesel::delete(target).execute(conn)? == 1)
}

/// As what somebody comes, if they do.
pub fn find(conn: &mut Conn, turn: TurnId, member: MemberId) -> Result<Option<Place>, Error> {
    let found = people::table.find((turn.number(), member.number())).select(people::is_learner);
    Ok(found.first(conn).optional()?.map(Place::of))
}

/// Who comes to a turn, by name.
pub fn list(conn: &mut Conn, turn: TurnId) -> Result<Vec<(MemberId, String, Place)>, Error> {
    let rows: Vec<(i64, String, bool)> = people::table
        .inner_join(members::table.on(members::id.eq(people::member_id)))
        .filter(people::turn_id.eq(turn.number()))
        .order((people::is_learner, members::name))
        .select((people::member_id, members::name, people::is_learner))
        .load(conn)?;
    let one = |(id, name, learns)| (Id::from_number(id), name, Place::of(learns));
    Ok(rows.into_iter().map(one).collect())
}

/// The turns to which a member comes and that are not over, in order, with the titles of their
/// duties.
pub fn list_next_of(
    conn: &mut Conn,
    member: MemberId,
    now: Timestamp,
) -> Result<Vec<(Turn, Place)>, Error> {
    let rows: Vec<(Row, bool)> = people::table
        .inner_join(turns::table.on(turns::id.eq(people::turn_id)))
        .filter(people::member_id.eq(member.number()))
        .filter(turns::state.ne(State::Off.word()))
        .filter(turns::ends_at.gt(micros(now)))
        .order((turns::starts_at, turns::id))
        .select((Row::as_select(), people::is_learner))
        .load(conn)?;
    rows.into_iter().map(|(row, learns)| Ok((row.into_turn()?, Place::of(learns)))).collect()
}

/// Every turn of a member, newest first: their own diary.
pub fn list_of(conn: &mut Conn, member: MemberId) -> Result<Vec<(Turn, Place)>, Error> {
    let rows: Vec<(Row, bool)> = people::table
        .inner_join(turns::table.on(turns::id.eq(people::turn_id)))
        .filter(people::member_id.eq(member.number()))
        .order((turns::starts_at.desc(), turns::id))
        .select((Row::as_select(), people::is_learner))
        .load(conn)?;
    rows.into_iter().map(|(row, learns)| Ok((row.into_turn()?, Place::of(learns)))).collect()
}

/// Whether somebody comes to anything that overlaps a turn.
pub fn is_busy(conn: &mut Conn, member: MemberId, turn: &Turn) -> Result<bool, Error> {
    let same_time = people::table
        .inner_join(turns::table.on(turns::id.eq(people::turn_id)))
        .filter(people::member_id.eq(member.number()))
        .filter(turns::state.ne(State::Off.word()))
        .filter(turns::starts_at.lt(micros(turn.ends_at)))
        .filter(turns::ends_at.gt(micros(turn.starts_at)));
    Ok(same_time.count().get_result::<i64>(conn)? > 0)
}

/// Who carried turns of a duty since some time, or will, in order of ids.
pub fn list_of_duty(
    conn: &mut Conn,
    duty: DutyId,
    since: Timestamp,
) -> Result<Vec<MemberId>, Error> {
    let ids: Vec<i64> = people::table
        .inner_join(turns::table.on(turns::id.eq(people::turn_id)))
        .filter(turns::duty_id.eq(duty.number()))
        .filter(turns::starts_at.ge(micros(since)))
        .filter(people::is_learner.eq(false))
        .order(people::member_id)
        .select(people::member_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Whether somebody comes, or came, to any turn.
pub fn has_any(conn: &mut Conn, member: MemberId) -> Result<bool, Error> {
    let any = people::table.filter(people::member_id.eq(member.number()));
    Ok(any.count().get_result::<i64>(conn)? > 0)
}

/// The titles of duties by their ids, for lists of turns.
pub fn titles(conn: &mut Conn) -> Result<std::collections::HashMap<DutyId, String>, Error> {
    let rows: Vec<(i64, String)> = duties::table.select((duties::id, duties::title)).load(conn)?;
    Ok(rows.into_iter().map(|(id, title)| (Id::from_number(id), title)).collect())
}
