//! Decisions: what is open and what came of those before, and the form by which a member proposes
//! something to the assembly.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;

use crate::actions::decide::{self, Wish, page_of};
use crate::app::App;
use crate::db::{Conn, decisions};
use crate::domain::decision::{Decision, Ending, Method, Quorum, Voice};
use crate::domain::id::DecisionId;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, Query};
use crate::web::page::{Page, answer, go_on, show as render};
use crate::web::session::{FullMember, SignedIn, Visitor};
use crate::web::words::{Words, date, end_of_day};

/// How many closed ones a page has.
const LINES: usize = 50;
/// For how long a decision is open if nobody chooses.
const USUAL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The shares of members from which the form lets people choose, in percent.
const SHARES: [&str; 5] = ["25%", "34%", "50%", "67%", "100%"];
/// The choice of a number of members.
const NUMBER: &str = "number";

#[derive(Template)]
#[template(path = "decisions/list.html")]
struct List {
    page: Page,
    open: Vec<Line>,
    closed: Vec<Line>,
    older: Option<String>,
}

/// One decision in a list.
pub struct Line {
    /// Its page.
    pub href: String,
    /// What it is about.
    pub title: String,
    /// How it stands.
    pub state: String,
}

#[derive(Template)]
#[template(path = "decisions/new.html")]
struct New {
    page: Page,
    typed: Typed,
    shares: Vec<Share>,
    problem: Option<String>,
}

struct Share {
    value: &'static str,
    label: String,
}

/// What was typed.
struct Typed {
    title: String,
    text: String,
    is_vote: bool,
    share: String,
    number: String,
    until: String,
    asks: bool,
    /// The id of the point of the agenda that it answers, or nothing.
    agenda: String,
}

/// `GET /decisions`
pub async fn list(
    State(app): State<App>,
    SignedIn { visitor, .. }: SignedIn,
    Query(query): Query,
) -> Result<Response, Problem> {
    let before = query.text("before").parse::<DecisionId>().ok();
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let read = move |conn: &mut Conn| {
        let open = if before.is_none() { decisions::list_open(conn)? } else { Vec::new() };
        Ok((open, decisions::list_closed(conn, before, limit)?))
    };
    let (open, mut closed) = app.db.read(read).await?;
    let words = Words::new(&app, &visitor);
    let is_more = closed.len() > LINES;
    closed.truncate(LINES);
    let older =
        closed.last().filter(|_| is_more).map(|last| format!("/decisions?before={}", last.id));
    render(&List {
        page: Page::new(&app, &visitor, words.locale.say("decisions-title")),
        open: open.iter().map(|each| line(&words, each)).collect(),
        closed: closed.iter().map(|each| line(&words, each)).collect(),
        older,
    })
}

/// `GET /decisions/new`
pub async fn new(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
    Query(query): Query,
) -> Result<Response, Problem> {
    let until = app.now().saturating_add(USUAL).unwrap_or(app.now());
    let typed = Typed {
        title: query.text("title"),
        text: String::new(),
        is_vote: false,
        share: "50%".to_owned(),
        number: String::new(),
        until: date(&app, until),
        asks: false,
        agenda: query.text("agenda"),
    };
    form(&app, &visitor, typed, None)
}

/// `POST /decisions/new`
pub async fn create(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    match propose(&app, &member, &typed).await {
        Ok(decision) => Ok(go_on(&app, &page_of(decision.id), "decision-proposed", &[])),
        Err(Error::Refused(refusal)) => form(&app, &visitor, typed, Some(refusal)),
        Err(other) => Err(other.into()),
    }
}

async fn propose(app: &App, by: &Member, typed: &Typed) -> Result<Decision, Error> {
    let quorum = match typed.share.as_str() {
        NUMBER => Quorum::Number(typed.number.trim().parse().map_err(|_| Refusal::QuorumUnfit)?),
        share => share.parse()?,
    };
    let answers = match typed.agenda.as_str() {
        "" => None,
        point => Some(point.parse().map_err(|_| Error::NotFound)?),
    };
    let wish = Wish {
        title: typed.title.clone(),
        text: typed.text.clone(),
        method: if typed.is_vote { Method::Vote } else { Method::Consent },
        quorum,
        closes_at: end_of_day(app, &typed.until).ok_or(Refusal::DateNotADate)?,
        asks_followers: typed.asks,
        answers,
        subject: None,
    };
    decide::propose(app, by, wish).await
}

fn form(
    app: &App,
    visitor: &Visitor,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let locale = &visitor.locale;
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let label = |share: &'static str| Share {
        value: share,
        label: locale.say(match share {
            "25%" => "decision-share-quarter",
            "34%" => "decision-share-third",
            "50%" => "decision-share-half",
            "67%" => "decision-share-two-thirds",
            _ => "decision-share-all",
        }),
    };
    let number = Share { value: NUMBER, label: locale.say("decision-share-number") };
    let template = New {
        page: Page::new(app, visitor, locale.say("decision-new-title")).found_at("/decisions/new"),
        typed,
        shares: SHARES.into_iter().map(label).chain([number]).collect(),
        problem: refusal.map(|refusal| locale.say(refusal.key())),
    };
    answer(status, &template)
}

/// A decision in a list.
pub fn line(words: &Words<'_>, decision: &Decision) -> Line {
    Line {
        href: page_of(decision.id),
        title: decision.title.clone(),
        state: state(words, decision),
    }
}

/// How a decision stands, in words.
pub fn state(words: &Words<'_>, decision: &Decision) -> String {
    let Some(outcome) = decision.outcome else {
        let date = words.day(decision.closes_at).text;
        return words.locale.say_with("decision-open-until", [("date", date.into())]);
    };
    let id = match outcome.ending {
        Ending::Adopted => "decision-adopted",
        Ending::NotAdopted => "decision-not-adopted",
        Ending::NoQuorum => "decision-no-quorum",
        Ending::Withdrawn => "decision-withdrawn",
    };
    let date = words.day(outcome.closed_at).text;
    words.locale.say_with(id, [("date", date.into())])
}

/// What members may say, in a word.
pub fn label(voice: Voice) -> &'static str {
    match voice {
        Voice::Yes => "voice-yes",
        Voice::No => "voice-no",
        Voice::Aside => "voice-aside",
        Voice::Objection => "voice-objection",
    }
}

/// What that means.
pub fn hint(voice: Voice) -> &'static str {
    match voice {
        Voice::Yes => "voice-yes-hint",
        Voice::No => "voice-no-hint",
        Voice::Aside => "voice-aside-hint",
        Voice::Objection => "voice-objection-hint",
    }
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        Self {
            title: fields.text("title"),
            text: fields.text("text"),
            is_vote: fields.text("method") == Method::Vote.word(),
            share: fields.text("share"),
            number: fields.text("number"),
            until: fields.text("until"),
            asks: fields.ticked("asks"),
            agenda: fields.text("agenda"),
        }
    }
}
