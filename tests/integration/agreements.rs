//! Promises between collectives: the forty blankets, and everything that may go wrong on the way.

use mutuals::actions::answer_promise::{accept_promise, decline_promise, fitting};
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::{Count, confirm, confirm_fulfilment};
use mutuals::actions::confirm_to_neighbour::{confirm_to_neighbour, words_of};
use mutuals::actions::expire_promises::expire_promises;
use mutuals::actions::follow::follow;
use mutuals::actions::look_after_queue::drop_waiting;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::promise_to_neighbour::{Wish, promise_to_neighbour, take_counter};
use mutuals::actions::release_to_neighbour::release_to_neighbour;
use mutuals::db::activities::SentActivity;
use mutuals::db::{
    fulfilments, incoming_promises, neighbour_proposals, outgoing_promises, promises,
};
use mutuals::domain::id::OutgoingPromiseId;
use mutuals::domain::incoming_promise::{IncomingPromise, IncomingState};
use mutuals::domain::member::Member;
use mutuals::domain::neighbour::NeighbourProposal;
use mutuals::domain::outgoing_promise::{OutgoingPromise, OutgoingState};
use mutuals::domain::promise::PromiseState;
use mutuals::domain::proposal::{CloseReason, Proposal};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::{fetch, resolve};
use mutuals::jobs::housekeeping;

use crate::testapp::{TestApp, amount, clock, config, work_all};

/// Ring asks; Mill and Harbour follow it.
pub struct Neighbours {
    pub ring: TestApp,
    pub mill: TestApp,
    pub harbour: TestApp,
    /// Of Ring, and its steward.
    pub tove: Member,
    /// Of Mill.
    pub omar: Member,
    /// Of Harbour.
    pub ines: Member,
}

impl Neighbours {
    pub async fn start() -> Self {
        let clock = clock();
        let ring = TestApp::start_with("ring", clock.clone()).await;
        let mill = TestApp::start_with("mill", clock.clone()).await;
        let harbour = TestApp::start_with("harbour", clock).await;
        for app in [&mill, &harbour] {
            let handle = ring.app.collective.address().to_string();
            let actor = resolve::by_handle_or_url(&app.app, &handle).await.unwrap();
            follow(&app.app, actor).await.unwrap();
        }
        let tove = ring.steward("Tove").await;
        let omar = mill.steward("Omar").await;
        let ines = harbour.steward("Ines").await;
        let all = Self { ring, mill, harbour, tove, omar, ines };
        all.work().await;
        all
    }

    pub async fn work(&self) {
        work_all(&[&self.ring, &self.mill, &self.harbour]).await;
        self.ring.advance(1);
    }

    /// A need of Ring that its neighbours know.
    pub async fn need(&self, how_many: &str) -> Proposal {
        let need = self.ring.need(&self.tove, "Warm blankets", how_many).await;
        self.work().await;
        need
    }

    /// Mill promises, and Ring says yes.
    pub async fn agreed(&self, need: &Proposal, how_many: &str) -> OutgoingPromise {
        let promised = promise(&self.mill, &self.omar, need, how_many).await;
        self.work().await;
        let came = pending(&self.ring).await;
        accept_promise(&self.ring.app, &self.tove, came[0].id).await.unwrap();
        self.work().await;
        outgoing(&self.mill, promised.id).await
    }
}

pub async fn theirs(app: &TestApp, need: &Proposal) -> NeighbourProposal {
    let id = need.id.to_string();
    let listed = app.app.db.read(|conn| neighbour_proposals::list_unfinished(conn, 100)).await;
    let mut found = listed.unwrap().into_iter().map(|(each, _)| each);
    found.rfind(|each| each.url.path().ends_with(&id)).expect("it came")
}

pub async fn promise(
    app: &TestApp,
    member: &Member,
    need: &Proposal,
    how_many: &str,
) -> OutgoingPromise {
    let theirs = theirs(app, need).await;
    let wish = Wish { amount: Some(amount(how_many)), ..Wish::default() };
    promise_to_neighbour(&app.app, member, theirs, wish).await.unwrap()
}

