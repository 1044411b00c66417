//! Give a promise back. No reason is asked, and nothing remains of it on a person.

use crate::actions::settle::{fulfil, settle, words_of};
use crate::app::App;
use crate::db::{promises, proposals};
use crate::domain::id::PromiseId;
use crate::domain::member::Member;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Releases a promise, or what is left of it if a part came: the reserve moves up.
pub async fn release_promise(app: &App, member: &Member, id: PromiseId) -> Result<Promise, Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let proposal = promises::find(conn, id)?.proposal;
        let mut proposal = proposals::lock(conn, proposal)?;
        let mut promise = promises::find(conn, id)?;
        let private = promises::find_private(conn, id)?;
        if private.member != Some(member.id) && !member.is_steward() {
            return Err(Refusal::NotYours.into());
        }
        match promise.state {
            PromiseState::Released => return Err(Refusal::AlreadyReleased.into()),
            PromiseState::Delivered => return Err(Refusal::AlreadyDelivered.into()),
            PromiseState::Active | PromiseState::InReserve => {}
        }
        let words = words_of(&promise, &promises::list_confirmations(conn, proposal.id)?);
        if words.proposer.total.is_zero() {
            // Nobody else counted anything yet: what the promiser said goes with the promise.
            promise.state = PromiseState::Released;
        } else {
            // A part came: the promise shrinks to it, and is done if both sides said so.
            promise.amount = Some(words.high());
        }
        promises::update(conn, &promise)?;
        if promise.is_awaited() && words.complete(promise.amount) {
            fulfil(app, conn, promise, &words, events)?;
        }
        settle(app, conn, &mut proposal, events)?;
        promises::find(conn, id)
    })
    .await
}
