//! A small real proxy before an instance, as people set one up, with one thing wrong.

use std::io::Write as _;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use mutuals::app::{self, App};
use mutuals::config::Config;
use mutuals::domain::collective::Collective;
use mutuals::server;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use crate::testapp::{TestDb, client, clock};

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It asks under a name of its own.
    Host,
    /// It packs what is posted.
    Packs,
    /// It does not say who asks.
    Silent,
    /// It passes on what strangers say of who they are, and adds nothing.
    Believes,
    /// It answers with a page of its own, whatever is asked.
    Elsewhere,
    /// It answers WebFinger itself.
    OwnWellKnown,
    /// It lets nothing be posted.
    RefusesPost,
    /// It writes the time anew.
    Date,
}

/// An instance, and whatever stands before it.
pub struct Instance {
    pub app: App,
    _stop: watch::Sender<bool>,
    _database: TestDb,
}

impl Instance {
    /// One that nobody reaches.
    pub async fn alone(base: &Url, config: Config) -> Self {
        let (database, clock) = (TestDb::new(), clock());
        let collective = Collective {
            handle: "ring".into(),
            name: "Ring Street".into(),
            summary: String::new(),
            base: base.clone(),
            language: "en".into(),
            created_at: clock.now(),
            updated_at: clock.now(),
        };
        app::set_up(&database.db, &clock, collective).await.unwrap();
        let app = server::open_with(config, database.db.clone(), clock).await.unwrap();
        Self { app, _stop: watch::channel(false).0, _database: database }
    }

    /// One behind a proxy.
    pub async fn behind(fault: Fault, config: Config) -> Self {
        let outer = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", outer.local_addr().unwrap()).parse().unwrap();
        let here = inner.local_addr().unwrap();
        let mut instance = Self::alone(&base, config).await;
        let (say_stop, stop) = watch::channel(false);
        instance._stop = say_stop;
        tokio::spawn(server::answer(instance.app.clone(), inner, stop));
        let router = Router::new().fallback(pass).with_state((here, fault));
        tokio::spawn(async move { axum::serve(outer, router).await.unwrap() });
        instance
    }
}

async fn pass(State((inner, fault)): State<(SocketAddr, Fault)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let is_post = parts.method == Method::POST;
    let is_webfinger = path.starts_with("/.well-known/webfinger");
    if fault == Fault::Elsewhere || (fault == Fault::OwnWellKnown && is_webfinger) {
        return ([("content-type", "text/html")], "<h1>Welcome</h1>").into_response();
    }
    if fault == Fault::RefusesPost && is_post {
        return StatusCode::FORBIDDEN.into_response();
    }
    let (mut headers, mut body) = (headers(fault, parts.headers), body);
    if fault == Fault::Packs && is_post {
        headers.insert("content-encoding", HeaderValue::from_static("gzip"));
        body = packed(&body);
    }
    let url: Url = format!("http://{inner}{path}").parse().unwrap();
    let answer = match is_post {
        true => client().ask(&url, headers, body).await.unwrap(),
        false => client().get(&url, headers).await.unwrap(),
    };
    let kind = answer.headers.get("content-type").cloned();
    let kind = kind.unwrap_or(HeaderValue::from_static("text/plain"));
    (answer.status, [("content-type", kind)], answer.body).into_response()
}

fn headers(fault: Fault, mut headers: HeaderMap) -> HeaderMap {
    for own in ["content-length", "transfer-encoding", "connection", "accept-encoding"] {
        headers.remove(own);
    }
    headers.insert("via", HeaderValue::from_static("1.1 proxy"));
    let said = headers.remove("x-forwarded-for");
    let forwarded = match (fault, said) {
        (Fault::Silent, _) => None,
        (Fault::Believes, said) => said,
        (_, None) => Some(HeaderValue::from_static("127.0.0.1")),
        (_, Some(said)) => Some(format!("{}, 127.0.0.1", said.to_str().unwrap()).parse().unwrap()),
    };
    if let Some(forwarded) = forwarded {
        headers.insert("x-forwarded-for", forwarded);
    }
    if fault == Fault::Host {
        headers.insert("host", HeaderValue::from_static("app:8080"));
    }
    if fault == Fault::Date && headers.contains_key("date") {
        headers.insert("date", HeaderValue::from_static("Mon, 23 Nov 2026 12:00:09 GMT"));
    }
    headers
}

fn packed(body: &[u8]) -> Bytes {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(body).unwrap();
    packer.finish().unwrap().into()
}
