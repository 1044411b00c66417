//! What is for pacts reaches those with a pact, and nobody else.

use http::HeaderMap;
use mutuals::actions::change_proposal::{Step as Change, change_proposal};
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::expire_proposals::expire_proposals;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::pact::{Step, propose, share, take_step};
use mutuals::db::neighbour_proposals::{list_shown, list_unfinished};
use mutuals::domain::audience::{Audience, Viewer};
use mutuals::domain::block::Blocks;
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::neighbour::NeighbourProposal;
use mutuals::domain::pact::{PactState, Shares};
use mutuals::domain::proposal::{CloseReason, Proposal};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::signature::{Scheme, Signer, sign};
use mutuals::federation::{fetch, resolve};
use serde_json::{Value, json};
use url::Url;

use crate::pacts::{collective, friends, pact, stated, step, two};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount, work_all};

fn draft(title: &str) -> Draft {
    Draft { title: title.into(), amount: "40".into(), audience: "pacts".into(), ..Draft::default() }
}

async fn post(app: &TestApp, author: &Member, title: &str) -> Proposal {
    app.post(author, &draft(title)).await
}

/// What members see of neighbours.
async fn board(app: &TestApp) -> Vec<NeighbourProposal> {
    let listed = app.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    listed.into_iter().map(|(proposal, _)| proposal).collect()
}

/// What strangers see of neighbours.
async fn window(app: &TestApp) -> usize {
    let none = Blocks::new([]);
    let shown = move |conn: &mut _| list_shown(conn, &none, Viewer::Stranger, 100);
    app.app.db.read(shown).await.unwrap().len()
}

async fn titles(app: &TestApp) -> Vec<String> {
    let mut titles: Vec<_> = board(app).await.into_iter().map(|each| each.title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn a_need_for_pacts_travels_changes_and_is_withdrawn() {
    let (ring, mill) = friends().await;
    let peer = Peer::start().await;
    let follower = collective(&peer, "follower");
    let us = ring.app.collective.urls().actor().to_string();
    follower.send_and_work(&ring, &follower.activity("Follow", 1, us.clone().into())).await;

    let tove = ring.member("Tove").await;
    let need = post(&ring, &tove, "Blankets").await;
    work_all(&[&ring, &mill]).await;
    let seen = board(&mill).await;
    assert_eq!((seen.len(), seen[0].audience), (1, Audience::Pacts));
    assert_eq!(seen[0].open, Some(amount("40")));
    assert_eq!(window(&mill).await, 0, "strangers there do not see it");

    ring.advance(1);
    make_promise(&ring.app, &tove, need.id, Some(amount("25")), "").await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await[0].open, Some(amount("15")));
    ring.advance(1);
    let change = Draft { text: "Clean ones.".into(), ..draft("Warm blankets") };
    edit_proposal(&ring.app, &tove, need.id, &change).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(titles(&mill).await, ["Warm blankets"]);
    let narrower = Draft { audience: "members".into(), ..draft("Blankets") };
    let refused = edit_proposal(&ring.app, &tove, need.id, &narrower).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::AudienceOnlyWidens))));

    ring.advance(1);
    change_proposal(&ring.app, &tove, need.id, Change::Withdraw).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert!(board(&mill).await.is_empty());

    let said = serde_json::to_string(&peer.received()).unwrap();
    assert!(said.contains("Accept"), "the follower is a follower");
    assert!(!said.to_lowercase().contains("blankets") && !said.contains("Delete"), "{said}");
}

#[tokio::test]
async fn a_need_for_pacts_that_is_closed_or_over_leaves_the_board_and_one_for_all_is_seen_by_all() {
    let (ring, mill) = friends().await;
    let tove = ring.member("Tove").await;
    let closed = post(&ring, &tove, "Closed").await;
    let end = ring.now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    ring.post(&tove, &Draft { ends_at: Some(end), ..draft("Over") }).await;
    let widened = post(&ring, &tove, "Widened").await;
    work_all(&[&ring, &mill]).await;
    assert_eq!(titles(&mill).await, ["Closed", "Over", "Widened"]);

    ring.advance(3_700);
    let enough = Change::Close(CloseReason::Enough);
    change_proposal(&ring.app, &tove, closed.id, enough).await.unwrap();
    assert_eq!(expire_proposals(&ring.app).await.unwrap(), 1);
    let public = Draft { audience: "public".into(), ..draft("Widened") };
    edit_proposal(&ring.app, &tove, widened.id, &public).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(titles(&mill).await, ["Widened"]);
    assert_eq!(window(&mill).await, 1, "what is public now is shown to strangers too");
    let (status, note) = ring.get_json(&ring.app.collective.urls().proposal(widened.id)).await;
    assert_eq!(status, 200, "{note}");
}

