//! Read what somebody whom we follow needs and offers already.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::domain::neighbour::RemoteActor;
use crate::federation::activities::create::{is_owned_by, take_in};
use crate::federation::fetch::FetchError;
use crate::federation::walk::Walk;
use crate::federation::{json, resolve};
use crate::jobs::runner::Fate;

/// How long another server may keep us at this: well below the lease of its job. What was taken in
/// until then stays.
const LONGEST: Duration = Duration::from_secs(45);

/// Reads the first pages of the actor's outbox and takes in what it owns.
pub async fn run(app: &App, job: Job) -> Fate {
    let id = job.id;
    let read = timeout(LONGEST, read(app, &job.actor)).await;
    match read.unwrap_or_else(|_| Err(anyhow::anyhow!("it took too long").into())) {
        Ok(()) => match app.db.write(move |conn| jobs::delete(conn, id)).await {
            Ok(()) => Fate::Done,
            Err(error) => Fate::Retry(error.to_string()),
        },
        Err(FetchError::Unreachable(error)) => Fate::Retry(format!("{error:#}")),
        Err(error) => Fate::GiveUp(error.to_string()),
    }
}

async fn read(app: &App, actor: &str) -> Result<(), FetchError> {
    let unfit = |what: &str| FetchError::Unfit(what.to_owned());
    let actor = Url::parse(actor).map_err(|_| unfit("the actor has no address"))?;
    let actor = resolve::known_or_fetched(app, &actor).await?;
    let Some(outbox) = actor.outbox.clone() else { return Ok(()) };
    let mut walk = Walk::begin(app, &outbox).await?;
    while let Some(items) = walk.next(app).await? {
        take_page(app, &items, &actor).await?;
    }
    Ok(())
}

async fn take_page(app: &App, items: &[Value], actor: &RemoteActor) -> Result<(), FetchError> {
    for item in items.iter().filter(|item| json::kind(item) == "Create") {
        let Some(note) = json::object(item, "object") else { continue };
        if is_owned_by(note, actor) {
            let effect = take_in(app, note, actor.clone());
            app.change(effect).await.map_err(|error| FetchError::Unreachable(error.into()))?;
        }
    }
    Ok(())
}
