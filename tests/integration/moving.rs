//! Somebody whom we follow goes to another address, or says so.

use mutuals::db::followings;
use mutuals::db::neighbour_proposals::list_unfinished;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer, befriend};
use crate::testapp::TestApp;

const DAY: i64 = 24 * 3600;

fn moves(actor: &Actor, number: u32, to: &Actor) -> Value {
    let mut moves = actor.activity("Move", number, json!(actor.url));
    moves["target"] = json!(to.url);
    moves
}

/// Says in the document of `actor` that it was at these addresses before.
fn was(peer: &Peer, actor: &Actor, old: Value) {
    let mut document = actor.document();
    document["alsoKnownAs"] = old;
    peer.serve(&actor.url, document);
}

/// Whom we follow or asked, by their names.
async fn followed(ring: &TestApp) -> Vec<String> {
    let all = ring.app.db.read(followings::list).await.unwrap();
    all.iter().map(|one| one.actor.address.split('@').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn inb_23_who_moves_is_followed_to_where_both_ends_say_so() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (ana, new) = (peer.actor("ana"), elsewhere.actor("anabel"));
    befriend(&ring, &ana).await;
    let need = ana.activity("Create", 2, ana.need("Blankets", ring.now()));
    ana.send_and_work(&ring, &need).await;

    // The new address says nothing, or something else.
    ana.send_and_work(&ring, &moves(&ana, 3, &new)).await;
    was(&elsewhere, &new, json!([new.url, format!("{}x", ana.url), 5, null]));
    ana.send_and_work(&ring, &moves(&ana, 4, &new)).await;
    assert_eq!(followed(&ring).await, ["ana"]);

    was(&elsewhere, &new, json!([format!("{}x", ana.url), ana.url]));
    ana.send_and_work(&ring, &moves(&ana, 5, &new)).await;
    assert_eq!(followed(&ring).await, ["anabel"]);
    let kinds = |peer: &Peer| -> Vec<Value> {
        peer.received().iter().map(|one| one["type"].clone()).collect()
    };
    assert_eq!(kinds(&peer), ["Follow", "Undo"]);
    assert_eq!(kinds(&elsewhere), ["Follow"]);
    let board = ring.app.db.read(|conn| list_unfinished(conn, 9)).await.unwrap();
    assert!(board.is_empty(), "what it needed left with it");
}

#[tokio::test]
async fn inb_23_nobody_moves_another_and_strangers_move_nothing() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (ana, eve, new) = (peer.actor("ana"), peer.actor("eve"), elsewhere.actor("new"));
    was(&elsewhere, &new, json!([ana.url, eve.url]));
    befriend(&ring, &ana).await;
    let mut forged = moves(&eve, 2, &new);
    forged["object"] = json!(ana.url);
    eve.send_and_work(&ring, &forged).await;
    eve.send_and_work(&ring, &moves(&eve, 3, &new)).await;
    assert_eq!(followed(&ring).await, ["ana"]);
    assert!(elsewhere.asked().is_empty(), "nobody is asked for a stranger");
    // To us, to itself, to nowhere, to somebody whom we block.
    let mut odd = moves(&ana, 4, &ana);
    ana.send_and_work(&ring, &odd).await;
    odd = moves(&ana, 5, &ana);
    odd["target"] = json!(ring.app.collective.urls().actor());
    ana.send_and_work(&ring, &odd).await;
    odd = ana.activity("Move", 6, json!(ana.url));
    ana.send_and_work(&ring, &odd).await;
    mutuals::actions::block::block(&ring.app, new.url.as_str(), "").await.unwrap();
    ana.send_and_work(&ring, &moves(&ana, 7, &new)).await;
    assert_eq!(followed(&ring).await, ["ana"]);
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn inb_23_nobody_moves_twice_in_a_week_or_in_a_circle() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (a, b, c) = (peer.actor("a"), peer.actor("b"), peer.actor("c"));
    befriend(&ring, &a).await;
    was(&peer, &b, json!(a.url));
    was(&peer, &a, json!([b.url]));
    was(&peer, &c, json!([a.url, b.url]));
    a.send_and_work(&ring, &moves(&a, 2, &b)).await;
    assert_eq!(followed(&ring).await, ["b"]);
    b.send_and_work(&ring, &moves(&b, 2, &a)).await;
    b.send_and_work(&ring, &moves(&b, 3, &c)).await;
    a.send_and_work(&ring, &moves(&a, 4, &c)).await;
    ring.advance(7 * DAY - 1);
    b.send_and_work(&ring, &moves(&b, 5, &c)).await;
    assert_eq!(followed(&ring).await, ["b"]);
    ring.advance(1);
    b.send_and_work(&ring, &moves(&b, 6, &c)).await;
    assert_eq!(followed(&ring).await, ["c"]);
}

#[tokio::test]
async fn inb_23_who_moves_to_somebody_whom_we_follow_already_is_not_followed_twice() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (a, b) = (peer.actor("a"), peer.actor("b"));
    befriend(&ring, &a).await;
    befriend(&ring, &b).await;
    was(&peer, &b, json!(a.url));
    a.send_and_work(&ring, &moves(&a, 2, &b)).await;
    assert_eq!(followed(&ring).await, ["b"]);
    let kinds: Vec<Value> = peer.received().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(kinds, ["Follow", "Follow", "Undo"]);
}
