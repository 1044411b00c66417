//! Look somebody up whom a steward chose from a list, and ask to follow them.

use crate::actions::follow::follow;
use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::federation::fetch::FetchError;
use crate::federation::resolve;
use crate::jobs::runner::Fate;

/// Whom we follow already, is followed.
pub async fn run(app: &App, job: Job) -> Fate {
    match resolve::by_handle_or_url(app, &job.payload).await {
        Ok(actor) if !actor.is_collective() => Fate::GiveUp("this is no collective".into()),
        Ok(actor) => match follow(app, actor).await {
            Ok(_) | Err(Error::Refused(Refusal::AlreadyFollowing)) => end(app, job.id).await,
            Err(Error::Refused(refusal)) => Fate::GiveUp(refusal.to_string()),
            Err(error) => Fate::Retry(error.to_string()),
        },
        Err(FetchError::Unreachable(error)) => Fate::Retry(format!("{error:#}")),
        Err(error) => Fate::GiveUp(error.to_string()),
    }
}

async fn end(app: &App, id: i64) -> Fate {
    match app.db.write(move |conn| jobs::delete(conn, id)).await {
        Ok(()) => Fate::Done,
        Err(error) => Fate::Retry(error.to_string()),
    }
}
