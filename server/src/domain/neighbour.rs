//! Other collectives and people on other servers, as far as we know them.

use jiff::Timestamp;
use url::Url;

use crate::domain::amount::Amount;
use crate::domain::audience::Audience;
use crate::domain::id::{NeighbourProposalId, RemoteActorId};
use crate::domain::post::Extras;
use crate::domain::proposal::Purpose;

/// An actor on another server: a collective, a person, an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteActor {
    /// Its id here.
    pub id: RemoteActorId,
    /// Its id on the wire.
    pub url: Url,
    /// `Person`, `Organization`, …
    pub kind: String,
    /// `ring@ring.example`, without the leading `@`.
    pub address: String,
    /// The name it shows.
    pub name: String,
    /// Where things for it alone go.
    pub inbox: Url,
    /// Where things for everybody on its server go.
    pub shared_inbox: Option<Url>,
    /// Its page for people.
    pub page: Url,
    /// Where its public activities can be read.
    pub outbox: Option<Url>,
    /// The keys that its own document lists. Empty where it was read from storage beside something
    /// else, for which nobody needs them.
    pub keys: Vec<ActorKey>,
    /// When we last read it.
    pub fetched_at: Timestamp,
}

/// One public key of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorKey {
    /// Its id, by which signatures name it.
    pub id: String,
    /// The key as the actor wrote it: PEM, or an Ed25519 Multikey.
    pub material: String,
}

/// Where our following of another actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowingState {
    /// We asked; only their signed Accept makes more of it.
    Asked,
    /// They accepted.
    Following,
    /// They declined.
    Declined,
}

/// A need or offer of a collective that we follow, or with which there is a pact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourProposal {
    /// Its id here.
    pub id: NeighbourProposalId,
    /// Its id on the wire.
    pub url: Url,
    /// Whose it is.
    pub actor: RemoteActorId,
    /// Need or offer.
    pub purpose: Purpose,
    /// A few words.
    pub title: String,
    /// The whole text, sanitised HTML.
    pub html: String,
    /// Its page for people on their server.
    pub page: Url,
    /// A word of the catalogue, if theirs is one.
    pub kind: Option<String>,
    /// The identifier of its kind, whatever it is.
    pub kind_iri: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
    /// How much is still open.
    pub open: Option<Amount>,
    /// The smallest useful part.
    pub minimum: Option<Amount>,
    /// Of what.
    pub unit: Option<String>,
    /// A place by name.
    pub place: Option<String>,
    /// Until when.
    pub ends_at: Option<Timestamp>,
    /// A language code.
    pub language: Option<String>,
    /// Whether they look for no more answers.
    pub finished: bool,
    /// Whether something is asked in return: then it is outside trade, and not mutual aid.
    pub asks_return: bool,
    /// Who may see it here: everybody, or the members while there is a pact with its owner.
    pub audience: Audience,
    /// Its intent on the wire, which an answer names.
    pub intent: Option<String>,
    /// Who passed it on to us, if it did not come from its own collective.
    pub passed_on_by: Option<RemoteActorId>,
    /// How often it was passed on.
    pub hops: i32,
    /// What its post carries besides its text.
    pub extras: Extras,
    /// When they published it.
    pub published_at: Timestamp,
    /// When they last changed it.
    pub updated_at: Timestamp,
}

/// As much of a [`NeighbourProposal`] as the order and the filters of a board look at. There may be
/// thousands of them; the whole is read of those that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its id here.
    pub id: NeighbourProposalId,
    /// Need or offer.
    pub purpose: Purpose,
    /// A word of the catalogue, if theirs is one.
    pub kind: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
    /// How much is still open.
    pub open: Option<Amount>,
    /// A place by name.
    pub place: Option<String>,
    /// Until when.
    pub ends_at: Option<Timestamp>,
    /// A language code.
    pub language: Option<String>,
    /// When they published it.
    pub published_at: Timestamp,
}

impl RemoteActor {
    /// Whether this is a collective, or the software of one, and not a person.
    pub fn is_collective(&self) -> bool {
        matches!(self.kind.as_str(), "Organization" | "Group" | "Service" | "Application")
    }
}

impl NeighbourProposal {
    /// Whether an answer is still welcome.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.finished && self.ends_at.is_none_or(|end| end > now)
    }
}

impl FollowingState {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Following => "accepted",
            Self::Declined => "declined",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Asked, Self::Following, Self::Declined]
            .into_iter()
            .find(|state| state.word() == word)
    }
}
