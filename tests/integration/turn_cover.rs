//! Standing in for each other: the pool, asking, and taking a break. Nothing of it is kept per
//! person.

use mutuals::actions::choose_telling::{ask_email, confirm_email};
use mutuals::actions::cover_turn::{Cover, give_to_pool, look_for_cover, take_from_pool};
use mutuals::actions::duty::{Keepers, add_duty};
use mutuals::actions::exempt::{Wish, change_exemption, end_exemption, exempt};
use mutuals::actions::gather_own::gather_own;
use mutuals::actions::keep_turn::keep_turn;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_turn::release_turn;
use mutuals::actions::take_turn::take_turn;
use mutuals::db::{Conn, cover_asks};
use mutuals::domain::cover::Share;
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::turn::{Place, Report, Turn};
use mutuals::error::Error;
use mutuals::jobs::tell::tell_all;

use crate::duties::{DAY, HOUR, Ring, kitchen};
use crate::notices::{look, news};
use crate::sink::Sink;
use crate::testapp::{TestApp, config};

/// Whether somebody was asked to stand in at a turn, and has not looked yet.
async fn is_asked(ring: &Ring, member: &Member, turn: &Turn) -> bool {
    news(&ring.app, member).await.contains(&(Kind::CoverAsked, turn.path()))
}

async fn asked_of<'a>(ring: &Ring, people: &'a [Member], turn: &Turn) -> Vec<&'a str> {
    let mut asked = Vec::new();
    for member in people {
        if is_asked(ring, member, turn).await {
            asked.push(member.name.as_str());
        }
    }
    asked
}

/// Eight people who came to the kitchen last week, and the turn of this week with four of them.
async fn crew(ring: &Ring) -> (Vec<Member>, Turn) {
    let names = ["Ana", "Bo", "Cleo", "Dario", "Emi", "Fox", "Gil", "Hana"];
    let people = ring.people_named(&names).await;
    let coming = ring.next().await;
    for member in &people {
        ring.take(member, &coming[0]).await;
    }
    ring.until("11-25T12:00").await;
    for member in &people[..4] {
        ring.take(member, &coming[1]).await;
    }
    (people, coming[1].clone())
}

fn share(share: Share) -> Wish {
    Wish { share, from: None, until: None }
}

#[tokio::test]
async fn e28_a_turn_in_the_pool_is_drawn_once_by_anybody_without_a_word() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    let fox = &people[5];
    give_to_pool(&ring.app.app, fox, ring.kitchen.id, None).await.unwrap();
    assert_eq!(ring.pool().await, 1);
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Drawn);
    assert_eq!(ring.pool().await, 0);
    assert_eq!(ring.people(&turn).await, ["Bo", "Cleo", "Dario", "Fox"]);
    assert_eq!(asked_of(&ring, &people, &turn).await, [""; 0], "nobody is asked");
    assert_eq!(ring.release(&people[1], &turn).await, Cover::Asked, "it was drawn once");
}

#[tokio::test]
async fn e28_a_turn_of_the_pool_is_not_drawn_where_it_could_not_be_kept() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    let app = &ring.app.app;
    // One's own, that of somebody who comes anyway, one that is too late, one of somebody on a
    // break.
    give_to_pool(app, &people[0], ring.kitchen.id, None).await.unwrap();
    give_to_pool(app, &people[1], ring.kitchen.id, None).await.unwrap();
    let early = Some("2026-11-28".parse().unwrap());
    give_to_pool(app, &people[4], ring.kitchen.id, early).await.unwrap();
    give_to_pool(app, &people[5], ring.kitchen.id, None).await.unwrap();
    exempt(app, &people[5], share(Share::Full)).await.unwrap();
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Asked);
    assert_eq!(ring.pool().await, 4);

    // Whoever was asked and gives a turn afterwards is drawn; but not for a turn so soon that they
    // might not hear of it.
    ring.app.advance(HOUR);
    let hana = give_to_pool(app, &people[7], ring.kitchen.id, None).await.unwrap();
    let by_another = take_from_pool(app, &people[6], hana.id).await;
    assert!(matches!(by_another, Err(Error::NotFound)));
    ring.until("11-30T20:00").await;
    assert_eq!(
        ring.people(&turn).await,
        ["Bo", "Cleo", "Dario", "Hana"],
        "twenty hours are enough"
    );
    ring.until("12-01T06:00").await;
    take_turn(app, &people[0], turn.id, Place::Hand).await.unwrap();
    give_to_pool(app, &people[6], ring.kitchen.id, None).await.unwrap();
    ring.release(&people[0], &turn).await;
    assert_ne!(ring.release(&people[2], &turn).await, Cover::Drawn, "ten hours are not");
    ring.pass(DAY).await;
    assert_eq!(ring.pool().await, 4, "what was given until last week is over");
}

