//! What is over is ended, and what is stale is removed.

use jiff::SignedDuration;

use crate::actions::expire_proposals::expire_proposals;
use crate::actions::sign_in::{IDLE, LONGEST};
use crate::app::App;
use crate::db::{activities, sessions};
use crate::error::Error;

/// How long we remember which activities were received. Peers retry for days, not for months; and
/// what an activity changed is compared with what stands here, however late it comes again.
const REMEMBER_RECEIVED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Runs once.
pub async fn run(app: &App) -> Result<(), Error> {
    let expired = expire_proposals(app).await?;
    if expired > 0 {
        tracing::info!(expired, "ended proposals whose time has passed");
    }
    let now = app.now();
    let before = |age: SignedDuration| now.saturating_sub(age).unwrap_or(now);
    let (idle, oldest, received) = (before(IDLE), before(LONGEST), before(REMEMBER_RECEIVED));
    app.db
        .write(move |conn| {
            sessions::delete_stale(conn, now, idle, oldest)?;
            activities::delete_received_before(conn, received)
        })
        .await
}
