//! Recall what came from another collective and what went to it. Reads only: for the members of the
//! two, and for nobody else.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::Timestamp;

use crate::actions::{confirm_to_neighbour, settle};
use crate::db::{Conn, outgoing_promises, promises, proposals};
use crate::domain::audience::Viewer;
use crate::domain::came_and_went::{Brought, CameAndWent};
use crate::domain::fulfilment::Confirmation;
use crate::domain::id::{ProposalId, RemoteActorId};
use crate::domain::outgoing_promise::{OutgoingConfirmation, OutgoingPromise, OutgoingState};
use crate::domain::promise::Promise;
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;

/// Reads what an actor and we brought each other, as `viewer` may see it.
///
/// Who promises to answer a need brings something; who promises to answer an offer takes it.
pub fn recall(conn: &mut Conn, actor: RemoteActorId, viewer: Viewer) -> Result<CameAndWent, Error> {
    let (mut came, mut went) = (Vec::new(), Vec::new());
    for (purpose, brought) in theirs(conn, actor, viewer)? {
        if purpose == Purpose::Need { came.push(brought) } else { went.push(brought) }
    }
    for (purpose, brought) in ours(conn, actor)? {
        if purpose == Purpose::Need { went.push(brought) } else { came.push(brought) }
    }
    Ok(CameAndWent::new(came, went))
}

/// What they promised to answer ours, and what that is.
fn theirs(
    conn: &mut Conn,
    actor: RemoteActorId,
    viewer: Viewer,
) -> Result<Vec<(Purpose, Brought)>, Error> {
    let delivered = promises::list_delivered_of(conn, actor)?;
    if delivered.is_empty() {
        return Ok(Vec::new());
    }
    let said = by_key(promises::list_confirmations_of(conn, actor)?, |word| word.promise);
    let answered = proposals::list_answered_by(conn, actor)?;
    let answered: HashMap<ProposalId, Proposal> =
        answered.into_iter().map(|proposal| (proposal.id, proposal)).collect();
    let each = |promise: &Promise| {
        let proposal = answered.get(&promise.proposal)?;
        let said = said.get(&promise.id).map_or(&[][..], Vec::as_slice);
        Some((proposal.purpose, of_theirs(promise, proposal, said, viewer)))
    };
    Ok(delivered.iter().filter_map(each).collect())
}

fn of_theirs(
    promise: &Promise,
    proposal: &Proposal,
    said: &[Confirmation],
    viewer: Viewer,
) -> Brought {
    let words = settle::words_of(promise, said);
    let content = &proposal.content;
    let unit = content.quantity.as_ref().map_or("one", |quantity| quantity.unit.as_str());
    let first = said.iter().filter(|word| word.corrects.is_none());
    Brought {
        // What was taken back is not for every member any more.
        title: proposal.is_visible_to(viewer, false).then(|| content.title.clone()),
        unit: unit.to_owned(),
        promised: promise.amount,
        ours: words.proposer,
        theirs: words.promiser,
        at: latest(first.map(|word| word.confirmed_at), promise.promised_at),
    }
}

/// What we promised to answer theirs, and what that is.
fn ours(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<(Purpose, Brought)>, Error> {
    let mut delivered = outgoing_promises::list_by_actor(conn, actor)?;
    delivered.retain(|promise| promise.state == OutgoingState::Delivered);
    if delivered.is_empty() {
        return Ok(Vec::new());
    }
    let said = by_key(outgoing_promises::list_confirmations_to(conn, actor)?, |word| word.promise);
    let each = |promise: &OutgoingPromise| {
        let said = said.get(&promise.id).map_or(&[][..], Vec::as_slice);
        (promise.purpose, of_ours(promise, said))
    };
    Ok(delivered.iter().map(each).collect())
}

fn of_ours(promise: &OutgoingPromise, said: &[OutgoingConfirmation]) -> Brought {
    let words = confirm_to_neighbour::words_of(said);
    let first = said.iter().filter(|word| word.corrects.is_none());
    Brought {
        title: Some(promise.title.clone()),
        unit: promise.unit.clone(),
        promised: promise.amount,
        ours: words.promiser,
        theirs: words.proposer,
        at: latest(first.map(|word| word.confirmed_at), promise.promised_at),
    }
}

fn latest(said: impl Iterator<Item = Timestamp>, otherwise: Timestamp) -> Timestamp {
    said.max().unwrap_or(otherwise)
}

fn by_key<T, K: Eq + Hash>(all: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut found: HashMap<K, Vec<T>> = HashMap::new();
    for each in all {
        found.entry(key(&each)).or_default().push(each);
    }
    found
}
