//! Speaking to hosts that understand only one family of signatures.

use std::sync::{Arc, Mutex};

use http::request::Parts;
use mutuals::db::{followers, hosts};
use mutuals::federation::fetch::{self, FetchError};
use mutuals::federation::resolve;
use mutuals::federation::signature::{Scheme, SignedRequest, read};
use mutuals::keys::VerifyingKey;
use mutuals::server;
use serde_json::json;
use url::Url;

use crate::peer::{Actor, Judge, Peer, Verdict};
use crate::testapp::{TestApp, clock, config};

/// How each request to a peer was signed, in order.
type Knocks = Arc<Mutex<Vec<Scheme>>>;

fn scheme(parts: &Parts) -> Scheme {
    match parts.headers.contains_key("signature-input") {
        true => Scheme::Message,
        false => Scheme::Draft,
    }
}

/// Verifies every request with our key, takes those of one family (None: of none), and refuses the
/// others with `status`.
fn takes(ring: &TestApp, peer: &Peer, only: Option<Scheme>, status: u16) -> Knocks {
    let knocks = Knocks::default();
    let (ours, base, now) = (Arc::clone(&knocks), peer.base.clone(), ring.now());
    let keys = ring.app.keys();
    let materials = [&keys.collective, &keys.instance]
        .map(|keys| keys.current.signing.rsa_public_pem().unwrap());
    let judge: Judge = Arc::new(move |parts, body| {
        ours.lock().unwrap().push(scheme(&parts));
        let path = parts.uri.path_and_query().unwrap().as_str();
        let (method, headers) = (&parts.method, &parts.headers);
        let claim = read(&SignedRequest { method, path, headers, body: &body }, &base, now);
        let claim = claim.expect("every knock is well signed");
        let keys = materials.iter().map(|material| VerifyingKey::read(material).unwrap());
        assert!(keys.into_iter().any(|key| claim.was_made_by(&key)), "{}", claim.key_id);
        let answer = if only == Some(scheme(&parts)) { 200 } else { status };
        let verdict: Verdict = Box::pin(async move { answer });
        verdict
    });
    peer.judge_with(judge);
    knocks
}

fn taken(knocks: &Knocks) -> Vec<Scheme> {
    std::mem::take(&mut *knocks.lock().unwrap())
}

async fn follow(ring: &TestApp, actor: &Actor) {
    let actor = resolve::refresh(&ring.app, &actor.url).await.unwrap();
    let (app, now) = (ring.app.clone(), ring.now());
    let insert = move |conn: &mut _| {
        let new_id = || app.clock.new_id::<()>().number();
        followers::upsert(conn, &new_id, &actor, "https://mill.example/follow", now)
    };
    ring.app.db.write(insert).await.unwrap();
}

async fn remembered(ring: &TestApp) -> usize {
    ring.app.db.read(hosts::list_signatures).await.unwrap().len()
}

#[tokio::test]
async fn sig_09_a_delivery_is_signed_anew_for_a_host_that_knows_only_rfc_9421() {
    for refusal in [400, 401, 403] {
        let ring = TestApp::start("ring").await;
        let (peer, ada) = (Peer::start().await, ring.steward("Ada").await);
        follow(&ring, &peer.actor("ana")).await;
        let knocks = takes(&ring, &peer, Some(Scheme::Message), refusal);

        ring.need(&ada, "Blankets", "4").await;
        ring.work().await;
        assert_eq!(taken(&knocks), [Scheme::Draft, Scheme::Message], "{refusal}");
        assert_eq!(peer.received().len(), 1);
        ring.need(&ada, "Soup", "4").await;
        ring.work().await;
        assert_eq!(taken(&knocks), [Scheme::Message], "what worked comes first");
        assert_eq!(peer.received().len(), 2);

        // It forgot the new family: it gets the old one, and is like everybody else again.
        assert_eq!(remembered(&ring).await, 1);
        let knocks = takes(&ring, &peer, Some(Scheme::Draft), refusal);
        ring.need(&ada, "Chairs", "4").await;
        ring.work().await;
        assert_eq!(taken(&knocks), [Scheme::Message, Scheme::Draft]);
        assert_eq!(peer.received().len(), 3);
        assert_eq!(remembered(&ring).await, 0);
    }
}

#[tokio::test]
async fn sig_09_what_worked_is_known_after_a_restart() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let knocks = takes(&ring, &peer, Some(Scheme::Message), 401);
    fetch::object(&ring.app, &ana.url).await.unwrap();
    assert_eq!(taken(&knocks), [Scheme::Draft, Scheme::Message]);

    let again = server::open_with(config(), ring.app.db.clone(), clock()).await.unwrap();
    fetch::object(&again, &ana.url).await.unwrap();
    assert_eq!(taken(&knocks), [Scheme::Message]);
}

#[tokio::test]
async fn sig_09_a_host_that_refuses_both_is_asked_twice() {
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (Peer::start().await, ring.steward("Ada").await);
    let ana = peer.actor("ana");
    follow(&ring, &ana).await;
    for status in [401, 403] {
        let knocks = takes(&ring, &peer, None, status);
        let error = fetch::object(&ring.app, &ana.url).await.unwrap_err();
        assert!(matches!(error, FetchError::Unfit(_)), "{error}");
        assert_eq!(taken(&knocks), [Scheme::Draft, Scheme::Message], "{status}");
    }
    // Other answers say nothing about signatures.
    for status in [400, 404, 500] {
        let knocks = takes(&ring, &peer, None, status);
        fetch::object(&ring.app, &ana.url).await.unwrap_err();
        assert_eq!(taken(&knocks), [Scheme::Draft], "{status}");
    }
    let knocks = takes(&ring, &peer, None, 401);
    ring.need(&ada, "Blankets", "4").await;
    ring.work().await;
    assert_eq!(taken(&knocks), [Scheme::Draft, Scheme::Message]);
    assert_eq!(remembered(&ring).await, 0);
}

#[tokio::test]
async fn sig_09_each_hop_is_signed_as_its_own_host_wants_it() {
    let ring = TestApp::start("ring").await;
    let (old, new) = (Peer::start().await, Peer::start().await);
    let ana = new.actor("ana");
    let link: Url = old.base.join("link").unwrap();
    old.redirect(&link, &ana.url);
    let at_old = takes(&ring, &old, Some(Scheme::Draft), 401);
    let at_new = takes(&ring, &new, Some(Scheme::Message), 401);
    assert_eq!(fetch::object(&ring.app, &link).await.unwrap()["id"], json!(ana.url));
    assert_eq!(taken(&at_old), [Scheme::Draft]);
    assert_eq!(taken(&at_new), [Scheme::Draft, Scheme::Message]);
}

#[tokio::test]
async fn sig_09_a_second_knock_counts_against_the_budget_of_an_activity() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let knocks = takes(&ring, &peer, Some(Scheme::Message), 401);
    fetch::within_budget(1, fetch::object(&ring.app, &ana.url)).await.unwrap_err();
    assert_eq!(taken(&knocks), [Scheme::Draft]);
    fetch::within_budget(2, fetch::object(&ring.app, &ana.url)).await.unwrap();
    assert_eq!(taken(&knocks), [Scheme::Draft, Scheme::Message]);
}
