//! Brings promises and coverage of a proposal up to date after anything that may change them.

use crate::actions::tell::tell_promiser;
use crate::app::App;
use crate::db::{
    Conn, fulfilments, incoming_promises, promise_people, promises, proposal_people, proposals,
};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::fulfilment::{Confirmation, Fulfilment, Words};
use crate::domain::id::PromiseId;
use crate::domain::incoming_promise::Told;
use crate::domain::notice::Kind;
use crate::domain::promise::{Claim, Promise, PromiseState, Standing, allocate};
use crate::domain::proposal::{CloseReason, Coverage, Proposal, State};
use crate::error::Error;

/// Recounts, writes what changed, and names the event if other servers should hear of it.
///
/// The caller holds the proposal's lock ([`proposals::lock`]).
pub fn settle(
    app: &App,
    conn: &mut Conn,
    proposal: &mut Proposal,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let standing = promises::list_by_proposal(conn, proposal.id)?;
    let confirmations = promises::list_confirmations(conn, proposal.id)?;
    let words: Vec<Words> =
        standing.iter().map(|promise| words_of(promise, &confirmations)).collect();
    let claims: Vec<Claim> = standing.iter().zip(&words).map(claim).collect();
    let asked = proposal.content.quantity.as_ref().map(|quantity| quantity.amount);
    let active = allocate(asked, &claims);
    for (promise, active) in standing.iter().zip(&active) {
        let changed = allotted(promise, *active);
        if changed != *promise {
            promises::update(conn, &changed)?;
        }
        // Of what others did. What the person did themselves is written before this.
        let is_new = promise.active.is_none();
        if !is_new && told(proposal, promise) != told(proposal, &changed) {
            tell_person(conn, promise.id, events)?;
            let is_more = changed.active > promise.active;
            let kind = if is_more { Kind::MovedUp } else { Kind::PromiseChanged };
            tell_promiser(app, conn, promise.id, (kind, None))?;
        }
    }
    let answers_before = proposal.coverage.answers;
    proposal.coverage = coverage(asked, &standing, &words, &active);
    if proposal.coverage.answers > answers_before {
        tell_asker(conn, proposal, events)?;
    }
    proposal.touch(app.now());
    tell(proposal, events);
    proposals::update(conn, proposal)?;
    tell_parties(conn, proposal, events)
}

/// Names the event of a promise that stands otherwise than before, if a person of the fediverse is
/// behind it and still there.
pub fn tell_person(
    conn: &mut Conn,
    promise: PromiseId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let person = promise_people::find(conn, promise)?;
    if person.is_some_and(|person| person.actor.is_some()) {
        events.push(Event::PersonConcerned(promise));
    }
    Ok(())
}

/// Names the event of a promise to what a person of the fediverse asked for, if they are still there.
fn tell_asker(conn: &mut Conn, proposal: &Proposal, events: &mut Vec<Event>) -> Result<(), Error> {
    let asker = proposal_people::find(conn, proposal.id)?;
    if asker.is_some_and(|asker| asker.actor.is_some()) {
        events.push(Event::AskerConcerned(proposal.id));
    }
    Ok(())
}

/// Names the event of every promise of another collective that is not what it was told last.
pub fn tell_parties(
    conn: &mut Conn,
    proposal: &Proposal,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    for party in incoming_promises::list_parties(conn, proposal.id)? {
        let promise = promises::find(conn, party.promise)?;
        // Before the first word, the acceptance tells it.
        if party.sequence > 0 && party.told != told(proposal, &promise) {
            events.push(Event::PromiseChanged(promise.id));
        }
    }
    Ok(())
}

/// What there is to tell the collective behind a promise.
///
/// What is not looked for any more is called off, and what is enough needs no reserve; nobody has
/// to ask whether they should still come.
pub fn told(proposal: &Proposal, promise: &Promise) -> Told {
    let reason = proposal.close_reason;
    let is_off = proposal.state == State::Withdrawn
        || matches!(reason, Some(CloseReason::Failed | CloseReason::NoLongerRelevant));
    let only_reserve = promise.state == PromiseState::InReserve && proposal.state == State::Enough;
    let standing = match promise.state {
        PromiseState::Released => Standing::Released,
        PromiseState::Delivered => Standing::Delivered(promise.amount.unwrap_or_default()),
        _ if is_off || only_reserve => Standing::Released,
        PromiseState::Active | PromiseState::InReserve => Standing::Awaited,
    };
    Told::of(promise.amount, promise.reserved(), standing)
}