pub async fn outgoing(app: &TestApp, id: OutgoingPromiseId) -> OutgoingPromise {
    app.app.db.read(move |conn| outgoing_promises::find(conn, id)).await.unwrap()
}

pub async fn pending(app: &TestApp) -> Vec<IncomingPromise> {
    let listed = app.app.db.read(incoming_promises::list_pending).await.unwrap();
    listed.into_iter().map(|(each, _)| each).collect()
}

/// What both sides counted of a promise of `app`: as (theirs, ours).
async fn counts(app: &TestApp, id: OutgoingPromiseId) -> (String, String) {
    let said = app.app.db.read(move |conn| outgoing_promises::list_confirmations(conn, id)).await;
    let words = words_of(&said.unwrap());
    (words.proposer.total.to_string(), words.promiser.total.to_string())
}

fn count(how_many: &str) -> Count {
    Count { amount: Some(amount(how_many)), ..Count::default() }
}

#[tokio::test]
async fn the_forty_blankets_come_from_two_collectives_and_a_neighbour() {
    let all = Neighbours::start().await;
    let (ring, mill, harbour) = (&all.ring, &all.mill, &all.harbour);
    let need = all.need("40").await;

    // Mill promises 25, and Ring takes them.
    let mills = all.agreed(&need, "25").await;
    assert_eq!(mills.state, OutgoingState::Active);
    assert_eq!(ring.proposal(need.id).await.open_amount(), Some(amount("15")));
    assert_eq!(theirs(harbour, &need).await.open, Some(amount("15")), "everybody sees it");

    // Harbour promises 20: 15 now and 5 in reserve would fit, and Harbour takes that.
    let harbours = promise(harbour, &all.ines, &need, "20").await;
    all.work().await;
    let came = pending(ring).await.remove(0);
    let fit = fitting(&ring.proposal(need.id).await, &came);
    decline_promise(&ring.app, &all.tove, came.id, fit).await.unwrap();
    all.work().await;
    let declined = outgoing(harbour, harbours.id).await;
    assert_eq!(declined.state, OutgoingState::Declined);
    let counter = declined.counter.unwrap();
    assert_eq!((counter.now, counter.reserve), (amount("15"), amount("5")));
    let taken = take_counter(&harbour.app, &all.ines, harbours.id).await.unwrap();
    all.work().await;
    assert!(pending(ring).await.is_empty(), "what we asked for ourselves needs no second yes");
    let (now, reserve) =
        (outgoing(harbour, taken[0].id).await, outgoing(harbour, taken[1].id).await);
    assert_eq!((now.state, reserve.state), (OutgoingState::Active, OutgoingState::InReserve));
    let again = take_counter(&harbour.app, &all.ines, harbours.id).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::NoCounter))));

    // Ten of Mill's were wet: the reserve moves up, five are open again.
    release_to_neighbour(&mill.app, mills.id, Some(amount("10"))).await.unwrap();
    all.work().await;
    assert_eq!(outgoing(mill, mills.id).await.amount, Some(amount("15")));
    let moved = outgoing(harbour, reserve.id).await;
    assert_eq!((moved.state, moved.reserved()), (OutgoingState::Active, amount("0")));
    assert_eq!(ring.proposal(need.id).await.open_amount(), Some(amount("5")));

    // Somebody brings five; each side counts.
    let ana = ring.member("Ana").await;
    let fives = make_promise(&ring.app, &ana, need.id, Some(amount("5")), "").await.unwrap();
    confirm_fulfilment(&ring.app, &ana, fives.id, None, "").await.unwrap();
    confirm_fulfilment(&ring.app, &all.tove, fives.id, None, "").await.unwrap();
    confirm_to_neighbour(&mill.app, &all.omar, mills.id, count("15")).await.unwrap();
    for taken in &taken {
        let whole = Count::default();
        confirm_to_neighbour(&harbour.app, &all.ines, taken.id, whole).await.unwrap();
    }
    all.work().await;
    let listed = ring.app.db.read(move |conn| promises::list_by_proposal(conn, need.id)).await;
    for (promise, came) in listed.unwrap().iter().zip(["14", "15", "5", "5"]) {
        if promise.is_awaited() {
            confirm(&ring.app, &all.tove, promise.id, count(came)).await.unwrap();
        }
    }
    all.work().await;
    assert_eq!(outgoing(mill, mills.id).await.state, OutgoingState::Delivered);
    assert_eq!(counts(mill, mills.id).await, ("14".into(), "15".into()), "both are kept");
    for taken in &taken {
        assert_eq!(outgoing(harbour, taken.id).await.state, OutgoingState::Delivered);
    }

    let sent = ring.app.db.read(mutuals::db::activities::list_sent).await.unwrap();
    let mill_actor = mill.app.collective.urls().actor();
    let named = format!("\"provider\":\"{mill_actor}\"");
    let thanks = |sent: &&SentActivity| sent.to_followers && sent.body.contains(&named);
    assert_eq!(sent.iter().filter(thanks).count(), 1, "the deed is a collective's");
    assert!(!sent.iter().any(|sent| sent.to_followers && sent.body.contains("Ana")));

    let close = Step::Close(CloseReason::Enough);
    let closed = change_proposal(&ring.app, &all.tove, need.id, close).await.unwrap();
    let coverage = &closed.coverage;
    assert_eq!((coverage.came_low, coverage.came_high), (amount("39"), amount("40")));
}

