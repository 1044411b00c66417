//! What the assembly decides (mission E16, E18): one voice each, a quorum that is fixed at the
//! beginning, a deadline, paper that two people counted; and nobody sees who said what.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, SqliteConnection, sql_query};
use jiff::SignedDuration;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::decide::{self, Wish, page_of};
use mutuals::actions::join;
use mutuals::actions::leave::leave;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::{count_paper, measure};
use mutuals::db::{Location, actors, agenda, decisions, member_handles, notices};
use mutuals::domain::agenda::Matter;
use mutuals::domain::decision::{Decision, Ending, Method, Quorum, Tally, Voice};
use mutuals::domain::measure::Kind as Measure;
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;

use crate::testapp::TestApp;
use crate::web::house::mill;

const DAY: i64 = 24 * 60 * 60;

/// A proposal that is open for a week.
pub fn wish(ring: &TestApp, method: Method, quorum: Quorum) -> Wish {
    Wish {
        title: "A second kitchen day".into(),
        text: "Thursday, **with soup**.".into(),
        method,
        quorum,
        closes_at: ring.now() + SignedDuration::from_hours(7 * 24),
        asks_followers: false,
        answers: None,
        subject: None,
    }
}

async fn people(ring: &TestApp, count: usize) -> Vec<Member> {
    let mut all = Vec::new();
    for number in 0..count {
        all.push(ring.member(&format!("Member {number}")).await);
    }
    all
}

async fn say(ring: &TestApp, who: &Member, about: &Decision, voice: Voice) -> Result<(), Error> {
    decide::say(&ring.app, who, about.id, voice, ("It is too much", false)).await
}

async fn find(ring: &TestApp, about: &Decision) -> Decision {
    let id = about.id;
    ring.app.db.read(move |conn| decisions::find(conn, id)).await.unwrap()
}

async fn passes(ring: &TestApp, seconds: i64) {
    ring.advance(seconds);
    housekeeping::run(&ring.app).await.unwrap();
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn tally(yes: i64, no: i64, aside: i64, objections: i64) -> Tally {
    Tally { yes, no, aside, objections }
}

/// How many rows a query counts.
fn rows(location: &Location, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let query = sql_query(format!("SELECT count(*) AS n FROM {query}"));
    let count: Count = match location {
        Location::Sqlite(path) => {
            query.get_result(&mut SqliteConnection::establish(path).unwrap()).unwrap()
        }
        Location::Postgres(url) => {
            query.get_result(&mut PgConnection::establish(url).unwrap()).unwrap()
        }
    };
    count.n
}

#[tokio::test]
async fn a_vote_closes_at_its_deadline_and_everybody_is_told() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 5).await;
    let opened = decide::propose(&ring.app, &all[0], wish(&ring, Method::Vote, Quorum::Share(50)));
    let opened = opened.await.unwrap();
    assert_eq!((opened.quorum, opened.members), (3, 5));
    say(&ring, &all[0], &opened, Voice::Yes).await.unwrap();
    say(&ring, &all[1], &opened, Voice::No).await.unwrap();
    say(&ring, &all[2], &opened, Voice::Aside).await.unwrap();
    // The last word counts.
    say(&ring, &all[1], &opened, Voice::Yes).await.unwrap();
    let objection = say(&ring, &all[3], &opened, Voice::Objection).await;
    assert_eq!(refused(objection), Refusal::VoiceUnfit);
    let early = decide::close(&ring.app, Some(&all[0]), opened.id).await;
    assert_eq!(refused(early), Refusal::DecisionOpen);
    // Whoever comes later speaks too; the quorum stays what it was.
    let late = ring.member("Late").await;
    passes(&ring, 6 * DAY).await;
    assert!(find(&ring, &opened).await.outcome.is_none());
    say(&ring, &late, &opened, Voice::No).await.unwrap();
    passes(&ring, DAY).await;

    let closed = find(&ring, &opened).await;
    let outcome = closed.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::Adopted, tally(2, 1, 1, 0)));
    assert_eq!(closed.quorum, 3);
    assert_eq!(refused(say(&ring, &all[4], &opened, Voice::No).await), Refusal::DecisionOver);
    let again = decide::close(&ring.app, Some(&all[0]), opened.id).await;
    assert_eq!(refused(again), Refusal::DecisionOver);
    for (who, kinds) in [
        (&all[0], vec![Kind::DecisionClosed]),
        (&all[4], vec![Kind::DecisionClosed, Kind::DecisionOpened]),
    ] {
        let id = who.id;
        let told = ring.app.db.read(move |conn| notices::list(conn, id, 9)).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|each| (each.kind, each.subject)).collect();
        let expected: Vec<_> = kinds.into_iter().map(|kind| (kind, page_of(opened.id))).collect();
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn who_said_what_is_forgotten_when_it_closes() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 4).await;
    let wish = wish(&ring, Method::Consent, Quorum::Number(2));
    let opened = decide::propose(&ring.app, &all[0], wish).await.unwrap();
    let object = |who: usize, with_name| {
        decide::say(&ring.app, &all[who], opened.id, Voice::Objection, ("Too far away", with_name))
    };
    say(&ring, &all[0], &opened, Voice::Yes).await.unwrap();
    say(&ring, &all[1], &opened, Voice::Aside).await.unwrap();
    object(2, true).await.unwrap();
    object(3, false).await.unwrap();
    // Everybody has spoken: there is nothing to wait for.
    let closed = decide::close(&ring.app, Some(&all[1]), opened.id).await.unwrap();
    let outcome = closed.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::NotAdopted, tally(1, 0, 1, 2)));

    let id = opened.id;
    let kept = ring.app.db.read(move |conn| decisions::list_objections(conn, id)).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|each| (each.member, each.words.unwrap())).collect();
    assert_eq!(kept, [(Some(all[2].id), "Too far away".into()), (None, "Too far away".into())]);
    assert_eq!(rows(ring.location(), "decision_voices_private WHERE voice <> 'objection'"), 0);
    assert_eq!(rows(ring.location(), "decision_voices_private WHERE member_id IS NOT NULL"), 1);
}

