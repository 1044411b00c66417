//! In whatever order the words about an agreement arrive, and however often: one state on both
//! sides, and never more active and delivered than was asked for.
//!
//! What is sent to one side changes nothing at the other, so all orders of the eight words of an
//! agreement are the orders of the four to each side, taken together.

use mutuals::actions::answer_promise::accept_promise;
use mutuals::actions::confirm_fulfilment::{Count, confirm};
use mutuals::actions::confirm_to_neighbour::{confirm_to_neighbour, words_of};
use mutuals::actions::release_to_neighbour::release_to_neighbour;
use mutuals::actions::settle;
use mutuals::app::App;
use mutuals::db::{Conn, activities, incoming_promises, outgoing_promises, promises, proposals};
use mutuals::domain::amount::Amount;
use mutuals::domain::id::{OutgoingPromiseId, PromiseId, ProposalId};
use mutuals::error::Error;
use mutuals::federation::inbox::{Effect, Read, effect_of};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::agreements::{Neighbours, outgoing, pending, promise};
use crate::testapp::{TestApp, amount};

/// Every order of the places `0..count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let into = |order: &Vec<usize>| {
        let order = order.clone();
        (0..count).map(move |place| {
            let mut longer = order.clone();
            longer.insert(place, count - 1);
            longer
        })
    };
    shorter.iter().flat_map(into).collect()
}

/// What `app` said to others since a place in its log, oldest first.
async fn said(app: &TestApp, about: &[&str]) -> Vec<String> {
    let sent = app.app.db.read(activities::list_sent).await.unwrap();
    let fits = |body: &str| about.iter().any(|part| body.contains(part));
    sent.into_iter().map(|sent| sent.body).filter(|body| fits(body)).collect()
}

async fn effects(app: &TestApp, from: &TestApp, words: &[String], order: &[usize]) -> Vec<Effect> {
    let actor = from.app.collective.urls().actor();
    let mut effects = Vec::new();
    for place in order {
        match effect_of(&app.app, actor.as_str(), &words[*place]).await {
            Ok(Read::Activity(_, effect)) => effects.push(effect),
            _ => panic!("{} cannot be read", words[*place]),
        }
    }
    effects
}

/// Lets effects happen in a transaction that is undone, and answers what `look` saw at the end.
async fn try_out<T: Send + 'static>(
    app: &App,
    effects: Vec<Effect>,
    look: impl Fn(&mut Conn) -> T + Send + 'static,
    after_each: impl Fn(&mut Conn) + Send + 'static,
) -> T {
    let (say, saw) = std::sync::mpsc::channel();
    let undone = app.change(move |app, conn, events| {
        for effect in effects {
            effect(app, conn, events)?;
            after_each(conn);
        }
        say.send(look(conn)).unwrap();
        Err::<(), _>(Error::Conflict)
    });
    assert!(matches!(undone.await, Err(Error::Conflict)));
    saw.recv().unwrap()
}

type Seen = (String, Option<String>, String, String, String);

/// What Mill knows of its own promise.
fn at_mill(id: OutgoingPromiseId) -> impl Fn(&mut Conn) -> Seen + Send + Clone + 'static {
    move |conn| {
        let promise = outgoing_promises::find(conn, id).unwrap();
        let words = words_of(&outgoing_promises::list_confirmations(conn, id).unwrap());
        let amount = promise.amount.map(|amount| amount.to_string());
        let reserved = promise.reserved().to_string();
        let theirs = words.proposer.total.to_string();
        (promise.state.word().into(), amount, reserved, theirs, String::new())
    }
}

/// What Ring knows of Mill's promise.
fn at_ring(id: PromiseId) -> impl Fn(&mut Conn) -> Seen + Send + Clone + 'static {
    move |conn| {
        let promise = promises::find(conn, id).unwrap();
        let said = promises::list_confirmations(conn, promise.proposal).unwrap();
        let words = settle::words_of(&promise, &said);
        let amount = promise.amount.map(|amount| amount.to_string());
        let open = proposals::find(conn, promise.proposal).unwrap().open_amount().unwrap();
        let theirs = words.promiser.total.to_string();
        (
            promise.state.word().into(),
            amount,
            promise.reserved().to_string(),
            theirs,
            open.to_string(),
        )
    }
}

