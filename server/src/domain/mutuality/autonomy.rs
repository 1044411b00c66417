//! *Whose hands is it in?* (B.5): roles that go on, what hangs on few people, causes that come
//! back.

use std::collections::BTreeSet;

use crate::domain::mutuality::{Part, median};

/// In how many of the last four quarters a cause must have come up to be one that recurs.
const QUARTERS_OF_A_CAUSE: usize = 3;

/// A term of a role that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// For how many months the role was held by the same person.
    pub months: u64,
    /// Whether somebody else held it after.
    pub was_handed_on: bool,
}

/// Terms that somebody else took over when they were due, of all that were.
pub fn rotation(terms: &[Term]) -> Part {
    let count = |terms: usize| u64::try_from(terms).unwrap_or(u64::MAX);
    let handed_on = terms.iter().filter(|term| term.was_handed_on).count();
    Part::new(count(handed_on), count(terms.len()))
}

/// The months that a role is usually held.
pub fn months_in_role(terms: &[Term]) -> Option<u64> {
    median(terms.iter().map(|term| term.months).collect())
}

/// The smallest number of people without whom some duty, fund or key has nobody: 1 where one person
/// alone holds something, 0 where nobody holds it already. `holders` are those who can open each.
/// None if there is nothing to hold.
pub fn bus_number(holders: &[BTreeSet<u64>]) -> Option<u64> {
    holders.iter().map(|people| u64::try_from(people.len()).unwrap_or(u64::MAX)).min()
}

/// Whether a cause recurs: it came up in three of the last four quarters.
pub fn recurs(by_quarter: &[u64]) -> bool {
    by_quarter.iter().rev().take(4).filter(|times| **times > 0).count() >= QUARTERS_OF_A_CAUSE
}

/// Causes that recur and have an answer that is still open (a project, a campaign, a demand, an
/// agreement), of all that recur: the structural response rate (E20).
pub fn answered_causes(causes: &[(Vec<u64>, bool)]) -> Part {
    let recurring = causes.iter().filter(|(quarters, _)| recurs(quarters));
    recurring.fold(Part::default(), |sum, (_, is_answered)| {
        Part::new(sum.part + u64::from(*is_answered), sum.whole + 1)
    })
}
