//! Storage: the only folder where Diesel and the schema may be named.
//!
//! Two engines, one code: [`Conn`] is either, most statements compile on the enum, and the four
//! kinds that do not (upsert, do-nothing, multi-row insert and their RETURNING) are written once
//! and expanded for both by `each_backend!`. Everything here is synchronous and runs on threads of
//! its own through [`Db::read`] and [`Db::write`], so no network call can stand inside a
//! transaction.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};

pub use mutuals_schema as schema;

pub use crate::db::conn::Conn;
use crate::db::migrate::Opening;
use crate::db::sealing::Sealing;
use crate::db::writer::Writer;
use crate::error::Error;

pub mod activities;
pub mod actors;
pub mod agenda;
pub mod alike;
pub mod asks;
pub mod backup_runs;
pub mod bells;
pub mod careful;
pub mod causes;
pub mod collective;
mod conn;
pub mod copy;
pub mod covenants;
pub mod cover_asks;
pub mod decision_papers;
pub mod decisions;
pub mod doctor;
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
pub mod gauges;
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
pub mod migrate;
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
pub mod picture_removals;
pub mod pictures;
pub mod pool_turns;
pub mod promise_duties;
pub mod promise_people;
pub mod promises;
pub mod proposal_people;
pub mod proposals;
pub mod quarantine;
pub mod queue;
pub mod quiet_mode;
pub mod replies;
pub mod reports;
pub mod resealing;
pub mod roles;
pub mod rounds;
pub mod runbooks;
pub mod sealing;
pub mod sessions;
pub mod settings;
pub mod severed;
pub mod sign_in_codes;
pub mod stale_notes;
pub mod standing_turns;
pub mod strings;
mod sweep;
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
    /// By this connection other processes know that a server works on PostgreSQL.
    _serving: Option<Arc<Mutex<Conn>>>,
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
    sealing: Option<Sealing>,
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
                     PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; \
                     PRAGMA temp_store = MEMORY;",
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

/// Whether an instance was set up in a database, which need not be there. Makes nothing and changes
/// nothing. A database that cannot be read counts as one: whoever opens it says what is wrong.
pub fn is_set_up(location: &Location) -> bool {
    if let Location::Sqlite(path) = location
        && !Path::new(path).exists()
    {
        return false;
    }
    if let Location::Sqlite(path) = location
        && migrate::check_file(path).is_err()
    {
        // Our connections set what stays in a file, and this one is not ours.
        return true;
    }
    match location.connect() {
        Ok(mut conn) => collective::is_there(&mut conn).unwrap_or(true),
        Err(_) => true,
    }
}

impl Db {
    /// Opens the database as a command does, and brings its schema up to date if nobody else works
    /// on it. Nothing is sealed: for tests and tools.
    pub fn open(location: Location) -> anyhow::Result<Self> {
        Self::open_with(location, &Opening::default())
    }

    /// Opens the database, and says how. Nothing is sealed: for tests and tools.
    pub fn open_with(location: Location, opening: &Opening<'_>) -> anyhow::Result<Self> {
        Self::start(location, None, opening)
    }

    /// Opens the database, in which what is private is sealed with these keys.
    pub fn open_sealed(
        location: Location,
        sealing: Sealing,
        opening: &Opening<'_>,
    ) -> anyhow::Result<Self> {
        Self::start(location, Some(sealing), opening)
    }

    fn start(
        location: Location,
        sealing: Option<Sealing>,
        opening: &Opening<'_>,
    ) -> anyhow::Result<Self> {
        let (mut first, serving) = migrate::open(&location, opening)?;
        if let Some(sealing) = &sealing {
            sealing.admit(&mut first)?;
        }
        let location = Arc::new(location);
        let broken = Arc::new(Notify::new());
        let writers = match *location {
            Location::Sqlite(_) => {
                let (location, broken) = (Arc::clone(&location), Arc::clone(&broken));
                Writers::One(Writer::start(first, location, broken, sealing.clone())?)
            }
            Location::Postgres(_) => {
                let pool = Pool::new(Arc::clone(&location), WRITERS, sealing.clone());
                pool.give_back(first);
                Writers::Several(pool)
            }
        };
        let readers = Pool::new(location, READERS, sealing);
        let serving = serving.map(|conn| Arc::new(Mutex::new(conn)));
        Ok(Self { readers, writers, broken, _serving: serving })
    }

