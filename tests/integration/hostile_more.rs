//! More of what a hostile or broken server tries.

use mutuals::actions::block::block;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::neighbour_proposals::{list_shown, list_unfinished};
use mutuals::db::reports::{self, Report};
use mutuals::db::{activities, followers, fulfilments, journal, replies};
use mutuals::domain::audience::Viewer;
use mutuals::domain::neighbour::NeighbourProposal;
use mutuals::federation::resolve;
use mutuals::jobs::housekeeping;
use serde_json::{Value, json};
use url::Url;

use crate::peer::{Peer, befriend};
use crate::testapp::TestApp;

const DAY: i64 = 24 * 3600;

async fn board(ring: &TestApp) -> Vec<NeighbourProposal> {
    let listed = ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    listed.into_iter().map(|(proposal, _)| proposal).collect()
}

async fn titles(ring: &TestApp) -> Vec<String> {
    board(ring).await.into_iter().map(|proposal| proposal.title).collect()
}

async fn latest_reports(ring: &TestApp) -> Vec<Report> {
    ring.app.db.read(|conn| reports::list_latest(conn, 1_000)).await.unwrap()
}

#[tokio::test]
async fn inb_06_an_announce_of_an_update_changes_nothing() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    let mut note = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Create", 2, note.clone())).await;
    ring.advance(60);
    note["publishes"]["name"] = "Forged".into();
    note["updated"] = json!(ring.now());
    let update = ana.activity("Update", 3, note);
    eve.send_and_work(&ring, &eve.activity("Announce", 2, update.clone())).await;
    eve.send_and_work(&ring, &eve.activity("Announce", 3, json!([update.clone()]))).await;
    assert_eq!(titles(&ring).await, ["Blankets"]);
    ana.send_and_work(&ring, &update).await;
    assert_eq!(titles(&ring).await, ["Forged"], "its owner may");
}

#[tokio::test]
async fn inb_09_of_two_activities_with_one_id_the_first_counts() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let create = |title: &str| ana.activity("Create", 2, ana.need(title, ring.now()));
    for title in ["First", "Second"] {
        assert_eq!(ana.send(&ring, &create(title)).await, 202);
    }
    ring.work().await;
    assert_eq!(titles(&ring).await, ["First"]);
    // Also once the first was processed.
    ana.send_and_work(&ring, &create("Third")).await;
    assert_eq!(titles(&ring).await, ["First"]);
}

#[tokio::test]
async fn inb_13_hidden_addressees_are_neither_kept_nor_passed_on() {
    const HIDDEN: &str = "https://hidden.example/mila";
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (Peer::start().await, ring.steward("Ada").await);
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let need = ring.need(&ada, "Chairs", "4").await;
    let with_hidden = |mut activity: Value| {
        for name in ["bto", "bcc"] {
            activity[name] = json!([HIDDEN]);
            if activity["object"].is_object() {
                activity["object"][name] = json!([HIDDEN]);
            }
        }
        activity
    };
    let urls = ring.app.collective.urls();
    let follow = ana.activity("Follow", 2, json!(urls.actor()));
    let create = ana.activity("Create", 3, ana.need("Blankets", ring.now()));
    let mut answer = ana.note("answer", ring.now());
    answer["inReplyTo"] = json!(urls.proposal(need.id));
    let reply = ana.activity("Create", 4, answer);
    for activity in [follow, create, reply] {
        ana.send_and_work(&ring, &with_hidden(activity)).await;
    }
    let stored = ring.app.db.read(move |conn| {
        let replies = replies::list_by_proposal(conn, need.id)?;
        assert_eq!(replies.len(), 1);
        let followers = followers::list(conn)?;
        Ok(format!("{replies:?} {followers:?} {:?}", journal::depth(conn)?))
    });
    let stored = stored.await.unwrap();
    let board = board(&ring).await;
    assert_eq!(board.len(), 1);
    assert!(!format!("{stored} {board:?}").contains("hidden.example"));
    assert_eq!(ring.app.db.read(journal::depth).await.unwrap().waiting, 0);
    let sent: Vec<Value> = peer.received();
    assert!(sent.iter().any(|activity| activity["type"] == "Accept"));
    assert!(!json!(sent).to_string().contains("hidden.example"));
    for url in [urls.proposal(need.id), urls.of_actor("outbox"), urls.of_actor("followers")] {
        let (status, document) = ring.get_json(&url).await;
        assert_eq!(status, 200, "{url}");
        assert!(!document.to_string().contains("hidden.example"), "{url}");
    }
}

