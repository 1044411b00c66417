//! Promises join, they do not race.
//!
//! What exceeds the need waits in reserve in the order of arrival, and moves up when somebody
//! releases. Which part of a promise is needed now is never decided once and remembered: it follows
//! from the amount asked for and the promises in their order, by [`allocate`].

use jiff::Timestamp;

use crate::domain::amount::Amount;
use crate::domain::id::{MemberId, PromiseId, ProposalId};
use crate::domain::proposal::{Proposal, Quantity};
use crate::domain::refusal::Refusal;

/// Longest note of a promise or a confirmation, in characters.
pub const LONGEST_NOTE: usize = 2_000;

/// Somebody said they would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Its id; ids grow with time, so they give the order of arrival.
    pub id: PromiseId,
    /// What it answers.
    pub proposal: ProposalId,
    /// How much; none where no amount was asked for.
    pub amount: Option<Amount>,
    /// How much of it is needed now; the rest waits in reserve.
    pub active: Option<Amount>,
    /// Where it is in its life.
    pub state: PromiseState,
    /// When it was made.
    pub promised_at: Timestamp,
}

/// Where a promise is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromiseState {
    /// At least a part of it is needed now.
    Active,
    /// All of it waits in case another falls through.
    InReserve,
    /// Given back; no reason is asked.
    Released,
    /// Both sides said that it came.
    Delivered,
}

/// The part of a promise that only members and the parties see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromisePrivate {
    /// Who promised; none once they have left.
    pub member: Option<MemberId>,
    /// A note to the ones who asked.
    pub note: Option<String>,
}

/// What [`allocate`] has to know of one promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// How much was promised.
    pub amount: Amount,
    /// Whether it still counts.
    pub standing: Standing,
}

/// How a promise counts against the amount asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is still to come.
    Awaited,
    /// It came; this much by the count of the ones who asked.
    Delivered(Amount),
    /// It was given back.
    Released,
}

impl PromiseState {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::InReserve => "in_reserve",
            Self::Released => "released",
            Self::Delivered => "delivered",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::InReserve, Self::Released, Self::Delivered]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

impl Promise {
    /// Whether it still has to come.
    pub fn is_awaited(&self) -> bool {
        matches!(self.state, PromiseState::Active | PromiseState::InReserve)
    }

    /// Refuses what cannot be given back or confirmed any more.
    pub fn check_awaited(&self) -> Result<(), Refusal> {
        match self.state {
            PromiseState::Released => Err(Refusal::AlreadyReleased),
            PromiseState::Delivered => Err(Refusal::AlreadyDelivered),
            PromiseState::Active | PromiseState::InReserve => Ok(()),
        }
    }

    /// How much of it waits in reserve.
    pub fn reserved(&self) -> Amount {
        match (self.amount, self.active) {
            (Some(amount), Some(active)) if self.is_awaited() => amount - active,
            _ => Amount::ZERO,
        }
    }
}

/// Checks what somebody wants to promise, and says how much that is.
///
/// Without a wish it is all that is open, or the smallest useful part if nothing is: nobody is ever
/// told that they come too late. The smallest part does not count against what is left over.
pub fn check_amount(proposal: &Proposal, wish: Option<Amount>) -> Result<Option<Amount>, Refusal> {
    if !proposal.is_open() {
        return Err(Refusal::NotOpen);
    }
    let Some(Quantity { minimum, .. }) = proposal.content.quantity else {
        return if wish.is_some() { Err(Refusal::NoAmountAsked) } else { Ok(None) };
    };
    let open = proposal.open_amount().unwrap_or_default();
    let usual = if open.is_zero() { minimum.unwrap_or(Amount::ONE) } else { open };
    let amount = wish.unwrap_or(usual);
    let least = minimum
        .map_or(Amount::ZERO, |minimum| if open.is_zero() { minimum } else { minimum.min(open) });
    if amount < least { Err(Refusal::BelowMinimum) } else { Ok(Some(amount)) }
}

/// How much of each promise is needed now, in the order of arrival.
///
/// `asked` is none where no amount was asked for: then all of every promise is needed. What was
/// delivered is counted first, then the awaited promises are filled one after the other, so that
/// the sum of what is delivered and what is active never exceeds the amount asked for (unless more
/// was brought than asked), and a reserve moves up exactly when something before it falls away.
pub fn allocate(asked: Option<Amount>, claims: &[Claim]) -> Vec<Amount> {
    let delivered: Amount = claims.iter().map(|claim| claim.delivered()).sum();
    let mut open = asked.map(|asked| asked - delivered);
    claims
        .iter()
        .map(|claim| match claim.standing {
            Standing::Released => Amount::ZERO,
            Standing::Delivered(came) => came,
            Standing::Awaited => {
                let active = open.map_or(claim.amount, |open| claim.amount.min(open));
                open = open.map(|open| open - active);
                active
            }
        })
        .collect()
}

impl Claim {
    fn delivered(&self) -> Amount {
        match self.standing {
            Standing::Delivered(came) => came,
            _ => Amount::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(number: u32) -> Amount {
        Amount::zero_or_more(&number.to_string()).unwrap()
    }

    fn awaited(number: u32) -> Claim {
        Claim { amount: amount(number), standing: Standing::Awaited }
    }

    fn check(asked: Option<u32>, claims: &[Claim], expected: &[u32]) {
        let expected: Vec<_> = expected.iter().copied().map(amount).collect();
        assert_eq!(allocate(asked.map(amount), claims), expected);
    }

    #[test]
    fn the_forty_blankets() {
        // Mill Lane 25, Harbour 20: five wait in reserve.
        check(Some(40), &[awaited(25), awaited(20)], &[25, 15]);
        // Ten of Mill Lane's were wet: the reserve moves up, five are open again.
        check(Some(40), &[awaited(15), awaited(20)], &[15, 20]);
        // A neighbour brings the rest.
        check(Some(40), &[awaited(15), awaited(20), awaited(5)], &[15, 20, 5]);
    }

    #[test]
    fn a_release_moves_the_first_in_reserve_up() {
        let released = Claim { amount: amount(10), standing: Standing::Released };
        check(Some(10), &[awaited(10), awaited(4), awaited(8)], &[10, 0, 0]);
        check(Some(10), &[released, awaited(4), awaited(8)], &[0, 4, 6]);
    }

    #[test]
    fn what_came_counts_first_even_if_it_is_less_or_more_than_promised() {
        let came = |promised, came| Claim {
            amount: amount(promised),
            standing: Standing::Delivered(amount(came)),
        };
        check(Some(40), &[awaited(30), came(15, 14), awaited(20)], &[26, 14, 0]);
        check(Some(10), &[came(8, 12), awaited(5)], &[12, 0]);
    }

    #[test]
    fn without_an_amount_everything_is_welcome() {
        check(None, &[awaited(3), awaited(4)], &[3, 4]);
    }
}
