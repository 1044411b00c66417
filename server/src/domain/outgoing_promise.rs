//! What we promise to answer a neighbour's need or offer with, as far as they told us what became
//! of it.
//!
//! Their word about it is a register: the one with the highest number counts, whatever the order in
//! which words arrive. So a promise ends in one state on both sides after any outage.

use jiff::Timestamp;
use url::Url;

use crate::domain::amount::Amount;
use crate::domain::fulfilment::Side;
use crate::domain::id::{OutgoingConfirmationId, OutgoingPromiseId, RemoteActorId};
use crate::domain::incoming_promise::{Counter, PATIENCE, Told};
use crate::domain::proposal::Purpose;
use crate::domain::refusal::Refusal;

/// A promise of ours to another collective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPromise {
    /// Its id, also the last part of the address of the Offer.
    pub id: OutgoingPromiseId,
    /// Whose need or offer it answers.
    pub actor: RemoteActorId,
    /// That need or offer, on the wire.
    pub object: Url,
    /// Its intent, on the wire.
    pub intent: String,
    /// Need or offer.
    pub purpose: Purpose,
    /// What it was called.
    pub title: String,
    /// Of what.
    pub unit: String,
    /// How much we promise; none where no amount was asked for.
    pub amount: Option<Amount>,
    /// Whether it is only meant for the case that another falls through.
    pub is_reserve: bool,
    /// When we mean to bring it.
    pub due: Option<Timestamp>,
    /// The number of our last word about it.
    pub sequence: i64,
    /// Where it is in its life.
    pub state: OutgoingState,
    /// What they made of it.
    pub agreement: Option<Agreement>,
    /// What they would rather have.
    pub counter: Option<Counter>,
    /// Why they said no.
    pub reason: Option<String>,
    /// When we promised.
    pub promised_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// Their last word about a promise of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its address on their server.
    pub url: Url,
    /// The number of that word.
    pub sequence: i64,
    /// What it says.
    pub told: Told,
}

/// Where a promise of ours is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingState {
    /// They have not answered.
    Pending,
    /// At least a part is needed now.
    Active,
    /// All of it waits in case another falls through.
    InReserve,
    /// They said no, perhaps with a counter.
    Declined,
    /// We took it back.
    Released,
    /// They said that it is not needed any more.
    Cancelled,
    /// Nobody answered in time.
    Expired,
    /// It came, by the word of both sides.
    Delivered,
}

/// One side's count of what came of a promise of ours, written once and never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingConfirmation {
    /// Its id here.
    pub id: OutgoingConfirmationId,
    /// Of which promise.
    pub promise: OutgoingPromiseId,
    /// Whose word it is: [`Side::Promiser`] is us.
    pub side: Side,
    /// How much; none where no amount was asked for.
    pub amount: Option<Amount>,
    /// Its id on the wire.
    pub url: Url,
    /// The one that it corrects, on the wire.
    pub corrects: Option<String>,
    /// When it was said.
    pub confirmed_at: Timestamp,
}

impl OutgoingPromise {
    /// Takes their word in; false if it is older than what we know, or if we took the promise back.
    /// The agreement of somebody who moved has another address on their new server.
    pub fn learn(&mut self, agreement: Agreement) -> bool {
        let known = self.agreement.as_ref();
        let is_other = known.is_some_and(|known| {
            known.url != agreement.url && known.url.origin() == agreement.url.origin()
        });
        let is_old = known.is_some_and(|known| known.sequence >= agreement.sequence);
        if is_other || is_old || self.is_taken_back() {
            return false;
        }
        self.state = state_of(&agreement.told);
        // What was called off keeps the amount that was promised.
        self.amount = agreement.told.amount.filter(|amount| !amount.is_zero()).or(self.amount);
        (self.counter, self.reason) = (None, None);
        self.agreement = Some(agreement);
        true
    }

    /// A new promise to answer the same with, made after they said what they would rather have.
    pub fn anew(
        &self,
        id: OutgoingPromiseId,
        amount: Amount,
        is_reserve: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            amount: Some(amount),
            is_reserve,
            sequence: next_sequence(0, now),
            state: OutgoingState::Pending,
            agreement: None,
            counter: None,
            reason: None,
            promised_at: now,
            changed_at: now,
            ..self.clone()
        }
    }

    /// Takes their no in; false if they said yes before, or we took it back.
    pub fn decline(&mut self, counter: Option<Counter>, reason: Option<String>) -> bool {
        let is_awaited = matches!(self.state, OutgoingState::Pending | OutgoingState::Expired);
        if is_awaited {
            self.state = OutgoingState::Declined;
            (self.counter, self.reason) = (counter, reason);
        }
        is_awaited
    }

    /// Whether we said that it will not come.
    pub fn is_taken_back(&self) -> bool {
        matches!(self.state, OutgoingState::Released | OutgoingState::Expired)
    }

    /// Whether something is still to come, or to be answered.
    pub fn is_standing(&self) -> bool {
        matches!(
            self.state,
            OutgoingState::Pending | OutgoingState::Active | OutgoingState::InReserve
        )
    }

    /// How much of it waits in reserve.
    pub fn reserved(&self) -> Amount {
        match (&self.agreement, self.is_standing()) {
            (Some(agreement), true) => agreement.told.reserve,
            _ => Amount::ZERO,
        }
    }

    /// Checks that it can be given back.
    pub fn check_standing(&self) -> Result<(), Refusal> {
        match self.state {
            OutgoingState::Delivered => Err(Refusal::AlreadyDelivered),
            _ if self.is_standing() => Ok(()),
            _ => Err(Refusal::AlreadyReleased),
        }
    }

    /// Whether an answer was waited for long enough.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state == OutgoingState::Pending && now.duration_since(self.promised_at) >= PATIENCE
    }

    /// The number of our next word: greater than the last, and greater than any that a restored
    /// backup has forgotten.
    pub fn next_sequence(&self, now: Timestamp) -> i64 {
        next_sequence(self.sequence, now)
    }
}

/// The number of the next word: only ever compared with others of the same speaker.
pub fn next_sequence(last: i64, now: Timestamp) -> i64 {
    last.saturating_add(1).max(now.as_microsecond())
}

fn state_of(told: &Told) -> OutgoingState {
    let is_nothing = told.amount.is_some_and(Amount::is_zero);
    let all_in_reserve = told.amount.is_some_and(|amount| told.reserve >= amount);
    match told.is_finished {
        true if is_nothing => OutgoingState::Cancelled,
        true => OutgoingState::Delivered,
        false if all_in_reserve && !is_nothing => OutgoingState::InReserve,
        false => OutgoingState::Active,
    }
}

impl OutgoingState {
    /// Every state.
    const ALL: [OutgoingState; 8] = [
        Self::Pending,
        Self::Active,
        Self::InReserve,
        Self::Declined,
        Self::Released,
        Self::Cancelled,
        Self::Expired,
        Self::Delivered,
    ];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::InReserve => "in_reserve",
            Self::Declined => "declined",
            Self::Released => "released",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Delivered => "delivered",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}