#[tokio::test]
async fn inb_17_what_a_stranger_says_came_did_not_come() {
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (Peer::start().await, ring.steward("Ada").await);
    let (eve, tove) = (peer.actor("eve"), ring.member("Tove").await);
    let need = ring.need(&ada, "Chairs", "4").await;
    let promise = make_promise(&ring.app, &tove, need.id, "2".parse().ok(), "").await.unwrap();
    let before = ring.proposal(need.id).await;
    let urls = ring.app.collective.urls();
    let (note, agreement) = (urls.proposal(need.id), urls.agreement(promise.id));
    let event = json!({
        "type": "EconomicEvent",
        "action": "transfer",
        "fulfills": agreement,
        "satisfies": format!("{note}#primary"),
        "realizationOf": agreement,
        "provider": eve.url,
        "receiver": urls.actor(),
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "4"}
    });
    let mut confirmation = eve.note("came", ring.now());
    confirmation["inReplyTo"] = json!(note);
    for (name, value) in event.as_object().unwrap() {
        if name != "type" {
            confirmation[name] = value.clone();
        }
    }
    let mut alone = event.clone();
    alone["id"] = json!(format!("{}/events/1", eve.url));
    alone["attributedTo"] = json!(eve.url);
    let ours = json!({"id": note, "type": "Note", "attributedTo": urls.actor(), "finished": true});
    for (number, (kind, object)) in (2..).zip([
        ("Create", confirmation),
        ("Create", alone),
        ("Accept", json!(agreement)),
        ("Accept", json!({"type": "Offer", "object": note, "result": agreement})),
        ("Update", ours.clone()),
        ("Create", ours),
        ("Delete", json!(note)),
        ("Undo", json!(agreement)),
    ]) {
        eve.send_and_work(&ring, &eve.activity(kind, number, object)).await;
    }
    assert_eq!(ring.proposal(need.id).await, before);
    let came = ring.app.db.read(|conn| fulfilments::list_latest(conn, 9)).await.unwrap();
    assert!(came.is_empty());
}

#[tokio::test]
async fn inb_18_amounts_and_times_that_cannot_be_are_left_out() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    for (number, value) in (100..).zip(["-5", "1000000001", "1e9", "1000000000", "0.0000001"]) {
        let mut note = ana.need(&format!("n{number}"), ring.now());
        note["publishes"]["resourceQuantity"]["hasNumericalValue"] = value.into();
        ana.send_and_work(&ring, &ana.activity("Create", number, note)).await;
    }
    let amounts: Vec<_> = board(&ring).await.iter().map(|need| need.amount).collect();
    let most = "1000000000".parse().ok();
    assert_eq!(amounts.len(), 5, "the need itself is shown");
    assert!(amounts.iter().all(|amount| amount.is_none() || *amount == most), "{amounts:?}");
    assert_eq!(amounts[3], most);

    let mut note = ana.need("unit", ring.now());
    note["publishes"]["resourceQuantity"]["hasUnit"] = "x".repeat(10_000).into();
    ana.send_and_work(&ring, &ana.activity("Create", 200, note)).await;
    let mut note = ana.need("ends", ring.now());
    note["startTime"] = "2026-12-02T00:00:00Z".into();
    note["endTime"] = "2026-12-01T00:00:00Z".into();
    ana.send_and_work(&ring, &ana.activity("Create", 201, note.clone())).await;
    note["id"] = json!(format!("{}/notes/fits", ana.url));
    note["endTime"] = "2026-12-03T00:00:00Z".into();
    ana.send_and_work(&ring, &ana.activity("Create", 202, note)).await;
    let board = board(&ring).await;
    let find = |name: &str| board.iter().find(|need| need.url.path().ends_with(name)).unwrap();
    assert_eq!(find("unit").unit, None);
    assert_eq!(find("ends").ends_at, None, "it closes before it opens");
    assert_eq!(find("fits").ends_at, "2026-12-03T00:00:00Z".parse().ok());
}

