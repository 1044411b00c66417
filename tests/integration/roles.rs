//! Roles with terms (mission E18, E19): who may hold them, what happens past the term, what hangs on
//! one person, and that a collective is never left without anybody who looks after it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{SqliteConnection, sql_query};
use jiff::SignedDuration;
use mutuals::actions::ask_assembly::{ask_to_end, ask_to_name, carry_out};
use mutuals::actions::decide::{self, Wish as Proposed};
use mutuals::actions::hold_role::{self, Giving, Step, Wish};
use mutuals::actions::leave::leave;
use mutuals::actions::look_after_roles::look_after_roles;
use mutuals::actions::name_steward::name_steward;
use mutuals::db::{
    Conn, Location, actors, agenda, member_handles, members, moderation_log, notices, roles,
};
use mutuals::domain::act::Act;
use mutuals::domain::agenda::Matter;
use mutuals::domain::continuity::left_by;
use mutuals::domain::decision::{Decision, Method, Quorum, Voice};
use mutuals::domain::id::{DecisionId, MemberId, RoleId};
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::role::{HOUSE, Role, State, Term, carried};
use mutuals::domain::subject::Subject;
use mutuals::error::Error;
use mutuals::i18n::Locale;
use mutuals::jobs::housekeeping;

use crate::decisions::{newcomer, wish as proposed};
use crate::testapp::TestApp;
use crate::web::house::{Browser, mill};

const DAY: i64 = 24 * 60 * 60;

/// A collective in which Ida looks after the house, with Kofi and Rosa.
struct Ring {
    app: TestApp,
    ida: Member,
    kofi: Member,
    rosa: Member,
}

impl Ring {
    async fn start() -> Self {
        let app = TestApp::start("ring").await;
        let ida = app.steward("Ida").await;
        let (kofi, rosa) = (app.member("Kofi").await, app.member("Rosa").await);
        Self { app, ida, kofi, rosa }
    }

    /// A decision that everybody said yes to.
    async fn decided(&self) -> DecisionId {
        adopted(&self.app, &[&self.ida, &self.kofi, &self.rosa]).await.id
    }

    /// The assembly is asked, by somebody, to name somebody for a year, and says yes.
    async fn named(&self, by: &Member, role: RoleId, holder: &Member) -> DecisionId {
        let until = self.app.now() + SignedDuration::from_hours(24 * 365);
        let naming = (role, holder.id, until);
        let asked = ask_to_name(&self.app.app, by, naming, &Locale::find("en")).await.unwrap();
        self.adopted(asked.id).await
    }

    /// The assembly is asked, by somebody, to end a term, and says yes.
    async fn ended(&self, by: &Member, term: &Term) -> DecisionId {
        let asked = ask_to_end(&self.app.app, by, term.id, &Locale::find("en")).await.unwrap();
        self.adopted(asked.id).await
    }

    async fn adopted(&self, id: DecisionId) -> DecisionId {
        let app = &self.app.app;
        for member in [&self.ida, &self.kofi, &self.rosa] {
            decide::say(app, member, id, Voice::Yes, ("", false)).await.unwrap();
        }
        let early = decide::close(app, None, id).await;
        assert_eq!(refused(early), Refusal::DecisionOpen, "it is talked about for three days");
        self.app.advance(7 * DAY);
        assert!(decide::close(app, None, id).await.unwrap().is_adopted());
        id
    }

    async fn role(&self, title: &str) -> Role {
        let wish = Wish { title: title.into(), holds: vec!["keys".into()], ..Wish::default() };
        hold_role::add(&self.app.app, &self.ida, wish, None).await.unwrap()
    }

    fn giving(&self, holder: &Member, days: i64, decision: Option<DecisionId>) -> Giving {
        let ends_at = self.app.now() + SignedDuration::from_hours(24 * days);
        Giving { holder: holder.id, deputy: None, ends_at, decision }
    }

    async fn terms(&self, role: RoleId) -> Vec<Term> {
        let read = move |conn: &mut Conn| roles::list_terms_of(conn, role);
        self.app.app.db.read(read).await.unwrap()
    }

