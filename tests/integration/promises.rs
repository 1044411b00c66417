//! Promises join, they do not race (mission E7).

use std::sync::Arc;

use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_promise::release_promise;
use mutuals::db::{fulfilments, promises};
use mutuals::domain::amount::Amount;
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::promise::{Promise, PromiseState};
use mutuals::domain::proposal::Proposal;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use proptest::prelude::*;
use tokio::task::JoinSet;

use crate::testapp::{TestApp, amount};

async fn all(app: &TestApp, need: &Proposal) -> Vec<Promise> {
    let id = need.id;
    app.app.db.read(move |conn| promises::list_by_proposal(conn, id)).await.unwrap()
}

#[tokio::test]
async fn e7_fifty_at_once_are_all_taken_and_fill_the_need_exactly() {
    let ring = Arc::new(TestApp::start("ring").await);
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Blankets", "40").await;
    let mut running = JoinSet::new();
    for _ in 0..50 {
        let (ring, tove, id) = (Arc::clone(&ring), tove.clone(), need.id);
        running.spawn(async move {
            make_promise(&ring.app, &tove, id, Some(amount("1.5")), "").await.unwrap()
        });
    }
    assert_eq!(running.join_all().await.len(), 50);
    let promised = all(&ring, &need).await;
    assert_eq!(promised.len(), 50);
    let active: Amount = promised.iter().filter_map(|promise| promise.active).sum();
    assert_eq!(active, amount("40"));
    let reserved: Amount = promised.iter().map(Promise::reserved).sum();
    assert_eq!(reserved, amount("35"));
    let coverage = ring.proposal(need.id).await.coverage;
    assert_eq!((coverage.promised, coverage.reserved), (amount("40"), amount("35")));
}

#[tokio::test]
async fn the_forty_blankets() {
    let ring = TestApp::start("ring").await;
    let (tove, mill, harbour, neighbour) = (
        ring.member("Tove").await,
        ring.member("Mill").await,
        ring.member("Harbour").await,
        ring.member("Neighbour").await,
    );
    let draft = Draft {
        title: "Blankets".into(),
        amount: "40".into(),
        minimum: "5".into(),
        ..Draft::default()
    };
    let need = ring.post(&tove, &draft).await;
    let promise = |member: &Member, number: &str| {
        let (app, member, number) = (ring.app.clone(), member.clone(), amount(number));
        async move { make_promise(&app, &member, need.id, Some(number), "").await }
    };
    let first = promise(&mill, "25").await.unwrap();
    let second = promise(&harbour, "20").await.unwrap();
    assert_eq!((second.active, second.reserved()), (Some(amount("15")), amount("5")));
    assert!(matches!(promise(&neighbour, "4").await, Err(Error::Refused(Refusal::BelowMinimum))));
    // Ten of the first were wet: fifteen come by their count, fourteen by ours.
    confirm_fulfilment(&ring.app, &mill, first.id, Some(amount("15")), "").await.unwrap();
    confirm_fulfilment(&ring.app, &tove, first.id, Some(amount("14")), "").await.unwrap();
    let rest = release_promise(&ring.app, &mill, first.id, None).await.unwrap();
    assert_eq!((rest.state, rest.amount), (PromiseState::Delivered, Some(amount("15"))));
    let coverage = ring.proposal(need.id).await.coverage;
    assert_eq!((coverage.promised, coverage.reserved), (amount("34"), Amount::ZERO));
    let third = promise(&neighbour, "5").await.unwrap();
    for (promise, member, count) in [(&second, &harbour, "20"), (&third, &neighbour, "5")] {
        confirm_fulfilment(&ring.app, member, promise.id, Some(amount(count)), "").await.unwrap();
        confirm_fulfilment(&ring.app, &tove, promise.id, Some(amount(count)), "").await.unwrap();
    }
    let coverage = ring.proposal(need.id).await.coverage;
    assert_eq!((coverage.came_low, coverage.came_high), (amount("39"), amount("40")));
}

