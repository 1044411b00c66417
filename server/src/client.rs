//! The one road out: every request to another server goes through this client.
//!
//! No address is reached that is not public: names are checked after they are resolved and at the
//! moment of connecting (so that a name cannot change its mind), addresses written as numbers
//! before. Redirects are never followed by the client itself, because every hop must be checked and
//! signed for its own host.

pub mod addresses;
pub mod newcomers;
pub mod own;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::client::addresses::{Addresses, Forbidden};
use crate::client::newcomers::Newcomers;
use crate::config::{Federation, Limits};
use crate::domain::collective::domain_of;
use crate::domain::gate::Gate;

/// No answer is read beyond this, after decompression.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// What somebody says besides that they took something is read up to this size, in bytes, and for
/// this long, only so that the connection can be used again.
const SHORT_THANKS: u64 = 4 * 1024;
const QUICK_THANKS: Duration = Duration::from_secs(1);

/// How long another server may keep us waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, its TLS included.
    pub connect: Duration,
    /// For the first byte of an answer's body, and for any later piece.
    pub read: Duration,
    /// For a request altogether, so that a drip cannot hold a worker.
    pub total: Duration,
}

impl Timeouts {
    /// Those of a configuration.
    pub fn of(limits: &Limits) -> Self {
        Self {
            connect: Duration::from_secs(limits.connect_seconds),
            read: Duration::from_secs(limits.silence_seconds),
            total: Duration::from_secs(limits.answer_seconds),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::of(&Limits::default())
    }
}

/// The addresses of a name, or why there are none.
pub type Looked = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// Finds the addresses of names: the machine's resolver, or a table in tests.
pub trait Lookup: Send + Sync {
    /// The addresses of a name. Port 0 stands for the port of the request.
    fn lookup(&self, name: &str) -> Looked;
}

/// What asks.
type Http = reqwest::Client;

/// The client.
#[derive(Clone, Debug)]
pub struct Client {
    http: Http,
    addresses: Addresses,
    newcomers: Newcomers,
    own: Option<Url>,
    gate: Arc<RwLock<Arc<Gate>>>,
}

/// An answer, read to its end unless it is the yes to a POST.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: http::StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// We do not ask there, or do not read this: later will be no different.
    #[error(transparent)]
    Never(#[from] Forbidden),
    /// It did not work this time.
    #[error("{0:#}")]
    NotNow(anyhow::Error),
}

impl Client {
    /// A client that asks the machine's resolver.
    pub fn new(federation: &Federation, timeouts: Timeouts) -> anyhow::Result<Self> {
        Self::with_lookup(federation, timeouts, Arc::new(System))
    }

    /// A client that finds names in its own way.
    pub fn with_lookup(
        federation: &Federation,
        timeouts: Timeouts,
        lookup: Arc<dyn Lookup>,
    ) -> anyhow::Result<Self> {
        let addresses = Addresses::new(federation)?;
        let resolver = Resolver { addresses: addresses.clone(), lookup };
        let http = build(resolver, timeouts).build().context("cannot build the HTTP client")?;
        Ok(Self {
            http,
            addresses,
            newcomers: Newcomers::default(),
            own: None,
            gate: Arc::default(),
        })
    }

    /// The client of the server at `base`: it never asks itself, and signs for whom it asks.
    pub fn of(self, base: &Url) -> Self {
        Self { own: Some(base.clone()), gate: Arc::default(), ..self }
    }

    /// With whom we speak at all.
    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on, asks and tells only those whom this gate lets through.
    pub fn set_gate(&self, gate: Gate) {
        *self.gate.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(gate);
    }

    /// Gets a document.
    pub async fn get(&self, url: &Url, headers: HeaderMap) -> Result<Answer, NoAnswer> {
        self.get_up_to(url, headers, LARGEST_ANSWER).await
    }

    /// Gets something that may be as large as `largest`, in bytes.
    pub async fn get_up_to(
        &self,
        url: &Url,
        headers: HeaderMap,
        largest: usize,
    ) -> Result<Answer, NoAnswer> {
        let answer = self.fetch(url, headers, largest).await;
        let result = match &answer {
            Ok(_) => "answered",
            Err(NoAnswer::Never(_)) => "refused",
            Err(NoAnswer::NotNow(_)) => "failed",
        };
        metrics::counter!("fetch_total", "result" => result).increment(1);
        answer
    }

