//! *Whose hands is it in?* (B.5): roles that go on, what hangs on few people, causes that come
//! back.

use std::collections::BTreeSet;

use crate::domain::mutuality::{Part, median};

/// In how many of the last four quarters a cause must have come up to be one that recurs.
const QUARTERS_OF_A_CAUSE: usize = 3;
/// A month of a term, in microseconds: a twelfth of 365 days.
const MONTH: i64 = 365 * 24 * 60 * 60 * 1_000_000 / 12;

/// A term of a role that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// For how many months the role was held by the same person.
    pub months: u64,
    /// Whether somebody else held it after.
    pub was_handed_on: bool,
}

/// One term of a role as it is written down. Moments are microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// A number for the role.
    pub role: i64,
    /// A number for whoever held it; none if that is forgotten.
    pub holder: Option<i64>,
    /// When it began.
    pub from: i64,
    /// When it was handed on, or due; none if it still runs.
    pub until: Option<i64>,
}

/// The terms that came to their end since a moment, from all that are written down by role and in
/// order of time. Terms of the same person that follow each other are one: whoever is named again
/// and again has held the role all the while. Several may hold a role at once, as the house is held:
/// so a term was handed on if somebody else began about when it ended.
pub fn ended_terms(tenures: &[Tenure], since: i64) -> Vec<Term> {
    let mut joined: Vec<Tenure> = Vec::new();
    for tenure in tenures {
        let is_theirs = |last: &&mut Tenure| {
            last.role == tenure.role && last.holder.is_some() && last.holder == tenure.holder
        };
        match joined.iter_mut().rev().find(is_theirs) {
            Some(last) if last.until.is_none_or(|until| tenure.from <= until + MONTH) => {
                last.until = tenure.until;
            }
            _ => joined.push(*tenure),
        }
    }
    let mut terms = Vec::new();
    for tenure in &joined {
        let Some(until) = tenure.until.filter(|until| *until >= since) else { continue };
        let follows = |other: &Tenure| {
            let is_another = other.holder.is_some() && other.holder != tenure.holder;
            other.role == tenure.role && is_another && (other.from - until).abs() <= MONTH
        };
        let months = (until - tenure.from).max(0) / MONTH;
        terms.push(Term {
            months: u64::try_from(months).unwrap_or_default(),
            was_handed_on: joined.iter().any(follows),
        });
    }
    terms
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
