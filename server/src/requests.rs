//! One line and one count for each request: what it was for by the template of its route, what was
//! answered, and how long that took. Never from which address, what stood in the path, or what was
//! said: a log is read by others, and kept.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::app::App;

/// Methods that are named. What else a stranger calls one is theirs.
const KNOWN: [&str; 4] = ["GET", "HEAD", "POST", "OPTIONS"];
/// Stands for addresses that are no route of ours.
const NO_ROUTE: &str = "none";

/// Notes a request, under an id that stands in every line that is written because of it.
pub async fn note(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let span = tracing::info_span!("request", request.id = %app.clock.new_id::<()>());
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let answer = next.run(request).instrument(span.clone()).await;
    let status = answer.status();
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(method, route, status = status.as_u16(), ms, "answered"));
    let status = status.as_str().to_owned();
    metrics::counter!("http_requests", "route_template" => route, "status" => status).increment(1);
    answer
}

fn name(method: &Method) -> &'static str {
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_does_not_write_into_the_log_by_a_method() {
        assert_eq!(name(&Method::POST), "POST");
        assert_eq!(name(&Method::from_bytes(b"call-me-at-5550101").unwrap()), "other");
    }
}
