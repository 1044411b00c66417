//! Who may read what machines read, while we speak with some or with nobody. Pages for people stay
//! readable whatever the mode.
//!
//! * `open`: everybody.
//! * `allowlist`: whoever signs with a key on a listed host; without a signature 401, others 403. Our
//!   instance actor stays readable, because nobody could check our signatures without its keys, and
//!   two servers that both ask for signatures would wait for each other (wire contract, 3.2).
//! * `off`: nobody.
//!
//! After a return from a backup machines are asked to come back later, whatever the mode, until a
//! steward confirmed it: what was made since is not here, and a 404 would say that it is gone. Where
//! our actors are, and the keys of the one that signs what we ask, stays readable.
//!
//! What comes in through an inbox is looked at in [`crate::federation::accept`], by the same gate.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;
use url::Url;

use crate::app::App;
use crate::db::{Conn, gate, notices};
use crate::domain::collective::domain_of;
use crate::domain::gate::Mode;
use crate::domain::notice::Kind;
use crate::federation::parties;
use crate::federation::routes::wants_activity_json;
use crate::federation::signature::{SignedRequest, read};
use crate::listener::Origin;

/// What anybody may read while there is a list: where our actors are, and the keys of the one that
/// signs what we ask.
const OPEN_TO_ALL: [&str; 3] = ["/.well-known/", "/nodeinfo/", "/actor"];

/// What a peer hears that is not on the list.
pub const NOT_LISTED: &str =
    "this server speaks only with servers on its list, and its stewards were told that you asked";
/// What everybody hears while federation is off.
pub const OFF: &str = "this server does not federate right now; its pages stay readable";
/// What machines hear that read here after a return from a backup.
pub const QUARANTINE: &str =
    "this server came back from a backup, and its stewards look at it first: try again later";
const UNSIGNED: &str = "this server shows this only to servers on its list: sign the request";

/// In how many seconds.
const COME_BACK: &str = "3600";

/// Why a request is turned away.
type Answer = (StatusCode, &'static str);

/// Lets a request through, or answers it.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    // What is sent to us is taken in: it would be lost otherwise.
    let is_read = parts.method != Method::POST && !is_open_to_all(path);
    let waits = is_read && app.is_in_quarantine();
    let turned_away = match app.gate().mode() {
        Mode::Open if !waits => None,
        _ if is_for_people(&parts.method, parts.uri.path(), &parts.headers) => None,
        Mode::Off => Some((StatusCode::FORBIDDEN, OFF)),
        _ if waits => Some((StatusCode::SERVICE_UNAVAILABLE, QUARANTINE)),
        Mode::Open => None,
        // The inbox looks itself.
        Mode::Allowlist if parts.method == Method::POST => None,
        Mode::Allowlist if is_open_to_all(parts.uri.path()) => None,
        Mode::Allowlist => {
            let origin = parts.extensions.get::<Origin>().copied();
            check_signer(&app, &parts, origin).await.err()
        }
    };
    let Some((status, reason)) = turned_away else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let mut answer = (status, axum::Json(json!({"error": reason}))).into_response();
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Signature"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static(COME_BACK));
    }
    answer
}

/// What a browser gets at the addresses of objects: the way to the page about each.
fn is_for_people(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let mut parts = path.split('/').skip(1);
    let leads_to_a_page = matches!(parts.next(), Some("c" | "n")) && parts.count() == 1;
    leads_to_a_page && method != Method::POST && !wants_activity_json(headers)
}

fn is_open_to_all(path: &str) -> bool {
    OPEN_TO_ALL.iter().any(|open| path == *open || open.ends_with('/') && path.starts_with(open))
}

/// Whether a document is asked for by somebody on the list, with a signature that fits. Only keys on
/// listed hosts are looked at.
async fn check_signer(
    app: &App,
    request: &http::request::Parts,
    origin: Option<Origin>,
) -> Result<(), Answer> {
    let unsigned = (StatusCode::UNAUTHORIZED, UNSIGNED);
    let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
    let signed =
        SignedRequest { method: &request.method, path, headers: &request.headers, body: &[] };
    let claim = read(&signed, &app.collective.base, app.now()).map_err(|_| unsigned)?;
    if app.blocks().covers_url(&claim.key_id) {
        return Err((StatusCode::FORBIDDEN, "this server does not hear yours"));
    }
    if !app.gate().lets_through_url(&claim.key_id) {
        note_knock(app, &claim.key_id, origin).await;
        return Err((StatusCode::FORBIDDEN, NOT_LISTED));
    }
    let mut owner = claim.key_id.clone();
    owner.set_fragment(None);
    match app.blocks().covers_actor(&owner) {
        false if parties::is_signed_by(app, &owner, &claim).await => Ok(()),
        _ => Err((
            StatusCode::UNAUTHORIZED,
            "the signature does not fit a key of the one who signed",
        )),
    }
}

/// Notes that somebody who is not on the list asked. Only what they say of themselves is known; one
/// address cannot fill the list with names.
pub async fn note_knock(app: &App, key: &Url, origin: Option<Origin>) {
    let host = domain_of(key);
    let is_noted = host.is_empty() || app.known_knocks.contains_key(&host);
    if is_noted || origin.is_some_and(|origin| !app.knocks.allows(origin)) {
        return;
    }
    app.known_knocks.insert(host.clone(), ());
    let mut who = key.clone();
    who.set_fragment(None);
    let (who, now) = (who.to_string(), app.now());
    let note = move |conn: &mut Conn| {
        if !gate::is_pending(conn, &host)? {
            notices::insert_for_stewards(conn, Kind::PendingPeer, "/steward/mode", now)?;
        }
        gate::note_pending(conn, &host, &who, now)
    };
    let noting = app.db.write(note).await;
    noting.unwrap_or_else(|error| tracing::warn!(error = %error, "a knock cannot be noted"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stay_readable_and_objects_do_not() {
        let machine = HeaderMap::from_iter([(
            http::header::ACCEPT,
            HeaderValue::from_static("application/activity+json"),
        )]);
        let person = HeaderMap::new();
        for page in ["/c/ring", "/n/0123456789ABC"] {
            assert!(is_for_people(&Method::GET, page, &person), "{page}");
            assert!(!is_for_people(&Method::GET, page, &machine), "{page}");
            assert!(!is_for_people(&Method::POST, page, &person), "{page}");
        }
        for other in ["/c/ring/outbox", "/n/0123456789ABC/replies", "/p/1", "/actor", "/inbox"] {
            assert!(!is_for_people(&Method::GET, other, &person), "{other}");
        }
        for open in ["/actor", "/.well-known/webfinger", "/nodeinfo/2.1"] {
            assert!(is_open_to_all(open), "{open}");
        }
        for other in ["/actor/outbox", "/actor2", "/c/ring", "/"] {
            assert!(!is_open_to_all(other), "{other}");
        }
    }
}
