//! Leases that a process left behind which does not run any more.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{inboxes, jobs, journal};
use crate::error::Error;

/// Ends every lease: of received activities, of inboxes and of jobs.
///
/// Only for a server that begins and knows that no other works on this database: what is under way
/// elsewhere would be begun a second time.
pub fn release_all(conn: &mut Conn) -> Result<(), Error> {
    diesel::update(journal::table.filter(journal::locked_until.gt(0)))
        .set(journal::locked_until.eq(0))
        .execute(conn)?;
    diesel::update(inboxes::table.filter(inboxes::locked_until.gt(0)))
        .set(inboxes::locked_until.eq(0))
        .execute(conn)?;
    diesel::update(jobs::table.filter(jobs::locked_until.gt(0)))
        .set(jobs::locked_until.eq(0))
        .execute(conn)?;
    Ok(())
}
