//! Find somebody for a place that was given back: from the pool, or by asking. And give a turn to
//! the pool, or take it back. [`crate::domain::cover`] says what the pool is.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::actions::announce_turn::announce_turn;
use crate::actions::freeze;
use crate::actions::plan_turns::is_exempt;
use crate::app::App;
use crate::db::{
    Conn, cover_asks, duties, exemptions, members, notices, pool_turns, standing_turns,
    turn_people, turns,
};
use crate::domain::cover::{
    ASK_AGAIN, ASKED_AT_ONCE, Candidate, Exemption, PEOPLE_OF, PoolTurn, SOONEST_DRAW, Share,
    in_order,
};
use crate::domain::duty::Duty;
use crate::domain::id::{DutyId, MemberId, PoolTurnId, TurnId};
use crate::domain::member::{Member, Standing};
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::turn::{Place, SOON, Turn};
use crate::error::Error;

/// The day of a turn, and who is exempt then or at another time.
type On<'a> = (Date, &'a [Exemption]);

/// What came of it that somebody cannot come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Enough people come without them.
    Enough,
    /// A turn was drawn from the pool: somebody comes.
    Drawn,
    /// The people of the duty are asked.
    Asked,
    /// The place is free, and nobody is asked: there is time, or there is nobody to ask.
    Free,
}

/// Gives a turn of a duty to the pool.
pub async fn give_to_pool(
    app: &App,
    member: &Member,
    duty: DutyId,
    until: Option<Date>,
) -> Result<PoolTurn, Error> {
    let giver = member.id;
    app.change(move |app, conn, _| {
        let duty = duties::find(conn, duty)?;
        let is_one = members::find(conn, giver)?.standing == Standing::Member;
        if !is_one || !duty.is_live() {
            return Err(Error::NotFound);
        }
        freeze::check(app, conn, giver)?;
        let today = duty.schedule.zone(&app.zone).to_datetime(app.now()).date();
        if until.is_some_and(|until| until < today) {
            return Err(Refusal::UntilInThePast.into());
        }
        let (id, given_at) = (app.clock.new_id(), app.now());
        let given = PoolTurn { id, duty: duty.id, giver: Some(giver), given_at, until };
        pool_turns::insert(conn, &given)?;
        Ok(given)
    })
    .await
}

/// Takes a turn back that one gave and nobody has drawn.
pub async fn take_from_pool(app: &App, member: &Member, id: PoolTurnId) -> Result<(), Error> {
    let (giver, now) = (member.id, app.now());
    app.change(move |_, conn, _| match pool_turns::take_back(conn, id, giver, now)? {
        true => Ok(()),
        false => Err(Error::NotFound),
    })
    .await
}

/// Looks for somebody where a place is free that was given back, and takes out of the pool what was
/// given for days that are over. Answers for how many turns it looked.
pub async fn look_for_cover(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let until = now.saturating_add(SOON).unwrap_or(now);
    let shared = app.clone();
    let due = app.db.read(move |conn| {
        let mut due = Vec::new();
        for id in turns::list_given_back(conn, now, until)? {
            if is_due(&shared, conn, id)? {
                due.push(id);
            }
        }
        Ok(due)
    });
    let due = due.await?;
    let count = due.len();
    for id in due {
        app.change(move |app, conn, events| {
            let mut turn = turns::lock(conn, id)?;
            // Somebody may have given it back, and others been asked, a moment ago.
            if !is_due(app, conn, id)? {
                return Ok(());
            }
            let duty = duties::find(conn, turn.duty)?;
            cover(app, conn, &duty, &mut turn)?;
            turns::update(conn, &turn)?;
            announce_turn(app, conn, &duty, &turn, events)
        })
        .await?;
    }
    let today = app.zone.to_datetime(now).date();
    let has_past = app.db.read(pool_turns::list_open).await?.iter().any(|turn| turn.is_past(today));
    if has_past {
        app.db.write(move |conn| pool_turns::end_before(conn, today, now)).await?;
    }
    Ok(count)
}

/// Whether it is time to look for somebody again, and there is anybody left to find.
fn is_due(app: &App, conn: &mut Conn, id: TurnId) -> Result<bool, Error> {
    let now = app.now();
    let asked = cover_asks::find_last(conn, id)?;
    if asked.is_some_and(|asked| now.duration_since(asked) < ASK_AGAIN) {
        return Ok(false);
    }
    let turn = turns::find(conn, id)?;
    let day = day_of(app, &duties::find(conn, turn.duty)?, &turn);
    let exempt = exemptions::list(conn)?;
    Ok(turn.looks_for_people(now)
        && (!list_drawable(app, conn, &turn, (day, &exempt))?.is_empty()
            || !list_askable(app, conn, &turn, (day, &exempt))?.is_empty()))
}

/// Looks for somebody to come, if somebody is missing soon. The caller holds the turn's lock, and
/// writes it.
pub fn cover(app: &App, conn: &mut Conn, duty: &Duty, turn: &mut Turn) -> Result<Cover, Error> {
    if !turn.looks_for_people(app.now()) {
        return Ok(Cover::Free);
    }
    let day = day_of(app, duty, turn);
    let exempt = exemptions::list(conn)?;
    if draw(app, conn, turn, (day, &exempt))? {
        return Ok(Cover::Drawn);
    }
    match ask(app, conn, turn, (day, &exempt))? {
        0 => Ok(Cover::Free),
        _ => Ok(Cover::Asked),
    }
}

