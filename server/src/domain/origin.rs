//! By which way needs come to a collective (mission E12). It is said if somebody wants to, about
//! the need and never about what a person may get; what is told of it is a rounded share of a year.
//! An office that sent somebody learns nothing back.

use crate::domain::quarter::Quarter;

/// Fewer needs than this in a year are told nothing of (mission B.0: k = 8).
const FEWEST: i64 = 8;
/// A share of which either part is smaller than this is not told (mission B.0: cells of 5).
const SMALLEST_PART: i64 = 5;
/// Shares are told in steps of so many of a hundred.
const STEP: i64 = 5;

/// By which way a need came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Somebody of the collective.
    Own,
    /// A neighbour.
    Neighbour,
    /// An office or a hospital sent them to us.
    Office,
    /// Another collective.
    Collective,
}

/// What may be said about the way of a need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// By which way it came.
    pub origin: Option<Origin>,
    /// Whether it stands in for a service that was cut or refused.
    pub replaces: bool,
}

/// How many needs of a quarter came by a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The quarter.
    pub quarter: Quarter,
    /// The way.
    pub way: Way,
    /// How many.
    pub needs: i64,
}

impl Origin {
    /// Every way, in the order in which a form shows them.
    pub const ALL: [Self; 4] = [Self::Own, Self::Neighbour, Self::Office, Self::Collective];

    /// The word for storage and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Neighbour => "neighbour",
            Self::Office => "office",
            Self::Collective => "collective",
        }
    }

    /// Reads a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.word() == word)
    }
}

impl Way {
    /// Whether nothing was said.
    pub fn is_unsaid(self) -> bool {
        self.origin.is_none() && !self.replaces
    }
}

/// What may be told of a part of a whole: in steps of five of a hundred, and nothing where few
/// people could be pointed at.
pub fn share(part: i64, whole: i64) -> Option<i64> {
    let rest = whole - part;
    if whole < FEWEST || part < SMALLEST_PART || (rest > 0 && rest < SMALLEST_PART) {
        return None;
    }
    // The nearest step, half of one up: all of it doubled, so that nothing is cut off before.
    let (steps, of) = (part.checked_mul(200)?, whole.checked_mul(STEP)?);
    Some(steps.checked_add(of)?.checked_div(of.checked_mul(2)?)? * STEP)
}

/// What is told of a year: of the needs about which it was said, how many of a hundred an office
/// sent, and how many stand in for a service.
pub fn shares(counts: &[Count]) -> (Option<i64>, Option<i64>) {
    let sum = |fits: &dyn Fn(Way) -> bool| -> i64 {
        counts.iter().filter(|count| fits(count.way)).map(|count| count.needs).sum()
    };
    let sent = sum(&|way| way.origin == Some(Origin::Office));
    let said = sum(&|way| way.origin.is_some());
    let replacing = sum(&|way| way.replaces);
    let any = sum(&|way| !way.is_unsaid());
    (share(sent, said), share(replacing, any))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e12_thirty_of_a_hundred_are_about_thirty() {
        let quarter: Quarter = "2026-3".parse().unwrap();
        let count = |origin, replaces, needs| Count {
            quarter,
            way: Way { origin: Some(origin), replaces },
            needs,
        };
        let year = [
            count(Origin::Office, true, 8),
            count(Origin::Office, false, 4),
            count(Origin::Own, false, 20),
            count(Origin::Neighbour, false, 8),
        ];
        assert_eq!(shares(&year), (Some(30), Some(20)));
        assert_eq!(shares(&[]), (None, None));
    }

    #[test]
    fn e12_few_are_not_pointed_at() {
        for (part, whole, expected) in [
            (5, 7, None),
            (4, 40, None),
            (36, 40, None),
            (5, 40, Some(15)),
            (40, 40, Some(100)),
            (7, 23, Some(30)),
            (8, 23, Some(35)),
        ] {
            assert_eq!(share(part, whole), expected, "{part} of {whole}");
        }
    }
}
