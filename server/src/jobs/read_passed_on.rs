//! Read at its own address what somebody passed on to us.

use std::time::Duration;

use tokio::time::timeout;
use url::Url;

use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::domain::collective::domain_of;
use crate::federation::fetch::FetchError;
use crate::federation::passing;
use crate::jobs::runner::Fate;

/// How long another server may keep us at this: well below the lease of its job.
const LONGEST: Duration = Duration::from_secs(45);

/// Reads it, and keeps it if it is what it should be.
pub async fn run(app: &App, job: Job) -> Fate {
    let Some((hops, by, object)) = parts(&job.payload) else {
        return Fate::GiveUp("the job says nothing".into());
    };
    let taken = timeout(LONGEST, passing::take(app, &object, &by, hops)).await;
    match taken.unwrap_or_else(|_| Err(anyhow::anyhow!("it took too long").into())) {
        Err(FetchError::Unreachable(error)) => return Fate::Retry(format!("{error:#}")),
        // Whoever has a pact with us may boost what is no need and no offer.
        Err(error) => {
            tracing::info!(host = domain_of(&object), %error, "what was passed on is of no use");
        }
        Ok(()) => {}
    }
    let id = job.id;
    match app.db.write(move |conn| jobs::delete(conn, id)).await {
        Ok(()) => Fate::Done,
        Err(error) => Fate::Retry(error.to_string()),
    }
}

fn parts(payload: &str) -> Option<(i32, Url, Url)> {
    let mut parts = payload.split(' ');
    let hops = parts.next()?.parse().ok()?;
    Some((hops, Url::parse(parts.next()?).ok()?, Url::parse(parts.next()?).ok()?))
}
