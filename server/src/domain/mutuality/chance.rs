//! What would come round if nobody chose for whom they do something: the band of chance (B.0, rule
//! 7; B.2). How much each gives and how much each receives stays as it is; only who receives from
//! whom is thrown anew. Much less than that band means that help runs from some to others.

use std::collections::BTreeMap;

use crate::domain::mutuality::circulation::{Arc, largest};
use crate::domain::mutuality::dice::Dice;
use crate::domain::mutuality::flows::Flows;

/// How often chance is asked.
pub const DRAWS: usize = 60;
/// So many of the lowest and so many of the highest draws lie outside the band: nine draws of ten
/// lie within.
pub const OUTSIDE: usize = 3;
/// The same throws every time.
const SEED: u64 = 0x006D_7574_7561_6C73;
/// How often everything is mixed before the first draw.
const MIXED_BEFORE: usize = 4;
/// Up to so many deeds are thrown one by one; of more, several go together.
const MOST_UNITS: u64 = 60_000;

/// Between which two amounts most draws lie, in deeds that come round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The lower end.
    pub low: u64,
    /// The upper end.
    pub high: u64,
}

/// The band for what was done; none if nothing was.
///
/// Receivers change places only among deeds alike: a person's with a person's, a pool's with a
/// pool's, so that a turn stays a turn, and what went to outside still does; never so that somebody
/// would receive from themselves. So everybody gives and receives as often as before, and the most
/// that could come round is the same in every draw. `unit` is the weight of one deed.
pub fn band(flows: &Flows, unit: u32) -> Option<Band> {
    if flows.total() == 0 {
        return None;
    }
    let mut dice = Dice::new(SEED);
    let mut groups = units(flows, unit);
    let mut sweep = |groups: &mut Vec<Vec<Arc>>| {
        groups.iter_mut().for_each(|group| mix(group, &mut dice));
    };
    (0..MIXED_BEFORE).for_each(|_| sweep(&mut groups));
    let mut draws: Vec<u64> = (0..DRAWS)
        .map(|_| {
            sweep(&mut groups);
            largest(flows.nodes(), &groups.concat())
        })
        .collect();
    draws.sort_unstable();
    let (low, high) = (draws.get(OUTSIDE)?, draws.iter().rev().nth(OUTSIDE)?);
    Some(Band { low: *low, high: *high })
}

/// Deeds that may change places with each other: alike in who receives, and of one size.
fn units(flows: &Flows, unit: u32) -> Vec<Vec<Arc>> {
    let all: u64 = flows.known().iter().map(|arc| u64::from(arc.weight)).sum();
    let size = u32::try_from(all.div_ceil(MOST_UNITS)).unwrap_or(u32::MAX).max(unit.max(1));
    let mut groups: BTreeMap<(bool, bool, u32), Vec<Arc>> = BTreeMap::new();
    for arc in flows.known() {
        let mut put = |weight: u32| {
            let alike = (flows.is_person(arc.to), flows.is_outside(arc.to), weight);
            groups.entry(alike).or_default().push(Arc { weight, ..*arc });
        };
        (0..arc.weight / size).for_each(|_| put(size));
        match arc.weight % size {
            0 => {}
            rest => put(rest),
        }
    }
    groups.into_values().collect()
}

/// Each deed changes receivers with another one, where both still give to somebody else.
fn mix(group: &mut [Arc], dice: &mut Dice) {
    for place in 0..group.len() {
        let other = dice.below(group.len());
        let (Some(one), Some(two)) = (group.get(place), group.get(other)) else { continue };
        let (one_to, two_to) = (one.to, two.to);
        if one.from == two_to || two.from == one_to {
            continue;
        }
        if let Some(one) = group.get_mut(place) {
            one.to = two_to;
        }
        if let Some(two) = group.get_mut(other) {
            two.to = one_to;
        }
    }
}
