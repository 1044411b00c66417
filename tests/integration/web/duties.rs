//! Duties and turns as people see them: members, those who join, and everybody else.

use mutuals::actions::cover_turn::give_to_pool;
use mutuals::actions::duty::{Keepers, add_duty};
use mutuals::actions::make_promise::make_promise;
use mutuals::db::turns;
use mutuals::domain::draft::Draft;
use mutuals::domain::duty::Duty;
use mutuals::domain::duty_draft::DutyDraft;
use mutuals::domain::id::TurnId;
use mutuals::domain::member::Member;
use mutuals::jobs::housekeeping;

use super::house::{Browser, House, moment};

/// The story begins on a Thursday, 20 August 2026, at noon in Berlin; Tuesdays are the 25th and so
/// on.
fn kitchen() -> DutyDraft {
    DutyDraft {
        title: "Tuesday kitchen".into(),
        text: "We cook for *the street*.".into(),
        place: "The hall".into(),
        audience: "public".into(),
        counts: "meals".into(),
        functions: vec!["food".into()],
        rhythm: "FREQ=WEEKLY;BYDAY=TU".into(),
        day: "2026-08-25".into(),
        from: "16:00".into(),
        until: "20:00".into(),
        needed: "2".into(),
        ..DutyDraft::default()
    }
}

async fn cook(house: &House, by: &Member, draft: &DutyDraft) -> (Duty, TurnId) {
    let duty = add_duty(&house.app, by, draft, Keepers::default()).await.unwrap();
    let (id, now) = (duty.id, house.app.now());
    let next = house.app.db.read(move |conn| turns::list_next(conn, id, now, 1)).await.unwrap();
    (duty, next[0].id)
}

fn taking() -> [(&'static str, &'static str); 1] {
    [("place", "hand")]
}

async fn newcomer(house: &House) -> Browser {
    let mut browser = house.stranger();
    let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
    browser.post("/join", &wish).await.leads_to("/me");
    browser.get("/me").await;
    browser
}

#[tokio::test]
async fn a_steward_keeps_something_going_by_a_form() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let mut browser = house.enter(&ida).await;
    browser.get("/duties").await.says("Nothing is kept going here yet").says("/duties/new");
    browser.get("/duties/new?title=Garden").await.is(200).says("value=\"Garden\"");
    let keeper = rosa.id.to_string();
    let mut fields = vec![
        ("title", "Tuesday kitchen"),
        ("rhythm", "weekly"),
        ("interval", "1"),
        ("weekday", "TU"),
        ("weekday", "TH"),
        ("day", "2026-08-25"),
        ("from", "16:00"),
        ("until", "20:00"),
        ("needed", "no"),
        ("learners", "1"),
        ("audience", "public"),
        ("function", "food"),
        ("language", "en"),
        ("keeper", keeper.as_str()),
    ];
    browser.post("/duties/new", &fields).await.is(422).says("A turn is for 1 to 100 people");
    fields[8] = ("needed", "4");
    let made = browser.post("/duties/new", &fields).await;
    let page = made.is(303).headers["location"].to_str().unwrap().to_owned();
    browser
        .get(&page)
        .await
        .says("It is planned for the next eight weeks.")
        .says("Every Tuesday and Thursday, 16:00 to 20:00")
        .says("Tuesday 25 August")
        .says("0 of 4")
        .says("Rosa")
        .says("Thin: nothing is written down yet");
    let edit = format!("{page}/edit");
    browser.get(&edit).await.is(200).says("value=\"16:00\"").says("value=\"2026-08-25\"");
    // Whoever keeps its turns together changes it; others do not.
    house.enter(&rosa).await.get(&edit).await.is(200);
    let milo = house.member("Milo").await;
    house.enter(&milo).await.get(&edit).await.is(403);
}

#[tokio::test]
async fn j8_a_member_comes_cannot_and_somebody_from_the_pool_does() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (duty, turn) = cook(&house, &ida, &kitchen()).await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let (path, page) = (format!("/turns/{turn}"), format!("/duties/{}", duty.id));
    let mut browser = house.enter(&rosa).await;
    browser.get(&page).await.says("2 people are missing. Who can stand in?").says("I come");
    let every = [("place", "hand"), ("every", "2"), ("until", "2027-06-01")];
    browser.post(&format!("{path}/take"), &every).await.leads_to(&path);
    browser
        .get(&path)
        .await
        .says("You come, this time and the next ones.")
        .says("Every second Tuesday")
        .says("1 of 2")
        .says("I cannot come");
    browser.get("/me").await.says("My next turns").says("Tuesday kitchen");
    browser.get("/me/turns").await.says("Every second Tuesday").says("until 1 June 2027");

    give_to_pool(&house.app, &milo, duty.id, None).await.unwrap();
    browser.get("/turns/pool").await.says("1 turn in the pool").hides("Milo");
    browser.post(&format!("{path}/release"), &[]).await.leads_to(&path);
    browser.get(&path).await.says("Somebody from the pool comes.").says("Milo").hides("Rosa,");
    browser.get("/turns/pool").await.says("No turn in the pool");
    house.enter(&milo).await.get("/notices").await.says("you come").says("Tuesday kitchen");
}

