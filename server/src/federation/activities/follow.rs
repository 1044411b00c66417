//! `Follow` of our collective: somebody wants to hear from us. Following is not joining.

use serde_json::json;

use crate::app::App;
use crate::db::followers;
use crate::domain::event::Event;
use crate::federation::activities::undo::was_undone;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Notes the follower and accepts.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if json::url(&activity.json, "object") != Some(app.collective.urls().actor()) {
        return ignored("it follows somebody else");
    }
    // What identifies the Follow, and nothing that a sender may have added to it.
    let follow = json!({
        "id": activity.id,
        "type": "Follow",
        "actor": activity.actor.url,
        "object": app.collective.urls().actor()
    });
    Box::new(move |app, conn, events| {
        if was_undone(app, conn, &activity)? {
            return Ok(Outcome::Ignored("it was undone"));
        }
        let new_id = || app.clock.new_id::<()>().number();
        let (actor, follow_id) = (&activity.actor, activity.id.as_str());
        followers::upsert(conn, &new_id, actor, follow_id, app.now())?;
        events.push(Event::FollowerAccepted {
            follow: follow.to_string(),
            actor: activity.actor.url,
            inbox: activity.actor.inbox,
        });
        Ok(Outcome::Done)
    })
}
