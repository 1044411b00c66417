//! Looking at a collective from outside: what a handle leads to, its public board, and what it
//! tells of what it understands, honest or not.

use mutuals::actions::block::block;
use mutuals::actions::import_neighbours::import_neighbours;
use mutuals::db::followings;
use mutuals::db::jobs::{self, JobKind};
use mutuals::domain::look::{CannotLook, Term};
use mutuals::federation::look::look;
use serde_json::{Value, json};

use crate::peer::Actor;
use crate::street::Street;
use crate::testapp::{TestApp, work_all};

const MILL: &str = "http://mill.test/c/mill";

fn mill(street: &Street, more: &Value) -> Actor {
    street.webfinger("mill@mill.test", "mill@mill.test", &[MILL]);
    let mut collective = json!({"type": "Organization"});
    for (key, value) in more.as_object().unwrap() {
        collective[key] = value.clone();
    }
    street.actor(MILL, "mill", &collective)
}

fn outbox(street: &Street, url: &str, next: Option<&str>, items: &[Value]) {
    let page = json!({
        "id": url, "type": "OrderedCollectionPage", "orderedItems": items, "next": next
    });
    street.document(url, &page);
}

fn create(mill: &Actor, note: Value) -> Value {
    mill.activity("Create", 1, note)
}

#[tokio::test]
async fn one_of_us_is_understood_to_the_last_word() {
    let ring = TestApp::start("ring").await;
    let mill = TestApp::start("mill").await;
    let omar = mill.steward("Omar").await;
    mill.need(&omar, "Jam jars", "10").await;
    let handle = mill.app.collective.address().to_string();
    let looked = look(&ring.app, &handle).await.unwrap();
    assert_eq!(looked.actor.name, "mill collective");
    assert_eq!(looked.proposals.len(), 1);
    assert_eq!(looked.proposals[0].title, "Jam jars");
    assert_eq!(looked.speaks.software.unwrap().0, "mutuals");
    assert_eq!(looked.speaks.terms, Term::ALL);
    work_all(&[&ring, &mill]).await;
    let held = ring.app.db.read(|conn| mutuals::db::neighbour_proposals::list_unfinished(conn, 10));
    assert_eq!(held.await.unwrap(), [], "a look keeps nothing");
    let by_address = look(&ring.app, mill.app.collective.urls().actor().as_str()).await.unwrap();
    assert_eq!(by_address.actor.url, looked.actor.url);
}

#[tokio::test]
async fn only_what_is_public_open_and_theirs_is_found() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let mill = mill(&street, &json!({}));
    let need = |name: &str| mill.need(name, ring.now());
    let mut closed = need("closed");
    closed["publishes"]["finished"] = json!(true);
    let mut hidden = need("hidden");
    hidden["to"] = json!([format!("{MILL}/followers")]);
    let mut foreign = need("foreign");
    foreign["id"] = json!("http://evil.test/n/1");
    let mut trade = need("trade");
    trade["reciprocal"] = json!({"type": "Intent"});
    let mut others = need("others");
    others["attributedTo"] = json!("http://mill.test/c/eve");
    let notes = [need("jam"), need("jam"), closed, hidden, foreign, trade, others];
    let mut items: Vec<Value> = notes.map(|note| create(&mill, note)).into();
    items.push(json!({"type": "Announce", "object": "http://evil.test/n/2"}));
    items.push(json!(7));
    outbox(&street, &format!("{MILL}/outbox"), None, &items);
    let looked = look(&ring.app, "@mill@mill.test").await.unwrap();
    let titles: Vec<_> = looked.proposals.iter().map(|found| found.title.as_str()).collect();
    assert_eq!(titles, ["jam"]);
    assert!(looked.is_board_read);
    assert_eq!(looked.speaks.terms, [Term::Proposals]);
    assert_eq!(looked.speaks.software, None);
}

#[tokio::test]
async fn an_outbox_without_end_is_read_for_three_pages_and_sixty_items() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let mill = mill(&street, &json!({}));
    let page = |number: usize| format!("{MILL}/outbox/{number}");
    let collection = json!({
        "id": format!("{MILL}/outbox"), "type": "OrderedCollection", "first": page(0)
    });
    street.document(&format!("{MILL}/outbox"), &collection);
    for number in 0..9 {
        let note = |at: usize| create(&mill, mill.need(&format!("n{number}-{at}"), ring.now()));
        let items: Vec<Value> = (0..25).map(note).collect();
        outbox(&street, &page(number), Some(&page(number + 1)), &items);
    }
    let looked = look(&ring.app, MILL).await.unwrap();
    assert_eq!(looked.proposals.len(), 60);
    let pages = street.take_asked();
    let pages: Vec<_> = pages.iter().filter(|url| url.contains("/outbox/")).collect();
    assert_eq!(pages.len(), 3, "{pages:?}");
    for number in 0..9 {
        outbox(&street, &page(number), Some(&page(number + 1)), &[]);
    }
    look(&ring.app, MILL).await.unwrap();
    let pages = street.take_asked();
    assert_eq!(pages.iter().filter(|url| url.contains("/outbox/")).count(), 3, "{pages:?}");
}

