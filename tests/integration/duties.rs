//! Duties and turns: how they are planned, who comes, and what is noticed when nobody does.

use jiff::SignedDuration;
use mutuals::actions::announce_turn::tell_of_turns;
use mutuals::actions::cover_turn::{Cover, give_to_pool};
use mutuals::actions::duty::{Keepers, add_duty, edit_duty, end_duty, wake_duty};
use mutuals::actions::join;
use mutuals::actions::keep_turn::keep_turn;
use mutuals::actions::leave::leave;
use mutuals::actions::make_promise::{Wish, make_promise, promise_once};
use mutuals::actions::plan_turns::plan_due;
use mutuals::actions::release_turn::release_turn;
use mutuals::actions::runbook::write_runbook;
use mutuals::actions::take_turn::{Repeat, end_standing, take_turn, take_turns};
use mutuals::db::{Conn, Db, agenda, duties, pool_turns, promise_duties, turn_people, turns};
use mutuals::domain::agenda::Matter;
use mutuals::domain::covenant::Rule;
use mutuals::domain::duty::Duty;
use mutuals::domain::duty_draft::DutyDraft;
use mutuals::domain::id::DutyId;
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::turn::{Place, Report, State, Turn};
use mutuals::error::Error;
use mutuals::jobs::housekeeping;
use mutuals::server;

use crate::notices::{look, news};
use crate::testapp::{TestApp, config};
use crate::web::house::Browser;

pub const HOUR: i64 = 60 * 60;
pub const DAY: i64 = 24 * HOUR;

/// Every Tuesday from four to eight. Tests begin on a Monday at noon, so the first is tomorrow.
pub fn kitchen() -> DutyDraft {
    DutyDraft {
        title: "Kitchen".into(),
        text: "We cook for the street.".into(),
        place: "The hall".into(),
        audience: "public".into(),
        counts: "meals".into(),
        functions: vec!["food".into()],
        rhythm: "FREQ=WEEKLY;BYDAY=TU".into(),
        day: "2026-11-24".into(),
        from: "16:00".into(),
        until: "20:00".into(),
        needed: "4".into(),
        ..DutyDraft::default()
    }
}

/// A ring with a kitchen, a steward and people.
pub struct Ring {
    pub app: TestApp,
    pub ida: Member,
    pub kitchen: Duty,
}

impl Ring {
    pub async fn start() -> Self {
        Self::start_with(kitchen()).await
    }

    pub async fn start_with(draft: DutyDraft) -> Self {
        let app = TestApp::start("ring").await;
        let ida = app.steward("Ida").await;
        let kitchen = add_duty(&app.app, &ida, &draft, Keepers::default()).await.unwrap();
        Self { app, ida, kitchen }
    }

    /// The turns of the kitchen that are planned and not over.
    pub async fn next(&self) -> Vec<Turn> {
        let (id, now) = (self.kitchen.id, self.app.now());
        self.app.app.db.read(move |conn| turns::list_next(conn, id, now, 100)).await.unwrap()
    }

    pub async fn turn(&self, turn: &Turn) -> Turn {
        let id = turn.id;
        self.app.app.db.read(move |conn| turns::find(conn, id)).await.unwrap()
    }

    pub async fn duty(&self) -> Duty {
        let id = self.kitchen.id;
        self.app.app.db.read(move |conn| duties::find(conn, id)).await.unwrap()
    }

    pub async fn take(&self, member: &Member, turn: &Turn) -> Turn {
        take_turn(&self.app.app, member, turn.id, Place::Hand).await.unwrap()
    }

    pub async fn release(&self, member: &Member, turn: &Turn) -> Cover {
        release_turn(&self.app.app, member, turn.id).await.unwrap()
    }

    pub async fn keep(&self, member: &Member, turn: &Turn, came: i32) -> Turn {
        let report = Report { came, ..Report::default() };
        keep_turn(&self.app.app, member, turn.id, report).await.unwrap()
    }

    /// Who comes to a turn, by name.
    pub async fn people(&self, turn: &Turn) -> Vec<String> {
        let id = turn.id;
        let read = move |conn: &mut Conn| turn_people::list(conn, id);
        let all = self.app.app.db.read(read).await.unwrap();
        all.into_iter().map(|(_, name, _)| name).collect()
    }

    pub async fn pool(&self) -> usize {
        self.app.app.db.read(pool_turns::list_open).await.unwrap().len()
    }

    /// So many seconds pass, and the house is kept.
    pub async fn pass(&self, seconds: i64) {
        self.app.advance(seconds);
        housekeeping::run(&self.app.app).await.unwrap();
    }

    /// Until this moment of the test's year: `12-01T20:00`.
    pub async fn until(&self, moment: &str) {
        let moment: jiff::Timestamp = format!("2026-{moment}:00Z").parse().unwrap();
        self.pass(moment.duration_since(self.app.now()).as_secs()).await;
    }

