//! Whom we follow, looking at others before we do, and lists of collectives to import and export.

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::actions::import_neighbours::{import_neighbours, is_us};
use crate::actions::pass_on;
use crate::app::App;
use crate::db::followings;
use crate::db::followings::Following;
use crate::domain::audience::Viewer;
use crate::domain::look::{CannotLook, Looked, Speaks, Term};
use crate::domain::neighbour::{FollowingState, NeighbourProposal, RemoteActor};
use crate::text::opml::{self, Outline, Unreadable};
use crate::web::Web;
use crate::web::cards::{self, Card};
use crate::web::error::Problem;
use crate::web::form::{Form, ListForm, PathId, Query};
use crate::web::page::{Page, answer, go_on, show as page};
use crate::web::security::{Sender, sender};
use crate::web::session::{FullMember, Steward, Visitor};
use crate::web::upload;
use crate::web::words::{Words, link};

#[derive(Template)]
#[template(path = "neighbours/list.html")]
struct Neighbourhood {
    page: Page,
    following: Vec<Other>,
    look: LookFor,
    found: Option<Found>,
    import: Import,
}

struct Other {
    name: String,
    handle: String,
    href: String,
    state: String,
}

#[derive(Default)]
struct LookFor {
    address: String,
    problem: Option<String>,
}

#[derive(Default)]
struct Import {
    list: String,
    is_file: bool,
    problem: Option<String>,
}

struct Found {
    name: String,
    handle: String,
    href: String,
    address: String,
    state: Option<String>,
    software: Option<String>,
    understands: Vec<String>,
    is_board_read: bool,
    cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "neighbours/import.html")]
struct Choose {
    page: Page,
    found: Vec<Named>,
}

struct Named {
    name: String,
    address: String,
    is_followed: bool,
}

/// What stands on the page because of what was asked just now.
#[derive(Default)]
struct Now {
    look: LookFor,
    looked: Option<Looked>,
    import: Import,
}

/// `GET /neighbours`, with `look` to look at somebody. Looking asks other servers, so it is for
/// stewards, and never because another site led a browser here.
pub async fn show(
    State(web): State<Web>,
    FullMember { visitor, member }: FullMember,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let address = fields.text("look").trim().to_owned();
    let is_ours = sender(&headers, &web.app.collective.base) == Sender::Ours;
    let mut now = Now::default();
    if !address.is_empty() && member.is_steward() && is_ours {
        match (web.look)(web.app.clone(), address.clone()).await {
            Ok(looked) => now.looked = Some(looked),
            Err(why) => now.look.problem = Some(visitor.locale.say(why_not(&why))),
        }
    }
    now.look.address = address;
    list(&web.app, &visitor, now).await
}

/// `GET /neighbours.opml`: the collectives that we follow and that said yes.
pub async fn export(State(app): State<App>) -> Result<Response, Problem> {
    let blocks = app.hidden_from(Viewer::Stranger);
    let mut all = app.db.read(followings::list).await?;
    all.retain(|each| {
        let stands = each.state == FollowingState::Following && each.actor.is_collective();
        stands && !blocks.covers_actor(&each.actor.url)
    });
    let outlines: Vec<Outline> = all.into_iter().map(|each| outline(each.actor)).collect();
    let list = opml::write(&app.collective.name, app.now(), &outlines);
    let file = HeaderValue::from_static("attachment; filename=\"neighbours.opml\"");
    let kind = HeaderValue::from_static(opml::CONTENT_TYPE);
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, file)], list).into_response())
}

/// `POST /neighbours/import`: shows whom a list names, from a file or pasted. Nothing is followed
/// yet.
pub async fn choose(
    State(app): State<App>,
    Steward { visitor, .. }: Steward,
    ListForm(fields): ListForm,
) -> Result<Response, Problem> {
    let is_file = fields.text(upload::CHOSEN) == "file";
    let list_of = fields.text(if is_file { "file" } else { "list" });
    let why = match opml::read(&list_of) {
        _ if list_of.trim().is_empty() && is_file => "import-file-empty",
        _ if list_of.trim().is_empty() => "import-nothing",
        Ok(found) if found.is_empty() => "import-empty",
        Ok(found) if found.iter().all(|each| is_us(&app, &each.address)) => "import-only-us",
        Ok(found) => return choice(&app, &visitor, found).await,
        Err(Unreadable::TooLarge) => "import-too-large",
        Err(Unreadable::TooMany) => "import-too-many",
        Err(Unreadable::NotOpml) if is_file => "import-file-not-opml",
        Err(Unreadable::NotOpml) => "import-not-opml",
    };
    // Too long a list is not sent back.
    let kept = Some(fields.text("list")).filter(|list| list.len() <= opml::LARGEST);
    let problem = Some(visitor.locale.say(why));
    let import = Import { list: kept.unwrap_or_default(), is_file, problem };
    list(&app, &visitor, Now { import, ..Now::default() }).await
}

