//! Looking after the house: members, whom we follow and who follows us, what is on its way to
//! others, and what they reply.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use crate::actions::add_member::{add_member as add, make_sign_in_link};
use crate::actions::follow as following;
use crate::actions::vouch::TOLD_AFTER;
use crate::app::App;
use crate::db::followings::Following;
use crate::db::queue::{self, HostLine};
use crate::db::replies::Reply;
use crate::db::reports::Report;
use crate::db::{
    Conn, actors, asks, careful, followers, followings, held, members, messages, proposals,
    replies, reports,
};
use crate::domain::collective::Collective;
use crate::domain::id::{Id, MemberId, ProposalId};
use crate::domain::member::{Member, Role, Standing};
use crate::domain::neighbour::{FollowingState, RemoteActor};
use crate::error::Error;
use crate::text;
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::incoming;
use crate::web::measures::waiting_for;
use crate::web::page::{Page, answer, go_on};
use crate::web::rounds::waiting_for as rounds_waiting_for;
use crate::web::session::Steward;
use crate::web::words::{Words, link};

/// How many replies are shown.
const REPLIES: i64 = 20;
/// How many reports are shown.
const REPORTS: i64 = 20;
/// How much of a reply is shown, in characters.
const REPLY_LENGTH: usize = 300;

#[derive(Template)]
#[template(path = "steward/show.html")]
struct House {
    page: Page,
    sign_in_link: Option<SignInLink>,
    members: Vec<Person>,
    joining: Vec<Waiting>,
    add_member: AddMember,
    followers: Vec<String>,
    following: Vec<Other>,
    follow: Follow,
    promised: usize,
    messages: i64,
    held: i64,
    is_careful: bool,
    measures: usize,
    asks: i64,
    rounds: usize,
    waiting: i64,
    troubled: usize,
    replies: Vec<Said>,
    reports: Vec<Reported>,
}

struct SignInLink {
    name: String,
    address: String,
}

struct Person {
    id: String,
    name: String,
    since: String,
    steward: bool,
    joining: bool,
}

/// Somebody who joins, and for whom something should be done.
struct Waiting {
    text: String,
    href: String,
}

#[derive(Default)]
struct AddMember {
    name: String,
    steward: bool,
    problem: Option<String>,
}

struct Other {
    id: String,
    name: String,
    handle: String,
    state: String,
}

#[derive(Default)]
struct Follow {
    address: String,
    problem: Option<String>,
}

struct Said {
    id: String,
    author: String,
    text: String,
    date: String,
    iso: String,
    href: String,
    proposal_title: String,
    proposal_href: String,
}

struct Reported {
    host: String,
    comment: String,
    date: String,
    iso: String,
    objects: Vec<Object>,
}

struct Object {
    name: String,
    href: Option<String>,
}

/// What stands on the page because of what was done just now.
#[derive(Default)]
struct Now {
    sign_in_link: Option<SignInLink>,
    add_member: AddMember,
    follow: Follow,
}

/// Everything that is read for the page.
struct Found {
    members: Vec<Member>,
    joining: Vec<(Member, bool)>,
    followers: Vec<RemoteActor>,
    following: Vec<Following>,
    promised: usize,
    messages: i64,
    held: i64,
    is_careful: bool,
    measures: usize,
    asks: i64,
    rounds: usize,
    queue: Vec<HostLine>,
    replies: Vec<(Reply, RemoteActor, String)>,
    reports: Vec<(Report, HashMap<ProposalId, String>)>,
}

/// `GET /steward`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, Now::default()).await
}

