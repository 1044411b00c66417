//! Turns: a duty, once. What is known of a turn is how many come, by the turn and never by the
//! person; who comes stands apart, for members, and whoever cannot come leaves nothing behind.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use crate::domain::duty::NOTE_WITHIN;
use crate::domain::id::{DutyId, MemberId, StandingId, TurnId};
use crate::domain::refusal::Refusal;
use crate::domain::rhythm::Rhythm;

/// So long before a turn others hear that somebody is missing.
pub const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long after it a turn can be noted.
pub const LATEST_NOTE: SignedDuration = SignedDuration::from_hours(60 * 24);
/// The most that a count may be: more is a slip of the finger.
const HIGHEST_COUNT: i32 = 100_000;
/// The longest hand-over note: three lines.
const LONGEST_NOTE: usize = 600;
const MOST_LINES: usize = 3;

/// A turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its id.
    pub id: TurnId,
    /// Of what.
    pub duty: DutyId,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How many people it needs.
    pub needed: i32,
    /// How many may learn it beside others.
    pub learners: i32,
    /// How many come.
    pub taken: i32,
    /// How many come to learn.
    pub learning: i32,
    /// How many places were given back and are free.
    pub given_back: i32,
    /// How many places were given back, and somebody else came.
    pub covered: i32,
    /// What became of it.
    pub state: State,
    /// When that was noted.
    pub noted_at: Option<Timestamp>,
    /// How many people came.
    pub came: Option<i32>,
    /// What was counted, such as meals.
    pub counted: Option<i32>,
}

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to come, or nobody has noted yet what became of it.
    Planned,
    /// Somebody came.
    Kept,
    /// Nobody came.
    Missed,
    /// It was called off: the duty was changed, paused or ended.
    Off,
}

/// As what somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One of those who carry it.
    Hand,
    /// To learn it beside them.
    Learner,
}

/// Somebody comes to turns as long as nothing else is said: to every one of a kind, or every
/// second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: StandingId,
    /// To what.
    pub duty: DutyId,
    /// Who.
    pub member: MemberId,
    /// As what.
    pub place: Place,
    /// A turn to which they come, by the clock on the wall.
    pub anchor: DateTime,
    /// One for every turn of this kind, two for every second.
    pub every: i32,
    /// The last day; none for no end.
    pub until: Option<Date>,
}

/// What is noted of a turn that is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many people came.
    pub came: i32,
    /// What was counted, such as meals.
    pub counted: Option<i32>,
    /// What the next should know, in three lines.
    pub note: Option<String>,
}

/// What followers were told of a turn last: that somebody is missing, and never who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnNote {
    /// Which turn.
    pub turn: TurnId,
    /// How often it was told otherwise since.
    pub revision: i32,
    /// How many it needs, as was told.
    pub needed: i32,
    /// How many come, as was told.
    pub taken: i32,
    /// When it was told first.
    pub published_at: Timestamp,
    /// When it was told last; it only grows, because other servers take an edit only if it is
    /// newer.
    pub updated_at: Timestamp,
    /// When it was taken back.
    pub ended_at: Option<Timestamp>,
    /// How often it was taken back and told again: other servers take no deleted address twice.
    pub number: i32,
    /// Whether it was taken back only because it is quiet.
    pub comes_back: bool,
}

impl TurnNote {
    /// A moment after everything that was told, at or after `now`.
    pub fn later(&self, now: Timestamp) -> Timestamp {
        let next = self.updated_at.saturating_add(SignedDuration::from_micros(1)).unwrap_or(now);
        now.max(next)
    }
}

impl State {
    const ALL: [Self; 4] = [Self::Planned, Self::Kept, Self::Missed, Self::Off];

    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Kept => "kept",
            Self::Missed => "missed",
            Self::Off => "off",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl Place {
    /// The word for forms and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Learner => "learner",
        }
    }

    /// Reads a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hand, Self::Learner].into_iter().find(|place| place.word() == word)
    }

    /// The place for whether somebody learns.
    pub fn of(is_learner: bool) -> Self {
        if is_learner { Self::Learner } else { Self::Hand }
    }

    /// Whether they learn.
    pub fn is_learner(self) -> bool {
        self == Self::Learner
    }
}

