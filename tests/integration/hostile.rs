//! What a hostile or broken server tries, and what it gets: nothing changed, and a clear answer.

use mutuals::actions::follow::follow;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{followers, followings, journal, replies};
use mutuals::domain::neighbour::FollowingState;
use mutuals::federation::resolve;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::{Value, json};
use url::Url;

use crate::peer::{Actor, Peer, befriend, new_keys, post};
use crate::testapp::TestApp;

async fn waiting(app: &TestApp) -> i64 {
    app.app.db.read(journal::depth).await.unwrap().waiting
}

async fn board_titles(app: &TestApp) -> Vec<String> {
    let listed = app.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    listed.into_iter().map(|(proposal, _)| proposal.title).collect()
}

fn signed(actor: &Actor, to: &TestApp, body: &str) -> (Url, http::HeaderMap) {
    let inbox = to.base.join("inbox").unwrap();
    let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
    let headers = sign(&signer, &inbox, Some(body.as_bytes()), to.now(), Scheme::Draft).unwrap();
    (inbox, headers)
}

#[tokio::test]
async fn sig_01_an_unsigned_post_is_refused_without_a_fetch() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let body = ana.activity("Like", 1, json!("x")).to_string();
    let mut headers = http::HeaderMap::new();
    headers.insert("content-type", "application/activity+json".parse().unwrap());
    let inbox = ring.base.join("inbox").unwrap();
    assert_eq!(post(&ring, &inbox, headers, body).await, 401);
    assert!(peer.asked().is_empty());
    assert_eq!(waiting(&ring).await, 0);
}

#[tokio::test]
async fn sig_02_another_body_under_the_same_signature_is_refused() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let body = ana.activity("Like", 1, json!("x")).to_string();
    let (inbox, headers) = signed(&ana, &ring, &body);
    let other = body.replace("\"x\"", "\"y\"");
    assert_eq!(post(&ring, &inbox, headers.clone(), other).await, 401);
    assert_eq!(post(&ring, &inbox, headers, body).await, 202);
}

#[tokio::test]
async fn sig_03_a_key_speaks_for_its_owner_only() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (ana, eve, mallory) = (peer.actor("ana"), peer.actor("eve"), elsewhere.actor("mallory"));
    // Eve signs for Ana on the same server; Mallory from another one.
    let forged = ana.activity("Like", 1, json!("x"));
    assert_eq!(eve.send(&ring, &forged).await, 401);
    assert_eq!(mallory.send(&ring, &forged).await, 401);
    // Eve signs with her key under the name of Ana's.
    assert_eq!(eve.send_as(&ring, &format!("{}#main-key", ana.url), &forged).await, 401);
    assert_eq!(waiting(&ring).await, 0);
    // None of this keeps Ana herself out.
    assert_eq!(ana.send(&ring, &ana.activity("Like", 2, json!("x"))).await, 202);
}

#[tokio::test]
async fn sig_04_a_new_key_is_read_once_and_a_wrong_one_not_again() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let mut ana = peer.actor("ana");
    assert_eq!(ana.send(&ring, &ana.activity("Like", 1, json!("x"))).await, 202);
    ana.keys = new_keys();
    peer.publish(&ana);
    assert_eq!(ana.send(&ring, &ana.activity("Like", 2, json!("x"))).await, 202);
    let fetched = peer.asked().len();
    ana.keys = new_keys();
    for number in 3..6 {
        assert_eq!(ana.send(&ring, &ana.activity("Like", number, json!("x"))).await, 401);
    }
    assert_eq!(peer.asked().len(), fetched + 1);
}

#[tokio::test]
async fn sig_06_the_delete_of_somebody_unknown_is_taken_without_a_fetch() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let delete = ana.activity("Delete", 1, ana.url.to_string().into());
    peer.remove(&ana.url);
    assert_eq!(ana.send(&ring, &delete).await, 202);
    assert!(peer.asked().is_empty());
    assert_eq!(waiting(&ring).await, 0);
}

