//! Roles, terms and hand-over lists. Who holds what stands in the private table.

use std::collections::HashSet;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{members, role_lines as lines, role_terms_private as terms, roles};
use crate::db::types::{micros, time, time_if_any};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, LineId, MemberId, RoleId, TermId};
use crate::domain::role::{Line, Role, Term};
use crate::error::Error;

type RoleRow = (i64, String, String, String, Option<i64>);
const ROLE: (roles::id, roles::title, roles::decides, roles::holds, roles::ended_at) =
    (roles::id, roles::title, roles::decides, roles::holds, roles::ended_at);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = terms)]
struct TermRow {
    id: i64,
    role_id: i64,
    holder_id: Option<i64>,
    deputy_id: Option<i64>,
    starts_at: i64,
    ends_at: i64,
    decision_id: Option<i64>,
    lapsed_at: Option<i64>,
}

/// Adds a role.
pub fn insert(conn: &mut Conn, role: &Role, now: Timestamp) -> Result<(), Error> {
    let row = (
        roles::id.eq(role.id.number()),
        roles::title.eq(&role.title),
        roles::decides.eq(&role.decides),
        roles::holds.eq(role.holds.join("\n")),
        roles::made_at.eq(micros(now)),
    );
    diesel::insert_into(roles::table).values(row).execute(conn)?;
    Ok(())
}

/// One role.
pub fn find(conn: &mut Conn, id: RoleId) -> Result<Role, Error> {
    role(roles::table.find(id.number()).select(ROLE).first(conn)?)
}

/// One role, locked until the transaction ends. The update changes nothing.
pub fn lock(conn: &mut Conn, id: RoleId) -> Result<Role, Error> {
    let target = roles::table.find(id.number());
    let row: RoleRow = each_backend!(conn, |c| diesel::update(target)
        .set(roles::title.eq(roles::title))
        .returning(ROLE)
        .get_result(c))?;
    role(row)
}

/// All that have not ended, by title; the house comes first.
pub fn list(conn: &mut Conn) -> Result<Vec<Role>, Error> {
    let open = roles::table.filter(roles::ended_at.is_null()).order((roles::title, roles::id));
    let rows: Vec<RoleRow> = open.select(ROLE).load(conn)?;
    rows.into_iter().map(role).collect()
}

/// A role of this title that has not ended.
pub fn find_by_title(conn: &mut Conn, title: &str) -> Result<Option<Role>, Error> {
    let open = roles::table.filter(roles::ended_at.is_null()).filter(roles::title.eq(title));
    open.order(roles::id).select(ROLE).first(conn).optional()?.map(role).transpose()
}