/// `POST /steward/members`
pub async fn add_member(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (name, is_steward) = (fields.text("name"), fields.ticked("steward"));
    let role = if is_steward { Role::Steward } else { Role::Member };
    match add(&app, &name, role).await {
        Ok(member) => show_link(&app, &steward, &member).await,
        Err(Error::Refused(refusal)) => {
            let problem = Some(steward.visitor.locale.say(refusal.key()));
            let add_member = AddMember { name, steward: is_steward, problem };
            page(&app, &steward, Now { add_member, ..Now::default() }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /steward/members/{id}/link`
pub async fn make_link(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Member>,
    _form: Form,
) -> Result<Response, Problem> {
    let member = app.db.read(move |conn| members::find(conn, id)).await?;
    show_link(&app, &steward, &member).await
}

/// `POST /steward/following`
pub async fn follow(
    State(web): State<Web>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let address = fields.text("address").trim().to_owned();
    match ask(&web, &address).await {
        Ok(actor) => Ok(go_on(&web.app, "/steward", "steward-follow-done", &[&actor.name])),
        Err(id) => {
            let follow = Follow { address, problem: Some(steward.visitor.locale.say(id)) };
            page(&web.app, &steward, Now { follow, ..Now::default() }).await
        }
    }
}

/// `POST /steward/following/{id}/remove`
pub async fn unfollow(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<RemoteActor>,
    _form: Form,
) -> Result<Response, Problem> {
    let actor = app.db.read(move |conn| actors::find(conn, id)).await?;
    following::unfollow(&app, &actor).await?;
    Ok(go_on(&app, "/steward", "steward-unfollow-done", &[&actor.name]))
}

/// Looks somebody up and asks to follow them, or says which message tells why not.
async fn ask(web: &Web, address: &str) -> Result<RemoteActor, &'static str> {
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
    let asked = following::follow(&web.app, actor).await.map_err(why)?;
    Ok(asked.actor)
}

/// The link is a secret: it is on this one answer, and in no address, cookie or log.
async fn show_link(app: &App, steward: &Steward, member: &Member) -> Result<Response, Problem> {
    let address = make_sign_in_link(app, member.id).await?.to_string();
    let sign_in_link = Some(SignInLink { name: member.name.clone(), address });
    page(app, steward, Now { sign_in_link, ..Now::default() }).await
}

async fn page(app: &App, steward: &Steward, now: Now) -> Result<Response, Problem> {
    let shared = app.clone();
    let looker = steward.member.id;
    let found = app.db.read(move |conn| Found::read(&shared, conn, looker)).await?;
    let words = Words::new(app, &steward.visitor);
    let refused = now.add_member.problem.is_some() || now.follow.problem.is_some();
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = words.locale.say("steward-title");
    let template = House {
        page: Page::new(app, &steward.visitor, title).found_at("/steward"),
        sign_in_link: now.sign_in_link,
        members: found.members.iter().map(|member| person(&words, member)).collect(),
        joining: found.joining.iter().filter_map(|each| waiting(&words, each)).collect(),
        add_member: now.add_member,
        followers: found.followers.iter().map(handle).collect(),
        following: found.following.iter().map(|each| other(&words, each)).collect(),
        follow: now.follow,
        promised: found.promised,
        messages: found.messages,
        held: found.held,
        is_careful: found.is_careful,
        measures: found.measures,
        asks: found.asks,
        rounds: found.rounds,
        waiting: found.queue.iter().map(|line| line.pending).sum(),
        troubled: found.queue.iter().filter(|line| line.is_troubled()).count(),
        reports: found.reports.iter().map(|each| report(&words, &app.collective, each)).collect(),
        replies: found.replies.iter().map(|each| said(&words, each)).collect(),
    };
    answer(status, &template)
}

impl Found {
    fn read(app: &App, conn: &mut Conn, looker: MemberId) -> Result<Self, Error> {
        let mut said = Vec::new();
        for (reply, actor) in replies::list_latest(conn, REPLIES)? {
            let title = proposals::find(conn, reply.proposal)?.content.title;
            said.push((reply, actor, title));
        }
        let mut reported = Vec::new();
        for report in reports::list_latest(conn, REPORTS)? {
            let titles = titles(conn, &app.collective, &report)?;
            reported.push((report, titles));
        }
        Ok(Self {
            members: members::list(conn)?,
            joining: members::list_joining(conn)?,
            followers: followers::list(conn)?.into_iter().map(|(actor, _)| actor).collect(),
            following: followings::list(conn)?,
            promised: incoming::list(app, conn)?.len(),
            messages: messages::count_waiting(conn)?,
            held: held::count(conn)?,
            is_careful: careful::current(conn, app.now())?.is_some(),
            measures: waiting_for(conn, looker, app.now())?,
            asks: asks::count_waiting(conn)?,
            rounds: rounds_waiting_for(conn, looker, app.now())?,
            queue: queue::list_waiting(conn)?,
            replies: said,
            reports: reported,
        })
    }
}

/// The titles of our proposals that a report is about, where they stand here.
fn titles(
    conn: &mut Conn,
    collective: &Collective,
    report: &Report,
) -> Result<HashMap<ProposalId, String>, Error> {
    let mut titles = HashMap::new();
    for id in report.objects.iter().filter_map(|object| proposal_of(collective, object)) {
        match proposals::find(conn, id) {
            Ok(proposal) => drop(titles.insert(id, proposal.content.title)),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(titles)
}

fn proposal_of(collective: &Collective, object: &str) -> Option<ProposalId> {
    collective.urls().parse_note(&Url::parse(object).ok()?)
}

fn person(words: &Words<'_>, member: &Member) -> Person {
    Person {
        id: member.id.to_string(),
        name: member.name.clone(),
        since: words.day(member.joined_at).text,
        steward: member.is_steward(),
        joining: member.standing == Standing::Joining,
    }
}

/// A line for whoever would like to talk first, or has waited for long. It is for us to do
/// something, and not for them.
fn waiting(words: &Words<'_>, (member, has_agreed): &(Member, bool)) -> Option<Waiting> {
    let name = || member.name.as_str().into();
    let long_ago = words.now.saturating_sub(TOLD_AFTER).unwrap_or(words.now);
    let text = if !has_agreed {
        words.locale.say_with("steward-joining-talk", [("name", name())])
    } else if member.joined_at < long_ago {
        let date = words.day(member.joined_at).text;
        let arguments = [("name", name()), ("date", date.into())];
        words.locale.say_with("steward-joining-waits", arguments)
    } else {
        return None;
    };
    Some(Waiting { text, href: format!("/members/{}", member.id) })
}

fn handle(actor: &RemoteActor) -> String {
    format!("@{}", actor.address)
}

fn other(words: &Words<'_>, following: &Following) -> Other {
    let state = match following.state {
        FollowingState::Asked => "steward-following-asked",
        FollowingState::Following => "steward-following-following",
        FollowingState::Declined => "steward-following-declined",
    };
    Other {
        id: following.actor.id.to_string(),
        name: following.actor.name.clone(),
        handle: handle(&following.actor),
        state: words.locale.say(state),
    }
}

fn said(words: &Words<'_>, (reply, actor, title): &(Reply, RemoteActor, String)) -> Said {
    let day = words.lately(reply.published_at);
    let proposal: ProposalId = reply.proposal;
    // Whoever only passes by reads the warning, not what it is about.
    let warned = reply.extras.warning.as_ref().map(|warning| {
        words.locale.say_with("posts-warning", [("warning", warning.as_str().into())])
    });
    let text = warned.unwrap_or_else(|| text::plain(&reply.html));
    Said {
        id: Id::<()>::from_number(reply.id).to_string(),
        author: handle(actor),
        text: text::one_line(&text, REPLY_LENGTH),
        date: day.text,
        iso: day.iso,
        href: link(&reply.page),
        proposal_title: title.clone(),
        proposal_href: crate::web::cards::page_path(words, proposal),
    }
}

fn report(
    words: &Words<'_>,
    collective: &Collective,
    (report, titles): &(Report, HashMap<ProposalId, String>),
) -> Reported {
    let object = |url: &String| {
        let titled = proposal_of(collective, url).and_then(|id| Some((id, titles.get(&id)?)));
        match titled {
            Some((id, title)) => {
                Object { name: title.clone(), href: Some(crate::web::cards::page_path(words, id)) }
            }
            None if *url == collective.urls().actor().as_str() => {
                Object { name: collective.name.clone(), href: None }
            }
            None => Object { name: url.clone(), href: None },
        }
    };
    let day = words.lately(report.received_at);
    Reported {
        host: report.host.clone(),
        comment: report.comment.clone(),
        date: day.text,
        iso: day.iso,
        objects: report.objects.iter().map(object).collect(),
    }
}
