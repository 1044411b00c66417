//! The addresses that machines ask: one table.

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::db::{Conn, activities, fulfilments, proposals, quiet_mode};
use crate::domain::audience::Audience;
use crate::domain::id::{DecisionId, FulfilmentId, Id, ProposalId};
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::federation::accept::{Refused, accept};
use crate::federation::documents;
use crate::federation::signature::SignedHead;
use crate::federation::vocab::{CONTENT_TYPE as ACTIVITY_JSON, INSTANCE_CONTEXT};
use crate::federation::{
    collections, duties, gate, loopback, nodeinfo, objects, opinions, outbox, restricted, webfinger,
};
use crate::listener::Origin;
use crate::urls::parse_numbered;

/// Every address of the ActivityPub side.
pub fn router(app: &App) -> Router<App> {
    Router::new()
        // Who is here.
        .route("/.well-known/webfinger", get(show_webfinger))
        .route("/.well-known/host-meta", get(show_host_meta))
        .route("/.well-known/nodeinfo", get(show_nodeinfo_links))
        .route("/nodeinfo/{version}", get(show_nodeinfo))
        // Actors and their collections.
        .route("/c/{handle}", get(show_collective))
        .route("/c/{handle}/outbox", get(show_outbox))
        .route("/c/{handle}/followers", get(show_followers))
        .route("/c/{handle}/following", get(show_following))
        .route("/c/{handle}/featured", get(show_featured))
        .route("/actor", get(show_instance))
        .route("/actor/outbox", get(show_instance_outbox))
        // Objects and activities.
        .route("/n/{id}", get(show_note))
        .route("/a/{id}", get(restricted::show_agreement))
        .route("/o/{id}", get(restricted::show_offer))
        .route("/p/{id}", get(restricted::show_pact))
        .route("/q/{id}", get(show_question))
        .route("/q/{id}/create", get(show_question_create))
        .route("/n/{id}/replies", get(show_replies))
        .route("/n/{id}/create", get(show_create))
        .route("/n/{id}/updates/{revision}", get(show_update))
        .route("/t/{id}", get(duties::show_turn))
        .route("/t/{id}/create", get(duties::show_create))
        .route("/t/{id}/updates/{revision}", get(duties::show_update))
        .route("/b/{id}", get(duties::show_runbook))
        // Inboxes: the same door behind each.
        .route("/inbox", post(receive))
        .route("/actor/inbox", post(receive))
        .route("/c/{handle}/inbox", post(receive_for))
        .layer(axum::middleware::from_fn_with_state(app.clone(), hide))
        .layer(axum::middleware::from_fn_with_state(app.clone(), gate::check))
        // Whomever we speak with: the doctor asks whether our address leads here.
        .route("/.well-known/mutuals-doctor/{nonce}", get(loopback::show).post(loopback::take))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit))
}

/// Few requests of one address, so that nobody keeps others out.
async fn limit(State(app): State<App>, request: Request, next: axum::middleware::Next) -> Response {
    let origin = request.extensions().get::<Origin>();
    match origin {
        Some(origin) if !app.visits.allows(*origin) => {
            too_many("too many requests: try again later")
        }
        _ => next.run(request).await,
    }
}

/// While it is quiet, nobody reads what we say or how many we are. Our actor stays: whoever checks a
/// signature of ours needs its keys; and each Note says itself that it is gone.
async fn hide(State(app): State<App>, request: Request, next: axum::middleware::Next) -> Response {
    let path = request.uri().path();
    let mut parts = path.split('/').skip(1);
    let is_hidden = match (parts.next(), parts.nth(1)) {
        (Some("c"), Some(part)) => part != "inbox",
        (Some("q" | "b"), _) => true,
        _ => false,
    };
    match is_hidden && app.quiet().quiet.is_quiet() {
        true => missing(),
        false => next.run(request).await,
    }
}

fn too_many(reason: &str) -> Response {
    let answer = (StatusCode::TOO_MANY_REQUESTS, axum::Json(json!({"error": reason})));
    let mut answer = answer.into_response();
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("300"));
    answer
}

