//! The register of strings (mission E18): what came from outside, from whom, and what is attached to
//! it. Members read it and take it along as a table; nobody who needs something is named in it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::actions::book_string;
use crate::actions::decide::page_of;
use crate::app::App;
use crate::db::{Conn, decisions, strings};
use crate::domain::decision::Decision;
use crate::domain::refusal::Refusal;
use crate::domain::string::{Attached, Draft, Gift, Limit};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::own_data::table;
use crate::web::page::{Page, answer, go_on, show as render};
use crate::web::role_lines::{Offered, list_offered};
use crate::web::roles::decision;
use crate::web::session::{FullMember, Visitor};
use crate::web::words::{Words, date, end_of_day};

/// This page.
const PATH: &str = "/strings";

#[derive(Template)]
#[template(path = "strings/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    limit: String,
    limit_decision: Option<(String, String)>,
    decisions: Vec<Offered>,
    problem: Option<String>,
}

/// An entry, as the page shows it.
struct Line {
    id: String,
    what: String,
    how_much: String,
    source: String,
    booked: String,
    attached: Vec<(String, String)>,
    decision: Option<(String, String)>,
    struck: Option<String>,
    struck_because: String,
}

#[derive(Template)]
#[template(path = "strings/new.html")]
struct New {
    page: Page,
    typed: Typed,
    limit: String,
    decisions: Vec<Offered>,
    problem: Option<String>,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    what: String,
    source: String,
    amount: String,
    unit: String,
    amount_words: String,
    conditions: String,
    reports: String,
    data_asked: String,
    logo: String,
    until: String,
    is_for_person: bool,
    decision: String,
}

/// Everything that is read for the page.
struct Found {
    gifts: Vec<(Gift, Option<Decision>)>,
    limit: (Limit, Option<Decision>),
    decisions: Vec<Offered>,
}

/// `GET /strings`
pub async fn list(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
) -> Result<Response, Problem> {
    page(&app, &visitor, None).await
}

/// `GET /strings/new`
pub async fn new(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
) -> Result<Response, Problem> {
    form(&app, &visitor, Typed::default(), None).await
}

