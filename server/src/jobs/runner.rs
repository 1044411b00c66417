//! The worker loops.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::actions::sign_in::note_wrong;
use crate::app::App;
use crate::db::bells::{Bell, Listening};
use crate::db::jobs::{self, Job, JobKind};
use crate::db::journal;
use crate::error::Error;
use crate::federation::fetch::within_budget;
use crate::jobs::{
    deliver, follow, housekeeping, read_object, read_outbox, read_passed_on, receive, tell,
};

/// How often a loop looks for work of its own accord. Another process may have written some whose
/// bell nobody heard (SQLite has none between processes), and a command must take effect within two
/// seconds.
pub const LOOK: Duration = Duration::from_millis(500);
/// How long a loop that was woken waits for others.
const GATHER: Duration = Duration::from_millis(3);
/// How long processing gives way to a crowd at the door, before it takes a little.
const CROWD: Duration = Duration::from_millis(20);
/// How often what is over is ended.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// How often what is stale is removed.
const CLEARING: Duration = Duration::from_secs(60 * 60);
/// For how many actors received activities are processed at once.
const ACTORS_AT_ONCE: usize = 64;
/// How many other jobs run at once.
const JOBS_AT_ONCE: usize = 8;
/// After this many tries a job is given up.
const MOST_ATTEMPTS: i32 = 8;

/// What became of one job.
#[derive(Debug)]
pub enum Fate {
    /// It is done; its row is gone already.
    Done,
    /// It may work later.
    Retry(String),
    /// It will never work.
    GiveUp(String),
}

/// Runs the loops until `stop` says so, then lets what is under way finish.
pub async fn run(app: App, stop: watch::Receiver<bool>) {
    let listening = listen(&app, true);
    let mut loops = JoinSet::new();
    let came_in = |app: &App| Arc::clone(&app.came_in);
    let goes_out = |app: &App| Arc::clone(&app.goes_out);
    loops.spawn(run_loop(app.clone(), stop.clone(), ACTORS_AT_ONCE, came_in, claim_received));
    loops.spawn(run_loop(app.clone(), stop.clone(), JOBS_AT_ONCE, goes_out, claim_jobs));
    loops.spawn(deliver::run(app.clone(), stop.clone()));
    loops.spawn(run_housekeeping(app.clone(), stop.clone(), listening.on_duty()));
    loops.spawn(tell::run(app.clone(), stop.clone()));
    loops.spawn(read_blocks(app, stop));
    while loops.join_next().await.is_some() {}
}

/// Keeps up with what other processes change until `stop` says so, for a process that only answers.
pub async fn keep_up(app: App, stop: watch::Receiver<bool>) {
    let _listening = listen(&app, false);
    read_blocks(app, stop).await;
}

/// Hears what other processes ring. With `works` this one does the housekeeping if no other does.
fn listen(app: &App, works: bool) -> Listening {
    let hearing = app.clone();
    app.db.listen(works, move |bell| match bell {
        Bell::CameIn => hearing.came_in.notify_waiters(),
        Bell::GoesOut => hearing.goes_out.notify_waiters(),
        Bell::Changed => hearing.changed.notify_waiters(),
        Bell::WrongPassword(name, number) => note_wrong(&hearing, name, number),
    })
}

/// Runs everything that is due and waits until it is done; for tests and the demo's seed.
pub async fn run_all(app: &App) -> Result<(), Error> {
    app.read_blocks().await?;
    app.read_keys().await?;
    app.read_settings().await?;
    tell::tell_all(app).await?;
    loop {
        let mut work = claim_received(app.clone(), ACTORS_AT_ONCE).await?;
        work.extend(claim_jobs(app.clone(), JOBS_AT_ONCE).await?);
        let idle = work.is_empty();
        let mut running: JoinSet<()> = work.into_iter().collect();
        while running.join_next().await.is_some() {}
        if !deliver::run_all(app).await? && idle {
            return Ok(());
        }
    }
}

type Work = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn run_loop<F>(
    app: App,
    mut stop: watch::Receiver<bool>,
    at_once: usize,
    bell: fn(&App) -> Arc<Notify>,
    claim: impl Fn(App, usize) -> F,
) where
    F: Future<Output = Result<Vec<Work>, Error>>,
{
    let (places, bell) = (Arc::new(Semaphore::new(at_once)), bell(&app));
    let mut running = JoinSet::new();
    while !*stop.borrow() {
        // Registered before looking, so that work which comes in between is not slept over.
        let rung = bell.notified();
        let free = places.available_permits();
        let claimed = match claim(app.clone(), free).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(error = %error, "work cannot be looked for");
                Vec::new()
            }
        };
        let found = !claimed.is_empty();
        for work in claimed {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
            running.spawn(async move {
                // A panic ends this task alone; its lease ends, and another worker tries.
                work.await;
                drop(place);
            });
        }
        while let Some(ended) = running.try_join_next() {
            note_panic(ended);
        }
        if !found || places.available_permits() == 0 {
            tokio::select! {
                ended = running.join_next(), if !running.is_empty() => {
                    ended.into_iter().for_each(note_panic);
                }
                () = rung => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => {}
            }
            // So that what comes in or ends at the same moment shares the next look.
            tokio::time::sleep(GATHER).await;
        }
    }
    while running.join_next().await.is_some() {}
}

fn note_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(panic) = ended {
        tracing::error!(error = %panic, "a worker panicked");
    }
}