/// Whether an `Accept` header asks for ActivityPub (ActivityPub, 3.2; peers name either type).
pub fn wants_activity_json(headers: &HeaderMap) -> bool {
    let accept =
        headers.get_all(http::header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept.flat_map(|value| value.split(',')).any(|part| {
        let kind = part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(kind.as_str(), "application/activity+json" | "application/ld+json")
    })
}

async fn receive_for(app: State<App>, Path(handle): Path<String>, request: Request) -> Response {
    if handle != app.collective.handle {
        return missing();
    }
    receive(app, request).await
}

async fn receive(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let head = SignedHead { method: &parts.method, path, headers: &parts.headers };
    let accepted = accept(&app, &head, body).await;
    count(&accepted);
    match accepted {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(Refused { status, reason, knocks, .. }) => {
            if let Some(key) = knocks {
                gate::note_knock(&app, &key, parts.extensions.get::<Origin>().copied()).await;
            }
            tracing::debug!(status = status.as_u16(), reason, "an inbox refused a request");
            let mut answer = (status, axum::Json(json!({"error": reason}))).into_response();
            let wait = match status {
                StatusCode::SERVICE_UNAVAILABLE => Some("60"),
                StatusCode::TOO_MANY_REQUESTS => Some("300"),
                _ => None,
            };
            if let Some(wait) = wait {
                answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(wait));
            }
            answer
        }
    }
}

/// Counts a request to an inbox by what became of it.
fn count(accepted: &Result<(), Refused>) {
    let result = match accepted.as_ref().map_err(|refused| refused.status.as_u16()) {
        Ok(()) => "accepted",
        Err(401) => "unproven",
        Err(403) => "unheard",
        Err(429) => "too_many",
        Err(500..) => "later",
        Err(_) => "unfit",
    };
    metrics::counter!("inbox_requests_total", "result" => result).increment(1);
    if let Err(Refused { unproven: Some(reason), .. }) = accepted {
        metrics::counter!("signature_failures_total", "reason" => *reason).increment(1);
    }
}

#[derive(Deserialize)]
struct WebfingerQuery {
    resource: Option<String>,
}

async fn show_webfinger(
    State(app): State<App>,
    query: Result<Query<WebfingerQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Some(resource) = query.ok().and_then(|Query(query)| query.resource) else {
        let reason = json!({"error": "say whom you look for: ?resource=acct:NAME@HOST"});
        return (StatusCode::BAD_REQUEST, axum::Json(reason)).into_response();
    };
    match webfinger::answer(&app, &resource) {
        Some(answer) => with_type("application/jrd+json", axum::Json(answer).into_response()),
        None => missing(),
    }
}

async fn show_host_meta(State(app): State<App>) -> Response {
    with_type("application/xrd+xml", webfinger::host_meta(&app).into_response())
}

async fn show_nodeinfo_links(State(app): State<App>) -> Response {
    with_type("application/json", axum::Json(nodeinfo::links(&app)).into_response())
}

async fn show_nodeinfo(State(app): State<App>, Path(version): Path<String>) -> Response {
    if !matches!(version.as_str(), "2.0" | "2.1") {
        return missing();
    }
    let kind = nodeinfo::content_type(&version);
    let document = read(&app, move |app, conn| nodeinfo::document(app, conn, &version)).await;
    match document {
        Ok(document) => with_type(&kind, axum::Json(document).into_response()),
        Err(error) => failed(error),
    }
}

