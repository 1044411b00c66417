//! The largest circulation in a graph: as much of what was done as can be laid into closed rounds.
//!
//! To keep the largest part in which everybody gives on as much as they got is to leave out the
//! smallest part that makes the rest even. What is left out must carry, from those who gave more
//! than they got to those who got more than they gave, exactly that surplus, along arcs that exist:
//! a minimum cost flow in which a unit costs one on every arc. It is found by the primal-dual
//! method (Ahuja, Magnanti, Orlin, *Network Flows*, 9.8): find how far the nearest shortfall is,
//! fill every shortest way at once with blocking flows, and go on to the next distance. Distances
//! are small whole numbers, so a bucket for each is all the queue there is. The result is exact,
//! and whole because the weights are.
//!
//! It is ours because nothing kept fits: `petgraph` and `pathfinding` have no minimum cost flow,
//! `rs-graph` and `mcmf` have rested since 2022 and 2018, and a solver of linear programmes would
//! compute with fractions.

#![expect(clippy::indexing_slicing, reason = "nodes and arcs are numbers that stand below lengths")]

use std::collections::VecDeque;

/// Something went from one node to another, so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arc {
    /// Who gave.
    pub from: usize,
    /// Who received.
    pub to: usize,
    /// How many times.
    pub weight: u32,
}

/// The weight of the largest circulation within `arcs` among the nodes below `nodes`. Several arcs
/// may join the same two nodes. What somebody gives to themselves, and arcs to nodes that there are
/// not, is left out.
pub fn largest(nodes: usize, arcs: &[Arc]) -> u64 {
    let is_kept = |arc: &&Arc| arc.from != arc.to && arc.from < nodes && arc.to < nodes;
    let kept: Vec<Arc> = arcs.iter().filter(is_kept).copied().collect();
    let all: u64 = kept.iter().map(|arc| u64::from(arc.weight)).sum();
    let mut network = Network::new(nodes, &kept);
    while let Some(nearest) = network.measure() {
        network.move_potentials(nearest);
        network.find_tight();
        while network.layer() {
            network.fill();
        }
    }
    all.saturating_sub(network.left_out())
}

/// An arc, or the same arc the other way.
#[derive(Clone, Copy, Default)]
struct Link {
    /// Where it leads.
    to: u32,
    /// The same arc the other way.
    twin: u32,
    /// How much more it takes.
    room: u32,
    /// One for an arc that was there, minus one for taking back what was left out.
    cost: i32,
}

/// What can still be left out, and what has been.
struct Network {
    /// Where the links of each node begin; one more than there are nodes.
    begin: Vec<usize>,
    /// The links, by node.
    links: Vec<Link>,
    /// What each node gave more than it got, and has not passed on yet.
    surplus: Vec<i64>,
    /// How far each node is from those with a surplus.
    potential: Vec<i32>,
    /// The distance of each node beyond its potential.
    distance: Vec<i32>,
    /// The links that lie on shortest ways as the potentials are, by node.
    tight: Vec<usize>,
    /// Where those of each node begin; one more than there are nodes.
    tight_begin: Vec<usize>,
    /// The place of each node in the layers of the shortest ways.
    layer: Vec<usize>,
    /// Which of its tight links each node tries next.
    next: Vec<usize>,
}

/// Not reached.
const FAR: i32 = i32::MAX;
const NOWHERE: usize = usize::MAX;

impl Network {
    fn new(nodes: usize, arcs: &[Arc]) -> Self {
        let mut begin = vec![0; nodes + 1];
        let mut surplus = vec![0; nodes];
        for arc in arcs {
            begin[arc.from + 1] += 1;
            begin[arc.to + 1] += 1;
            surplus[arc.from] += i64::from(arc.weight);
            surplus[arc.to] -= i64::from(arc.weight);
        }
        for node in 0..nodes {
            begin[node + 1] += begin[node];
        }
        let mut links = vec![Link::default(); arcs.len() * 2];
        let mut free = begin.clone();
        for arc in arcs {
            let (there, back) = (free[arc.from], free[arc.to]);
            free[arc.from] += 1;
            free[arc.to] += 1;
            links[there] = Link { to: small(arc.to), twin: small(back), room: arc.weight, cost: 1 };
            links[back] = Link { to: small(arc.from), twin: small(there), room: 0, cost: -1 };
        }
        Self {
            next: vec![0; nodes],
            tight: Vec::with_capacity(links.len()),
            tight_begin: vec![0; nodes + 1],
            begin,
            links,
            surplus,
            potential: vec![0; nodes],
            distance: vec![FAR; nodes],
            layer: vec![NOWHERE; nodes],
        }
    }

