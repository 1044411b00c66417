//! Look after duties: let those sleep that nobody keeps, and ask the assembly about those that
//! sleep, have nobody who keeps them together or stands in, or are written down thinly. Questions
//! about duties, never about people.

use jiff::{SignedDuration, Timestamp};

use crate::actions::announce_turn::announce_turn;
use crate::actions::keep_turn::LOOK_BACK;
use crate::app::App;
use crate::db::{Conn, agenda, duties, runbooks, turn_notes, turns};
use crate::domain::agenda::{Matter, Point};
use crate::domain::duty::{Duty, DutyPrivate};
use crate::domain::event::Event;
use crate::domain::id::DutyId;
use crate::domain::runbook::{GRACE, Thin, thin};
use crate::error::Error;

/// A duty may be without a deputy for so long before the assembly is asked.
const SETTLE_IN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A question, what it is about, and whether there is a reason to ask it.
type Case = (Matter, String, bool);

/// Does all of it; answers how many duties fell asleep.
pub async fn look_after_duties(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let tired = app.db.read(move |conn| list_tired(conn, now)).await?;
    let slept = tired.len();
    for id in tired {
        app.change(move |app, conn, events| fall_asleep(app, conn, id, events)).await?;
    }
    let cases = app.db.read(move |conn| list_cases(conn, now)).await?;
    ask(app, cases).await?;
    Ok(slept)
}

/// Asks the assembly what there is a reason to ask, and takes back what there is none for any more.
pub async fn ask(app: &App, mut cases: Vec<Case>) -> Result<(), Error> {
    let now = app.now();
    let asked = app.db.read(move |conn| agenda::list_asked(conn, now)).await?;
    // Nothing is written for a question that was answered and rests, whichever way it stands.
    cases.retain(|(matter, subject, is_case)| {
        let mut same =
            asked.iter().filter(|point| point.matter == *matter && point.subject == *subject);
        if *is_case { same.next().is_none() } else { same.any(Point::is_open) }
    });
    if cases.is_empty() {
        return Ok(());
    }
    app.change(move |app, conn, _| {
        for (matter, subject, is_case) in cases {
            let about = (matter, subject.as_str());
            match is_case {
                true => agenda::raise(conn, app.clock.new_id(), about, app.now()).map(drop)?,
                false => agenda::settle(conn, about, app.now())?,
            }
        }
        Ok(())
    })
    .await
}

fn list_tired(conn: &mut Conn, now: Timestamp) -> Result<Vec<DutyId>, Error> {
    // The turns are looked at one by one only of those of which the last was not kept.
    let unkept = turns::list_unkept(conn, now)?;
    let mut tired = Vec::new();
    for duty in duties::list_live(conn)? {
        if duty.asleep_at.is_none() && unkept.contains(&duty.id) {
            let over = turns::list_over(conn, duty.id, now, LOOK_BACK)?;
            if duty.falls_asleep(&over, now) {
                tired.push(duty.id);
            }
        }
    }
    Ok(tired)
}

fn fall_asleep(
    app: &App,
    conn: &mut Conn,
    id: DutyId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let mut duty = duties::lock(conn, id)?;
    let over = turns::list_over(conn, id, app.now(), LOOK_BACK)?;
    if !duty.falls_asleep(&over, app.now()) {
        return Ok(());
    }
    duty.asleep_at = Some(app.now());
    duties::update(conn, &duty)?;
    // What is shown to everybody claims nothing that does not happen.
    if let Some(told) = turn_notes::find_open_of(conn, id)? {
        let turn = turns::lock(conn, told)?;
        announce_turn(app, conn, &duty, &turn, events)?;
    }
    Ok(())
}

fn list_cases(conn: &mut Conn, now: Timestamp) -> Result<Vec<Case>, Error> {
    let (privates, written) = (duties::list_private(conn)?, runbooks::list_times(conn)?);
    let learnt = turns::list_learnt(conn)?;
    let mut cases = Vec::new();
    for duty in duties::list_live(conn)? {
        let Some(private) = privates.get(&duty.id) else { continue };
        let (written_at, was_learnt) = (written.get(&duty.id), learnt.contains(&duty.id));
        let thin = thin(written_at.copied(), duty.looked_at, was_learnt, now);
        cases.extend(cases_of(&duty, private, thin, now));
    }
    Ok(cases)
}

fn cases_of(duty: &Duty, private: &DutyPrivate, thin: Option<Thin>, now: Timestamp) -> [Case; 4] {
    let is_old = |age: SignedDuration| now.duration_since(duty.made_at) >= age;
    let is_thin = match thin {
        None => false,
        Some(Thin::Stale) => true,
        Some(Thin::Missing | Thin::Unlearnt) => is_old(GRACE),
    };
    let is_due = match (private.keeper, private.keeper_until) {
        (Some(_), Some(until)) => until <= now,
        (Some(_), None) => false,
        (None, _) => is_old(SETTLE_IN),
    };
    let lacks_deputy = private.deputy.is_none() && is_old(SETTLE_IN);
    [
        (Matter::SleepingDuty, duty.asleep_at.is_some()),
        (Matter::ThinRunbook, is_thin),
        (Matter::TermDue, is_due),
        (Matter::NoDeputy, lacks_deputy),
    ]
    .map(|(matter, is_case)| (matter, duty.id.to_string(), is_case))
}
