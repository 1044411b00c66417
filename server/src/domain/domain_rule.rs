//! Rules about the servers of a domain and all its subdomains.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::block::{Blocks, subject};
use crate::domain::id::{Id, MemberId};

/// How long a suspension can be undone: followers and followings that it cut off come back.
pub const UNDO: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest comment that is kept, in characters.
pub const LONGEST_COMMENT: usize = 500;

/// How much a rule keeps away, from little to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing by itself: what counts is what else the rule says.
    Noop,
    /// What comes from there is held, and strangers do not see it.
    Limit,
    /// Nothing is heard from there, and nothing said to it.
    Suspend,
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A steward made it.
    Hand,
    /// It stood on a list that a steward took over.
    List,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRule {
    /// The domain, in the one way of writing of `block::subject`; its subdomains are meant too.
    pub domain: String,
    /// How much it keeps away.
    pub severity: Severity,
    /// Whether pictures and other files of theirs are neither fetched nor shown.
    pub reject_media: bool,
    /// Whether what they report to us is thrown away.
    pub reject_reports: bool,
    /// Whether the domain should not be readable in a list that everybody sees. We publish none; it
    /// is kept for those with whom we share lists.
    pub obfuscate: bool,
    /// Why, for everybody.
    pub public_comment: String,
    /// Why, for the stewards.
    pub private_comment: String,
    /// Where it comes from.
    pub source: Source,
    /// Who made it, unless it was a command or they have left.
    pub made_by: Option<MemberId>,
    /// When.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What a suspension would cut off, or a rule would concern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// How many there follow us.
    pub followers: usize,
    /// How many there we follow.
    pub following: usize,
    /// The collectives there with which we have a pact now.
    pub pacts: Vec<String>,
    /// How many promises between them and us are under way.
    pub promises: usize,
    /// How many replies of people there are shown.
    pub replies: usize,
}

/// A list that was read, and waits for a steward to look at it.
pub struct Draft;

/// The id of such a list.
pub type DraftId = Id<Draft>;

/// The rules in force, as they are asked all the time. Suspensions stand in [`Blocks`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    limited: Blocks,
    without_media: Blocks,
    without_reports: Blocks,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Self; 3] = [Self::Noop, Self::Limit, Self::Suspend];

    /// The word for storage, pages and commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Limit => "limit",
            Self::Suspend => "suspend",
        }
    }

    /// The severity of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }
}

impl Source {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::List => "list",
        }
    }

    /// The source of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hand, Self::List].into_iter().find(|source| source.word() == word)
    }
}

impl DomainRule {
    /// Whether it is in force.
    pub fn is_active(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether what it cut off can be brought back.
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        let severed_for = now.duration_since(self.made_at);
        self.is_active() && (self.severity != Severity::Suspend || severed_for < UNDO)
    }
}

impl Concerned {
    /// Whether anybody here has to do with anybody there.
    pub fn has_ties(&self) -> bool {
        self.followers > 0 || self.following > 0 || !self.pacts.is_empty() || self.promises > 0
    }
}

impl Rules {
    /// The rules in force among these.
    pub fn new(rules: &[DomainRule]) -> Self {
        let those = |fits: fn(&DomainRule) -> bool| {
            let fit = rules.iter().filter(|rule| rule.is_active() && fits(rule));
            Blocks::new(fit.map(|rule| rule.domain.clone()))
        };
        Self {
            limited: those(|rule| rule.severity == Severity::Limit),
            without_media: those(|rule| rule.reject_media),
            without_reports: those(|rule| rule.reject_reports),
        }
    }

    /// Whether what comes from a host is held and not shown to strangers.
    pub fn limits_host(&self, host: &str) -> bool {
        self.limited.covers_host(host)
    }

    /// The same for the host of an address.
    pub fn limits_url(&self, url: &Url) -> bool {
        self.limited.covers_url(url)
    }

    /// Whether pictures of a host are neither fetched nor shown.
    pub fn rejects_media_of(&self, host: &str) -> bool {
        self.without_media.covers_host(host)
    }

    /// Whether what a host reports is thrown away.
    pub fn rejects_reports_of(&self, host: &str) -> bool {
        self.without_reports.covers_host(host)
    }

    /// The domains that are limited.
    pub fn limited(&self) -> &Blocks {
        &self.limited
    }
}

/// What a person typed or a list names, as the domain of a rule: a host without its subdomains, which
/// are always meant, so `*.evil.example` is `evil.example`. None if it names no host.
pub fn domain(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("*.").unwrap_or(typed);
    // The web's rules for addresses let more through than any host is called.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    let is_name = |domain: &String| !domain.starts_with('.') && domain.chars().all(is_plain);
    subject(typed).filter(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mod_03_wildcards_foreign_letters_and_dots_at_the_end_name_one_domain() {
        for typed in
            ["evil.test", "*.evil.test", " EVIL.test. ", "https://evil.test/", "*.Evil.test."]
        {
            assert_eq!(domain(typed).as_deref(), Some("evil.test"), "{typed}");
        }
        assert_eq!(domain("bücher.test").as_deref(), Some("xn--bcher-kva.test"));
        assert_eq!(domain("*.BÜCHER.test.").as_deref(), Some("xn--bcher-kva.test"));
        for typed in ["", "*", "*.", "*.*.test", "ev*l.test", "=cmd()", "a b", "https://a.test/ana"]
        {
            assert_eq!(domain(typed), None, "{typed}");
        }
    }

    #[test]
    fn words_come_back() {
        for severity in Severity::ALL {
            assert_eq!(Severity::from_word(severity.word()), Some(severity));
        }
        assert_eq!(Source::from_word("list"), Some(Source::List));
        assert!(Severity::Noop < Severity::Limit && Severity::Limit < Severity::Suspend);
    }
}