#[tokio::test]
async fn a_part_that_came_is_a_deed_when_the_rest_is_released() {
    let ring = TestApp::start("ring").await;
    let (tove, omar) = (ring.member("Tove").await, ring.member("Omar").await);
    let need = ring.need(&tove, "Blankets", "40").await;
    let promise = make_promise(&ring.app, &omar, need.id, Some(amount("11")), "").await.unwrap();
    for member in [&omar, &tove] {
        let one = Some(amount("1"));
        confirm_fulfilment(&ring.app, member, promise.id, one, "").await.unwrap();
    }
    let promise = release_promise(&ring.app, &omar, promise.id, None).await.unwrap();
    assert_eq!(promise.state, PromiseState::Delivered);
    let came = ring.app.db.read(|conn| fulfilments::list_latest(conn, 10)).await.unwrap();
    assert_eq!(came[0].proposer_amount, Some(amount("1")));
}

#[tokio::test]
async fn what_only_the_promiser_counted_goes_with_the_promise_and_a_slip_is_no_count() {
    let ring = TestApp::start("ring").await;
    let (tove, omar) = (ring.member("Tove").await, ring.member("Omar").await);
    let need = ring.need(&tove, "Blankets", "40").await;
    let promise = make_promise(&ring.app, &omar, need.id, Some(amount("4")), "").await.unwrap();
    let slip = confirm_fulfilment(&ring.app, &omar, promise.id, Some(amount("999")), "").await;
    assert!(matches!(slip, Err(Error::Refused(Refusal::CountTooHigh))));
    confirm_fulfilment(&ring.app, &omar, promise.id, Some(amount("5")), "").await.unwrap();
    let promise = release_promise(&ring.app, &omar, promise.id, None).await.unwrap();
    assert_eq!(promise.state, PromiseState::Released);
    assert_eq!(ring.proposal(need.id).await.open_amount(), Some(amount("40")));
}

#[tokio::test]
async fn both_sides_confirm_and_only_they() {
    let ring = TestApp::start("ring").await;
    let (tove, omar, eve) =
        (ring.member("Tove").await, ring.member("Omar").await, ring.member("Eve").await);
    let need = ring.post(&tove, &Draft { title: "A pram".into(), ..Draft::default() }).await;
    let promise = make_promise(&ring.app, &omar, need.id, None, "").await.unwrap();
    let by = |member: &Member| {
        let (app, member) = (ring.app.clone(), member.clone());
        async move { confirm_fulfilment(&app, &member, promise.id, None, "").await }
    };
    assert!(matches!(by(&eve).await, Err(Error::Refused(Refusal::NotAParty))));
    assert_eq!(by(&omar).await.unwrap().state, PromiseState::Active);
    assert_eq!(by(&tove).await.unwrap().state, PromiseState::Delivered);
    assert!(matches!(by(&omar).await, Err(Error::Refused(Refusal::AlreadyDelivered))));
    let came = ring.app.db.read(|conn| fulfilments::list_latest(conn, 10)).await.unwrap();
    assert_eq!(came.len(), 1);
    let released = release_promise(&ring.app, &omar, promise.id, None).await;
    assert!(matches!(released, Err(Error::Refused(Refusal::AlreadyDelivered))));
}

#[tokio::test]
async fn only_the_one_who_promised_or_a_steward_releases() {
    let ring = TestApp::start("ring").await;
    let (tove, omar, eve) =
        (ring.member("Tove").await, ring.member("Omar").await, ring.member("Eve").await);
    let steward = ring.steward("Noor").await;
    let need = ring.need(&tove, "Chairs", "10").await;
    let one = make_promise(&ring.app, &omar, need.id, None, "").await.unwrap();
    let refused = release_promise(&ring.app, &eve, one.id, None).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotYours))));
    release_promise(&ring.app, &steward, one.id, None).await.unwrap();
    let twice = release_promise(&ring.app, &omar, one.id, None).await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::AlreadyReleased))));
}

