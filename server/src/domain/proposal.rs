//! A need or an offer: one thing inside, a *proposal*.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::domain::amount::Amount;
use crate::domain::audience::{Audience, Viewer};
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::member::Member;
use crate::domain::picture::Picture;
use crate::domain::refusal::Refusal;

/// How long before its end a proposal warns its author.
pub const WARNING: SignedDuration = SignedDuration::from_hours(48);
/// How much later a proposal ends after one click on *extend*: two weeks.
pub const EXTENSION: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Whether something is wanted or given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Something is needed.
    Need,
    /// Something is offered.
    Offer,
}

/// Where a proposal is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Seen by its author and the stewards only.
    Draft,
    /// Answers are welcome.
    Open,
    /// Closed: no more answers are looked for. Why is in [`CloseReason`].
    Enough,
    /// Taken back, and forgotten by other servers. Final.
    Withdrawn,
    /// Its time has passed.
    Expired,
}

/// Why a proposal was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// All of it came.
    Fulfilled,
    /// What came is enough.
    Enough,
    /// It did not work out.
    Failed,
    /// It is not wanted any more.
    NoLongerRelevant,
}

/// What a proposal says: the part that may be shown to its audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// A few words: `Warm blankets`.
    pub title: String,
    /// More, in Markdown; may be empty.
    pub text: String,
    /// A word of the catalogue or a free one.
    pub kind: Option<String>,
    /// How much, if that can be said.
    pub quantity: Option<Quantity>,
    /// From when.
    pub starts_at: Option<Timestamp>,
    /// Until when; none for a standing proposal.
    pub ends_at: Option<Timestamp>,
    /// A coarse place by name.
    pub place: Option<String>,
    /// The language of title and text, as a code.
    pub language: String,
    /// Who may see it.
    pub audience: Audience,
    /// What it looks like.
    pub picture: Option<Picture>,
}

/// How much of what, and the smallest part that is of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The whole.
    pub amount: Amount,
    /// `one` for things that are counted, else `hour`, `kilogram`, `litre` or a free word.
    pub unit: String,
    /// Smaller parts are a burden.
    pub minimum: Option<Amount>,
}

impl Quantity {
    /// The smallest useful part, if it is worth saying: that half a blanket helps nobody is known.
    pub fn minimum_worth_saying(&self) -> Option<Amount> {
        self.minimum.filter(|minimum| self.unit != "one" || *minimum > Amount::ONE)
    }
}

/// How far a proposal is covered. Written whenever a promise or a confirmation changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Promised or delivered, at most the amount asked for.
    pub promised: Amount,
    /// Waiting in reserve.
    pub reserved: Amount,
    /// How many promises stand or were delivered.
    pub answers: i32,
    /// Delivered: the lower of both sides' counts.
    pub came_low: Amount,
    /// Delivered: the higher of both sides' counts.
    pub came_high: Amount,
}

/// Under which address other servers know a proposal, if they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteMark {
    /// How often it was taken back and said again: other servers take no deleted address twice.
    pub number: i32,
    /// Whether it is taken back for now, or was never said because it was quiet.
    pub is_unsaid: bool,
    /// Whether it is closed for so long that what it said is erased. Then it is for members only, who
    /// see that there was something. Final.
    pub is_retired: bool,
}

/// A need or an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id, also the last part of its address.
    pub id: ProposalId,
    /// Need or offer.
    pub purpose: Purpose,
    /// What it says.
    pub content: Content,
    /// Where it is in its life.
    pub state: State,
    /// Why it was closed.
    pub close_reason: Option<CloseReason>,
    /// When it was published; none for a draft.
    pub published_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often other servers were told of a change.
    pub revision: i32,
    /// How far it is covered.
    pub coverage: Coverage,
    /// The handle of who asked by a post and wanted to be named, without the first `@`.
    pub asked_by: Option<String>,
    /// Under which address other servers know it.
    pub note: NoteMark,
}

/// The part that never leaves this instance, kept in a row of its own that federation cannot reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivatePart {
    /// Who posted it; none once they have left.
    pub author: Option<MemberId>,
    /// For whom it was posted, if not for the author.
    pub on_behalf_of: Option<String>,
    /// When that person's spoken consent was recorded.
    pub consent_at: Option<Timestamp>,
}

impl Proposal {
    /// Whether answers are welcome.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether strangers and other servers may see it.
    pub fn is_public(&self) -> bool {
        let is_there = self.was_published() && !self.note.is_retired;
        self.content.audience == Audience::Public && is_there
    }

    /// Whether other servers are told of it: all, or those with a pact.
    pub fn is_told(&self) -> bool {
        self.content.audience.goes_out() && self.was_published() && !self.note.is_retired
    }

    /// Whether it was published and not taken back.
    pub fn was_published(&self) -> bool {
        matches!(self.state, State::Open | State::Enough | State::Expired)
    }

    /// Whether `viewer`, who is its author or not, may see it.
    pub fn is_visible_to(&self, viewer: Viewer, is_author: bool) -> bool {
        match self.state {
            State::Draft | State::Withdrawn => is_author || viewer == Viewer::Steward,
            _ if self.note.is_retired && !viewer.is_member() => is_author,
            _ => is_author || self.content.audience.includes(viewer),
        }
    }

    /// How much is neither promised nor delivered; none if no amount was asked for.
    pub fn open_amount(&self) -> Option<Amount> {
        self.content.quantity.as_ref().map(|quantity| quantity.amount - self.coverage.promised)
    }

