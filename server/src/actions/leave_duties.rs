//! Whoever leaves comes to no turns any more: their places are given back like any other, what they
//! gave to the pool goes with them, others look after what they looked after, and the secret addresses
//! of the duties' calendars, which they may know, are new.

use crate::actions::release_turn::stay_away;
use crate::app::App;
use crate::db::{Conn, duties, pool_turns, standing_turns, turn_people, turns};
use crate::domain::duty::DutyPrivate;
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::error::Error;
use crate::keys;

/// Does all of it, inside the transaction in which they leave.
pub fn leave_duties(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    // While this is written no turn is planned to which they would still come.
    let live = duties::lock_live(conn)?;
    for standing in standing_turns::list_by_member(conn, member)? {
        standing_turns::delete(conn, standing.id)?;
    }
    for given in pool_turns::list_open(conn)? {
        if given.giver == Some(member) {
            pool_turns::take_back(conn, given.id, member, app.now())?;
        }
    }
    for duty in live {
        let mut private = without(duties::find_private(conn, duty.id)?, member);
        // Whoever leaves may know the address of its calendar: from now on there is nothing.
        private.calendar_token = keys::secret()?;
        duties::update_private(conn, duty.id, &private)?;
    }
    let mut coming = turn_people::list_next_of(conn, member, app.now())?;
    // In the order of ids, as whoever else locks several.
    coming.sort_by_key(|(turn, _)| turn.id);
    for (turn, _) in coming {
        let duty = duties::find(conn, turn.duty)?;
        let mut turn = turns::lock(conn, turn.id)?;
        if turn.is_open(app.now()) {
            stay_away(app, conn, (&duty, &mut turn), member, events)?;
        }
    }
    Ok(())
}

fn without(private: DutyPrivate, member: MemberId) -> DutyPrivate {
    let keeper = private.keeper.filter(|keeper| *keeper != member);
    let deputy = private.deputy.filter(|deputy| *deputy != member);
    // Whoever stands in does so until the end of the term that was given.
    let keeper_until = private.keeper_until.filter(|_| keeper.or(deputy).is_some());
    DutyPrivate { keeper, keeper_until, deputy, ..private }
}
