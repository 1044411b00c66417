//! What becomes of a need when its round closes: one of three things, said on a page of its own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::cause::{NewResponse, name_of};
use crate::actions::round::page_of;
use crate::actions::round_line::{Fate, decide as decide_line};
use crate::app::App;
use crate::db::{Conn, causes, duties, proposals, rounds};
use crate::domain::cause::{Cause, Response as Answer, ResponseKind};
use crate::domain::duty::Duty;
use crate::domain::id::{CauseId, DutyId, ProposalId};
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::domain::round::{Line, Outcome, Round};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::need_context::Choice;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;
use crate::web::words::{Words, end_of_day};

#[derive(Template)]
#[template(path = "rounds/line.html")]
struct LinePage {
    page: Page,
    id: String,
    round: String,
    back: String,
    new_duty: String,
    outcome: Option<String>,
    duties: Vec<Choice>,
    causes: Vec<Choice>,
    kinds: Vec<Choice>,
    typed: Typed,
    problem: Option<String>,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    duty: String,
    cause: String,
    kind: String,
    text: String,
    review: String,
}

/// What a line can become: the duties and causes that there are.
pub struct Fates {
    causes: Vec<Cause>,
    responses: Vec<Answer>,
    duties: Vec<Duty>,
}

/// `GET /round-lines/{id}`
pub async fn show(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Proposal>,
) -> Result<Response, Problem> {
    form(&app, &steward, id, Typed::default(), None).await
}

