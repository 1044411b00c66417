//! The reciprocity moment (mission E15), with its limits: one question some days after something
//! came, at most one in 90 days, none after an illness, a death or violence, and no answer is kept
//! but "do not ask me again".

use mutuals::actions::act_by_link::confirm_by_link;
use mutuals::actions::ask_moment::ask_no_more;
use mutuals::actions::cause::Said;
use mutuals::actions::change_proposal::close_saying;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::db::{Conn, notices};
use mutuals::domain::draft::Draft;
use mutuals::domain::id::CauseId;
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::proposal::{CloseReason, Purpose};
use mutuals::jobs::housekeeping;

use crate::people::{Seen, Street};
use crate::testapp::TestApp;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// One asks, the other brings.
async fn deed(ring: &TestApp, receiver: &Member, giver: &Member, draft: &Draft) {
    let need = ring.post(receiver, draft).await;
    let promise = make_promise(&ring.app, giver, need.id, None, "").await.unwrap();
    for member in [giver, receiver] {
        confirm_fulfilment(&ring.app, member, promise.id, None, "").await.unwrap();
    }
}

fn soup() -> Draft {
    Draft { title: "Soup".into(), kind: "meal".into(), ..Draft::default() }
}

async fn pass(ring: &TestApp, seconds: i64) {
    ring.advance(seconds);
    housekeeping::run(&ring.app).await.unwrap();
}

/// What a member is asked, and when.
async fn asked(ring: &TestApp, member: &Member) -> Vec<(Kind, jiff::Timestamp)> {
    let id = member.id;
    let all = ring.app.db.read(move |conn| notices::list(conn, id, 200)).await.unwrap();
    all.into_iter()
        .filter(|notice| [Kind::Moment, Kind::Mirror].contains(&notice.kind))
        .map(|notice| (notice.kind, notice.made_at))
        .collect()
}

async fn kinds(ring: &TestApp, member: &Member) -> Vec<Kind> {
    asked(ring, member).await.into_iter().map(|(kind, _)| kind).collect()
}

#[tokio::test]
async fn e15_two_days_after_something_came_both_are_asked_and_never_before() {
    let ring = TestApp::start("ring").await;
    let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
    deed(&ring, &rosa, &milo, &soup()).await;
    pass(&ring, 48 * HOUR - 1).await;
    assert_eq!(kinds(&ring, &rosa).await, []);
    assert_eq!(kinds(&ring, &milo).await, []);
    pass(&ring, 1).await;
    assert_eq!(kinds(&ring, &rosa).await, [Kind::Moment]);
    assert_eq!(kinds(&ring, &milo).await, [Kind::Mirror]);
}

#[tokio::test]
async fn e15_who_takes_up_an_offer_received_it() {
    let ring = TestApp::start("ring").await;
    let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
    let draft = Draft { title: "A bicycle".into(), ..Draft::default() };
    let offer = post_proposal(&ring.app, &milo, Purpose::Offer, &draft, true).await.unwrap();
    let promise = make_promise(&ring.app, &rosa, offer.id, None, "").await.unwrap();
    for member in [&rosa, &milo] {
        confirm_fulfilment(&ring.app, member, promise.id, None, "").await.unwrap();
    }
    pass(&ring, 3 * DAY).await;
    assert_eq!(kinds(&ring, &rosa).await, [Kind::Moment]);
    assert_eq!(kinds(&ring, &milo).await, [Kind::Mirror]);
}

