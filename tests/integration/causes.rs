//! Causes and responses (mission E3, E20), and by which way needs come (E12): said if somebody
//! wants to, counted by quarters, shown from eight on and rounded, and never for one.

use jiff::{SignedDuration, Timestamp};
use mutuals::actions::cause::{self, NewResponse, Said};
use mutuals::actions::change_proposal::{Step, change_proposal, close_saying};
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::db::{Conn, agenda, causes, origins, proposals};
use mutuals::domain::agenda::Matter;
use mutuals::domain::cause::{Response, ResponseKind, counted_until};
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::id::CauseId;
use mutuals::domain::member::Member;
use mutuals::domain::origin::{self, Origin, Way};
use mutuals::domain::proposal::{CloseReason, Proposal};
use mutuals::domain::quarter::Quarter;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;

use crate::testapp::TestApp;

const DAY: i64 = 24 * 60 * 60;
/// The cause "rent rise", from the beginning.
const RENT: CauseId = CauseId::from_number(1);

struct Street {
    ring: TestApp,
    ida: Member,
}

impl Street {
    async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let ida = ring.steward("Ida").await;
        Self { ring, ida }
    }

    /// So many needs are closed with "rent rise" behind them.
    async fn close(&self, count: usize) -> Vec<Proposal> {
        let mut closed = Vec::new();
        for _ in 0..count {
            let need = self.ring.need(&self.ida, "Rent money", "1").await;
            let said = Said { cause: RENT, words: "a letter of the landlord".into() };
            let closing = (CloseReason::Enough, Some(said));
            closed.push(close_saying(&self.ring.app, &self.ida, need.id, closing).await.unwrap());
        }
        closed
    }

    /// So many days pass, and everything is done that time does.
    async fn pass(&self, days: i64) {
        self.ring.advance(days * DAY);
        housekeeping::run(&self.ring.app).await.unwrap();
    }

    /// Goes to the tenth day of the next quarter.
    async fn next_quarter(&self) {
        let app = &self.ring.app;
        let next = Quarter::of(app.now(), &app.zone).after().begins(&app.zone).unwrap();
        let to = next + SignedDuration::from_hours(9 * 24);
        self.ring.advance(to.duration_since(app.now()).as_secs());
        housekeeping::run(app).await.unwrap();
    }

    /// How many needs are counted with "rent rise", by quarters, all of them.
    async fn counts(&self) -> Vec<(String, i64)> {
        let (zone, until) = (self.ring.app.zone.clone(), Timestamp::MAX);
        let read = move |conn: &mut Conn| causes::read_counts(conn, &zone, until);
        let counts = self.ring.app.db.read(read).await.unwrap();
        counts.into_iter().map(|count| (count.quarter.to_string(), count.needs)).collect()
    }

    /// What is asked about causes.
    async fn questions(&self) -> Vec<Matter> {
        let mut open = self.ring.app.db.read(agenda::list_open).await.unwrap();
        open.retain(|point| [Matter::RecurringCause, Matter::Review].contains(&point.matter));
        assert!(open.iter().all(|point| point.subject == RENT.to_string()), "{open:?}");
        open.into_iter().map(|point| point.matter).collect()
    }

    /// The assembly talked about everything that is open.
    async fn talk(&self) {
        let now = self.ring.now();
        let settle = move |conn: &mut Conn| {
            for point in agenda::list_open(conn)? {
                agenda::answer(conn, point.id, (None, None), now)?;
            }
            Ok(())
        };
        self.ring.app.db.write(settle).await.unwrap();
    }

    async fn respond(&self, kind: ResponseKind, days: Option<i64>) -> Result<Response, Error> {
        let review = |days| self.ring.now() + SignedDuration::from_hours(24 * days);
        let new = NewResponse {
            kind,
            text: "Tenants meet".into(),
            decision: None,
            review_at: days.map(review),
        };
        cause::respond(&self.ring.app, &self.ida, RENT, new).await
    }
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn e3_saying_what_is_behind_it_is_never_in_the_way() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let close = |need: &Proposal, said: Option<Said>| {
        let (id, by) = (need.id, street.ida.clone());
        async move { close_saying(app, &by, id, (CloseReason::Enough, said)).await.unwrap() }
    };
    let silent = street.ring.need(&street.ida, "A", "1").await;
    close(&silent, None).await;
    let unknown = street.ring.need(&street.ida, "B", "1").await;
    let nothing = Said { cause: CauseId::from_number(99), words: "x".repeat(5_000) };
    close(&unknown, Some(nothing)).await;
    cause::retire(app, &street.ida, RENT, true).await.unwrap();
    let retired = street.ring.need(&street.ida, "C", "1").await;
    close(&retired, Some(Said { cause: RENT, words: String::new() })).await;
    assert_eq!(street.counts().await, []);
    cause::retire(app, &street.ida, RENT, false).await.unwrap();
    let long = street.ring.need(&street.ida, "D", "1").await;
    close(&long, Some(Said { cause: RENT, words: "x".repeat(5_000) })).await;
    let said = app.db.read(move |conn| causes::find_statement(conn, long.id)).await.unwrap();
    assert_eq!(said.unwrap().words.unwrap().len(), 500);
}