#[tokio::test]
async fn inb_01_nobody_outside_has_our_ids_or_no_id() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let mut ours = ana.activity("Like", 1, json!("x"));
    ours["id"] = ring.base.join("n/1").unwrap().to_string().into();
    assert_eq!(ana.send(&ring, &ours).await, 400);
    let mut as_us = ana.activity("Like", 1, json!("x"));
    as_us["actor"] = ring.app.collective.urls().actor().to_string().into();
    assert_eq!(ana.send(&ring, &as_us).await, 400);
    as_us["id"] = ring.base.join("n/1").unwrap().to_string().into();
    assert_eq!(ana.send(&ring, &as_us).await, 403);
    let mut without = ana.activity("Like", 1, json!("x"));
    without.as_object_mut().unwrap().remove("id");
    assert_eq!(ana.send(&ring, &without).await, 400);
    assert_eq!(waiting(&ring).await, 0);
}

#[tokio::test]
async fn inb_02_a_post_has_one_owner_and_that_is_its_sender() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let mut note = eve.need("Ana's?", ring.now());
    note["attributedTo"] = ana.url.to_string().into();
    eve.send_and_work(&ring, &eve.activity("Create", 2, note.clone())).await;
    note["attributedTo"] = json!([eve.url, ana.url]);
    eve.send_and_work(&ring, &eve.activity("Create", 3, note)).await;
    assert!(board_titles(&ring).await.is_empty());
}

#[tokio::test]
async fn inb_03_another_actor_of_the_same_server_can_do_nothing_to_a_post() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let note = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Create", 2, note.clone())).await;
    let mut changed = note.clone();
    changed["publishes"]["name"] = "Money".into();
    changed["updated"] = "2026-11-23T13:00:00Z".into();
    eve.send_and_work(&ring, &eve.activity("Update", 2, changed.clone())).await;
    changed["attributedTo"] = eve.url.to_string().into();
    eve.send_and_work(&ring, &eve.activity("Update", 3, changed)).await;
    eve.send_and_work(&ring, &eve.activity("Delete", 4, note["id"].clone())).await;
    assert_eq!(board_titles(&ring).await, ["Blankets"]);
    // Nor can she bury in advance what Ana will write.
    let next = ana.need("Soup", ring.now());
    eve.send_and_work(&ring, &eve.activity("Delete", 5, next["id"].clone())).await;
    ana.send_and_work(&ring, &ana.activity("Create", 3, next)).await;
    assert_eq!(board_titles(&ring).await.len(), 2);
}

#[tokio::test]
async fn inb_03_an_id_used_first_by_a_neighbour_on_the_same_server_is_given_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let note = ana.need("Blankets", ring.now());
    let mut squatted = note.clone();
    squatted["attributedTo"] = eve.url.to_string().into();
    squatted["publishes"]["name"] = "Money".into();
    eve.send_and_work(&ring, &eve.activity("Create", 2, squatted)).await;
    assert_eq!(board_titles(&ring).await, ["Money"], "nobody knows better yet");
    let mut home = note.clone();
    home["@context"] = "https://www.w3.org/ns/activitystreams".into();
    peer.serve(&note["id"].as_str().unwrap().parse().unwrap(), home);
    ana.send_and_work(&ring, &ana.activity("Create", 2, note)).await;
    assert_eq!(board_titles(&ring).await, ["Blankets"]);
}

#[tokio::test]
async fn inb_03_what_its_owner_deleted_is_not_kept_as_a_neighbours() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let note = ana.need("Blankets", ring.now());
    let home: Url = note["id"].as_str().unwrap().parse().unwrap();
    let delete = |actor: &Actor| actor.activity("Delete", 3, note["id"].clone());
    // What is Ana's stays, whoever else says that it was deleted.
    peer.serve(&home, note.clone());
    ana.send_and_work(&ring, &ana.activity("Create", 2, note.clone())).await;
    eve.send_and_work(&ring, &delete(&eve)).await;
    assert_eq!(board_titles(&ring).await, ["Blankets"]);

    let ring = TestApp::start("ring").await;
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let mut squatted = note.clone();
    squatted["attributedTo"] = eve.url.to_string().into();
    eve.send_and_work(&ring, &eve.activity("Create", 2, squatted)).await;
    peer.remove(&home);
    ana.send_and_work(&ring, &delete(&ana)).await;
    assert!(board_titles(&ring).await.is_empty());
    ana.send_and_work(&ring, &ana.activity("Create", 2, note.clone())).await;
    assert!(board_titles(&ring).await.is_empty(), "the Create comes late");
}