async fn show_collective(
    State(app): State<App>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Response {
    if handle != app.collective.handle {
        return missing();
    }
    if !wants_activity_json(&headers) {
        return Redirect::to(app.collective.urls().profile().as_str()).into_response();
    }
    documents::answer(&app, "collective", &headers, objects::actor::collective)
}

async fn show_instance(State(app): State<App>, headers: HeaderMap) -> Response {
    documents::answer(&app, "instance", &headers, objects::actor::instance)
}

async fn show_instance_outbox(State(app): State<App>) -> Response {
    let mut outbox = collections::empty(&app.collective.urls().join("actor/outbox"));
    if let Value::Object(outbox) = &mut outbox {
        outbox.insert("@context".into(), INSTANCE_CONTEXT.clone());
    }
    document(Ok(outbox))
}

#[derive(Deserialize)]
struct PageQuery {
    page: Option<String>,
    before: Option<String>,
}

async fn show_outbox(
    State(app): State<App>,
    Path(handle): Path<String>,
    Query(query): Query<PageQuery>,
) -> Response {
    let before = match query.before.map(|id| id.parse::<ProposalId>()).transpose() {
        Ok(before) if handle == app.collective.handle => before,
        _ => return missing(),
    };
    let outbox = read(&app, move |app, conn| match query.page {
        Some(_) => collections::outbox_page(app, conn, before),
        None => collections::outbox(app, conn),
    });
    document(outbox.await)
}

async fn show_followers(app: State<App>, path: Path<String>, query: Query<PageQuery>) -> Response {
    show_hidden(app, path, query, "followers", collections::followers).await
}

async fn show_following(app: State<App>, path: Path<String>, query: Query<PageQuery>) -> Response {
    show_hidden(app, path, query, "following", collections::following).await
}

async fn show_hidden(
    State(app): State<App>,
    Path(handle): Path<String>,
    Query(query): Query<PageQuery>,
    name: &'static str,
    collection: fn(&App, &mut Conn) -> Result<Value, Error>,
) -> Response {
    if handle != app.collective.handle {
        return missing();
    }
    if query.page.is_some() {
        return document(Ok(collections::hidden_page(&app, name)));
    }
    document(read(&app, collection).await)
}

async fn show_featured(State(app): State<App>, Path(handle): Path<String>) -> Response {
    if handle != app.collective.handle {
        return missing();
    }
    document(read(&app, collections::featured).await)
}

/// A Note for machines; people are sent to its page.
async fn show_note(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let Some(id) = parse_numbered::<Proposal>(&id) else { return missing() };
    if !wants_activity_json(&request.headers) {
        return Redirect::to(app.collective.urls().page(id.0).as_str()).into_response();
    }
    match read(&app, move |app, conn| note(app, conn, id)).await {
        Err(Error::NotFound) => restricted::show_note(&app, &request, id).await,
        found => note_response(found),
    }
}

async fn show_create(State(app): State<App>, Path(id): Path<String>) -> Response {
    let Some(id) = parse_numbered::<Proposal>(&id) else { return missing() };
    let found = read(&app, move |app, conn| {
        Ok(match note(app, conn, id)? {
            Found::Here(note) => Found::Here(outbox::create(app, without_context(note))),
            gone => gone,
        })
    });
    note_response(found.await)
}

async fn show_update(
    State(app): State<App>,
    Path((id, revision)): Path<(String, u32)>,
) -> Response {
    let Some(id) = parse_numbered::<Proposal>(&id) else { return missing() };
    let found = read(&app, move |app, conn| match note(app, conn, id)? {
        Found::Here(_) => {
            let url = app.collective.urls().numbered_note(id.0, id.1.unwrap_or_default());
            let url = format!("{url}/updates/{revision}");
            let sent = activities::find_sent(conn, &url)?.ok_or(Error::NotFound)?;
            let body = serde_json::from_str(&sent.body).map_err(anyhow::Error::from)?;
            Ok(Found::Here(body))
        }
        gone => Ok(gone),
    });
    note_response(found.await)
}

async fn show_replies(State(app): State<App>, Path(id): Path<String>) -> Response {
    let Some(id) = parse_numbered::<Proposal>(&id) else { return missing() };
    let found = read(&app, move |app, conn| {
        Ok(match note(app, conn, id)? {
            Found::Here(_) => {
                let url = app.collective.urls().numbered_note(id.0, id.1.unwrap_or_default());
                Found::Here(collections::replies(&url))
            }
            gone => gone,
        })
    });
    note_response(found.await)
}

/// What followers are asked, for machines; people are sent to the page of the decision.
async fn show_question(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<DecisionId>() else { return missing() };
    if !wants_activity_json(&headers) {
        return Redirect::to(app.collective.urls().decision(id).as_str()).into_response();
    }
    document(read(&app, move |app, conn| opinions::document(app, conn, id)).await)
}

async fn show_question_create(State(app): State<App>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<DecisionId>() else { return missing() };
    let create = read(&app, move |app, conn| {
        // What cannot be read any more was never asked.
        opinions::document(app, conn, id)?;
        opinions::ask(app, conn, id)
    });
    document(create.await)
}

enum Found {
    Here(Value),
    Gone(Value),
}

/// The public Note with an id: a proposal, a fulfilment, or the gravestone of one. What is not
/// public is not found, exactly like what never was.
fn note(
    app: &App,
    conn: &mut Conn,
    (id, number): (ProposalId, Option<i32>),
) -> Result<Found, Error> {
    let urls = app.collective.urls();
    let current = match proposals::find(conn, id) {
        Ok(proposal) => proposal.note.number,
        Err(Error::NotFound) => 0,
        Err(other) => return Err(other),
    };
    let number = number.unwrap_or(current);
    let (url, owner) = (urls.numbered_note(id, number), urls.actor());
    if let Some(deleted) = activities::find_tombstone(conn, url.as_str(), owner.as_str())? {
        // What was for pacts is not known to have been to anybody else.
        if restricted::about(conn, id).is_ok_and(|gone| gone.content.audience == Audience::Pacts) {
            return Err(Error::NotFound);
        }
        return Ok(Found::Gone(with_context(objects::proposal::tombstone(&url, deleted))));
    }
    if number != current || quiet_mode::is_quiet(conn)? {
        return Err(Error::NotFound);
    }
    let fulfilment: FulfilmentId = Id::from_number(id.number());
    let proposal = match fulfilments::find(conn, fulfilment) {
        Ok(_) if app.config.federation.without_thanks => return Err(Error::NotFound),
        Ok(fulfilment) => {
            let (proposal, note) = outbox::fulfilment_note(app, conn, &fulfilment, true)?;
            return public(&proposal, note);
        }
        Err(Error::NotFound) => proposals::find(conn, id)?,
        Err(other) => return Err(other),
    };
    public(&proposal, objects::proposal::note(app, &proposal))
}

fn public(proposal: &Proposal, note: Value) -> Result<Found, Error> {
    match proposal.is_public() && !proposal.note.is_unsaid {
        true => Ok(Found::Here(with_context(note))),
        false => Err(Error::NotFound),
    }
}

pub(in crate::federation) fn with_context(note: Value) -> Value {
    let mut document = json!({"@context": *crate::federation::vocab::CONTEXT});
    if let (Value::Object(document), Value::Object(note)) = (&mut document, note) {
        document.extend(note);
    }
    document
}

fn without_context(mut note: Value) -> Value {
    if let Value::Object(note) = &mut note {
        note.shift_remove("@context");
    }
    note
}

fn note_response(found: Result<Found, Error>) -> Response {
    match found {
        Ok(Found::Here(note)) => document(Ok(note)),
        Ok(Found::Gone(tombstone)) => {
            let mut answer = document(Ok(tombstone));
            *answer.status_mut() = StatusCode::GONE;
            answer
        }
        Err(error) => failed(error),
    }
}

fn document(document: Result<Value, Error>) -> Response {
    match document {
        Ok(document) => with_type(ACTIVITY_JSON, axum::Json(document).into_response()),
        Err(error) => failed(error),
    }
}

pub(in crate::federation) fn with_type(kind: &str, mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.insert(VARY, HeaderValue::from_static("Accept, Signature"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer
}

pub(in crate::federation) fn missing() -> Response {
    (StatusCode::NOT_FOUND, axum::Json(json!({"error": "not found"}))).into_response()
}

pub(in crate::federation) fn failed(error: Error) -> Response {
    match error {
        Error::NotFound | Error::Forbidden => missing(),
        error => {
            tracing::error!(error = %error, "a document could not be served");
            let reason = json!({"error": "this server has a problem: try again later"});
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(reason)).into_response()
        }
    }
}

async fn read<T, F>(app: &App, body: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce(&App, &mut Conn) -> Result<T, Error> + Send + 'static,
{
    let inner = app.clone();
    app.db.read(move |conn| body(&inner, conn)).await
}
