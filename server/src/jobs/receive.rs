//! Process an activity that came in.

use std::time::Duration;

use tokio::time::timeout;

use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::error::Error;
use crate::federation::fetch::FetchError;
use crate::federation::inbox::{self, Outcome};
use crate::jobs::runner::Fate;

/// How long other servers may keep us from finding out what an activity does: well below the
/// lease of its job.
const LONGEST: Duration = Duration::from_secs(20);

/// Finds out what the activity does, and does it in one transaction with the end of the job: it
/// has its effect exactly once, whenever a worker dies.
pub async fn run(app: &App, job: Job) -> Fate {
    let found = timeout(LONGEST, inbox::effect_of(app, &job.actor, &job.payload)).await;
    let effect = match found {
        Ok(Ok(effect)) => effect,
        Ok(Err(FetchError::Unreachable(error))) => return Fate::Retry(format!("{error:#}")),
        Ok(Err(error)) => return Fate::GiveUp(error.to_string()),
        Err(_) => return Fate::Retry("it took too long".into()),
    };
    let id = job.id;
    let done = app.change(move |app, conn, events| {
        let outcome = effect(app, conn, events)?;
        jobs::delete(conn, id)?;
        Ok(outcome)
    });
    match done.await {
        Ok(Outcome::Done) => Fate::Done,
        Ok(Outcome::Ignored(why)) => {
            tracing::debug!(job.id = id, why, "an activity has no effect here");
            Fate::Done
        }
        // A row it needs appeared or vanished meanwhile: look again.
        Err(Error::NotFound | Error::Conflict) => Fate::Retry("something changed meanwhile".into()),
        Err(error) => Fate::Retry(error.to_string()),
    }
}
