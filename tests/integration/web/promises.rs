//! Promising, letting go, and saying that it came.

use super::house::House;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::db::neighbour_proposals;
use mutuals::domain::draft::Draft;
use mutuals::domain::neighbour::NeighbourProposal;
use mutuals::domain::promise::Promise;
use mutuals::domain::proposal::{CloseReason, Purpose};
use mutuals::federation::objects::proposal::note;

async fn promise(house: &House, who: &mutuals::domain::member::Member, need: &Draft) -> Promise {
    let rosa = house.member(&format!("Rosa {}", need.title)).await;
    let need = post_proposal(&house.app, &rosa, Purpose::Need, need, true).await.unwrap();
    make_promise(&house.app, who, need.id, None, "").await.unwrap()
}

#[tokio::test]
async fn both_sides_say_that_it_came() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let (page, make) = (format!("/@ring/{id}"), format!("/proposals/{id}/promise"));
    let mut of_milo = house.enter(&milo).await;
    of_milo.get(&page).await.says("20 can be promised now.").says("value=\"20\"");
    let wrong = of_milo.post(&make, &[("amount", "a few"), ("note", "On foot")]).await;
    wrong.is(422).says("as a number").says("value=\"a few\"").says("value=\"On foot\"");
    of_milo.post(&make, &[("amount", "12"), ("note", "By bike on Monday")]).await.leads_to(&page);
    let seen = of_milo.get(&page).await;
    seen.says("Thank you. You promised 12.").says("Milo: 12").says("8 still needed");
    let mut stranger = house.stranger();
    let seen = stranger.get(&page).await;
    seen.says("a neighbour: 12").hides("Milo").hides("By bike").hides("Let go");

    let promise = seen_promise(&of_milo.get(&page).await.html);
    let confirm = format!("/promises/{promise}/confirm");
    let wrong = of_milo.post(&confirm, &[("amount", "x"), ("note", "All there")]).await;
    wrong.is(422).says("as a number").says("value=\"All there\"").says("<details open>");
    of_milo.post(&confirm, &[("amount", "12")]).await.leads_to(&page);
    let seen = of_milo.get(&page).await;
    seen.says("The other side has yet to say so.").hides("Say that it came").says("Correct my");
    of_milo.get("/me").await.says("You said it came.").says("Warm blankets");

    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.get("/me").await.says("Did it come? Please confirm.");
    of_rosa.get(&page).await.says("By bike on Monday");
    of_rosa.post(&confirm, &[("amount", "11"), ("note", "Thank you!")]).await.leads_to(&page);
    of_rosa.get(&page).await.says("Noted. Good.").says("11 to 12 came").says("Thank you!");
    let seen = stranger.get(&page).await;
    seen.says("11 to 12 of 20 came").hides("Thank you!").hides("Milo").hides("Rosa");
    stranger.get("/").await.says("“Warm blankets”: 11 to 12 came");
    let again = of_rosa.post(&confirm, &[]).await;
    again.is(422).says("This came already").says(&format!("href=\"{page}\""));
}

#[tokio::test]
async fn what_is_closed_says_what_came_and_not_what_is_missing() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let mut stranger = house.stranger();
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let page = format!("/@ring/{id}");
    let made = make_promise(&house.app, &milo, id, None, "").await.unwrap();
    for (who, amount) in [(&milo, "20"), (&rosa, "19")] {
        confirm_fulfilment(&house.app, who, made.id, amount.parse().ok(), "").await.unwrap();
    }
    stranger.get(&page).await.says("1 still needed").says("still open");
    let close = Step::Close(CloseReason::Enough);
    let closed = change_proposal(&house.app, &rosa, id, close).await.unwrap();
    let seen = stranger.get(&page).await;
    seen.says("Enough, thank you").hides("still needed").hides("still open");
    seen.says("<strong>19 to 20 of 20 came</strong>").says("19 of 20 promised");
    stranger.language = Some("es");
    stranger.get(&page).await.says("<strong>Llegó de 19 a 20 de 20</strong>").hides("hace falta:");
    stranger.language = None;
    let note = note(&house.app, &closed).to_string();
    assert!(note.contains("(met)") && note.contains("19 to 20 of 20 came."), "{note}");
    assert!(!note.contains("still needed"), "{note}");

    let soup = Draft { title: "Soup".into(), amount: "20".into(), ..Draft::default() };
    let soup = house.post(&rosa, Purpose::Need, soup).await.id;
    let page = format!("/@ring/{soup}");
    for amount in ["12", "15"] {
        make_promise(&house.app, &milo, soup, amount.parse().ok(), "").await.unwrap();
    }
    stranger.get(&page).await.says("7 in reserve");
    let close = Step::Close(CloseReason::NoLongerRelevant);
    change_proposal(&house.app, &rosa, soup, close).await.unwrap();
    let seen = stranger.get(&page).await;
    seen.says("<strong>20 of 20 promised</strong>").hides("All of it is promised");
    seen.hides("7 in reserve");
}

#[tokio::test]
async fn what_a_neighbour_closed_does_not_say_that_all_of_it_is_promised() {
    let house = House::open().await;
    let jars = house.neighbours("Jam jars").await;
    let page = format!("/neighbours/{}", jars.id);
    house.stranger().get(&page).await.says("6 still needed");
    let closed = NeighbourProposal { finished: true, open: "0".parse().ok(), ..jars };
    let write = move |conn: &mut mutuals::db::Conn| neighbour_proposals::upsert(conn, &closed);
    house.app.db.write(write).await.unwrap();
    let seen = house.stranger().get(&page).await;
    seen.says("Enough, thank you").hides("of 10 promised").hides("still needed");
}

