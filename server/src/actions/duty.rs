//! Duties: make one, change it, end it, wake it. A steward makes it; whoever keeps its turns
//! together, their deputy, and stewards look after it.

use jiff::{SignedDuration, Timestamp};

use crate::actions::plan_turns::{plan, replan};
use crate::app::App;
use crate::db::{Conn, agenda, duties, leaving, members};
use crate::domain::agenda::Matter;
use crate::domain::duty::{Duty, DutyPrivate, TERM};
use crate::domain::duty_draft::DutyDraft;
use crate::domain::id::{DutyId, MemberId};
use crate::domain::member::{Member, Standing};
use crate::error::Error;
use crate::keys;

/// Who is to keep the turns of a duty together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keepers {
    /// Who; none for nobody yet.
    pub keeper: Option<MemberId>,
    /// Until when; none for half a year from now.
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
        set_keepers(app, conn, &mut private, keepers)?;
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
        check_keeps(conn, by, id)?;
        let zone = schedule.zone.clone().or_else(|| duty.schedule.zone.clone());
        duty.content = content;
        duty.schedule = schedule;
        duty.schedule.zone = zone;
        duty.changed_at = app.now();
        set_keepers(app, conn, &mut private, keepers)?;
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
        check_keeps(conn, by, id)?;
        if duty.is_live() {
            duty.ended_at = Some(app.now());
            replan(app, conn, &mut duty, events)?;
            for matter in
                [Matter::SleepingDuty, Matter::ThinRunbook, Matter::TermDue, Matter::NoDeputy]
            {
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
        check_keeps(conn, by, id)?;
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
pub fn check_keeps(conn: &mut Conn, by: MemberId, duty: DutyId) -> Result<(), Error> {
    let private = duties::find_private(conn, duty)?;
    let is_here = leaving::find(conn, by)?.is_none();
    let may = is_here && private.may_be_kept_by(&members::find(conn, by)?);
    if may { Ok(()) } else { Err(Error::Forbidden) }
}

fn is_steward(conn: &mut Conn, by: MemberId) -> Result<bool, Error> {
    Ok(leaving::find(conn, by)?.is_none() && members::find(conn, by)?.is_steward())
}

/// Sets who looks after it. Whoever kept it before and keeps it on keeps their term, unless another
/// one is named.
fn set_keepers(
    app: &App,
    conn: &mut Conn,
    private: &mut DutyPrivate,
    keepers: Keepers,
) -> Result<(), Error> {
    for member in [keepers.keeper, keepers.deputy].into_iter().flatten() {
        let is_one = members::find(conn, member)?.standing == Standing::Member;
        if !is_one || leaving::find(conn, member)?.is_some() {
            return Err(Error::NotFound);
        }
    }
    let stays = private.keeper == keepers.keeper;
    let term = app.now().saturating_add(TERM).map_err(anyhow::Error::from)?;
    private.keeper_until = match (keepers.keeper, keepers.until) {
        (None, _) => None,
        (Some(_), Some(until)) => Some(until),
        (Some(_), None) if stays => private.keeper_until.or(Some(term)),
        (Some(_), None) => Some(term),
    };
    private.keeper = keepers.keeper;
    // Nobody stands in for themselves.
    private.deputy = keepers.deputy.filter(|deputy| Some(*deputy) != keepers.keeper);
    Ok(())
}