#[tokio::test]
async fn e3_the_list_is_the_collectives_own() {
    let street = Street::start().await;
    let (app, ida) = (&street.ring.app, &street.ida);
    let rosa = street.ring.member("Rosa").await;
    let by_member = cause::add(app, &rosa, "Damp flats", false).await;
    assert!(matches!(by_member, Err(Error::Forbidden)), "{by_member:?}");
    let damp = cause::add(app, ida, " Damp  flats ", false).await.unwrap();
    assert_eq!(damp.label.as_deref(), Some("Damp flats"));
    for taken in ["damp flats", "Rent rise", "subida del alquiler"] {
        assert_eq!(refused(cause::add(app, ida, taken, false).await), Refusal::CauseNameTaken);
    }
    cause::rename(app, ida, RENT, "The landlord").await.unwrap();
    cause::add(app, ida, "Rent rise", false).await.unwrap();
    assert_eq!(refused(cause::add(app, ida, " ", false).await), Refusal::CauseNameUnfit);
    let all = app.db.read(causes::list).await.unwrap();
    assert_eq!(all.len(), 13);
    let quiet = all.iter().filter(|each| each.is_quiet).filter_map(|each| each.word.as_deref());
    assert_eq!(quiet.collect::<Vec<_>>(), ["illness", "violence"]);
}

#[tokio::test]
async fn e3_after_thirty_days_it_is_only_counted_and_what_is_taken_back_never_was() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let closed = street.close(3).await;
    let before = street.counts().await;
    assert_eq!(before.iter().map(|(_, needs)| needs).sum::<i64>(), 3);
    change_proposal(app, &street.ida, closed[0].id, Step::Withdraw).await.unwrap();
    assert_eq!(street.counts().await[0].1, 2);
    // Said again about the same need, it is one need.
    change_proposal(app, &street.ida, closed[1].id, Step::Reopen).await.unwrap();
    let said = Said { cause: RENT, words: "again".into() };
    close_saying(app, &street.ida, closed[1].id, (CloseReason::Enough, Some(said))).await.unwrap();
    assert_eq!(street.counts().await[0].1, 2);
    street.pass(29).await;
    let ids: Vec<_> = closed.iter().map(|need| need.id).collect();
    let kept = move |conn: &mut Conn| {
        let found = ids.iter().map(|id| causes::find_statement(conn, *id));
        Ok(found.filter_map(|said| said.unwrap()).count())
    };
    assert_eq!(app.db.read(kept.clone()).await.unwrap(), 3);
    street.pass(2).await;
    assert_eq!(app.db.read(kept).await.unwrap(), 0, "what was personal is gone");
    assert_eq!(street.counts().await[0].1, 2, "and what is counted stays");
    street.pass(40).await;
    assert_eq!(street.counts().await[0].1, 2, "counted once");
}

