//! What people typed: forms, checked for where they come from, and queries.

use std::convert::Infallible;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::app::App;
use crate::domain::id::Id;
use crate::keys;
use crate::text::{domain_csv, opml};
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::security::{Sender, sender};
use crate::web::session::Visitor;
use crate::web::upload;

/// The largest form, in bytes.
const LARGEST: usize = 128 * 1024;
/// The largest form that carries a list: a browser writes most of its letters as three.
const LARGEST_LIST: usize = 3 * opml::LARGEST + LARGEST;

/// Names and what was typed for them. What is missing is empty, as a box that was not ticked is.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

/// A form that one of our own pages sent.
pub struct Form(pub Fields);

/// A form that one of our own pages sent, with a long list in it: pasted, ticked, or as a file.
pub struct ListForm(pub Fields);

/// A form that one of our own pages sent, with a file in it that may be large. Ask who sends it
/// first: it is kept in memory.
pub struct LargeForm(pub Fields);

/// What stands in the address after the question mark.
pub struct Query(pub Fields);

/// The variable parts of the path; what cannot be read is not found.
pub struct InPath<T>(pub T);

/// The id in the path; anything that is none is not found.
pub struct PathId<T>(pub Id<T>);

impl Fields {
    /// Reads what a browser sends.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// Adds what came in another way.
    pub fn add(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), value));
    }

    /// What was typed.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Everything that was ticked or typed under one name.
    pub fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// Tells this form with what was typed into it from any other, if it has a key: so that one which
    /// is sent twice has its effect once.
    pub fn key(&self) -> Option<String> {
        self.ticked("key").then(|| self.fingerprint())
    }

    /// Of the same length always.
    fn fingerprint(&self) -> String {
        // The secret of the session may be another one when the form is sent again.
        let typed = self.0.iter().filter(|(name, _)| name != "csrf");
        let all = form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
        STANDARD.encode(digest(&SHA256, all.as_bytes()))
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
}

/// A name for a form that is about to be shown.
pub fn new_key(app: &App) -> String {
    app.clock.new_id::<Form>().to_string()
}

impl FromRequest<Web> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        read(request, web, LARGEST).await.map(Self)
    }
}

impl FromRequest<Web> for ListForm {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        match upload::is_upload(&request) {
            true => upload::read(request, web, opml::LARGEST).await.map(Self),
            false => read(request, web, LARGEST_LIST).await.map(Self),
        }
    }
}

impl FromRequest<Web> for LargeForm {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        match upload::is_upload(&request) {
            true => upload::read(request, web, domain_csv::LARGEST).await.map(Self),
            false => read(request, web, LARGEST_LIST).await.map(Self),
        }
    }
}

/// Reads a form of at most so many bytes, if it is one of ours.
async fn read(request: Request, web: &Web, largest: usize) -> Result<Fields, Problem> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, web).await?;
    if !is_written_as(&parts.headers, "application/x-www-form-urlencoded") {
        return Err(Problem::FormExpired);
    }
    let sender = not_foreign(&parts, web)?;
    let bytes = to_bytes(body, largest).await.map_err(|_| Problem::TooLarge)?;
    let fields = Fields::parse(&bytes);
    check_secret(fields, &visitor, sender)
}

/// Whether a body is of a kind.
pub fn is_written_as(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers.get(CONTENT_TYPE);
    said.is_some_and(|said| said.as_bytes().starts_with(kind.as_bytes()))
}

/// Who sent a form, if it was not another site.
pub fn not_foreign(parts: &Parts, web: &Web) -> Result<Sender, Problem> {
    match sender(&parts.headers, &web.app.collective.base) {
        Sender::Foreign => Err(Problem::FormExpired),
        sender => Ok(sender),
    }
}

/// The fields of a form, if the secret of the session is among them.
pub fn check_secret(fields: Fields, visitor: &Visitor, sender: Sender) -> Result<Fields, Problem> {
    match &visitor.session {
        Some(session) if !keys::same_secret(&fields.text("csrf"), &session.csrf) => {
            Err(Problem::FormExpired)
        }
        None if sender == Sender::Hidden => Err(Problem::FormExpired),
        _ => Ok(fields),
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(found)| Self(found)).map_err(|_| Problem::NotFound)
    }
}

impl<S: Send + Sync, T> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let InPath(id) = InPath::<String>::from_request_parts(parts, state).await?;
        id.parse().map(Self).map_err(|_| Problem::NotFound)
    }
}

/// A path of ours to go back to, if `wish` is one: never another host (open redirects).
pub fn local_path(app: &App, wish: &str) -> Option<String> {
    let odd = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
    if !wish.starts_with('/') || wish.starts_with("//") || wish.contains(odd) {
        return None;
    }
    let base = &app.collective.base;
    let url = base.join(wish).ok().filter(|url| url.origin() == base.origin())?;
    let path = url
        .query()
        .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    // `/.//host` is a path of ours that becomes another host once it is written down.
    (!path.starts_with("//")).then_some(path)
}
