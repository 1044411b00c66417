//! Send the one-time link of a promise again to the person of the fediverse who stands behind it: the
//! message may have been lost, or the link have become too old.

use jiff::SignedDuration;

use crate::actions::settle::told;
use crate::actions::take_over_reply::{LINK_LASTS, send_link};
use crate::app::App;
use crate::db::{Conn, actors, promise_people, promises, proposals};
use crate::domain::event::WhyLink;
use crate::domain::id::PromiseId;
use crate::domain::member::Member;
use crate::domain::promise::Promise;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// How long somebody is left in peace after a link was sent.
pub const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Makes a new link, which voids the one before, and sends it in the person's thread. The author of
/// the proposal and the stewards can do that.
pub async fn send_link_again(app: &App, member: &Member, id: PromiseId) -> Result<(), Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let proposal = promises::find(conn, id)?.proposal;
        let proposal = proposals::lock(conn, proposal)?;
        let private = proposals::find_private(conn, proposal.id)?;
        proposal.may_be_changed_by(&member, &private)?;
        let promise = promises::find(conn, id)?;
        check_person(app, conn, &promise)?;
        check_pause(app, conn, id)?;
        // Who is not needed any more was told so, and has nothing to do by a link.
        let is_off = told(&proposal, &promise).is_finished;
        if is_off || !send_link(app, conn, &promise, WhyLink::Again, events)? {
            return Err(Refusal::NothingToSend.into());
        }
        Ok(())
    })
    .await
}

/// Refuses where no person of the fediverse stands behind the promise, or one whom we blocked.
fn check_person(app: &App, conn: &mut Conn, promise: &Promise) -> Result<(), Error> {
    let person = promise_people::find(conn, promise.id)?.ok_or(Error::NotFound)?;
    let actor = person.actor.ok_or(Refusal::NothingToSend)?;
    if app.blocks().covers_actor(&actors::find(conn, actor)?.url) {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Refuses so soon after the last link. All links last equally long, so their end tells when they
/// were sent.
fn check_pause(app: &App, conn: &mut Conn, promise: PromiseId) -> Result<(), Error> {
    let Some(expires_at) = promise_people::last_link_ends(conn, promise)? else { return Ok(()) };
    match expires_at.duration_since(app.now()) > LINK_LASTS - PAUSE {
        true => Err(Refusal::LinkSentLately.into()),
        false => Ok(()),
    }
}
