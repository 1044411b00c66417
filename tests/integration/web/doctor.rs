//! The stewards' page about what could be wrong.

use super::house::House;

const PAGE: &str = "/steward/doctor";

#[tokio::test]
async fn stewards_see_what_is_wrong_and_what_to_do_in_their_language() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let mut browser = house.enter(&ida).await;
    browser.get("/steward").await.says("href=\"/steward/doctor\"");
    // Nothing is looked at before somebody asks.
    browser.get(PAGE).await.is(200).says("Look now").hides("thing is wrong").hides("mill.example");
    let seen = browser.post(PAGE, &[]).await;
    seen.is(200).says("One thing is wrong.").says("As the world sees us").says("Look again");
    seen.says("Requests arrive for app:8080 instead of ring.example");
    seen.says("Let the proxy pass on the Host header").says("outside.host");
    // What hosts are called is theirs to choose.
    seen.says("mill.example &#60;b&#62;").hides("<b>");
    seen.says("What is well, and what was not looked at").says("The data folder can be written.");
    assert_eq!(seen.headers["cache-control"], "no-store");
    browser.language = Some("es");
    browser.post(PAGE, &[]).await.says("Una cosa está mal.").says("Como nos ve el mundo");
}

#[tokio::test]
async fn others_are_not_told_what_is_wrong() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    browser.get(PAGE).await.is(403);
    browser.post(PAGE, &[]).await.is(403).hides("app:8080");
}
