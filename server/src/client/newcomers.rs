//! How many actors that we never met are looked up for one domain.
//!
//! With a wildcard name and actors who mention each other, one server can make others read actors
//! without end (CVE-2022-46405). So strangers are counted by the domain that somebody registered,
//! not by host.

use std::time::Duration;

use jiff::Timestamp;
use url::{Host, Url};

use crate::client::addresses::Addresses;

/// How many domains are remembered, so that causing many costs no memory.
const MOST_DOMAINS: u64 = 10_000;
/// One hour, in seconds.
const HOUR: i64 = 3_600;

/// Counts strangers by registered domain and hour.
#[derive(Clone, Debug)]
pub struct Newcomers(moka::sync::Cache<(String, i64), u32>);

impl Default for Newcomers {
    fn default() -> Self {
        let hour = Duration::from_secs(HOUR.unsigned_abs());
        Self(moka::sync::Cache::builder().max_capacity(MOST_DOMAINS).time_to_live(hour).build())
    }
}

impl Newcomers {
    /// Counts one more actor at `url`; false if there were more than `most` within this hour of the
    /// clock.
    pub fn admit(&self, addresses: &Addresses, url: &Url, now: Timestamp, most: u32) -> bool {
        let Some(domain) = domain(addresses, url) else { return true };
        let key = (domain, now.as_second().div_euclid(HOUR));
        let count = self
            .0
            .entry(key)
            .and_upsert_with(|seen| seen.map_or(1, |seen| seen.into_value().saturating_add(1)));
        count.into_value() <= most
    }
}

/// By what an address is counted: the domain that was registered (Public Suffix List), or the
/// number. None if the operator allowed the number by hand.
pub fn domain(addresses: &Addresses, url: &Url) -> Option<String> {
    let number = |ip| (!addresses.is_allowed(ip)).then(|| ip.to_string());
    match url.host()? {
        Host::Ipv4(ip) => number(ip.into()),
        Host::Ipv6(ip) => number(ip.into()),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            Some(psl::domain_str(name).unwrap_or(name).to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Federation;

    const MOST: u32 = 30;

    #[test]
    fn ssrf_11_strangers_are_counted_by_the_domain_that_was_registered() {
        let addresses = Addresses::new(&Federation::default()).unwrap();
        let newcomers = Newcomers::default();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let admits =
            |url: String, now| newcomers.admit(&addresses, &url.parse().unwrap(), now, MOST);
        for number in 0..MOST {
            assert!(admits(format!("https://a{number}.evil.example/ana"), now), "{number}");
        }
        assert!(!admits("https://another.evil.example/ana".into(), now));
        assert!(!admits("https://evil.example./ana".into(), now));
        assert!(admits("https://mill.example/ana".into(), now));
        // Under a public suffix, each name was registered by somebody else.
        assert!(admits("https://a.co.uk/ana".into(), now));
        for number in 0..MOST {
            admits(format!("https://a.co.uk/{number}"), now);
        }
        assert!(!admits("https://a.co.uk/ana".into(), now));
        assert!(admits("https://b.co.uk/ana".into(), now));
        let later = Timestamp::from_second(1_800_003_600).unwrap();
        assert!(admits("https://another.evil.example/ana".into(), later));
    }
}