    /// What waits for the assembly.
    pub async fn asked(&self) -> Vec<(Matter, String)> {
        let open = self.app.app.db.read(agenda::list_open).await.unwrap();
        open.into_iter().map(|point| (point.matter, point.subject)).collect()
    }

    pub async fn people_named(&self, names: &[&str]) -> Vec<Member> {
        let mut people = Vec::new();
        for name in names {
            people.push(self.app.member(name).await);
        }
        people
    }
}

pub fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn starts(turns: &[Turn]) -> Vec<String> {
    turns.iter().map(|turn| turn.starts_at.to_string()).collect()
}

#[tokio::test]
async fn j8_the_tuesday_kitchen() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let people = ring.people_named(&["Sara", "Milo", "Ana", "Ken", "Tove", "Lin"]).await;
    let [sara, milo, ana, ken, tove, lin] = people.as_slice() else { panic!() };
    let keepers = Keepers { keeper: Some(tove.id), until: None, deputy: Some(lin.id) };
    edit_duty(app, &ring.ida, ring.kitchen.id, &kitchen(), keepers).await.unwrap();
    let coming = ring.next().await;
    assert_eq!(coming.len(), 8, "eight weeks ahead");
    assert_eq!(starts(&coming)[..2], ["2026-11-24T16:00:00Z", "2026-12-01T16:00:00Z"]);
    assert_eq!((coming[0].needed, coming[0].learners), (4, 1));

    // Sara comes every second Tuesday until June; others to single turns.
    let repeat = Repeat { every: 2, until: Some("2027-06-01".parse().unwrap()) };
    take_turns(app, sara, coming[0].id, Place::Hand, repeat).await.unwrap();
    for member in [milo, ana, ken] {
        ring.take(member, &coming[0]).await;
    }
    let taken: Vec<i32> = ring.next().await.iter().map(|turn| turn.taken).collect();
    assert_eq!(taken, [4, 0, 1, 0, 1, 0, 1, 0]);

    // Monday at ten in the evening, Sara cannot come. There are two turns in the pool.
    give_to_pool(app, lin, ring.kitchen.id, None).await.unwrap();
    give_to_pool(app, tove, ring.kitchen.id, None).await.unwrap();
    ring.until("11-23T22:00").await;
    assert_eq!(ring.release(sara, &coming[0]).await, Cover::Drawn);
    assert_eq!(ring.people(&coming[0]).await, ["Ana", "Ken", "Lin", "Milo"]);
    assert_eq!(ring.pool().await, 1);
    assert_eq!(news(&ring.app, lin).await, [(Kind::PoolDrawn, coming[0].path())]);

    // The tally, and a note for the next.
    ring.until("11-24T20:00").await;
    let note = "The lid of the big pot is broken.\nMore onions.".to_owned();
    let report = Report { came: 4, counted: Some(61), note: Some(note.clone()) };
    let kept = keep_turn(app, milo, coming[0].id, report).await.unwrap();
    assert_eq!((kept.state, kept.came, kept.counted), (State::Kept, Some(4), Some(61)));
    assert_eq!((kept.taken, kept.covered), (4, 1), "kept, one of it by cover");
    let id = kept.id;
    let handed = app.db.read(move |conn| turns::find_note(conn, id)).await.unwrap();
    assert_eq!(handed, Some(note));

    // The pool knows no more who gave what was drawn, and the turn not who could not come.
    let rows = app.db.read(pool_turns::list_open).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.giver).collect::<Vec<_>>(), [Some(tove.id)]);
    assert!(!ring.people(&coming[0]).await.contains(&"Sara".to_owned()));
}

#[tokio::test]
async fn turns_stand_eight_weeks_ahead_whatever_happens() {
    let ring = Ring::start().await;
    for _ in 0..30 {
        ring.pass(8 * DAY).await;
        let coming = ring.next().await;
        assert!((8..=9).contains(&coming.len()), "{:?}", starts(&coming));
    }
    // The server was away for half a year: nothing is left out.
    ring.pass(180 * DAY).await;
    let (id, from) = (ring.kitchen.id, ring.kitchen.made_at);
    let all = ring.app.app.db.read(move |conn| turns::list_from(conn, id, from)).await.unwrap();
    let week = SignedDuration::from_hours(7 * 24);
    assert!(all.windows(2).all(|two| two[1].starts_at.duration_since(two[0].starts_at) == week));
}

