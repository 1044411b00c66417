//! `Accept` of our Follow, or of the pact that we proposed.

use crate::app::App;
use crate::db::jobs::JobKind;
use crate::db::{followings, jobs};
use crate::domain::neighbour::FollowingState;
use crate::federation::activities::{agreement, pact};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Notes that the one whom we asked said yes, and reads what they need and offer already.
///
/// Only the actor that we asked can accept, and only a Follow that we sent (CVE-2025-30741).
pub fn receive(app: &App, activity: Activity) -> Effect {
    if let Some(effect) = agreement::receive_accept(app, &activity) {
        return effect;
    }
    if let Some(word) = pact::word(app, &activity) {
        return pact::receive(activity, word);
    }
    let follow = json::url(&activity.json, "object");
    let Some(follow) = follow.and_then(|url| app.collective.urls().parse_follow(&url)) else {
        return ignored("it accepts nothing of ours");
    };
    Box::new(move |app, conn, _| {
        let asked = followings::find_by_actor(conn, activity.actor.id)?;
        let Some(asked) = asked.filter(|asked| asked.id == follow) else {
            return Ok(Outcome::Ignored("it accepts what we did not ask"));
        };
        if asked.state == FollowingState::Asked {
            let (id, now) = (app.clock.new_id::<()>().number(), app.now());
            followings::update_state(conn, activity.actor.id, FollowingState::Following, now)?;
            let actor = activity.actor.url.as_str();
            jobs::insert(conn, id, JobKind::ReadOutbox, (actor, ""), now)?;
        }
        Ok(Outcome::Done)
    })
}
