//! One turn: who comes, coming and staying away, and what became of it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use crate::actions::cover_turn::Cover;
use crate::actions::keep_turn::keep_turn;
use crate::actions::release_turn::release_turn;
use crate::actions::take_turn::{Repeat, end_standing, take_turn, take_turns};
use crate::app::App;
use crate::db::{Conn, standing_turns, turns};
use crate::domain::duty::Duty;
use crate::domain::id::TurnId;
use crate::domain::refusal::Refusal;
use crate::domain::turn::{Place, Report, Standing, Turn};
use crate::error::Error;
use crate::web::duties::{find_visible, path_of};
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{FullMember, SignedIn, Visitor};
use crate::web::turn_lines::{Read, TurnLine, repeat};
use crate::web::words::Words;

/// Between how many turns the form lets one choose.
const REPEATS: i32 = 4;

#[derive(Template)]
#[template(path = "turns/show.html")]
struct Show {
    page: Page,
    line: TurnLine,
    duty_href: String,
    place: Option<String>,
    repeats: Vec<Choice>,
    standing: Option<String>,
    report: Option<ReportForm>,
    noted: Option<Noted>,
    problem: Option<String>,
}

struct Choice {
    value: i32,
    label: String,
}

/// What became of it, to be noted.
struct ReportForm {
    came: String,
    counts: Option<String>,
    counted: String,
    note: String,
    is_noted: bool,
}

/// What was noted of it, for members.
struct Noted {
    counted: Option<String>,
    lines: Vec<HandedOver>,
}

/// A line of what is handed over, and the way to ask for what it lacks.
struct HandedOver {
    text: String,
    ask: String,
}

/// What was typed of a turn, and what is wrong with it.
struct Tried {
    fields: Fields,
    refusal: Refusal,
}

struct Found {
    duty: Duty,
    read: Read,
    note: Option<String>,
    standing: Vec<Standing>,
}

/// `GET /turns/{id}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    PathId(id): PathId<Turn>,
) -> Result<Response, Problem> {
    show_page(&app, &visitor, id, None).await
}

/// `POST /turns/{id}/take`
pub async fn take(
    State(app): State<App>,
    SignedIn { visitor, member }: SignedIn,
    PathId(id): PathId<Turn>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let place = Place::from_word(&fields.text("place")).unwrap_or(Place::Hand);
    let back = turn_path(id);
    let done = match wanted(&fields) {
        Ok(Some(repeat)) => {
            let taken = take_turns(&app, &member, id, place, repeat).await;
            taken.map(|_| "turns-taken")
        }
        Ok(None) => {
            let taken = take_turn(&app, &member, id, place).await;
            taken.map(|_| if place.is_learner() { "turn-learner-taken" } else { "turn-taken" })
        }
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(done) => Ok(go_on(&app, &back, done, &[])),
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            show_page(&app, &visitor, id, Some(Tried { fields, refusal })).await
        }
        Err(error) => Err(Problem::from(error).at(&back)),
    }
}

/// `POST /turns/{id}/release`: one tap, no reason.
pub async fn release(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    PathId(id): PathId<Turn>,
    _form: Form,
) -> Result<Response, Problem> {
    let back = turn_path(id);
    let covered = release_turn(&app, &member, id).await;
    let done = match covered.map_err(|error| Problem::from(error).at(&back))? {
        Cover::Enough => "turn-released-enough",
        Cover::Drawn => "turn-released-drawn",
        Cover::Asked => "turn-released-asked",
        Cover::Free => "turn-released-free",
    };
    Ok(go_on(&app, &back, done, &[]))
}

