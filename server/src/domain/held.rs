//! What strangers write waits for a person: it is stored, and neither shown nor answered. This is
//! what tells a wave of spam from a street full of people (reliability.md, 5; mission, J12).

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::domain::id::{Id, MessageId};

/// So many alike texts within [`ALIKE_WITHIN`] are spam …
pub const ALIKE_MANY: usize = 5;
/// … if they come from so many hosts.
pub const ALIKE_HOSTS: usize = 3;
/// Within which time alike texts are counted.
pub const ALIKE_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// When more than this is held within an hour, it is a wave.
pub const WAVE: i64 = 50;
/// A wave is over when nothing of it came for so long.
pub const QUIET: SignedDuration = SignedDuration::from_hours(6);
/// If no steward was seen for so long, nobody will look soon.
pub const UNSEEN: SignedDuration = SignedDuration::from_hours(6);
/// For how long we are careful, unless somebody says otherwise.
pub const CAREFUL_LASTS: SignedDuration = SignedDuration::from_hours(48);
/// The longest time that can be chosen.
pub const CAREFUL_LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many held texts are kept whole within an hour. Of what comes beyond, only what reads like
/// somebody in need is kept; the rest is counted for each host.
pub const WHOLE_AN_HOUR: i64 = 2_000;
/// How long what was put aside is kept.
pub const KEEP_ASIDE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// For how long a domain is new to us, and gets a tenth of the usual limits.
pub const NEW_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A text that others may be like.
pub struct Alike;

/// What is kept beside a text that somebody wrote to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The texts that it is like.
    pub alike: Option<Id<Alike>>,
    /// It reads like somebody in need, or answers a need: it is kept until a person looked.
    pub asks: bool,
    /// It names nobody but us, and carries no links or pictures.
    pub is_plain: bool,
}

/// Which held things somebody decides about at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// One message.
    Message(MessageId),
    /// One reply, by its id here.
    Reply(i64),
    /// Everything that is like a text.
    Alike(Id<Alike>),
    /// Everything of a host.
    Host(String),
}

/// A time in which we are careful: what strangers write is held whatever it says, and people join
/// by invitation only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Careful {
    /// Since when.
    pub began_at: Timestamp,
    /// Until when, unless a steward ends it before.
    pub ends_at: Timestamp,
    /// Whether it began because very much was held and nobody was there.
    pub by_itself: bool,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(id) => write!(f, "message:{id}"),
            Self::Reply(id) => write!(f, "reply:{}", Id::<Self>::from_number(*id)),
            Self::Alike(id) => write!(f, "alike:{id}"),
            Self::Host(host) => write!(f, "host:{host}"),
        }
    }
}

impl FromStr for Which {
    type Err = ();

    fn from_str(written: &str) -> Result<Self, ()> {
        match written.split_once(':').ok_or(())? {
            ("message", id) => Ok(Self::Message(id.parse().map_err(drop)?)),
            ("reply", id) => Ok(Self::Reply(id.parse::<Id<Self>>().map_err(drop)?.number())),
            ("alike", id) => Ok(Self::Alike(id.parse().map_err(drop)?)),
            ("host", host) if !host.is_empty() => Ok(Self::Host(host.to_owned())),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_about_is_written_and_read_back() {
        for which in [
            Which::Message(Id::from_number(5)),
            Which::Reply(6),
            Which::Alike(Id::from_number(7)),
            Which::Host("evil.test:8443".into()),
        ] {
            assert_eq!(which.to_string().parse(), Ok(which));
        }
        for wrong in ["", "host:", "message:x", "reply:", "member:0000000000001", "alike"] {
            assert_eq!(wrong.parse::<Which>(), Err(()), "{wrong}");
        }
    }
}
