//! Measures about members (mission E8): a clause, a second person, an end, an appeal to those who
//! did not act; and the log, which names nobody a measure is about.

use jiff::SignedDuration;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::covenant::adopt;
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::follow::follow;
use mutuals::actions::invite::invite;
use mutuals::actions::join;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::measure::{self, Wish};
use mutuals::actions::name_steward::name_steward;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::actions::promise_to_neighbour::promise_to_neighbour;
use mutuals::actions::release_promise::release_promise;
use mutuals::actions::vouch::vouch;
use mutuals::db::{measures, moderation_log, notices};
use mutuals::domain::act::{Act, Entry};
use mutuals::domain::covenant::Rule;
use mutuals::domain::draft::Draft;
use mutuals::domain::measure::{How, Kind, Measure};
use mutuals::domain::member::Member;
use mutuals::domain::notice;
use mutuals::domain::proposal::{Proposal, Purpose, State};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::resolve;
use mutuals::jobs::housekeeping;

use crate::agreements::{Neighbours, theirs};
use crate::testapp::TestApp;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const TEXT: &str = "# What we owe each other\n\nTurns.\n\n\
                    # Doors\n\nDoors stay open. Nobody takes what is not offered.\n";

/// A collective with a text of its own, three stewards and Kofi.
struct Ring {
    app: TestApp,
    stewards: [Member; 3],
    kofi: Member,
}

impl Ring {
    async fn start() -> Self {
        let app = TestApp::start("ring").await;
        let stewards =
            [app.steward("Ida").await, app.steward("Tove").await, app.steward("Ana").await];
        let rule = Rule::new(0, false).unwrap();
        adopt(&app.app, Some(stewards[0].id), (TEXT, "en"), rule).await.unwrap();
        let kofi = app.member("Kofiquendel").await;
        Self { app, stewards, kofi }
    }

    async fn take(&self, by: usize, kind: Kind, days: i64) -> Result<Measure, Error> {
        let (clause, reason) = ("doors stay open".to_owned(), "He locked the yard".to_owned());
        let wish = Wish { kind, clause, reason, days };
        measure::take(&self.app.app, &self.stewards[by], self.kofi.id, wish).await
    }

    async fn find(&self, id: &Measure) -> Measure {
        let id = id.id;
        self.app.app.db.read(move |conn| measures::find(conn, id)).await.unwrap()
    }

    async fn days_pass(&self, seconds: i64) {
        self.app.advance(seconds);
        housekeeping::run(&self.app.app).await.unwrap();
    }

    /// The log, oldest first.
    async fn log(&self) -> Vec<Entry> {
        let read = |conn: &mut mutuals::db::Conn| moderation_log::list(conn, None, 100);
        let mut all = self.app.app.db.read(read).await.unwrap();
        all.reverse();
        all
    }

    async fn acts(&self) -> Vec<Act> {
        self.log().await.into_iter().filter_map(|entry| entry.act).collect()
    }

    async fn told(&self, member: &Member) -> Vec<notice::Kind> {
        let id = member.id;
        let all = self.app.app.db.read(move |conn| notices::list(conn, id, 100)).await.unwrap();
        all.into_iter().map(|notice| notice.kind).collect()
    }

