//! Storage: the only folder where Diesel and the schema may be named.
//!
//! Two engines, one code: [`Conn`] is either, most statements compile on the enum, and the four
//! kinds that do not (upsert, do-nothing, multi-row insert and their RETURNING) are written once
//! and expanded for both by `each_backend!`. Everything here is synchronous and runs on threads of
//! its own through [`Db::read`] and [`Db::write`], so no network call can stand inside a
//! transaction.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tokio::sync::{Notify, Semaphore};

pub use mutuals_schema as schema;

pub use crate::db::conn::Conn;
use crate::db::writer::Writer;
use crate::error::Error;

pub mod activities;
pub mod actors;
pub mod agenda;
pub mod alike;
pub mod asks;
pub mod careful;
pub mod causes;
pub mod collective;
mod conn;
pub mod covenants;
pub mod cover_asks;
pub mod decision_papers;
pub mod decisions;
pub mod domain_rules;
pub mod due_notices;
pub mod duties;
pub mod endings;
pub mod exemptions;
mod failures;
pub mod followers;
pub mod followings;
pub mod form_keys;
pub mod fulfilments;
pub mod gate;
pub mod held;
pub mod held_replies;
mod host_turns;
pub mod hosts;
pub mod inboxes;
pub mod incoming_promises;
pub mod invitations;
pub mod jobs;
pub mod journal;
pub mod kept;
pub mod known_browsers;
pub mod leases;
pub mod leaving;
mod log;
pub mod mail_links;
pub mod marks;
pub mod measures;
pub mod member_handles;
pub mod members;
pub mod message_links;
pub mod messages;
pub mod met_domains;
pub mod moderation_log;
pub mod moment_people;
pub mod mutuality;
pub mod mutuality_releases;
pub mod neighbour_proposals;
pub mod notices;
pub mod oauth_clients;
pub mod of_member;
pub mod opinions;
pub mod origins;
pub mod outbox;
pub mod outgoing_promises;
pub mod pacts;
pub mod passkeys;
pub mod pictures;
pub mod pool_turns;
pub mod promise_duties;
pub mod promise_people;
pub mod promises;
pub mod proposal_people;
pub mod proposals;
pub mod queue;
pub mod replies;
pub mod reports;
pub mod roles;
pub mod rounds;
pub mod runbooks;
pub mod sessions;
pub mod severed;
pub mod sign_in_codes;
pub mod standing_turns;
pub mod strings;
pub mod telling;
pub mod turn_notes;
pub mod turn_people;
pub mod turns;
pub mod types;
pub mod unasked;
pub mod vouches;
mod writer;

/// How many connections read at once. SQLite has one writer besides.
const READERS: usize = 4;
/// How many connections of PostgreSQL write at once.
const WRITERS: usize = 8;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Runs one Diesel statement that both engines know, but whose types differ.
macro_rules! each_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            crate::db::Conn::Sqlite($c) => $body,
            crate::db::Conn::Pg($c) => $body,
        }
    };
}
pub(crate) use each_backend;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(String),
    /// A PostgreSQL URL.
    Postgres(String),
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool,
    writers: Writers,
    broken: Arc<Notify>,
}

/// SQLite has one writer; PostgreSQL has several, each with a transaction of its own.
#[derive(Clone)]
enum Writers {
    One(Writer),
    Several(Pool),
}

/// What must be done by one transaction at a time. On SQLite every write is alone anyway; on
/// PostgreSQL it is an advisory lock until the end of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Giving what is sent its place in the order of sending. Always the last lock that is taken.
    Outbox,
    /// Choosing inboxes to deliver to, and whatever changes what they get.
    Inboxes,
    /// Choosing received activities to process.
    Journal,
}

#[derive(Clone)]
struct Pool {
    location: Arc<Location>,
    idle: Arc<Mutex<Vec<Conn>>>,
    places: Arc<Semaphore>,
}