#[tokio::test]
async fn e28_fifty_draw_the_last_turn_of_the_pool_and_one_gets_it() {
    let ring = Ring::start().await;
    let coming = ring.next().await;
    let mut people = Vec::new();
    for number in 0..50 {
        let member = ring.app.member(&format!("Neighbour {number:02}")).await;
        // Each at a turn of their own, or four at one: whatever there is this week.
        ring.take(&member, &coming[0]).await;
        people.push(member);
    }
    let giver = ring.app.member("Zoe").await;
    give_to_pool(&ring.app.app, &giver, ring.kitchen.id, None).await.unwrap();
    let all = people.iter().map(|member| {
        let (app, member, id) = (ring.app.app.clone(), member.clone(), coming[0].id);
        tokio::spawn(async move { release_turn(&app, &member, id).await })
    });
    let mut drawn = 0;
    for released in all.collect::<Vec<_>>() {
        drawn += usize::from(released.await.unwrap().unwrap() == Cover::Drawn);
    }
    assert_eq!((drawn, ring.pool().await), (1, 0));
    assert_eq!(ring.people(&coming[0]).await, ["Zoe"]);
    let turn = ring.turn(&coming[0]).await;
    assert_eq!((turn.taken, turn.covered), (1, 1));
}

#[tokio::test]
async fn where_enough_come_nobody_is_drawn_or_asked() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    give_to_pool(&ring.app.app, &people[7], ring.kitchen.id, None).await.unwrap();
    ring.take(&people[4], &turn).await;
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Enough);
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Enough, "twice is once");
    assert_eq!(ring.pool().await, 1);
    assert_eq!(asked_of(&ring, &people, &turn).await, [""; 0]);
}

#[tokio::test]
async fn the_people_of_a_duty_are_asked_a_few_at_a_time_in_rotating_order() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Asked);
    assert_eq!(asked_of(&ring, &people, &turn).await, ["Emi", "Fox", "Gil"]);
    ring.pass(2 * HOUR).await;
    assert_eq!(asked_of(&ring, &people, &turn).await, ["Emi", "Fox", "Gil"], "not yet");
    ring.pass(2 * HOUR).await;
    // All the others but those who come, and the one who cannot.
    assert_eq!(asked_of(&ring, &people, &turn).await, ["Emi", "Fox", "Gil", "Hana"]);
    ring.take(&people[6], &turn).await;
    assert_eq!(ring.turn(&turn).await.covered, 1);
    ring.pass(6 * HOUR).await;

    // The week after, those come first who were not asked for longest.
    let next = ring.next().await[1].clone();
    ring.until("12-02T12:00").await;
    for member in &people[4..] {
        ring.take(member, &next).await;
    }
    ring.release(&people[7], &next).await;
    assert_eq!(asked_of(&ring, &people, &next).await, ["Bo", "Cleo", "Dario"]);
}

#[tokio::test]
async fn whoever_was_one_more_and_cannot_come_is_not_asked_either() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    ring.take(&people[4], &turn).await;
    assert_eq!(ring.release(&people[4], &turn).await, Cover::Enough);
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Asked);
    assert_eq!(asked_of(&ring, &people, &turn).await, ["Fox", "Gil", "Hana"]);
}

#[tokio::test]
async fn j8_what_somebody_says_at_ten_in_the_evening_waits_for_the_morning() {
    let sink = Sink::start().await;
    let app = TestApp::start_as("ring", sink.configure(config())).await;
    let ida = app.steward("Ida").await;
    let kitchen = add_duty(&app.app, &ida, &kitchen(), Keepers::default()).await.unwrap();
    let ring = Ring { app, ida, kitchen };
    let (people, turn) = crew(&ring).await;
    let emi = &people[4];
    ask_email(&ring.app.app, emi, "emi@mailbox.example").await.unwrap();
    let token = sink.mails()[0].token("/mail/confirm/");
    confirm_email(&ring.app.app, &token).await.unwrap();
    ring.until("11-30T22:00").await;
    look(&ring.app, emi).await;
    let sent = sink.mails().len();

    // Monday at ten: she is asked at once, and woken by nothing.
    assert_eq!(ring.release(&people[0], &turn).await, Cover::Asked);
    assert!(is_asked(&ring, emi, &turn).await);
    tell_all(&ring.app.app).await.unwrap();
    assert_eq!(sink.mails().len(), sent, "22 o'clock");
    ring.until("12-01T06:45").await;
    tell_all(&ring.app.app).await.unwrap();
    assert_eq!(sink.mails().len(), sent, "a quarter to seven");
    ring.until("12-01T07:00").await;
    tell_all(&ring.app.app).await.unwrap();
    assert_eq!(sink.mails().len(), sent + 1, "7 o'clock, and nine hours are left");
    assert_eq!(sink.mails()[sent].to, ["emi@mailbox.example"]);
}

