//! Who comes to turns until they say otherwise: every second Tuesday until June.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::standing_turns_private as standing;
use crate::db::types::{civil, micros};
use crate::domain::id::{DutyId, Id, MemberId, StandingId};
use crate::domain::turn::{Place, Standing};
use crate::error::Error;

type Row = (i64, i64, i64, bool, String, i32, Option<String>);

/// Stores a new one.
pub fn insert(conn: &mut Conn, new: &Standing, now: Timestamp) -> Result<(), Error> {
    let row = (
        standing::id.eq(new.id.number()),
        standing::duty_id.eq(new.duty.number()),
        standing::member_id.eq(new.member.number()),
        standing::is_learner.eq(new.place.is_learner()),
        standing::anchor.eq(new.anchor.to_string()),
        standing::every.eq(new.every),
        standing::until.eq(new.until.map(|day| day.to_string())),
        standing::made_at.eq(micros(now)),
    );
    diesel::insert_into(standing::table).values(row).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: StandingId) -> Result<Standing, Error> {
    read(standing::table.find(id.number()).select(columns()).first(conn)?)
}

/// Removes one.
pub fn delete(conn: &mut Conn, id: StandingId) -> Result<(), Error> {
    diesel::delete(standing::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// Those to a duty, in order.
pub fn list_by_duty(conn: &mut Conn, duty: DutyId) -> Result<Vec<Standing>, Error> {
    let theirs = standing::table.filter(standing::duty_id.eq(duty.number()));
    let rows: Vec<Row> = theirs.order(standing::id).select(columns()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Those of a member, in order.
pub fn list_by_member(conn: &mut Conn, member: MemberId) -> Result<Vec<Standing>, Error> {
    let theirs = standing::table.filter(standing::member_id.eq(member.number()));
    let rows: Vec<Row> = theirs.order(standing::id).select(columns()).load(conn)?;
    rows.into_iter().map(read).collect()
}

type Columns = (
    standing::id,
    standing::duty_id,
    standing::member_id,
    standing::is_learner,
    standing::anchor,
    standing::every,
    standing::until,
);

fn columns() -> Columns {
    (
        standing::id,
        standing::duty_id,
        standing::member_id,
        standing::is_learner,
        standing::anchor,
        standing::every,
        standing::until,
    )
}

fn read((id, duty, member, learns, anchor, every, until): Row) -> Result<Standing, Error> {
    Ok(Standing {
        id: Id::from_number(id),
        duty: Id::from_number(duty),
        member: Id::from_number(member),
        place: Place::of(learns),
        anchor: civil(&anchor)?,
        every,
        until: until.as_deref().map(civil).transpose()?,
    })
}