impl Turn {
    /// A turn to which nobody comes yet.
    pub fn planned(
        id: TurnId,
        duty: DutyId,
        (starts_at, ends_at): (Timestamp, Timestamp),
        (needed, learners): (i32, i32),
    ) -> Self {
        Self {
            id,
            duty,
            starts_at,
            ends_at,
            needed,
            learners,
            taken: 0,
            learning: 0,
            given_back: 0,
            covered: 0,
            state: State::Planned,
            noted_at: None,
            came: None,
            counted: None,
        }
    }

    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/turns/{}", self.id)
    }

    /// How many are still missing.
    pub fn missing(&self) -> i32 {
        (self.needed - self.taken).max(0)
    }

    /// How many places there still are to learn it.
    pub fn open_to_learners(&self) -> i32 {
        (self.learners - self.learning).max(0)
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends_at
    }

    /// Whether somebody may come or stay away: it is not called off and not over. What was noted
    /// while it runs closes it for nobody.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state != State::Off && !self.is_over(now)
    }

    /// Whether others should hear that somebody is missing.
    pub fn looks_for_people(&self, now: Timestamp) -> bool {
        let is_soon = self.starts_at.duration_since(now) <= SOON;
        self.is_open(now) && self.starts_at > now && is_soon && self.missing() > 0
    }

    /// Whether it is too late to say that it was kept without its counting as not kept before.
    pub fn is_past_noting(&self, now: Timestamp) -> bool {
        now.duration_since(self.ends_at) >= NOTE_WITHIN
    }

    /// Whether what became of it can be noted: it has begun, was not called off, and is not long
    /// ago.
    pub fn may_be_noted(&self, now: Timestamp) -> bool {
        let is_recent = now.duration_since(self.ends_at) < LATEST_NOTE;
        self.state != State::Off && now >= self.starts_at && is_recent
    }

    /// Takes a place. Above what is needed one is simply one more; places to learn are as many as
    /// there are people to learn from.
    pub fn take(&mut self, place: Place, now: Timestamp) -> Result<(), Refusal> {
        if !self.is_open(now) {
            return Err(Refusal::TurnOver);
        }
        match place {
            Place::Hand => {
                self.taken = self.taken.saturating_add(1);
                if self.state == State::Missed {
                    // That nobody came was said too early.
                    (self.state, self.noted_at, self.came) = (State::Planned, None, None);
                }
                if self.given_back > 0 {
                    self.given_back -= 1;
                    self.covered = self.covered.saturating_add(1);
                }
            }
            Place::Learner if self.open_to_learners() == 0 => return Err(Refusal::LearnersFull),
            Place::Learner => self.learning = self.learning.saturating_add(1),
        }
        Ok(())
    }

    /// Gives a place back; answers whether somebody is missing now who was not before.
    pub fn give_back(&mut self, place: Place, now: Timestamp) -> Result<bool, Refusal> {
        if !self.is_open(now) {
            return Err(Refusal::TurnOver);
        }
        match place {
            Place::Hand => {
                let was_missing = self.missing();
                self.taken = (self.taken - 1).max(0);
                let is_missed = self.missing() > was_missing;
                if is_missed {
                    self.given_back = self.given_back.saturating_add(1);
                }
                Ok(is_missed)
            }
            Place::Learner => {
                self.learning = (self.learning - 1).max(0);
                Ok(false)
            }
        }
    }

    /// Notes what became of it.
    pub fn note(&mut self, report: &Report, now: Timestamp) -> Result<(), Refusal> {
        if !self.may_be_noted(now) {
            return Err(Refusal::TurnNotNotable);
        }
        self.state = if report.came > 0 { State::Kept } else { State::Missed };
        self.came = Some(report.came);
        self.counted = report.counted;
        self.noted_at = Some(now);
        Ok(())
    }
}

impl Standing {
    /// Whether they come to a turn of this rhythm that begins then, by the clock on the wall.
    pub fn includes(&self, rhythm: &Rhythm, start: DateTime) -> bool {
        let day = start.date();
        let is_in_time = self.until.is_none_or(|until| day <= until);
        let periods = rhythm.periods_between(self.anchor.date(), day);
        let is_theirs = periods.is_some_and(|periods| {
            periods >= 0 && periods.checked_rem(self.every.max(1)) == Some(0)
        });
        is_in_time && is_theirs
    }
}

