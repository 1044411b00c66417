//! What people of the fediverse asked for, by a one-time link and without an account: first a form
//! that they look at before anything is published, then how it stands. Looking does not use the link
//! up, because programs that show previews look too.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::publish_message::{Ask, publish_by_link};
use crate::app::App;
use crate::db::{Conn, actors, message_links, messages};
use crate::domain::audience::Audience;
use crate::domain::kind;
use crate::domain::message::{Channel, Message};
use crate::domain::proposal::Purpose;
use crate::domain::refusal::Refusal;
use crate::domain::suggestion::kinds::suggested_kind;
use crate::domain::suggestion::title::title_and_rest;
use crate::domain::suggestion::until::suggested_until;
use crate::domain::suggestion::{suggested_amount, suggested_unit};
use crate::error::Error;
use crate::keys;
use crate::web::asked_care;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, InPath};
use crate::web::page::{Page, answer, go_on};
use crate::web::proposal_fields::{FieldRefusal, Typed};
use crate::web::proposals::path_of;
use crate::web::session::Visitor;
use crate::web::words::{UNITS, Words};

#[derive(Template)]
#[template(path = "asked/form.html")]
struct FormPage {
    page: Page,
    token: String,
    form: Shown,
}

/// The form as it is shown, with what was understood or what was typed.
struct Shown {
    is_private: bool,
    /// Whether the tags did not say what it is, so that it is asked.
    is_open: bool,
    is_need: bool,
    /// Their handle, if it may be published; it was public already.
    handle: Option<String>,
    typed: Typed,
    kinds: Vec<String>,
    units: Vec<String>,
    audiences: Vec<AudienceChoice>,
    problems: Vec<FieldProblem>,
}

struct AudienceChoice {
    word: &'static str,
    label: String,
    hint: String,
    selected: bool,
}

struct FieldProblem {
    field: &'static str,
    message: String,
}

/// What somebody typed, and what is wrong with it.
struct Attempt {
    typed: Typed,
    purpose: Purpose,
    problems: Vec<FieldRefusal>,
}

/// `GET /asked/{token}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    let (message, handle) = find(&app, &token).await?;
    match message.proposal {
        Some(proposal) => asked_care::page(&app, &visitor, &token, proposal, None).await,
        None => form(&app, &visitor, &token, (&message, handle), None),
    }
}

/// `POST /asked/{token}`
pub async fn publish(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (message, handle) = find(&app, &token).await?;
    let then = fields.text("then");
    if then == "later" {
        return Ok(go_on(&app, "/", "asked-later", &[]));
    }
    let purpose = Purpose::from_word(&fields.text("purpose")).unwrap_or(Purpose::Need);
    let typed = read(&fields, &app, &message);
    let again = |problems| {
        let attempt = Attempt { typed: typed.clone(), purpose, problems };
        form(&app, &visitor, &token, (&message, handle.clone()), Some(attempt))
    };
    let draft = match typed.draft(&app) {
        Ok(draft) => draft,
        Err(problems) => return again(problems),
    };
    // A handle that stood in a private post is in nothing that goes out.
    let with_name = then == "named" && message.channel == Channel::Public;
    match publish_by_link(&app, &token, Ask { purpose, draft, with_name }).await {
        Ok(proposal) if proposal.is_public() => {
            Ok(go_on(&app, &path_of(&app, proposal.id), "asked-published", &[]))
        }
        Ok(_) => Ok(go_on(&app, "/", "asked-kept", &[])),
        Err(Error::Refused(Refusal::LinkUsedOrExpired)) => Err(Problem::AskedLinkUsed),
        Err(Error::Refused(refusal)) => match typed.field_of(refusal) {
            Some(field) => again(vec![(field, refusal)]),
            None => Err(Problem::Refused(refusal)),
        },
        Err(other) => Err(other.into()),
    }
}

/// The message of a link that still works, and its writer's handle.
async fn find(app: &App, token: &str) -> Result<(Message, Option<String>), Problem> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    let read = move |conn: &mut Conn| {
        let id = message_links::find(conn, &hash, now)?;
        let message = messages::find(conn, id)?;
        let writer = message.actor.map(|actor| actors::find(conn, actor)).transpose()?;
        Ok((message, writer.map(|writer| writer.address)))
    };
    let (message, handle) = app.db.read(read).await.map_err(|error| match error {
        Error::NotFound => Problem::AskedLinkUsed,
        other => other.into(),
    })?;
    if message.proposal.is_none() && !message.is_editable() {
        return Err(Problem::AskedLinkUsed);
    }
    Ok((message, handle))
}

