//! Pacts with other collectives: with whom there is one, who asks, and what goes to them. Members
//! see it; stewards decide.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::pact::{Step, propose as ask, rule, share, take_step};
use crate::actions::recall::recall;
use crate::app::App;
use crate::db::{Conn, pacts};
use crate::domain::came_and_went::CameAndWent;
use crate::domain::id::PactId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::{Pact, PactState, Shares};
use crate::error::Error;
use crate::web::Web;
use crate::web::came_and_went;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{FullMember, Steward, Visitor};
use crate::web::words::{Words, link};

/// Where this page stands.
const PATH: &str = "/pacts";

#[derive(Template)]
#[template(path = "pacts/list.html")]
struct List {
    page: Page,
    pacts: Vec<Shown>,
    propose: Propose,
}

struct Shown {
    id: String,
    name: String,
    handle: String,
    href: String,
    state: String,
    means: String,
    since: String,
    stands: bool,
    may: May,
    shares: Shares,
    accepts_alone: bool,
    brought: Option<came_and_went::Shown>,
}

/// What a steward can do now.
struct May {
    answer: bool,
    pause: bool,
    resume: bool,
    end: bool,
    take_back: bool,
    ask: bool,
}

#[derive(Default)]
struct Propose {
    address: String,
    problem: Option<String>,
}

/// `GET /pacts`
pub async fn list(State(app): State<App>, member: FullMember) -> Result<Response, Problem> {
    page(&app, &member.visitor, Propose::default()).await
}

/// `POST /pacts`
pub async fn propose(
    State(web): State<Web>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let address = fields.text("address").trim().to_owned();
    match look_up_and_ask(&web, &address).await {
        Ok(actor) => Ok(go_on(&web.app, PATH, "pact-asked-done", &[&actor.name])),
        Err(id) => {
            let problem = Some(steward.visitor.locale.say(id));
            page(&web.app, &steward.visitor, Propose { address, problem }).await
        }
    }
}

/// `POST /pacts/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Pact>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, id, Step::Accept, "pact-accepted-done").await
}

/// `POST /pacts/{id}/decline`
pub async fn decline(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Pact>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, id, Step::Decline, "pact-declined-done").await
}

/// `POST /pacts/{id}/pause`
pub async fn pause(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Pact>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, id, Step::Pause, "pact-paused-done").await
}

/// `POST /pacts/{id}/resume`
pub async fn resume(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Pact>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, id, Step::Resume, "pact-resumed-done").await
}

/// `POST /pacts/{id}/end`
pub async fn end(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Pact>,
    _form: Form,
) -> Result<Response, Problem> {
    take(&app, id, Step::End, "pact-ended-done").await
}

/// `POST /pacts/{id}/settings`: what goes to them, and whether their promises wait for a steward.
pub async fn set(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Pact>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let shares = Shares {
        needs: fields.ticked("needs"),
        offers: fields.ticked("offers"),
        availability: fields.ticked("availability"),
    };
    share(&app, id, shares).await?;
    let (_, actor) = rule(&app, id, fields.ticked("accept_alone")).await?;
    Ok(go_on(&app, PATH, "pact-settings-done", &[&actor.name]))
}

async fn take(app: &App, id: PactId, step: Step, done: &str) -> Result<Response, Problem> {
    match take_step(app, id, step).await {
        Ok((_, actor)) => Ok(go_on(app, PATH, done, &[&actor.name])),
        // The other side was quicker: the page shows how it stands.
        Err(Error::Refused(refusal)) => Err(Problem::RefusedAt(refusal, PATH.to_owned())),
        Err(other) => Err(other.into()),
    }
}

