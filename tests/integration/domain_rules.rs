//! Rules about other servers: nothing is cut silently, everything can be undone, and lists travel.

use jiff::SignedDuration;
use mutuals::actions::block::{block, unblock};
use mutuals::actions::domain_rules::{self, Wish};
use mutuals::actions::import_domains;
use mutuals::actions::show_media::may_show_media;
use mutuals::db::severed::Cut;
use mutuals::db::{Conn, domain_rules as stored, followers, followings, hosts, messages, reports};
use mutuals::domain::collective::domain_of;
use mutuals::domain::domain_rule::{Concerned, Severity};
use mutuals::domain::message::{HeldBecause, MessageState};
use mutuals::domain::pact::PactState;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;
use mutuals::text::domain_csv;
use serde_json::{Value, json};

use crate::agreements::Neighbours;
use crate::messages::Street;
use crate::pacts::{collective, friends, pact};
use crate::peer::{Actor, Peer, befriend};
use crate::testapp::{TestApp, work_all};

const FIXTURE: &str = include_str!("../fixtures/domains/mastodon.csv");

fn us(ring: &TestApp) -> Value {
    json!(ring.app.collective.urls().actor())
}

/// A ring that is followed by somebody on a server, and follows somebody there.
async fn tied() -> (TestApp, Peer, Actor, Actor) {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, mill) = (peer.actor("ana"), collective(&peer, "mill"));
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us(&ring))).await;
    befriend(&ring, &mill).await;
    (ring, peer, ana, mill)
}

async fn suspend(ring: &TestApp, domain: &str) {
    domain_rules::set(&ring.app, None, Wish::new(domain, Severity::Suspend)).await.unwrap();
}

/// How many follow us, and how many we follow.
async fn ties(ring: &TestApp) -> (i64, i64) {
    let read = |conn: &mut Conn| Ok((followers::count(conn)?, followings::count_accepted(conn)?));
    ring.app.db.read(read).await.unwrap()
}

fn titles(peer: &Peer) -> Vec<String> {
    let name = |one: &Value| one["object"]["publishes"]["name"].as_str().map(str::to_owned);
    peer.received().iter().filter_map(name).collect()
}

#[tokio::test]
async fn mod_10_a_suspension_is_looked_at_first_and_undone_brings_everything_back() {
    let (ring, peer, ana, mill) = tied().await;
    let tove = ring.member("Tove").await;
    let domain = domain_of(&peer.base);
    let (_, concerned) = domain_rules::preview(&ring.app, &domain).await.unwrap();
    assert_eq!(concerned, Concerned { followers: 1, following: 1, ..Concerned::default() });
    assert_eq!(ties(&ring).await, (1, 1), "a look changes nothing");
    let followed = ring.app.db.read(followings::list).await.unwrap()[0].id;

    suspend(&ring, &domain).await;
    assert_eq!(ties(&ring).await, (0, 0));
    assert_eq!(ana.send(&ring, &ana.activity("Like", 2, us(&ring))).await, 403);
    ring.post(&tove, &draft("Meanwhile")).await;
    ring.work().await;

    let (undone, cut) = domain_rules::undo(&ring.app, None, &format!("*.{domain}")).await.unwrap();
    assert_eq!((undone, cut), (domain.clone(), Cut { followers: 1, following: 1 }));
    assert_eq!(ties(&ring).await, (1, 1));
    let again = ring.app.db.read(followings::list).await.unwrap();
    assert_eq!((again[0].id, &again[0].actor.url), (followed, &mill.url), "the same Follow");
    ring.post(&tove, &draft("Afterwards")).await;
    ring.work().await;
    assert_eq!(titles(&peer), ["Afterwards"]);
    let need = mill.need("Jars", ring.now());
    mill.send_and_work(&ring, &mill.activity("Create", 3, need)).await;
    let gone = domain_rules::undo(&ring.app, None, &domain).await;
    assert!(matches!(gone, Err(Error::Refused(Refusal::NoRule))), "{gone:?}");
}

