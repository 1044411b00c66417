//! Promising, letting go, and saying that it came.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::confirm_fulfilment::{self, Count};
use crate::actions::make_promise::{Wish, promise_once};
use crate::actions::release_promise::release_promise;
use crate::app::App;
use crate::db::{promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::id::{PromiseId, ProposalId};
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::page::go_on;
use crate::web::proposal_page::{self, Attempt, Typed};
use crate::web::proposals::{find_visible, path_of};
use crate::web::session::SignedIn;
use crate::web::words::Words;

/// `POST /proposals/{id}/promise`
pub async fn make(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let promised = match typed_amount(&fields, Amount::positive) {
        Ok(amount) => {
            // Nothing chosen is in one's own name.
            let duty = fields.text("duty").parse().ok();
            let wish = Wish { amount, note: fields.text("note"), key: fields.key(), duty };
            promise_once(&app, &signed_in.member, id, wish).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let made = match promised {
        Ok(promise) => promise,
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            let attempt = Attempt::Promise(typed(&fields, refusal));
            return again(&app, &signed_in, id, attempt).await;
        }
        Err(error) => return Err(Problem::from(error).at(&path_of(&app, id))),
    };
    thank(&app, &signed_in, id, made).await
}

/// `POST /promises/{id}/release`
pub async fn release(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Promise>,
    _form: Form,
) -> Result<Response, Problem> {
    let path = path_of(&app, proposal_of(&app, &signed_in, id).await?);
    release_promise(&app, &signed_in.member, id, None)
        .await
        .map_err(|error| Problem::from(error).at(&path))?;
    Ok(go_on(&app, &path, "release-done", &[]))
}

/// `POST /promises/{id}/confirm`
pub async fn confirm(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Promise>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let proposal = proposal_of(&app, &signed_in, id).await?;
    let confirmed = match count(&fields) {
        Ok(count) => confirm_fulfilment::confirm(&app, &signed_in.member, id, count).await,
        Err(refusal) => Err(refusal.into()),
    };
    match confirmed {
        Ok(_) if fields.ticked("correct") => {
            Ok(go_on(&app, &path_of(&app, proposal), "count-corrected", &[]))
        }
        Ok(promise) => {
            let delivered = promise.state == PromiseState::Delivered;
            let done = if delivered { "confirm-done" } else { "confirm-wait" };
            Ok(go_on(&app, &path_of(&app, proposal), done, &[]))
        }
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            let typed = typed(&fields, refusal);
            let attempt = match fields.ticked("correct") {
                true => Attempt::Correct(id, typed),
                false => Attempt::Confirm(id, typed),
            };
            again(&app, &signed_in, proposal, attempt).await
        }
        Err(error) => Err(Problem::from(error).at(&path_of(&app, proposal))),
    }
}

/// What was typed into a form that says what came.
pub fn count(fields: &Fields) -> Result<Count, Refusal> {
    Ok(Count {
        amount: typed_amount(fields, Amount::zero_or_more)?,
        is_correction: fields.ticked("correct"),
        note: fields.text("note"),
        key: fields.key(),
    })
}

/// The amount in a form; none if nothing was typed.
pub fn typed_amount(
    fields: &Fields,
    read: fn(&str) -> Result<Amount, Refusal>,
) -> Result<Option<Amount>, Refusal> {
    match fields.text("amount").trim() {
        "" => Ok(None),
        text => read(text).map(Some),
    }
}

/// What was typed, to be shown again with what is wrong with it.
pub fn typed(fields: &Fields, refusal: Refusal) -> Typed {
    Typed { amount: fields.text("amount"), note: fields.text("note"), refusal }
}

/// Whether a refusal can be mended in the form itself.
pub fn is_about_fields(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::AmountNotANumber
            | Refusal::AmountNotPositive
            | Refusal::AmountTooPrecise
            | Refusal::AmountTooLarge
            | Refusal::AmountNotSaid
            | Refusal::CountTooHigh
            | Refusal::BelowMinimum
            | Refusal::NoteTooLong
            | Refusal::CounterTooHigh
            | Refusal::ReleaseTooHigh
    )
}

/// Shows the page again, with what was typed and what is wrong with it.
pub async fn again(
    app: &App,
    signed_in: &SignedIn,
    id: ProposalId,
    attempt: Attempt,
) -> Result<Response, Problem> {
    let mut response = proposal_page::show(app, &signed_in.visitor, id, attempt).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// Says thank you, and what became of the promise.
async fn thank(
    app: &App,
    signed_in: &SignedIn,
    id: ProposalId,
    made: Promise,
) -> Result<Response, Problem> {
    let path = path_of(app, id);
    let Some(amount) = made.amount else {
        return Ok(go_on(app, &path, "promise-made-plain", &[]));
    };
    let proposal = app.db.read(move |conn| proposals::find(conn, id)).await?;
    let unit = proposal.content.quantity.map_or_else(String::new, |quantity| quantity.unit);
    let words = Words::new(app, &signed_in.visitor);
    let say = |amount: Amount| words.amount(amount, &unit);
    let (now, reserve) = (made.active.unwrap_or_default(), made.reserved());
    Ok(if reserve.is_zero() {
        go_on(app, &path, "promise-made", &[&say(amount)])
    } else if now.is_zero() {
        go_on(app, &path, "promise-made-reserve", &[&say(reserve)])
    } else {
        go_on(app, &path, "promise-made-split", &[&say(now), &say(reserve)])
    })
}

/// What a promise answers, if they may see that.
async fn proposal_of(
    app: &App,
    signed_in: &SignedIn,
    id: PromiseId,
) -> Result<ProposalId, Problem> {
    let looker = signed_in.visitor.clone();
    let read = move |conn: &mut crate::db::Conn| {
        let proposal = promises::find(conn, id)?.proposal;
        // Who promised may let go even of what they cannot see any more.
        let own = promises::find_private(conn, id)?.member == looker.member().map(|who| who.id);
        if !own {
            find_visible(conn, &looker, proposal)?;
        }
        Ok(proposal)
    };
    Ok(app.db.read(read).await?)
}
