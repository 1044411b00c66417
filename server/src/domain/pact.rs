//! A pact with another collective: what each side said last about it, and what follows from that.
//!
//! Each side's word is a register that only that side writes, numbered by that side. The receiver
//! keeps the word with the highest number, so that order, repetition and loss on the way change
//! nothing: both sides compute the same state from the same two words. Two clocks are never
//! compared.

use jiff::Timestamp;
use url::Url;

use crate::domain::id::{PactId, RemoteActorId};
use crate::domain::proposal::Purpose;
use crate::domain::refusal::Refusal;

/// The greatest number of a word or of a round: what every reader of JSON can hold (2^53 - 1).
pub const MOST: i64 = 9_007_199_254_740_991;

/// What one side says about a pact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Nothing.
    None,
    /// It wants the pact.
    Wanted,
    /// It wants the pact, and nothing to be sent for the time being.
    Paused,
    /// It does not want what the other side proposed.
    Declined,
    /// It ended the pact, or took back its own proposal.
    Ended,
}

/// The last word of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it says.
    pub stance: Stance,
    /// Its number, which only grows; 0 if nothing was said yet.
    pub sequence: i64,
    /// The round in which it was said. Ending and declining begin a new one, and what was said in
    /// an earlier round than the other side's last word counts no more.
    pub round: i64,
}

/// Which of what is for pacts goes to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Needs.
    pub needs: bool,
    /// Offers.
    pub offers: bool,
    /// How much of each is still open.
    pub availability: bool,
}

/// A pact, or the way to or from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pact {
    /// Its id, also the last part of its address.
    pub id: PactId,
    /// With whom.
    pub actor: RemoteActorId,
    /// What we said last.
    pub ours: Word,
    /// What they said last.
    pub theirs: Word,
    /// The id on the wire of the Offer or Accept by which we came in.
    pub our_offer: Option<Url>,
    /// The id on the wire of their Offer.
    pub their_offer: Option<Url>,
    /// What goes to them.
    pub shares: Shares,
    /// Whether what they promise is accepted without a steward, up to what is open.
    pub accepts_alone: bool,
    /// When it was first spoken of.
    pub proposed_at: Timestamp,
    /// When either side last said something.
    pub changed_at: Timestamp,
}

/// What both words together mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PactState {
    /// Both want it.
    Active,
    /// At least one side wants nothing to be sent.
    Paused {
        /// Whether we paused.
        by_us: bool,
        /// Whether they paused.
        by_them: bool,
    },
    /// We proposed it.
    Asked,
    /// They proposed it.
    AsksUs,
    /// One side said no.
    Declined {
        /// Whether we did.
        by_us: bool,
    },
    /// It is over, or was never more than spoken of.
    Ended,
}

impl Word {
    /// Nothing was said.
    pub const NOTHING: Self = Self { stance: Stance::None, sequence: 0, round: 0 };

    /// What a word means beside the other side's.
    fn counts(self, other: Self) -> Stance {
        if self.round < other.round { Stance::None } else { self.stance }
    }
}

impl Shares {
    /// Everything: whoever makes a pact wants to be answered.
    pub const ALL: Self = Self { needs: true, offers: true, availability: true };

    /// Whether needs or offers go to the pact.
    pub fn include(self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Need => self.needs,
            Purpose::Offer => self.offers,
        }
    }

    /// What both share.
    fn and(self, other: Self) -> Self {
        Self {
            needs: self.needs && other.needs,
            offers: self.offers && other.offers,
            availability: self.availability && other.availability,
        }
    }

    /// What is shared, in the words of the wire.
    pub fn words(self) -> Vec<&'static str> {
        let all = [(self.needs, "needs"), (self.offers, "offers")];
        let all = all.into_iter().chain([(self.availability, "availability")]);
        all.filter(|(shared, _)| *shared).map(|(_, word)| word).collect()
    }
}