impl Location {
    /// Chooses the engine by the scheme of `url`; without one, a SQLite file in `data`.
    ///
    /// Anything that is neither is an error: a slip in a PostgreSQL address must never open an
    /// empty SQLite file.
    pub fn choose(url: Option<&str>, data: &Path) -> anyhow::Result<Self> {
        let Some(url) = url else {
            return Ok(Self::Sqlite(data.join("mutuals.db").to_string_lossy().into_owned()));
        };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => {
                Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).to_owned()))
            }
            _ => anyhow::bail!(
                "database.url is neither postgres://… nor sqlite:PATH; leave it out for a file in \
                 the data folder"
            ),
        }
    }

    fn connect(&self) -> anyhow::Result<Conn> {
        match self {
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)
                    .with_context(|| format!("cannot open the database file {path}"))?;
                conn.batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                     PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;",
                )?;
                Ok(Conn::Sqlite(conn))
            }
            Self::Postgres(url) => {
                let conn = PgConnection::establish(url).map_err(|error| {
                    // The address may hold a password: the reason is enough.
                    anyhow::anyhow!(
                        "cannot reach PostgreSQL: {error}; check database.url, and that the \
                         server runs"
                    )
                })?;
                Ok(Conn::Pg(in_english(conn)?))
            }
        }
    }
}

/// Lets the server of the database speak English to us, because a deadlock is known by its words
/// alone (see [`passes`]). It is for superusers, and for roles to which the setting was granted
/// (PostgreSQL, 20.11.2, `lc_messages`); for others a server that speaks otherwise is named in the
/// log, with what helps.
fn in_english(mut conn: PgConnection) -> anyhow::Result<PgConnection> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        language: String,
    }
    if conn.batch_execute("SET lc_messages TO 'C'").is_err() {
        let asked = "SELECT current_setting('lc_messages') AS language";
        let row: Row = diesel::sql_query(asked).get_result(&mut conn)?;
        let is_english =
            ["C.", "POSIX", "en", "En"].iter().any(|name| row.language.starts_with(name));
        if row.language != "C" && !is_english {
            tracing::warn!(
                language = row.language,
                "PostgreSQL may say in this language that two transactions waited for each other, \
                 and then what could be tried again is not: run, as its superuser, ALTER ROLE … SET \
                 lc_messages TO 'C' for the role in database.url"
            );
        }
    }
    Ok(conn)
}

impl Db {
    /// Opens the database and brings its schema up to date.
    pub fn open(location: Location) -> anyhow::Result<Self> {
        let mut first = location.connect()?;
        migrate(&mut first)?;
        let location = Arc::new(location);
        let broken = Arc::new(Notify::new());
        let writers = match *location {
            Location::Sqlite(_) => {
                Writers::One(Writer::start(first, Arc::clone(&location), Arc::clone(&broken))?)
            }
            Location::Postgres(_) => {
                let pool = Pool::new(Arc::clone(&location), WRITERS);
                pool.give_back(first);
                Writers::Several(pool)
            }
        };
        Ok(Self { readers: Pool::new(location, READERS), writers, broken })
    }

    /// Waits until the disk fails under the database.
    pub async fn broken(&self) {
        self.broken.notified().await;
    }

    /// Which engine this is, for people.
    pub fn engine(&self) -> &'static str {
        match *self.readers.location {
            Location::Sqlite(_) => "SQLite",
            Location::Postgres(_) => "PostgreSQL",
        }
    }

    /// Whether only one server works on this database: a SQLite file belongs to one, while several
    /// may share PostgreSQL.
    pub fn has_one_server(&self) -> bool {
        matches!(*self.readers.location, Location::Sqlite(_))
    }

    /// Reads. Several reads belong into one call: each call is a hop to another thread.
    pub async fn read<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.readers.run(body).await
    }

    /// Writes in one transaction, which is undone if `body` fails.
    ///
    /// On SQLite, writes that wait at the same moment share a commit (see `db/writer.rs`). On
    /// PostgreSQL, what must not change between reading and writing is locked by
    /// [`proposals::lock`] or [`lock`].
    pub async fn write<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        match &self.writers {
            Writers::One(writer) => writer.write(body).await,
            Writers::Several(pool) => pool.run(move |conn| transaction(conn, body)).await,
        }
    }
}

impl Pool {
    fn new(location: Arc<Location>, places: usize) -> Self {
        Self { location, idle: Arc::default(), places: Arc::new(Semaphore::new(places)) }
    }

