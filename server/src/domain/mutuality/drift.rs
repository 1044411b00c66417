//! Did it change lately? The last two quarters beside the four before (mission E2). It is only ever
//! a question for the assembly, and it is asked once.
//!
//! Only sums of quarters are needed, so it still works when the deeds themselves are gone.

use crate::domain::mutuality::dice::Dice;
use crate::domain::mutuality::{Part, number};

/// How many quarters are compared with those before.
const LATELY: usize = 2;
/// With how many they are compared.
const BEFORE: usize = 4;
/// How many quarters it takes.
pub const NEEDED: usize = LATELY + BEFORE;
/// For so many quarters after a question the same is not asked again: by then the four before are
/// as much as the new level.
const RESTS: usize = 4;
/// A change that the page would not show, because it rounds, is not asked about.
const LEAST: f64 = 0.05;
/// With fewer deeds than this in a quarter nothing is compared.
const FEWEST_DEEDS: u64 = 20;
/// How many histories in which nothing changes are made up.
const REPLICATES: usize = 1000;
/// The change must be greater than in all but so many of them: five in a thousand.
const BEYOND: usize = 5;
/// The spread of deeds thrown one by one. What happened is never taken for calmer than that; what
/// is made up may be, since six quarters often look calmer than they are.
const ALONE: f64 = 1.0;
/// The same made-up histories every time.
const SEED: u64 = 0x0064_7269_6674;

/// At which quarters the question is asked, where any of several shares has risen: of what went one
/// way, of what belonged to rounds. Each series is in order, without gaps, and ends with the same
/// quarter as the others.
pub fn notices(series: &[&[Part]]) -> Vec<usize> {
    let quarters = series.iter().map(|shares| shares.len()).min().unwrap_or_default();
    let mut asked: Vec<usize> = Vec::new();
    for last in NEEDED - 1..quarters {
        let rests = asked.last().is_some_and(|before| last - before <= RESTS);
        let window = |shares: &[Part]| shares.get(last + 1 - NEEDED..=last).is_some_and(has_risen);
        if !rests && series.iter().any(|shares| window(shares)) {
            asked.push(last);
        }
    }
    asked
}

/// Whether the share of the last two quarters is higher than that of the four before, by more than
/// the band of chance: a parametric bootstrap.
///
/// Quarters differ by more than chance alone, because people and their needs come in groups: by how
/// much more is estimated from how the four differ among themselves, and the two. A thousand
/// histories are made up in which nothing changes and quarters differ as much as these do; in each
/// the spread is estimated anew, as it was here, since six quarters tell little about it.
pub fn has_risen(quarters: &[Part]) -> bool {
    let is_enough =
        quarters.len() == NEEDED && quarters.iter().all(|quarter| quarter.whole >= FEWEST_DEEDS);
    if !is_enough {
        return false;
    }
    let sizes: Vec<f64> = quarters.iter().map(|quarter| number(quarter.whole)).collect();
    let shares: Vec<f64> =
        quarters.iter().map(|quarter| quarter.share().unwrap_or_default()).collect();
    let seen = Change::of(&shares, &sizes);
    if seen.rise < LEAST {
        return false;
    }
    let (all, level) = (sizes.iter().sum::<f64>(), weighted(&shares, &sizes));
    // As if one more deed had gone half one way: a level of exactly nothing has no spread.
    let level = (level * all + 0.5) / (all + 1.0);
    let mut dice = Dice::new(SEED);
    let mut chance: Vec<f64> = (0..REPLICATES)
        .map(|_| {
            let one = |size: &f64| {
                let deviation = (seen.spread.max(ALONE) * level * (1.0 - level) / size).sqrt();
                (level + deviation * dice.around_nothing()).clamp(0.0, 1.0)
            };
            let history: Vec<f64> = sizes.iter().map(one).collect();
            Change::of(&history, &sizes).beside_spread(f64::MIN_POSITIVE)
        })
        .collect();
    chance.sort_unstable_by(f64::total_cmp);
    let seen = seen.beside_spread(ALONE);
    chance.iter().rev().nth(BEYOND).is_some_and(|limit| seen > *limit)
}

/// How much higher the last two are, and how much more quarters differ than deeds thrown one by one
/// would.
struct Change {
    rise: f64,
    spread: f64,
}

impl Change {
    fn of(shares: &[f64], sizes: &[f64]) -> Self {
        let (earlier, later) = shares.split_at(BEFORE.min(shares.len()));
        let (earlier_sizes, later_sizes) = sizes.split_at(BEFORE.min(sizes.len()));
        let rise = weighted(later, later_sizes) - weighted(earlier, earlier_sizes);
        // One is lost for each of the two levels that are estimated.
        let free = number(u64::try_from(NEEDED - 2).unwrap_or_default());
        let differing = unlike(earlier, earlier_sizes) + unlike(later, later_sizes);
        Self { rise, spread: differing / free }
    }

    /// The rise in units of the spread, which is never taken for less than `least`.
    fn beside_spread(&self, least: f64) -> f64 {
        self.rise / self.spread.max(least).sqrt()
    }
}

fn weighted(shares: &[f64], sizes: &[f64]) -> f64 {
    let sum: f64 = shares.iter().zip(sizes).map(|(share, size)| share * size).sum();
    sum / sizes.iter().sum::<f64>()
}

/// Pearson's chi-squared of some quarters against their common level.
fn unlike(shares: &[f64], sizes: &[f64]) -> f64 {
    let level = weighted(shares, sizes);
    let expected = level * (1.0 - level);
    if expected <= 0.0 {
        return 0.0;
    }
    let one = |(share, size): (&f64, &f64)| size * (share - level).powi(2) / expected;
    shares.iter().zip(sizes).map(one).sum()
}