    /// The distance of the nearest node with a shortfall, if anybody still has a surplus.
    fn measure(&mut self) -> Option<i32> {
        self.distance.fill(FAR);
        let mut buckets: Vec<Vec<usize>> = vec![Vec::new()];
        for (node, surplus) in self.surplus.iter().enumerate() {
            if *surplus > 0 {
                self.distance[node] = 0;
                buckets[0].push(node);
            }
        }
        let mut distance = 0;
        let mut at = 0;
        while at < buckets.len() {
            while let Some(node) = buckets[at].pop() {
                if self.distance[node] != distance {
                    continue;
                }
                if self.surplus[node] < 0 {
                    return Some(distance);
                }
                self.reach_on(node, &mut buckets);
            }
            distance += 1;
            at += 1;
        }
        None
    }

    /// Notes the distances of the nodes after this one.
    fn reach_on(&mut self, node: usize, buckets: &mut Vec<Vec<usize>>) {
        let before = self.distance[node] + self.potential[node];
        for link in &self.links[self.begin[node]..self.begin[node + 1]] {
            let there = large(link.to);
            // What a link costs beyond what the potentials of its ends account for is never below
            // zero where there is room.
            let distance = before + link.cost - self.potential[there];
            if distance < self.distance[there] && link.room > 0 {
                self.distance[there] = distance;
                let bucket = usize::try_from(distance).unwrap_or_default();
                if buckets.len() <= bucket {
                    buckets.resize(bucket + 1, Vec::new());
                }
                buckets[bucket].push(there);
            }
        }
    }

    fn move_potentials(&mut self, nearest: i32) {
        for (potential, distance) in self.potential.iter_mut().zip(&self.distance) {
            *potential += nearest.min(*distance);
        }
    }

    /// Most links never lie on a shortest way, so those that do are put together once and then
    /// looked at many times. The twin of such a link is one too.
    fn find_tight(&mut self) {
        self.tight.clear();
        let nodes = self.surplus.len();
        for node in 0..nodes {
            self.tight_begin[node] = self.tight.len();
            let potential = self.potential[node];
            for place in self.begin[node]..self.begin[node + 1] {
                let link = self.links[place];
                if potential + link.cost == self.potential[large(link.to)] {
                    self.tight.push(place);
                }
            }
        }
        self.tight_begin[nodes] = self.tight.len();
    }

    /// Lays the nodes that can be reached at no further cost into layers; says whether one of them
    /// has a shortfall.
    fn layer(&mut self) -> bool {
        self.layer.fill(NOWHERE);
        let mut open = VecDeque::new();
        for (node, surplus) in self.surplus.iter().enumerate() {
            if *surplus > 0 {
                self.layer[node] = 0;
                open.push_back(node);
            }
        }
        let mut is_reached = false;
        while let Some(node) = open.pop_front() {
            is_reached |= self.surplus[node] < 0;
            for place in &self.tight[self.tight_begin[node]..self.tight_begin[node + 1]] {
                let link = self.links[*place];
                let there = large(link.to);
                if self.layer[there] == NOWHERE && link.room > 0 {
                    self.layer[there] = self.layer[node] + 1;
                    open.push_back(there);
                }
            }
        }
        is_reached
    }

    /// Carries surpluses along the layers until no way is left.
    fn fill(&mut self) {
        let nodes = self.surplus.len();
        self.next.copy_from_slice(&self.tight_begin[..nodes]);
        let mut way = Vec::new();
        for source in 0..nodes {
            let mut node = source;
            while self.surplus[source] > 0 {
                if self.surplus[node] < 0 {
                    self.carry(source, node, &way);
                    way.clear();
                    node = source;
                } else if let Some(place) = self.step(node) {
                    way.push(place);
                    node = large(self.links[place].to);
                } else if let Some(place) = way.pop() {
                    // Nothing beyond this node: never come here again.
                    node = large(self.links[large(self.links[place].twin)].to);
                    self.next[node] += 1;
                } else {
                    break;
                }
            }
            way.clear();
        }
    }

    /// The next link of a node that leads one layer on.
    fn step(&mut self, node: usize) -> Option<usize> {
        while self.next[node] < self.tight_begin[node + 1] {
            let place = self.tight[self.next[node]];
            let link = self.links[place];
            let leads_on = self.layer[large(link.to)] == self.layer[node].wrapping_add(1);
            if leads_on && link.room > 0 {
                return Some(place);
            }
            self.next[node] += 1;
        }
        None
    }

    fn carry(&mut self, source: usize, end: usize, way: &[usize]) {
        let room = way.iter().map(|place| i64::from(self.links[*place].room)).min().unwrap_or(0);
        let amount = room.min(self.surplus[source]).min(-self.surplus[end]);
        let units = u32::try_from(amount).unwrap_or_default();
        for place in way {
            self.links[*place].room -= units;
            let twin = large(self.links[*place].twin);
            self.links[twin].room += units;
        }
        self.surplus[source] -= amount;
        self.surplus[end] += amount;
    }

    /// How much was left out in all.
    fn left_out(&self) -> u64 {
        let taken = self.links.iter().filter(|link| link.cost < 0);
        taken.map(|link| u64::from(link.room)).sum()
    }
}

/// A place as it stands in a link, which is kept small because there are many.
fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn large(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
