//! Give a promise back. No reason is asked, and nothing remains of it on a person.

use crate::actions::settle::{fulfil, settle, tell_person, words_of};
use crate::actions::tell::{tell_author, tell_promiser};
use crate::app::App;
use crate::db::{Conn, promise_people, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::id::PromiseId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Releases a promise or a part of it; what came of it stands. The reserve moves up.
pub async fn release_promise(
    app: &App,
    member: &Member,
    id: PromiseId,
    amount: Option<Amount>,
) -> Result<Promise, Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let proposal = promises::find(conn, id)?.proposal;
        let mut proposal = proposals::lock(conn, proposal)?;
        let mut promise = promises::find(conn, id)?;
        if !may_release(conn, &member, &proposal, id)? {
            return Err(Refusal::NotYours.into());
        }
        let keep = keep_of(&promise, amount)?;
        give_back(app, conn, &mut proposal, &mut promise, keep, events)?;
        tell_person(conn, id, events)?;
        tell_author(app, conn, proposal.id, (Kind::PromiseChanged, Some(member.id)))?;
        tell_promiser(app, conn, id, (Kind::PromiseChanged, Some(member.id)))?;
        promises::find(conn, id)
    })
    .await
}

/// Who promised may let go, and stewards. For people of the fediverse, who write it where they are,
/// the author of the proposal can do it too.
fn may_release(
    conn: &mut Conn,
    member: &Member,
    proposal: &Proposal,
    id: PromiseId,
) -> Result<bool, Error> {
    if member.is_steward() || promises::find_private(conn, id)?.member == Some(member.id) {
        return Ok(true);
    }
    let is_authors = proposals::find_private(conn, proposal.id)?.author == Some(member.id);
    Ok(is_authors && promise_people::find(conn, id)?.is_some())
}

/// How much of a promise stands when `amount` of it is given back; nothing if none is named.
pub fn keep_of(promise: &Promise, amount: Option<Amount>) -> Result<Amount, Refusal> {
    promise.check_awaited()?;
    match (promise.amount, amount) {
        (_, None) => Ok(Amount::ZERO),
        (None, Some(_)) => Err(Refusal::NoAmountAsked),
        (Some(promised), Some(amount)) if amount > promised => Err(Refusal::ReleaseTooHigh),
        (Some(promised), Some(amount)) => Ok(promised - amount),
    }
}

/// Lets no more than `keep` of a promise stand, or what came of it if that is more: the reserve
/// moves up. The caller holds the proposal's lock.
pub fn give_back(
    app: &App,
    conn: &mut Conn,
    proposal: &mut Proposal,
    promise: &mut Promise,
    keep: Amount,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let words = words_of(promise, &promises::list_confirmations(conn, proposal.id)?);
    // While nobody else counted anything, what the promiser said goes with the promise.
    let came = if words.proposer.total.is_zero() { Amount::ZERO } else { words.high() };
    let left = keep.max(came);
    if left.is_zero() {
        promise.state = PromiseState::Released;
    } else {
        promise.amount = Some(left);
    }
    promises::update(conn, promise)?;
    if promise.is_awaited() && words.complete(promise.amount) {
        fulfil(app, conn, promise.clone(), &words, events)?;
    }
    settle(app, conn, proposal, events)
}
