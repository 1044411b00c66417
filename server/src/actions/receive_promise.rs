//! What another collective says about its promises to answer ours: it promises, promises less,
//! takes it back, counts what came. Runs inside the effect of a received activity.
//!
//! Every word may come late, twice, or before another that was said first.

use jiff::Timestamp;
use url::Url;

use crate::actions::answer_promise::{accept, decline};
use crate::actions::confirm_fulfilment::close_if_complete;
use crate::actions::release_promise::give_back;
use crate::actions::settle::settle;
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::{Conn, incoming_promises, pacts, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::audience::Audience;
use crate::domain::event::Event;
use crate::domain::fulfilment::{Confirmation, Side};
use crate::domain::id::{PromiseId, ProposalId, RemoteActorId};
use crate::domain::incoming_promise::{IncomingPromise, IncomingState, MOST_WAITING, Party};
use crate::domain::kind;
use crate::domain::notice::Kind;
use crate::domain::promise::PromiseState;
use crate::domain::proposal::Proposal;
use crate::error::Error;

/// What another collective promises.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The id of the Offer on the wire.
    pub url: Url,
    /// Who promises.
    pub actor: RemoteActorId,
    /// What it answers.
    pub proposal: ProposalId,
    /// How much.
    pub amount: Option<Amount>,
    /// Of what, by its name on the wire.
    pub unit: String,
    /// Whether it is only meant for the case that another falls through.
    pub is_reserve: bool,
    /// When they mean to bring it.
    pub due: Option<Timestamp>,
    /// The number of their word.
    pub sequence: i64,
    /// Whether something is asked in return.
    pub asks_return: bool,
    /// A note.
    pub note: Option<String>,
}

/// A count of theirs.
#[derive(Clone, Debug)]
pub struct TheirCount {
    /// Its id on the wire.
    pub url: Url,
    /// The one it corrects.
    pub corrects: Option<Url>,
    /// The Offer to which it goes back, if it says so.
    pub offer: Option<Url>,
    /// How much.
    pub amount: Option<Amount>,
    /// A note or thanks.
    pub note: Option<String>,
}

/// Why a word of theirs has no effect; none if it has.
pub type Ignored = Option<&'static str>;

/// Takes a promise in: it waits for an answer, or has it at once by a rule.
pub fn receive(
    app: &App,
    conn: &mut Conn,
    offered: &Offered,
    events: &mut Vec<Event>,
) -> Result<Ignored, Error> {
    let Some(mut proposal) = find_shown(conn, offered)? else {
        return Ok(Some("it answers nothing that its sender can see"));
    };
    if let Some(known) = incoming_promises::find_by_url(conn, offered.url.as_str(), offered.actor)?
    {
        return answer_again(&known, events);
    }
    let incoming = IncomingPromise {
        id: app.clock.new_id(),
        url: offered.url.clone(),
        actor: offered.actor,
        proposal: Some(proposal.id),
        amount: offered.amount,
        is_reserve: offered.is_reserve,
        due: offered.due,
        state: IncomingState::Pending,
        sequence: offered.sequence,
        promise: None,
        counter: None,
        received_at: app.now(),
        answered_at: None,
    };
    incoming_promises::insert(conn, &incoming, offered.note.as_deref())?;
    if let Some(why) = why_not(conn, &proposal, offered)? {
        decline(app, conn, incoming, &proposal, (None, why), events)?;
        return Ok(None);
    }
    if is_welcome(conn, &proposal, &incoming)? {
        accept(app, conn, incoming, &mut proposal, events)?;
    }
    tell_author(app, conn, proposal.id, (Kind::PromiseMade, None))?;
    Ok(None)
}

