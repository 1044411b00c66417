//! Measures about members, and the log: what the member sees, what stewards do, what all may read.

use jiff::SignedDuration;
use mutuals::actions::block::block_as;
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::proposal::Purpose;
use mutuals::jobs::housekeeping;

use super::house::{Browser, House, blankets};

const CLAUSE: &str = "Nobody counts who gave what.";

/// The id in the first address of a form that does `step` to a measure.
fn measure_in(html: &str, step: &str) -> String {
    let before = html.split(&format!("/{step}\"")).next().unwrap();
    before.rsplit("/measures/").next().unwrap().to_owned()
}

async fn freeze(browser: &mut Browser, about: &Member) {
    let path = format!("/members/{}/measure", about.id);
    let fields =
        [("kind", "freeze"), ("clause", CLAUSE), ("reason", "He locked the yard"), ("days", "30")];
    browser.post(&path, &fields).await.leads_to("/steward/measures");
}

#[tokio::test]
async fn a_steward_takes_a_measure_and_the_member_reads_what_why_and_who() {
    let house = House::open().await;
    let (ida, kofi) = (house.steward("Ida").await, house.member("Kofi Mensah").await);
    let mut of_ida = house.enter(&ida).await;
    let path = format!("/members/{}/measure", kofi.id);
    of_ida.get(&format!("/members/{}", kofi.id)).await.says(&path);
    of_ida.get(&format!("/members/{}", ida.id)).await.hides("/measure\"");
    of_ida.get(&path).await.is(200).says(CLAUSE).says("Talk to Kofi Mensah first");
    let wish = |clause, days| {
        [("kind", "freeze"), ("clause", clause), ("reason", "He locked <b>it</b>"), ("days", days)]
    };
    let wrong = of_ida.post(&path, &wish("Be nice", "30")).await;
    wrong.is(422).says("That is no line of what we owe each other").says("He locked");
    of_ida.post(&path, &wish(CLAUSE, "400")).await.is(422).says("from 1 to 90");
    of_ida.post(&path, &wish(CLAUSE, "30")).await.leads_to("/steward/measures");
    of_ida
        .get("/steward/measures")
        .await
        .says("It needs a second steward within seven days")
        .says("Kofi Mensah: A freeze")
        .hides("Confirm it only if");

    let mut of_kofi = house.enter(&kofi).await;
    let page = of_kofi.get("/me").await;
    page.says("A freeze").says(CLAUSE).says("By Ida").says("unless a second steward confirms it");
    page.says("asking for help").hides("<b>it</b>");
    of_kofi.get("/me").await.says("Is this not right?");
    let promise = house.ask(&ida, "Chairs").await;
    let tried = of_kofi.post(&format!("/proposals/{}/promise", promise.id), &[]).await;
    tried.is(422).says("A freeze stands.");
    let asks = [("title", "Insulin"), ("do", "publish"), ("audience", "public")];
    of_kofi.post("/needs/new", &asks).await.is(303);
    of_kofi.get("/notices").await.says("/me");
}

#[tokio::test]
async fn the_appeal_is_decided_by_somebody_who_did_not_act() {
    let house = House::open().await;
    let (ida, tove, ana) =
        (house.steward("Ida").await, house.steward("Tove").await, house.steward("Ana").await);
    let kofi = house.member("Kofi Mensah").await;
    let (mut of_ida, mut of_tove) = (house.enter(&ida).await, house.enter(&tove).await);
    let (mut of_ana, mut of_kofi) = (house.enter(&ana).await, house.enter(&kofi).await);
    freeze(&mut of_ida, &kofi).await;
    of_tove.get("/steward").await.says("One measure waits for you");
    of_ida.get("/steward").await.hides("measure waits for you");
    let id = measure_in(&of_tove.get("/steward/measures").await.html, "confirm");
    of_ida.post(&format!("/measures/{id}/confirm"), &[]).await.is(422);
    of_tove.post(&format!("/measures/{id}/confirm"), &[]).await.leads_to("/steward/measures");
    of_kofi.get("/me").await.says("Tove confirmed it.");

    let path = format!("/measures/{id}/appeal");
    let words = [("words", "It was not me, ask Rosa")];
    of_ana.post(&path, &words).await.is(404);
    of_kofi.post(&path, &words).await.leads_to("/me");
    of_kofi.get("/me").await.says("It was not me, ask Rosa").hides("Is this not right?");
    of_ida
        .get("/steward/measures")
        .await
        .says("The appeal is for stewards who did not act")
        .hides("Let it stand");
    let decide = format!("/measures/{id}/decide");
    let lift = [("because", "It was the wind"), ("decision", "lift")];
    of_tove.post(&decide, &lift).await.is(422);
    of_ana.get("/steward/measures").await.says("Let it stand").says("ask Rosa");
    of_ana.post(&decide, &lift).await.leads_to("/steward/measures");
    of_kofi.get("/me").await.says("Ana looked at it again: it is lifted").says("It was the wind");
    of_ana.get("/steward/measures").await.says("No measure stands.");
    let offer = Draft { title: "A ladder".into(), ..blankets() };
    house.post(&kofi, Purpose::Offer, offer).await;
}

#[tokio::test]
async fn the_log_is_for_all_members_and_names_nobody_a_measure_is_about() {
    let house = House::open().await;
    let (ida, kofi) = (house.steward("Ida").await, house.member("Kofi Mensah").await);
    let rosa = house.member("Rosa").await;
    let (mut of_ida, mut of_rosa) = (house.enter(&ida).await, house.enter(&rosa).await);
    of_rosa.get("/log").await.says("Nothing yet.");
    freeze(&mut of_ida, &kofi).await;
    let appeal = measure_in(&house.enter(&kofi).await.get("/me").await.html, "appeal");
    let mut of_kofi = house.enter(&kofi).await;
    of_kofi.post(&format!("/measures/{appeal}/appeal"), &[("words", "No")]).await.leads_to("/me");
    block_as(&house.app, Some(ida.id), "https://evil.test/@eve", "noise").await.unwrap();

    let page = of_rosa.get("/log").await;
    page.is(200).says("A freeze").says("a member").says("Ida").says(CLAUSE);
    page.hides("Kofi").hides("He locked");
    page.says("evil.test").hides("@eve").says("noise");
    let main = page.main().split("</main>").next().unwrap();
    assert!(!main.contains("<form"), "nothing can be changed there: {main}");
    let page = of_ida.get("/log").await;
    page.says("Kofi Mensah").says("@eve").hides("He locked");
    of_kofi.get("/log").await.is(200);
    of_rosa.post("/log", &[]).await.is(404);

    // Once they are gone, so is who it was.
    mutuals::actions::leave::leave(&house.app, &kofi).await.unwrap();
    house.app.clock.advance(SignedDuration::from_hours(15 * 24));
    housekeeping::run(&house.app).await.unwrap();
    of_ida.get("/log").await.says("someone who left").hides("Kofi");
}

#[tokio::test]
async fn a_long_log_has_pages() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    for number in 0..60 {
        let host = format!("host{number}end.test");
        block_as(&house.app, Some(ida.id), &host, "").await.unwrap();
    }
    let mut browser = house.enter(&rosa).await;
    let first = browser.get("/log").await;
    first.says("host59end").says("host10end").hides("host9end");
    let older = first.html.split("href=\"/log?").nth(1).unwrap().split('"').next().unwrap();
    browser.get(&format!("/log?{older}")).await.says("host9end").says("host0end").hides("Older");
    browser.get("/log?before=nonsense").await.is(200).says("host59end");
}
