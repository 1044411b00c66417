//! What another collective says about its pact with us, in whichever activity it says it.

use crate::actions::pact;
use crate::app::App;
use crate::domain::pact::Word;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::objects::relationship;

/// The word about a pact that an activity carries.
pub fn word(app: &App, activity: &Activity) -> Option<Word> {
    relationship::find_word(app, &activity.json, &activity.actor)
}

/// Notes the word. It is a register: an older one than we have changes nothing, so that order and
/// repetition do not matter.
pub fn receive(activity: Activity, word: Word) -> Effect {
    if !activity.actor.is_collective() {
        return ignored("a pact is made with a collective, not with a person");
    }
    let offer = relationship::offer_id(&activity.json, &activity.id);
    Box::new(move |app, conn, events| {
        match pact::hear(app, conn, events, &activity.actor, word, offer)? {
            true => Ok(Outcome::Done),
            false => Ok(Outcome::Ignored("we have this word about the pact, or a later one")),
        }
    })
}
