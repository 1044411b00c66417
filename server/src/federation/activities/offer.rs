//! `Offer`: what it is, its object says.

use crate::app::App;
use crate::federation::activities::{agreement, pact};
use crate::federation::inbox::{Activity, Effect};

/// Hands it to whoever knows its object.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if let Some(word) = pact::word(app, &activity) {
        return pact::receive(activity, word);
    }
    agreement::receive_offer(app, &activity)
}
