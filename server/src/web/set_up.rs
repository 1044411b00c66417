//! The pages by which a house is set up, before there is an instance.
//!
//! Whoever holds the one-time link sets it up. The link is printed when the server starts with
//! nothing; only its hash is known here, and it is worth nothing once there is an instance. What is
//! typed is kept in the data folder ([`draft`]), except for the key for backups, which is nowhere
//! but on the page.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use url::Url;

use crate::actions::open_house::{Links, Plan};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::keys;
use crate::listener::Origin;
use crate::rates::Rates;
use crate::web::page::go_to;
use crate::web::set_up::draft::{Draft, Step, Wrong};
use crate::web::{assets, security};

pub mod draft;
mod frame;
mod pages;
mod typed;

pub(super) use frame::Frame;
pub(super) use pages::locale;

/// How many wrong links one address may try in five minutes before it is told to wait. Nobody
/// guesses one; whoever tries should cost us nothing.
const WRONG_LINKS: u32 = 20;
/// How many letters of the key for backups somebody types, to show that they have it.
const LAST_LETTERS: usize = 6;

/// A key for backups: whoever has its secret can read them.
#[derive(Clone)]
pub struct RecoveryKey {
    /// What is shown once and kept nowhere.
    pub secret: String,
    /// To whom backups are written from then on.
    pub recipient: String,
}

/// What is to become of backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// Who can read them.
    pub recipient: String,
    /// The folder in which they are kept; empty for the usual one.
    pub folder: String,
}

/// What was looked at from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How it stands.
    pub verdict: Verdict,
    /// The message that says what was found.
    pub what: &'static str,
    /// The message that says what to do, if there is something.
    pub next: Option<&'static str>,
    /// What both are about.
    pub about: String,
}

/// How something stands that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Well.
    Well,
    /// Perhaps not.
    Unsure,
    /// Not.
    Wrong,
}

/// Something that is on its way.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Makes the instance, and lets it answer from then on.
pub type Open = Arc<dyn Fn(Plan, Backups) -> Pending<Result<Links, Error>> + Send + Sync>;
/// Looks at our own address from outside, where the text is found if all is well.
pub type Check = Arc<dyn Fn(Url, String) -> Pending<Vec<Checked>> + Send + Sync>;

/// What only the server can do.
#[derive(Clone)]
pub struct Hands {
    /// Makes the instance.
    pub open: Open,
    /// Looks at our own address from outside.
    pub check: Check,
    /// Makes a key for backups.
    pub make_key: fn() -> anyhow::Result<RecoveryKey>,
}

/// What the pages share.
#[derive(Clone)]
pub struct Desk(Arc<Parts>);

struct Parts {
    config: Config,
    data: PathBuf,
    clock: Clock,
    token_hash: String,
    /// Found at our own address if a look from outside ends here.
    mark: String,
    wrong: Rates<Origin>,
    draft: Mutex<Draft>,
    key: Mutex<Option<Shown>>,
    /// Where it leads when the house is open. Whoever opens it twice at once is led there, too.
    opened: tokio::sync::Mutex<Option<String>>,
    hands: Hands,
}

/// A key for backups, and whether somebody showed that they have it.
#[derive(Clone)]
struct Shown {
    key: RecoveryKey,
    is_kept: bool,
}

impl Desk {
    /// The pages for a data folder, and the secret of their one-time link.
    pub fn new(
        config: Config,
        data: PathBuf,
        clock: Clock,
        hands: Hands,
    ) -> anyhow::Result<(Self, String)> {
        let token = keys::secret()?;
        let draft = Draft::load(&data);
        let desk = Self(Arc::new(Parts {
            config,
            data,
            clock,
            token_hash: keys::secret_hash(&token),
            mark: keys::secret()?,
            wrong: Rates::new(WRONG_LINKS),
            draft: Mutex::new(draft),
            key: Mutex::default(),
            opened: tokio::sync::Mutex::default(),
            hands,
        }));
        Ok((desk, token))
    }

    fn knows(&self, token: &str) -> bool {
        keys::same_secret(&keys::secret_hash(token), &self.0.token_hash)
    }

    fn draft(&self) -> Draft {
        lock(&self.0.draft).clone()
    }

