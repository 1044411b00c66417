//! Rounds (mission E13, J14): a crisis has a beginning and an end, two people or the assembly open
//! it, and it closes when every line of it has become something.

use jiff::{SignedDuration, Timestamp};
use mutuals::actions::cause::NewResponse;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::decide;
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::round::{self, Wish};
use mutuals::actions::round_line::{self, Fate};
use mutuals::db::{Conn, agenda, causes, duties, fulfilments, moderation_log, notices, rounds};
use mutuals::domain::act::Act;
use mutuals::domain::agenda::Matter;
use mutuals::domain::cause::ResponseKind;
use mutuals::domain::decision::{Method, Quorum, Voice};
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::id::{CauseId, DecisionId, DutyId, RoundId};
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::origin::Way;
use mutuals::domain::proposal::{Proposal, State};
use mutuals::domain::refusal::Refusal;
use mutuals::domain::round::{How, Outcome, Round, Stage};
use mutuals::error::Error;
use mutuals::jobs::housekeeping;

use crate::testapp::TestApp;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// A collective with two who look after the house, and two more.
struct Street {
    ring: TestApp,
    ida: Member,
    tove: Member,
    rosa: Member,
    kofi: Member,
}

impl Street {
    async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let (ida, tove) = (ring.steward("Ida").await, ring.steward("Tove").await);
        let (rosa, kofi) = (ring.member("Rosa").await, ring.member("Kofi").await);
        Self { ring, ida, tove, rosa, kofi }
    }

    /// An open round that the assembly confirmed.
    async fn flood(&self, days: i64) -> Round {
        let app = &self.ring.app;
        round::open_by_decision(app, &self.ida, flood(days), self.decided().await).await.unwrap()
    }

    /// A decision that the assembly adopted just now.
    async fn decided(&self) -> DecisionId {
        let app = &self.ring.app;
        let wish = decide::Wish {
            title: "We open a round".into(),
            text: "The river is in the cellars.".into(),
            method: Method::Consent,
            quorum: Quorum::Number(2),
            closes_at: app.now() + SignedDuration::from_hours(2),
            asks_followers: false,
            answers: None,
            subject: None,
        };
        let proposed = decide::propose(app, &self.ida, wish).await.unwrap();
        for member in [&self.ida, &self.tove, &self.rosa, &self.kofi] {
            decide::say(app, member, proposed.id, Voice::Yes, ("", false)).await.unwrap();
        }
        decide::close(app, None, proposed.id).await.unwrap();
        proposed.id
    }

    async fn ask(&self, by: &Member, title: &str, round: Option<RoundId>) -> Proposal {
        let context = Some(Context { round, way: Way::default() });
        self.ring.post(by, &Draft { title: title.into(), context, ..Draft::default() }).await
    }

    async fn find(&self, id: RoundId) -> Round {
        self.ring.app.db.read(move |conn| rounds::find(conn, id)).await.unwrap()
    }

    /// The titles of the lines of a round.
    async fn lines(&self, id: RoundId) -> Vec<String> {
        let read = move |conn: &mut Conn| {
            let lines = rounds::list_lines(conn, id)?;
            let title = |line: &mutuals::domain::round::Line| {
                Ok(mutuals::db::proposals::find(conn, line.proposal)?.content.title)
            };
            lines.iter().map(title).collect::<Result<Vec<_>, Error>>()
        };
        self.ring.app.db.read(read).await.unwrap()
    }

    async fn pass(&self, seconds: i64) {
        self.ring.advance(seconds);
        housekeeping::run(&self.ring.app).await.unwrap();
    }

    async fn told(&self, member: &Member) -> Vec<Kind> {
        let id = member.id;
        let all = self.ring.app.db.read(move |conn| notices::list(conn, id, 100)).await.unwrap();
        all.into_iter().map(|notice| notice.kind).collect()
    }

    /// What is asked about rounds.
    async fn agenda(&self) -> Vec<(Matter, String)> {
        let mut open = self.ring.app.db.read(agenda::list_open).await.unwrap();
        open.retain(|point| point.matter == Matter::RoundEnded);
        open.into_iter().map(|point| (point.matter, point.subject)).collect()
    }

    async fn duty(&self, title: &str) -> DutyId {
        crate::rounds::duty(&self.ring, title).await
    }

    async fn say(&self, need: &Proposal, fate: Fate) -> Result<Option<Outcome>, Error> {
        let line = round_line::decide(&self.ring.app, &self.ida, need.id, fate).await?;
        Ok(line.decided.map(|(outcome, _)| outcome))
    }

    /// Something is brought for a need: a deed.
    async fn brought(&self, need: &Proposal) {
        let app = &self.ring.app;
        let promise = make_promise(app, &self.kofi, need.id, None, "").await.unwrap();
        for member in [&self.kofi, &self.rosa] {
            confirm_fulfilment(app, member, promise.id, None, "").await.unwrap();
        }
    }
}

