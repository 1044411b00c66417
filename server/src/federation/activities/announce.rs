//! `Announce` of a proposal of ours: somebody passes it on. What else an Announce points to, or
//! wraps, is never taken from it: it is a pointer and no authority.

use crate::app::App;
use crate::federation::activities::like::note_reaction;
use crate::federation::inbox::{Activity, Effect};

/// Notes it, so that the ones who passed it on hear of an edit.
pub fn receive(app: &App, activity: Activity) -> Effect {
    note_reaction(app, activity, "announce")
}
