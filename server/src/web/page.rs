//! What every page gets, and how a page or a redirect becomes an answer.

use askama::Template;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use fluent_templates::fluent_bundle::FluentValue;

use crate::app::App;
use crate::error::Error;
use crate::i18n::{LANGUAGES, Locale};
use crate::text;
use crate::web::assets::{CSS, ICON, SCRIPT};
use crate::web::error::Problem;
use crate::web::flash::Flash;
use crate::web::session::{Cookie, Session, Visitor};

/// What the layout shows, and the words for everything inside it.
pub struct Page {
    locale: Locale,
    /// The reader's language, as a code.
    pub language: &'static str,
    /// The languages to choose from.
    pub languages: Vec<Choice>,
    /// Whose pages these are.
    pub collective: House,
    /// Who reads, if they are signed in.
    pub member: Option<Reader>,
    /// The secret for forms; empty for strangers.
    pub csrf: String,
    /// What was done just now.
    pub flash: Option<String>,
    /// After a return from a backup that nobody confirmed yet: when that backup was made.
    pub restored: Option<String>,
    /// The path of this page.
    pub path: String,
    /// Where to come back to after another language was chosen.
    pub here: String,
    /// Whether nothing is seen from outside; only those who are signed in are told.
    pub is_quiet: bool,
    /// Whether the reader is one from whom everything is hidden: links would lead to a shut door.
    pub is_shut: bool,
    /// The title of the window.
    pub title: String,
    /// The address of the style sheet.
    pub css: String,
    /// The address of the icon.
    pub icon: String,
    /// The address of the script for passkeys, which few pages carry.
    pub script: String,
    /// The address of the source code.
    pub source: &'static str,
}

/// A language to choose.
pub struct Choice {
    /// Its code.
    pub code: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Whether it is the reader's.
    pub current: bool,
}

/// The collective, as pages show it.
pub struct House {
    /// Its name.
    pub name: String,
    /// `@ring@ring.example`.
    pub fediverse_address: String,
    /// A sentence or two.
    pub summary: String,
    /// Where people can call, and when, if they can.
    pub phone: Option<String>,
    /// Where it is, if it says so.
    pub area: Option<String>,
}

/// The member who reads.
pub struct Reader {
    /// Their name.
    pub name: String,
    /// Whether they look after the house.
    pub steward: bool,
    /// Whether they are still joining.
    pub joining: bool,
    /// How many things are new for them.
    pub news: i64,
}

/// Something that a message may have as its argument.
pub trait Argument {
    /// The value for the message.
    fn value(&self) -> FluentValue<'_>;
}

impl Page {
    /// The frame of a page with a title in the reader's language.
    pub fn new(app: &App, visitor: &Visitor, title: impl Into<String>) -> Self {
        let locale = visitor.locale.clone();
        let current = locale.code();
        let choice = |(code, name)| Choice { code, name, current: code == current };
        let reader = |session: &Session| Reader {
            name: session.member.name.clone(),
            steward: session.member.is_steward(),
            joining: !session.member.viewer().is_member(),
            news: session.news,
        };
        let is_quiet = app.quiet().quiet.is_quiet();
        let is_hidden = is_quiet && visitor.session.is_none();
        Self {
            is_quiet: is_quiet && !is_hidden,
            is_shut: is_hidden,
            language: current,
            languages: LANGUAGES.into_iter().map(choice).collect(),
            collective: House {
                name: app.collective.name.clone(),
                fediverse_address: format!("@{}", app.collective.address()),
                summary: match is_hidden {
                    true => String::new(),
                    false => text::plain(&text::markdown(&app.collective.summary)),
                },
                phone: Some(app.config.phone.trim().to_owned())
                    .filter(|phone| !phone.is_empty() && !is_hidden),
                area: Some(app.settings.area.clone()).filter(|area| !area.is_empty() && !is_hidden),
            },
            member: visitor.session.as_ref().map(reader),
            csrf: visitor.csrf().to_owned(),
            flash: visitor.flash.as_ref().map(|flash| flash.say(&locale)),
            restored: app
                .quarantine()
                .map(|restore| locale.day_and_time(restore.made_at, &app.zone)),
            path: visitor.path.clone(),
            here: visitor.here.clone(),
            title: title.into(),
            css: CSS.path(),
            icon: ICON.path(),
            script: SCRIPT.path(),
            source: env!("CARGO_PKG_REPOSITORY"),
            locale,
        }
    }

    /// Whether the reader may see what is for members.
    pub fn is_full_member(&self) -> bool {
        self.member.as_ref().is_some_and(|member| !member.joining)
    }

    /// Whether the reader looks after the house.
    pub fn is_steward(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.steward)
    }

    /// Says that this page was the answer to a form, and is found at `path` without one.
    pub fn found_at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self.here = self.path.clone();
        self
    }

    /// A message.
    pub fn t(&self, id: &str) -> String {
        self.locale.say(id)
    }

    /// A message with an argument.
    pub fn t1<A: Argument>(&self, id: &str, name: &'static str, value: A) -> String {
        self.locale.say_with(id, [(name, value.value())])
    }

    /// A message with two arguments.
    pub fn t2<A: Argument, B: Argument>(
        &self,
        id: &str,
        name: &'static str,
        value: A,
        other: &'static str,
        second: B,
    ) -> String {
        self.locale.say_with(id, [(name, value.value()), (other, second.value())])
    }
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        self.into()
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }
}

impl Argument for i64 {
    fn value(&self) -> FluentValue<'_> {
        (*self).into()
    }
}

impl Argument for usize {
    fn value(&self) -> FluentValue<'_> {
        (*self).into()
    }
}

impl<A: Argument + ?Sized> Argument for &A {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

/// A page as an answer.
pub fn answer(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let html = template.render().map_err(|error| Error::Internal(error.into()))?;
    Ok((status, Html(html)).into_response())
}

/// A page as an answer, all well.
pub fn show(template: &impl Template) -> Result<Response, Problem> {
    answer(StatusCode::OK, template)
}

/// Sends the browser on to another page of ours, to be read with GET.
pub fn go_to(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// Sends the browser on to another page of ours, which says what was done.
pub fn go_on(app: &App, path: &str, done: &str, values: &[&str]) -> Response {
    let mut response = go_to(path);
    let cookie = Cookie::Flash.set(app, &Flash::encode(done, values));
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}
