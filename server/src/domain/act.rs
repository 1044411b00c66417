//! What stewards do and everybody may look at: the words of the moderation log.

use jiff::Timestamp;

use crate::domain::id::{Id, MemberId};

/// The longest subject that is kept, in characters.
const LONGEST_SUBJECT: usize = 300;
/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 2_000;

/// Before the id of a measure about a member. Who it is about stands in the measure only, so that
/// it goes with them.
const MEASURE: &str = "measure:";
/// Before the id of a member whose name is nothing private here: who looks after the house.
const MEMBER: &str = "member:";

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id; lines are in order of their ids.
    pub id: Id<Entry>,
    /// When.
    pub at: Timestamp,
    /// Which member; none if a command or time did it. It stays when they leave, and leads to nobody
    /// then.
    pub by: Option<MemberId>,
    /// What; none for a word that this version does not know.
    pub act: Option<Act>,
    /// What it was done to: a host, an address, or what [`about_measure`] and [`about_member`] make.
    pub subject: String,
    /// Why: what everybody may read.
    pub reason: String,
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A measure about a member, by its id.
    Measure(i64),
    /// A member.
    Member(MemberId),
    /// Anything else, as it is.
    Plain(String),
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Act { $($(#[$doc])* $name,)* }

        impl Act {
            /// Every act.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word for storage.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

acts! {
    /// What comes from a domain is not shown to strangers.
    DomainLimited = "domain_limited",
    /// Nothing is heard from a domain or said to it.
    DomainSuspended = "domain_suspended",
    /// A rule about a domain ended.
    DomainLifted = "domain_lifted",
    /// A list of rules about domains was taken over.
    DomainsImported = "domains_imported",
    /// With whom we speak at all was changed.
    ModeChanged = "mode_changed",
    /// A server that knocked was let in.
    PeerApproved = "peer_approved",
    /// Something was reported to the server that it came from.
    ReportSent = "report_sent",
    /// A host or an actor was blocked.
    HostBlocked = "host_blocked",
    /// A block ended.
    HostUnblocked = "host_unblocked",
    /// A reply is shown no longer.
    ReplyHidden = "reply_hidden",
    /// A reply is shown again.
    ReplyShown = "reply_shown",
    /// What was held is heard.
    HeldAccepted = "held_accepted",
    /// What was held is put aside.
    HeldPutAside = "held_put_aside",
    /// A message that was not held is put aside.
    MessagePutAside = "message_put_aside",
    /// What somebody wrote privately was read.
    MessageOpened = "message_opened",
    /// Strangers' things wait for a person from now on.
    CarefulBegan = "careful_began",
    /// That is over.
    CarefulEnded = "careful_ended",
    /// A member looks after the house, too.
    StewardNamed = "steward_named",
    /// What we owe each other says something new.
    CovenantAdopted = "covenant_adopted",
    /// A member was warned.
    Warned = "warned",
    /// A member may not publish, promise, invite or vouch for a while.
    Frozen = "frozen",
    /// A second steward confirmed a measure.
    Confirmed = "confirmed",
    /// A steward lifted a measure.
    Lifted = "lifted",
    /// Nobody confirmed a measure: it is over.
    Lapsed = "lapsed",
    /// A confirmed measure came to its end date.
    Ended = "ended",
    /// The member asked others to look at a measure again.
    Appealed = "appealed",
    /// Somebody who had not acted looked: the measure stands, or it is lifted.
    AppealDecided = "appeal_decided",
    /// Somebody wants to open a round.
    RoundAsked = "round_asked",
    /// Two people opened a round.
    RoundOpened = "round_opened",
    /// The assembly opened or confirmed a round.
    RoundConfirmed = "round_confirmed",
    /// The assembly renewed a round.
    RoundRenewed = "round_renewed",
    /// A round is over.
    RoundEnded = "round_ended",
    /// A round is closed: every line of it became something.
    RoundClosed = "round_closed",
    /// A member looks after the house no longer.
    StewardEnded = "steward_ended",
    /// A member's term in looking after the house was over for a month: their powers rest.
    StewardLapsed = "steward_lapsed",
    /// This instance came back from a backup, and somebody looked: it speaks again.
    RestoreConfirmed = "restore_confirmed",
    /// What the house is called, where it is, or how long it keeps what is over was changed.
    SettingsChanged = "settings_changed",
    /// Nothing is seen from outside.
    QuietBegan = "quiet_began",
    /// Nothing is seen from outside, and nobody signs in but stewards.
    LockedDown = "locked_down",
    /// What is public is seen again.
    QuietEnded = "quiet_ended",
}

impl Act {
    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.word() == word)
    }
}

impl Entry {
    /// A new line, its texts cut to what is kept.
    pub fn new(
        id: Id<Entry>,
        at: Timestamp,
        (by, act): (Option<MemberId>, Act),
        subject: &str,
        reason: &str,
    ) -> Self {
        let cut = |text: &str, most| text.trim().chars().take(most).collect();
        let (subject, reason) = (cut(subject, LONGEST_SUBJECT), cut(reason, LONGEST_REASON));
        Self { id, at, by, act: Some(act), subject, reason }
    }

    /// What it is about.
    pub fn about(&self) -> Subject {
        let id = |text: &str| text.parse::<Id<()>>().ok().map(Id::number);
        let measure = self.subject.strip_prefix(MEASURE).and_then(id);
        let member = self.subject.strip_prefix(MEMBER).and_then(id);
        match (measure, member) {
            (Some(measure), _) => Subject::Measure(measure),
            (_, Some(member)) => Subject::Member(Id::from_number(member)),
            _ => Subject::Plain(self.subject.clone()),
        }
    }
}

/// The subject of an act about a measure.
pub fn about_measure<T>(id: Id<T>) -> String {
    format!("{MEASURE}{id}")
}

/// The subject of an act about a member whose name everybody here may read beside it.
pub fn about_member(id: MemberId) -> String {
    format!("{MEMBER}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_reads_back_what_it_writes() {
        for act in Act::ALL {
            assert_eq!(Act::from_word(act.word()), Some(*act));
        }
        assert_eq!(Act::from_word("crowned"), None);
    }

    #[test]
    fn a_line_knows_what_it_is_about_and_is_bounded() {
        let entry = |subject: &str, reason: &str| {
            let what = (None, Act::Warned);
            Entry::new(Id::from_number(1), Timestamp::UNIX_EPOCH, what, subject, reason)
        };
        let id = MemberId::from_number(70_000);
        assert_eq!(entry(&about_member(id), "").about(), Subject::Member(id));
        assert_eq!(entry(&about_measure(id), "").about(), Subject::Measure(70_000));
        for plain in ["evil.example", "member:", "measure:me"] {
            assert_eq!(entry(plain, "").about(), Subject::Plain(plain.to_owned()));
        }
        let long = entry(&"ä".repeat(400), &"ö".repeat(4_000));
        assert_eq!(long.subject.chars().count(), 300);
        assert_eq!(long.reason.chars().count(), 2_000);
    }
}
