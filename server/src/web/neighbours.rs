//! A need or an offer of a collective that we follow, as they sent it, and what we promise to it in
//! the name of all of us.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::pass_on::MOST_HOPS;
use crate::actions::promise_to_neighbour::{Wish, promise_to_neighbour};
use crate::app::App;
use crate::db::{Conn, neighbour_proposals, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::audience::Audience;
use crate::domain::collective::domain_of;
use crate::domain::id::NeighbourProposalId;
use crate::domain::member::Member;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::web::Web;
use crate::web::between::{self, Attempt, Ours};
use crate::web::cards::passed_on_by;
use crate::web::coverage::{self, Coverage};
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::posts::{Family, Post, Which};
use crate::web::promises::{is_about_fields, typed, typed_amount};
use crate::web::proposal_page::Typed;
use crate::web::session::{Steward, Visitor};
use crate::web::words::{Day, Words, language, link};

#[derive(Template)]
#[template(path = "neighbours/show.html")]
struct Shown {
    page: Page,
    proposal: Theirs,
    neighbour: Neighbour,
    original: String,
    asks_return: bool,
    ours: Vec<Ours>,
    promise_form: Option<PromiseForm>,
    passed_on: PassedOn,
}

/// Who passed it on to us, and whether we may go on.
struct PassedOn {
    by: Option<String>,
    may: bool,
    id: String,
}

/// The form for stewards.
struct PromiseForm {
    explanation: String,
    amount: Option<String>,
    unit: String,
    is_reserve: bool,
    note: String,
    problem: Option<String>,
}

/// What a steward typed, and why it did not work.
type Tried = Option<(Typed, bool)>;

struct Theirs {
    is_need: bool,
    title: String,
    language_code: String,
    language: Option<String>,
    post: Post,
    kind: Option<String>,
    place: Option<String>,
    until: Option<Day>,
    minimum: Option<String>,
    posted: Day,
    state: Option<String>,
    coverage: Option<Coverage>,
}

struct Neighbour {
    name: String,
    handle: String,
    href: String,
}

/// `GET /neighbours/{id}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    PathId(id): PathId<NeighbourProposal>,
) -> Result<Response, Problem> {
    page(&app, &visitor, id, None).await
}

