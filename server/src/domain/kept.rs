//! How the turns of a duty went in a quarter (mission J8): kept 12 of 13, 5 by cover, carried by 11
//! people, 3 of them new. By the duty, and never by the person.

use crate::domain::quarter::Quarter;
use crate::domain::turn::State;

/// With fewer people than this nobody says how many they were: whoever looks could point at them.
pub const FEWEST_PEOPLE: usize = 5;

/// How a quarter went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which quarter.
    pub quarter: Quarter,
    /// How many turns there were that were not called off.
    pub due: usize,
    /// How many of them were kept.
    pub kept: usize,
    /// At how many of these somebody stood in for another.
    pub by_cover: usize,
    /// How many people carried them; none for too few.
    pub carried: Option<Carried>,
}

/// How many people carried the turns of a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// All of them.
    pub people: usize,
    /// Those who never had before.
    pub new: usize,
}

impl Kept {
    /// Counts the turns of a quarter: what became of each, and how many of its places were covered.
    /// None if there was none.
    pub fn count(quarter: Quarter, turns: &[(State, i32)], carried: Carried) -> Option<Self> {
        let due = turns.iter().filter(|(state, _)| *state != State::Off).count();
        let kept = || turns.iter().filter(|(state, _)| *state == State::Kept);
        (due > 0).then(|| Self {
            quarter,
            due,
            kept: kept().count(),
            by_cover: kept().filter(|(_, covered)| *covered > 0).count(),
            carried: Some(carried).filter(|carried| carried.people >= FEWEST_PEOPLE),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j8_few_people_are_not_counted_and_what_was_called_off_was_not_due() {
        let quarter: Quarter = "2026-4".parse().unwrap();
        let turns = [(State::Kept, 0), (State::Kept, 2), (State::Missed, 1), (State::Off, 0)];
        let of = |people, new| Kept::count(quarter, &turns, Carried { people, new }).unwrap();
        let many = of(11, 3);
        assert_eq!((many.due, many.kept, many.by_cover), (3, 2, 1));
        assert_eq!(many.carried, Some(Carried { people: 11, new: 3 }));
        assert_eq!(of(4, 4).carried, None);
        assert!(of(5, 0).carried.is_some());
        assert_eq!(Kept::count(quarter, &turns[3..], Carried { people: 0, new: 0 }), None);
    }
}
