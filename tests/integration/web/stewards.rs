//! Looking after the house.

use mutuals::actions::block::{block, unblock};
use mutuals::db::reports::{self, Report};

use super::house::{House, mill};

#[tokio::test]
async fn a_steward_lets_somebody_in() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let mut browser = house.enter(&ida).await;
    let made = browser.post("/steward/members", &[("name", "Noor")]).await;
    made.is(200).says("A link for Noor").says("http://ring.example/sign-in/");
    let (_, link) = made.html.split_once("http://ring.example").unwrap();
    let link = link.split('<').next().unwrap().to_owned();
    house.stranger().get(&link).await.is(200).says("Hello, Noor");
    browser.get("/steward").await.is(200).says("Noor").hides(&link);
    let taken = browser.post("/steward/members", &[("name", "Noor"), ("steward", "yes")]).await;
    taken.is(422).says("already goes by that name").says("value=\"Noor\"").says("checked");
    browser.post("/steward/members", &[("name", " ")]).await.is(422).says("Give a name");
    let again = browser.post(&format!("/steward/members/{}/link", ida.id), &[]).await;
    again.is(200).says("A link for Ida");
    browser.post("/steward/members/0123456789ABC/link", &[]).await.is(404);
}

#[tokio::test]
async fn a_steward_follows_another_collective() {
    let house = House::open().await;
    let mut browser = house.enter(&house.steward("Ida").await).await;
    browser.get("/steward").await.says("None yet.").says("Everything has arrived.");
    let wrong = browser.post("/steward/following", &[("address", "@nobody@there")]).await;
    wrong.is(422).says("We found no collective").says("value=\"@nobody@there\"");
    browser.post("/steward/following", &[("address", "")]).await.is(422).says("Give an address");
    let right = [("address", " @mill@mill.example ")];
    browser.post("/steward/following", &right).await.leads_to("/steward");
    let seen = browser.get("/steward").await;
    seen.says("We asked Mill Lane.")
        .says("asked, waiting for their yes")
        .says("@mill@mill.example");
    house.neighbours("Jam jars").await;
    browser.get("/board").await.says("Jam jars");
    browser.post("/steward/following", &right).await.is(422).says("We follow them already.");
    let page = browser.get("/steward").await.html;
    let (_, rest) = page.split_once("/steward/following/").unwrap();
    let id = rest.split('/').next().unwrap().to_owned();
    let remove = format!("/steward/following/{id}/remove");
    browser.post(&remove, &[]).await.leads_to("/steward");
    browser.get("/steward").await.says("We no longer follow Mill Lane.").says("None yet.");
    browser.get("/board").await.hides("Jam jars");
    browser.post(&remove, &[]).await.is(404);
}

#[tokio::test]
async fn inb_22_a_steward_reads_reports_that_say_nothing_of_who_reported() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let need = house.ask(&ida, "Warm <b>blankets</b>").await;
    let mut browser = house.enter(&ida).await;
    browser.get("/steward").await.hides("Reports from other servers");
    let urls = house.app.collective.urls();
    let report = Report {
        id: "one".into(),
        host: "mill.example".into(),
        comment: "<script>alert(1)</script> is this so?".into(),
        objects: vec![urls.proposal(need.id).into(), urls.actor().into(), urls.join("x").into()],
        received_at: house.app.now(),
    };
    house.app.db.write(move |conn| reports::insert(conn, &report)).await.unwrap();
    let seen = browser.get("/steward").await;
    seen.says("Reports from other servers").says("mill.example").says("is this so?");
    seen.says("Warm &#60;b&#62;blankets").says("/x<").hides("<script>alert");
    house.stranger().get("/steward").await.is(303);
}

#[tokio::test]
async fn inb_19_what_those_whom_we_block_need_is_not_shown() {
    let house = House::open().await;
    let mut browser = house.enter(&house.steward("Ida").await).await;
    let jars = house.neighbours("Jam jars").await;
    let page = format!("/neighbours/{}", jars.id);
    browser.get("/board").await.says("Jam jars");
    browser.get(&page).await.is(200).says("Jam jars");
    for subject in ["mill.example", mill(&house.app).url.as_str()] {
        block(&house.app, subject, "").await.unwrap();
        browser.get("/board").await.hides("Jam jars");
        browser.get("/").await.hides("Jam jars");
        browser.get(&page).await.is(404);
        unblock(&house.app, subject).await.unwrap();
        browser.get("/board").await.says("Jam jars");
    }
}

#[tokio::test]
async fn only_a_steward_looks_after_the_house() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let link = format!("/steward/members/{}/link", rosa.id);
    let paths = ["/steward/members", &link, "/steward/following", "/steward/following/x/remove"];
    for path in paths {
        browser.post(path, &[("name", "Noor"), ("address", "@mill@mill.example")]).await.is(403);
        house.stranger().post(path, &[]).await.is(303);
    }
    browser.get("/me").await.hides("href=\"/steward\"");
}

#[tokio::test]
async fn a_steward_sees_what_waits_and_what_was_said() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let id = house.ask(&ida, "Warm blankets").await.id;
    house.reply(id, "<p>In the <b>attic</b></p>").await;
    let mut browser = house.enter(&ida).await;
    let seen = browser.get("/steward").await;
    seen.says("In the attic").says("To: Warm blankets").says(&format!("href=\"/@ring/{id}\""));
}
