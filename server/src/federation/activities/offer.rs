//! `Offer`: of an Agreement.

use crate::app::App;
use crate::federation::activities::agreement;
use crate::federation::inbox::{Activity, Effect};

/// Takes in what is offered.
pub fn receive(app: &App, activity: &Activity) -> Effect {
    agreement::receive_offer(app, activity)
}