#[tokio::test]
async fn a_board_or_a_nodeinfo_that_is_hostile_takes_nothing_else_away() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let implements = json!([
        {"type": "Link", "href": "https://datatracker.ietf.org/doc/html/rfc9421"}, 7, [[]]
    ]);
    mill(&street, &json!({"generator": {"type": "Application", "implements": implements}}));
    let kind = [("content-type", "application/json")];
    let links = json!({"links": [
        {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": "http://mill.test/ni"},
        {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.9", "href": "http://evil.test/ni"}
    ]});
    let at = "http://mill.test/.well-known/nodeinfo";
    street.put(at, 200, &kind, links.to_string());
    street.put("http://mill.test/ni", 200, &kind, vec![b' '; 2 << 20]);
    street.document(&format!("{MILL}/outbox"), &json!({"id": "http://evil.test/outbox"}));
    let looked = look(&ring.app, MILL).await.unwrap();
    assert_eq!(looked.speaks.terms, [Term::Signatures]);
    assert!(!looked.is_board_read);
    let deep = "[".repeat(500) + &"]".repeat(500);
    for body in [deep, "7".into(), "[]".into(), "{\"metadata\": {\"mutuals\": [7]}}".into()] {
        street.put("http://mill.test/ni", 200, &kind, body);
        assert_eq!(look(&ring.app, MILL).await.unwrap().speaks.terms, [Term::Signatures]);
    }
    let long = json!({
        "software": {"name": "x".repeat(10_000), "version": "1\u{202e}\n2"},
        "metadata": {"feps": ["0837"], "mutuals": {"vocabulary": ["pacts", "pacts", "evil", 9]}}
    });
    street.put("http://mill.test/ni", 200, &kind, long.to_string());
    let speaks = look(&ring.app, MILL).await.unwrap().speaks;
    assert_eq!(speaks.terms, [Term::Signatures, Term::Proposals, Term::Pacts]);
    let (name, version) = speaks.software.unwrap();
    assert_eq!(name.chars().count(), 61);
    assert_eq!(version, "1 2");
    assert!(street.take_asked().iter().all(|url| !url.contains("evil.test/ni")));
}

#[tokio::test]
async fn who_cannot_be_looked_at_and_why() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    mill(&street, &json!({}));
    street.actor("http://mill.test/c/ana", "ana", &json!({"type": "Person"}));
    street.document("http://mill.test/n/1", &json!({"id": "http://mill.test/n/1", "type": "Note"}));
    let why = async |typed: &str| look(&ring.app, typed).await.unwrap_err();
    assert_eq!(why("jam jars").await, CannotLook::NotAnAddress);
    assert_eq!(why("").await, CannotLook::NotAnAddress);
    assert_eq!(why(ring.base.as_str()).await, CannotLook::Ours);
    assert_eq!(why("@ana@mill.test").await, CannotLook::NotACollective);
    assert_eq!(why("http://mill.test/n/1").await, CannotLook::NotACollective);
    assert_eq!(why("http://mill.test/c/ana").await, CannotLook::Person);
    assert_eq!(why("http://10.0.0.1/c/mill").await, CannotLook::NotPublic);
    street.put("http://mill.test/c/busy", 503, &[], "");
    assert_eq!(why("http://mill.test/c/busy").await, CannotLook::Unreachable);
    street.take_asked();
    block(&ring.app, "mill.test", "noise").await.unwrap();
    ring.app.read_blocks().await.unwrap();
    assert_eq!(why(MILL).await, CannotLook::Blocked);
    assert_eq!(why("@mill@MILL.test").await, CannotLook::Blocked);
    assert_eq!(street.take_asked(), Vec::<String>::new(), "whom we block is not asked");
}

#[tokio::test]
async fn whom_a_steward_chose_from_a_list_is_followed_as_soon_as_it_answers() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    mill(&street, &json!({}));
    street.actor("http://ana.test/c/ana", "ana", &json!({"type": "Person"}));
    street.put("http://dune.test/c/dune", 503, &[], "");
    let list = [MILL, MILL, "http://ana.test/c/ana", "http://dune.test/c/dune", "no address"];
    let list: Vec<String> = list.map(str::to_owned).into();
    assert_eq!(import_neighbours(&ring.app, list.clone()).await.unwrap(), 4);
    assert_eq!(import_neighbours(&ring.app, list).await.unwrap(), 0, "they wait already");
    ring.work().await;
    let asked = async || -> Vec<String> {
        let all = ring.app.db.read(followings::list).await.unwrap();
        all.into_iter().map(|each| each.actor.url.into()).collect()
    };
    assert_eq!(asked().await, [MILL], "a person is no collective, and Dune is away");
    street.actor("http://dune.test/c/dune", "dune", &json!({"type": "Group"}));
    ring.advance(120);
    ring.work().await;
    assert_eq!(asked().await, [MILL, "http://dune.test/c/dune"]);
    let left = ring.app.db.read(|conn| jobs::list_actors(conn, JobKind::Follow)).await;
    assert_eq!(left.unwrap(), Vec::<String>::new());
}
