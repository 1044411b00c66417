//! Replies from the fediverse that read like promises.

use mutuals::actions::send_link_again::PAUSE;
use mutuals::db::{actors, followers, replies};
use mutuals::domain::id::{Id, ProposalId};
use mutuals::domain::neighbour::RemoteActor;
use mutuals::domain::post::Extras;

use super::house::{House, mill};

/// Lets a person reply who follows us, or does not; answers the path to take the reply over.
async fn reply(house: &House, id: ProposalId, name: &str, follows: bool, html: &str) -> String {
    let clock = house.app.clock.clone();
    let reply = clock.new_id::<()>().number();
    let actor = RemoteActor {
        url: format!("http://mill.example/c/{name}").parse().unwrap(),
        kind: "Person".into(),
        address: format!("{name}@mill.example"),
        ..mill(&house.app)
    };
    let html = html.to_owned();
    let write = move |conn: &mut mutuals::db::Conn| {
        let actor = actors::upsert(conn, &actor)?;
        if follows {
            let new_id = || clock.new_id::<()>().number();
            followers::upsert(conn, &new_id, &actor, "http://mill.example/f/1", clock.now())?;
        }
        let url: url::Url = format!("http://mill.example/n/{reply}").parse().unwrap();
        let reply = replies::Reply {
            id: reply,
            page: url.clone(),
            url,
            proposal: id,
            actor: actor.id,
            html,
            is_public: true,
            published_at: clock.now(),
            updated_at: clock.now(),
            extras: Extras::default(),
        };
        replies::upsert(conn, &reply)
    };
    house.app.db.write(write).await.unwrap();
    format!("/replies/{}/take", Id::<()>::from_number(reply))
}

#[tokio::test]
async fn a_reply_of_somebody_known_is_suggested_and_taken_over_with_one_click() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let page = format!("/@ring/{id}");
    let take = reply(&house, id, "bo", true, "<p>I can bring 7!</p>").await;
    let mut of_milo = house.enter(&milo).await;
    of_milo.get(&page).await.says("I can bring 7!").hides("Note it as a promise");
    of_milo.post(&take, &[("amount", "7")]).await.is(403);
    house.stranger().post(&take, &[("amount", "7")]).await.leads_to("/sign-in?return=%2Fboard");

    let mut of_rosa = house.enter(&rosa).await;
    let seen = of_rosa.get(&page).await;
    seen.says("This reads like a promise.").says(&take).says("value=\"7\"");
    let wrong = of_rosa.post(&take, &[("amount", "a \"few\"")]).await;
    wrong.is(422).says("as a number").says("value=\"a &#34;few&#34;\" aria-invalid=\"true\"");
    wrong.says(&take).says("<details open>").says("I can bring 7!").hides("value=\"7\"");
    let wrong = of_rosa.post(&take, &[("amount", "")]).await;
    wrong.is(422).says("Say how much they promised.").says("value=\"\" aria-invalid=\"true\"");
    let other = reply(&house, id, "cleo", false, "<p>Me too</p>").await;
    let wrong = of_rosa.post(&other, &[("amount", "0")]).await;
    wrong.is(422).says("more than nothing").says("value=\"0\" aria-invalid").says("value=\"7\"");
    of_rosa.post(&take, &[("amount", "7")]).await.leads_to(&page);
    let seen = of_rosa.get(&page).await;
    seen.says("Noted. @bo@mill.example hears of it").says("@bo@mill.example: 7");
    seen.says("Noted as a promise.").hides(&take).says("13 still needed");
    of_rosa.post(&take, &[("amount", "7")]).await.is(422).says("noted as a promise already");
    of_milo.get(&page).await.says("a neighbour: 7").says("Noted as a promise.");
    let mut stranger = house.stranger();
    stranger.get(&page).await.says("a neighbour: 7").hides("@bo").hides("Noted as a promise");

    let again = reply(&house, id, "bo", false, "<p>And two more</p>").await;
    of_rosa.get(&page).await.says(&again).says("value=\"2\"");
}

