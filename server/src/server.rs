//! Puts an instance together and lets it answer: the only module that knows both edges.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::{Path as UrlPath, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{Method, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::{App, NOT_SET_UP};
use crate::client::Client;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::migrate::{self, Migrations, Opening, Plan};
use crate::db::sealing::Sealing;
use crate::db::{self, Db, Location};
use crate::federation::{duties, look, media, oauth, outbox, passing, resolve, routes};
use crate::folder;
use crate::listener::listen;
use crate::serving::{Role, Serving};
use crate::urls::NOW;
use crate::{doctor, jobs, requests, web};

/// The folder of keys in the data folder.
const KEYS: &str = "keys";
/// How long a request may take: the longest that another server may need to answer us, and some.
const LONGEST_REQUEST: Duration = Duration::from_secs(40);
/// How long open connections may take to end when the server stops.
const FAREWELL: Duration = Duration::from_secs(8);

/// Takes the right to serve the instance of a data folder, or its part of that.
pub fn begin(config: &Config, data: &Path, role: Role) -> anyhow::Result<Serving> {
    check_folder(config, data)?;
    let location = location(config, data)?;
    role.check(&location)?;
    let serving = Serving::begin(&location)?;
    // A restore may have begun before this had the right to serve.
    folder::check_whole(data)?;
    Ok(serving)
}

/// Checks that the database can be written where it stands. A server that is not let write would
/// begin and lose the first thing that somebody tells it.
pub fn check_folder(config: &Config, data: &Path) -> anyhow::Result<()> {
    if let Location::Sqlite(path) = location(config, data)? {
        folder::check_database(Path::new(&path))?;
    }
    Ok(())
}

/// Opens the database of a data folder.
pub fn open_db(config: &Config, data: &Path) -> anyhow::Result<Db> {
    folder::check_whole(data)?;
    open_sealed(location(config, data)?, data, &Opening::default())
}

/// Opens a database whose keys for what is private lie in a data folder.
fn open_sealed(location: Location, data: &Path, opening: &Opening<'_>) -> anyhow::Result<Db> {
    let sealing = Sealing::at(&data.join(KEYS).join("sealing"))?;
    Db::open_sealed(location, sealing, opening)
}

/// Makes the database of an instance that is about to be set up, and takes the right to serve it.
pub fn open_first(config: &Config, data: &Path) -> anyhow::Result<(Db, Serving)> {
    folder::check_whole(data)?;
    let location = location(config, data)?;
    // A file that is not there yet cannot be served; PostgreSQL is told that a server works on it.
    let serves = matches!(location, Location::Postgres(_));
    let db = open_sealed(location, data, &Opening { serves, ..Opening::default() })?;
    Ok((db, begin(config, data, Role::All)?))
}

/// Opens the instance of a data folder.
pub async fn open(config: Config, data: &Path, clock: Clock) -> anyhow::Result<App> {
    let db = open_sealed(existing(&config, data)?, data, &Opening::default())?;
    open_in(config, data, db, clock).await
}

/// The same, and says how its database is opened.
pub async fn open_as(
    config: Config,
    data: &Path,
    clock: Clock,
    opening: &Opening<'_>,
) -> anyhow::Result<App> {
    let db = open_sealed(existing(&config, data)?, data, opening)?;
    open_in(config, data, db, clock).await
}

async fn open_in(config: Config, data: &Path, db: Db, clock: Clock) -> anyhow::Result<App> {
    let app = open_with(config, db, clock).await?;
    // Nobody else can have set it: the instance was made a line above.
    let _ = app.data.set(data.to_owned());
    Ok(app)
}

/// What bringing the database of a data folder up to date would take.
pub fn plan(config: &Config, data: &Path) -> anyhow::Result<Plan> {
    migrate::plan(&existing(config, data)?, Migrations::default())
}

/// Brings the database of a data folder up to date.
pub fn bring_up_to_date(config: &Config, data: &Path, opening: &Opening<'_>) -> anyhow::Result<()> {
    Db::open_with(existing(config, data)?, opening).map(drop)
}

/// Where the database of a data folder is. A slip in --data must not leave an empty one behind.
fn existing(config: &Config, data: &Path) -> anyhow::Result<Location> {
    folder::check_whole(data)?;
    let location = location(config, data)?;
    if let Location::Sqlite(path) = &location {
        let is_there = Path::new(path).try_exists().with_context(|| {
            format!(
                "{path} cannot be looked at by {}: run this as the account of the server",
                folder::runs_as()
            )
        })?;
        if !is_there {
            bail!(
                "there is no database at {path}. Is it elsewhere? Name its folder with --data, or \
                 in MUTUALS_DATA. Is it lost, and there is a backup? mutuals backup restore. \
                 {NOT_SET_UP}"
            );
        }
    }
    Ok(location)
}

/// Opens the instance of a database.
pub async fn open_with(config: Config, db: Db, clock: Clock) -> anyhow::Result<App> {
    App::open(config, db, clock, outbox::announce).await
}

/// Opens the instance of a database, which asks others through `client`.
pub async fn open_through(
    config: Config,
    db: Db,
    clock: Clock,
    client: Client,
) -> anyhow::Result<App> {
    App::open_through(config, db, clock, outbox::announce, client).await
}

/// Whether an instance is set up in a data folder; an error if one is being restored there. Makes
/// nothing and changes nothing.
pub fn is_set_up(config: &Config, data: &Path) -> anyhow::Result<bool> {
    folder::check_whole(data)?;
    Ok(db::is_set_up(&location(config, data)?))
}

