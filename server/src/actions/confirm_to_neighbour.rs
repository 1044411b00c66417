//! Say what came of a promise of ours to another collective, by our own count.

use crate::actions::confirm_fulfilment::Count;
use crate::actions::make_promise::check_note;
use crate::app::App;
use crate::db::{form_keys, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::fulfilment::{Counted, Side, Word, Words};
use crate::domain::id::OutgoingPromiseId;
use crate::domain::member::Member;
use crate::domain::outgoing_promise::{OutgoingConfirmation, OutgoingPromise, OutgoingState};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Confirms for our side, and tells them. A correction replaces our last word and is one of its own.
pub async fn confirm_to_neighbour(
    app: &App,
    member: &Member,
    id: OutgoingPromiseId,
    count: Count,
) -> Result<OutgoingPromise, Error> {
    let note = check_note(&count.note)?;
    let member = member.id;
    app.change(move |app, conn, events| {
        let promise = outgoing_promises::lock(conn, id)?;
        if let Some(key) = count.key
            && form_keys::use_once(conn, member, &key, id, app.now())?.is_some()
        {
            return Ok(promise);
        }
        check_agreed(&promise)?;
        let said = outgoing_promises::list_confirmations(conn, id)?;
        let ours = said.iter().filter(|word| word.side == Side::Promiser);
        let corrects = match count.is_correction {
            true => {
                let last = ours.max_by_key(|word| word.id).ok_or(Refusal::NothingToCorrect)?;
                Some(last.url.to_string())
            }
            false => None,
        };
        let new = app.clock.new_id();
        let mut confirmation = OutgoingConfirmation {
            id: new,
            promise: id,
            side: Side::Promiser,
            amount: None,
            url: app.collective.urls().count(new),
            corrects,
            confirmed_at: app.now(),
        };
        confirmation.amount = amount_of(&promise, &said, &confirmation, count.amount)?;
        let note = note.as_deref();
        outgoing_promises::insert_confirmation(conn, &confirmation, Some(member), note)?;
        events.push(Event::OutgoingCounted(new));
        Ok(promise)
    })
    .await
}

/// What both sides counted of a promise of ours.
pub fn words_of(said: &[OutgoingConfirmation]) -> Words {
    let counted = said.iter().map(|each| Counted {
        key: each.url.as_str(),
        corrects: each.corrects.as_deref(),
        side: each.side,
        amount: each.amount,
    });
    Words::count(&counted.collect::<Vec<_>>())
}

fn check_agreed(promise: &OutgoingPromise) -> Result<(), Refusal> {
    match promise.state {
        OutgoingState::Active | OutgoingState::InReserve | OutgoingState::Delivered => Ok(()),
        OutgoingState::Pending => Err(Refusal::NotAnswered),
        _ => Err(Refusal::AlreadyReleased),
    }
}

fn amount_of(
    promise: &OutgoingPromise,
    said: &[OutgoingConfirmation],
    new: &OutgoingConfirmation,
    amount: Option<Amount>,
) -> Result<Option<Amount>, Refusal> {
    let Some(promised) = promise.amount else {
        return if amount.is_some() { Err(Refusal::NoAmountAsked) } else { Ok(None) };
    };
    let mut with_new = said.to_vec();
    with_new.push(OutgoingConfirmation { amount: Some(Amount::ZERO), ..new.clone() });
    let Word { total, .. } = words_of(&with_new).promiser;
    match amount {
        Some(amount) if total + amount > promised + promised => Err(Refusal::CountTooHigh),
        Some(amount) => Ok(Some(amount)),
        None if (promised - total).is_zero() => Err(Refusal::AlreadyDelivered),
        None => Ok(Some(promised - total)),
    }
}
