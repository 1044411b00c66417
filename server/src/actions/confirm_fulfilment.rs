//! Say that what was promised came.

use crate::actions::make_promise::check_note;
use crate::actions::settle::{fulfil, settle, words_of};
use crate::app::App;
use crate::db::{Conn, form_keys, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::fulfilment::{Confirmation, Side, Words};
use crate::domain::id::PromiseId;
use crate::domain::member::Member;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Confirms for the side that `member` is on, with its own count; without one, what was promised
/// and not confirmed yet. When both sides have confirmed, the promise is fulfilled, and that is
/// published as the collective's deed.
pub async fn confirm_fulfilment(
    app: &App,
    member: &Member,
    id: PromiseId,
    amount: Option<Amount>,
    note: &str,
) -> Result<Promise, Error> {
    confirm_once(app, member, id, amount, note, None).await
}

/// Confirms like [`confirm_fulfilment`]. With the key of a form that `member` sent before, confirms
/// nothing.
pub async fn confirm_once(
    app: &App,
    member: &Member,
    id: PromiseId,
    amount: Option<Amount>,
    note: &str,
    key: Option<String>,
) -> Result<Promise, Error> {
    let note = check_note(note)?;
    let member = member.clone();
    app.change(move |app, conn, events| {
        let proposal = promises::find(conn, id)?.proposal;
        let mut proposal = proposals::lock(conn, proposal)?;
        let promise = promises::find(conn, id)?;
        if let Some(key) = key
            && form_keys::use_once(conn, member.id, &key, id, app.now())?.is_some()
        {
            return Ok(promise);
        }
        let side = side_of(conn, &member, &promise)?;
        let so_far = words_of(&promise, &promises::list_confirmations(conn, proposal.id)?);
        let confirmation = Confirmation {
            id: app.clock.new_id(),
            promise: id,
            side,
            amount: counted(&promise, &so_far, side, amount)?,
            confirmed_at: app.now(),
        };
        promises::insert_confirmation(conn, &confirmation, member.id, note.as_deref())?;
        let words = words_of(&promise, &promises::list_confirmations(conn, proposal.id)?);
        if words.complete(promise.amount) {
            fulfil(app, conn, promise, &words, events)?;
        }
        settle(app, conn, &mut proposal, events)?;
        promises::find(conn, id)
    })
    .await
}

/// The promiser speaks for their own side; the author and the stewards for the proposer's.
fn side_of(conn: &mut Conn, member: &Member, promise: &Promise) -> Result<Side, Error> {
    match promise.state {
        PromiseState::Released => return Err(Refusal::AlreadyReleased.into()),
        PromiseState::Delivered => return Err(Refusal::AlreadyDelivered.into()),
        PromiseState::Active | PromiseState::InReserve => {}
    }
    if promises::find_private(conn, promise.id)?.member == Some(member.id) {
        return Ok(Side::Promiser);
    }
    let author = proposals::find_private(conn, promise.proposal)?.author;
    if author == Some(member.id) || member.is_steward() {
        Ok(Side::Proposer)
    } else {
        Err(Refusal::NotAParty.into())
    }
}

fn counted(
    promise: &Promise,
    so_far: &Words,
    side: Side,
    amount: Option<Amount>,
) -> Result<Option<Amount>, Error> {
    let Some(promised) = promise.amount else {
        return if amount.is_some() { Err(Refusal::NoAmountAsked.into()) } else { Ok(None) };
    };
    let word = so_far.of_side(side);
    if let Some(amount) = amount {
        // What was said is never edited, and goes out to the world: a slip must not.
        let most = promised + promised;
        let slipped = word.total + amount > most;
        return if slipped { Err(Refusal::CountTooHigh.into()) } else { Ok(Some(amount)) };
    }
    let left = promised - word.total;
    if left.is_zero() { Err(Refusal::AlreadyDelivered.into()) } else { Ok(Some(left)) }
}
