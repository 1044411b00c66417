//! `Block` of our collective: the sender wants nothing to do with us.

use crate::actions::pact;
use crate::app::App;
use crate::db::{followers, followings, neighbour_proposals};
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Ends following in both directions and the pact, and forgets what the sender needs and offers.
/// That they take the block back changes nothing here: whoever wants to begin anew asks.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if json::url(&activity.json, "object") != Some(app.collective.urls().actor()) {
        return ignored("it is about somebody else");
    }
    Box::new(move |app, conn, events| {
        pact::blocked_by(app, conn, events, &activity.actor)?;
        followers::delete(conn, activity.actor.id)?;
        followings::delete(conn, activity.actor.id)?;
        neighbour_proposals::delete_by_actor(conn, activity.actor.id)?;
        Ok(Outcome::Done)
    })
}
