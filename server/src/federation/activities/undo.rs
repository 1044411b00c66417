//! `Undo` of a Follow, a Like or an Announce, whose object may be a bare id, or of a pact.

use crate::app::App;
use crate::db::{followers, replies};
use crate::federation::activities::{agreement, pact};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Removes what the sender itself did, and nothing of anybody else.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if let Some(effect) = agreement::receive_undo(&activity) {
        return effect;
    }
    if let Some(word) = pact::word(app, &activity) {
        return pact::receive(activity, word);
    }
    let undone = json::url(&activity.json, "object");
    let embedded = json::object(&activity.json, "object");
    let follows_us = embedded.is_some_and(|object| {
        json::kind(object) == "Follow"
            && json::url(object, "actor").is_none_or(|actor| actor == activity.actor.url)
            && json::url(object, "object") == Some(app.collective.urls().actor())
    });
    if undone.is_none() && !follows_us {
        return ignored("it does not say what it undoes");
    }
    Box::new(move |_, conn, _| {
        let actor = activity.actor.id;
        let undone = undone.as_ref().map(url::Url::as_str).unwrap_or_default();
        if follows_us || followers::find_follow(conn, actor)?.as_deref() == Some(undone) {
            followers::delete(conn, actor)?;
        } else {
            replies::delete_reaction(conn, undone, actor)?;
        }
        Ok(Outcome::Done)
    })
}
