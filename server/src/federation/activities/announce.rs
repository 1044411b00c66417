//! `Announce`: somebody passes on a proposal of ours, or somebody with whom we have a pact passes on
//! another collective's to us. An Announce is a pointer and no authority: nothing that it wraps is
//! ever taken from it.

use crate::app::App;
use crate::federation::activities::like::note_reaction;
use crate::federation::inbox::{Activity, Effect, ignored};
use crate::federation::{json, passing};

/// Of ours: notes it, so that the ones who passed it on hear of an edit. Of others: looks at it
/// where it stands, if the sender may send us there.
pub fn receive(app: &App, activity: Activity) -> Effect {
    match json::url(&activity.json, "object") {
        Some(object) if app.collective.urls().is_ours(&object) => {
            note_reaction(app, activity, "announce")
        }
        Some(object) => passing::receive(app, activity, object),
        None => ignored("it points to nothing"),
    }
}
