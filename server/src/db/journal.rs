//! The journal of what came in: stored before the sender hears 202, processed afterwards.
//!
//! Rows that arrive at the same moment share an insert and a commit. What an activity does, the
//! note that it was received and the end of its row here are one transaction.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::db::bells::{Bell, ring};
use crate::db::schema::journal;
use crate::db::sealing::{open, seal};
use crate::db::types::micros;
use crate::db::{Conn, Db, Lock, lock};
use crate::error::Error;

/// How long a worker may take before another tries.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many requests may wait for their row to be stored; more are asked to come back.
const MOST_WAITING: usize = 4_096;
/// How long a count of the rows is believed.
const RECOUNT: Duration = Duration::from_secs(2);
/// How many rows share a commit.
const MOST_TOGETHER: usize = 512;
/// How many commits are prepared at once: one waits while the other is on its way to the disk.
const COMMITS: usize = 2;
/// So many in one commit are a crowd.
const BUSY: usize = 8;
/// How many activities of one actor are handed to a worker at once.
const MOST_OF_AN_ACTOR: usize = 16;
/// How many rows are looked at for each worker.
const LOOK_AHEAD: i64 = 16;

/// An activity whose signature was checked at the door.
#[derive(Clone, Debug, PartialEq, Eq, Insertable)]
#[diesel(table_name = journal)]
pub struct NewEntry {
    /// Its id here, in the order of arrival.
    pub id: i64,
    /// Who signed it: an address.
    pub actor: String,
    /// Byte for byte what was signed.
    pub body: String,
    /// When it came, in microseconds.
    pub received_at: i64,
    /// When it is to be processed, in microseconds; 0 for at once.
    pub run_at: i64,
    /// Until when a worker has it, in microseconds.
    pub locked_until: i64,
    /// How often it was tried.
    pub attempts: i32,
}

/// The column of what came in.
const BODY: &str = "journal.body";

/// An entry as it is stored: its id, its actor, what was signed, and how often it was tried.
type Sealed = (i64, String, String, i32);

/// An entry as a worker gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id here.
    pub id: i64,
    /// Who signed it.
    pub actor: String,
    /// What was signed.
    pub body: String,
    /// How often it was tried, this time included if it is the first of its actor.
    pub attempts: i32,
}

/// How many wait and how many were given up, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// To be processed.
    pub waiting: i64,
    /// Given up, with the reason kept.
    pub failed: i64,
}

/// The way into the journal. Cheap to clone.
#[derive(Clone)]
pub struct Journal {
    entries: mpsc::Sender<(NewEntry, Told)>,
    together: Arc<AtomicUsize>,
}

/// What came of storing an entry.
type Told = oneshot::Sender<Result<(), NotStored>>;

/// Why nothing was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotStored {
    /// Too many wait.
    Full,
    /// The database did not take it.
    Failed,
}

impl NewEntry {
    /// An entry that is due at once.
    pub fn new(id: i64, actor: String, body: String, now: Timestamp) -> Self {
        let received_at = micros(now);
        // Zero, and not now: what came in does not wait if our clock is set back.
        Self { id, actor, body, received_at, run_at: 0, locked_until: 0, attempts: 0 }
    }

    fn sealed(&self) -> Result<Self, Error> {
        Ok(Self { body: seal(BODY, &self.body)?, ..self.clone() })
    }
}

impl Journal {
    /// Starts the task that stores what is handed in, as long as no more than `most` wait to be
    /// processed; it ends with the last clone of this.
    pub fn start(db: Db, most: i64) -> Self {
        let (entries, queue) = mpsc::channel(MOST_WAITING);
        let together = Arc::default();
        tokio::spawn(store_together(db, queue, Arc::clone(&together), most));
        Self { entries, together }
    }

    /// Whether much came in at once since this was asked last: then processing can wait, because
    /// whoever sends does.
    pub fn is_busy(&self) -> bool {
        self.together.swap(0, Ordering::Relaxed) >= BUSY
    }

    /// Comes back after the commit that holds the entry.
    pub async fn store(&self, entry: NewEntry) -> Result<(), NotStored> {
        let (told, stored) = oneshot::channel();
        self.entries.try_send((entry, told)).map_err(|_| NotStored::Full)?;
        stored.await.unwrap_or(Err(NotStored::Failed))
    }
}

