//! Signatures and keys at the live door: both families, both kinds of keys, several keys an actor.

use http::HeaderMap;
use mutuals::db::actors;
use mutuals::domain::neighbour::RemoteActor;
use mutuals::federation::resolve;
use mutuals::federation::signature::{Scheme, Signer, sign};
use mutuals::keys;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer, new_keys, post};
use crate::testapp::TestApp;

fn multikey(actor: &Actor, name: &str, material: &str) -> Value {
    json!({
        "id": format!("{}#{name}", actor.url),
        "type": "Multikey",
        "controller": actor.url,
        "publicKeyMultibase": material
    })
}

/// Signs with Ed25519 after RFC 9421, by the letter; without a digest if a test wants that.
fn signed_with_ed25519(actor: &Actor, to: &TestApp, body: &str, digest: bool) -> HeaderMap {
    let content_digest = keys::content_digest_header(body.as_bytes());
    let inbox = to.base.join("inbox").unwrap();
    let mut text = format!("\"@method\": POST\n\"@target-uri\": {inbox}\n");
    let mut components = "\"@method\" \"@target-uri\"".to_owned();
    if digest {
        text.push_str(&format!("\"content-digest\": {content_digest}\n"));
        components.push_str(" \"content-digest\"");
    }
    let created = to.now().as_second();
    let input = format!(
        "({components});created={created};keyid=\"{}#ed25519-key\";alg=\"ed25519\"",
        actor.url
    );
    text.push_str(&format!("\"@signature-params\": {input}"));
    let signature = actor.keys.sign_ed25519(text.as_bytes());
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/activity+json".parse().unwrap());
    headers.insert("content-digest", content_digest.parse().unwrap());
    headers.insert("signature-input", format!("sig1={input}").parse().unwrap());
    headers.insert("signature", format!("sig1=:{signature}:").parse().unwrap());
    headers
}

#[tokio::test]
async fn sig_09_requests_after_rfc_9421_are_taken_in() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let mut document = ana.document();
    document["assertionMethod"] =
        json!([multikey(&ana, "ed25519-key", &ana.keys.ed25519_multibase())]);
    peer.serve(&ana.url, document);
    let inbox = ring.base.join("inbox").unwrap();

    let body = ana.activity("Like", 1, json!("x")).to_string();
    let signer = Signer { key_id: format!("{}#main-key", ana.url), keys: &ana.keys };
    let headers = sign(&signer, &inbox, Some(body.as_bytes()), ring.now(), Scheme::Message);
    let headers = headers.unwrap();
    let other = body.replace("\"x\"", "\"y\"");
    assert_eq!(post(&ring, &inbox, headers.clone(), other).await, 401, "another body");
    let elsewhere = ring.base.join("c/ring/inbox").unwrap();
    assert_eq!(post(&ring, &elsewhere, headers.clone(), body.clone()).await, 401, "another inbox");
    assert_eq!(post(&ring, &inbox, headers, body).await, 202, "RSA");

    let body = ana.activity("Like", 2, json!("x")).to_string();
    let headers = signed_with_ed25519(&ana, &ring, &body, true);
    assert_eq!(post(&ring, &inbox, headers, body).await, 202, "Ed25519");
}

#[tokio::test]
async fn sig_10_a_post_without_a_signed_digest_is_refused_without_a_fetch() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let inbox = ring.base.join("inbox").unwrap();
    let body = ana.activity("Like", 1, json!("x")).to_string();
    let headers = signed_with_ed25519(&ana, &ring, &body, false);
    assert_eq!(post(&ring, &inbox, headers, body).await, 401);
    assert!(peer.asked().is_empty());
}

async fn read(ring: &TestApp, peer: &Peer, actor: &Actor, document: Value) -> Option<RemoteActor> {
    peer.serve(&actor.url, document);
    resolve::by_handle_or_url(&ring.app, actor.url.as_str()).await.ok()
}

fn names(actor: &RemoteActor) -> Vec<&str> {
    actor.keys.iter().map(|key| key.id.rsplit('#').next().unwrap()).collect()
}

#[tokio::test]
async fn sig_03_an_actor_has_the_keys_that_its_document_lists_as_its_own() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (ana, eve) = (peer.actor("ana"), elsewhere.actor("eve"));
    let multibase = new_keys().ed25519_multibase();

    let mut document = ana.document();
    let pem = document["publicKey"].clone();
    let mut second = pem.clone();
    second["id"] = json!(format!("{}#second", ana.url));
    let mut of_eve = pem.clone();
    of_eve["owner"] = json!(eve.url);
    of_eve["id"] = json!(format!("{}#of-eve", ana.url));
    document["publicKey"] = json!([pem, second, of_eve, "https://ring.example/#key", null]);
    let mut controlled = multikey(&ana, "controlled", &multibase);
    controlled["controller"] = json!(eve.url);
    document["assertionMethod"] = json!([
        multikey(&ana, "ed", &multibase),
        multikey(&eve, "elsewhere", &multibase),
        multikey(&ana, "broken", "z6Mkbroken"),
        controlled,
        format!("{}#a-name-only", ana.url)
    ]);
    document["authentication"] = multikey(&ana, "auth", &multibase);
    let found = read(&ring, &peer, &ana, document.clone()).await.unwrap();
    assert_eq!(names(&found), ["auth", "ed", "main-key", "second"]);

    // What it lists no more, it has no more.
    document["publicKey"] = json!([]);
    document["authentication"] = json!(null);
    let found = read(&ring, &peer, &ana, document.clone()).await.unwrap();
    assert_eq!(names(&found), ["ed"]);
    let id = found.id;
    let stored = ring.app.db.read(move |conn| actors::find(conn, id)).await.unwrap();
    assert_eq!(stored.keys, found.keys);

    // Many keys cost little, two under one name are one, and none at all is no actor.
    let many = (0..100).map(|number| multikey(&ana, &format!("k{}", number / 2), &multibase));
    document["assertionMethod"] = many.collect();
    let found = read(&ring, &peer, &ana, document.clone()).await.unwrap();
    assert_eq!(names(&found), ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"]);
    document["assertionMethod"] = json!([]);
    assert!(read(&ring, &peer, &ana, document).await.is_none());
}
