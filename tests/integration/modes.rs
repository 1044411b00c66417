//! With whom we speak at all, on every road: in, out, and for those who read; and reports that go out.

use http::HeaderMap;
use jiff::SignedDuration;
use mutuals::actions::federation_mode::{allow, disallow, dismiss, left_out, set_mode};
use mutuals::actions::report_out::{Reported, report};
use mutuals::db::{Conn, followers, gate, replies, reports};
use mutuals::domain::collective::domain_of;
use mutuals::domain::gate::Mode;
use mutuals::domain::look::CannotLook;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::look::look;
use mutuals::federation::resolve;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use url::Url;

use crate::pacts::{ask, two};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, work_all};

fn us(ring: &TestApp) -> Value {
    json!(ring.app.collective.urls().actor())
}

async fn choose(ring: &TestApp, mode: Mode) {
    set_mode(&ring.app, None, mode, false).await.unwrap();
}

async fn pending(ring: &TestApp) -> Vec<String> {
    let all = ring.app.db.read(gate::list_pending).await.unwrap();
    all.into_iter().map(|knock| knock.host).collect()
}

/// The status of a GET as machines and as browsers ask.
async fn asked(ring: &TestApp, path: &str, accept: &str) -> u16 {
    let headers = HeaderMap::from_iter([(http::header::ACCEPT, accept.parse().unwrap())]);
    let url = ring.base.join(path).unwrap();
    ring.visitor.get(&url, headers).await.unwrap().status.as_u16()
}

/// The status of a GET that somebody signs.
async fn signed(ring: &TestApp, path: &str, actor: &Actor) -> u16 {
    let url = ring.base.join(path).unwrap();
    let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
    let mut headers = sign(&signer, &url, None, ring.now(), Scheme::Draft).unwrap();
    headers.insert("accept", "application/activity+json".parse().unwrap());
    ring.visitor.get(&url, headers).await.unwrap().status.as_u16()
}

const MACHINE: &str = "application/activity+json";
const BROWSER: &str = "text/html";

#[tokio::test]
async fn mod_20_with_a_list_others_are_kept_out_on_every_road_and_stand_at_the_door() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let (near, far) = (Peer::start().await, Peer::start().await);
    let (ana, eve) = (near.actor("ana"), far.actor("eve"));
    for who in [&ana, &eve] {
        who.send_and_work(&ring, &who.activity("Follow", 1, us(&ring))).await;
    }
    let need = ring.need(&tove, "Chairs", "3").await;
    ring.work().await;
    allow(&ring.app, None, &domain_of(&near.base)).await.unwrap();
    choose(&ring, Mode::Allowlist).await;
    let (heard, asked_before) = (far.received().len(), far.asked().len());

    // In.
    assert_eq!(ana.send(&ring, &ana.activity("Like", 2, us(&ring))).await, 202);
    assert_eq!(eve.send(&ring, &eve.activity("Like", 2, us(&ring))).await, 403);
    assert_eq!(pending(&ring).await, [domain_of(&far.base)]);
    // Out.
    ring.need(&tove, "Tables", "2").await;
    ring.work().await;
    assert_eq!(far.received().len(), heard);
    assert!(serde_json::to_string(&near.received()).unwrap().contains("Tables"));
    assert!(resolve::by_handle_or_url(&ring.app, eve.url.as_str()).await.is_err());
    assert!(matches!(look(&ring.app, eve.url.as_str()).await, Err(CannotLook::NotListed)));
    assert_eq!(far.asked().len(), asked_before, "nobody is asked, not even for keys");
    // Those who read.
    let note = format!("/n/{}", need.id);
    for path in [note.as_str(), "/c/ring", "/c/ring/outbox", "/c/ring/followers", "/actor/outbox"] {
        assert_eq!(asked(&ring, path, MACHINE).await, 401, "{path}");
        assert_eq!(signed(&ring, path, &ana).await, 200, "{path}");
        assert_eq!(signed(&ring, path, &eve).await, 403, "{path}");
    }
    assert_eq!(asked(&ring, "/", MACHINE).await, 401, "our home is the collective for machines");
    for open in ["/actor", "/.well-known/nodeinfo", "/nodeinfo/2.1"] {
        assert_eq!(asked(&ring, open, MACHINE).await, 200, "{open}");
    }
    let page = format!("/@ring/{}", need.id);
    for (path, status) in [("/", 200), ("/board", 200), (page.as_str(), 200), (&note, 303)] {
        assert_eq!(asked(&ring, path, BROWSER).await, status, "{path}");
    }
    // Somebody else's key does not help.
    let liar = Actor { url: ana.url.clone(), keys: crate::peer::new_keys() };
    assert_eq!(signed(&ring, &note, &liar).await, 401);

    allow(&ring.app, None, &domain_of(&far.base)).await.unwrap();
    assert!(pending(&ring).await.is_empty(), "whoever is let in waits at the door no longer");
    ring.work().await;
    assert!(serde_json::to_string(&far.received()).unwrap().contains("Tables"), "it waited");
    assert_eq!(eve.send(&ring, &eve.activity("Like", 3, us(&ring))).await, 202);
    disallow(&ring.app, None, &domain_of(&far.base)).await.unwrap();
    assert_eq!(eve.send(&ring, &eve.activity("Like", 4, us(&ring))).await, 403);
}