/// The proposal that is answered, locked, if the sender may know of it.
fn find_shown(conn: &mut Conn, offered: &Offered) -> Result<Option<Proposal>, Error> {
    let proposal = match proposals::lock(conn, offered.proposal) {
        Ok(proposal) => proposal,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let is_shown = match proposal.content.audience {
        Audience::Public => true,
        Audience::Pacts => pacts::is_active(conn, offered.actor)?,
        Audience::Members | Audience::Shift => false,
    };
    Ok(Some(proposal).filter(|proposal| is_shown && proposal.was_published()))
}

/// The same promise again gets the same answer: the first may have been lost.
fn answer_again(known: &IncomingPromise, events: &mut Vec<Event>) -> Result<Ignored, Error> {
    if known.state == IncomingState::Accepted {
        events.push(Event::PromiseAccepted(known.id));
        return Ok(None);
    }
    Ok(Some("we have it, or it was taken back"))
}

/// The message that says why it cannot be taken; none if it can.
fn why_not(
    conn: &mut Conn,
    proposal: &Proposal,
    offered: &Offered,
) -> Result<Option<&'static str>, Error> {
    let quantity = proposal.content.quantity.as_ref();
    let wire_unit = quantity.map_or("one", |quantity| kind::wire_unit(&quantity.unit));
    let least = quantity.and_then(|quantity| quantity.minimum).unwrap_or_default();
    let open = proposal.open_amount().unwrap_or_default();
    let least = if open.is_zero() { least } else { least.min(open) };
    let waiting = incoming_promises::count_pending(conn, offered.actor, proposal.id)?;
    Ok(match offered.amount {
        _ if !proposal.is_open() => Some("wire-no-closed"),
        _ if offered.asks_return => Some("wire-no-trade"),
        // It counts itself: it is stored already.
        _ if waiting > MOST_WAITING => Some("wire-no-many"),
        Some(_) if quantity.is_some() && offered.unit != wire_unit => Some("wire-no-unit"),
        // Pieces are what everybody counts in who must name an amount: those are kept as they were
        // said, so that our answer is equal to what was offered. Of anything else we have no word.
        Some(_) if quantity.is_none() && offered.unit != wire_unit => Some("wire-no-amount-asked"),
        Some(amount) if amount.is_zero() || amount < least => Some("wire-no-minimum"),
        None if quantity.is_some() => Some("wire-no-amount"),
        _ => None,
    })
}

/// Whether it is accepted without a person: it is what we asked for ourselves, or our rule for
/// their pact says so.
fn is_welcome(
    conn: &mut Conn,
    proposal: &Proposal,
    incoming: &IncomingPromise,
) -> Result<bool, Error> {
    let amount = incoming.amount.unwrap_or_default();
    if let Some(mut before) = incoming_promises::find_countered(conn, incoming.actor, proposal.id)?
        && before.counter.as_mut().is_some_and(|left| left.take(amount, incoming.is_reserve))
    {
        incoming_promises::update(conn, &before)?;
        return Ok(true);
    }
    let fits = proposal.open_amount().is_none_or(|open| amount <= open);
    Ok(fits && pacts::accepts_alone(conn, incoming.actor)?)
}

/// Takes back what was promised: also what did not arrive yet.
pub fn take_back(
    app: &App,
    conn: &mut Conn,
    offer: &Url,
    actor: RemoteActorId,
    events: &mut Vec<Event>,
) -> Result<Ignored, Error> {
    let Some(known) = incoming_promises::find_by_url(conn, offer.as_str(), actor)? else {
        let never = IncomingPromise {
            id: app.clock.new_id(),
            url: offer.clone(),
            actor,
            proposal: None,
            amount: None,
            is_reserve: false,
            due: None,
            state: IncomingState::Withdrawn,
            sequence: i64::MAX,
            promise: None,
            counter: None,
            received_at: app.now(),
            answered_at: None,
        };
        incoming_promises::insert(conn, &never, None)?;
        return Ok(None);
    };
    let Some(proposal) = known.proposal else { return Ok(Some("it was taken back before")) };
    let mut proposal = proposals::lock(conn, proposal)?;
    let mut known = incoming_promises::find(conn, known.id)?;
    known.state = IncomingState::Withdrawn;
    known.sequence = i64::MAX;
    incoming_promises::update(conn, &known)?;
    let Some(promise) = known.promise else { return Ok(None) };
    let mut promise = promises::find(conn, promise)?;
    if promise.is_awaited() {
        give_back(app, conn, &mut proposal, &mut promise, Amount::ZERO, events)?;
        tell_author(app, conn, proposal.id, (Kind::PromiseChanged, None))?;
    }
    Ok(None)
}