async fn store_together(
    db: Db,
    mut queue: mpsc::Receiver<(NewEntry, Told)>,
    together: Arc<AtomicUsize>,
    most: i64,
) {
    let mut room = Room { most, waiting: 0, counted_at: None };
    let places = Arc::new(Semaphore::new(COMMITS));
    let mut waiting = Vec::with_capacity(MOST_TOGETHER);
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        if queue.recv_many(&mut waiting, MOST_TOGETHER).await == 0 {
            return;
        }
        together.fetch_max(waiting.len(), Ordering::Relaxed);
        let (entries, told): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
        if !room.take(&db, entries.len()).await {
            tell(told, Err(NotStored::Full));
            continue;
        }
        let db = db.clone();
        tokio::spawn(async move {
            store_batch(&db, entries, told).await;
            drop(place);
        });
    }
}

/// How many more may wait: counted now and then, because counting each time would cost more than
/// storing.
struct Room {
    most: i64,
    waiting: i64,
    counted_at: Option<Instant>,
}

impl Room {
    /// Takes room for so many, if there is any left.
    async fn take(&mut self, db: &Db, count: usize) -> bool {
        if self.counted_at.is_none_or(|at| at.elapsed() > RECOUNT) {
            match db.read(waiting).await {
                Ok(waiting) => self.waiting = waiting,
                // Storing will fail too, and say so.
                Err(error) => tracing::warn!(error = %error, "what waits cannot be counted"),
            }
            self.counted_at = Some(Instant::now());
            if self.waiting >= self.most {
                tracing::warn!(
                    waiting = self.waiting,
                    "too much that came in waits: no more is taken"
                );
            }
        }
        if self.waiting >= self.most {
            return false;
        }
        self.waiting = self.waiting.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        true
    }
}

async fn store_batch(db: &Db, entries: Vec<NewEntry>, told: Vec<Told>) {
    let stored = db.write(move |conn| insert(conn, &entries)).await;
    if let Err(error) = &stored {
        tracing::error!(error = %error, "received activities could not be stored");
    }
    tell(told, stored.map_err(|_| NotStored::Failed));
}

fn tell(told: Vec<Told>, outcome: Result<(), NotStored>) {
    for told in told {
        // Whoever hung up does not hear it; the entry is there all the same.
        let _ = told.send(outcome);
    }
}

/// Stores entries: on PostgreSQL with one statement, because each is a round trip; on SQLite with
/// one for each, which is prepared once.
pub fn insert(conn: &mut Conn, entries: &[NewEntry]) -> Result<(), Error> {
    let sealed = entries.iter().map(NewEntry::sealed).collect::<Result<Vec<_>, Error>>()?;
    match conn {
        Conn::Sqlite(c) => {
            for entry in &sealed {
                diesel::insert_into(journal::table).values(entry).execute(c)?;
            }
        }
        Conn::Pg(c) => {
            diesel::insert_into(journal::table).values(sealed.as_slice()).execute(c)?;
        }
    }
    ring(conn, &Bell::CameIn)
}

/// Leases what is due, for up to `limit` actors, oldest first, each actor's in order. What comes
/// after something that is leased or put off waits with it: what somebody did first has its effect
/// first.
///
/// Claiming counts as a try of an actor's first entry, so that one which kills its worker is given
/// up in the end. One that cannot be opened is given up at once, and holds up nothing.
pub fn claim(conn: &mut Conn, now: Timestamp, limit: usize) -> Result<Vec<Vec<Entry>>, Error> {
    lock(conn, Lock::Journal)?;
    let mut groups: Vec<Vec<Entry>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (id, actor, body, attempts) in list_due(conn, now, limit)? {
        let place = places.get(&actor).copied().unwrap_or(groups.len());
        if groups.get(place).is_some_and(|group| group.len() >= MOST_OF_AN_ACTOR) {
            continue;
        }
        let Some(body) = open_or_give_up(conn, id, body, now)? else { continue };
        if place == groups.len() {
            places.insert(actor.clone(), place);
            groups.push(Vec::new());
        }
        if let Some(group) = groups.get_mut(place) {
            let attempts = attempts + i32::from(group.is_empty());
            group.push(Entry { id, actor, body, attempts });
        }
    }
    groups.truncate(limit);
    lease(conn, &groups, now)?;
    Ok(groups)
}

/// Entries that are due, oldest first and still sealed: enough of them for `limit` actors.
fn list_due(conn: &mut Conn, now: Timestamp, limit: usize) -> Result<Vec<Sealed>, Error> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_mul(LOOK_AHEAD);
    let earlier = diesel::alias!(journal as earlier);
    let held = earlier
        .filter(earlier.field(journal::actor).eq(journal::actor))
        .filter(earlier.field(journal::id).lt(journal::id))
        .filter(earlier.field(journal::failed_at).is_null())
        .filter(
            (earlier.field(journal::run_at).gt(micros(now)))
                .or(earlier.field(journal::locked_until).gt(micros(now))),
        );
    Ok(journal::table
        .filter(journal::failed_at.is_null())
        .filter(journal::run_at.le(micros(now)))
        .filter(journal::locked_until.le(micros(now)))
        .filter(not(exists(held)))
        .order(journal::id)
        .limit(rows)
        .select((journal::id, journal::actor, journal::body, journal::attempts))
        .load(conn)?)
}

