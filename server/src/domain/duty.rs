//! Duties (mission A.0): what the collective keeps going, carried in turns. A duty lies on the
//! collective and is never anybody's debt; what is counted is its turns, never a person's.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use crate::domain::audience::{Audience, Viewer};
use crate::domain::id::{DutyId, MemberId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::rhythm::Rhythm;
use crate::domain::role::GRACE;
use crate::domain::turn::{State, Turn};

/// Turns stand in the plan for so long ahead.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(8 * 7 * 24);
/// For so long after its end a turn can still be noted before it counts as one that nobody kept.
pub const NOTE_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// Half a year: the usual term of whoever keeps the turns together.
pub const TERM: SignedDuration = SignedDuration::from_hours(26 * 7 * 24);
/// What a collective might be missed for (mission E32), besides words of its own.
pub const FUNCTIONS: [&str; 7] =
    ["food", "childcare", "rides", "repairs", "company", "legal-help", "burial"];

/// When it is made, a duty's first turn is so many years ago at most.
const EARLIEST: i32 = 1;
/// So many periods without a kept turn, and a duty sleeps (mission E30).
const PATIENCE: usize = 2;

/// A duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its id.
    pub id: DutyId,
    /// What it is.
    pub content: Content,
    /// When its turns are.
    pub schedule: Schedule,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Up to here its turns are planned.
    pub planned_until: Timestamp,
    /// Since when nobody keeps it.
    pub asleep_at: Option<Timestamp>,
    /// When somebody woke it by hand last.
    pub woken_at: Option<Timestamp>,
    /// When it ended for good.
    pub ended_at: Option<Timestamp>,
    /// When somebody looked last whether what is written about how it is done is still right.
    pub looked_at: Option<Timestamp>,
}

/// What a duty is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// A few words.
    pub title: String,
    /// More, in Markdown.
    pub text: String,
    /// A language code.
    pub language: String,
    /// A coarse place by name.
    pub place: Option<String>,
    /// Everybody or the members; nothing between.
    pub audience: Audience,
    /// What it would be missed for: of [`FUNCTIONS`], or words of the collective's own; in order.
    pub functions: Vec<String>,
    /// What is counted at each turn, such as meals.
    pub counts: Option<String>,
}

/// When the turns of a duty are, and for how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How often.
    pub rhythm: Rhythm,
    /// The zone of its clock by its IANA name; none for the collective's.
    pub zone: Option<String>,
    /// The first turn, by the clock on the wall.
    pub start: DateTime,
    /// How long a turn is, by the clock on the wall.
    pub minutes: i32,
    /// How many people a turn needs. More may always come.
    pub needed: i32,
    /// How many places there are to learn it beside others.
    pub learners: i32,
    /// From when until when it rests, the last day within.
    pub pause: Option<(Date, Date)>,
    /// Days on which it does not happen, in order.
    pub days_without: Vec<Date>,
}

/// Who looks after a duty. For members only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyPrivate {
    /// Who keeps its turns together.
    pub keeper: Option<MemberId>,
    /// Until when, they and their deputy.
    pub keeper_until: Option<Timestamp>,
    /// Who stands in for them.
    pub deputy: Option<MemberId>,
    /// The secret in the address of its calendar for members. Every member reads it on the page of
    /// the duty, so it is kept as it is; it is a new one whenever somebody leaves.
    pub calendar_token: String,
}

