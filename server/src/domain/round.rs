//! Rounds (mission E13, J14): a crisis has a beginning and an end. A round is opened by the
//! assembly, or at once by two people until the assembly confirms it; it lasts 90 days at most,
//! unless the assembly decides anew; and it is closed only when every line in it has become
//! something: it is finished, it is a standing duty, or it is a cause to which the collective has a
//! response. Asking never needs a round.

use jiff::{SignedDuration, Timestamp};

use crate::domain::id::{CauseId, DutyId, MemberId, ProposalId, RoundId};
use crate::domain::proposal::{Proposal, State};
use crate::domain::refusal::Refusal;

/// The longest time between two decisions, in days (E13).
pub const MOST_DAYS: i64 = 90;
/// So long the assembly has to confirm what two people opened, and a second person to sign what one
/// asked for (J14).
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// The longest title, in characters.
const LONGEST_TITLE: usize = 60;
/// The longest text, in characters.
const LONGEST_TEXT: usize = 2_000;

/// A crisis period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// A few words: `Flood`.
    pub title: String,
    /// What it is about; may be empty.
    pub text: String,
    /// For how many days it was asked for, counted from its opening.
    pub days: i64,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When needs could be added; none while a second person has not signed.
    pub opened_at: Option<Timestamp>,
    /// When it ends. Never absent.
    pub ends_at: Timestamp,
    /// When it is over unless somebody says yes: a second person before it is open, the assembly
    /// after; none once the assembly decided.
    pub lapses_at: Option<Timestamp>,
    /// How it ended and when, once that is noted.
    pub ended: Option<(How, Timestamp)>,
    /// When its closing sheet was finished.
    pub closed_at: Option<Timestamp>,
}

/// Who opened a round without a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Openers {
    /// Who asked for it; none if they have left, or a decision opened it.
    pub asked_by: Option<MemberId>,
    /// Who signed as the second person.
    pub seconded_by: Option<MemberId>,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// On its day.
    Date,
    /// The assembly, or a second person, did not say yes in time.
    Lapsed,
    /// Somebody who looks after the house ended it before: the water went down.
    Early,
}

/// Where a round is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// One person asked for it, and a second one has not signed.
    Asked,
    /// Two people opened it, and the assembly has not confirmed it.
    Provisional,
    /// The assembly decided it.
    Open,
    /// Over; its closing sheet waits.
    Ended,
    /// Every line became something.
    Closed,
}

/// A need that belongs to a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The need.
    pub proposal: ProposalId,
    /// The round.
    pub round: RoundId,
    /// When it was added.
    pub added_at: Timestamp,
    /// What became of it, and when that was decided.
    pub decided: Option<(Outcome, Timestamp)>,
}

/// What becomes of a line when a round closes (E13): one of three things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Finished,
    /// It goes on as a standing duty.
    Duty(DutyId),
    /// It comes from a cause to which the collective has a response. Which one is forgotten with
    /// what else was said of the need.
    Cause(Option<CauseId>),
}

