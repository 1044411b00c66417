//! What a neighbour needs is passed on: with its origin, two hops far, to pacts only, and nobody is
//! believed but the origin.

use mutuals::actions::change_proposal::{Step as Change, change_proposal};
use mutuals::actions::pact::{Step, take_step};
use mutuals::actions::pass_on::{look_again, pass_on};
use mutuals::actions::promise_to_neighbour::{Wish, promise_to_neighbour};
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{actors, incoming_promises, pacts};
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::neighbour::NeighbourProposal;
use mutuals::domain::proposal::{CloseReason, Proposal};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::passing::fresh;
use serde_json::{Value, json};
use url::Url;

use crate::pacts::{ask, collective, stated, step};
use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, clock, work_all};

/// Ring, Mill, Harbour and Dune: each has a pact with the next one.
struct Row {
    houses: Vec<TestApp>,
    tove: Member,
}

impl Row {
    async fn start(names: &[&str]) -> Self {
        let clock = clock();
        let mut houses = Vec::new();
        for name in names {
            houses.push(TestApp::start_with(name, clock.clone()).await);
        }
        for pair in houses.windows(2) {
            ask(&pair[0], &pair[1]).await;
            step(&pair[1], &pair[0], Step::Accept).await;
        }
        let tove = houses[0].steward("Tove").await;
        Self { houses, tove }
    }

    async fn work(&self) {
        work_all(&self.houses.iter().collect::<Vec<_>>()).await;
        self.houses[0].advance(1);
    }

    /// A need of the first, which the second knows.
    async fn need(&self) -> Proposal {
        let need = self.houses[0].need(&self.tove, "Warm blankets", "10").await;
        self.work().await;
        need
    }

    async fn pass_on(&self, place: usize) -> Result<usize, Error> {
        let seen = only(&self.houses[place]).await;
        let passed = pass_on(&self.houses[place].app, seen.id).await;
        self.work().await;
        passed
    }

    fn url(&self, place: usize) -> Url {
        self.houses[place].app.collective.urls().actor()
    }
}

async fn board(app: &TestApp) -> Vec<NeighbourProposal> {
    let listed = app.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    listed.into_iter().map(|(proposal, _)| proposal).collect()
}

async fn only(app: &TestApp) -> NeighbourProposal {
    let mut all = board(app).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn actor(app: &TestApp, id: mutuals::domain::id::RemoteActorId) -> Url {
    app.app.db.read(move |conn| actors::find(conn, id)).await.unwrap().url
}

#[tokio::test]
async fn a_need_is_passed_on_twice_keeps_its_origin_and_is_answered_there() {
    let row = Row::start(&["ring", "mill", "harbour", "dune"]).await;
    let need = row.need().await;
    assert_eq!(row.pass_on(1).await.unwrap(), 1);
    let seen = only(&row.houses[2]).await;
    assert_eq!((seen.hops, seen.title.as_str()), (1, "Warm blankets"));
    assert_eq!(actor(&row.houses[2], seen.actor).await, row.url(0));
    assert_eq!(actor(&row.houses[2], seen.passed_on_by.unwrap()).await, row.url(1));
    assert!(board(&row.houses[3]).await.is_empty());

    assert_eq!(row.pass_on(2).await.unwrap(), 1);
    let far = only(&row.houses[3]).await;
    assert_eq!(far.hops, 2);
    assert_eq!(actor(&row.houses[3], far.actor).await, row.url(0));
    let refused = row.pass_on(3).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::PassedOnTooOften))), "{refused:?}");
    assert!(only(&row.houses[1]).await.passed_on_by.is_none(), "Mill has it from Ring itself");
    assert!(board(&row.houses[0]).await.is_empty(), "it is no neighbour's at home");

    let ines = row.houses[3].steward("Ines").await;
    let far = fresh(&row.houses[3].app, far).await.unwrap();
    promise_to_neighbour(&row.houses[3].app, &ines, far, Wish::default()).await.unwrap();
    row.work().await;
    let came =
        row.houses[0].app.db.read(move |conn| incoming_promises::list_by_proposal(conn, need.id));
    let came = came.await.unwrap();
    assert_eq!(came.len(), 1, "the answer went to whose it is");
}