    async fn passes(&self, days: i64) {
        self.app.advance(days * DAY);
        housekeeping::run(&self.app.app).await.unwrap();
    }

    /// What is asked about a role.
    async fn asked(&self, role: RoleId) -> Vec<Matter> {
        let points = self.app.app.db.read(agenda::list_open).await.unwrap();
        let about = points.into_iter().filter(|point| point.subject == role.to_string());
        about.map(|point| point.matter).collect()
    }

    async fn is_steward(&self, who: &Member) -> bool {
        let id = who.id;
        self.app.app.db.read(move |conn| members::find(conn, id)).await.unwrap().is_steward()
    }

    async fn told(&self, who: &Member) -> usize {
        let id = who.id;
        let all = self.app.app.db.read(move |conn| notices::list(conn, id, 50)).await.unwrap();
        all.iter().filter(|notice| notice.kind == Kind::TermOver).count()
    }
}

async fn adopted(app: &TestApp, all: &[&Member]) -> Decision {
    let wish =
        Proposed { title: "So be it".into(), ..proposed(app, Method::Consent, Quorum::Share(100)) };
    let opened = decide::propose(&app.app, all[0], wish).await.unwrap();
    for member in all {
        decide::say(&app.app, member, opened.id, Voice::Yes, ("", false)).await.unwrap();
    }
    let closed = decide::close(&app.app, None, opened.id).await.unwrap();
    assert!(closed.is_adopted());
    closed
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_assembly_gives_roles_and_a_steward_only_until_it_meets() {
    let ring = Ring::start().await;
    let (app, keys) = (&ring.app.app, ring.role("Kitchen keys").await);
    let give = |by: &Member, giving| {
        let by = by.clone();
        async move { hold_role::give(app, &by, keys.id, giving).await }
    };
    let alone = give(&ring.kofi, ring.giving(&ring.kofi, 30, None)).await;
    assert_eq!(refused(alone), Refusal::DecisionNeeded);
    let long = give(&ring.ida, ring.giving(&ring.rosa, 365, None)).await;
    assert_eq!(refused(long), Refusal::DecisionNeeded);
    give(&ring.ida, ring.giving(&ring.rosa, 90, None)).await.unwrap();
    let again = give(&ring.ida, ring.giving(&ring.rosa, 90, None)).await;
    assert_eq!(refused(again), Refusal::DecisionNeeded, "nobody has it on and on without one");

    // A decision that does not say it gives nobody anything by the hand of any member; a steward
    // answers for what it means, once.
    let old = ring.decided().await;
    ring.app.advance(1);
    let decision = ring.decided().await;
    let taken = give(&ring.kofi, ring.giving(&ring.kofi, 365, Some(decision))).await;
    assert_eq!(refused(taken), Refusal::DecisionOther);
    let given = give(&ring.ida, ring.giving(&ring.kofi, 365, Some(decision))).await.unwrap();
    assert_eq!(ring.terms(keys.id).await, std::slice::from_ref(&given), "one has it at a time");
    let twice = give(&ring.ida, ring.giving(&ring.kofi, 365, Some(decision))).await;
    assert_eq!(refused(twice), Refusal::DecisionUsed);
    let taken = give(&ring.ida, ring.giving(&ring.rosa, 30, None)).await;
    assert_eq!(refused(taken), Refusal::DecisionNeeded, "the assembly gave it");
    let before = give(&ring.ida, ring.giving(&ring.kofi, 365, Some(old))).await;
    assert_eq!(refused(before), Refusal::DecisionUnfit, "it was made before the term began");
    let wish = proposed(&ring.app, Method::Vote, Quorum::Number(1));
    let open = decide::propose(app, &ring.kofi, wish).await.unwrap();
    let early = give(&ring.kofi, ring.giving(&ring.kofi, 365, Some(open.id))).await;
    assert_eq!(refused(early), Refusal::DecisionNotAdopted);
    let other = ring.decided().await;
    let mut own = ring.giving(&ring.kofi, 365, Some(other));
    own.deputy = Some(ring.kofi.id);
    assert_eq!(refused(give(&ring.ida, own).await), Refusal::DeputyUnfit);
    let beyond = give(&ring.ida, ring.giving(&ring.kofi, 800, Some(other))).await;
    assert_eq!(refused(beyond), Refusal::TermUnfit);

    let by_another = hold_role::give_back(app, &ring.rosa, given.id, None).await;
    assert_eq!(refused(by_another), Refusal::DecisionNeeded);
    let held = hold_role::end(app, &ring.ida, keys.id, None).await;
    assert_eq!(refused(held), Refusal::DecisionNeeded);
    let by_another = hold_role::end(app, &ring.kofi, keys.id, Some(other)).await;
    assert!(matches!(by_another, Err(Error::Forbidden)), "{by_another:?}");
    hold_role::give_back(app, &ring.kofi, given.id, None).await.unwrap();
    assert_eq!(ring.terms(keys.id).await, []);
    hold_role::end(app, &ring.ida, keys.id, None).await.unwrap();
    let over = give(&ring.ida, ring.giving(&ring.kofi, 30, None)).await;
    assert_eq!(refused(over), Refusal::RoleOver);
    assert_eq!(ring.asked(keys.id).await, []);
}

#[tokio::test]
async fn e18_only_people_who_are_members_hold_roles_by_every_road() {
    let ring = Ring::start().await;
    let (app, keys) = (&ring.app.app, ring.role("Kitchen keys").await);
    let lea = newcomer(&ring.app).await;
    let mut kinds = Vec::new();
    for (number, kind) in
        ["Organization", "Group", "Service", "Application"].into_iter().enumerate()
    {
        let member = ring.app.member(&format!("Account {number}")).await;
        let (id, now, shared) = (member.id, ring.app.now(), app.clone());
        let bind = move |conn: &mut Conn| {
            let url = format!("http://mill.example/c/{kind}").parse().unwrap();
            let address = format!("{kind}@mill.example");
            let actor = mutuals::domain::neighbour::RemoteActor {
                id: shared.clock.new_id(),
                kind: kind.into(),
                url,
                address,
                ..mill(&shared)
            };
            let actor = actors::upsert(conn, &actor)?;
            let handle = member_handles::Handle { actor: actor.url, address: actor.address };
            member_handles::insert(conn, id, &handle, now)
        };
        assert!(app.db.write(bind).await.unwrap());
        kinds.push((member, Refusal::OnlyPeople));
    }
    kinds.push((lea, Refusal::NotYetMember));
    for (who, why) in &kinds {
        let decision = Some(ring.decided_by_all(&kinds).await);
        let as_holder = hold_role::give(app, &ring.ida, keys.id, ring.giving(who, 30, decision));
        assert_eq!(refused(as_holder.await), *why);
        let mut giving = ring.giving(&ring.kofi, 30, decision);
        giving.deputy = Some(who.id);
        assert_eq!(refused(hold_role::give(app, &ring.ida, keys.id, giving).await), *why);
        assert_eq!(refused(name_steward(app, &ring.ida, who.id).await), *why);
        let wish = Wish { title: "Mine".into(), ..Wish::default() };
        assert_eq!(refused(hold_role::add(app, who, wish, None).await), *why);
        assert_eq!(refused(hold_role::add_line(app, who, keys.id, "x").await), *why);
        assert!(!ring.is_steward(who).await);
    }
    assert_eq!(ring.terms(keys.id).await, []);
}

impl Ring {
    /// A decision by those who have a voice.
    async fn decided_by_all(&self, others: &[(Member, Refusal)]) -> DecisionId {
        let wish = proposed(&self.app, Method::Consent, Quorum::Number(1));
        let opened = decide::propose(&self.app.app, &self.ida, wish).await.unwrap();
        for (other, why) in others {
            let said = decide::say(&self.app.app, other, opened.id, Voice::Yes, ("", false)).await;
            assert_eq!(refused(said), *why);
        }
        decide::say(&self.app.app, &self.ida, opened.id, Voice::Yes, ("", false)).await.unwrap();
        self.app.advance(7 * DAY);
        decide::close(&self.app.app, None, opened.id).await.unwrap().id
    }
}

#[tokio::test]
async fn e18_past_its_term_a_role_is_due_and_then_its_powers_rest_but_never_the_last_ones() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    name_steward(app, &ring.ida, ring.kofi.id).await.unwrap();
    let terms = ring.terms(HOUSE).await;
    assert_eq!(terms.len(), 2, "whoever looks after the house has a term at once");
    ring.passes(1).await;
    assert_eq!(ring.asked(HOUSE).await, []);
    // Ida is renewed, Kofi is not. Nobody reads that into a decision about something else.
    let renewed = ring.giving(&ring.ida, 690, Some(ring.decided().await));
    let other = hold_role::give(app, &ring.kofi, HOUSE, renewed).await;
    assert_eq!(refused(other), Refusal::DecisionOther);
    let until = ring.app.now() + SignedDuration::from_hours(24 * 700);
    let naming = (HOUSE, ring.ida.id, until);
    let asked = ask_to_name(app, &ring.kofi, naming, &Locale::find("en")).await.unwrap();
    let renewed = ring.giving(&ring.ida, 690, Some(ring.adopted(asked.id).await));
    hold_role::give(app, &ring.kofi, HOUSE, renewed).await.unwrap();
    ring.passes(356).await;
    assert!(ring.is_steward(&ring.kofi).await);
    assert_eq!((ring.asked(HOUSE).await, ring.told(&ring.kofi).await), (vec![], 0));
    ring.passes(1).await;
    assert_eq!(ring.asked(HOUSE).await, [Matter::TermDue]);
    assert_eq!(ring.told(&ring.kofi).await, 1);
    assert!(ring.is_steward(&ring.kofi).await, "a month of grace");
    ring.passes(29).await;
    assert!(ring.is_steward(&ring.kofi).await);
    ring.passes(1).await;
    assert!(!ring.is_steward(&ring.kofi).await);
    let log = app.db.read(|conn| moderation_log::list(conn, None, 9)).await.unwrap();
    assert_eq!((log[0].act, log[0].by), (Some(Act::StewardLapsed), None));
    let mut of_kofi = Browser::enter(app, &ring.kofi).await;
    of_kofi.get("/steward").await.is(403);
    // What is needed to hand over stays open to him.
    hold_role::add_line(app, &ring.kofi, HOUSE, "The backup disk").await.unwrap();
    let house = format!("/roles/{HOUSE}");
    of_kofi.get(&house).await.is(200).says("The powers rest.").says("Keep the list");
    let anew = name_steward(app, &ring.ida, ring.kofi.id).await;
    assert_eq!(refused(anew), Refusal::DecisionNeeded, "nobody is renewed by a friend");
    let resting = ring.terms(HOUSE).await.into_iter().find(|term| term.lapsed_at.is_some());
    hold_role::give_back(app, &ring.kofi, resting.unwrap().id, None).await.unwrap();
    let anew = name_steward(app, &ring.ida, ring.kofi.id).await;
    assert_eq!(refused(anew), Refusal::DecisionNeeded);

    // Ida is the last one: her powers never lapse, it only shows.
    ring.passes(900).await;
    assert!(ring.is_steward(&ring.ida).await);
    let last = ring.terms(HOUSE).await.remove(0);
    assert_eq!(last.state(true, ring.app.now()), State::Due);
    let mut of_ida = Browser::enter(app, &ring.ida).await;
    of_ida.get("/steward").await.is(200);
    of_ida.get("/power").await.says("Nobody else looks after the house, so the powers stay");
    let back = hold_role::give_back(app, &ring.ida, last.id, None).await;
    assert_eq!(refused(back), Refusal::LastSteward);
    // With somebody new the old one's powers rest.
    let decision = ring.named(&ring.kofi, HOUSE, &ring.rosa).await;
    carry_out(app, &ring.kofi, decision).await.unwrap();
    ring.passes(0).await;
    assert!(ring.is_steward(&ring.rosa).await && !ring.is_steward(&ring.ida).await);
}