#[tokio::test]
async fn e9_for_whom_it_was_asked_is_forgotten_thirty_days_after_it_was_closed() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let behalf = Draft {
        title: "A lift".into(),
        on_behalf_of: "Mrs Ito".into(),
        consent: true,
        ..Draft::default()
    };
    let open = street.ring.post(&street.ida, &behalf).await;
    let done = street.ring.post(&street.ida, &behalf).await;
    let close = Step::Close(CloseReason::Fulfilled);
    change_proposal(app, &street.ida, done.id, close).await.unwrap();
    street.pass(31).await;
    let read = move |conn: &mut Conn| {
        let of =
            |conn: &mut Conn, id| Ok::<_, Error>(proposals::find_private(conn, id)?.on_behalf_of);
        Ok((of(conn, open.id)?, of(conn, done.id)?))
    };
    let (open, done) = app.db.read(read).await.unwrap();
    assert_eq!((open.as_deref(), done), (Some("Mrs Ito"), None));
}

#[tokio::test]
async fn e20_the_same_cause_in_three_of_four_quarters_asks_one_question() {
    let street = Street::start().await;
    for _ in 0..2 {
        street.close(8).await;
        street.next_quarter().await;
        assert_eq!(street.questions().await, []);
    }
    street.close(7).await;
    street.pass(7).await;
    assert_eq!(street.questions().await, [], "seven are nothing that is seen");
    street.close(1).await;
    assert_eq!(street.questions().await, []);
    street.pass(7).await;
    assert_eq!(street.questions().await, [Matter::RecurringCause]);
    for _ in 0..5 {
        street.pass(1).await;
    }
    assert_eq!(street.questions().await.len(), 1);
    // The assembly talked, and linked nothing: it is not asked again this quarter.
    street.talk().await;
    street.pass(7).await;
    assert_eq!(street.questions().await, []);
}

#[tokio::test]
async fn e20_not_now_is_quiet_until_the_day_on_which_it_is_looked_at_again() {
    let street = Street::start().await;
    for _ in 0..3 {
        street.close(8).await;
        street.next_quarter().await;
    }
    assert_eq!(street.questions().await, [Matter::RecurringCause]);
    let never = street.respond(ResponseKind::NotNow, None).await;
    assert_eq!(refused(never), Refusal::ReviewMissing);
    for days in [-1, 0, 367] {
        let unfit = street.respond(ResponseKind::NotNow, Some(days)).await;
        assert_eq!(refused(unfit), Refusal::ReviewMissing, "{days}");
    }
    street.respond(ResponseKind::NotNow, Some(100)).await.unwrap();
    assert_eq!(street.questions().await, [], "it answers the question");
    street.close(8).await;
    street.next_quarter().await;
    street.close(8).await;
    assert_eq!(street.questions().await, []);
    street.pass(12).await;
    assert_eq!(street.questions().await, [Matter::RecurringCause], "its day has come");
}

#[tokio::test]
async fn e20_not_now_about_what_became_rare_is_looked_at_once() {
    let street = Street::start().await;
    street.close(8).await;
    street.respond(ResponseKind::NotNow, Some(30)).await.unwrap();
    street.pass(31).await;
    assert_eq!(street.questions().await, [Matter::Review]);
    street.talk().await;
    street.pass(31).await;
    assert_eq!(street.questions().await, []);
}

#[tokio::test]
async fn e20_what_was_done_while_the_cause_goes_on_is_asked_again_once() {
    let street = Street::start().await;
    for _ in 0..3 {
        street.close(8).await;
        street.next_quarter().await;
    }
    let project = street.respond(ResponseKind::Project, None).await.unwrap();
    assert_eq!(street.questions().await, []);
    street.close(8).await;
    street.next_quarter().await;
    assert_eq!(street.questions().await, [], "something answers it");
    cause::finish(&street.ring.app, &street.ida, project.id).await.unwrap();
    street.pass(7).await;
    assert_eq!(street.questions().await, [], "it is given a quarter");
    street.next_quarter().await;
    street.close(8).await;
    street.pass(7).await;
    assert_eq!(street.questions().await, [Matter::RecurringCause]);
    street.talk().await;
    street.next_quarter().await;
    street.close(9).await;
    street.pass(7).await;
    assert_eq!(street.questions().await, [], "once");
}

