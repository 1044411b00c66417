//! Measures about a member (mission E8): a warning, or a freeze. Each cites a clause of what we owe
//! each other, is over after seven days unless a second steward confirms it, and ends by a day that
//! was named. Whoever it is about may have it looked at by stewards who did not act. None of it is
//! ever counted per person, and asking for help stays open to everybody.

use jiff::{SignedDuration, Timestamp};

use crate::domain::id::{MeasureId, MemberId};
use crate::domain::refusal::Refusal;

/// A measure that nobody confirmed is over after this.
pub const LAPSES_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest time that a measure may be taken for, in days.
pub const MOST_DAYS: i64 = 90;
/// For so long a steward whose measure lapsed, or was lifted after an appeal, leaves that member to
/// the other stewards: nobody makes seven days many times seven days alone.
pub const REST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most characters of a reason or an appeal.
const LONGEST: usize = 2_000;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is said that something is not all right, and why.
    Warn,
    /// They may not publish, promise, invite or vouch. They may read, ask, take, finish what they
    /// promised, and leave.
    Freeze,
}

/// How a measure ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Nobody confirmed it in time.
    Lapsed,
    /// It came to the day that was named.
    Ended,
    /// A steward lifted it.
    Lifted,
    /// It was lifted after an appeal.
    Appeal,
}

/// A measure about a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its id.
    pub id: MeasureId,
    /// Whom it is about.
    pub member: MemberId,
    /// What is done.
    pub kind: Kind,
    /// The clause that it cites, as it stands in what we owe each other.
    pub clause: String,
    /// The version of that text.
    pub covenant_version: i64,
    /// Why, for the member and the stewards.
    pub reason: String,
    /// Who took it; none if they have left since.
    pub made_by: Option<MemberId>,
    /// When.
    pub made_at: Timestamp,
    /// When it is over without a second steward.
    pub lapses_at: Timestamp,
    /// When it is over in any case.
    pub ends_at: Timestamp,
    /// Who confirmed it, if they are still here.
    pub confirmed_by: Option<MemberId>,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// How it ended, once that is noted, and when.
    pub ended: Option<(How, Timestamp)>,
    /// Who lifted it, if they are still here.
    pub lifted_by: Option<MemberId>,
    /// Why it was lifted.
    pub lifted_because: Option<String>,
    /// What the member says about it.
    pub appeal: Option<String>,
    /// When they said it.
    pub appealed_at: Option<Timestamp>,
    /// Who looked at it again, if they are still here.
    pub decided_by: Option<MemberId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What they found, and why.
    pub decided_because: Option<String>,
}

impl Kind {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Freeze => "freeze",
        }
    }

    /// Reads a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Warn, Self::Freeze].into_iter().find(|kind| kind.word() == word)
    }
}

impl How {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lapsed => "lapsed",
            Self::Ended => "ended",
            Self::Lifted => "lifted",
            Self::Appeal => "appeal",
        }
    }

    /// Reads the stored word; anything unknown ended somehow.
    pub fn from_word(word: &str) -> Self {
        let all = [Self::Lapsed, Self::Lifted, Self::Appeal];
        all.into_iter().find(|how| how.word() == word).unwrap_or(Self::Ended)
    }
}

impl Measure {
    /// Until when it stands, as things are: an appeal that nobody decides ends it.
    pub fn until(&self) -> Timestamp {
        let end = match self.confirmed_at {
            Some(_) => self.ends_at,
            None => self.ends_at.min(self.lapses_at),
        };
        self.decide_by().map_or(end, |decide_by| end.min(decide_by))
    }

    /// Until when somebody who did not act must have decided an appeal, if one waits. There may be
    /// nobody.
    pub fn decide_by(&self) -> Option<Timestamp> {
        let made_at = self.appealed_at.filter(|_| self.decided_at.is_none())?;
        Some(made_at.saturating_add(LAPSES_AFTER).unwrap_or(made_at))
    }

