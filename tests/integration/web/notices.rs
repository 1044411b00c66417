//! The page of what is new, and how somebody chooses to hear of it elsewhere.

use mutuals::actions::make_promise::make_promise;
use mutuals::db::{Conn, member_handles, telling};
use mutuals::domain::draft::Draft;
use mutuals::domain::notice::Kind;
use mutuals::domain::proposal::Purpose;
use mutuals::domain::telling::Way;

use super::house::{Browser, House, blankets};
use crate::sink::Sink;
use crate::testapp::{TestApp, config};

#[tokio::test]
async fn what_is_new_is_seen_and_then_it_is_not_new_any_more() {
    let house = House::open().await;
    let (tove, kofi) = (house.member("Tove").await, house.member("Kofi").await);
    let need = house.ask(&tove, "Warm blankets").await;
    let mut browser = house.enter(&tove).await;
    browser.get("/board").await.hides("1 new");
    browser.get("/notices").await.is(200).says("Nothing is new.");
    make_promise(&house.app, &kofi, need.id, None, "").await.unwrap();
    browser.get("/board").await.says("1 new");
    let page = format!("/@ring/{}", need.id);
    browser
        .get("/notices")
        .await
        .says("Somebody made a promise.")
        .says("Warm blankets")
        .says(&page);
    let mut other = house.enter(&kofi).await;
    other.get("/notices").await.hides("Somebody made a promise.");

    let which = [("kind", "promise_made"), ("subject", page.as_str())];
    other.post("/notices/open", &which).await.is(404);
    browser.get("/board").await.says("1 new");
    browser.post("/notices/open", &which).await.leads_to(&page);
    browser.get("/board").await.hides("1 new");
    browser.get("/notices").await.says("Somebody made a promise.").hides("I have seen all of it");
    let elsewhere = [("kind", "promise_made"), ("subject", "//evil.test/")];
    browser.post("/notices/open", &elsewhere).await.is(404);
}

#[tokio::test]
async fn everything_is_seen_at_once_in_every_language() {
    let house = House::open().await;
    let (tove, kofi) = (house.member("Tove").await, house.member("Kofi").await);
    let quiet = Draft { audience: "members".into(), title: "Insulin".into(), ..blankets() };
    for draft in [blankets(), quiet] {
        let need = house.post(&tove, Purpose::Need, draft).await;
        make_promise(&house.app, &kofi, need.id, None, "").await.unwrap();
    }
    let mut browser = house.enter(&tove).await;
    browser.language = Some("es");
    browser
        .get("/notices")
        .await
        .says("2 nuevas")
        .says("Insulin")
        .says("Alguien hizo una promesa.");
    browser.post("/notices/read", &[]).await.leads_to("/notices");
    browser.get("/notices").await.says("Todo queda marcado como visto.").hides("2 nuevas");
}