    /// Where forms come from: our address, if it is known already.
    fn base(&self) -> Option<Url> {
        self.draft().base(&self.0.config).ok()
    }

    fn wrong(&self, step: Step) -> Vec<Wrong> {
        self.draft().wrong(step, &self.0.config)
    }

    /// The first page that nobody filled in, or on which something is wrong; the last one if there
    /// is none.
    fn first_open(&self) -> Step {
        let draft = self.draft();
        let is_open = |step: &Step| match step {
            Step::Key => !self.is_key_kept(),
            Step::Open => false,
            step => !draft.has_passed(*step) || !draft.wrong(*step, &self.0.config).is_empty(),
        };
        Step::ALL.into_iter().find(is_open).unwrap_or(Step::Open)
    }

    fn is_key_kept(&self) -> bool {
        lock(&self.0.key).as_ref().is_some_and(|shown| shown.is_kept)
    }

    /// The key for backups: the same one however often somebody looks.
    fn key(&self) -> anyhow::Result<RecoveryKey> {
        let mut shown = lock(&self.0.key);
        if let Some(shown) = shown.as_ref() {
            return Ok(shown.key.clone());
        }
        let key = (self.0.hands.make_key)()?;
        *shown = Some(Shown { key: key.clone(), is_kept: false });
        Ok(key)
    }

    /// Whether these are the last letters of the key; then somebody has it.
    fn keep_key(&self, typed: &str) -> bool {
        let mut shown = lock(&self.0.key);
        let Some(shown) = shown.as_mut() else { return false };
        let last: String = {
            let letters: Vec<char> = shown.key.secret.trim().chars().collect();
            letters.iter().skip(letters.len().saturating_sub(LAST_LETTERS)).collect()
        };
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        shown.is_kept |= keys::same_secret(&typed.to_uppercase(), &last.to_uppercase());
        shown.is_kept
    }
}

/// The pages.
pub fn router(desk: Desk) -> Router {
    Router::new()
        .route("/set-up/{token}", get(begin))
        .route("/set-up/{token}/open", get(pages::show_open).post(open))
        .route("/set-up/{token}/key", get(pages::show_key).post(keep_key))
        .route("/set-up/{token}/key.txt", get(download_key))
        .route("/set-up/{token}/{step}", get(pages::show).post(save))
        .route("/.well-known/webfinger", get(answer_mark))
        .fallback(pages::not_open_yet)
        .layer(middleware::from_fn_with_state(desk.clone(), guard))
        .layer(middleware::map_response(security::protect))
        .with_state(desk)
        .route("/static/{name}", get(assets::show))
}

/// Lets in whoever holds the link, before anything else happens.
async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let locale = pages::locale(request.headers());
    let path = request.uri().path();
    let token = path.strip_prefix("/set-up/").map(|rest| rest.split('/').next().unwrap_or(rest));
    let is_stranger = token.is_some_and(|token| !desk.knows(token));
    let origin = request.extensions().get::<Origin>().copied();
    let mut response = match is_stranger {
        true if origin.is_some_and(|origin| !desk.0.wrong.allows(origin)) => {
            pages::closed(&locale, StatusCode::TOO_MANY_REQUESTS)
        }
        true => pages::closed(&locale, StatusCode::NOT_FOUND),
        false => next.run(request).await,
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Language"));
    response
}

/// `GET /set-up/{token}`: on to where somebody left off.
async fn begin(State(desk): State<Desk>, Path(token): Path<String>) -> Response {
    go_to(&path_of(&token, desk.first_open()))
}

/// `POST /set-up/{token}/{step}`
async fn save(
    State(desk): State<Desk>,
    Path((token, step)): Path<(String, String)>,
    request: Request,
) -> Response {
    let locale = pages::locale(request.headers());
    let Some(step) = Step::from_word(&step) else {
        return pages::closed(&locale, StatusCode::NOT_FOUND);
    };
    let fields = match typed::read(request, desk.base()).await {
        Ok(fields) => fields,
        Err(status) => return pages::closed(&locale, status),
    };
    let draft = {
        let mut draft = lock(&desk.0.draft);
        draft.take(step, &fields);
        draft.note(step, &desk.0.config);
        draft.clone()
    };
    let data = desk.0.data.clone();
    let kept = tokio::task::spawn_blocking(move || draft.store(&data)).await;
    if let Err(error) = kept.map_err(anyhow::Error::from).flatten() {
        tracing::error!(error = format!("{error:#}"), "nothing can be kept in the data folder");
        return pages::step(&desk, &locale, &token, step, Some("set-up-folder"));
    }
    match desk.wrong(step).is_empty() {
        true => go_to(&path_of(&token, step.after())),
        false => pages::step(&desk, &locale, &token, step, None),
    }
}