#[tokio::test]
async fn two_processes_never_make_a_turn_twice() {
    let ring = Ring::start().await;
    let sara = ring.app.member("Sara").await;
    let first = ring.next().await.remove(0);
    let every = Repeat { every: 1, until: None };
    take_turns(&ring.app.app, &sara, first.id, Place::Hand, every).await.unwrap();
    let other = Db::open(ring.app.location().clone()).unwrap();
    let other = server::open_with(config(), other, ring.app.app.clock.clone()).await.unwrap();
    for _ in 0..12 {
        ring.app.advance(9 * DAY);
        let (one, two) = tokio::join!(plan_due(&ring.app.app), plan_due(&other));
        assert!((1..=2).contains(&(one.unwrap() + two.unwrap())));
    }
    let coming = ring.next().await;
    assert!((8..=9).contains(&coming.len()), "{:?}", starts(&coming));
    assert!(coming.iter().all(|turn| turn.taken == 1), "filled once, too");
}

#[tokio::test]
async fn the_clock_on_the_wall_is_that_of_the_duty() {
    let draft = DutyDraft {
        zone: Some("Europe/Berlin".into()),
        rhythm: "FREQ=WEEKLY".into(),
        day: "2026-12-01".into(),
        ..kitchen()
    };
    let ring = Ring::start_with(draft).await;
    assert_eq!(starts(&ring.next().await)[0], "2026-12-01T15:00:00Z");
    ring.pass(120 * DAY).await;
    let summer = starts(&ring.next().await);
    assert!(summer.iter().any(|start| start == "2027-03-30T14:00:00Z"), "{summer:?}");
}

#[tokio::test]
async fn what_is_paused_or_a_holiday_is_not_planned() {
    let draft = DutyDraft {
        pause_from: "2026-12-01".into(),
        pause_until: "2026-12-14".into(),
        days_without: "2026-12-29".into(),
        ..kitchen()
    };
    let ring = Ring::start_with(draft).await;
    let days: Vec<_> = starts(&ring.next().await).iter().map(|at| at[5..10].to_owned()).collect();
    assert_eq!(days, ["11-24", "12-15", "12-22", "01-05", "01-12"]);
}

#[tokio::test]
async fn a_changed_duty_moves_its_turns_and_tells_those_who_come() {
    let ring = Ring::start().await;
    let sara = ring.app.member("Sara").await;
    let coming = ring.next().await;
    ring.take(&sara, &coming[0]).await;
    ring.take(&sara, &coming[1]).await;
    let later = DutyDraft {
        from: "17:00".into(),
        until: "21:00".into(),
        needed: "3".into(),
        days_without: "2026-12-01".into(),
        ..kitchen()
    };
    let none = Keepers::default();
    edit_duty(&ring.app.app, &ring.ida, ring.kitchen.id, &later, none).await.unwrap();
    let moved = ring.turn(&coming[0]).await;
    assert_eq!(moved.starts_at.to_string(), "2026-11-24T17:00:00Z");
    assert_eq!((moved.taken, moved.needed), (1, 3));
    assert_eq!(ring.turn(&coming[1]).await.state, State::Off);
    let told = [(Kind::TurnChanged, coming[0].path()), (Kind::TurnChanged, coming[1].path())];
    let heard = news(&ring.app, &sara).await;
    assert!(told.iter().all(|each| heard.contains(each)), "{heard:?}");
    let next = ring.next().await;
    assert!(next.iter().all(|turn| turn.starts_at.to_string().ends_with("T17:00:00Z")));
    assert_eq!(next.len(), 7);

    // The day has a turn again once it is no holiday.
    let on = DutyDraft { days_without: String::new(), ..later };
    edit_duty(&ring.app.app, &ring.ida, ring.kitchen.id, &on, none).await.unwrap();
    assert_eq!(ring.next().await.len(), 8);
}

#[tokio::test]
async fn a_duty_that_ended_has_no_turns_to_come() {
    let ring = Ring::start().await;
    let sara = ring.app.member("Sara").await;
    let first = ring.next().await.remove(0);
    ring.take(&sara, &first).await;
    let by_sara = end_duty(&ring.app.app, &sara, ring.kitchen.id).await;
    assert!(matches!(by_sara, Err(Error::Forbidden)), "{by_sara:?}");
    end_duty(&ring.app.app, &ring.ida, ring.kitchen.id).await.unwrap();
    assert_eq!(ring.next().await, []);
    assert_eq!(ring.turn(&first).await.state, State::Off);
    let late = take_turn(&ring.app.app, &sara, first.id, Place::Hand).await;
    assert_eq!(refused(late), Refusal::TurnOver);
    ring.pass(60 * DAY).await;
    assert_eq!(ring.next().await, []);
}

