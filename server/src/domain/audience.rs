//! Who may see a proposal.

use std::str::FromStr;

use crate::domain::refusal::Refusal;

/// Who a proposal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody, here and in the fediverse.
    Public,
    /// Collectives with which there is a pact, and the members.
    Pacts,
    /// The members.
    Members,
    /// The members who are on shift; until there are shifts, the stewards.
    Shift,
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Anybody, without an account.
    Stranger,
    /// Somebody who is joining: they see what everybody sees, and what is their own.
    Newcomer,
    /// A member.
    Member,
    /// A member who is a steward.
    Steward,
}

impl Viewer {
    /// Whether they may see what is for members.
    pub fn is_member(self) -> bool {
        matches!(self, Self::Member | Self::Steward)
    }
}

impl Audience {
    /// Every audience, widest first.
    pub const ALL: [Audience; 4] = [Self::Public, Self::Pacts, Self::Members, Self::Shift];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Pacts => "pacts",
            Self::Members => "members",
            Self::Shift => "shift",
        }
    }

    /// Whether other servers are told: all of them, or those with a pact.
    pub fn goes_out(self) -> bool {
        matches!(self, Self::Public | Self::Pacts)
    }

    /// Whether everybody whom `other` reaches on other servers is reached by this one too. What
    /// they have seen cannot be called back.
    pub fn reaches_all_of(self, other: Self) -> bool {
        match other {
            Self::Public => self == Self::Public,
            Self::Pacts => self.goes_out(),
            Self::Members | Self::Shift => true,
        }
    }

    /// Whether `viewer` may know of it at all.
    pub fn includes(self, viewer: Viewer) -> bool {
        match self {
            Self::Public => true,
            Self::Pacts | Self::Members => viewer.is_member(),
            Self::Shift => viewer == Viewer::Steward,
        }
    }
}

impl FromStr for Audience {
    type Err = Refusal;

    fn from_str(word: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.word() == word)
            .ok_or(Refusal::UnknownAudience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_public_is_for_strangers() {
        for audience in Audience::ALL {
            assert_eq!(audience.includes(Viewer::Stranger), audience == Audience::Public);
            assert_eq!(audience.includes(Viewer::Newcomer), audience == Audience::Public);
            assert!(audience.includes(Viewer::Steward));
            assert_eq!(audience.word().parse(), Ok(audience));
        }
        assert!(!Audience::Shift.includes(Viewer::Member));
    }
}