/// A weekly duty, as the duties of the collective stand in storage.
pub async fn duty(ring: &TestApp, title: &str) -> DutyId {
    use mutuals::domain::audience::Audience;
    use mutuals::domain::duty::{Content, Duty, DutyPrivate, Schedule};
    use mutuals::domain::rhythm::Rhythm;
    let start: jiff::civil::DateTime = "2026-08-25T16:00:00".parse().unwrap();
    let now = ring.now();
    let duty = Duty {
        id: ring.app.clock.new_id(),
        content: Content {
            title: title.into(),
            text: String::new(),
            language: "en".into(),
            place: None,
            audience: Audience::Members,
            functions: Vec::new(),
            counts: None,
        },
        schedule: Schedule {
            rhythm: Rhythm::parse("FREQ=WEEKLY", start.date()).unwrap(),
            zone: None,
            start,
            minutes: 60,
            needed: 2,
            learners: 1,
            pause: None,
            days_without: Vec::new(),
        },
        made_at: now,
        changed_at: now,
        planned_until: now,
        asleep_at: None,
        woken_at: None,
        ended_at: None,
        looked_at: None,
    };
    let private = DutyPrivate {
        keeper: None,
        keeper_until: None,
        deputy: None,
        calendar_token: format!("token of {title}"),
    };
    let id = duty.id;
    ring.app.db.write(move |conn| duties::insert(conn, &duty, &private)).await.unwrap();
    id
}

