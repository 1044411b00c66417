//! The pool: turns that somebody gave for whoever cannot come. It counts turns, not people.

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::db::Conn;
use crate::db::schema::pool_turns_private as pool;
use crate::db::types::{civil, micros, time};
use crate::domain::cover::PoolTurn;
use crate::domain::id::{DutyId, Id, MemberId, PoolTurnId};
use crate::error::Error;

type Row = (i64, i64, Option<i64>, i64, Option<String>);

/// Puts a turn into the pool.
pub fn insert(conn: &mut Conn, given: &PoolTurn) -> Result<(), Error> {
    let row = (
        pool::id.eq(given.id.number()),
        pool::duty_id.eq(given.duty.number()),
        pool::member_id.eq(given.giver.map(Id::number)),
        pool::given_at.eq(micros(given.given_at)),
        pool::until.eq(given.until.map(|day| day.to_string())),
    );
    diesel::insert_into(pool::table).values(row).execute(conn)?;
    Ok(())
}

/// What is in the pool, of all duties, what was given first first.
pub fn list_open(conn: &mut Conn) -> Result<Vec<PoolTurn>, Error> {
    let open = pool::table.filter(pool::drawn_at.is_null()).filter(pool::ended_at.is_null());
    let columns = (pool::id, pool::duty_id, pool::member_id, pool::given_at, pool::until);
    let rows: Vec<Row> = open.order(pool::id).select(columns).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// What is in the pool of a duty, what was given first first.
pub fn list_open_of(conn: &mut Conn, duty: DutyId) -> Result<Vec<PoolTurn>, Error> {
    Ok(list_open(conn)?.into_iter().filter(|turn| turn.duty == duty).collect())
}

/// Draws a turn, and forgets who gave it; false if somebody drew it a moment ago.
pub fn draw(conn: &mut Conn, id: PoolTurnId, now: Timestamp) -> Result<bool, Error> {
    let target = pool::table
        .find(id.number())
        .filter(pool::drawn_at.is_null())
        .filter(pool::ended_at.is_null());
    let set = (pool::drawn_at.eq(micros(now)), pool::member_id.eq(None::<i64>));
    Ok(diesel::update(target).set(set).execute(conn)? == 1)
}

/// Takes a turn out of the pool for the one who gave it; false if it was drawn, or is not theirs.
pub fn take_back(
    conn: &mut Conn,
    id: PoolTurnId,
    giver: MemberId,
    now: Timestamp,
) -> Result<bool, Error> {
    let target = pool::table
        .find(id.number())
        .filter(pool::member_id.eq(giver.number()))
        .filter(pool::drawn_at.is_null())
        .filter(pool::ended_at.is_null());
    let set = (pool::ended_at.eq(micros(now)), pool::member_id.eq(None::<i64>));
    Ok(diesel::update(target).set(set).execute(conn)? == 1)
}

/// Takes out of the pool what was given for days before `today`.
pub fn end_before(conn: &mut Conn, today: Date, now: Timestamp) -> Result<(), Error> {
    let past = pool::table
        .filter(pool::drawn_at.is_null())
        .filter(pool::ended_at.is_null())
        .filter(pool::until.lt(today.to_string()));
    let set = (pool::ended_at.eq(micros(now)), pool::member_id.eq(None::<i64>));
    diesel::update(past).set(set).execute(conn)?;
    Ok(())
}

fn read((id, duty, giver, given_at, until): Row) -> Result<PoolTurn, Error> {
    Ok(PoolTurn {
        id: Id::from_number(id),
        duty: Id::from_number(duty),
        giver: giver.map(Id::from_number),
        given_at: time(given_at)?,
        until: until.as_deref().map(civil).transpose()?,
    })
}