#[tokio::test]
async fn what_is_open_goes_to_a_pact_that_begins_or_goes_on() {
    let (ring, mill) = two().await;
    let (tove, ida) = (ring.member("Tove").await, mill.member("Ida").await);
    post(&ring, &tove, "Before").await;
    post(&mill, &ida, "Jam jars").await;
    crate::pacts::ask(&ring, &mill).await;
    assert!(board(&mill).await.is_empty() && board(&ring).await.is_empty());
    step(&mill, &ring, Step::Accept).await;
    assert_eq!(
        (titles(&ring).await, titles(&mill).await),
        (vec!["Jam jars".into()], vec!["Before".into()])
    );

    step(&mill, &ring, Step::Pause).await;
    assert!(board(&mill).await.is_empty() && board(&ring).await.is_empty(), "hidden meanwhile");
    let before = ring.app.db.read(mutuals::db::proposals::list_open).await.unwrap()[0].id;
    ring.advance(1);
    change_proposal(&ring.app, &tove, before, Change::Close(CloseReason::Enough)).await.unwrap();
    post(&ring, &tove, "Meanwhile").await;
    work_all(&[&ring, &mill]).await;
    step(&mill, &ring, Step::Resume).await;
    work_all(&[&ring, &mill]).await;
    assert_eq!(titles(&mill).await, ["Meanwhile"], "what was closed meanwhile is known to be");
    assert_eq!(titles(&ring).await, ["Jam jars"]);

    step(&ring, &mill, Step::End).await;
    post(&ring, &tove, "After").await;
    work_all(&[&ring, &mill]).await;
    assert!(board(&mill).await.is_empty() && board(&ring).await.is_empty());
}

#[tokio::test]
async fn each_side_decides_what_it_shares() {
    let (ring, mill) = friends().await;
    let tove = ring.member("Tove").await;
    let id = pact(&ring, &mill).await.id;
    share(&ring.app, id, Shares { needs: false, ..Shares::ALL }).await.unwrap();
    let need = post(&ring, &tove, "Blankets").await;
    work_all(&[&ring, &mill]).await;
    assert!(board(&mill).await.is_empty());

    make_promise(&ring.app, &tove, need.id, Some(amount("25")), "").await.unwrap();
    let quiet = Shares { availability: false, ..Shares::ALL };
    share(&ring.app, id, quiet).await.unwrap();
    work_all(&[&ring, &mill]).await;
    let seen = board(&mill).await;
    assert_eq!((seen.len(), seen[0].open), (1, Some(amount("40"))), "nothing is said of the 25");
    // The id and the port, which chance gives, may hold either number.
    let (own, host) = (need.id.to_string(), ring.base.authority().to_owned());
    let without_chance = |text: &str| text.replace(&own, "").replace(&host, "");
    let html = without_chance(&seen[0].html);
    assert!(!html.contains("15") && !html.contains("25"), "{html}");
    let object = ring.app.collective.urls().proposal(need.id);
    let note = fetch::object(&mill.app, &object).await.unwrap();
    assert!(!without_chance(&note.to_string()).contains("25"), "{note}");
    assert!(note["publishes"]["availableQuantity"].is_null());

    ring.advance(1);
    share(&ring.app, id, Shares::ALL).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await[0].open, Some(amount("15")));
}

