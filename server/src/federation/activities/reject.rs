//! `Reject` of our Follow, now or after it was accepted, or of the pact that we proposed.

use crate::app::App;
use crate::db::{followings, neighbour_proposals};
use crate::domain::neighbour::FollowingState;
use crate::federation::activities::{agreement, pact};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Notes that they said no; what they need and offer leaves our board.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if let Some(effect) = agreement::receive_reject(app, &activity) {
        return effect;
    }
    if let Some(word) = pact::word(app, &activity) {
        return pact::receive(activity, word);
    }
    let follow = json::url(&activity.json, "object");
    let Some(follow) = follow.and_then(|url| app.collective.urls().parse_follow(&url)) else {
        return ignored("it rejects nothing of ours");
    };
    Box::new(move |app, conn, _| {
        let asked = followings::find_by_actor(conn, activity.actor.id)?;
        if asked.is_none_or(|asked| asked.id != follow) {
            return Ok(Outcome::Ignored("it rejects what we did not ask"));
        }
        let declined = FollowingState::Declined;
        followings::update_state(conn, activity.actor.id, declined, app.now())?;
        neighbour_proposals::delete_public_by_actor(conn, activity.actor.id)?;
        Ok(Outcome::Done)
    })
}
