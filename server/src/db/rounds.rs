//! Rounds, the needs that belong to them, and what became of each.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{
    promise_private, promises, proposal_private, proposals, round_decisions, round_lines,
    round_openers_private as openers, rounds,
};
use crate::db::types::{micros, time, time_if_any as at, word};
use crate::db::{Conn, each_backend};
use crate::domain::id::{DecisionId, Id, MemberId, ProposalId, RoundId};
use crate::domain::proposal::{Proposal, State};
use crate::domain::round::{How, Line, Openers, Outcome, Round};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rounds, treat_none_as_null = true)]
struct Row {
    id: i64,
    title: String,
    text: String,
    days: i64,
    asked_at: i64,
    opened_at: Option<i64>,
    ends_at: i64,
    lapses_at: Option<i64>,
    ended_how: Option<String>,
    ended_at: Option<i64>,
    closed_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = round_lines, treat_none_as_null = true)]
struct LineRow {
    proposal_id: i64,
    round_id: i64,
    added_at: i64,
    outcome: Option<String>,
    duty_id: Option<i64>,
    cause_id: Option<i64>,
    decided_at: Option<i64>,
}

/// Stores a new round, and who asked for it.
pub fn insert(conn: &mut Conn, new: &Round, by: Openers) -> Result<(), Error> {
    diesel::insert_into(rounds::table).values(Row::from(new)).execute(conn)?;
    let people = (
        openers::round_id.eq(new.id.number()),
        openers::asked_by.eq(by.asked_by.map(Id::number)),
        openers::seconded_by.eq(by.seconded_by.map(Id::number)),
    );
    diesel::insert_into(openers::table).values(people).execute(conn)?;
    Ok(())
}

/// One round.
pub fn find(conn: &mut Conn, id: RoundId) -> Result<Round, Error> {
    rounds::table.find(id.number()).select(Row::as_select()).first(conn)?.into_round()
}

/// One round, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: RoundId) -> Result<Round, Error> {
    let target = rounds::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(rounds::days.eq(rounds::days))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_round()
}

/// Writes every column.
pub fn update(conn: &mut Conn, changed: &Round) -> Result<(), Error> {
    let target = rounds::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// Removes one that never opened.
pub fn delete(conn: &mut Conn, id: RoundId) -> Result<(), Error> {
    diesel::delete(rounds::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// Every round, newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Round>, Error> {
    let rows = rounds::table.order(rounds::id.desc()).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_round).collect()
}

/// Those whose closing sheet is not finished, oldest first.
pub fn list_unclosed(conn: &mut Conn) -> Result<Vec<Round>, Error> {
    let unclosed = rounds::table.filter(rounds::closed_at.is_null());
    let rows = unclosed.order(rounds::id).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_round).collect()
}

/// Those to which needs can be added at a moment, oldest first.
pub fn list_open(conn: &mut Conn, now: Timestamp) -> Result<Vec<Round>, Error> {
    let mut found = list_unclosed(conn)?;
    found.retain(|round| round.takes_needs(now));
    Ok(found)
}

/// Who opened a round without a decision.
pub fn find_openers(conn: &mut Conn, id: RoundId) -> Result<Openers, Error> {
    let columns = (openers::asked_by, openers::seconded_by);
    let (asked_by, seconded_by): (Option<i64>, Option<i64>) =
        openers::table.find(id.number()).select(columns).first(conn)?;
    Ok(Openers {
        asked_by: asked_by.map(Id::from_number),
        seconded_by: seconded_by.map(Id::from_number),
    })
}

/// Notes who opened a round.
pub fn update_openers(conn: &mut Conn, id: RoundId, by: Openers) -> Result<(), Error> {
    let set = (
        openers::asked_by.eq(by.asked_by.map(Id::number)),
        openers::seconded_by.eq(by.seconded_by.map(Id::number)),
    );
    diesel::update(openers::table.find(id.number())).set(set).execute(conn)?;
    Ok(())
}

/// Notes which round a decision was used for.
pub fn insert_decision(
    conn: &mut Conn,
    decision: DecisionId,
    round: RoundId,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        round_decisions::decision_id.eq(decision.number()),
        round_decisions::round_id.eq(round.number()),
        round_decisions::used_at.eq(micros(now)),
    );
    diesel::insert_into(round_decisions::table).values(row).execute(conn)?;
    Ok(())
}