    /// Whether it stands.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.until()
    }

    /// How it ended by itself, if it did and that is not noted yet.
    pub fn is_over(&self, now: Timestamp) -> Option<How> {
        let how = if self.until() < self.ends_at { How::Lapsed } else { How::Ended };
        (self.ended.is_none() && now >= self.until()).then_some(how)
    }

    /// Whether somebody signed it.
    pub fn was_signed_by(&self, steward: MemberId) -> bool {
        [self.made_by, self.confirmed_by].contains(&Some(steward))
    }

    /// Whether an appeal waits for somebody who did not act.
    pub fn waits_for_decision(&self, now: Timestamp) -> bool {
        self.stands(now) && self.appeal.is_some() && self.decided_at.is_none()
    }

    /// Whether a steward could do something about it that waits: confirm it, or decide an appeal.
    pub fn waits_for(&self, steward: MemberId, now: Timestamp) -> bool {
        self.may_confirm(steward, now) || self.may_decide(steward, now)
    }

    /// Whether a steward may confirm it.
    pub fn may_confirm(&self, steward: MemberId, now: Timestamp) -> bool {
        let mut tried = self.clone();
        tried.confirm(steward, now).is_ok()
    }

    /// Whether a steward may decide an appeal about it.
    pub fn may_decide(&self, steward: MemberId, now: Timestamp) -> bool {
        let may_act = steward != self.member && !self.was_signed_by(steward);
        may_act && self.waits_for_decision(now)
    }

    /// A second steward confirms it: until its end it stands.
    pub fn confirm(&mut self, by: MemberId, now: Timestamp) -> Result<(), Refusal> {
        self.check_act(by, now)?;
        if self.confirmed_at.is_some() {
            return Err(Refusal::MeasureConfirmed);
        }
        if self.made_by == Some(by) || self.decided_by == Some(by) {
            return Err(Refusal::SecondPerson);
        }
        (self.confirmed_by, self.confirmed_at) = (Some(by), Some(now));
        Ok(())
    }

    /// Any steward whom it is not about lifts it.
    pub fn lift(&mut self, by: MemberId, because: &str, now: Timestamp) -> Result<(), Refusal> {
        self.check_act(by, now)?;
        self.lifted_because = Some(check_words(because)?);
        (self.lifted_by, self.ended) = (Some(by), Some((How::Lifted, now)));
        Ok(())
    }

    /// The member says what they have to say about it; once.
    pub fn take_appeal(&mut self, words: &str, now: Timestamp) -> Result<(), Refusal> {
        if !self.stands(now) {
            return Err(Refusal::MeasureOver);
        }
        if self.appeal.is_some() {
            return Err(Refusal::AppealMade);
        }
        (self.appeal, self.appealed_at) = (Some(check_words(words)?), Some(now));
        Ok(())
    }

    /// Somebody who did not act looks at it again, and lifts it or lets it stand.
    pub fn decide(
        &mut self,
        by: MemberId,
        lifts: bool,
        because: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.check_act(by, now)?;
        if !self.waits_for_decision(now) {
            return Err(Refusal::NothingToDecide);
        }
        if self.was_signed_by(by) {
            return Err(Refusal::ActedAlready);
        }
        self.decided_because = Some(check_words(because)?);
        (self.decided_by, self.decided_at) = (Some(by), Some(now));
        if lifts {
            self.ended = Some((How::Appeal, now));
        }
        Ok(())
    }

    fn check_act(&self, by: MemberId, now: Timestamp) -> Result<(), Refusal> {
        if by == self.member {
            return Err(Refusal::OwnMeasure);
        }
        if self.stands(now) { Ok(()) } else { Err(Refusal::MeasureOver) }
    }
}