    async fn offer(&self, by: &Member, publish: bool) -> Result<Proposal, Error> {
        let draft = Draft { title: "A ladder".into(), ..Draft::default() };
        post_proposal(&self.app.app, by, Purpose::Offer, &draft, publish).await
    }
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn e8_a_measure_cites_what_we_owe_each_other_or_there_is_none() {
    let ring = Ring::start().await;
    let wish = |clause: &str, reason: &str, days| Wish {
        kind: Kind::Warn,
        clause: clause.into(),
        reason: reason.into(),
        days,
    };
    let (app, ida) = (&ring.app.app, &ring.stewards[0]);
    let take = |wish| measure::take(app, ida, ring.kofi.id, wish);
    assert_eq!(refused(take(wish("", "He shouted", 9)).await), Refusal::ClauseUnknown);
    assert_eq!(refused(take(wish("Be quiet.", "He shouted", 9)).await), Refusal::ClauseUnknown);
    assert_eq!(refused(take(wish("Doors", " ", 9)).await), Refusal::WordsUnfit);
    for days in [0, -1, 91, i64::MAX] {
        assert_eq!(refused(take(wish("Doors", "He shouted", days)).await), Refusal::DaysUnfit);
    }
    let own = measure::take(app, ida, ida.id, wish("Doors", "me", 9)).await;
    assert_eq!(refused(own), Refusal::OwnMeasure);
    let by_member = measure::take(app, &ring.kofi, ida.id, wish("Doors", "her", 9)).await;
    assert!(matches!(by_member, Err(Error::Forbidden)), "{by_member:?}");

    let taken = take(wish("nobody takes  what is not OFFERED", "The ladder", 9)).await.unwrap();
    assert_eq!(taken.clause, "Nobody takes what is not offered.");
    assert_eq!(taken.covenant_version, 2);
    assert_eq!(refused(take(wish("Doors", "again", 9)).await), Refusal::MeasureStands);
    assert_eq!(ring.told(&ring.kofi).await, [notice::Kind::Measure]);
    let log = ring.log().await;
    let last = log.last().unwrap();
    assert_eq!((last.act, last.by), (Some(Act::Warned), Some(ida.id)));
    assert_eq!(last.reason, "Nobody takes what is not offered.");
    assert!(!format!("{log:?}").contains("ladder"), "what was said of him is not in the log");
}

#[tokio::test]
async fn the_text_from_the_beginning_can_be_cited_in_every_language() {
    let app = TestApp::start("ring").await;
    let (ida, kofi, omar) =
        (app.steward("Ida").await, app.member("Kofi").await, app.member("O").await);
    for (about, clause) in
        [(&kofi, "Nobody counts who gave what."), (&omar, "Nadie cuenta quién dio qué.")]
    {
        let wish = Wish { kind: Kind::Warn, clause: clause.into(), reason: "x".into(), days: 9 };
        let taken = measure::take(&app.app, &ida, about.id, wish).await;
        assert_eq!(taken.unwrap().clause, clause);
    }
}

#[tokio::test]
async fn a_freeze_leaves_asking_reading_and_finishing_open() {
    let ring = Ring::start().await;
    let (app, kofi) = (&ring.app.app, &ring.kofi);
    let rosa = ring.app.member("Rosa").await;
    let need = ring.app.need(&rosa, "Chairs", "9").await;
    let theirs = ring.offer(&rosa, true).await.unwrap();
    let promised = make_promise(app, kofi, need.id, "2".parse().ok(), "").await.unwrap();
    let shown = ring.offer(kofi, true).await.unwrap();
    ring.take(0, Kind::Freeze, 30).await.unwrap();

    assert_eq!(refused(ring.offer(kofi, true).await), Refusal::Frozen);
    let promise = make_promise(app, kofi, need.id, "1".parse().ok(), "").await;
    assert_eq!(refused(promise), Refusal::Frozen);
    assert_eq!(refused(invite(app, Some(kofi.id), 1).await), Refusal::Frozen);
    let draft = ring.offer(kofi, false).await.unwrap();
    let published = change_proposal(app, kofi, draft.id, Step::Publish).await;
    assert_eq!(refused(published), Refusal::Frozen);
    let other = Draft { title: "Another ladder".into(), ..Draft::default() };
    let edited = edit_proposal(app, kofi, shown.id, &other).await;
    assert_eq!(refused(edited), Refusal::Frozen);
    assert_eq!(refused(change_proposal(app, kofi, shown.id, Step::Extend).await), Refusal::Frozen);

    // Aid is unconditional: whoever asks is heard, and may take what is offered.
    let asked = ring.app.need(kofi, "Insulin", "1").await;
    assert_eq!(asked.state, State::Open);
    let kept = Draft { title: "Bread".into(), ..Draft::default() };
    let kept = post_proposal(app, kofi, Purpose::Need, &kept, false).await.unwrap();
    change_proposal(app, kofi, kept.id, Step::Publish).await.unwrap();
    let more = Draft { title: "Insulin, today".into(), ..Draft::default() };
    edit_proposal(app, kofi, asked.id, &more).await.unwrap();
    make_promise(app, kofi, theirs.id, None, "").await.unwrap();
    release_promise(app, kofi, promised.id, None).await.unwrap();
    // What he offered he may take back.
    change_proposal(app, kofi, shown.id, Step::Withdraw).await.unwrap();
    // And everybody else may do what they did.
    make_promise(app, &rosa, asked.id, None, "").await.unwrap();
}

#[tokio::test]
async fn who_is_frozen_neither_vouches_nor_names_stewards() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let tove = ring.stewards[1].clone();
    adopt(app, None, (TEXT, "en"), Rule::new(2, false).unwrap()).await.unwrap();
    let lea = join::Wish {
        name: "Lea".into(),
        password: "a kettle on the stove".into(),
        agrees_to: Some(3),
    };
    let lea = join::join(app, join::Way::Open, lea).await.unwrap().member;
    let wish = Wish { kind: Kind::Freeze, clause: "Doors".into(), reason: "x".into(), days: 30 };
    measure::take(app, &ring.stewards[0], tove.id, wish).await.unwrap();
    assert_eq!(refused(vouch(app, &tove, lea.id).await), Refusal::Frozen);
    assert_eq!(refused(name_steward(app, &tove, ring.kofi.id).await), Refusal::Frozen);
    vouch(app, &ring.stewards[2], lea.id).await.unwrap();
}

