//! Who carries: never who, only how many hands, and whether those hands are ever filled (B.3).

use crate::domain::mutuality::flows::Activity;
use crate::domain::mutuality::{Part, number};

/// The smallest set of people who together made half of what people gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carriers {
    /// How many they are.
    pub size: u64,
    /// The share of them who received at least once. Where the last of them gave as much as others
    /// who are not among them, it is not decided who: the share of all of those counts for the
    /// places that are left. So no order of people, and no name, changes it.
    pub received: f64,
}

/// The people who both gave and received at least once, of all who did either.
pub fn two_way(people: &[Activity]) -> Part {
    let both = people.iter().filter(|person| person.gave > 0 && person.received > 0);
    Part::new(count(both), count(people.iter()))
}

/// The carriers; none if nobody gave anything.
pub fn carriers(people: &[Activity]) -> Option<Carriers> {
    let mut gave: Vec<u64> = people.iter().map(|person| person.gave).collect();
    gave.sort_unstable_by(|one, other| other.cmp(one));
    let all: u64 = gave.iter().sum();
    let mut so_far = 0;
    let mut size = 0;
    let mut last = 0;
    for amount in gave.into_iter().take_while(|amount| *amount > 0) {
        if so_far * 2 >= all {
            break;
        }
        so_far += amount;
        size += 1;
        last = amount;
    }
    if size == 0 {
        return None;
    }
    let above: Vec<&Activity> = people.iter().filter(|person| person.gave > last).collect();
    let alike: Vec<&Activity> = people.iter().filter(|person| person.gave == last).collect();
    let places = size - count(above.iter());
    let received = |of: &[&Activity]| number(count(of.iter().filter(|one| one.received > 0)));
    let among_alike = number(places) * received(&alike) / number(count(alike.iter()));
    Some(Carriers { size, received: (received(&above) + among_alike) / number(size) })
}

/// How unevenly something is spread: 0 if all have as much, 1 if one has all. The Gini coefficient
/// with n/(n−1), because groups are small (B.1). None for fewer than two, or for nothing.
pub fn gini(amounts: &[f64]) -> Option<f64> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let many = number(count(sorted.iter()));
    let all: f64 = sorted.iter().sum();
    if many < 2.0 || all <= 0.0 {
        return None;
    }
    let ranks = (1..).map(|rank: u32| 2.0 * f64::from(rank) - many - 1.0);
    let spread: f64 = ranks.zip(&sorted).map(|(rank, amount)| rank * amount).sum();
    Some(spread / ((many - 1.0) * all))
}

/// As if by how many people it were carried who all did as much: 1/HHI (B.1).
pub fn effective_number(amounts: &[f64]) -> Option<f64> {
    let all: f64 = amounts.iter().sum();
    let squares: f64 = amounts.iter().map(|amount| (amount / all).powi(2)).sum();
    (all > 0.0).then(|| squares.recip())
}

fn count(people: impl Iterator) -> u64 {
    u64::try_from(people.count()).unwrap_or(u64::MAX)
}