/// `POST /set-up/{token}/key`
async fn keep_key(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let locale = pages::locale(request.headers());
    match typed::read(request, desk.base()).await {
        Ok(fields) if desk.keep_key(&fields.text("last")) => go_to(&path_of(&token, Step::Open)),
        Ok(_) => pages::key(&desk, &locale, &token, Some("set-up-key-wrong")),
        Err(status) => pages::closed(&locale, status),
    }
}

/// `GET /set-up/{token}/key.txt`: the key as a file, for whoever cannot print here and now.
async fn download_key(
    State(desk): State<Desk>,
    Path(_): Path<String>,
    headers: HeaderMap,
) -> Response {
    let locale = pages::locale(&headers);
    let Ok(key) = desk.key() else {
        return pages::closed(&locale, StatusCode::INTERNAL_SERVER_ERROR);
    };
    let name = desk.draft().name;
    let title = locale.say_with("set-up-key-of", [("name", name.as_str().into())]);
    let text =
        format!("{title}\r\n\r\n{}\r\n\r\n{}\r\n", key.secret, locale.say("set-up-key-what"));
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"recovery-key.txt\""),
    ];
    (headers, text).into_response()
}

/// `POST /set-up/{token}/open`: makes the instance. From then on it answers, and this link is worth
/// nothing.
async fn open(State(desk): State<Desk>, Path(token): Path<String>, request: Request) -> Response {
    let locale = pages::locale(request.headers());
    if let Err(status) = typed::read(request, desk.base()).await {
        return pages::closed(&locale, status);
    }
    let first_open = desk.first_open();
    if first_open != Step::Open {
        return go_to(&path_of(&token, first_open));
    }
    // A browser that goes away must not end this in the middle.
    let work = tokio::spawn(async move {
        let mut opened = desk.0.opened.lock().await;
        if let Some(path) = opened.clone() {
            return Ok(path);
        }
        let plan = desk.draft().plan(&desk.0.config, &desk.0.clock)?;
        let folder = desk.draft().backup_folder(&desk.0.config);
        let backups = Backups { recipient: desk.key()?.recipient, folder };
        let links = (desk.0.hands.open)(plan, backups).await?;
        let path = welcome(&links);
        *opened = Some(path.clone());
        Draft::remove(&desk.0.data);
        Ok::<_, Error>(path)
    });
    match work.await {
        Ok(Ok(path)) => go_to(&path),
        Ok(Err(Error::Conflict)) => pages::not_opened(&locale, &token, "set-up-there-already"),
        Ok(Err(error)) => {
            tracing::error!(error = format!("{error:#}"), "the house cannot be opened");
            pages::not_opened(&locale, &token, "set-up-not-opened")
        }
        Err(_) => pages::not_opened(&locale, &token, "set-up-not-opened"),
    }
}

/// `GET /.well-known/webfinger`: whoever asks for our mark has come through the door that everybody
/// will come through.
async fn answer_mark(State(desk): State<Desk>, request: Request) -> Response {
    let wanted = request.uri().query().unwrap_or_default();
    if !wanted.contains(&desk.0.mark) {
        return (StatusCode::SERVICE_UNAVAILABLE, "").into_response();
    }
    let body = format!("{{\"subject\":\"acct:{}\"}}", desk.0.mark);
    ([(CONTENT_TYPE, "application/jrd+json")], body).into_response()
}

/// The first page of the new instance, for those who look after it.
fn welcome(links: &Links) -> String {
    match &links.second {
        Some(second) => format!("/welcome/{}/{second}", links.steward),
        None => format!("/welcome/{}", links.steward),
    }
}

fn path_of(token: &str, step: Step) -> String {
    format!("/set-up/{token}/{}", step.word())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