#[tokio::test]
async fn inb_19_a_blocked_host_is_neither_heard_nor_asked_nor_told() {
    let ring = TestApp::start("ring").await;
    let (peer, elsewhere) = (Peer::start().await, Peer::start().await);
    let (ana, ada) = (peer.actor("ana"), ring.steward("Ada").await);
    befriend(&ring, &ana).await;
    let us = json!(ring.app.collective.urls().actor());
    ana.send_and_work(&ring, &ana.activity("Follow", 2, us.clone())).await;
    let need = ana.need("Blankets", ring.now());
    ana.send_and_work(&ring, &ana.activity("Create", 3, need)).await;
    assert_eq!(titles(&ring).await, ["Blankets"]);

    let host = peer.base.authority().to_owned();
    block(&ring.app, &host, "spam").await.unwrap();
    let (asked, told) = (peer.asked().len(), peer.received().len());
    let eve = peer.actor("eve");
    assert_eq!(ana.send(&ring, &ana.activity("Like", 4, us.clone())).await, 403);
    assert_eq!(eve.send(&ring, &eve.activity("Follow", 1, us)).await, 403, "and no fetch");
    let link: Url = elsewhere.base.join("link").unwrap();
    elsewhere.redirect(&link, &ana.url);
    for url in [&ana.url, &link] {
        let error = resolve::by_handle_or_url(&ring.app, url.as_str()).await.unwrap_err();
        assert!(error.to_string().contains("blocked"), "{error}");
    }
    resolve::by_handle_or_url(&ring.app, &format!("@ana@{host}")).await.unwrap_err();
    ring.need(&ada, "Chairs", "4").await;
    ring.work().await;
    assert_eq!((peer.asked().len(), peer.received().len()), (asked, told));
    let blocks = ring.app.blocks();
    let shown = ring
        .app
        .db
        .read(move |conn| list_shown(conn, &blocks, Viewer::Stranger, 100))
        .await
        .unwrap();
    assert!(shown.is_empty());
}

#[tokio::test]
async fn inb_19_what_is_blocked_takes_no_place_on_the_board() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, eve) = (peer.actor("ana"), peer.actor("eve"));
    befriend(&ring, &ana).await;
    befriend(&ring, &eve).await;
    for number in 2..7 {
        for (actor, name) in [(&eve, "spam"), (&ana, "need")] {
            let note = actor.need(&format!("{name}{number}"), ring.now());
            actor.send_and_work(&ring, &actor.activity("Create", number, note)).await;
        }
        ring.advance(1);
    }
    block(&ring.app, eve.url.as_str(), "").await.unwrap();
    for (limit, count) in [(0, 0), (1, 1), (3, 3), (5, 5), (6, 5), (100, 5)] {
        let blocks = ring.app.blocks();
        let list = move |conn: &mut _| list_shown(conn, &blocks, Viewer::Stranger, limit);
        let shown = ring.app.db.read(list).await.unwrap();
        assert_eq!(shown.len(), count, "{limit}");
        assert!(shown.iter().all(|(need, _)| need.title.starts_with("need")));
    }
}