#[tokio::test]
async fn what_is_too_much_waits_and_moves_up() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let (milo, ines) = (house.member("Milo").await, house.member("Ines").await);
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let (page, make) = (format!("/@ring/{id}"), format!("/proposals/{id}/promise"));
    let mut of_milo = house.enter(&milo).await;
    of_milo.post(&make, &[("amount", "18")]).await.is(303);
    let mut of_ines = house.enter(&ines).await;
    of_ines.post(&make, &[("amount", "5")]).await.is(303);
    let seen = of_ines.get(&page).await;
    seen.says("2 needed now, 3 in reserve").says("All of it is promised").says("3 in reserve");
    of_ines.post(&make, &[("amount", "4")]).await.is(303);
    let seen = of_ines.get(&page).await;
    seen.says("4 in reserve. You hear").says("Waiting in reserve.").says("Put mine in reserve");
    of_ines.get("/me").await.says("You hear from us if something falls through.");

    let promise = seen_promise(&of_milo.get(&page).await.html);
    of_ines.post(&format!("/promises/{promise}/release"), &[]).await.is(403);
    of_milo.post(&format!("/promises/{promise}/release"), &[]).await.leads_to(&page);
    let seen = of_milo.get(&page).await;
    seen.says("Thank you for saying so early.").says("11 still needed").hides("Milo: 18");
    of_milo.get("/me").await.says("You have promised nothing at the moment.");
    of_ines.get(&page).await.hides("Waiting in reserve.");
    of_milo.post(&format!("/promises/{promise}/release"), &[]).await.is(422);
}

#[tokio::test]
async fn what_cannot_be_counted_is_promised_as_it_is() {
    let house = House::open().await;
    let milo = house.member("Milo").await;
    let ride = Draft { title: "A ride".into(), ..Draft::default() };
    let made = promise(&house, &milo, &ride).await;
    let page = format!("/@ring/{}", made.proposal);
    let mut of_milo = house.enter(&milo).await;
    let seen = of_milo.get(&page).await;
    seen.says("Tell us that you are in.").hides("name=\"amount\"").says("It came");
    of_milo.post(&format!("/promises/{}/confirm", made.id), &[]).await.leads_to(&page);
    of_milo.get("/me").await.says("You said it came.");
    of_milo.post(&format!("/proposals/{}/promise", made.proposal), &[]).await.is(303);
    of_milo.get(&page).await.says("We count on you.");
}

#[tokio::test]
async fn a_promise_on_what_one_may_not_see_is_not_there() {
    let house = House::open().await;
    let (milo, ines) = (house.member("Milo").await, house.member("Ines").await);
    let ida = house.steward("Ida").await;
    let delicate = Draft { title: "Delicate".into(), audience: "shift".into(), ..Draft::default() };
    let made = promise(&house, &ida, &delicate).await;
    for step in ["release", "confirm"] {
        let path = format!("/promises/{}/{step}", made.id);
        house.enter(&milo).await.post(&path, &[]).await.is(404);
    }
    house.enter(&ines).await.post("/promises/0123456789ABC/release", &[]).await.is(404);
    house.enter(&ines).await.post("/promises/x/release", &[]).await.is(404);
    let path = format!("/proposals/{}/promise", made.proposal);
    house.enter(&ines).await.post(&path, &[]).await.is(404);
}

#[tokio::test]
async fn replies_are_for_members() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let id = house.ask(&rosa, "Warm blankets").await.id;
    house.reply(id, "<p>There are some in the attic.</p>").await;
    let page = format!("/@ring/{id}");
    let seen = house.enter(&rosa).await.get(&page).await;
    seen.says("<p>There are some in the attic.</p>").says("@mill@mill.example");
    house.stranger().get(&page).await.hides("attic").hides("Conversation");
}

#[tokio::test]
async fn what_came_leads_to_what_it_answered() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let need = house.ask(&rosa, "Warm blankets").await.id;
    let made = make_promise(&house.app, &milo, need, None, "").await.unwrap();
    let confirm = format!("/promises/{}/confirm", made.id);
    house.enter(&milo).await.post(&confirm, &[]).await.is(303);
    house.enter(&rosa).await.post(&confirm, &[]).await.is(303);
    let list = move |conn: &mut mutuals::db::Conn| mutuals::db::fulfilments::list_latest(conn, 1);
    let came = house.app.db.read(list).await.unwrap().remove(0);
    let mut stranger = house.stranger();
    stranger.get(&format!("/@ring/{}", came.id)).await.leads_to(&format!("/@ring/{need}"));
    house.enter(&rosa).await.post(&format!("/proposals/{need}/withdraw"), &[]).await.is(303);
    stranger.get(&format!("/@ring/{}", came.id)).await.is(410);
}

/// The id of the first promise that can be released or confirmed on a page.
fn seen_promise(html: &str) -> String {
    let (_, rest) = html.split_once("action=\"/promises/").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_written_to_the_collective_alone_is_for_the_author_and_the_stewards() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let ida = house.steward("Ida").await;
    let id = house.ask(&rosa, "Warm blankets").await.id;
    house.reply_to(id, "<p>Ring me at night.</p>", false).await;
    let page = format!("/@ring/{id}");
    for member in [&rosa, &ida] {
        let mut browser = house.enter(member).await;
        browser.get(&page).await.says("Ring me at night.").says("Written to us alone");
    }
    house.enter(&milo).await.get(&page).await.hides("Ring me at night.");
    house.stranger().get(&page).await.hides("Ring me at night.");
}
