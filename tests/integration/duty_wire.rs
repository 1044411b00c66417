//! What other servers hear of duties: that somebody is missing, never who; and how we do it, to be
//! copied.

use mutuals::actions::duty::{Keepers, edit_duty, end_duty};
use mutuals::actions::runbook::{copy_file, copy_runbook, note_origin, write_runbook};
use mutuals::actions::take_turn::take_turn;
use mutuals::db::{Conn, duties, runbooks};
use mutuals::domain::duty_draft::DutyDraft;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::runbook::{Change, compare, to_file};
use mutuals::domain::turn::Place;
use mutuals::error::Error;
use mutuals::federation::duties::find_for_pages;
use serde_json::Value;

use crate::duties::{DAY, Ring, kitchen, refused};
use crate::peer::Peer;

/// A peer that follows, and has heard of everything so far.
async fn follower(ring: &Ring) -> Peer {
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring.app, &ana.activity("Follow", 1, us.into())).await;
    ring.app.work().await;
    peer
}

/// What a peer heard about the kitchen since.
async fn heard(ring: &Ring, peer: &Peer, since: usize) -> Vec<Value> {
    ring.app.work().await;
    peer.received().split_off(since)
}

#[tokio::test]
async fn e28_followers_hear_that_tuesday_is_three_of_four() {
    let ring = Ring::start_with(DutyDraft { day: "2026-12-08".into(), ..kitchen() }).await;
    let peer = follower(&ring).await;
    let people = ring.people_named(&["Saraquendel", "Milo", "Ana", "Ken"]).await;
    let turn = ring.next().await.remove(0);
    for member in &people[..3] {
        ring.take(member, &turn).await;
    }
    let before = peer.received().len();
    assert!(heard(&ring, &peer, before).await.is_empty(), "it is a fortnight away");
    ring.pass(9 * DAY).await;
    let told = heard(&ring, &peer, before).await;
    let url = ring.app.app.collective.urls().turn(turn.id);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["type"], "Create");
    let note = &told[0]["object"];
    assert_eq!(note["id"], url.as_str());
    assert_eq!(note["type"], "Note");
    assert!(note.get("name").is_none() && note.get("purpose").is_none());
    assert_eq!(
        note["content"],
        "<p><strong>Kitchen: Tuesday 8 December is 3 of 4. Who can stand in?</strong></p>\
         <p>16:00 to 20:00. Place: The hall. Reply here or message us.</p>"
    );
    let (status, served) = ring.app.get_json(&url).await;
    assert_eq!((status, &served["content"]), (200, &note["content"]));
    let create = format!("{url}/create").parse().unwrap();
    assert_eq!(ring.app.get_json(&create).await.1["type"], "Create");

    // One post, edited as places fill and become free.
    ring.take(&people[3], &turn).await;
    ring.release(&people[0], &turn).await;
    let told = heard(&ring, &peer, before + 1).await;
    let kinds: Vec<_> = told.iter().map(|each| each["type"].as_str().unwrap()).collect();
    assert!(kinds.iter().all(|kind| *kind == "Update") && !kinds.is_empty(), "{kinds:?}");
    let last = told.last().unwrap();
    assert!(last["object"]["content"].as_str().unwrap().contains("3 of 4"), "{last}");
    assert!(last["object"]["updated"].is_string());
    take_turn(&ring.app.app, &people[0], turn.id, Place::Hand).await.unwrap();
    let told = heard(&ring, &peer, before + 1).await;
    let last = told.last().unwrap()["object"]["content"].as_str().unwrap().to_owned();
    assert!(last.contains("is 4 of 4. There are enough of us."), "{last}");

    // When it begins, it is taken back, and the next one is told.
    ring.pass(7 * DAY).await;
    let told = heard(&ring, &peer, before).await;
    let about = |id: &str| {
        let of = |each: &&Value| each["object"]["id"] == id;
        told.iter().rfind(of).map(|each| each["type"].as_str().unwrap().to_owned())
    };
    assert_eq!(about(url.as_str()).as_deref(), Some("Delete"));
    assert_eq!(ring.app.get_json(&url).await.0, 410);
    let next = ring.app.app.collective.urls().turn(ring.next().await[0].id);
    assert_eq!(about(next.as_str()).as_deref(), Some("Create"));
    let all = serde_json::to_string(&peer.received()).unwrap();
    assert!(!all.contains("Saraquendel"), "never a name");
}

