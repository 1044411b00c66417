//! Causes: what is behind needs, as far as it may be told, and what the collective does about it.
//! For members only; nothing of it goes out.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::cause::{self, name_of};
use crate::app::App;
use crate::db::{Conn, causes, origins};
use crate::domain::cause::{Cause, Count, Response as Answer, ResponseKind, counted_until, shown};
use crate::domain::id::CauseId;
use crate::domain::origin;
use crate::domain::quarter::Quarter;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::need_context::Choice;
use crate::web::page::{Page, answer, go_on};
use crate::web::round_lines::{kinds, new_response};
use crate::web::session::{FullMember, Steward};
use crate::web::words::Words;

/// This page.
const PATH: &str = "/causes";

#[derive(Template)]
#[template(path = "causes/list.html")]
struct List {
    page: Page,
    causes: Vec<Line>,
    retired: Vec<Line>,
    shares: Vec<String>,
    may_change: bool,
    added: String,
    problem: Option<String>,
}

struct Line {
    id: String,
    name: String,
    /// What may be told of it, a sentence for each quarter, newest first.
    seen: Vec<String>,
    responses: Vec<ResponseLine>,
}

struct ResponseLine {
    id: String,
    kind: String,
    text: String,
    says: String,
    /// Whether it can be noted as done.
    is_open: bool,
}

#[derive(Template)]
#[template(path = "causes/respond.html")]
struct Respond {
    page: Page,
    id: String,
    name: String,
    kinds: Vec<Choice>,
    typed: Typed,
    problem: Option<String>,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    kind: String,
    text: String,
    review: String,
}

/// Everything that is read for the list.
struct Found {
    causes: Vec<Cause>,
    counts: Vec<Count>,
    responses: Vec<Answer>,
    ways: Vec<origin::Count>,
}

/// `GET /causes`
pub async fn list(State(app): State<App>, member: FullMember) -> Result<Response, Problem> {
    page(&app, &member, String::new(), None).await
}

