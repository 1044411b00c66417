//! While nothing of the collective is to be seen from outside: the closed door for strangers, and the
//! page on which stewards close and open it.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::actions::quiet::set_quiet;
use crate::app::App;
use crate::db::{Conn, quiet_mode};
use crate::domain::member::Member;
use crate::domain::quiet_mode::Quiet;
use crate::domain::refusal::Refusal;
use crate::web::error::Problem;
use crate::web::form::Form;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{Steward, Visitor};
use crate::web::words::Words;

/// This page.
const PATH: &str = "/steward/quiet";

/// What strangers reach all the time: the way in, and the choice of a language.
const DOOR: [&str; 2] = ["/sign-in", "/language"];
/// What people reach while it is quiet by a secret of their own.
const BY_SECRET: [&str; 5] = ["/promised/", "/asked/", "/no-more/", "/mail/", "/calendar/"];

#[derive(Template)]
#[template(path = "steward/quiet.html")]
struct QuietPage {
    page: Page,
    choices: Vec<Choice>,
    since: Option<String>,
    is_unfinished: bool,
    problem: Option<String>,
}

struct Choice {
    word: &'static str,
    name: String,
    hint: String,
    is_chosen: bool,
}

/// Whether the door is closed to a visitor at the moment.
pub fn is_closed_to(app: &App, visitor: &Visitor) -> bool {
    let quiet = app.quiet().quiet;
    if !quiet.is_quiet() {
        return false;
    }
    let path = visitor.path.as_str();
    let is_door = DOOR.iter().any(|door| {
        path.strip_prefix(door).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let is_by_secret = BY_SECRET.iter().any(|start| path.starts_with(start));
    match quiet.is_lockdown() {
        true => !is_door && !visitor.member().is_some_and(Member::is_steward),
        false => !is_door && !is_by_secret && visitor.member().is_none(),
    }
}

/// Feeds, which nobody signs in for, are missing while it is quiet.
pub async fn hide(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.quiet().quiet.is_quiet() {
        true => StatusCode::NOT_FOUND.into_response(),
        false => next.run(request).await,
    }
}

/// `GET /steward/quiet`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, None).await
}

/// `POST /steward/quiet`
pub async fn set(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let chosen = Quiet::from_word(&fields.text("quiet"));
    let Some(quiet) = chosen.filter(|_| fields.ticked("meant")) else {
        return page(&app, &steward, Some(Refusal::NotMeant)).await;
    };
    let session = steward.visitor.session.as_ref().map(|session| session.token.clone());
    set_quiet(&app, Some(steward.member.id), quiet, session).await?;
    Ok(go_on(&app, PATH, "quiet-done", &[&steward.visitor.locale.say(name_id(quiet))]))
}

async fn page(app: &App, steward: &Steward, refusal: Option<Refusal>) -> Result<Response, Problem> {
    let read = |conn: &mut Conn| Ok((quiet_mode::find(conn)?, quiet_mode::is_unfinished(conn)?));
    let (mode, is_unfinished) = app.db.read(read).await?;
    let words = Words::new(app, &steward.visitor);
    let choice = |each: Quiet| Choice {
        word: each.word(),
        name: words.locale.say(name_id(each)),
        hint: words.locale.say(hint_id(each)),
        is_chosen: each == mode.quiet,
    };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = QuietPage {
        page: Page::new(app, &steward.visitor, words.locale.say("quiet-title")).found_at(PATH),
        choices: Quiet::ALL.into_iter().map(choice).collect(),
        since: mode.quiet.is_quiet().then(|| words.time(mode.changed_at)),
        is_unfinished,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

fn name_id(quiet: Quiet) -> &'static str {
    match quiet {
        Quiet::Off => "quiet-off",
        Quiet::On => "quiet-on",
        Quiet::Lockdown => "quiet-lockdown",
    }
}

fn hint_id(quiet: Quiet) -> &'static str {
    match quiet {
        Quiet::Off => "quiet-off-hint",
        Quiet::On => "quiet-on-hint",
        Quiet::Lockdown => "quiet-lockdown-hint",
    }
}
