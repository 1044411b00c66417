//! Measures about a member: take one, confirm it as a second steward, lift it, appeal, decide an
//! appeal. Every step is written into the moderation log in the same transaction, without the name
//! of the member and without words about them.

use jiff::{SignedDuration, Timestamp};

use crate::actions::record_act::{Act, about_measure, record};
use crate::app::App;
use crate::db::{Conn, covenants, leaving, measures, members, notices};
use crate::domain::clause;
use crate::domain::covenant::Covenant;
use crate::domain::id::{MeasureId, MemberId};
use crate::domain::measure::{How, Kind, LAPSES_AFTER, MOST_DAYS, Measure, REST, check_words};
use crate::domain::member::Member;
use crate::domain::notice;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::{LANGUAGES, Locale};

/// Where stewards find what waits for them.
const PAGE: &str = "/steward/measures";

/// What a steward wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// A warning or a freeze.
    pub kind: Kind,
    /// A heading or a sentence of what we owe each other.
    pub clause: String,
    /// Why, for the member and the stewards.
    pub reason: String,
    /// For how many days, if a second steward confirms it.
    pub days: i64,
}

/// Takes a measure about a member. It stands at once, and for seven days unless somebody confirms it.
pub async fn take(app: &App, by: &Member, about: MemberId, wish: Wish) -> Result<Measure, Error> {
    if !(1..=MOST_DAYS).contains(&wish.days) {
        return Err(Refusal::DaysUnfit.into());
    }
    let reason = check_words(&wish.reason)?;
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        check_may_take(app, conn, by, about, wish.kind)?;
        let covenant = covenants::current(conn)?;
        let clause = find_clause(&covenant, &wish.clause).ok_or(Refusal::ClauseUnknown)?;
        let measure = Measure {
            id: app.clock.new_id(),
            member: about,
            kind: wish.kind,
            clause,
            covenant_version: covenant.version,
            reason,
            made_by: Some(by),
            made_at: app.now(),
            lapses_at: app.now().saturating_add(LAPSES_AFTER).map_err(anyhow::Error::from)?,
            ends_at: end(app.now(), wish.days)?,
            confirmed_by: None,
            confirmed_at: None,
            ended: None,
            lifted_by: None,
            lifted_because: None,
            appeal: None,
            appealed_at: None,
            decided_by: None,
            decided_at: None,
            decided_because: None,
        };
        measures::insert(conn, &measure)?;
        let act = match measure.kind {
            Kind::Warn => Act::Warned,
            Kind::Freeze => Act::Frozen,
        };
        record(app, conn, Some(by), act, &about_measure(measure.id), &measure.clause)?;
        tell_member(app, conn, &measure)?;
        Ok(measure)
    })
    .await
}

/// Confirms a measure as a second steward.
pub async fn confirm(app: &App, by: &Member, id: MeasureId) -> Result<Measure, Error> {
    act(app, by, id, Act::Confirmed, |measure, by, now| measure.confirm(by, now)).await
}

/// Lifts a measure.
pub async fn lift(app: &App, by: &Member, id: MeasureId, because: &str) -> Result<Measure, Error> {
    let because = because.to_owned();
    act(app, by, id, Act::Lifted, move |measure, by, now| measure.lift(by, &because, now)).await
}

/// Decides an appeal: lifts the measure, or lets it stand.
pub async fn decide(
    app: &App,
    by: &Member,
    id: MeasureId,
    lifts: bool,
    because: &str,
) -> Result<Measure, Error> {
    let because = because.to_owned();
    act(app, by, id, Act::AppealDecided, move |measure, by, now| {
        measure.decide(by, lifts, &because, now)
    })
    .await
}

/// What the member themselves has to say about a measure. Nobody else learns that there is one.
pub async fn appeal(
    app: &App,
    member: &Member,
    id: MeasureId,
    words: &str,
) -> Result<Measure, Error> {
    let (member, words) = (member.id, words.to_owned());
    app.change(move |app, conn, _| {
        let mut measure = measures::lock(conn, id)?;
        if measure.member != member {
            return Err(Error::NotFound);
        }
        measure.take_appeal(&words, app.now())?;
        measures::update(conn, &measure)?;
        // Not by their name: the log says of nobody that a measure is about them.
        record(app, conn, None, Act::Appealed, &about_measure(id), "")?;
        tell_those_who_did_not_act(app, conn, &measure)?;
        Ok(measure)
    })
    .await
}

/// Notes the end of those whose time is over; answers how many.
pub async fn end_over(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let mut over = app.db.read(measures::list_open).await?;
    over.retain(|measure| measure.is_over(now).is_some());
    if over.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, _| {
        let mut ended = 0;
        for measure in over {
            let measure = measures::lock(conn, measure.id)?;
            ended += usize::from(end_if_over(app, conn, measure)?);
        }
        Ok(ended)
    })
    .await
}

