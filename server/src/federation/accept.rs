//! The door: what an inbox does before it answers. Verify, store, 202; the work comes later.
//!
//! Cheapest checks first. The body is not read before the headers were found right: a stranger
//! whose request can never be taken costs us no memory and no waiting. No database and no network
//! before the digest fits.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body_util::LengthLimitError;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::actions::catch_up::note_heard;
use crate::actions::meet_domain::{is_new, meet};
use crate::app::{App, KnownActor};
use crate::db::journal::{NewEntry, NotStored};
use crate::domain::collective::domain_of;
use crate::federation::fetch::{self, FetchError};
use crate::federation::gate::{NOT_LISTED, OFF};
use crate::federation::signature::{Claim, Distrust, SignedHead, read_head};
use crate::federation::{json, resolve};

/// How long a body may take.
const SLOWEST_BODY: Duration = Duration::from_secs(30);
/// How long the server of an unknown actor may take to show its key.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// Why an inbox refuses. The reason goes to the peer, whose admin may need it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status of the answer.
    pub status: StatusCode,
    /// One sentence.
    pub reason: String,
    /// The key with which somebody signed who is refused only because they are not on our list.
    pub knocks: Option<Box<Url>>,
    /// What is wrong with the signature, if that is why: a word for counting.
    pub unproven: Option<&'static str>,
}

/// Takes an activity in, or says why not. After `Ok` it is stored and will be processed.
pub async fn accept(app: &App, head: &SignedHead<'_>, body: Body) -> Result<(), Refused> {
    let claim = check_head(app, head)?;
    let body = read_body(body, app.config.limits.body).await?;
    claim
        .check_body(&body)
        .map_err(|why| Refused { unproven: Some("digest"), ..Refused::from(why) })?;
    let activity = json::parse(&body).map_err(|error| refused(400, error.to_string()))?;
    let actor = check_origin(app, &activity, &claim)?;
    let known = resolve::known(app, &actor).await?;
    if known.is_none() && is_farewell(&activity) {
        // The key of a deleted account is gone, and we never knew it: nothing to do.
        return Ok(());
    }
    check_key(app, &actor, known, &claim).await?;
    if app.blocks().covers_actor(&actor) {
        // A single actor that is blocked is not told so.
        return Ok(());
    }
    if !app.deliveries.allows(domain_of(&actor)) || !is_patient(app, &actor).await? {
        return Err(refused(429, "too much from this server: try again later"));
    }
    store(app, &actor, &body).await
}

/// Whether a server whose domain is new to us has not sent too much. The sender of a 429 tries again:
/// nothing is lost.
async fn is_patient(app: &App, actor: &Url) -> Result<bool, Refused> {
    let met = async {
        meet(app, actor).await?;
        is_new(app, actor).await
    };
    let is_new = met.await.map_err(|error| {
        tracing::warn!(error = %error, "it cannot be said whether a domain is new");
        refused(503, "this server cannot store anything right now: try again later")
    })?;
    let domain = app.client.registered_domain(actor).filter(|_| is_new);
    Ok(domain.is_none_or(|domain| app.first_deliveries.allows(domain)))
}

/// Everything that can be known before the body is there.
fn check_head(app: &App, head: &SignedHead<'_>) -> Result<Claim, Refused> {
    let gate = app.gate();
    if gate.is_off() {
        return Err(refused(403, OFF));
    }
    check_content_type(head.headers)?;
    check_length(head.headers, app.config.limits.body)?;
    let claim = read_head(head, &app.collective.base, app.now())?;
    if app.blocks().covers_url(&claim.key_id) {
        return Err(refused(403, "this server does not hear yours"));
    }
    if !gate.lets_through_url(&claim.key_id) {
        let knocks = Some(Box::new(claim.key_id));
        return Err(Refused { knocks, ..refused(403, NOT_LISTED) });
    }
    Ok(claim)
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Refused> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if fetch::is_activity_json(value) {
        Ok(())
    } else {
        Err(refused(415, "the content type must be application/activity+json"))
    }
}

/// A length that is announced; a body without one is measured while it is read.
fn check_length(headers: &HeaderMap, most: usize) -> Result<(), Refused> {
    let claimed = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match claimed.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > most => Err(too_large(most)),
        _ => Ok(()),
    }
}

async fn read_body(body: Body, most: usize) -> Result<Bytes, Refused> {
    match timeout(SLOWEST_BODY, to_bytes(body, most)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) => {
            let cause = std::error::Error::source(&error);
            match cause.is_some_and(|cause| cause.is::<LengthLimitError>()) {
                true => Err(too_large(most)),
                false => Err(refused(400, "the body is broken")),
            }
        }
        Err(_) => Err(refused(408, "the body came too slowly")),
    }
}

fn too_large(most: usize) -> Refused {
    refused(413, format!("the body is larger than {most} bytes"))
}

