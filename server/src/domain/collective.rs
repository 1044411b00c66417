//! The collective that this instance belongs to.

use jiff::Timestamp;
use url::Url;

use crate::domain::refusal::Refusal;

/// Who we are. One instance serves one collective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collective {
    /// The local part of our address: `ring` in `@ring@ring.example`.
    pub handle: String,
    /// The name people use.
    pub name: String,
    /// A sentence or two about us, in Markdown.
    pub summary: String,
    /// Our origin, ending in a slash: `https://ring.example/`.
    pub base: Url,
    /// The language in which we speak to the world, as a code.
    pub language: String,
    /// When this instance began.
    pub created_at: Timestamp,
    /// When what stands here last changed.
    pub updated_at: Timestamp,
}

impl Collective {
    /// Host and, if it is not the usual one, port: the part after the second `@` of our address.
    pub fn domain(&self) -> String {
        domain_of(&self.base)
    }

    /// What the actor of our instance is called: its domain, where a handle may have no colon.
    pub fn instance_name(&self) -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        self.domain().chars().map(|c| if fits(c) { c } else { '_' }).collect()
    }

    /// Our address in the fediverse, without the leading `@`.
    pub fn address(&self) -> String {
        format!("{}@{}", self.handle, self.domain())
    }
}

/// Host and, if it is not the usual one, port of a URL; empty if it has no host.
pub fn domain_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

/// Checks the name of a collective.
pub fn check_name(name: &str) -> Result<(), Refusal> {
    let length = name.trim().chars().count();
    let fits = (1..=100).contains(&length) && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(Refusal::CollectiveNameUnfit) }
}

/// Checks a handle against what every fediverse server accepts.
pub fn check_handle(handle: &str) -> Result<(), Refusal> {
    let fits = (1..=30).contains(&handle.len())
        && handle.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits { Ok(()) } else { Err(Refusal::HandleUnfit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_what_the_fediverse_accepts() {
        for handle in ["ring", "ring_street", "7u6g"] {
            assert_eq!(check_handle(handle), Ok(()), "{handle}");
        }
        for handle in ["", "Ring", "ring street", "ring@home", "ríng", &"a".repeat(31)] {
            assert_eq!(check_handle(handle), Err(Refusal::HandleUnfit), "{handle}");
        }
    }

    #[test]
    fn a_usual_port_is_not_part_of_the_domain() {
        assert_eq!(domain_of(&"https://ring.example:443/".parse().unwrap()), "ring.example");
        assert_eq!(domain_of(&"http://127.0.0.1:8001/".parse().unwrap()), "127.0.0.1:8001");
    }
}