    async fn fetch(
        &self,
        url: &Url,
        headers: HeaderMap,
        largest: usize,
    ) -> Result<Answer, NoAnswer> {
        self.check(url, &headers)?;
        self.check_gate(url)?;
        let response = self.http.get(url.clone()).headers(headers).send().await;
        read(response.map_err(|error| explain(&error))?, largest).await
    }

    /// Posts a body. Of an answer that says yes, the body is left out, whatever it is: it cannot
    /// turn the yes into a no.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, NoAnswer> {
        self.check(url, &headers)?;
        self.check_gate(url)?;
        let request = self.http.post(url.clone()).headers(headers).body(body);
        let response = request.send().await.map_err(|error| explain(&error))?;
        if !response.status().is_success() {
            return read(response, LARGEST_ANSWER).await;
        }
        let (status, headers) = (response.status(), response.headers().clone());
        if response.content_length().is_some_and(|length| length <= SHORT_THANKS) {
            // Whatever comes of it.
            let _ = tokio::time::timeout(QUICK_THANKS, response.bytes()).await;
        }
        Ok(Answer { status, headers, body: Bytes::new() })
    }

    /// Posts a body, and reads what is answered, whatever it says.
    pub async fn ask(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, NoAnswer> {
        self.check(url, &headers)?;
        self.check_gate(url)?;
        let request = self.http.post(url.clone()).headers(headers).body(body);
        read(request.send().await.map_err(|error| explain(&error))?, LARGEST_ANSWER).await
    }

    /// Whether plain HTTP is allowed, for tests and the demo.
    pub fn allows_http(&self) -> bool {
        self.addresses.allow_http()
    }

    /// Checks an address that somebody typed, as far as it can be known without asking.
    pub fn check_address(&self, url: &Url) -> Result<(), Forbidden> {
        self.addresses.check(url)
    }

    /// Counts one more actor whom we never met; false if its domain had too many in this hour.
    pub fn admits_stranger(&self, url: &Url, now: Timestamp, most: u32) -> bool {
        self.newcomers.admit(&self.addresses, url, now, most)
    }

    /// By what strangers at an address are counted: the domain that somebody registered, or the
    /// number. None if the operator allowed the number by hand.
    pub fn registered_domain(&self, url: &Url) -> Option<String> {
        newcomers::domain(&self.addresses, url)
    }

    fn check_gate(&self, url: &Url) -> Result<(), NoAnswer> {
        let gate = self.gate();
        match () {
            () if gate.lets_through_url(url) => Ok(()),
            // It is said to be for a while: what is to be asked waits.
            () if gate.is_off() => Err(NoAnswer::NotNow(anyhow!("federation is off here"))),
            () => {
                Err(Forbidden("this server is not on the list of those with whom we speak".into())
                    .into())
            }
        }
    }

    fn check(&self, url: &Url, headers: &HeaderMap) -> Result<(), Forbidden> {
        self.addresses.check(url).inspect_err(count_blocked)?;
        let Some(own) = &self.own else { return Ok(()) };
        if is_same_server(own, url) {
            return Err(Forbidden("this is our own address".into()));
        }
        // What was signed for one host must not be shown to another, which could use it there.
        let named = headers.get(header::HOST).map(|host| host.as_bytes().to_vec());
        let signed = headers.contains_key("signature");
        if (signed || named.is_some()) && named != Some(domain_of(url).into_bytes()) {
            return Err(Forbidden("this request was signed for another host".into()));
        }
        Ok(())
    }
}

fn count_blocked(_: &Forbidden) {
    metrics::counter!("ssrf_blocked_total").increment(1);
}

/// What every client of ours has in common.
fn build(resolver: impl Resolve + 'static, timeouts: Timeouts) -> reqwest::ClientBuilder {
    // A second instance in one process finds the provider installed; that is fine.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "this is the one client")]
    let builder = reqwest::Client::builder();
    builder
        .user_agent(concat!("Mutuals/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(resolver))
        .no_proxy()
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.read)
        .timeout(timeouts.total)
        .pool_idle_timeout(Duration::from_secs(60))
}

/// Whether two addresses lead to one server; a name may be written with the root's dot.
fn is_same_server(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
    host(one) == host(other) && one.port_or_known_default() == other.port_or_known_default()
}

/// The machine's resolver.
struct System;

impl Lookup for System {
    fn lookup(&self, name: &str) -> Looked {
        let name = name.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// Lets only checked addresses through. The client connects to what comes out of this, and asks no
/// second time, so a name cannot lead elsewhere between the check and the connection.
struct Resolver {
    addresses: Addresses,
    lookup: Arc<dyn Lookup>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.addresses.clone();
        let looked = self.lookup.lookup(name.as_str());
        Box::pin(async move {
            let found = looked.await?;
            // One private address among public ones is no accident: none of them is used.
            for address in &found {
                addresses.check_ip(address.ip()).inspect_err(count_blocked)?;
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

async fn read(mut response: reqwest::Response, largest: usize) -> Result<Answer, NoAnswer> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error))? {
        if body.len() + chunk.len() > largest {
            let sentence = format!("the answer is larger than {largest} bytes");
            return Err(Forbidden(sentence).into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

/// A failed request in one line with its causes; without the address, which may be private.
fn explain(error: &reqwest::Error) -> NoAnswer {
    let mut sentence = match error {
        e if e.is_timeout() => "it took too long".to_owned(),
        e if e.is_connect() => "cannot connect".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(forbidden) = inner.downcast_ref::<Forbidden>() {
            return NoAnswer::Never(forbidden.clone());
        }
        cause = inner.source();
        if cause.is_none() {
            sentence = format!("{sentence}: {inner}");
        }
    }
    NoAnswer::NotNow(anyhow!(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gate::Mode;

    fn client(allow_http: bool) -> Client {
        let federation = Federation { allow_http, ..Federation::default() };
        Client::new(&federation, Timeouts::default()).unwrap()
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_connecting() {
        struct Home;
        impl Lookup for Home {
            fn lookup(&self, _: &str) -> Looked {
                Box::pin(async { Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))]) })
            }
        }
        let federation = Federation { allow_http: true, ..Federation::default() };
        let client = Client::with_lookup(&federation, Timeouts::default(), Arc::new(Home)).unwrap();
        let url = Url::parse("http://mill.example/").unwrap();
        let error = client.get(&url, HeaderMap::new()).await.unwrap_err();
        assert!(matches!(error, NoAnswer::Never(_)), "{error}");
        assert!(error.to_string().contains("private address"), "{error}");
    }

    #[test]
    fn ssrf_02_we_never_ask_ourselves() {
        let client = client(false).of(&Url::parse("https://ring.example/").unwrap());
        let check = |url: &str| client.check(&Url::parse(url).unwrap(), &HeaderMap::new());
        for ours in [
            "https://ring.example/inbox",
            "https://RING.example:443/",
            "https://ring.example./",
            "https://r\u{ff49}ng.example/",
        ] {
            assert!(check(ours).is_err(), "{ours}");
        }
        assert_eq!(check("https://mill.example/"), Ok(()));
    }

    #[tokio::test]
    async fn mod_30_nobody_is_asked_whom_the_gate_leaves_out() {
        let client = client(false).of(&Url::parse("https://ring.example/").unwrap());
        let url = Url::parse("https://mill.invalid/").unwrap();
        client.set_gate(Gate::new(Mode::Allowlist, ["other.example".to_owned()]));
        let listed = client.get(&url, HeaderMap::new()).await.unwrap_err();
        assert!(matches!(listed, NoAnswer::Never(_)), "{listed}");
        client.set_gate(Gate::new(Mode::Off, []));
        let off = client.post(&url, HeaderMap::new(), Bytes::new()).await.unwrap_err();
        assert!(off.to_string().contains("federation is off"), "{off}");
    }

    #[test]
    fn ssrf_12_a_signature_is_shown_to_nobody_but_whom_it_was_made_for() {
        let client = client(false).of(&Url::parse("https://ring.example/").unwrap());
        let check = |host: Option<&str>, url: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("signature", "x".parse().unwrap());
            if let Some(host) = host {
                headers.insert("host", host.parse().unwrap());
            }
            client.check(&Url::parse(url).unwrap(), &headers).is_ok()
        };
        assert!(check(Some("mill.example"), "https://mill.example/inbox"));
        assert!(!check(Some("mill.example"), "https://evil.example/inbox"));
        assert!(!check(None, "https://mill.example/inbox"));
    }
}