/// Notes that a promise has come by the word of both sides, and names the event if others hear of
/// it.
pub fn fulfil(
    app: &App,
    conn: &mut Conn,
    mut promise: Promise,
    words: &Words,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    promise.state = PromiseState::Delivered;
    promises::update(conn, &promise)?;
    let with_amount = promise.amount.is_some();
    let fulfilment = Fulfilment {
        id: app.clock.new_id(),
        promise: promise.id,
        proposal: promise.proposal,
        proposer_amount: with_amount.then_some(words.proposer.total),
        promiser_amount: with_amount.then_some(words.promiser.total),
        fulfilled_at: app.now(),
    };
    fulfilments::insert(conn, &fulfilment)?;
    if gives_thanks(app, conn, &promise)? {
        events.push(Event::FulfilmentConfirmed(fulfilment.id));
    }
    Ok(())
}

/// Names the event of a count of ours that was corrected after it was published: `said` is what
/// both sides had said before.
pub fn tell_correction(
    app: &App,
    conn: &mut Conn,
    promise: &Promise,
    said: &[Confirmation],
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let Some(fulfilment) = fulfilments::find_by_promise(conn, promise.id)? else { return Ok(()) };
    let now = promises::list_confirmations(conn, promise.proposal)?;
    let counted = |said: &[Confirmation]| fulfilment.clone().recounted(said).proposer_amount;
    if counted(said) != counted(&now) && gives_thanks(app, conn, promise)? {
        events.push(Event::FulfilmentCorrected(fulfilment.id));
    }
    Ok(())
}

/// Whether what came of a promise is told to those who see the proposal.
fn gives_thanks(app: &App, conn: &mut Conn, promise: &Promise) -> Result<bool, Error> {
    Ok(!app.config.federation.without_thanks && proposals::find(conn, promise.proposal)?.is_told())
}

/// Names the event of a change, if other servers may see the proposal, and counts it.
pub fn tell(proposal: &mut Proposal, events: &mut Vec<Event>) {
    if proposal.is_told() {
        proposal.revision += 1;
        events.push(Event::ProposalChanged(proposal.id));
    }
}

/// What both sides confirmed of one promise.
pub fn words_of(promise: &Promise, confirmations: &[Confirmation]) -> Words {
    let theirs: Vec<Confirmation> =
        confirmations.iter().filter(|word| word.promise == promise.id).cloned().collect();
    Words::of(&theirs)
}

fn claim((promise, words): (&Promise, &Words)) -> Claim {
    let standing = match promise.state {
        PromiseState::Active | PromiseState::InReserve => Standing::Awaited,
        PromiseState::Released => Standing::Released,
        PromiseState::Delivered => Standing::Delivered(words.proposer.total),
    };
    Claim { amount: promise.amount.unwrap_or_default(), standing }
}

fn allotted(promise: &Promise, active: Amount) -> Promise {
    let mut changed = promise.clone();
    if changed.is_awaited() && changed.amount.is_some() {
        changed.active = Some(active);
        changed.state =
            if active.is_zero() { PromiseState::InReserve } else { PromiseState::Active };
    }
    changed
}

fn coverage(
    asked: Option<Amount>,
    promised: &[Promise],
    words: &[Words],
    active: &[Amount],
) -> Coverage {
    let counted: Amount = active.iter().copied().sum();
    let answers = promised.iter().filter(|promise| promise.state != PromiseState::Released).count();
    let waiting = promised.iter().zip(active).filter(|(promise, _)| promise.is_awaited());
    let both = || words.iter().filter(|words| words.proposer.spoke && words.promiser.spoke);
    Coverage {
        promised: asked.map_or(Amount::ZERO, |asked| counted.min(asked)),
        reserved: waiting.map(|(promise, now)| promise.amount.unwrap_or_default() - *now).sum(),
        answers: i32::try_from(answers).unwrap_or(i32::MAX),
        came_low: both().map(Words::low).sum(),
        came_high: both().map(Words::high).sum(),
    }
}
