//! Members who said: do not ask me again (mission E15). Nothing else is kept of any answer.

use std::collections::HashSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{members, notices_private as notices, unasked_private as unasked};
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::domain::notice::Kind;
use crate::error::Error;

/// Whether a member wants to be asked nothing.
pub fn contains(conn: &mut Conn, member: MemberId) -> Result<bool, Error> {
    Ok(diesel::select(exists(unasked::table.find(member.number()))).get_result(conn)?)
}

/// Those who are here, want to be asked, and were told neither of two things since some time.
pub fn list_askable(
    conn: &mut Conn,
    (one, other): (Kind, Kind),
    since: Timestamp,
) -> Result<HashSet<MemberId>, Error> {
    let asked = notices::table
        .filter(notices::kind.eq(one.word()).or(notices::kind.eq(other.word())))
        .filter(notices::made_at.gt(micros(since)))
        .select(notices::member_id);
    let ids: Vec<i64> = members::table
        .filter(members::left_at.is_null())
        .filter(not(members::id.eq_any(unasked::table.select(unasked::member_id))))
        .filter(not(members::id.eq_any(asked)))
        .select(members::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Notes that they want to be asked nothing.
pub fn insert(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    let row = unasked::member_id.eq(member.number());
    each_backend!(conn, |c| diesel::insert_into(unasked::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// They may be asked again.
pub fn delete(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    diesel::delete(unasked::table.find(member.number())).execute(conn)?;
    Ok(())
}