#[tokio::test]
async fn e8_unconfirmed_it_is_gone_at_seven_days_and_an_hour_and_the_log_says_so() {
    let ring = Ring::start().await;
    let taken = ring.take(0, Kind::Freeze, 30).await.unwrap();
    let own = measure::confirm(&ring.app.app, &ring.stewards[0], taken.id).await;
    assert_eq!(refused(own), Refusal::SecondPerson);
    ring.days_pass(7 * DAY - HOUR).await;
    assert!(ring.find(&taken).await.stands(ring.app.now()));
    assert_eq!(refused(ring.offer(&ring.kofi, true).await), Refusal::Frozen);

    // At the second, whether somebody noted it or not.
    ring.app.advance(HOUR);
    ring.offer(&ring.kofi, true).await.unwrap();
    assert!(!ring.acts().await.contains(&Act::Lapsed));
    ring.days_pass(HOUR).await;
    assert_eq!(ring.find(&taken).await.ended.unwrap().0, How::Lapsed);
    assert_eq!(ring.acts().await.last(), Some(&Act::Lapsed));
    ring.days_pass(HOUR).await;
    let lapses = ring.acts().await.iter().filter(|act| **act == Act::Lapsed).count();
    assert_eq!(lapses, 1, "it is noted once");
    let late = measure::confirm(&ring.app.app, &ring.stewards[1], taken.id).await;
    assert_eq!(refused(late), Refusal::MeasureOver);

    // Nobody makes seven days many times seven days alone; another may look and act.
    assert_eq!(refused(ring.take(0, Kind::Freeze, 30).await), Refusal::MeasureRests);
    assert_eq!(refused(ring.take(0, Kind::Warn, 30).await), Refusal::MeasureRests);
    ring.take(1, Kind::Freeze, 3).await.unwrap();
    ring.days_pass(30 * DAY).await;
    ring.take(0, Kind::Freeze, 30).await.unwrap();
}