#[tokio::test]
async fn what_is_passed_on_follows_its_origin_when_it_is_looked_at_again() {
    let row = Row::start(&["ring", "mill", "harbour"]).await;
    let need = row.need().await;
    row.pass_on(1).await.unwrap();
    let (ring, harbour) = (&row.houses[0], &row.houses[2]);
    let seen = only(harbour).await;
    let change = Draft { title: "Blankets".into(), amount: "4".into(), ..Draft::default() };
    mutuals::actions::edit_proposal::edit_proposal(&ring.app, &row.tove, need.id, &change)
        .await
        .unwrap();
    row.work().await;
    assert_eq!(only(harbour).await.title, "Warm blankets", "nobody tells Harbour");
    let now = fresh(&harbour.app, seen.clone()).await.unwrap();
    assert_eq!((now.id, now.title.as_str(), now.hops), (seen.id, "Blankets", 1));

    ring.advance(1);
    let enough = Change::Close(CloseReason::Enough);
    change_proposal(&ring.app, &row.tove, need.id, enough).await.unwrap();
    row.work().await;
    assert_eq!(board(harbour).await.len(), 1);
    let app = harbour.app.clone();
    let again = move |conn: &mut _| look_again(&app, conn);
    harbour.app.db.write(again).await.unwrap();
    row.work().await;
    assert!(board(harbour).await.is_empty(), "once a day it is looked at again");

    ring.advance(1);
    change_proposal(&ring.app, &row.tove, need.id, Change::Withdraw).await.unwrap();
    row.work().await;
    assert!(fresh(&harbour.app, now).await.is_err());
}

#[tokio::test]
async fn whoever_is_followed_later_is_no_longer_somebody_passed_on() {
    let row = Row::start(&["ring", "mill", "harbour"]).await;
    row.need().await;
    row.pass_on(1).await.unwrap();
    let harbour = &row.houses[2];
    assert_eq!(only(harbour).await.hops, 1);
    let ring = mutuals::federation::resolve::refresh(&harbour.app, &row.url(0)).await.unwrap();
    mutuals::actions::follow::follow(&harbour.app, ring).await.unwrap();
    row.work().await;
    let own = only(harbour).await;
    assert_eq!((own.hops, own.passed_on_by), (0, None));
    row.pass_on(1).await.unwrap();
    assert_eq!(only(harbour).await.passed_on_by, None, "its own word stays");
}

#[tokio::test]
async fn what_is_for_pacts_only_or_trade_or_over_is_not_passed_on() {
    let row = Row::start(&["ring", "mill", "harbour"]).await;
    let ring = &row.houses[0];
    let hidden = Draft { title: "Jars".into(), audience: "pacts".into(), ..Draft::default() };
    ring.post(&row.tove, &hidden).await;
    row.work().await;
    let refused = row.pass_on(1).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotForPassingOn))), "{refused:?}");
    let mill = Row::start(&["ring", "mill"]).await;
    mill.need().await;
    let refused = mill.pass_on(1).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NobodyToPassOnTo))), "{refused:?}");
}

/// Ring, a peer with a pact, and another server where something stands.
struct Attack {
    ring: TestApp,
    friend: Actor,
    origin: Peer,
    owner: Actor,
    _home: Peer,
}

impl Attack {
    async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let (home, origin) = (Peer::start().await, Peer::start().await);
        let friend = collective(&home, "friend");
        let offer = friend.activity("Offer", 1, stated(&friend, &ring, "wanted", 1));
        friend.send_and_work(&ring, &offer).await;
        let all = ring.app.db.read(pacts::list).await.unwrap();
        take_step(&ring.app, all[0].0.id, Step::Accept).await.unwrap();
        ring.work().await;
        let owner = collective(&origin, "owner");
        Self { ring, friend, origin, owner, _home: home }
    }

    /// Something of the owner, where it stands.
    fn put(&self, name: &str, change: impl FnOnce(&mut Value)) -> Url {
        let mut note = self.owner.need(name, self.ring.now());
        let url: Url = note["id"].as_str().unwrap().parse().unwrap();
        change(&mut note);
        self.origin.serve(&url, note);
        url
    }

    async fn passes_on(&self, by: &Actor, number: u32, object: Value, via: Value) -> usize {
        let mut announce = by.activity("Announce", number, object);
        announce["relayedVia"] = via;
        by.send_and_work(&self.ring, &announce).await;
        board(&self.ring).await.len()
    }
}