/// `POST /strings/new`
pub async fn create(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    let booked = match typed.draft(&app) {
        Ok(draft) => book_string::book(&app, &member, draft).await,
        Err(refusal) => Err(refusal.into()),
    };
    match booked {
        Ok(_) => Ok(go_on(&app, PATH, "string-booked", &[])),
        Err(Error::Refused(refusal)) => form(&app, &visitor, typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /strings/{id}/strike`
pub async fn strike(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Gift>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.db.read(move |conn| strings::find(conn, id)).await?;
    let struck = book_string::strike(&app, &member, id, &fields.text("because")).await;
    done(&app, &visitor, struck.map(drop), "string-struck").await
}

/// `POST /strings/limit`
pub async fn set_limit(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let limit = Limit::new(&fields.text("limit"), &fields.text("unit"), decision(&fields)?);
    let set = match limit {
        Ok(limit) => book_string::set_limit(&app, &member, limit).await,
        Err(refusal) => Err(refusal.into()),
    };
    done(&app, &visitor, set, "string-limit-set").await
}

/// `GET /strings.csv`
pub async fn export(
    State(app): State<App>,
    FullMember { .. }: FullMember,
) -> Result<Response, Problem> {
    let gifts = app.db.read(strings::list).await?;
    let head = [
        "booked",
        "what",
        "from",
        "amount",
        "unit",
        "in words",
        "conditions",
        "reports",
        "data",
        "logo",
        "until",
        "decision",
        "crossed out",
    ];
    let rows = gifts.iter().map(|gift| row(&app, gift));
    let table = table(std::iter::once(head.map(str::to_owned).to_vec()).chain(rows).collect())?;
    let name = format!("attachment; filename=\"{}-strings.csv\"", app.collective.handle);
    let head = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((head, table).into_response())
}

fn row(app: &App, gift: &Gift) -> Vec<String> {
    let attached = &gift.attached;
    vec![
        date(app, gift.booked_at),
        gift.what.clone(),
        gift.source.clone(),
        gift.amount.map(|amount| amount.to_string()).unwrap_or_default(),
        gift.unit.clone(),
        gift.amount_words.clone(),
        attached.conditions.clone(),
        attached.reports.clone(),
        attached.data_asked.clone(),
        attached.logo.clone(),
        attached.ends_at.map(|end| date(app, end)).unwrap_or_default(),
        gift.decision.map(|id| app.collective.urls().decision(id).to_string()).unwrap_or_default(),
        gift.struck.as_ref().map(|(_, because)| because.clone()).unwrap_or_default(),
    ]
}

async fn done(
    app: &App,
    visitor: &Visitor,
    tried: Result<(), Error>,
    message: &str,
) -> Result<Response, Problem> {
    match tried {
        Ok(()) => Ok(go_on(app, PATH, message, &[])),
        Err(Error::Refused(refusal)) => page(app, visitor, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

async fn page(app: &App, visitor: &Visitor, refusal: Option<Refusal>) -> Result<Response, Problem> {
    let found = app.db.read(Found::read).await?;
    let words = Words::new(app, visitor);
    let template = List {
        page: Page::new(app, visitor, words.locale.say("strings-title")).found_at(PATH),
        lines: found.gifts.iter().map(|(gift, by)| line(&words, gift, by.as_ref())).collect(),
        limit: words.amount(found.limit.0.amount, &found.limit.0.unit),
        limit_decision: found.limit.1.as_ref().map(link),
        decisions: found.decisions,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    match refusal {
        Some(_) => answer(StatusCode::UNPROCESSABLE_ENTITY, &template),
        None => render(&template),
    }
}

async fn form(
    app: &App,
    visitor: &Visitor,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let read = |conn: &mut Conn| Ok((list_offered(conn)?, strings::find_limit(conn)?));
    let (decisions, limit) = app.db.read(read).await?;
    let words = Words::new(app, visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let template = New {
        page: Page::new(app, visitor, words.locale.say("string-new-title"))
            .found_at("/strings/new"),
        typed,
        limit: words.amount(limit.amount, &limit.unit),
        decisions,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

fn line(words: &Words<'_>, gift: &Gift, by: Option<&Decision>) -> Line {
    let attached = &gift.attached;
    let ends = attached.ends_at.map(|end| words.day(end).text).unwrap_or_default();
    let told = [
        ("string-conditions", attached.conditions.clone()),
        ("string-reports", attached.reports.clone()),
        ("string-data", attached.data_asked.clone()),
        ("string-logo", attached.logo.clone()),
        ("string-until", ends),
    ];
    let said = told.into_iter().filter(|(_, text)| !text.is_empty());
    let struck =
        |at| words.locale.say_with("string-struck-on", [("date", words.day(at).text.into())]);
    Line {
        id: gift.id.to_string(),
        what: gift.what.clone(),
        how_much: match gift.amount {
            Some(amount) => words.amount(amount, &gift.unit),
            None => gift.amount_words.clone(),
        },
        source: words.locale.say_with("string-from", [("source", gift.source.clone().into())]),
        booked: words.day(gift.booked_at).text,
        attached: said.map(|(id, text)| (words.locale.say(id), text)).collect(),
        decision: by.map(link),
        struck: gift.struck.as_ref().map(|(at, _)| struck(*at)),
        struck_because: gift.struck.as_ref().map(|(_, why)| why.clone()).unwrap_or_default(),
    }
}

fn link(decision: &Decision) -> (String, String) {
    (page_of(decision.id), decision.title.clone())
}

impl Found {
    fn read(conn: &mut Conn) -> Result<Self, Error> {
        let mut gifts = Vec::new();
        for gift in strings::list(conn)? {
            let by = gift.decision.map(|id| decisions::find(conn, id)).transpose()?;
            gifts.push((gift, by));
        }
        let limit = strings::find_limit(conn)?;
        let by = limit.decision.map(|id| decisions::find(conn, id)).transpose()?;
        Ok(Self { gifts, limit: (limit, by), decisions: list_offered(conn)? })
    }
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        Self {
            what: fields.text("what"),
            source: fields.text("source"),
            amount: fields.text("amount"),
            unit: fields.text("unit"),
            amount_words: fields.text("words"),
            conditions: fields.text("conditions"),
            reports: fields.text("reports"),
            data_asked: fields.text("data"),
            logo: fields.text("logo"),
            until: fields.text("until"),
            is_for_person: fields.text("for") == "person",
            decision: fields.text("decision"),
        }
    }

    fn draft(&self, app: &App) -> Result<Draft, Refusal> {
        let ends_at = match self.until.trim() {
            "" => None,
            day => Some(end_of_day(app, day).ok_or(Refusal::DateNotADate)?),
        };
        Ok(Draft {
            what: self.what.clone(),
            source: self.source.clone(),
            amount: self.amount.clone(),
            unit: self.unit.clone(),
            amount_words: self.amount_words.clone(),
            attached: Attached {
                conditions: self.conditions.clone(),
                reports: self.reports.clone(),
                data_asked: self.data_asked.clone(),
                logo: self.logo.clone(),
                ends_at,
            },
            is_for_person: self.is_for_person,
            decision: self.decision.parse().ok(),
        })
    }
}
