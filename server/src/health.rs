//! How this process is, for whoever looks after the server: a listener of its own, apart from
//! pages and machines, which answers from before the database is open until the process ends.
//!
//! * `/livez`: 200 as long as the process runs, also while it says `migrating 42 %`. Whoever
//!   restarts what does not answer must not end a migration.
//! * `/readyz`: 200 if it can do its work, else 503 and why.
//! * `/metrics`: what was counted, as Prometheus reads it. No person, host or address stands in it.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use crate::clock::Clock;
use crate::config::Limits;
use crate::db::gauges::{self, Gauges};
use crate::db::{Db, marks};
use crate::listener::listen;

mod counts;

/// How long the database may take for a small write.
const LONGEST_WRITE: Duration = Duration::from_secs(2);
/// How long an answer about that is believed, so that nobody makes us write by asking.
const WRITE_HOLDS: Duration = Duration::from_secs(1);
/// How long reading the gauges may take, and how long they are believed.
const LONGEST_READ: Duration = Duration::from_secs(2);
const GAUGES_HOLD: Duration = Duration::from_secs(5);
/// How many look at once.
const PLACES: usize = 32;
/// With less of its disk free, in percent, the server is not ready.
const LEAST_FREE: u64 = 5;

/// How the process is. Made before the database is opened; cheap to clone.
#[derive(Clone)]
pub struct Health(Arc<Parts>);

struct Parts {
    folder: PathBuf,
    clock: Clock,
    stage: RwLock<Stage>,
    db: OnceLock<Db>,
    written: Mutex<Option<(Instant, bool)>>,
    gauges: Mutex<Option<(Instant, Option<Gauges>)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Starting,
    Migrating(u8),
    Ready,
    Stopping,
}

/// A disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Disk {
    free: u64,
    all: u64,
}

impl Health {
    /// The health of a process that begins, and whose data folder this is.
    pub fn new(folder: &Path, clock: Clock) -> Self {
        Self(Arc::new(Parts {
            folder: folder.to_owned(),
            clock,
            stage: RwLock::new(Stage::Starting),
            db: OnceLock::new(),
            written: Mutex::default(),
            gauges: Mutex::default(),
        }))
    }

    /// From now on, the database is brought up to date; so much of it is done, in percent.
    pub fn migrating(&self, percent: u8) {
        self.set(Stage::Migrating(percent.min(100)));
    }

    /// The database is open and up to date.
    pub fn opened(&self, db: Db) {
        // Whoever opens it twice opened the same one.
        let _ = self.0.db.set(db);
        self.set(Stage::Starting);
    }

    /// From now on, the server does its work as long as its database and its disk do.
    pub fn ready(&self) {
        self.set(Stage::Ready);
    }

    /// From now on, the server takes no more work.
    pub fn stopping(&self) {
        self.set(Stage::Stopping);
    }

