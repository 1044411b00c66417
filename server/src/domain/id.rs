//! Time-ordered identifiers, one type per kind of thing.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

/// Crockford's base 32 (<https://www.crockford.com/base32.html>): no I, L, O or U to misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters an id has when written: 13 × 5 bits hold the 63 bits of a positive `i64`.
const WRITTEN_LENGTH: usize = 13;

/// The identifier of a `T`: milliseconds in the upper 41 bits, chance in the lower 22.
///
/// It sorts by time, fits a `BIGINT`, and is written as 13 characters. It is not a secret: what a
/// stranger may not see is protected by its audience, never by its id.
pub struct Id<T>(i64, PhantomData<fn() -> T>);

/// The id of a need or an offer.
pub type ProposalId = Id<crate::domain::proposal::Proposal>;
/// The id of a promise.
pub type PromiseId = Id<crate::domain::promise::Promise>;
/// The id of one side's confirmation.
pub type ConfirmationId = Id<crate::domain::fulfilment::Confirmation>;
/// The id of a fulfilment.
pub type FulfilmentId = Id<crate::domain::fulfilment::Fulfilment>;
/// The id of a member.
pub type MemberId = Id<crate::domain::member::Member>;
/// The id of a request for a code to sign in with.
pub type SignInCodeId = Id<crate::domain::sign_in::Code>;
/// The id of the door of another server, by which its people sign in here.
pub type DoorId = Id<crate::domain::door::Door>;
/// The id of what somebody of the fediverse wrote to us.
pub type MessageId = Id<crate::domain::message::Message>;
/// The id of a neighbour's proposal as kept here.
pub type NeighbourProposalId = Id<crate::domain::neighbour::NeighbourProposal>;
/// The id of what another collective promises to us, as kept here.
pub type IncomingPromiseId = Id<crate::domain::incoming_promise::IncomingPromise>;
/// The id of what we promise to another collective.
pub type OutgoingPromiseId = Id<crate::domain::outgoing_promise::OutgoingPromise>;
/// The id of one side's count of that.
pub type OutgoingConfirmationId = Id<crate::domain::outgoing_promise::OutgoingConfirmation>;
/// The id of a measure about a member.
pub type MeasureId = Id<crate::domain::measure::Measure>;
/// The id of a pact.
pub type PactId = Id<crate::domain::pact::Pact>;
/// The id of a point of the agenda.
pub type AgendaId = Id<crate::domain::agenda::Point>;
/// The id of a decision.
pub type DecisionId = Id<crate::domain::decision::Decision>;
/// The id of a round.
pub type RoundId = Id<crate::domain::round::Round>;
/// The id of a cause.
pub type CauseId = Id<crate::domain::cause::Cause>;
/// The id of a response to a cause.
pub type ResponseId = Id<crate::domain::cause::Response>;
/// The id of what somebody without an account asked for.
pub type AskId = Id<crate::domain::ask::Ask>;
/// The id of voices on paper.
pub type PaperId = Id<crate::domain::decision::Paper>;
/// The id of a duty.
pub type DutyId = Id<crate::domain::duty::Duty>;
/// The id of a turn.
pub type TurnId = Id<crate::domain::turn::Turn>;
/// The id of what somebody comes to until they say otherwise.
pub type StandingId = Id<crate::domain::turn::Standing>;
/// The id of a turn in the pool.
pub type PoolTurnId = Id<crate::domain::cover::PoolTurn>;
/// The id of an exemption from turns.
pub type ExemptionId = Id<crate::domain::cover::Exemption>;
/// The id of a role.
pub type RoleId = Id<crate::domain::role::Role>;
/// The id of somebody's term in a role.
pub type TermId = Id<crate::domain::role::Term>;
/// The id of a line of a hand-over list.
pub type LineId = Id<crate::domain::role::Line>;
/// The id of something that came from outside.
pub type StringId = Id<crate::domain::string::Gift>;
/// The id of an actor on another server as kept here.
pub type RemoteActorId = Id<crate::domain::neighbour::RemoteActor>;

impl<T> Id<T> {
    /// Takes a number that storage or the clock gave.
    pub const fn from_number(number: i64) -> Self {
        Self(number, PhantomData)
    }

    /// The number for storage.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = [b'0'; WRITTEN_LENGTH];
        let mut rest = self.0.unsigned_abs();
        for place in written.iter_mut().rev() {
            let digit = usize::try_from(rest % 32).unwrap_or_default();
            *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
            rest /= 32;
        }
        f.write_str(std::str::from_utf8(&written).unwrap_or_default())
    }
}

/// The text is not an id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: an id has 13 characters, digits and capital letters")]
pub struct NotAnId;

impl<T> FromStr for Id<T> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != WRITTEN_LENGTH {
            return Err(NotAnId);
        }
        let mut number: i64 = 0;
        for character in text.bytes() {
            let digit = ALPHABET
                .iter()
                .position(|letter| *letter == character)
                .and_then(|digit| i64::try_from(digit).ok())
                .ok_or(NotAnId)?;
            number = number
                .checked_mul(32)
                .and_then(|shifted| shifted.checked_add(digit))
                .ok_or(NotAnId)?;
        }
        Ok(Self::from_number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        for number in [0, 1, 31, 32, 1_234_567_890_123_456_789, i64::MAX] {
            let id = ProposalId::from_number(number);
            assert_eq!(id.to_string().len(), 13);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn writing_keeps_the_order() {
        let (early, late) = (ProposalId::from_number(5_000), ProposalId::from_number(70_000));
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in ["", "1", "0000000000000O", "IIIIIIIIIIIII", "ZZZZZZZZZZZZZ", "0000000000 00"] {
            assert_eq!(text.parse::<ProposalId>(), Err(NotAnId), "{text}");
        }
    }
}
