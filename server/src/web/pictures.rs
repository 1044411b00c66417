//! The pictures of our needs and offers: where they are shown, and the field that takes one.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::actions::keep_picture::{keep_picture, read_picture};
use crate::app::App;
use crate::db::{Conn, pictures};
use crate::domain::id::ProposalId;
use crate::domain::picture::Picture;
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;
use crate::web::error::Problem;
use crate::web::form::{Fields, InPath};
use crate::web::proposal_fields::{FieldRefusal, Typed};
use crate::web::proposals::find_visible;
use crate::web::security::File;
use crate::web::session::{Session, SignedIn, Visitor};

/// A picture on a page.
pub struct Seen {
    /// Its address here.
    pub src: String,
    /// What is to be seen.
    pub words: String,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
}

/// The picture in the form.
pub struct Kept {
    /// Names it when the form is sent again: a file cannot be filled in.
    pub kept: String,
    /// Where it is seen already.
    pub seen: Option<Seen>,
}

impl Seen {
    /// The picture of one of ours.
    pub fn of(proposal: &Proposal) -> Option<Self> {
        let picture = proposal.content.picture.as_ref()?;
        Some(Self {
            src: format!("/pictures/{}/{}.jpg", proposal.id, picture.digest),
            words: picture.words.clone(),
            width: picture.width,
            height: picture.height,
        })
    }
}

impl Kept {
    /// What the form holds.
    pub fn of(session: Option<&Session>, typed: &Typed, before: Option<&Proposal>) -> Option<Self> {
        let digest = &typed.picture.as_ref()?.digest;
        let seen = before.and_then(Seen::of).filter(|seen| seen.src.contains(digest.as_str()));
        Some(Self { kept: format!("{digest}.{}", seal(session?, digest)), seen })
    }
}

/// `GET /pictures/{id}/{name}`: for whoever may see the need or the offer.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath((id, name)): InPath<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: ProposalId = id.parse().map_err(|_| Problem::NotFound)?;
    let read = move |conn: &mut Conn| {
        let (proposal, _) = find_visible(conn, &visitor, id)?;
        let picture = proposal.content.picture.as_ref().ok_or(Error::NotFound)?;
        if name.strip_suffix(".jpg") != Some(picture.digest.as_str()) {
            return Err(Error::NotFound);
        }
        let bytes = pictures::find_bytes(conn, &picture.digest)?;
        Ok((bytes, format!("\"{}\"", picture.digest), proposal.is_public()))
    };
    let (bytes, tag, is_public) = app.db.read(read).await?;
    let asked = headers.get(IF_NONE_MATCH).and_then(|asked| asked.to_str().ok());
    let head = [(ETAG, tag.clone()), (CONTENT_TYPE, Picture::MEDIA_TYPE.to_owned())];
    let mut response = match asked.is_some_and(|asked| asked.contains(&tag)) {
        true => (StatusCode::NOT_MODIFIED, head).into_response(),
        false => {
            let bytes = read_picture(&app, bytes).await?;
            let named = [(CONTENT_DISPOSITION, "inline; filename=\"picture.jpg\"")];
            (head, named, bytes).into_response()
        }
    };
    // What is at this address never changes; whether it may be seen does, unless everybody may.
    let file = if is_public { File::PUBLIC } else { File::PRIVATE };
    response.extensions_mut().insert(file);
    Ok(response)
}

/// Takes in the picture of a form: a new file, or the one that was taken before. Writes it into
/// what was typed, and says what is wrong with the file.
pub async fn take(
    app: &App,
    signed_in: &SignedIn,
    (fields, file): (&mut Fields, Option<Vec<u8>>),
    typed: &mut Typed,
) -> Result<Option<FieldRefusal>, Problem> {
    if !fields.ticked("picture_remove") {
        typed.picture = find_kept(app, signed_in, &fields.text("picture_kept")).await?;
    }
    let Some(file) = file else { return Ok(None) };
    if !app.pictures.allows(signed_in.member.id) {
        return Ok(Some(("picture", Refusal::TooManyPictures)));
    }
    match keep_picture(app, file).await {
        Ok(picture) => {
            // A form with another picture is another form.
            fields.add("picture", picture.digest.clone());
            typed.picture = Some(picture);
            Ok(None)
        }
        Err(Error::Refused(refusal)) => Ok(Some(("picture", refusal))),
        Err(other) => Err(other.into()),
    }
}

/// The picture that this browser uploaded or saw before: nobody may put a picture on a page that is
/// theirs only because they know its digest.
async fn find_kept(
    app: &App,
    signed_in: &SignedIn,
    kept: &str,
) -> Result<Option<Picture>, Problem> {
    let session = signed_in.visitor.session.as_ref();
    let Some(((digest, sealed), session)) = kept.split_once('.').zip(session) else {
        return Ok(None);
    };
    if !keys::same_secret(sealed, &seal(session, digest)) {
        return Ok(None);
    }
    let digest = digest.to_owned();
    match app.db.read(move |conn| pictures::find(conn, &digest)).await {
        Ok(picture) => Ok(Some(picture)),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn seal(session: &Session, digest: &str) -> String {
    keys::seal(&session.csrf, &format!("picture {digest}"))
}
