//! Members are told what others did that concerns them; others are told nothing.

use jiff::SignedDuration;
use mutuals::actions::add_member::make_sign_in_link;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::invite::invite;
use mutuals::actions::join::{Way, Wish, agree, join};
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_promise::release_promise;
use mutuals::actions::sign_in::sign_in_by_link;
use mutuals::actions::vouch::vouch;
use mutuals::db::{Conn, covenants, notices};
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::proposal::{CloseReason, Proposal};
use mutuals::jobs::housekeeping;

use crate::messages::Street;
use crate::peer::Peer;
use crate::testapp::{TestApp, amount};

/// What is new for a member: kinds, newest first, and on which pages.
pub async fn news(app: &TestApp, member: &Member) -> Vec<(Kind, String)> {
    let id = member.id;
    let read = move |conn: &mut Conn| notices::list(conn, id, 100);
    let all = app.app.db.read(read).await.unwrap().into_iter();
    all.filter(|notice| notice.read_at.is_none()).map(|each| (each.kind, each.subject)).collect()
}

/// They have seen everything.
pub async fn look(app: &TestApp, member: &Member) {
    let (id, now) = (member.id, app.now());
    app.app.db.write(move |conn| notices::mark_all_read(conn, id, now)).await.unwrap();
}

fn page(need: &Proposal) -> String {
    format!("/@ring/{}", need.id)
}

/// Ring, with somebody who asks and two who promise.
async fn three(ring: &TestApp) -> (Member, Member, Member) {
    (ring.member("Tove").await, ring.member("Kofi").await, ring.member("Mei").await)
}

#[tokio::test]
async fn who_asked_is_told_of_promises_once_until_they_look() {
    let ring = TestApp::start("ring").await;
    let (tove, kofi, mei) = three(&ring).await;
    let need = ring.need(&tove, "Chairs", "10").await;
    make_promise(&ring.app, &kofi, need.id, Some(amount("2")), "").await.unwrap();
    make_promise(&ring.app, &mei, need.id, Some(amount("3")), "").await.unwrap();
    let told = vec![(Kind::PromiseMade, page(&need))];
    assert_eq!(news(&ring, &tove).await, told, "two of a kind are one notice");
    assert_eq!(news(&ring, &kofi).await, [], "nobody is told what they did themselves");
    look(&ring, &tove).await;
    assert_eq!(news(&ring, &tove).await, []);
    make_promise(&ring.app, &mei, need.id, Some(amount("1")), "").await.unwrap();
    assert_eq!(news(&ring, &tove).await, told);
    let other = ring.need(&tove, "Tables", "1").await;
    make_promise(&ring.app, &tove, other.id, None, "").await.unwrap();
    assert_eq!(news(&ring, &tove).await, told, "not of what they do themselves");
}

#[tokio::test]
async fn both_sides_are_told_what_the_other_did() {
    let ring = TestApp::start("ring").await;
    let (tove, kofi, mei) = three(&ring).await;
    let need = ring.need(&tove, "Chairs", "10").await;
    let his = make_promise(&ring.app, &kofi, need.id, Some(amount("8")), "").await.unwrap();
    make_promise(&ring.app, &mei, need.id, Some(amount("5")), "").await.unwrap();
    look(&ring, &tove).await;

    release_promise(&ring.app, &kofi, his.id, Some(amount("4"))).await.unwrap();
    assert_eq!(news(&ring, &tove).await, [(Kind::PromiseChanged, page(&need))]);
    assert_eq!(news(&ring, &mei).await, [(Kind::MovedUp, page(&need))], "out of the reserve");
    assert_eq!(news(&ring, &kofi).await, []);
    look(&ring, &tove).await;
    look(&ring, &mei).await;

    confirm_fulfilment(&ring.app, &kofi, his.id, None, "").await.unwrap();
    assert_eq!(news(&ring, &tove).await, [(Kind::Came, page(&need))]);
    confirm_fulfilment(&ring.app, &tove, his.id, None, "").await.unwrap();
    assert_eq!(news(&ring, &kofi).await, [(Kind::Came, page(&need))]);
    let step = Step::Close(CloseReason::NoLongerRelevant);
    change_proposal(&ring.app, &tove, need.id, step).await.unwrap();
    assert_eq!(news(&ring, &mei).await, [(Kind::NotNeeded, page(&need))]);
    assert_eq!(news(&ring, &kofi).await, [(Kind::Came, page(&need))], "his has come");
}

