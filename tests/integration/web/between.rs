//! Promises between collectives, as their members see and make them.

use mutuals::db::{Conn, actors, neighbour_proposals};
use mutuals::domain::member::Member;
use mutuals::domain::proposal::Proposal;

use super::house::{Browser, House, Seen};
use crate::agreements::{Neighbours, promise, theirs};

/// Rosa of Ring, who is no steward, asks for 40 blankets.
async fn asked(all: &Neighbours) -> (Member, Proposal) {
    let rosa = all.ring.member("Rosa").await;
    let need = all.ring.need(&rosa, "Warm blankets", "40").await;
    all.work().await;
    (rosa, need)
}

/// What stands between two texts on a page, the first time.
#[track_caller]
fn cut(seen: &Seen, before: &str, after: &str) -> String {
    let found = seen.html.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    found.unwrap_or_else(|| panic!("{before:?} is not in\n{}", seen.main())).0.to_owned()
}

fn path_of(need: &Proposal) -> String {
    format!("/@ring/{}", need.id)
}

#[tokio::test]
async fn a_steward_promises_in_the_name_of_all_and_the_author_says_yes() {
    let all = Neighbours::start().await;
    let (rosa, need) = asked(&all).await;
    let at_mill = format!("/neighbours/{}", theirs(&all.mill, &need).await.id);
    let make = format!("{at_mill}/promise");

    let mut of_omar = Browser::enter(&all.mill.app, &all.omar).await;
    let seen = of_omar.get(&at_mill).await;
    seen.says("Promise some of it in our name").says("value=\"40\"").says("name=\"reserve\"");
    let wrong = [("amount", "many"), ("reserve", "yes"), ("note", "By cart")];
    let seen = of_omar.post(&make, &wrong).await;
    seen.is(422).says("as a number").says("value=\"many\"").says("checked").says("By cart");
    let noor = all.mill.member("Noor").await;
    let mut of_noor = Browser::enter(&all.mill.app, &noor).await;
    of_noor.get(&at_mill).await.is(200).hides(&make);
    of_noor.post(&make, &[("amount", "25")]).await.is(403);
    Browser::at(&all.mill.app).post(&make, &[("amount", "25")]).await.is(303);
    of_noor.get("/promises").await.is(200).says("Nothing at the moment.");

    of_omar.post(&make, &[("amount", "25"), ("note", "By cart")]).await.leads_to(&at_mill);
    let waits = "asked, waiting for their yes";
    of_omar.get(&at_mill).await.says("It counts once they say yes.").says(waits);
    of_noor.get(&at_mill).await.says(waits);
    Browser::at(&all.mill.app).get(&at_mill).await.hides(waits).hides("What we promised");
    let seen = of_noor.get("/promises").await;
    seen.says("ring collective: 25").says(waits).says("By cart").hides("/release");
    all.work().await;

    answer(&all, &rosa, &need).await;
    of_noor.get("/promises").await.hides(waits).says("<span class=\"state\">promised</span>");
}

/// What waits is for the author and the stewards to answer; then everybody sees which collective
/// promised, and members what it said.
async fn answer(all: &Neighbours, rosa: &Member, need: &Proposal) {
    let (ring, page) = (&all.ring.app, path_of(need));
    let ana = all.ring.member("Ana").await;
    let mut of_ana = Browser::enter(ring, &ana).await;
    of_ana.get(&page).await.hides("Waiting for your answer").hides("By cart");
    of_ana.get("/promises").await.says("mill collective: 25").says(&format!("{page}#waiting"));
    let mut of_tove = Browser::enter(ring, &all.tove).await;
    of_tove.get("/steward").await.says("1 promise waits for our answer.");
    of_tove.get(&page).await.says("Waiting for your answer");
    let mut stranger = Browser::at(ring);
    stranger.get(&page).await.hides("mill collective").hides("By cart");
    stranger.get("/promises").await.leads_to("/sign-in?return=%2Fpromises");

    let mut of_rosa = Browser::enter(ring, rosa).await;
    of_rosa.get("/me").await.says("Say yes?").says(&format!("{page}#waiting"));
    let seen = of_rosa.get(&page).await;
    seen.says("mill collective: 25").says("By cart").says("Yes, please").says("value=\"25\"");
    let id = cut(&seen, "/promises/incoming/", "/");
    let accept = format!("/promises/incoming/{id}/accept");
    for step in ["accept", "counter", "decline"] {
        let path = format!("/promises/incoming/{id}/{step}");
        of_ana.post(&path, &[("amount", "1")]).await.is(403);
        stranger.post(&path, &[]).await.leads_to("/sign-in?return=%2Fpromises");
    }
    of_rosa.post("/promises/incoming/0123456789ABC/accept", &[]).await.is(404);
    of_rosa.post(&accept, &[]).await.leads_to(&page);
    of_rosa.get(&page).await.says("Yes said.").hides("Waiting for your answer");
    of_rosa.post(&accept, &[]).await.is(422).says("has its answer already").says(&page);
    of_ana.get(&page).await.says("mill collective: 25").says("By cart");
    stranger.get(&page).await.says("mill collective: 25").hides("By cart");
    all.work().await;
}

