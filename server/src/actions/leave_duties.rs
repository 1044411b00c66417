//! Whoever leaves comes to no turns any more: their places are given back like any other, what they
//! gave to the pool goes with them, and others look after what they looked after.

use crate::actions::release_turn::stay_away;
use crate::app::App;
use crate::db::{Conn, duties, pool_turns, standing_turns, turn_people, turns};
use crate::domain::duty::DutyPrivate;
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::error::Error;

/// Does all of it, inside the transaction in which they leave.
pub fn leave_duties(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    for standing in standing_turns::list_by_member(conn, member)? {
        standing_turns::delete(conn, standing.id)?;
    }
    for given in pool_turns::list_open(conn)? {
        if given.giver == Some(member) {
            pool_turns::take_back(conn, given.id, member, app.now())?;
        }
    }
    for duty in duties::list_kept_by(conn, member)? {
        let private = duties::find_private(conn, duty.id)?;
        duties::update_private(conn, duty.id, &without(private, member))?;
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
    let keeps = private.keeper == Some(member);
    DutyPrivate {
        keeper: private.keeper.filter(|keeper| *keeper != member),
        keeper_until: private.keeper_until.filter(|_| !keeps),
        deputy: private.deputy.filter(|deputy| *deputy != member),
        ..private
    }
}
