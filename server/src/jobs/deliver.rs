//! Deliver what waits, each inbox in order, many inboxes at once.
//!
//! One loop chooses what goes out next and notes what came of it, in one transaction for all that
//! ended meanwhile. Deliveries that take long leave the fast lane, and inboxes that failed last
//! time have a lane of their own, so that dead and slow hosts slow nobody.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::Instant;

use crate::app::App;
use crate::db::endings::settle;
use crate::db::outbox::{self, Claimed, Ending, Inbox, Places};
use crate::error::Error;
use crate::federation::deliver::{Delivered, deliver};
use crate::jobs::runner::{LOOK, backoff};

/// How many deliveries are under way at once, as long as they are quick.
const FAST: usize = 256;
/// After this time, a delivery makes its place in the fast lane free.
const QUICK: Duration = Duration::from_secs(1);
/// How many are under way at once altogether.
const ALL: usize = 512;
/// How many inboxes that failed last time are tried at once.
const PROBES: usize = 32;
/// How long endings are gathered, so that they share a transaction.
const GATHER: Duration = Duration::from_millis(10);

/// What waits for an inbox that could not be reached for this long is given up.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(14 * 24);
/// So often in a row: then it was away, and not we.
const OFTEN: i32 = 20;
/// Who does not believe us for this long is left alone with that activity.
const DISBELIEF: SignedDuration = SignedDuration::from_hours(24);
/// An inbox that was missing for this long, and tried this often, is paused.
const MISSING: (SignedDuration, i32) = (SignedDuration::from_hours(7 * 24), 5);
/// An inbox that says Gone a second time after this is gone.
const GONE: SignedDuration = SignedDuration::from_hours(24);
/// A host that catches up gets five a second.
const PACE: SignedDuration = SignedDuration::from_millis(200);

/// The deliveries that are under way.
struct Lanes {
    app: App,
    fast: Arc<Semaphore>,
    all: Arc<Semaphore>,
    probes: Arc<Semaphore>,
    ended: mpsc::UnboundedSender<(Claimed, Ending)>,
    endings: mpsc::UnboundedReceiver<(Claimed, Ending)>,
    unsettled: Arc<Vec<(Claimed, Ending)>>,
}

/// Delivers until `stop` says so, then waits for what is under way.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut lanes = Lanes::new(app.clone());
    while !*stop.borrow() {
        // Registered before looking, so that work which comes in between is not slept over.
        let rung = app.goes_out.notified();
        if let Err(error) = lanes.step(true).await {
            tracing::error!(error = %error, "deliveries cannot be looked for");
            tokio::time::sleep(LOOK).await;
        }
        tokio::select! {
            () = lanes.gather() => {}
            () = rung => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
    while lanes.under_way() > 0 {
        lanes.gather().await;
        if let Err(error) = lanes.step(false).await {
            tracing::error!(error = %error, "deliveries' ends cannot be written");
            return;
        }
    }
}

/// Delivers everything that is due now; whether there was anything.
pub async fn run_all(app: &App) -> Result<bool, Error> {
    let mut lanes = Lanes::new(app.clone());
    let mut any = false;
    while lanes.step(true).await? || lanes.under_way() > 0 {
        any = true;
        if lanes.under_way() > 0 {
            lanes.gather().await;
        }
    }
    Ok(any)
}

impl Lanes {
    fn new(app: App) -> Self {
        let (ended, endings) = mpsc::unbounded_channel();
        let places = |count| Arc::new(Semaphore::new(count));
        let (fast, all, probes) = (places(FAST), places(ALL), places(PROBES));
        Self { app, fast, all, probes, ended, endings, unsettled: Arc::default() }
    }

    fn under_way(&self) -> usize {
        let free = self.all.available_permits() + self.probes.available_permits();
        (ALL + PROBES).saturating_sub(free) + self.unsettled.len() + self.endings.len()
    }

    /// Waits for an ending and a little longer for others.
    async fn gather(&mut self) {
        let Some(first) = self.endings.recv().await else { return };
        Arc::make_mut(&mut self.unsettled).push(first);
        tokio::time::sleep(GATHER).await;
    }

    /// Notes what ended, and begins what is due; whether anything was begun.
    async fn step(&mut self, begin: bool) -> Result<bool, Error> {
        // What is to go out waits until there is somebody to whom it may.
        let begin = begin && !self.app.gate().is_off() && !self.app.is_in_quarantine();
        while let Ok(ending) = self.endings.try_recv() {
            Arc::make_mut(&mut self.unsettled).push(ending);
        }
        let (app, now) = (self.app.clone(), self.app.now());
        if self.unsettled.is_empty() {
            let is_due = begin && app.db.read(move |conn| outbox::is_due(conn, now)).await?;
            if !is_due {
                return Ok(false);
            }
        }
        let places = Places {
            healthy: if begin {
                self.fast.available_permits().min(self.all.available_permits())
            } else {
                0
            },
            failing: if begin { self.probes.available_permits() } else { 0 },
        };
        let unsettled = Arc::clone(&self.unsettled);
        let blocks = app.unreached();
        let claimed = app
            .clone()
            .db
            .write(move |conn| {
                let new_id = || app.clock.new_id::<()>().number();
                settle(conn, &new_id, &unsettled, now)?;
                outbox::claim(conn, &new_id, &blocks, places, now)
            })
            .await?;
        self.unsettled = Arc::default();
        let any = !claimed.is_empty();
        for claimed in claimed {
            self.begin(claimed);
        }
        Ok(any)
    }

    fn begin(&self, claimed: Claimed) {
        let failing = claimed.inbox.attempts > 0;
        let lane = if failing { &self.probes } else { &self.all };
        // Both were counted before claiming, and only this loop takes places.
        let Ok(place) = Arc::clone(lane).try_acquire_owned() else { return };
        let fast = if failing { None } else { Arc::clone(&self.fast).try_acquire_owned().ok() };
        let (app, ended) = (self.app.clone(), self.ended.clone());
        tokio::spawn(async move {
            let (sender, sent) = (app.clone(), claimed.clone());
            // On a task of its own, so that a panic at it is an ending like any other.
            let delivering = tokio::spawn(async move { deliver_in(&sender, &sent, fast).await });
            let began = Instant::now();
            let delivered = delivering
                .await
                .unwrap_or_else(|_| Delivered::Refused("we failed at it ourselves".into()));
            let class = class(&delivered);
            let ending = judge(&claimed, delivered, app.now());
            count(class, &ending, began);
            // The loop outlives its workers, except when the server stops without waiting.
            let _ = ended.send((claimed, ending));
            drop(place);
        });
    }
}

/// What an answer is counted as.
fn class(delivered: &Delivered) -> &'static str {
    match delivered {
        Delivered::Yes => "arrived",
        Delivered::Refused(_) => "refused",
        Delivered::Unauthorised(_) => "unauthorised",
        Delivered::Missing(_) => "missing",
        Delivered::Gone(_) => "gone",
        Delivered::Later(..) => "later",
    }
}

