//! SQLite's one writer: a thread that commits together whatever waits at the same moment.
//!
//! A commit costs a sync of the disk, whatever stands in it. So writes that wait while another
//! commit is under way share the next one, each in a savepoint of its own: one that fails or panics
//! is undone alone. A caller hears of its write only after the commit that holds it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::db::failures::is_disk_failure;
use crate::db::sealing::{self, Sealing};
use crate::db::{Conn, Location};
use crate::error::Error;

/// How many writes share a commit at most.
const MOST_TOGETHER: usize = 512;
/// How many writes may wait; more wait for a place to wait.
const MOST_WAITING: usize = 1_024;

type Manager = <Conn as Connection>::TransactionManager;

/// Hands writes to the writer's thread, which ends with the last of these.
#[derive(Clone)]
pub(in crate::db) struct Writer(mpsc::Sender<Box<dyn Waiting>>);

/// A write and the caller who waits for it.
struct Write<T, F> {
    body: Option<F>,
    result: Option<Result<T, Error>>,
    caller: oneshot::Sender<Result<T, Error>>,
}

/// What the thread needs to know of a write.
trait Waiting: Send {
    /// Runs the body; whether what it did is to be kept.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Whether the body met with a disk that fails.
    fn met_failure(&self) -> bool;
    /// Tells the caller, after what came of the commit.
    fn tell(self: Box<Self>, committed: Result<(), &str>);
}

impl Writer {
    /// Starts the thread with its first connection. `broken` is rung when the disk fails, because
    /// after that nothing that the operating system says of the file can be believed.
    pub fn start(
        first: Conn,
        location: Arc<Location>,
        broken: Arc<Notify>,
        sealing: Option<Sealing>,
    ) -> anyhow::Result<Self> {
        let (sender, queue) = mpsc::channel(MOST_WAITING);
        let thread = Thread { conn: Some(first), location, broken, sealing, is_over: false };
        std::thread::Builder::new().name("writer".into()).spawn(move || thread.work(queue))?;
        Ok(Self(sender))
    }

    /// Runs `body` in a transaction that it may share with others.
    pub async fn write<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let (caller, result) = oneshot::channel();
        let write = Box::new(Write { body: Some(body), result: None, caller });
        let gone = |()| Error::Unavailable(anyhow::anyhow!("the database is closed"));
        self.0.send(write).await.map_err(|_| gone(()))?;
        result.await.map_err(|_| gone(()))?
    }
}

impl<T, F> Waiting for Write<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        let Some(body) = self.body.take() else { return false };
        let result = catch_unwind(AssertUnwindSafe(|| body(conn)));
        let result = result.unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn met_failure(&self) -> bool {
        let Some(Err(Error::Internal(error) | Error::Unavailable(error))) = &self.result else {
            return false;
        };
        error.downcast_ref().is_some_and(is_disk_failure)
    }

    fn tell(self: Box<Self>, committed: Result<(), &str>) {
        let failed = |why: &str| Err(Error::Unavailable(anyhow::anyhow!(why.to_owned())));
        let result = match (self.result, committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(why)) => failed(why),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => failed("the write was not run"),
        };
        // A caller that gave up does not listen any more; what was written stays.
        let _ = self.caller.send(result);
    }
}

struct Thread {
    conn: Option<Conn>,
    location: Arc<Location>,
    broken: Arc<Notify>,
    sealing: Option<Sealing>,
    /// Nothing more is written: a later commit could seem to work and not be there after a restart.
    is_over: bool,
}

impl Thread {
    fn work(mut self, mut queue: mpsc::Receiver<Box<dyn Waiting>>) {
        let _scope = sealing::enter(self.sealing.clone());
        let mut batch = Vec::new();
        while let Some(first) = queue.blocking_recv() {
            batch.push(first);
            while batch.len() < MOST_TOGETHER {
                let Ok(next) = queue.try_recv() else { break };
                batch.push(next);
            }
            let committed = self.commit(&mut batch).map_err(|error| format!("{error:#}"));
            for write in batch.drain(..) {
                write.tell(committed.as_ref().copied().map_err(String::as_str));
            }
            if self.is_over {
                return;
            }
        }
    }

    fn commit(&mut self, batch: &mut [Box<dyn Waiting>]) -> anyhow::Result<()> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.location.connect()?,
        };
        let done = commit_with(&mut conn, batch);
        // A statement may fail while the commit of the others seems to work; and SQLite may have
        // ended the whole transaction at that statement, of which the rollback then says less.
        if done.as_ref().err().is_some_and(is_disk_failure)
            || batch.iter().any(|write| write.met_failure())
        {
            self.is_over = true;
            self.broken.notify_one();
        }
        match &done {
            Ok(()) => self.conn = Some(conn),
            // A connection on which a transaction failed is not kept.
            Err(error) => {
                let error = error.to_string();
                tracing::error!(error, "a transaction failed");
            }
        }
        Ok(done?)
    }
}

fn commit_with(conn: &mut Conn, batch: &mut [Box<dyn Waiting>]) -> diesel::QueryResult<()> {
    begin(conn)?;
    if let [alone] = batch {
        return if alone.run(conn) {
            Manager::commit_transaction(conn)
        } else {
            Manager::rollback_transaction(conn)
        };
    }
    for write in batch {
        Manager::begin_transaction(conn)?;
        if write.run(conn) {
            Manager::commit_transaction(conn)?;
        } else {
            // Fails where SQLite undid the whole transaction, such as when the disk is full.
            Manager::rollback_transaction(conn)?;
        }
    }
    Manager::commit_transaction(conn)
}

/// Begins IMMEDIATE: a deferred transaction that reads before it writes fails under concurrency,
/// whatever the busy timeout is.
pub(in crate::db) fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Pg(c) => AnsiTransactionManager::begin_transaction(c),
    }
}
