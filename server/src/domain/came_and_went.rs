//! What two collectives brought each other, for their members: two lists, each for itself. Nobody
//! takes one from the other, and nobody is put in an order by it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::amount::Amount;
use crate::domain::fulfilment::Word;

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
}
