//! The page behind the link by which somebody of the fediverse says: do not ask me again (mission
//! E15). Looking at it changes nothing, because programs that show previews look too; and the link
//! works as often as they change their mind.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::ask_moment::ask_no_more_by_link;
use crate::app::App;
use crate::db::moment_people;
use crate::domain::moment::Answer;
use crate::error::Error;
use crate::keys;
use crate::web::error::Problem;
use crate::web::form::{Form, InPath};
use crate::web::page::{Page, go_on, show as render};
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "moment/no_more.html")]
struct NoMore {
    page: Page,
    token: String,
    is_never: bool,
}

/// `GET /no-more/{token}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    let hash = keys::secret_hash(&token);
    let is_never = app.db.read(move |conn| moment_people::is_never(conn, &hash)).await;
    let is_never = is_never.map_err(gone)?;
    // No link on the page holds the token; the form for the language does, and leads back here.
    let title = visitor.locale.say("moment-never");
    let mut page = Page::new(&app, &visitor, title).found_at("/");
    page.here = format!("/no-more/{token}");
    render(&NoMore { page, token, is_never })
}

/// `POST /no-more/{token}`
pub async fn answer(
    State(app): State<App>,
    InPath(token): InPath<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let never = Answer::from_word(&fields.text("answer")) == Some(Answer::Never);
    ask_no_more_by_link(&app, &token, never).await.map_err(gone)?;
    let done = if never { "moment-never-done" } else { "moment-again-done" };
    Ok(go_on(&app, "/", done, &[]))
}

fn gone(error: Error) -> Problem {
    match error {
        Error::NotFound => Problem::AskedLinkUsed,
        other => other.into(),
    }
}