#[tokio::test]
async fn an_offer_that_comes_again_gets_the_same_answer_and_counts_once() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = all.agreed(&need, "25").await;
    let sent = all.mill.app.db.read(move |conn| {
        let offer = format!("/o/{}", mills.id);
        let listed = mutuals::db::activities::list_sent(conn)?;
        Ok(listed.into_iter().find(|sent| sent.url.ends_with(&offer)).unwrap())
    });
    let sent = sent.await.unwrap();
    // Long after, when the ids of received activities are forgotten.
    all.ring.advance(40 * 86_400);
    mutuals::jobs::housekeeping::run(&all.ring.app).await.unwrap();
    let body = sent.body.clone();
    let actor = all.mill.app.collective.urls().actor();
    let read = mutuals::federation::inbox::effect_of(&all.ring.app, actor.as_str(), &body).await;
    let Ok(mutuals::federation::inbox::Read::Activity(_, effect)) = read else { panic!() };
    all.ring.app.change(effect).await.unwrap();
    all.work().await;
    assert_eq!(ring_promises(&all, &need).await, 1);
    assert_eq!(outgoing(&all.mill, mills.id).await.state, OutgoingState::Active);
}

async fn ring_promises(all: &Neighbours, need: &Proposal) -> usize {
    let id = need.id;
    let listed = all.ring.app.db.read(move |conn| promises::list_by_proposal(conn, id)).await;
    listed.unwrap().len()
}

#[tokio::test]
async fn a_promise_can_be_taken_back_before_and_after_the_answer() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    // Before: Ring never has to answer.
    let early = promise(&all.mill, &all.omar, &need, "10").await;
    release_to_neighbour(&all.mill.app, early.id, None).await.unwrap();
    all.work().await;
    assert!(pending(&all.ring).await.is_empty());
    assert_eq!(outgoing(&all.mill, early.id).await.state, OutgoingState::Released);
    // After: what is open opens again.
    let mills = all.agreed(&need, "25").await;
    release_to_neighbour(&all.mill.app, mills.id, None).await.unwrap();
    all.work().await;
    assert_eq!(ring_open(&all, &need).await, "40");
    assert_eq!(outgoing(&all.mill, mills.id).await.state, OutgoingState::Released);
    let twice = release_to_neighbour(&all.mill.app, mills.id, None).await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::AlreadyReleased))));
    // While Ring says yes, Mill takes it back: the words cross.
    let crossing = promise(&all.mill, &all.omar, &need, "10").await;
    all.work().await;
    let came = pending(&all.ring).await.remove(0);
    accept_promise(&all.ring.app, &all.tove, came.id).await.unwrap();
    release_to_neighbour(&all.mill.app, crossing.id, None).await.unwrap();
    all.work().await;
    assert_eq!(outgoing(&all.mill, crossing.id).await.state, OutgoingState::Released);
    assert_eq!(ring_open(&all, &need).await, "40");
}

