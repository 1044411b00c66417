//! Members who said: do not ask me again (mission E15). Nothing else is kept of any answer.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::db::schema::unasked_private as unasked;
use crate::db::{Conn, each_backend};
use crate::domain::id::MemberId;
use crate::error::Error;

/// Whether a member wants to be asked nothing.
pub fn contains(conn: &mut Conn, member: MemberId) -> Result<bool, Error> {
    Ok(diesel::select(exists(unasked::table.find(member.number()))).get_result(conn)?)
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
