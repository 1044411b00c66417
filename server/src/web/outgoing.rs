//! What we do about our promises to other collectives: take what they would rather have, let go,
//! say what came.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::confirm_to_neighbour::confirm_to_neighbour;
use crate::actions::promise_to_neighbour::take_counter;
use crate::actions::release_to_neighbour::release_to_neighbour;
use crate::app::App;
use crate::db::{Conn, actors, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::id::OutgoingPromiseId;
use crate::domain::outgoing_promise::OutgoingPromise;
use crate::error::Error;
use crate::web::between::{self, Attempt, PATH};
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::go_on;
use crate::web::promises::{count, is_about_fields, typed, typed_amount};
use crate::web::session::Steward;

/// `POST /promises/outgoing/{id}/take`
pub async fn take(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<OutgoingPromise>,
    _form: Form,
) -> Result<Response, Problem> {
    let to = receiver(&app, id).await?;
    take_counter(&app, &steward.member, id).await.map_err(at_list)?;
    Ok(go_on(&app, PATH, "outgoing-taken", &[&to]))
}

/// `POST /promises/outgoing/{id}/release`: all of it, or a part.
pub async fn release(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<OutgoingPromise>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let released = match typed_amount(&fields, Amount::positive) {
        Ok(amount) => release_to_neighbour(&app, id, amount).await,
        Err(refusal) => Err(refusal.into()),
    };
    match released {
        Ok(_) => Ok(go_on(&app, PATH, "release-done", &[])),
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            again(&app, &steward, Attempt::Release(id, typed(&fields, refusal))).await
        }
        Err(error) => Err(at_list(error)),
    }
}

/// `POST /promises/outgoing/{id}/confirm`: our count, or a better one.
pub async fn confirm(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<OutgoingPromise>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let to = receiver(&app, id).await?;
    let is_correction = fields.ticked("correct");
    let counted = match count(&fields) {
        Ok(count) => confirm_to_neighbour(&app, &steward.member, id, count).await,
        Err(refusal) => Err(refusal.into()),
    };
    match counted {
        Ok(_) if is_correction => Ok(go_on(&app, PATH, "count-corrected", &[])),
        Ok(_) => Ok(go_on(&app, PATH, "outgoing-counted", &[&to])),
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            let typed = typed(&fields, refusal);
            let attempt = match is_correction {
                true => Attempt::Correct(id, typed),
                false => Attempt::Confirm(id, typed),
            };
            again(&app, &steward, attempt).await
        }
        Err(error) => Err(at_list(error)),
    }
}

/// The name of the collective to which we promised.
async fn receiver(app: &App, id: OutgoingPromiseId) -> Result<String, Problem> {
    let read = move |conn: &mut Conn| {
        let promise = outgoing_promises::find(conn, id)?;
        Ok(actors::find(conn, promise.actor)?.name)
    };
    Ok(app.db.read(read).await?)
}

fn at_list(error: Error) -> Problem {
    Problem::from(error).at(PATH)
}

/// Shows the page again, with what was typed and what is wrong with it.
async fn again(app: &App, steward: &Steward, attempt: Attempt) -> Result<Response, Problem> {
    let mut response = between::show(app, &steward.visitor, &attempt).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}
