//! *Will it be here next year?* (B.5). All of it about duties, rounds and the collective, never
//! about a person; whoever was away is not counted as gone (E27).

use std::collections::BTreeSet;

use crate::domain::mutuality::Part;

/// With fewer duties than this nothing is said about how long duties last.
const FEWEST_DUTIES: usize = 8;
/// After how many months it is asked who is still there.
pub const MOMENTS: [u32; 3] = [3, 6, 12];
/// Somebody is there at such a moment if they did or asked anything in so many months before it.
const LOOKED_AT: u32 = 3;

/// The turns of some months, of all duties together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// How many were due. What was called off because the duty rested was not due.
    pub due: u64,
    /// How many were kept, by whomever.
    pub kept: u64,
}

impl Turns {
    /// Turn reliability.
    pub fn reliability(self) -> Part {
        Part::new(self.kept, self.due)
    }
}

/// How long a duty has been kept, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Whole months from its first kept turn to its last, or to today.
    pub months: u32,
    /// Whether it ended, or has been asleep for more than six months. One that is kept still, or
    /// has slept for less, may yet last longer.
    pub is_over: bool,
}

/// From this month on, this share of duties is still kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Months since the first kept turn.
    pub months: u32,
    /// The share that lasts longer.
    pub share: f64,
}

/// How long duties last (Kaplan and Meier 1958): a step for each month in which one ended. None for
/// fewer than eight duties.
pub fn survival(lives: &[Life]) -> Option<Vec<Step>> {
    if lives.len() < FEWEST_DUTIES {
        return None;
    }
    let ends: BTreeSet<u32> =
        lives.iter().filter(|life| life.is_over).map(|life| life.months).collect();
    let count = |is: &dyn Fn(&Life) -> bool| {
        u64::try_from(lives.iter().filter(|life| is(life)).count()).unwrap_or(u64::MAX)
    };
    let mut share = 1.0;
    let steps = ends.into_iter().map(|months| {
        let ended = count(&|life| life.is_over && life.months == months);
        let at_risk = count(&|life| life.months >= months);
        share *= 1.0 - Part::new(ended, at_risk).share().unwrap_or_default();
        Step { months, share }
    });
    Some(steps.collect())
}

/// The share of duties that last longer than so many months.
pub fn lasting(steps: &[Step], months: u32) -> f64 {
    steps.iter().take_while(|step| step.months <= months).last().map_or(1.0, |step| step.share)
}

/// Somebody who took part in a round, by months after its end; month 1 is the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant {
    /// In which months they gave, received, asked or took a turn.
    pub active: BTreeSet<u32>,
    /// In which months they were exempt, or with another collective.
    pub away: BTreeSet<u32>,
}

/// Those who took part in a round and were there so many months later, of those who were not away.
/// Only asking is being there too.
pub fn stayed(people: &[Participant], months: u32) -> Part {
    let looked_at = || months.saturating_sub(LOOKED_AT) + 1..=months;
    let is = |of: &BTreeSet<u32>| looked_at().any(|month| of.contains(&month));
    let mut part = Part::default();
    for person in people {
        let is_there = is(&person.active);
        if is_there || !is(&person.away) {
            part.whole += 1;
            part.part += u64::from(is_there);
        }
    }
    part
}