impl Report {
    /// Tidies and checks it.
    pub fn check(self) -> Result<Self, Refusal> {
        let fits = |number: i32| (0..=HIGHEST_COUNT).contains(&number);
        if !fits(self.came) || !self.counted.is_none_or(fits) {
            return Err(Refusal::CountUnfit);
        }
        let note = self.note.unwrap_or_default().replace("\r\n", "\n");
        let clean: String = note.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let clean = clean.trim();
        let fits = clean.chars().count() <= LONGEST_NOTE && clean.lines().count() <= MOST_LINES;
        if !fits {
            return Err(Refusal::NoteTooLong);
        }
        Ok(Self { note: Some(clean.to_owned()).filter(|note| !note.is_empty()), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn kitchen() -> (Turn, Timestamp) {
        let (start, end) = (moment("2026-11-24T15:00:00Z"), moment("2026-11-24T19:00:00Z"));
        let ids = (TurnId::from_number(1), DutyId::from_number(2));
        (Turn::planned(ids.0, ids.1, (start, end), (4, 1)), start)
    }

    #[test]
    fn above_what_is_needed_one_is_one_more() {
        let (mut turn, start) = kitchen();
        let before = start - SignedDuration::from_hours(1);
        for _ in 0..5 {
            turn.take(Place::Hand, before).unwrap();
        }
        assert_eq!((turn.taken, turn.missing()), (5, 0));
        turn.take(Place::Learner, before).unwrap();
        assert_eq!(turn.take(Place::Learner, before), Err(Refusal::LearnersFull));
        assert_eq!(turn.take(Place::Hand, turn.ends_at), Err(Refusal::TurnOver));
    }

    #[test]
    fn whoever_is_one_more_may_stay_away_and_nobody_is_missing() {
        let (mut turn, start) = kitchen();
        for _ in 0..5 {
            turn.take(Place::Hand, start).unwrap();
        }
        assert_eq!(turn.give_back(Place::Hand, start), Ok(false));
        assert_eq!(turn.give_back(Place::Hand, start), Ok(true));
        assert_eq!((turn.missing(), turn.given_back, turn.covered), (1, 1, 0));
        turn.take(Place::Hand, start).unwrap();
        assert_eq!((turn.missing(), turn.given_back, turn.covered), (0, 0, 1));
    }

    #[test]
    fn a_turn_is_noted_once_it_has_begun() {
        let (mut turn, start) = kitchen();
        let report = Report { came: 3, counted: Some(61), note: None };
        let early = start - SignedDuration::from_mins(1);
        assert_eq!(turn.note(&report, early), Err(Refusal::TurnNotNotable));
        turn.note(&report, start).unwrap();
        assert_eq!((turn.state, turn.came, turn.counted), (State::Kept, Some(3), Some(61)));
        turn.take(Place::Hand, start).unwrap();
        assert_eq!((turn.state, turn.came, turn.taken), (State::Kept, Some(3), 1));
        turn.note(&Report::default(), start).unwrap();
        assert_eq!(turn.state, State::Missed);
        turn.take(Place::Hand, start).unwrap();
        assert_eq!((turn.state, turn.came, turn.taken), (State::Planned, None, 2));
        turn.state = State::Off;
        assert_eq!(turn.note(&report, start), Err(Refusal::TurnNotNotable));
    }

    #[test]
    fn a_hand_over_note_has_three_lines() {
        let note = |text: &str| Report { note: Some(text.into()), ..Report::default() }.check();
        assert_eq!(note(" \r\n ").unwrap().note, None);
        assert_eq!(note("a\r\nb\nc").unwrap().note.as_deref(), Some("a\nb\nc"));
        assert_eq!(note("a\nb\nc\nd"), Err(Refusal::NoteTooLong));
        let high = Report { came: -1, ..Report::default() };
        assert_eq!(high.check(), Err(Refusal::CountUnfit));
    }

    #[test]
    fn every_second_tuesday_until_june() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let standing = Standing {
            id: StandingId::from_number(1),
            duty: DutyId::from_number(2),
            member: MemberId::from_number(3),
            place: Place::Hand,
            anchor: day("2026-12-01").at(16, 0, 0, 0),
            every: 2,
            until: Some(day("2027-06-01")),
        };
        let rhythm = Rhythm::parse("FREQ=WEEKLY;BYDAY=TU,TH", day("2026-11-24")).unwrap();
        let comes = |text: &str| standing.includes(&rhythm, day(text).at(16, 0, 0, 0));
        assert!(comes("2026-12-01") && comes("2026-12-15") && comes("2027-06-01"));
        assert!(!comes("2026-12-08") && !comes("2026-12-03") && !comes("2027-06-15"));
        assert!(!comes("2026-11-17"), "before they said so");
    }
}
