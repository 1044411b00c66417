//! Rounds: which are open, and the steps of their lives. Asking needs none of them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use crate::actions::round::{self, Wish, page_of};
use crate::app::App;
use crate::db::{Conn, rounds};
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::round::{How, MOST_DAYS, Round, Stage};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{SignedIn, Steward};
use crate::web::words::Words;

/// This page.
pub const PATH: &str = "/rounds";

#[derive(Template)]
#[template(path = "rounds/list.html")]
struct List {
    page: Page,
    rounds: Vec<Line>,
    /// Whether who looks may ask for one.
    may_ask: bool,
    typed: Typed,
    most_days: i64,
    problem: Option<String>,
}

struct Line {
    href: String,
    title: String,
    state: String,
    says: String,
}

/// What was typed.
struct Typed {
    title: String,
    text: String,
    days: String,
}

/// `GET /rounds`
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    let typed = Typed { title: String::new(), text: String::new(), days: "30".to_owned() };
    show(&app, &signed_in, typed, None).await
}

/// `POST /rounds`: somebody who looks after the house asks for one.
pub async fn ask(
    State(app): State<App>,
    Steward { visitor, member }: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed =
        Typed { title: fields.text("title"), text: fields.text("text"), days: fields.text("days") };
    let wish = Wish {
        title: typed.title.clone(),
        text: typed.text.clone(),
        days: typed.days.trim().parse().unwrap_or_default(),
    };
    match round::ask(&app, &member, wish).await {
        Ok(asked) => Ok(go_on(&app, &page_of(asked.id), "round-asked-done", &[])),
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

/// How many rounds wait for somebody who looks after the house: for their signature, or for a sheet.
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

async fn show(
    app: &App,
    signed_in: &SignedIn,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let mut all = app.db.read(rounds::list).await?;
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
        typed,
        most_days: MOST_DAYS,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}