#[tokio::test]
async fn fifty_at_once_all_come_and_are_counted_once() {
    let ring = Ring::start().await;
    let first = ring.next().await.remove(0);
    let mut people = Vec::new();
    for number in 0..50 {
        people.push(ring.app.member(&format!("Neighbour {number}")).await);
    }
    let all = people.iter().flat_map(|member| [member, member]).map(|member| {
        let (app, member, id) = (ring.app.app.clone(), member.clone(), first.id);
        tokio::spawn(async move { take_turn(&app, &member, id, Place::Hand).await })
    });
    for taken in all.collect::<Vec<_>>() {
        taken.await.unwrap().unwrap();
    }
    assert_eq!(ring.turn(&first).await.taken, 50, "nobody is turned away, nobody counts twice");
    assert_eq!(ring.people(&first).await.len(), 50);

    let learns = people.iter().map(|member| {
        let (app, member, id) = (ring.app.app.clone(), member.clone(), first.id);
        tokio::spawn(async move {
            release_turn(&app, &member, id).await?;
            take_turn(&app, &member, id, Place::Learner).await
        })
    });
    let mut learning = 0;
    for taken in learns.collect::<Vec<_>>() {
        match taken.await.unwrap() {
            Ok(_) => learning += 1,
            Err(error) => assert_eq!(refused(Err::<(), _>(error)), Refusal::LearnersFull),
        }
    }
    assert_eq!((learning, ring.turn(&first).await.learning), (1, 1));
}

#[tokio::test]
async fn e30_a_duty_that_nobody_keeps_sleeps_and_wakes_with_a_kept_turn() {
    let ring = Ring::start().await;
    let coming = ring.next().await;
    let sleeping = (Matter::SleepingDuty, ring.kitchen.id.to_string());
    ring.until("11-24T20:30").await;
    ring.keep(&ring.ida, &coming[0], 3).await;
    ring.until("12-08T20:30").await;
    assert_eq!(ring.duty().await.asleep_at, None, "it may still be noted");
    ring.until("12-09T21:00").await;
    assert!(ring.duty().await.asleep_at.is_some());
    assert!(!ring.duty().await.is_public());
    assert!(ring.asked().await.contains(&sleeping));

    // A turn of long ago wakes nothing; the next one does, and the question goes by itself.
    ring.keep(&ring.ida, &coming[1], 0).await;
    assert!(ring.duty().await.asleep_at.is_some());
    ring.until("12-15T20:30").await;
    ring.keep(&ring.ida, &coming[3], 2).await;
    assert_eq!(ring.duty().await.asleep_at, None);
    assert!(!ring.asked().await.contains(&sleeping));
    ring.until("12-16T21:00").await;
    assert_eq!(ring.duty().await.asleep_at, None);

    // By hand it wakes, too, and has two periods again.
    ring.pass(30 * DAY).await;
    assert!(ring.duty().await.asleep_at.is_some());
    wake_duty(&ring.app.app, &ring.ida, ring.kitchen.id).await.unwrap();
    ring.pass(8 * DAY).await;
    assert_eq!(ring.duty().await.asleep_at, None);
    assert!(!ring.asked().await.contains(&sleeping));
    ring.pass(14 * DAY).await;
    assert!(ring.asked().await.contains(&sleeping));
}

#[tokio::test]
async fn who_came_is_asked_how_it_was_once() {
    let ring = Ring::start().await;
    let people = ring.people_named(&["Sara", "Milo"]).await;
    let first = ring.next().await.remove(0);
    for member in &people {
        ring.take(member, &first).await;
    }
    ring.until("11-24T20:30").await;
    assert_eq!(news(&ring.app, &people[0]).await, [], "not at once");
    ring.until("11-24T21:30").await;
    let asked = (Kind::TurnToNote, first.path());
    assert!(news(&ring.app, &people[0]).await.contains(&asked));
    ring.keep(&people[0], &first, 2).await;
    assert!(!news(&ring.app, &people[1]).await.contains(&asked), "it is done");
    ring.pass(HOUR).await;
    assert!(!news(&ring.app, &people[1]).await.contains(&asked));
}

