//! What machines may read of duties: the Note of a turn at which somebody is missing, and how a
//! duty is done; and how other collectives do theirs.

use std::future::Future;
use std::pin::Pin;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

use crate::actions::runbook::Found;
use crate::app::App;
use crate::db::{Conn, activities, duties, quiet_mode, runbooks};
use crate::domain::id::{DutyId, TurnId};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::federation::activities::create::is_owned_by;
use crate::federation::fetch::{self, FetchError, within_budget};
use crate::federation::objects::runbook::{MARKDOWN, article};
use crate::federation::routes::{failed, missing, wants_activity_json, with_context, with_type};
use crate::federation::vocab::CONTENT_TYPE;
use crate::federation::{json, objects, outbox, resolve};
use crate::text;
use crate::urls::parse_numbered;

/// The runbook itself, and whose it is.
const REQUESTS: u32 = 8;

/// `GET /t/{id}`
pub async fn show_turn(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(id) = parse_numbered(&id) else { return missing() };
    if !wants_activity_json(&headers) {
        return Redirect::to(&format!("/turns/{}", id.0)).into_response();
    }
    answer(&app, move |app, conn| turn_note(app, conn, id)).await
}

/// `GET /t/{id}/create`
pub async fn show_create(State(app): State<App>, Path(id): Path<String>) -> Response {
    let Some(id) = parse_numbered(&id) else { return missing() };
    let create = move |app: &App, conn: &mut Conn| {
        let (status, mut note) = turn_note(app, conn, id)?;
        if let Value::Object(note) = &mut note {
            note.shift_remove("@context");
        }
        Ok(match status {
            StatusCode::OK => (status, outbox::create(app, note)),
            gone => (gone, with_context(note)),
        })
    };
    answer(&app, create).await
}

/// `GET /t/{id}/updates/{revision}`: what was said then, as long as it is kept.
pub async fn show_update(
    State(app): State<App>,
    Path((id, revision)): Path<(String, u32)>,
) -> Response {
    let Some(id) = parse_numbered(&id) else { return missing() };
    let update = move |app: &App, conn: &mut Conn| {
        let (status, note) = turn_note(app, conn, id)?;
        if status != StatusCode::OK {
            return Ok((status, note));
        }
        let url = app.collective.urls().numbered_turn(id.0, id.1.unwrap_or_default());
        let url = format!("{url}/updates/{revision}");
        let sent = activities::find_sent(conn, &url)?.ok_or(Error::NotFound)?;
        Ok((StatusCode::OK, serde_json::from_str(&sent.body).map_err(anyhow::Error::from)?))
    };
    answer(&app, update).await
}

/// `GET /b/{id}`
pub async fn show_runbook(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<DutyId>() else { return missing() };
    if !wants_activity_json(&headers) {
        return Redirect::to(&format!("/duties/{id}/runbook")).into_response();
    }
    answer(&app, move |app, conn| {
        let duty = duties::find(conn, id)?;
        let versions = runbooks::list(conn, id)?;
        let (Some(newest), Some(first)) = (versions.first(), versions.last()) else {
            return Err(Error::NotFound);
        };
        if !duty.is_public() {
            return Err(Error::NotFound);
        }
        let origin = runbooks::find_origin(conn, id)?;
        Ok((StatusCode::OK, article(app, &duty, (first, newest), origin.as_ref())))
    })
    .await
}

/// Reads a runbook of another collective, for a page on which somebody waits.
pub fn find_for_pages(
    app: App,
    typed: String,
) -> Pin<Box<dyn Future<Output = Result<Found, Error>> + Send>> {
    Box::pin(async move {
        let url = json::parse_url(typed.trim()).ok_or(Refusal::RunbookUnfit)?;
        if app.collective.urls().is_ours(&url) {
            return Err(Refusal::OurOwnAddress.into());
        }
        if app.client.check_address(&url).is_err() {
            return Err(Refusal::AddressNotPublic.into());
        }
        within_budget(REQUESTS, find(&app, &url)).await.map_err(|error| {
            tracing::debug!(%error, "a runbook of somebody else could not be read");
            Refusal::RunbookUnfit.into()
        })
    })
}

/// Reads a runbook at its address, or at that of its page.
pub async fn find(app: &App, url: &Url) -> Result<Found, FetchError> {
    let unfit = |why: &str| FetchError::Unfit(why.to_owned());
    let article = fetch::object(app, url).await?;
    if json::kind(&article) != "Article" {
        return Err(unfit("it is no Article"));
    }
    let owner = json::url(&article, "attributedTo").ok_or_else(|| unfit("nobody owns it"))?;
    let actor = resolve::known_or_fetched(app, &owner).await?;
    if !is_owned_by(&article, &actor) {
        return Err(unfit("it is not its owner's"));
    }
    let url = json::url(&article, "id").ok_or_else(|| unfit("it has no id"))?;
    Ok(Found { url, name: actor.name, text: text_of(&article) })
}

/// Its Markdown, or else what people read of it.
fn text_of(article: &Value) -> String {
    let source = json::object(article, "source");
    let written = source.filter(|source| json::text(source, "mediaType") == Some(MARKDOWN));
    match written.and_then(|source| json::text(source, "content")) {
        Some(markdown) => markdown.to_owned(),
        // Of what is not text, as a script, nothing is to be left.
        None => text::plain(&text::sanitise(json::text(article, "content").unwrap_or_default())),
    }
}

fn turn_note(
    app: &App,
    conn: &mut Conn,
    (id, number): (TurnId, Option<i32>),
) -> Result<(StatusCode, Value), Error> {
    let (note, told) = outbox::turns::read(app, conn, id)?;
    let urls = app.collective.urls();
    let url = urls.numbered_turn(id, number.unwrap_or(told.number));
    if let Some(at) = activities::find_tombstone(conn, url.as_str(), urls.actor().as_str())? {
        let tombstone = objects::proposal::tombstone(&url, at);
        return Ok((StatusCode::GONE, with_context(tombstone)));
    }
    match url == urls.turn_note(&told) && !quiet_mode::is_quiet(conn)? {
        true => Ok((StatusCode::OK, with_context(note))),
        false => Err(Error::NotFound),
    }
}

async fn answer<F>(app: &App, body: F) -> Response
where
    F: FnOnce(&App, &mut Conn) -> Result<(StatusCode, Value), Error> + Send + 'static,
{
    let shared = app.clone();
    match app.db.read(move |conn| body(&shared, conn)).await {
        Ok((status, document)) => {
            with_type(CONTENT_TYPE, (status, axum::Json(document)).into_response())
        }
        Err(error) => failed(error),
    }
}