#[tokio::test]
async fn a_forged_announce_puts_nothing_on_the_board() {
    let it = Attack::start().await;
    let (friend, url) = (&it.friend, it.put("true", |_| {}));
    let none = json!([]);
    let mut lie = it.owner.need("true", it.ring.now());
    lie["publishes"]["name"] = json!("A lie");
    let stranger = it.origin.actor("stranger");
    assert_eq!(it.passes_on(&stranger, 2, json!(url), none.clone()).await, 0, "no pact");
    assert!(it.origin.asked().iter().all(|path| !path.ends_with("true")), "not even asked for");
    let others = it.put("others", |note| note["attributedTo"] = json!(friend.url));
    assert_eq!(it.passes_on(friend, 3, json!(others), none.clone()).await, 0, "not the owner's");
    let hidden = it.put("hidden", |note| note["to"] = json!([format!("{}/pacts", it.owner.url)]));
    assert_eq!(it.passes_on(friend, 4, json!(hidden), none.clone()).await, 0, "not public");
    let plain = it.put("plain", |note| note["purpose"] = json!(null));
    assert_eq!(it.passes_on(friend, 5, json!(plain), none.clone()).await, 0, "no proposal");
    let closed = it.put("closed", |note| note["publishes"]["finished"] = json!(true));
    assert_eq!(it.passes_on(friend, 6, json!(closed), none.clone()).await, 0, "over");
    let mask = it.put("mask", |note| note["id"] = json!(url));
    assert_eq!(it.passes_on(friend, 7, json!(mask), none.clone()).await, 0, "another's address");
    for odd in [json!(7), json!([]), json!({}), json!("javascript:1"), json!("http://[")] {
        assert_eq!(it.passes_on(friend, 8, odd, none.clone()).await, 0);
    }
    assert_eq!(it.passes_on(friend, 9, lie, none).await, 1, "what it wraps is not taken");
    assert_eq!(only(&it.ring).await.title, "true");
}

#[tokio::test]
async fn circles_and_long_roads_end() {
    let it = Attack::start().await;
    let (friend, url) = (&it.friend, it.put("jars", |_| {}));
    let us = it.ring.app.collective.urls().actor();
    let (one, two) = ("https://one.example/c/one", "https://two.example/c/two");
    let me = friend.url.as_str();
    let asked = it.origin.asked().len();
    for (number, via) in [
        json!([me, us]),
        json!([{"id": us}]),
        json!({"@list": [me, us]}),
        json!([me, one, two]),
        json!([one, two]),
        json!(
            vec![one; 1000].iter().zip(0..).map(|(at, n)| format!("{at}{n}")).collect::<Vec<_>>()
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let number = u32::try_from(number).unwrap() + 20;
        assert_eq!(it.passes_on(friend, number, json!(url), via.clone()).await, 0, "{via}");
    }
    assert_eq!(it.origin.asked().len(), asked, "nothing was even asked for");
    let need = it.ring.need(&it.ring.steward("Tove").await, "Ours", "1").await;
    let ours = it.ring.app.collective.urls().proposal(need.id);
    assert_eq!(it.passes_on(friend, 30, json!(ours), json!([me])).await, 0, "ours is ours");
    assert_eq!(it.passes_on(friend, 31, json!(url), json!([one])).await, 1);
    assert_eq!(only(&it.ring).await.hops, 2, "who leaves itself out is counted");
    assert_eq!(it.passes_on(friend, 32, json!(url), json!(null)).await, 1);
    assert_eq!(only(&it.ring).await.hops, 1, "the shorter road counts");
}

#[tokio::test]
async fn a_block_holds_for_what_is_passed_on_too() {
    let it = Attack::start().await;
    let url = it.put("jars", |_| {});
    let host = mutuals::domain::collective::domain_of(&it.origin.base);
    mutuals::actions::block::block(&it.ring.app, &host, "noise").await.unwrap();
    it.ring.app.read_blocks().await.unwrap();
    let asked = it.origin.asked().len();
    assert_eq!(it.passes_on(&it.friend, 2, json!(url), json!([])).await, 0);
    assert_eq!(it.origin.asked().len(), asked);
}

#[tokio::test]
async fn an_origin_that_is_away_keeps_nobody_waiting() {
    let it = Attack::start().await;
    let away = it.put("away", |_| {});
    it.origin.judge_with(std::sync::Arc::new(|parts, _| {
        let status = if parts.uri.path().ends_with("away") { 503 } else { 200 };
        Box::pin(async move { status })
    }));
    let here = it.put("here", |_| {});
    assert_eq!(it.passes_on(&it.friend, 2, json!(away), json!([])).await, 0);
    assert_eq!(it.passes_on(&it.friend, 3, json!(here), json!([])).await, 1);
    it.origin.judge_with(std::sync::Arc::new(|_, _| Box::pin(async { 200 })));
    it.ring.advance(120);
    it.ring.work().await;
    assert_eq!(board(&it.ring).await.len(), 2, "it comes when its server is back");
}
