//! Of everything that was done: how much returned straight, how much came round through others, how
//! much came back through something held in common, and how much went one way (B.2). One way is not
//! bad by itself; it is a question.

use std::collections::BTreeMap;

use crate::domain::mutuality::Part;
use crate::domain::mutuality::circulation::{Arc, largest};
use crate::domain::mutuality::flows::Flows;

/// The four parts, each in deeds; together they are everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Everything that was done.
    pub all: u64,
    /// What two people did for each other, as far as both did.
    pub direct: u64,
    /// What came round among people by way of others.
    pub round: u64,
    /// What came back through something held in common, or by way of outside.
    pub common: u64,
    /// The rest.
    pub one_way: u64,
    /// The most that could come round, given how much each gave and received.
    pub most: u64,
}

impl Split {
    /// Splits what was done.
    pub fn of(flows: &Flows) -> Self {
        let among_people = flows.among_people();
        let direct = returned(&among_people);
        let people = largest(flows.nodes(), &among_people);
        let circulation = largest(flows.nodes(), flows.known());
        let all = flows.total();
        // Two people who return something are a round of two, so the differences are never below 0.
        Self {
            all,
            direct,
            round: people.saturating_sub(direct),
            common: circulation.saturating_sub(people),
            one_way: all.saturating_sub(circulation),
            most: flows.most(),
        }
    }

    /// What came round in one of the three ways: κ times W in B.2.
    pub fn circulation(&self) -> u64 {
        self.direct + self.round + self.common
    }

    /// A part of everything.
    pub fn part(&self, of: u64) -> Part {
        Part::new(of, self.all)
    }

    /// B of B.2: are people on both sides of the table?
    pub fn balance(&self) -> Part {
        Part::new(self.most, self.all)
    }

    /// κ/B of B.2: of what could come round, how much did? None where nothing could.
    pub fn closure(&self) -> Part {
        Part::new(self.circulation(), self.most)
    }
}

/// What pairs of people returned to each other: the smaller of both ways, for each of the two.
fn returned(among_people: &[Arc]) -> u64 {
    let weights: BTreeMap<(usize, usize), u32> =
        among_people.iter().map(|arc| ((arc.from, arc.to), arc.weight)).collect();
    let back = |arc: &Arc| weights.get(&(arc.to, arc.from)).copied().unwrap_or(0);
    among_people.iter().map(|arc| u64::from(arc.weight.min(back(arc)))).sum()
}