#[tokio::test]
async fn with_a_second_person_it_stands_to_its_end_and_no_longer() {
    let ring = Ring::start().await;
    let taken = ring.take(0, Kind::Freeze, 20).await.unwrap();
    measure::confirm(&ring.app.app, &ring.stewards[1], taken.id).await.unwrap();
    let twice = measure::confirm(&ring.app.app, &ring.stewards[2], taken.id).await;
    assert_eq!(refused(twice), Refusal::MeasureConfirmed);
    ring.days_pass(19 * DAY).await;
    assert_eq!(refused(ring.offer(&ring.kofi, true).await), Refusal::Frozen);
    ring.days_pass(DAY).await;
    ring.offer(&ring.kofi, true).await.unwrap();
    let expected = [Act::CovenantAdopted, Act::Frozen, Act::Confirmed, Act::Ended];
    assert_eq!(ring.acts().await, expected);
    ring.days_pass(366 * DAY).await;
    let id = taken.id;
    let gone = ring.app.app.db.read(move |conn| measures::find(conn, id)).await;
    assert!(matches!(gone, Err(Error::NotFound)), "what was said is not kept for ever");
    assert_eq!(ring.acts().await, expected, "and the log is");
}

#[tokio::test]
async fn e8_an_appeal_goes_to_those_who_did_not_act() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let [ida, tove, ana] = &ring.stewards;
    let taken = ring.take(0, Kind::Freeze, 30).await.unwrap();
    measure::confirm(app, tove, taken.id).await.unwrap();
    let by_another = measure::appeal(app, ana, taken.id, "He is right").await;
    assert!(matches!(by_another, Err(Error::NotFound)), "{by_another:?}");
    measure::appeal(app, &ring.kofi, taken.id, "It was not me").await.unwrap();
    let again = measure::appeal(app, &ring.kofi, taken.id, "Really").await;
    assert_eq!(refused(again), Refusal::AppealMade);
    assert!(ring.told(ana).await.contains(&notice::Kind::Appeal));
    for signer in [ida, tove] {
        assert!(!ring.told(signer).await.contains(&notice::Kind::Appeal));
        let decided = measure::decide(app, signer, taken.id, true, "I am kind").await;
        assert_eq!(refused(decided), Refusal::ActedAlready);
    }
    let own = measure::decide(app, &ring.kofi, taken.id, true, "me").await;
    assert!(matches!(own, Err(Error::Forbidden)), "{own:?}");
    measure::decide(app, ana, taken.id, true, "It was somebody else").await.unwrap();
    ring.offer(&ring.kofi, true).await.unwrap();

    let log = ring.log().await;
    let appealed = log.iter().find(|entry| entry.act == Some(Act::Appealed)).unwrap();
    assert_eq!(appealed.by, None, "the log does not say who appealed");
    assert_eq!(log.last().unwrap().reason, "lifted");
    // Whoever was wrong leaves him to others for a while.
    assert_eq!(refused(ring.take(0, Kind::Warn, 9).await), Refusal::MeasureRests);
}

#[tokio::test]
async fn an_appeal_that_is_answered_with_no_leaves_it_as_it_is() {
    let ring = Ring::start().await;
    let (app, taken) = (&ring.app.app, ring.take(0, Kind::Freeze, 30).await.unwrap());
    measure::appeal(app, &ring.kofi, taken.id, "It was not me").await.unwrap();
    let [_, tove, ana] = &ring.stewards;
    measure::decide(app, ana, taken.id, false, "Three people saw it").await.unwrap();
    assert_eq!(refused(ring.offer(&ring.kofi, true).await), Refusal::Frozen);
    let both = measure::confirm(app, ana, taken.id).await;
    assert_eq!(refused(both), Refusal::SecondPerson, "who judged does not sign");
    measure::lift(app, tove, taken.id, "We talked").await.unwrap();
    ring.offer(&ring.kofi, true).await.unwrap();
    assert_eq!(ring.acts().await.last(), Some(&Act::Lifted));
}

#[tokio::test]
async fn a_steward_does_nothing_about_a_measure_about_themselves() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let tove = &ring.stewards[1];
    let wish = Wish { kind: Kind::Freeze, clause: "Doors".into(), reason: "x".into(), days: 30 };
    let taken = measure::take(app, &ring.stewards[0], tove.id, wish).await.unwrap();
    assert_eq!(refused(measure::confirm(app, tove, taken.id).await), Refusal::OwnMeasure);
    assert_eq!(refused(measure::lift(app, tove, taken.id, "mine").await), Refusal::OwnMeasure);
    measure::appeal(app, tove, taken.id, "I was away").await.unwrap();
    assert!(!ring.told(tove).await.contains(&notice::Kind::Appeal));
    let own = measure::decide(app, tove, taken.id, true, "mine").await;
    assert_eq!(refused(own), Refusal::OwnMeasure);
}

