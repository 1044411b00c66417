//! `Delete` of a Note or of the sender itself.

use url::Url;

use crate::actions::forget_writer::{forget_account, forget_post};
use crate::actions::hear_message::writer_of;
use crate::app::App;
use crate::db::{
    Conn, activities, held_replies, member_handles, neighbour_proposals, promise_people, replies,
    sign_in_codes,
};
use crate::domain::event::Event;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::activities::create::contest;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Forgets the object if the sender wrote it, and leaves a gravestone, so that a Create which
/// arrives late does not bring it back.
pub fn receive(activity: Activity) -> Effect {
    let object = json::url(&activity.json, "object");
    let Some(object) = object.filter(|url| url.origin() == activity.actor.url.origin()) else {
        return ignored("the object is not on the sender's server");
    };
    Box::new(move |app, conn, events| {
        let actor = activity.actor;
        if object == actor.url {
            forget_account(app, conn, actor.id, events)?;
            // Whoever gets the same address on that server one day is somebody else.
            member_handles::delete_actor(conn, &actor.url)?;
            app.known_actors.invalidate(&actor.url);
            return Ok(Outcome::Done);
        }
        forget(app, conn, &object, &actor, events)
    })
}

/// Forgets what `actor` wrote, for good. If we hold it as somebody else's, its own address is asked
/// whether that can be.
pub fn forget(
    app: &App,
    conn: &mut Conn,
    object: &Url,
    actor: &RemoteActor,
    events: &mut Vec<Event>,
) -> Result<Outcome, Error> {
    let held = neighbour_proposals::find_by_url(conn, object.as_str())?.map(|held| held.actor);
    let reply = replies::find_by_url(conn, object.as_str())?.map(|reply| reply.actor);
    let waiting = held_replies::find_by_url(conn, object.as_str())?.map(|held| held.reply.actor);
    let message = writer_of(conn, object.as_str())?;
    // The gravestone holds for this actor alone, so it buries nothing of anybody else's.
    activities::insert_tombstone(conn, object.as_str(), actor.url.as_str(), app.now())?;
    if held.or(reply).or(waiting).or(message).is_some_and(|owner| owner != actor.id) {
        return contest(app, conn, object, actor);
    }
    neighbour_proposals::delete(conn, object.as_str(), actor.id)?;
    replies::delete(conn, object.as_str(), actor.id)?;
    held_replies::delete(conn, object.as_str(), actor.id)?;
    forget_post(app, conn, object.as_str(), actor.id, events)?;
    promise_people::forget_writer(conn, object.as_str(), actor.id)?;
    member_handles::forget_thread(conn, object.as_str(), &actor.url)?;
    sign_in_codes::cancel(conn, object.as_str(), &actor.url)?;
    Ok(Outcome::Done)
}
