//! *I cannot come*: one tap, no reason, and nothing is kept of it. The pool is asked first, then
//! the people of the duty, a few at a time ([`crate::domain::cover`] says how).

use crate::actions::announce_turn::announce_turn;
use crate::actions::cover_turn::{Cover, cover};
use crate::app::App;
use crate::db::{Conn, cover_asks, duties, turn_people, turns};
use crate::domain::duty::Duty;
use crate::domain::event::Event;
use crate::domain::id::{MemberId, TurnId};
use crate::domain::member::Member;
use crate::domain::turn::Turn;
use crate::error::Error;

/// Stays away from a turn. Whoever does not come anyway has said nothing; for whoever may not know of
/// it, it is not there.
pub async fn release_turn(app: &App, member: &Member, id: TurnId) -> Result<Cover, Error> {
    let (member, viewer) = (member.id, member.viewer());
    app.change(move |app, conn, events| {
        let mut turn = turns::lock(conn, id)?;
        let duty = duties::find(conn, turn.duty)?;
        if !duty.is_visible_to(viewer) && turn_people::find(conn, id, member)?.is_none() {
            return Err(Error::NotFound);
        }
        stay_away(app, conn, (&duty, &mut turn), member, events)
    })
    .await
}

/// Lets somebody stay away. The caller holds the turn's lock ([`turns::lock`]).
pub fn stay_away(
    app: &App,
    conn: &mut Conn,
    (duty, turn): (&Duty, &mut Turn),
    member: MemberId,
    events: &mut Vec<Event>,
) -> Result<Cover, Error> {
    let Some(place) = turn_people::find(conn, turn.id, member)? else { return Ok(Cover::Enough) };
    let is_missed = turn.give_back(place, app.now())?;
    turn_people::delete(conn, turn.id, member)?;
    // Noted like those who are asked, so that they are not, also if another cannot come later;
    // nothing tells them apart.
    cover_asks::insert(conn, turn.id, member, app.now())?;
    let covered = match is_missed {
        true => cover(app, conn, duty, turn)?,
        false => Cover::Enough,
    };
    turns::update(conn, turn)?;
    announce_turn(app, conn, duty, turn, events)?;
    Ok(covered)
}
