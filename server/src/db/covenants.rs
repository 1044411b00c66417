//! What we owe each other, in its versions, and who said yes to which.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{consents, covenants};
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::domain::covenant::{Covenant, Rule};
use crate::domain::id::MemberId;
use crate::error::Error;

type Row = (i64, String, String, i64, i64, bool);

/// What is in force now.
pub fn current(conn: &mut Conn) -> Result<Covenant, Error> {
    let row: Option<Row> =
        covenants::table.order(covenants::version.desc()).first(conn).optional()?;
    row.map_or_else(|| Ok(Covenant::first()), covenant)
}

/// One version, in force or not.
pub fn find(conn: &mut Conn, version: i64) -> Result<Covenant, Error> {
    let first = Covenant::first();
    if version == first.version {
        return Ok(first);
    }
    covenant(covenants::table.find(version).first(conn)?)
}

/// Every version of a text of our own and since when it was in force, the newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<(i64, Timestamp)>, Error> {
    let rows: Vec<(i64, i64)> = covenants::table
        .order(covenants::version.desc())
        .select((covenants::version, covenants::adopted_at))
        .load(conn)?;
    rows.into_iter().map(|(version, at)| Ok((version, time(at)?))).collect()
}

fn covenant(row: Row) -> Result<Covenant, Error> {
    let (version, text, language, adopted_at, vouches_needed, visit_is_enough) = row;
    Ok(Covenant {
        version,
        text: Some((text, language)),
        adopted_at: Some(time(adopted_at)?),
        rule: Rule { vouches_needed, visit_is_enough },
    })
}

/// Stores a version of a text of our own; one that exists is a conflict.
pub fn insert(
    conn: &mut Conn,
    version: i64,
    (text, language): (&str, &str),
    rule: Rule,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(covenants::table)
        .values((
            covenants::version.eq(version),
            covenants::text.eq(text),
            covenants::language.eq(language),
            covenants::adopted_at.eq(micros(now)),
            covenants::vouches_needed.eq(rule.vouches_needed),
            covenants::visit_is_enough.eq(rule.visit_is_enough),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that somebody said yes to a version; twice is once.
pub fn insert_consent(
    conn: &mut Conn,
    member: MemberId,
    version: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        consents::member_id.eq(member.number()),
        consents::version.eq(version),
        consents::at.eq(micros(now)),
    );
    each_backend!(conn, |c| diesel::insert_into(consents::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The last version to which somebody said yes.
pub fn find_consent(conn: &mut Conn, member: MemberId) -> Result<Option<i64>, Error> {
    let theirs = consents::table.filter(consents::member_id.eq(member.number()));
    let last = theirs.order(consents::version.desc()).select(consents::version);
    Ok(last.first(conn).optional()?)
}