impl Pact {
    /// A pact of which nobody has spoken yet.
    pub fn new(id: PactId, actor: RemoteActorId, now: Timestamp) -> Self {
        Self {
            id,
            actor,
            ours: Word::NOTHING,
            theirs: Word::NOTHING,
            our_offer: None,
            their_offer: None,
            shares: Shares::ALL,
            accepts_alone: false,
            proposed_at: now,
            changed_at: now,
        }
    }

    /// What both words together mean.
    pub fn state(&self) -> PactState {
        use Stance::{Declined, Paused, Wanted};
        match (self.ours.counts(self.theirs), self.theirs.counts(self.ours)) {
            (Wanted, Wanted) => PactState::Active,
            (ours @ (Wanted | Paused), theirs @ (Wanted | Paused)) => {
                PactState::Paused { by_us: ours == Paused, by_them: theirs == Paused }
            }
            (Wanted, _) => PactState::Asked,
            (_, Wanted) => PactState::AsksUs,
            (Declined, Declined) => PactState::Ended,
            (_, Declined) => PactState::Declined { by_us: false },
            (Declined, _) => PactState::Declined { by_us: true },
            _ => PactState::Ended,
        }
    }

    /// Whether both want it now.
    pub fn is_active(&self) -> bool {
        self.state() == PactState::Active
    }

    /// Whether we want it, so that what they send for pacts is kept until it is active.
    pub fn is_wanted(&self) -> bool {
        self.ours.counts(self.theirs) == Stance::Wanted
    }

    /// Whether we stand by it, even if nothing is to be sent for the time being.
    pub fn is_upheld(&self) -> bool {
        matches!(self.ours.counts(self.theirs), Stance::Wanted | Stance::Paused)
    }

    /// Proposes it, or says once more that we do.
    pub fn propose(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let stands = matches!(self.state(), PactState::Active | PactState::Paused { .. });
        self.say_if(!stands, Stance::Wanted, now).ok_or(Refusal::PactStands)
    }

    /// Says yes to what they proposed.
    pub fn accept(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let is_asked = self.state() == PactState::AsksUs;
        self.say_if(is_asked, Stance::Wanted, now).ok_or(Refusal::NoPactProposed)
    }

    /// Says no to what they proposed.
    pub fn decline(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let is_asked = self.state() == PactState::AsksUs;
        self.say_if(is_asked, Stance::Declined, now).ok_or(Refusal::NoPactProposed)
    }

    /// Lets nothing be sent for the time being.
    pub fn pause(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let goes_on =
            matches!(self.state(), PactState::Active | PactState::Paused { by_us: false, .. });
        self.say_if(goes_on, Stance::Paused, now).ok_or(Refusal::PactNotActive)
    }

    /// Goes on after a pause of ours.
    pub fn resume(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let is_paused = matches!(self.state(), PactState::Paused { by_us: true, .. });
        self.say_if(is_paused, Stance::Wanted, now).ok_or(Refusal::PactNotPaused)
    }

    /// Ends it, or takes our proposal back.
    pub fn end(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state();
        let may_end =
            matches!(state, PactState::Active | PactState::Paused { .. } | PactState::Asked);
        self.say_if(may_end, Stance::Ended, now).ok_or(Refusal::PactNotActive)
    }

    /// Ends whatever stands, or declines what they proposed, because we blocked them. Answers
    /// whether there was anything.
    pub fn cut(&mut self, now: Timestamp) -> bool {
        self.end(now).or_else(|_| self.decline(now)).is_ok()
    }

    /// Ends whatever stands because they blocked us, and drops what they proposed. Answers whether
    /// there is a word of ours to say.
    ///
    /// A block has no number among their words, so the end is a word of ours: without it, whatever
    /// they say next would let the pact go on without anybody here having said so.
    pub fn cut_by_them(&mut self, now: Timestamp) -> bool {
        if self.state() == PactState::AsksUs {
            self.theirs.stance = Stance::Ended;
            self.changed_at = now;
        }
        self.end(now).is_ok()
    }

    /// Gives our word a new number, so that it can be said once more. Answers whether it is a no.
    pub fn repeat_no(&mut self, now: Timestamp) -> bool {
        let is_no = matches!(self.ours.stance, Stance::Declined | Stance::Ended);
        if is_no {
            self.ours.sequence = next(self.ours.sequence, now);
        }
        is_no
    }

