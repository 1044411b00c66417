//! Forms that were sent, so that one which is sent twice has its effect once.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::form_keys;
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::error::Error;

/// Notes that `member` made `made` with the form `key`. If the form was sent before, answers what it
/// made then.
///
/// On PostgreSQL the second of two at the same moment waits here until the first is stored.
pub fn use_once<T>(
    conn: &mut Conn,
    member: MemberId,
    key: &str,
    made: Id<T>,
    now: Timestamp,
) -> Result<Option<Id<T>>, Error> {
    let row = (
        form_keys::member_id.eq(member.number()),
        form_keys::form_key.eq(key),
        // The column is named after what forms made first; promises are made by forms too.
        form_keys::proposal_id.eq(made.number()),
        form_keys::used_at.eq(micros(now)),
    );
    let new = each_backend!(conn, |c| diesel::insert_into(form_keys::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if new == 1 {
        return Ok(None);
    }
    let made: i64 =
        form_keys::table.find((member.number(), key)).select(form_keys::proposal_id).first(conn)?;
    Ok(Some(Id::from_number(made)))
}

/// Forgets what was sent before a moment.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let old = form_keys::table.filter(form_keys::used_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
