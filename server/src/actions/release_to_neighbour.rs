//! Give back what we promised to another collective, or a part of it. No reason is asked.

use crate::app::App;
use crate::db::{Conn, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::id::OutgoingPromiseId;
use crate::domain::outgoing_promise::{OutgoingPromise, OutgoingState};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Gives back `amount`, or all of it. While they have not answered, a part cannot be told apart:
/// then the whole is taken back and what is left is promised anew by whoever wants to.
pub async fn release_to_neighbour(
    app: &App,
    id: OutgoingPromiseId,
    amount: Option<Amount>,
) -> Result<OutgoingPromise, Error> {
    app.change(move |app, conn, events| give_back(app, conn, id, amount, events)).await
}

/// As [`release_to_neighbour`], inside a transaction that is under way.
pub fn give_back(
    app: &App,
    conn: &mut Conn,
    id: OutgoingPromiseId,
    amount: Option<Amount>,
    events: &mut Vec<Event>,
) -> Result<OutgoingPromise, Error> {
    let mut promise = outgoing_promises::lock(conn, id)?;
    promise.check_standing()?;
    let left = match (promise.amount, amount) {
        (_, None) => Amount::ZERO,
        (None, Some(_)) => return Err(Refusal::NoAmountAsked.into()),
        (Some(promised), Some(amount)) if amount > promised => {
            return Err(Refusal::ReleaseTooHigh.into());
        }
        (Some(promised), Some(amount)) => promised - amount,
    };
    let now = app.now();
    promise.sequence = promise.next_sequence(now);
    promise.changed_at = now;
    if left.is_zero() {
        promise.state = OutgoingState::Released;
        events.push(Event::PromiseTakenBack(id));
    } else {
        promise.amount = Some(left);
        events.push(match promise.agreement {
            Some(_) => Event::PromiseReduced(id),
            None => return Err(Refusal::NotAnswered.into()),
        });
    }
    outgoing_promises::update(conn, &promise)?;
    Ok(promise)
}
