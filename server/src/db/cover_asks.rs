//! Who was asked to stand in, and when: so that nobody is asked twice for one turn, and those come
//! first who were not asked for longest.

use std::collections::HashMap;

use diesel::dsl::max;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::cover_asks_private as asks;
use crate::db::types::{micros, time, time_if_any};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId, TurnId};
use crate::error::Error;

/// Notes that somebody was asked; false if they were before.
pub fn insert(
    conn: &mut Conn,
    turn: TurnId,
    member: MemberId,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = (
        asks::turn_id.eq(turn.number()),
        asks::member_id.eq(member.number()),
        asks::asked_at.eq(micros(now)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(asks::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// When somebody was asked about a turn; none if they were not.
pub fn find(conn: &mut Conn, turn: TurnId, member: MemberId) -> Result<Option<Timestamp>, Error> {
    let asked = asks::table.find((turn.number(), member.number()));
    let at: Option<i64> = asked.select(asks::asked_at).first(conn).optional()?;
    time_if_any(at)
}

/// Who was asked for a turn.
pub fn list(conn: &mut Conn, turn: TurnId) -> Result<Vec<MemberId>, Error> {
    let asked = asks::table.filter(asks::turn_id.eq(turn.number()));
    let ids: Vec<i64> = asked.order(asks::member_id).select(asks::member_id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// When somebody was asked last for a turn.
pub fn find_last(conn: &mut Conn, turn: TurnId) -> Result<Option<Timestamp>, Error> {
    let asked = asks::table.filter(asks::turn_id.eq(turn.number()));
    let last: Option<i64> = asked.select(max(asks::asked_at)).first(conn)?;
    time_if_any(last)
}

/// When each of them was asked last for anything.
pub fn last_times(conn: &mut Conn) -> Result<HashMap<MemberId, Timestamp>, Error> {
    let rows: Vec<(i64, Option<i64>)> = asks::table
        .group_by(asks::member_id)
        .select((asks::member_id, max(asks::asked_at)))
        .load(conn)?;
    let known = rows.into_iter().filter_map(|(member, at)| Some((member, at?)));
    known.map(|(member, at)| Ok((Id::from_number(member), time(at)?))).collect()
}

/// Forgets who was asked before a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    diesel::delete(asks::table.filter(asks::asked_at.lt(micros(before)))).execute(conn)?;
    Ok(())
}