#[tokio::test]
async fn inb_20_what_a_blocked_actor_sends_is_dropped_whatever_it_is() {
    let ring = TestApp::start("ring").await;
    let (peer, ada) = (Peer::start().await, ring.steward("Ada").await);
    let (ana, ida) = (peer.actor("ana"), peer.actor("ida"));
    befriend(&ring, &ana).await;
    let need = ring.need(&ada, "Chairs", "4").await;
    let before = ring.proposal(need.id).await;
    block(&ring.app, ana.url.as_str(), "").await.unwrap();
    let urls = ring.app.collective.urls();
    let (us, note) = (json!(urls.actor()), json!(urls.proposal(need.id)));
    let mut answer = ana.note("answer", ring.now());
    answer["inReplyTo"] = note.clone();
    let sent = [
        ("Follow", us.clone()),
        ("Create", ana.need("Blankets", ring.now())),
        ("Create", answer.clone()),
        ("Update", answer),
        ("Update", json!(ana.url)),
        ("Delete", json!(ana.url)),
        ("Like", note.clone()),
        ("Announce", note.clone()),
        ("Flag", json!([us, note])),
        ("Block", us.clone()),
        ("Undo", us.clone()),
        ("Move", json!(ana.url)),
        ("Reject", us.clone()),
        ("Accept", us.clone()),
        ("Question", us.clone()),
    ];
    for (number, (kind, object)) in (10..).zip(sent) {
        let activity = ana.activity(kind, number, object);
        ana.send_and_work(&ring, &activity).await;
        let (id, actor) = (activity["id"].as_str().unwrap().to_owned(), ana.url.to_string());
        let now = ring.now();
        let note = move |conn: &mut _| activities::insert_received(conn, &id, &actor, now);
        assert!(ring.app.db.write(note).await.unwrap(), "{kind} left a row");
    }
    assert_eq!(ring.app.db.read(journal::depth).await.unwrap().waiting, 0);
    assert!(ring.app.db.read(followers::list).await.unwrap().is_empty());
    assert!(titles(&ring).await.is_empty() && latest_reports(&ring).await.is_empty());
    let heard = ring.app.db.read(move |conn| replies::list_by_proposal(conn, need.id)).await;
    assert!(heard.unwrap().is_empty());
    assert_eq!(ring.proposal(need.id).await, before);
    assert!(resolve::known(&ring.app, &ana.url).await.unwrap().is_some(), "it is not forgotten");
    // Another actor of the same server is heard.
    ida.send_and_work(&ring, &ida.activity("Follow", 1, us)).await;
    assert_eq!(ring.app.db.read(followers::list).await.unwrap().len(), 1);
}

#[tokio::test]
async fn inb_22_a_report_is_cut_to_what_people_can_read() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let ours = |number: u32| ring.base.join(&format!("n/{number}")).unwrap();
    let objects: Vec<Value> = (0..1_000).map(|number| json!(ours(number))).collect();
    let mut flag = ana.activity("Flag", 1, objects.into());
    flag["content"] = format!("<script>alert(1)</script>{}", "é".repeat(5_001)).into();
    ana.send_and_work(&ring, &flag).await;
    // Of what is not ours nothing is kept, and of who reported only the host.
    let theirs = json!([ana.url, "https://a.example/1", ours(1), {"id": ours(2)}, ours(1), 5]);
    ana.send_and_work(&ring, &ana.activity("Flag", 2, theirs)).await;
    ana.send_and_work(&ring, &ana.activity("Flag", 3, json!([ana.url]))).await;
    let reports = latest_reports(&ring).await;
    assert_eq!(reports.len(), 2);
    let long = reports.iter().find(|report| !report.comment.is_empty()).unwrap();
    assert_eq!(long.comment.chars().count(), 5_000);
    assert!(!long.comment.contains('<') && long.objects.len() == 50);
    let short = reports.iter().find(|report| report.comment.is_empty()).unwrap();
    assert_eq!(short.objects, [ours(1), ours(2)].map(String::from));
    assert!(reports.iter().all(|report| report.host == peer.base.authority()));
    // The id, a digest, may hold any three letters.
    let told = |report: &Report| format!("{} {:?} {}", report.host, report.objects, report.comment);
    assert!(!reports.iter().any(|report| told(report).contains("ana")));
}

#[tokio::test]
async fn inb_22_no_host_fills_the_page_and_old_reports_go() {
    let ring = TestApp::start("ring").await;
    let insert = |id: String, host: &str| {
        let report = Report {
            id,
            host: host.to_owned(),
            comment: String::new(),
            objects: vec!["x".into()],
            received_at: ring.now(),
        };
        ring.app.db.write(move |conn| reports::insert(conn, &report))
    };
    insert("quiet".into(), "quiet.example").await.unwrap();
    for number in 0..130 {
        insert(format!("loud{number}"), "loud.example").await.unwrap();
        ring.advance(1);
    }
    insert("loud129".into(), "loud.example").await.unwrap();
    let reports = latest_reports(&ring).await;
    assert_eq!(reports.len(), 101);
    assert_eq!(reports[0].id, "loud129");
    assert!(reports.iter().any(|report| report.id == "quiet"));
    ring.advance(90 * DAY - 130);
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(latest_reports(&ring).await.len(), 101);
    ring.advance(131);
    housekeeping::run(&ring.app).await.unwrap();
    assert!(latest_reports(&ring).await.is_empty());
}