/// `POST /neighbours/{id}/promise`
pub async fn promise(
    State(web): State<Web>,
    steward: Steward,
    PathId(id): PathId<NeighbourProposal>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let app = web.app.clone();
    let (proposal, actor) = find(&app, &steward.visitor, id).await?;
    // What was passed on may have changed where it stands.
    let proposal = (web.renew)(app.clone(), proposal).await?;
    let (note, is_reserve) = (fields.text("note"), fields.ticked("reserve"));
    let promised = match typed_amount(&fields, Amount::positive) {
        Ok(amount) => {
            let wish = Wish { amount, is_reserve, note };
            promise_to_neighbour(&app, &steward.member, proposal, wish).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let path = format!("/neighbours/{id}");
    match promised {
        Ok(_) => Ok(go_on(&app, &path, "outgoing-made", &[&actor.name])),
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            let tried = (typed(&fields, refusal), is_reserve);
            page(&app, &steward.visitor, id, Some(tried)).await
        }
        Err(error) => Err(Problem::from(error).at(&path)),
    }
}

/// One and whose it is, if this visitor may know of it and we did not block them.
async fn find(
    app: &App,
    visitor: &Visitor,
    id: NeighbourProposalId,
) -> Result<(NeighbourProposal, RemoteActor), Problem> {
    let viewer = visitor.viewer();
    let found = app.db.read(move |conn| {
        let found = neighbour_proposals::find(conn, id)?;
        match neighbour_proposals::is_visible_to(conn, &found.0, viewer)? {
            true => Ok(found),
            false => Err(Error::NotFound),
        }
    });
    let (proposal, actor) = found.await?;
    if app.hidden_from(viewer).covers_actor(&actor.url) {
        return Err(Error::NotFound.into());
    }
    Ok((proposal, actor))
}

async fn page(
    app: &App,
    visitor: &Visitor,
    id: NeighbourProposalId,
    tried: Tried,
) -> Result<Response, Problem> {
    let (proposal, actor) = find(app, visitor, id).await?;
    let words = Words::new(app, visitor);
    let is_steward = visitor.member().is_some_and(|member| member.is_steward());
    let is_answerable = proposal.is_open(words.now) && !proposal.asks_return;
    let status = if tried.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = Shown {
        page: Page::new(app, visitor, proposal.title.as_str())
            .found_at(format!("/neighbours/{id}")),
        original: link(&proposal.page),
        neighbour: neighbour(&actor),
        asks_return: proposal.asks_return,
        ours: ours(app, &words, visitor, &proposal, &actor).await?,
        promise_form: (is_steward && is_answerable).then(|| form(&words, &proposal, tried)),
        passed_on: passed_on(app, visitor, &words, &proposal).await?,
        proposal: theirs(&words, visitor, proposal, &actor),
    };
    answer(status, &template)
}

async fn passed_on(
    app: &App,
    visitor: &Visitor,
    words: &Words<'_>,
    proposal: &NeighbourProposal,
) -> Result<PassedOn, Problem> {
    let shown = proposal.clone();
    let by = app.db.read(move |conn| passed_on_by(conn, &shown)).await?;
    let may = visitor.member().is_some_and(Member::is_steward)
        && proposal.audience == Audience::Public
        && proposal.hops < MOST_HOPS
        && proposal.is_open(words.now);
    Ok(PassedOn { by, may, id: proposal.id.to_string() })
}

/// For members: what we promised to it already.
async fn ours(
    app: &App,
    words: &Words<'_>,
    visitor: &Visitor,
    proposal: &NeighbourProposal,
    actor: &RemoteActor,
) -> Result<Vec<Ours>, Problem> {
    if !visitor.is_full_member() {
        return Ok(Vec::new());
    }
    let (shared, object, actor) = (app.clone(), proposal.url.clone(), actor.clone());
    let read = move |conn: &mut Conn| {
        let mut found = Vec::new();
        for promise in outgoing_promises::list_by_object(conn, object.as_str())? {
            found.push(between::Found::read(&shared, conn, promise, &actor)?);
        }
        Ok(found)
    };
    let found = app.db.read(read).await?;
    let line = |each: &between::Found| between::ours(words, visitor, each, &Attempt::None);
    Ok(found.iter().map(line).collect())
}

fn form(words: &Words<'_>, proposal: &NeighbourProposal, tried: Tried) -> PromiseForm {
    let unit = proposal.unit.as_deref().unwrap_or("one");
    let open = proposal.amount.map(|whole| proposal.open.unwrap_or(whole));
    let is_full = open.is_some_and(Amount::is_zero);
    let explanation = match open {
        None => words.locale.say("outgoing-any"),
        Some(_) if is_full => words.locale.say("promise-reserve"),
        Some(open) => {
            words.locale.say_with("promise-now", [("open", words.amount(open, unit).into())])
        }
    };
    let least = proposal.minimum.unwrap_or(Amount::ONE);
    let usual = open.map(|open| words.number(if is_full { least } else { open }));
    let (typed, is_reserve) = tried.map_or((None, is_full), |(typed, is)| (Some(typed), is));
    PromiseForm {
        explanation,
        amount: usual.map(|usual| typed.as_ref().map_or(usual, |typed| typed.amount.clone())),
        unit: words.unit(unit),
        is_reserve,
        note: typed.as_ref().map(|typed| typed.note.clone()).unwrap_or_default(),
        problem: typed.map(|typed| words.locale.say(typed.refusal.key())),
    }
}

fn neighbour(actor: &RemoteActor) -> Neighbour {
    Neighbour {
        name: actor.name.clone(),
        handle: format!("@{}", actor.address),
        href: link(&actor.page),
    }
}

fn theirs(
    words: &Words<'_>,
    visitor: &Visitor,
    proposal: NeighbourProposal,
    actor: &RemoteActor,
) -> Theirs {
    let (id, host) = (proposal.id.to_string(), domain_of(&actor.url));
    let which = Which { family: Family::Neighbour, id, host: &host };
    let post = Post::of(words, visitor, &which, (&proposal.html, &proposal.extras));
    let unit = proposal.unit.as_deref().unwrap_or("one");
    let state = if proposal.finished {
        Some("state-enough")
    } else {
        (!proposal.is_open(words.now)).then_some("state-expired")
    };
    Theirs {
        is_need: proposal.purpose == Purpose::Need,
        language: proposal.language.as_deref().map(language),
        kind: proposal.kind.as_deref().map(|kind| words.kind(kind)),
        until: proposal.ends_at.map(|end| words.day(end)),
        minimum: proposal.minimum.map(|minimum| words.amount(minimum, unit)),
        posted: words.day(proposal.published_at),
        state: state.map(|id| words.locale.say(id)),
        coverage: coverage::of_neighbours(words, &proposal),
        title: proposal.title,
        language_code: proposal.language.unwrap_or_default(),
        post,
        place: proposal.place,
    }
}