/// `POST /turns/{id}/keep`
pub async fn keep(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Turn>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let kept = match report(&fields) {
        Ok(report) => keep_turn(&app, &member, id, report).await,
        Err(refusal) => Err(refusal.into()),
    };
    match kept {
        Ok(_) => Ok(go_on(&app, &turn_path(id), "turn-noted", &[])),
        Err(Error::Refused(refusal)) => {
            show_page(&app, &visitor, id, Some(Tried { fields, refusal })).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /turns/standing/{id}/end`
pub async fn end(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    PathId(id): PathId<Standing>,
    _form: Form,
) -> Result<Response, Problem> {
    end_standing(&app, &member, id).await?;
    Ok(go_on(&app, "/me/turns", "standing-ended", &[]))
}

fn turn_path(id: TurnId) -> String {
    format!("/turns/{id}")
}

fn is_about_fields(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::DateNotADate | Refusal::EndsBeforeStart | Refusal::RhythmUnfit)
}

/// How often they want to come; none for just this once.
fn wanted(fields: &Fields) -> Result<Option<Repeat>, Refusal> {
    let every = match fields.text("every").trim() {
        "" | "0" => return Ok(None),
        typed => typed.parse().map_err(|_| Refusal::RhythmUnfit)?,
    };
    Ok(Some(Repeat { every, until: typed_day(&fields.text("until"))? }))
}

/// A day that was typed; none if nothing was.
pub fn typed_day(typed: &str) -> Result<Option<Date>, Refusal> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| Refusal::DateNotADate),
    }
}

fn report(fields: &Fields) -> Result<Report, Refusal> {
    let number = |typed: &str| typed.trim().parse().map_err(|_| Refusal::CountUnfit);
    let counted = match fields.text("counted").trim() {
        "" => None,
        typed => Some(number(typed)?),
    };
    let note = Some(fields.text("note"));
    Ok(Report { came: number(&fields.text("came"))?, counted, note })
}

async fn show_page(
    app: &App,
    visitor: &Visitor,
    id: TurnId,
    tried: Option<Tried>,
) -> Result<Response, Problem> {
    let (looker, now) = (visitor.clone(), app.now());
    let found = app.db.read(move |conn| Found::read(conn, &looker, id, now)).await?;
    let words = Words::new(app, visitor);
    let (duty, turn) = (&found.duty, &found.read.turn);
    let line = TurnLine::new(&words, visitor.viewer(), duty, &found.read);
    let is_member = visitor.viewer().is_member();
    let title = [("title", line.title.as_str().into()), ("day", line.day.as_str().into())];
    let title = words.locale.say_with("turn-title", title);
    let status = match tried {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let may_note = is_member && turn.may_be_noted(words.now);
    let template = Show {
        page: Page::new(app, visitor, title).found_at(turn.path()),
        duty_href: path_of(duty.id),
        place: duty.content.place.clone(),
        repeats: repeats(&words, &found),
        standing: standing(&words, &found),
        report: may_note.then(|| report_form(&found, tried.as_ref())),
        noted: is_member.then(|| noted(&words, &found)).flatten(),
        problem: tried.map(|tried| words.locale.say(tried.refusal.key())),
        line,
    };
    answer(status, &template)
}

impl Found {
    fn read(
        conn: &mut Conn,
        visitor: &Visitor,
        id: TurnId,
        now: jiff::Timestamp,
    ) -> Result<Self, Error> {
        let turn = turns::find(conn, id)?;
        let duty = find_visible(conn, visitor.viewer(), turn.duty)?;
        let is_member = visitor.viewer().is_member();
        let note = if is_member { turns::find_note(conn, id)? } else { None };
        let standing = match visitor.member() {
            Some(member) => standing_turns::list_by_member(conn, member.id)?,
            None => Vec::new(),
        };
        Ok(Self { read: Read::of(conn, turn, visitor.member(), now)?, duty, note, standing })
    }
}

/// Every Tuesday, every second Tuesday, and so on.
fn repeats(words: &Words<'_>, found: &Found) -> Vec<Choice> {
    let zone = found.duty.schedule.zone(&words.app.zone);
    let day = zone.to_datetime(found.read.turn.starts_at).date();
    let choice =
        |every| Choice { value: every, label: repeat(words.locale, &found.duty, day, every) };
    (1..=REPEATS).map(choice).collect()
}

/// That they come to this turn because they come to every one of its kind.
fn standing(words: &Words<'_>, found: &Found) -> Option<String> {
    let zone = found.duty.schedule.zone(&words.app.zone);
    let start = zone.to_datetime(found.read.turn.starts_at);
    let theirs = found.standing.iter().filter(|one| one.duty == found.duty.id);
    let one = theirs.into_iter().find(|one| one.includes(&found.duty.schedule.rhythm, start))?;
    Some(repeat(words.locale, &found.duty, start.date(), one.every))
}

fn report_form(found: &Found, tried: Option<&Tried>) -> ReportForm {
    let turn = &found.read.turn;
    let typed = |name: &str| tried.map(|tried| tried.fields.text(name));
    let number = |number: Option<i32>| number.map(|number| number.to_string());
    // Those who said that they come, and those who came to learn, until somebody counts.
    let guess = turn.came.unwrap_or(turn.taken.saturating_add(turn.learning));
    ReportForm {
        came: typed("came").unwrap_or_else(|| guess.to_string()),
        counts: found.duty.content.counts.clone(),
        counted: typed("counted").or_else(|| number(turn.counted)).unwrap_or_default(),
        note: typed("note").or_else(|| found.note.clone()).unwrap_or_default(),
        is_noted: turn.noted_at.is_some(),
    }
}

fn noted(words: &Words<'_>, found: &Found) -> Option<Noted> {
    found.read.turn.noted_at?;
    let counted = found.read.turn.counted.map(|counted| {
        let what = found.duty.content.counts.clone().unwrap_or_default();
        let arguments = [("count", counted.into()), ("what", what.into())];
        words.locale.say_with("turn-counted", arguments)
    });
    let lines = found.note.as_deref().unwrap_or_default().lines();
    let handed_over = |line: &str| HandedOver { text: line.to_owned(), ask: ask(line) };
    Some(Noted {
        counted,
        lines: lines.filter(|line| !line.trim().is_empty()).map(handed_over).collect(),
    })
}

/// The form for a need, with a line of the note as its title.
fn ask(line: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("title", line).finish();
    format!("/needs/new?{query}")
}
