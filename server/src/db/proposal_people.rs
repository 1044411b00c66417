//! People of the fediverse who stand behind what was published for them.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{proposal_person_private, remote_actors, round_lines};
use crate::domain::id::{Id, MessageId, ProposalId, RemoteActorId, RoundId};
use crate::error::Error;

/// Who asked for a proposal, and by which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The proposal.
    pub proposal: ProposalId,
    /// Who; none once they deleted what they wrote.
    pub actor: Option<RemoteActorId>,
    /// What they wrote.
    pub message: MessageId,
}

/// Notes who asked for a proposal.
pub fn insert(conn: &mut Conn, asker: &Asker) -> Result<(), Error> {
    diesel::insert_into(proposal_person_private::table)
        .values((
            proposal_person_private::proposal_id.eq(asker.proposal.number()),
            proposal_person_private::actor_id.eq(asker.actor.map(Id::number)),
            proposal_person_private::message_id.eq(asker.message.number()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who asked for a proposal, if it was somebody of the fediverse.
pub fn find(conn: &mut Conn, proposal: ProposalId) -> Result<Option<Asker>, Error> {
    let query = proposal_person_private::table.find(proposal.number());
    let columns = (proposal_person_private::actor_id, proposal_person_private::message_id);
    let row: Option<(Option<i64>, i64)> = query.select(columns).first(conn).optional()?;
    Ok(row.map(|(actor, message)| Asker {
        proposal,
        actor: actor.map(Id::from_number),
        message: Id::from_number(message),
    }))
}

/// Those of the fediverse who asked in a round and are still there, each with what they asked for,
/// in the order in which it was posted.
pub fn list_by_round(
    conn: &mut Conn,
    round: RoundId,
) -> Result<Vec<(RemoteActorId, ProposalId)>, Error> {
    let rows: Vec<(Option<i64>, i64)> = proposal_person_private::table
        .inner_join(
            round_lines::table
                .on(round_lines::proposal_id.eq(proposal_person_private::proposal_id)),
        )
        .filter(round_lines::round_id.eq(round.number()))
        .order(proposal_person_private::proposal_id)
        .select((proposal_person_private::actor_id, proposal_person_private::proposal_id))
        .load(conn)?;
    let there = rows.into_iter().filter_map(|(actor, proposal)| Some((actor?, proposal)));
    Ok(there.map(|(actor, id)| (Id::from_number(actor), Id::from_number(id))).collect())
}

/// The handle of who asked for a proposal, if it was somebody of the fediverse who is still there.
pub fn find_handle(conn: &mut Conn, proposal: ProposalId) -> Result<Option<String>, Error> {
    let asker = remote_actors::id.nullable().eq(proposal_person_private::actor_id);
    let query = proposal_person_private::table
        .inner_join(remote_actors::table.on(asker))
        .filter(proposal_person_private::proposal_id.eq(proposal.number()))
        .select(remote_actors::address);
    Ok(query.first(conn).optional()?)
}
