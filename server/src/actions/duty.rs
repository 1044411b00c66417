//! Duties: make one, change it, end it, wake it. A steward makes it; whoever keeps its turns
//! together, their deputy, and stewards look after it; only stewards give a term.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::actions::plan_turns::{plan, replan};
use crate::app::App;
use crate::db::{Conn, agenda, duties, leaving, members};
use crate::domain::agenda::Matter;
use crate::domain::duty::{Duty, DutyPrivate, Schedule, TERM};
use crate::domain::duty_draft::DutyDraft;
use crate::domain::id::{DutyId, MemberId};
use crate::domain::member::{Member, Standing};
use crate::domain::refusal::Refusal;
use crate::domain::role::LONGEST;
use crate::error::Error;
use crate::keys;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Who is to keep the turns of a duty together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keepers {
    /// Who; none for nobody yet.
    pub keeper: Option<MemberId>,
    /// Until when; none for half a year from now. Two years at most.
    pub until: Option<Timestamp>,
    /// Who stands in for them.
    pub deputy: Option<MemberId>,
}

/// Makes a duty, and plans its turns.
pub async fn add_duty(
    app: &App,
    by: &Member,
    draft: &DutyDraft,
    keepers: Keepers,
) -> Result<Duty, Error> {
    let (content, mut schedule) = draft.check()?;
    if schedule.zone.is_none() {
        // Its clock stays where it hangs, also if the collective's is set otherwise one day.
        schedule.zone = app.zone.iana_name().map(str::to_owned);
    }
    schedule.check_first_day(today(app, &schedule))?;
    let calendar_token = keys::secret()?;
    let length = SignedDuration::from_mins(i64::from(schedule.minutes));
    let by = by.id;
    app.change(move |app, conn, events| {
        if !is_steward(conn, by)? {
            return Err(Error::Forbidden);
        }
        let now = app.now();
        let mut duty = Duty {
            id: app.clock.new_id(),
            content,
            schedule,
            made_at: now,
            changed_at: now,
            // What is under way already is a turn, too.
            planned_until: now.saturating_sub(length).unwrap_or(now),
            asleep_at: None,
            woken_at: None,
            ended_at: None,
            looked_at: None,
        };
        let mut private =
            DutyPrivate { keeper: None, keeper_until: None, deputy: None, calendar_token };
        set_keepers(app, conn, &mut private, (keepers, by))?;
        duties::insert(conn, &duty, &private)?;
        plan(app, conn, &mut duty, events)?;
        Ok(duty)
    })
    .await
}

/// Changes a duty. Turns that are not on its days any more are moved or called off, and whoever
/// comes to one of them hears of it.
pub async fn edit_duty(
    app: &App,
    by: &Member,
    id: DutyId,
    draft: &DutyDraft,
    keepers: Keepers,
) -> Result<Duty, Error> {
    let (content, schedule) = draft.check()?;
    let by = by.id;
    app.change(move |app, conn, events| {
        let mut duty = duties::lock(conn, id)?;
        let mut private = duties::find_private(conn, id)?;
        check_keeps(conn, by, id, app.now())?;
        let zone = schedule.zone.clone().or_else(|| duty.schedule.zone.clone());
        // What has gone on for years began then.
        if schedule.start.date() < duty.schedule.start.date() {
            schedule.check_first_day(today(app, &schedule))?;
        }
        duty.content = content;
        duty.schedule = schedule;
        duty.schedule.zone = zone;
        duty.changed_at = app.now();
        set_keepers(app, conn, &mut private, (keepers, by))?;
        duties::update_private(conn, id, &private)?;
        replan(app, conn, &mut duty, events)?;
        Ok(duty)
    })
    .await
}