#[tokio::test]
async fn what_is_more_than_open_is_asked_for_in_part_and_taken_with_one_press() {
    let all = Neighbours::start().await;
    let (rosa, need) = asked(&all).await;
    all.agreed(&need, "25").await;
    promise(&all.harbour, &all.ines, &need, "20").await;
    all.work().await;
    let page = path_of(&need);
    let mut of_rosa = Browser::enter(&all.ring.app, &rosa).await;
    let seen = of_rosa.get(&page).await;
    seen.says("15 will count now, and 5 will wait in reserve").says("value=\"15\"");
    let counter = format!("/promises/incoming/{}/counter", cut(&seen, "/incoming/", "/"));
    let wrong = of_rosa.post(&counter, &[("amount", "some")]).await;
    wrong.is(422).says("as a number").says("value=\"some\"").says("<details open>");
    of_rosa.post(&counter, &[("amount", "21")]).await.is(422).says("no more than was promised");
    of_rosa.post(&counter, &[]).await.is(422);
    of_rosa.post(&counter, &[("amount", "15")]).await.leads_to(&page);
    of_rosa.get(&page).await.says("We asked harbour collective for what fits.");
    all.work().await;

    let mut of_ines = Browser::enter(&all.harbour.app, &all.ines).await;
    let seen = of_ines.get("/promises").await;
    seen.says("They would rather have 15 now and 5 in reserve.").says("Not all of it is needed");
    let take = format!("/promises/outgoing/{}/take", cut(&seen, "/outgoing/", "/"));
    let noor = all.harbour.member("Noor").await;
    let mut of_noor = Browser::enter(&all.harbour.app, &noor).await;
    of_noor.get("/promises").await.says("They would rather have 15").hides("Take that");
    of_noor.post(&take, &[]).await.is(403);
    Browser::at(&all.harbour.app).post(&take, &[]).await.leads_to("/sign-in?return=%2Fpromises");
    of_ines.post(&take, &[]).await.leads_to("/promises");
    of_ines.post(&take, &[]).await.is(422).says("or you took it before");
    all.work().await;
    let seen = of_ines.get("/promises").await;
    seen.says("ring collective: 15").says("ring collective: 5").hides("Take that");
    seen.says("<span class=\"state\">in reserve</span>");
    Browser::at(&all.ring.app).get(&page).await.says("harbour collective: 5");
}

#[tokio::test]
async fn a_no_is_said_in_words() {
    let all = Neighbours::start().await;
    let (rosa, need) = asked(&all).await;
    promise(&all.mill, &all.omar, &need, "25").await;
    all.work().await;
    let page = path_of(&need);
    let mut of_rosa = Browser::enter(&all.ring.app, &rosa).await;
    let id = cut(&of_rosa.get(&page).await, "/promises/incoming/", "/");
    of_rosa.post(&format!("/promises/incoming/{id}/decline"), &[]).await.leads_to(&page);
    of_rosa.get(&page).await.says("said. mill collective hears of it.").hides("/incoming/");
    all.work().await;
    let mut of_omar = Browser::enter(&all.mill.app, &all.omar).await;
    let seen = of_omar.get("/promises").await;
    seen.says("they said no, thank you").says("We cannot take it this time.").hides("/outgoing/");
}