fn flood(days: i64) -> Wish {
    Wish { title: "Flood".into(), text: "The river is in the cellars.".into(), days }
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn e13_two_people_open_a_round_and_without_the_assembly_it_ends_after_72_hours() {
    let street = Street::start().await;
    let app = &street.ring.app;
    for days in [0, -1, 91, i64::MAX] {
        assert_eq!(refused(round::ask(app, &street.ida, flood(days)).await), Refusal::DaysUnfit);
    }
    let by_member = round::ask(app, &street.rosa, flood(30)).await;
    assert!(matches!(by_member, Err(Error::Forbidden)), "{by_member:?}");
    let asked = round::ask(app, &street.ida, flood(30)).await.unwrap();
    assert_eq!(asked.stage(app.now()), Stage::Asked);
    assert_eq!(street.told(&street.tove).await, [Kind::RoundAsked]);
    street.ask(&street.rosa, "A pump", Some(asked.id)).await;
    assert_eq!(street.lines(asked.id).await, [""; 0], "one person alone opens nothing");
    let own = round::second(app, &street.ida, asked.id).await;
    assert_eq!(refused(own), Refusal::RoundSecondPerson);
    let opened = round::second(app, &street.tove, asked.id).await.unwrap();
    assert_eq!(opened.stage(app.now()), Stage::Provisional);
    street.ask(&street.rosa, "Sandbags", Some(asked.id)).await;
    assert_eq!(street.lines(asked.id).await, ["Sandbags"]);

    street.pass(72 * HOUR - 1).await;
    assert!(street.find(asked.id).await.takes_needs(app.now()));
    street.pass(1).await;
    let ended = street.find(asked.id).await;
    assert_eq!(ended.ended.map(|(how, _)| how), Some(How::Lapsed));
    assert_eq!(street.agenda().await, [(Matter::RoundEnded, asked.id.to_string())]);
    assert!(street.told(&street.ida).await.contains(&Kind::RoundEnded));
    street.ask(&street.rosa, "Buckets", Some(asked.id)).await;
    assert_eq!(street.lines(asked.id).await, ["Sandbags"]);
    let log = |conn: &mut Conn| moderation_log::list(conn, None, 100);
    let acts: Vec<_> = app.db.read(log).await.unwrap().into_iter().filter_map(|e| e.act).collect();
    assert_eq!(acts, [Act::RoundEnded, Act::RoundOpened, Act::RoundAsked]);
}

#[tokio::test]
async fn e13_what_nobody_seconds_goes_away_by_itself() {
    let street = Street::start().await;
    let asked = round::ask(&street.ring.app, &street.ida, flood(30)).await.unwrap();
    street.pass(72 * HOUR).await;
    let gone = street.ring.app.db.read(move |conn| rounds::find(conn, asked.id)).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    assert_eq!(street.agenda().await, []);
}

#[tokio::test]
async fn e13_the_assembly_opens_confirms_and_renews_and_a_decision_is_good_once() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let wish = decide::Wish {
        title: "A round".into(),
        text: "x".into(),
        method: Method::Vote,
        quorum: Quorum::Number(1),
        closes_at: app.now() + SignedDuration::from_hours(2),
        asks_followers: false,
        answers: None,
        subject: None,
    };
    let open = decide::propose(app, &street.ida, wish).await.unwrap().id;
    let early = round::open_by_decision(app, &street.ida, flood(30), open).await;
    assert_eq!(refused(early), Refusal::DecisionNotAdopted);

    let old = street.decided().await;
    street.ring.advance(HOUR);
    let both = round::open_by_two(app, &street.ida, &street.tove, flood(30)).await.unwrap();
    let stale = round::confirm(app, &street.ida, both.id, old).await;
    assert_eq!(refused(stale), Refusal::DecisionUnfit, "it was made before");
    let decision = street.decided().await;
    let confirmed = round::confirm(app, &street.ida, both.id, decision).await.unwrap();
    assert_eq!(confirmed.stage(app.now()), Stage::Open);
    let again = round::renew(app, &street.ida, both.id, (decision, 30)).await;
    assert_eq!(refused(again), Refusal::DecisionUsed);
    let other = round::open_by_decision(app, &street.ida, flood(9), decision).await;
    assert_eq!(refused(other), Refusal::DecisionUsed);

    street.pass(40 * DAY).await;
    assert_eq!(street.find(both.id).await.stage(app.now()), Stage::Ended);
    let new = street.decided().await;
    let long = round::renew(app, &street.ida, both.id, (new, 91)).await;
    assert_eq!(refused(long), Refusal::DaysUnfit);
    let renewed = round::renew(app, &street.ida, both.id, (new, 90)).await.unwrap();
    assert_eq!(renewed.ends_at, app.now() + SignedDuration::from_hours(90 * 24));
    assert_eq!(street.agenda().await, [], "the question settled itself");
    let used = app.db.read(move |conn| rounds::list_decisions(conn, both.id)).await.unwrap();
    assert_eq!(used, [decision, new]);
    let idle = street.decided().await;
    street.ring.advance(91 * DAY);
    let opened = round::open_by_decision(app, &street.ida, flood(30), idle).await;
    assert_eq!(refused(opened), Refusal::DecisionUnfit, "nobody thinks of it any more");
}