#[tokio::test]
async fn e18_of_many_who_are_all_past_their_terms_one_stays() {
    let ring = Ring::start().await;
    for who in [&ring.kofi, &ring.rosa] {
        name_steward(&ring.app.app, &ring.ida, who.id).await.unwrap();
    }
    ring.passes(366 + 30).await;
    let mut left = 0;
    for who in [&ring.ida, &ring.kofi, &ring.rosa] {
        left += usize::from(ring.is_steward(who).await);
    }
    assert_eq!(left, 1);
}

#[tokio::test]
async fn e19_when_the_busiest_is_gone_every_role_has_somebody_or_is_asked_about() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let mut all = Vec::new();
    for (title, deputy) in [("Keys", Some(&ring.rosa)), ("Tin", Some(&ring.ida)), ("Phone", None)] {
        let role = ring.role(title).await;
        let decision = ring.decided().await;
        let mut giving = ring.giving(&ring.kofi, 365, Some(decision));
        giving.deputy = deputy.map(|deputy| deputy.id);
        hold_role::give(app, &ring.ida, role.id, giving).await.unwrap();
        all.push(role);
    }
    name_steward(app, &ring.ida, ring.kofi.id).await.unwrap();
    ring.passes(1).await;
    // Found before anybody goes.
    assert_eq!(ring.asked(all[2].id).await, [Matter::NoDeputy]);
    assert_eq!(ring.asked(all[0].id).await, []);
    // Who does most is found in what everybody holds.
    let terms = app.db.read(roles::list_terms).await.unwrap();
    let held = |who: &Member| terms.iter().filter(|term| term.is_of(who.id)).count();
    let everybody = [&ring.ida, &ring.kofi, &ring.rosa];
    let busiest = everybody.into_iter().max_by_key(|&who| held(who)).unwrap();
    let gone = left_without(&ring, &[busiest.id]).await;
    assert_eq!(gone, [all[2].id]);

    leave(app, busiest).await.unwrap();
    ring.passes(1).await;
    for (role, matters) in [
        (&all[0], vec![Matter::TermDue, Matter::NoDeputy]),
        (&all[1], vec![Matter::TermDue, Matter::NoDeputy]),
        (&all[2], vec![Matter::TermDue]),
    ] {
        let mut asked = ring.asked(role.id).await;
        asked.sort_by_key(|matter| matters.iter().position(|each| each == matter));
        assert_eq!(asked, matters, "{}", role.title);
    }
    // The deputies see that it is theirs now, and the house goes on.
    let mut of_rosa = Browser::enter(app, &ring.rosa).await;
    of_rosa.get("/power").await.says("Rosa stands in").says("Ida stands in").hides("Kofi");
    of_rosa.get("/agenda").await.says("Keys: a term is over, or nobody holds it.");
    assert!(ring.is_steward(&ring.ida).await);
    // After two weeks nothing tells who it was, and everything is as it is now.
    ring.passes(15).await;
    let mut of_rosa = Browser::enter(app, &ring.rosa).await;
    of_rosa.get("/power").await.says("Rosa stands in");
    assert_eq!(ring.asked(all[2].id).await, [Matter::TermDue]);
    let again = ring.decided_by_two().await;
    let given = ring.giving(&ring.rosa, 365, Some(again));
    hold_role::give(app, &ring.ida, all[2].id, given).await.unwrap();
    assert_eq!(ring.asked(all[2].id).await, [Matter::NoDeputy], "it settles by itself");
}

