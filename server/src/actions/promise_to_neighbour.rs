//! Promise to answer a neighbour's need or offer, in the name of the collective.

use crate::actions::freeze;
use crate::actions::make_promise::check_note;
use crate::app::App;
use crate::db::{Conn, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::id::{MemberId, OutgoingPromiseId};
use crate::domain::member::Member;
use crate::domain::neighbour::NeighbourProposal;
use crate::domain::outgoing_promise::{OutgoingPromise, OutgoingState, next_sequence};
use crate::domain::proposal::Purpose;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// What we want to promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// How much; none for all that is open.
    pub amount: Option<Amount>,
    /// Only in case another falls through.
    pub is_reserve: bool,
    /// A note for the ones who asked.
    pub note: String,
}

/// Promises to answer a need or an offer, as it was read last. Until their signed answer comes, it
/// is only asked.
pub async fn promise_to_neighbour(
    app: &App,
    member: &Member,
    theirs: NeighbourProposal,
    wish: Wish,
) -> Result<OutgoingPromise, Error> {
    let note = check_note(&wish.note)?;
    let member = member.id;
    if theirs.asks_return {
        return Err(Refusal::OutsideTrade.into());
    }
    if !theirs.is_open(app.now()) {
        return Err(Refusal::NeighbourNotOpen.into());
    }
    let amount = amount_of(&theirs, wish.amount)?;
    app.change(move |app, conn, events| {
        check_freeze(app, conn, member, theirs.purpose)?;
        let now = app.now();
        let promise = OutgoingPromise {
            id: app.clock.new_id(),
            actor: theirs.actor,
            intent: theirs.intent.unwrap_or_else(|| format!("{}#primary", theirs.url)),
            object: theirs.url,
            purpose: theirs.purpose,
            title: theirs.title,
            unit: theirs.unit.unwrap_or_else(|| "one".to_owned()),
            amount,
            is_reserve: wish.is_reserve,
            due: None,
            sequence: next_sequence(0, now),
            state: OutgoingState::Pending,
            agreement: None,
            counter: None,
            reason: None,
            promised_at: now,
            changed_at: now,
        };
        outgoing_promises::insert(conn, &promise, member, note.as_deref())?;
        events.push(Event::PromiseOffered(promise.id));
        Ok(promise)
    })
    .await
}

/// Takes the counter with which they answered: so much now, so much in reserve, a promise each.
pub async fn take_counter(
    app: &App,
    member: &Member,
    id: OutgoingPromiseId,
) -> Result<Vec<OutgoingPromise>, Error> {
    let member = member.id;
    app.change(move |app, conn, events| {
        let mut before = outgoing_promises::lock(conn, id)?;
        check_freeze(app, conn, member, before.purpose)?;
        let counter = before.counter.take().ok_or(Refusal::NoCounter)?;
        outgoing_promises::update(conn, &before)?;
        let note = outgoing_promises::find_note(conn, id)?;
        let mut made = Vec::new();
        for (amount, is_reserve) in [(counter.now, false), (counter.reserve, true)] {
            if amount.is_zero() {
                continue;
            }
            let promise = before.anew(app.clock.new_id(), amount, is_reserve, app.now());
            outgoing_promises::insert(conn, &promise, member, note.as_deref())?;
            events.push(Event::PromiseOffered(promise.id));
            made.push(promise);
        }
        Ok(made)
    })
    .await
}

/// Taking up what others offer is asking for it: that stays open to everybody.
fn check_freeze(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    purpose: Purpose,
) -> Result<(), Error> {
    match purpose {
        Purpose::Need => freeze::check(app, conn, member),
        Purpose::Offer => Ok(()),
    }
}

/// How much is promised: the wish, or what is open, or the smallest useful part of it. More than is
/// open is welcome: they say what they would rather have.
fn amount_of(theirs: &NeighbourProposal, wish: Option<Amount>) -> Result<Option<Amount>, Refusal> {
    let Some(whole) = theirs.amount else {
        return if wish.is_some() { Err(Refusal::NoAmountAsked) } else { Ok(None) };
    };
    let open = theirs.open.unwrap_or(whole);
    let least = theirs.minimum.unwrap_or_default();
    let least = if open.is_zero() { least } else { least.min(open) };
    let usual = if open.is_zero() { theirs.minimum.unwrap_or(Amount::ONE) } else { open };
    let amount = wish.unwrap_or(usual);
    if amount < least { Err(Refusal::BelowMinimum) } else { Ok(Some(amount)) }
}
