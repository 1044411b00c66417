//! Whether strangers and other servers see anything of the collective.

use jiff::Timestamp;

/// How much is seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// What is public is seen.
    Off,
    /// Nothing is; members sign in as always.
    On,
    /// Nothing is; nobody signs in but stewards, and nothing goes out.
    Lockdown,
}

/// That, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietMode {
    /// How much is seen.
    pub quiet: Quiet,
    /// Since when.
    pub changed_at: Timestamp,
    /// In a lockdown: the place in the log behind which nothing goes out. None until everything that
    /// was public is taken back.
    pub last_activity: Option<i64>,
}

impl Quiet {
    /// All of them, in the order in which a page shows them.
    pub const ALL: [Self; 3] = [Self::Off, Self::On, Self::Lockdown];

    /// The word for storage, forms and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Lockdown => "lockdown",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quiet| quiet.word() == word)
    }

    /// Whether strangers see nothing.
    pub fn is_quiet(self) -> bool {
        self != Self::Off
    }

    /// Whether nobody signs in but stewards.
    pub fn is_lockdown(self) -> bool {
        self == Self::Lockdown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for quiet in Quiet::ALL {
            assert_eq!(Quiet::from_word(quiet.word()), Some(quiet));
        }
        assert_eq!(Quiet::from_word("silent"), None);
        assert!(Quiet::Lockdown.is_quiet() && !Quiet::Off.is_quiet());
        assert!(!Quiet::On.is_lockdown());
    }
}
