//! What somebody may not do while a freeze stands. Who asks for something never comes by here.

use crate::app::App;
use crate::db::{Conn, measures};
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Refuses if a freeze of the member stands. Looked at in the transaction of what they want to do.
pub fn check(app: &App, conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    match measures::is_frozen(conn, member, app.now())? {
        true => Err(Refusal::Frozen.into()),
        false => Ok(()),
    }
}
