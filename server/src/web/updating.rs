//! What answers while the database is brought up to date: one page, whatever is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONNECTION, REFRESH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::web::page::answer;
use crate::web::set_up::{Frame, locale};
use crate::web::{assets, security};

/// After how many seconds somebody may look again.
const AGAIN: HeaderValue = HeaderValue::from_static("5");

/// How far it has come, in percent.
pub type Percent = Arc<AtomicU8>;

#[derive(Template)]
#[template(path = "set_up/updating.html")]
struct UpdatingPage {
    page: Frame,
    percent: u8,
}

/// The page, and what it is drawn with.
pub fn router(percent: Percent) -> Router {
    Router::new()
        .fallback(show)
        .layer(middleware::map_response(security::protect))
        .with_state(percent)
        .route("/static/{name}", get(assets::show))
}

async fn show(State(percent): State<Percent>, headers: HeaderMap) -> Response {
    let locale = locale(&headers);
    let page = UpdatingPage {
        page: Frame::new(&locale, "updating-title"),
        percent: percent.load(Ordering::Relaxed),
    };
    let page = answer(StatusCode::SERVICE_UNAVAILABLE, &page);
    let mut response = page.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, AGAIN);
    headers.insert(REFRESH, AGAIN);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The next question is for the real server.
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
