//! Who did something for whom, as a graph of opaque numbers.

use std::collections::BTreeMap;

use crate::domain::mutuality::circulation::Arc;

/// Who gives or receives. The numbers are opaque: they tell one from another, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// Somebody.
    Person(u64),
    /// Something held in common: a kitchen, a fund, a tool library, the turns given to others.
    Pool(u64),
    /// Everybody else: other collectives, offices, companies.
    Outside,
    /// Somebody of whom it is no longer kept who they were: not the same one every time.
    Forgotten,
}

/// Something that was done and that both sides confirmed; a turn that was kept; what was paid into
/// or drawn from something held in common. Each counts one (B.0, rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Who gave.
    pub provider: Party,
    /// Who received.
    pub receiver: Party,
    /// How many times.
    pub weight: u32,
}

/// The deeds of some months.
///
/// What somebody does for themselves is left out: it helps nobody else, and would count as help
/// that came back. What goes to or comes from outside counts in the whole, and never as something
/// that came round: *outside* is not one neighbour but everybody else, so what came from one of
/// them is not answered by what went to another. For what a neighbour collective gave and got there
/// is the page of the two. The same holds for those who are forgotten: they are many, and nobody
/// knows any more what each of them gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    parties: Vec<Party>,
    /// Among people and pools, each pair once in each direction, in order.
    inside: Vec<Arc>,
    /// What went to outside or came from it, and what was done for or by those who are forgotten.
    outside: Vec<Arc>,
}

/// How often a person gave and received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// How often they gave.
    pub gave: u64,
    /// How often they received.
    pub received: u64,
}

/// Into so many parts a deed is divided in [`traced`].
pub const PARTS: u32 = 60;

/// What is known of where deeds went, each deed divided into [`PARTS`].
///
/// Of most turns nobody writes down who was helped by them: the kitchen counts its meals, not its
/// guests. To say that such a turn went one way would be made up, and so would be to say that it
/// came round. So of the turns at something held in common as many are looked at as it is known to
/// have given to somebody, the same part of everybody's; of the others nothing is said.
pub fn traced(deeds: &[Deed]) -> Vec<Deed> {
    let mut pools: BTreeMap<Party, (u64, u64)> = BTreeMap::new();
    for deed in deeds.iter().filter(|deed| deed.provider != deed.receiver) {
        if matches!(deed.receiver, Party::Pool(_)) {
            pools.entry(deed.receiver).or_default().0 += u64::from(deed.weight);
        }
        if matches!(deed.provider, Party::Pool(_)) {
            pools.entry(deed.provider).or_default().1 += u64::from(deed.weight);
        }
    }
    let part = |deed: &Deed| {
        let all = u64::from(deed.weight) * u64::from(PARTS);
        let known = match pools.get(&deed.receiver) {
            Some((got, gave)) if got > gave => all * gave / got,
            _ => all,
        };
        u32::try_from(known).unwrap_or(u32::MAX)
    };
    deeds.iter().map(|deed| Deed { weight: part(deed), ..*deed }).collect()
}

impl Flows {
    /// Adds deeds up. The order in which they come does not matter.
    pub fn new(deeds: &[Deed]) -> Self {
        let mut sums: BTreeMap<(Party, Party), u32> = BTreeMap::new();
        for deed in deeds.iter().filter(|deed| deed.provider != deed.receiver && deed.weight > 0) {
            let sum = sums.entry((deed.provider, deed.receiver)).or_default();
            *sum = sum.saturating_add(deed.weight);
        }
        let mut places: BTreeMap<Party, usize> = BTreeMap::new();
        for (from, to) in sums.keys() {
            places.insert(*from, 0);
            places.insert(*to, 0);
        }
        for (place, number) in places.values_mut().zip(0..) {
            *place = number;
        }
        let place = |party: &Party| places.get(party).copied().unwrap_or_default();
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for ((from, to), weight) in &sums {
            let arc = Arc { from: place(from), to: place(to), weight: *weight };
            let is_many = |party: &Party| matches!(party, Party::Outside | Party::Forgotten);
            let is_outside = is_many(from) || is_many(to);
            if is_outside { outside.push(arc) } else { inside.push(arc) }
        }
        Self { parties: places.into_keys().collect(), inside, outside }
    }

    /// How many parties there are.
    pub fn nodes(&self) -> usize {
        self.parties.len()
    }

    /// What was done among people and what they hold in common.
    pub fn inside(&self) -> &[Arc] {
        &self.inside
    }

    /// What was done from one person to another.
    pub fn among_people(&self) -> Vec<Arc> {
        let is_both = |arc: &&Arc| self.is_person(arc.from) && self.is_person(arc.to);
        self.inside.iter().filter(is_both).copied().collect()
    }

    /// Everything that was done.
    pub fn total(&self) -> u64 {
        sum(&self.inside) + sum(&self.outside)
    }

    /// What came from outside, of everything that the collective and its people received.
    pub fn from_outside(&self) -> super::Part {
        let is_from = |arc: &&Arc| self.parties.get(arc.from) == Some(&Party::Outside);
        let came: u64 = self.outside.iter().filter(is_from).map(|arc| u64::from(arc.weight)).sum();
        super::Part::new(came, sum(&self.inside) + came)
    }

    /// Whether a node is a person.
    pub fn is_person(&self, node: usize) -> bool {
        matches!(self.parties.get(node), Some(Party::Person(_)))
    }

    /// How often each person gave and received, to and from whomever. Nobody learns who is who.
    pub fn people(&self) -> Vec<Activity> {
        let mut all = vec![Activity::default(); self.nodes()];
        for arc in self.inside.iter().chain(&self.outside) {
            if let Some(from) = all.get_mut(arc.from) {
                from.gave += u64::from(arc.weight);
            }
            if let Some(to) = all.get_mut(arc.to) {
                to.received += u64::from(arc.weight);
            }
        }
        let people = all.into_iter().zip(0..).filter(|(_, node)| self.is_person(*node));
        people.map(|(activity, _)| activity).collect()
    }

    /// The most that could come round among people and what they hold in common, given how much
    /// each gave and received there.
    pub fn most(&self) -> u64 {
        let mut gave = vec![0_u64; self.nodes()];
        let mut got = gave.clone();
        for arc in &self.inside {
            if let Some(from) = gave.get_mut(arc.from) {
                *from += u64::from(arc.weight);
            }
            if let Some(to) = got.get_mut(arc.to) {
                *to += u64::from(arc.weight);
            }
        }
        gave.iter().zip(&got).map(|(gave, got)| gave.min(got)).sum()
    }
}

fn sum(arcs: &[Arc]) -> u64 {
    arcs.iter().map(|arc| u64::from(arc.weight)).sum()
}