#[tokio::test]
async fn e15_after_a_funeral_an_illness_or_violence_nobody_is_asked() {
    let ring = TestApp::start("ring").await;
    ring.steward("Ida").await;
    let draft = |title: &str, kind: &str| Draft {
        title: title.into(),
        kind: kind.into(),
        ..Draft::default()
    };
    let quiet = [
        draft("Meals after the funeral", "meal"),
        draft("Un sitio donde dormir, lejos de su maltratador", "housing"),
        draft("Something from the pharmacy", "medicine"),
        draft("Soup", "illness"),
    ];
    for (number, draft) in quiet.iter().enumerate() {
        let receiver = ring.member(&format!("Receiver {number}")).await;
        let giver = ring.member(&format!("Giver {number}")).await;
        deed(&ring, &receiver, &giver, draft).await;
        pass(&ring, 5 * DAY).await;
        for member in [&receiver, &giver] {
            assert_eq!(kinds(&ring, member).await, [], "{draft:?}");
        }
    }
    // The line says nothing, but what is behind it does.
    let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
    let need = ring.post(&rosa, &soup()).await;
    let promise = make_promise(&ring.app, &milo, need.id, None, "").await.unwrap();
    for member in [&milo, &rosa] {
        confirm_fulfilment(&ring.app, member, promise.id, None, "").await.unwrap();
    }
    let illness = Said { cause: CauseId::from_number(5), words: String::new() };
    let closing = (CloseReason::Fulfilled, Some(illness));
    close_saying(&ring.app, &rosa, need.id, closing).await.unwrap();
    pass(&ring, 5 * DAY).await;
    assert_eq!(kinds(&ring, &rosa).await, []);
    assert_eq!(kinds(&ring, &milo).await, []);
}

#[tokio::test]
async fn e15_who_asked_for_somebody_else_did_not_receive_it() {
    let ring = TestApp::start("ring").await;
    let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
    let behalf = Draft { on_behalf_of: "Mrs Ito".into(), consent: true, ..soup() };
    deed(&ring, &rosa, &milo, &behalf).await;
    pass(&ring, 3 * DAY).await;
    assert_eq!(kinds(&ring, &rosa).await, []);
    assert_eq!(kinds(&ring, &milo).await, [Kind::Mirror]);
}

#[tokio::test]
async fn e15_a_hundred_handovers_ask_nobody_more_than_once_in_ninety_days() {
    let ring = TestApp::start("ring").await;
    let mut people = Vec::new();
    for number in 0..10 {
        people.push(ring.member(&format!("Person {number}")).await);
    }
    let began = ring.now();
    let mut questions: Vec<Vec<jiff::Timestamp>> = vec![Vec::new(); people.len()];
    for number in 0..100 {
        let giver = (number * 7 + 1 + number % 9) % 10;
        deed(&ring, &people[number * 7 % 10], &people[giver], &soup()).await;
        pass(&ring, 2 * DAY).await;
        for (person, times) in people.iter().zip(&mut questions) {
            for (_, at) in asked(&ring, person).await {
                if !times.contains(&at) {
                    times.push(at);
                }
            }
        }
        // Whether they look or not.
        let (id, now) = (people[number % 10].id, ring.now());
        let look = move |conn: &mut Conn| notices::mark_all_read(conn, id, now);
        ring.app.db.write(look).await.unwrap();
    }
    assert!(questions.iter().all(|times| !times.is_empty()), "everybody was asked sometime");
    for times in &mut questions {
        times.sort();
        assert!(times[0].duration_since(began).as_secs() >= 48 * HOUR);
        for pair in times.windows(2) {
            let between = pair[1].duration_since(pair[0]).as_secs();
            assert!(between >= 90 * DAY, "{} days", between / DAY);
        }
        assert!(times.len() <= 3, "{times:?}");
    }
}

#[tokio::test]
async fn e15_do_not_ask_me_again_is_kept_and_can_be_taken_back() {
    let ring = TestApp::start("ring").await;
    let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
    ask_no_more(&ring.app, &rosa, true).await.unwrap();
    ask_no_more(&ring.app, &rosa, true).await.unwrap();
    deed(&ring, &rosa, &milo, &soup()).await;
    pass(&ring, 3 * DAY).await;
    assert_eq!(kinds(&ring, &rosa).await, []);
    ask_no_more(&ring.app, &rosa, false).await.unwrap();
    pass(&ring, DAY).await;
    assert_eq!(kinds(&ring, &rosa).await, [Kind::Moment]);
}

