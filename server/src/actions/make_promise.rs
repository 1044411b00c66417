//! Promise to answer a need, or to take up an offer.

use crate::actions::freeze;
use crate::actions::settle::settle;
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::{form_keys, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::id::ProposalId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::promise::{LONGEST_NOTE, Promise, PromisePrivate, PromiseState, check_amount};
use crate::domain::proposal::Purpose;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Promises `amount`, or what is open if none is said. What exceeds the need waits in reserve.
pub async fn make_promise(
    app: &App,
    member: &Member,
    id: ProposalId,
    amount: Option<Amount>,
    note: &str,
) -> Result<Promise, Error> {
    promise_once(app, member, id, amount, note, None).await
}

/// Promises like [`make_promise`]. With the key of a form that `member` sent before, answers what
/// it made then, and promises nothing.
pub async fn promise_once(
    app: &App,
    member: &Member,
    id: ProposalId,
    amount: Option<Amount>,
    note: &str,
    key: Option<String>,
) -> Result<Promise, Error> {
    let note = check_note(note)?;
    let member = member.clone();
    app.change(move |app, conn, events| {
        let mut proposal = proposals::lock(conn, id)?;
        let private = proposals::find_private(conn, id)?;
        if !proposal.is_visible_to(member.viewer(), private.author == Some(member.id)) {
            return Err(Error::NotFound);
        }
        // Made here, under the proposal's lock, so that ids give the order of arrival.
        let made = app.clock.new_id();
        if let Some(key) = key
            && let Some(before) = form_keys::use_once(conn, member.id, &key, made, app.now())?
        {
            return promises::find(conn, before);
        }
        // Taking up an offer is asking for it.
        if proposal.purpose == Purpose::Need {
            freeze::check(app, conn, member.id)?;
        }
        let promise = Promise {
            id: made,
            proposal: id,
            amount: check_amount(&proposal, amount)?,
            active: None,
            state: PromiseState::Active,
            promised_at: app.now(),
        };
        promises::insert(conn, &promise, &PromisePrivate { member: Some(member.id), note })?;
        settle(app, conn, &mut proposal, events)?;
        tell_author(app, conn, id, (Kind::PromiseMade, Some(member.id)))?;
        promises::find(conn, promise.id)
    })
    .await
}

/// Tidies a note; none if it is empty.
pub fn check_note(note: &str) -> Result<Option<String>, Refusal> {
    let note = note.trim();
    if note.chars().count() > LONGEST_NOTE {
        return Err(Refusal::NoteTooLong);
    }
    let clean: String = note.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    Ok(Some(clean).filter(|note| !note.is_empty()))
}
