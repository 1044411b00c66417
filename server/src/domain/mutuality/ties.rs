//! Whether help brings people together who did not know each other (E25). Only ever for all of
//! them: nothing here can be asked about a person or about two.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::mutuality::Part;

/// Two people between whom something was done, in either direction.
pub type Meeting = (u64, u64);

/// What was done between two people who had not met before, of everything that was done between two
/// people. `before` is what came earlier than the months that are looked at.
pub fn new_ties(before: &[Meeting], now: &[Meeting]) -> Part {
    let mut known: BTreeSet<Meeting> = before.iter().map(|meeting| pair(*meeting)).collect();
    let mut part = Part::default();
    for meeting in now {
        part.whole += 1;
        part.part += u64::from(known.insert(pair(*meeting)));
    }
    part
}

/// What was done across groups, of what was done between two people who both have a group. There is
/// one kind of group so far: in which language people read the pages here.
pub fn bridges(meetings: &[Meeting], group_of: &BTreeMap<u64, u64>) -> Part {
    let groups = |(one, other): &Meeting| Some((group_of.get(one)?, group_of.get(other)?));
    meetings.iter().filter_map(groups).fold(Part::default(), |sum, (one, other)| {
        Part::new(sum.part + u64::from(one != other), sum.whole + 1)
    })
}

fn pair((one, other): Meeting) -> Meeting {
    (one.min(other), one.max(other))
}