    /// Whether all that was asked for is promised or delivered.
    pub fn is_covered(&self) -> bool {
        match self.open_amount() {
            Some(open) => open.is_zero(),
            None => self.coverage.answers > 0,
        }
    }

    /// Whether its author should be asked if it still stands.
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.is_open() && self.content.ends_at.is_some_and(|end| end.duration_since(now) <= WARNING)
    }

    /// Whether its time has passed while it was open.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_open() && self.content.ends_at.is_some_and(|end| end <= now)
    }

    /// Whether `member` may change it.
    pub fn may_be_changed_by(&self, member: &Member, private: &PrivatePart) -> Result<(), Refusal> {
        if member.is_steward() || private.author == Some(member.id) {
            Ok(())
        } else {
            Err(Refusal::NotYours)
        }
    }

    /// Notes that it changed: always later than before, because other servers take an edit only if
    /// it is newer than the one they have.
    pub fn touch(&mut self, now: Timestamp) {
        let next = self.updated_at.saturating_add(SignedDuration::from_micros(1));
        self.updated_at = now.max(next.unwrap_or(now));
    }

    /// Publishes a draft.
    pub fn publish(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Draft {
            return Err(Refusal::NotADraft);
        }
        if self.content.ends_at.is_some_and(|end| end <= now) {
            return Err(Refusal::UntilInThePast);
        }
        self.state = State::Open;
        self.published_at = Some(now);
        self.touch(now);
        Ok(())
    }

    /// Replaces what it says. A withdrawn one cannot be changed.
    pub fn edit(&mut self, content: Content, now: Timestamp) -> Result<(), Refusal> {
        if self.state == State::Withdrawn {
            return Err(Refusal::WithdrawnIsFinal);
        }
        self.check_words()?;
        if self.state == State::Expired && content.ends_at.is_none_or(|end| end > now) {
            self.state = State::Open;
        }
        self.content = content;
        self.touch(now);
        Ok(())
    }

    /// Closes it with a reason.
    pub fn close(&mut self, reason: CloseReason, now: Timestamp) -> Result<(), Refusal> {
        if !matches!(self.state, State::Open | State::Expired) {
            return Err(Refusal::NotOpen);
        }
        self.state = State::Enough;
        self.close_reason = Some(reason);
        self.touch(now);
        Ok(())
    }

    /// Opens it again after it was closed or has expired. An end that has passed moves on by the
    /// usual extension.
    pub fn reopen(&mut self, now: Timestamp) -> Result<(), Refusal> {
        match self.state {
            State::Enough | State::Expired => {}
            State::Withdrawn => return Err(Refusal::WithdrawnIsFinal),
            State::Draft | State::Open => return Err(Refusal::NothingToReopen),
        }
        self.check_words()?;
        self.state = State::Open;
        self.close_reason = None;
        if self.content.ends_at.is_some_and(|end| end <= now) {
            self.content.ends_at = later(now);
        }
        self.touch(now);
        Ok(())
    }

    /// Takes it back for good.
    pub fn withdraw(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.state == State::Withdrawn {
            return Err(Refusal::WithdrawnIsFinal);
        }
        self.state = State::Withdrawn;
        self.touch(now);
        Ok(())
    }

    /// Lets it end two weeks later, or two weeks from now if it has ended.
    pub fn extend(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if !matches!(self.state, State::Open | State::Expired) {
            return Err(Refusal::NotOpen);
        }
        self.check_words()?;
        self.state = State::Open;
        self.content.ends_at = self.content.ends_at.and_then(|end| later(end.max(now)));
        self.touch(now);
        Ok(())
    }

    /// Erases what it said, except its title if that is the collective's deed.
    pub fn retire(&mut self, title: Option<String>) {
        let content = &mut self.content;
        if let Some(title) = title {
            content.title = title;
        }
        content.text.clear();
        content.place = None;
        content.picture = None;
        self.asked_by = None;
        self.note = NoteMark { is_unsaid: true, is_retired: true, ..self.note };
    }

    /// Refuses to go on with what nobody can read any more.
    fn check_words(&self) -> Result<(), Refusal> {
        if self.note.is_retired { Err(Refusal::WordsErased) } else { Ok(()) }
    }

    /// Ends it because its time has passed.
    pub fn expire(&mut self, now: Timestamp) {
        if self.is_overdue(now) {
            self.state = State::Expired;
            self.touch(now);
        }
    }
}

impl Purpose {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Offer => "offer",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Need, Self::Offer].into_iter().find(|purpose| purpose.word() == word)
    }
}

impl State {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Enough => "enough",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Draft, Self::Open, Self::Enough, Self::Withdrawn, Self::Expired]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

impl CloseReason {
    /// Every reason, in the order in which a form shows them.
    pub const ALL: [CloseReason; 4] =
        [Self::Fulfilled, Self::Enough, Self::Failed, Self::NoLongerRelevant];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fulfilled => "fulfilled",
            Self::Enough => "enough",
            Self::Failed => "failed",
            Self::NoLongerRelevant => "no-longer-relevant",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

impl FromStr for CloseReason {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::from_word(word).ok_or_else(|| {
            format!("unknown reason {word:?}: use fulfilled, enough, failed or no-longer-relevant")
        })
    }
}

fn later(moment: Timestamp) -> Option<Timestamp> {
    moment.checked_add(EXTENSION).ok()
}

#[cfg(test)]
#[path = "proposal_tests.rs"]
mod tests;
