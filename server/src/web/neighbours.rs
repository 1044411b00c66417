//! A need or an offer of a collective that we follow, as they sent it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::pass_on::MOST_HOPS;
use crate::app::App;
use crate::db::neighbour_proposals;
use crate::domain::audience::Audience;
use crate::domain::member::Member;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::web::cards::passed_on_by;
use crate::web::coverage::{self, Coverage};
use crate::web::error::Problem;
use crate::web::form::PathId;
use crate::web::page::{Page, show as page};
use crate::web::session::Visitor;
use crate::web::words::{Day, Words, language, link};

#[derive(Template)]
#[template(path = "neighbours/show.html")]
struct Shown {
    page: Page,
    proposal: Theirs,
    neighbour: Neighbour,
    original: String,
    passed_on: PassedOn,
}

/// Who passed it on to us, and whether we may go on.
struct PassedOn {
    by: Option<String>,
    may: bool,
    id: String,
}

struct Theirs {
    is_need: bool,
    title: String,
    language_code: String,
    language: Option<String>,
    html: String,
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
    let viewer = visitor.viewer();
    let found = app.db.read(move |conn| {
        let found = neighbour_proposals::find(conn, id)?;
        match neighbour_proposals::is_visible_to(conn, &found.0, viewer)? {
            true => {
                let by = passed_on_by(conn, &found.0)?;
                Ok((found.0, found.1, by))
            }
            false => Err(Error::NotFound),
        }
    });
    let (proposal, actor, by) = found.await?;
    if app.blocks().covers_actor(&actor.url) {
        return Err(Error::NotFound.into());
    }
    let words = Words::new(&app, &visitor);
    page(&Shown {
        page: Page::new(&app, &visitor, proposal.title.as_str()),
        original: link(&proposal.page),
        neighbour: neighbour(&actor),
        passed_on: PassedOn {
            by,
            may: visitor.member().is_some_and(Member::is_steward)
                && proposal.audience == Audience::Public
                && proposal.hops < MOST_HOPS
                && proposal.is_open(words.now),
            id: id.to_string(),
        },
        proposal: theirs(&words, proposal),
    })
}

fn neighbour(actor: &RemoteActor) -> Neighbour {
    Neighbour {
        name: actor.name.clone(),
        handle: format!("@{}", actor.address),
        href: link(&actor.page),
    }
}

fn theirs(words: &Words<'_>, proposal: NeighbourProposal) -> Theirs {
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
        html: proposal.html,
        place: proposal.place,
    }
}