impl Ring {
    async fn decided_by_two(&self) -> DecisionId {
        adopted(&self.app, &[&self.ida, &self.rosa]).await.id
    }
}

/// The roles with nobody once these people are gone.
async fn left_without(ring: &Ring, gone: &[MemberId]) -> Vec<RoleId> {
    let read = |conn: &mut Conn| Ok((roles::list(conn)?, roles::list_terms(conn)?));
    let (roles, terms) = ring.app.app.db.read(read).await.unwrap();
    left_by(&carried(&roles, &terms), gone).into_iter().copied().collect()
}

#[tokio::test]
async fn a_hand_over_list_is_ticked_by_those_whose_it_is() {
    let ring = Ring::start().await;
    let (app, keys) = (&ring.app.app, ring.role("Kitchen keys").await);
    let decision = Some(ring.decided().await);
    hold_role::give(app, &ring.ida, keys.id, ring.giving(&ring.kofi, 365, decision)).await.unwrap();
    let line = hold_role::add_line(app, &ring.kofi, keys.id, " Spare  key ").await.unwrap();
    assert_eq!(line.text, "Spare key");
    let tick = vec![(line.id, Step::Tick)];
    let by_another = hold_role::hand_over(app, &ring.rosa, keys.id, tick.clone()).await;
    assert_eq!(refused(by_another), Refusal::NotYours);
    hold_role::hand_over(app, &ring.kofi, keys.id, tick).await.unwrap();
    let id = keys.id;
    let lines = app.db.read(move |conn| roles::list_lines(conn, id)).await.unwrap();
    assert!(lines[0].is_ticked(ring.terms(id).await.first()));
    ring.passes(1).await;
    // Whoever comes next begins with a fresh list.
    let decision = Some(ring.decided().await);
    hold_role::give(app, &ring.ida, id, ring.giving(&ring.rosa, 365, decision)).await.unwrap();
    assert!(!lines[0].is_ticked(ring.terms(id).await.first()));
    hold_role::hand_over(app, &ring.rosa, id, vec![(line.id, Step::Remove)]).await.unwrap();
    assert!(app.db.read(move |conn| roles::list_lines(conn, id)).await.unwrap().is_empty());
}

