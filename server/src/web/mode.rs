//! The stewards' page about with whom we speak at all: the mode, the list, and who knocked.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::federation_mode;
use crate::app::App;
use crate::db::gate::{self, Pending};
use crate::domain::gate::Mode;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::Form;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;
use crate::web::words::Words;

/// This page.
const PATH: &str = "/steward/mode";
/// How many hosts of the list are shown.
const MOST: usize = 500;

#[derive(Template)]
#[template(path = "steward/mode.html")]
struct ModePage {
    page: Page,
    modes: Vec<Choice>,
    left_out: Vec<String>,
    allowed: Vec<String>,
    more: usize,
    pending: Vec<Knock>,
    host: String,
    problem: Option<String>,
}

struct Choice {
    word: &'static str,
    name: String,
    hint: String,
    is_chosen: bool,
}

struct Knock {
    host: String,
    actor: String,
    when: String,
}

/// `GET /steward/mode`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, String::new(), None).await
}

/// `POST /steward/mode`
pub async fn set(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let Some(mode) = Mode::from_word(&fields.text("mode")) else {
        return page(&app, &steward, String::new(), Some(Refusal::UnknownMode)).await;
    };
    let by = Some(steward.member.id);
    federation_mode::set_mode(&app, by, mode, fields.ticked("keep_known")).await?;
    Ok(go_on(&app, PATH, "mode-done", &[&steward.visitor.locale.say(name_id(mode))]))
}

/// `POST /steward/mode/allow`: one that knocked, or any other.
pub async fn allow(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = fields.text("host");
    match federation_mode::allow(&app, Some(steward.member.id), &typed).await {
        Ok(host) => Ok(go_on(&app, PATH, "mode-allowed", &[&host])),
        Err(Error::Refused(refusal)) => page(&app, &steward, typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /steward/mode/disallow`
pub async fn disallow(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let by = Some(steward.member.id);
    match federation_mode::disallow(&app, by, &fields.text("host")).await {
        Ok(host) => Ok(go_on(&app, PATH, "mode-disallowed", &[&host])),
        Err(Error::Refused(Refusal::NoHost)) => Err(Problem::NotFound),
        Err(other) => Err(other.into()),
    }
}

/// `POST /steward/mode/dismiss`
pub async fn dismiss(
    State(app): State<App>,
    _steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let host = fields.text("host");
    federation_mode::dismiss(&app, &host).await?;
    Ok(go_on(&app, PATH, "mode-dismissed", &[&host]))
}

async fn page(
    app: &App,
    steward: &Steward,
    host: String,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let read = |conn: &mut crate::db::Conn| {
        let (gate, _) = gate::find(conn)?;
        let lists = (gate::list_allowed(conn)?, gate::list_pending(conn)?);
        Ok((gate.mode(), lists.0, lists.1, federation_mode::left_out(conn)?))
    };
    let (mode, allowed, pending, left_out) = app.db.read(read).await?;
    let words = Words::new(app, &steward.visitor);
    let choice = |each: Mode| Choice {
        word: each.word(),
        name: words.locale.say(name_id(each)),
        hint: words.locale.say(hint_id(each)),
        is_chosen: each == mode,
    };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = ModePage {
        page: Page::new(app, &steward.visitor, words.locale.say("mode-title")).found_at(PATH),
        modes: Mode::ALL.into_iter().map(choice).collect(),
        left_out,
        more: allowed.len().saturating_sub(MOST),
        allowed: allowed.into_iter().take(MOST).map(|each| each.domain).collect(),
        pending: pending.iter().map(|each| knock(&words, each)).collect(),
        host,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

fn knock(words: &Words<'_>, pending: &Pending) -> Knock {
    Knock {
        host: pending.host.clone(),
        actor: pending.actor.clone(),
        when: words.time(pending.last_at),
    }
}

/// The message that names a mode.
pub fn name_id(mode: Mode) -> &'static str {
    match mode {
        Mode::Open => "mode-open",
        Mode::Allowlist => "mode-allowlist",
        Mode::Off => "mode-off",
    }
}

/// The message that says what it means.
pub fn hint_id(mode: Mode) -> &'static str {
    match mode {
        Mode::Open => "mode-open-hint",
        Mode::Allowlist => "mode-allowlist-hint",
        Mode::Off => "mode-off-hint",
    }
}