fn draft(title: &str) -> mutuals::domain::draft::Draft {
    mutuals::domain::draft::Draft { title: title.into(), ..Default::default() }
}

#[tokio::test]
async fn mod_11_what_was_cut_off_comes_back_for_thirty_days_and_then_is_forgotten() {
    let (ring, peer, ..) = tied().await;
    let domain = domain_of(&peer.base);
    suspend(&ring, &domain).await;
    ring.app.clock.advance(SignedDuration::from_hours(30 * 24 + 1));
    // Also before housekeeping came by.
    let (_, cut) = domain_rules::undo(&ring.app, None, &domain).await.unwrap();
    assert_eq!((cut, ties(&ring).await), (Cut::default(), (0, 0)));
    assert!(ring.app.db.read(hosts::list_blocks).await.unwrap().is_empty());
}

#[tokio::test]
async fn mod_12_a_rule_ends_by_itself_and_whoever_ends_the_block_ends_the_rule() {
    let (ring, peer, ana, _) = tied().await;
    let domain = domain_of(&peer.base);
    let expires_at = Some(ring.now() + SignedDuration::from_hours(24 * 7));
    let wish = Wish { expires_at, ..Wish::new(&domain, Severity::Suspend) };
    domain_rules::set(&ring.app, None, wish.clone()).await.unwrap();
    ring.advance(7 * 24 * 60 * 60 - 1);
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(ties(&ring).await, (0, 0));
    ring.advance(1);
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(ties(&ring).await, (1, 1));
    assert_eq!(ana.send(&ring, &ana.activity("Like", 2, us(&ring))).await, 202);
    let past = domain_rules::set(&ring.app, None, wish).await;
    assert!(matches!(past, Err(Error::Refused(Refusal::UntilInThePast))), "{past:?}");

    // A block of before is no rule, and a milder rule takes its place.
    block(&ring.app, &domain, "").await.unwrap();
    assert_eq!(ana.send(&ring, &ana.activity("Like", 3, us(&ring))).await, 403);
    domain_rules::set(&ring.app, None, Wish::new(&domain, Severity::Limit)).await.unwrap();
    assert_eq!(ana.send(&ring, &ana.activity("Like", 3, us(&ring))).await, 202);

    suspend(&ring, &domain).await;
    unblock(&ring.app, &domain).await.unwrap();
    assert_eq!(ties(&ring).await, (1, 1));
    assert!(ring.app.db.read(stored::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn mod_13_a_pact_ends_only_if_somebody_says_so_and_a_limit_leaves_it_alone() {
    let (ring, mill) = friends().await;
    let domain = domain_of(&mill.base);
    domain_rules::set(&ring.app, None, Wish::new(&domain, Severity::Limit)).await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Active);

    let wish = Wish::new(&domain, Severity::Suspend);
    let refused = domain_rules::set(&ring.app, None, wish.clone()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::PactThere))), "{refused:?}");
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Active);
    let (_, concerned) = domain_rules::preview(&ring.app, &domain).await.unwrap();
    assert_eq!(concerned.pacts, ["mill collective"]);
    domain_rules::set(&ring.app, None, Wish { ends_pacts: true, ..wish }).await.unwrap();
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Ended);

    // Less than before: what was cut off is back, the pact is proposed anew.
    domain_rules::set(&ring.app, None, Wish::new(&domain, Severity::Limit)).await.unwrap();
    assert_eq!(pact(&ring, &mill).await.state(), PactState::Ended);
    assert!(ties(&ring).await.1 > 0);
}

#[tokio::test]
async fn mod_13_promises_between_us_are_counted_before_anything_is_cut_off() {
    let both = Neighbours::start().await;
    let need = both.need("10").await;
    both.agreed(&need, "4").await;
    for (one, other) in [(&both.ring, &both.mill), (&both.mill, &both.ring)] {
        let domain = domain_of(&other.base);
        let (_, concerned) = domain_rules::preview(&one.app, &domain).await.unwrap();
        assert_eq!(concerned.promises, 1, "{concerned:?}");
        assert!(concerned.has_ties());
    }
}