fn form(
    app: &App,
    visitor: &Visitor,
    token: &str,
    (message, handle): (&Message, Option<String>),
    attempt: Option<Attempt>,
) -> Result<Response, Problem> {
    let words = Words::new(app, visitor);
    let purpose = message.purpose.or(attempt.as_ref().map(|attempt| attempt.purpose));
    let (typed, problems) = match attempt {
        Some(attempt) => (attempt.typed, attempt.problems),
        None => (suggested(&words, message), Vec::new()),
    };
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let is_need = purpose.is_none_or(|purpose| purpose == Purpose::Need);
    let form = shown(&words, (message, handle), is_need, (typed, problems));
    // The title says nothing, because previews show it; and no link on the page holds the token.
    let page = Page::new(app, visitor, words.locale.say("asked-page-title")).found_at("/");
    answer(status, &FormPage { page, token: token.to_owned(), form })
}

fn shown(
    words: &Words<'_>,
    (message, handle): (&Message, Option<String>),
    is_need: bool,
    (typed, problems): (Typed, Vec<FieldRefusal>),
) -> Shown {
    let is_private = message.channel == Channel::Direct;
    let problem = |(field, refusal): FieldRefusal| FieldProblem {
        field,
        message: words.locale.say(refusal.key()),
    };
    Shown {
        is_private,
        is_open: message.purpose.is_none(),
        is_need,
        handle: handle.filter(|_| !is_private).map(|handle| format!("@{handle}")),
        kinds: kind::CATALOGUE.iter().map(|kind| words.kind(kind.word)).collect(),
        units: UNITS.map(|unit| words.unit(unit)).into(),
        audiences: audiences(words, &typed.audience),
        problems: problems.into_iter().map(problem).collect(),
        typed,
    }
}

/// What was understood of a public post. Of a private one nothing is repeated.
fn suggested(words: &Words<'_>, message: &Message) -> Typed {
    let empty = Typed { language: language_of(words.app, message), ..Typed::default() };
    if message.channel == Channel::Direct {
        return Typed { audience: Audience::Shift.word().to_owned(), ..empty };
    }
    let (title, text) = title_and_rest(&message.text);
    let zone = &words.app.zone;
    let written = zone.to_datetime(message.published_at).date();
    let until = suggested_until(&message.text, written);
    // What is over already would only be refused.
    let until = until.filter(|day| *day >= zone.to_datetime(words.now).date());
    let amount = suggested_amount(&message.text).map(|amount| words.number(amount));
    let unit = suggested_unit(&message.text).filter(|_| amount.is_some());
    let kind = suggested_kind(&message.text).map(|kind| words.kind(kind));
    Typed {
        title,
        text,
        kind: kind.unwrap_or_default(),
        amount: amount.unwrap_or_default(),
        unit: unit.map(|unit| words.unit(unit)).unwrap_or_default(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        audience: Audience::Public.word().to_owned(),
        ..empty
    }
}

/// What was typed. For whom it is, is asked of members only. What began in private is for few,
/// unless its writer says otherwise.
fn read(fields: &Fields, app: &App, message: &Message) -> Typed {
    let mut typed = Typed {
        language: language_of(app, message),
        on_behalf_of: String::new(),
        consent: false,
        ..Typed::read(fields)
    };
    if typed.audience.is_empty() && message.channel == Channel::Direct {
        Audience::Shift.word().clone_into(&mut typed.audience);
    }
    typed
}

/// The language that its writer named, as far as it is one; else the collective's.
fn language_of(app: &App, message: &Message) -> String {
    let code = message.language.as_deref().unwrap_or_default();
    let main = code.split('-').next().unwrap_or_default();
    let fits = (2..=3).contains(&main.len()) && main.bytes().all(|b| b.is_ascii_lowercase());
    if fits { main.to_owned() } else { app.collective.language.clone() }
}

fn audiences(words: &Words<'_>, selected: &str) -> Vec<AudienceChoice> {
    let choice = |audience: Audience| AudienceChoice {
        word: audience.word(),
        label: words.locale.say(&format!("audience-{}", audience.word())),
        hint: words.locale.say(&format!("audience-{}-hint", audience.word())),
        selected: audience.word() == selected,
    };
    Audience::ALL.into_iter().map(choice).collect()
}

impl Shown {
    fn problem(&self, name: &str) -> Option<&str> {
        let found = self.problems.iter().find(|problem| problem.field == name);
        found.map(|problem| problem.message.as_str())
    }
}
