//! Quiet and lockdown: everything public is taken back at once, here and elsewhere, and comes back
//! under new addresses, because nobody takes a deleted one twice.

use mutuals::actions::add_member::make_sign_in_link;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::choose_telling::ask_email;
use mutuals::actions::decide;
use mutuals::actions::quiet::set_quiet;
use mutuals::actions::sign_in::sign_in_by_link;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{Conn, activities, proposals, quiet_mode};
use mutuals::domain::decision::{Method, Quorum};
use mutuals::domain::draft::Draft;
use mutuals::domain::proposal::{CloseReason, NoteMark, PrivatePart};
use mutuals::domain::quiet_mode::Quiet;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;
use serde_json::{Value, json};
use url::Url;

use crate::cli::{Folder, text};
use crate::decisions::wish;
use crate::duties::Ring;
use crate::pacts::friends;
use crate::peer::Peer;
use crate::sink::Sink;
use crate::testapp::{TestApp, config, work_all};
use crate::web::house::Browser;

async fn choose(app: &TestApp, quiet: Quiet) {
    set_quiet(&app.app, None, quiet, None).await.unwrap();
    app.work().await;
}

/// The activities of a kind that a peer got about an object since it had heard `since` of them.
fn told(peer: &Peer, since: usize, kind: &str, about: &Url) -> Vec<Value> {
    let all = peer.received().split_off(since).into_iter();
    let is_it = |each: &Value| each["type"] == kind && each["object"]["id"] == about.as_str();
    all.filter(is_it).collect()
}

async fn follow(app: &TestApp, peer: &Peer) {
    let ana = peer.actor("ana");
    let us = app.app.collective.urls().actor().to_string();
    ana.send_and_work(app, &ana.activity("Follow", 1, us.into())).await;
    app.work().await;
}

#[tokio::test]
async fn e9_quiet_takes_back_everything_public() {
    let ring = Ring::start().await;
    let (app, peer) = (&ring.app, Peer::start().await);
    follow(app, &peer).await;
    let need = app.need(&ring.ida, "Chairs", "3").await;
    let over = app.need(&ring.ida, "Tables", "1").await;
    let close = Step::Close(CloseReason::Enough);
    change_proposal(&app.app, &ring.ida, over.id, close).await.unwrap();
    let asking =
        decide::Wish { asks_followers: true, ..wish(app, Method::Vote, Quorum::Number(1)) };
    let asked = decide::propose(&app.app, &ring.ida, asking).await.unwrap();
    ring.pass(60).await;
    app.work().await;
    let turn = ring.next().await.remove(0);
    let urls = app.app.collective.urls();
    let (chairs, tables) = (urls.proposal(need.id), urls.proposal(over.id));
    let (kitchen, question) = (urls.turn(turn.id), urls.question(asked.id));
    for url in [&chairs, &tables, &kitchen, &question] {
        assert_eq!(app.get_json(url).await.0, 200, "{url}");
    }

    let before = peer.received().len();
    choose(app, Quiet::On).await;
    for url in [&chairs, &tables, &kitchen, &question] {
        assert_eq!(told(&peer, before, "Delete", url).len(), 1, "{url}");
    }
    let actor = told(&peer, before, "Update", &urls.actor()).remove(0);
    assert_eq!(actor["object"]["discoverable"], false);
    assert_eq!(actor["object"]["summary"], "");
    let (status, shown) = app.get_json(&urls.actor()).await;
    assert_eq!((status, &shown["summary"]), (200, &json!("")), "its keys are still needed");
    for url in [&chairs, &tables, &kitchen] {
        assert_eq!(app.get_json(url).await.0, 410, "{url}");
    }
    assert_eq!(app.get_json(&question).await.0, 404);
    for part in ["outbox", "followers", "following", "featured"] {
        assert_eq!(app.get_json(&urls.of_actor(part)).await.0, 404, "{part}");
    }
    let info = app.get_json(&urls.join("nodeinfo/2.1")).await.1;
    assert_eq!(
        (&info["usage"]["localPosts"], &info["usage"]["users"]["total"]),
        (&json!(0), &json!(0))
    );

    // What happens meanwhile is heard by nobody outside.
    let before = peer.received().len();
    let late = app.need(&ring.ida, "Lamps", "2").await;
    ring.pass(60).await;
    app.work().await;
    assert_eq!(peer.received().len(), before);
    assert_eq!(app.get_json(&urls.proposal(late.id)).await.0, 404);
}