/// The decisions behind a round, oldest first.
pub fn list_decisions(conn: &mut Conn, round: RoundId) -> Result<Vec<DecisionId>, Error> {
    let used = round_decisions::table
        .filter(round_decisions::round_id.eq(round.number()))
        .order(round_decisions::used_at)
        .select(round_decisions::decision_id);
    let ids: Vec<i64> = used.load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Adds a need to a round; one that is in a round stays where it is.
pub fn insert_line(conn: &mut Conn, line: &Line) -> Result<bool, Error> {
    let row = LineRow::from(line);
    let added = each_backend!(conn, |c| diesel::insert_into(round_lines::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Writes what became of a line.
pub fn update_line(conn: &mut Conn, line: &Line) -> Result<(), Error> {
    let target = round_lines::table.find(line.proposal.number());
    diesel::update(target).set(LineRow::from(line)).execute(conn)?;
    Ok(())
}

/// Takes a need out of its round.
pub fn delete_line(conn: &mut Conn, proposal: ProposalId) -> Result<(), Error> {
    diesel::delete(round_lines::table.find(proposal.number())).execute(conn)?;
    Ok(())
}

/// The line of a need, if it belongs to a round.
pub fn find_line(conn: &mut Conn, proposal: ProposalId) -> Result<Option<Line>, Error> {
    let row = round_lines::table.find(proposal.number()).select(LineRow::as_select());
    row.first(conn).optional()?.map(LineRow::into_line).transpose()
}

/// The lines of a round, in the order in which their needs were posted.
pub fn list_lines(conn: &mut Conn, round: RoundId) -> Result<Vec<Line>, Error> {
    let theirs = round_lines::table.filter(round_lines::round_id.eq(round.number()));
    let rows = theirs.order(round_lines::proposal_id).select(LineRow::as_select()).load(conn)?;
    rows.into_iter().map(LineRow::into_line).collect()
}

/// The lines of a round with their needs, in the same order: however many there are, the database is
/// asked twice. A need that is added between the two is left out.
pub fn list_lines_and_needs(
    conn: &mut Conn,
    round: RoundId,
) -> Result<Vec<(Line, Proposal)>, Error> {
    let lines = list_lines(conn, round)?.into_iter();
    let mut lines: HashMap<ProposalId, Line> = lines.map(|line| (line.proposal, line)).collect();
    let needs = crate::db::proposals::list_in_round(conn, round)?.into_iter();
    Ok(needs.filter_map(|need| Some((lines.remove(&need.id)?, need))).collect())
}

/// Forgets which cause needs of rounds had that were over before a moment: that is as private as
/// what was said of them, and goes with it (mission E9). That a cause was behind it stays.
pub fn forget_causes(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let over = [State::Enough.word(), State::Withdrawn.word(), State::Expired.word()];
    let old = proposals::table
        .filter(proposals::state.eq_any(over))
        .filter(proposals::updated_at.lt(micros(before)))
        .select(proposals::id);
    let target = round_lines::table
        .filter(round_lines::proposal_id.eq_any(old))
        .filter(round_lines::cause_id.is_not_null());
    diesel::update(target).set(round_lines::cause_id.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// The same of some needs, whose author is erased.
pub fn forget_causes_of(conn: &mut Conn, needs: &[ProposalId]) -> Result<(), Error> {
    for need in needs {
        let target = round_lines::table.find(need.number());
        diesel::update(target).set(round_lines::cause_id.eq(None::<i64>)).execute(conn)?;
    }
    Ok(())
}

/// The members who took part in a round, by asking or by promising, in the order of their ids. It
/// is read once, to tell them how it goes on; nobody is shown it.
pub fn list_people(conn: &mut Conn, round: RoundId) -> Result<Vec<MemberId>, Error> {
    let needs = || {
        round_lines::table
            .filter(round_lines::round_id.eq(round.number()))
            .select(round_lines::proposal_id)
    };
    let asked: Vec<Option<i64>> = proposal_private::table
        .filter(proposal_private::proposal_id.eq_any(needs()))
        .select(proposal_private::author_id)
        .load(conn)?;
    let promised: Vec<Option<i64>> = promise_private::table
        .inner_join(promises::table.on(promises::id.eq(promise_private::promise_id)))
        .filter(promises::proposal_id.eq_any(needs()))
        .select(promise_private::member_id)
        .load(conn)?;
    let mut ids: Vec<i64> = asked.into_iter().chain(promised).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(Id::from_number).collect())
}

impl From<&Round> for Row {
    fn from(round: &Round) -> Self {
        Self {
            id: round.id.number(),
            title: round.title.clone(),
            text: round.text.clone(),
            days: round.days,
            asked_at: micros(round.asked_at),
            opened_at: round.opened_at.map(micros),
            ends_at: micros(round.ends_at),
            lapses_at: round.lapses_at.map(micros),
            ended_how: round.ended.map(|(how, _)| how.word().to_owned()),
            ended_at: round.ended.map(|(_, at)| micros(at)),
            closed_at: round.closed_at.map(micros),
        }
    }
}

impl Row {
    fn into_round(self) -> Result<Round, Error> {
        let how = match self.ended_how.as_deref() {
            Some(text) => Some(word(How::from_word(text), text)?),
            None => None,
        };
        Ok(Round {
            id: Id::from_number(self.id),
            title: self.title,
            text: self.text,
            days: self.days,
            asked_at: time(self.asked_at)?,
            opened_at: at(self.opened_at)?,
            ends_at: time(self.ends_at)?,
            lapses_at: at(self.lapses_at)?,
            ended: how.zip(at(self.ended_at)?),
            closed_at: at(self.closed_at)?,
        })
    }
}

impl From<&Line> for LineRow {
    fn from(line: &Line) -> Self {
        let (outcome, decided_at) = line.decided.unzip();
        Self {
            proposal_id: line.proposal.number(),
            round_id: line.round.number(),
            added_at: micros(line.added_at),
            outcome: outcome.map(|outcome| outcome.word().to_owned()),
            duty_id: match outcome {
                Some(Outcome::Duty(duty)) => Some(duty.number()),
                _ => None,
            },
            cause_id: match outcome {
                Some(Outcome::Cause(cause)) => cause.map(Id::number),
                _ => None,
            },
            decided_at: decided_at.map(micros),
        }
    }
}

impl LineRow {
    fn into_line(self) -> Result<Line, Error> {
        let outcome = match (self.outcome.as_deref(), self.duty_id, self.cause_id) {
            (None, _, _) => None,
            (Some("finished"), _, _) => Some(Outcome::Finished),
            (Some("duty"), Some(duty), _) => Some(Outcome::Duty(Id::from_number(duty))),
            (Some("cause"), _, cause) => Some(Outcome::Cause(cause.map(Id::from_number))),
            (Some(other), _, _) => word(None, other)?,
        };
        Ok(Line {
            proposal: Id::from_number(self.proposal_id),
            round: Id::from_number(self.round_id),
            added_at: time(self.added_at)?,
            decided: outcome.zip(at(self.decided_at)?),
        })
    }
}