#[tokio::test]
async fn what_a_person_gave_changes_nothing_for_what_they_ask() {
    // Mission E16, in small: a member with many promises and one with none post the same need.
    let ring = TestApp::start("ring").await;
    let (giver, newcomer) = (ring.member("Giver").await, ring.member("Newcomer").await);
    for number in 0..5 {
        let need = ring.need(&newcomer, &format!("Thing {number}"), "1").await;
        make_promise(&ring.app, &giver, need.id, None, "").await.unwrap();
    }
    let mut one = ring.need(&giver, "Help with moving", "2").await;
    let mut other = ring.need(&newcomer, "Help with moving", "2").await;
    one.id = other.id;
    one.published_at = other.published_at;
    one.updated_at = other.updated_at;
    other.revision = one.revision;
    assert_eq!(one, other);
}

/// One thing that can happen to the promises of a need.
#[derive(Clone, Debug)]
enum Happens {
    Promise(u32),
    Release(usize),
    Confirm(usize, bool, u32),
    Edit(u32),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (1..30_u32).prop_map(Happens::Promise),
        2 => (0..8_usize).prop_map(Happens::Release),
        3 => (0..8_usize, any::<bool>(), 1..30_u32)
            .prop_map(|(which, proposer, count)| Happens::Confirm(which, proposer, count)),
        1 => (1..60_u32).prop_map(Happens::Edit),
    ]
}

/// What must hold whatever happened, in whatever order.
async fn check(app: &TestApp, need: &Proposal) {
    let need = app.proposal(need.id).await;
    let asked = need.content.quantity.as_ref().unwrap().amount;
    let promised = all(app, &need).await;
    let awaited: Vec<_> = promised.iter().filter(|promise| promise.is_awaited()).collect();
    let active: Amount = awaited.iter().filter_map(|promise| promise.active).sum();
    let delivered = promised.iter().filter(|promise| promise.state == PromiseState::Delivered);
    let delivered: Amount = delivered.filter_map(|promise| promise.active).sum();
    assert!(active <= asked, "what is active never exceeds the need");
    assert_eq!(need.coverage.promised, (active + delivered_count(app, &need).await).min(asked));
    let reserved: Amount = promised.iter().map(Promise::reserved).sum();
    assert_eq!(need.coverage.reserved, reserved);
    // The reserve is in the order of arrival: once one waits, all later ones wait entirely.
    let mut full = false;
    for promise in awaited {
        assert!(!full || promise.active == Some(Amount::ZERO));
        full |= !promise.reserved().is_zero();
        let waits = promise.active == Some(Amount::ZERO);
        assert_eq!(promise.state == PromiseState::InReserve, waits);
    }
    if full {
        assert_eq!(need.coverage.promised, asked, "nothing waits while something is open");
    }
    let _ = delivered;
}

async fn delivered_count(app: &TestApp, need: &Proposal) -> Amount {
    let id = need.id;
    let came = app.app.db.read(move |conn| fulfilments::list_by_proposal(conn, id)).await.unwrap();
    came.iter().filter_map(|came| came.proposer_amount).sum()
}

async fn run(history: Vec<Happens>) {
    let ring = TestApp::start("ring").await;
    let (tove, omar) = (ring.member("Tove").await, ring.member("Omar").await);
    let need = ring.need(&tove, "Blankets", "40").await;
    for event in history {
        let promised = all(&ring, &need).await;
        // What is refused changes nothing; what must hold is checked after every step.
        let _ = match event {
            Happens::Promise(number) => {
                let number = amount(&number.to_string());
                make_promise(&ring.app, &omar, need.id, Some(number), "").await.map(drop)
            }
            Happens::Release(which) => match promised.get(which) {
                Some(promise) => {
                    release_promise(&ring.app, &omar, promise.id, None).await.map(drop)
                }
                None => Ok(()),
            },
            Happens::Confirm(which, proposer, count) => match promised.get(which) {
                Some(promise) => {
                    let member = if proposer { &tove } else { &omar };
                    let count = Some(amount(&count.to_string()));
                    confirm_fulfilment(&ring.app, member, promise.id, count, "").await.map(drop)
                }
                None => Ok(()),
            },
            Happens::Edit(number) => {
                let draft = Draft {
                    title: "Blankets".into(),
                    amount: number.to_string(),
                    ..Draft::default()
                };
                edit_proposal(&ring.app, &tove, need.id, &draft).await.map(drop)
            }
        };
        check(&ring, &need).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_the_sums_are_right(history in prop::collection::vec(happens(), 1..16)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(run(history));
    }
}
