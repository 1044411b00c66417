//! How requests arrive here: what the doctor asks through our own public address.
//!
//! `/.well-known/mutuals-doctor/{nonce}` is there only for the doctor of this instance, who wrote the
//! nonce down less than a minute ago (the command and the server are two processes, so it is a row).
//! A GET says that the address leads to us. A POST, signed as we sign what we send, says what became
//! of it on its way: the host, the bytes, the headers of proxies, and whether the signature still
//! fits. Nobody else learns any of it.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, HOST};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::App;
use crate::db::doctor;
use crate::federation::routes::missing;
use crate::federation::signature::{SignedRequest, read};
use crate::keys::{self, VerifyingKey};
use crate::listener::{Origin, Peer};

/// How long a nonce is answered.
const LASTS: SignedDuration = SignedDuration::from_secs(60);
/// How long a nonce is, in characters: as [`keys::secret`] makes them.
const NONCE_LENGTH: usize = 43;
/// No request of the doctor is larger, in bytes.
const LARGEST: usize = 64 * 1024;

/// What proxies add. Any of it shows that something stands between.
const OF_PROXIES: [&str; 6] =
    ["via", "forwarded", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "x-forwarded-port"];

/// Where the doctor asks.
pub fn path(nonce: &str) -> String {
    format!(".well-known/mutuals-doctor/{nonce}")
}

/// `GET /.well-known/mutuals-doctor/{nonce}`
pub async fn show(State(app): State<App>, Path(nonce): Path<String>) -> Response {
    match find(&app, &nonce).await {
        Some(known) => answer(&json!({"doctor": known})),
        None => missing(),
    }
}

/// `POST /.well-known/mutuals-doctor/{nonce}`
pub async fn take(State(app): State<App>, Path(nonce): Path<String>, request: Request) -> Response {
    let Some(known) = find(&app, &nonce).await else { return missing() };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let headers = &parts.headers;
    let request = SignedRequest { method: &parts.method, path, headers, body: &body };
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
    let origin = parts.extensions.get::<Origin>().map(|origin| origin.0.to_string());
    let trusted = &app.config.limits.trusted_proxies;
    let is_trusted = peer.is_some_and(|peer| trusted.iter().any(|net| net.contains(&peer)));
    let of_proxies = OF_PROXIES.iter().filter(|name| headers.contains_key(**name));
    answer(&json!({
        "doctor": known,
        "host": text(headers, HOST.as_str()),
        "length": body.len(),
        "digest": keys::content_hash(&body),
        "encoding": text(headers, CONTENT_ENCODING.as_str()),
        "signature": judge(&app, &request),
        "peer": peer.map(|peer| peer.to_string()),
        "is_trusted": is_trusted,
        "origin": origin,
        "forwarded_for": text(headers, "x-forwarded-for"),
        "of_proxies": of_proxies.collect::<Vec<_>>()
    }))
}

/// The hash of a nonce that the doctor made a moment ago.
async fn find(app: &App, nonce: &str) -> Option<String> {
    if nonce.len() != NONCE_LENGTH {
        return None;
    }
    let (hash, since) = (keys::secret_hash(nonce), app.now().saturating_sub(LASTS).ok()?);
    let wanted = hash.clone();
    let known = app.db.read(move |conn| doctor::knows_nonce(conn, &wanted, since)).await;
    known.is_ok_and(|known| known).then_some(hash)
}

/// What is wrong with the signature; nothing if it is ours and fits.
fn judge(app: &App, request: &SignedRequest<'_>) -> Option<String> {
    let claim = match read(request, &app.collective.base, app.now()) {
        Ok(claim) => claim,
        Err(distrust) => return Some(distrust.to_string()),
    };
    let keys = app.keys();
    let pem = keys.instance.current.signing.rsa_public_pem().ok();
    let key = pem.and_then(|pem| VerifyingKey::read(&pem));
    match key.is_some_and(|key| claim.was_made_by(&key)) {
        true => None,
        false => Some("the signature does not fit our key".to_owned()),
    }
}

/// Every value of a header, as one text.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<String> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn answer(what: &Value) -> Response {
    let mut answer = axum::Json(what).into_response();
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
