//! What the figures are made of: read from what people did, as numbers that mean nothing elsewhere.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::db::mutuality::{Window, read};
use mutuals::db::{Conn, exemptions, leaving, proposals, rounds};
use mutuals::domain::cover::{Exemption, Share};
use mutuals::domain::draft::Draft;
use mutuals::domain::id::ProposalId;
use mutuals::domain::member::Member;
use mutuals::domain::mutuality::Part;
use mutuals::domain::mutuality::attention::waiting;
use mutuals::domain::mutuality::durability::stayed;
use mutuals::domain::mutuality::flows::{Deed, Party};
use mutuals::domain::mutuality::record::Record;
use mutuals::domain::mutuality::report::Report;
use mutuals::domain::proposal::{CloseReason, Purpose};
use mutuals::domain::round::{How, Line, Openers, Round};

use crate::web::house::House;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The record of everything until a day from now.
async fn record(house: &House) -> Record {
    let now = house.app.now();
    let (from, until) = (now - DAY * 80, now + DAY);
    let read = move |conn: &mut Conn| read(conn, &Window { from, until, zone: &TimeZone::UTC });
    house.app.db.read(read).await.unwrap()
}

/// Somebody posts, somebody promises, both say that it came.
async fn hand_over(
    house: &House,
    purpose: Purpose,
    draft: Draft,
    (proposer, promiser): (&Member, &Member),
) -> ProposalId {
    let app = &house.app;
    let posted = post_proposal(app, proposer, purpose, &draft, true).await.unwrap();
    let promise = make_promise(app, promiser, posted.id, None, "").await.unwrap();
    confirm_fulfilment(app, promiser, promise.id, None, "").await.unwrap();
    confirm_fulfilment(app, proposer, promise.id, None, "").await.unwrap();
    posted.id
}

fn draft(title: &str) -> Draft {
    Draft { title: title.into(), ..Draft::default() }
}

fn edges(record: &Record) -> Vec<(Party, Party)> {
    record.handovers.iter().map(|one| (one.deed.provider, one.deed.receiver)).collect()
}

#[tokio::test]
async fn needs_and_offers_run_from_who_gave_to_who_received() {
    let house = House::open().await;
    let (ida, rosa) = (house.member("Ida").await, house.member("Rosa").await);
    hand_over(&house, Purpose::Need, draft("A ladder"), (&ida, &rosa)).await;
    hand_over(&house, Purpose::Offer, draft("Apples"), (&ida, &rosa)).await;
    let need =
        post_proposal(&house.app, &ida, Purpose::Need, &draft("A lift"), true).await.unwrap();
    let promise = make_promise(&house.app, &rosa, need.id, None, "").await.unwrap();
    confirm_fulfilment(&house.app, &rosa, promise.id, None, "").await.unwrap();
    let record = record(&house).await;
    let found = edges(&record);
    assert_eq!(found.len(), 2, "one word is not enough: {found:?}");
    assert_eq!(found[0], (found[1].1, found[1].0), "Rosa gave a ladder, and got apples");
    assert_eq!((record.spoken_of, record.needs.len()), (3, 2));
    let asked = record.needs[0].asker;
    assert!(record.needs.iter().all(|need| need.asker == asked && need.is_new));
}

#[tokio::test]
async fn whoever_posts_for_somebody_is_not_the_one_who_received() {
    let house = House::open().await;
    let (ida, rosa) = (house.member("Ida").await, house.member("Rosa").await);
    let for_ito = |name: &str| Draft {
        on_behalf_of: name.into(),
        consent: true,
        audience: "members".into(),
        ..draft("A lift to the clinic")
    };
    let first = hand_over(&house, Purpose::Need, for_ito("Mrs Ito"), (&ida, &rosa)).await;
    hand_over(&house, Purpose::Need, for_ito(" mrs ito "), (&ida, &rosa)).await;
    hand_over(&house, Purpose::Need, for_ito("Mr Chan"), (&ida, &rosa)).await;
    hand_over(&house, Purpose::Need, draft("A ladder"), (&ida, &rosa)).await;
    let found = edges(&record(&house).await);
    let ida_received = found[3].1;
    assert!(found[0].1 == found[1].1 && found[0].1 != found[2].1, "{found:?}");
    assert!(found[..3].iter().all(|(_, to)| *to != ida_received), "{found:?}");
    assert!(record(&house).await.handovers[0].is_protected);
    // When it is erased for whom it was, it is nobody's, and not Ida's.
    let fulfilled = Step::Close(CloseReason::Fulfilled);
    change_proposal(&house.app, &ida, first, fulfilled).await.unwrap();
    let later = house.app.now() + DAY * 40;
    house.app.db.write(move |conn| proposals::forget_for_whom(conn, later)).await.unwrap();
    let found = edges(&record(&house).await);
    assert_eq!((found[0].1, found.len()), (Party::Forgotten, 4), "{found:?}");
    // What Rosa did is not kept once she is erased.
    let id = rosa.id;
    house.app.db.write(move |conn| leaving::erase(conn, id)).await.unwrap();
    assert!(record(&house).await.handovers.is_empty());
}

