//! Documents that everybody asks for and that seldom change: kept as ready bytes, with a tag by which
//! those who have them already are told so (RFC 9110, 8.8.3).

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use crate::app::{App, Document, OurKeys};
use crate::error::Error;
use crate::federation::routes::{failed, with_type};
use crate::federation::vocab::CONTENT_TYPE;
use crate::keys;

fn write(document: &Value) -> Document {
    let body = Bytes::from(document.to_string());
    let digest = keys::digest_header(&body);
    let letters = digest.chars().filter(char::is_ascii_alphanumeric);
    // Without the name of the algorithm.
    let short: String = letters.skip(6).take(20).collect();
    let tag = HeaderValue::from_str(&format!("\"{short}\""));
    Document { body, tag: tag.unwrap_or(HeaderValue::from_static("\"0\"")) }
}

/// Answers with the document of this name, which `build` writes if it is not kept.
pub fn answer(
    app: &App,
    name: &'static str,
    headers: &HeaderMap,
    build: fn(&App, &OurKeys) -> Result<Value, Error>,
) -> Response {
    let keys = app.keys();
    let document = match keys.documents.get(name) {
        Some(document) => document,
        None => match build(app, &keys) {
            Ok(value) => {
                let document = write(&value);
                keys.documents.insert(name, document.clone());
                document
            }
            Err(error) => return failed(error),
        },
    };
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(','));
    // `*` stands for whatever there is (RFC 9110, 13.1.2).
    let is_it = |tag: &str| tag == "*" || document.tag == tag.trim_start_matches("W/");
    let has_it = known.any(|tag| is_it(tag.trim()));
    let answer = match has_it {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => document.body.into_response(),
    };
    let mut answer = with_type(CONTENT_TYPE, answer);
    answer.headers_mut().insert(ETAG, document.tag);
    answer
}
