//! The stewards' page for telling another server what is wrong with something that came from it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::report_out::{LONGEST, Reported, find, report};
use crate::app::App;
use crate::domain::collective::domain_of;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, Query};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;

/// What may be reported, as the address and the form call it.
const KINDS: [&str; 3] = ["reply", "message", "neighbour"];

#[derive(Template)]
#[template(path = "steward/report.html")]
struct ReportPage {
    page: Page,
    kind: &'static str,
    id: String,
    handle: String,
    host: String,
    words: String,
    longest: usize,
    problem: Option<String>,
}

/// `GET /steward/report`, with `reply`, `message` or `neighbour` and an id.
pub async fn show(
    State(app): State<App>,
    steward: Steward,
    Query(fields): Query,
) -> Result<Response, Problem> {
    page(&app, &steward, &fields, None).await
}

/// `POST /steward/report`
pub async fn send(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (_, _, what) = reported(&fields).ok_or(Problem::NotFound)?;
    match report(&app, Some(steward.member.id), what, &fields.text("words")).await {
        Ok(host) => Ok(go_on(&app, "/steward", "report-done", &[&host])),
        Err(Error::Refused(refusal)) => page(&app, &steward, &fields, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

fn reported(fields: &Fields) -> Option<(&'static str, String, Reported)> {
    let kind = KINDS.into_iter().find(|kind| fields.ticked(kind))?;
    let id = fields.text(kind);
    let number = id.parse::<Id<()>>().ok()?.number();
    let what = match kind {
        "reply" => Reported::Reply(number),
        "message" => Reported::Message(Id::from_number(number)),
        _ => Reported::Neighbour(Id::from_number(number)),
    };
    Some((kind, id, what))
}

async fn page(
    app: &App,
    steward: &Steward,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let (kind, id, what) = reported(fields).ok_or(Problem::NotFound)?;
    let (actor, _) = match app.db.read(move |conn| find(conn, what)).await {
        Err(Error::Refused(_)) => return Err(Problem::NotFound),
        found => found?,
    };
    let locale = &steward.visitor.locale;
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = ReportPage {
        page: Page::new(app, &steward.visitor, locale.say("report-title")).found_at("/steward"),
        kind,
        id,
        handle: format!("@{}", actor.address),
        host: domain_of(&actor.url),
        words: fields.text("words"),
        longest: LONGEST,
        problem: refusal.map(|refusal| locale.say(refusal.key())),
    };
    answer(status, &template)
}