/// The day of a turn, as its duty counts days.
fn day_of(app: &App, duty: &Duty, turn: &Turn) -> Date {
    duty.schedule.zone(&app.zone).to_datetime(turn.starts_at).date()
}

/// Draws a turn from the pool; whoever gave it comes, and hears so.
fn draw(app: &App, conn: &mut Conn, turn: &mut Turn, on: On<'_>) -> Result<bool, Error> {
    let now = app.now();
    for (given, giver) in list_drawable(app, conn, turn, on)? {
        // Another turn may draw it at this moment.
        if pool_turns::draw(conn, given, now)? {
            turn.take(Place::Hand, now)?;
            turn_people::insert(conn, turn.id, giver, Place::Hand, now)?;
            notices::insert(conn, giver, Kind::PoolDrawn, &turn.path(), now)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// What of the pool could be drawn for a turn, and who gave it.
fn list_drawable(
    app: &App,
    conn: &mut Conn,
    turn: &Turn,
    (day, exempt): On<'_>,
) -> Result<Vec<(PoolTurnId, MemberId)>, Error> {
    let mut drawable = Vec::new();
    if turn.starts_at.duration_since(app.now()) < SOONEST_DRAW {
        return Ok(drawable);
    }
    for given in pool_turns::list_open_of(conn, turn.duty)? {
        let Some(giver) = given.giver.filter(|_| !given.is_past(day)) else { continue };
        // Among those who were asked is whoever cannot come.
        let asked = cover_asks::find(conn, turn.id, giver)?;
        let has_said_no = asked.is_some_and(|asked| asked >= given.given_at);
        if !has_said_no && may_come(conn, giver, turn, day, exempt)? {
            drawable.push((given.id, giver));
        }
    }
    Ok(drawable)
}

/// Asks the next few of the duty's people; answers how many.
fn ask(app: &App, conn: &mut Conn, turn: &Turn, (day, exempt): On<'_>) -> Result<usize, Error> {
    let now = app.now();
    let times = cover_asks::last_times(conn)?;
    let candidate = |member| Candidate { member, asked_at: times.get(&member).copied() };
    let candidates = list_askable(app, conn, turn, (day, exempt))?.into_iter().map(candidate);
    let mut asked = 0;
    for each in in_order(candidates.collect()) {
        if asked >= ASKED_AT_ONCE {
            break;
        }
        cover_asks::insert(conn, turn.id, each.member, now)?;
        if !is_passed_over(conn, each.member, day, exempt)? {
            notices::insert(conn, each.member, Kind::CoverAsked, &turn.path(), now)?;
            asked += 1;
        }
    }
    Ok(asked)
}

/// Who could still be asked about a turn.
fn list_askable(
    app: &App,
    conn: &mut Conn,
    turn: &Turn,
    (day, exempt): On<'_>,
) -> Result<Vec<MemberId>, Error> {
    let mut askable = Vec::new();
    for member in people_of(app, conn, turn)? {
        if may_come(conn, member, turn, day, exempt)? {
            askable.push(member);
        }
    }
    Ok(askable)
}

/// Whether somebody is half exempt and passed over this time; next time they are asked.
fn is_passed_over(
    conn: &mut Conn,
    member: MemberId,
    day: Date,
    exempt: &[Exemption],
) -> Result<bool, Error> {
    let half =
        |each: &&Exemption| each.member == member && each.share == Share::Half && each.covers(day);
    let Some(half) = exempt.iter().find(half) else { return Ok(false) };
    exemptions::update(conn, &Exemption { is_next: !half.is_next, ..half.clone() })?;
    Ok(!half.is_next)
}

/// Whether somebody could come: they do not come yet, to nothing else at that time, and are not
/// exempt.
fn may_come(
    conn: &mut Conn,
    member: MemberId,
    turn: &Turn,
    day: Date,
    exempt: &[Exemption],
) -> Result<bool, Error> {
    // Whoever comes to this very turn is busy then, too.
    Ok(!is_exempt(exempt, member, day) && !turn_people::is_busy(conn, member, turn)?)
}

/// The people of a duty who were not asked about this turn: who carried a turn of it lately or
/// will, who comes to it regularly, and who looks after it; only members, and only who is here.
fn people_of(app: &App, conn: &mut Conn, turn: &Turn) -> Result<Vec<MemberId>, Error> {
    let since = app.now().saturating_sub(PEOPLE_OF).unwrap_or(app.now());
    let private = duties::find_private(conn, turn.duty)?;
    let regular = standing_turns::list_by_duty(conn, turn.duty)?;
    let mut people: BTreeSet<MemberId> =
        turn_people::list_of_duty(conn, turn.duty, since)?.into_iter().collect();
    people.extend(regular.into_iter().map(|standing| standing.member));
    people.extend([private.keeper, private.deputy].into_iter().flatten());
    for asked in cover_asks::list(conn, turn.id)? {
        people.remove(&asked);
    }
    let here = members::list(conn)?.into_iter().filter(|each| each.standing == Standing::Member);
    Ok(here.map(|member| member.id).filter(|id| people.contains(id)).collect())
}
