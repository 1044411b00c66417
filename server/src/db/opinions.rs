//! What followers think of what is to be decided: once each, and only while it is open.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::db::schema::opinions;
use crate::db::{Conn, each_backend};
use crate::domain::decision::Opinions;
use crate::domain::id::{DecisionId, RemoteActorId};
use crate::error::Error;

/// Notes what somebody thinks; false if they said it before. The first word counts, as in the polls
/// of Mastodon.
pub fn insert(
    conn: &mut Conn,
    decision: DecisionId,
    actor: RemoteActorId,
    is_yes: bool,
) -> Result<bool, Error> {
    let row = (
        opinions::decision_id.eq(decision.number()),
        opinions::actor_id.eq(actor.number()),
        opinions::is_yes.eq(is_yes),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(opinions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// How many think what.
pub fn count(conn: &mut Conn, decision: DecisionId) -> Result<Opinions, Error> {
    let all = opinions::table.filter(opinions::decision_id.eq(decision.number()));
    let counted: Vec<(bool, i64)> =
        all.group_by(opinions::is_yes).select((opinions::is_yes, count_star())).load(conn)?;
    let of =
        |wanted| counted.iter().find(|(is_yes, _)| *is_yes == wanted).map_or(0, |found| found.1);
    Ok(Opinions { yes: of(true), no: of(false) })
}

/// Forgets who thinks what.
pub fn delete(conn: &mut Conn, decision: DecisionId) -> Result<(), Error> {
    let all = opinions::table.filter(opinions::decision_id.eq(decision.number()));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