#[tokio::test]
async fn of_a_duty_one_turn_is_told_at_a_time() {
    let today = "2026-11-23".into();
    let daily = DutyDraft { rhythm: "FREQ=DAILY".into(), day: today, ..kitchen() };
    let ring = Ring::start_with(daily).await;
    // The first post is out before anybody follows.
    ring.pass(60).await;
    let peer = follower(&ring).await;
    let us = ring.app.app.collective.urls().join("t/").to_string();
    // After two days on which nobody kept it, it sleeps.
    for days in 1..=2 {
        ring.pass(DAY).await;
        ring.app.work().await;
        // A server that was sent something just now rests a moment.
        ring.pass(1).await;
        ring.app.work().await;
        let all = peer.received();
        let told = |kind: &str| {
            let is_turn = |id: &str| id.starts_with(&us);
            let of = |each: &&Value| {
                each["type"] == kind && each["object"]["id"].as_str().is_some_and(is_turn)
            };
            all.iter().filter(of).count()
        };
        assert_eq!((told("Create"), told("Delete")), (days, days), "{all:?}");
    }
}

#[tokio::test]
async fn nobody_elsewhere_hears_of_what_is_for_members_or_sleeps() {
    let ring = Ring::start_with(DutyDraft { audience: "members".into(), ..kitchen() }).await;
    let peer = follower(&ring).await;
    let before = peer.received().len();
    ring.pass(60).await;
    assert!(heard(&ring, &peer, before).await.is_empty());
    let (turn, urls) = (ring.next().await.remove(0), ring.app.app.collective.urls());
    assert_eq!(ring.app.get_json(&urls.turn(turn.id)).await.0, 404);

    // Now for everybody; then among members again: the post is taken back.
    let (app, id, none) = (&ring.app.app, ring.kitchen.id, Keepers::default());
    edit_duty(app, &ring.ida, id, &kitchen(), none).await.unwrap();
    assert_eq!(heard(&ring, &peer, before).await[0]["type"], "Create");
    let among = DutyDraft { audience: "members".into(), ..kitchen() };
    edit_duty(app, &ring.ida, id, &among, none).await.unwrap();
    assert_eq!(heard(&ring, &peer, before + 1).await[0]["type"], "Delete");
    assert_eq!(ring.app.get_json(&urls.turn(turn.id)).await.0, 410);
}

#[tokio::test]
async fn a_duty_that_ended_takes_its_post_back() {
    let ring = Ring::start().await;
    let peer = follower(&ring).await;
    ring.pass(60).await;
    let before = peer.received().len();
    end_duty(&ring.app.app, &ring.ida, ring.kitchen.id).await.unwrap();
    let told = heard(&ring, &peer, before).await;
    let kinds: Vec<_> = told.iter().map(|each| each["type"].as_str().unwrap()).collect();
    assert!(kinds.is_empty() || kinds == ["Delete"], "{kinds:?}");
}

