//! What people without an account asked for.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::asks_private as asks;
use crate::db::sealing::{open, seal};
use crate::db::types::{micros, time, time_if_any};
use crate::db::{Conn, each_backend};
use crate::domain::ask::Ask;
use crate::domain::id::{AskId, Id};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = asks, treat_none_as_null = true)]
struct Row {
    id: i64,
    text: String,
    reach: String,
    language: String,
    asked_at: i64,
    proposal_id: Option<i64>,
    closed_at: Option<i64>,
}

/// Adds one.
pub fn insert(conn: &mut Conn, new: &Ask) -> Result<(), Error> {
    diesel::insert_into(asks::table).values(Row::sealed(new)?).execute(conn)?;
    Ok(())
}

/// One of them, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: AskId) -> Result<Ask, Error> {
    let target = asks::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(asks::asked_at.eq(asks::asked_at))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_ask()
}

/// Writes every column.
pub fn update(conn: &mut Conn, changed: &Ask) -> Result<(), Error> {
    let target = asks::table.find(changed.id.number());
    diesel::update(target).set(Row::sealed(changed)?).execute(conn)?;
    Ok(())
}

/// Those that wait, longest first.
pub fn list_waiting(conn: &mut Conn) -> Result<Vec<Ask>, Error> {
    let waiting = asks::table.filter(asks::closed_at.is_null()).order(asks::id);
    waiting.select(Row::as_select()).load(conn)?.into_iter().map(Row::into_ask).collect()
}

/// How many wait.
pub fn count_waiting(conn: &mut Conn) -> Result<i64, Error> {
    Ok(asks::table.filter(asks::closed_at.is_null()).count().get_result(conn)?)
}

/// Removes those about which nothing was left to do before a moment.
pub fn delete_closed_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    diesel::delete(asks::table.filter(asks::closed_at.lt(micros(before)))).execute(conn)?;
    Ok(())
}

impl Row {
    fn sealed(ask: &Ask) -> Result<Self, Error> {
        Ok(Self {
            id: ask.id.number(),
            text: seal("asks_private.text", &ask.text)?,
            reach: seal("asks_private.reach", &ask.reach)?,
            language: ask.language.clone(),
            asked_at: micros(ask.asked_at),
            proposal_id: ask.proposal.map(Id::number),
            closed_at: ask.closed_at.map(micros),
        })
    }

    fn into_ask(self) -> Result<Ask, Error> {
        Ok(Ask {
            id: Id::from_number(self.id),
            text: open("asks_private.text", self.text)?,
            reach: open("asks_private.reach", self.reach)?,
            language: self.language,
            asked_at: time(self.asked_at)?,
            proposal: self.proposal_id.map(Id::from_number),
            closed_at: time_if_any(self.closed_at)?,
        })
    }
}
