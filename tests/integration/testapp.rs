//! A whole instance on a port of its own, with a database of its own and a clock that tests move.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use jiff::{SignedDuration, Timestamp};
use mutuals::actions::add_member::add_member;
use mutuals::actions::look_after_held::let_in;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::app::{self, App};
use mutuals::client::{Client, Timeouts};
use mutuals::clock::Clock;
use mutuals::config::{Config, Limits};
use mutuals::db::migrate::{Migrations, Opening};
use mutuals::db::sealing::Sealing;
use mutuals::db::{Db, Location};
use mutuals::domain::amount::Amount;
use mutuals::domain::collective::Collective;
use mutuals::domain::draft::Draft;
use mutuals::domain::held::Which;
use mutuals::domain::id::ProposalId;
use mutuals::domain::member::{Member, Role};
use mutuals::domain::proposal::{Proposal, Purpose};
use mutuals::jobs::runner;
use mutuals::server;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use crate::prepared;

/// When every test begins.
pub const BEGINNING: &str = "2026-11-23T12:00:00Z";

/// An instance that answers on loopback. Its background work runs only when a test says so.
pub struct TestApp {
    pub app: App,
    pub base: Url,
    /// Asks this instance, or anybody: it is nobody's own client.
    pub visitor: Client,
    _stop: watch::Sender<bool>,
    _database: TestDb,
}

/// A database that is gone when the test is over.
pub struct TestDb {
    pub db: Db,
    pub location: Location,
    _folder: TempDir,
    /// The server and the statement by which it goes away.
    end: Option<(String, String)>,
}

impl TestDb {
    /// An empty, migrated database of the engine under test.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (location, end) = match postgres() {
            None => {
                let location = Location::choose(None, folder.path()).unwrap();
                let Location::Sqlite(path) = &location else { panic!("not SQLite") };
                prepared::copy_sqlite(path.as_ref());
                (location, None)
            }
            Some(server) => {
                let name = own_name();
                let url = prepared::copy_postgres(&server.parse().unwrap(), &name);
                let end = format!("DROP DATABASE {name} WITH (FORCE)");
                (Location::choose(Some(url.as_str()), folder.path()).unwrap(), Some((server, end)))
            }
        };
        let db = Db::open_with(location.clone(), &Opening::default()).unwrap();
        Self { db, location, _folder: folder, end }
    }

    /// One that on PostgreSQL shares its database with others: each has a schema there.
    pub fn in_schema() -> Self {
        Self::of(Migrations::default())
    }

    /// One as an earlier release left it.
    pub fn of(migrations: Migrations) -> Self {
        Self::made(migrations, false)
    }

    /// One in which what is private is sealed.
    pub fn sealed() -> Self {
        Self::made(Migrations::default(), true)
    }

    /// Where its keys are, if it has any.
    pub fn keys(&self) -> std::path::PathBuf {
        self._folder.path().join("keys/sealing")
    }

    /// One on which the migrations really run.
    fn made(migrations: Migrations, is_sealed: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (location, end) = match postgres() {
            None => (Location::choose(None, folder.path()).unwrap(), None),
            Some(server) => {
                let name = own_name();
                execute(&server, &format!("CREATE SCHEMA {name}"));
                let url = format!("{server}?options=-csearch_path%3D{name}");
                let location = Location::choose(Some(&url), folder.path()).unwrap();
                (location, Some((server, format!("DROP SCHEMA {name} CASCADE"))))
            }
        };
        let opening = Opening { migrations, ..Opening::default() };
        let db = match is_sealed {
            true => {
                let keys = Sealing::at(&folder.path().join("keys/sealing")).unwrap();
                Db::open_sealed(location.clone(), keys, &opening).unwrap()
            }
            false => Db::open_with(location.clone(), &opening).unwrap(),
        };
        Self { db, location, _folder: folder, end }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some((server, end)) = &self.end {
            execute(server, end);
        }
    }
}

fn own_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst))
}

/// The PostgreSQL server to test on, if there is one.
#[expect(clippy::disallowed_methods, reason = "the harness chooses the engine")]
pub fn postgres() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

fn execute(server: &str, sql: &str) {
    PgConnection::establish(server).unwrap().batch_execute(sql).unwrap();
}

/// The clock of a test.
pub fn clock() -> Clock {
    Clock::fixed(BEGINNING.parse().unwrap())
}

/// A configuration that may speak to this machine.
pub fn config() -> Config {
    let mut config = Config { time_zone: "UTC".into(), ..Config::default() };
    config.federation.allow_http = true;
    config.federation.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    config
}

/// A client that may speak to this machine.
pub fn client() -> Client {
    Client::new(&config().federation, Timeouts::default()).unwrap()
}