/// Id, actor and key must share an origin, and it must not be ours (FEP-fe34).
fn check_origin(app: &App, activity: &Value, claim: &Claim) -> Result<Url, Refused> {
    if !activity.is_object() {
        return Err(refused(400, "an activity is an object"));
    }
    let id = json::url(activity, "id").ok_or_else(|| refused(400, "the activity has no id"))?;
    let actor =
        json::url(activity, "actor").ok_or_else(|| refused(400, "the activity has no actor"))?;
    if id.origin() != actor.origin() {
        return Err(refused(400, "the activity's id is not on its actor's server"));
    }
    if app.collective.urls().is_ours(&actor) {
        return Err(refused(403, "nobody outside speaks for this server"));
    }
    if app.blocks().covers_url(&actor) {
        return Err(refused(403, "this server does not hear yours"));
    }
    // The actor's origin is the key's, and the key's host was let through.
    if claim.key_id.origin() != actor.origin() {
        return Err(wrong_key("the key is not on the actor's server"));
    }
    Ok(actor)
}

/// Checks the signature with the key that the actor's own document lists. A signature that fails
/// may mean that the key was changed: then the document is read anew, once in five minutes.
async fn check_key(
    app: &App,
    url: &Url,
    known: Option<Arc<KnownActor>>,
    claim: &Claim,
) -> Result<(), Refused> {
    if known.is_some_and(|known| is_signed_by(&known, claim)) {
        return Ok(());
    }
    match app.failed_keys.get(url) {
        Some(true) => return Err(wrong_key("the signature does not fit the actor's key")),
        // It is being looked at, or could not be: that is not the sender's fault.
        Some(false) => return Err(refused(503, "the actor is being looked at: try again later")),
        None => {}
    }
    let Some(_place) = app.door.enter(app.client.registered_domain(url)) else {
        return Err(refused(503, "too many strangers at once: try again later"));
    };
    // Remembered before the attempt, so that a server which answers slowly is asked once.
    app.failed_keys.insert(url.clone(), false);
    let fresh = timeout(LONGEST_LOOK, resolve::fetched(app, url)).await;
    let fresh = fresh.map_err(|_| refused(503, "the actor's server answers too slowly"))??;
    // Whoever the address leads to: only the actor itself is believed.
    if fresh.url != *url {
        return Err(wrong_key("the activity's actor is not at its own address"));
    }
    // Its document is its own, whoever signed this: an honest sender must not be kept out because
    // somebody forged its name a moment ago.
    let fresh = resolve::store(app, fresh).await?;
    if !is_signed_by(&fresh.into(), claim) {
        app.failed_keys.insert(url.clone(), true);
        return Err(wrong_key("the signature does not fit the actor's key"));
    }
    app.failed_keys.invalidate(url);
    Ok(())
}

fn is_signed_by(known: &KnownActor, claim: &Claim) -> bool {
    let mut named = known.keys.iter().filter(|(id, _)| id == claim.key_id.as_str());
    named.any(|(_, key)| claim.was_made_by(key))
}

/// Whether this only says that something is gone or changed which we may never have known.
fn is_farewell(activity: &Value) -> bool {
    matches!(json::kind(activity), "Delete" | "Update")
}

async fn store(app: &App, actor: &Url, body: &[u8]) -> Result<(), Refused> {
    let host = domain_of(actor);
    if !app.woken_hosts.contains_key(&host) {
        app.woken_hosts.insert(host.clone(), ());
        let shared = app.clone();
        let waking = app.db.write(move |conn| note_heard(&shared, conn, &host)).await;
        waking.unwrap_or_else(|error| tracing::warn!(error = %error, "a host cannot be woken"));
    }
    // Byte for byte what was signed: what is read later must be what was checked now.
    let body = std::str::from_utf8(body).map_err(|_| refused(400, "the body is not text"))?;
    let id = app.clock.new_id::<()>().number();
    let entry = NewEntry::new(id, actor.to_string(), body.to_owned(), app.now());
    app.journal.store(entry).await.map_err(|why| {
        let reason = match why {
            NotStored::Full => "too much waits to be looked at: try again later",
            NotStored::Failed => "this server cannot store anything right now: try again later",
        };
        refused(503, reason)
    })?;
    app.came_in.notify_waiters();
    Ok(())
}

impl From<Distrust> for Refused {
    fn from(distrust: Distrust) -> Self {
        let (refused, what) = match distrust {
            Distrust::Malformed(reason) => (refused(400, reason), "malformed"),
            Distrust::Unproven(reason) => (refused(401, reason), "unproven"),
        };
        Self { unproven: Some(what), ..refused }
    }
}

impl From<FetchError> for Refused {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Gone(_) | FetchError::Unfit(_) => {
                let refused = refused(401, format!("the actor cannot be read: {error}"));
                Self { unproven: Some("no_key"), ..refused }
            }
            FetchError::Unreachable(_) => {
                refused(503, "the actor cannot be read right now: try again later")
            }
        }
    }
}

fn refused(status: u16, reason: impl Into<String>) -> Refused {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Refused { status, reason: reason.into(), knocks: None, unproven: None }
}

fn wrong_key(reason: &str) -> Refused {
    Refused { unproven: Some("wrong_key"), ..refused(401, reason) }
}