    async fn run<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| Error::internal("the database is closed"))?;
        let pool = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            let mut conn = pool.take().map_err(Error::Unavailable)?;
            let result = body(&mut conn);
            // A connection whose server went away is not kept. A panic drops it too.
            if !matches!(result, Err(Error::Internal(_) | Error::Unavailable(_))) {
                pool.give_back(conn);
            }
            result
        });
        work.await.map_err(|error| Error::Internal(error.into()))?
    }

    fn take(&self) -> anyhow::Result<Conn> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.location.connect(), Ok)
    }

    fn give_back(&self, conn: Conn) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
    }
}

/// Waits until no other transaction holds this lock, and holds it until the end of this one.
pub fn lock(conn: &mut Conn, lock: Lock) -> Result<(), Error> {
    /// So that these numbers are nobody else's.
    const FIRST: i64 = 7_215_842;
    if let Conn::Pg(c) = conn {
        let number = match lock {
            Lock::Outbox => FIRST,
            Lock::Inboxes => FIRST + 1,
            Lock::Journal => FIRST + 2,
        };
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(number)
            .execute(c)?;
    }
    Ok(())
}

fn transaction<T>(
    conn: &mut Conn,
    body: impl FnOnce(&mut Conn) -> Result<T, Error>,
) -> Result<T, Error> {
    type Manager = <Conn as Connection>::TransactionManager;
    Manager::begin_transaction(conn)?;
    match body(conn) {
        Ok(value) => {
            Manager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(error) => {
            Manager::rollback_transaction(conn)?;
            Err(error)
        }
    }
}

/// Lets SQLite look through its file; an error says what is wrong with it.
pub fn check(location: &Location) -> anyhow::Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        quick_check: String,
    }
    let Location::Sqlite(path) = location else { return Ok(()) };
    let look = || {
        let Conn::Sqlite(mut conn) = location.connect()? else { return Ok(Vec::new()) };
        Ok::<_, anyhow::Error>(diesel::sql_query("PRAGMA quick_check(5)").load::<Row>(&mut conn)?)
    };
    let found = match look() {
        Ok(rows) => rows.into_iter().map(|row| row.quick_check).collect::<Vec<_>>().join("; "),
        Err(error) => format!("{error:#}"),
    };
    anyhow::ensure!(
        found == "ok",
        "{path} is damaged or cannot be read: {found}. Keep a copy of it and of what stands beside \
         it (-wal, -shm), check the disk, and go back to a backup"
    );
    Ok(())
}

fn migrate(conn: &mut Conn) -> anyhow::Result<()> {
    let done = match conn {
        Conn::Sqlite(c) => {
            // Two processes may start at once: the second waits, and then finds nothing to do.
            c.batch_execute("BEGIN EXCLUSIVE; COMMIT;")?;
            c.run_pending_migrations(SQLITE_MIGRATIONS).map(|done| done.len())
        }
        Conn::Pg(c) => {
            c.batch_execute("SELECT pg_advisory_lock(7215841)")?;
            let done = c.run_pending_migrations(POSTGRES_MIGRATIONS).map(|done| done.len());
            c.batch_execute("SELECT pg_advisory_unlock(7215841)")?;
            done
        }
    };
    let done = done
        .map_err(|error| anyhow::anyhow!("the database cannot be brought up to date: {error}"))?;
    if done > 0 {
        tracing::info!(migrations = done, "brought the database up to date");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_engine_and_nothing_is_guessed() {
        let data = Path::new("/data");
        let choose = |url| Location::choose(url, data);
        assert_eq!(choose(None).unwrap(), Location::Sqlite("/data/mutuals.db".into()));
        assert_eq!(choose(Some("sqlite:/x/y.db")).unwrap(), Location::Sqlite("/x/y.db".into()));
        let postgres = "postgres://localhost/ring";
        assert_eq!(choose(Some(postgres)).unwrap(), Location::Postgres(postgres.into()));
        for slip in
            ["host=127.0.0.1 dbname=x", "postgres:oops", "mysql://x", "ring.db", "sqlite:", ""]
        {
            assert!(choose(Some(slip)).is_err(), "{slip}");
        }
    }

    #[test]
    fn an_unreachable_postgres_is_an_error_and_makes_no_file() {
        let location =
            Location::choose(Some("postgres://127.0.0.1:1/ring"), Path::new("/")).unwrap();
        let error = Db::open(location).err().unwrap().to_string();
        assert!(error.contains("cannot reach PostgreSQL"), "{error}");
    }
}
