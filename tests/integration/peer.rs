//! A server that is not ours, and may be hostile: it serves what a test puts there, and signs what
//! a test wants signed.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use mutuals::actions::follow::follow;
use mutuals::federation::resolve;
use mutuals::federation::signature::{Scheme, Signer, sign};
use mutuals::keys::{self, SigningKeys};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::testapp::TestApp;

/// What a peer serves, by path, and what it received.
#[derive(Clone, Default)]
struct Shelf {
    documents: Arc<Mutex<HashMap<String, (u16, Value)>>>,
    received: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<Option<u16>>>,
    judge: Arc<Mutex<Option<Judge>>>,
}

/// A status that is found out.
pub type Verdict = Pin<Box<dyn Future<Output = u16> + Send>>;

/// Answers the status of a request before the peer looks at it; 200 lets it through.
pub type Judge = Arc<dyn Fn(http::request::Parts, Bytes) -> Verdict + Send + Sync>;

/// The peer.
pub struct Peer {
    pub base: Url,
    shelf: Shelf,
}

/// An actor of the peer with its key.
pub struct Actor {
    pub url: Url,
    pub keys: SigningKeys,
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let shelf = Shelf::default();
        let router = Router::new().fallback(answer).with_state(shelf.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, shelf }
    }

    /// Puts an actor there, with a key of its own.
    pub fn actor(&self, name: &str) -> Actor {
        let actor = Actor { url: self.base.join(name).unwrap(), keys: new_keys() };
        self.publish(&actor);
        actor
    }

    /// Puts the document of an actor there, with the key that it has now.
    pub fn publish(&self, actor: &Actor) {
        self.serve(&actor.url, actor.document());
    }

    pub fn serve(&self, url: &Url, document: Value) {
        self.shelf.documents.lock().unwrap().insert(url.path().to_owned(), (200, document));
    }

    /// Lets an address lead to another.
    pub fn redirect(&self, url: &Url, to: &Url) {
        let to = json!(to);
        self.shelf.documents.lock().unwrap().insert(url.path().to_owned(), (302, to));
    }

    pub fn remove(&self, url: &Url) {
        self.shelf.documents.lock().unwrap().insert(url.path().to_owned(), (410, Value::Null));
    }

    /// What was delivered to this peer, in order.
    pub fn received(&self) -> Vec<Value> {
        self.shelf.received.lock().unwrap().clone()
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.shelf.asked.lock().unwrap().clone()
    }

    /// Lets a test look at every request first.
    pub fn judge_with(&self, judge: Judge) {
        *self.shelf.judge.lock().unwrap() = Some(judge);
    }

    /// Answers every delivery with this status from now on; 202 if none.
    pub fn answer_with(&self, status: Option<u16>) {
        *self.shelf.answer.lock().unwrap() = status;
    }
}

impl Actor {
    pub fn document(&self) -> Value {
        let base = self.url.join("/").unwrap();
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.url,
            "type": "Person",
            "preferredUsername": self.url.path().trim_matches('/'),
            "name": "A peer",
            "inbox": format!("{}/inbox", self.url),
            "outbox": format!("{}/outbox", self.url),
            "endpoints": {"sharedInbox": base.join("inbox").unwrap()},
            "publicKey": {
                "id": format!("{}#main-key", self.url),
                "owner": self.url,
                "publicKeyPem": self.keys.rsa_public_pem().unwrap()
            }
        })
    }

    /// An activity of this actor.
    pub fn activity(&self, kind: &str, number: u32, object: Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{number}", self.url),
            "type": kind,
            "actor": self.url,
            "object": object
        })
    }

    /// A public Note of this actor.
    pub fn note(&self, name: &str, at: Timestamp) -> Value {
        json!({
            "id": format!("{}/notes/{name}", self.url),
            "type": "Note",
            "attributedTo": self.url,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [],
            "published": at,
            "content": format!("<p>{name}</p>")
        })
    }

    /// A need of this actor, as any server of the fediverse may write it.
    pub fn need(&self, name: &str, at: Timestamp) -> Value {
        let mut note = self.note(name, at);
        note["purpose"] = json!("request");
        note["publishes"] = json!({
            "id": format!("{}#primary", note["id"].as_str().unwrap()),
            "type": "Intent",
            "action": "transfer",
            "name": name,
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "5"}
        });
        note
    }

    /// Posts an activity, signed properly, to the shared inbox of `to`; answers the status.
    pub async fn send(&self, to: &TestApp, activity: &Value) -> u16 {
        self.send_as(to, &format!("{}#main-key", self.url), activity).await
    }

    /// Posts an activity, signed with our key under any name.
    pub async fn send_as(&self, to: &TestApp, key_id: &str, activity: &Value) -> u16 {
        let body = activity.to_string();
        let signer = Signer { key_id: key_id.to_owned(), keys: &self.keys };
        let inbox = to.base.join("inbox").unwrap();
        let headers =
            sign(&signer, &inbox, Some(body.as_bytes()), to.now(), Scheme::Draft).unwrap();
        post(to, &inbox, headers, body).await
    }

    /// Posts and lets the receiver work.
    pub async fn send_and_work(&self, to: &TestApp, activity: &Value) {
        assert_eq!(self.send(to, activity).await, 202);
        to.work().await;
    }
}

/// `app` follows `actor`, and the actor accepts.
pub async fn befriend(app: &TestApp, actor: &Actor) {
    let remote = resolve::by_handle_or_url(&app.app, actor.url.as_str()).await.unwrap();
    let following = follow(&app.app, remote).await.unwrap();
    app.work().await;
    let asked = app.app.collective.urls().follow(following.id).to_string();
    actor.send_and_work(app, &actor.activity("Accept", 1, asked.into())).await;
}

pub fn new_keys() -> SigningKeys {
    let fresh = keys::generate().unwrap();
    SigningKeys::from_stored(&fresh.rsa, &fresh.ed25519).unwrap()
}

/// Posts a body with any headers; answers the status.
pub async fn post(to: &TestApp, url: &Url, headers: http::HeaderMap, body: String) -> u16 {
    to.visitor.post(url, headers, Bytes::from(body)).await.unwrap().status.as_u16()
}

async fn answer(State(shelf): State<Shelf>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let judge = shelf.judge.lock().unwrap().clone();
    if let Some(judge) = judge {
        let status = judge(parts.clone(), body.clone()).await;
        if status != 200 {
            return StatusCode::from_u16(status).unwrap().into_response();
        }
    }
    if parts.method == http::Method::POST {
        let status = shelf.answer.lock().unwrap().unwrap_or(202);
        if status < 300 {
            shelf.received.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return (status, [("retry-after", "3600")]).into_response();
        }
        return status.into_response();
    }
    shelf.asked.lock().unwrap().push(path.clone());
    match shelf.documents.lock().unwrap().get(&path) {
        Some((302, to)) => {
            let to = to.as_str().unwrap().to_owned();
            (StatusCode::FOUND, [("location", to)]).into_response()
        }
        Some((status, document)) => (
            StatusCode::from_u16(*status).unwrap(),
            [("content-type", "application/activity+json")],
            document.to_string(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
