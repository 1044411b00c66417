//! What people of the fediverse do about what was published for them, by a one-time link: say that
//! something came, that there is enough, or take it back.

use crate::actions::change_proposal::{Step, take_step};
use crate::actions::confirm_fulfilment::{close_if_complete, counted};
use crate::actions::hear_message::send_link;
use crate::actions::publish_message::open;
use crate::actions::settle::{settle, words_of};
use crate::actions::tell::tell_promiser;
use crate::app::App;
use crate::db::{Conn, incoming_promises, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::event::Event;
use crate::domain::fulfilment::{Confirmation, Side};
use crate::domain::id::PromiseId;
use crate::domain::message::Message;
use crate::domain::notice::Kind;
use crate::domain::promise::Promise;
use crate::domain::proposal::{CloseReason, Proposal, State};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cared {
    /// What was published, as it stands now.
    pub proposal: Proposal,
    /// Whether a new link is on its way, because something is still open.
    pub is_link_sent: bool,
}

/// Says that there is enough, and uses the link up.
pub async fn close_by_link(app: &App, token: &str) -> Result<Cared, Error> {
    step_by_link(app, token, Step::Close(CloseReason::Enough)).await
}

/// Takes it back for good, and uses the link up.
pub async fn withdraw_by_link(app: &App, token: &str) -> Result<Cared, Error> {
    step_by_link(app, token, Step::Withdraw).await
}

/// Says for the side of those who asked how much of a promise came, or all that is left of it, and
/// uses the link up.
pub async fn came_by_link(
    app: &App,
    token: &str,
    promise: PromiseId,
    amount: Option<Amount>,
) -> Result<Cared, Error> {
    let hash = keys::secret_hash(token);
    app.change(move |app, conn, events| {
        let (message, mut proposal) = open_published(app, conn, &hash)?;
        let promise = promises::find(conn, promise)?;
        if promise.proposal != proposal.id {
            return Err(Error::NotFound);
        }
        tell_promiser(app, conn, promise.id, (Kind::Came, None))?;
        count(app, conn, promise, amount, events)?;
        settle(app, conn, &mut proposal, events)?;
        go_on(app, conn, message, proposal, events)
    })
    .await
}

/// Whether somebody who asked can still do something about a promise: say that it came.
pub fn is_awaited(promise: &Promise, said: &[Confirmation]) -> bool {
    let word = words_of(promise, said).proposer;
    promise.is_awaited() && promise.amount.map_or(!word.spoke, |amount| word.total < amount)
}

async fn step_by_link(app: &App, token: &str, step: Step) -> Result<Cared, Error> {
    let hash = keys::secret_hash(token);
    app.change(move |app, conn, events| {
        let (message, proposal) = open_published(app, conn, &hash)?;
        let proposal = take_step(app, conn, proposal, step, events)?;
        go_on(app, conn, message, proposal, events)
    })
    .await
}

/// What a link is about, locked.
fn open_published(app: &App, conn: &mut Conn, hash: &str) -> Result<(Message, Proposal), Error> {
    let message = open(app, conn, hash)?;
    let proposal = message.proposal.ok_or(Refusal::LinkUsedOrExpired)?;
    Ok((message, proposals::lock(conn, proposal)?))
}

fn count(
    app: &App,
    conn: &mut Conn,
    promise: Promise,
    amount: Option<Amount>,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    promise.check_awaited()?;
    let mut word = Confirmation {
        id: app.clock.new_id(),
        promise: promise.id,
        side: Side::Proposer,
        amount: None,
        confirmed_at: app.now(),
        url: None,
        corrects: None,
    };
    let said = promises::list_confirmations(conn, promise.proposal)?;
    word.amount = counted(&promise, &said, &word, amount)?;
    promises::insert_confirmation(conn, &word, None, None)?;
    if incoming_promises::find_party(conn, promise.id)?.is_some() {
        events.push(Event::PromiseCounted(word.id));
    }
    close_if_complete(app, conn, promise, events)
}

/// Gives them a new link if there is something left to do.
fn go_on(
    app: &App,
    conn: &mut Conn,
    mut message: Message,
    proposal: Proposal,
    events: &mut Vec<Event>,
) -> Result<Cared, Error> {
    let said = promises::list_confirmations(conn, proposal.id)?;
    let all = promises::list_by_proposal(conn, proposal.id)?;
    let is_left = proposal.is_open() || all.iter().any(|promise| is_awaited(promise, &said));
    let is_left = is_left && proposal.state != State::Withdrawn;
    let is_link_sent = is_left && send_link(app, conn, &mut message, events)?;
    Ok(Cared { proposal, is_link_sent })
}
