//! The page of pacts.

use mutuals::actions::pact::{Step, propose, take_step};
use mutuals::db::{actors, pacts};
use mutuals::domain::pact::{Pact, Stance, Word};

use super::house::{House, mill};

/// What Mill Lane says of a pact with us.
async fn hear(house: &House, stance: Stance, sequence: i64) -> Pact {
    let app = house.app.clone();
    let say = move |conn: &mut mutuals::db::Conn| {
        let actor = actors::upsert(conn, &mill(&app))?;
        let now = app.now();
        let known = pacts::find_by_actor(conn, actor.id)?;
        let mut pact = known.unwrap_or_else(|| Pact::new(app.clock.new_id(), actor.id, now));
        pact.hear(Word { stance, sequence, round: pact.ours.round }, now);
        match pacts::find(conn, pact.id) {
            Ok(_) => pacts::update(conn, &pact)?,
            Err(_) => pacts::insert(conn, &pact)?,
        }
        Ok(pact)
    };
    house.app.db.write(say).await.unwrap()
}

#[tokio::test]
async fn a_steward_proposes_and_members_see_how_it_stands() {
    let house = House::open().await;
    let mut steward = house.enter(&house.steward("Ida").await).await;
    let mut member = house.enter(&house.member("Noor").await).await;
    steward.get("/steward").await.says("href=\"/pacts\"");
    steward.get("/pacts").await.is(200).says("No pact yet");
    steward.post("/pacts", &[("address", "")]).await.is(422).says("Give an address");
    let wrong = steward.post("/pacts", &[("address", "@nobody@there")]).await;
    wrong.is(422).says("We found no collective").says("value=\"@nobody@there\"");
    steward.post("/pacts", &[("address", "@mill@mill.example")]).await.leads_to("/pacts");
    let seen = steward.get("/pacts").await;
    seen.says("We proposed a pact to Mill Lane.").says("wait for the answer of Mill Lane");
    let page = member.get("/pacts").await;
    page.is(200).says("wait for the answer").hides("Take the proposal").hides("name=\"address\"");

    let pact = hear(&house, Stance::Wanted, 5).await;
    let path = |step: &str| format!("/pacts/{}/{step}", pact.id);
    steward.get("/pacts").await.says("Both sides want it.").says("They see how much");
    steward.post(&path("settings"), &[("needs", "yes"), ("accept_alone", "yes")]).await;
    let seen = steward.get("/pacts").await;
    seen.says("Saved what goes to Mill Lane.").says("Our offers for pacts do not go to them.");
    seen.says("They do not see how much").says("is accepted at once");
    steward.post(&path("pause"), &[]).await.leads_to("/pacts");
    member.get("/pacts").await.says("We paused it.");
    steward.post(&path("resume"), &[]).await.leads_to("/pacts");
    hear(&house, Stance::Paused, 6).await;
    steward.get("/pacts").await.says("Mill Lane paused it.");
    steward.post(&path("resume"), &[]).await.is(422).says("We did not pause this pact.");
    steward.post(&path("end"), &[]).await.leads_to("/pacts");
    steward.get("/pacts").await.says("There is no pact any more.").says("Propose again");
    steward.post("/pacts/0123456789ABC/end", &[]).await.is(404);
}

#[tokio::test]
async fn a_steward_answers_a_proposal_and_nobody_else_can() {
    let house = House::open().await;
    let pact = hear(&house, Stance::Wanted, 1).await;
    let accept = format!("/pacts/{}/accept", pact.id);
    let mut stranger = house.stranger();
    stranger.get("/pacts").await.hides("Mill Lane");
    stranger.post(&accept, &[]).await;
    let mut member = house.enter(&house.member("Noor").await).await;
    member.get("/pacts").await.says("proposes a pact to us").hides("Say yes");
    member.post(&accept, &[]).await.is(403);
    member.post("/pacts", &[("address", "@mill@mill.example")]).await.is(403);
    let stored = house.app.db.read(pacts::list).await.unwrap();
    assert!(!stored[0].0.is_active());

    let mut steward = house.enter(&house.steward("Ida").await).await;
    steward.get("/pacts").await.says("Say yes").says("Say no");
    steward.post(&accept, &[]).await.leads_to("/pacts");
    steward.get("/pacts").await.says("There is a pact with Mill Lane now.");
    steward.post(&accept, &[]).await.is(422).says("has proposed no pact to us");
}

#[tokio::test]
async fn a_need_of_a_pact_is_shown_to_members_while_it_is_active() {
    let house = House::open().await;
    let mut need = house.neighbours("Jam jars").await;
    need.audience = mutuals::domain::audience::Audience::Pacts;
    need.updated_at = house.app.now();
    let stored = need.clone();
    let write = move |conn: &mut _| mutuals::db::neighbour_proposals::upsert(conn, &stored);
    house.app.db.write(write).await.unwrap();
    let page = format!("/neighbours/{}", need.id);
    let mut member = house.enter(&house.member("Noor").await).await;
    member.get(&page).await.is(404);
    propose(&house.app, mill(&house.app)).await.unwrap();
    let pact = hear(&house, Stance::Wanted, 5).await;
    member.get(&page).await.is(200).says("Jam jars").says("href=\"/pacts\"");
    member.get("/board").await.says("Jam jars");
    let mut stranger = house.stranger();
    stranger.get(&page).await.is(404);
    stranger.get("/board").await.hides("Jam jars");
    stranger.get("/").await.hides("Jam jars");
    take_step(&house.app, pact.id, Step::Pause).await.unwrap();
    member.get(&page).await.is(404);
    member.get("/board").await.hides("Jam jars");
}
