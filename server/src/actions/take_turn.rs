//! Come to a turn: once, or to every one of its kind until a day. Above what is needed one is
//! simply one more; nobody is turned away.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::actions::announce_turn::announce_turn;
use crate::actions::freeze;
use crate::actions::plan_turns::{fill, is_exempt};
use crate::actions::release_turn::stay_away;
use crate::app::App;
use crate::db::{Conn, duties, exemptions, leaving, members, standing_turns, turn_people, turns};
use crate::domain::duty::Duty;
use crate::domain::event::Event;
use crate::domain::id::{MemberId, StandingId, TurnId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::turn::{Place, Standing, Turn};
use crate::error::Error;

/// How often somebody comes to turns of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// One for every time, two for every second time, up to [`MOST_SELDOM`].
    pub every: i32,
    /// The last day; none for no end.
    pub until: Option<Date>,
}

/// More seldom than this is no rhythm that anybody remembers.
pub const MOST_SELDOM: i32 = 12;

/// Comes to a turn. Saying it twice is saying it once.
pub async fn take_turn(
    app: &App,
    member: &Member,
    id: TurnId,
    place: Place,
) -> Result<Turn, Error> {
    let member = member.id;
    app.change(move |app, conn, events| {
        let mut turn = turns::lock(conn, id)?;
        let duty = duties::find(conn, turn.duty)?;
        check_may_come(app, conn, (&duty, &turn), member, place)?;
        come(app, conn, (&duty, &mut turn), (member, place), events)?;
        Ok(turn)
    })
    .await
}

/// Comes to a turn and to every one of its kind from then on: those that are planned already, and
/// those to come as they are planned. What is exempt is left out, and so are turns to learn at
/// which others learn.
pub async fn take_turns(
    app: &App,
    member: &Member,
    id: TurnId,
    place: Place,
    repeat: Repeat,
) -> Result<Standing, Error> {
    if !(1..=MOST_SELDOM).contains(&repeat.every) {
        return Err(Refusal::RhythmUnfit.into());
    }
    let member = member.id;
    app.change(move |app, conn, events| {
        // The duty first: while this is written no turn of it is planned that would not know of it.
        let of = turns::find(conn, id)?.duty;
        let duty = duties::lock(conn, of)?;
        let turn = turns::find(conn, id)?;
        check_may_come(app, conn, (&duty, &turn), member, place)?;
        let zone = duty.schedule.zone(&app.zone);
        let anchor = zone.to_datetime(turn.starts_at);
        if repeat.until.is_some_and(|until| until < anchor.date()) {
            return Err(Refusal::EndsBeforeStart.into());
        }
        let standing = Standing {
            id: app.clock.new_id(),
            duty: duty.id,
            member,
            place,
            anchor,
            every: repeat.every,
            until: repeat.until,
        };
        standing_turns::insert(conn, &standing, app.now())?;
        let exempt = exemptions::list_by_member(conn, member)?;
        for planned in list_by_id(conn, &duty, turn.starts_at)? {
            let day = zone.to_datetime(planned.starts_at).date();
            if !planned.is_open(app.now()) || is_exempt(&exempt, member, day) {
                continue;
            }
            let mut planned = turns::lock(conn, planned.id)?;
            fill(app, conn, &duty, &mut planned, std::slice::from_ref(&standing), &exempt)?;
            turns::update(conn, &planned)?;
            announce_turn(app, conn, &duty, &planned, events)?;
        }
        Ok(standing)
    })
    .await
}

/// Comes no more to every turn of a kind: those to come are given back, each like any other.
pub async fn end_standing(app: &App, member: &Member, id: StandingId) -> Result<(), Error> {
    let member = member.id;
    app.change(move |app, conn, events| {
        let standing = standing_turns::find(conn, id)?;
        if standing.member != member {
            return Err(Error::NotFound);
        }
        let duty = duties::lock(conn, standing.duty)?;
        standing_turns::delete(conn, id)?;
        let zone = duty.schedule.zone(&app.zone);
        for turn in list_by_id(conn, &duty, app.now())? {
            let start = zone.to_datetime(turn.starts_at);
            if turn.is_open(app.now()) && standing.includes(&duty.schedule.rhythm, start) {
                let mut turn = turns::lock(conn, turn.id)?;
                stay_away(app, conn, (&duty, &mut turn), member, events)?;
            }
        }
        Ok(())
    })
    .await
}

/// The turns of a duty from a moment on, in the order of ids: as whoever else locks several.
fn list_by_id(conn: &mut Conn, duty: &Duty, from: Timestamp) -> Result<Vec<Turn>, Error> {
    let mut coming = turns::list_from(conn, duty.id, from)?;
    coming.sort_by_key(|turn| turn.id);
    Ok(coming)
}

/// Whether somebody may come to a turn.
fn check_may_come(
    app: &App,
    conn: &mut Conn,
    (duty, turn): (&Duty, &Turn),
    member: MemberId,
    place: Place,
) -> Result<(), Error> {
    // As they stand now, not as they did when they signed in.
    let member = members::find(conn, member)?;
    if leaving::find(conn, member.id)?.is_some() || !duty.is_visible_to(member.viewer()) {
        return Err(Error::NotFound);
    }
    if place == Place::Hand && !member.viewer().is_member() {
        return Err(Refusal::LearnersFirst.into());
    }
    freeze::check(app, conn, member.id)?;
    if turn.is_open(app.now()) { Ok(()) } else { Err(Refusal::TurnOver.into()) }
}

fn come(
    app: &App,
    conn: &mut Conn,
    (duty, turn): (&Duty, &mut Turn),
    (member, place): (MemberId, Place),
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let now = app.now();
    match turn_people::find(conn, turn.id, member)? {
        Some(before) if before == place => return Ok(()),
        Some(before) => {
            turn.take(place, now)?;
            turn.give_back(before, now)?;
            turn_people::delete(conn, turn.id, member)?;
        }
        None => turn.take(place, now)?,
    }
    turn_people::insert(conn, turn.id, member, place, now)?;
    turns::update(conn, turn)?;
    announce_turn(app, conn, duty, turn, events)
}
