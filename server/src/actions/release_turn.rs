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

/// Stays away from a turn. Whoever does not come anyway has said nothing.
pub async fn release_turn(app: &App, member: &Member, id: TurnId) -> Result<Cover, Error> {
    let member = member.id;
    app.change(move |app, conn, events| {
        let mut turn = turns::lock(conn, id)?;
        let duty = duties::find(conn, turn.duty)?;
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
    let covered = match is_missed {
        true => {
            // Noted like those who are asked, so that they are not; nothing tells them apart.
            cover_asks::insert(conn, turn.id, member, app.now())?;
            cover(app, conn, duty, turn)?
        }
        false => Cover::Enough,
    };
    turns::update(conn, turn)?;
    announce_turn(app, conn, duty, turn, events)?;
    Ok(covered)
}
