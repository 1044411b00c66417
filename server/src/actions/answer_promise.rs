//! Answer what another collective promised: accept it, or decline it, perhaps with a counter.

use crate::actions::settle::settle;
use crate::app::App;
use crate::db::{Conn, actors, incoming_promises, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::id::{IncomingPromiseId, ProposalId};
use crate::domain::incoming_promise::{Counter, IncomingPromise, IncomingState, Party, Told};
use crate::domain::member::Member;
use crate::domain::promise::{Promise, PromisePrivate, PromiseState};
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::Locale;

/// Accepts it: it joins the promises, and what exceeds the need waits in reserve.
pub async fn accept_promise(
    app: &App,
    member: &Member,
    id: IncomingPromiseId,
) -> Result<Promise, Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let (incoming, mut proposal) = pending(conn, &member, id)?;
        if !proposal.is_open() {
            return Err(Refusal::NotOpen.into());
        }
        accept(app, conn, incoming, &mut proposal, events)
    })
    .await
}

/// Declines it. With a counter, it says what would fit instead; they take that with one click.
pub async fn decline_promise(
    app: &App,
    member: &Member,
    id: IncomingPromiseId,
    counter: Option<Counter>,
) -> Result<IncomingPromise, Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let (incoming, proposal) = pending(conn, &member, id)?;
        let promised = incoming.amount.unwrap_or_default();
        if counter.is_some_and(|counter| !is_within(counter, promised)) {
            return Err(Refusal::CounterTooHigh.into());
        }
        let reason = if counter.is_some() { "wire-no-counter" } else { "wire-no-thanks" };
        decline(app, conn, incoming, &proposal, (counter, reason), events)
    })
    .await
}

/// What fits best: as much now as is open, the rest in reserve.
pub fn fitting(proposal: &Proposal, incoming: &IncomingPromise) -> Option<Counter> {
    Some(Counter::fitting(incoming.amount?, proposal.open_amount()?))
}

fn is_within(counter: Counter, promised: Amount) -> bool {
    let sum = counter.now + counter.reserve;
    !sum.is_zero() && sum <= promised
}

/// One that waits for an answer, with its proposal, which is locked; if `member` may answer.
fn pending(
    conn: &mut Conn,
    member: &Member,
    id: IncomingPromiseId,
) -> Result<(IncomingPromise, Proposal), Error> {
    let proposal: ProposalId =
        incoming_promises::find(conn, id)?.proposal.ok_or(Error::NotFound)?;
    let proposal = proposals::lock(conn, proposal)?;
    let private = proposals::find_private(conn, proposal.id)?;
    proposal.may_be_changed_by(member, &private)?;
    let incoming = incoming_promises::find(conn, id)?;
    incoming.check_pending()?;
    Ok((incoming, proposal))
}

/// Makes a promise of it. The caller holds the proposal's lock.
pub fn accept(
    app: &App,
    conn: &mut Conn,
    mut incoming: IncomingPromise,
    proposal: &mut Proposal,
    events: &mut Vec<Event>,
) -> Result<Promise, Error> {
    let promise = Promise {
        id: app.clock.new_id(),
        proposal: proposal.id,
        amount: incoming.amount,
        active: None,
        state: PromiseState::Active,
        promised_at: app.now(),
    };
    let note = incoming_promises::find_note(conn, incoming.id)?;
    promises::insert(conn, &promise, &PromisePrivate { member: None, note })?;
    let name = actors::find(conn, incoming.actor)?.name;
    let told = Told { amount: None, reserve: Amount::ZERO, is_finished: false };
    let actor = Some(incoming.actor);
    let party = Party { promise: promise.id, actor, name, sequence: 0, told };
    incoming_promises::insert_party(conn, &party)?;
    incoming.state = IncomingState::Accepted;
    incoming.promise = Some(promise.id);
    incoming.answered_at = Some(app.now());
    incoming_promises::update(conn, &incoming)?;
    events.push(Event::PromiseAccepted(incoming.id));
    settle(app, conn, proposal, events)?;
    promises::find(conn, promise.id)
}

/// Says no, for a reason that stands in the message `why`.
pub fn decline(
    app: &App,
    conn: &mut Conn,
    mut incoming: IncomingPromise,
    proposal: &Proposal,
    (counter, why): (Option<Counter>, &str),
    events: &mut Vec<Event>,
) -> Result<IncomingPromise, Error> {
    incoming.state = IncomingState::Declined;
    incoming.counter = counter;
    incoming.answered_at = Some(app.now());
    incoming_promises::update(conn, &incoming)?;
    let reason = Locale::find(&proposal.content.language).say(why);
    events.push(Event::PromiseDeclined { id: incoming.id, reason });
    Ok(incoming)
}

/// Answers everything that waits for a proposal which looks for no more.
pub fn decline_waiting(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    for (incoming, _) in incoming_promises::list_by_proposal(conn, proposal.id)? {
        if incoming.is_pending() {
            decline(app, conn, incoming, proposal, (None, "wire-no-closed"), events)?;
        }
    }
    Ok(())
}
