//! Where attention goes (E24), and whether what happens is more than what is announced (E21).

use crate::domain::mutuality::carriers::gini;
use crate::domain::mutuality::{Part, SMALLEST_CELL, median, number};

/// How unevenly open needs are answered: 0 if each is answered as far as the others, 1 if one got
/// everything. `answered` is, for each need, the share of what was asked that was promised.
pub fn attention(answered: &[f64]) -> Option<f64> {
    gini(answered)
}

/// The needs of one kind, or in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The hours until each was answered, of those that were.
    pub waited: Vec<u64>,
    /// How many were not.
    pub unmet: u64,
}

impl Group {
    /// Those that were not answered, of all.
    pub fn unmet(&self) -> Part {
        let met = u64::try_from(self.waited.len()).unwrap_or(u64::MAX);
        Part::new(self.unmet, met + self.unmet)
    }
}

/// The usual hours until an answer in the fastest group and in the slowest, of groups of at least
/// five. None if fewer than two groups are that large.
pub fn waiting(groups: &[Group]) -> Option<(u64, u64)> {
    let is_large =
        |group: &&Group| u64::try_from(group.waited.len()).is_ok_and(|size| size >= SMALLEST_CELL);
    let usual: Vec<u64> =
        groups.iter().filter(is_large).filter_map(|group| median(group.waited.clone())).collect();
    let (fastest, slowest) = (usual.iter().min()?, usual.iter().max()?);
    (usual.len() > 1).then_some((*fastest, *slowest))
}

/// How many handovers and turns there were for each post that only said something.
pub fn deeds_per_announcement(deeds: u64, announcements: u64) -> Option<f64> {
    (announcements > 0).then(|| number(deeds) / number(announcements))
}