/// Ends a duty for good: what is to come is called off, and what was stays.
pub async fn end_duty(app: &App, by: &Member, id: DutyId) -> Result<Duty, Error> {
    let by = by.id;
    app.change(move |app, conn, events| {
        let mut duty = duties::lock(conn, id)?;
        check_keeps(conn, by, id, app.now())?;
        if duty.is_live() {
            duty.ended_at = Some(app.now());
            replan(app, conn, &mut duty, events)?;
            for matter in [
                Matter::SleepingDuty,
                Matter::ThinRunbook,
                Matter::TermDue,
                Matter::NoDeputy,
                Matter::Learnt,
            ] {
                agenda::settle(conn, (matter, &id.to_string()), app.now())?;
            }
        }
        Ok(duty)
    })
    .await
}

/// Wakes a duty by hand: it has two periods again.
pub async fn wake_duty(app: &App, by: &Member, id: DutyId) -> Result<Duty, Error> {
    let by = by.id;
    app.change(move |app, conn, events| {
        let mut duty = duties::lock(conn, id)?;
        check_keeps(conn, by, id, app.now())?;
        if duty.asleep_at.is_some() {
            wake(app, conn, &mut duty)?;
            replan(app, conn, &mut duty, events)?;
        }
        Ok(duty)
    })
    .await
}

/// Wakes a duty, and takes the question about it off the agenda. The caller writes it.
pub fn wake(app: &App, conn: &mut Conn, duty: &mut Duty) -> Result<(), Error> {
    duty.asleep_at = None;
    duty.woken_at = Some(app.now());
    agenda::settle(conn, (Matter::SleepingDuty, &duty.id.to_string()), app.now())
}

/// Lets nobody else in than those who look after a duty, as they stand now.
pub fn check_keeps(
    conn: &mut Conn,
    by: MemberId,
    duty: DutyId,
    now: Timestamp,
) -> Result<(), Error> {
    let private = duties::find_private(conn, duty)?;
    let is_here = leaving::find(conn, by)?.is_none();
    let may = is_here && private.may_be_kept_by(&members::find(conn, by)?, now);
    if may { Ok(()) } else { Err(Error::Forbidden) }
}

fn today(app: &App, schedule: &Schedule) -> Date {
    schedule.zone(&app.zone).to_datetime(app.now()).date()
}

fn is_steward(conn: &mut Conn, by: MemberId) -> Result<bool, Error> {
    Ok(leaving::find(conn, by)?.is_none() && members::find(conn, by)?.is_steward())
}

/// Sets who looks after it. Whoever kept it before and keeps it on keeps their term, unless a steward
/// gives another one; whoever is none hands it on until the end of the term that was given.
fn set_keepers(
    app: &App,
    conn: &mut Conn,
    private: &mut DutyPrivate,
    (keepers, by): (Keepers, MemberId),
) -> Result<(), Error> {
    for member in [keepers.keeper, keepers.deputy].into_iter().flatten() {
        let is_one = members::find(conn, member)?.standing == Standing::Member;
        if !is_one || leaving::find(conn, member)?.is_some() {
            return Err(Error::NotFound);
        }
    }
    let now = app.now();
    // A day is over at its end.
    let is_beyond = |until: Timestamp, last: Timestamp| until.duration_since(last) > DAY;
    let longest = now.saturating_add(LONGEST).map_err(anyhow::Error::from)?;
    if keepers.until.is_some_and(|until| is_beyond(until, longest)) {
        return Err(Refusal::TermUnfit.into());
    }
    let stays = private.keeper == keepers.keeper;
    let usual = now.saturating_add(TERM).map_err(anyhow::Error::from)?;
    let before = private.keeper_until.filter(|_| stays);
    let mut until = keepers.until.or(before).unwrap_or(usual);
    if let Some(given) = private.keeper_until
        && !is_steward(conn, by)?
    {
        if keepers.until.is_some_and(|until| is_beyond(until, given)) {
            return Err(Refusal::KeeperTermUnfit.into());
        }
        until = until.min(given);
    }
    private.keeper = keepers.keeper;
    // Nobody stands in for themselves.
    private.deputy = keepers.deputy.filter(|deputy| Some(*deputy) != keepers.keeper);
    private.keeper_until = private.keeper.or(private.deputy).map(|_| until);
    Ok(())
}
