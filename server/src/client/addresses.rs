//! Which addresses may be reached at all.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::config::Federation;

/// The longest address.
const LONGEST_URL: usize = 2_000;

/// What is never reached, from RFC 6890 and the IANA special-purpose registries.
const PRIVATE: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:10::/28",
    "2001:20::/28",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Endings of names that lead into a private network, or to no network that we can reach (RFC 6761,
/// 6762, 7686, 8375, and ICANN's `.internal`).
const PRIVATE_NAMES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "onion"];

/// Which addresses may be reached.
#[derive(Clone, Debug)]
pub struct Addresses {
    private: Vec<IpNet>,
    allowed: Vec<IpNet>,
    allow_http: bool,
}

/// Why an address is never asked, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Forbidden(pub String);

impl Addresses {
    /// The rules of a configuration.
    pub fn new(federation: &Federation) -> anyhow::Result<Self> {
        let private = PRIVATE.iter().map(|network| network.parse()).collect::<Result<_, _>>()?;
        Ok(Self {
            private,
            allowed: federation.allow_private.clone(),
            allow_http: federation.allow_http,
        })
    }

    /// Whether plain HTTP is allowed.
    pub fn allow_http(&self) -> bool {
        self.allow_http
    }

    /// Checks everything of an address that can be known before its name is resolved.
    pub fn check(&self, url: &Url) -> Result<(), Forbidden> {
        let scheme_fits = url.scheme() == "https" || (self.allow_http && url.scheme() == "http");
        if !scheme_fits {
            return forbidden("this address is not https");
        }
        if url.as_str().len() > LONGEST_URL
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return forbidden("this address is too long or holds a name and password");
        }
        if url.port().is_some() && self.allowed.is_empty() {
            return forbidden("this address names a port other than 443");
        }
        match url.host() {
            None => forbidden("the address has no host"),
            Some(Host::Ipv4(ip)) => self.check_ip(ip.into()),
            Some(Host::Ipv6(ip)) => self.check_ip(ip.into()),
            Some(Host::Domain(name)) if self.allowed.is_empty() && is_private_name(name) => {
                forbidden(format!("{name} leads to a private address"))
            }
            Some(Host::Domain(_)) => Ok(()),
        }
    }

    /// Checks an address that is about to be connected to.
    pub fn check_ip(&self, ip: IpAddr) -> Result<(), Forbidden> {
        let ip = inner(ip);
        if self.is_private(ip) && !self.is_allowed(ip) {
            return forbidden(format!("{ip} is a private address"));
        }
        Ok(())
    }

    /// Whether the operator named a network with this address as one that may be reached.
    pub fn is_allowed(&self, ip: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(&inner(ip)))
    }

    fn is_private(&self, ip: IpAddr) -> bool {
        self.private.iter().any(|network| network.contains(&ip))
    }
}

fn forbidden<T>(why: impl Into<String>) -> Result<T, Forbidden> {
    Err(Forbidden(why.into()))
}

fn is_private_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let under = |ending: &str| name.strip_suffix(ending).is_some_and(|rest| rest.ends_with('.'));
    PRIVATE_NAMES.iter().any(|ending| name == *ending || under(ending))
}

/// Networks at home, in a company or on one machine, where our own public name may lead to us (RFC
/// 1918, 4193, 6598).
const HOME: [&str; 7] = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
];

/// Whether an address is one of a network at home.
pub fn is_at_home(ip: IpAddr) -> bool {
    is_in(&HOME, inner(ip))
}

/// Checks an address to which our own public name leads: besides public ones, those at home may be
/// reached. What lends an identity or answers for a whole network stays out of reach all the same.
pub fn check_own(ip: IpAddr) -> Result<(), Forbidden> {
    if is_in(PRIVATE, inner(ip)) && !is_at_home(ip) {
        return forbidden(format!("{ip} is no address of a server"));
    }
    Ok(())
}

fn is_in(networks: &[&str], ip: IpAddr) -> bool {
    let mut networks = networks.iter().filter_map(|network| network.parse::<IpNet>().ok());
    networks.any(|network| network.contains(&ip))
}

/// The IPv4 address inside a mapped or NAT64 one, which is what would be reached.
fn inner(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return v4.into();
    }
    match v6.octets() {
        [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => IpAddr::from([a, b, c, d]),
        _ => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow: &[&str]) -> Addresses {
        let allow_private = allow.iter().map(|network| network.parse().unwrap()).collect();
        Addresses::new(&Federation {
            allow_http: !allow.is_empty(),
            allow_private,
            ..Federation::default()
        })
        .unwrap()
    }

    fn check(addresses: &Addresses, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| addresses.check(&url).is_ok())
    }

    #[test]
    fn ssrf_01_private_addresses_are_refused_however_they_are_written() {
        let addresses = rules(&[]);
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "017700000001",
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::7f00:1]",
            "[64:ff9b::7f00:1]",
            "[fc00::1]",
            "[fe80::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
        ] {
            assert!(!check(&addresses, &format!("https://{host}/")), "{host}");
        }
        for host in
            ["localhost", "LOCALHOST.", "foo.localhost", "db.internal", "nas.local", "x.onion"]
        {
            assert!(!check(&addresses, &format!("https://{host}/")), "{host}");
        }
        assert!(check(&addresses, "https://93.184.215.14/"));
        assert!(check(&addresses, "https://ring.example/"));
    }

    #[test]
    fn ssrf_06_what_is_not_plain_https_is_refused() {
        let addresses = rules(&[]);
        for url in [
            "http://ring.example/",
            "ftp://ring.example/",
            "file:///etc/passwd",
            "data:,x",
            "https://a:b@ring.example/",
            "https://a@ring.example/",
            "https://ring.example:22/",
            "https://93.184.215.14:22/",
        ] {
            assert!(!check(&addresses, url), "{url}");
        }
    }

    #[test]
    fn our_own_name_may_lead_home_and_nowhere_else_that_is_private() {
        let own = |ip: &str| check_own(ip.parse().unwrap()).is_ok();
        for fine in ["93.184.215.14", "192.168.1.7", "10.1.2.3", "127.0.0.1", "::1", "fd00::1"] {
            assert!(own(fine), "{fine}");
        }
        for never in
            ["169.254.169.254", "0.0.0.0", "::", "224.0.0.1", "fe80::1", "::ffff:169.254.169.254"]
        {
            assert!(!own(never), "{never}");
        }
    }

    #[test]
    fn a_network_can_be_allowed_for_tests() {
        let addresses = rules(&["127.0.0.0/8"]);
        assert!(check(&addresses, "http://127.0.0.1:8001/"));
        assert!(!check(&addresses, "http://192.168.0.1/"));
    }
}
