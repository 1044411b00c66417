//! The one road out: every request to another server goes through this client.
//!
//! No address is reached that is not public: names are checked after they are resolved and at the
//! moment of connecting (so that a name cannot change its mind), addresses written as numbers
//! before. Redirects are never followed by the client itself, because every hop must be checked and
//! signed for its own host.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::config::Federation;

/// No answer is read beyond this, after decompression.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long any single read may take.
const READ: Duration = Duration::from_secs(10);
/// How long a request may take altogether, so that a drip cannot hold a worker.
const TOTAL: Duration = Duration::from_secs(30);
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

/// Which addresses may be reached.
#[derive(Clone, Debug)]
pub struct Addresses {
    private: Vec<IpNet>,
    allowed: Vec<IpNet>,
    allow_http: bool,
}

/// The client.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    addresses: Addresses,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: http::StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

impl Client {
    /// Builds the client.
    pub fn new(federation: &Federation) -> anyhow::Result<Self> {
        let addresses = Addresses::new(federation)?;
        // A second instance in one process finds the provider installed; that is fine.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        #[expect(clippy::disallowed_methods, reason = "this is the one client")]
        let http = reqwest::Client::builder()
            .user_agent(concat!("Mutuals/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(Resolver(addresses.clone())))
            .no_proxy()
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .timeout(TOTAL)
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .context("cannot build the HTTP client")?;
        Ok(Self { http, addresses })
    }

    /// Gets a document.
    pub async fn get(&self, url: &Url, headers: HeaderMap) -> anyhow::Result<Answer> {
        self.addresses.check(url)?;
        let request = self.http.get(url.clone()).headers(headers);
        read(request.send().await.map_err(|error| plain(&error))?).await
    }

    /// Posts a body.
    pub async fn post(&self, url: &Url, headers: HeaderMap, body: Bytes) -> anyhow::Result<Answer> {
        self.addresses.check(url)?;
        let request = self.http.post(url.clone()).headers(headers).body(body);
        read(request.send().await.map_err(|error| plain(&error))?).await
    }

    /// Whether plain HTTP is allowed, for tests and the demo.
    pub fn allows_http(&self) -> bool {
        self.addresses.allow_http
    }
}

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

    /// Checks everything of an address that can be known before its name is resolved.
    pub fn check(&self, url: &Url) -> anyhow::Result<()> {
        let scheme_fits = url.scheme() == "https" || (self.allow_http && url.scheme() == "http");
        if !scheme_fits {
            bail!("{url} is not https");
        }
        if url.as_str().len() > LONGEST_URL
            || !url.username().is_empty()
            || url.password().is_some()
        {
            bail!("this address is too long or holds a name and password");
        }
        if url.port().is_some() && self.allowed.is_empty() {
            bail!("{url} names a port other than 443");
        }
        match url.host().context("the address has no host")? {
            Host::Ipv4(ip) => self.check_ip(ip.into()),
            Host::Ipv6(ip) => self.check_ip(ip.into()),
            Host::Domain(_) => Ok(()),
        }
    }

    /// Checks an address that is about to be connected to.
    pub fn check_ip(&self, ip: IpAddr) -> anyhow::Result<()> {
        let ip = inner(ip);
        let within = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&ip));
        if within(&self.private) && !within(&self.allowed) {
            bail!("{ip} is a private address");
        }
        Ok(())
    }
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

struct Resolver(Addresses);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            for address in &found {
                addresses.check_ip(address.ip())?;
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

async fn read(mut response: reqwest::Response) -> anyhow::Result<Answer> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| plain(&error))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            bail!("the answer is larger than {LARGEST_ANSWER} bytes");
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

/// A failed request in one line with its causes; without the address, which may be private.
fn plain(error: &reqwest::Error) -> anyhow::Error {
    let mut sentence = match error {
        e if e.is_timeout() => "it took too long".to_owned(),
        e if e.is_connect() => "cannot connect".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        cause = inner.source();
        if cause.is_none() {
            sentence = format!("{sentence}: {inner}");
        }
    }
    anyhow!(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow: &[&str]) -> Addresses {
        let allow_private = allow.iter().map(|network| network.parse().unwrap()).collect();
        Addresses::new(&Federation { allow_http: !allow.is_empty(), allow_private }).unwrap()
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
    fn a_network_can_be_allowed_for_tests() {
        let addresses = rules(&["127.0.0.0/8"]);
        assert!(check(&addresses, "http://127.0.0.1:8001/"));
        assert!(!check(&addresses, "http://192.168.0.1/"));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_connecting() {
        let client =
            Client::new(&Federation { allow_http: true, ..Federation::default() }).unwrap();
        let url = Url::parse("http://localhost/").unwrap();
        let error = client.get(&url, HeaderMap::new()).await.unwrap_err().to_string();
        assert!(error.contains("private address"), "{error}");
    }
}
