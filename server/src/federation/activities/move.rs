//! `Move` of somebody whom we follow, or with whom we have a pact, to another address.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use crate::actions::{follow, neighbour_moved};
use crate::app::App;
use crate::db::{Conn, actors, followings, pacts};
use crate::domain::event::Event;
use crate::domain::id::RemoteActorId;
use crate::domain::neighbour::{FollowingState, RemoteActor};
use crate::error::Error;
use crate::federation::inbox::{Activity, Effect, Failure, Outcome, ignored};
use crate::federation::objects::actor;
use crate::federation::{fetch, json};

/// How long somebody who moved stays where they are. Mastodon has the same.
const SETTLED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many earlier addresses of somebody are looked at.
const MOST_ALIASES: usize = 256;

/// Follows the new address in place of the old one, if both say that they belong together; what
/// stands between us and a collective goes with it. Whoever follows us from there does so again by
/// themselves.
pub async fn receive(app: &App, activity: Activity) -> Result<Effect, Failure> {
    let old = activity.actor;
    if json::url(&activity.json, "object").as_ref() != Some(&old.url) {
        return Ok(ignored("somebody else is to be moved"));
    }
    let target = json::url(&activity.json, "target");
    let Some(target) = target.filter(|target| *target != old.url) else {
        return Ok(ignored("it does not say whither"));
    };
    if app.collective.urls().is_ours(&target) || app.blocks().covers_actor(&target) {
        return Ok(ignored("nobody is followed there"));
    }
    let (id, now) = (old.id, app.now());
    let followed = app.db.read(move |conn| may_move(conn, id, now)).await;
    if !followed.map_err(|error| Failure::Unreachable(error.into()))? {
        return Ok(ignored("we have nothing to do with its sender, or they moved a moment ago"));
    }
    let document = fetch::object(app, &target).await?;
    let new = actor::read(app, &document).filter(|new| new.url == target);
    match new {
        Some(new) if was(&document, &old.url) => {
            Ok(Box::new(move |app, conn, events| follow_there(app, conn, events, &old, &new)))
        }
        _ => Ok(ignored("the new address does not say that it belongs to the old one")),
    }
}

/// Whether we follow an actor, or asked to, or stand by a pact with it, and did not come to it by a
/// Move of the last days. So nobody moves twice in a week, and nobody leads us round in a circle.
fn may_move(conn: &mut Conn, actor: RemoteActorId, now: Timestamp) -> Result<bool, Error> {
    let following = followings::find_by_actor(conn, actor)?;
    let moved_at = following.as_ref().and_then(|following| following.moved_at);
    let is_settled = moved_at.is_none_or(|at| now.duration_since(at) >= SETTLED);
    let is_followed = following.is_some_and(|one| one.state != FollowingState::Declined);
    let pact = pacts::find_by_actor(conn, actor)?;
    Ok(is_settled && (is_followed || pact.is_some_and(|pact| pact.is_upheld())))
}

/// Whether an actor's document says that it had this address before.
fn was(document: &Value, old: &Url) -> bool {
    let aliases = json::field(document, "alsoKnownAs").into_iter().flat_map(json::many);
    aliases.take(MOST_ALIASES).any(|alias| {
        let alias = alias.as_str().or_else(|| json::text(alias, "id"));
        alias.and_then(json::parse_url).as_ref() == Some(old)
    })
}

fn follow_there(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    old: &RemoteActor,
    new: &RemoteActor,
) -> Result<Outcome, Error> {
    if !may_move(conn, old.id, app.now())? {
        return Ok(Outcome::Ignored("we have nothing to do with its sender any more"));
    }
    let new = actors::upsert(conn, new)?;
    if old.is_collective() && new.is_collective() {
        neighbour_moved::carry(app, conn, events, old, &new)?;
    }
    if followings::find_by_actor(conn, old.id)?.is_some() {
        follow::end(conn, events, old.id)?;
    }
    if followings::find_by_actor(conn, new.id)?.is_none() {
        follow::ask(app, conn, events, &new)?;
    }
    followings::note_move(conn, new.id, app.now())?;
    Ok(Outcome::Done)
}
