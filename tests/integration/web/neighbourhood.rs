//! Whom we follow, looking at others, lists, and passing on.

use mutuals::db::jobs::{self, JobKind};
use mutuals::db::{actors, neighbour_proposals, pacts};
use mutuals::domain::neighbour::{NeighbourProposal, RemoteActor};
use mutuals::domain::pact::{Pact, Stance, Word};

use super::house::{House, mill};

const LIST: &str = "<opml version='2.0'><body>\
    <outline text='Mill &lt;Lane&gt;' url='http://mill.example/c/mill'/>\
    <outline text='Dune' url='https://dune.example/c/dune'/></body></opml>";

#[tokio::test]
async fn members_see_whom_we_follow_and_stewards_look_at_others() {
    let house = House::open().await;
    house.stranger().get("/neighbours").await.leads_to("/sign-in?return=%2Fneighbours");
    let mut member = house.enter(&house.member("Milo").await).await;
    let page = member.get("/neighbours").await;
    page.is(200).says("We follow nobody yet.").hides("name=\"look\"").hides("name=\"list\"");
    let look = "/neighbours?look=%40mill%40mill.example";
    member.get(look).await.is(200).hides("Jam");

    let mut steward = house.enter(&house.steward("Ida").await).await;
    let seen = steward.get(look).await;
    seen.is(200).says("Mill Lane").says("Jam &#38; jars").says("They run mutuals 0.1.0.");
    seen.says("We can agree on a pact with them.").hides("kept count of on both sides");
    seen.says("value=\"http://mill.example/c/mill\"").says("Follow Mill Lane");
    let person = steward.get("/neighbours?look=ana%22%3E").await;
    person.is(422).says("This is a person").says("value=\"ana&#34;&#62;\"");
    let (site, cross) = ("sec-fetch-site", "cross-site");
    let led = steward
        .open(axum::http::Method::GET, look, axum::body::Body::empty(), &[(site, cross)])
        .await;
    led.is(200).hides("Jam").says("value=\"@mill@mill.example\"");
    house.neighbours("Jam jars").await;
    steward.get(look).await.is(200).says("following").hides("Follow Mill Lane");
    member.get("/neighbours").await.says("@mill@mill.example");
}

#[tokio::test]
async fn a_list_goes_out_and_comes_in() {
    let house = House::open().await;
    house.neighbours("Jam jars").await;
    let list = house.stranger().get("/neighbours.opml").await;
    list.is(200).says("<opml version=\"2.0\">").says("url=\"http://mill.example/c/mill\"");
    assert_eq!(list.headers["content-type"], "text/x-opml+xml; charset=utf-8");
    let mut member = house.enter(&house.member("Milo").await).await;
    member.post("/neighbours/import", &[("list", LIST)]).await.is(403);
    let mut steward = house.enter(&house.steward("Ida").await).await;
    let shown = steward.post("/neighbours/import", &[("list", LIST)]).await;
    shown.is(200).says("2 collectives").says("we follow them already");
    shown.says("value=\"https://dune.example/c/dune\" checked").hides("<Lane>");
    let waiting = || house.app.db.read(|conn| jobs::list_actors(conn, JobKind::Follow));
    assert!(waiting().await.unwrap().is_empty(), "nothing is followed before somebody chose");
    let chosen = [("address", "https://dune.example/c/dune"), ("address", "http://b.example/")];
    steward.post("/neighbours/import/follow", &chosen).await.leads_to("/neighbours");
    steward.get("/neighbours").await.says("those you ticked (2)");
    assert_eq!(waiting().await.unwrap().len(), 2);

    let bomb = format!("<!DOCTYPE opml [<!ENTITY a \"x\">]>{LIST}");
    let large = "x".repeat(300 * 1024);
    for (list, why) in [
        (bomb.as_str(), "This is no OPML list"),
        ("jam", "This is no OPML list"),
        ("<opml/>", "Nobody on this list"),
        (&large, "larger than 256 KiB"),
    ] {
        steward.post("/neighbours/import", &[("list", list)]).await.is(422).says(why);
    }
    let endless = "x".repeat(2 << 20);
    steward.post("/neighbours/import", &[("list", &endless)]).await.is(413);
}