/// Tidies and checks what somebody says about a measure.
pub fn check_words(typed: &str) -> Result<String, Refusal> {
    let clean: String = typed.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let clean = clean.trim();
    match clean.chars().count() {
        1..=LONGEST => Ok(clean.to_owned()),
        _ => Err(Refusal::WordsUnfit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn id(number: i64) -> MemberId {
        MemberId::from_number(number)
    }

    fn taken(days: i64) -> (Measure, Timestamp) {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let measure = Measure {
            id: MeasureId::from_number(9),
            member: id(1),
            kind: Kind::Freeze,
            clause: "Nobody shouts here.".into(),
            covenant_version: 2,
            reason: "At night".into(),
            made_by: Some(id(2)),
            made_at: now,
            lapses_at: now + LAPSES_AFTER,
            ends_at: now + SignedDuration::from_hours(24 * days),
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
        (measure, now)
    }

    #[test]
    fn seven_days_alone_and_to_its_end_with_a_second_person() {
        let (mut measure, now) = taken(30);
        assert!(measure.stands(now + DAY * 6) && !measure.stands(now + DAY * 7));
        assert_eq!(measure.is_over(now + DAY * 7), Some(How::Lapsed));
        assert_eq!(measure.confirm(id(2), now), Err(Refusal::SecondPerson));
        assert_eq!(measure.confirm(id(1), now), Err(Refusal::OwnMeasure));
        assert_eq!(measure.confirm(id(3), now + DAY * 7), Err(Refusal::MeasureOver));
        measure.confirm(id(3), now).unwrap();
        assert_eq!(measure.confirm(id(4), now), Err(Refusal::MeasureConfirmed));
        assert!(measure.stands(now + DAY * 29) && !measure.stands(now + DAY * 30));
        assert_eq!(measure.is_over(now + DAY * 30), Some(How::Ended));
        let (short, now) = taken(3);
        assert_eq!(short.is_over(now + DAY * 3), Some(How::Ended));
    }

    #[test]
    fn an_appeal_is_for_those_who_did_not_act() {
        let (mut measure, now) = taken(30);
        assert_eq!(measure.decide(id(4), true, "no", now), Err(Refusal::NothingToDecide));
        assert_eq!(measure.take_appeal(" ", now), Err(Refusal::WordsUnfit));
        measure.take_appeal("It was not me", now).unwrap();
        assert_eq!(measure.take_appeal("again", now), Err(Refusal::AppealMade));
        measure.confirm(id(3), now).unwrap();
        for signer in [2, 3] {
            assert_eq!(measure.decide(id(signer), false, "yes", now), Err(Refusal::ActedAlready));
        }
        assert_eq!(measure.decide(id(1), true, "me", now), Err(Refusal::OwnMeasure));
        let mut kept = measure.clone();
        kept.decide(id(4), false, "Three people saw it", now).unwrap();
        assert!(kept.stands(now) && !kept.waits_for_decision(now));
        measure.decide(id(4), true, "It was somebody else", now).unwrap();
        assert!(!measure.stands(now) && measure.ended.unwrap().0 == How::Appeal);
    }

    #[test]
    fn whoever_decided_an_appeal_does_not_sign_the_measure_too() {
        let (mut measure, now) = taken(30);
        measure.take_appeal("It was not me", now).unwrap();
        measure.decide(id(3), false, "Three people saw it", now).unwrap();
        assert_eq!(measure.confirm(id(3), now), Err(Refusal::SecondPerson));
        assert_eq!(measure.lift(id(2), "", now), Err(Refusal::WordsUnfit));
        assert_eq!(measure.lift(id(1), "mine", now), Err(Refusal::OwnMeasure));
        measure.lift(id(2), "We talked", now).unwrap();
        assert_eq!(measure.lift(id(3), "again", now), Err(Refusal::MeasureOver));
    }

    #[test]
    fn e8_an_appeal_that_nobody_decides_for_seven_days_ends_it() {
        let (mut measure, now) = taken(30);
        let day = |days: i32| now + DAY * days;
        measure.confirm(id(3), day(1)).unwrap();
        measure.take_appeal("It was not me", day(10)).unwrap();
        assert_eq!(measure.decide_by(), Some(day(17)));
        assert!(measure.stands(day(16)) && !measure.stands(day(17)));
        assert_eq!(measure.is_over(day(16)), None);
        assert_eq!(measure.is_over(day(17)), Some(How::Lapsed));
        let mut decided = measure.clone();
        decided.decide(id(4), false, "I looked", day(16)).unwrap();
        assert_eq!((decided.decide_by(), decided.until()), (None, day(30)));
        let refused = measure.decide(id(4), false, "I looked", day(18));
        assert_eq!(refused, Err(Refusal::MeasureOver));
    }
}
