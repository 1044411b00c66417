//! What can go wrong on a page, and the page that says so: what happened, what to do now, and a
//! way out.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use crate::app::App;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::page::{Page, answer, go_to};
use crate::web::session::Visitor;

/// Why a page is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is none, or none that this visitor may know of: both look the same.
    NotFound,
    /// It was withdrawn.
    Gone,
    /// This is for members.
    SignIn,
    /// This is for others than this member.
    NotAllowed,
    /// This is for members, and they are still joining.
    NotYetMember,
    /// The invitation was used up, is too old, or never was.
    InvitationUsed,
    /// The form is not from one of our pages, or from a session that is over.
    FormExpired,
    /// The form is too large.
    TooLarge,
    /// They asked for too many pages.
    TooMany,
    /// Strangers see nothing at the moment.
    Closed,
    /// The one-time link was used or is too old.
    LinkUsed,
    /// The one-time link of a promise was used, is too old, or never was.
    PromiseLinkUsed,
    /// The one-time link of somebody who wrote to us was used, is too old, or never was.
    AskedLinkUsed,
    /// The link in a mail was used, is too old, or never was.
    MailLinkUsed,
    /// A rule says no.
    Refused(Refusal),
    /// A rule says no to something on another page: its path.
    RefusedAt(Refusal, String),
    /// A picture of another server cannot be shown.
    NoPicture,
    /// Somebody else changed it at the same moment.
    Conflict,
    /// Nothing can be stored right now; it was logged.
    Unavailable,
    /// Something is broken here; it was logged.
    Broken,
}

#[derive(Template)]
#[template(path = "errors/show.html")]
struct ErrorPage {
    page: Page,
    error: Explained,
}

struct Explained {
    title: String,
    what: String,
    next: String,
    way_out: WayOut,
}

struct WayOut {
    href: String,
    label: String,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Forbidden => Self::NotAllowed,
            Error::Refused(Refusal::NotYours) => Self::NotAllowed,
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Conflict => Self::Conflict,
            Error::Unavailable(error) => {
                tracing::error!(error = format!("{error:#}"), "the database is not available");
                Self::Unavailable
            }
            Error::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a page is broken");
                Self::Broken
            }
        }
    }
}

impl IntoResponse for Problem {
    /// Only carries the problem to [`show`], which knows who looks.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// Says on which page the refused step stands.
    pub fn at(self, path: &str) -> Self {
        match self {
            Self::Refused(refusal) => Self::RefusedAt(refusal, path.to_owned()),
            other => other,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::Closed => StatusCode::NOT_FOUND,
            Self::Gone
            | Self::LinkUsed
            | Self::PromiseLinkUsed
            | Self::InvitationUsed
            | Self::AskedLinkUsed
            | Self::MailLinkUsed => StatusCode::GONE,
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::NotAllowed | Self::NotYetMember | Self::FormExpired => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(_) | Self::RefusedAt(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoPicture => StatusCode::BAD_GATEWAY,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title, what happened, what to do.
    fn explain(&self, page: &Page) -> [String; 3] {
        let three = |ids: [&str; 3]| ids.map(|id| page.t(id));
        match self {
            Self::NotFound | Self::SignIn => {
                three(["error-not-found-title", "error-not-found-what", "error-not-found-next"])
            }
            Self::Gone => three(["error-gone-title", "error-gone-what", "error-gone-next"]),
            Self::NotAllowed => three([
                "error-not-allowed-title",
                "error-not-allowed-what",
                "error-not-allowed-next",
            ]),
            Self::NotYetMember => {
                three(["error-not-yet-title", "error-not-yet-what", "error-not-yet-next"])
            }
            Self::InvitationUsed => {
                three(["error-invitation-title", "error-invitation-what", "error-invitation-next"])
            }
            Self::FormExpired => three([
                "error-form-expired-title",
                "error-form-expired-what",
                "error-form-expired-next",
            ]),
            Self::TooLarge => {
                three(["error-too-large-title", "error-too-large-what", "error-too-large-next"])
            }
            Self::TooMany => {
                three(["error-too-many-title", "error-too-many-what", "error-too-many-next"])
            }
            Self::Closed => three(["error-closed-title", "error-closed-what", "error-closed-next"]),
            Self::LinkUsed => three(["error-link-title", "error-link-what", "error-link-next"]),
            Self::PromiseLinkUsed => three([
                "error-promise-link-title",
                "error-promise-link-what",
                "error-promise-link-next",
            ]),
            Self::AskedLinkUsed => {
                three(["error-asked-link-title", "error-asked-link-what", "error-asked-link-next"])
            }
            Self::MailLinkUsed => {
                three(["error-mail-link-title", "error-mail-link-what", "error-mail-link-next"])
            }
            Self::Refused(refusal) | Self::RefusedAt(refusal, _) => {
                three(["error-refused-title", refusal.key(), "error-refused-next"])
            }
            Self::NoPicture => {
                three(["error-picture-title", "error-picture-what", "error-picture-next"])
            }
            Self::Conflict => {
                three(["error-refused-title", "error-conflict-what", "error-conflict-next"])
            }
            Self::Unavailable => three([
                "error-unavailable-title",
                "error-unavailable-what",
                "error-unavailable-next",
            ]),
            Self::Broken => three(["error-broken-title", "error-broken-what", "error-broken-next"]),
        }
    }

    fn way_out(&self, page: &Page) -> WayOut {
        let (href, label) = match self {
            Self::LinkUsed | Self::Closed => ("/sign-in", "error-out-sign-in"),
            Self::NotYetMember | Self::InvitationUsed => ("/join", "error-out-join"),
            Self::Broken | Self::Unavailable | Self::TooMany => ("/", "error-out-home"),
            Self::RefusedAt(_, path) => (path.as_str(), "error-out-back"),
            _ => ("/board", "error-out-board"),
        };
        WayOut { href: href.to_owned(), label: page.t(label) }
    }
}

/// The answer for every address that is none.
pub async fn nothing_here() -> Problem {
    Problem::NotFound
}

/// The page for a problem.
pub fn show(app: &App, visitor: &Visitor, problem: Problem) -> Response {
    if problem == Problem::SignIn {
        return go_to(&sign_in_path(visitor));
    }
    // The front page, because this address must not differ from one to the next: what exists and
    // may not be seen looks like what does not exist.
    let mut page = Page::new(app, visitor, "").found_at("/");
    let [title, what, next] = problem.explain(&page);
    let way_out = problem.way_out(&page);
    page.title.clone_from(&title);
    page.path.clear();
    let template = ErrorPage { page, error: Explained { title, what, next, way_out } };
    answer(problem.status(), &template)
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn sign_in_path(visitor: &Visitor) -> String {
    let back: String = form_urlencoded::byte_serialize(visitor.here.as_bytes()).collect();
    format!("/sign-in?return={back}")
}