#[tokio::test]
async fn a_list_that_names_us_too_is_read_past_our_own_line() {
    let house = House::open().await;
    let mut steward = house.enter(&house.steward("Ida").await).await;
    let us = "http://ring.example/c/ring";
    let ours = format!("<outline text='Ring' url='{us}'/>");
    let list = LIST.replace("<body>", &format!("<body>{ours}"));
    let shown = steward.post("/neighbours/import", &[("list", &list)]).await;
    shown.is(200).says("2 collectives").says("https://dune.example/c/dune").hides(us);
    let alone = format!("<opml><body>{ours}</body></opml>");
    let shown = steward.post("/neighbours/import", &[("list", &alone)]).await;
    shown.is(422).says("Nobody but us stands on this list.");
    let chosen = [("address", us), ("address", "https://dune.example/c/dune")];
    steward.post("/neighbours/import/follow", &chosen).await.leads_to("/neighbours");
    let waiting = house.app.db.read(|conn| jobs::list_actors(conn, JobKind::Follow)).await;
    assert_eq!(waiting.unwrap(), ["https://dune.example/c/dune"]);
}

#[tokio::test]
async fn what_was_passed_on_says_so_and_is_passed_on_by_a_steward() {
    let house = House::open().await;
    let jars = house.neighbours("Jam jars").await;
    let path = format!("/neighbours/{}", jars.id);
    house.stranger().get(&path).await.is(200).hides("Pass it on");
    let mut steward = house.enter(&house.steward("Ida").await).await;
    steward.get(&path).await.says("Pass it on").hides("passed on by");
    let step = format!("{path}/pass-on");
    steward.post(&step, &[]).await.is(422).says("There is nobody to pass it on to");
    befriend(&house, "Dune").await;
    steward.post(&step, &[]).await.leads_to(&path);
    steward.get(&path).await.says("hear of it from us: 1");

    let app = house.app.clone();
    let by = befriend(&house, "Harbour").await;
    let passed = move |conn: &mut mutuals::db::Conn| {
        let far = NeighbourProposal { passed_on_by: Some(by), hops: 2, ..jars };
        neighbour_proposals::upsert(conn, &far)
    };
    app.db.write(passed).await.unwrap();
    let said = "From Mill Lane, passed on by Harbour";
    house.stranger().get(&path).await.is(200).says(said);
    house.stranger().get("/board").await.says(said);
    steward.get(&path).await.says(said).hides("Pass it on");
    steward.post(&step, &[]).await.is(422).says("passed on twice");
}

/// A collective with which there is a pact.
async fn befriend(house: &House, name: &str) -> mutuals::domain::id::RemoteActorId {
    let url: url::Url = format!("http://{}.example/c", name.to_lowercase()).parse().unwrap();
    let actor = RemoteActor {
        id: house.app.clock.new_id(),
        address: format!("{}@{}.example", name.to_lowercase(), name.to_lowercase()),
        inbox: url.clone(),
        page: url.clone(),
        url,
        name: name.to_owned(),
        ..mill(&house.app)
    };
    let (id, now) = (house.app.clock.new_id(), house.app.now());
    let write = move |conn: &mut mutuals::db::Conn| {
        let actor = actors::upsert(conn, &actor)?;
        let word = |sequence| Word { stance: Stance::Wanted, sequence, round: 0 };
        let pact = Pact { ours: word(1), theirs: word(1), ..Pact::new(id, actor.id, now) };
        pacts::insert(conn, &pact)?;
        Ok(actor.id)
    };
    house.app.db.write(write).await.unwrap()
}
