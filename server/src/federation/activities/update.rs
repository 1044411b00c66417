//! `Update` of a Note that we hold, of a pact, or of the sender itself.

use crate::app::App;
use crate::federation::activities::agreement;
use crate::federation::activities::create::{owned_object, take_in};
use crate::federation::activities::pact;
use crate::federation::inbox::{Activity, Effect, Failure, Outcome, ignored};
use crate::federation::{json, resolve};

/// Takes the newer version. The owner's Update of a Note that we missed is taken like a Create.
pub async fn receive(app: &App, activity: Activity) -> Result<Effect, Failure> {
    if json::url(&activity.json, "object").as_ref() == Some(&activity.actor.url) {
        // What an actor says of itself is read where it stands, whatever the activity holds.
        resolve::refresh(app, &activity.actor.url).await?;
        return Ok(Box::new(|_, _, _| Ok(Outcome::Done)));
    }
    if let Some(effect) = agreement::receive_update(app, &activity) {
        return Ok(effect);
    }
    if let Some(word) = pact::word(app, &activity) {
        return Ok(pact::receive(activity, word));
    }
    match owned_object(app, &activity).await? {
        Some(note) => Ok(take_in(app, &note, activity.actor, false)),
        None => Ok(ignored("the object is not the sender's")),
    }
}
