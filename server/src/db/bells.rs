//! Bells between the processes of one instance: whoever queues something rings in the same
//! transaction, and the others hear it when that commits.
//!
//! Only on PostgreSQL, where there may be several processes; within a process, and on SQLite, the
//! bells of [`crate::app`] do it. A bell only saves waiting: every loop looks by itself too, so one
//! that nobody hears costs half a second and nothing else.
//!
//! Each process listens on a connection of its own. The same connection holds the lock of the one
//! process that does the housekeeping: when it breaks, the lock is free for another.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Integer, Text};
use diesel::{PgConnection, RunQueryDsl};
use tokio::sync::watch;

use crate::db::migrate::note_server_again;
use crate::db::{Conn, Db, Location};
use crate::error::Error;

/// How often it is looked whether a bell rang. It costs a read of a socket that is not waited for.
const LOOK: Duration = Duration::from_millis(40);
/// How often the connection is tried, and the lock if somebody else has it.
const TRY: Duration = Duration::from_secs(5);
/// How long nothing is tried after the connection broke.
const REST: Duration = Duration::from_secs(1);

/// The number of the lock, beside a number for the schema. Locks with two numbers are never those
/// with one, of which `lock` has some.
const HOUSEKEEPING: i32 = 7_215_842;

/// A server of the database that hears nothing more of us must let go of the lock soon: without
/// these it would believe for two hours in a machine that lost its power, or for a quarter of an hour
/// if it just told it something.
const BEGIN: &str = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; \
                     SET tcp_keepalives_count = 3; SET tcp_user_timeout = 25000; LISTEN mutuals";

/// What the other processes are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bell {
    /// Something came in.
    CameIn,
    /// Something is to go out, or to be done.
    GoesOut,
    /// Blocks, rules, the gate or our keys are not what they were.
    Changed,
    /// A password was wrong: the digest of a name, and the number of the try.
    WrongPassword(String, i64),
}

impl fmt::Display for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CameIn => f.write_str("in"),
            Self::GoesOut => f.write_str("out"),
            Self::Changed => f.write_str("changed"),
            Self::WrongPassword(name, number) => write!(f, "wrong {name} {number}"),
        }
    }
}

impl Bell {
    fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["in"] => Some(Self::CameIn),
            ["out"] => Some(Self::GoesOut),
            ["changed"] => Some(Self::Changed),
            ["wrong", name, number] => {
                Some(Self::WrongPassword((*name).to_owned(), number.parse().ok()?))
            }
            // Of a newer version, perhaps.
            _ => None,
        }
    }
}

/// Rings when the transaction commits, and not at all if it does not. The same bell twice in one
/// transaction rings once.
pub fn ring(conn: &mut Conn, bell: &Bell) -> Result<(), Error> {
    if let Conn::Pg(c) = conn {
        // Several instances may live in one database, each in a schema of its own.
        diesel::sql_query("SELECT pg_notify('mutuals', current_schema()::text || '/' || $1)")
            .bind::<Text, _>(bell.to_string())
            .execute(c)?;
    }
    Ok(())
}

/// As long as it is kept, bells are heard.
pub struct Listening {
    on_duty: watch::Receiver<bool>,
    /// So that whoever waits for a change waits on, where there is none to come.
    _same_for_ever: Option<watch::Sender<bool>>,
    is_over: Arc<AtomicBool>,
}

impl Listening {
    /// Whether this process does what one alone must do. It may change at any time.
    pub fn on_duty(&self) -> watch::Receiver<bool> {
        self.on_duty.clone()
    }

    fn alone(on_duty: bool) -> Self {
        let (sender, on_duty) = watch::channel(on_duty);
        Self { on_duty, _same_for_ever: Some(sender), is_over: Arc::default() }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
    }
}

