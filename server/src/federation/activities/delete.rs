//! `Delete` of a Note or of the sender itself.

use crate::db::{activities, actors, neighbour_proposals, replies};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Forgets the object if the sender wrote it, and leaves a gravestone, so that a Create which
/// arrives late does not bring it back.
pub fn receive(activity: Activity) -> Effect {
    let object = json::url(&activity.json, "object");
    let Some(object) = object.filter(|url| url.origin() == activity.actor.url.origin()) else {
        return ignored("the object is not on the sender's server");
    };
    Box::new(move |app, conn, _| {
        let actor = activity.actor;
        if object == actor.url {
            actors::delete(conn, actor.id)?;
            app.known_actors.invalidate(&actor.url);
            return Ok(Outcome::Done);
        }
        let held = neighbour_proposals::find_by_url(conn, object.as_str())?.map(|held| held.actor);
        let reply = replies::find_by_url(conn, object.as_str())?.map(|reply| reply.actor);
        if held.or(reply).is_some_and(|owner| owner != actor.id) {
            return Ok(Outcome::Ignored("the object is somebody else's"));
        }
        neighbour_proposals::delete(conn, object.as_str(), actor.id)?;
        replies::delete(conn, object.as_str(), actor.id)?;
        let owner = actor.url.as_str();
        activities::insert_tombstone(conn, object.as_str(), owner, app.now())?;
        Ok(Outcome::Done)
    })
}