impl TestApp {
    /// Starts an instance.
    pub async fn start(handle: &str) -> Self {
        Self::start_with(handle, clock()).await
    }

    /// Starts an instance with a clock that it may share with others.
    pub async fn start_with(handle: &str, clock: Clock) -> Self {
        Self::start_through(handle, clock, client()).await
    }

    /// Starts an instance that asks others through `client`.
    pub async fn start_through(handle: &str, clock: Clock, client: Client) -> Self {
        Self::start_configured(handle, clock, client, config()).await
    }

    /// Starts an instance with limits of its own.
    pub async fn start_limited(handle: &str, limits: Limits) -> Self {
        Self::start_configured(handle, clock(), client(), Config { limits, ..config() }).await
    }

    /// The same, and it asks others through `client`.
    pub async fn start_limited_through(handle: &str, limits: Limits, client: Client) -> Self {
        Self::start_configured(handle, clock(), client, Config { limits, ..config() }).await
    }

    /// Starts an instance with a configuration of its own.
    pub async fn start_as(handle: &str, config: Config) -> Self {
        Self::start_configured(handle, clock(), client(), config).await
    }

    /// Starts an instance in whose database what is private is sealed.
    pub async fn start_sealed(handle: &str) -> Self {
        Self::start_in(TestDb::sealed(), handle, clock(), client(), config()).await
    }

    /// Where the keys of its database are.
    pub fn keys(&self) -> std::path::PathBuf {
        self._database.keys()
    }

    async fn start_configured(handle: &str, clock: Clock, client: Client, config: Config) -> Self {
        Self::start_in(TestDb::new(), handle, clock, client, config).await
    }

    async fn start_in(
        database: TestDb,
        handle: &str,
        clock: Clock,
        client: Client,
        config: Config,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let collective = Collective {
            handle: handle.into(),
            name: format!("{handle} collective"),
            summary: "Neighbours.".into(),
            base: base.clone(),
            language: "en".into(),
            created_at: clock.now(),
            updated_at: clock.now(),
        };
        app::set_up(&database.db, &clock, collective).await.unwrap();
        let app = server::open_through(config, database.db.clone(), clock, client).await.unwrap();
        let (say_stop, stop) = watch::channel(false);
        tokio::spawn(server::answer(app.clone(), listener, stop));
        Self { app, base, visitor: self::client(), _stop: say_stop, _database: database }
    }

    /// Where its database is.
    pub fn location(&self) -> &Location {
        &self._database.location
    }

    /// Does everything that is due in the background.
    pub async fn work(&self) {
        runner::run_all(&self.app).await.unwrap();
    }

    /// A steward lets in every reply that is held.
    pub async fn let_replies_in(&self) {
        let ids = self.app.db.read(mutuals::db::held_replies::list_ids).await.unwrap();
        for id in ids {
            let_in(&self.app, None, Which::Reply(id), 0).await.unwrap();
        }
    }

    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    pub fn advance(&self, seconds: i64) {
        self.app.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub async fn member(&self, name: &str) -> Member {
        add_member(&self.app, name, Role::Member).await.unwrap()
    }

    pub async fn steward(&self, name: &str) -> Member {
        add_member(&self.app, name, Role::Steward).await.unwrap()
    }

    /// A public need of so many pieces.
    pub async fn need(&self, author: &Member, title: &str, amount: &str) -> Proposal {
        self.post(author, &Draft { title: title.into(), amount: amount.into(), ..Draft::default() })
            .await
    }

    pub async fn post(&self, author: &Member, draft: &Draft) -> Proposal {
        post_proposal(&self.app, author, Purpose::Need, draft, true).await.unwrap()
    }

    /// A proposal as it stands.
    pub async fn proposal(&self, id: ProposalId) -> Proposal {
        self.app.db.read(move |conn| mutuals::db::proposals::find(conn, id)).await.unwrap()
    }

    /// Gets a document as a machine would.
    pub async fn get_json(&self, url: &Url) -> (u16, serde_json::Value) {
        let mut headers = http::HeaderMap::new();
        headers.insert("accept", "application/activity+json".parse().unwrap());
        let answer = self.visitor.get(url, headers).await.unwrap();
        let json = serde_json::from_slice(&answer.body).unwrap_or(serde_json::Value::Null);
        (answer.status.as_u16(), json)
    }
}

/// Works until nothing is left to do anywhere.
pub async fn work_all(apps: &[&TestApp]) {
    for _ in 0..4 {
        for app in apps {
            app.work().await;
        }
    }
}

pub fn amount(text: &str) -> Amount {
    Amount::zero_or_more(text).unwrap()
}