impl Round {
    /// A new one that one person asks for. Nothing happens until a second one signs.
    pub fn ask(
        id: RoundId,
        (title, text): (&str, &str),
        days: i64,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            id,
            title: check_title(title)?,
            text: check_text(text)?,
            days: check_days(days)?,
            asked_at: now,
            opened_at: None,
            ends_at: end_of(days, now)?,
            lapses_at: Some(later(now, CONFIRM_WITHIN)),
            ended: None,
            closed_at: None,
        })
    }

    /// Where it is in its life.
    pub fn stage(&self, now: Timestamp) -> Stage {
        match (self.closed_at, self.opened_at, self.lapses_at) {
            (Some(_), _, _) => Stage::Closed,
            _ if self.is_over(now) => Stage::Ended,
            (None, None, _) => Stage::Asked,
            (None, Some(_), Some(_)) => Stage::Provisional,
            (None, Some(_), None) => Stage::Open,
        }
    }

    /// Whether needs can be added to it.
    pub fn takes_needs(&self, now: Timestamp) -> bool {
        matches!(self.stage(now), Stage::Provisional | Stage::Open)
    }

    /// Whether it was open at some time, so that it is closed with a sheet.
    pub fn was_open(&self) -> bool {
        self.opened_at.is_some()
    }

    /// When it is over, as things are.
    pub fn until(&self) -> Timestamp {
        self.lapses_at.map_or(self.ends_at, |lapses| lapses.min(self.ends_at))
    }

    /// How it ended by itself, if it did and that is not noted yet.
    pub fn ends_by_itself(&self, now: Timestamp) -> Option<How> {
        let lapses = self.lapses_at.is_some_and(|lapses| lapses < self.ends_at);
        let how = if lapses { How::Lapsed } else { How::Date };
        (self.ended.is_none() && now >= self.until()).then_some(how)
    }

    /// The second person signs: from now on needs can be added, and the assembly has 72 hours.
    pub fn open(
        &mut self,
        openers: &mut Openers,
        by: MemberId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.stage(now) != Stage::Asked {
            return Err(Refusal::RoundNotAsked);
        }
        if openers.asked_by == Some(by) {
            return Err(Refusal::RoundSecondPerson);
        }
        openers.seconded_by = Some(by);
        self.begin(now)?;
        self.lapses_at = Some(later(now, CONFIRM_WITHIN));
        Ok(())
    }

    /// The assembly decided: it opens, or what two people opened is confirmed.
    pub fn confirm(&mut self, now: Timestamp) -> Result<(), Refusal> {
        match self.stage(now) {
            Stage::Asked => self.begin(now)?,
            Stage::Provisional => {}
            Stage::Open => return Err(Refusal::RoundConfirmed),
            Stage::Ended | Stage::Closed => return Err(Refusal::RoundOver),
        }
        self.lapses_at = None;
        Ok(())
    }

    /// The assembly decided anew: it lasts so many days from now. What has ended and is not closed
    /// is open again.
    pub fn renew(&mut self, days: i64, now: Timestamp) -> Result<(), Refusal> {
        if self.closed_at.is_some() || !self.was_open() {
            return Err(Refusal::RoundOver);
        }
        self.days = check_days(days)?;
        self.ends_at = end_of(days, now)?;
        (self.lapses_at, self.ended) = (None, None);
        Ok(())
    }

    /// Ends it before its day.
    pub fn end_early(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if !self.takes_needs(now) {
            return Err(Refusal::RoundOver);
        }
        self.ended = Some((How::Early, now));
        Ok(())
    }

    /// Closes it, if every line has become something.
    pub fn close(&mut self, undecided: usize, now: Timestamp) -> Result<(), Refusal> {
        match self.stage(now) {
            Stage::Closed => return Err(Refusal::RoundOver),
            Stage::Ended => {}
            _ => return Err(Refusal::RoundStillOpen),
        }
        if undecided > 0 {
            return Err(Refusal::RoundUndecided);
        }
        let ended = self.ends_by_itself(now).map(|how| (how, self.until()));
        self.ended = self.ended.or(ended);
        self.closed_at = Some(now);
        Ok(())
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.ended.is_some() || now >= self.until()
    }

    fn begin(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.opened_at = Some(now);
        self.ends_at = end_of(self.days, now)?;
        Ok(())
    }
}

impl Line {
    /// Whether somebody has to say what becomes of it: a need that was closed or taken back has
    /// become something already.
    pub fn is_undecided(&self, need: &Proposal) -> bool {
        self.decided.is_none() && !matches!(need.state, State::Enough | State::Withdrawn)
    }
}

impl How {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Lapsed => "lapsed",
            Self::Early => "early",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Date, Self::Lapsed, Self::Early].into_iter().find(|how| how.word() == word)
    }
}

impl Stage {
    /// The word for the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Provisional => "provisional",
            Self::Open => "open",
            Self::Ended => "ended",
            Self::Closed => "closed",
        }
    }
}

impl Outcome {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Duty(_) => "duty",
            Self::Cause(_) => "cause",
        }
    }
}

/// Checks for how many days a round is opened or renewed.
pub fn check_days(days: i64) -> Result<i64, Refusal> {
    if (1..=MOST_DAYS).contains(&days) { Ok(days) } else { Err(Refusal::DaysUnfit) }
}

fn check_title(typed: &str) -> Result<String, Refusal> {
    let clean: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match clean.chars().filter(|c| !c.is_control()).count() {
        0 => Err(Refusal::TitleMissing),
        1..=LONGEST_TITLE => Ok(clean.chars().filter(|c| !c.is_control()).collect()),
        _ => Err(Refusal::RoundTitleTooLong),
    }
}

fn check_text(typed: &str) -> Result<String, Refusal> {
    let clean: String = typed.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    match clean.trim().chars().count() {
        0..=LONGEST_TEXT => Ok(clean.trim().to_owned()),
        _ => Err(Refusal::NoteTooLong),
    }
}

