//! Forms that may carry a file: `multipart/form-data`, read piece by piece and never kept on a disk.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;

use crate::picture::LARGEST_UPLOAD;
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, check_secret, is_written_as, not_foreign};
use crate::web::session::Visitor;

/// How much more of a form than of a list is read to its end, in bytes: a file that is somewhat too
/// large gets an answer beside its field.
const BESIDES: usize = 4 << 20;
/// So much is kept of a field beside a picture, in bytes: far more than any of them may have.
const LARGEST_TEXT: usize = 256 << 10;
/// More parts than any form of ours has.
const MOST_PARTS: usize = 16;
/// The largest form with a picture that is read to its end, in bytes. Of the picture only so much
/// is in memory as we take.
const LARGEST_WITH_PICTURE: usize = 32 << 20;
/// More parts than the form for needs and offers has.
const MOST_PARTS_WITH_PICTURE: usize = 32;

/// What a field with a file is called besides, if a file was chosen: it may be an empty one.
pub const CHOSEN: &str = "chosen";

/// A form that one of our own pages sent, and the file of a picture if one was chosen.
pub struct PictureForm(pub Fields, pub Option<Vec<u8>>);

impl FromRequest<Web> for PictureForm {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        if !is_upload(&request) {
            let Form(fields) = Form::from_request(request, web).await?;
            return Ok(Self(fields, None));
        }
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        // Nobody else has a form with a picture.
        let member = visitor.member().ok_or(Problem::SignIn)?.id;
        let _place = web.app.uploads.enter(Some(member)).ok_or(Problem::TooMany)?;
        read_picture(Request::from_parts(parts, body), web).await
    }
}

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
    let most = largest.saturating_add(BESIDES);
    let mut form = open(Request::from_parts(parts, body), web, most).await?;
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

async fn read_picture(request: Request, web: &Web) -> Result<PictureForm, Problem> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, web).await?;
    let sender = not_foreign(&parts, web)?;
    let mut form = open(Request::from_parts(parts, body), web, LARGEST_WITH_PICTURE).await?;
    let (mut fields, mut picture) = (Fields::default(), None);
    for _ in 0..MOST_PARTS_WITH_PICTURE {
        let Some(part) = form.next_field().await.map_err(problem)? else {
            return Ok(PictureForm(check_secret(fields, &visitor, sender)?, picture));
        };
        if part.file_name().is_none() {
            add(&mut fields, part, LARGEST_TEXT).await.map_err(problem)?;
        } else if picture.is_none() {
            let is_named = part.file_name().is_some_and(|name| !name.is_empty());
            let file = content(part, LARGEST_UPLOAD + 1).await.map_err(problem)?;
            picture = Some(file).filter(|file| is_named || !file.is_empty());
        }
    }
    Err(Problem::TooLarge)
}

async fn open(mut request: Request, web: &Web, largest: usize) -> Result<Multipart, Problem> {
    DefaultBodyLimit::max(largest).apply(&mut request);
    Multipart::from_request(request, web).await.map_err(|_| Problem::FormExpired)
}

/// Adds a part. What is no text stays unreadable, which whoever reads it says.
async fn add(fields: &mut Fields, part: Field<'_>, largest: usize) -> Result<(), MultipartError> {
    let name = part.name().unwrap_or_default().to_owned();
    let file = part.file_name().map(str::to_owned);
    let kept = content(part, largest).await?;
    // Browsers send a part without name and content if no file was chosen.
    let is_chosen = file.is_some_and(|file| !file.is_empty() || !kept.is_empty());
    fields.add(&name, String::from_utf8_lossy(&kept).into_owned());
    if is_chosen {
        fields.add(CHOSEN, name);
    }
    Ok(())
}

/// The beginning of a part, read to its end.
async fn content(mut part: Field<'_>, most: usize) -> Result<Vec<u8>, MultipartError> {
    let mut kept: Vec<u8> = Vec::new();
    while let Some(piece) = part.chunk().await? {
        kept.extend(piece.iter().take(most.saturating_sub(kept.len())));
    }
    Ok(kept)
}

fn problem(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::FormExpired,
    }
}