#[tokio::test]
async fn what_was_sent_for_pacts_is_taken_from_a_pact_alone_in_any_order() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (mill, eve) = (collective(&peer, "mill"), collective(&peer, "eve"));
    let for_pacts = |actor: &Actor, name: &str| {
        let mut note = actor.need(name, ring.now());
        note["to"] = json!([format!("{}/pacts", actor.url)]);
        note
    };
    let actor = resolve::by_handle_or_url(&ring.app, mill.url.as_str()).await.unwrap();
    propose(&ring.app, actor).await.unwrap();
    // Their need overtakes their yes, and is shown once the yes is there.
    let create = mill.activity("Create", 1, for_pacts(&mill, "Jars"));
    mill.send_and_work(&ring, &create).await;
    assert!(board(&ring).await.is_empty());
    let yes = mill.activity("Update", 2, stated(&mill, &ring, "wanted", 1));
    mill.send_and_work(&ring, &yes).await;
    assert_eq!(titles(&ring).await, ["Jars"]);
    // Somebody without a pact, and one that is for somebody else.
    eve.send_and_work(&ring, &eve.activity("Create", 1, for_pacts(&eve, "Forged"))).await;
    let mut elsewhere = for_pacts(&mill, "Elsewhere");
    elsewhere["to"] = json!([format!("{}/followers", mill.url)]);
    mill.send_and_work(&ring, &mill.activity("Create", 3, elsewhere)).await;
    assert_eq!(titles(&ring).await, ["Jars"]);
    assert_eq!(window(&ring).await, 0);
    mill.send_and_work(&ring, &mill.activity("Update", 4, stated(&mill, &ring, "ended", 9))).await;
    assert!(board(&ring).await.is_empty());
}

/// What a GET of `url` is answered, signed by `actor` or by nobody: without what differs from one
/// moment to the next.
pub async fn answer(app: &TestApp, url: &Url, actor: Option<&Actor>) -> (u16, Vec<u8>, HeaderMap) {
    let mut headers = HeaderMap::new();
    if let Some(actor) = actor {
        let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
        headers = sign(&signer, url, None, app.now(), Scheme::Draft).unwrap();
    }
    headers.insert("accept", "application/activity+json".parse().unwrap());
    let answer = app.visitor.get(url, headers).await.unwrap();
    let mut headers = answer.headers;
    headers.remove("date");
    (answer.status.as_u16(), answer.body.to_vec(), headers)
}

#[tokio::test]
async fn a_need_for_pacts_is_missing_for_everybody_else_byte_for_byte() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let friend = collective(&peer, "friend");
    let elsewhere = Peer::start().await;
    let eve = collective(&elsewhere, "eve");
    let actor = resolve::by_handle_or_url(&ring.app, friend.url.as_str()).await.unwrap();
    let (made, _) = propose(&ring.app, actor).await.unwrap();
    let yes = friend.activity("Update", 1, stated(&friend, &ring, "wanted", 1));
    friend.send_and_work(&ring, &yes).await;
    let tove = ring.member("Tove").await;
    let need = post(&ring, &tove, "Blankets").await;
    ring.advance(1);
    make_promise(&ring.app, &tove, need.id, Some(amount("5")), "").await.unwrap();
    let urls = ring.app.collective.urls();
    let note = urls.proposal(need.id);
    let missing = answer(&ring, &urls.join("n/0000000000001"), None).await;
    let forger = Actor { url: friend.url.clone(), keys: crate::peer::new_keys() };
    assert_eq!(answer(&ring, &note, Some(&forger)).await, missing);
    let shown = answer(&ring, &note, Some(&friend)).await;
    let json: Value = serde_json::from_slice(&shown.1).unwrap();
    assert_eq!((shown.0, &json["publishes"]["name"]), (200, &json!("Blankets")));
    assert_eq!(json["to"], json!([urls.of_actor("pacts")]));
    assert_eq!(shown.2["cache-control"], "private, no-store");
    for path in ["", "/create", "/updates/1", "/replies"] {
        let url: Url = format!("{note}{path}").parse().unwrap();
        for who in [None, Some(&eve), Some(&forger)] {
            assert_eq!(answer(&ring, &url, who).await, missing, "{path}");
        }
    }
    let pact = urls.pact(made.id);
    for who in [None, Some(&eve), Some(&forger)] {
        assert_eq!(answer(&ring, &pact, who).await, missing);
    }
    let stated = answer(&ring, &pact, Some(&friend)).await;
    let json: Value = serde_json::from_slice(&stated.1).unwrap();
    assert_eq!((stated.0, &json["stance"]), (200, &json!("wanted")), "a forger kept nobody out");
    assert_eq!(answer(&ring, &urls.of_actor("pacts"), Some(&friend)).await.0, 404);

    change_proposal(&ring.app, &tove, need.id, Change::Withdraw).await.unwrap();
    assert_eq!(answer(&ring, &note, Some(&friend)).await.0, 410);
    assert_eq!(answer(&ring, &note, None).await, missing, "not even that it is gone is told");
    let other = post(&ring, &tove, "Pillows").await;
    take_step(&ring.app, made.id, Step::Pause).await.unwrap();
    assert_eq!(answer(&ring, &urls.proposal(other.id), Some(&friend)).await, missing);
}