#[tokio::test]
async fn mod_21_two_collectives_with_lists_of_each_other_speak() {
    let (ring, mill) = two().await;
    for (one, other) in [(&ring, &mill), (&mill, &ring)] {
        allow(&one.app, None, &other.app.collective.domain()).await.unwrap();
        choose(one, Mode::Allowlist).await;
    }
    // Each needs the other's keys, and both ask for signatures.
    ask(&ring, &mill).await;
    let all = mill.app.db.read(mutuals::db::pacts::list).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn mod_22_whom_we_know_comes_onto_the_list_if_we_like() {
    let (ring, mill) = two().await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    ask(&ring, &mill).await;
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us(&ring))).await;
    let known = ring.app.db.read(left_out).await.unwrap();
    assert!(known.contains(&domain_of(&peer.base)) && known.contains(&domain_of(&mill.base)));
    assert_eq!(set_mode(&ring.app, None, Mode::Allowlist, true).await.unwrap(), known.len());
    assert!(ring.app.db.read(left_out).await.unwrap().is_empty());
    assert_eq!(ana.send(&ring, &ana.activity("Like", 2, us(&ring))).await, 202);
    assert_eq!(ring.app.db.read(followers::count).await.unwrap(), 1);
}

#[tokio::test]
async fn mod_23_while_off_nothing_comes_in_or_goes_out_and_what_we_say_waits() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us(&ring))).await;
    let heard = peer.received().len();
    // Taken in, and not looked at yet.
    let need = ring.need(&tove, "Chairs", "3").await;
    let mut reply = ana.note("reply", ring.now());
    reply["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
    assert_eq!(ana.send(&ring, &ana.activity("Create", 2, reply)).await, 202);
    choose(&ring, Mode::Off).await;
    for _ in 0..30 {
        ring.advance(6 * 60 * 60);
        ring.work().await;
    }
    assert_eq!(peer.received().len(), heard, "it waits");
    let said = |conn: &mut Conn| replies::list_latest(conn, 9);
    assert!(ring.app.db.read(said).await.unwrap().is_empty());
    assert_eq!(ana.send(&ring, &ana.activity("Like", 3, us(&ring))).await, 403);
    let note = format!("/n/{}", need.id);
    for path in [note.as_str(), "/c/ring", "/actor", "/.well-known/nodeinfo", "/c/ring/outbox"] {
        assert_eq!(asked(&ring, path, MACHINE).await, 403, "{path}");
    }
    let page = format!("/@ring/{}", need.id);
    for (path, status) in [("/", 200), ("/board", 200), (page.as_str(), 200), (&note, 303)] {
        assert_eq!(asked(&ring, path, BROWSER).await, status, "{path}");
    }
    assert!(pending(&ring).await.is_empty(), "nobody stands at a closed door");

    choose(&ring, Mode::Open).await;
    ring.work().await;
    assert!(serde_json::to_string(&peer.received()).unwrap().contains("Chairs"));
    assert_eq!(ring.app.db.read(said).await.unwrap().len(), 1, "what was taken in is not lost");
    assert_eq!(asked(&ring, &note, MACHINE).await, 200);
}

