//! End what is over.

use crate::actions::answer_promise::decline_waiting;
use crate::actions::settle::tell;
use crate::app::App;
use crate::db::proposals;
use crate::error::Error;

/// Ends every open proposal whose time has passed; answers how many.
pub async fn expire_proposals(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let overdue = app.db.read(move |conn| proposals::list_overdue(conn, now)).await?;
    if overdue.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, events| {
        for id in &overdue {
            let mut proposal = proposals::lock(conn, *id)?;
            if proposal.is_overdue(now) {
                proposal.expire(now);
                tell(&mut proposal, events);
                proposals::update(conn, &proposal)?;
                decline_waiting(app, conn, &proposal, events)?;
            }
        }
        Ok(overdue.len())
    })
    .await
}