#[tokio::test]
async fn too_few_decide_nothing_and_who_proposed_it_can_take_it_back() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 4).await;
    let proposed =
        || decide::propose(&ring.app, &all[0], wish(&ring, Method::Vote, Quorum::Share(75)));
    let opened = proposed().await.unwrap();
    let other = proposed().await.unwrap();
    say(&ring, &all[0], &opened, Voice::Yes).await.unwrap();
    say(&ring, &all[1], &opened, Voice::Yes).await.unwrap();
    say(&ring, &all[1], &other, Voice::Yes).await.unwrap();
    let by_another = decide::withdraw(&ring.app, &all[1], other.id).await;
    assert_eq!(refused(by_another), Refusal::NotYours);
    decide::withdraw(&ring.app, &all[0], other.id).await.unwrap();
    assert_eq!(refused(say(&ring, &all[2], &other, Voice::Yes).await), Refusal::DecisionOver);
    passes(&ring, 7 * DAY).await;
    assert_eq!(find(&ring, &opened).await.outcome.unwrap().ending, Ending::NoQuorum);
    let outcome = find(&ring, &other).await.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::Withdrawn, tally(0, 0, 0, 0)));
    for quorum in [Quorum::Number(5), Quorum::Number(0), Quorum::Share(101)] {
        let tried = decide::propose(&ring.app, &all[0], wish(&ring, Method::Vote, quorum)).await;
        assert_eq!(refused(tried), Refusal::QuorumUnfit);
    }
    let mut late = wish(&ring, Method::Vote, Quorum::Number(1));
    late.closes_at = ring.now();
    let tried = decide::propose(&ring.app, &all[0], late).await;
    assert_eq!(refused(tried), Refusal::DeadlineUnfit);
}

#[tokio::test]
async fn fifty_voices_at_once_count_exactly() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 50).await;
    let wish = wish(&ring, Method::Vote, Quorum::Share(100));
    let opened = decide::propose(&ring.app, &all[0], wish).await.unwrap();
    let mut tasks = Vec::new();
    for (number, member) in all.into_iter().enumerate() {
        let (app, id) = (ring.app.clone(), opened.id);
        tasks.push(tokio::spawn(async move {
            let first = if number % 2 == 0 { Voice::Yes } else { Voice::No };
            decide::say(&app, &member, id, first, ("", false)).await.unwrap();
            // Ten change their word at the same moment.
            if number < 10 {
                decide::say(&app, &member, id, Voice::Aside, ("", false)).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    passes(&ring, 7 * DAY).await;
    let outcome = find(&ring, &opened).await.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::NotAdopted, tally(20, 20, 10, 0)));
}

#[tokio::test]
async fn two_who_close_it_at_once_close_it_once() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 2).await;
    let wish = wish(&ring, Method::Vote, Quorum::Share(50));
    let opened = decide::propose(&ring.app, &all[0], wish).await.unwrap();
    for member in &all {
        say(&ring, member, &opened, Voice::Yes).await.unwrap();
    }
    let (one, two) = tokio::join!(
        decide::close(&ring.app, Some(&all[0]), opened.id),
        decide::close(&ring.app, Some(&all[1]), opened.id)
    );
    let (done, other) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(refused(other), Refusal::DecisionOver);
    assert_eq!(done.unwrap().outcome.unwrap().tally, tally(2, 0, 0, 0));
    assert_eq!(find(&ring, &opened).await.outcome.unwrap().tally, tally(2, 0, 0, 0));
}

