//! New keys for our actors, while others still know the old ones.

use std::sync::{Arc, Mutex};

use http::HeaderMap;
use http::request::Parts;
use mutuals::actions::rotate_keys::rotate_keys;
use mutuals::app::App;
use mutuals::client::Client;
use mutuals::db::collective::list_keys;
use mutuals::db::followers;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::signature::{SignedRequest, read};
use mutuals::federation::{fetch, resolve};
use mutuals::jobs::{deliver, housekeeping};
use mutuals::keys::VerifyingKey;
use mutuals::server;
use serde_json::Value;
use url::Url;

use crate::peer::{Judge, Peer, Verdict};
use crate::testapp::{TestApp, config};

const DAY: i64 = 24 * 3600;

/// A peer that keeps one key of our actor, as it stands in `publicKey`.
#[derive(Clone)]
struct Reader {
    base: Url,
    client: Client,
    cached: Arc<Mutex<Option<Value>>>,
    /// Whether it looks at our actor again when a signature does not fit what it has.
    looks_again: bool,
    /// The key ids of what it took, and of what it refused.
    taken: Arc<Mutex<Vec<String>>>,
    refused: Arc<Mutex<Vec<String>>>,
}

impl Reader {
    fn start(ring: &TestApp, peer: &Peer, looks_again: bool) -> Self {
        let reader = Self {
            base: peer.base.clone(),
            client: crate::testapp::client(),
            cached: Arc::default(),
            looks_again,
            taken: Arc::default(),
            refused: Arc::default(),
        };
        let (ours, now) = (reader.clone(), ring.app.clock.clone());
        let judge: Judge = Arc::new(move |parts, body| {
            let (reader, now) = (ours.clone(), now.now());
            let verdict: Verdict = Box::pin(async move { reader.judge(parts, &body, now).await });
            verdict
        });
        peer.judge_with(judge);
        reader
    }

    async fn judge(&self, parts: Parts, body: &[u8], now: jiff::Timestamp) -> u16 {
        let path = parts.uri.path_and_query().unwrap().as_str();
        let request = SignedRequest { method: &parts.method, path, headers: &parts.headers, body };
        let claim = read(&request, &self.base, now).unwrap();
        let id = claim.key_id.to_string();
        let fits = |key: &Value| {
            assert!(key.is_object(), "one object, not a list");
            let material = key["publicKeyPem"].as_str().unwrap();
            key["id"] == id && claim.was_made_by(&VerifyingKey::read(material).unwrap())
        };
        let mut known = self.cached.lock().unwrap().clone();
        if known.is_none() || (self.looks_again && !known.as_ref().is_some_and(fits)) {
            known = Some(self.look(&claim.key_id).await);
            *self.cached.lock().unwrap() = known.clone();
        }
        let (place, status) = match known.as_ref().is_some_and(fits) {
            true => (&self.taken, 200),
            false => (&self.refused, 401),
        };
        place.lock().unwrap().push(claim.key_id.fragment().unwrap().to_owned());
        status
    }

    async fn look(&self, key: &Url) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert("accept", "application/activity+json".parse().unwrap());
        let answer = self.client.get(key, headers).await.unwrap();
        let actor: Value = serde_json::from_slice(&answer.body).unwrap();
        actor["publicKey"].clone()
    }

    fn take(&self) -> (Vec<String>, Vec<String>) {
        let take = |place: &Arc<Mutex<Vec<String>>>| std::mem::take(&mut *place.lock().unwrap());
        (take(&self.taken), take(&self.refused))
    }
}

async fn followed(ring: &TestApp) -> Peer {
    let peer = Peer::start().await;
    let actor = peer.actor("ana").url;
    let actor = resolve::refresh(&ring.app, &actor).await.unwrap();
    let (app, now) = (ring.app.clone(), ring.now());
    let insert = move |conn: &mut _| {
        let new_id = || app.clock.new_id::<()>().number();
        followers::upsert(conn, &new_id, &actor, "https://mill.example/follow", now)
    };
    ring.app.db.write(insert).await.unwrap();
    peer
}

fn kinds(peer: &Peer) -> Vec<String> {
    peer.received().iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect()
}

/// The same instance in another process, as a command opens it.
async fn elsewhere(ring: &TestApp) -> App {
    server::open_with(config(), ring.app.db.clone(), ring.app.clock.clone()).await.unwrap()
}

#[tokio::test]
async fn f_18_what_waited_is_signed_with_the_old_key_and_what_comes_after_the_update_with_the_new()
{
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (followed(&ring).await, ring.steward("Ada").await);
    let reader = Reader::start(&ring, &peer, true);
    ring.need(&ada, "Chairs", "4").await;
    ring.work().await;
    assert_eq!(reader.take().0, ["main-key"]);

    // The peer is away while a need is posted, the keys are changed, and another is posted.
    peer.answer_with(Some(500));
    ring.need(&ada, "Blankets", "4").await;
    ring.work().await;
    rotate_keys(&elsewhere(&ring).await).await.unwrap();
    ring.need(&ada, "Soup", "4").await;
    peer.answer_with(None);
    reader.take();
    ring.advance(60);
    ring.work().await;
    assert_eq!(kinds(&peer), ["Create", "Create", "Update", "Create"]);
    assert_eq!(reader.take(), (vec!["main-key".into(), "main-key".into(), "key-2".into()], vec![]));

    // The Update holds the whole actor, for those who read it there.
    let update = &peer.received()[2];
    let actor = ring.app.collective.urls().actor();
    let (_, document) = ring.get_json(&actor).await;
    assert_eq!(update["object"]["publicKey"], document["publicKey"]);
    assert_eq!(update["object"]["publicKey"]["id"], format!("{actor}#key-2"));
    let ids: Vec<_> = document["assertionMethod"].as_array().unwrap().iter().collect();
    let ids: Vec<_> = ids.iter().map(|key| key["id"].as_str().unwrap()).collect();
    let expected = ["ed25519-key-2", "ed25519-key", "main-key"];
    assert_eq!(ids, expected.map(|name| format!("{actor}#{name}")));
}

