//! Make a promise of what somebody replied from the fediverse. They need no account: they are told
//! in the thread, with a one-time link by which they speak for their side.

use jiff::SignedDuration;

use crate::actions::settle::{settle, words_of};
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::promise_people::{self, Person};
use crate::db::{Conn, actors, member_handles, promises, proposals, replies};
use crate::domain::amount::Amount;
use crate::domain::event::{Event, WhyLink};
use crate::domain::fulfilment::Confirmation;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::promise::{Promise, PromisePrivate, PromiseState, check_amount};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// How long a link works: longer than most things take that neighbours bring each other.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Takes a reply over as a promise of its writer: what a person reads out of it. The author of the
/// proposal and the stewards can do that, once.
pub async fn take_over_reply(
    app: &App,
    member: &Member,
    reply: i64,
    amount: Option<Amount>,
) -> Result<Promise, Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let reply = replies::find(conn, reply)?;
        let mut proposal = proposals::lock(conn, reply.proposal)?;
        let private = proposals::find_private(conn, proposal.id)?;
        proposal.may_be_changed_by(&member, &private)?;
        let writer = actors::find(conn, reply.actor)?.url;
        if app.blocks().covers_actor(&writer) {
            return Err(Error::NotFound);
        }
        // Nobody promises by silence what another wishes.
        if proposal.content.quantity.is_some() && amount.is_none() {
            return Err(Refusal::AmountNotSaid.into());
        }
        let promise = Promise {
            id: app.clock.new_id(),
            proposal: proposal.id,
            amount: check_amount(&proposal, amount)?,
            active: None,
            state: PromiseState::Active,
            promised_at: app.now(),
        };
        // A member who answers from their own account finds it among their promises.
        let theirs = member_handles::find_member(conn, &writer)?;
        promises::insert(conn, &promise, &PromisePrivate { member: theirs, note: None })?;
        let person = Person { promise: promise.id, actor: Some(reply.actor), reply: reply.url };
        if !promise_people::insert(conn, &person)? {
            return Err(Refusal::ReplyTaken.into());
        }
        settle(app, conn, &mut proposal, events)?;
        tell_author(app, conn, proposal.id, (Kind::PromiseMade, Some(member.id)))?;
        let promise = promises::find(conn, promise.id)?;
        send_link(app, conn, &promise, WhyLink::Noted, events)?;
        Ok(promise)
    })
    .await
}

/// Sends the person behind a promise a link, if they are still there and something is still to come
/// from them; answers whether it does.
pub fn send_link(
    app: &App,
    conn: &mut Conn,
    promise: &Promise,
    why: WhyLink,
    events: &mut Vec<Event>,
) -> Result<bool, Error> {
    let is_open = is_still_to_come(promise, &promises::list_confirmations(conn, promise.proposal)?);
    let person = promise_people::find(conn, promise.id)?;
    if !is_open || person.is_none_or(|person| person.actor.is_none()) {
        return Ok(false);
    }
    let token = keys::secret()?;
    let expires_at = app.now().saturating_add(LINK_LASTS).map_err(anyhow::Error::from)?;
    promise_people::insert_link(conn, &keys::secret_hash(&token), promise.id, expires_at)?;
    events.push(Event::PersonPromised { promise: promise.id, token, why });
    Ok(true)
}

/// Whether the one who promised has not yet said of all of it that it came.
pub fn is_still_to_come(promise: &Promise, confirmations: &[Confirmation]) -> bool {
    let said = words_of(promise, confirmations).promiser;
    let is_done = promise.amount.map_or(said.spoke, |amount| amount <= said.total);
    promise.is_awaited() && !is_done
}