#[tokio::test]
async fn e26b_a_runbook_is_copied_from_a_neighbour_and_its_origin_kept() {
    let (ring, mill) = (Ring::start().await, crate::testapp::TestApp::start("mill").await);
    let omar = mill.steward("Omar").await;
    let draft = DutyDraft { title: "Soup line".into(), ..kitchen() };
    let soup = mutuals::actions::duty::add_duty(&mill.app, &omar, &draft, Keepers::default());
    let soup = soup.await.unwrap();
    let address = mill.app.collective.urls().runbook(soup.id);
    let find = |url: String| find_for_pages(ring.app.app.clone(), url);
    assert_eq!(refused(find(address.to_string()).await), Refusal::RunbookUnfit, "nothing yet");

    write_runbook(&mill.app, &omar, soup.id, "# Soup\n\nWash hands.\n\nSalt last.").await.unwrap();
    let (status, article) = mill.get_json(&address).await;
    assert_eq!((status, article["type"].as_str()), (200, Some("Article")));
    assert_eq!(article["name"], "Soup line");
    assert_eq!(article["source"]["mediaType"], "text/markdown");
    // At the address of its page, too.
    for typed in
        [address.to_string(), format!("{}/runbook", mill.app.collective.urls().duty(soup.id))]
    {
        let found = find(typed).await.unwrap();
        assert_eq!(
            (found.url.as_str(), found.name.as_str()),
            (address.as_str(), "mill collective")
        );
        assert_eq!(found.text, "# Soup\n\nWash hands.\n\nSalt last.");
        copy_runbook(&ring.app.app, &ring.ida, ring.kitchen.id, found).await.unwrap();
    }
    let id = ring.kitchen.id;
    let read = move |conn: &mut Conn| {
        Ok((runbooks::list(conn, id)?, runbooks::find_origin(conn, id)?, duties::find(conn, id)?))
    };
    let (versions, origin, duty) = ring.app.app.db.read(read).await.unwrap();
    assert_eq!(versions.len(), 1, "the same again is no new version");
    assert_eq!(origin.unwrap().url, address);
    assert!(duty.looked_at.is_some());
    let ours = ring.app.app.collective.urls().runbook(id);
    assert_eq!(ring.app.get_json(&ours).await.1["isBasedOn"], address.as_str());

    // Ours goes its own way, theirs too; the two can be compared.
    write_runbook(&ring.app.app, &ring.ida, id, "# Soup\n\nWash hands.\n\nSalt first.")
        .await
        .unwrap();
    write_runbook(&mill.app, &omar, soup.id, "# Soup\n\nWash hands.\n\nSalt last.\n\nTaste.")
        .await
        .unwrap();
    let again = find(address.to_string()).await.unwrap();
    note_origin(&ring.app.app, &ring.ida, id, again).await.unwrap();
    let (versions, origin, _) = ring.app.app.db.read(read).await.unwrap();
    let changes = compare(&versions[0].text, &origin.unwrap().text);
    let is = |change, text: &str| changes.contains(&(change, text.to_owned()));
    assert!(is(Change::Gone, "Salt first.") && is(Change::New, "Taste."), "{changes:?}");
    assert_eq!(versions.len(), 2);

    // What is for members is no Article, and what is ours is not copied.
    let among = DutyDraft { audience: "members".into(), ..draft };
    edit_duty(&mill.app, &omar, soup.id, &among, Keepers::default()).await.unwrap();
    assert_eq!(mill.get_json(&address).await.0, 404);
    assert_eq!(refused(find(ours.to_string()).await), Refusal::OurOwnAddress);
    assert_eq!(refused(find("soup".into()).await), Refusal::RunbookUnfit);
}

#[tokio::test]
async fn e26b_a_file_keeps_its_origin_too() {
    let ring = Ring::start().await;
    let from = "https://mill.example/b/0S2XX1PMD0KRX".parse().unwrap();
    let file = to_file("Wash hands.", &from);
    let id = ring.kitchen.id;
    copy_file(&ring.app.app, &ring.ida, id, &file).await.unwrap();
    let read = move |conn: &mut Conn| {
        Ok((runbooks::find(conn, id)?.unwrap(), runbooks::find_origin(conn, id)?.unwrap()))
    };
    let (runbook, origin) = ring.app.app.db.read(read).await.unwrap();
    assert_eq!((runbook.text.as_str(), origin.name.as_str()), ("Wash hands.", "mill.example"));
    assert_eq!(origin.url, from);
    let milo = ring.app.member("Milo").await;
    let by_another = copy_file(&ring.app.app, &milo, id, "x").await;
    assert!(matches!(by_another, Err(Error::Forbidden)), "{by_another:?}");
}

#[tokio::test]
async fn what_is_not_its_owners_is_no_runbook() {
    let ring = Ring::start().await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    peer.publish(&ana);
    let at = |name: &str| -> url::Url { format!("{}/{name}", ana.url).parse().unwrap() };
    let article = |name: &str, owner: &str, kind: &str| {
        serde_json::json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": at(name).as_str(), "type": kind, "attributedTo": owner,
            "content": "<p>Wash <b>hands</b>.</p><script>alert(1)</script>"
        })
    };
    let owner = ana.url.as_str();
    peer.serve(&at("good"), article("good", owner, "Article"));
    peer.serve(&at("note"), article("note", owner, "Note"));
    let elsewhere = Peer::start().await;
    let bea = elsewhere.actor("bea");
    elsewhere.publish(&bea);
    peer.serve(&at("stolen"), article("stolen", bea.url.as_str(), "Article"));
    let find = |name: &str| find_for_pages(ring.app.app.clone(), at(name).to_string());
    assert_eq!(find("good").await.unwrap().text.trim(), "Wash hands.");
    for name in ["note", "stolen", "missing"] {
        assert_eq!(refused(find(name).await), Refusal::RunbookUnfit, "{name}");
    }
}
