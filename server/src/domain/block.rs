//! Whom we neither hear nor speak to.

use std::collections::HashSet;

use url::{Host, Url};

use crate::domain::gate::Gate;

/// Hosts and actors that are blocked. A blocked host covers its subdomains, and every port unless
/// the block names one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    hosts: HashSet<String>,
    actors: HashSet<String>,
    /// If there is a list of those with whom we speak: everybody else counts as blocked.
    only: Option<HashSet<String>>,
}

impl Blocks {
    /// The blocks with these subjects, as [`subject`] wrote them.
    pub fn new(subjects: impl IntoIterator<Item = String>) -> Self {
        let (actors, hosts) = subjects.into_iter().partition(|subject| subject.contains('/'));
        Self { hosts, actors, only: None }
    }

    /// These blocks, and everybody besides whom a gate does not let through.
    pub fn behind(&self, gate: &Gate) -> Self {
        Self { only: gate.only().cloned(), ..self.clone() }
    }

    /// These blocks, and others besides.
    pub fn and(&self, others: &Self) -> Self {
        let mut both = self.clone();
        both.hosts.extend(others.hosts.iter().cloned());
        both.actors.extend(others.actors.iter().cloned());
        both
    }

    /// Whether nobody is blocked.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.actors.is_empty() && self.only.is_none()
    }

    /// Whether a host, with its port if it is not the usual one, is blocked.
    pub fn covers_host(&self, host: &str) -> bool {
        let is_left_out =
            self.only.as_ref().is_some_and(|only| !only.contains(&host.to_ascii_lowercase()));
        is_left_out || self.covering(host).is_some()
    }

    /// The blocked host that covers a host, with its port if it is not the usual one.
    pub fn covering(&self, host: &str) -> Option<String> {
        if self.hosts.is_empty() {
            return None;
        }
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, Some(port)),
            _ => (host.as_str(), None),
        };
        let mut rest = Some(name.trim_end_matches('.'));
        while let Some(suffix) = rest {
            let with_port = port.map(|port| format!("{suffix}:{port}"));
            let found = with_port.into_iter().chain([suffix.to_owned()]);
            if let Some(found) = found.into_iter().find(|each| self.hosts.contains(each)) {
                return Some(found);
            }
            rest = suffix.split_once('.').map(|(_, parent)| parent);
        }
        None
    }

    /// Whether an actor or its host is blocked.
    pub fn covers_actor(&self, actor: &Url) -> bool {
        self.actors.contains(actor.as_str()) || self.covers_url(actor)
    }

    /// The addresses of the actors that are blocked alone.
    pub fn actors(&self) -> impl ExactSizeIterator<Item = &str> {
        self.actors.iter().map(String::as_str)
    }

    /// Whether the host of an address is blocked.
    pub fn covers_url(&self, url: &Url) -> bool {
        let has_hosts = !self.hosts.is_empty() || self.only.is_some();
        has_hosts && self.covers_host(&crate::domain::collective::domain_of(url))
    }
}

/// What a person typed, as a block is stored: a host in one canonical way of writing (small
/// letters, A-labels, no dot at the end), or the address of an actor. None if it is neither.
pub fn subject(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.contains('/') {
        let url = Url::parse(typed).ok()?;
        let fits = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
        return match url.path() {
            _ if !fits => None,
            "/" => subject(&crate::domain::collective::domain_of(&url)),
            _ => Some(url.to_string()),
        };
    }
    if typed.is_empty() || typed.contains(['@', '?', '#', '%', '\\', ' ', '*']) {
        return None;
    }
    let url = Url::parse(&format!("https://{typed}/")).ok()?;
    let host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        other => other.to_string(),
    };
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

/// Whether a block with this subject covers what many register names under, such as `com` or
/// `co.uk` (Public Suffix List).
pub fn is_public_suffix(subject: &str) -> bool {
    let name = subject.split(':').next().unwrap_or_default().as_bytes();
    psl::suffix(name).is_some_and(|suffix| suffix.is_known() && suffix == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gate::Mode;

    #[test]
    fn inb_19_a_block_covers_subdomains_ports_and_every_way_of_writing() {
        let blocks = Blocks::new(["evil.test".to_owned(), "shop.test:8443".to_owned()]);
        for host in ["evil.test", "sub.evil.test", "EVIL.test", "evil.test.", "a.b.evil.test:444"] {
            assert!(blocks.covers_host(host), "{host}");
        }
        for host in ["notevil.test", "evil.test.org", "test", "shop.test", "shop.test:8444", ""] {
            assert!(!blocks.covers_host(host), "{host}");
        }
        assert!(blocks.covers_host("shop.test:8443"));
        assert!(blocks.covers_actor(&Url::parse("https://x.evil.test/ana").unwrap()));
    }

    #[test]
    fn inb_19_what_is_typed_has_one_way_of_being_stored() {
        let stored = |typed: &str| subject(typed);
        for typed in ["EVIL.test", "evil.test.", "https://evil.test/", " evil.test ", "ｅvil.test"]
        {
            assert_eq!(stored(typed).as_deref(), Some("evil.test"), "{typed}");
        }
        assert_eq!(stored("bücher.test").as_deref(), Some("xn--bcher-kva.test"));
        assert_eq!(stored("evil.test:8443").as_deref(), Some("evil.test:8443"));
        assert_eq!(stored("https://a.test/ana").as_deref(), Some("https://a.test/ana"));
        for typed in
            ["", "a b", "@ana@evil.test", "ftp://evil.test/", "evil.test?x", "a%2eb", "*", "*.a.b"]
        {
            assert_eq!(stored(typed), None, "{typed}");
        }
    }

    #[test]
    fn inb_19_a_slip_does_not_block_half_the_world() {
        for wide in ["com", "co.uk", "com:8443", "org"] {
            assert!(is_public_suffix(wide), "{wide}");
        }
        for host in ["evil.com", "evil.co.uk", "localhost", "127.0.0.1", "[::1]", "evil.test"] {
            assert!(!is_public_suffix(host), "{host}");
        }
    }

    #[test]
    fn whom_a_gate_leaves_out_counts_as_blocked() {
        let blocks = Blocks::new(["evil.test".to_owned()]);
        let listed = ["mill.test".to_owned(), "sub.evil.test".to_owned()];
        let behind = blocks.behind(&Gate::new(Mode::Allowlist, listed));
        assert!(!behind.covers_host("mill.test") && !behind.covers_host("MILL.test"));
        for host in ["evil.test", "sub.evil.test", "other.test", "x.mill.test", "mill.test:99"] {
            assert!(behind.covers_host(host), "{host}");
        }
        assert!(!blocks.behind(&Gate::default()).covers_host("other.test"));
        assert_eq!(blocks.covering("a.evil.test:1").as_deref(), Some("evil.test"));
    }

    #[test]
    fn one_actor_can_be_blocked_alone() {
        let blocks = Blocks::new(["https://a.test/ana".to_owned()]);
        assert!(blocks.covers_actor(&Url::parse("https://a.test/ana").unwrap()));
        assert!(!blocks.covers_actor(&Url::parse("https://a.test/eve").unwrap()));
    }
}
