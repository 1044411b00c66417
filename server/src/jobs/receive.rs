//! Process activities that came in.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::app::App;
use crate::db::journal::{self, Entry};
use crate::db::{Conn, activities};
use crate::domain::collective::domain_of;
use crate::domain::event::Event;
use crate::error::Error;
use crate::federation::fetch::{FetchError, within_budget};
use crate::federation::inbox::{self, Outcome, Read};
use crate::jobs::runner::backoff;

/// How long other servers may keep us from finding out what an activity does: well below the
/// lease of its entry.
const LONGEST: Duration = Duration::from_secs(20);
/// How long a worker goes on with what one actor sent: well below the lease, with the longest
/// activity at its end.
const TURN: Duration = Duration::from_secs(25);
/// How long finding out about several activities may take before each is looked at alone.
const QUICK: Duration = Duration::from_secs(2);
/// After this many tries an activity whose server does not answer is given up.
const MOST_TRIES: i32 = 8;
/// After this many tries an activity at which we fail ourselves is given up.
const MOST_FAILURES: i32 = 3;

/// Why an activity has had no effect yet.
enum Failure {
    /// Another server does not answer.
    Away(String),
    /// We failed at it.
    Ours(String),
    /// The database is away: nothing can be written, not even this.
    NoDatabase(Error),
}

/// Processes what one actor sent, in order. What cannot be done now holds up the rest.
pub async fn run(app: App, mut entries: Vec<Entry>) {
    let tried = entries.first().map_or(0, |entry| entry.attempts);
    if tried > MOST_TRIES {
        // Its worker died again and again: it must not take the server with it for ever.
        let failed = fail(&app, &entries, Failure::Away("its worker died".into())).await;
        failed.unwrap_or_else(|error| tracing::error!(error = %error, "it cannot be given up"));
        return;
    }
    let began = Instant::now();
    if entries.len() > 1 && tried == 1 && process_together(&app, &entries).await {
        entries.iter().for_each(|_| note_time(began));
        return;
    }
    let began = Instant::now();
    for place in 0..entries.len() {
        let Some(rest) = entries.get_mut(place..) else { return };
        let Some(entry) = rest.first_mut() else { return };
        let ended = if began.elapsed() > TURN {
            // Their lease would end while we are at it.
            let rest = rest.to_vec();
            app.db.write(move |conn| journal::release(conn, &rest)).await
        } else {
            if place > 0 {
                // Only the first was counted when all were claimed.
                entry.attempts += 1;
            }
            let begun = Instant::now();
            let processed = process(&app, entry.clone()).await;
            note_time(begun);
            match processed {
                Ok(()) => continue,
                Err(failure) => fail(&app, rest, failure).await,
            }
        };
        if let Err(error) = ended {
            // Their leases end by themselves.
            tracing::error!(error = %error, "a received activity's end cannot be written");
        }
        return;
    }
}

fn note_time(began: Instant) {
    metrics::histogram!("inbox_process_seconds").record(began.elapsed());
}

/// Processes what one actor sent in a single transaction, if none of it makes trouble and no other
/// server keeps us waiting: that is the rule, and costs a fraction. False if nothing was done.
async fn process_together(app: &App, entries: &[Entry]) -> bool {
    let (finding, entries) = (app.clone(), entries.to_vec());
    let mut reading = tokio::spawn(async move {
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            let read = inbox::effect_of(&finding, &entry.actor, &entry.body);
            let read = within_budget(finding.config.limits.fetches, read).await.ok()?;
            found.push((entry, read));
        }
        Some(found)
    });
    let Ok(Ok(Some(found))) = timeout(QUICK, &mut reading).await else {
        reading.abort();
        return false;
    };
    let done = app.change(move |app, conn, events| {
        for (entry, read) in found {
            take_effect(app, conn, events, &entry, read)?;
            journal::delete(conn, entry.id)?;
        }
        Ok(())
    });
    done.await.is_ok()
}

/// Finds out what an activity does, and does it in one transaction with the note that it was
/// received and the end of its entry: it has its effect exactly once, whenever a worker dies.
async fn process(app: &App, entry: Entry) -> Result<(), Failure> {
    let read = find_effect(app, &entry).await?;
    let id = entry.id;
    let done = app.change(move |app, conn, events| {
        let outcome = take_effect(app, conn, events, &entry, read)?;
        journal::delete(conn, entry.id)?;
        Ok(outcome)
    });
    match done.await {
        Ok(Outcome::Done) => Ok(()),
        Ok(Outcome::Ignored(why)) => {
            tracing::debug!(entry.id = id, why, "an activity has no effect here");
            Ok(())
        }
        Err(error @ Error::Unavailable(_)) => Err(Failure::NoDatabase(error)),
        Err(error) => Err(Failure::Ours(error.to_string())),
    }
}

/// On a task of its own, so that a panic at what a stranger wrote ends nothing else.
async fn find_effect(app: &App, entry: &Entry) -> Result<Read, Failure> {
    let (app, entry) = (app.clone(), entry.clone());
    let reading = tokio::spawn(async move {
        let finding = inbox::effect_of(&app, &entry.actor, &entry.body);
        timeout(LONGEST, within_budget(app.config.limits.fetches, finding)).await
    });
    match reading.await {
        Ok(Ok(Ok(read))) => Ok(read),
        Ok(Ok(Err(FetchError::Unreachable(error)))) => Err(Failure::Away(format!("{error:#}"))),
        Ok(Ok(Err(error))) => Ok(Read::Nothing(error.to_string())),
        Ok(Err(_)) => Err(Failure::Away("it took too long".into())),
        Err(panic) => Err(Failure::Ours(format!("a panic: {panic}"))),
    }
}

fn take_effect(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    entry: &Entry,
    read: Read,
) -> Result<Outcome, Error> {
    match read {
        Read::Nothing(why) => {
            tracing::info!(entry.id = entry.id, why, "a received activity is of no use");
            Ok(Outcome::Ignored("it is of no use"))
        }
        Read::Activity(id, effect) => {
            if !activities::insert_received(conn, id.as_str(), &entry.actor, app.now())? {
                // Whether it says the same or something else: the first one counts.
                let host = domain_of(&id);
                tracing::info!(entry.id = entry.id, host, "an activity came again");
                return Ok(Outcome::Ignored("we had it before"));
            }
            effect(app, conn, events)
        }
    }
}

async fn fail(app: &App, rest: &[Entry], failure: Failure) -> Result<(), Error> {
    let Some(entry) = rest.first() else { return Ok(()) };
    let (reason, most) = match failure {
        Failure::NoDatabase(error) => return Err(error),
        Failure::Away(reason) => (reason, MOST_TRIES),
        Failure::Ours(reason) => (reason, MOST_FAILURES),
    };
    let (rest, now, attempts, id) = (rest.to_vec(), app.now(), entry.attempts, entry.id);
    if attempts >= most {
        tracing::warn!(entry.id = id, reason, "a received activity was given up");
    }
    app.db
        .write(move |conn| {
            journal::retry(conn, &rest, backoff(now, attempts - 1), &reason)?;
            if attempts >= most {
                journal::give_up(conn, id, &reason, now)?;
            }
            Ok(())
        })
        .await
}
