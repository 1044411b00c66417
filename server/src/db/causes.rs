//! Causes, what was said of needs, how often in each quarter, and what the collective does.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::db::schema::{
    cause_quarters, cause_responses as responses, causes, need_causes_private as stated, proposals,
};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{micros, time, time_if_any as at, word};
use crate::db::{Conn, each_backend};
use crate::domain::cause::{Cause, Count, Response, ResponseKind, Statement};
use crate::domain::id::{CauseId, Id, ProposalId, ResponseId};
use crate::domain::proposal::State;
use crate::domain::quarter::Quarter;
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = causes, treat_none_as_null = true)]
struct Row {
    id: i64,
    word: Option<String>,
    label: Option<String>,
    is_quiet: bool,
    added_at: i64,
    retired_at: Option<i64>,
    asked_in: Option<String>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = responses, treat_none_as_null = true)]
struct ResponseRow {
    id: i64,
    cause_id: i64,
    kind: String,
    text: String,
    decision_id: Option<i64>,
    made_at: i64,
    review_at: Option<i64>,
    done_at: Option<i64>,
    asked_again_at: Option<i64>,
}

/// Adds a cause.
pub fn insert(conn: &mut Conn, new: &Cause) -> Result<(), Error> {
    diesel::insert_into(causes::table).values(Row::from(new)).execute(conn)?;
    Ok(())
}

/// One cause.
pub fn find(conn: &mut Conn, id: CauseId) -> Result<Cause, Error> {
    causes::table.find(id.number()).select(Row::as_select()).first(conn)?.into_cause()
}

/// One cause, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: CauseId) -> Result<Cause, Error> {
    let target = causes::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(causes::is_quiet.eq(causes::is_quiet))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_cause()
}

/// Writes every column.
pub fn update(conn: &mut Conn, changed: &Cause) -> Result<(), Error> {
    let target = causes::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// Every cause, in the order in which they were added.
pub fn list(conn: &mut Conn) -> Result<Vec<Cause>, Error> {
    let rows = causes::table.order(causes::id).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_cause).collect()
}

/// Writes what was said to be behind a need, in place of what was said before.
pub fn upsert_statement(conn: &mut Conn, said: &Statement) -> Result<(), Error> {
    let what = (
        stated::cause_id.eq(said.cause.number()),
        stated::words.eq(seal_if_any("need_causes_private.words", said.words.as_deref())?),
        stated::stated_at.eq(micros(said.stated_at)),
    );
    let row = (stated::proposal_id.eq(said.proposal.number()), what.clone());
    each_backend!(conn, |c| diesel::insert_into(stated::table)
        .values(row)
        .on_conflict(stated::proposal_id)
        .do_update()
        .set(what)
        .execute(c))?;
    Ok(())
}

/// What was said to be behind a need, while it is kept.
pub fn find_statement(conn: &mut Conn, need: ProposalId) -> Result<Option<Statement>, Error> {
    let columns = (stated::cause_id, stated::words, stated::stated_at);
    let row: Option<(i64, Option<String>, i64)> =
        stated::table.find(need.number()).select(columns).first(conn).optional()?;
    row.map(|(cause, words, stated_at)| {
        Ok(Statement {
            proposal: need,
            cause: Id::from_number(cause),
            words: open_if_any("need_causes_private.words", words)?,
            stated_at: time(stated_at)?,
        })
    })
    .transpose()
}

/// Erases what was said about needs. What was said of those that stood is counted before; what was
/// taken back never was.
pub fn erase_statements(
    conn: &mut Conn,
    needs: &[ProposalId],
    zone: &TimeZone,
) -> Result<(), Error> {
    for need in needs {
        let target = || stated::table.find(need.number());
        let stood: Option<(i64, i64)> = target()
            .inner_join(proposals::table.on(proposals::id.eq(stated::proposal_id)))
            .filter(proposals::state.ne(State::Withdrawn.word()))
            .select((stated::cause_id, stated::stated_at))
            .first(conn)
            .optional()?;
        // Whoever erases it is the one who counts it.
        if diesel::delete(target()).execute(conn)? == 1
            && let Some((cause, stated_at)) = stood
        {
            add(conn, cause, Quarter::of(time(stated_at)?, zone))?;
        }
    }
    Ok(())
}