#[tokio::test]
async fn mod_03_no_rule_covers_ourselves_or_half_the_world() {
    let ring = TestApp::start("ring").await;
    let own = ring.app.collective.domain();
    for (domain, refusal) in [
        (own.as_str(), Refusal::CoversUs),
        ("127.0.0.1", Refusal::CoversUs),
        ("co.uk", Refusal::BlockTooWide),
        ("=cmd()", Refusal::NoHost),
        ("https://mill.example/ana", Refusal::NoHost),
    ] {
        let refused = domain_rules::set(&ring.app, None, Wish::new(domain, Severity::Limit)).await;
        assert!(matches!(refused, Err(Error::Refused(why)) if why == refusal), "{domain}");
    }
}

#[tokio::test]
async fn mod_14_what_people_of_a_limited_server_write_is_held_and_not_lost() {
    let street = Street::start().await;
    let ana = street.peer.actor("ana");
    let domain = domain_of(&street.peer.base);
    domain_rules::set(&street.ring.app, None, Wish::new(&domain, Severity::Limit)).await.unwrap();
    let asks = street.post(&ana, "rice", "I need rice for my neighbour", &["need"]);
    street.send(&ana, "Create", 1, asks).await;
    let kept = street.kept(&ana, "rice").await.unwrap();
    assert_eq!(
        (kept.state, kept.held_because),
        (MessageState::Held, Some(HeldBecause::LimitedServer))
    );
    assert!(kept.text.contains("rice"));
    assert!(street.told(&ana).is_empty(), "nobody is answered by a machine");
    let held = |conn: &mut Conn| messages::list(conn, MessageState::Held, 9);
    assert_eq!(street.ring.app.db.read(held).await.unwrap().len(), 1);
}

#[tokio::test]
async fn mod_15_reports_of_a_server_are_thrown_away_if_a_rule_says_so() {
    let (ring, peer, ana, _) = tied().await;
    let flag = |number| ana.activity("Flag", number, us(&ring));
    let domain = domain_of(&peer.base);
    let wish = Wish { reject_reports: true, ..Wish::new(&domain, Severity::Noop) };
    domain_rules::set(&ring.app, None, wish).await.unwrap();
    ana.send_and_work(&ring, &flag(7)).await;
    let latest = |conn: &mut Conn| reports::list_latest(conn, 9);
    assert!(ring.app.db.read(latest).await.unwrap().is_empty());
    domain_rules::undo(&ring.app, None, &domain).await.unwrap();
    ana.send_and_work(&ring, &flag(8)).await;
    assert_eq!(ring.app.db.read(latest).await.unwrap().len(), 1);
    assert_eq!(ties(&ring).await, (1, 1), "it cut nothing off");
}

/// Our rules in Mastodon's format.
async fn exported(ring: &TestApp) -> String {
    domain_csv::write(&ring.app.db.read(stored::list).await.unwrap())
}

async fn take_over(ring: &TestApp, list: &str, suspended: &[&str]) -> import_domains::Applied {
    let draft = import_domains::keep(&ring.app, list.to_owned()).await.unwrap();
    let suspended = suspended.iter().map(|domain| (*domain).to_owned()).collect();
    import_domains::apply(&ring.app, None, draft, suspended).await.unwrap()
}

#[tokio::test]
async fn mod_01_a_list_of_mastodon_comes_out_as_it_came_in() {
    let ring = TestApp::start("ring").await;
    let applied = take_over(&ring, FIXTURE, &[]).await;
    assert_eq!((applied.rules, applied.lowered), (6, 0));
    assert_eq!(exported(&ring).await, FIXTURE);
    assert!(ring.app.blocks().covers_host("sub.evil.example.org"));
    assert!(ring.app.rules().limits_host("ads.example.net"));
    assert!(ring.app.rules().rejects_reports_of("ads.example.net"));
    assert!(!may_show_media(&ring.app, "files.example.net"));
    assert!(may_show_media(&ring.app, "ads.example.net"));
    // Taken over a second time it changes nothing.
    assert_eq!(take_over(&ring, FIXTURE, &[]).await.rules, 0);
    assert_eq!(exported(&ring).await, FIXTURE);
}

