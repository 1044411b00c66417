//! Funds are mutual before anything happens: most people never draw. So a fund is asked whether
//! those who carry it and those whom it covers are the same people (B.4). Common funds come later;
//! whoever keeps one calls this with the numbers of both.

use std::collections::BTreeSet;

use crate::domain::mutuality::Part;

/// Those who pay and are covered, of all who pay or are covered. Whoever's part is waived by the
/// charter counts among those who pay: the charter carries them.
pub fn coverage(payers: &BTreeSet<u64>, covered: &BTreeSet<u64>) -> Part {
    let count = |numbers: usize| u64::try_from(numbers).unwrap_or(u64::MAX);
    Part::new(count(payers.intersection(covered).count()), count(payers.union(covered).count()))
}