/// Active and delivered together are never more than was asked for.
fn never_too_much(need: ProposalId) -> impl Fn(&mut Conn) + Send + Clone + 'static {
    move |conn| {
        let asked = proposals::find(conn, need).unwrap().content.quantity.unwrap().amount;
        let listed = promises::list_by_proposal(conn, need).unwrap();
        let sum: Amount = listed.iter().filter_map(|promise| promise.active).sum();
        assert!(sum <= asked, "{sum} of {asked}");
    }
}

struct Story {
    all: Neighbours,
    need: ProposalId,
    mills: OutgoingPromiseId,
    rings: PromiseId,
    /// Mill's words to Ring, after its Offer was accepted.
    to_ring: Vec<String>,
    /// Ring's words to Mill.
    to_mill: Vec<String>,
}

/// 25 are promised and accepted, 10 released, 15 counted and corrected to 14 by one, 14 by the
/// other. The words are kept; at each side they are then heard in other orders.
async fn story() -> Story {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = promise(&all.mill, &all.omar, &need, "25").await;
    all.work().await;
    let came = pending(&all.ring).await.remove(0);
    let rings = accept_promise(&all.ring.app, &all.tove, came.id).await.unwrap().id;
    all.work().await;
    release_to_neighbour(&all.mill.app, mills.id, Some(amount("10"))).await.unwrap();
    all.work().await;
    let count = |how_many: &str, is_correction: bool| Count {
        amount: Some(amount(how_many)),
        is_correction,
        ..Count::default()
    };
    confirm_to_neighbour(&all.mill.app, &all.omar, mills.id, count("15", false)).await.unwrap();
    confirm_to_neighbour(&all.mill.app, &all.omar, mills.id, count("14", true)).await.unwrap();
    all.work().await;
    confirm(&all.ring.app, &all.tove, rings, count("15", false)).await.unwrap();
    all.work().await;
    let agreement = format!("/a/{rings}");
    let offer = format!("/o/{}", mills.id);
    let to_ring = said(&all.mill, &[&offer, &agreement]).await;
    let to_mill = said(&all.ring, &[&offer, &agreement]).await;
    let is_for_mill = |body: &String| !body.contains("#Public");
    let to_mill: Vec<_> = to_mill.into_iter().filter(is_for_mill).collect();
    Story { need: need.id, all, mills: mills.id, rings, to_ring, to_mill }
}

#[tokio::test]
async fn every_order_of_the_words_to_the_one_who_promised_ends_alike() {
    let story = story().await;
    let mill = &story.all.mill;
    let (id, words) = (story.mills, &story.to_mill);
    let kinds: Vec<_> = words.iter().map(|body| kind(body)).collect();
    assert_eq!(kinds, ["Accept", "Accept", "Create", "Update"]);
    // As it was before the first of them.
    let fresh = move |conn: &mut Conn| {
        let mut promise = outgoing_promises::find(conn, id)?;
        promise.state = mutuals::domain::outgoing_promise::OutgoingState::Pending;
        promise.amount = Some(amount("25"));
        promise.agreement = None;
        outgoing_promises::update(conn, &promise)?;
        outgoing_promises::delete_confirmations(conn, id)
    };
    mill.app.db.write(fresh).await.unwrap();
    let mut seen = Vec::new();
    for order in orders(4) {
        let twice: Vec<usize> = order.iter().chain(&order).copied().collect();
        for order in [order, twice] {
            let heard = effects(mill, &story.all.ring, words, &order).await;
            seen.push((order, try_out(&mill.app, heard, at_mill(id), |_| {}).await));
        }
    }
    let end = ("delivered".into(), Some("15".into()), "0".into(), "15".into(), String::new());
    for (order, state) in seen {
        assert_eq!(state, end, "{order:?}");
    }
}