async fn ring_open(all: &Neighbours, need: &Proposal) -> String {
    all.ring.proposal(need.id).await.open_amount().unwrap().to_string()
}

#[tokio::test]
async fn what_is_called_off_or_enough_is_told_to_who_promised() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = all.agreed(&need, "25").await;
    let waiting = promise(&all.harbour, &all.ines, &need, "10").await;
    all.work().await;
    let close = Step::Close(CloseReason::NoLongerRelevant);
    change_proposal(&all.ring.app, &all.tove, need.id, close).await.unwrap();
    all.work().await;
    assert_eq!(outgoing(&all.mill, mills.id).await.state, OutgoingState::Cancelled);
    let answered = outgoing(&all.harbour, waiting.id).await;
    assert_eq!(answered.state, OutgoingState::Declined);
    assert!(answered.reason.unwrap().contains("no more answers"));
    // Opened again: it stands as before.
    change_proposal(&all.ring.app, &all.tove, need.id, Step::Reopen).await.unwrap();
    all.work().await;
    assert_eq!(outgoing(&all.mill, mills.id).await.state, OutgoingState::Active);
}

#[tokio::test]
async fn what_nobody_answers_ends_on_both_sides() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = promise(&all.mill, &all.omar, &need, "10").await;
    all.work().await;
    all.ring.advance(14 * 86_400 + 60);
    assert_eq!(expire_promises(&all.ring.app).await.unwrap(), 1);
    all.work().await;
    let ended = outgoing(&all.mill, mills.id).await;
    assert_eq!(ended.state, OutgoingState::Declined);
    let left = all.ring.app.db.read(|conn| incoming_promises::list(conn, 10)).await.unwrap();
    assert_eq!(left[0].0.state, IncomingState::Expired);
    // And where the other side is away for good.
    let lost = promise(&all.mill, &all.omar, &need, "10").await;
    all.ring.advance(14 * 86_400 + 60);
    assert_eq!(expire_promises(&all.mill.app).await.unwrap(), 1);
    assert_eq!(outgoing(&all.mill, lost.id).await.state, OutgoingState::Expired);
    all.work().await;
    // Who catches up is told slowly.
    all.work().await;
    assert!(pending(&all.ring).await.is_empty(), "their promise and its end came");
}

#[tokio::test]
async fn counts_are_corrected_by_new_words() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = all.agreed(&need, "15").await;
    confirm_to_neighbour(&all.mill.app, &all.omar, mills.id, count("15")).await.unwrap();
    all.work().await;
    let listed = all.ring.app.db.read(move |conn| promises::list_by_proposal(conn, need.id)).await;
    let promise = listed.unwrap().remove(0);
    confirm(&all.ring.app, &all.tove, promise.id, count("13")).await.unwrap();
    all.work().await;
    let fix = |how_many: &str| Count { is_correction: true, ..count(how_many) };
    confirm(&all.ring.app, &all.tove, promise.id, fix("14")).await.unwrap();
    confirm_to_neighbour(&all.mill.app, &all.omar, mills.id, fix("14")).await.unwrap();
    all.work().await;
    assert_eq!(counts(&all.mill, mills.id).await, ("14".into(), "14".into()));
    let coverage = all.ring.proposal(need.id).await.coverage;
    assert_eq!((coverage.came_low, coverage.came_high), (amount("14"), amount("14")));
    let promise = all.ring.app.db.read(move |conn| promises::find(conn, promise.id)).await;
    assert_eq!(promise.unwrap().state, PromiseState::Delivered);
    let nothing = Count { is_correction: true, ..Count::default() };
    let other = all.agreed(&need, "5").await;
    let refused = confirm_to_neighbour(&all.mill.app, &all.omar, other.id, nothing).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NothingToCorrect))));
}