    /// The file in which it lies, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match &*self.readers.location {
            Location::Sqlite(path) => Some(Path::new(path)),
            Location::Postgres(_) => None,
        }
    }

    /// Waits until the disk fails under the database.
    pub async fn broken(&self) {
        self.broken.notified().await;
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.readers.location
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

    /// Removes copies from before a change of the schema that are older than a week.
    pub fn remove_stale_copies(&self, now: Timestamp) -> anyhow::Result<()> {
        migrate::remove_stale_copies(&self.readers.location, now)
    }

    /// The keys with which what is private is sealed, if it is.
    pub fn sealing(&self) -> Option<Sealing> {
        self.readers.sealing.clone()
    }

    /// Reads these keys anew if another process changed them.
    pub fn renew_sealing(&self) -> Result<(), Error> {
        match &self.readers.sealing {
            Some(sealing) => Ok(sealing.renew()?),
            None => Ok(()),
        }
    }

    /// Lets what was erased not linger in the files of the database, as far as the engine can promise
    /// (see `db/sweep.rs`); false if something was in the way, and it is worth trying later.
    pub async fn sweep(&self) -> Result<bool, Error> {
        let location = Arc::clone(&self.readers.location);
        let work = tokio::task::spawn_blocking(move || sweep::sweep(&location));
        work.await.map_err(|error| Error::Internal(error.into()))?.map_err(Error::Unavailable)
    }

    /// Reads. Several reads belong into one call: each call is a hop to another thread.
    pub async fn read<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let began = Instant::now();
        let read = self.readers.run(body).await;
        metrics::histogram!("db_seconds", "kind" => "read").record(began.elapsed());
        read
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
        let began = Instant::now();
        let written = match &self.writers {
            Writers::One(writer) => writer.write(body).await,
            Writers::Several(pool) => pool.run(move |conn| transaction(conn, body)).await,
        };
        metrics::histogram!("db_seconds", "kind" => "write").record(began.elapsed());
        written
    }
}

impl Pool {
    fn new(location: Arc<Location>, places: usize, sealing: Option<Sealing>) -> Self {
        Self { location, idle: Arc::default(), places: Arc::new(Semaphore::new(places)), sealing }
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
            let _scope = sealing::enter(pool.sealing.clone());
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
        Err(error) => match (Manager::rollback_transaction(conn), error) {
            // Where the connection went away, nothing can be rolled back, and nothing need be.
            (Ok(()), error) | (Err(_), error @ Error::Unavailable(_)) => Err(error),
            (Err(failed), _) => Err(failed.into()),
        },
    }
}

/// Lets SQLite look through its file; an error says what is wrong with it.
pub fn check(location: &Location) -> anyhow::Result<()> {
    let Location::Sqlite(path) = location else { return Ok(()) };
    let look = || match location.connect()? {
        Conn::Sqlite(mut conn) => quick_check(&mut conn),
        Conn::Pg(_) => Ok(String::new()),
    };
    let found = look().unwrap_or_else(|error| format!("{error:#}"));
    anyhow::ensure!(
        found == "ok",
        "{path} is damaged or cannot be read: {found}. Keep a copy of it and of what stands beside \
         it (-wal, -shm), check the disk, and go back to a backup"
    );
    Ok(())
}

/// What SQLite finds in a file: ok, or what is wrong.
fn quick_check(conn: &mut SqliteConnection) -> anyhow::Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        quick_check: String,
    }
    let rows: Vec<Row> = diesel::sql_query("PRAGMA quick_check(5)").load(conn)?;
    Ok(rows.into_iter().map(|row| row.quick_check).collect::<Vec<_>>().join("; "))
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
