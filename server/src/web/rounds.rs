//! Rounds: which are open, and the steps of their lives. Asking needs none of them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use crate::actions::round::{self, Wish, page_of};
use crate::app::App;
use crate::db::{Conn, decisions, rounds};
use crate::domain::decision::Decision;
use crate::domain::id::{DecisionId, MemberId, RoundId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::round::{How, MOST_DAYS, Round, Stage};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::need_context::Choice;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{SignedIn, Steward};
use crate::web::words::Words;

/// This page.
pub const PATH: &str = "/rounds";
/// How many decisions there are to choose from.
const MOST_DECISIONS: i64 = 50;

#[derive(Template)]
#[template(path = "rounds/list.html")]
struct List {
    page: Page,
    rounds: Vec<Line>,
    /// Whether who looks may ask for one.
    may_ask: bool,
    typed: Typed,
    most_days: i64,
    decisions: Vec<Choice>,
    problem: Option<String>,
}

struct Line {
    href: String,
    title: String,
    state: String,
    says: String,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    title: String,
    text: String,
    days: String,
    decision: String,
}

/// `GET /rounds`
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    let typed = Typed { days: "30".to_owned(), ..Typed::default() };
    show(&app, &signed_in, typed, None).await
}

/// `POST /rounds`: somebody who looks after the house asks for one.
pub async fn ask(
    State(app): State<App>,
    Steward { visitor, member }: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed {
        title: fields.text("title"),
        text: fields.text("text"),
        days: fields.text("days"),
        decision: fields.text("decision"),
    };
    let wish = Wish {
        title: typed.title.clone(),
        text: typed.text.clone(),
        days: typed.days.trim().parse().unwrap_or_default(),
    };
    // Without a decision it waits for a second person.
    let done = match typed.decision.parse() {
        Ok(decision) => {
            let opened = round::open_by_decision(&app, &member, wish, decision).await;
            opened.map(|opened| (opened, "round-confirmed-done"))
        }
        Err(_) => round::ask(&app, &member, wish).await.map(|asked| (asked, "round-asked-done")),
    };
    match done {
        Ok((round, done)) => Ok(go_on(&app, &page_of(round.id), done, &[])),
        Err(Error::Refused(refusal)) => {
            show(&app, &SignedIn { visitor, member }, typed, Some(refusal)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /rounds/{id}/open`: a second person signs.
pub async fn open(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Round>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = round::second(&app, &steward.member, id).await;
    done.map_err(|error| Problem::from(error).at(&page_of(id)))?;
    Ok(go_on(&app, &page_of(id), "round-opened-done", &[]))
}

/// `POST /rounds/{id}/confirm`: the assembly decided it.
pub async fn confirm(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Round>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let decision = read_decision(&fields, id)?;
    let done = round::confirm(&app, &steward.member, id, decision).await;
    done.map_err(|error| Problem::from(error).at(&page_of(id)))?;
    Ok(go_on(&app, &page_of(id), "round-confirmed-done", &[]))
}

/// `POST /rounds/{id}/renew`: the assembly decided that it goes on.
pub async fn renew(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Round>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let decision = read_decision(&fields, id)?;
    let days = fields.text("days").trim().parse().unwrap_or_default();
    let done = round::renew(&app, &steward.member, id, (decision, days)).await;
    done.map_err(|error| Problem::from(error).at(&page_of(id)))?;
    Ok(go_on(&app, &page_of(id), "round-renewed-done", &[]))
}

/// `POST /rounds/{id}/end`
pub async fn end(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Round>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = round::end_early(&app, &steward.member, id).await;
    done.map_err(|error| Problem::from(error).at(&page_of(id)))?;
    Ok(go_on(&app, &page_of(id), "round-ended-done", &[]))
}

/// `POST /rounds/{id}/close`
pub async fn close(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Round>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = round::close(&app, &steward.member, id).await;
    done.map_err(|error| Problem::from(error).at(&page_of(id)))?;
    Ok(go_on(&app, &page_of(id), "round-closed-done", &[]))
}

/// How many rounds wait for somebody who looks after the house: for their signature, or for a
/// sheet.
pub fn waiting_for(conn: &mut Conn, looker: MemberId, now: Timestamp) -> Result<usize, Error> {
    let mut waiting = 0;
    for round in rounds::list_unclosed(conn)? {
        waiting += usize::from(match round.stage(now) {
            Stage::Asked => rounds::find_openers(conn, round.id)?.asked_by != Some(looker),
            Stage::Ended => round.was_open(),
            Stage::Provisional | Stage::Open | Stage::Closed => false,
        });
    }
    Ok(waiting)
}

/// Where a round is in its life, in a word and in a sentence.
pub fn say_stage(words: &Words<'_>, round: &Round) -> (String, String) {
    let day = |at| words.day(at).text;
    let with = |id: &str, at| words.locale.say_with(id, [("date", day(at).into())]);
    let ended = |how: Option<How>, at| match how {
        Some(How::Lapsed) => with("round-says-lapsed", at),
        Some(How::Early) => with("round-says-ended-early", at),
        _ => with("round-says-ended", at),
    };
    let (how, at) = match round.ended {
        Some((how, at)) => (Some(how), at),
        None => (round.ends_by_itself(words.now), round.until()),
    };
    let (state, says) = match round.stage(words.now) {
        Stage::Asked => ("round-asked", with("round-says-asked", round.until())),
        Stage::Provisional => {
            let until = words.time(round.until());
            let arguments = [("date", until.into()), ("end", day(round.ends_at).into())];
            ("round-provisional", words.locale.say_with("round-says-provisional", arguments))
        }
        Stage::Open => ("round-open", with("round-says-open", round.ends_at)),
        Stage::Ended => ("round-ended", ended(how, at)),
        Stage::Closed => ("round-closed", with("round-says-closed", round.closed_at.unwrap_or(at))),
    };
    (words.locale.say(state), says)
}

/// Whether a round is shown to somebody: what one person only asked for is for those who may sign.
pub fn is_shown(round: &Round, member: &Member) -> bool {
    round.was_open() || member.is_steward()
}

/// The decision that somebody chose. Nothing chosen is as if it were not there.
fn read_decision(fields: &Fields, id: RoundId) -> Result<DecisionId, Problem> {
    let chosen = fields.text("decision").parse();
    chosen.map_err(|_| Problem::Refused(Refusal::DecisionUnfit).at(&page_of(id)))
}

/// The adopted decisions by which nothing was done yet, newest first.
pub fn list_unused(conn: &mut Conn) -> Result<Vec<Decision>, Error> {
    decisions::list_citable(conn, MOST_DECISIONS)
}

/// Decisions to choose from.
pub fn choices(decisions: &[Decision], selected: &str) -> Vec<Choice> {
    let choice = |decision: &Decision| {
        let value = decision.id.to_string();
        Choice { selected: value == selected, value, label: decision.title.clone() }
    };
    decisions.iter().map(choice).collect()
}

async fn show(
    app: &App,
    signed_in: &SignedIn,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let read = |conn: &mut Conn| Ok((rounds::list(conn)?, list_unused(conn)?));
    let (mut all, unused) = app.db.read(read).await?;
    all.retain(|round| is_shown(round, &signed_in.member));
    let words = Words::new(app, &signed_in.visitor);
    let line = |round: &Round| {
        let (state, says) = say_stage(&words, round);
        Line { href: page_of(round.id), title: round.title.clone(), state, says }
    };
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let template = List {
        page: Page::new(app, &signed_in.visitor, words.locale.say("rounds-title")).found_at(PATH),
        rounds: all.iter().map(line).collect(),
        may_ask: signed_in.member.is_steward(),
        decisions: choices(&unused, &typed.decision),
        typed,
        most_days: MOST_DAYS,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}