#[tokio::test]
async fn nobody_fills_the_replies_to_a_need() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Soup", "1").await;
    let need_url = ring.app.collective.urls().proposal(need.id);
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 100, us.into())).await;
    for number in 0..55 {
        let mut note = ana.note(&format!("r{number}"), ring.now());
        note["inReplyTo"] = json!(need_url);
        assert_eq!(ana.send(&ring, &ana.activity("Create", number, note)).await, 202);
    }
    ring.work().await;
    let kept = move |conn: &mut mutuals::db::Conn| replies::list_by_proposal(conn, need.id);
    assert_eq!(ring.app.db.read(kept).await.unwrap().len(), 50);
}

#[tokio::test]
async fn inb_03_nobody_ends_the_following_of_another() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    let us = ring.app.collective.urls().actor().to_string();
    let follow = ana.activity("Follow", 1, us.into());
    ana.send_and_work(&ring, &follow).await;
    eve.send_and_work(&ring, &eve.activity("Undo", 1, follow.clone())).await;
    eve.send_and_work(&ring, &eve.activity("Undo", 2, follow["id"].clone())).await;
    assert_eq!(ring.app.db.read(followers::list).await.unwrap().len(), 1);
    ana.send_and_work(&ring, &ana.activity("Undo", 2, follow["id"].clone())).await;
    assert!(ring.app.db.read(followers::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn inb_04_only_the_one_we_asked_can_accept_and_only_what_we_asked() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    let remote = resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await.unwrap();
    let following = follow(&ring.app, remote).await.unwrap();
    let asked = ring.app.collective.urls().follow(following.id);
    eve.send_and_work(&ring, &eve.activity("Accept", 1, asked.to_string().into())).await;
    let never = ring.app.collective.urls().follow(following.id + 1);
    ana.send_and_work(&ring, &ana.activity("Accept", 1, never.to_string().into())).await;
    let state = || async { ring.app.db.read(followings::list).await.unwrap()[0].state };
    assert_eq!(state().await, FollowingState::Asked);
    let embedded = json!({"id": asked, "type": "Follow"});
    ana.send_and_work(&ring, &ana.activity("Accept", 2, embedded)).await;
    assert_eq!(state().await, FollowingState::Following);
    ana.send_and_work(&ring, &ana.activity("Reject", 3, asked.to_string().into())).await;
    assert_eq!(state().await, FollowingState::Declined);
    ana.send_and_work(&ring, &ana.activity("Accept", 4, asked.to_string().into())).await;
    assert_eq!(state().await, FollowingState::Declined, "an answer is not changed by a late one");
}

#[tokio::test]
async fn inb_05_a_post_that_is_only_named_is_read_where_it_stands() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let mut note = ana.need("Blankets", ring.now());
    let url: Url = note["id"].as_str().unwrap().parse().unwrap();
    ana.send_and_work(&ring, &ana.activity("Create", 2, url.to_string().into())).await;
    assert!(board_titles(&ring).await.is_empty(), "there is nothing there yet");
    note["@context"] = "https://www.w3.org/ns/activitystreams".into();
    peer.serve(&url, note);
    ana.send_and_work(&ring, &ana.activity("Create", 3, url.to_string().into())).await;
    assert_eq!(board_titles(&ring).await, ["Blankets"]);
}

#[tokio::test]
async fn inb_06_what_an_announce_wraps_is_not_believed() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let note = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Create", 2, note.clone())).await;
    let delete = ana.activity("Delete", 9, note["id"].clone());
    eve.send_and_work(&ring, &eve.activity("Announce", 2, delete)).await;
    let create = ana.activity("Create", 9, ana.need("Forged", ring.now()));
    eve.send_and_work(&ring, &eve.activity("Announce", 3, create)).await;
    assert_eq!(board_titles(&ring).await, ["Blankets"]);
}

