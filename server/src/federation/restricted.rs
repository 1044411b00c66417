//! What only those with a pact may read: Notes for pacts, and the pacts themselves. For everybody
//! else it is missing, in the same words as what never was.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::db::{
    Conn, activities, actors, fulfilments, outgoing_promises, pacts, proposals, quiet_mode,
};
use crate::domain::audience::Audience;
use crate::domain::id::{Id, OutgoingPromiseId, PactId, PromiseId, ProposalId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::Pact;
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::federation::objects::{self, relationship};
use crate::federation::routes::{failed, missing, with_context, with_type};
use crate::federation::vocab::CONTENT_TYPE;
use crate::federation::{outbox, parties, promises};

/// A Note for pacts, as the collective gets it that asks.
pub async fn show_note(app: &App, request: &Parts, id: (ProposalId, Option<i32>)) -> Response {
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
    let shared = app.clone();
    match app.db.read(move |conn| find(&shared, conn, id, &theirs)).await {
        Ok((status, note)) => restricted(status, with_context(note)),
        Err(error) => failed(error),
    }
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

/// A Note for pacts as those get it with whom we have these: a proposal that was published, what
/// came of one, or the gravestone of either.
fn find(
    app: &App,
    conn: &mut Conn,
    (id, number): (ProposalId, Option<i32>),
    theirs: &[Pact],
) -> Result<(StatusCode, Value), Error> {
    let proposal = about(conn, id)?;
    let shared = theirs.iter().filter(|pact| pact.shares.include(proposal.purpose));
    let availability = shared.map(|pact| pact.shares.availability).max();
    let Some(availability) = availability.filter(|_| proposal.content.audience == Audience::Pacts)
    else {
        return Err(Error::NotFound);
    };
    let urls = app.collective.urls();
    let current = if proposal.id == id { proposal.note.number } else { 0 };
    let number = number.unwrap_or(current);
    let (url, owner) = (urls.numbered_note(id, number), urls.actor());
    if let Some(deleted) = activities::find_tombstone(conn, url.as_str(), owner.as_str())? {
        return Ok((StatusCode::GONE, objects::proposal::tombstone(&url, deleted)));
    }
    let is_said = number == current && !proposal.note.is_unsaid;
    if !proposal.is_told() || !is_said || quiet_mode::is_quiet(conn)? {
        return Err(Error::NotFound);
    }
    if proposal.id == id {
        return Ok((StatusCode::OK, outbox::pacts::note_for(app, &proposal, availability)));
    }
    if app.config.federation.without_thanks {
        return Err(Error::NotFound);
    }
    let fulfilment = fulfilments::find(conn, Id::from_number(id.number()))?;
    let (_, note) = outbox::fulfilment_note(app, conn, &fulfilment, availability)?;
    Ok((StatusCode::OK, note))
}

/// The proposal that a Note with this id is, or that it is about.
pub fn about(conn: &mut Conn, id: ProposalId) -> Result<Proposal, Error> {
    match fulfilments::find(conn, Id::from_number(id.number())) {
        Ok(fulfilment) => proposals::find(conn, fulfilment.proposal),
        Err(Error::NotFound) => proposals::find(conn, id),
        Err(other) => Err(other),
    }
}

/// An answer that nobody on the way may keep.
fn restricted(status: StatusCode, document: Value) -> Response {
    let mut answer = with_type(CONTENT_TYPE, (status, axum::Json(document)).into_response());
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}