#[tokio::test]
async fn every_order_of_the_words_to_the_one_who_asked_ends_alike() {
    let story = story().await;
    let ring = &story.all.ring;
    let (id, words) = (story.rings, &story.to_ring);
    let kinds: Vec<_> = words.iter().map(|body| kind(body)).collect();
    assert_eq!(kinds, ["Offer", "Offer", "Create", "Create"]);
    // As it was when the promise was accepted and nothing more was heard.
    let fresh = move |conn: &mut Conn| {
        let mut promise = promises::find(conn, id)?;
        promise.state = mutuals::domain::promise::PromiseState::Active;
        promise.amount = Some(amount("25"));
        promise.active = Some(amount("25"));
        promises::update(conn, &promise)?;
        let mut incoming = incoming_promises::find_by_promise(conn, id)?.unwrap();
        incoming.sequence = 0;
        incoming_promises::update(conn, &incoming)?;
        promises::delete_confirmations(conn, id)
    };
    ring.app.db.write(fresh).await.unwrap();
    for order in orders(4) {
        let twice: Vec<usize> = order.iter().chain(&order).copied().collect();
        for order in [order, twice] {
            let heard = effects(ring, &story.all.mill, words, &order).await;
            let check = never_too_much(story.need);
            let state = try_out(&ring.app, heard, at_ring(id), check).await;
            let end =
                ("active".into(), Some("15".into()), "0".into(), "14".into(), "25".to_owned());
            assert_eq!(state, end, "{order:?}");
        }
    }
}

/// Two collectives promise 25 and 20 of 40, release parts, count and correct; the words of both come
/// in any order, some of them twice.
#[tokio::test]
async fn two_agreements_end_alike_however_their_words_mix() {
    let story = story().await;
    let (all, need) = (&story.all, story.need);
    let proposal = all.ring.proposal(need).await;
    let other = promise(&all.harbour, &all.ines, &proposal, "20").await;
    all.work().await;
    let came = pending(&all.ring).await.remove(0);
    accept_promise(&all.ring.app, &all.tove, came.id).await.unwrap();
    all.work().await;
    assert!(outgoing(&all.harbour, other.id).await.agreement.is_some());
    release_to_neighbour(&all.harbour.app, other.id, Some(amount("4"))).await.unwrap();
    let count = Count { amount: Some(amount("9")), ..Count::default() };
    confirm_to_neighbour(&all.harbour.app, &all.ines, other.id, count).await.unwrap();
    release_to_neighbour(&all.harbour.app, other.id, Some(amount("3"))).await.unwrap();
    let harbours = said(&all.harbour, &[&format!("/o/{}", other.id)]).await;
    let mut words: Vec<(bool, String)> =
        story.to_ring.iter().map(|body| (true, body.clone())).collect();
    words.extend(harbours.into_iter().map(|body| (false, body)));
    let mut runner = TestRunner::new(Config { cases: 60, ..Config::default() });
    let places: Vec<usize> = (0..words.len()).chain(0..words.len()).collect();
    let mut shuffled = Vec::new();
    for _ in 0..60 {
        let tree = Just(places.clone()).prop_shuffle().new_tree(&mut runner).unwrap();
        shuffled.push(proptest::strategy::ValueTree::current(&tree));
    }
    let mut ends = Vec::new();
    for order in shuffled {
        let mut heard = Vec::new();
        for place in &order {
            let (is_mills, body) = &words[*place];
            let from = if *is_mills { &all.mill } else { &all.harbour };
            heard.extend(effects(&all.ring, from, std::slice::from_ref(body), &[0]).await);
        }
        let look = move |conn: &mut Conn| {
            let listed = promises::list_by_proposal(conn, need).unwrap();
            let open = proposals::find(conn, need).unwrap().coverage;
            format!("{listed:?} {open:?}")
        };
        ends.push((order, try_out(&all.ring.app, heard, look, never_too_much(need)).await));
    }
    for (order, end) in &ends {
        assert_eq!(*end, ends[0].1, "{order:?} and {:?}", ends[0].0);
    }
}

fn kind(body: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    json["type"].as_str().unwrap().to_owned()
}