/// Takes note that they promise less than was agreed. More is a promise of its own.
pub fn reduce(
    app: &App,
    conn: &mut Conn,
    id: PromiseId,
    offered: &Offered,
    events: &mut Vec<Event>,
) -> Result<Ignored, Error> {
    let Some(proposal) = proposal_of(conn, id, offered.actor)? else {
        return Ok(Some("it changes an agreement that its sender has no part in"));
    };
    let mut proposal = proposals::lock(conn, proposal)?;
    let Some(mut incoming) = incoming_promises::find_by_promise(conn, id)? else {
        return Ok(Some("it changes a promise that was not theirs"));
    };
    if incoming.sequence >= offered.sequence {
        return Ok(Some("we have a newer word of theirs"));
    }
    incoming.sequence = offered.sequence;
    incoming_promises::update(conn, &incoming)?;
    let mut promise = promises::find(conn, id)?;
    let keep = offered.amount.unwrap_or_default();
    if promise.is_awaited() && promise.amount.is_some_and(|promised| keep < promised) {
        give_back(app, conn, &mut proposal, &mut promise, keep, events)?;
        tell_author(app, conn, proposal.id, (Kind::PromiseChanged, None))?;
    }
    // Whatever became of it, they are told how it stands.
    events.retain(|event| *event != Event::PromiseChanged(id));
    events.push(Event::ReductionAnswered { promise: id, offer: offered.url.clone() });
    Ok(None)
}

/// Takes in what they counted. Both sides' numbers are kept.
pub fn count(
    app: &App,
    conn: &mut Conn,
    id: PromiseId,
    actor: RemoteActorId,
    theirs: &TheirCount,
    events: &mut Vec<Event>,
) -> Result<Ignored, Error> {
    let Some(proposal) = proposal_of(conn, id, actor)? else {
        return Ok(Some("it counts what its sender has no part in"));
    };
    let mut proposal = proposals::lock(conn, proposal)?;
    let promise = promises::find(conn, id)?;
    let promised = promise.amount.unwrap_or_default();
    if promise.state == PromiseState::Released {
        return Ok(Some("it counts what was given back"));
    }
    if theirs.amount.is_some_and(|amount| promise.amount.is_none() || amount > promised + promised)
    {
        return Ok(Some("it counts more than twice what was promised"));
    }
    let confirmation = Confirmation {
        id: app.clock.new_id(),
        promise: id,
        side: Side::Promiser,
        amount: theirs.amount.or(promise.amount),
        confirmed_at: app.now(),
        url: Some(theirs.url.clone()),
        corrects: theirs.corrects.as_ref().map(ToString::to_string),
    };
    if !promises::insert_confirmation(conn, &confirmation, None, theirs.note.as_deref())? {
        return Ok(Some("we have this count"));
    }
    close_if_complete(app, conn, promise, events)?;
    settle(app, conn, &mut proposal, events)?;
    tell_author(app, conn, proposal.id, (Kind::Came, None))?;
    Ok(None)
}

/// The proposal of a promise behind which `actor` stands.
fn proposal_of(
    conn: &mut Conn,
    id: PromiseId,
    actor: RemoteActorId,
) -> Result<Option<ProposalId>, Error> {
    let party: Option<Party> = incoming_promises::find_party(conn, id)?;
    match party.is_some_and(|party| party.actor == Some(actor)) {
        true => Ok(Some(promises::find(conn, id)?.proposal)),
        false => Ok(None),
    }
}
