//! Since when we know the registered domains that speak to us.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{met_domains, remote_actors};
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// Since when we know a domain, if we do.
pub fn find(conn: &mut Conn, domain: &str) -> Result<Option<Timestamp>, Error> {
    let at: Option<i64> =
        met_domains::table.find(domain).select(met_domains::met_at).first(conn).optional()?;
    at.map(time).transpose()
}

/// Notes since when we know a domain, unless that is noted.
pub fn insert(conn: &mut Conn, domain: &str, at: Timestamp) -> Result<(), Error> {
    let row = (met_domains::domain.eq(domain), met_domains::met_at.eq(micros(at)));
    each_backend!(conn, |c| diesel::insert_into(met_domains::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// When the actor of a server was read that was read least lately, if we know any. `origin` is as
/// in `https://social.example`.
pub fn first_actor(conn: &mut Conn, origin: &str) -> Result<Option<Timestamp>, Error> {
    let escaped = origin.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let first: Option<i64> = remote_actors::table
        .filter(remote_actors::url.like(format!("{escaped}/%")).escape('\\'))
        .select(diesel::dsl::min(remote_actors::fetched_at))
        .first(conn)?;
    first.map(time).transpose()
}

/// Forgets domains that were met before a moment: they are new again if they come again.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    diesel::delete(met_domains::table.filter(met_domains::met_at.lt(micros(before))))
        .execute(conn)?;
    Ok(())
}
