//! Notices: that something is there for a member, and where. Never what it says, and nobody's name,
//! so that one may go by ways that others can read.

use jiff::Timestamp;

/// For so long a notice is kept, read or not, in hours.
pub const KEPT_HOURS: i64 = 90 * 24;

/// Something is there for a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub kind: Kind,
    /// The path of the page on which it is seen, from the slash on.
    pub subject: String,
    /// When it happened first since they looked.
    pub made_at: Timestamp,
    /// When they looked.
    pub read_at: Option<Timestamp>,
}

/// What happened, always by others or by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Somebody promised something to what they asked for or offered.
    PromiseMade,
    /// A promise of theirs, or one to them, stands otherwise than before.
    PromiseChanged,
    /// What they promised waited, and is needed now.
    MovedUp,
    /// What they promised is not needed any more.
    NotNeeded,
    /// The other side said that something came.
    Came,
    /// Somebody replied from the fediverse.
    Reply,
    /// What they asked for or offered ends soon.
    NeedExpires,
    /// They are a member now.
    Vouched,
    /// Somebody signed in as them in another browser.
    SignInElsewhere,
    /// A measure was taken about them.
    Measure,
    /// Somebody cannot come to a turn: could they?
    CoverAsked,
    /// A turn that they gave to the pool was drawn: they come.
    PoolDrawn,
    /// A turn to which they come is at another time, or not at all.
    TurnChanged,
    /// A turn to which they came is over: how was it?
    TurnToNote,
    /// They are new: a turn at which they could learn something beside others.
    LearnerTurn,
    /// For stewards: what somebody wrote to us waits for a person.
    MessageWaits,
    /// For stewards: many things are held at once.
    HeldWave,
    /// For stewards: an unknown server knocks.
    PendingPeer,
    /// For stewards: somebody asks to look again at a measure.
    Appeal,
    /// For stewards: somebody joins.
    Joined,
    /// For stewards: whoever asked for something deleted the post by which they did.
    WriterGone,
    /// For stewards: somebody wants to open a round, and a second person is needed.
    RoundAsked,
    /// For stewards: a round is over and waits for its closing sheet.
    RoundEnded,
    /// A round in which they took part is closed: what goes on.
    RoundClosed,
    /// They received something a while ago: is there something they want to bring?
    Moment,
    /// They brought something a while ago: what could others do for them?
    Mirror,
    /// What we owe each other says something new.
    CovenantChanged,
    /// The assembly decides something, and they may speak.
    DecisionOpened,
    /// It is decided, or not.
    DecisionClosed,
    /// Their term in a role is over, or their deputy's is.
    TermOver,
    /// For stewards: the server could not make a backup, or could not put one back.
    BackupFailed,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 31] = [
        Self::PromiseMade,
        Self::PromiseChanged,
        Self::MovedUp,
        Self::NotNeeded,
        Self::Came,
        Self::Reply,
        Self::NeedExpires,
        Self::Vouched,
        Self::SignInElsewhere,
        Self::Measure,
        Self::CoverAsked,
        Self::PoolDrawn,
        Self::TurnChanged,
        Self::TurnToNote,
        Self::LearnerTurn,
        Self::MessageWaits,
        Self::HeldWave,
        Self::PendingPeer,
        Self::Appeal,
        Self::Joined,
        Self::WriterGone,
        Self::RoundAsked,
        Self::RoundEnded,
        Self::RoundClosed,
        Self::Moment,
        Self::Mirror,
        Self::CovenantChanged,
        Self::DecisionOpened,
        Self::DecisionClosed,
        Self::TermOver,
        Self::BackupFailed,
    ];

    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::PromiseMade => "promise_made",
            Self::PromiseChanged => "promise_changed",
            Self::MovedUp => "moved_up",
            Self::NotNeeded => "not_needed",
            Self::Came => "came",
            Self::Reply => "reply",
            Self::NeedExpires => "need_expires",
            Self::Vouched => "vouched",
            Self::SignInElsewhere => "sign_in_elsewhere",
            Self::Measure => "measure",
            Self::CoverAsked => "cover_asked",
            Self::PoolDrawn => "pool_drawn",
            Self::TurnChanged => "turn_changed",
            Self::TurnToNote => "turn_to_note",
            Self::LearnerTurn => "learner_turn",
            Self::MessageWaits => "message_waits",
            Self::HeldWave => "held_wave",
            Self::PendingPeer => "pending_peer",
            Self::Appeal => "appeal",
            Self::Joined => "joined",
            Self::WriterGone => "writer_gone",
            Self::RoundAsked => "round_asked",
            Self::RoundEnded => "round_ended",
            Self::RoundClosed => "round_closed",
            Self::Moment => "moment",
            Self::Mirror => "mirror",
            Self::CovenantChanged => "covenant_changed",
            Self::DecisionOpened => "decision_opened",
            Self::DecisionClosed => "decision_closed",
            Self::TermOver => "term_over",
            Self::BackupFailed => "backup_failed",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The message that says it.
    pub fn key(self) -> String {
        format!("notice-{}", self.word().replace('_', "-"))
    }

    /// Whether only those get it who look after the house.
    pub fn is_for_stewards(self) -> bool {
        matches!(
            self,
            Self::MessageWaits
                | Self::HeldWave
                | Self::PendingPeer
                | Self::Appeal
                | Self::Joined
                | Self::WriterGone
                | Self::RoundAsked
                | Self::RoundEnded
                | Self::BackupFailed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(Kind::from_word("anything"), None);
    }
}
