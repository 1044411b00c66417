//! `Undo` of a Follow, a Like or an Announce, whose object may be a bare id, of a pact, or of an
//! Offer. It may come before what it undoes: then that has no effect when it comes.

use jiff::SignedDuration;

use crate::app::App;
use crate::db::{Conn, activities, followers, replies};
use crate::error::Error;
use crate::federation::activities::{agreement, pact};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// For how long an Undo takes the effect from what comes after it: longer than servers keep trying
/// to deliver something. Some servers use the id of a Follow again when somebody follows anew.
const LATE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Removes what the sender itself did, and nothing of anybody else.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if let Some(effect) = agreement::receive_undo(&activity) {
        return effect;
    }
    if let Some(word) = pact::word(app, &activity) {
        return pact::receive(activity, word);
    }
    let undone = json::url(&activity.json, "object");
    let undone = undone.filter(|url| url.origin() == activity.actor.url.origin());
    let embedded = json::object(&activity.json, "object");
    let follows_us = embedded.is_some_and(|object| {
        json::kind(object) == "Follow"
            && json::url(object, "actor").is_none_or(|actor| actor == activity.actor.url)
            && json::url(object, "object") == Some(app.collective.urls().actor())
    });
    if undone.is_none() && !follows_us {
        return ignored("it does not say what it undoes");
    }
    Box::new(move |app, conn, _| {
        let actor = activity.actor.id;
        if let Some(undone) = &undone {
            // A gravestone: an activity that was undone is gone like an object that was deleted.
            let owner = activity.actor.url.as_str();
            activities::insert_tombstone(conn, undone.as_str(), owner, app.now())?;
        }
        let undone = undone.as_ref().map(url::Url::as_str).unwrap_or_default();
        if follows_us || followers::find_follow(conn, actor)?.as_deref() == Some(undone) {
            followers::delete(conn, actor)?;
        } else {
            replies::delete_reaction(conn, undone, actor)?;
        }
        Ok(Outcome::Done)
    })
}

/// Whether its sender has taken an activity back already.
pub fn was_undone(app: &App, conn: &mut Conn, activity: &Activity) -> Result<bool, Error> {
    let (id, owner) = (activity.id.as_str(), activity.actor.url.as_str());
    let undone_at = activities::find_tombstone(conn, id, owner)?;
    Ok(undone_at.is_some_and(|at| app.now().duration_since(at) < LATE))
}
