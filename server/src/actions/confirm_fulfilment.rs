//! Say that what was promised came.

use crate::actions::make_promise::check_note;
use crate::actions::settle::{fulfil, settle, tell_correction, words_of};
use crate::actions::tell::{tell_author, tell_promiser};
use crate::app::App;
use crate::db::{Conn, form_keys, incoming_promises, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::fulfilment::{Confirmation, Side};
use crate::domain::id::PromiseId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// What one side says when something came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How much; none for what was promised and not confirmed yet.
    pub amount: Option<Amount>,
    /// Whether it replaces the last word of this side.
    pub is_correction: bool,
    /// A note or thanks.
    pub note: String,
    /// The key of the form, where it came from one.
    pub key: Option<String>,
}

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
    let count = Count { amount, note: note.to_owned(), ..Count::default() };
    confirm(app, member, id, count).await
}

/// As [`confirm_fulfilment`]; a correction replaces the last word of the same side, also after both
/// have spoken, and is a word of its own; what was published with the count before is published
/// anew. With the key of a form that `member` sent before, confirms
/// nothing.
pub async fn confirm(
    app: &App,
    member: &Member,
    id: PromiseId,
    count: Count,
) -> Result<Promise, Error> {
    let note = check_note(&count.note)?;
    let member = member.clone();
    app.change(move |app, conn, events| {
        let proposal = promises::find(conn, id)?.proposal;
        let mut proposal = proposals::lock(conn, proposal)?;
        let promise = promises::find(conn, id)?;
        if let Some(key) = count.key
            && form_keys::use_once(conn, member.id, &key, id, app.now())?.is_some()
        {
            return Ok(promise);
        }
        let side = side_of(conn, &member, &promise, count.is_correction)?;
        let said = promises::list_confirmations(conn, proposal.id)?;
        let corrects = match count.is_correction {
            true => Some(last_of(&said, id, side).ok_or(Refusal::NothingToCorrect)?),
            false => None,
        };
        let mut confirmation = Confirmation {
            id: app.clock.new_id(),
            promise: id,
            side,
            amount: None,
            confirmed_at: app.now(),
            url: None,
            corrects,
        };
        confirmation.amount = counted(&promise, &said, &confirmation, count.amount)?;
        promises::insert_confirmation(conn, &confirmation, Some(member.id), note.as_deref())?;
        if side == Side::Proposer && incoming_promises::find_party(conn, id)?.is_some() {
            events.push(Event::PromiseCounted(confirmation.id));
        }
        tell_correction(app, conn, &promise, &said, events)?;
        close_if_complete(app, conn, promise, events)?;
        settle(app, conn, &mut proposal, events)?;
        let came = (Kind::Came, Some(member.id));
        match side {
            Side::Promiser => tell_author(app, conn, proposal.id, came)?,
            Side::Proposer => tell_promiser(app, conn, id, came)?,
        }
        promises::find(conn, id)
    })
    .await
}

/// Fulfils a promise that is still awaited, if both sides have said now that it came.
pub fn close_if_complete(
    app: &App,
    conn: &mut Conn,
    promise: Promise,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let words = words_of(&promise, &promises::list_confirmations(conn, promise.proposal)?);
    match promise.is_awaited() && words.complete(promise.amount) {
        true => fulfil(app, conn, promise, &words, events),
        false => Ok(()),
    }
}

/// The last word of one side, which a correction corrects.
fn last_of(said: &[Confirmation], promise: PromiseId, side: Side) -> Option<String> {
    let theirs = said.iter().filter(|word| word.promise == promise && word.side == side);
    theirs.max_by_key(|word| word.id).map(Confirmation::key)
}

/// The promiser speaks for their own side; the author and the stewards for the proposer's. Nobody
/// here speaks for another collective.
fn side_of(
    conn: &mut Conn,
    member: &Member,
    promise: &Promise,
    is_correction: bool,
) -> Result<Side, Error> {
    match promise.state {
        PromiseState::Released => return Err(Refusal::AlreadyReleased.into()),
        PromiseState::Delivered if !is_correction => {
            return Err(Refusal::AlreadyDelivered.into());
        }
        _ => {}
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

/// The amount of a new word: what was said, or all that was promised and is not confirmed yet.
pub fn counted(
    promise: &Promise,
    said: &[Confirmation],
    new: &Confirmation,
    amount: Option<Amount>,
) -> Result<Option<Amount>, Error> {
    let Some(promised) = promise.amount else {
        return if amount.is_some() { Err(Refusal::NoAmountAsked.into()) } else { Ok(None) };
    };
    let mut with_new = said.to_vec();
    with_new.push(Confirmation { amount: Some(Amount::ZERO), ..new.clone() });
    let so_far = words_of(promise, &with_new).of_side(new.side).total;
    if let Some(amount) = amount {
        // What was said is never edited, and goes out to the world: a slip must not.
        let slipped = so_far + amount > promised + promised;
        return if slipped { Err(Refusal::CountTooHigh.into()) } else { Ok(Some(amount)) };
    }
    let left = promised - so_far;
    if left.is_zero() { Err(Refusal::AlreadyDelivered.into()) } else { Ok(Some(left)) }
}