    /// Answers on an address until the process ends; where that is.
    pub async fn answer_on(&self, address: SocketAddr) -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!(
                "cannot tell on {address} how the server is: is another server there? Choose \
                 another address with the configuration key health.listen"
            )
        })?;
        let address = listener.local_addr()?;
        counts::begin();
        let router = self.router();
        tokio::spawn(async move {
            // Nobody ever says stop: it answers until there is nothing left to tell.
            let (_say_stop, stop) = watch::channel(false);
            let limits = Limits {
                connections: PLACES,
                connections_per_address: PLACES,
                ..Limits::default()
            };
            listen(router, listener, &limits, stop).await;
        });
        Ok(address)
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/livez", get(show_life))
            .route("/readyz", get(show_readiness))
            .route("/metrics", get(show_metrics))
            .with_state(self.clone())
    }

    fn set(&self, stage: Stage) {
        *self.0.stage.write().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn stage(&self) -> Stage {
        *self.0.stage.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the server cannot do its work, if it cannot.
    async fn trouble(&self) -> Option<String> {
        let stage = self.stage();
        let Some(db) = self.0.db.get().filter(|_| stage == Stage::Ready) else {
            return Some(stage.to_string());
        };
        if !self.can_write(db).await {
            return Some("the database does not take a write".to_owned());
        }
        let is_full = self.disk().is_some_and(Disk::is_nearly_full);
        is_full.then(|| format!("less than {LEAST_FREE} % of the disk is free"))
    }

    /// Whether the database takes a write now.
    async fn can_write(&self, db: &Db) -> bool {
        let (health, db) = (self.clone(), db.clone());
        // On a task of its own: one that hangs goes on, and whoever asks meanwhile begins no other.
        let writing = tokio::spawn(async move {
            let mut written = health.0.written.lock().await;
            if let Some((at, could)) = *written
                && at.elapsed() < WRITE_HOLDS
            {
                return could;
            }
            let now = health.0.clock.now();
            let could = db.write(move |conn| marks::note(conn, marks::PROBE, now)).await.is_ok();
            *written = Some((Instant::now(), could));
            could
        });
        matches!(timeout(LONGEST_WRITE, writing).await, Ok(Ok(true)))
    }

    /// What the database says of itself, if it does.
    async fn gauges(&self) -> Option<Gauges> {
        let db = self.0.db.get()?.clone();
        let mut known = self.0.gauges.lock().await;
        if let Some((at, gauges)) = *known
            && at.elapsed() < GAUGES_HOLD
        {
            return gauges;
        }
        let now = self.0.clock.now();
        let reading = timeout(LONGEST_READ, db.read(move |conn| gauges::read(conn, now))).await;
        let gauges = reading.ok().and_then(Result::ok);
        *known = Some((Instant::now(), gauges));
        gauges
    }

    /// The disk on which the data lies; none if nobody can tell. The files of PostgreSQL are its own
    /// to look after.
    fn disk(&self) -> Option<Disk> {
        let file = self.0.db.get().and_then(Db::file);
        let about = rustix::fs::statvfs(file.unwrap_or(&self.0.folder)).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(about.f_frsize);
        Some(Disk { free: bytes(about.f_bavail), all: bytes(about.f_blocks) })
    }

    /// The sizes of the database file and of its log, in bytes.
    fn sizes(&self) -> (Option<u64>, Option<u64>) {
        let Some(file) = self.0.db.get().and_then(Db::file) else { return (None, None) };
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let size = |path: &Path| Some(std::fs::metadata(path).ok()?.len());
        (size(file), size(Path::new(&log)))
    }
}

impl Disk {
    fn is_nearly_full(self) -> bool {
        self.free.saturating_mul(100) < self.all.saturating_mul(LEAST_FREE)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => f.write_str("starting"),
            Self::Migrating(percent) => write!(f, "migrating {percent} %"),
            Self::Ready => f.write_str("well"),
            Self::Stopping => f.write_str("stopping"),
        }
    }
}

async fn show_life(State(health): State<Health>) -> String {
    format!("{}\n", health.stage())
}

async fn show_readiness(State(health): State<Health>) -> Response {
    match health.trouble().await {
        None => "ready\n".into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn show_metrics(State(health): State<Health>) -> Response {
    let sizes = health.sizes();
    let free = health.disk().map(|disk| disk.free);
    let text = counts::render(health.gauges().await, sizes, free);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_nearly_full_below_five_percent() {
        let disk = |free, all| Disk { free, all }.is_nearly_full();
        assert!(disk(4, 100) && disk(0, 1) && disk(u64::MAX / 200, u64::MAX / 2));
        assert!(!disk(5, 100) && !disk(100, 100));
        // A file system that counts nothing is not full.
        assert!(!disk(0, 0));
    }

    #[test]
    fn a_stage_is_said_in_words() {
        assert_eq!(Stage::Migrating(42).to_string(), "migrating 42 %");
        let health = Health::new(Path::new("."), Clock::system());
        health.migrating(142);
        assert_eq!(health.stage(), Stage::Migrating(100));
    }
}