fn end_of(days: i64, now: Timestamp) -> Result<Timestamp, Refusal> {
    let lasts = SignedDuration::from_hours(check_days(days)?.saturating_mul(24));
    now.checked_add(lasts).map_err(|_| Refusal::DaysUnfit)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn id(number: i64) -> MemberId {
        MemberId::from_number(number)
    }

    fn asked(days: i64) -> (Round, Openers, Timestamp) {
        let now: Timestamp = "2026-11-29T10:00:00Z".parse().unwrap();
        let round = Round::ask(RoundId::from_number(9), (" The  flood ", ""), days, now).unwrap();
        (round, Openers { asked_by: Some(id(1)), seconded_by: None }, now)
    }

    #[test]
    fn e13_there_is_no_round_without_an_end_within_ninety_days() {
        let now = Timestamp::UNIX_EPOCH;
        let ask = |days| Round::ask(RoundId::from_number(9), ("Flood", ""), days, now);
        for days in [i64::MIN, -1, 0, 91, i64::MAX] {
            assert_eq!(ask(days).unwrap_err(), Refusal::DaysUnfit, "{days}");
        }
        for days in [1, 90] {
            assert_eq!(ask(days).unwrap().ends_at, now + DAY * i32::try_from(days).unwrap());
        }
        let unnamed = Round::ask(RoundId::from_number(9), (" \n ", ""), 9, now);
        assert_eq!(unnamed.unwrap_err(), Refusal::TitleMissing);
        let long = "x".repeat(61);
        let long = Round::ask(RoundId::from_number(9), (&long, ""), 9, now);
        assert_eq!(long.unwrap_err(), Refusal::RoundTitleTooLong);
    }

    #[test]
    fn e13_two_people_open_it_and_the_assembly_confirms_it_in_72_hours() {
        let (mut round, mut openers, now) = asked(30);
        assert_eq!(round.title, "The flood");
        assert_eq!((round.stage(now), round.takes_needs(now)), (Stage::Asked, false));
        assert_eq!(round.open(&mut openers, id(1), now), Err(Refusal::RoundSecondPerson));
        let opened = now + DAY;
        round.open(&mut openers, id(2), opened).unwrap();
        assert_eq!(openers.seconded_by, Some(id(2)));
        assert_eq!(round.stage(opened), Stage::Provisional);
        assert!(round.takes_needs(opened) && round.takes_needs(opened + HOUR * 71));
        assert!(!round.takes_needs(opened + HOUR * 72));
        assert_eq!(round.ends_by_itself(opened + HOUR * 72), Some(How::Lapsed));
        let mut late = round.clone();
        assert_eq!(late.confirm(opened + HOUR * 72), Err(Refusal::RoundOver));
        round.confirm(opened + HOUR * 71).unwrap();
        assert_eq!(round.confirm(opened + HOUR * 71), Err(Refusal::RoundConfirmed));
        assert_eq!(round.stage(opened + DAY * 29), Stage::Open);
        assert_eq!(round.stage(opened + DAY * 30), Stage::Ended);
        assert_eq!(round.ends_by_itself(opened + DAY * 30), Some(How::Date));
    }

    #[test]
    fn what_nobody_seconds_goes_away() {
        let (mut round, mut openers, now) = asked(30);
        let late = now + HOUR * 72;
        assert_eq!(round.stage(late), Stage::Ended);
        assert_eq!(round.open(&mut openers, id(2), late), Err(Refusal::RoundNotAsked));
        assert!(!round.was_open());
        assert_eq!(round.renew(9, late), Err(Refusal::RoundOver));
    }

    #[test]
    fn e13_a_new_decision_renews_it_for_ninety_days_more_at_most() {
        let (mut round, _, now) = asked(90);
        round.confirm(now).unwrap();
        assert_eq!(round.renew(91, now), Err(Refusal::DaysUnfit));
        let late = now + DAY * 95;
        assert_eq!(round.stage(late), Stage::Ended);
        round.renew(90, late).unwrap();
        assert_eq!(round.ends_at, late + DAY * 90);
        assert!(round.takes_needs(late));
        round.end_early(late).unwrap();
        assert_eq!(round.end_early(late), Err(Refusal::RoundOver));
        round.close(0, late).unwrap();
        assert_eq!(round.renew(90, late), Err(Refusal::RoundOver));
    }

    #[test]
    fn e13_a_round_is_not_closed_with_an_undecided_line() {
        let (mut round, _, now) = asked(9);
        round.confirm(now).unwrap();
        assert_eq!(round.close(0, now), Err(Refusal::RoundStillOpen));
        let over = now + DAY * 10;
        assert_eq!(round.close(1, over), Err(Refusal::RoundUndecided));
        round.close(0, over).unwrap();
        assert_eq!(round.ended, Some((How::Date, now + DAY * 9)));
        assert_eq!(round.stage(over), Stage::Closed);
        assert_eq!(round.close(0, over), Err(Refusal::RoundOver));
    }
}