#[tokio::test]
async fn replies_from_the_fediverse_are_one_notice() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Chairs", "10").await;
    let peer = Peer::start().await;
    let amina = peer.actor("amina");
    let answer = |name: &str| {
        let mut note = amina.note(name, ring.now());
        note["inReplyTo"] = ring.app.collective.urls().proposal(need.id).to_string().into();
        note
    };
    for number in 1..=12 {
        let note = answer(&format!("reply{number}"));
        amina.send_and_work(&ring, &amina.activity("Create", number, note)).await;
        // She is a stranger until a steward has let in what she says.
        ring.let_replies_in().await;
    }
    assert_eq!(news(&ring, &tove).await, [(Kind::Reply, page(&need))]);
    look(&ring, &tove).await;
    let mut edited = answer("reply12");
    edited["updated"] =
        ring.now().checked_add(SignedDuration::from_secs(9)).unwrap().to_string().into();
    ring.advance(10);
    amina.send_and_work(&ring, &amina.activity("Update", 20, edited)).await;
    assert_eq!(news(&ring, &tove).await, [], "an edit is nothing new");
}

#[tokio::test]
async fn stewards_are_told_what_waits_and_not_what_is_held() {
    let street = Street::start().await;
    let tove = street.ring.steward("Tove").await;
    let kofi = street.ring.member("Kofi").await;
    let noise = "buy this https://noise.example/a now";
    let note = street.post(&street.amina, "noise", noise, &[]);
    street.send(&street.amina, "Create", 1, note).await;
    assert_eq!(news(&street.ring, &tove).await, [], "held things tell nobody");
    let letter = street.post(&street.amina, "hello", "what are you up to?", &[]);
    street.send(&street.amina, "Create", 2, letter).await;
    assert_eq!(news(&street.ring, &tove).await, [(Kind::MessageWaits, "/messages".into())]);
    assert_eq!(news(&street.ring, &kofi).await, [], "members have no part in it");
}

#[tokio::test]
async fn who_joins_is_told_that_they_are_one_of_us_and_stewards_that_they_came() {
    let ring = TestApp::start("ring").await;
    let (tove, kofi) = (ring.steward("Tove").await, ring.member("Kofi").await);
    let link = invite(&ring.app, None, 1).await.unwrap();
    let token = link.path().rsplit('/').next().unwrap().to_owned();
    let wish = Wish { name: "Mei".into(), password: "a kettle sings".into(), agrees_to: None };
    let mei = join(&ring.app, Way::Invitation(token), wish).await.unwrap().member;
    assert_eq!(news(&ring, &tove).await, [(Kind::Joined, "/members".into())]);
    assert_eq!(news(&ring, &kofi).await, []);
    let version = ring.app.db.read(covenants::current).await.unwrap();
    agree(&ring.app, mei.id, version.version).await.unwrap();
    for voucher in [&tove, &kofi] {
        if news(&ring, &mei).await.is_empty() {
            vouch(&ring.app, voucher, mei.id).await.unwrap();
        }
    }
    assert_eq!(news(&ring, &mei).await, [(Kind::Vouched, "/members".into())]);
}

#[tokio::test]
async fn an_end_that_is_near_is_told_once_and_before_the_next_end_again() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let days = |days: i64| SignedDuration::from_hours(days * 24);
    let ends_at = ring.now().checked_add(days(10)).unwrap();
    let draft = Draft { title: "Chairs".into(), ends_at: Some(ends_at), ..Draft::default() };
    let need = ring.post(&tove, &draft).await;
    let short = ring.now().checked_add(days(1)).unwrap();
    ring.post(&tove, &Draft { ends_at: Some(short), ..draft }).await;
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(news(&ring, &tove).await, [], "who chose a near end knows it");
    ring.app.clock.advance(days(8));
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(news(&ring, &tove).await, [(Kind::NeedExpires, page(&need))]);
    look(&ring, &tove).await;
    ring.app.clock.advance(days(1));
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(news(&ring, &tove).await, [], "once");
    change_proposal(&ring.app, &tove, need.id, Step::Extend).await.unwrap();
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(news(&ring, &tove).await, []);
    ring.app.clock.advance(days(14));
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(news(&ring, &tove).await, [(Kind::NeedExpires, page(&need))]);
}

#[tokio::test]
async fn another_browser_is_told_and_what_is_old_is_forgotten() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    for signs_in in 1..=2 {
        let link = make_sign_in_link(&ring.app, tove.id).await.unwrap();
        let token = link.path().rsplit('/').next().unwrap().to_owned();
        sign_in_by_link(&ring.app, &token, None).await.unwrap();
        let told = news(&ring, &tove).await;
        assert_eq!(told.len(), signs_in - 1, "the first browser is nothing new");
    }
    assert_eq!(news(&ring, &tove).await, [(Kind::SignInElsewhere, "/me".into())]);
    ring.app.clock.advance(SignedDuration::from_hours(91 * 24));
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(news(&ring, &tove).await, []);
}