#[tokio::test]
async fn stewards_from_before_there_were_terms_get_one_when_it_is_noticed() {
    let ring = Ring::start().await;
    let id = ring.terms(HOUSE).await[0].id;
    let now = ring.app.now();
    ring.app.app.db.write(move |conn| roles::end_term(conn, id, now)).await.unwrap();
    assert_eq!(ring.terms(HOUSE).await, []);
    ring.passes(0).await;
    ring.passes(0).await;
    let terms = ring.terms(HOUSE).await;
    assert_eq!(terms.len(), 1);
    assert_eq!(terms[0].holder, Some(ring.ida.id));
    assert_eq!(ring.asked(HOUSE).await, [Matter::NoDeputy], "one alone is asked about");
}

#[tokio::test]
async fn e18_nobody_is_named_and_nobody_put_out_but_by_a_decision_that_says_so() {
    let ring = Ring::start().await;
    let (app, english) = (&ring.app.app, Locale::find("en"));
    name_steward(app, &ring.ida, ring.rosa.id).await.unwrap();
    // Whatever else was adopted, even by everybody, opens no way into the house and none out of it.
    let fence = ring.decided().await;
    let own = ring.giving(&ring.kofi, 365, Some(fence));
    let taken = hold_role::give(app, &ring.kofi, HOUSE, own).await;
    assert_eq!(refused(taken), Refusal::DecisionOther);
    // Nor is somebody's term made so short that it is over tomorrow.
    let shorter = ring.giving(&ring.rosa, 1, Some(fence));
    let shorter = hold_role::give(app, &ring.ida, HOUSE, shorter).await;
    assert_eq!(refused(shorter), Refusal::DecisionOther);
    let terms = ring.terms(HOUSE).await;
    let of_rosa = terms.iter().find(|term| term.holder == Some(ring.rosa.id)).unwrap();
    for by in [&ring.kofi, &ring.ida] {
        let put_out = hold_role::give_back(app, by, of_rosa.id, Some(fence)).await;
        assert_eq!(refused(put_out), Refusal::DecisionOther);
        let put_out = hold_role::give_back(app, by, of_rosa.id, None).await;
        assert_eq!(refused(put_out), Refusal::DecisionNeeded);
    }

    // One alone at night does not get it through: it takes a third of us, and three days.
    let until = ring.app.now() + SignedDuration::from_hours(24 * 365);
    let subject = Some(Subject::Name { role: HOUSE, holder: ring.kofi.id, until });
    ring.app.member("Lea").await;
    let small = Proposed { subject, ..proposed(&ring.app, Method::Vote, Quorum::Number(1)) };
    let refusal = refused(decide::propose(app, &ring.kofi, small).await);
    assert_eq!(refusal, Refusal::QuorumSmall);
    let closes_at = ring.app.now() + SignedDuration::from_hours(71);
    let wide = proposed(&ring.app, Method::Vote, Quorum::Number(2));
    let soon = Proposed { subject, closes_at, ..wide };
    assert_eq!(refused(decide::propose(app, &ring.kofi, soon).await), Refusal::DeadlineSoon);

    // What it says is done by any member, for whom and until when it says, and once.
    let naming = (HOUSE, ring.kofi.id, until);
    let asked = ask_to_name(app, &ring.kofi, naming, &english).await.unwrap();
    assert_eq!(asked.quorum, 2);
    assert!(!asked.title.contains("Kofi"), "titles stay when somebody has left");
    let early = carry_out(app, &ring.kofi, asked.id).await;
    assert_eq!(refused(early), Refusal::DecisionNotAdopted);
    for member in [&ring.ida, &ring.kofi, &ring.rosa] {
        decide::say(app, member, asked.id, Voice::Yes, ("", false)).await.unwrap();
    }
    ring.passes(7).await;
    let other = ring.giving(&ring.rosa, 100, Some(asked.id));
    let other = hold_role::give(app, &ring.kofi, HOUSE, other).await;
    assert_eq!(refused(other), Refusal::DecisionOther);
    let longer = ring.giving(&ring.kofi, 365, Some(asked.id));
    let longer = hold_role::give(app, &ring.kofi, HOUSE, longer).await;
    assert_eq!(refused(longer), Refusal::DecisionOther);
    carry_out(app, &ring.rosa, asked.id).await.unwrap();
    assert!(ring.is_steward(&ring.kofi).await);
    let again = carry_out(app, &ring.rosa, asked.id).await;
    assert_eq!(refused(again), Refusal::DecisionUsed);

    let decision = ring.ended(&ring.ida, of_rosa).await;
    let of_kofi = ring.terms(HOUSE).await;
    let of_kofi = of_kofi.iter().find(|term| term.holder == Some(ring.kofi.id)).unwrap();
    let another = hold_role::give_back(app, &ring.ida, of_kofi.id, Some(decision)).await;
    assert_eq!(refused(another), Refusal::DecisionOther);
    carry_out(app, &ring.kofi, decision).await.unwrap();
    assert!(!ring.is_steward(&ring.rosa).await && ring.is_steward(&ring.kofi).await);
    assert!(matches!(carry_out(app, &ring.kofi, decision).await, Err(Error::NotFound)));
    // What says nothing carries nothing out.
    assert!(matches!(carry_out(app, &ring.kofi, fence).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn of_two_who_use_one_decision_at_the_same_moment_one_does() {
    let ring = Ring::start().await;
    let app = &ring.app.app;
    let (keys, tin, fence) =
        (ring.role("Keys").await, ring.role("Tin").await, ring.decided().await);
    let giving = || ring.giving(&ring.kofi, 365, Some(fence));
    let (first, second) = tokio::join!(
        hold_role::give(app, &ring.ida, keys.id, giving()),
        hold_role::give(app, &ring.ida, tin.id, giving()),
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let failed = if first.is_ok() { second } else { first };
    assert_eq!(refused(failed), Refusal::DecisionUsed);
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// What SQLite counts up with every commit of somebody else.
fn version(watcher: &mut SqliteConnection) -> i64 {
    let found: Version = sql_query("PRAGMA data_version").get_result(watcher).unwrap();
    found.data_version
}

#[tokio::test]
async fn looking_after_roles_writes_nothing_while_nothing_is_due() {
    let ring = Ring::start().await;
    ring.passes(0).await;
    let Location::Sqlite(path) = ring.app.location() else { return };
    let mut watcher = SqliteConnection::establish(path).unwrap();
    let before = version(&mut watcher);
    look_after_roles(&ring.app.app).await.unwrap();
    assert_eq!(version(&mut watcher), before);
    ring.app.advance(366 * DAY);
    look_after_roles(&ring.app.app).await.unwrap();
    let after = version(&mut watcher);
    assert_ne!(after, before, "a term is over");
    look_after_roles(&ring.app.app).await.unwrap();
    assert_eq!(version(&mut watcher), after, "and that is said once");
}
