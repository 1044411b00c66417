//! Read what somebody whom we follow needs and offers: when they accepted us, once a day, and after
//! an outage. What got lost on the way is made up for, whoever lost it.

use std::collections::HashSet;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::db::{Conn, followings, neighbour_proposals};
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::activities::create::{is_owned_by, take_in};
use crate::federation::activities::delete::forget;
use crate::federation::fetch::{self, FetchError};
use crate::federation::walk::Walk;
use crate::federation::{json, promises, resolve};
use crate::jobs::runner::Fate;

/// How long another server may keep us at this: well below the lease of its job. What was taken in
/// until then stays.
const LONGEST: Duration = Duration::from_secs(45);
/// An hour, in seconds.
const HOUR: i64 = 3_600;

/// Reads the first pages of the actor's outbox and takes in what it owns.
pub async fn run(app: &App, job: Job) -> Fate {
    let read = timeout(LONGEST, read(app, &job.actor)).await;
    match read.unwrap_or_else(|_| Err(anyhow::anyhow!("it took too long").into())) {
        Ok(()) => {
            let (id, now) = (job.id, app.now());
            match app.db.write(move |conn| end(conn, id, &job.actor, now)).await {
                Ok(()) => Fate::Done,
                Err(error) => Fate::Retry(error.to_string()),
            }
        }
        Err(FetchError::Unreachable(error)) => Fate::Retry(format!("{error:#}")),
        Err(error) => Fate::GiveUp(error.to_string()),
    }
}

/// Ends the job: the actor's outbox was read, or cannot be. Either way its turn comes again
/// tomorrow.
pub fn end(conn: &mut Conn, job: i64, actor: &str, now: Timestamp) -> Result<(), Error> {
    followings::note_read(conn, actor, now)?;
    jobs::delete(conn, job)
}

async fn read(app: &App, actor: &str) -> Result<(), FetchError> {
    let unfit = |what: &str| FetchError::Unfit(what.to_owned());
    let actor = Url::parse(actor).map_err(|_| unfit("the actor has no address"))?;
    if app.blocks().covers_actor(&actor) {
        return Err(unfit("the actor is blocked"));
    }
    let actor = resolve::known_or_fetched(app, &actor).await?;
    promises::read_agreements(app, &actor).await.map_err(stored_nothing)?;
    let Some(outbox) = actor.outbox.clone() else { return Ok(()) };
    let mut walk = Walk::begin(app, &outbox).await?;
    let mut listed = HashSet::new();
    while let Some(items) = walk.next(app).await? {
        take_page(app, &items, &actor, &mut listed).await?;
    }
    if walk.is_complete() {
        ask_for_missing(app, &actor, &listed).await?;
    }
    Ok(())
}

/// Takes in what a page holds, each as it stands now, and notes what is listed.
async fn take_page(
    app: &App,
    items: &[Value],
    actor: &RemoteActor,
    listed: &mut HashSet<Url>,
) -> Result<(), FetchError> {
    for item in items.iter().filter(|item| json::kind(item) == "Create") {
        let Some(note) = json::object(item, "object") else { continue };
        if is_owned_by(note, actor) {
            listed.extend(json::url(note, "id"));
            take(app, note, actor).await?;
        }
    }
    Ok(())
}

/// What stands on our board and not in the outbox may have been withdrawn while we did not hear it:
/// it is asked for where it stands, as far as the budget of this job goes. The rest has its turn
/// next time, because each time it begins somewhere else.
async fn ask_for_missing(
    app: &App,
    actor: &RemoteActor,
    listed: &HashSet<Url>,
) -> Result<(), FetchError> {
    let owner = actor.id;
    let held = move |conn: &mut Conn| neighbour_proposals::list_unfinished_by_actor(conn, owner);
    let mut missing = app.db.read(held).await.map_err(stored_nothing)?;
    missing.retain(|(url, _)| !listed.contains(url) && url.origin() == actor.url.origin());
    let hours = usize::try_from(app.now().as_second() / HOUR).unwrap_or_default();
    let first = hours.checked_rem(missing.len()).unwrap_or_default();
    missing.rotate_left(first);
    for (url, _) in missing {
        if fetch::requests_left() == Some(0) {
            break;
        }
        match fetch::object(app, &url).await {
            Ok(note) if json::url(&note, "id").as_ref() != Some(&url) => {}
            Ok(note) if json::kind(&note) == "Tombstone" => bury(app, url, actor).await?,
            Ok(note) if is_owned_by(&note, actor) => take(app, &note, actor).await?,
            Err(FetchError::Gone(StatusCode::GONE)) => bury(app, url, actor).await?,
            // It leaves our board, because neither the outbox nor its own address has it. But that
            // may be somebody's slip, so it may come back.
            Err(FetchError::Gone(_)) => remove(app, url, actor).await?,
            // One that cannot be read now keeps none of the others from being asked for.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

async fn take(app: &App, note: &Value, actor: &RemoteActor) -> Result<(), FetchError> {
    let effect = take_in(app, note, actor.clone(), false);
    app.change(effect).await.map(drop).map_err(stored_nothing)
}

async fn remove(app: &App, object: Url, actor: &RemoteActor) -> Result<(), FetchError> {
    let owner = actor.id;
    let delete = move |conn: &mut Conn| neighbour_proposals::delete(conn, object.as_str(), owner);
    app.db.write(delete).await.map_err(stored_nothing)
}

async fn bury(app: &App, object: Url, actor: &RemoteActor) -> Result<(), FetchError> {
    let actor = actor.clone();
    let burying = app.change(move |app, conn, events| forget(app, conn, &object, &actor, events));
    burying.await.map(drop).map_err(stored_nothing)
}

fn stored_nothing(error: Error) -> FetchError {
    FetchError::Unreachable(error.into())
}