#[tokio::test]
async fn e13_on_its_last_day_nothing_more_is_added_and_asking_stays_open() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let flood = street.flood(30).await;
    let inside = street.ask(&street.rosa, "Sandbags", Some(flood.id)).await;
    let outside = street.ask(&street.rosa, "Insulin", None).await;
    // A need that was not asked for as part of it can be added, and the other way round.
    round_line::add(app, &street.ida, outside.id, flood.id).await.unwrap();
    assert_eq!(street.lines(flood.id).await, ["Sandbags", "Insulin"]);
    let out = |title: &str, round| Draft {
        title: title.into(),
        context: Some(Context { round, way: Way::default() }),
        ..Draft::default()
    };
    edit_proposal(app, &street.rosa, outside.id, &out("Insulin", None)).await.unwrap();
    assert_eq!(street.lines(flood.id).await, ["Sandbags"]);

    street.pass(30 * DAY).await;
    let late = street.ask(&street.rosa, "A dry room", Some(flood.id)).await;
    assert_eq!(late.state, State::Open, "nobody waits for a form");
    let added = round_line::add(app, &street.ida, late.id, flood.id).await;
    assert_eq!(refused(added), Refusal::RoundOver);
    // What belonged to it does not leave it any more, or it would not be counted.
    edit_proposal(app, &street.rosa, inside.id, &out("Sand", None)).await.unwrap();
    assert_eq!(street.lines(flood.id).await, ["Sand"]);
    assert!(street.told(&street.ida).await.contains(&Kind::RoundEnded));
    assert!(!street.told(&street.rosa).await.contains(&Kind::RoundEnded));
}

#[tokio::test]
async fn e13_a_round_is_not_closed_with_an_undecided_line() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let flood = street.flood(30).await;
    let needs = [
        street.ask(&street.rosa, "Sandbags", Some(flood.id)).await,
        street.ask(&street.rosa, "Childcare", Some(flood.id)).await,
        street.ask(&street.rosa, "A dry room", Some(flood.id)).await,
        street.ask(&street.rosa, "Soup", Some(flood.id)).await,
    ];
    let [sandbags, childcare, room, soup] = &needs;
    street.brought(soup).await;
    let close = mutuals::actions::change_proposal::Step::Close(
        mutuals::domain::proposal::CloseReason::Fulfilled,
    );
    mutuals::actions::change_proposal::change_proposal(app, &street.rosa, soup.id, close)
        .await
        .unwrap();
    let early = round::close(app, &street.ida, flood.id).await;
    assert_eq!(refused(early), Refusal::RoundStillOpen);
    round::end_early(app, &street.ida, flood.id).await.unwrap();
    let undecided = round::close(app, &street.ida, flood.id).await;
    assert_eq!(refused(undecided), Refusal::RoundUndecided);

    assert_eq!(street.say(sandbags, Fate::Finished).await.unwrap(), Some(Outcome::Finished));
    assert_eq!(street.ring.proposal(sandbags.id).await.state, State::Enough);
    let nothing = street.say(childcare, Fate::Duty(DutyId::from_number(7))).await;
    assert_eq!(refused(nothing), Refusal::LineUndecidable);
    let tuesday = street.duty("Childcare on Tuesdays").await;
    street.say(childcare, Fate::Duty(tuesday)).await.unwrap();
    assert_eq!(street.ring.proposal(childcare.id).await.state, State::Open, "it is still needed");
    let damp = CauseId::from_number(1);
    let bare = street.say(room, Fate::Cause(damp, None)).await;
    assert_eq!(refused(bare), Refusal::ResponseMissing);
    let tenants = NewResponse {
        kind: ResponseKind::Project,
        text: "Tenants meet on Mondays".into(),
        decision: None,
        review_at: None,
    };
    street.say(room, Fate::Cause(damp, Some(tenants))).await.unwrap();
    // What was said wrongly is said anew.
    street.say(room, Fate::Open).await.unwrap();
    assert_eq!(refused(round::close(app, &street.ida, flood.id).await), Refusal::RoundUndecided);
    street.say(room, Fate::Cause(damp, None)).await.unwrap();

    round::close(app, &street.tove, flood.id).await.unwrap();
    let lines = app.db.read(move |conn| rounds::list_lines(conn, flood.id)).await.unwrap();
    let outcomes: Vec<_> = lines.iter().map(|line| line.decided.unwrap().0).collect();
    let expected =
        [Outcome::Finished, Outcome::Duty(tuesday), Outcome::Cause(Some(damp)), Outcome::Finished];
    assert_eq!(outcomes, expected);
    assert_eq!(street.agenda().await, []);
    let late = street.say(room, Fate::Finished).await;
    assert_eq!(refused(late), Refusal::RoundOver);
    let said = app.db.read(move |conn| causes::find_statement(conn, lines[2].proposal)).await;
    assert_eq!(said.unwrap().unwrap().cause, damp);
}