#[tokio::test]
async fn inb_07_the_needs_of_those_we_do_not_follow_stay_outside() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let create = ana.activity("Create", 1, ana.need("Buy now", ring.now()));
    ana.send_and_work(&ring, &create).await;
    assert!(board_titles(&ring).await.is_empty());
}

#[tokio::test]
async fn inb_08_the_same_activity_many_times_has_one_effect() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    let follow = ana.activity("Follow", 1, us.into());
    assert_eq!(ana.send(&ring, &follow).await, 202);
    let again: Vec<_> = (0..20).map(|_| ana.send(&ring, &follow)).collect();
    for status in futures(again).await {
        assert_eq!(status, 202);
    }
    ring.work().await;
    assert_eq!(ring.app.db.read(followers::list).await.unwrap().len(), 1);
    assert_eq!(peer.received().len(), 1, "one Accept");
}

async fn futures<F: Future<Output = u16>>(all: Vec<F>) -> Vec<u16> {
    let mut statuses = Vec::new();
    for one in all {
        statuses.push(one.await);
    }
    statuses
}

#[tokio::test]
async fn inb_10_a_create_after_the_delete_brings_nothing_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let note = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Delete", 2, note["id"].clone())).await;
    ana.send_and_work(&ring, &ana.activity("Create", 3, note)).await;
    assert!(board_titles(&ring).await.is_empty());
}

#[tokio::test]
async fn inb_11_an_older_version_does_not_replace_a_newer_one() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let mut note = ana.need("Old", ring.now());
    note["updated"] = "2026-11-23T11:00:00Z".into();
    let old = note.clone();
    note["publishes"]["name"] = "New".into();
    note["updated"] = "2026-11-23T12:30:00Z".into();
    ana.send_and_work(&ring, &ana.activity("Update", 2, note)).await;
    ana.send_and_work(&ring, &ana.activity("Create", 3, old.clone())).await;
    ana.send_and_work(&ring, &ana.activity("Update", 4, old)).await;
    assert_eq!(board_titles(&ring).await, ["New"]);
}

#[tokio::test]
async fn inb_14_odd_activities_are_taken_and_do_nothing() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let objects = [
        json!(null),
        json!(5),
        json!([]),
        json!({}),
        json!("nonsense"),
        json!([[[]]]),
        json!({"type": "Note"}),
        json!({"type": ["Note", 3], "id": 7}),
        json!({"type": "Note", "id": "javascript:1", "attributedTo": {}}),
    ];
    let mut number = 10;
    for kind in [
        "Follow", "Accept", "Reject", "Undo", "Create", "Update", "Delete", "Like", "Announce",
        "Block", "Move", "Flag", "Offer", "Dance", "",
    ] {
        for object in &objects {
            number += 1;
            assert_eq!(ana.send(&ring, &ana.activity(kind, number, object.clone())).await, 202);
        }
    }
    ring.work().await;
    assert_eq!(waiting(&ring).await, 0, "nothing is left behind");
}

#[tokio::test]
async fn inb_15_broken_numbers_and_times_break_nothing() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let values = [
        json!("-5"),
        json!("1e400"),
        json!("NaN"),
        json!(-0.0),
        json!(1e300),
        json!("9223372036854775808"),
        json!({"@value": []}),
        json!(null),
        json!("10\u{0}"),
    ];
    for (number, value) in (100..).zip(values) {
        let mut note = ana.need(&format!("n{number}"), ring.now());
        note["publishes"]["resourceQuantity"]["hasNumericalValue"] = value.clone();
        note["publishes"]["minimumQuantity"] = json!({"hasUnit": value.clone()});
        for time in ["published", "updated", "endTime"] {
            note[time] = value.clone();
        }
        ana.send_and_work(&ring, &ana.activity("Create", number, note)).await;
    }
    for (number, time) in (200..).zip([
        "0000-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
        "9999-12-31T23:59:60+14:00",
        "x",
    ]) {
        let mut note = ana.need(&format!("t{number}"), ring.now());
        note["published"] = time.into();
        note["updated"] = time.into();
        ana.send_and_work(&ring, &ana.activity("Create", number, note)).await;
    }
    let listed = ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    assert_eq!(listed.len(), 13, "a broken extension never hides the need");
    let latest = ring.now() + jiff::SignedDuration::from_hours(1);
    assert!(
        listed.iter().all(|(need, _)| need.published_at <= latest && need.updated_at <= latest)
    );
    assert!(listed.iter().all(|(need, _)| {
        need.amount.is_none_or(|a| ["5", "10"].contains(&a.to_string().as_str()))
    }));
}

