//! What two collectives brought each other, for their members: two lists, each for itself. Nobody
//! takes one from the other, and nobody is put in an order by it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::amount::Amount;
use crate::domain::fulfilment::Word;

/// So far back it is looked which way things went (mission B.5, *balance with a neighbour*).
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// Of fewer nothing is said.
const ENOUGH: usize = 8;

/// What came from a neighbour, and what went to it, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameAndWent {
    /// What they brought us.
    pub came: Vec<Brought>,
    /// What we brought them.
    pub went: Vec<Brought>,
}

/// One thing that was promised and that both sides said came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What the need or the offer is called; none if it is not for the one who looks.
    pub title: Option<String>,
    /// Of what.
    pub unit: String,
    /// How much was promised; none where no amount was asked for.
    pub promised: Option<Amount>,
    /// What we count.
    pub ours: Word,
    /// What they count.
    pub theirs: Word,
    /// When a side last said that it came; a correction does not make it newer.
    pub at: Timestamp,
}

/// Which way things went between two collectives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// About as often in both.
    Even,
    /// They brought us something more often.
    MoreCame,
    /// We brought them something more often.
    MoreWent,
}

/// How much of one unit, by the lower and by the higher count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// By the lower count of each.
    pub low: Amount,
    /// By the higher count of each.
    pub high: Amount,
}

impl CameAndWent {
    /// Both lists, each with the newest first.
    pub fn new(mut came: Vec<Brought>, mut went: Vec<Brought>) -> Self {
        came.sort_by_key(|each| Reverse(each.at));
        went.sort_by_key(|each| Reverse(each.at));
        Self { came, went }
    }

    /// Whether nothing came and nothing went.
    pub fn is_empty(&self) -> bool {
        self.came.is_empty() && self.went.is_empty()
    }

    /// Which way things went between the two in the last two years, in a word: the sign of
    /// *b = (went − came)/(went + came)*, counted in things and not in how much, and *even* up to a
    /// third (mission B.5). Nothing is said of fewer than eight. For the two alone; nobody keeps it,
    /// and nothing asks for it.
    pub fn way(&self, now: Timestamp) -> Option<Way> {
        let since = now.saturating_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN);
        let lately = |list: &[Brought]| list.iter().filter(|each| each.at > since).count();
        let (came, went) = (lately(&self.came), lately(&self.went));
        let all = came.saturating_add(went);
        if all < ENOUGH {
            return None;
        }
        Some(match came.abs_diff(went).saturating_mul(3) <= all {
            true => Way::Even,
            false if came > went => Way::MoreCame,
            false => Way::MoreWent,
        })
    }
}

impl Brought {
    /// The lower and the higher count. While a side has yet to say its own, the other's is taken.
    fn counted(&self) -> Option<Sum> {
        let promised = self.promised?;
        let said = [self.ours, self.theirs].into_iter().filter(|word| word.spoke);
        let totals = || said.clone().map(|word| word.total);
        Some(Sum {
            low: totals().min().unwrap_or(promised),
            high: totals().max().unwrap_or(promised),
        })
    }
}

/// How much of each unit, in the order of the units' names. What has no amount is in none.
pub fn sums(brought: &[Brought]) -> BTreeMap<&str, Sum> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for each in brought {
        let Some(counted) = each.counted() else { continue };
        let sum = sums.entry(&each.unit).or_default();
        *sum = Sum { low: sum.low + counted.low, high: sum.high + counted.high };
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(total: Option<&str>) -> Word {
        let amount = total.map(|text| Amount::positive(text).unwrap());
        Word { spoke: total.is_some(), total: amount.unwrap_or_default() }
    }

    fn brought(unit: &str, ours: Option<&str>, theirs: Option<&str>, at: i64) -> Brought {
        Brought {
            title: None,
            unit: unit.into(),
            promised: Amount::positive("15").ok(),
            ours: word(ours),
            theirs: word(theirs),
            at: Timestamp::from_second(at).unwrap(),
        }
    }

    #[test]
    fn each_unit_is_added_up_by_both_counts() {
        let nothing_counted = Brought { promised: None, ..brought("one", None, None, 0) };
        let all = [
            brought("one", Some("14"), Some("15"), 0),
            brought("hour", Some("6"), Some("6"), 0),
            brought("one", Some("20"), None, 0),
            brought("one", None, None, 0),
            nothing_counted,
        ];
        let said: Vec<String> = sums(&all)
            .into_iter()
            .map(|(unit, sum)| format!("{unit} {} {}", sum.low, sum.high))
            .collect();
        assert_eq!(said, ["hour 6 6", "one 49 50"]);
    }

    #[test]
    fn the_newest_comes_first_and_not_the_most() {
        let few = brought("one", Some("1"), Some("1"), 2);
        let many = brought("one", Some("15"), Some("15"), 1);
        let both = CameAndWent::new(vec![many.clone(), few.clone()], Vec::new());
        assert_eq!(both.came, [few, many]);
    }

    #[test]
    fn which_way_it_went_is_said_of_eight_things_in_two_years_and_not_of_fewer() {
        let now = Timestamp::from_second(10 * 365 * 86_400).unwrap();
        let two_years_ago = now.as_second() - 2 * 365 * 86_400;
        let some = |count: usize, at: i64| vec![brought("one", Some("15"), None, at); count];
        let way = |came, went| {
            CameAndWent::new(some(came, two_years_ago + 1), some(went, now.as_second())).way(now)
        };
        assert_eq!(way(4, 3), None);
        assert_eq!(way(4, 4), Some(Way::Even));
        assert_eq!(way(8, 4), Some(Way::Even));
        assert_eq!(way(9, 4), Some(Way::MoreCame));
        assert_eq!(way(0, 8), Some(Way::MoreWent));
        let long_ago = CameAndWent::new(some(9, two_years_ago), some(4, now.as_second()));
        assert_eq!(long_ago.way(now), None);
    }
}