impl Db {
    /// Listens for the bells of other processes. With `wants_duty` this one does the housekeeping
    /// whenever no other does; on SQLite, which has one process, always.
    pub fn listen(&self, wants_duty: bool, heard: impl Fn(Bell) + Send + 'static) -> Listening {
        if self.has_one_server() {
            return Listening::alone(wants_duty);
        }
        let (duty, on_duty) = watch::channel(false);
        let is_over = Arc::new(AtomicBool::new(false));
        let location = Arc::clone(&self.readers.location);
        let thread = Thread { location, is_over: Arc::clone(&is_over), wants_duty, duty, heard };
        match std::thread::Builder::new().name("bells".into()).spawn(move || thread.work()) {
            Ok(_) => Listening { on_duty, _same_for_ever: None, is_over },
            Err(error) => {
                // Two that keep house do the same work twice; none would let it lie.
                tracing::error!(error = %error, "bells of other processes are not heard");
                Listening::alone(wants_duty)
            }
        }
    }
}

struct Thread<F> {
    location: Arc<Location>,
    is_over: Arc<AtomicBool>,
    wants_duty: bool,
    duty: watch::Sender<bool>,
    heard: F,
}

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

#[derive(diesel::QueryableByName)]
struct Schema {
    #[diesel(sql_type = Text)]
    name: String,
}

impl<F: Fn(Bell)> Thread<F> {
    fn work(self) {
        let mut was_well = true;
        while !self.is_over() {
            let listened = self.listen(&mut was_well);
            // Its lock went with the connection.
            self.duty.send_if_modified(std::mem::take);
            if let (Err(error), true) = (listened, was_well) {
                was_well = false;
                tracing::warn!(
                    error = %format!("{error:#}"),
                    "bells of other processes are not heard; everything goes on, a little slower"
                );
            }
            std::thread::sleep(REST);
        }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Listens until it is over, or until the connection breaks.
    fn listen(&self, was_well: &mut bool) -> anyhow::Result<()> {
        let Conn::Pg(mut conn) = self.location.connect()? else { return Ok(()) };
        conn.batch_execute(BEGIN)?;
        note_server_again(&mut conn)?;
        let asked = diesel::sql_query("SELECT current_schema()::text AS name");
        let schema = format!("{}/", asked.get_result::<Schema>(&mut conn)?.name);
        *was_well = true;
        // What rang before was not heard.
        for bell in [Bell::CameIn, Bell::GoesOut, Bell::Changed] {
            (self.heard)(bell);
        }
        let mut tried: Option<Instant> = None;
        while !self.is_over() {
            for notification in conn.notifications_iter() {
                let payload = notification?.payload;
                if let Some(bell) = payload.strip_prefix(&schema).and_then(Bell::read) {
                    (self.heard)(bell);
                }
            }
            if tried.is_none_or(|tried| tried.elapsed() >= TRY) {
                self.look_after_duty(&mut conn)?;
                tried = Some(Instant::now());
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Tries the connection and, if this process wants the duty and has it not, the lock. As long as
    /// the connection lives, the lock does.
    fn look_after_duty(&self, conn: &mut PgConnection) -> anyhow::Result<()> {
        if !self.wants_duty || *self.duty.borrow() {
            conn.batch_execute("SELECT 1")?;
            return Ok(());
        }
        let lock = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()::text)) AS yes";
        let answer: Answer =
            diesel::sql_query(lock).bind::<Integer, _>(HOUSEKEEPING).get_result(conn)?;
        if answer.yes {
            tracing::info!("this process does the housekeeping from now on");
            self.duty.send_replace(true);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bells_are_read_as_they_are_written_and_nothing_else_is_one() {
        let wrong = Bell::WrongPassword("abc_-".into(), 77);
        for bell in [Bell::CameIn, Bell::GoesOut, Bell::Changed, wrong] {
            assert_eq!(Bell::read(&bell.to_string()), Some(bell));
        }
        for text in ["", "inn", "wrong a", "wrong a b", "wrong a 1 2"] {
            assert_eq!(Bell::read(text), None, "{text}");
        }
    }
}