#[tokio::test]
async fn inb_16_odd_characters_are_tamed() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let mut note = ana.need("x", ring.now());
    note["publishes"]["name"] = "a\u{0}b \u{202e}evil <script>alert(1)</script>".into();
    note["content"] = "<p onclick=x>hi\u{0}</p><script>alert(1)</script>".into();
    ana.send_and_work(&ring, &ana.activity("Create", 2, note)).await;
    let listed = ring.app.db.read(|conn| list_unfinished(conn, 1)).await.unwrap();
    assert_eq!(listed[0].0.title, "ab evil");
    assert_eq!(listed[0].0.html, "<p>hi</p>");
}

#[tokio::test]
async fn a_body_that_is_too_large_or_not_json_is_refused() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let large = ana.activity("Like", 1, "x".repeat(1024 * 1024 + 1).into());
    assert_eq!(ana.send(&ring, &large).await, 413);
    let actor = ana.url.to_string();
    for body in ["", "{", "[]", "null", "{\"id\":1}", "\u{feff}{}"] {
        let (inbox, headers) = signed(&ana, &ring, body);
        assert_eq!(post(&ring, &inbox, headers, body.into()).await, 400, "{body}");
    }
    let deep = format!(
        "{{\"id\":\"{actor}/1\",\"actor\":\"{actor}\",\"x\":{}1{}}}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let (inbox, headers) = signed(&ana, &ring, &deep);
    assert_eq!(post(&ring, &inbox, headers, deep).await, 400);
}

#[tokio::test]
async fn other_content_types_and_other_inboxes_are_refused() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let body = ana.activity("Like", 1, json!("x")).to_string();
    let (inbox, mut headers) = signed(&ana, &ring, &body);
    headers.insert("content-type", "application/json".parse().unwrap());
    assert_eq!(post(&ring, &inbox, headers, body.clone()).await, 415);
    let (_, headers) = signed(&ana, &ring, &body);
    let elsewhere = ring.base.join("c/nobody/inbox").unwrap();
    assert_eq!(post(&ring, &elsewhere, headers, body).await, 404);
}

#[tokio::test]
async fn an_actor_whose_document_speaks_for_another_is_not_stored() {
    let ring = TestApp::start("ring").await;
    let (peer, victim) = (Peer::start().await, Peer::start().await);
    let (ana, real) = (peer.actor("ana"), victim.actor("victim"));
    // Ana's server serves the victim's id with Ana's key (CVE-2024-23832).
    let mut document = ana.document();
    document["id"] = real.url.to_string().into();
    document["publicKey"]["owner"] = real.url.to_string().into();
    peer.serve(&ana.url, document);
    let found = resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await.unwrap();
    assert_eq!(found.url, real.url, "the id was read where it stands");
    assert_eq!(found.keys[0].material, real.keys.rsa_public_pem().unwrap(), "and so was the key");
}

