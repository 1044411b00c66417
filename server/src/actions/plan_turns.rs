//! Plan turns: those of the next eight weeks stand in the plan, each once, however many servers
//! work on one database and however long they were away. What was planned is put right when a duty
//! is changed, paused or ended.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::actions::announce_turn::{self, announce_turn};
use crate::app::App;
use crate::db::{
    Conn, duties, exemptions, notices, standing_turns, turn_notes, turn_people, turns,
};
use crate::domain::cover::{Exemption, Share};
use crate::domain::duty::{AHEAD, Duty};
use crate::domain::event::Event;
use crate::domain::id::{DutyId, MemberId};
use crate::domain::notice::Kind;
use crate::domain::turn::{Standing, State, Turn};
use crate::error::Error;

/// Of a duty that is planned further than this ahead, nothing is planned yet: once a day is enough.
const ENOUGH: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

type Time = (Timestamp, Timestamp);

/// Plans what is due; answers how many turns are new.
pub async fn plan_due(app: &App) -> Result<usize, Error> {
    let until = horizon(app).saturating_sub(ENOUGH).map_err(anyhow::Error::from)?;
    let due = app.db.read(move |conn| duties::list_to_plan(conn, until)).await?;
    let mut planned = 0;
    for id in due {
        // A transaction each: what cannot be planned holds up nothing else.
        planned += app.change(move |app, conn, events| plan_one(app, conn, id, events)).await?;
    }
    Ok(planned)
}

fn plan_one(
    app: &App,
    conn: &mut Conn,
    id: DutyId,
    events: &mut Vec<Event>,
) -> Result<usize, Error> {
    let mut duty = duties::lock(conn, id)?;
    if duty.is_live() { plan(app, conn, &mut duty, events) } else { Ok(0) }
}

/// Plans the turns of a duty from where its plan ends until eight weeks ahead; answers how many are
/// new. The caller holds the duty's lock ([`duties::lock`]), or has just made it.
pub fn plan(
    app: &App,
    conn: &mut Conn,
    duty: &mut Duty,
    events: &mut Vec<Event>,
) -> Result<usize, Error> {
    let until = horizon(app);
    let times = duty.schedule.turns(&app.zone, (duty.planned_until, until));
    duty.planned_until = until;
    duties::update(conn, duty)?;
    add(app, conn, duty, &times, events)
}

/// Puts the plan right after a duty was changed: turns to which nobody comes and that are on none
/// of its days any more go; a turn to which somebody comes is moved within its day, or called off,
/// and they hear of it. The caller holds the duty's lock; the duty is written here.
pub fn replan(
    app: &App,
    conn: &mut Conn,
    duty: &mut Duty,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let (now, until) = (app.now(), horizon(app));
    let wanted = match duty.is_live() {
        true => duty.schedule.turns(&app.zone, (now, until)),
        false => Vec::new(),
    };
    duty.planned_until = until;
    duties::update(conn, duty)?;
    let zone = duty.schedule.zone(&app.zone);
    let mut existing = turns::list_from(conn, duty.id, now)?;
    // In the order of ids, as whoever else locks several.
    existing.sort_by_key(|turn| turn.id);
    let stands = |start: &Timestamp| existing.iter().any(|turn| turn.starts_at == *start);
    let mut missing: Vec<Time> = wanted.iter().copied().filter(|(at, _)| !stands(at)).collect();
    for turn in &existing {
        let turn = turns::lock(conn, turn.id)?;
        match wanted.iter().find(|(start, _)| *start == turn.starts_at) {
            Some(time) => adjust(app, conn, (duty, turn), *time, events)?,
            None => shift(app, conn, (duty, turn), (&zone, &mut missing), events)?,
        }
    }
    add(app, conn, duty, &missing, events)?;
    Ok(())
}

fn horizon(app: &App) -> Timestamp {
    app.now().saturating_add(AHEAD).unwrap_or(Timestamp::MAX)
}