#[tokio::test]
async fn e3_what_was_said_this_week_is_not_told_yet() {
    let street = Street::start().await;
    let app = &street.ring.app;
    street.close(8).await;
    let told = || async {
        let (zone, until) = (app.zone.clone(), counted_until(app.now(), &app.zone));
        app.db.read(move |conn| causes::read_counts(conn, &zone, until)).await.unwrap().len()
    };
    assert_eq!(told().await, 0);
    street.pass(7).await;
    assert_eq!(told().await, 1);
}

#[tokio::test]
async fn e12_thirty_of_a_hundred_sent_by_an_office_are_about_thirty() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let way = |number: usize| Way {
        origin: Some(if number < 12 { Origin::Office } else { Origin::Own }),
        replaces: number < 10,
    };
    for number in 0..40 {
        let context = Some(Context { round: None, way: way(number) });
        let draft = Draft { title: "Food".into(), context, ..Draft::default() };
        let need = street.ring.post(&street.ida, &draft).await;
        if number % 2 == 0 {
            let close = Step::Close(CloseReason::Fulfilled);
            change_proposal(app, &street.ida, need.id, close).await.unwrap();
        }
    }
    // Nothing was said about these.
    for _ in 0..9 {
        street.ring.need(&street.ida, "Chairs", "1").await;
    }
    let shares = || async {
        let zone = app.zone.clone();
        let counts = app.db.read(move |conn| origins::read_counts(conn, &zone)).await.unwrap();
        origin::shares(&counts)
    };
    assert_eq!(shares().await, (Some(30), Some(25)));
    street.pass(31).await;
    assert_eq!(shares().await, (Some(30), Some(25)), "half of them are only counted now");
}

#[tokio::test]
async fn e12_what_is_said_can_be_changed_and_taken_back() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let draft = |origin, replaces| Draft {
        title: "Food".into(),
        context: Some(Context { round: None, way: Way { origin, replaces } }),
        ..Draft::default()
    };
    let need = street.ring.post(&street.ida, &draft(Some(Origin::Office), true)).await;
    let id = need.id;
    let read = || async { app.db.read(move |conn| origins::find(conn, id)).await.unwrap() };
    assert_eq!(read().await, Way { origin: Some(Origin::Office), replaces: true });
    // A change that says nothing of it leaves it as it is.
    let quiet = Draft { title: "Bread".into(), ..Draft::default() };
    edit_proposal(app, &street.ida, id, &quiet).await.unwrap();
    assert_eq!(read().await, Way { origin: Some(Origin::Office), replaces: true });
    edit_proposal(app, &street.ida, id, &draft(None, false)).await.unwrap();
    assert_eq!(read().await, Way::default());
}

#[tokio::test]
async fn e3_nothing_of_what_was_said_or_of_its_way_goes_out() {
    let street = Street::start().await;
    let (ring, ida) = (&street.ring, &street.ida);
    let way = Way { origin: Some(Origin::Office), replaces: true };
    let context = Some(Context { round: None, way });
    let draft = |context| Draft { title: "Rent money".into(), context, ..Draft::default() };
    let (plain, told) = (ring.post(ida, &draft(None)).await, ring.post(ida, &draft(context)).await);
    let said = Said { cause: RENT, words: "a letter of the landlord".into() };
    for (need, said) in [(&plain, None), (&told, Some(said))] {
        close_saying(&ring.app, ida, need.id, (CloseReason::Enough, said)).await.unwrap();
    }
    ring.work().await;
    let mut notes = Vec::new();
    for need in [&plain, &told] {
        let (status, note) = ring.get_json(&ring.app.collective.urls().proposal(need.id)).await;
        assert_eq!(status, 200);
        notes.push(note.to_string().replace(&need.id.to_string(), "ID"));
    }
    assert_eq!(notes[0], notes[1]);
}
