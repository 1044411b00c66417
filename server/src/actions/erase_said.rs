//! Erase what was said about needs that are closed: what is behind them, by which way they came,
//! for whom they were posted. What may be counted is counted first (mission E2, E9).

use jiff::Timestamp;

use crate::app::App;
use crate::db::{Conn, causes, origins, proposals, rounds};
use crate::domain::id::ProposalId;
use crate::error::Error;

/// Erases what is older than it may be (mission E9).
pub fn erase_stale(app: &App, conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let before = now.saturating_sub(app.kept_for()).unwrap_or(now);
    let stale = causes::list_stale(conn, before)?;
    causes::erase_statements(conn, &stale, &app.zone)?;
    let stale = origins::list_stale(conn, before)?;
    origins::erase(conn, &stale, &app.zone)?;
    rounds::forget_causes(conn, before)?;
    proposals::forget_for_whom(conn, before)
}

/// Erases what was said about some needs, whose author is erased.
pub fn erase_of(app: &App, conn: &mut Conn, needs: &[ProposalId]) -> Result<(), Error> {
    causes::erase_statements(conn, needs, &app.zone)?;
    rounds::forget_causes_of(conn, needs)?;
    origins::erase(conn, needs, &app.zone)
}