impl Duty {
    /// Whether it goes on.
    pub fn is_live(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether other servers may know of it: it is for everybody, goes on, and is awake.
    pub fn is_public(&self) -> bool {
        self.content.audience == Audience::Public && self.is_live() && self.asleep_at.is_none()
    }

    /// Whether `viewer` may see it. What is shown to everybody claims nothing that does not happen.
    pub fn is_visible_to(&self, viewer: Viewer) -> bool {
        viewer.is_member() || self.is_public()
    }

    /// Whether it happens on a day.
    pub fn rests_on(&self, day: Date) -> bool {
        self.schedule.rests_on(day)
    }

    /// Whether it is to fall asleep: nobody kept a turn for two periods. `over` are its turns that
    /// are over, newest first; called-off ones, and those before somebody woke it, do not count.
    pub fn falls_asleep(&self, over: &[Turn], now: Timestamp) -> bool {
        let since = self.woken_at.unwrap_or(self.made_at);
        let counts = |turn: &&Turn| turn.state != State::Off && turn.starts_at >= since;
        let unkept = over
            .iter()
            .filter(counts)
            .filter(|turn| turn.state != State::Planned || turn.is_past_noting(now))
            .take_while(|turn| turn.state != State::Kept)
            .count();
        let enough = PATIENCE.saturating_mul(self.schedule.rhythm.per_period());
        self.is_live() && self.asleep_at.is_none() && unkept >= enough
    }
}

impl DutyPrivate {
    /// Whether a member may look after it: a steward; and who keeps its turns together, or their
    /// deputy, until their term is over and a time of grace, as with every role (mission E18).
    pub fn may_be_kept_by(&self, member: &Member, now: Timestamp) -> bool {
        let is_one = [self.keeper, self.deputy].contains(&Some(member.id));
        let may_keep = is_one && member.viewer().is_member() && !self.rests(now);
        member.is_steward() || may_keep
    }

    /// Whether the powers of whoever keeps it rest, and those of their deputy: only stewards look
    /// after it until somebody has a new term.
    pub fn rests(&self, now: Timestamp) -> bool {
        self.keeper_until.is_none_or(|until| now.duration_since(until) >= GRACE)
    }
}

impl Schedule {
    /// Whether nothing happens on a day.
    pub fn rests_on(&self, day: Date) -> bool {
        let is_paused = self.pause.is_some_and(|(from, until)| (from..=until).contains(&day));
        is_paused || self.days_without.contains(&day)
    }

    /// Refuses a first turn that is longer ago than a year: it is a slip of the finger, and every
    /// planning would go through all the years between.
    pub fn check_first_day(&self, today: Date) -> Result<(), Refusal> {
        let earliest = today.saturating_sub(Span::new().years(EARLIEST));
        if self.start.date() < earliest { Err(Refusal::FirstDayTooEarly) } else { Ok(()) }
    }

    /// The zone of its clock; `ours` is the collective's.
    pub fn zone(&self, ours: &TimeZone) -> TimeZone {
        let named = self.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        named.unwrap_or_else(|| ours.clone())
    }

    /// The turns that begin from `from` until before `until`: start and end of each. What the clock
    /// on the wall says stays the same when clocks change; an hour that is skipped is taken an hour
    /// later, and of an hour that comes twice the first (RFC 5545, 3.3.5).
    pub fn turns(
        &self,
        ours: &TimeZone,
        (from, until): (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, Timestamp)> {
        let zone = self.zone(ours);
        // A day more on both sides: the wall may say otherwise than the clock that counts.
        let day = Span::new().days(1);
        let first = zone.to_datetime(from).saturating_sub(day);
        let last = zone.to_datetime(until).saturating_add(day);
        let times = self.rhythm.occurrences(self.start, (first, last));
        let awake = times.into_iter().filter(|time| !self.rests_on(time.date()));
        let whole = awake.filter_map(|time| self.turn_at(&zone, time));
        whole.filter(|(start, _)| (from..until).contains(start)).collect()
    }

    fn turn_at(&self, zone: &TimeZone, time: DateTime) -> Option<(Timestamp, Timestamp)> {
        let start = zone.to_timestamp(time).ok()?;
        let until = time.checked_add(Span::new().minutes(self.minutes)).ok()?;
        let end = zone.to_timestamp(until).ok()?;
        let length = SignedDuration::from_mins(i64::from(self.minutes));
        // Where the skipped hour lies in it, the wall may say that it ends before it begins.
        let end = if end > start { end } else { start.saturating_add(length).ok()? };
        Some((start, end))
    }
}

#[cfg(test)]
#[path = "duty_tests.rs"]
mod tests;
