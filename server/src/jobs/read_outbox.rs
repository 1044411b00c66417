//! Read what somebody whom we follow needs and offers already.

use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::domain::neighbour::RemoteActor;
use crate::federation::activities::create::{is_owned_by, take_in};
use crate::federation::fetch::{self, FetchError};
use crate::federation::{json, resolve};
use crate::jobs::runner::Fate;

/// How many pages of an outbox are read.
const MOST_PAGES: usize = 3;
/// How many activities of a page are read.
const MOST_ITEMS: usize = 50;

/// Reads the first pages of the actor's outbox and takes in what it owns.
pub async fn run(app: &App, job: Job) -> Fate {
    let id = job.id;
    match read(app, &job.actor).await {
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
    let mut page = fetch::object(app, &outbox).await?;
    for _ in 0..MOST_PAGES {
        take_page(app, &page, &actor).await?;
        let next = json::url(&page, "next").or_else(|| json::url(&page, "first"));
        let Some(next) = next.filter(|next| next.origin() == outbox.origin()) else { break };
        page = fetch::object(app, &next).await?;
    }
    Ok(())
}

async fn take_page(app: &App, page: &Value, actor: &RemoteActor) -> Result<(), FetchError> {
    let items = json::field(page, "orderedItems").into_iter().flat_map(json::many);
    for item in items.take(MOST_ITEMS).filter(|item| json::kind(item) == "Create") {
        let Some(note) = json::object(item, "object") else { continue };
        if is_owned_by(note, actor) {
            let effect = take_in(app, note, actor.clone());
            app.change(effect).await.map_err(|error| FetchError::Unreachable(error.into()))?;
        }
    }
    Ok(())
}