/// Ends a role for good.
pub fn end(conn: &mut Conn, id: RoleId, now: Timestamp) -> Result<(), Error> {
    let target = roles::table.find(id.number());
    diesel::update(target).set(roles::ended_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Begins a term.
pub fn insert_term(conn: &mut Conn, term: &Term) -> Result<(), Error> {
    let row = TermRow {
        id: term.id.number(),
        role_id: term.role.number(),
        holder_id: term.holder.map(Id::number),
        deputy_id: term.deputy.map(Id::number),
        starts_at: micros(term.starts_at),
        ends_at: micros(term.ends_at),
        decision_id: term.decision.map(Id::number),
        lapsed_at: term.lapsed_at.map(micros),
    };
    diesel::insert_into(terms::table).values(row).execute(conn)?;
    Ok(())
}

/// The terms that nobody else has taken on, in order. Whoever has left is not named: while they may
/// come back, the term waits for them.
pub fn list_terms(conn: &mut Conn) -> Result<Vec<Term>, Error> {
    let open = terms::table.filter(terms::over_at.is_null()).order(terms::id);
    let rows: Vec<TermRow> = open.select(TermRow::as_select()).load(conn)?;
    let left: Vec<i64> =
        members::table.filter(members::left_at.is_not_null()).select(members::id).load(conn)?;
    let left: HashSet<MemberId> = left.into_iter().map(Id::from_number).collect();
    let here = |who: Option<MemberId>| who.filter(|who| !left.contains(who));
    let term = |row: TermRow| {
        let term = row.into_term()?;
        Ok(Term { holder: here(term.holder), deputy: here(term.deputy), ..term })
    };
    rows.into_iter().map(term).collect()
}

/// The terms of one role, as [`list_terms`] has them.
pub fn list_terms_of(conn: &mut Conn, role: RoleId) -> Result<Vec<Term>, Error> {
    let mut all = list_terms(conn)?;
    all.retain(|term| term.role == role);
    Ok(all)
}

/// Every term that a member has or had, or stands in for, for themselves.
pub fn list_terms_with(conn: &mut Conn, member: MemberId) -> Result<Vec<Term>, Error> {
    let theirs = terms::holder_id.eq(member.number()).or(terms::deputy_id.eq(member.number()));
    let rows: Vec<TermRow> =
        terms::table.filter(theirs).order(terms::id).select(TermRow::as_select()).load(conn)?;
    rows.into_iter().map(TermRow::into_term).collect()
}

/// A term, also one that is over. Whoever has left is not hidden here.
pub fn find_term(conn: &mut Conn, id: TermId) -> Result<Term, Error> {
    terms::table.find(id.number()).select(TermRow::as_select()).first(conn)?.into_term()
}

/// When the last term of a role began, also if it is over; long ago if there was none.
pub fn find_last_beginning(conn: &mut Conn, role: RoleId) -> Result<Timestamp, Error> {
    let all = terms::table.filter(terms::role_id.eq(role.number()));
    let last: Option<i64> =
        all.order(terms::starts_at.desc()).select(terms::starts_at).first(conn).optional()?;
    Ok(time_if_any(last)?.unwrap_or(Timestamp::MIN))
}

/// Notes that somebody else has a term's role now, or nobody.
pub fn end_term(conn: &mut Conn, id: TermId, now: Timestamp) -> Result<(), Error> {
    let target = terms::table.find(id.number());
    diesel::update(target).set(terms::over_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Notes since when the powers of a term rest.
pub fn lapse_term(conn: &mut Conn, id: TermId, now: Timestamp) -> Result<(), Error> {
    let target = terms::table.find(id.number());
    diesel::update(target).set(terms::lapsed_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// The hand-over list of a role, in order.
pub fn list_lines(conn: &mut Conn, role: RoleId) -> Result<Vec<Line>, Error> {
    type Row = (i64, i64, String, Option<i64>);
    let of = lines::table.filter(lines::role_id.eq(role.number())).order(lines::id);
    let rows: Vec<Row> = of.load(conn)?;
    let line = |(id, role, text, ticked_at): Row| {
        let (id, role) = (Id::from_number(id), Id::from_number(role));
        Ok(Line { id, role, text, ticked_at: time_if_any(ticked_at)? })
    };
    rows.into_iter().map(line).collect()
}

/// Adds a line.
pub fn insert_line(conn: &mut Conn, line: &Line) -> Result<(), Error> {
    let row = (
        lines::id.eq(line.id.number()),
        lines::role_id.eq(line.role.number()),
        lines::text.eq(&line.text),
        lines::ticked_at.eq(line.ticked_at.map(micros)),
    );
    diesel::insert_into(lines::table).values(row).execute(conn)?;
    Ok(())
}

/// Ticks a line, or takes the tick away.
pub fn tick_line(conn: &mut Conn, id: LineId, at: Option<Timestamp>) -> Result<(), Error> {
    let target = lines::table.find(id.number());
    diesel::update(target).set(lines::ticked_at.eq(at.map(micros))).execute(conn)?;
    Ok(())
}

/// Removes a line.
pub fn delete_line(conn: &mut Conn, id: LineId) -> Result<(), Error> {
    diesel::delete(lines::table.find(id.number())).execute(conn)?;
    Ok(())
}

fn role((id, title, decides, holds, ended_at): RoleRow) -> Result<Role, Error> {
    Ok(Role {
        id: Id::from_number(id),
        title,
        decides,
        holds: holds.lines().filter(|thing| !thing.is_empty()).map(str::to_owned).collect(),
        ended_at: time_if_any(ended_at)?,
    })
}

impl TermRow {
    fn into_term(self) -> Result<Term, Error> {
        Ok(Term {
            id: Id::from_number(self.id),
            role: Id::from_number(self.role_id),
            holder: self.holder_id.map(Id::from_number),
            deputy: self.deputy_id.map(Id::from_number),
            starts_at: time(self.starts_at)?,
            ends_at: time(self.ends_at)?,
            decision: self.decision_id.map(Id::from_number),
            lapsed_at: time_if_any(self.lapsed_at)?,
        })
    }
}
