//! What another collective answers to a promise of ours: yes, no, a change, a count. Runs inside
//! the effect of a received activity.

use url::Url;

use crate::actions::receive_promise::{Ignored, TheirCount};
use crate::actions::tell::tell_promiser_to_neighbour as tell;
use crate::app::App;
use crate::db::{Conn, outgoing_promises};
use crate::domain::event::Event;
use crate::domain::fulfilment::Side;
use crate::domain::id::{OutgoingPromiseId, RemoteActorId};
use crate::domain::incoming_promise::Counter;
use crate::domain::notice::Kind;
use crate::domain::outgoing_promise::{Agreement, OutgoingConfirmation, OutgoingPromise};
use crate::error::Error;

/// Takes in what they say of the agreement now. Only the one who asked can, and a first word only
/// with as much as we promised, or less.
pub fn learn(
    app: &App,
    conn: &mut Conn,
    id: OutgoingPromiseId,
    actor: RemoteActorId,
    agreement: Agreement,
    events: &mut Vec<Event>,
) -> Result<Ignored, Error> {
    let Some(mut promise) = of_actor(conn, id, actor)? else {
        return Ok(Some("it is about a promise that we did not make to its sender"));
    };
    if promise.is_taken_back() && !agreement.told.is_finished {
        // They have not heard of it yet, or their word crossed ours.
        events.push(Event::PromiseTakenBack(id));
        return Ok(Some("we took it back"));
    }
    let is_first = promise.agreement.is_none();
    if is_first && agreement.told.amount > promise.amount {
        return Ok(Some("it says more than we promised"));
    }
    if !promise.learn(agreement) {
        return Ok(Some("we have a newer word of theirs"));
    }
    promise.changed_at = app.now();
    outgoing_promises::update(conn, &promise)?;
    tell(app, conn, id, Kind::PromiseChanged)?;
    Ok(None)
}

/// Takes in their no, and what they would rather have.
pub fn decline(
    app: &App,
    conn: &mut Conn,
    id: OutgoingPromiseId,
    actor: RemoteActorId,
    (counter, reason): (Option<Counter>, Option<String>),
) -> Result<Ignored, Error> {
    let Some(mut promise) = of_actor(conn, id, actor)? else {
        return Ok(Some("it is about a promise that we did not make to its sender"));
    };
    let fits = |counter: &Counter| {
        promise.amount.is_some_and(|amount| counter.now + counter.reserve <= amount)
    };
    let counter = counter.filter(fits);
    if !promise.decline(counter, reason) {
        return Ok(Some("they accepted it before, or we took it back"));
    }
    promise.changed_at = app.now();
    outgoing_promises::update(conn, &promise)?;
    tell(app, conn, id, Kind::PromiseChanged)?;
    Ok(None)
}

/// Takes in what they counted.
pub fn count(
    app: &App,
    conn: &mut Conn,
    agreement: &Url,
    actor: RemoteActorId,
    theirs: &TheirCount,
) -> Result<Ignored, Error> {
    let offer = theirs.offer.as_ref().and_then(|offer| app.collective.urls().parse_offer(offer));
    let found = match (outgoing_promises::find_by_agreement(conn, agreement.as_str())?, offer) {
        (Some(known), _) => Some(known).filter(|promise| promise.actor == actor),
        // Their yes is still on its way.
        (None, Some(offer)) => of_actor(conn, offer, actor)?,
        (None, None) => None,
    };
    let Some(promise) = found else {
        return Ok(Some("it counts what its sender has no part in"));
    };
    let promised = promise.amount.unwrap_or_default();
    if theirs.amount.is_some_and(|amount| promise.amount.is_none() || amount > promised + promised)
    {
        return Ok(Some("it counts more than twice what was promised"));
    }
    let confirmation = OutgoingConfirmation {
        id: app.clock.new_id(),
        promise: promise.id,
        side: Side::Proposer,
        amount: theirs.amount.or(promise.amount),
        url: theirs.url.clone(),
        corrects: theirs.corrects.as_ref().map(ToString::to_string),
        confirmed_at: app.now(),
    };
    match outgoing_promises::insert_confirmation(conn, &confirmation, None, theirs.note.as_deref())?
    {
        true => tell(app, conn, promise.id, Kind::Came).map(|()| None),
        false => Ok(Some("we have this count")),
    }
}

fn of_actor(
    conn: &mut Conn,
    id: OutgoingPromiseId,
    actor: RemoteActorId,
) -> Result<Option<OutgoingPromise>, Error> {
    match outgoing_promises::lock(conn, id) {
        Ok(promise) => Ok(Some(promise).filter(|promise| promise.actor == actor)),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}