#[tokio::test]
async fn e9_what_was_taken_back_comes_again_under_new_addresses() {
    let ring = Ring::start().await;
    let (app, peer) = (&ring.app, Peer::start().await);
    follow(app, &peer).await;
    let need = app.need(&ring.ida, "Chairs", "3").await;
    let over = app.need(&ring.ida, "Tables", "1").await;
    let close = Step::Close(CloseReason::Enough);
    change_proposal(&app.app, &ring.ida, over.id, close).await.unwrap();
    ring.pass(60).await;
    app.work().await;
    let turn = ring.next().await.remove(0);
    choose(app, Quiet::On).await;
    let late = app.need(&ring.ida, "Lamps", "2").await;
    let urls = app.app.collective.urls();
    let (chairs, tables) = (urls.proposal(need.id), urls.proposal(over.id));
    let (kitchen, before) = (urls.turn(turn.id), peer.received().len());

    choose(app, Quiet::Off).await;
    let again = urls.numbered_note(need.id, 1);
    assert_eq!(told(&peer, before, "Create", &again).len(), 1);
    assert_eq!(
        told(&peer, before, "Create", &urls.proposal(late.id)).len(),
        1,
        "it was never told"
    );
    assert_eq!(app.get_json(&again).await.0, 200);
    assert_eq!(app.get_json(&chairs).await.0, 410, "a deleted address stays so");
    assert_eq!(app.get_json(&tables).await.0, 410, "nobody waits for what is over");
    let page = urls.page(need.id);
    assert_eq!(app.get_json(&page).await.1["id"], again.as_str(), "the page shows the new one");
    let actor = told(&peer, before, "Update", &urls.actor()).remove(0);
    assert_eq!(actor["object"]["discoverable"], true);
    ring.pass(60).await;
    app.work().await;
    let next = urls.numbered_turn(turn.id, 1);
    assert_eq!(told(&peer, before, "Create", &next).len(), 1);
    assert_eq!((app.get_json(&next).await.0, app.get_json(&kitchen).await.0), (200, 410));

    // Edits go to the new address, and what is opened again gets one.
    change_proposal(&app.app, &ring.ida, need.id, close).await.unwrap();
    change_proposal(&app.app, &ring.ida, over.id, Step::Reopen).await.unwrap();
    app.work().await;
    assert_eq!(told(&peer, before, "Update", &again).len(), 1);
    assert_eq!(told(&peer, before, "Create", &urls.numbered_note(over.id, 1)).len(), 1);
    // A second time, the next number.
    choose(app, Quiet::On).await;
    choose(app, Quiet::Off).await;
    assert_eq!(told(&peer, before, "Create", &urls.numbered_note(over.id, 2)).len(), 1);
    let ids = told(&peer, before, "Update", &urls.actor());
    let ids: std::collections::BTreeSet<_> =
        ids.iter().map(|each| each["id"].to_string()).collect();
    assert!(ids.len() > 1, "each has an id of its own");
}

#[tokio::test]
async fn e9_an_answer_to_the_old_address_still_finds_its_need() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Chairs", "3").await;
    choose(&ring, Quiet::On).await;
    choose(&ring, Quiet::Off).await;
    let urls = ring.app.collective.urls();
    for number in [0, 1] {
        let url = urls.numbered_note(need.id, number);
        assert_eq!(urls.parse_note(&url), Some(need.id), "{url}");
    }
    let nonsense = urls.join(&format!("n/{}.-1", need.id));
    assert_eq!(urls.parse_note::<()>(&nonsense), None);
    for path in [format!("n/{}.2", need.id), format!("n/{}.x", need.id)] {
        assert_eq!(ring.get_json(&urls.join(&path)).await.0, 404, "{path}");
    }
    let create = urls.join(&format!("n/{}.1/create", need.id));
    assert_eq!(ring.get_json(&create).await.1["id"], create.as_str());
}

#[tokio::test]
async fn e9_what_is_for_pacts_is_taken_back_too() {
    let (ring, mill) = friends().await;
    let tove = ring.member("Tove").await;
    let draft = Draft {
        title: "Ladders".into(),
        amount: "2".into(),
        audience: "pacts".into(),
        ..Draft::default()
    };
    ring.post(&tove, &draft).await;
    work_all(&[&ring, &mill]).await;
    let board = |conn: &mut Conn| list_unfinished(conn, 100);
    assert_eq!(mill.app.db.read(board).await.unwrap().len(), 1);
    choose(&ring, Quiet::On).await;
    work_all(&[&ring, &mill]).await;
    assert_eq!(mill.app.db.read(board).await.unwrap().len(), 0);
    choose(&ring, Quiet::Off).await;
    work_all(&[&ring, &mill]).await;
    assert_eq!(mill.app.db.read(board).await.unwrap().len(), 1, "a new one, and taken as such");
}