#[tokio::test]
async fn what_is_handed_over_becomes_a_need_with_one_tap() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (_, turn) = cook(&house, &ida, &kitchen()).await;
    let path = format!("/turns/{turn}");
    let mut browser = house.enter(&ida).await;
    browser.post(&format!("{path}/take"), &taking()).await;
    browser.get(&path).await.hides("How was it?");
    let evening = moment("2026-08-25T18:30:00Z").duration_since(house.app.now());
    house.app.clock.advance(evening);
    browser.get(&path).await.says("How was it?").says("Counted: meals");
    let report = [("came", "2"), ("counted", "61"), ("note", "Pot lid broken\nMore onions & salt")];
    browser.post(&format!("{path}/keep"), &[("came", "some")]).await.is(422);
    browser.post(&format!("{path}/keep"), &report).await.leads_to(&path);
    let seen = browser.get(&path).await;
    seen.says("2 came")
        .says("meals: 61")
        .says("Pot lid broken")
        .says("/needs/new?title=Pot+lid+broken");
    browser.get("/needs/new?title=Pot+lid+broken").await.says("value=\"Pot lid broken\"");
    // What is handed over is for members.
    house.stranger().get(&path).await.is(200).hides("Pot lid").hides("Ida").says("2 came");
}

#[tokio::test]
async fn e28_once_a_turn_is_over_nobody_reads_who_came_and_who_did_not() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (duty, turn) = cook(&house, &ida, &kitchen()).await;
    let rosa = house.member("Rosa").await;
    let (path, page) = (format!("/turns/{turn}"), format!("/duties/{}", duty.id));
    house.enter(&rosa).await.post(&format!("{path}/take"), &taking()).await.is(303);
    let mut browser = house.enter(&ida).await;
    for place in [&path, &page] {
        browser.get(place).await.is(200).says("Rosa");
    }
    let evening = moment("2026-08-25T18:30:00Z").duration_since(house.app.now());
    house.app.clock.advance(evening);
    for came in ["", "0", "1"] {
        if !came.is_empty() {
            browser.post(&format!("{path}/keep"), &[("came", came)]).await.leads_to(&path);
        }
        for place in [path.as_str(), &page, "/duties", "/turns/sheet"] {
            browser.get(place).await.is(200).hides("Rosa");
        }
    }
    browser.get(&page).await.says("1 came");
}

#[tokio::test]
async fn e30_strangers_see_what_is_public_and_happens_and_nobody_by_name() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (duty, turn) = cook(&house, &ida, &kitchen()).await;
    let among = DutyDraft { title: "Being there".into(), audience: "members".into(), ..kitchen() };
    let (hidden, hidden_turn) = cook(&house, &ida, &among).await;
    let rosa = house.member("Rosa").await;
    house.enter(&rosa).await.post(&format!("/turns/{turn}/take"), &taking()).await.is(303);
    let (page, ics) = (format!("/duties/{}", duty.id), format!("/duties/{}.ics", duty.id));
    let mut stranger = house.stranger();
    stranger.get("/duties").await.says("Tuesday kitchen").says("1 of 2").hides("Being there");
    for path in [page.as_str(), &ics, &format!("/turns/{turn}")] {
        let seen = stranger.get(path).await;
        seen.is(200).says("1 of 2").hides("Rosa").hides("Ida").hides("I cannot come");
    }
    let mut lea = newcomer(&house).await;
    for path in [format!("/duties/{}", hidden.id), format!("/turns/{hidden_turn}")] {
        stranger.get(&path).await.is(404);
        lea.get(&path).await.is(404);
        house.enter(&rosa).await.get(&path).await.is(200);
    }

    // Nobody keeps it: it is gone from here, and members see that it sleeps.
    house.app.clock.advance(jiff::SignedDuration::from_hours(24 * 21));
    housekeeping::run(&house.app).await.unwrap();
    stranger.get("/duties").await.hides("Tuesday kitchen");
    stranger.get(&page).await.is(404);
    let mut browser = house.enter(&ida).await;
    browser.get("/duties").await.says("Asleep").says("Tuesday kitchen");
    browser.get(&page).await.says("This sleeps.");
    browser.post(&format!("{page}/wake"), &[]).await.leads_to(&page);
    stranger.get(&page).await.is(200);
}