#[tokio::test]
async fn what_is_far_off_waits_until_it_is_near() {
    let ring = Ring::start().await;
    let (people, _) = crew(&ring).await;
    let later = ring.next().await[3].clone();
    for member in &people[..4] {
        ring.take(member, &later).await;
    }
    give_to_pool(&ring.app.app, &people[7], ring.kitchen.id, None).await.unwrap();
    assert_eq!(ring.release(&people[0], &later).await, Cover::Free);
    assert_eq!(ring.pool().await, 1);
    ring.until("12-17T12:00").await;
    assert_eq!(ring.people(&later).await, ["Bo", "Cleo", "Dario", "Hana"]);
    assert_eq!(look_for_cover(&ring.app.app).await.unwrap(), 0);
}

#[tokio::test]
async fn e16_who_is_exempt_is_not_asked_and_may_do_everything() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    let app = &ring.app.app;
    let (ana, emi) = (&people[0], &people[4]);
    let taken = exempt(app, emi, share(Share::Full)).await.unwrap();
    ring.release(ana, &turn).await;
    ring.pass(4 * HOUR).await;
    assert_eq!(asked_of(&ring, &people, &turn).await, ["Fox", "Gil", "Hana"]);

    // Every right stays, and to come is one of them.
    take_turn(app, emi, turn.id, Place::Hand).await.unwrap();
    let need = ring.app.need(ana, "Chairs", "4").await;
    make_promise(app, emi, need.id, None, "").await.unwrap();
    give_to_pool(app, emi, ring.kitchen.id, None).await.unwrap();
    ring.until("12-01T20:30").await;
    let report = Report { came: 4, ..Report::default() };
    keep_turn(app, emi, turn.id, report).await.unwrap();

    // It is theirs alone to change and to end.
    let half = change_exemption(app, emi, taken.id, share(Share::Half)).await.unwrap();
    assert_eq!((half.share, half.from), (Share::Half, taken.from));
    let by_another = end_exemption(app, ana, taken.id).await;
    assert!(matches!(by_another, Err(Error::NotFound)));
    end_exemption(app, emi, taken.id).await.unwrap();
}

#[tokio::test]
async fn e16_a_full_exemption_gives_back_the_turns_of_its_days() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    let later = ring.next().await[2].clone();
    ring.take(&people[0], &later).await;
    let until = Some("2026-12-05".parse().unwrap());
    let wish = Wish { share: Share::Full, from: None, until };
    exempt(&ring.app.app, &people[0], wish).await.unwrap();
    assert_eq!(ring.people(&turn).await, ["Bo", "Cleo", "Dario"]);
    assert_eq!(ring.people(&later).await, ["Ana"]);
    let back = Wish { from: Some("2026-12-09".parse().unwrap()), ..wish };
    let backwards = exempt(&ring.app.app, &people[0], back).await;
    assert_eq!(
        crate::duties::refused(backwards),
        mutuals::domain::refusal::Refusal::EndsBeforeStart
    );
}

#[tokio::test]
async fn e16_who_is_half_exempt_is_asked_every_second_time() {
    let ring = Ring::start().await;
    let people = ring.people_named(&["Ana", "Bo"]).await;
    let coming = ring.next().await;
    exempt(&ring.app.app, &people[1], share(Share::Half)).await.unwrap();
    let mut asked = Vec::new();
    ring.take(&people[1], &coming[0]).await;
    ring.until("11-25T12:00").await;
    for turn in &coming[1..5] {
        ring.take(&people[0], turn).await;
        ring.release(&people[0], turn).await;
        asked.push(is_asked(&ring, &people[1], turn).await);
        ring.pass(7 * DAY).await;
    }
    assert_eq!(asked, [false, true, false, true]);
}

#[tokio::test]
async fn j8_a_late_leave_is_shown_nowhere() {
    let ring = Ring::start().await;
    let (people, turn) = crew(&ring).await;
    let (ana, turn_id) = (people[0].clone(), turn.id);
    ring.release(&ana, &turn).await;
    // She is noted like those who were asked, and nothing tells them apart.
    let read = move |conn: &mut Conn| {
        Ok((cover_asks::list(conn, turn_id)?, gather_own(conn, ana.id)?.turns))
    };
    let (asked, hers) = ring.app.app.db.read(read).await.unwrap();
    assert_eq!(asked.len(), 4, "three who were asked, and she");
    assert!(hers.iter().all(|(theirs, _, _)| theirs.id != turn_id));
    let (mut browser, path) = (
        crate::web::house::Browser::enter(&ring.app.app, &people[1]).await,
        format!("/members/{}", people[0].id),
    );
    for page in [path.as_str(), &turn.path(), "/turns/pool", "/me", "/turns/sheet"] {
        let seen = browser.get(page).await;
        let words = seen.is(200).main().replace("<h1>Ana</h1>", "");
        assert!(!words.contains("Ana"), "{page}: {words}");
    }
}
