//! Measures about members: stewards take, confirm and lift them, and decide appeals; the member says
//! what they have to say on their own page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use crate::actions::measure::{self, Wish, clauses};
use crate::app::App;
use crate::db::{Conn, covenants, measures, members};
use crate::domain::id::MemberId;
use crate::domain::measure::{Kind, MOST_DAYS, Measure};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::measure_lines::{MeasureLine, Names};
use crate::web::page::{Page, answer, go_on, show as render};
use crate::web::session::{SignedIn, Steward};
use crate::web::words::Words;

/// Where stewards find all of them.
const PATH: &str = "/steward/measures";

#[derive(Template)]
#[template(path = "measures/list.html")]
struct List {
    page: Page,
    lines: Vec<MeasureLine>,
}

#[derive(Template)]
#[template(path = "measures/new.html")]
struct New {
    page: Page,
    id: String,
    name: String,
    clauses: Vec<String>,
    typed: Typed,
    most_days: i64,
    problem: Option<String>,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    freezes: bool,
    clause: String,
    reason: String,
    days: String,
}

/// How many measures wait for a steward.
pub fn waiting_for(conn: &mut Conn, steward: MemberId, now: Timestamp) -> Result<usize, Error> {
    let open = measures::list_open(conn)?;
    Ok(open.iter().filter(|measure| measure.waits_for(steward, now)).count())
}

/// `GET /steward/measures`
pub async fn list(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    let read = |conn: &mut Conn| Ok((measures::list_open(conn)?, Names::read(conn)?));
    let (mut open, names) = app.db.read(read).await?;
    let words = Words::new(&app, &steward.visitor);
    let looker = steward.member.id;
    open.retain(|measure| measure.stands(words.now));
    // What waits for who looks comes first.
    open.sort_by_key(|measure| !measure.waits_for(looker, words.now));
    let line = |each: &Measure| MeasureLine::new(&words, &names, each, looker);
    render(&List {
        page: Page::new(&app, &steward.visitor, words.locale.say("measures-title")),
        lines: open.iter().map(line).collect(),
    })
}

/// `GET /members/{id}/measure`
pub async fn new(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Member>,
) -> Result<Response, Problem> {
    let typed = Typed { days: "30".to_owned(), ..Typed::default() };
    form(&app, &steward, id, typed, None).await
}

/// `POST /members/{id}/measure`
pub async fn take(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Member>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    let wish = Wish {
        kind: if typed.freezes { Kind::Freeze } else { Kind::Warn },
        clause: typed.clause.clone(),
        reason: typed.reason.clone(),
        days: typed.days.trim().parse().unwrap_or_default(),
    };
    match measure::take(&app, &steward.member, id, wish).await {
        Ok(_) => Ok(go_on(&app, PATH, "measure-taken", &[])),
        Err(Error::Refused(refusal)) => form(&app, &steward, id, typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /measures/{id}/confirm`
pub async fn confirm(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Measure>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = measure::confirm(&app, &steward.member, id).await;
    done.map_err(|error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, "measure-confirmed", &[]))
}

/// `POST /measures/{id}/lift`
pub async fn lift(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Measure>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let done = measure::lift(&app, &steward.member, id, &fields.text("because")).await;
    done.map_err(|error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, "measure-lifted-done", &[]))
}

/// `POST /measures/{id}/decide`
pub async fn decide(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Measure>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let lifts = fields.text("decision") == "lift";
    let because = fields.text("because");
    let done = measure::decide(&app, &steward.member, id, lifts, &because).await;
    done.map_err(|error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, "measure-decided", &[]))
}

/// `POST /measures/{id}/appeal`
pub async fn appeal(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    PathId(id): PathId<Measure>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let done = measure::appeal(&app, &member, id, &fields.text("words")).await;
    done.map_err(|error| Problem::from(error).at("/me"))?;
    Ok(go_on(&app, "/me", "measure-appealed", &[]))
}

async fn form(
    app: &App,
    steward: &Steward,
    id: MemberId,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let read = move |conn: &mut Conn| Ok((members::find(conn, id)?, covenants::current(conn)?));
    let (member, covenant) = app.db.read(read).await?;
    let locale = &steward.visitor.locale;
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let title = locale.say_with("measure-new-title", [("name", member.name.as_str().into())]);
    let template = New {
        page: Page::new(app, &steward.visitor, title).found_at(format!("/members/{id}/measure")),
        id: id.to_string(),
        name: member.name,
        clauses: clauses(&covenant, locale),
        typed,
        most_days: MOST_DAYS,
        problem: refusal.map(|refusal| locale.say(refusal.key())),
    };
    answer(status, &template)
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        Self {
            freezes: fields.text("kind") == Kind::Freeze.word(),
            clause: fields.text("clause"),
            reason: fields.text("reason"),
            days: fields.text("days"),
        }
    }
}
