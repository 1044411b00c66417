//! The agenda of the next assembly: what the collective noticed by itself, as questions, what is to
//! be decided, and what comes to its end soon. A question is answered by a decision, or because we
//! talked about it; then it rests until a day.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;

use crate::actions::answer_agenda::answer as answer_point;
use crate::actions::hold_role::page_of as role_page;
use crate::app::App;
use crate::db::{Conn, agenda, decisions, strings};
use crate::domain::agenda::{Matter, Point};
use crate::domain::decision::Decision;
use crate::domain::refusal::Refusal;
use crate::domain::string::Gift;
use crate::error::Error;
use crate::web::agenda_words::Subjects;
use crate::web::decisions::{Line, line};
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::role_lines::{Held, title};
use crate::web::roles::decision;
use crate::web::session::{FullMember, Visitor};
use crate::web::words::{Words, date, end_of_day};

/// This page.
const PATH: &str = "/agenda";
/// For how long something rests that was talked about, if nobody chooses.
const USUAL_REST: SignedDuration = SignedDuration::from_hours(90 * 24);
/// What ends within this is shown as coming up.
const SOON: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How many decisions can be chosen as an answer.
const OFFERED: i64 = 20;

#[derive(Template)]
#[template(path = "agenda/show.html")]
struct Agenda {
    page: Page,
    questions: Vec<PointLine>,
    open: Vec<Line>,
    soon: Vec<Soon>,
    answers: Vec<Answer>,
    until: String,
    problem: Option<String>,
}

struct PointLine {
    id: String,
    question: String,
    href: Option<String>,
    since: String,
    iso: String,
}

/// Something that ends soon.
struct Soon {
    text: String,
    href: String,
}

/// A decision that may answer a question.
struct Answer {
    id: String,
    title: String,
}

/// Everything that is read for the page.
struct Found {
    points: Vec<Point>,
    subjects: Subjects,
    open: Vec<Decision>,
    closed: Vec<Decision>,
    held: Held,
    gifts: Vec<Gift>,
}

/// `GET /agenda`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
) -> Result<Response, Problem> {
    page(&app, &visitor, None).await
}

/// `POST /agenda/{id}/answer`
pub async fn reply(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Point>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.db.read(move |conn| agenda::find(conn, id)).await?;
    let answered = match end_of_day(&app, &fields.text("until")) {
        Some(until) => answer_point(&app, &member, id, (decision(&fields)?, until)).await,
        None => Err(Refusal::DateNotADate.into()),
    };
    match answered {
        Ok(()) => Ok(go_on(&app, PATH, "agenda-answered", &[])),
        Err(Error::Refused(refusal)) => page(&app, &visitor, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

impl Found {
    fn read(conn: &mut Conn) -> Result<Self, Error> {
        Ok(Self {
            points: agenda::list_open(conn)?,
            subjects: Subjects::read(conn)?,
            open: decisions::list_open(conn)?,
            closed: decisions::list_closed(conn, None, OFFERED)?,
            held: Held::read(conn)?,
            gifts: strings::list(conn)?,
        })
    }

    /// Terms and strings that end soon, in the order of their ends.
    fn soon(&self, words: &Words<'_>) -> Vec<Soon> {
        let until = words.now.saturating_add(SOON).unwrap_or(words.now);
        let is_soon = |end: jiff::Timestamp| words.now <= end && end <= until;
        let say = |id: &str, name: String, end: jiff::Timestamp| {
            let date = words.day(end).text;
            words.locale.say_with(id, [("name", name.into()), ("date", date.into())])
        };
        let mut found = Vec::new();
        for role in &self.held.roles {
            for term in self.held.terms_of(role.id).filter(|term| is_soon(term.ends_at)) {
                let text = say("agenda-soon-term", title(words, role), term.ends_at);
                found.push((term.ends_at, Soon { text, href: role_page(role.id) }));
            }
        }
        for gift in self.gifts.iter().filter(|gift| gift.struck.is_none()) {
            if let Some(end) = gift.attached.ends_at.filter(|end| is_soon(*end)) {
                let text = say("agenda-soon-string", gift.what.clone(), end);
                found.push((end, Soon { text, href: "/strings".to_owned() }));
            }
        }
        found.sort_by_key(|(end, _)| *end);
        found.into_iter().map(|(_, soon)| soon).collect()
    }
}

async fn page(app: &App, visitor: &Visitor, refusal: Option<Refusal>) -> Result<Response, Problem> {
    let found = app.db.read(Found::read).await?;
    let words = Words::new(app, visitor);
    let point = |point: &Point| {
        let (question, since) =
            (found.subjects.question(words.locale, point), words.lately(point.noticed_at));
        PointLine {
            id: point.id.to_string(),
            question: question.text,
            href: question.href,
            since: since.text,
            iso: since.iso,
        }
    };
    let until = words.now.saturating_add(USUAL_REST).unwrap_or(words.now);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let template = Agenda {
        page: Page::new(app, visitor, words.locale.say("agenda-title")).found_at(PATH),
        questions: in_order(&found.points).map(point).collect(),
        open: found.open.iter().map(|each| line(&words, each)).collect(),
        soon: found.soon(&words),
        answers: found
            .closed
            .iter()
            .map(|each| Answer { id: each.id.to_string(), title: each.title.clone() })
            .collect(),
        until: date(app, until),
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

/// By matter, in the order in which matters are asked; the longest noticed comes first.
fn in_order(points: &[Point]) -> impl Iterator<Item = &Point> {
    Matter::ALL
        .into_iter()
        .flat_map(move |matter| points.iter().filter(move |point| point.matter == matter))
}
