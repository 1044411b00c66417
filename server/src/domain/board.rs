//! The order of a board: least answered first, then longest waiting. Nothing here is popular.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::domain::amount::Amount;

/// What the order looks at, and all that it may look at: never a person, a text or a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Promised or delivered, in hundredths of what was asked for; for a proposal without amount
    /// 100 once somebody answered.
    pub answered: u8,
    /// Since when it waits.
    pub since: Timestamp,
    /// Breaks ties the same way every time.
    pub id: i64,
}

impl Place {
    /// The place of a proposal of which `promised` of `asked` is answered.
    pub fn new(
        asked: Option<Amount>,
        promised: Amount,
        answers: i32,
        since: Timestamp,
        id: i64,
    ) -> Self {
        let answered = match asked {
            Some(asked) => promised.percent_of(asked),
            None => {
                if answers > 0 {
                    100
                } else {
                    0
                }
            }
        };
        Self { answered, since, id }
    }

    /// Compares two places: the first on the board is the smaller one.
    pub fn compare(&self, other: &Self) -> Ordering {
        self.answered
            .cmp(&other.answered)
            .then(self.since.cmp(&other.since))
            .then(self.id.cmp(&other.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(asked: &str, promised: &str, second: i64) -> Place {
        let since = Timestamp::from_second(second).unwrap();
        Place::new(asked.parse().ok(), promised.parse().unwrap(), 1, since, second)
    }

    #[test]
    fn least_answered_comes_first_then_longest_waiting() {
        let mut board =
            [place("40", "20", 1), place("10", "0", 9), place("10", "0", 3), place("2", "2", 0)];
        board.sort_by(Place::compare);
        let seconds: Vec<_> = board.iter().map(|place| place.id).collect();
        assert_eq!(seconds, [3, 9, 1, 0]);
    }

    #[test]
    fn help_goes_where_it_is_scarce() {
        // Mission E24: ten needs of three places each and fifteen helpers, each taking the first
        // line of the board, give 2,2,2,2,2,1,1,1,1,1 and never 3,3,3,3,3,0,0,0,0,0.
        let three: Amount = "3".parse().unwrap();
        let mut board: Vec<(i64, Amount)> = (0..10).map(|need| (need, Amount::ZERO)).collect();
        for _ in 0..15 {
            let place = |(need, answered): &(i64, Amount)| {
                let since = Timestamp::from_second(*need).unwrap();
                Place::new(Some(three), *answered, 0, since, *need)
            };
            let first = board.iter_mut().min_by(|a, b| place(a).compare(&place(b))).unwrap();
            first.1 = first.1 + Amount::ONE;
        }
        let counts: Vec<_> = board.iter().map(|(_, answered)| answered.to_string()).collect();
        assert_eq!(counts, ["2", "2", "2", "2", "2", "1", "1", "1", "1", "1"]);
    }
}