#[tokio::test]
async fn e9_hundreds_of_things_are_taken_back_also_by_who_comes_after_a_crash() {
    const MANY: usize = 450;
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let first = ring.need(&tove, "Chairs", "3").await;
    let (clock, pattern) = (ring.app.clock.clone(), first.clone());
    let fill = move |conn: &mut Conn| {
        for _ in 1..MANY {
            let mut each = pattern.clone();
            each.id = clock.new_id();
            proposals::insert(conn, &each, &PrivatePart::default())?;
        }
        Ok(())
    };
    ring.app.db.write(fill).await.unwrap();
    // The word was said, and then whoever said it died.
    let now = ring.now();
    ring.app.db.write(move |conn| quiet_mode::set(conn, Quiet::On, now)).await.unwrap();
    ring.app.read_blocks().await.unwrap();
    let url = ring.app.collective.urls().proposal(first.id);
    assert_eq!(ring.get_json(&url).await.0, 404, "it is hidden before it is taken back");
    housekeeping::end_what_is_over(&ring.app).await.unwrap();
    assert_eq!(ring.get_json(&url).await.0, 410);
    let sent = ring.app.db.read(activities::list_sent).await.unwrap();
    assert_eq!(sent.iter().filter(|each| each.kind == "Delete").count(), MANY);
    assert!(!ring.app.db.read(quiet_mode::is_unfinished).await.unwrap());

    choose(&ring, Quiet::Off).await;
    let all = ring.app.db.read(proposals::list).await.unwrap();
    let back = NoteMark { number: 1, ..NoteMark::default() };
    assert_eq!(all.iter().filter(|each| each.note == back).count(), MANY);
}

#[tokio::test]
async fn e9_a_lockdown_ends_sessions_lets_in_stewards_alone_and_sends_nothing_behind_it() {
    let sink = Sink::start().await;
    let ring = TestApp::start_as("ring", sink.configure(config())).await;
    let (ida, rosa) = (ring.steward("Ida").await, ring.member("Rosa").await);
    let peer = Peer::start().await;
    follow(&ring, &peer).await;
    let need = ring.need(&rosa, "Chairs", "3").await;
    ring.work().await;
    let mut of_rosa = Browser::enter(&ring.app, &rosa).await;
    let mut of_ida = Browser::enter(&ring.app, &ida).await;
    of_rosa.get("/me").await.is(200);
    of_ida.post("/steward/quiet", &[("quiet", "lockdown")]).await.is(422);
    assert!(!ring.app.quiet().quiet.is_quiet(), "nothing happens unless it is meant");
    let meant = [("quiet", "lockdown"), ("meant", "yes")];
    of_ida.post("/steward/quiet", &meant).await.leads_to("/steward/quiet");
    of_ida.get("/steward/quiet").await.is(200).says("Lockdown: done.");
    of_rosa.get("/me").await.is(404).says("The shutters are down");
    let token = |link: Url| link.path().rsplit('/').next().unwrap().to_owned();
    let link = token(make_sign_in_link(&ring.app, rosa.id).await.unwrap());
    let refused = sign_in_by_link(&ring.app, &link, None).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::LockedDown))), "{refused:?}");
    let link = token(make_sign_in_link(&ring.app, ida.id).await.unwrap());
    assert!(sign_in_by_link(&ring.app, &link, None).await.is_ok());

    let url = ring.app.collective.urls().proposal(need.id);
    ring.work().await;
    assert_eq!(told(&peer, 0, "Delete", &url).len(), 1, "what takes things back goes out");
    let heard = peer.received().len();
    let bob = peer.actor("bob");
    let us = ring.app.collective.urls().actor().to_string();
    bob.send_and_work(&ring, &bob.activity("Follow", 2, us.into())).await;
    ring.work().await;
    assert_eq!(peer.received().len(), heard, "the answer waits");
    let refused = ask_email(&ring.app, &ida, "ida@mailbox.example").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NothingLeaves))), "{refused:?}");
    assert_eq!(sink.mails().len(), 0, "nor does a mail");
    choose(&ring, Quiet::Off).await;
    let after = peer.received().split_off(heard);
    assert!(after.iter().any(|each| each["type"] == "Accept"), "{after:?}");
    let again = ring.app.collective.urls().numbered_note(need.id, 1);
    assert_eq!(told(&peer, heard, "Create", &again).len(), 1);
    assert!(Browser::enter(&ring.app, &rosa).await.get("/me").await.status.is_success());
}

#[test]
fn quiet_and_lockdown_in_commands() {
    let folder = Folder::new();
    folder.init(1);
    let show = || folder.json(&["quiet", "show"]).remove(0);
    assert_eq!(show()["quiet"], "off");
    let on = folder.json(&["quiet", "on"]).remove(0);
    assert_eq!((&on["quiet"], &on["unfinished"]), (&json!("on"), &json!(false)));
    assert_eq!(folder.json(&["lockdown"]).remove(0)["quiet"], "lockdown");
    let said = text(&folder.run(&["quiet", "show"]).stdout);
    assert!(said.contains("nobody signs in but stewards"), "{said}");
    assert_eq!(folder.json(&["quiet", "off"]).remove(0)["quiet"], "off");
    let acts = folder.json(&["log", "list"]);
    let acts: Vec<_> = acts.iter().map(|each| each["act"].as_str().unwrap_or_default()).collect();
    for act in ["quiet_began", "locked_down", "quiet_ended"] {
        assert!(acts.contains(&act), "{acts:?}");
    }
}
