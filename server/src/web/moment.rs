//! The page behind the question that people get some days after something came (mission E15). What
//! they answer leads on; only "do not ask me again" is kept.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::ask_moment::ask_no_more;
use crate::app::App;
use crate::db::unasked;
use crate::domain::moment::{Answer, Side};
use crate::web::error::Problem;
use crate::web::form::Form;
use crate::web::page::{Page, go_on, go_to, show as render};
use crate::web::session::SignedIn;

#[derive(Template)]
#[template(path = "moment/show.html")]
struct Moment {
    page: Page,
    received: bool,
    is_never: bool,
}

/// `GET /moment`: for whoever received something.
pub async fn received(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    show(&app, &signed_in, Side::Received).await
}

/// `GET /moment/brought`: for whoever brought something.
pub async fn brought(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    show(&app, &signed_in, Side::Brought).await
}

/// `POST /moment`
pub async fn answer(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if fields.text("answer") == "again" {
        ask_no_more(&app, &signed_in.member, false).await?;
        return Ok(go_on(&app, Side::Received.page(), "moment-again-done", &[]));
    }
    Ok(match Answer::from_word(&fields.text("answer")).ok_or(Problem::FormExpired)? {
        Answer::Bring => go_to("/offers/new"),
        Answer::Ask => go_to("/needs/new"),
        Answer::Turn => go_to("/duties"),
        Answer::Nothing => go_to("/me"),
        Answer::Never => {
            ask_no_more(&app, &signed_in.member, true).await?;
            go_on(&app, "/me", "moment-never-done", &[])
        }
    })
}

async fn show(app: &App, signed_in: &SignedIn, side: Side) -> Result<Response, Problem> {
    let id = signed_in.member.id;
    let is_never = app.db.read(move |conn| unasked::contains(conn, id)).await?;
    let title = match side {
        Side::Received => "moment-title",
        Side::Brought => "mirror-title",
    };
    render(&Moment {
        page: Page::new(app, &signed_in.visitor, signed_in.visitor.locale.say(title)),
        received: side == Side::Received,
        is_never,
    })
}