    /// Changes what goes to them. Answers whether they are to be told.
    pub fn share(&mut self, shares: Shares, now: Timestamp) -> bool {
        let stance = self.ours.counts(self.theirs);
        let tells = self.shares != shares && matches!(stance, Stance::Wanted | Stance::Paused);
        self.shares = shares;
        if tells {
            self.say(stance, now);
        }
        tells
    }

    /// Takes a word of theirs; false if we had it or a later one.
    pub fn hear(&mut self, word: Word, now: Timestamp) -> bool {
        let is_new = word.sequence > self.theirs.sequence;
        if is_new {
            self.theirs = word;
            self.changed_at = now;
        }
        is_new
    }

    /// Carries the pact to the address to which the other side moved, when nobody spoke of one with
    /// that address. Answers whether our word is said there.
    ///
    /// What they said last stands until they say something there, and then whatever that is: the
    /// new address numbers its own words, and perhaps from one. What they offered stands at the old
    /// address, so it can be named no more.
    pub fn move_to(&mut self, actor: RemoteActorId, now: Timestamp) -> bool {
        self.actor = actor;
        self.theirs.sequence = 0;
        self.their_offer = None;
        self.say_again(now)
    }

    /// Takes over what stood with the address from which the other side moved to the one that this
    /// pact is with. Answers whether our word is said there.
    ///
    /// A side that said something here has its word; for one that did not, what it said there
    /// counts. Whoever said no here is not carried past that by a pact elsewhere. Nothing is shared
    /// that was not shared with both.
    pub fn take_over(&mut self, old: &Self, now: Timestamp) -> bool {
        let is_no = |word: Word| matches!(word.stance, Stance::Declined | Stance::Ended);
        if is_no(self.ours) || is_no(self.theirs) {
            return false;
        }
        let round = self.ours.round.max(self.theirs.round);
        let carried =
            |word: Word, other: Word| Word { stance: word.counts(other), sequence: 0, round };
        if self.ours.sequence == 0 {
            self.ours = carried(old.ours, old.theirs);
        }
        if self.theirs.sequence == 0 {
            self.theirs = carried(old.theirs, old.ours);
        }
        self.shares = self.shares.and(old.shares);
        self.accepts_alone |= old.accepts_alone;
        self.say_again(now)
    }

    /// Says our word once more, with a number of its own, if we stand by the pact.
    fn say_again(&mut self, now: Timestamp) -> bool {
        if self.is_upheld() {
            self.say(self.ours.stance, now);
        }
        self.is_upheld()
    }

    fn say_if(&mut self, may: bool, stance: Stance, now: Timestamp) -> Option<()> {
        may.then(|| self.say(stance, now))
    }

    fn say(&mut self, stance: Stance, now: Timestamp) {
        let round = self.ours.round.max(self.theirs.round);
        let ends = matches!(stance, Stance::Declined | Stance::Ended);
        self.ours = Word {
            stance,
            sequence: next(self.ours.sequence, now),
            round: round.saturating_add(i64::from(ends)).min(MOST),
        };
        self.changed_at = now;
    }
}

/// The number of a word: later than the one before, and after a restore from a backup still later
/// than everything that was said, because time went on.
pub fn next(previous: i64, now: Timestamp) -> i64 {
    previous.saturating_add(1).max(now.as_microsecond()).min(MOST)
}

impl Stance {
    /// Every stance.
    const ALL: [Self; 5] = [Self::None, Self::Wanted, Self::Paused, Self::Declined, Self::Ended];

    /// The word for storage and the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wanted => "wanted",
            Self::Paused => "paused",
            Self::Declined => "declined",
            Self::Ended => "ended",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stance| stance.word() == word)
    }
}

impl PactState {
    /// The word for the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused { .. } => "paused",
            Self::Asked => "asked",
            Self::AsksUs => "asks-us",
            Self::Declined { .. } => "declined",
            Self::Ended => "ended",
        }
    }
}

#[cfg(test)]
#[path = "pact_tests.rs"]
mod tests;
