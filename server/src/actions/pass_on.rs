//! Pass on what a neighbour needs or offers to those with whom we have a pact. It stays the
//! neighbour's: answers go there. What was passed on to us is looked at again once a day.

use jiff::SignedDuration;

use crate::app::App;
use crate::db::jobs::{self, JobKind};
use crate::db::{Conn, actors, marks, neighbour_proposals, pacts};
use crate::domain::audience::Audience;
use crate::domain::event::Event;
use crate::domain::id::{Id, NeighbourProposalId};
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// How often something may be passed on: A to B, and B to C, who keeps it.
pub const MOST_HOPS: i32 = 2;
/// How much of what was passed on to us waits to be read.
pub const MOST_WAITING: usize = 200;
/// How often what was passed on to us is read anew, and how much of it.
const DAILY: SignedDuration = SignedDuration::from_hours(24);
const MOST_DAILY: i64 = 200;

/// Passes it on; answers to how many collectives. Only what is public, open, and was passed on at
/// most once before.
pub async fn pass_on(app: &App, id: NeighbourProposalId) -> Result<usize, Error> {
    app.change(move |app, conn, events| {
        let (proposal, owner) = neighbour_proposals::find(conn, id)?;
        if proposal.audience != Audience::Public {
            return Err(Refusal::NotForPassingOn.into());
        }
        if proposal.asks_return {
            return Err(Refusal::OutsideTrade.into());
        }
        if app.blocks().covers_actor(&owner.url) || !proposal.is_open(app.now()) {
            return Err(Refusal::NeighbourNotOpen.into());
        }
        if proposal.hops >= MOST_HOPS {
            return Err(Refusal::PassedOnTooOften.into());
        }
        let count = receivers(app, conn, &proposal)?.len();
        if count == 0 {
            return Err(Refusal::NobodyToPassOnTo.into());
        }
        events.push(Event::PassedOn(id));
        Ok(count)
    })
    .await
}

/// Everybody with whom our pact is active, without whose it is and who passed it on to us.
pub fn receivers(
    app: &App,
    conn: &mut Conn,
    proposal: &NeighbourProposal,
) -> Result<Vec<RemoteActor>, Error> {
    let blocks = app.blocks();
    let actors = pacts::list_active(conn)?.into_iter().map(|(_, actor)| actor);
    let knows =
        |actor: &RemoteActor| actor.id == proposal.actor || Some(actor.id) == proposal.passed_on_by;
    Ok(actors.filter(|actor| !knows(actor) && !blocks.covers_actor(&actor.url)).collect())
}

/// Queues reading where it stands what was passed on to us: whose it is does not tell us when it
/// changes. Once a day; what is over is removed.
pub fn look_again(app: &App, conn: &mut Conn) -> Result<(), Error> {
    let now = app.now();
    let last = marks::find(conn, marks::PASSED_ON)?;
    if last.is_some_and(|last| now.duration_since(last) < DAILY) {
        return Ok(());
    }
    marks::note(conn, marks::PASSED_ON, now)?;
    neighbour_proposals::delete_passed_on_over(conn, now)?;
    for proposal in neighbour_proposals::list_passed_on(conn, MOST_DAILY)? {
        let Some(by) = proposal.passed_on_by else { continue };
        let by = match actors::find(conn, by) {
            Ok(by) => by,
            Err(Error::NotFound) => continue,
            Err(other) => return Err(other),
        };
        queue(app, conn, proposal.hops, &by, proposal.url.as_str())?;
    }
    Ok(())
}

/// Queues reading something where it stands; false if too much waits already.
pub fn queue(
    app: &App,
    conn: &mut Conn,
    hops: i32,
    by: &RemoteActor,
    object: &str,
) -> Result<bool, Error> {
    let waiting = jobs::list_actors(conn, JobKind::ReadPassedOn)?;
    // An object is a queue of its own: one server that is away keeps no other waiting.
    if waiting.len() >= MOST_WAITING || waiting.iter().any(|known| known == object) {
        return Ok(false);
    }
    let id: Id<()> = app.clock.new_id();
    let payload = format!("{hops} {} {object}", by.url);
    jobs::insert(conn, id.number(), JobKind::ReadPassedOn, (object, &payload), app.now())?;
    Ok(true)
}