/// Adds turns at these times, unless another process did.
fn add(
    app: &App,
    conn: &mut Conn,
    duty: &Duty,
    times: &[Time],
    events: &mut Vec<Event>,
) -> Result<usize, Error> {
    if times.is_empty() {
        return Ok(0);
    }
    let standing = standing_turns::list_by_duty(conn, duty.id)?;
    let exempt = exemptions::list(conn)?;
    let (places, mut added) = ((duty.schedule.needed, duty.schedule.learners), 0);
    for time in times {
        let mut turn = Turn::planned(app.clock.new_id(), duty.id, *time, places);
        if turns::insert_if_new(conn, &turn)? {
            added += 1;
            fill(app, conn, duty, &mut turn, &standing, &exempt)?;
            turns::update(conn, &turn)?;
            announce_turn(app, conn, duty, &turn, events)?;
        }
    }
    Ok(added)
}

/// Lets those come who come to every turn of this kind, unless they are exempt that day.
pub fn fill(
    app: &App,
    conn: &mut Conn,
    duty: &Duty,
    turn: &mut Turn,
    standing: &[Standing],
    exempt: &[Exemption],
) -> Result<(), Error> {
    let start = duty.schedule.zone(&app.zone).to_datetime(turn.starts_at);
    for one in standing {
        let rests = is_exempt(exempt, one.member, start.date());
        if rests || !one.includes(&duty.schedule.rhythm, start) {
            continue;
        }
        if turn_people::find(conn, turn.id, one.member)?.is_none()
            // Places to learn may be taken: then they learn another time.
            && turn.take(one.place, app.now()).is_ok()
        {
            turn_people::insert(conn, turn.id, one.member, one.place, app.now())?;
        }
    }
    Ok(())
}

/// Whether somebody takes no turns at all on a day.
pub fn is_exempt(exempt: &[Exemption], member: MemberId, day: jiff::civil::Date) -> bool {
    let mut full = exempt.iter().filter(|each| each.share == Share::Full);
    full.any(|each| each.member == member && each.covers(day))
}

/// A turn that is still on one of the duty's days: it gets what was changed, and is on again if it
/// was called off.
fn adjust(
    app: &App,
    conn: &mut Conn,
    (duty, mut turn): (&Duty, Turn),
    (_, ends_at): Time,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let before = turn.clone();
    turn.ends_at = ends_at;
    (turn.needed, turn.learners) = (duty.schedule.needed, duty.schedule.learners);
    if turn.state == State::Off {
        turn.state = State::Planned;
    }
    if turn != before {
        turns::update(conn, &turn)?;
        if turn.state != before.state {
            tell_people(app, conn, &turn)?;
        }
    }
    announce_turn::announce_changed(app, conn, duty, &turn, events)
}

/// A turn that is on none of the duty's days any more.
fn shift(
    app: &App,
    conn: &mut Conn,
    (duty, mut turn): (&Duty, Turn),
    (zone, missing): (&TimeZone, &mut Vec<Time>),
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    if turn.state != State::Planned {
        return Ok(());
    }
    let is_known = turn_notes::find(conn, turn.id)?.is_some();
    if turn.taken == 0 && turn.learning == 0 && !is_known {
        return turns::delete(conn, turn.id);
    }
    let day = zone.to_datetime(turn.starts_at).date();
    let same_day = |(start, _): &Time| zone.to_datetime(*start).date() == day;
    match missing.iter().position(same_day) {
        Some(place) => {
            (turn.starts_at, turn.ends_at) = missing.remove(place);
            (turn.needed, turn.learners) = (duty.schedule.needed, duty.schedule.learners);
        }
        None => turn.state = State::Off,
    }
    turns::update(conn, &turn)?;
    tell_people(app, conn, &turn)?;
    announce_turn::announce_changed(app, conn, duty, &turn, events)
}

/// Tells whoever comes that a turn is at another time, or not at all.
fn tell_people(app: &App, conn: &mut Conn, turn: &Turn) -> Result<(), Error> {
    for (member, _, _) in turn_people::list(conn, turn.id)? {
        notices::insert(conn, member, Kind::TurnChanged, &turn.path(), app.now())?;
    }
    Ok(())
}