#[tokio::test]
async fn e14_whoever_joins_comes_to_learn_and_sees_no_names() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (_, turn) = cook(&house, &ida, &kitchen()).await;
    let path = format!("/turns/{turn}");
    house.enter(&ida).await.post(&format!("{path}/take"), &taking()).await.is(303);
    let mut lea = newcomer(&house).await;
    let seen = lea.get(&path).await;
    seen.says("I come to learn").hides("Ida").hides("value=\"hand\"");
    lea.post(&format!("{path}/take"), &taking()).await.is(422).says("first turns are for learning");
    lea.post(&format!("{path}/take"), &[("place", "learner")]).await.leads_to(&path);
    lea.get(&path).await.says("You come to learn.");
    house.enter(&ida).await.get(&path).await.says("To learn: Lea");
}

#[tokio::test]
async fn e16_a_break_is_taken_changed_and_ended_without_a_word() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    browser.get("/me/turns").await.says("Nobody asks why").hides("reason");
    let wrong = [("share", "full"), ("from", "2026-09-02"), ("until", "2026-09-01")];
    browser.post("/me/turns/exempt", &wrong).await.is(422).says("value=\"2026-09-02\"");
    let dated = [("share", "half"), ("from", "2026-09-01"), ("until", "2026-09-30")];
    browser.post("/me/turns/exempt", &dated).await.leads_to("/me/turns");
    let seen = browser.get("/me/turns").await;
    seen.says("Half of the turns, from Tuesday 1 September to Wednesday 30 September");
    let (_, rest) = seen.html.split_once("/me/turns/exempt/").unwrap();
    let one = format!("/me/turns/exempt/{}", rest.split('"').next().unwrap());
    browser.post(&one, &[("share", "full"), ("from", "2026-09-01")]).await.leads_to("/me/turns");
    browser.get("/me/turns").await.says("No turns, from Tuesday 1 September");
    let other = house.member("Milo").await;
    house.enter(&other).await.post(&one, &[("then", "end")]).await.is(404);
    browser.post(&one, &[("then", "end")]).await.leads_to("/me/turns");
    browser.get("/me/turns").await.says("Welcome back.").hides(&one);
}

#[tokio::test]
async fn j4_the_sheet_for_today_holds_nothing_of_anybody() {
    let house = House::open().await;
    let ida = house.steward("Ida Markerwitz").await;
    let thursday = DutyDraft {
        title: "Hot line".into(),
        rhythm: "FREQ=WEEKLY;BYDAY=TH".into(),
        day: "2026-08-20".into(),
        ..kitchen()
    };
    let (_, turn) = cook(&house, &ida, &thursday).await;
    let rosa = house.member("Rosa Markerfield").await;
    let mut browser = house.enter(&rosa).await;
    browser.post(&format!("/turns/{turn}/take"), &taking()).await.is(303);
    let draft = Draft {
        title: "Warm blankets".into(),
        amount: "20".into(),
        place: "Mill Road".into(),
        on_behalf_of: "Mrs Markerito".into(),
        consent: true,
        ends_at: Some(moment("2026-08-20T18:00:00Z")),
        ..Draft::default()
    };
    let need = house.post(&ida, mutuals::domain::proposal::Purpose::Need, draft).await;
    let twelve = Some("12".parse().unwrap());
    make_promise(&house.app, &rosa, need.id, twelve, "call Marker 555").await.unwrap();
    let shift = Draft {
        title: "For the Marker shift".into(),
        audience: "shift".into(),
        ..Draft::default()
    };
    house.post(&ida, mutuals::domain::proposal::Purpose::Need, shift).await;
    let seen = browser.get("/turns/sheet").await;
    seen.is(200)
        .says("Sheet for today: Thursday 20 August")
        .says("Hot line")
        .says("Rosa")
        .says("<strong>1</strong>")
        .says("Warm blankets")
        .says("8 open")
        .says("Mill Road")
        .says("Promised for today")
        .says("12");
    let (sheet, _) = seen.main().split_once("</main>").unwrap();
    assert!(!sheet.contains("Marker"), "{sheet}");
    newcomer(&house).await.get("/turns/sheet").await.is(403);
}