#[tokio::test]
async fn e15_what_came_long_ago_is_over() {
    let ring = TestApp::start("ring").await;
    let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
    deed(&ring, &rosa, &milo, &soup()).await;
    // The instance was away for weeks: nobody gets a question out of the blue.
    pass(&ring, 20 * DAY).await;
    assert_eq!(kinds(&ring, &rosa).await, []);
    for _ in 0..40 {
        pass(&ring, 5 * DAY).await;
    }
    assert_eq!(kinds(&ring, &milo).await, []);
}

/// Somebody of the fediverse brings Rosa what she asks for.
async fn brought(street: &mut Street, number: u32, title: &str) {
    street.need = street.ring.need(&street.rosa, title, "2").await;
    street.ring.work().await;
    let (promise, token) = street.promised(&street.bo, number, "2").await;
    confirm_by_link(&street.ring.app, &token, None, "").await.unwrap();
    confirm_fulfilment(&street.ring.app, &street.rosa, promise.id, None, "").await.unwrap();
    street.ring.work().await;
}

/// What they were asked since they brought something, in their thread.
async fn questions(street: &Street, seconds: i64) -> Vec<String> {
    pass(&street.ring, seconds).await;
    street.ring.work().await;
    let said = |told: serde_json::Value| told["object"]["content"].as_str().unwrap().to_owned();
    let told = street.told(&street.bo).into_iter().map(said);
    told.filter(|words| words.contains("what could others do for you")).collect()
}

#[tokio::test]
async fn e15_who_brought_something_from_the_fediverse_is_asked_in_their_thread_until_they_say_no() {
    let mut street = Street::start().await;
    brought(&mut street, 1, "Blankets").await;
    assert!(questions(&street, 2 * DAY - HOUR).await.is_empty());
    assert_eq!(questions(&street, HOUR).await.len(), 1);
    assert_eq!(kinds(&street.ring, &street.rosa).await, [Kind::Moment]);
    // Whatever else they bring: not again within 90 days.
    brought(&mut street, 2, "Blankets").await;
    let asked = questions(&street, 3 * DAY).await;
    assert_eq!(asked.len(), 1);
    let (_, link) = asked[0].split_once("/no-more/").unwrap();
    let page = format!("/no-more/{}", link.split('"').next().unwrap());
    let Seen(status, _, html) = street.get(&page).await;
    assert_eq!(status, 200);
    assert!(
        html.contains("Do not ask me again") && html.contains("Nothing depends on your answer")
    );
    assert_eq!(street.post("/no-more/another", "answer=never").await.0, 410);

    // After 90 days they are asked again, by a new link; what they say to that stays.
    street.ring.advance(90 * DAY);
    brought(&mut street, 3, "Blankets").await;
    let asked = questions(&street, 2 * DAY).await;
    assert_eq!(asked.len(), 2);
    assert_eq!(street.get(&page).await.0, 410, "the link before is void");
    let (_, link) = asked[1].split_once("/no-more/").unwrap();
    let page = format!("/no-more/{}", link.split('"').next().unwrap());
    assert_eq!(street.post(&page, "answer=never").await.0, 303);
    assert!(street.get(&page).await.2.contains("You may ask me again"));
    street.ring.advance(200 * DAY);
    housekeeping::run(&street.ring.app).await.unwrap();
    brought(&mut street, 4, "Blankets").await;
    assert_eq!(questions(&street, 2 * DAY).await.len(), 2);
    // And they can change their mind.
    assert_eq!(street.post(&page, "answer=again").await.0, 303);
    brought(&mut street, 5, "Blankets").await;
    assert_eq!(questions(&street, 2 * DAY).await.len(), 3);
}

#[tokio::test]
async fn e15_nobody_of_the_fediverse_is_asked_after_a_funeral() {
    let mut street = Street::start().await;
    brought(&mut street, 1, "Chairs for the funeral").await;
    assert!(questions(&street, 3 * DAY).await.is_empty());
    assert!(kinds(&street.ring, &street.rosa).await.is_empty());
}