/// The needs that were closed before a moment, and of which something is kept that was said.
pub fn list_stale(conn: &mut Conn, before: Timestamp) -> Result<Vec<ProposalId>, Error> {
    let over = [State::Enough.word(), State::Withdrawn.word(), State::Expired.word()];
    let ids: Vec<i64> = stated::table
        .inner_join(proposals::table.on(proposals::id.eq(stated::proposal_id)))
        .filter(proposals::state.eq_any(over))
        .filter(proposals::updated_at.lt(micros(before)))
        .order(stated::proposal_id)
        .select(stated::proposal_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// How many needs had each cause in each quarter, from what was said until a moment. No number is
/// for showing: see [`crate::domain::cause::shown`].
pub fn read_counts(
    conn: &mut Conn,
    zone: &TimeZone,
    until: Timestamp,
) -> Result<Vec<Count>, Error> {
    let mut sums: BTreeMap<(i64, Quarter), i64> = BTreeMap::new();
    let kept: Vec<(i64, String, i64)> = cause_quarters::table
        .select((cause_quarters::cause_id, cause_quarters::quarter, cause_quarters::needs))
        .load(conn)?;
    for (cause, quarter, needs) in kept {
        *sums.entry((cause, word(quarter.parse().ok(), &quarter)?)).or_default() += needs;
    }
    let said: Vec<(i64, i64)> = stated::table
        .inner_join(proposals::table.on(proposals::id.eq(stated::proposal_id)))
        .filter(proposals::state.ne(State::Withdrawn.word()))
        .filter(stated::stated_at.lt(micros(until)))
        .select((stated::cause_id, stated::stated_at))
        .load(conn)?;
    for (cause, stated_at) in said {
        *sums.entry((cause, Quarter::of(time(stated_at)?, zone))).or_default() += 1;
    }
    let count = |((cause, quarter), needs)| Count { cause: Id::from_number(cause), quarter, needs };
    Ok(sums.into_iter().map(count).collect())
}

/// Adds a response.
pub fn insert_response(conn: &mut Conn, new: &Response) -> Result<(), Error> {
    diesel::insert_into(responses::table).values(ResponseRow::from(new)).execute(conn)?;
    Ok(())
}

/// One response.
pub fn find_response(conn: &mut Conn, id: ResponseId) -> Result<Response, Error> {
    let query = responses::table.find(id.number()).select(ResponseRow::as_select());
    query.first(conn)?.into_response()
}

/// Writes every column of a response.
pub fn update_response(conn: &mut Conn, changed: &Response) -> Result<(), Error> {
    let target = responses::table.find(changed.id.number());
    diesel::update(target).set(ResponseRow::from(changed)).execute(conn)?;
    Ok(())
}

/// Every response, newest first.
pub fn list_responses(conn: &mut Conn) -> Result<Vec<Response>, Error> {
    let all = responses::table.order(responses::id.desc());
    let rows = all.select(ResponseRow::as_select()).load(conn)?;
    rows.into_iter().map(ResponseRow::into_response).collect()
}

/// The responses to a cause, newest first.
pub fn list_responses_to(conn: &mut Conn, cause: CauseId) -> Result<Vec<Response>, Error> {
    let theirs = responses::table.filter(responses::cause_id.eq(cause.number()));
    let rows = theirs.order(responses::id.desc()).select(ResponseRow::as_select()).load(conn)?;
    rows.into_iter().map(ResponseRow::into_response).collect()
}

fn add(conn: &mut Conn, cause: i64, quarter: Quarter) -> Result<(), Error> {
    let row = (
        cause_quarters::cause_id.eq(cause),
        cause_quarters::quarter.eq(quarter.to_string()),
        cause_quarters::needs.eq(1),
    );
    each_backend!(conn, |c| diesel::insert_into(cause_quarters::table)
        .values(row)
        .on_conflict((cause_quarters::cause_id, cause_quarters::quarter))
        .do_update()
        .set(cause_quarters::needs.eq(cause_quarters::needs + 1))
        .execute(c))?;
    Ok(())
}

impl From<&Cause> for Row {
    fn from(cause: &Cause) -> Self {
        Self {
            id: cause.id.number(),
            word: cause.word.clone(),
            label: cause.label.clone(),
            is_quiet: cause.is_quiet,
            added_at: micros(cause.added_at),
            retired_at: cause.retired_at.map(micros),
            asked_in: cause.asked_in.map(|quarter| quarter.to_string()),
        }
    }
}

impl Row {
    fn into_cause(self) -> Result<Cause, Error> {
        let asked_in = match self.asked_in {
            Some(text) => Some(word(text.parse().ok(), &text)?),
            None => None,
        };
        Ok(Cause {
            id: Id::from_number(self.id),
            word: self.word,
            label: self.label,
            is_quiet: self.is_quiet,
            added_at: time(self.added_at)?,
            retired_at: at(self.retired_at)?,
            asked_in,
        })
    }
}

impl From<&Response> for ResponseRow {
    fn from(response: &Response) -> Self {
        Self {
            id: response.id.number(),
            cause_id: response.cause.number(),
            kind: response.kind.word().to_owned(),
            text: response.text.clone(),
            decision_id: response.decision.map(Id::number),
            made_at: micros(response.made_at),
            review_at: response.review_at.map(micros),
            done_at: response.done_at.map(micros),
            asked_again_at: response.asked_again_at.map(micros),
        }
    }
}

impl ResponseRow {
    fn into_response(self) -> Result<Response, Error> {
        Ok(Response {
            id: Id::from_number(self.id),
            cause: Id::from_number(self.cause_id),
            kind: word(ResponseKind::from_word(&self.kind), &self.kind)?,
            text: self.text,
            decision: self.decision_id.map(Id::from_number),
            made_at: time(self.made_at)?,
            review_at: at(self.review_at)?,
            done_at: at(self.done_at)?,
            asked_again_at: at(self.asked_again_at)?,
        })
    }
}