#[tokio::test]
async fn f_18_a_peer_that_has_the_wrong_key_gets_the_other_before_its_inbox_is_put_off() {
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (followed(&ring).await, ring.steward("Ada").await);
    // It looked at us after the change, and knows the new key alone.
    let reader = Reader::start(&ring, &peer, true);
    ring.need(&ada, "Blankets", "4").await;
    rotate_keys(&ring.app).await.unwrap();
    ring.work().await;
    assert_eq!(kinds(&peer), ["Create", "Update"]);
    let (taken, refused) = reader.take();
    assert_eq!(taken, ["key-2", "key-2"]);
    assert!(refused.iter().all(|key| key == "main-key"));

    // It keeps what it had for a day, whatever it is told.
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (followed(&ring).await, ring.steward("Ada").await);
    let reader = Reader::start(&ring, &peer, false);
    ring.need(&ada, "Chairs", "4").await;
    ring.work().await;
    rotate_keys(&ring.app).await.unwrap();
    ring.need(&ada, "Blankets", "4").await;
    ring.work().await;
    assert_eq!(kinds(&peer), ["Create", "Update", "Create"]);
    assert_eq!(reader.take().0, ["main-key"; 3]);
    // What we fetch from it likewise.
    *reader.cached.lock().unwrap() = None;
    let ana = peer.base.join("ana").unwrap();
    fetch::object(&ring.app, &ana).await.unwrap();
    assert_eq!(reader.take().0, ["key-2"]);
}

#[tokio::test]
async fn f_18_the_update_leaves_only_when_our_actor_says_the_same() {
    let ring = TestApp::start("ring").await;
    let (peer, actor) = (followed(&ring).await, ring.app.collective.urls().actor());
    rotate_keys(&elsewhere(&ring).await).await.unwrap();
    let (_, document) = ring.get_json(&actor).await;
    assert_eq!(document["publicKey"]["id"], format!("{actor}#main-key"), "not read yet");
    deliver::run_all(&ring.app).await.unwrap();
    let (_, document) = ring.get_json(&actor).await;
    assert_eq!(peer.received()[0]["object"]["publicKey"], document["publicKey"]);
}

#[tokio::test]
async fn f_18_another_instance_goes_on_believing_us() {
    let (ring, mill) = (TestApp::start("ring").await, TestApp::start("mill").await);
    let ada = ring.steward("Ada").await;
    let actor = resolve::refresh(&mill.app, &ring.app.collective.urls().actor()).await.unwrap();
    mutuals::actions::follow::follow(&mill.app, actor).await.unwrap();
    crate::testapp::work_all(&[&mill, &ring]).await;
    rotate_keys(&elsewhere(&ring).await).await.unwrap();
    ring.need(&ada, "Blankets", "4").await;
    crate::testapp::work_all(&[&ring, &mill]).await;
    let list = |conn: &mut _| mutuals::db::neighbour_proposals::list_unfinished(conn, 9);
    let board = mill.app.db.read(list).await.unwrap();
    assert_eq!(board.len(), 1);
    // It knows both: the new one, and the old one by its id.
    let url = ring.app.collective.urls().actor();
    let known = resolve::known(&mill.app, &url).await.unwrap().unwrap();
    let names: Vec<_> = known.keys.iter().map(|k| k.0.rsplit('#').next().unwrap()).collect();
    assert_eq!(names, ["ed25519-key", "ed25519-key-2", "key-2", "main-key"]);
    // What it asks to be shown is signed with the new key of its own instance.
    rotate_keys(&mill.app).await.unwrap();
    fetch::object(&mill.app, &url).await.unwrap();
}

#[tokio::test]
async fn f_18_the_old_keys_go_after_seven_days_and_only_then_may_they_be_changed_again() {
    let ring = TestApp::start("ring").await;
    let actor = ring.app.collective.urls().actor();
    assert_eq!(rotate_keys(&ring.app).await.unwrap(), 2);
    let again = rotate_keys(&ring.app).await.unwrap_err();
    assert!(matches!(again, Error::Refused(Refusal::KeysRotatedLately)), "{again}");
    ring.advance(7 * DAY - 60);
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(ring.app.db.read(list_keys).await.unwrap().len(), 4);

    ring.advance(120);
    housekeeping::run(&ring.app).await.unwrap();
    let rows = ring.app.db.read(list_keys).await.unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row.generation == 2));
    ring.app.read_keys().await.unwrap();
    let (_, document) = ring.get_json(&actor).await;
    assert!(!document.to_string().contains("#main-key"));
    assert_eq!(rotate_keys(&ring.app).await.unwrap(), 3);
}