#[tokio::test]
async fn paper_that_one_person_alone_counted_counts_for_nothing() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 6).await;
    let proposed =
        || decide::propose(&ring.app, &all[0], wish(&ring, Method::Vote, Quorum::Number(2)));
    let (alone, counted) = (proposed().await.unwrap(), proposed().await.unwrap());
    let numbers = tally(3, 1, 0, 0);
    for about in [&alone, &counted] {
        say(&ring, &all[5], about, Voice::No).await.unwrap();
        count_paper::enter(&ring.app, &all[0], about.id, (numbers, "")).await.unwrap();
        let own = count_paper::confirm(&ring.app, &all[0], about.id).await;
        assert_eq!(refused(own), Refusal::PaperSamePerson);
        let second = count_paper::enter(&ring.app, &all[1], about.id, (numbers, "")).await;
        assert_eq!(refused(second), Refusal::PaperWaits);
    }
    count_paper::confirm(&ring.app, &all[1], counted.id).await.unwrap();
    let twice = count_paper::confirm(&ring.app, &all[2], counted.id).await;
    assert_eq!(refused(twice), Refusal::NoPaper);
    let many = count_paper::enter(&ring.app, &all[1], counted.id, (tally(2, 0, 0, 0), "")).await;
    assert_eq!(refused(many), Refusal::PaperTooMany);
    // Whoever finds a slip throws it away before it counts.
    count_paper::enter(&ring.app, &all[1], counted.id, (tally(0, 1, 0, 0), "")).await.unwrap();
    count_paper::discard(&ring.app, &all[2], counted.id).await.unwrap();
    passes(&ring, 7 * DAY).await;
    let outcome = find(&ring, &counted).await.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::Adopted, tally(3, 2, 0, 0)));
    let outcome = find(&ring, &alone).await.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::NoQuorum, tally(0, 1, 0, 0)));
    assert_eq!(rows(ring.location(), "decision_papers"), 1);
}

#[tokio::test]
async fn e16_who_never_gave_who_is_frozen_and_who_came_today_votes_like_everybody() {
    let mut endings = Vec::new();
    for gives in [false, true] {
        let ring = TestApp::start("ring").await;
        let ida = ring.steward("Ida").await;
        let all = people(&ring, 3).await;
        if gives {
            for number in 0..5 {
                let need = ring.need(&ida, &format!("Chairs {number}"), "2").await;
                let made = make_promise(&ring.app, &all[0], need.id, None, "").await.unwrap();
                confirm_fulfilment(&ring.app, &all[0], made.id, None, "").await.unwrap();
                confirm_fulfilment(&ring.app, &ida, made.id, None, "").await.unwrap();
            }
        }
        let clause = "Nobody counts who gave what.".to_owned();
        let freeze = measure::Wish { kind: Measure::Freeze, clause, reason: "x".into(), days: 9 };
        measure::take(&ring.app, &ida, all[1].id, freeze).await.unwrap();
        let wish = wish(&ring, Method::Vote, Quorum::Share(100));
        // A freeze takes no voice away, and neither does having given nothing.
        let opened = decide::propose(&ring.app, &all[1], wish).await.unwrap();
        say(&ring, &ida, &opened, Voice::No).await.unwrap();
        say(&ring, &all[0], &opened, Voice::Yes).await.unwrap();
        say(&ring, &all[1], &opened, Voice::Yes).await.unwrap();
        say(&ring, &all[2], &opened, Voice::No).await.unwrap();
        let outcome = decide::close(&ring.app, Some(&all[2]), opened.id).await.unwrap().outcome;
        endings.push((outcome.unwrap().ending, outcome.unwrap().tally));
    }
    assert_eq!(endings[0], (Ending::NotAdopted, tally(2, 2, 0, 0)));
    assert_eq!(endings[0], endings[1], "what somebody gave changes nothing");
}

