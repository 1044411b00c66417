//! Measures about members. What they say is for the member and the stewards.

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::measures_private as measures;
use crate::db::sealing::{open, open_if_any, seal, seal_if_any};
use crate::db::types::{micros, time, time_if_any as at};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MeasureId, MemberId};
use crate::domain::measure::{How, Kind, Measure};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = measures, treat_none_as_null = true)]
struct Row {
    id: i64,
    member_id: i64,
    kind: String,
    clause: String,
    covenant_version: i64,
    reason: String,
    made_by: Option<i64>,
    made_at: i64,
    lapses_at: i64,
    ends_at: i64,
    confirmed_by: Option<i64>,
    confirmed_at: Option<i64>,
    ended_how: Option<String>,
    ended_at: Option<i64>,
    lifted_by: Option<i64>,
    lifted_because: Option<String>,
    appeal: Option<String>,
    appealed_at: Option<i64>,
    decided_by: Option<i64>,
    decided_at: Option<i64>,
    decided_because: Option<String>,
}

/// Stores a new one.
pub fn insert(conn: &mut Conn, measure: &Measure) -> Result<(), Error> {
    diesel::insert_into(measures::table).values(Row::sealed(measure)?).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: MeasureId) -> Result<Measure, Error> {
    let query = measures::table.find(id.number()).select(Row::as_select());
    query.first::<Row>(conn)?.into_measure()
}

/// One of them, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: MeasureId) -> Result<Measure, Error> {
    let target = measures::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(measures::kind.eq(measures::kind))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_measure()
}

/// Writes every column.
pub fn update(conn: &mut Conn, changed: &Measure) -> Result<(), Error> {
    let target = measures::table.find(changed.id.number());
    diesel::update(target).set(Row::sealed(changed)?).execute(conn)?;
    Ok(())
}

/// Those about a member, newest first.
pub fn list_about(conn: &mut Conn, member: MemberId) -> Result<Vec<Measure>, Error> {
    let theirs = measures::table.filter(measures::member_id.eq(member.number()));
    let rows = theirs.order(measures::id.desc()).select(Row::as_select());
    rows.load(conn)?.into_iter().map(Row::into_measure).collect()
}

/// Those of which no end is noted, oldest first.
pub fn list_open(conn: &mut Conn) -> Result<Vec<Measure>, Error> {
    let open = measures::table.filter(measures::ended_at.is_null());
    let rows = open.order(measures::id).select(Row::as_select());
    rows.load(conn)?.into_iter().map(Row::into_measure).collect()
}

/// Whom a measure is about, of those that are kept.
pub fn list_subjects(
    conn: &mut Conn,
    ids: Vec<i64>,
) -> Result<std::collections::HashMap<i64, MemberId>, Error> {
    let found: Vec<(i64, i64)> = measures::table
        .filter(measures::id.eq_any(ids))
        .select((measures::id, measures::member_id))
        .load(conn)?;
    Ok(found.into_iter().map(|(id, member)| (id, Id::from_number(member))).collect())
}

/// Whether a freeze of somebody stands.
pub fn is_frozen(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<bool, Error> {
    let now = micros(now);
    let in_time = measures::confirmed_at.is_not_null().or(measures::lapses_at.gt(now));
    let stands = measures::table
        .filter(measures::member_id.eq(member.number()))
        .filter(measures::kind.eq(Kind::Freeze.word()))
        .filter(measures::ended_at.is_null())
        .filter(measures::ends_at.gt(now))
        .filter(in_time);
    Ok(diesel::select(exists(stands)).get_result(conn)?)
}

/// Removes those that ended before a time.
pub fn delete_ended_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = measures::table.filter(measures::ended_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

impl Row {
    fn sealed(measure: &Measure) -> Result<Self, Error> {
        let when = |moment: Option<Timestamp>| moment.map(micros);
        let by = |member: Option<MemberId>| member.map(Id::number);
        Ok(Self {
            id: measure.id.number(),
            member_id: measure.member.number(),
            kind: measure.kind.word().to_owned(),
            clause: measure.clause.clone(),
            covenant_version: measure.covenant_version,
            reason: seal("measures_private.reason", &measure.reason)?,
            made_by: by(measure.made_by),
            made_at: micros(measure.made_at),
            lapses_at: micros(measure.lapses_at),
            ends_at: micros(measure.ends_at),
            confirmed_by: by(measure.confirmed_by),
            confirmed_at: when(measure.confirmed_at),
            ended_how: measure.ended.map(|(how, _)| how.word().to_owned()),
            ended_at: measure.ended.map(|(_, at)| micros(at)),
            lifted_by: by(measure.lifted_by),
            lifted_because: seal_if_any(
                "measures_private.lifted_because",
                measure.lifted_because.as_deref(),
            )?,
            appeal: seal_if_any("measures_private.appeal", measure.appeal.as_deref())?,
            appealed_at: when(measure.appealed_at),
            decided_by: by(measure.decided_by),
            decided_at: when(measure.decided_at),
            decided_because: seal_if_any(
                "measures_private.decided_because",
                measure.decided_because.as_deref(),
            )?,
        })
    }

    fn into_measure(self) -> Result<Measure, Error> {
        let how = How::from_word(self.ended_how.as_deref().unwrap_or_default());
        let kind = Kind::from_word(&self.kind);
        Ok(Measure {
            id: Id::from_number(self.id),
            member: Id::from_number(self.member_id),
            kind: kind.ok_or_else(|| Error::internal("a measure of an unknown kind"))?,
            clause: self.clause,
            covenant_version: self.covenant_version,
            reason: open("measures_private.reason", self.reason)?,
            made_by: self.made_by.map(Id::from_number),
            made_at: time(self.made_at)?,
            lapses_at: time(self.lapses_at)?,
            ends_at: time(self.ends_at)?,
            confirmed_by: self.confirmed_by.map(Id::from_number),
            confirmed_at: at(self.confirmed_at)?,
            ended: at(self.ended_at)?.map(|at| (how, at)),
            lifted_by: self.lifted_by.map(Id::from_number),
            lifted_because: open_if_any("measures_private.lifted_because", self.lifted_because)?,
            appeal: open_if_any("measures_private.appeal", self.appeal)?,
            appealed_at: at(self.appealed_at)?,
            decided_by: self.decided_by.map(Id::from_number),
            decided_at: at(self.decided_at)?,
            decided_because: open_if_any("measures_private.decided_because", self.decided_because)?,
        })
    }
}