#[tokio::test]
async fn both_count_and_both_may_correct_their_own() {
    let all = Neighbours::start().await;
    let (rosa, need) = asked(&all).await;
    all.agreed(&need, "15").await;
    let page = path_of(&need);
    let mut of_omar = Browser::enter(&all.mill.app, &all.omar).await;
    let seen = of_omar.get("/promises").await;
    let confirm = format!("/promises/outgoing/{}/confirm", cut(&seen, "/outgoing/", "/"));
    let noor = all.mill.member("Noor").await;
    Browser::enter(&all.mill.app, &noor).await.post(&confirm, &[]).await.is(403);
    let wrong = [("amount", "x"), ("note", "All on the cart")];
    let seen = of_omar.post(&confirm, &wrong).await;
    seen.is(422).says("as a number").says("value=\"x\"").says("All on the cart");
    let too_early = of_omar.post(&confirm, &[("correct", "yes"), ("amount", "9")]).await;
    too_early.is(422).says("no count of yours to correct");
    of_omar.post(&confirm, &[("amount", "16")]).await.leads_to("/promises");
    let correct = [("correct", "yes"), ("amount", "15"), ("note", "One was ours")];
    let wrong = [("correct", "yes"), ("amount", "99"), ("note", "One was ours")];
    let seen = of_omar.get("/promises").await;
    seen.says("ring collective hears our count").says("16 by our count").says("Correct my count");
    of_omar.post(&confirm, &wrong).await.is(422).says("a finger slip").says("value=\"99\"");
    of_omar.post(&confirm, &correct).await.leads_to("/promises");
    of_omar.get("/promises").await.says("Corrected.").says("15 by our count");
    all.work().await;

    let mut of_rosa = Browser::enter(&all.ring.app, &rosa).await;
    let seen = of_rosa.get(&page).await;
    seen.says("15 by their count").says("One was ours").hides("Correct my count");
    seen.hides("By our count this came");
    let confirm = format!("/promises/{}/confirm", cut(&seen, "action=\"/promises/", "/"));
    of_rosa.post(&confirm, &[("amount", "13")]).await.leads_to(&page);
    of_rosa.get(&page).await.says("13 by our count, 15 by theirs.");
    let seen = of_rosa.post(&confirm, &[("correct", "yes"), ("amount", "?")]).await;
    seen.is(422).says("as a number").says("value=\"?\"");
    let thanks = [("correct", "yes"), ("amount", "14"), ("note", "All warm now!")];
    of_rosa.post(&confirm, &thanks).await.leads_to(&page);
    of_rosa.get(&page).await.says("14 by our count, 15 by theirs.").says("Corrected.");
    Browser::at(&all.ring.app).get(&page).await.hides("by our count").hides("One was ours");
    all.work().await;
    let seen = of_omar.get("/promises").await;
    seen.says("15 by our count, 14 by theirs.").says("<span class=\"state\">came</span>");
    seen.says("All warm now!").hides("By our count this came");
}

#[tokio::test]
async fn a_part_is_let_go_or_all_of_it() {
    let all = Neighbours::start().await;
    let (_, need) = asked(&all).await;
    all.agreed(&need, "25").await;
    let mut of_omar = Browser::enter(&all.mill.app, &all.omar).await;
    let seen = of_omar.get("/promises").await;
    let release = format!("/promises/outgoing/{}/release", cut(&seen, "/outgoing/", "/"));
    let noor = all.mill.member("Noor").await;
    Browser::enter(&all.mill.app, &noor).await.post(&release, &[]).await.is(403);
    for (typed, why) in [("none", "as a number"), ("26", "more than is still to come")] {
        let seen = of_omar.post(&release, &[("amount", typed)]).await;
        seen.is(422).says(why).says(&format!("value=\"{typed}\"")).says("<details open>");
    }
    of_omar.post(&release, &[("amount", "10")]).await.leads_to("/promises");
    of_omar.get("/promises").await.says("ring collective: 15").says("Thank you for saying so");
    all.work().await;
    let page = path_of(&need);
    Browser::at(&all.ring.app).get(&page).await.says("mill collective: 15");
    of_omar.post(&release, &[]).await.leads_to("/promises");
    let seen = of_omar.get("/promises").await;
    seen.says("What is behind us").says("we let go").hides("/outgoing/");
    all.work().await;
    Browser::at(&all.ring.app).get(&page).await.hides("mill collective");
}

