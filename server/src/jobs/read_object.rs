//! Find out whose an object is that two actors of one server claim.

use http::StatusCode;
use serde_json::Value;
use url::Url;

use crate::actions::hear_message::remove_claims;
use crate::app::App;
use crate::db::jobs::{self, Job};
use crate::db::{Conn, held_replies, neighbour_proposals, replies};
use crate::domain::id::RemoteActorId;
use crate::error::Error;
use crate::federation::activities::create::{is_owned_by, take_in};
use crate::federation::fetch::{self, FetchError};
use crate::federation::{json, resolve};
use crate::jobs::runner::Fate;

/// Reads the object where it stands. If it says that it is this actor's, what the other one put in
/// its place is removed, and the object is taken in. If it is gone for ever, nobody has it.
pub async fn run(app: &App, job: Job) -> Fate {
    let id = job.id;
    match settle(app, &job).await {
        Ok(()) => match app.db.write(move |conn| jobs::delete(conn, id)).await {
            Ok(()) => Fate::Done,
            Err(error) => Fate::Retry(error.to_string()),
        },
        Err(FetchError::Unreachable(error)) => Fate::Retry(format!("{error:#}")),
        Err(error) => Fate::GiveUp(error.to_string()),
    }
}

async fn settle(app: &App, job: &Job) -> Result<(), FetchError> {
    let unfit = |_| FetchError::Unfit("the object has no address".into());
    let actor = Url::parse(&job.actor).map_err(unfit)?;
    let object = Url::parse(&job.payload).map_err(unfit)?;
    let actor = resolve::known_or_fetched(app, &actor).await?;
    let note = match fetch::object(app, &object).await {
        Ok(note) => Some(note),
        Err(FetchError::Gone(StatusCode::GONE)) => None,
        Err(other) => return Err(other),
    };
    let is_at_home = |note: &Value| note.get("id").and_then(Value::as_str) == Some(object.as_str());
    let note = match note.filter(|note| !(is_at_home(note) && json::kind(note) == "Tombstone")) {
        Some(note) => note,
        None => return remove(app, object, actor.id).await,
    };
    if !is_at_home(&note) || !is_owned_by(&note, &actor) {
        return Ok(());
    }
    let effect = take_in(app, &note, actor.clone(), false);
    let done = app.change(move |app, conn, events| {
        remove_claim(conn, object.as_str(), actor.id)?;
        effect(app, conn, events)
    });
    done.await.map(drop).map_err(|error| FetchError::Unreachable(error.into()))
}

async fn remove(app: &App, object: Url, owner: RemoteActorId) -> Result<(), FetchError> {
    let removing = app.db.write(move |conn| remove_claim(conn, object.as_str(), owner));
    removing.await.map_err(|error| FetchError::Unreachable(error.into()))
}

/// Removes what somebody else than the owner stored under this id.
fn remove_claim(conn: &mut Conn, object: &str, owner: RemoteActorId) -> Result<(), Error> {
    if let Some(held) = neighbour_proposals::find_by_url(conn, object)?
        && held.actor != owner
    {
        neighbour_proposals::delete(conn, object, held.actor)?;
    }
    if let Some(reply) = replies::find_by_url(conn, object)?
        && reply.actor != owner
    {
        replies::delete(conn, object, reply.actor)?;
    }
    if let Some(held) = held_replies::find_by_url(conn, object)?
        && held.reply.actor != owner
    {
        held_replies::delete(conn, object, held.reply.actor)?;
    }
    remove_claims(conn, object, owner)
}
