//! Promise to answer a need, or to take up an offer.

use crate::actions::duty::check_keeps;
use crate::actions::freeze;
use crate::actions::settle::settle;
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::{Conn, duties, form_keys, promise_duties, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::id::{DutyId, MemberId, PromiseId, ProposalId};
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
    promise_once(app, member, id, Wish { amount, note: note.to_owned(), ..Wish::default() }).await
}

/// What somebody promises.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// How much; none for what is open.
    pub amount: Option<Amount>,
    /// A word to those who asked.
    pub note: String,
    /// The key of the form.
    pub key: Option<String>,
    /// The duty in whose name they promise: the kitchen brings soup.
    pub duty: Option<DutyId>,
}

/// Promises like [`make_promise`]. With the key of a form that `member` sent before, answers what
/// it made then, and promises nothing.
pub async fn promise_once(
    app: &App,
    member: &Member,
    id: ProposalId,
    wish: Wish,
) -> Result<Promise, Error> {
    let note = check_note(&wish.note)?;
    let member = member.clone();
    app.change(move |app, conn, events| {
        let mut proposal = proposals::lock(conn, id)?;
        let private = proposals::find_private(conn, id)?;
        if !proposal.is_visible_to(member.viewer(), private.author == Some(member.id)) {
            return Err(Error::NotFound);
        }
        // Made here, under the proposal's lock, so that ids give the order of arrival.
        let made = app.clock.new_id();
        if let Some(key) = wish.key
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
            amount: check_amount(&proposal, wish.amount)?,
            active: None,
            state: PromiseState::Active,
            promised_at: app.now(),
        };
        promises::insert(conn, &promise, &PromisePrivate { member: Some(member.id), note })?;
        if let Some(duty) = wish.duty {
            speak_for(app, conn, member.id, (promise.id, duty))?;
        }
        settle(app, conn, &mut proposal, events)?;
        tell_author(app, conn, id, (Kind::PromiseMade, Some(member.id)))?;
        promises::find(conn, promise.id)
    })
    .await
}

/// Notes in the name of which duty a promise is made. Whoever looks after it may speak for it.
fn speak_for(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    (promise, duty): (PromiseId, DutyId),
) -> Result<(), Error> {
    if !duties::find(conn, duty)?.is_live() {
        return Err(Refusal::TurnOver.into());
    }
    check_keeps(conn, member, duty, app.now())?;
    promise_duties::insert(conn, promise, duty)
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