/// `POST /round-lines/{id}`
pub async fn decide(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Proposal>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = Typed::read(&fields);
    let fate = match fields.text("fate").as_str() {
        "finished" => Ok(Fate::Finished),
        "open" => Ok(Fate::Open),
        "duty" => typed.duty(),
        "cause" => typed.cause(&app),
        _ => return Err(missing_line(&app, id).await),
    };
    let done = match fate {
        Ok(fate) => decide_line(&app, &steward.member, id, fate).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(line) => Ok(go_on(&app, &page_of(line.round), "round-line-done", &[])),
        Err(Error::Refused(refusal)) => form(&app, &steward, id, typed, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// A form that is none of ours: for a need without a round there is nothing here at all.
async fn missing_line(app: &App, id: ProposalId) -> Problem {
    match app.db.read(move |conn| rounds::find_line(conn, id)).await {
        Ok(Some(_)) => Problem::FormExpired,
        Ok(None) => Problem::NotFound,
        Err(error) => error.into(),
    }
}

async fn form(
    app: &App,
    steward: &Steward,
    id: ProposalId,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let read = move |conn: &mut Conn| {
        let line = rounds::find_line(conn, id)?.ok_or(Error::NotFound)?;
        let round = rounds::find(conn, line.round)?;
        Ok((line, round, proposals::find(conn, id)?, Fates::read(conn)?))
    };
    let (line, round, need, fates): (Line, Round, Proposal, Fates) = app.db.read(read).await?;
    let words = Words::new(app, &steward.visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = Page::new(app, &steward.visitor, need.content.title.as_str());
    answer(
        status,
        &LinePage {
            page: page.found_at(format!("/round-lines/{id}")),
            id: id.to_string(),
            back: page_of(round.id),
            new_duty: new_duty(&need),
            round: round.title,
            outcome: line.decided.map(|(outcome, _)| fates.say(&words, outcome, true)),
            duties: fates.duty_choices(&typed.duty),
            causes: fates.cause_choices(&words, &typed.cause),
            kinds: kinds(&words, &typed.kind),
            typed,
            problem: refusal.map(|refusal| words.locale.say(refusal.key())),
        },
    )
}

/// The form for a new duty, with what is known of the need.
fn new_duty(need: &Proposal) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("title", &need.content.title)
        .finish();
    format!("/duties/new?{query}")
}

/// The kinds of responses to choose from.
pub fn kinds(words: &Words<'_>, selected: &str) -> Vec<Choice> {
    let choice = |kind: ResponseKind| Choice {
        value: kind.word().to_owned(),
        label: words.locale.say(&format!("response-{}", kind.word())),
        selected: kind.word() == selected,
    };
    ResponseKind::ALL.map(choice).into_iter().collect()
}

/// What a form says that the collective does about a cause; none if nothing is typed.
pub fn new_response(
    app: &App,
    (kind, text, review): (&str, &str, &str),
) -> Result<Option<NewResponse>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let kind = ResponseKind::from_word(kind).ok_or(Refusal::ResponseEmpty)?;
    let review_at = match (kind, review.trim()) {
        (ResponseKind::NotNow, "") => return Err(Refusal::ReviewMissing),
        (ResponseKind::NotNow, typed) => Some(end_of_day(app, typed).ok_or(Refusal::DateNotADate)?),
        _ => None,
    };
    Ok(Some(NewResponse { kind, text: text.to_owned(), decision: None, review_at }))
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        Self {
            duty: fields.text("duty"),
            cause: fields.text("cause"),
            kind: fields.text("kind"),
            text: fields.text("response"),
            review: fields.text("review"),
        }
    }

    fn duty(&self) -> Result<Fate, Refusal> {
        self.duty.parse().map(Fate::Duty).map_err(|_| Refusal::LineUndecidable)
    }

    fn cause(&self, app: &App) -> Result<Fate, Refusal> {
        let cause: CauseId = self.cause.parse().map_err(|_| Refusal::LineUndecidable)?;
        let response = new_response(app, (&self.kind, &self.text, &self.review))?;
        Ok(Fate::Cause(cause, response))
    }
}

impl Fates {
    /// Reads them.
    pub fn read(conn: &mut Conn) -> Result<Self, Error> {
        Ok(Self {
            causes: causes::list(conn)?,
            responses: causes::list_responses(conn)?,
            duties: duties::list(conn)?,
        })
    }

    /// What became of a line. Which cause a need has is for those who look after the house.
    pub fn say(&self, words: &Words<'_>, outcome: Outcome, is_steward: bool) -> String {
        match outcome {
            Outcome::Finished => words.locale.say("round-line-finished"),
            Outcome::Duty(duty) => match self.duty(duty) {
                Some((_, title)) => {
                    words.locale.say_with("round-line-duty", [("title", title.into())])
                }
                None => words.locale.say("round-line-some-duty"),
            },
            Outcome::Cause(Some(id)) if is_steward => {
                let cause = self.causes.iter().find(|cause| cause.id == id);
                let name = cause.map(|cause| name_of(cause, words.locale)).unwrap_or_default();
                words.locale.say_with("round-line-cause", [("name", name.into())])
            }
            Outcome::Cause(_) => words.locale.say("round-line-some-cause"),
        }
    }

    /// The page and the title of a duty.
    pub fn duty(&self, id: DutyId) -> Option<(String, String)> {
        let duty = self.duties.iter().find(|duty| duty.id == id)?;
        Some((format!("/duties/{id}"), duty.content.title.clone()))
    }

    fn duty_choices(&self, selected: &str) -> Vec<Choice> {
        let choice = |duty: &Duty| {
            let value = duty.id.to_string();
            let label = duty.content.title.clone();
            Choice { selected: value == selected, value, label }
        };
        self.duties.iter().filter(|duty| duty.is_live()).map(choice).collect()
    }

    /// The causes to choose from, each with whether something answers it.
    fn cause_choices(&self, words: &Words<'_>, selected: &str) -> Vec<Choice> {
        let choice = |cause: &Cause| {
            let name = name_of(cause, words.locale);
            let mut standing = self
                .responses
                .iter()
                .filter(|response| response.cause == cause.id && response.stands(words.now));
            let label = match standing.next() {
                Some(response) => {
                    let names = [("name", name.into()), ("response", response.text.clone().into())];
                    words.locale.say_with("round-cause-answered", names)
                }
                None => name,
            };
            let value = cause.id.to_string();
            Choice { selected: value == selected, value, label }
        };
        self.causes.iter().filter(|cause| cause.is_offered()).map(choice).collect()
    }
}
