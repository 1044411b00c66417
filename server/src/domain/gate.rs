//! With whom we speak at all: everybody who is not blocked, those on a list, or nobody.

use std::collections::HashSet;

use url::Url;

use crate::domain::collective::domain_of;

/// How open we are to other servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// To every server that is not blocked.
    #[default]
    Open,
    /// To those on our list.
    Allowlist,
    /// To none. What would go out waits.
    Off,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Open, Self::Allowlist, Self::Off];

    /// The word for storage, pages and commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Allowlist => "allowlist",
            Self::Off => "off",
        }
    }

    /// The mode of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// Who is let through. A listed host is let through alone: neither its subdomains are, nor other
/// ports, because what is allowed should be narrow where what is forbidden is wide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    mode: Mode,
    listed: HashSet<String>,
}

impl Gate {
    /// A gate in a mode, with the hosts on our list as `block::subject` writes them.
    pub fn new(mode: Mode, listed: impl IntoIterator<Item = String>) -> Self {
        // The list counts in one mode only, so that in the others nobody finds it by mistake.
        let listed = match mode {
            Mode::Allowlist => listed.into_iter().collect(),
            Mode::Open | Mode::Off => HashSet::new(),
        };
        Self { mode, listed }
    }

    /// How open it is.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether nobody is let through.
    pub fn is_off(&self) -> bool {
        self.mode == Mode::Off
    }

    /// The only hosts that are let through; None for any.
    pub fn only(&self) -> Option<&HashSet<String>> {
        (self.mode != Mode::Open).then_some(&self.listed)
    }

    /// Whether a host, with its port if it is not the usual one, is let through.
    pub fn lets_through(&self, host: &str) -> bool {
        self.only().is_none_or(|only| only.contains(&host.to_ascii_lowercase()))
    }

    /// Whether the host of an address is let through.
    pub fn lets_through_url(&self, url: &Url) -> bool {
        self.only().is_none_or(|only| only.contains(&domain_of(url)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_narrow_and_off_lets_nobody_through() {
        let listed = || ["mill.test".to_owned()];
        let gate = Gate::new(Mode::Allowlist, listed());
        assert!(gate.lets_through("mill.test") && gate.lets_through("Mill.Test"));
        for other in ["x.mill.test", "mill.test:8443", "mill.test.org", "ill.test", ""] {
            assert!(!gate.lets_through(other), "{other}");
        }
        assert!(Gate::new(Mode::Open, listed()).lets_through("other.test"));
        assert!(!Gate::new(Mode::Off, listed()).lets_through("mill.test"));
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(gate.lets_through_url(&url("https://mill.test:443/inbox")));
        assert!(!gate.lets_through_url(&url("https://mill.test:8443/inbox")));
    }
}
