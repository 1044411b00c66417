//! What came from outside (mission E17, E18): for the collective, with its strings visible, and above
//! a number by a decision only.

use mutuals::actions::book_string::{book, set_limit, strike};
use mutuals::actions::decide;
use mutuals::db::strings;
use mutuals::domain::amount::Amount;
use mutuals::domain::decision::{Method, Quorum, Voice};
use mutuals::domain::id::DecisionId;
use mutuals::domain::member::Member;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::string::{Attached, Draft};
use mutuals::error::Error;

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
    let cited = book(app, &kofi, Draft { decision: declined, ..draft("5000") }).await;
    assert_eq!(refused(cited), Refusal::DecisionNotAdopted);
    let decision = Some(decided(&ring, &[&ida, &kofi], Voice::Yes).await);
    let attached = Attached { conditions: "A sign at the door".into(), ..Attached::default() };
    let taken = Draft { decision, attached, ..draft("5000") };
    assert_eq!(book(app, &kofi, taken).await.unwrap().decision, decision);

    // The limit is the assembly's too.
    let limit = "2".parse::<Amount>().unwrap();
    assert_eq!(refused(set_limit(app, &ida, limit, None).await), Refusal::DecisionNeeded);
    assert_eq!(refused(set_limit(app, &ida, limit, declined).await), Refusal::DecisionNotAdopted);
    set_limit(app, &kofi, limit, decision).await.unwrap();
    assert_eq!(app.db.read(strings::find_limit).await.unwrap(), (limit, decision));
    assert_eq!(refused(book(app, &kofi, draft("3")).await), Refusal::GiftNeedsDecision);
    let lea = newcomer(&ring).await;
    assert_eq!(refused(book(app, &lea, draft("1")).await), Refusal::NotYetMember);
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
