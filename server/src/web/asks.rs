//! Asking without an account: a short form for strangers, and what was asked, for those who look
//! after the house.

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::ask::{self, PAGE};
use crate::app::App;
use crate::db::asks;
use crate::domain::ask::Ask;
use crate::domain::audience::Audience;
use crate::domain::draft::{Context, Draft};
use crate::domain::origin::{Origin, Way};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::listener::Origin as Address;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::need_context::usual_round;
use crate::web::page::{Page, answer, go_on, go_to, show as render};
use crate::web::proposals::path_of;
use crate::web::session::{Steward, Visitor};
use crate::web::words::{Words, language};

#[derive(Template)]
#[template(path = "asks/new.html")]
struct New {
    page: Page,
    text: String,
    reach: String,
    problem: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "asks/done.html")]
struct Done {
    page: Page,
}

#[derive(Template)]
#[template(path = "asks/list.html")]
struct List {
    page: Page,
    asks: Vec<Line>,
}

struct Line {
    id: String,
    text: String,
    reach: String,
    language: String,
    date: String,
    iso: String,
}

/// `GET /ask`
pub async fn new(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    if visitor.member().is_some() {
        return Ok(go_to("/needs/new"));
    }
    form(&app, &visitor, (String::new(), String::new()), None)
}

/// `POST /ask`
pub async fn create(
    State(app): State<App>,
    address: Option<Extension<Address>>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (text, reach) = (fields.text("text"), fields.text("reach"));
    if address.is_some_and(|Extension(address)| !app.arrivals.allows(address)) {
        return Err(Problem::TooMany);
    }
    match ask::ask(&app, (&text, &reach), visitor.locale.code()).await {
        Ok(_) => {
            let page = Page::new(&app, &visitor, visitor.locale.say("ask-done-title"));
            render(&Done { page: page.found_at("/ask") })
        }
        Err(Error::Refused(refusal)) => form(&app, &visitor, (text, reach), Some(refusal)),
        Err(other) => Err(other.into()),
    }
}

/// `GET /steward/asks`
pub async fn list(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    let waiting = app.db.read(asks::list_waiting).await?;
    let words = Words::new(&app, &steward.visitor);
    let line = |ask: Ask| {
        let day = words.lately(ask.asked_at);
        Line {
            id: ask.id.to_string(),
            text: ask.text,
            reach: ask.reach,
            language: language(&ask.language),
            date: day.text,
            iso: day.iso,
        }
    };
    render(&List {
        page: Page::new(&app, &steward.visitor, words.locale.say("asks-title")),
        asks: waiting.into_iter().map(line).collect(),
    })
}

/// `POST /steward/asks/{id}`: a need is made of it, or nothing is left to do.
pub async fn care(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Ask>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if fields.text("then") == "aside" {
        let done = ask::put_aside(&app, &steward.member, id).await;
        done.map_err(|error| Problem::from(error).at(PAGE))?;
        return Ok(go_on(&app, PAGE, "ask-aside-done", &[]));
    }
    let way = Way { origin: Some(Origin::Neighbour), replaces: false };
    let draft = Draft {
        title: fields.text("title"),
        language: steward.visitor.locale.code().to_owned(),
        audience: match fields.ticked("public") {
            true => Audience::Public.word().to_owned(),
            false => Audience::Members.word().to_owned(),
        },
        context: Some(Context { round: usual_round(&app).await?.parse().ok(), way }),
        ..Draft::default()
    };
    let posted = ask::post(&app, &steward.member, id, draft).await;
    let need = posted.map_err(|error| Problem::from(error).at(PAGE))?;
    Ok(go_on(&app, &path_of(&app, need.id), "published-done", &[]))
}

fn form(
    app: &App,
    visitor: &Visitor,
    (text, reach): (String, String),
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let problem = refusal.map(|refusal| {
        let field = if refusal == Refusal::ReachMissing { "reach" } else { "text" };
        (field, visitor.locale.say(refusal.key()))
    });
    let page = Page::new(app, visitor, visitor.locale.say("ask-title")).found_at("/ask");
    answer(status, &New { page, text, reach, problem })
}

impl New {
    fn problem(&self, name: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(field, _)| *field == name).map(|(_, says)| says.as_str())
    }
}
