//! Leaving: with what is one's own, and back within two weeks.

use std::io::{Cursor, Read as _};

use jiff::SignedDuration;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::members;
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::proposal::Purpose;
use mutuals::jobs::housekeeping;
use zip::ZipArchive;

use super::house::{Browser, House, blankets};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Two lives: Kofi asked, offered and promised; Rosa asked, and counted what Kofi brought.
async fn lives(house: &House) -> (Member, Member) {
    let (kofi, rosa) = (house.member("Kofi Mensah").await, house.member("Rosa").await);
    let need = house.ask(&rosa, "Warm blankets").await;
    let five = "5".parse().ok();
    let promise = make_promise(&house.app, &kofi, need.id, five, "By the blue door").await.unwrap();
    confirm_fulfilment(&house.app, &kofi, promise.id, five, "Left with Lea").await.unwrap();
    confirm_fulfilment(&house.app, &rosa, promise.id, five, "Rosa says thanks").await.unwrap();
    let quiet = Draft { audience: "members".into(), title: "Insulin".into(), ..blankets() };
    let among_us = house.post(&rosa, Purpose::Need, quiet).await;
    make_promise(&house.app, &kofi, among_us.id, five, "").await.unwrap();
    let own = Draft { title: "=cmd()".into(), text: "<b>Kofi</b> writes".into(), ..blankets() };
    house.post(&kofi, Purpose::Need, own).await;
    (kofi, rosa)
}

/// The files that somebody takes along, by name.
async fn take(browser: &mut Browser) -> Vec<(String, String)> {
    let seen = browser.get_bytes("/me/data.zip").await;
    let mut archive = ZipArchive::new(Cursor::new(seen)).unwrap();
    let read = |number: usize| {
        let mut file = archive.by_index(number).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().unwrap().into_owned(), text)
    };
    (0..5).map(read).collect()
}

#[tokio::test]
async fn everything_of_ones_own_goes_along_and_nothing_of_others() {
    let house = House::open().await;
    let (kofi, _) = lives(&house).await;
    let files = take(&mut house.enter(&kofi).await).await;
    let find = |name: &str| &files.iter().find(|(known, _)| known == name).unwrap().1;

    let page = find("index.html");
    assert!(page.contains("Kofi Mensah") && page.contains("By the blue door"), "{page}");
    assert!(page.contains("&#60;b&#62;Kofi") && !page.contains("<b>"), "htm_06: {page}");
    assert!(!page.contains("http"), "it loads nothing");
    let data: serde_json::Value = serde_json::from_str(find("data.json")).unwrap();
    assert_eq!(data["@context"], "https://www.w3.org/ns/activitystreams");
    assert_eq!(data["items"].as_array().unwrap().len(), 5);
    let mut table = csv::Reader::from_reader(find("needs-and-offers.csv").as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[0][2]), (1, "'=cmd()"), "htm_06");
    assert!(find("promises.csv").contains("Warm blankets,5"));
    assert!(find("promises.ics").starts_with("BEGIN:VCALENDAR"));
    for (name, text) in &files {
        assert!(!text.contains("Rosa") && !text.contains("Insulin"), "{name}: {text}");
    }
}

#[tokio::test]
async fn whoever_leaves_can_come_back_for_two_weeks() {
    let house = House::open().await;
    let (kofi, _) = lives(&house).await;
    let mut browser = house.enter(&kofi).await;
    browser.get("/me/leave").await.is(200).says("=cmd()").says("brings you back");
    browser.post("/me/leave", &[]).await.leads_to("/");
    browser.get("/").await.says("You have left");
    browser.get("/me").await.is(303);
    let here = house.app.db.read(members::list).await.unwrap();
    assert!(here.iter().all(|member| member.id != kofi.id), "they are on no list");

    house.app.clock.advance(DAY * 13);
    housekeeping::run(&house.app).await.unwrap();
    let mut again = house.enter(&kofi).await;
    again.get("/me").await.is(200).says("Kofi Mensah");
    house.app.clock.advance(DAY * 13);
    housekeeping::run(&house.app).await.unwrap();
    house.app.db.read(move |conn| members::find(conn, kofi.id)).await.unwrap();
}

#[tokio::test]
async fn the_last_steward_names_another_first() {
    let house = House::open().await;
    let (omar, tove) = (house.steward("Omar").await, house.member("Tove").await);
    let mut browser = house.enter(&omar).await;
    browser.post("/me/leave", &[]).await.is(422).says("only steward");
    let path = format!("/members/{}", tove.id);
    browser.get(&path).await.says("Tove looks after the house");
    browser.post(&format!("{path}/steward"), &[]).await.leads_to(&path);
    browser.post("/me/leave", &[]).await.leads_to("/");
    let mut other = house.enter(&tove).await;
    other.get("/steward").await.is(200);
}