#[tokio::test]
async fn e9_which_cause_a_need_of_a_round_had_goes_thirty_days_after_it_was_closed() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let flood = street.flood(30).await;
    let room = street.ask(&street.rosa, "A dry room", Some(flood.id)).await;
    round::end_early(app, &street.ida, flood.id).await.unwrap();
    let damp = CauseId::from_number(1);
    let tenants = NewResponse {
        kind: ResponseKind::Project,
        text: "Tenants meet on Mondays".into(),
        decision: None,
        review_at: None,
    };
    street.say(&room, Fate::Cause(damp, Some(tenants))).await.unwrap();
    round::close(app, &street.ida, flood.id).await.unwrap();
    let close = mutuals::actions::change_proposal::Step::Close(
        mutuals::domain::proposal::CloseReason::Enough,
    );
    mutuals::actions::change_proposal::change_proposal(app, &street.rosa, room.id, close)
        .await
        .unwrap();
    let (id, need) = (flood.id, room.id);
    let outcome = || async move {
        let lines = app.db.read(move |conn| rounds::list_lines(conn, id)).await.unwrap();
        lines[0].decided.unwrap().0
    };
    street.pass(29 * DAY).await;
    assert_eq!(outcome().await, Outcome::Cause(Some(damp)));
    street.pass(2 * DAY).await;
    // That it had one stays, and which one is not kept anywhere.
    assert_eq!(outcome().await, Outcome::Cause(None));
    let said = app.db.read(move |conn| causes::find_statement(conn, need)).await.unwrap();
    assert!(said.is_none());
}

#[tokio::test]
async fn e13_a_flood_leaves_two_duties_and_the_crisis_share_falls_from_80_to_20_percent() {
    let street = Street::start().await;
    let flood = street.flood(30).await;
    let (first, mut tagged) = (street.ring.now(), Vec::new());
    for number in 0..10 {
        let round = (number < 8).then_some(flood.id);
        let need = street.ask(&street.rosa, &format!("Thing {number}"), round).await;
        street.brought(&need).await;
    }
    for title in ["Childcare", "Visits", "A late pump", "A late lamp"] {
        tagged.push(street.ask(&street.rosa, title, Some(flood.id)).await);
    }
    street.pass(30 * DAY).await;
    let duties = [street.duty("Childcare Tue/Thu").await, street.duty("Visits").await];
    for (need, duty) in tagged.iter().zip(duties) {
        street.say(need, Fate::Duty(duty)).await.unwrap();
    }
    let second = street.ring.now();
    for need in &tagged[2..] {
        street.brought(need).await;
        street.say(need, Fate::Finished).await.unwrap();
    }
    for number in 0..8 {
        let need = street.ask(&street.rosa, &format!("Later {number}"), Some(flood.id)).await;
        street.brought(&need).await;
    }
    for number in 0..8 {
        let need = format!("Thing {number}");
        let read = |conn: &mut Conn| mutuals::db::proposals::list(conn);
        let all = street.ring.app.db.read(read).await.unwrap();
        let found = all.iter().find(|each| each.content.title == need).unwrap();
        street.say(found, Fate::Finished).await.unwrap();
    }
    round::close(&street.ring.app, &street.ida, flood.id).await.unwrap();
    let end = street.ring.now() + SignedDuration::from_hours(1);
    assert_eq!(share(&street, (first, second)).await, 80);
    assert_eq!(share(&street, (second, end)).await, 20);
    let lines = street.ring.app.db.read(move |conn| rounds::list_lines(conn, flood.id)).await;
    let mut left: Vec<DutyId> = lines
        .unwrap()
        .iter()
        .filter_map(|line| match line.decided {
            Some((Outcome::Duty(duty), _)) => Some(duty),
            _ => None,
        })
        .collect();
    left.dedup();
    assert_eq!(left, duties);
}