fn count(class: &'static str, ending: &Ending, began: Instant) {
    metrics::histogram!("delivery_seconds").record(began.elapsed());
    metrics::counter!("deliveries_total", "class" => class).increment(1);
    let reason = match ending {
        Ending::Arrived(_) | Ending::Later { .. } => return,
        Ending::Refused(_) => "refused",
        Ending::RefusedAgain(_) => "not_believed",
        Ending::GivenUp(_) => "given_up",
        Ending::Paused(_) => "missing",
        Ending::Gone => "gone",
    };
    metrics::counter!("deliveries_failed_total", "reason" => reason).increment(1);
}

async fn deliver_in(app: &App, claimed: &Claimed, fast: Option<OwnedSemaphorePermit>) -> Delivered {
    let delivery = deliver(app, &claimed.inbox.url, &claimed.delivery);
    tokio::pin!(delivery);
    tokio::select! {
        delivered = &mut delivery => return delivered,
        () = tokio::time::sleep(QUICK) => drop(fast),
    }
    delivery.await
}

/// What an answer means for an activity, its inbox and its host.
fn judge(claimed: &Claimed, delivered: Delivered, now: Timestamp) -> Ending {
    let inbox = &claimed.inbox;
    let since = |micros: Option<i64>| {
        let time = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
        time.map_or(SignedDuration::ZERO, |time| now.duration_since(time))
    };
    let after = |wait| now.saturating_add(wait).unwrap_or(now);
    let failing_for = since(inbox.failing_since);
    let later =
        |reason, next_at, is_host| Ending::Later { reason, next_at, is_host, is_gone: false };
    match delivered {
        Delivered::Yes if claimed.delivery.is_late => Ending::Arrived(after(PACE).as_microsecond()),
        Delivered::Yes => Ending::Arrived(0),
        Delivered::Refused(reason) => {
            tracing::warn!(
                host = inbox.host,
                activity = claimed.delivery.url,
                reason,
                "a delivery was refused"
            );
            Ending::Refused(reason)
        }
        Delivered::Later(reason, _)
        | Delivered::Missing(reason)
        | Delivered::Unauthorised(reason)
            if failing_for >= GIVE_UP && inbox.attempts >= OFTEN =>
        {
            tracing::warn!(host = inbox.host, reason, "everything for an inbox was given up");
            Ending::GivenUp(reason)
        }
        Delivered::Unauthorised(reason) => match inbox.attempts {
            0 => later(reason, after(SignedDuration::from_hours(1)), false),
            1 => later(reason, after(SignedDuration::from_hours(5)), false),
            3.. if failing_for >= DISBELIEF => Ending::RefusedAgain(reason),
            _ => later(reason, after(SignedDuration::from_hours(18)), false),
        },
        Delivered::Missing(reason)
            if failing_for >= MISSING.0 && inbox.attempts + 1 >= MISSING.1 =>
        {
            Ending::Paused(reason)
        }
        Delivered::Missing(reason) => later(reason, next_try(inbox, now), false),
        Delivered::Gone(_) if since(inbox.gone_at) >= GONE => Ending::Gone,
        Delivered::Gone(reason) => {
            let rest = GONE.saturating_sub(since(inbox.gone_at));
            Ending::Later { reason, next_at: after(rest), is_host: false, is_gone: true }
        }
        Delivered::Later(reason, wait) => {
            tracing::debug!(host = inbox.host, reason, "an inbox cannot be reached");
            later(reason, wait.map_or_else(|| next_try(inbox, now), after), true)
        }
    }
}

/// The usual waiting time; the longest is up to a fifth shorter or longer, so that not everything
/// is tried at the same moment.
fn next_try(inbox: &Inbox, now: Timestamp) -> Timestamp {
    let usual = backoff(now, inbox.attempts);
    if inbox.attempts < 5 {
        return usual;
    }
    let percent = (inbox.id + i64::from(inbox.attempts)).rem_euclid(41) - 20;
    let wait = usual.duration_since(now).as_secs();
    usual.saturating_add(SignedDuration::from_secs(wait * percent / 100)).unwrap_or(usual)
}
