//! Write down what a steward did, in the transaction in which it is done.

pub use crate::domain::act::{Act, about_measure, about_member};

use crate::app::App;
use crate::db::{Conn, moderation_log};
use crate::domain::act::Entry;
use crate::domain::id::MemberId;
use crate::error::Error;

/// Adds a line to the moderation log, which is never changed. `by` is none for a command and for
/// what time does. `subject` and `reason` are read by every member and stay when people leave:
/// write no name of a member there, use [`about_member`] or [`about_measure`].
pub fn record(
    app: &App,
    conn: &mut Conn,
    by: Option<MemberId>,
    act: Act,
    subject: &str,
    reason: &str,
) -> Result<(), Error> {
    let entry = Entry::new(app.clock.new_id(), app.now(), (by, act), subject, reason);
    moderation_log::insert(conn, &entry)
}
