//! What a decision carries out, said so that the software can hold an act against it: who gets a role
//! until when, or whose term ends. Whoever is not a steward gives or ends a role by such a decision
//! only; so it is made with enough people and enough time, and nobody is named overnight.

use jiff::{SignedDuration, Timestamp};

use crate::domain::id::{MemberId, RoleId, TermId};
use crate::domain::refusal::Refusal;

/// A decision that carries something out is open for so long at least, also if everybody has spoken.
pub const SHORTEST: SignedDuration = SignedDuration::from_hours(72);

/// What a decision carries out. What it names stands here as ids: a name would stay when its owner
/// has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Somebody gets a role.
    Name {
        /// Which.
        role: RoleId,
        /// Who.
        holder: MemberId,
        /// Until when at most.
        until: Timestamp,
    },
    /// A term ends.
    EndTerm {
        /// Which.
        term: TermId,
    },
}

impl Subject {
    /// As it is stored.
    pub fn written(self) -> String {
        match self {
            Self::Name { role, holder, until } => format!("name {role} {holder} {until}"),
            Self::EndTerm { term } => format!("end {term}"),
        }
    }

    /// Reads what is stored.
    pub fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(' ').collect();
        match parts.as_slice() {
            ["name", role, holder, until] => Some(Self::Name {
                role: role.parse().ok()?,
                holder: holder.parse().ok()?,
                until: until.parse().ok()?,
            }),
            ["end", term] => Some(Self::EndTerm { term: term.parse().ok()? }),
            _ => None,
        }
    }
}

/// How many of so many members must speak at least: a third of them, rounded up.
pub fn least_quorum(members: i64) -> i64 {
    ((members + 2) / 3).max(1)
}

/// Refuses a decision that carries something out with too few people or in too little time.
pub fn check_breadth(
    quorum: i64,
    members: i64,
    (closes_at, now): (Timestamp, Timestamp),
) -> Result<(), Refusal> {
    if quorum < least_quorum(members) {
        return Err(Refusal::QuorumSmall);
    }
    if closes_at.duration_since(now) < SHORTEST { Err(Refusal::DeadlineSoon) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e18_what_carries_something_out_takes_a_third_of_us_and_three_days() {
        for (members, least) in [(0, 1), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (100, 34)] {
            assert_eq!(least_quorum(members), least, "{members}");
        }
        let now: Timestamp = "2026-11-29T10:00:00Z".parse().unwrap();
        let check = |quorum, hours| {
            let closes_at = now + SignedDuration::from_hours(hours);
            check_breadth(quorum, 7, (closes_at, now))
        };
        assert_eq!(check(2, 100), Err(Refusal::QuorumSmall));
        assert_eq!(check(3, 71), Err(Refusal::DeadlineSoon));
        assert_eq!(check(3, 72), Ok(()));
    }

    #[test]
    fn what_is_stored_is_read_as_it_was() {
        let until: Timestamp = "2027-11-29T22:59:00.000001Z".parse().unwrap();
        let (role, holder) = (RoleId::from_number(1), MemberId::from_number(77));
        let end = Subject::EndTerm { term: TermId::from_number(5) };
        for subject in [Subject::Name { role, holder, until }, end] {
            assert_eq!(Subject::read(&subject.written()), Some(subject));
        }
        for odd in ["", "name", "end", "name 1 2", "end x", "give 0000000000001"] {
            assert_eq!(Subject::read(odd), None, "{odd}");
        }
    }
}