#[tokio::test]
async fn the_author_and_stewards_send_the_private_link_again() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let ida = house.steward("Ida").await;
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let page = format!("/@ring/{id}");
    let take = reply(&house, id, "bo", true, "<p>I can bring 7!</p>").await;
    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.post(&take, &[("amount", "7")]).await.leads_to(&page);
    let seen = of_rosa.get(&page).await;
    seen.says("Send the private link again to @bo@mill.example");
    let (_, rest) = seen.html.split_once("action=\"/promises/").unwrap();
    let again = rest.lines().find(|line| line.contains("/link\"")).unwrap();
    let (before, _) = again.split_once("/link\"").unwrap();
    let again = format!("/promises/{}/link", before.rsplit('/').next().unwrap());

    let soon = of_rosa.post(&again, &[]).await;
    soon.is(422).says("less than ten minutes ago").says(&format!("href=\"{page}\""));
    house.app.clock.advance(PAUSE);
    let mut of_milo = house.enter(&milo).await;
    of_milo.get(&page).await.hides("private link again");
    of_milo.post(&again, &[]).await.is(403);
    house.stranger().get(&page).await.hides("private link again");
    house.stranger().post(&again, &[]).await.leads_to("/sign-in?return=%2Fme");
    house.enter(&rosa).await.send(&again, &[], &[]).await.is(403);
    let mut of_ida = house.enter(&ida).await;
    of_ida.post(&again, &[]).await.leads_to(&page);
    of_ida.get(&page).await.says("Sent. @bo@mill.example gets a new private link");
    of_rosa.post(&again, &[]).await.is(422);
    house.enter(&ida).await.post("/promises/0123456789ABC/link", &[]).await.is(404);
}

#[tokio::test]
async fn a_reply_of_a_stranger_can_be_taken_over_and_is_not_filled_in() {
    let house = House::open().await;
    let (rosa, ida) = (house.member("Rosa").await, house.steward("Ida").await);
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let page = format!("/@ring/{id}");
    let take = reply(&house, id, "cleo", false, "<p>I can bring 7!</p>").await;
    let mut of_ida = house.enter(&ida).await;
    of_ida.get(&page).await.says(&take).hides("This reads like a promise.").hides("value=\"7\"");
    of_ida.post(&take, &[("amount", "7")]).await.leads_to(&page);
    of_ida.get(&page).await.says("@cleo@mill.example: 7");
    house.enter(&rosa).await.post("/replies/0123456789ABC/take", &[]).await.is(404);
}

#[tokio::test]
async fn done_and_i_cannot_are_one_button_beside_what_was_written() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let page = format!("/@ring/{id}");
    let mut of_rosa = house.enter(&rosa).await;
    for (name, amount) in [("bo", "7"), ("cleo", "5")] {
        let take = reply(&house, id, name, true, "<p>I can bring some</p>").await;
        of_rosa.post(&take, &[("amount", amount)]).await.leads_to(&page);
    }
    // Whoever promised nothing gets no button, and a question neither.
    reply(&house, id, "dana", true, "<p>Done!</p>").await;
    reply(&house, id, "bo", true, "<p>Is it done?</p>").await;
    of_rosa.get(&page).await.hides("reads as if");
    reply(&house, id, "bo", true, "<p>@ring done, with thanks to my aunt</p>").await;
    reply(&house, id, "cleo", true, "<p>Sorry, I can't after all</p>").await;
    house.enter(&milo).await.get(&page).await.says("after all").hides("reads as if");

    let seen = of_rosa.get(&page).await;
    seen.says("This reads as if it came.").says("It came: 7").says("cannot after all");
    let (done, off) = (form(&seen.html, "It came: 7"), form(&seen.html, "Let go of their promise"));
    of_rosa.post(&off.0, &[]).await.leads_to(&page);
    of_rosa.get(&page).await.hides("cannot after all").hides("@cleo@mill.example: 5");
    let fields: Vec<(&str, &str)> =
        done.1.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    of_rosa.post(&done.0, &fields).await.leads_to(&page);
    of_rosa.get(&page).await.hides("reads as if").says("@bo@mill.example: 7");
}

/// The address of the form with a button, and its hidden fields but the one against forgery.
fn form(html: &str, button: &str) -> (String, Vec<(String, String)>) {
    let (before, _) = html.split_once(&format!("{button}</button>")).expect(button);
    let form = before.rsplit("<form ").next().unwrap();
    let value = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let hidden = form.split("<input type=\"hidden\" ").skip(1);
    let fields = hidden.map(|input| (value(input, "name"), value(input, "value")));
    (value(form, "action"), fields.filter(|(name, _)| name != "csrf").collect())
}