#[tokio::test]
async fn e14_everybody_new_is_offered_a_turn_to_learn_once() {
    let ring = Ring::start().await;
    let people = ring.people_named(&["Sara", "Milo"]).await;
    look(&ring.app, &people[0]).await;
    let coming = ring.next().await;
    for turn in &coming[1..3] {
        for member in &people {
            ring.take(member, turn).await;
        }
    }
    let text = "# What we owe each other\n\nWe keep the kitchen going.\n";
    let rule = Rule::new(2, false).unwrap();
    mutuals::actions::covenant::adopt(&ring.app.app, None, (text, "en"), rule).await.unwrap();
    let wish = join::Wish {
        name: "Lea".into(),
        password: "a kettle on the stove".into(),
        agrees_to: Some(2),
    };
    let lea = join::join(&ring.app.app, join::Way::Open, wish).await.unwrap().member;
    ring.pass(HOUR).await;
    let offered = (Kind::LearnerTurn, coming[1].path());
    assert!(news(&ring.app, &lea).await.contains(&offered), "beside two others");
    // She looks, and does nothing. Nothing more comes of it.
    look(&ring.app, &lea).await;
    ring.pass(20 * DAY).await;
    let is_offer = |told: &(Kind, String)| told.0 == Kind::LearnerTurn;
    assert!(!news(&ring.app, &lea).await.iter().any(is_offer));
    assert!(!news(&ring.app, &people[0]).await.iter().any(is_offer), "they come already");

    // Whoever joins learns first. Nobody kept a turn meanwhile, so the kitchen has to be woken.
    wake_duty(&ring.app.app, &ring.ida, ring.kitchen.id).await.unwrap();
    let early = take_turn(&ring.app.app, &lea, ring.next().await[0].id, Place::Hand).await;
    assert_eq!(refused(early), Refusal::LearnersFirst);
    take_turn(&ring.app.app, &lea, ring.next().await[0].id, Place::Learner).await.unwrap();
    // A duty for members only is none of theirs yet.
    let among = DutyDraft { audience: "members".into(), ..kitchen() };
    let among = add_duty(&ring.app.app, &ring.ida, &among, Keepers::default()).await.unwrap();
    let (id, now) = (among.id, ring.app.now());
    let list = move |conn: &mut Conn| turns::list_next(conn, id, now, 1);
    let hidden = ring.app.app.db.read(list).await.unwrap().remove(0);
    let unseen = take_turn(&ring.app.app, &lea, hidden.id, Place::Learner).await;
    assert!(matches!(unseen, Err(Error::NotFound)), "{unseen:?}");
}

#[tokio::test]
async fn e14_the_assembly_is_asked_if_nothing_could_be_offered_for_thirty_days() {
    let ring = Ring::start().await;
    let lea = ring.app.member("Lea").await;
    let asked = (Matter::NoLearnerTurn, String::new());
    ring.pass(29 * DAY).await;
    assert!(!ring.asked().await.contains(&asked));
    ring.pass(DAY).await;
    assert!(ring.asked().await.contains(&asked));
    take_turn(&ring.app.app, &lea, ring.next().await[0].id, Place::Learner).await.unwrap();
    ring.pass(HOUR).await;
    assert!(!ring.asked().await.contains(&asked), "it settles by itself");
}

#[tokio::test]
async fn e19_when_the_busiest_leaves_every_duty_still_has_somebody() {
    let ring = Ring::start().await;
    let (sara, milo) = (ring.app.member("Sara").await, ring.app.member("Milo").await);
    let keepers = Keepers { keeper: Some(sara.id), until: None, deputy: Some(milo.id) };
    edit_duty(&ring.app.app, &ring.ida, ring.kitchen.id, &kitchen(), keepers).await.unwrap();
    let coming = ring.next().await;
    let every = Repeat { every: 1, until: None };
    take_turns(&ring.app.app, &sara, coming[0].id, Place::Hand, every).await.unwrap();
    give_to_pool(&ring.app.app, &sara, ring.kitchen.id, None).await.unwrap();
    leave(&ring.app.app, &sara).await.unwrap();

    let id = ring.kitchen.id;
    let private = ring.app.app.db.read(move |conn| duties::find_private(conn, id)).await.unwrap();
    assert_eq!((private.keeper, private.deputy), (None, Some(milo.id)));
    let none = Keepers::default();
    edit_duty(&ring.app.app, &milo, id, &kitchen(), none).await.unwrap();
    assert!(ring.next().await.iter().all(|turn| turn.taken == 0), "and the calendar goes on");
    assert_eq!(ring.pool().await, 0);
    ring.pass(70 * DAY).await;
    assert!(ring.next().await.iter().all(|turn| turn.taken == 0));
    assert!(ring.asked().await.contains(&(Matter::TermDue, id.to_string())));
}

#[tokio::test]
async fn terms_deputies_and_thin_runbooks_are_questions_for_the_assembly() {
    let ring = Ring::start().await;
    let (app, id) = (&ring.app.app, ring.kitchen.id);
    let tove = ring.app.member("Tove").await;
    let keepers = Keepers { keeper: Some(tove.id), ..Keepers::default() };
    edit_duty(app, &ring.ida, id, &kitchen(), keepers).await.unwrap();
    let about = |matter| (matter, id.to_string());
    // The house, which one looks after alone, is asked about by itself.
    let of_kitchen = async || -> Vec<_> {
        ring.asked().await.into_iter().filter(|(_, subject)| *subject == id.to_string()).collect()
    };
    ring.pass(HOUR).await;
    assert_eq!(of_kitchen().await, [], "something new may settle in");
    ring.pass(20 * DAY).await;
    assert!(ring.asked().await.contains(&about(Matter::NoDeputy)));
    assert!(!ring.asked().await.contains(&about(Matter::TermDue)), "her term is half a year");
    ring.pass(80 * DAY).await;
    assert!(ring.asked().await.contains(&about(Matter::ThinRunbook)), "nothing is written");
    write_runbook(app, &tove, id, "Wash hands.").await.unwrap();
    ring.pass(90 * DAY).await;
    assert!(ring.asked().await.contains(&about(Matter::TermDue)));
    assert!(ring.asked().await.contains(&about(Matter::ThinRunbook)), "nobody has learnt by it");
    let next = ring.next().await.remove(0);
    take_turn(app, &tove, next.id, Place::Learner).await.unwrap();
    ring.pass(7 * DAY).await;
    ring.keep(&ring.ida, &next, 2).await;
    let keepers = Keepers { keeper: Some(ring.ida.id), until: None, deputy: Some(tove.id) };
    edit_duty(app, &ring.ida, id, &kitchen(), keepers).await.unwrap();
    ring.pass(HOUR).await;
    assert_eq!(of_kitchen().await, [about(Matter::Learnt)], "half a year is over");
}

