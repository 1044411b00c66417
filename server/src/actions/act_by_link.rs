//! What people of the fediverse do by a one-time link: let go of what they promised, or say that
//! they brought it. Whoever has the link speaks for the one who promised.

use crate::actions::confirm_fulfilment::{close_if_complete, counted};
use crate::actions::make_promise::check_note;
use crate::actions::release_promise::{give_back, keep_of};
use crate::actions::settle::settle;
use crate::actions::take_over_reply::send_link;
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::{Conn, promise_people, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::event::{Event, WhyLink};
use crate::domain::fulfilment::{Confirmation, Side};
use crate::domain::notice::Kind;
use crate::domain::promise::Promise;
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// What was answered.
    pub proposal: Proposal,
    /// The promise as it stands now.
    pub promise: Promise,
    /// Whether a new link is on its way, because something is still to come.
    pub is_link_sent: bool,
}

/// Lets go of the promise or of a part of it, and uses the link up.
pub async fn release_by_link(
    app: &App,
    token: &str,
    amount: Option<Amount>,
) -> Result<Acted, Error> {
    let hash = keys::secret_hash(token);
    app.change(move |app, conn, events| {
        let (mut proposal, mut promise) = open(app, conn, &hash)?;
        let keep = keep_of(&promise, amount)?;
        give_back(app, conn, &mut proposal, &mut promise, keep, events)?;
        tell_author(app, conn, proposal.id, (Kind::PromiseChanged, None))?;
        go_on(app, conn, (proposal, promise), events)
    })
    .await
}

/// Says how much was brought, or all that is left if no amount is said, and uses the link up.
pub async fn confirm_by_link(
    app: &App,
    token: &str,
    amount: Option<Amount>,
    note: &str,
) -> Result<Acted, Error> {
    let (hash, note) = (keys::secret_hash(token), check_note(note)?);
    app.change(move |app, conn, events| {
        let (mut proposal, promise) = open(app, conn, &hash)?;
        promise.check_awaited()?;
        let mut confirmation = Confirmation {
            id: app.clock.new_id(),
            promise: promise.id,
            side: Side::Promiser,
            amount: None,
            confirmed_at: app.now(),
            url: None,
            corrects: None,
        };
        let said = promises::list_confirmations(conn, proposal.id)?;
        confirmation.amount = counted(&promise, &said, &confirmation, amount)?;
        promises::insert_confirmation(conn, &confirmation, None, note.as_deref())?;
        close_if_complete(app, conn, promise.clone(), events)?;
        settle(app, conn, &mut proposal, events)?;
        tell_author(app, conn, proposal.id, (Kind::Came, None))?;
        go_on(app, conn, (proposal, promise), events)
    })
    .await
}

/// What a link is about, with the proposal locked. From here on the link is used up, unless the
/// step is refused.
fn open(app: &App, conn: &mut Conn, hash: &str) -> Result<(Proposal, Promise), Error> {
    let gone = |error| match error {
        Error::NotFound => Refusal::LinkUsedOrExpired.into(),
        other => other,
    };
    let id = promise_people::find_link(conn, hash, app.now()).map_err(gone)?;
    let proposal = promises::find(conn, id)?.proposal;
    let proposal = proposals::lock(conn, proposal)?;
    promise_people::use_link(conn, hash, app.now()).map_err(gone)?;
    Ok((proposal, promises::find(conn, id)?))
}

fn go_on(
    app: &App,
    conn: &mut Conn,
    (proposal, promise): (Proposal, Promise),
    events: &mut Vec<Event>,
) -> Result<Acted, Error> {
    let promise = promises::find(conn, promise.id)?;
    let is_link_sent = send_link(app, conn, &promise, WhyLink::Rest, events)?;
    Ok(Acted { proposal, promise, is_link_sent })
}