/// `POST /causes`: another one.
pub async fn add(
    State(app): State<App>,
    Steward { visitor, member }: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let label = fields.text("label");
    match cause::add(&app, &member, &label, fields.ticked("quiet")).await {
        Ok(added) => {
            let name = name_of(&added, &visitor.locale);
            Ok(go_on(&app, PATH, "cause-added-done", &[&name]))
        }
        Err(Error::Refused(refusal)) => {
            page(&app, &FullMember { visitor, member }, label, Some(refusal)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /causes/{id}`: another name, off the list, or on it again.
pub async fn change(
    State(app): State<App>,
    Steward { member, .. }: Steward,
    PathId(id): PathId<Cause>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let done = match fields.text("then").as_str() {
        "retire" => cause::retire(&app, &member, id, true).await,
        "restore" => cause::retire(&app, &member, id, false).await,
        _ => cause::rename(&app, &member, id, &fields.text("label")).await,
    };
    done.map_err(|error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, "cause-changed-done", &[]))
}

/// `GET /causes/{id}/respond`
pub async fn new_answer(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Cause>,
) -> Result<Response, Problem> {
    answer_form(&app, &steward, id, Typed::default(), None).await
}

/// `POST /causes/{id}/respond`
pub async fn respond(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Cause>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    let new = new_response(&app, (&typed.kind, &typed.text, &typed.review))
        .and_then(|new| new.ok_or(Refusal::ResponseEmpty));
    let done = match new {
        Ok(new) => cause::respond(&app, &steward.member, id, new).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(_) => Ok(go_on(&app, PATH, "cause-answered-done", &[])),
        Err(Error::Refused(refusal)) => answer_form(&app, &steward, id, typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /responses/{id}/done`
pub async fn finish(
    State(app): State<App>,
    Steward { member, .. }: Steward,
    PathId(id): PathId<Answer>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = cause::finish(&app, &member, id).await;
    done.map_err(|error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, "cause-changed-done", &[]))
}

async fn page(
    app: &App,
    reader: &FullMember,
    added: String,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let shared = app.clone();
    let found = app.db.read(move |conn| Found::read(&shared, conn)).await?;
    let words = Words::new(app, &reader.visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (offered, retired): (Vec<&Cause>, Vec<&Cause>) =
        found.causes.iter().partition(|cause| cause.is_offered());
    let lines = |some: Vec<&Cause>| some.into_iter().map(|each| found.line(&words, each)).collect();
    let template = List {
        page: Page::new(app, &reader.visitor, words.locale.say("causes-title")).found_at(PATH),
        causes: lines(offered),
        retired: lines(retired),
        shares: found.shares(&words),
        may_change: reader.member.is_steward(),
        added,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

async fn answer_form(
    app: &App,
    steward: &Steward,
    id: CauseId,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let found = app.db.read(move |conn| causes::find(conn, id)).await?;
    let words = Words::new(app, &steward.visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let name = name_of(&found, words.locale);
    let title = words.locale.say_with("cause-respond-title", [("name", name.as_str().into())]);
    let template = Respond {
        page: Page::new(app, &steward.visitor, title).found_at(format!("{PATH}/{id}/respond")),
        id: id.to_string(),
        name,
        kinds: kinds(&words, &typed.kind),
        typed,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

impl Found {
    fn read(app: &App, conn: &mut Conn) -> Result<Self, Error> {
        Ok(Self {
            causes: causes::list(conn)?,
            counts: causes::read_counts(conn, &app.zone, counted_until(app.now(), &app.zone))?,
            responses: causes::list_responses(conn)?,
            ways: origins::read_counts(conn, &app.zone)?,
        })
    }

    fn line(&self, words: &Words<'_>, cause: &Cause) -> Line {
        let name = name_of(cause, words.locale);
        let responses: Vec<&Answer> =
            self.responses.iter().filter(|response| response.cause == cause.id).collect();
        let is_answered = responses.iter().any(|response| response.stands(words.now));
        let mut four = Quarter::of(words.now, &words.app.zone).last_four();
        four.reverse();
        let told = |quarter: &Quarter| {
            let fits = |count: &&Count| count.cause == cause.id && count.quarter == *quarter;
            let about = shown(self.counts.iter().find(fits)?.needs)?;
            let id = if is_answered { "cause-seen" } else { "cause-seen-unanswered" };
            let arguments = [
                ("quarter", say_quarter(words, *quarter).into()),
                ("name", name.as_str().into()),
                ("count", about.into()),
            ];
            Some(words.locale.say_with(id, arguments))
        };
        Line {
            id: cause.id.to_string(),
            seen: four.iter().filter_map(told).collect(),
            responses: responses.iter().map(|each| response_line(words, each)).collect(),
            name,
        }
    }

    /// What is told of the last four whole quarters.
    fn shares(&self, words: &Words<'_>) -> Vec<String> {
        let year = Quarter::of(words.now, &words.app.zone).before().last_four();
        let in_year = |count: &&origin::Count| year.contains(&count.quarter);
        let counts: Vec<_> = self.ways.iter().filter(in_year).copied().collect();
        let (sent, replacing) = origin::shares(&counts);
        let say = |id: &str, share: Option<i64>| {
            Some(words.locale.say_with(id, [("share", share?.into())]))
        };
        [say("origin-share-office", sent), say("origin-share-replaces", replacing)]
            .into_iter()
            .flatten()
            .collect()
    }
}

fn response_line(words: &Words<'_>, response: &Answer) -> ResponseLine {
    let (id, at) = match (response.done_at, response.kind, response.review_at) {
        (Some(done), _, _) => ("response-says-done", done),
        (None, ResponseKind::NotNow, Some(review)) => ("response-says-review", review),
        _ => ("response-says-since", response.made_at),
    };
    ResponseLine {
        id: response.id.to_string(),
        kind: words.locale.say(&format!("response-{}", response.kind.word())),
        text: response.text.clone(),
        says: words.locale.say_with(id, [("date", words.day(at).text.into())]),
        is_open: response.done_at.is_none() && response.kind != ResponseKind::NotNow,
    }
}

/// A quarter as people say it: its first and last month.
fn say_quarter(words: &Words<'_>, quarter: Quarter) -> String {
    let Some(first) = quarter.first_day() else { return quarter.to_string() };
    let month =
        |number: i8| words.locale.say_with("date-month", [("month", i64::from(number).into())]);
    let arguments = [
        ("first", month(first.month()).into()),
        ("last", month(first.month() + 2).into()),
        ("year", first.year().to_string().into()),
    ];
    words.locale.say_with("date-quarter", arguments)
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        Self {
            kind: fields.text("kind"),
            text: fields.text("response"),
            review: fields.text("review"),
        }
    }
}
