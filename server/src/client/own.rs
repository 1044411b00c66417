//! Asks our own public address and nothing else: so the doctor sees us from outside.
//!
//! The client never asks ourselves, and no private address. Here both are lifted, and only here: at
//! home and in a company our public name often leads to an address of the network inside (a router
//! that does not loop back, a name server of one's own), and a look that refused it would fail
//! exactly where it is needed. Nobody from outside chooses what is asked: the name is the one that the
//! instance was set up with, the paths are the doctor's own, no redirect is followed, and what is
//! answered is compared and shown to stewards as a sentence. Addresses that are no server's, such as
//! those where machines in the cloud get their identity, stay out of reach.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::HeaderMap;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::client::addresses::{Forbidden, check_own};
use crate::client::{Answer, Http, Lookup as _, NoAnswer, System, Timeouts, build};
use crate::client::{explain, is_same_server, read};

/// How long we may keep ourselves waiting: so that all that the doctor asks fits into the time that a
/// page has.
const PATIENCE: Timeouts = Timeouts {
    connect: Duration::from_secs(4),
    read: Duration::from_secs(6),
    total: Duration::from_secs(8),
};
/// How long a name server may take.
const LOOKING_UP: Duration = Duration::from_secs(5);
/// No answer of ours to the doctor is larger, in bytes.
const LARGEST: usize = 256 * 1024;

/// A way to ourselves.
#[derive(Clone, Debug)]
pub struct Own {
    http: Http,
    base: Url,
}

/// What we answered ourselves.
#[derive(Clone, Debug)]
pub struct Told {
    /// The answer.
    pub answer: Answer,
    /// The certificate of the server, in DER.
    pub certificate: Option<Vec<u8>>,
}

impl Own {
    /// The way to `base`; if that is a name, by one of its addresses.
    pub fn new(base: &Url, by: Option<IpAddr>) -> anyhow::Result<Self> {
        let literal = match base.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::from(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::from(ip)),
            _ => None,
        };
        if let Some(ip) = literal {
            check_own(ip)?;
        }
        let resolver = Only { name: base.host_str().unwrap_or_default().to_owned(), by };
        let http = build(resolver, PATIENCE)
            .tls_info(true)
            .build()
            .context("cannot build the client for ourselves")?;
        Ok(Self { http, base: base.clone() })
    }

    /// The address of a path of ours.
    pub fn url(&self, path: &str) -> Result<Url, NoAnswer> {
        match self.base.join(path) {
            Ok(url) if is_same_server(&self.base, &url) => Ok(url),
            _ => Err(Forbidden("this is not our own address".into()).into()),
        }
    }

    /// Gets a document of ours.
    pub async fn get(&self, path: &str, headers: HeaderMap) -> Result<Told, NoAnswer> {
        let request = self.http.get(self.url(path)?).headers(headers);
        tell(request.send().await).await
    }

    /// Posts something to us.
    pub async fn post(
        &self,
        path: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Told, NoAnswer> {
        let request = self.http.post(self.url(path)?).headers(headers).body(body);
        tell(request.send().await).await
    }
}

/// The addresses of a name, as the machine's resolver has them.
pub async fn look_up(name: &str) -> std::io::Result<Vec<IpAddr>> {
    let found = tokio::time::timeout(LOOKING_UP, System.lookup(name)).await;
    let late = |_| std::io::Error::new(std::io::ErrorKind::TimedOut, "no name server answers");
    let mut found: Vec<IpAddr> =
        found.map_err(late)??.into_iter().map(|address| address.ip()).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn tell(sent: Result<reqwest::Response, reqwest::Error>) -> Result<Told, NoAnswer> {
    let response = sent.map_err(|error| explain(&error))?;
    let tls = response.extensions().get::<reqwest::tls::TlsInfo>();
    let certificate = tls.and_then(|tls| tls.peer_certificate()).map(<[u8]>::to_vec);
    Ok(Told { answer: read(response, LARGEST).await?, certificate })
}

/// Knows one name, and leads to one address.
struct Only {
    name: String,
    by: Option<IpAddr>,
}

impl Resolve for Only {
    fn resolve(&self, name: Name) -> Resolving {
        let by = self.by.filter(|_| name.as_str().eq_ignore_ascii_case(&self.name));
        Box::pin(async move {
            let ip = by.ok_or_else(|| Forbidden("this is not our own name".into()))?;
            check_own(ip)?;
            let only: Addrs = Box::new(std::iter::once(SocketAddr::new(ip, 0)));
            Ok(only)
        })
    }
}