#[tokio::test]
async fn what_waits_for_a_pact_that_ends_does_not_arrive_after_all() {
    for ends in [true, false] {
        let ring = TestApp::start("ring").await;
        let peer = Peer::start().await;
        let friend = collective(&peer, "friend");
        let actor = resolve::by_handle_or_url(&ring.app, friend.url.as_str()).await.unwrap();
        let (made, _) = propose(&ring.app, actor).await.unwrap();
        let yes = friend.activity("Update", 1, stated(&friend, &ring, "wanted", 1));
        friend.send_and_work(&ring, &yes).await;
        peer.answer_with(Some(503));
        let tove = ring.member("Tove").await;
        post(&ring, &tove, "Blankets").await;
        ring.work().await;
        ring.advance(1);
        if ends {
            take_step(&ring.app, made.id, Step::End).await.unwrap();
        } else {
            let pause = friend.activity("Update", 2, stated(&friend, &ring, "paused", 2));
            friend.send_and_work(&ring, &pause).await;
        }
        peer.answer_with(None);
        for _ in 0..10 {
            ring.advance(3_600);
            ring.work().await;
        }
        let said = serde_json::to_string(&peer.received()).unwrap();
        assert!(!said.contains("Blankets"), "{said}");
        assert_eq!(said.contains("Undo"), ends);
    }
}

#[tokio::test]
async fn only_the_servers_of_parties_are_asked_for_keys() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let eve = collective(&peer, "eve");
    let tove = ring.member("Tove").await;
    let need = post(&ring, &tove, "Blankets").await;
    let url = ring.app.collective.urls().proposal(need.id);
    assert_eq!(answer(&ring, &url, Some(&eve)).await.0, 404);
    assert!(peer.asked().is_empty(), "{:?}", peer.asked());
}

#[tokio::test]
async fn the_marker_of_what_is_for_pacts_is_seen_by_pacts_alone() {
    const MARKER: &str = "CANARY";
    let (ring, mill) = friends().await;
    let peer = Peer::start().await;
    let (follower, paused) = (collective(&peer, "follower"), collective(&peer, "paused"));
    let us = ring.app.collective.urls().actor().to_string();
    follower.send_and_work(&ring, &follower.activity("Follow", 1, us.into())).await;
    for (number, stance) in [(1, "wanted"), (2, "paused")] {
        let said = stated(&paused, &ring, stance, number.into());
        paused.send_and_work(&ring, &paused.activity("Offer", number, said)).await;
    }
    let actor = resolve::by_handle_or_url(&ring.app, paused.url.as_str()).await.unwrap();
    let (made, _) = propose(&ring.app, actor).await.unwrap();
    assert_eq!(made.state(), PactState::Paused { by_us: false, by_them: true });

    let tove = ring.member("Tove").await;
    let secret = Draft {
        title: format!("Blankets {MARKER}"),
        text: MARKER.into(),
        place: MARKER.into(),
        ..draft("")
    };
    let need = ring.post(&tove, &secret).await;
    ring.need(&tove, "For all", "1").await;
    ring.advance(1);
    make_promise(&ring.app, &tove, need.id, Some(amount("5")), "").await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(titles(&mill).await.len(), 2, "the pact has it");

    let said = serde_json::to_string(&peer.received()).unwrap();
    assert!(said.contains("For all") && !said.contains(MARKER), "{said}");
    let id = board(&mill).await.into_iter().find(|each| each.title.contains(MARKER)).unwrap().id;
    let at_mill = format!("neighbours/{id}");
    let (own, create) = (format!("@ring/{}", need.id), format!("n/{}/create", need.id));
    let paths = ["", "board", "c/ring/outbox?page=true", "c/ring/featured", &own, &create];
    let theirs = ["", "board", "board?from=neighbours", "c/mill/outbox?page=true", &at_mill];
    let places = paths.iter().map(|path| (&ring, path));
    for (app, path) in places.chain(theirs.iter().map(|path| (&mill, path))) {
        for accept in ["application/activity+json", "text/html"] {
            let mut headers = HeaderMap::new();
            headers.insert("accept", accept.parse().unwrap());
            let answer = app.visitor.get(&app.base.join(path).unwrap(), headers).await.unwrap();
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!body.contains(MARKER), "{accept} {path}: {body}");
        }
    }
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Active);
}
