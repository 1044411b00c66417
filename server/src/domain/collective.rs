//! The collective that this instance belongs to.

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use url::Url;

use crate::domain::refusal::Refusal;

/// The longest handle, in bytes.
const LONGEST_HANDLE: usize = 30;

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
    let fits = (1..=LONGEST_HANDLE).contains(&handle.len())
        && handle.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits { Ok(()) } else { Err(Refusal::HandleUnfit) }
}

/// A handle made of a name: `ring_street` of *Ring Street*; empty if nothing of it fits.
pub fn suggest_handle(name: &str) -> String {
    let plain = name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let fits = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let spaced: String = plain.map(|c| if fits(&c) { c } else { ' ' }).collect();
    let mut handle = spaced.split_whitespace().collect::<Vec<_>>().join("_");
    handle.truncate(LONGEST_HANDLE);
    handle.trim_end_matches('_').to_owned()
}

/// Reads under which name the world reaches us: `ring.example`, or the whole address.
pub fn read_address(typed: &str, allow_http: bool) -> Result<Url, Refusal> {
    let typed = typed.trim();
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = Url::parse(&whole).map_err(|_| Refusal::OwnAddressUnfit)?;
    let is_safe = url.scheme() == "https" || (allow_http && url.scheme() == "http");
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_ours = url.username().is_empty() && url.password().is_none();
    // A number, or a name that only this machine knows, is no address for the fediverse.
    let is_named = url.domain().is_some_and(|name| name.trim_end_matches('.').contains('.'));
    let is_named = is_named || (allow_http && url.host_str().is_some());
    if is_safe && is_bare && is_ours && is_named { Ok(url) } else { Err(Refusal::OwnAddressUnfit) }
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
    fn a_handle_is_made_of_a_name() {
        assert_eq!(suggest_handle("Ring Street"), "ring_street");
        assert_eq!(suggest_handle("  Calle Ñandú, nº 7!"), "calle_nandu_n_7");
        assert_eq!(suggest_handle("Улица"), "");
        let long = suggest_handle(&"street ".repeat(9));
        assert_eq!(check_handle(&long), Ok(()), "{long}");
    }

    #[test]
    fn an_address_is_a_name_that_the_world_knows() {
        let read = |typed: &str| read_address(typed, false).map(|url| url.to_string());
        assert_eq!(read(" ring.example "), Ok("https://ring.example/".to_owned()));
        assert_eq!(read("https://Ring.Example/"), Ok("https://ring.example/".to_owned()));
        for wrong in [
            "",
            "ring",
            "http://ring.example",
            "ring.example/here",
            "me@ring.example",
            "198.51.100.7",
            "ring street",
        ] {
            assert_eq!(read(wrong), Err(Refusal::OwnAddressUnfit), "{wrong}");
        }
        let here = read_address("http://127.0.0.1:8000", true).map(|url| url.to_string());
        assert_eq!(here, Ok("http://127.0.0.1:8000/".to_owned()));
    }

    #[test]
    fn a_usual_port_is_not_part_of_the_domain() {
        assert_eq!(domain_of(&"https://ring.example:443/".parse().unwrap()), "ring.example");
        assert_eq!(domain_of(&"http://127.0.0.1:8001/".parse().unwrap()), "127.0.0.1:8001");
    }
}
