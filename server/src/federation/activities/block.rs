//! `Block` of our collective: the sender wants nothing to do with us.

use crate::app::App;
use crate::db::{followers, followings, neighbour_proposals};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Ends following in both directions, and forgets what the sender needs and offers.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if json::url(&activity.json, "object") != Some(app.collective.urls().actor()) {
        return ignored("it is about somebody else");
    }
    Box::new(move |_, conn, _| {
        followers::delete(conn, activity.actor.id)?;
        followings::delete(conn, activity.actor.id)?;
        neighbour_proposals::delete_by_actor(conn, activity.actor.id)?;
        Ok(Outcome::Done)
    })
}
