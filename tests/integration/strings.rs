//! What came from outside (mission E17, E18): for the collective, with its strings visible, and above
//! a number by a decision only.

use jiff::SignedDuration;
use mutuals::actions::ask_assembly::ask_to_name;
use mutuals::actions::book_string::{book, set_limit, strike};
use mutuals::actions::decide;
use mutuals::actions::hold_role::{self, Giving, Wish};
use mutuals::db::strings;
use mutuals::domain::decision::{Method, Quorum, Voice};
use mutuals::domain::id::DecisionId;
use mutuals::domain::member::Member;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::string::{Attached, Draft, Limit};
use mutuals::error::Error;
use mutuals::i18n::Locale;

use crate::decisions::{newcomer, wish};
use crate::testapp::TestApp;

fn draft(amount: &str) -> Draft {
    Draft {
        what: "For the kitchen".into(),
        source: "Fairbread Foundation".into(),
        amount: amount.into(),
        unit: "euros".into(),
        ..Draft::default()
    }
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// A decision of two.
async fn decided(ring: &TestApp, all: &[&Member; 2], voice: Voice) -> DecisionId {
    let wish = wish(ring, Method::Vote, Quorum::Share(100));
    let opened = decide::propose(&ring.app, all[0], wish).await.unwrap();
    for member in all {
        decide::say(&ring.app, member, opened.id, voice, ("", false)).await.unwrap();
    }
    decide::close(&ring.app, None, opened.id).await.unwrap().id
}

#[tokio::test]
async fn e18_what_is_above_the_limit_or_has_no_number_takes_a_decision() {
    let ring = TestApp::start("ring").await;
    let (ida, kofi) = (ring.steward("Ida").await, ring.member("Kofi").await);
    let app = &ring.app;
    book(app, &kofi, draft("100")).await.unwrap();
    assert_eq!(refused(book(app, &kofi, draft("100.01")).await), Refusal::GiftNeedsDecision);
    let words = Draft { amount_words: "very much".into(), ..draft("") };
    assert_eq!(refused(book(app, &ida, words).await), Refusal::GiftNeedsDecision);
    let declined = Some(decided(&ring, &[&ida, &kofi], Voice::No).await);
    let cited = book(app, &ida, Draft { decision: declined, ..draft("5000") }).await;
    assert_eq!(refused(cited), Refusal::DecisionNotAdopted);
    let decision = Some(decided(&ring, &[&ida, &kofi], Voice::Yes).await);
    let attached = Attached { conditions: "A sign at the door".into(), ..Attached::default() };
    let taken = Draft { decision, attached: attached.clone(), ..draft("5000") };
    let by_member = book(app, &kofi, taken.clone()).await;
    assert_eq!(refused(by_member), Refusal::GiftByKeepers, "it is used up by that");
    assert_eq!(book(app, &ida, taken.clone()).await.unwrap().decision, decision);
    assert_eq!(refused(book(app, &ida, taken).await), Refusal::DecisionUsed, "for one entry");

    // The limit is the assembly's too, and says of what it is.
    let limit = |amount: &str, decision| Limit::new(amount, "euros", decision).unwrap();
    let alone = set_limit(app, &ida, limit("2", None)).await;
    assert_eq!(refused(alone), Refusal::DecisionNeeded);
    let not_adopted = set_limit(app, &ida, limit("2", declined)).await;
    assert_eq!(refused(not_adopted), Refusal::DecisionNotAdopted);
    let used = set_limit(app, &ida, limit("2", decision)).await;
    assert_eq!(refused(used), Refusal::DecisionUsed);
    let decision = Some(decided(&ring, &[&ida, &kofi], Voice::Yes).await);
    let by_member = set_limit(app, &kofi, limit("2", decision)).await;
    assert_eq!(refused(by_member), Refusal::GiftByKeepers);
    set_limit(app, &ida, limit("2", decision)).await.unwrap();
    assert_eq!(app.db.read(strings::find_limit).await.unwrap(), limit("2", decision));
    assert_eq!(refused(book(app, &kofi, draft("3")).await), Refusal::GiftNeedsDecision);
    // Two vans are no two euros: whether they need a decision is told by their strings.
    let vans = Draft { unit: "vans".into(), ..draft("2") };
    book(app, &kofi, vans.clone()).await.unwrap();
    let tied = book(app, &kofi, Draft { attached, ..vans }).await;
    assert_eq!(refused(tied), Refusal::GiftNeedsDecision);
    let lea = newcomer(&ring).await;
    assert_eq!(refused(book(app, &lea, draft("1")).await), Refusal::NotYetMember);
}

#[tokio::test]
async fn whoever_holds_the_money_books_what_was_decided_and_not_what_names_somebody() {
    let ring = TestApp::start("ring").await;
    let (ida, kofi) = (ring.steward("Ida").await, ring.member("Kofi").await);
    let app = &ring.app;
    let tin = Wish { title: "Tin".into(), holds: vec!["money".into()], ..Wish::default() };
    let tin = hold_role::add(app, &ida, tin, None).await.unwrap();
    let decision = Some(decided(&ring, &[&ida, &kofi], Voice::Yes).await);
    let ends_at = ring.now() + SignedDuration::from_hours(24 * 30);
    let giving = Giving { holder: kofi.id, deputy: None, ends_at, decision: None };
    hold_role::give(app, &ida, tin.id, giving).await.unwrap();
    let naming = (tin.id, kofi.id, ends_at);
    let asked = ask_to_name(app, &kofi, naming, &Locale::find("en")).await.unwrap();
    for member in [&ida, &kofi] {
        decide::say(app, member, asked.id, Voice::Yes, ("", false)).await.unwrap();
    }
    ring.advance(7 * 24 * 60 * 60);
    decide::close(app, None, asked.id).await.unwrap();
    let other = book(app, &kofi, Draft { decision: Some(asked.id), ..draft("5000") }).await;
    assert_eq!(refused(other), Refusal::DecisionOther);
    book(app, &kofi, Draft { decision, ..draft("5000") }).await.unwrap();
}

#[tokio::test]
async fn e17_a_gift_for_somebody_who_is_named_is_refused() {
    let ring = TestApp::start("ring").await;
    let (ida, _) = (ring.steward("Ida").await, ring.member("Kofi Mensah").await);
    let for_person = Draft { is_for_person: true, ..draft("5") };
    assert_eq!(refused(book(&ring.app, &ida, for_person).await), Refusal::GiftForPerson);
    let what = "School books for Kofi Mensah".to_owned();
    let named = Draft { what, ..draft("5") };
    assert_eq!(refused(book(&ring.app, &ida, named).await), Refusal::GiftForPerson);
    assert!(ring.app.db.read(strings::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_wrong_stays_to_be_read_crossed_out() {
    let ring = TestApp::start("ring").await;
    let (ida, kofi) = (ring.steward("Ida").await, ring.member("Kofi").await);
    let booked = book(&ring.app, &ida, draft("50")).await.unwrap();
    assert_eq!(refused(strike(&ring.app, &kofi, booked.id, " ").await), Refusal::WordsUnfit);
    let struck = strike(&ring.app, &kofi, booked.id, "It was 5").await.unwrap();
    assert_eq!(struck.struck.unwrap().1, "It was 5");
    let again = strike(&ring.app, &ida, booked.id, "No").await;
    assert_eq!(refused(again), Refusal::GiftStruck);
    assert_eq!(ring.app.db.read(strings::list).await.unwrap().len(), 1);
}