#[tokio::test]
async fn mod_24_nobody_fills_the_list_of_those_at_the_door() {
    let ring = TestApp::start("ring").await;
    choose(&ring, Mode::Allowlist).await;
    let liar = Peer::start().await.actor("liar");
    for number in 0..20 {
        let key = format!("https://made-up-{number}.example/actor#main-key");
        let activity = json!({"id": "https://made-up.example/1", "type": "Like"});
        assert_eq!(liar.send_as(&ring, &key, &activity).await, 403);
    }
    assert_eq!(pending(&ring).await.len(), 5, "one address names a few");
    let now = ring.now();
    let many = move |conn: &mut Conn| {
        (0..300).try_for_each(|number| {
            let at = now + SignedDuration::from_secs(number);
            let host = format!("many-{number}.example");
            gate::note_pending(conn, &host, "https://many.example/", at)
        })
    };
    ring.app.db.write(many).await.unwrap();
    let all = pending(&ring).await;
    assert_eq!((all.len(), all[0].as_str()), (200, "many-299.example"));
    dismiss(&ring.app, "many-299.example").await.unwrap();
    let gone = dismiss(&ring.app, "many-299.example").await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
}

/// A reply of somebody to a need of ours: its id here.
async fn reply_of(ring: &TestApp, who: &Actor) -> i64 {
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Chairs", "3").await;
    // Somebody of a server that we know: what strangers say is held.
    who.send_and_work(ring, &who.activity("Follow", 9, us(ring))).await;
    let mut reply = who.note("reply", ring.now());
    reply["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
    who.send_and_work(ring, &who.activity("Create", 1, reply)).await;
    let latest = |conn: &mut Conn| replies::list_latest(conn, 1);
    ring.app.db.read(latest).await.unwrap()[0].0.id
}

#[tokio::test]
async fn mod_25_a_report_goes_out_from_the_instance_and_names_nobody() {
    let ring = TestApp::start("ring").await;
    let ida = ring.steward("Ida Quendelbeck").await;
    let peer = Peer::start().await;
    let eve = peer.actor("eve");
    let reply = reply_of(&ring, &eve).await;
    let signers: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&signers);
    peer.judge_with(Arc::new(move |parts, _| {
        if parts.method == http::Method::POST {
            seen.lock().unwrap().push(format!("{:?}", parts.headers.get("signature")));
        }
        Box::pin(async { 200 })
    }));
    let by = Some(ida.id);
    for (words, refusal) in
        [("  ", Refusal::ReportEmpty), (&"x".repeat(5_001), Refusal::ReportTooLong)]
    {
        let refused = report(&ring.app, by, Reported::Reply(reply), words).await;
        assert!(matches!(refused, Err(Error::Refused(why)) if why == refusal), "{refused:?}");
    }
    report(&ring.app, by, Reported::Reply(reply), " They sell what is free. ").await.unwrap();
    ring.work().await;
    let flag = peer.received().into_iter().find(|one| one["type"] == "Flag").unwrap();
    let instance = ring.app.collective.urls().instance_actor();
    assert_eq!(flag["actor"], json!(instance));
    assert_eq!(flag["object"], json!([eve.url, format!("{}/notes/reply", eve.url)]));
    assert_eq!(flag["content"], "They sell what is free.");
    assert!(!flag.to_string().contains("Quendelbeck") && !flag.to_string().contains("/c/ring"));
    let key = format!("{instance}#main-key");
    assert!(signers.lock().unwrap().iter().any(|signature| signature.contains(&key)));
}

#[tokio::test]
async fn mod_26_a_report_of_ours_is_understood_by_another_of_us() {
    let (ring, mill) = two().await;
    let handle = format!("@{}", mill.app.collective.address());
    let actor = resolve::by_handle_or_url(&ring.app, &handle).await.unwrap();
    let tove = mill.member("Tove").await;
    let need = mill.need(&tove, "Chairs", "3").await;
    // A need of the mill stands at the ring.
    mutuals::actions::follow::follow(&ring.app, actor).await.unwrap();
    work_all(&[&ring, &mill]).await;
    let held = |conn: &mut Conn| mutuals::db::neighbour_proposals::list_unfinished(conn, 9);
    let held = ring.app.db.read(held).await.unwrap();
    report(&ring.app, None, Reported::Neighbour(held[0].0.id), "Spam").await.unwrap();
    work_all(&[&ring, &mill]).await;
    let latest = |conn: &mut Conn| reports::list_latest(conn, 9);
    let latest = mill.app.db.read(latest).await.unwrap();
    assert_eq!(
        (latest[0].host.as_str(), latest[0].comment.as_str()),
        (&*domain_of(&ring.base), "Spam")
    );
    let url: Url = mill.app.collective.urls().proposal(need.id);
    assert!(latest[0].objects.contains(&url.to_string()));
    set_mode(&ring.app, None, Mode::Off, false).await.unwrap();
    let refused = report(&ring.app, None, Reported::Neighbour(held[0].0.id), "Spam").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NothingToReport))), "{refused:?}");
}