#[tokio::test]
async fn what_was_said_while_we_did_not_hear_it_is_read_where_it_stands() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = all.agreed(&need, "25").await;
    let close = Step::Close(CloseReason::NoLongerRelevant);
    change_proposal(&all.ring.app, &all.tove, need.id, close).await.unwrap();
    let host = all.mill.app.collective.domain();
    assert!(drop_waiting(&all.ring.app, host).await.unwrap() > 0, "it is lost for good");
    all.work().await;
    assert_eq!(outgoing(&all.mill, mills.id).await.state, OutgoingState::Active);
    housekeeping::run(&all.mill.app).await.unwrap();
    all.ring.advance(25 * 3_600);
    housekeeping::run(&all.mill.app).await.unwrap();
    all.work().await;
    assert_eq!(outgoing(&all.mill, mills.id).await.state, OutgoingState::Cancelled);
}

#[tokio::test]
async fn agreements_and_offers_are_for_the_two_sides_and_missing_for_everybody_else() {
    let all = Neighbours::start().await;
    let need = all.need("40").await;
    let mills = all.agreed(&need, "25").await;
    let agreement = mills.agreement.clone().unwrap().url;
    let offer = all.mill.app.collective.urls().offer(mills.id);
    let read = fetch::object(&all.mill.app, &agreement).await.unwrap();
    assert_eq!(read["stipulates"]["resourceQuantity"]["hasNumericalValue"], "25");
    let read = fetch::object(&all.ring.app, &offer).await.unwrap();
    assert_eq!(read["type"], "Offer");
    for (url, missing) in [(&agreement, "a/0000000000001"), (&offer, "o/0000000000001")] {
        let missing = url.join(&format!("/{missing}")).unwrap();
        assert!(fetch::object(&all.harbour.app, url).await.is_err(), "a third one");
        let (hidden, never) = (all.ring.get_json(url).await, all.ring.get_json(&missing).await);
        assert_eq!((hidden.0, &hidden), (404, &never), "a stranger");
    }
}

#[tokio::test]
async fn thanks_are_published_only_where_the_collective_wants_that() {
    for without_thanks in [false, true] {
        let mut config = config();
        config.federation.without_thanks = without_thanks;
        let ring = TestApp::start_as("ring", config).await;
        let (tove, ana) = (ring.steward("Tove").await, ring.member("Ana").await);
        let need = ring.need(&tove, "Chairs", "4").await;
        let made = make_promise(&ring.app, &ana, need.id, None, "").await.unwrap();
        confirm_fulfilment(&ring.app, &ana, made.id, None, "").await.unwrap();
        confirm_fulfilment(&ring.app, &tove, made.id, None, "").await.unwrap();
        let came = ring.app.db.read(|conn| fulfilments::list_latest(conn, 1)).await.unwrap();
        let url = ring.app.collective.urls().fulfilment(came[0].id);
        let sent = ring.app.db.read(mutuals::db::activities::list_sent).await.unwrap();
        let thanks = sent.iter().filter(|sent| sent.object_url == url.as_str()).count();
        let expected = if without_thanks { (0, 404) } else { (1, 200) };
        assert_eq!((thanks, ring.get_json(&url).await.0), expected);
        let note = ring.get_json(&ring.app.collective.urls().proposal(need.id)).await.1;
        assert!(note["content"].as_str().unwrap().contains("4 of 4 came"));
    }
}