/// The clauses of what we owe each other that a measure may cite, in the language of `locale` where
/// the text is the one from the beginning.
pub fn clauses(covenant: &Covenant, locale: &Locale) -> Vec<String> {
    match &covenant.text {
        Some((text, _)) => clause::list(text),
        None => clause::list(&locale.say(FIRST_TEXT)),
    }
}

/// What the log says of an appeal after which a measure is lifted.
pub const LIFTED: &str = "lifted";
/// What the log says of one after which it stands.
pub const STANDS: &str = "stands";

/// The text that is there from the beginning, as a message.
const FIRST_TEXT: &str = "covenant-first-text";

fn find_clause(covenant: &Covenant, typed: &str) -> Option<String> {
    match &covenant.text {
        Some((text, _)) => clause::find(text, typed),
        None => LANGUAGES
            .iter()
            .find_map(|(code, _)| clause::find(&Locale::find(code).say(FIRST_TEXT), typed)),
    }
}

/// One step of a steward, written down.
async fn act(
    app: &App,
    by: &Member,
    id: MeasureId,
    act: Act,
    step: impl FnOnce(&mut Measure, MemberId, Timestamp) -> Result<(), Refusal> + Send + 'static,
) -> Result<Measure, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let mut measure = measures::lock(conn, id)?;
        step(&mut measure, by, app.now())?;
        measures::update(conn, &measure)?;
        record(app, conn, Some(by), act, &about_measure(id), result_of(act, &measure))?;
        tell_member(app, conn, &measure)?;
        Ok(measure)
    })
    .await
}

/// What the log says of a step: how an appeal was decided, or the clause.
fn result_of(act: Act, measure: &Measure) -> &str {
    match (act, measure.ended) {
        (Act::AppealDecided, Some(_)) => LIFTED,
        (Act::AppealDecided, None) => STANDS,
        _ => &measure.clause,
    }
}

fn tell_member(app: &App, conn: &mut Conn, measure: &Measure) -> Result<(), Error> {
    notices::insert(conn, measure.member, notice::Kind::Measure, "/me", app.now())
}

fn tell_those_who_did_not_act(app: &App, conn: &mut Conn, measure: &Measure) -> Result<(), Error> {
    for member in members::list(conn)? {
        if member.is_steward() && measure.may_decide(member.id, app.now()) {
            notices::insert(conn, member.id, notice::Kind::Appeal, PAGE, app.now())?;
        }
    }
    Ok(())
}

/// Refuses what only those may do who look after the house: as they stand now, not as they did when
/// they signed in.
pub fn check_steward(conn: &mut Conn, by: MemberId) -> Result<(), Error> {
    let is_here = leaving::find(conn, by)?.is_none();
    if is_here && members::find(conn, by)?.is_steward() { Ok(()) } else { Err(Error::Forbidden) }
}

fn check_may_take(
    app: &App,
    conn: &mut Conn,
    by: MemberId,
    about: MemberId,
    kind: Kind,
) -> Result<(), Error> {
    if by == about {
        return Err(Refusal::OwnMeasure.into());
    }
    // Two stewards who act at one moment must see each other.
    members::lock(conn, about)?;
    if leaving::find(conn, about)?.is_some() {
        return Err(Error::NotFound);
    }
    let now = app.now();
    for mut measure in measures::list_about(conn, about)? {
        if let Some(how) = measure.is_over(now) {
            measure.ended = Some((how, measure.until()));
        }
        if measure.stands(now) && measure.kind == kind {
            return Err(Refusal::MeasureStands.into());
        }
        // However it ended: without a second person it was one steward's alone.
        let is_alone = measure.ended.is_some_and(|(how, at)| {
            let is_ones = how == How::Appeal || measure.confirmed_at.is_none();
            is_ones && now.duration_since(at) < REST
        });
        if is_alone && measure.made_by == Some(by) {
            return Err(Refusal::MeasureRests.into());
        }
    }
    Ok(())
}

fn end_if_over(app: &App, conn: &mut Conn, mut measure: Measure) -> Result<bool, Error> {
    let Some(how) = measure.is_over(app.now()) else { return Ok(false) };
    measure.ended = Some((how, measure.until()));
    measures::update(conn, &measure)?;
    let act = if how == How::Lapsed { Act::Lapsed } else { Act::Ended };
    record(app, conn, None, act, &about_measure(measure.id), &measure.clause)?;
    Ok(true)
}

fn end(now: Timestamp, days: i64) -> Result<Timestamp, Error> {
    let lasts = SignedDuration::from_hours(days.saturating_mul(24));
    Ok(now.saturating_add(lasts).map_err(anyhow::Error::from)?)
}