#[tokio::test]
async fn e27_who_asks_again_after_a_round_is_there_and_who_rests_is_not_gone() {
    let house = House::open().await;
    let mut people = Vec::new();
    for number in 0..10 {
        people.push(house.member(&format!("P{number}")).await);
    }
    let began = house.app.now();
    let round = Round {
        id: house.app.clock.new_id(),
        title: "Flood".into(),
        text: String::new(),
        days: 10,
        asked_at: began,
        opened_at: Some(began),
        ends_at: began + DAY * 10,
        lapses_at: None,
        ended: Some((How::Date, began + DAY * 10)),
        closed_at: Some(began + DAY * 10),
    };
    let id = round.id;
    let write = move |conn: &mut Conn| rounds::insert(conn, &round, Openers::default());
    house.app.db.write(write).await.unwrap();
    // Nine ask in the round, and the tenth brings it.
    for asker in &people[..9] {
        let need = hand_over(&house, Purpose::Need, draft("Sand"), (asker, &people[9])).await;
        let line = Line { proposal: need, round: id, added_at: began, decided: None };
        house.app.db.write(move |conn| rounds::insert_line(conn, &line)).await.unwrap();
    }
    house.app.clock.advance(DAY * 30);
    // Six are there in the month after, four of them only by asking; one rests from all turns.
    for person in &people[..4] {
        post_proposal(&house.app, person, Purpose::Need, &draft("Bread"), true).await.unwrap();
    }
    hand_over(&house, Purpose::Need, draft("Soup"), (&people[4], &people[9])).await;
    let (rests, exempt) = (people[7].id, house.app.clock.new_id());
    let from = "2026-08-25".parse().unwrap();
    let exemption = Exemption {
        id: exempt,
        member: rests,
        share: Share::Full,
        from,
        until: None,
        is_next: false,
    };
    let now = house.app.now();
    let write = move |conn: &mut Conn| exemptions::insert(conn, &exemption, now);
    house.app.db.write(write).await.unwrap();
    house.app.clock.advance(DAY * 70);
    let record = record(&house).await;
    let (participants, ago) = record.round.as_ref().unwrap();
    assert_eq!((participants.len(), *ago), (10, 3));
    assert_eq!(stayed(participants, 3), Part::new(6, 9));
    let in_round = record.handovers.iter().filter(|one| one.in_round).count();
    assert_eq!(in_round, 0, "that was before these months");
    let report = Report::of(&record, "2026-11-30".parse().unwrap());
    assert!(report.is_too_few(), "two people are too few to count");
    assert_eq!(record.deeds().len(), 1);
    let deed: Deed = record.deeds()[0];
    assert!(record.met_before.len() == 9 && deed.weight == 1);
}

#[tokio::test]
async fn a_report_is_read_as_it_was_written() {
    let house = House::open().await;
    let (ida, rosa) = (house.member("Ida").await, house.member("Rosa").await);
    hand_over(&house, Purpose::Need, draft("A ladder"), (&ida, &rosa)).await;
    let mut record = record(&house).await;
    record.weeks = vec![Part::new(3, 4), Part::new(0, 0)];
    for number in 0..20 {
        let deed = Deed {
            provider: Party::Person(number),
            receiver: Party::Person((number + 1) % 20),
            weight: 1,
        };
        record.turns.push(deed);
    }
    let report = Report::of(&record, "2026-08-31".parse().unwrap());
    assert_eq!(Report::from_text(&report.to_text()), Some(report));
    assert_eq!(Report::from_text("figure one_way share x"), None);
}

#[tokio::test]
async fn e24_whoever_asks_in_another_language_may_be_seen_to_wait_longer() {
    let house = House::open().await;
    let (ida, rosa) = (house.member("Ida").await, house.member("Rosa").await);
    for (language, hours) in [("en", 2), ("es", 5)] {
        for number in 0..5 {
            let asked = Draft { language: language.into(), ..draft(&format!("Soup {number}")) };
            let need = post_proposal(&house.app, &ida, Purpose::Need, &asked, true).await.unwrap();
            house.app.clock.advance(SignedDuration::from_hours(hours));
            make_promise(&house.app, &rosa, need.id, None, "").await.unwrap();
        }
    }
    let record = record(&house).await;
    assert_eq!(record.kinds.len(), 1);
    assert_eq!(waiting(&record.kinds), None, "one kind is compared with nothing");
    assert_eq!(waiting(&record.by_language), Some((2, 5)));
}
