//! An honest picture of mutuality (mission part B): does help go round here, or does it run one
//! way?
//!
//! Everything here is about the collective as a whole. Whoever took part is an opaque number that
//! means nothing outside one calculation; no result is about a person, and no result is ever put
//! together with another into one number (E0b). The page, the command line and the agenda of the
//! assembly may use this, and nothing else may: what decides about people becomes a target (B.0,
//! rule 8). `tests/integration/tidy.rs` checks it.
//!
//! What each figure means, how it is computed and what it cannot know stands in
//! `docs/mutuality.md`; the reasons for what part B leaves open stand there and beside the code.

pub mod attention;
pub mod autonomy;
pub mod carriers;
pub mod chance;
pub mod circulation;
pub mod coverage;
pub mod dice;
pub mod drift;
pub mod durability;
pub mod figures;
pub mod flows;
pub mod functions;
pub mod record;
pub mod report;
pub mod split;
pub mod ties;

/// With fewer people than this nothing is counted: whoever looks could point at somebody (B.0, rule
/// 5).
pub const FEWEST_PEOPLE: u64 = 8;
/// What fewer people or events than this stand behind is not shown, unless it is nobody at all:
/// that is a finding, and points at nobody (B.0, rule 5).
pub const SMALLEST_CELL: u64 = 5;
/// Shares are shown in steps of one twentieth, five in a hundred (B.0, rule 5).
const STEPS: f64 = 20.0;

/// A part of a whole, both counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl Part {
    /// So many of so many.
    pub fn new(part: u64, whole: u64) -> Self {
        Self { part, whole }
    }

    /// The share, from 0 to 1; none of nothing.
    pub fn share(self) -> Option<f64> {
        (self.whole > 0).then(|| number(self.part) / number(self.whole))
    }
}

/// A share in steps of five in a hundred.
pub fn rounded(share: f64) -> f64 {
    (share * STEPS).round() / STEPS
}

/// A count of people in steps of five, so that nobody who comes or leaves is seen in it. What is
/// less than one step stays as it is: where that is shown, nobody can be pointed at.
pub fn rounded_count(count: u64) -> u64 {
    match count {
        0..SMALLEST_CELL => count,
        _ => (count + SMALLEST_CELL / 2) / SMALLEST_CELL * SMALLEST_CELL,
    }
}

/// A count as a number to divide; what is more than four thousand million is not told apart.
pub fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The one in the middle; of two in the middle, the lower.
pub fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
#[path = "mutuality_tests.rs"]
mod tests;