#[tokio::test]
async fn a_steward_lets_go_of_what_a_neighbour_promised() {
    let all = Neighbours::start().await;
    let (rosa, need) = asked(&all).await;
    all.agreed(&need, "25").await;
    let page = path_of(&need);
    let mut of_tove = Browser::enter(&all.ring.app, &all.tove).await;
    let seen = of_tove.get(&page).await;
    seen.says("They told you that it will not come?")
        .says("Let go of the promise: mill collective");
    let release = format!("/promises/{}/release", cut(&seen, "action=\"/promises/", "/"));
    let mut of_rosa = Browser::enter(&all.ring.app, &rosa).await;
    of_rosa.get(&page).await.hides(&release);
    of_tove.post(&release, &[]).await.leads_to(&page);
    of_tove.get(&page).await.hides("mill collective: 25");
    all.work().await;
    let mut of_omar = Browser::enter(&all.mill.app, &all.omar).await;
    of_omar.get("/promises").await.says("no longer needed");
}

#[tokio::test]
async fn a_person_elsewhere_is_named_to_members_only() {
    let all = Neighbours::start().await;
    let (rosa, need) = asked(&all).await;
    all.agreed(&need, "25").await;
    let address = all.mill.app.collective.address().to_string();
    let become_person = move |conn: &mut Conn| {
        let mut mill = actors::find_by_address(conn, &address)?.unwrap();
        mill.kind = "Person".into();
        actors::upsert(conn, &mill)
    };
    all.ring.app.db.write(become_person).await.unwrap();
    let page = path_of(&need);
    let mut of_rosa = Browser::enter(&all.ring.app, &rosa).await;
    of_rosa.get(&page).await.says("mill collective: 25");
    let seen = Browser::at(&all.ring.app).get(&page).await;
    seen.says("a neighbour: 25").hides("mill collective");
}

#[tokio::test]
async fn nothing_is_promised_to_trade_or_to_what_is_over() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let mut of_ida = house.enter(&ida).await;
    let mut jars = house.neighbours("Jam jars").await;
    let page = format!("/neighbours/{}", jars.id);
    let make = format!("{page}/promise");
    of_ida.get(&page).await.says("Promise some of it").says("value=\"6\"").hides("Outside trade");
    of_ida.post(&make, &[("amount", "1")]).await.is(422).says("smallest").says("value=\"1\"");
    jars.asks_return = true;
    let trade = jars.clone();
    house.app.db.write(move |conn| neighbour_proposals::upsert(conn, &trade)).await.unwrap();
    of_ida.get(&page).await.says("Outside trade").hides(&make);
    house.stranger().get(&page).await.says("They ask for something in return.");
    of_ida.post(&make, &[("amount", "3")]).await.is(422).says("That is trade").says(&page);
    (jars.asks_return, jars.finished) = (false, true);
    house.app.db.write(move |conn| neighbour_proposals::upsert(conn, &jars)).await.unwrap();
    of_ida.get(&page).await.hides(&make);
    of_ida.post(&make, &[("amount", "3")]).await.is(422).says("look for no more answers");
    of_ida.get("/promises").await.says("Nothing at the moment.");
}

#[tokio::test]
async fn one_can_correct_a_count_of_a_promise_in_the_house() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let need = house.ask(&rosa, "Warm blankets").await;
    let page = format!("/@ring/{}", need.id);
    let mut of_milo = house.enter(&milo).await;
    let make = format!("/proposals/{}/promise", need.id);
    of_milo.post(&make, &[("amount", "12")]).await.is(303);
    let id = cut(&of_milo.get(&page).await, "action=\"/promises/", "/");
    let confirm = format!("/promises/{id}/confirm");
    of_milo.post(&confirm, &[("amount", "12")]).await.is(303);
    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.get(&page).await.hides("Correct my count");
    of_rosa.post(&confirm, &[("amount", "10")]).await.is(303);
    of_rosa.get(&page).await.says("Correct my count").says("value=\"10\"");
    of_rosa.post(&confirm, &[("amount", "11"), ("correct", "yes")]).await.leads_to(&page);
    let seen = of_rosa.get(&page).await;
    seen.says("11 to 12 of 20 came").says("<p>11 to 12 came</p>").says("Corrected.");
    house.stranger().get("/").await.says("11 to 12 came");
    let seen = house.enter(&house.member("Ines").await).await.get(&page).await;
    seen.hides("Correct my count");
}
