//! Leave, and come back within two weeks.

use jiff::Timestamp;

use crate::actions::change_proposal::{Step, take_step};
use crate::actions::leave_duties::leave_duties;
use crate::actions::release_promise::give_back;
use crate::actions::release_to_neighbour;
use crate::actions::settle::tell_person;
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::{
    Conn, duties, leaving, members, of_member, outgoing_promises, promises, proposals, turn_people,
};
use crate::domain::amount::Amount;
use crate::domain::duty::Duty;
use crate::domain::event::Event;
use crate::domain::id::{MemberId, PromiseId, ProposalId};
use crate::domain::leaving::Leaving;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::outgoing_promise::OutgoingPromise;
use crate::domain::promise::Promise;
use crate::domain::proposal::{CloseReason, Proposal, State};
use crate::domain::refusal::Refusal;
use crate::domain::turn::Turn;
use crate::error::Error;

/// What of a member is not finished.
#[derive(Clone, Debug, Default)]
pub struct Unfinished {
    /// What they promised and what it answers.
    pub promises: Vec<(Promise, Proposal)>,
    /// What they promised to other collectives in our name.
    pub outgoing: Vec<OutgoingPromise>,
    /// What they look for or offer.
    pub proposals: Vec<Proposal>,
    /// The turns to which they come, and of what each is.
    pub turns: Vec<(Turn, Duty)>,
}

impl Unfinished {
    /// Finds it.
    pub fn read(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<Self, Error> {
        let mut found = Self::default();
        for promise in promises::list_by_member(conn, member)? {
            if promise.is_awaited() {
                let proposal = proposals::find(conn, promise.proposal)?;
                found.promises.push((promise, proposal));
            }
        }
        for id in of_member::list_outgoing(conn, member)? {
            let promise = outgoing_promises::find(conn, id)?;
            if promise.is_standing() {
                found.outgoing.push(promise);
            }
        }
        found.proposals = of_member::list_posted(conn, member)?;
        found.proposals.retain(|proposal| is_looking(proposal.state));
        for (turn, _) in turn_people::list_next_of(conn, member, now)? {
            let duty = duties::find(conn, turn.duty)?;
            found.turns.push((turn, duty));
        }
        Ok(found)
    }
}

/// Leaves. What is still promised is given back, what is still looked for is closed, and every
/// session ends; nothing is erased yet. The last steward stays until there is another.
pub async fn leave(app: &App, member: &Member) -> Result<Leaving, Error> {
    let id = member.id;
    app.change(move |app, conn, events| {
        // Before anything else, so that two last stewards meet here.
        let others = leaving::count_other_stewards(conn, id)?;
        if members::find(conn, id)?.is_steward() && others == 0 {
            return Err(Refusal::LastSteward.into());
        }
        let begun = Leaving::begun(app.now());
        if !leaving::begin(conn, id, begun)? {
            return Err(Refusal::HasLeft.into());
        }
        leaving::delete_sessions(conn, id)?;
        end_unfinished(app, conn, id, events)?;
        leave_duties(app, conn, id, events)?;
        Ok(begun)
    })
    .await
}

/// Comes back. What was given back and closed stays so: others may have counted on it since.
pub async fn come_back(app: &App, member: MemberId) -> Result<(), Error> {
    let now = app.now();
    app.change(move |_, conn, _| match leaving::undo(conn, member, now)? {
        true => Ok(()),
        false => Err(Refusal::CannotComeBack.into()),
    })
    .await
}

fn end_unfinished(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let unfinished = Unfinished::read(conn, member, app.now())?;
    // In the order of ids, as whoever else locks several.
    let mut given: Vec<(ProposalId, PromiseId)> =
        unfinished.promises.iter().map(|(promise, to)| (to.id, promise.id)).collect();
    given.sort_unstable();
    for (to, id) in given {
        let (mut proposal, mut promise) = (proposals::lock(conn, to)?, promises::find(conn, id)?);
        if promise.is_awaited() {
            give_back(app, conn, &mut proposal, &mut promise, Amount::ZERO, events)?;
            tell_person(conn, id, events)?;
            tell_author(app, conn, to, (Kind::PromiseChanged, None))?;
        }
    }
    for promise in unfinished.outgoing {
        match release_to_neighbour::give_back(app, conn, promise.id, None, events) {
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    for proposal in unfinished.proposals {
        let proposal = proposals::lock(conn, proposal.id)?;
        if is_looking(proposal.state) {
            let close = Step::Close(CloseReason::NoLongerRelevant);
            take_step(app, conn, proposal, close, events)?;
        }
    }
    Ok(())
}

fn is_looking(state: State) -> bool {
    matches!(state, State::Open | State::Expired)
}
