//! Pacts.
use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::pacts;
use crate::domain::id::RemoteActorId;
use crate::error::Error;

/// Whether the pact with an actor is active.
pub fn is_active(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    let query = pacts::table
        .filter(pacts::actor_id.eq(actor.number()))
        .filter(pacts::ours.eq("wanted"))
        .filter(pacts::theirs.eq("wanted"));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// Whether what an actor promises up to the open amount is accepted without a person.
pub fn accepts_alone(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    let query = pacts::table
        .filter(pacts::actor_id.eq(actor.number()))
        .filter(pacts::ours.eq("wanted"))
        .filter(pacts::theirs.eq("wanted"))
        .filter(pacts::accepts_alone.eq(true));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}