#[tokio::test]
async fn e18_newcomers_organisations_and_those_who_left_have_no_voice() {
    let ring = TestApp::start("ring").await;
    let ida = ring.steward("Ida").await;
    let all = people(&ring, 3).await;
    let opened = decide::propose(&ring.app, &ida, wish(&ring, Method::Vote, Quorum::Number(1)));
    let opened = opened.await.unwrap();
    let (id, now, app) = (all[0].id, ring.now(), ring.app.clone());
    let bind = move |conn: &mut mutuals::db::Conn| {
        let actor = actors::upsert(conn, &mill(&app))?;
        let handle = member_handles::Handle { actor: actor.url, address: actor.address };
        member_handles::insert(conn, id, &handle, now)
    };
    assert!(ring.app.db.write(bind).await.unwrap());
    let newcomer = newcomer(&ring).await;
    leave(&ring.app, &all[1]).await.unwrap();
    for (who, why) in [
        (&all[0], Refusal::OnlyPeople),
        (&newcomer, Refusal::NotYetMember),
        (&all[1], Refusal::HasLeft),
    ] {
        let again = wish(&ring, Method::Vote, Quorum::Number(1));
        assert_eq!(refused(decide::propose(&ring.app, who, again).await), why);
        for voice in [Voice::Yes, Voice::No, Voice::Aside] {
            assert_eq!(refused(say(&ring, who, &opened, voice).await), why);
        }
        let enter = count_paper::enter(&ring.app, who, opened.id, (tally(1, 0, 0, 0), ""));
        assert_eq!(refused(enter.await), why);
        count_paper::enter(&ring.app, &ida, opened.id, (tally(1, 0, 0, 0), "")).await.unwrap();
        assert_eq!(refused(count_paper::confirm(&ring.app, who, opened.id).await), why);
        assert_eq!(refused(count_paper::discard(&ring.app, who, opened.id).await), why);
        count_paper::discard(&ring.app, &all[2], opened.id).await.unwrap();
        assert_eq!(refused(decide::close(&ring.app, Some(who), opened.id).await), why);
    }
    passes(&ring, 7 * DAY).await;
    let outcome = find(&ring, &opened).await.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.tally), (Ending::NoQuorum, Tally::default()));
}

/// Somebody who joins, and for whom nobody has vouched yet.
pub async fn newcomer(ring: &TestApp) -> Member {
    let wish = join::Wish {
        name: "Lea".into(),
        password: "a kettle on the stove".into(),
        agrees_to: None,
    };
    let link = mutuals::actions::invite::invite(&ring.app, None, 1).await.unwrap();
    let token = link.path().rsplit('/').next().unwrap().to_owned();
    join::join(&ring.app, join::Way::Invitation(token), wish).await.unwrap().member
}

#[tokio::test]
async fn e20_a_decision_answers_the_question_from_which_it_came() {
    let ring = TestApp::start("ring").await;
    let all = people(&ring, 2).await;
    let (app, now) = (ring.app.clone(), ring.now());
    let raise = move |conn: &mut mutuals::db::Conn| {
        agenda::raise(conn, app.clock.new_id(), (Matter::RecurringCause, "rent"), now)?;
        agenda::list_open(conn)
    };
    let point = ring.app.db.write(raise).await.unwrap().remove(0);
    let answers = Some(point.id);
    let wish = Wish { answers, ..wish(&ring, Method::Consent, Quorum::Share(100)) };
    let opened = decide::propose(&ring.app, &all[0], wish.clone()).await.unwrap();
    for member in &all {
        say(&ring, member, &opened, Voice::Yes).await.unwrap();
    }
    assert!(decide::close(&ring.app, None, opened.id).await.unwrap().is_adopted());
    let found = ring.app.db.read(move |conn| agenda::find(conn, point.id)).await.unwrap();
    assert_eq!(found.decision, Some(opened.id));
    assert!(!found.is_open() && found.rests_until.is_some());
    let again = decide::propose(&ring.app, &all[0], wish).await;
    assert!(matches!(again, Err(Error::NotFound)), "it is answered: {again:?}");
}
