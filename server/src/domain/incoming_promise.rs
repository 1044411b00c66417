//! What another collective promises to answer ours with, and what we answer.
//!
//! Nothing that comes in changes our own numbers before somebody here, or a rule that somebody here
//! set, says yes. Then it becomes a promise like everybody else's and joins the others.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::amount::Amount;
use crate::domain::id::{IncomingPromiseId, PromiseId, ProposalId, RemoteActorId};
use crate::domain::promise::Standing;
use crate::domain::refusal::Refusal;

/// How long an answer is waited for, on either side.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many unanswered promises of one collective to one proposal are kept.
pub const MOST_WAITING: i64 = 20;

/// A promise of another collective to answer one of our proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingPromise {
    /// Its id here.
    pub id: IncomingPromiseId,
    /// The id of the Offer on the wire: the same Offer again gets the same answer.
    pub url: Url,
    /// Who promises.
    pub actor: RemoteActorId,
    /// What it answers; none if it was taken back before it arrived.
    pub proposal: Option<ProposalId>,
    /// How much; none where no amount was asked for.
    pub amount: Option<Amount>,
    /// Whether it is only meant for the case that another falls through.
    pub is_reserve: bool,
    /// When they mean to bring it.
    pub due: Option<Timestamp>,
    /// Where it is in its life.
    pub state: IncomingState,
    /// The number of their last word about it.
    pub sequence: i64,
    /// What it became.
    pub promise: Option<PromiseId>,
    /// What we would rather have, if that is what we answered. Shrinks as they take it.
    pub counter: Option<Counter>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
}

/// Where an incoming promise is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncomingState {
    /// Nobody answered yet.
    Pending,
    /// It is a promise now.
    Accepted,
    /// We said no, perhaps with a counter.
    Declined,
    /// They took it back.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
}

/// What we would rather have than all that was promised: so much now, so much in reserve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    /// Needed now.
    pub now: Amount,
    /// In case another falls through.
    pub reserve: Amount,
}

impl IncomingPromise {
    /// Whether somebody still has to answer it.
    pub fn is_pending(&self) -> bool {
        self.state == IncomingState::Pending
    }

    /// Checks that it can still be answered.
    pub fn check_pending(&self) -> Result<(), Refusal> {
        if self.is_pending() { Ok(()) } else { Err(Refusal::AlreadyAnswered) }
    }

    /// Whether it was waited for long enough.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_pending() && now.duration_since(self.received_at) >= PATIENCE
    }
}

impl Counter {
    /// What suits best when `promised` was promised and `open` is open: nothing is sent away.
    pub fn fitting(promised: Amount, open: Amount) -> Self {
        let now = promised.min(open);
        Self { now, reserve: promised - now }
    }

    /// Takes a promise out of what was countered; false if it is not what we asked for.
    pub fn take(&mut self, amount: Amount, is_reserve: bool) -> bool {
        let part = if is_reserve { &mut self.reserve } else { &mut self.now };
        let fits = !amount.is_zero() && amount <= *part;
        if fits {
            *part = *part - amount;
        }
        fits
    }
}

impl IncomingState {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Declined, Self::Withdrawn, Self::Expired]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// What the collective behind a promise was told last, and with which number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The promise.
    pub promise: PromiseId,
    /// Who; none once it is gone.
    pub actor: Option<RemoteActorId>,
    /// What it was called then.
    pub name: String,
    /// The number of our last word; 0 before the first.
    pub sequence: i64,
    /// What that word said.
    pub told: Told,
}

/// What an agreement says: what both sides must agree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// How much is promised; zero once it was given back.
    pub amount: Option<Amount>,
    /// How much of it waits in reserve.
    pub reserve: Amount,
    /// Whether nothing more is to come.
    pub is_finished: bool,
}

impl Told {
    /// What there is to tell of a promise that counts as `standing`.
    pub fn of(amount: Option<Amount>, reserve: Amount, standing: Standing) -> Self {
        match standing {
            Standing::Awaited => Self { amount, reserve, is_finished: false },
            Standing::Delivered(_) => Self { amount, reserve: Amount::ZERO, is_finished: true },
            Standing::Released => {
                Self { amount: Some(Amount::ZERO), reserve: Amount::ZERO, is_finished: true }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(number: u32) -> Amount {
        Amount::zero_or_more(&number.to_string()).unwrap()
    }

    #[test]
    fn a_counter_sends_nothing_away() {
        let fitting = Counter::fitting(amount(20), amount(15));
        assert_eq!(fitting, Counter { now: amount(15), reserve: amount(5) });
        let all = Counter::fitting(amount(20), amount(0));
        assert_eq!(all, Counter { now: amount(0), reserve: amount(20) });
    }

    #[test]
    fn a_counter_can_be_taken_once() {
        let mut counter = Counter { now: amount(15), reserve: amount(5) };
        assert!(!counter.take(amount(16), false));
        assert!(counter.take(amount(15), false));
        assert!(!counter.take(amount(1), false));
        assert!(counter.take(amount(5), true));
        assert!(!counter.take(amount(5), true));
        assert!(!counter.take(amount(0), true));
    }
}