#[tokio::test]
async fn two_stewards_at_one_moment_take_one_freeze() {
    let ring = Ring::start().await;
    let (first, second) =
        tokio::join!(ring.take(0, Kind::Freeze, 30), ring.take(1, Kind::Freeze, 30));
    let stands = [first, second].into_iter().filter_map(Result::err).map(|error| match error {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    });
    assert_eq!(stands.collect::<Vec<_>>(), [Refusal::MeasureStands]);
}

#[tokio::test]
async fn leaving_takes_the_measure_along_and_leaves_the_lines_of_the_log() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let ida = &ring.stewards[0];
    let taken = ring.take(0, Kind::Freeze, 30).await.unwrap();
    measure::appeal(app, &ring.kofi, taken.id, "It was not me").await.unwrap();
    let rosa = ring.app.member("Rosa").await;
    let wish = Wish { kind: Kind::Warn, clause: "Doors".into(), reason: "x".into(), days: 30 };
    let about_rosa = measure::take(app, ida, rosa.id, wish).await.unwrap();
    for member in [&ring.kofi, ida] {
        mutuals::actions::leave::leave(app, member).await.unwrap();
    }
    ring.days_pass(SignedDuration::from_hours(15 * 24).as_secs()).await;

    let id = taken.id;
    let gone = app.db.read(move |conn| measures::find(conn, id)).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    let left = ring.find(&about_rosa).await;
    assert_eq!((left.made_by, left.reason.as_str()), (None, "x"));
    let log = ring.log().await;
    assert!(log.iter().any(|entry| entry.act == Some(Act::Appealed)));
    assert!(log.iter().any(|entry| entry.by == Some(ida.id)), "a number that leads to nobody");
}

#[tokio::test]
async fn who_is_frozen_promises_nothing_to_other_collectives() {
    let all = Neighbours::start().await;
    let (ring, mill) = (&all.ring, &all.mill);
    let (ida, kofi) = (ring.steward("Ida").await, ring.member("Kofi").await);
    let handle = mill.app.collective.address().to_string();
    let actor = resolve::by_handle_or_url(&ring.app, &handle).await.unwrap();
    follow(&ring.app, actor).await.unwrap();
    all.work().await;
    let jars = mill.need(&all.omar, "Jars", "6").await;
    let lamps = Draft { title: "Lamps".into(), amount: "6".into(), ..Draft::default() };
    let offered = post_proposal(&mill.app, &all.omar, Purpose::Offer, &lamps, true).await.unwrap();
    all.work().await;
    let clause = "Nobody counts who gave what.".into();
    let wish = Wish { kind: Kind::Freeze, clause, reason: "x".into(), days: 30 };
    measure::take(&ring.app, &ida, kofi.id, wish).await.unwrap();
    let promise = |seen| promise_to_neighbour(&ring.app, &kofi, seen, Default::default());
    assert_eq!(refused(promise(theirs(ring, &jars).await).await), Refusal::Frozen);
    promise(theirs(ring, &offered).await).await.unwrap();
}

#[tokio::test]
async fn nobody_freezes_alone_again_and_again() {
    // To its end within a week, or lifted by who took it: one steward alone gets no second one.
    let ring = Ring::start().await;
    ring.take(0, Kind::Freeze, 7).await.unwrap();
    ring.days_pass(8 * DAY).await;
    assert_eq!(refused(ring.take(0, Kind::Freeze, 7).await), Refusal::MeasureRests);
    let other = ring.take(1, Kind::Freeze, 90).await.unwrap();
    measure::lift(&ring.app.app, &ring.stewards[1], other.id, "A mistake").await.unwrap();
    assert_eq!(refused(ring.take(1, Kind::Freeze, 90).await), Refusal::MeasureRests);
    ring.take(2, Kind::Freeze, 7).await.unwrap();
}