#[tokio::test]
async fn an_actor_with_an_inbox_elsewhere_or_a_weak_key_is_no_actor() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    type Spoil = fn(&mut Value);
    let spoils: [Spoil; 7] = [
        |d| d["inbox"] = "https://victim.example/inbox".into(),
        |d| d["inbox"] = "javascript:1".into(),
        |d| d["inbox"] = json!([]),
        |d| d["type"] = "Note".into(),
        |d| d["publicKey"]["publicKeyPem"] = "none".into(),
        |d| d["publicKey"]["owner"] = "https://victim.example/v".into(),
        |d| d["preferredUsername"] = Value::Null,
    ];
    for spoil in spoils {
        let mut document = ana.document();
        spoil(&mut document);
        peer.serve(&ana.url, document.clone());
        let found = resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await;
        assert!(found.is_err(), "{document}");
    }
}

#[tokio::test]
async fn a_block_ends_what_was_between_us() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 2, us.clone().into())).await;
    ana.send_and_work(&ring, &ana.activity("Create", 3, ana.need("Blankets", ring.now()))).await;
    ana.send_and_work(&ring, &ana.activity("Block", 4, us.into())).await;
    assert!(board_titles(&ring).await.is_empty());
    assert!(ring.app.db.read(followers::list).await.unwrap().is_empty());
    assert!(ring.app.db.read(followings::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_reply_to_what_strangers_may_not_see_is_not_stored() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let tove = ring.member("Tove").await;
    let draft = mutuals::domain::draft::Draft {
        title: "For members".into(),
        audience: "members".into(),
        ..Default::default()
    };
    let need = ring.post(&tove, &draft).await;
    let mut reply = ana.note("hello", ring.now());
    reply["inReplyTo"] = ring.app.collective.urls().proposal(need.id).to_string().into();
    ana.send_and_work(&ring, &ana.activity("Create", 1, reply)).await;
    let stored =
        ring.app.db.read(move |conn| replies::list_by_proposal(conn, need.id)).await.unwrap();
    assert!(stored.is_empty());
}

#[tokio::test]
async fn a_server_that_answers_differently_the_second_time_is_nobody_else() {
    let ring = TestApp::start("ring").await;
    let (peer, victim) = (Peer::start().await, Peer::start().await);
    let (eve, real) = (peer.actor("eve"), victim.actor("victim"));
    // Eve's other address leads to her own document first, and to the victim's later.
    let alias = peer.base.join("alias").unwrap();
    peer.redirect(&alias, &eve.url);
    let us = ring.app.collective.urls().actor().to_string();
    let mut forged = eve.activity("Follow", 1, us.into());
    forged["actor"] = alias.to_string().into();
    assert_eq!(eve.send(&ring, &forged).await, 401, "the alias is not the one who signed");
    peer.redirect(&alias, &real.url);
    ring.work().await;
    assert!(ring.app.db.read(followers::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_processed_is_byte_for_byte_what_was_signed() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    // Six characters that a careless clean-up would take for a NUL.
    let mut note = ana.need("Blankets", ring.now());
    note["content"] = "<p>a\\u0000b</p>".into();
    ana.send_and_work(&ring, &ana.activity("Create", 2, note)).await;
    let listed = ring.app.db.read(|conn| list_unfinished(conn, 1)).await.unwrap();
    assert_eq!(listed[0].0.html, "<p>a\\u0000b</p>");
}

#[tokio::test]
async fn sig_05_an_actor_whose_server_is_away_is_asked_to_come_back() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let mut elsewhere = ana.activity("Like", 1, json!("x"));
    for name in ["id", "actor"] {
        let url =
            elsewhere[name].as_str().unwrap().replace(peer.base.as_str(), "http://127.0.0.1:1/");
        elsewhere[name] = url.into();
    }
    let key_id = format!("{}#main-key", elsewhere["actor"].as_str().unwrap());
    assert_eq!(ana.send_as(&ring, &key_id, &elsewhere).await, 503);
}

#[tokio::test]
async fn a_follow_and_its_undo_have_their_effect_in_order() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    let mut follow = ana.activity("Follow", 1, us.into());
    follow["padding"] = "x".repeat(500_000).into();
    assert_eq!(ana.send(&ring, &follow).await, 202);
    assert_eq!(ana.send(&ring, &ana.activity("Undo", 2, follow["id"].clone())).await, 202);
    ring.work().await;
    assert!(ring.app.db.read(followers::list).await.unwrap().is_empty());
}
