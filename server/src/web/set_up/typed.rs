//! What was typed on these pages.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use url::Url;

use crate::web::form::{Fields, is_written_as};
use crate::web::security::{Sender, sender};

/// The largest form, in bytes.
const LARGEST: usize = 32 * 1024;
/// Stands for our address as long as nobody knows it: then only the host counts that was asked for.
const NOWHERE: &str = "https://set-up.invalid/";

/// Reads a form that one of these pages sent.
///
/// The secret in the path is what forms carry elsewhere: no other site knows it.
pub async fn read(request: Request, base: Option<Url>) -> Result<Fields, StatusCode> {
    let (parts, body) = request.into_parts();
    if !is_written_as(&parts.headers, "application/x-www-form-urlencoded") {
        return Err(StatusCode::FORBIDDEN);
    }
    let base = base.or_else(|| Url::parse(NOWHERE).ok());
    if base.is_none_or(|base| sender(&parts.headers, &base) == Sender::Foreign) {
        return Err(StatusCode::FORBIDDEN);
    }
    let bytes = to_bytes(body, LARGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok(Fields::parse(&bytes))
}
