//! What people of the fediverse wrote to us, for the stewards: what waits, what is held and why, and
//! what became of it. Members see nothing of it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::look_after_messages::{
    accept_message, answer_message, open_message, put_aside,
};
use crate::app::App;
use crate::db::{Conn, held, messages};
use crate::domain::message::{Channel, HeldBecause, Message, MessageState};
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, go_on, show as render};
use crate::web::posts::{Family, Post, Which};
use crate::web::proposals::path_of;
use crate::web::session::{Steward, Visitor};
use crate::web::words::{Words, language, link};

/// How many messages of each state are shown.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "messages/list.html")]
struct List {
    page: Page,
    /// How much is held.
    held: i64,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "messages/show.html")]
struct Opened {
    page: Page,
    line: Line,
}

struct Group {
    title: String,
    hint: String,
    lines: Vec<Line>,
}

struct Line {
    id: String,
    /// Need or offer, if its tags say so.
    purpose: Option<String>,
    is_need: bool,
    is_private: bool,
    /// Who wrote it; none once they deleted it.
    handle: Option<String>,
    /// What it says; none once it is erased, and where it is private and not opened.
    post: Option<Post>,
    /// Whether it says something that is read on a page of its own.
    is_closed: bool,
    language_code: String,
    language: String,
    date: String,
    iso: String,
    /// The post, where everybody may read it.
    href: Option<String>,
    held_because: Option<String>,
    /// What was published of it.
    proposal: Option<String>,
    lost: bool,
    may_answer: bool,
    may_put_aside: bool,
    may_accept: bool,
}

/// `GET /messages`
pub async fn list(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    let read = |conn: &mut Conn| {
        let of = |state: MessageState| Ok((state, messages::list(conn, state, MOST)?));
        let shown = MessageState::ALL.into_iter().filter(|state| is_shown(*state));
        Ok((shown.map(of).collect::<Result<Vec<_>, Error>>()?, held::count(conn)?))
    };
    let (found, held) = app.db.read(read).await?;
    let words = Words::new(&app, &steward.visitor);
    let visitor = &steward.visitor;
    let groups = found.into_iter().map(|(state, all)| group(&words, visitor, state, all));
    let page = Page::new(&app, &steward.visitor, words.locale.say("messages-title"));
    render(&List { page, held, groups: groups.collect() })
}

/// `GET /messages/{id}`: one message, also what was written privately. Who reads that stands in the
/// log.
pub async fn open(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Message>,
) -> Result<Response, Problem> {
    let (message, handle) = open_message(&app, id, Some(steward.member.id)).await?;
    let words = Words::new(&app, &steward.visitor);
    let mut line = line(&words, &steward.visitor, &message, &handle);
    (line.post, line.is_closed) = (post(&words, &steward.visitor, &message), false);
    let page = Page::new(&app, &steward.visitor, words.locale.say("messages-title"));
    render(&Opened { page, line })
}

/// `POST /messages/{id}/answer`
pub async fn answer(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Message>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = answer_message(&app, id).await;
    done.map_err(|error| Problem::from(error).at("/messages"))?;
    Ok(go_on(&app, "/messages", "messages-answered", &[]))
}

/// `POST /messages/{id}/put-aside`
pub async fn lay_aside(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Message>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = put_aside(&app, id, Some(steward.member.id)).await;
    done.map_err(|error| Problem::from(error).at("/messages"))?;
    Ok(go_on(&app, "/messages", "messages-put-aside", &[]))
}

/// `POST /messages/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Message>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = accept_message(&app, id, Some(steward.member.id)).await;
    done.map_err(|error| Problem::from(error).at("/messages"))?;
    Ok(go_on(&app, "/messages", "messages-accepted", &[]))
}

/// What is held has a page of its own, with everything else that is.
fn is_shown(state: MessageState) -> bool {
    !matches!(state, MessageState::Held | MessageState::Deleted)
}

fn group(
    words: &Words<'_>,
    visitor: &Visitor,
    state: MessageState,
    mut all: Vec<(Message, Option<String>)>,
) -> Group {
    // What asks or offers comes first, and what stands without its writer before everything.
    all.sort_by_key(|(message, _)| (!message.lost_its_writer(), message.purpose.is_none()));
    let (title, hint) = match state {
        MessageState::Waiting => ("messages-waiting", "messages-waiting-hint"),
        MessageState::Answered => ("messages-linked", "messages-linked-hint"),
        MessageState::Published => ("messages-published", "messages-published-hint"),
        MessageState::PutAside | MessageState::Held | MessageState::Deleted => {
            ("messages-aside", "messages-aside-hint")
        }
    };
    Group {
        title: words.locale.say(title),
        hint: words.locale.say(hint),
        lines: all.iter().map(|(message, handle)| line(words, visitor, message, handle)).collect(),
    }
}

/// What it says, as a post: plain text is the whole of what is kept of it.
fn post(words: &Words<'_>, visitor: &Visitor, message: &Message) -> Option<Post> {
    // The warning stands before the rest of the text, too.
    let warning = message.extras.warning.as_deref().unwrap_or_default();
    let rest = message.text.strip_prefix(warning).unwrap_or(&message.text).trim_start();
    let html = |text: &str| format!("<p>{}</p>", text::escape(text).replace('\n', "<br>"));
    let mut extras = message.extras.clone();
    extras.language = extras.language.or_else(|| message.language.clone());
    extras.others.iter_mut().for_each(|(_, other)| *other = html(&text::written(other)));
    let which = Which { family: Family::Message, id: message.id.to_string(), host: &message.host };
    let shown = Post::of(words, visitor, &which, (&html(rest), &extras));
    (!message.text.is_empty()).then_some(shown)
}

fn line(words: &Words<'_>, visitor: &Visitor, message: &Message, handle: &Option<String>) -> Line {
    let day = words.lately(message.received_at);
    let is_private = message.channel == Channel::Direct;
    let code = message.language.clone().unwrap_or_default();
    let purpose = message.purpose.map(|purpose| match purpose {
        Purpose::Need => words.locale.say("messages-need"),
        Purpose::Offer => words.locale.say("messages-offer"),
    });
    Line {
        id: message.id.to_string(),
        purpose,
        is_need: message.purpose == Some(Purpose::Need),
        is_private,
        handle: handle.as_ref().map(|handle| format!("@{handle}")),
        post: post(words, visitor, message).filter(|_| !is_private),
        is_closed: is_private && !message.text.is_empty(),
        language: language(&code),
        language_code: code,
        date: day.text,
        iso: day.iso,
        href: message.url.as_ref().filter(|_| !is_private).map(link),
        held_because: message.held_because.map(|reason| words.locale.say(held_id(reason))),
        proposal: message.proposal.map(|id| path_of(words.app, id)),
        lost: message.lost_its_writer(),
        may_answer: message.can_be_answered() && message.state != MessageState::Held,
        may_put_aside: message.is_editable(),
        may_accept: message.state == MessageState::Held,
    }
}

/// The sentence that says why something is held.
pub fn held_id(reason: HeldBecause) -> &'static str {
    match reason {
        HeldBecause::ManyOfOne => "messages-held-many-of-one",
        HeldBecause::ManyOfHost => "messages-held-many-of-host",
        HeldBecause::ManyOfStrangers => "messages-held-many-of-strangers",
        HeldBecause::ManyMentions => "messages-held-many-mentions",
        HeldBecause::Links => "messages-held-links",
        HeldBecause::Alike => "held-because-alike",
        HeldBecause::Careful => "held-because-careful",
        HeldBecause::Stranger => "held-because-stranger",
        HeldBecause::LimitedServer => "messages-held-limited-server",
    }
}