/// Answers on `listener`, if there is one, and works in the background, if that is the role of this
/// process, until `stop` says so.
pub async fn serve(
    app: App,
    role: Role,
    listener: Option<TcpListener>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let (limits, house, mut told) = (app.config.limits.clone(), app.clone(), stop.clone());
    let listening = async move {
        match listener {
            Some(listener) => listen(service(house), listener, &limits, told).await,
            None => {
                // An error means that nobody can say stop any more.
                let _ = told.wait_for(|stop| *stop).await;
            }
        }
    };
    serve_while(app, role, listening, stop).await
}

/// Works in the background, if that is the role of this process, until `stop` says so, while
/// `listening` answers.
pub async fn serve_while(
    app: App,
    role: Role,
    listening: impl Future<Output = ()>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut workers = match role.works() {
        true => tokio::spawn(jobs::runner::run(app.clone(), stop.clone())),
        false => tokio::spawn(jobs::runner::keep_up(app.clone(), stop.clone())),
    };
    let mut told = stop.clone();
    let stopped = tokio::spawn(async move {
        // An error means that nobody can say stop any more.
        let _ = told.wait_for(|stop| *stop).await;
        Instant::now()
    });
    let answered = answer_while(&app, listening, stop.clone()).await;
    // Workers end what they are at, but not for ever, and not at all if answering failed: their
    // leases end, and nothing is lost. The farewell is one for connections and workers together.
    let patience = match *stop.borrow_and_update() {
        true => FAREWELL.saturating_sub(stopped.await.map_or(FAREWELL, |at| at.elapsed())),
        false => Duration::ZERO,
    };
    if tokio::time::timeout(patience, &mut workers).await.is_err() {
        workers.abort();
    }
    answered
}

/// Answers on `listener` until `stop` says so, without working in the background.
pub async fn answer(
    app: App,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let limits = app.config.limits.clone();
    let listening = listen(service(app.clone()), listener, &limits, stop.clone());
    answer_while(&app, listening, stop).await
}

async fn answer_while(
    app: &App,
    listening: impl Future<Output = ()>,
    mut told: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    tokio::select! {
        () = listening => Ok(()),
        () = async {
            // An error means that nobody can say stop any more: then stop.
            let _ = told.wait_for(|stop| *stop).await;
            tokio::time::sleep(FAREWELL).await;
        } => Ok(()),
        () = app.db.broken() => {
            bail!("the disk under the database fails: nothing can be stored, and what it said last \
                   may not be there. Check the disk, then start again")
        }
    }
}

/// Where the database of a data folder is.
pub fn location(config: &Config, data: &Path) -> anyhow::Result<Location> {
    let url = Some(config.database.url.as_str()).filter(|url| !url.is_empty());
    Location::choose(url, data)
}

/// Everything that an instance answers.
pub fn service(
    app: App,
) -> impl tower::Service<Request, Response = Response, Error = std::convert::Infallible, Future: Send>
+ Clone
+ Send {
    let handle = app.collective.handle.clone();
    MapRequestLayer::new(move |request| negotiate(request, &handle)).layer(router(app))
}

fn router(app: App) -> Router {
    let outside = web::Outside {
        resolve: resolve::for_pages,
        look: look::for_pages,
        renew: passing::for_pages,
        picture: media::for_pages,
        runbook: duties::find_for_pages,
        examine: doctor::for_pages,
        doors: web::Doors {
            find: oauth::find_for_pages,
            link: oauth::link_for_pages,
            prove: oauth::prove_for_pages,
        },
    };
    let pages = web::router(app.clone(), outside);
    let machines = routes::router(&app)
        .route("/tags/{tag}", get(|| async { Redirect::to("/board") }))
        .route("/kinds/{word}", get(show_kind))
        .with_state(app.clone());
    machines
        .merge(pages)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_REQUEST))
        .layer(CatchPanicLayer::custom(panicked))
        // Outermost, so that it hears of everything that is answered.
        .layer(from_fn_with_state(app, requests::note))
}

async fn show_kind(State(_): State<App>, UrlPath(word): UrlPath<String>) -> Response {
    let word: String = url::form_urlencoded::byte_serialize(word.as_bytes()).collect();
    Redirect::to(&format!("/board?kind={word}")).into_response()
}

/// The address of a page answers machines with the object that the page shows; our home is the
/// page of the collective.
fn negotiate(mut request: Request, handle: &str) -> Request {
    let wants = request.method() == Method::GET && routes::wants_activity_json(request.headers());
    let path = request.uri().path();
    let object = match path.strip_prefix("/@").map(|rest| rest.split_once('/').ok_or(rest)) {
        _ if !wants => None,
        Some(Ok((_, id))) => Some(format!("/n/{id}{NOW}")),
        Some(Err(handle)) => Some(format!("/c/{handle}")),
        None if path == "/" => Some(format!("/c/{handle}")),
        None => object_of(path),
    };
    if let Some(uri) = object.and_then(|path| path.parse::<Uri>().ok()) {
        *request.uri_mut() = uri;
    }
    request
}

/// The object that a page of a turn or of a runbook shows.
fn object_of(path: &str) -> Option<String> {
    match path.trim_start_matches('/').split('/').collect::<Vec<_>>().as_slice() {
        ["turns", id] if id.len() == 13 => Some(format!("/t/{id}{NOW}")),
        ["duties", id, "runbook"] => Some(format!("/b/{id}")),
        _ => None,
    }
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("?"), "a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "this server has a problem: try again later")
        .into_response()
}
