//! A street of servers that are not ours: many names behind one socket, each name with whatever
//! documents a test puts there. Every name under `.test` leads here, unless a test says otherwise.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use mutuals::client::{Client, Looked, Lookup, Timeouts};
use mutuals::config::Limits;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::peer::{Actor, new_keys};
use crate::testapp::{TestApp, clock, config};

/// The names and their houses.
#[derive(Clone)]
pub struct Street {
    names: Arc<Names>,
    shelf: Shelf,
}

/// What somebody asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub url: String,
    pub headers: HeaderMap,
}

/// Where names lead.
pub struct Names {
    street: SocketAddr,
    others: Mutex<HashMap<String, VecDeque<Vec<SocketAddr>>>>,
}

type Documents = HashMap<String, (u16, Vec<(String, String)>, Vec<u8>)>;

#[derive(Clone, Default)]
struct Shelf {
    documents: Arc<Mutex<Documents>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Lookup for Names {
    fn lookup(&self, name: &str) -> Looked {
        let mut others = self.others.lock().unwrap();
        let found = match others.get_mut(name) {
            // The last answer stays.
            Some(answers) if answers.len() > 1 => answers.pop_front().unwrap(),
            Some(answers) => answers[0].clone(),
            None if name.ends_with(".test") => vec![self.street],
            None => panic!("{name} is on no street"),
        };
        Box::pin(async move { Ok(found) })
    }
}

impl Street {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let street = listener.local_addr().unwrap();
        let shelf = Shelf::default();
        let router = Router::new().fallback(answer).with_state(shelf.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { names: Arc::new(Names { street, others: Mutex::default() }), shelf }
    }

    /// An instance that knows this street. Of this machine it may reach 127.0.0.1 only.
    pub async fn house(&self, handle: &str) -> TestApp {
        TestApp::start_through(handle, clock(), self.client(Timeouts::default())).await
    }

    /// One with limits of its own.
    pub async fn house_limited(&self, handle: &str, limits: Limits) -> TestApp {
        let client = self.client(Timeouts::default());
        TestApp::start_limited_through(handle, limits, client).await
    }

    pub fn client(&self, timeouts: Timeouts) -> Client {
        let mut federation = config().federation;
        federation.allow_private = vec!["127.0.0.1/32".parse().unwrap()];
        Client::with_lookup(&federation, timeouts, self.names.clone()).unwrap()
    }

    /// The socket behind the names.
    pub fn socket(&self) -> SocketAddr {
        self.names.street
    }

    /// Lets a name lead to these addresses, one list after another; the last one stays.
    pub fn lead(&self, name: &str, answers: &[&[SocketAddr]]) {
        let answers = answers.iter().map(|list| list.to_vec()).collect();
        self.names.others.lock().unwrap().insert(name.to_owned(), answers);
    }

    pub fn put(&self, url: &str, status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) {
        let url: Url = url.parse().unwrap();
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let kept = (status, headers.collect(), body.into());
        self.shelf.documents.lock().unwrap().insert(url.to_string(), kept);
    }

    pub fn document(&self, url: &str, document: &Value) {
        let kind = [("content-type", "application/activity+json")];
        self.put(url, 200, &kind, document.to_string());
    }

    pub fn redirect(&self, url: &str, to: &str) {
        self.put(url, 302, &[("location", to)], "");
    }

    /// Puts an actor there, with a key of its own; `more` replaces what it says.
    pub fn actor(&self, url: &str, name: &str, more: &Value) -> Actor {
        let actor = Actor { url: url.parse().unwrap(), keys: new_keys() };
        let mut document = actor.document();
        document["preferredUsername"] = json!(name);
        for (key, value) in more.as_object().into_iter().flatten() {
            document[key] = value.clone();
        }
        self.document(url, &document);
        actor
    }

    /// What the host of a handle says of it.
    pub fn webfinger(&self, handle: &str, subject: &str, actors: &[&str]) {
        let host = handle.rsplit('@').next().unwrap();
        let link =
            |href: &&str| json!({"rel": "self", "type": "application/activity+json", "href": href});
        let links: Vec<Value> = actors.iter().map(link).collect();
        let answer = json!({"subject": format!("acct:{subject}"), "links": links});
        let kind = [("content-type", "application/jrd+json")];
        self.put(&webfinger_url(host, handle), 200, &kind, answer.to_string());
    }

    /// What was asked for, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.shelf.asked.lock().unwrap().clone()
    }

    /// The addresses that were asked for, in order, and forgets them.
    pub fn take_asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.shelf.asked.lock().unwrap());
        asked.into_iter().map(|asked| asked.url).collect()
    }
}

pub fn webfinger_url(host: &str, handle: &str) -> String {
    let mut url: Url = format!("http://{host}/.well-known/webfinger").parse().unwrap();
    url.query_pairs_mut().append_pair("resource", &format!("acct:{handle}"));
    url.to_string()
}

async fn answer(State(shelf): State<Shelf>, request: Request) -> Response {
    let host = request.headers().get("host").map_or("", |host| host.to_str().unwrap());
    let url = format!("http://{host}{}", request.uri());
    shelf.asked.lock().unwrap().push(Asked {
        method: request.method().to_string(),
        url: url.clone(),
        headers: request.headers().clone(),
    });
    let documents = shelf.documents.lock().unwrap();
    let Some((status, headers, body)) = documents.get(&url) else {
        return Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).unwrap();
    };
    // Each request on a connection of its own, so that each looks the name up.
    let mut response = Response::builder().status(*status).header("connection", "close");
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body.clone())).unwrap()
}
