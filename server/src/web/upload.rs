//! Forms that may carry a file: `multipart/form-data`, read piece by piece and never kept on a disk.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;

use crate::web::Web;
use crate::web::error::Problem;
use crate::web::form::{Fields, check_secret, is_written_as, not_foreign};
use crate::web::session::Visitor;

/// How much more of a form than of a list is read to its end, in bytes: a file that is somewhat too
/// large gets an answer beside its field.
const BESIDES: usize = 4 << 20;
/// More parts than any form of ours has.
const MOST_PARTS: usize = 16;

/// What a field with a file is called besides, if a file was chosen: it may be an empty one.
pub const CHOSEN: &str = "chosen";

/// Whether a form is written in this way.
pub fn is_upload(request: &Request) -> bool {
    is_written_as(request.headers(), "multipart/form-data")
}

/// Reads a form, if it is one of ours, with a list of at most so many bytes. The text of a file stands
/// under the name of its field. One byte more than a list may have is kept, so that what is too large
/// is seen to be.
pub async fn read(request: Request, web: &Web, largest: usize) -> Result<Fields, Problem> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, web).await?;
    let sender = not_foreign(&parts, web)?;
    let mut request = Request::from_parts(parts, body);
    DefaultBodyLimit::max(largest.saturating_add(BESIDES)).apply(&mut request);
    let form = Multipart::from_request(request, web).await;
    let mut form = form.map_err(|_| Problem::FormExpired)?;
    let mut fields = Fields::default();
    for _ in 0..MOST_PARTS {
        match form.next_field().await.map_err(problem)? {
            Some(part) => {
                add(&mut fields, part, largest.saturating_add(1)).await.map_err(problem)?
            }
            None => return check_secret(fields, &visitor, sender),
        }
    }
    Err(Problem::TooLarge)
}

/// Adds a part. What is no text stays unreadable, which whoever reads it says.
async fn add(
    fields: &mut Fields,
    mut part: Field<'_>,
    largest: usize,
) -> Result<(), MultipartError> {
    let name = part.name().unwrap_or_default().to_owned();
    let file = part.file_name().map(str::to_owned);
    let mut kept: Vec<u8> = Vec::new();
    while let Some(piece) = part.chunk().await? {
        kept.extend(piece.iter().take(largest.saturating_sub(kept.len())));
    }
    // Browsers send a part without name and content if no file was chosen.
    let is_chosen = file.is_some_and(|file| !file.is_empty() || !kept.is_empty());
    fields.add(&name, String::from_utf8_lossy(&kept).into_owned());
    if is_chosen {
        fields.add(CHOSEN, name);
    }
    Ok(())
}

fn problem(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::FormExpired,
    }
}