/// Of several processes one does it. That saves work and is no guarantee: one may not know yet that
/// it lost the duty. So whatever is done here looks again, in its transaction, whether it is still to
/// be done.
async fn run_housekeeping(
    app: App,
    mut stop: watch::Receiver<bool>,
    mut on_duty: watch::Receiver<bool>,
) {
    let mut cleared: Option<Instant> = None;
    while !*stop.borrow() {
        if *on_duty.borrow_and_update() {
            keep_house(&app, &mut cleared).await;
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            Ok(()) = on_duty.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

/// Whatever fails, the rest is done: nothing that is to be erased stays for something else.
async fn keep_house(app: &App, cleared: &mut Option<Instant>) {
    note_failure(housekeeping::end_what_is_over(app).await);
    if cleared.is_none_or(|cleared| cleared.elapsed() >= CLEARING) {
        let done = housekeeping::remove_what_is_stale(app).await;
        housekeeping::sweep(app).await;
        // If the database was away, soon again; what is broken would only fail again.
        let is_away = matches!(done, Err(Error::Unavailable(_)));
        *cleared = (!is_away).then(Instant::now);
        note_failure(done);
    }
}

fn note_failure(done: Result<(), Error>) {
    if let Err(error) = done {
        tracing::error!(error = %error, "housekeeping failed");
    }
}

/// Keeps up with blocks, keys and settings that another process, such as a command, has made.
async fn read_blocks(app: App, mut stop: watch::Receiver<bool>) {
    let bell = Arc::clone(&app.changed);
    while !*stop.borrow() {
        // Registered before looking, so that a change which comes in between is not slept over.
        let rung = bell.notified();
        if let Err(error) = app.read_blocks().await {
            tracing::error!(error = %error, "the blocks cannot be read");
        }
        if let Err(error) = app.read_keys().await {
            tracing::error!(error = %error, "the keys cannot be read");
        }
        if let Err(error) = app.read_settings().await {
            tracing::error!(error = %error, "the settings cannot be read");
        }
        tokio::select! {
            () = rung => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn claim_received(app: App, free: usize) -> Result<Vec<Work>, Error> {
    let mut free = free;
    if app.journal.is_busy() {
        // Whoever sends waits for an answer; what was taken in does not run away.
        tokio::time::sleep(CROWD).await;
        free = free.min(1);
    }
    let now = app.now();
    // What was taken in before federation was switched off waits: others could not be asked. In
    // quarantine nothing is answered from what we believed when the backup was made.
    if app.gate().is_off()
        || app.is_in_quarantine()
        || free == 0
        || !app.db.read(move |conn| journal::is_due(conn, now)).await?
    {
        return Ok(Vec::new());
    }
    let claimed = app.db.write(move |conn| journal::claim(conn, now, free)).await?;
    let work = claimed
        .into_iter()
        .map(|of_actor| -> Work { Box::pin(receive::run(app.clone(), of_actor)) });
    Ok(work.collect())
}

async fn claim_jobs(app: App, free: usize) -> Result<Vec<Work>, Error> {
    let (now, limit) = (app.now(), i64::try_from(free).unwrap_or_default());
    let idle = app.db.read(move |conn| jobs::count_due(conn, now)).await? == 0;
    if idle || free == 0 || app.gate().is_off() || app.is_in_quarantine() {
        return Ok(Vec::new());
    }
    let claimed = app.db.write(move |conn| jobs::claim(conn, now, limit)).await?;
    let work = claimed.into_iter().map(|job| -> Work {
        // Every kind of job, so that none can ask the network without end.
        Box::pin(within_budget(app.config.limits.fetches, run_job(app.clone(), job)))
    });
    Ok(work.collect())
}

async fn run_job(app: App, job: Job) {
    let (id, kind, attempts) = (job.id, job.kind, job.attempts);
    let (actor, now) = (job.actor.clone(), app.now());
    let fate = match job.kind {
        // Its worker died again and again: it must not take the server with it for ever.
        _ if attempts > MOST_ATTEMPTS => Fate::GiveUp("it was tried too often".into()),
        JobKind::ReadOutbox => read_outbox::run(&app, job).await,
        JobKind::ReadObject => read_object::run(&app, job).await,
        JobKind::Follow => follow::run(&app, job).await,
        JobKind::ReadPassedOn => read_passed_on::run(&app, job).await,
    };
    let ended = match fate {
        Fate::Done => Ok(()),
        Fate::Retry(reason) if attempts < MOST_ATTEMPTS => {
            let run_at = backoff(app.now(), attempts - 1);
            app.db.write(move |conn| jobs::retry(conn, id, run_at, &reason)).await
        }
        Fate::Retry(reason) | Fate::GiveUp(reason) => {
            tracing::warn!(job.id = id, reason, "a job was given up");
            app.db
                .write(move |conn| match kind {
                    JobKind::ReadOutbox => read_outbox::end(conn, id, &actor, now),
                    JobKind::ReadObject | JobKind::Follow | JobKind::ReadPassedOn => {
                        jobs::delete(conn, id)
                    }
                })
                .await
        }
    };
    if let Err(error) = ended {
        tracing::error!(job.id = id, error = %error, "a job's end cannot be written");
    }
}

/// When to try again after `attempts` failures in a row: 1 min, 5 min, 20 min, 1 h, 3 h, then
/// every 6 h.
pub fn backoff(now: Timestamp, attempts: i32) -> Timestamp {
    let minutes = match attempts {
        ..=0 => 1,
        1 => 5,
        2 => 20,
        3 => 60,
        4 => 180,
        _ => 360,
    };
    now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_from_a_minute_to_six_hours() {
        let now = Timestamp::UNIX_EPOCH;
        let minutes: Vec<_> =
            (0..8).map(|attempts| backoff(now, attempts).as_second() / 60).collect();
        assert_eq!(minutes, [1, 5, 20, 60, 180, 360, 360, 360]);
    }
}
