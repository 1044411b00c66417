//! End promises between collectives that nobody answered.

use crate::actions::answer_promise::decline;
use crate::app::App;
use crate::db::{incoming_promises, outgoing_promises, proposals};
use crate::domain::event::Event;
use crate::domain::incoming_promise::{IncomingState, PATIENCE};
use crate::domain::outgoing_promise::OutgoingState;
use crate::error::Error;

/// Takes back what we promised and heard nothing of, and says no to what nobody here answered;
/// answers how many there were.
pub async fn expire_promises(app: &App) -> Result<usize, Error> {
    let before = app.now().saturating_sub(PATIENCE).unwrap_or(app.now());
    let (ours, theirs) = app
        .db
        .read(move |conn| {
            let ours = outgoing_promises::list_overdue(conn, before)?;
            Ok((ours, incoming_promises::list_overdue(conn, before)?))
        })
        .await?;
    if ours.is_empty() && theirs.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, events| {
        let now = app.now();
        for id in &ours {
            let mut promise = outgoing_promises::lock(conn, *id)?;
            if promise.is_overdue(now) {
                promise.state = OutgoingState::Expired;
                promise.sequence = promise.next_sequence(now);
                promise.changed_at = now;
                outgoing_promises::update(conn, &promise)?;
                events.push(Event::PromiseTakenBack(*id));
            }
        }
        for id in &theirs {
            let incoming = incoming_promises::find(conn, *id)?;
            let Some(proposal) = incoming.proposal else { continue };
            let proposal = proposals::lock(conn, proposal)?;
            let incoming = incoming_promises::find(conn, *id)?;
            if incoming.is_overdue(now) {
                let why = (None, "wire-no-answer");
                let mut ended = decline(app, conn, incoming, &proposal, why, events)?;
                ended.state = IncomingState::Expired;
                incoming_promises::update(conn, &ended)?;
            }
        }
        Ok(ours.len() + theirs.len())
    })
    .await
}
