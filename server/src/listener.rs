//! Taking connections: how many, from whom, and how slowly they may talk.
//!
//! The numbers are those of the configuration section `limits`. Behind a proxy, the address of a
//! connection is the proxy's; who is behind it is told by [`Origin`].

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::HOST;
use http::{HeaderMap, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::config::Limits;
use crate::rates::{Place, Places};

/// How long a stranger may take for the headers of a request, and be silent between two.
const HEADERS: Duration = Duration::from_secs(10);
/// How long a proxy may keep a connection that it does not use.
const PROXY_SILENCE: Duration = Duration::from_secs(75);
/// How long a connection is kept altogether, so that none is held for ever.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How many requests share an HTTP/2 connection.
const MOST_STREAMS: u32 = 100;
/// How large the headers of a request may be, in bytes.
const LARGEST_HEADERS: usize = 16 * 1024;
/// How long to wait when the system has no more connections to give.
const BREATHER: Duration = Duration::from_millis(100);

/// Who is at the other end: the address that limits are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin(pub IpAddr);

/// The other end of the connection itself: a proxy, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Takes connections until `stop` says so, then lets those that are open end.
pub async fn listen<S>(
    service: S,
    listener: TcpListener,
    limits: &Limits,
    mut stop: watch::Receiver<bool>,
) where
    S: tower::Service<Request, Response = Response, Error = std::convert::Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let gate = Gate::new(limits);
    let graceful = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match stream {
            Ok((stream, peer)) => {
                if let Some(place) = gate.enter(peer.ip()) {
                    let (watcher, service) = (graceful.watcher(), service.clone());
                    let (trusted, mut stop) = (Arc::clone(&gate.trusted), stop.clone());
                    tokio::spawn(async move {
                        // Nothing else watches over those who never begin; an end does not wait
                        // for them.
                        let begun = tokio::select! {
                            begun = timeout(HEADERS, has_begun(&stream)) => begun.is_ok(),
                            _ = stop.wait_for(|stop| *stop) => false,
                        };
                        if begun {
                            let connection = serve(trusted, service, stream, peer.ip());
                            // A connection that breaks is the other side's affair.
                            let _ = timeout(LONGEST, watcher.watch(connection)).await;
                        }
                        drop(place);
                    });
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "a connection cannot be taken");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn serve<S>(
    trusted: Arc<Vec<IpNet>>,
    service: S,
    stream: TcpStream,
    peer: IpAddr,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = impl Send> + use<S>
where
    S: tower::Service<Request, Response = Response, Error = std::convert::Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    // Without it, small answers wait for nothing; with an error, they merely do.
    let _ = stream.set_nodelay(true);
    let silence = if is_within(&trusted, peer) { PROXY_SILENCE } else { HEADERS };
    let service = service.map_request(move |request: http::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        name_host(&mut request);
        let origin = origin(&trusted, peer, request.headers());
        request.extensions_mut().insert(Origin(origin));
        request.extensions_mut().insert(Peer(peer.to_canonical()));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(silence)
        .max_buf_size(LARGEST_HEADERS)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(u32::try_from(LARGEST_HEADERS).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(silence));
    builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned()
}

/// Waits until a connection has said enough to tell which HTTP it speaks: anything but a part of
/// the preface of HTTP/2 (RFC 9113, 3.4). An error ends the waiting as well.
async fn has_begun(stream: &TcpStream) {
    const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut said = [0; PREFACE.len()];
    while let Ok(length @ 1..) = stream.peek(&mut said).await {
        let said = said.get(..length).unwrap_or_default();
        if length == PREFACE.len() || !PREFACE.starts_with(said) {
            return;
        }
        tokio::time::sleep(BREATHER).await;
    }
}

/// HTTP/2 names the host in `:authority` (RFC 9113, 8.3.1); whoever signs means it by `host`.
fn name_host(request: &mut Request) {
    let named = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let is_new = request.version() == http::Version::HTTP_2;
    if let (true, Some(name)) = (is_new && !request.headers().contains_key(HOST), named)
        && let Ok(name) = HeaderValue::from_str(&name)
    {
        request.headers_mut().insert(HOST, name);
    }
}

/// How many are inside, altogether and from each address.
struct Gate {
    places: Places<IpAddr>,
    trusted: Arc<Vec<IpNet>>,
}

impl Gate {
    fn new(limits: &Limits) -> Self {
        Self {
            places: Places::new(limits.connections, limits.connections_per_address),
            trusted: Arc::new(limits.trusted_proxies.clone()),
        }
    }

    /// A place for a connection, if there is one. A proxy has as many as there are.
    fn enter(&self, peer: IpAddr) -> Option<Place<IpAddr>> {
        self.places.enter((!is_within(&self.trusted, peer)).then(|| network(peer)))
    }
}

/// Who sent a request: the connection's address, unless that is a trusted proxy's; then the last
/// one of `X-Forwarded-For` that is not. What anybody else writes there is not believed.
fn origin(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !is_within(trusted, peer) {
        return network(peer);
    }
    let values = headers.get_all("x-forwarded-for").iter();
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let hops = values.iter().rev().flat_map(|value| value.rsplit(','));
    let mut known = hops.map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    network(known.find(|hop| !is_within(trusted, *hop)).unwrap_or(peer))
}

fn is_within(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}

/// What is counted as one: an IPv4 address, or the 64 bits of IPv6 that one household has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_of(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted = Limits::default().trusted_proxies;
        origin(&trusted, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn inb_21_an_address_is_not_what_a_stranger_says() {
        assert_eq!(origin_of("198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(origin_of("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(origin_of("127.0.0.1", &["6.6.6.6, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(origin_of("127.0.0.1", &["6.6.6.6", "203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(origin_of("127.0.0.1", &["6.6.6.6, nonsense"]), "127.0.0.1");
        assert_eq!(origin_of("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(origin_of("2a00:1:2:3:4:5:6:7", &[]), "2a00:1:2:3::");
        assert_eq!(origin_of("::ffff:198.51.100.7", &[]), "198.51.100.7");
    }

    #[test]
    fn inb_21_one_address_has_some_places_and_a_proxy_all() {
        let limits = Limits { connections: 3, connections_per_address: 2, ..Limits::default() };
        let gate = Gate::new(&limits);
        let stranger: IpAddr = "198.51.100.7".parse().unwrap();
        let first = gate.enter(stranger).unwrap();
        let _second = gate.enter(stranger).unwrap();
        assert!(gate.enter(stranger).is_none());
        let _other = gate.enter("198.51.100.8".parse().unwrap()).unwrap();
        drop(first);
        let _again = gate.enter(stranger).unwrap();
        assert!(gate.enter("127.0.0.1".parse().unwrap()).is_none(), "all places are taken");
    }
}