/// `POST /neighbours/import/follow`
pub async fn import(
    State(app): State<App>,
    _steward: Steward,
    ListForm(fields): ListForm,
) -> Result<Response, Problem> {
    let mut chosen = fields.all("address");
    chosen.truncate(opml::MOST);
    let count = import_neighbours(&app, chosen).await?;
    Ok(go_on(&app, "/neighbours", "neighbours-import-done", &[&count.to_string()]))
}

/// `POST /neighbours/{id}/pass-on`
pub async fn pass_on(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<NeighbourProposal>,
    _form: Form,
) -> Result<Response, Problem> {
    let path = format!("/neighbours/{id}");
    let count = pass_on::pass_on(&app, id).await;
    let count = count.map_err(|error| Problem::from(error).at(&path))?;
    Ok(go_on(&app, &path, "pass-on-done", &[&count.to_string()]))
}

async fn list(app: &App, visitor: &Visitor, now: Now) -> Result<Response, Problem> {
    let following = app.db.read(followings::list).await?;
    let words = Words::new(app, visitor);
    let refused = now.look.problem.is_some() || now.import.problem.is_some();
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = Neighbourhood {
        page: Page::new(app, visitor, words.locale.say("neighbours-title")).found_at("/neighbours"),
        found: now.looked.map(|looked| found(&words, looked, &following)),
        following: following.iter().map(|each| other(&words, each)).collect(),
        look: now.look,
        import: now.import,
    };
    answer(status, &template)
}

async fn choice(app: &App, visitor: &Visitor, found: Vec<Outline>) -> Result<Response, Problem> {
    let known = app.db.read(followings::list).await?;
    let is_followed = |address: &str| {
        known
            .iter()
            .any(|each| each.actor.url.as_str() == address || each.actor.page.as_str() == address)
    };
    let others = found.into_iter().filter(|outline| !is_us(app, &outline.address));
    let named = others.map(|outline| Named {
        is_followed: is_followed(&outline.address),
        name: outline.name,
        address: outline.address,
    });
    let title = visitor.locale.say("import-choose");
    page(&Choose {
        page: Page::new(app, visitor, title).found_at("/neighbours"),
        found: named.collect(),
    })
}

fn outline(actor: RemoteActor) -> Outline {
    Outline { name: actor.name, address: actor.url.into(), page: actor.page.into() }
}

fn other(words: &Words<'_>, following: &Following) -> Other {
    Other {
        name: following.actor.name.clone(),
        handle: format!("@{}", following.actor.address),
        href: link(&following.actor.page),
        state: words.locale.say(state(following.state)),
    }
}

fn state(state: FollowingState) -> &'static str {
    match state {
        FollowingState::Asked => "steward-following-asked",
        FollowingState::Following => "steward-following-following",
        FollowingState::Declined => "steward-following-declined",
    }
}

fn found(words: &Words<'_>, looked: Looked, following: &[Following]) -> Found {
    let Looked { actor, proposals, is_board_read, speaks } = looked;
    let known = following.iter().find(|each| each.actor.url == actor.url);
    Found {
        cards: proposals.iter().map(|each| cards::elsewhere(words, each, &actor)).collect(),
        state: known.map(|each| words.locale.say(state(each.state))),
        software: software(&speaks),
        understands: speaks.terms.iter().map(|term| words.locale.say(means(*term))).collect(),
        is_board_read,
        handle: format!("@{}", actor.address),
        href: link(&actor.page),
        address: actor.url.into(),
        name: actor.name,
    }
}

fn software(speaks: &Speaks) -> Option<String> {
    let (name, version) = speaks.software.as_ref()?;
    Some(format!("{name} {version}").trim().to_owned())
}

fn means(term: Term) -> &'static str {
    match term {
        Term::Signatures => "speaks-signatures",
        Term::Proposals => "speaks-proposals",
        Term::Kinds => "speaks-kinds",
        Term::Agreements => "speaks-agreements",
        Term::Pacts => "speaks-pacts",
        Term::PassingOn => "speaks-passing-on",
    }
}

fn why_not(why: &CannotLook) -> &'static str {
    match why {
        CannotLook::NotAnAddress => "look-not-an-address",
        CannotLook::NotPublic => "refusal-address-not-public",
        CannotLook::Ours => "refusal-our-own-address",
        CannotLook::Blocked => "look-blocked",
        CannotLook::NotListed => "look-not-listed",
        CannotLook::Unreachable => "look-unreachable",
        CannotLook::NotACollective => "look-not-there",
        CannotLook::Person => "look-person",
    }
}