#[tokio::test]
async fn e26b_a_runbook_is_written_read_and_saved_as_a_file() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (duty, _) = cook(&house, &ida, &kitchen()).await;
    let path = format!("/duties/{}/runbook", duty.id);
    let mut browser = house.enter(&ida).await;
    browser.get(&path).await.says("Nothing is written down yet.");
    browser.post(&path, &[("text", " ")]).await.is(422);
    browser.post(&path, &[("text", "# Soup\n\nWash *hands*.")]).await.leads_to(&path);
    browser
        .get(&path)
        .await
        .says("<em>hands</em>")
        .says("Version 1")
        .says("Thin: nobody has learnt by it yet.")
        .says(&format!("http://ring.example/b/{}", duty.id));
    let file = browser.get(&format!("{path}.md")).await;
    file.is(200).says(&format!("<!-- copied from http://ring.example/b/{} -->", duty.id));
    browser.post(&format!("{path}/looked"), &[]).await.leads_to(&path);
    let copied =
        [("file", "<!-- copied from https://mill.example/b/1 -->\n\nSalt last."), ("address", "")];
    browser.post(&format!("{path}/copy"), &copied).await.leads_to(&path);
    browser.get(&path).await.says("From mill.example").says("Salt last.").says("Version 2");
    browser.get(&format!("{path}/origin")).await.says("It is the same.");
    house.stranger().get(&path).await.says("Salt last.").hides("Thin:").hides("name=\"text\"");
    let rosa = house.member("Rosa").await;
    house.enter(&rosa).await.post(&path, &[("text", "Mine")]).await.is(403);
}

#[tokio::test]
async fn the_kitchen_promises_on_the_page_of_a_need() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let (duty, _) = cook(&house, &ida, &kitchen()).await;
    let need = house.ask(&rosa, "Soup").await;
    let (page, form) = (format!("/@ring/{}", need.id), format!("/proposals/{}/promise", need.id));
    house.enter(&rosa).await.get(&page).await.hides("In the name of");
    let mut browser = house.enter(&ida).await;
    browser.get(&page).await.says("In the name of").says("Tuesday kitchen");
    let id = duty.id.to_string();
    browser.post(&form, &[("amount", "20"), ("duty", &id)]).await.is(303);
    browser.get(&page).await.says("Tuesday kitchen (Ida)");
    house.stranger().get(&page).await.hides("Tuesday kitchen").hides("Ida");
}

#[tokio::test]
async fn turns_stand_in_calendars_that_read_back() {
    use icalendar::{CalendarComponent, Component as _, parser};
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let among = DutyDraft { audience: "members".into(), ..kitchen() };
    let (_, turn) = cook(&house, &ida, &among).await;
    let mut browser = house.enter(&ida).await;
    browser.post(&format!("/turns/{turn}/take"), &taking()).await.is(303);
    let address = |html: &str| {
        let (_, rest) = html.split_once("/calendar/").unwrap();
        let name = rest.split(['"', '<']).next().unwrap();
        format!("/calendar/{name}")
    };
    let page = browser.get("/duties").await.html;
    let (_, rest) = page.split_once("href=\"/duties/0").unwrap();
    let duty = format!("/duties/0{}", rest.split('"').next().unwrap());
    let of_duty = address(&browser.get(&duty).await.html);
    let secret = browser.post("/me/notices/calendar", &[]).await.html;
    let own = address(&secret);
    for (path, count) in [(of_duty, 8), (own, 1)] {
        // Whoever holds the address needs nothing else.
        let seen = house.stranger().get(&path).await;
        assert!(
            seen.is(200).headers["content-type"].to_str().unwrap().starts_with("text/calendar")
        );
        let text = parser::unfold(&seen.html);
        let read = parser::read_calendar(&text).unwrap();
        let read: icalendar::Calendar = read.into();
        let events: Vec<_> = read
            .components
            .iter()
            .filter_map(|each| match each {
                CalendarComponent::Event(event) => Some(event.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(events.len(), count, "{text}");
        // Four in the afternoon in Berlin, in summer.
        assert_eq!(events[0].property_value("DTSTART"), Some("20260825T140000Z"));
        assert_eq!(events[0].property_value("DTEND"), Some("20260825T180000Z"));
        assert_eq!(events[0].get_summary(), Some("Tuesday kitchen"));
        assert!(events[0].property_value("DTSTAMP").is_some());
        assert!(!text.contains("Ida"), "how many, never who: {text}");
    }
    house.stranger().get("/calendar/duty-guessed.ics").await.is(404);
}
