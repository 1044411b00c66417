//! What only those with a pact may read: Notes for pacts, and the pacts themselves. For everybody
//! else it is missing, in the same words as what never was.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::db::{Conn, activities, actors, outgoing_promises, pacts, proposals};
use crate::domain::audience::Audience;
use crate::domain::id::{OutgoingPromiseId, PactId, PromiseId, ProposalId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::Pact;
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::federation::objects::{self, relationship};
use crate::federation::routes::{failed, missing, with_context, with_type};
use crate::federation::vocab::CONTENT_TYPE;
use crate::federation::{outbox, parties, promises};

/// A Note for pacts, as the collective gets it that asks.
pub async fn show_note(app: &App, request: &Parts, id: ProposalId) -> Response {
    if !request.headers.contains_key("signature") {
        return missing();
    }
    // Who asks is found out first, whether there is such a Note or not: so the time that it takes
    // tells nobody else that there is.
    let active = app.db.read(pacts::list_active).await;
    let active = match active {
        Ok(active) => active,
        Err(error) => return failed(error),
    };
    let actors: Vec<Url> = active.iter().map(|(_, actor)| actor.url.clone()).collect();
    let Some(party) = parties::signer(app, request, &actors).await else { return missing() };
    let at = |(_, actor): &&(Pact, RemoteActor)| actor.url.origin() == party.origin();
    let theirs: Vec<Pact> = active.iter().filter(at).map(|(pact, _)| pact.clone()).collect();
    let urls = app.collective.urls();
    let note = (urls.proposal(id), urls.actor());
    let found = app.db.read(move |conn| find(conn, id, &note)).await;
    let (proposal, deleted) = match found {
        Ok(found) => found,
        Err(error) => return failed(error),
    };
    let shared = theirs.iter().filter(|pact| pact.shares.include(proposal.purpose));
    let Some(availability) = shared.map(|pact| pact.shares.availability).max() else {
        return missing();
    };
    if let Some(deleted) = deleted {
        let url = app.collective.urls().proposal(id);
        let tombstone = objects::proposal::tombstone(&url, deleted);
        return restricted(StatusCode::GONE, with_context(tombstone));
    }
    let note = outbox::pacts::note_for(app, &proposal, availability);
    restricted(StatusCode::OK, with_context(note))
}

/// `GET /p/{id}`: a pact as we state it, for the other side.
pub async fn show_pact(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let Ok(id) = id.parse::<PactId>() else { return missing() };
    let found = app.db.read(move |conn| pacts::find(conn, id)).await;
    let (pact, actor) = match found {
        Ok((pact, actor)) if pact.ours.sequence > 0 => (pact, actor),
        Ok(_) => return missing(),
        Err(error) => return failed(error),
    };
    match parties::signer(&app, &request, std::slice::from_ref(&actor.url)).await {
        Some(_) => restricted(StatusCode::OK, relationship::document(&app, &pact, &actor)),
        None => missing(),
    }
}

/// `GET /a/{id}`: the agreement behind a promise, as the other side was told last.
pub async fn show_agreement(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Parts,
) -> Response {
    let Ok(id) = id.parse::<PromiseId>() else { return missing() };
    let shared = app.clone();
    let found = app.db.read(move |conn| promises::agreement(&shared, conn, id)).await;
    let (them, agreement) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return missing(),
        Err(error) => return failed(error),
    };
    match parties::signer(&app, &request, std::slice::from_ref(&them.url)).await {
        Some(_) => restricted(StatusCode::OK, agreement),
        None => missing(),
    }
}

/// `GET /o/{id}`: what we promised to another collective, as we said it.
pub async fn show_offer(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Parts,
) -> Response {
    let Ok(id) = id.parse::<OutgoingPromiseId>() else { return missing() };
    let url = app.collective.urls().offer(id);
    let found = app.db.read(move |conn| {
        let promise = outgoing_promises::find(conn, id)?;
        let sent = activities::find_sent(conn, url.as_str())?.ok_or(Error::NotFound)?;
        Ok((actors::find(conn, promise.actor)?, sent.body))
    });
    let (them, body) = match found.await {
        Ok(found) => found,
        Err(error) => return failed(error),
    };
    let Ok(offer) = serde_json::from_str(&body) else { return missing() };
    match parties::signer(&app, &request, std::slice::from_ref(&them.url)).await {
        Some(_) => restricted(StatusCode::OK, offer),
        None => missing(),
    }
}

/// A proposal for pacts that was published, and when it was taken back, if it was.
fn find(
    conn: &mut Conn,
    id: ProposalId,
    note: &(Url, Url),
) -> Result<(Proposal, Option<Timestamp>), Error> {
    let proposal = proposals::find(conn, id)?;
    if proposal.content.audience != Audience::Pacts {
        return Err(Error::NotFound);
    }
    let (url, owner) = note;
    let deleted = activities::find_tombstone(conn, url.as_str(), owner.as_str())?;
    match deleted.is_some() || proposal.is_told() {
        true => Ok((proposal, deleted)),
        false => Err(Error::NotFound),
    }
}

/// An answer that nobody on the way may keep.
fn restricted(status: StatusCode, document: Value) -> Response {
    let mut answer = with_type(CONTENT_TYPE, (status, axum::Json(document)).into_response());
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}