#[tokio::test]
async fn e26b_twice_a_year_a_duty_that_is_kept_is_asked_what_was_learnt_and_once_at_a_time() {
    let ring = Ring::start().await;
    let (app, id) = (&ring.app.app, ring.kitchen.id);
    let learnt = async || {
        let asked = ring.asked().await;
        asked.iter().filter(|about| **about == (Matter::Learnt, id.to_string())).count()
    };
    ring.pass(181 * DAY).await;
    // Nobody kept it: while it sleeps it is asked something else.
    ring.pass(2 * DAY).await;
    assert_eq!(learnt().await, 0);
    wake_duty(app, &ring.ida, id).await.unwrap();
    for _ in 0..3 {
        ring.pass(HOUR).await;
        assert_eq!(learnt().await, 1);
    }
    let now = ring.app.now();
    app.db
        .write(move |conn| {
            for point in agenda::list_open(conn)? {
                agenda::answer(conn, point.id, (None, None), now)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    wake_duty(app, &ring.ida, id).await.unwrap();
    ring.pass(HOUR).await;
    assert_eq!(learnt().await, 0, "once in half a year");
    ring.pass(182 * DAY).await;
    wake_duty(app, &ring.ida, id).await.unwrap();
    ring.pass(HOUR).await;
    assert_eq!(learnt().await, 1);
    end_duty(app, &ring.ida, id).await.unwrap();
    assert_eq!(learnt().await, 0);
}

#[tokio::test]
async fn e32_once_a_year_the_assembly_is_asked_what_would_be_missed() {
    let ring = Ring::start().await;
    let missed = (Matter::Missed, String::new());
    ring.pass(364 * DAY).await;
    assert!(!ring.asked().await.contains(&missed));
    ring.pass(2 * DAY).await;
    for _ in 0..2 {
        ring.pass(HOUR).await;
        assert_eq!(ring.asked().await.iter().filter(|about| **about == missed).count(), 1);
    }
}

#[tokio::test]
async fn whoever_comes_to_every_turn_can_stop() {
    let ring = Ring::start().await;
    let sara = ring.app.member("Sara").await;
    let coming = ring.next().await;
    let every = Repeat { every: 1, until: None };
    let often = take_turns(&ring.app.app, &sara, coming[2].id, Place::Hand, every).await.unwrap();
    let by_another = end_standing(&ring.app.app, &ring.ida, often.id).await;
    assert!(matches!(by_another, Err(Error::NotFound)));
    ring.take(&sara, &coming[0]).await;
    end_standing(&ring.app.app, &sara, often.id).await.unwrap();
    let taken: Vec<i32> = ring.next().await.iter().map(|turn| turn.taken).collect();
    assert_eq!(taken, [1, 0, 0, 0, 0, 0, 0, 0], "what she said of one turn stands");
    let seldom = Repeat { every: 13, until: None };
    let seldom = take_turns(&ring.app.app, &sara, coming[0].id, Place::Hand, seldom).await;
    assert_eq!(refused(seldom), Refusal::RhythmUnfit);
}

#[tokio::test]
async fn the_kitchen_brings_soup() {
    let ring = Ring::start().await;
    let (app, id) = (&ring.app.app, ring.kitchen.id);
    let people = ring.people_named(&["Rosa", "Tove", "Milo"]).await;
    let [rosa, tove, milo] = people.as_slice() else { panic!() };
    let keepers = Keepers { keeper: Some(tove.id), ..Keepers::default() };
    edit_duty(app, &ring.ida, id, &kitchen(), keepers).await.unwrap();
    let need = ring.app.need(rosa, "Soup", "20").await;
    let in_its_name = || Wish { duty: Some(id), ..Wish::default() };
    let not_his = promise_once(app, milo, need.id, in_its_name()).await;
    assert!(matches!(not_his, Err(Error::Forbidden)), "{not_his:?}");
    let promised = promise_once(app, tove, need.id, in_its_name()).await.unwrap();
    let own = make_promise(app, milo, need.id, "1".parse().ok(), "").await.unwrap();
    let read = move |conn: &mut Conn| {
        Ok((promise_duties::find(conn, promised.id)?, promise_duties::find(conn, own.id)?))
    };
    assert_eq!(app.db.read(read).await.unwrap(), (Some(id), None::<DutyId>));
    end_duty(app, &ring.ida, id).await.unwrap();
    let over = promise_once(app, tove, need.id, in_its_name()).await;
    assert_eq!(refused(over), Refusal::TurnOver);
}

#[tokio::test]
async fn e18_whoever_keeps_the_turns_together_goes_when_their_term_and_its_grace_are_over() {
    let ring = Ring::start().await;
    let (app, id) = (&ring.app.app, ring.kitchen.id);
    let (tove, milo) = (ring.app.member("Tove").await, ring.app.member("Milo").await);
    let in_days = |days: i64| Some(ring.app.now() + SignedDuration::from_hours(24 * days));
    let keepers = |until| Keepers { keeper: Some(tove.id), until, deputy: Some(milo.id) };
    let endless = edit_duty(app, &ring.ida, id, &kitchen(), keepers(in_days(800))).await;
    assert_eq!(refused(endless), Refusal::TermUnfit);
    let given = in_days(60);
    edit_duty(app, &ring.ida, id, &kitchen(), keepers(given)).await.unwrap();

    // Nobody gives themselves more, nor by way of each other.
    for (by, until) in [(&tove, 62), (&milo, 300)] {
        let longer = edit_duty(app, by, id, &kitchen(), keepers(in_days(until))).await;
        assert_eq!(refused(longer), Refusal::KeeperTermUnfit);
    }
    let swapped = Keepers { keeper: Some(milo.id), until: None, deputy: Some(tove.id) };
    edit_duty(app, &tove, id, &kitchen(), swapped).await.unwrap();
    edit_duty(app, &milo, id, &kitchen(), keepers(None)).await.unwrap();
    let read = move |conn: &mut Conn| duties::find_private(conn, id);
    assert_eq!(app.db.read(read).await.unwrap().keeper_until, given);

    ring.pass(89 * DAY).await;
    write_runbook(app, &tove, id, "Wash hands.").await.unwrap();
    let mut of_tove = Browser::enter(app, &tove).await;
    let page = format!("/duties/{id}");
    of_tove.get(&page).await.says("The term is over").hides("The powers rest");
    ring.pass(DAY).await;
    for by in [&tove, &milo] {
        let late = write_runbook(app, by, id, "Wash no hands.").await;
        assert!(matches!(late, Err(Error::Forbidden)), "{late:?}");
        let late = edit_duty(app, by, id, &kitchen(), keepers(None)).await;
        assert!(matches!(late, Err(Error::Forbidden)), "{late:?}");
    }
    of_tove.get(&page).await.says("The powers rest");
    of_tove.get(&format!("{page}/edit")).await.is(403);
    // Whoever looks after the house still can, and gives the next term.
    edit_duty(app, &ring.ida, id, &kitchen(), keepers(in_days(60))).await.unwrap();
    write_runbook(app, &milo, id, "Wash hands, twice.").await.unwrap();
}

#[tokio::test]
async fn only_stewards_make_duties_and_whoever_keeps_one_changes_it() {
    let ring = Ring::start().await;
    let (app, id) = (&ring.app.app, ring.kitchen.id);
    let (tove, milo) = (ring.app.member("Tove").await, ring.app.member("Milo").await);
    let made = add_duty(app, &tove, &kitchen(), Keepers::default()).await;
    assert!(matches!(made, Err(Error::Forbidden)), "{made:?}");
    let keepers = Keepers { keeper: Some(tove.id), until: None, deputy: Some(tove.id) };
    edit_duty(app, &ring.ida, id, &kitchen(), keepers).await.unwrap();
    let private = app.db.read(move |conn| duties::find_private(conn, id)).await.unwrap();
    assert_eq!(private.deputy, None, "nobody stands in for themselves");
    edit_duty(app, &tove, id, &kitchen(), keepers).await.unwrap();
    let by_another = edit_duty(app, &milo, id, &kitchen(), keepers).await;
    assert!(matches!(by_another, Err(Error::Forbidden)), "{by_another:?}");
    tell_of_turns(app).await.unwrap();
}

#[tokio::test]
async fn what_is_noted_while_a_turn_runs_closes_it_for_nobody() {
    let ring = Ring::start().await;
    let people = ring.people_named(&["Sara", "Milo"]).await;
    let first = ring.next().await.remove(0);
    ring.take(&people[0], &first).await;
    ring.until("11-24T17:00").await;
    ring.keep(&ring.ida, &first, 1).await;
    let taken = ring.take(&people[1], &first).await;
    assert_eq!((taken.taken, taken.state, taken.came), (2, State::Kept, Some(1)));
    assert_eq!(ring.next().await[0].id, first.id, "it goes on");
    assert_eq!(ring.release(&people[1], &first).await, Cover::Free);
    assert_eq!(ring.people(&first).await, ["Sara"]);
    ring.until("11-24T20:00").await;
    let late = take_turn(&ring.app.app, &people[1], first.id, Place::Hand).await;
    assert_eq!(refused(late), Refusal::TurnOver);
}

#[tokio::test]
async fn one_question_is_asked_once_however_many_servers_notice_it() {
    let ring = Ring::start().await;
    let asks = (0..20).map(|_| {
        let (app, now) = (ring.app.app.clone(), ring.app.now());
        tokio::spawn(async move {
            let id = app.clock.new_id();
            app.db.write(move |conn| agenda::raise(conn, id, (Matter::Drift, ""), now)).await
        })
    });
    let mut new = 0;
    for asked in asks.collect::<Vec<_>>() {
        new += usize::from(asked.await.unwrap().unwrap());
    }
    assert_eq!(new, 1);
    assert_eq!(ring.asked().await, [(Matter::Drift, String::new())]);
}

#[tokio::test]
async fn every_tuesday_has_no_gap_while_turns_are_planned() {
    let ring = Ring::start().await;
    let other = Db::open(ring.app.location().clone()).unwrap();
    let other = server::open_with(config(), other, ring.app.app.clock.clone()).await.unwrap();
    for number in 1..=8 {
        ring.app.advance(9 * DAY);
        let member = ring.app.member(&format!("Neighbour {number}")).await;
        let first = ring.next().await.remove(0);
        let every = Repeat { every: 1, until: None };
        let (taken, planned) = tokio::join!(
            take_turns(&ring.app.app, &member, first.id, Place::Hand, every),
            plan_due(&other)
        );
        taken.unwrap();
        planned.unwrap();
        let all: Vec<i32> = ring.next().await.iter().map(|turn| turn.taken).collect();
        assert!(all.iter().all(|taken| *taken == number), "{all:?}");
    }
}

#[tokio::test]
async fn whoever_leaves_knows_no_calendar_of_ours() {
    let ring = Ring::start().await;
    let sara = ring.app.member("Sara").await;
    let id = ring.kitchen.id;
    let token = move |conn: &mut Conn| Ok(duties::find_private(conn, id)?.calendar_token);
    let known = ring.app.app.db.read(token).await.unwrap();
    leave(&ring.app.app, &sara).await.unwrap();
    let new = ring.app.app.db.read(token).await.unwrap();
    assert_ne!(known, new);
    let void = ring.app.app.db.read(move |conn| duties::find_by_calendar(conn, &known)).await;
    assert!(matches!(void, Err(Error::NotFound)), "{void:?}");
}

#[tokio::test]
async fn the_first_turn_of_a_new_duty_is_a_year_ago_at_most() {
    let ring = Ring::start().await;
    let (app, id, none) = (&ring.app.app, ring.kitchen.id, Keepers::default());
    let early = DutyDraft { day: "2025-11-01".into(), ..kitchen() };
    let made = add_duty(app, &ring.ida, &early, none).await;
    assert_eq!(refused(made), Refusal::FirstDayTooEarly);
    let changed = edit_duty(app, &ring.ida, id, &early, none).await;
    assert_eq!(refused(changed), Refusal::FirstDayTooEarly);
    // What has gone on for years began then, and is changed like anything else.
    ring.app.advance(800 * DAY);
    edit_duty(app, &ring.ida, id, &kitchen(), none).await.unwrap();
}

#[tokio::test]
async fn j8_a_quarter_is_said_by_the_duty_and_it_is_asked_who_keeps_it() {
    let ring = Ring::start().await;
    let names = ["Sara Lind", "Milo Berg", "Ana Ruiz", "Ken Wood", "Tove Holm"];
    let people = ring.people_named(&names).await;
    let coming = ring.next().await;
    for member in &people {
        ring.take(member, &coming[0]).await;
    }
    ring.until("11-24T20:30").await;
    ring.keep(&ring.ida, &coming[0], 5).await;
    for member in &people[..4] {
        ring.take(member, &coming[1]).await;
    }
    ring.release(&people[0], &coming[1]).await;
    ring.take(&people[4], &coming[1]).await;
    ring.until("12-01T20:30").await;
    ring.keep(&ring.ida, &coming[1], 4).await;
    ring.pass(40 * DAY).await;

    let page = format!("/duties/{}", ring.kitchen.id);
    let mut browser = crate::web::house::Browser::enter(&ring.app.app, &people[1]).await;
    let seen = browser.get(&page).await;
    seen.is(200)
        .says("October to December: kept 2 of 6, 1 by cover.")
        .says("Carried by 5 people, 5 new.")
        .says("Who keeps this from April?");
    for other in people.iter().filter(|other| other.id != people[1].id) {
        seen.hides(&other.name);
    }
}