/// Looks a collective up and proposes, or says which message tells why not.
async fn look_up_and_ask(web: &Web, address: &str) -> Result<RemoteActor, &'static str> {
    if address.is_empty() {
        return Err("follow-address-missing");
    }
    let why = |error: Error| match error {
        Error::Refused(refusal) => refusal.key(),
        Error::Internal(error) => {
            tracing::warn!(error = format!("{error:#}"), "an actor could not be looked up");
            "follow-not-reachable"
        }
        _ => "follow-not-reachable",
    };
    let actor = (web.resolve)(web.app.clone(), address.to_owned()).await.map_err(why)?;
    Ok(ask(&web.app, actor).await.map_err(why)?.1)
}

async fn page(app: &App, visitor: &Visitor, propose: Propose) -> Result<Response, Problem> {
    let viewer = visitor.viewer();
    let read = move |conn: &mut Conn| {
        let all = pacts::list(conn)?.into_iter();
        let with = |(pact, actor): (Pact, RemoteActor)| {
            let brought = recall(conn, actor.id, viewer)?;
            Ok((pact, actor, brought))
        };
        all.map(with).collect::<Result<Vec<_>, Error>>()
    };
    let mut all = app.db.read(read).await?;
    all.sort_by_key(|(pact, ..)| place(pact.state()));
    let words = Words::new(app, visitor);
    let is_refused = propose.problem.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = List {
        page: Page::new(app, visitor, words.locale.say("pacts-title")).found_at(PATH),
        pacts: all.iter().map(|each| shown(&words, each)).collect(),
        propose,
    };
    answer(status, &template)
}

/// What waits for us comes first, and what is over last; within that, by name.
fn place(state: PactState) -> u8 {
    match state {
        PactState::AsksUs => 0,
        PactState::Active => 1,
        PactState::Paused { .. } => 2,
        PactState::Asked => 3,
        PactState::Declined { .. } | PactState::Ended => 4,
    }
}

fn shown(words: &Words<'_>, (pact, actor, brought): &(Pact, RemoteActor, CameAndWent)) -> Shown {
    let state = pact.state();
    let stands = matches!(state, PactState::Active | PactState::Paused { .. });
    let (name, means) = messages(state);
    Shown {
        id: pact.id.to_string(),
        name: actor.name.clone(),
        handle: format!("@{}", actor.address),
        href: link(&actor.page),
        state: words.locale.say(name),
        means: words.locale.say_with(means, [("name", actor.name.as_str().into())]),
        since: words.day(pact.changed_at).text,
        stands,
        may: May::of(state),
        shares: pact.shares,
        accepts_alone: pact.accepts_alone,
        // What came stays, whatever became of the pact.
        brought: (stands || !brought.is_empty()).then(|| came_and_went::shown(words, brought)),
    }
}

/// The state in a word, and what it means.
fn messages(state: PactState) -> (&'static str, &'static str) {
    match state {
        PactState::Active => ("pact-active", "pact-active-means"),
        PactState::Paused { by_us: true, by_them: true } => {
            ("pact-paused", "pact-paused-both-means")
        }
        PactState::Paused { by_us: true, .. } => ("pact-paused", "pact-paused-us-means"),
        PactState::Paused { .. } => ("pact-paused", "pact-paused-them-means"),
        PactState::Asked => ("pact-asked", "pact-asked-means"),
        PactState::AsksUs => ("pact-asks-us", "pact-asks-us-means"),
        PactState::Declined { by_us: true } => ("pact-declined", "pact-declined-us-means"),
        PactState::Declined { .. } => ("pact-declined", "pact-declined-them-means"),
        PactState::Ended => ("pact-ended", "pact-ended-means"),
    }
}

impl May {
    fn of(state: PactState) -> Self {
        let stands = matches!(state, PactState::Active | PactState::Paused { .. });
        Self {
            answer: state == PactState::AsksUs,
            pause: matches!(state, PactState::Active | PactState::Paused { by_us: false, .. }),
            resume: matches!(state, PactState::Paused { by_us: true, .. }),
            end: stands,
            take_back: state == PactState::Asked,
            ask: matches!(state, PactState::Declined { .. } | PactState::Ended),
        }
    }
}