/// How many of a hundred deeds belonged to a round.
async fn share(street: &Street, (from, until): (Timestamp, Timestamp)) -> usize {
    let read = move |conn: &mut Conn| {
        let deeds = fulfilments::list_between(conn, from, until)?;
        let mut tagged = 0;
        for deed in &deeds {
            tagged += usize::from(rounds::find_line(conn, deed.proposal)?.is_some());
        }
        Ok(tagged * 100 / deeds.len())
    };
    street.ring.app.db.read(read).await.unwrap()
}

#[tokio::test]
async fn e27_everybody_who_took_part_hears_once_how_it_goes_on_and_no_more() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let (flood, gone) = (street.flood(30).await, street.ring.member("Gone").await);
    let need = street.ask(&street.rosa, "Sandbags", Some(flood.id)).await;
    street.ask(&gone, "Buckets", Some(flood.id)).await;
    street.brought(&need).await;
    mutuals::actions::leave::leave(app, &gone).await.unwrap();
    street.pass(30 * DAY).await;
    street.say(&need, Fate::Finished).await.unwrap();
    round::close(app, &street.ida, flood.id).await.unwrap();
    for (member, hears) in [(&street.rosa, 1), (&street.kofi, 1), (&street.tove, 0)] {
        let told = street.told(member).await;
        let count = told.iter().filter(|kind| **kind == Kind::RoundClosed).count();
        assert_eq!(count, hears, "{}: {told:?}", member.name);
    }
    for _ in 0..3 {
        street.pass(20 * DAY).await;
    }
    let told = street.told(&street.rosa).await;
    assert_eq!(told.iter().filter(|kind| **kind == Kind::RoundClosed).count(), 1, "{told:?}");
    assert!(!street.told(&gone).await.contains(&Kind::RoundClosed));
}

#[tokio::test]
async fn needs_that_are_added_while_the_sheet_is_closed_are_in_or_out_and_never_lost() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let flood = street.flood(30).await;
    round::end_early(app, &street.ida, flood.id).await.unwrap();
    let asks = (0..8).map(|number| street.ask_owned(format!("Need {number}"), flood.id));
    let asks: Vec<_> = asks.map(tokio::spawn).collect();
    let closed = round::close(app, &street.ida, flood.id).await;
    for ask in asks {
        assert_eq!(ask.await.unwrap().state, State::Open);
    }
    closed.unwrap();
    assert_eq!(street.lines(flood.id).await, [""; 0]);
}

impl Street {
    /// Asks in a task of its own.
    fn ask_owned(
        &self,
        title: String,
        round: RoundId,
    ) -> impl Future<Output = Proposal> + Send + use<> {
        let (app, rosa) = (self.ring.app.clone(), self.rosa.clone());
        async move {
            let context = Some(Context { round: Some(round), way: Way::default() });
            let draft = Draft { title, context, ..Draft::default() };
            let need = mutuals::domain::proposal::Purpose::Need;
            mutuals::actions::post_proposal::post_proposal(&app, &rosa, need, &draft, true)
                .await
                .unwrap()
        }
    }
}

#[tokio::test]
async fn two_who_sign_at_the_same_moment_open_it_once() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let noor = street.ring.steward("Noor").await;
    let asked = round::ask(app, &street.ida, flood(30)).await.unwrap();
    let (one, other) = tokio::join!(
        round::second(app, &street.tove, asked.id),
        round::second(app, &noor, asked.id)
    );
    let late = if one.is_ok() { other } else { one };
    assert_eq!(refused(late), Refusal::RoundNotAsked);
    assert_eq!(street.find(asked.id).await.stage(app.now()), Stage::Provisional);
}
