//! The bus test (mission E19): whoever does most is gone, and every duty, role and approval still has
//! somebody. Who that is, is found in what everybody holds, not chosen here.

use jiff::SignedDuration;
use mutuals::actions::book_string::book;
use mutuals::actions::covenant::adopt;
use mutuals::actions::duty::{Keepers, add_duty, check_keeps};
use mutuals::actions::hold_role::{self, Giving, Wish};
use mutuals::actions::leave::leave;
use mutuals::actions::name_steward::name_steward;
use mutuals::actions::{count_paper, decide, measure, round};
use mutuals::db::{Conn, duties, members, roles};
use mutuals::domain::covenant::Rule;
use mutuals::domain::decision::{Method, Quorum, Tally};
use mutuals::domain::id::MemberId;
use mutuals::domain::measure::Kind;
use mutuals::domain::member::Member;
use mutuals::domain::string::Draft;
use mutuals::jobs::housekeeping;

use crate::decisions::wish;
use crate::duties::{DAY, kitchen};
use crate::testapp::TestApp;

const TEXT: &str = "# What we owe each other\n\nTurns.\n\n# Doors\n\nDoors stay open.\n";

/// Whoever holds most, or stands in for it: roles and duties.
async fn busiest(ring: &TestApp) -> MemberId {
    let read = |conn: &mut Conn| {
        let mut held: Vec<MemberId> = Vec::new();
        for term in roles::list_terms(conn)? {
            held.extend([term.holder, term.deputy].into_iter().flatten());
        }
        for duty in duties::list_live(conn)? {
            let private = duties::find_private(conn, duty.id)?;
            held.extend([private.keeper, private.deputy].into_iter().flatten());
        }
        Ok(held)
    };
    let held = ring.app.db.read(read).await.unwrap();
    let count = |who: MemberId| held.iter().filter(|each| **each == who).count();
    held.iter().copied().max_by_key(|who| (count(*who), who.number())).unwrap()
}

async fn give(ring: &TestApp, by: &Member, title: &str, (holder, deputy): (&Member, &Member)) {
    let thing = if title == "Tin" { "money" } else { "keys" };
    let wish = Wish { title: title.into(), holds: vec![thing.into()], ..Wish::default() };
    let role = hold_role::add(&ring.app, by, wish, None).await.unwrap();
    let ends_at = ring.now() + SignedDuration::from_hours(24 * 60);
    let deputy = Some(deputy.id);
    let giving = Giving { holder: holder.id, deputy, ends_at, decision: None };
    hold_role::give(&ring.app, by, role.id, giving).await.unwrap();
}

#[tokio::test]
async fn e19_when_whoever_does_most_is_gone_every_approval_still_has_somebody() {
    let ring = TestApp::start("ring").await;
    let app = &ring.app;
    let everybody = [
        ring.steward("Ida").await,
        ring.steward("Kofi").await,
        ring.steward("Rosa").await,
        ring.member("Lea").await,
        ring.member("Noor").await,
    ];
    let [ida, kofi, _, lea, noor] = &everybody;
    adopt(app, Some(ida.id), (TEXT, "en"), Rule::new(0, false).unwrap()).await.unwrap();
    give(&ring, ida, "Keys", (kofi, lea)).await;
    give(&ring, ida, "Tin", (kofi, noor)).await;
    let keepers = Keepers { keeper: Some(kofi.id), until: None, deputy: Some(lea.id) };
    let duty = add_duty(app, ida, &kitchen(), keepers).await.unwrap();

    let id = busiest(&ring).await;
    let gone = everybody.iter().find(|member| member.id == id).unwrap();
    leave(app, gone).await.unwrap();
    housekeeping::run(app).await.unwrap();
    let mut here = app.db.read(members::list).await.unwrap();
    here.retain(Member::is_steward);
    let [first, second] = here.as_slice() else { panic!("{here:?}") };

    // The assembly decides, also on paper, which two have counted.
    let proposed = wish(&ring, Method::Vote, Quorum::Share(50));
    let decision = decide::propose(app, first, proposed).await.unwrap().id;
    let tally = Tally { yes: 3, ..Tally::default() };
    count_paper::enter(app, first, decision, (tally, "")).await.unwrap();
    count_paper::confirm(app, second, decision).await.unwrap();
    ring.advance(7 * DAY);
    assert!(decide::close(app, None, decision).await.unwrap().is_adopted());
    // The tin is reached by whoever stands in, with what was decided.
    let gift = Draft {
        what: "For the kitchen".into(),
        source: "Fairbread Foundation".into(),
        amount: "5000".into(),
        unit: "euros".into(),
        decision: Some(decision),
        ..Draft::default()
    };
    book(app, noor, gift).await.unwrap();
    // What takes two people has two.
    let (clause, reason) = ("doors stay open".to_owned(), "The yard was locked".to_owned());
    let measured = measure::Wish { kind: Kind::Warn, clause, reason, days: 7 };
    let measured = measure::take(app, first, noor.id, measured).await.unwrap();
    measure::confirm(app, second, measured.id).await.unwrap();
    let flood = round::Wish { title: "Flood".into(), text: "Cellars.".into(), days: 30 };
    round::open_by_two(app, first, second, flood).await.unwrap();
    // Whoever stands in looks after the duty.
    let (deputy, duty, now) = (lea.id, duty.id, ring.now());
    app.db.read(move |conn| check_keeps(conn, deputy, duty, now)).await.unwrap();
    name_steward(app, first, lea.id).await.unwrap();
}
