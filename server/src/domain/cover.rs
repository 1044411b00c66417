//! Standing in for each other (mission E28, J8).
//!
//! **The pool.** Somebody who has an evening to spare gives a turn to the pool: "once, if somebody
//! cannot come to the kitchen, I do". Nothing is arranged with anybody. Whoever cannot come taps
//! once; if there is a turn in the pool of that duty, it is drawn: the one who gave it comes in
//! their place, and hears so. Nobody is asked, nothing is agreed to, no reason is given, and
//! neither side learns who the other was from it. A turn is drawn once, and then the pool knows no
//! more who gave it: the pool counts turns, not people, so there can be no limit, no debt and no
//! list in it.
//!
//! A pool is of one duty, because whoever gives a turn to the Tuesday kitchen knows when Tuesday
//! is; a promise to be anywhere at any time would be broken. What was given first is drawn first. A
//! turn is not drawn for the one who gave it, nor for somebody who was asked about that very turn
//! since they gave it, nor if they come to that turn already or to another at the
//! same time, nor for a turn so soon that they might not hear of it. The idea of a pool is
//! Tapir's (`SolidarityShift`); what it does there with accounts of shifts is not taken over.
//!
//! **Asking.** If the pool has nothing, the people of the duty are asked, a few at a time, those
//! first who were not asked for longest, and each once for a turn. Whoever is exempt is not asked;
//! whoever is half exempt, every second time.

use std::cmp::Reverse;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::domain::id::{DutyId, ExemptionId, MemberId, PoolTurnId};
use crate::domain::refusal::Refusal;

/// A turn of the pool is not drawn for what begins sooner than this: the quiet hours of the one who
/// gave it may last that long.
pub const SOONEST_DRAW: SignedDuration = SignedDuration::from_hours(12);
/// So many people are asked at once.
pub const ASKED_AT_ONCE: usize = 3;
/// After so long the next are asked.
pub const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(3);
/// Who came to a duty within so long belongs to its people.
pub const PEOPLE_OF: SignedDuration = SignedDuration::from_hours(26 * 7 * 24);

/// A turn in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolTurn {
    /// Its id.
    pub id: PoolTurnId,
    /// Of which duty.
    pub duty: DutyId,
    /// Who gave it; none once it is drawn or over.
    pub giver: Option<MemberId>,
    /// When it was given.
    pub given_at: Timestamp,
    /// The last day for which it is given; none for no end.
    pub until: Option<Date>,
}

/// How much somebody is exempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// From all turns.
    Full,
    /// From half of them.
    Half,
}

/// Somebody takes no turns for a while. It says nothing else: why is nobody's business, and no
/// right depends on it (mission E16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// Its id.
    pub id: ExemptionId,
    /// Who.
    pub member: MemberId,
    /// How much.
    pub share: Share,
    /// The first day.
    pub from: Date,
    /// The last day; none for no end.
    pub until: Option<Date>,
    /// Half: whether they were passed over the last time, so that they are asked this time.
    pub is_next: bool,
}

/// Somebody who could be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub member: MemberId,
    /// When they were asked last.
    pub asked_at: Option<Timestamp>,
}

impl PoolTurn {
    /// Whether it was given for days before one only.
    pub fn is_past(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }
}

impl Share {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Half => "half",
        }
    }

    /// Reads a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Full, Self::Half].into_iter().find(|share| share.word() == word)
    }
}

impl Exemption {
    /// Whether it counts on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether it will never count any more.
    pub fn is_over(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }
}

/// Refuses a time that ends before it begins.
pub fn check_days(from: Date, until: Option<Date>) -> Result<(), Refusal> {
    match until {
        Some(until) if until < from => Err(Refusal::EndsBeforeStart),
        _ => Ok(()),
    }
}

/// In which order people are asked: who was never asked first, then who was not for longest; among
/// equals who has been here for longest.
pub fn in_order(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|each| (Reverse(each.asked_at.is_none()), each.asked_at, each.member));
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_not_asked_for_longest_comes_first() {
        let at = |day: i64| Some(Timestamp::from_second(day * 86_400).unwrap());
        let one = |number, asked_at| Candidate { member: MemberId::from_number(number), asked_at };
        let all = vec![one(1, at(3)), one(2, None), one(3, at(1)), one(4, None), one(5, at(1))];
        let order: Vec<i64> = in_order(all).into_iter().map(|each| each.member.number()).collect();
        assert_eq!(order, [2, 4, 3, 5, 1]);
    }

    #[test]
    fn an_exemption_counts_from_its_first_to_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let dated = Exemption {
            id: ExemptionId::from_number(1),
            member: MemberId::from_number(2),
            share: Share::Full,
            from: day("2026-12-01"),
            until: Some(day("2026-12-31")),
            is_next: false,
        };
        assert!(dated.covers(day("2026-12-01")) && dated.covers(day("2026-12-31")));
        assert!(!dated.covers(day("2026-11-30")) && !dated.covers(day("2027-01-01")));
        assert!(!dated.is_over(day("2026-12-31")) && dated.is_over(day("2027-01-01")));
        let open = Exemption { until: None, ..dated };
        assert!(open.covers(day("2036-01-01")) && !open.is_over(day("2036-01-01")));
        assert_eq!(
            check_days(day("2026-12-02"), Some(day("2026-12-01"))),
            Err(Refusal::EndsBeforeStart)
        );
    }
}