#[tokio::test]
async fn mod_02_no_comment_of_ours_becomes_a_formula() {
    let ring = TestApp::start("ring").await;
    for (domain, comment) in
        [("a.example", "=cmd()"), ("b.example", "@SUM(1)"), ("c.example", "-1")]
    {
        let wish = Wish { public_comment: comment.into(), ..Wish::new(domain, Severity::Limit) };
        domain_rules::set(&ring.app, None, wish).await.unwrap();
    }
    let list = exported(&ring).await;
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines[1], "a.example,silence,false,false,'=cmd(),false");
    assert_eq!(lines[2], "b.example,silence,false,false,'@SUM(1),false");
    assert_eq!(lines[3], "c.example,silence,false,false,'-1,false");
    let other = TestApp::start("mill").await;
    take_over(&other, &list, &[]).await;
    let rules = other.app.db.read(stored::list).await.unwrap();
    assert_eq!(rules[0].public_comment, "=cmd()");
    assert_eq!(exported(&other).await, list);
}

#[tokio::test]
async fn mod_16_a_list_is_looked_at_cuts_off_nobody_we_know_and_loosens_nothing() {
    let (ring, peer, ..) = tied().await;
    let domain = domain_of(&peer.base);
    let strict =
        Wish { private_comment: "ours".into(), ..Wish::new("strict.example", Severity::Suspend) };
    domain_rules::set(&ring.app, None, strict).await.unwrap();
    let list = format!(
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
         {domain},suspend,false,false,,false\n\
         strict.example,silence,false,true,,false\n\
         {own},suspend,false,false,,false\n\
         ev*l.example,suspend,false,false,,true\n",
        own = ring.app.collective.domain()
    );
    let draft = import_domains::keep(&ring.app, list.clone()).await.unwrap();
    let look = import_domains::look(&ring.app, draft).await.unwrap();
    assert_eq!((look.new, look.changed, look.same, look.left_out), (1, 1, 0, 1));
    assert_eq!(look.tied[0].0, domain);
    assert_eq!(look.tied[0].1.followers, 1);
    assert_eq!(ties(&ring).await, (1, 1), "a look changes nothing");
    let applied = import_domains::apply(&ring.app, None, draft, Vec::new()).await.unwrap();
    assert_eq!((applied.rules, applied.lowered), (2, 1));
    assert_eq!(ties(&ring).await, (1, 1));
    let rules = ring.app.db.read(stored::list).await.unwrap();
    let said: Vec<_> = rules.iter().map(|rule| (rule.severity, rule.reject_reports)).collect();
    assert_eq!(said, [(Severity::Limit, false), (Severity::Suspend, true)]);
    assert_eq!(rules[1].private_comment, "ours");
    let used = import_domains::apply(&ring.app, None, draft, Vec::new()).await;
    assert!(matches!(used, Err(Error::NotFound)), "{used:?}");

    // Ticked, it is suspended; and undone all the same.
    take_over(&ring, &list, &[&domain]).await;
    assert_eq!(ties(&ring).await, (0, 0));
    domain_rules::undo(&ring.app, None, &domain).await.unwrap();
    assert_eq!(ties(&ring).await, (1, 1));
}

#[tokio::test]
async fn mod_17_twenty_thousand_rules_are_taken_over_at_once() {
    let ring = TestApp::start("ring").await;
    let lines = (0..20_000).map(|place| format!("host{place}.example,suspend\n"));
    let list = format!("#domain,#severity\n{}", lines.collect::<String>());
    assert_eq!(take_over(&ring, &list, &[]).await.rules, 20_000);
    assert!(ring.app.blocks().covers_host("a.host19999.example"));
    assert_eq!(exported(&ring).await.lines().count(), 20_001);
}
