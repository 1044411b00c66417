//! A neighbour goes to another address, and both addresses say so: the pact and the promises between
//! us go with it. Runs inside the effect of a received activity.

use crate::actions::pact;
use crate::app::App;
use crate::db::{Conn, incoming_promises, outgoing_promises, proposals};
use crate::domain::event::Event;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;

/// Carries the pact and the promises to the new address.
///
/// From then on the new address speaks for every promise between the two, and hears what we say of
/// them. Agreements about what we asked for stand here and stay where they are. Agreements about
/// what they asked for stood at the old address and cannot move by themselves: what the new one
/// says of them counts if it names our Offer, by which it knows them if it brought them along; and
/// whoever promised here can give the promise back in any case.
pub fn carry(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    old: &RemoteActor,
    new: &RemoteActor,
) -> Result<(), Error> {
    pact::follow_move(app, conn, events, old, new)?;
    // Whoever writes what stands behind a promise holds its proposal's lock.
    for proposal in incoming_promises::list_answered_by(conn, old.id)? {
        proposals::lock(conn, proposal)?;
    }
    incoming_promises::change_actor(conn, old.id, new.id)?;
    outgoing_promises::change_actor(conn, old.id, new.id)
}
