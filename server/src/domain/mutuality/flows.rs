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
/// that came back. *Outside* is one party of the graph, as B.2 has it: what went there may come
/// back from there; it is no person, and counts nowhere as one. Only those who are forgotten stand
/// apart: they are many, and nobody knows any more what each of them gave, so what was done for or
/// by them counts in the whole and always as one way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    parties: Vec<Party>,
    /// Among people, pools and outside, each pair once in each direction, in order.
    known: Vec<Arc>,
    /// What was done for or by those who are forgotten.
    forgotten: Vec<Arc>,
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
        let (mut known, mut forgotten) = (Vec::new(), Vec::new());
        for ((from, to), weight) in &sums {
            let arc = Arc { from: place(from), to: place(to), weight: *weight };
            let is_forgotten = *from == Party::Forgotten || *to == Party::Forgotten;
            if is_forgotten { forgotten.push(arc) } else { known.push(arc) }
        }
        Self { parties: places.into_keys().collect(), known, forgotten }
    }

    /// How many parties there are.
    pub fn nodes(&self) -> usize {
        self.parties.len()
    }

    /// What was done among people, what they hold in common, and outside.
    pub fn known(&self) -> &[Arc] {
        &self.known
    }

    /// What was done from one person to another.
    pub fn among_people(&self) -> Vec<Arc> {
        let is_both = |arc: &&Arc| self.is_person(arc.from) && self.is_person(arc.to);
        self.known.iter().filter(is_both).copied().collect()
    }

    /// Everything that was done.
    pub fn total(&self) -> u64 {
        sum(&self.known) + sum(&self.forgotten)
    }

    /// What came from outside, of everything that the collective and its people received.
    pub fn from_outside(&self) -> super::Part {
        let weight_where = |is: &dyn Fn(&Arc) -> bool| -> u64 {
            self.known.iter().filter(|arc| is(arc)).map(|arc| u64::from(arc.weight)).sum()
        };
        let came = weight_where(&|arc| self.is_outside(arc.from));
        super::Part::new(came, weight_where(&|arc| !self.is_outside(arc.to)))
    }

    /// Whether a node is a person.
    pub fn is_person(&self, node: usize) -> bool {
        matches!(self.parties.get(node), Some(Party::Person(_)))
    }

    /// Whether a node is everybody else.
    pub fn is_outside(&self, node: usize) -> bool {
        self.parties.get(node) == Some(&Party::Outside)
    }

    /// How often each person gave and received, to and from whomever. Nobody learns who is who.
    pub fn people(&self) -> Vec<Activity> {
        let mut all = vec![Activity::default(); self.nodes()];
        for arc in self.known.iter().chain(&self.forgotten) {
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

    /// The most that could come round among people, what they hold in common, and outside, given
    /// how much each gave and received there.
    pub fn most(&self) -> u64 {
        let mut gave = vec![0_u64; self.nodes()];
        let mut got = gave.clone();
        for arc in &self.known {
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
