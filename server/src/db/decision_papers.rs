//! Voices on paper: who entered the numbers and who confirmed them stands apart.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{decision_paper_private as private, decision_papers as papers};
use crate::db::types::{micros, time_if_any};
use crate::domain::decision::{Paper, Tally};
use crate::domain::id::{DecisionId, Id, MemberId, PaperId};
use crate::error::Error;

type Row = (i64, i64, i64, i64, i64, i64, String, Option<i64>);

/// Stores the numbers that somebody entered.
pub fn insert(conn: &mut Conn, paper: &Paper, entered_by: MemberId) -> Result<(), Error> {
    let tally = paper.tally;
    let row = (
        papers::id.eq(paper.id.number()),
        papers::decision_id.eq(paper.decision.number()),
        papers::yes.eq(tally.yes),
        papers::no.eq(tally.no),
        papers::aside.eq(tally.aside),
        papers::objections.eq(tally.objections),
        papers::words.eq(&paper.words),
        papers::confirmed_at.eq(paper.confirmed_at.map(micros)),
    );
    diesel::insert_into(papers::table).values(row).execute(conn)?;
    let who =
        (private::paper_id.eq(paper.id.number()), private::entered_by.eq(entered_by.number()));
    diesel::insert_into(private::table).values(who).execute(conn)?;
    Ok(())
}

/// All sheets of a decision, in order.
pub fn list(conn: &mut Conn, decision: DecisionId) -> Result<Vec<Paper>, Error> {
    let all = papers::table.filter(papers::decision_id.eq(decision.number()));
    let rows: Vec<Row> = all.order(papers::id).load(conn)?;
    rows.into_iter().map(paper).collect()
}

/// Who entered a sheet and who confirmed it, as far as they are still here.
pub fn find_people(
    conn: &mut Conn,
    id: PaperId,
) -> Result<(Option<MemberId>, Option<MemberId>), Error> {
    let people = private::table.find(id.number());
    let (entered, confirmed): (Option<i64>, Option<i64>) =
        people.select((private::entered_by, private::confirmed_by)).first(conn)?;
    Ok((entered.map(Id::from_number), confirmed.map(Id::from_number)))
}

/// A second member confirms the numbers.
pub fn confirm(conn: &mut Conn, id: PaperId, by: MemberId, now: Timestamp) -> Result<(), Error> {
    let confirmed = papers::confirmed_at.eq(micros(now));
    diesel::update(papers::table.find(id.number())).set(confirmed).execute(conn)?;
    let who = private::confirmed_by.eq(by.number());
    diesel::update(private::table.find(id.number())).set(who).execute(conn)?;
    Ok(())
}

/// Throws a sheet away.
pub fn delete(conn: &mut Conn, id: PaperId) -> Result<(), Error> {
    diesel::delete(papers::table.find(id.number())).execute(conn)?;
    Ok(())
}

/// Throws away what nobody confirmed of a decision.
pub fn delete_unconfirmed(conn: &mut Conn, decision: DecisionId) -> Result<(), Error> {
    let all = papers::table.filter(papers::decision_id.eq(decision.number()));
    diesel::delete(all.filter(papers::confirmed_at.is_null())).execute(conn)?;
    Ok(())
}

fn paper(row: Row) -> Result<Paper, Error> {
    let (id, decision, yes, no, aside, objections, words, confirmed_at) = row;
    Ok(Paper {
        id: Id::from_number(id),
        decision: Id::from_number(decision),
        tally: Tally { yes, no, aside, objections },
        words,
        confirmed_at: time_if_any(confirmed_at)?,
    })
}