/// What was signed; none if it cannot be opened. Then it never will be by itself, and whatever else
/// came in must not wait for it.
fn open_or_give_up(
    conn: &mut Conn,
    id: i64,
    body: String,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    match open(BODY, body) {
        Ok(body) => Ok(Some(body)),
        Err(error) => {
            let reason = format!("it cannot be opened: {error}");
            tracing::error!(entry.id = id, reason, "a received activity was given up");
            give_up(conn, id, &reason, now)?;
            Ok(None)
        }
    }
}

fn lease(conn: &mut Conn, groups: &[Vec<Entry>], now: Timestamp) -> Result<(), Error> {
    let until = journal::locked_until.eq(micros(now.saturating_add(LEASE).unwrap_or(now)));
    let firsts: Vec<i64> = groups.iter().filter_map(|group| Some(group.first()?.id)).collect();
    let others: Vec<i64> =
        groups.iter().flat_map(|group| group.iter().skip(1)).map(|e| e.id).collect();
    if !others.is_empty() {
        let others = journal::table.filter(journal::id.eq_any(others));
        diesel::update(others).set(until).execute(conn)?;
    }
    if !firsts.is_empty() {
        let firsts = journal::table.filter(journal::id.eq_any(firsts));
        diesel::update(firsts)
            .set((until, journal::attempts.eq(journal::attempts + 1)))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether anything may be due.
pub fn is_due(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    let due = journal::table
        .filter(journal::failed_at.is_null())
        .filter(journal::run_at.le(micros(now)))
        .filter(journal::locked_until.le(micros(now)));
    Ok(diesel::select(exists(due)).get_result(conn)?)
}

/// Ends an entry that is done.
pub fn delete(conn: &mut Conn, id: i64) -> Result<(), Error> {
    diesel::delete(journal::table.find(id)).execute(conn)?;
    Ok(())
}

/// Lets go of entries that were leased and not begun.
pub fn release(conn: &mut Conn, entries: &[Entry]) -> Result<(), Error> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    let entries = journal::table.filter(journal::id.eq_any(ids));
    diesel::update(entries).set(journal::locked_until.eq(0)).execute(conn)?;
    Ok(())
}

/// Puts an entry off, and lets go of those of its actor that were leased with it.
pub fn retry(
    conn: &mut Conn,
    group: &[Entry],
    run_at: Timestamp,
    error: &str,
) -> Result<(), Error> {
    let ids: Vec<i64> = group.iter().map(|entry| entry.id).collect();
    if let Some(first) = group.first() {
        let change = (
            journal::run_at.eq(micros(run_at)),
            journal::attempts.eq(first.attempts),
            journal::last_error.eq(error),
        );
        diesel::update(journal::table.find(first.id)).set(change).execute(conn)?;
    }
    let all = journal::table.filter(journal::id.eq_any(ids));
    diesel::update(all).set(journal::locked_until.eq(0)).execute(conn)?;
    Ok(())
}

/// Gives an entry up; it stays with the reason, for people to see.
pub fn give_up(conn: &mut Conn, id: i64, error: &str, now: Timestamp) -> Result<(), Error> {
    let change = (journal::failed_at.eq(micros(now)), journal::last_error.eq(error));
    diesel::update(journal::table.find(id)).set(change).execute(conn)?;
    Ok(())
}

/// Lets everything that was given up be tried again; how many there were.
pub fn retry_failed(conn: &mut Conn) -> Result<usize, Error> {
    let failed = journal::table.filter(journal::failed_at.is_not_null());
    let change = (
        journal::failed_at.eq(None::<i64>),
        journal::attempts.eq(0),
        journal::locked_until.eq(0),
        journal::run_at.eq(0),
    );
    let count = diesel::update(failed).set(change).execute(conn)?;
    ring(conn, &Bell::CameIn)?;
    Ok(count)
}

/// Removes what was given up before a time.
pub fn delete_failed_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = journal::table.filter(journal::failed_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

/// How many wait.
pub fn waiting(conn: &mut Conn) -> Result<i64, Error> {
    Ok(journal::table.filter(journal::failed_at.is_null()).count().get_result(conn)?)
}

/// How many wait and how many were given up.
pub fn depth(conn: &mut Conn) -> Result<Depth, Error> {
    let waiting = waiting(conn)?;
    let failed =
        journal::table.filter(journal::failed_at.is_not_null()).count().get_result(conn)?;
    Ok(Depth { waiting, failed })
}
