//! The first page of a new house: the links by which those who look after it come in. It can be
//! opened again until the links are used or too old, and stores nothing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::db::{Conn, members, sessions};
use crate::domain::member::Member;
use crate::error::Error;
use crate::keys;
use crate::web::error::Problem;
use crate::web::form::InPath;
use crate::web::page::{Page, show as render};
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "welcome/show.html")]
struct Welcome {
    page: Page,
    first: Option<First>,
    second: Option<Second>,
}

/// For whoever looks at the page.
struct First {
    path: String,
    name: String,
}

/// To be handed on.
struct Second {
    address: String,
    name: String,
}

/// `GET /welcome/{token}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    page(&app, &visitor, token, None).await
}

/// `GET /welcome/{token}/{name}`: with the link of a second steward.
pub async fn show_both(
    State(app): State<App>,
    visitor: Visitor,
    InPath((token, second)): InPath<(String, String)>,
) -> Result<Response, Problem> {
    page(&app, &visitor, token, Some(second)).await
}

async fn page(
    app: &App,
    visitor: &Visitor,
    token: String,
    other: Option<String>,
) -> Result<Response, Problem> {
    let hashes = (keys::secret_hash(&token), other.as_deref().map(keys::secret_hash));
    let now = app.now();
    let whose = move |conn: &mut Conn, hash: &str| -> Result<Option<Member>, Error> {
        match sessions::find_link(conn, hash, now) {
            Ok(member) => members::find(conn, member).map(Some),
            Err(Error::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    };
    let read = move |conn: &mut Conn| {
        let first = whose(conn, &hashes.0)?;
        let second = match &hashes.1 {
            Some(hash) => whose(conn, hash)?,
            None => None,
        };
        Ok((first, second))
    };
    let (first, second) = app.db.read(read).await?;
    if first.is_none() && second.is_none() {
        return Err(Problem::LinkUsed);
    }
    let title = visitor.locale.say("welcome-window");
    let first = first.map(|member| First { path: format!("/sign-in/{token}"), name: member.name });
    let second = second.zip(other).map(|(member, token)| Second {
        address: app.collective.urls().sign_in(&token).to_string(),
        name: member.name,
    });
    // No link on the page holds the secrets.
    let page = Page::new(app, visitor, title).found_at("/");
    render(&Welcome { page, first, second })
}
