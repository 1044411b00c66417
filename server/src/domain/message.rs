//! What people of the fediverse write to the collective, unless it answers a need or an offer of
//! ours (those are replies). Everything about it is private.

use jiff::Timestamp;
use url::Url;

use crate::domain::id::{MessageId, ProposalId, RemoteActorId};
use crate::domain::post::Extras;
use crate::domain::proposal::Purpose;

/// What somebody wrote to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id here.
    pub id: MessageId,
    /// A hash of its id on the wire. It stays when everything else is forgotten, so that what is
    /// sent again is not taken for new.
    pub post_hash: String,
    /// Its id on the wire; none once it is forgotten.
    pub url: Option<Url>,
    /// Who wrote it; none once they deleted it, or it was erased.
    pub actor: Option<RemoteActorId>,
    /// Their host.
    pub host: String,
    /// Whether somebody of that host follows us, is followed, has a pact with us or is a member; or
    /// a steward let its writer in.
    pub is_known: bool,
    /// Who could read it where it was written.
    pub channel: Channel,
    /// What its tags say that it is; none if they say nothing, or both.
    pub purpose: Option<Purpose>,
    /// Where it is in its life.
    pub state: MessageState,
    /// Why it is held: a word of [`HeldBecause`].
    pub held_because: Option<HeldBecause>,
    /// What it says, as plain text; empty once it is erased.
    pub text: String,
    /// The code of its language, if its writer said so.
    pub language: Option<String>,
    /// Whether others than we were named in it, and so can read it.
    pub mentions_others: bool,
    /// When it was written.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// When it came here.
    pub received_at: Timestamp,
    /// What was published of it.
    pub proposal: Option<ProposalId>,
    /// Since when there is nothing more to do about it.
    pub closed_at: Option<Timestamp>,
    /// What its post carries besides its text; nothing once it is erased.
    pub extras: Extras,
}

/// Who can read a message where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Everybody.
    Public,
    /// Only some: those who are named, or followers. Nothing of it is ever repeated.
    Direct,
}

/// Where a message is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// Stored, and neither answered nor shown to members: a steward decides.
    Held,
    /// It waits for a person.
    Waiting,
    /// Its writer has a link to go on by.
    Answered,
    /// A need or an offer was made of it.
    Published,
    /// A steward said that there is nothing to do about it.
    PutAside,
    /// Its writer deleted it before anything was published.
    Deleted,
}

/// Why a message is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBecause {
    /// Its writer wrote very often today.
    ManyOfOne,
    /// Very many came from its host within the hour.
    ManyOfHost,
    /// Very many asks of hosts that we do not know came within the hour.
    ManyOfStrangers,
    /// It names many others, and is the first of a host that we do not know.
    ManyMentions,
    /// It carries links or pictures and no tag, and is the first of a host that we do not know.
    Links,
    /// The stewards limit its server.
    LimitedServer,
    /// The same text came several times within minutes, from several hosts that we do not know.
    Alike,
    /// We are careful, and its writer is a stranger.
    Careful,
    /// It answers something of ours, and its writer is a stranger.
    Stranger,
}

impl Message {
    /// Whether its writer can still be written to.
    pub fn can_be_answered(&self) -> bool {
        self.actor.is_some() && self.url.is_some()
    }

    /// Whether an edit of its writer still changes it.
    pub fn is_editable(&self) -> bool {
        matches!(self.state, MessageState::Held | MessageState::Waiting | MessageState::Answered)
    }

    /// Whether its writer gets a link without a person looking at it first: what is tagged is an
    /// ask or an offer; and whoever writes privately hears who can read that.
    pub fn wants_answer(&self) -> bool {
        self.channel == Channel::Direct || self.purpose.is_some()
    }

    /// Whether what was published of it stands although its writer deleted the post.
    pub fn lost_its_writer(&self) -> bool {
        self.state == MessageState::Published && self.actor.is_none() && self.closed_at.is_none()
    }

    /// Empties everything that names its writer or repeats what they wrote.
    pub fn erase(&mut self) {
        self.url = None;
        self.actor = None;
        self.text.clear();
        self.extras = Extras::default();
    }
}

impl Channel {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Direct => "direct",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Public, Self::Direct].into_iter().find(|channel| channel.word() == word)
    }
}

impl MessageState {
    /// Every state, in the order in which stewards look at them.
    pub const ALL: [MessageState; 6] =
        [Self::Waiting, Self::Held, Self::Answered, Self::Published, Self::PutAside, Self::Deleted];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Answered => "answered",
            Self::Published => "published",
            Self::PutAside => "put-aside",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl std::str::FromStr for MessageState {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = Self::ALL.map(Self::word).join(", ");
        Self::from_word(word).ok_or_else(|| format!("unknown state {word:?}: use one of {all}"))
    }
}

impl HeldBecause {
    /// Every reason.
    pub const ALL: [HeldBecause; 9] = [
        Self::ManyOfOne,
        Self::ManyOfHost,
        Self::ManyOfStrangers,
        Self::ManyMentions,
        Self::Links,
        Self::LimitedServer,
        Self::Alike,
        Self::Careful,
        Self::Stranger,
    ];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::ManyOfOne => "many-of-one",
            Self::ManyOfHost => "many-of-host",
            Self::ManyOfStrangers => "many-of-strangers",
            Self::ManyMentions => "many-mentions",
            Self::Links => "links",
            Self::LimitedServer => "limited-server",
            Self::Alike => "alike",
            Self::Careful => "careful",
            Self::Stranger => "stranger",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}
