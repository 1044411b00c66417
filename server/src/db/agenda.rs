//! What the collective noticed by itself and asks the next assembly.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::agenda;
use crate::db::types::{micros, time, time_if_any, word};
use crate::db::{Conn, each_backend};
use crate::domain::agenda::{Matter, Point};
use crate::domain::id::{AgendaId, DecisionId, Id};
use crate::error::Error;

type Row = (i64, String, String, i64, Option<i64>, Option<i64>, Option<i64>);

/// Asks a question, unless it is asked already or rests; answers whether it is new.
pub fn raise(
    conn: &mut Conn,
    id: AgendaId,
    (matter, subject): (Matter, &str),
    now: Timestamp,
) -> Result<bool, Error> {
    let same = agenda::table
        .filter(agenda::matter.eq(matter.word()))
        .filter(agenda::subject.eq(subject))
        .filter(agenda::settled_at.is_null().or(agenda::rests_until.gt(micros(now))));
    if same.count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    let row = (
        agenda::id.eq(id.number()),
        agenda::matter.eq(matter.word()),
        agenda::subject.eq(subject),
        agenda::noticed_at.eq(micros(now)),
    );
    // Another server may ask it at this moment: of what is open there is one only.
    let added = each_backend!(conn, |c| diesel::insert_into(agenda::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// What was asked is not the case any more: the question goes by itself.
pub fn settle(
    conn: &mut Conn,
    (matter, subject): (Matter, &str),
    now: Timestamp,
) -> Result<(), Error> {
    let open = agenda::table
        .filter(agenda::matter.eq(matter.word()))
        .filter(agenda::subject.eq(subject))
        .filter(agenda::settled_at.is_null());
    diesel::update(open).set(agenda::settled_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// The assembly answered, by a decision or by talking; the same is not asked again before
/// `rests_until`. False if nothing of this id is open.
pub fn answer(
    conn: &mut Conn,
    id: AgendaId,
    (decision, rests_until): (Option<DecisionId>, Option<Timestamp>),
    now: Timestamp,
) -> Result<bool, Error> {
    let open = agenda::table.find(id.number()).filter(agenda::settled_at.is_null());
    let set = (
        agenda::settled_at.eq(micros(now)),
        agenda::decision_id.eq(decision.map(Id::number)),
        agenda::rests_until.eq(rests_until.map(micros)),
    );
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}

/// One point.
pub fn find(conn: &mut Conn, id: AgendaId) -> Result<Point, Error> {
    point(agenda::table.find(id.number()).first::<Row>(conn)?)
}

/// When the same was asked last, and what became of it; none if it never was.
pub fn find_newest(
    conn: &mut Conn,
    (matter, subject): (Matter, &str),
) -> Result<Option<Point>, Error> {
    let same = agenda::table
        .filter(agenda::matter.eq(matter.word()))
        .filter(agenda::subject.eq(subject))
        .order(agenda::noticed_at.desc());
    same.first::<Row>(conn).optional()?.map(point).transpose()
}

/// What waits for the assembly, longest first.
pub fn list_open(conn: &mut Conn) -> Result<Vec<Point>, Error> {
    let open = agenda::table.filter(agenda::settled_at.is_null()).order(agenda::id);
    open.load::<Row>(conn)?.into_iter().map(point).collect()
}

/// What is not to be asked now: what waits for the assembly, and what it answered and rests.
pub fn list_asked(conn: &mut Conn, now: Timestamp) -> Result<Vec<Point>, Error> {
    let asked = agenda::table
        .filter(agenda::settled_at.is_null().or(agenda::rests_until.gt(micros(now))))
        .order(agenda::id);
    asked.load::<Row>(conn)?.into_iter().map(point).collect()
}

fn point((id, matter, subject, noticed, settled, decision, rests): Row) -> Result<Point, Error> {
    Ok(Point {
        id: Id::from_number(id),
        matter: word(Matter::from_word(&matter), &matter)?,
        subject,
        noticed_at: time(noticed)?,
        settled_at: time_if_any(settled)?,
        decision: decision.map(Id::from_number),
        rests_until: time_if_any(rests)?,
    })
}