#[tokio::test]
async fn how_one_hears_is_chosen_and_kept() {
    let sink = Sink::start().await;
    let ring = TestApp::start_as("ring", sink.configure(config())).await;
    let tove = ring.member("Tove").await;
    let mut browser = Browser::enter(&ring.app, &tove).await;
    let page = browser.get("/me/notices").await;
    page.is(200).says("22:00").says("By mail I want to hear");
    page.hides("In my thread I want to hear").hides("A message waits");

    let times = [("pace", "daily"), ("quiet_from", "21"), ("quiet_until", "9")];
    let kept = [&times[..], &[("mail", "reply"), ("mail", "came"), ("mail", "joined")]].concat();
    browser.post("/me/notices", &kept).await.leads_to("/me/notices");
    let id = tove.id;
    let read =
        move |conn: &mut Conn| Ok((telling::find(conn, id)?, telling::list_mutes(conn, id)?));
    let (settings, mutes) = ring.app.db.read(read).await.unwrap();
    assert!(settings.timing.is_daily && settings.timing.quiet_until == 9, "{settings:?}");
    assert!(mutes.contains(&(Kind::PromiseMade, Way::Mail)), "{mutes:?}");
    assert!(
        !mutes.contains(&(Kind::Reply, Way::Mail)) && !mutes.contains(&(Kind::Joined, Way::Mail))
    );
    for wrong in ["24", "-1", "noon", ""] {
        let typed = [("pace", "daily"), ("quiet_from", wrong), ("quiet_until", "9")];
        browser.post("/me/notices", &typed).await.is(422).says("An hour is a number");
    }
    let thread = move |conn: &mut Conn| member_handles::find_thread(conn, id);
    assert_eq!(ring.app.db.read(thread).await.unwrap(), None);

    let smuggled = [("email", "a@b.example\r\nBcc: c@d.example")];
    browser.post("/me/notices/email", &smuggled).await.is(422).says("This is no mail address.");
    let typed = [("email", "tove@mailbox.example")];
    browser.post("/me/notices/email", &typed).await.leads_to("/me/notices");
    browser.get("/me/notices").await.says("tove@mailbox.example").says("not confirmed yet");
    let token = sink.mails()[0].token("/mail/confirm/");
    let mut phone = Browser::at(&ring.app);
    let link = format!("/mail/confirm/{token}");
    let seen = phone.get(&link).await;
    seen.is(200).hides("tove@mailbox.example");
    assert_eq!(seen.headers["cache-control"], "no-store");
    phone.post(&link, &[]).await.leads_to("/");
    phone.get(&link).await.is(410);
    browser.get("/me/notices").await.hides("not confirmed yet");
    browser.post("/me/notices/email", &[("remove", "yes")]).await.leads_to("/me/notices");
    browser.get("/me/notices").await.hides("tove@mailbox.example");
}

#[tokio::test]
async fn the_address_of_a_calendar_is_shown_once() {
    let house = House::open().await;
    let tove = house.member("Tove").await;
    let mut browser = house.enter(&tove).await;
    browser.get("/me").await.says("/me/notices");
    browser.get("/me/notices").await.hides("/calendar/").hides("Mail address");
    let made = browser.post("/me/notices/calendar", &[]).await;
    made.is(200).says("/calendar/").says("Copy it now");
    let (_, rest) = made.html.split_once("http://ring.example/calendar/").unwrap();
    let name = rest.split('<').next().unwrap();
    browser.get("/me/notices").await.hides(name);
    let calendar = house.stranger().get(&format!("/calendar/{name}")).await;
    calendar.is(200).says("BEGIN:VCALENDAR");
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    browser.post("/me/notices/calendar", &[("remove", "yes")]).await.leads_to("/me/notices");
    house.stranger().get(&format!("/calendar/{name}")).await.is(404);
}

#[tokio::test]
async fn the_end_of_a_need_goes_into_the_calendar_of_whoever_can_see_it() {
    let house = House::open().await;
    let tove = house.member("Tove").await;
    let ends_at = Some("2026-08-22T23:00:00Z".parse().unwrap());
    let need = house.post(&tove, Purpose::Need, Draft { ends_at, ..blankets() }).await;
    let quiet = Draft { audience: "members".into(), ends_at, ..blankets() };
    let quiet = house.post(&tove, Purpose::Need, quiet).await;
    let endless = house.ask(&tove, "Chairs").await;
    let (mut stranger, mut member) = (house.stranger(), house.enter(&tove).await);
    let page = format!("/@ring/{}", need.id);
    stranger.get(&page).await.says(&format!("{page}.ics"));
    let calendar = stranger.get(&format!("{page}.ics")).await;
    calendar
        .is(200)
        .says("SUMMARY:Warm blankets")
        .says("DTSTART;VALUE=DATE:20260823")
        .hides("Tove");
    stranger.get(&format!("/@ring/{}.ics", quiet.id)).await.is(404);
    member.get(&format!("/@ring/{}.ics", quiet.id)).await.is(200);
    member.get(&format!("/@ring/{}.ics", endless.id)).await.is(404);
}
