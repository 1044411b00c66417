//! What came from outside and what is attached to it. Nobody here is named.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{string_limits as limits, strings};
use crate::db::types::{amount, amount_if_any, micros, time, time_if_any, written};
use crate::domain::id::{Id, StringId};
use crate::domain::string::{Attached, Gift, Limit};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = strings)]
struct Row {
    id: i64,
    what: String,
    source: String,
    amount: Option<String>,
    unit: String,
    amount_words: String,
    conditions: String,
    reports: String,
    data_asked: String,
    logo: String,
    ends_at: Option<i64>,
    decision_id: Option<i64>,
    booked_at: i64,
    struck_at: Option<i64>,
    struck_because: Option<String>,
}

/// Books something.
pub fn insert(conn: &mut Conn, gift: &Gift) -> Result<(), Error> {
    diesel::insert_into(strings::table).values(Row::from(gift)).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: StringId) -> Result<Gift, Error> {
    strings::table.find(id.number()).select(Row::as_select()).first(conn)?.into_gift()
}

/// All of them, the newest first; those that were crossed out too.
pub fn list(conn: &mut Conn) -> Result<Vec<Gift>, Error> {
    let rows: Vec<Row> =
        strings::table.order(strings::id.desc()).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_gift).collect()
}

/// Crosses one out; false if it was before.
pub fn strike(conn: &mut Conn, id: StringId, because: &str, now: Timestamp) -> Result<bool, Error> {
    let target = strings::table.find(id.number()).filter(strings::struck_at.is_null());
    let set = (strings::struck_at.eq(micros(now)), strings::struck_because.eq(because));
    Ok(diesel::update(target).set(set).execute(conn)? == 1)
}

/// Above which amount an entry needs a decision.
pub fn find_limit(conn: &mut Conn) -> Result<Limit, Error> {
    type LimitRow = (String, String, Option<i64>);
    let newest = limits::table.order(limits::id.desc());
    let columns = (limits::amount, limits::unit, limits::decision_id);
    let row: Option<LimitRow> = newest.select(columns).first(conn).optional()?;
    match row {
        Some((most, unit, decision)) => {
            Ok(Limit { amount: amount(&most)?, unit, decision: decision.map(Id::from_number) })
        }
        None => Ok(Limit::first()),
    }
}

/// Sets another limit.
pub fn insert_limit(conn: &mut Conn, id: i64, limit: &Limit, now: Timestamp) -> Result<(), Error> {
    let row = (
        limits::id.eq(id),
        limits::amount.eq(limit.amount.to_string()),
        limits::unit.eq(&limit.unit),
        limits::decision_id.eq(limit.decision.map(Id::number)),
        limits::set_at.eq(micros(now)),
    );
    diesel::insert_into(limits::table).values(row).execute(conn)?;
    Ok(())
}

impl From<&Gift> for Row {
    fn from(gift: &Gift) -> Self {
        let attached = &gift.attached;
        Self {
            id: gift.id.number(),
            what: gift.what.clone(),
            source: gift.source.clone(),
            amount: written(gift.amount),
            unit: gift.unit.clone(),
            amount_words: gift.amount_words.clone(),
            conditions: attached.conditions.clone(),
            reports: attached.reports.clone(),
            data_asked: attached.data_asked.clone(),
            logo: attached.logo.clone(),
            ends_at: attached.ends_at.map(micros),
            decision_id: gift.decision.map(Id::number),
            booked_at: micros(gift.booked_at),
            struck_at: gift.struck.as_ref().map(|(at, _)| micros(*at)),
            struck_because: gift.struck.as_ref().map(|(_, because)| because.clone()),
        }
    }
}

impl Row {
    fn into_gift(self) -> Result<Gift, Error> {
        Ok(Gift {
            id: Id::from_number(self.id),
            what: self.what,
            source: self.source,
            amount: amount_if_any(self.amount.as_deref())?,
            unit: self.unit,
            amount_words: self.amount_words,
            attached: Attached {
                conditions: self.conditions,
                reports: self.reports,
                data_asked: self.data_asked,
                logo: self.logo,
                ends_at: time_if_any(self.ends_at)?,
            },
            decision: self.decision_id.map(Id::from_number),
            booked_at: time(self.booked_at)?,
            struck: time_if_any(self.struck_at)?.zip(self.struck_because),
        })
    }
}
