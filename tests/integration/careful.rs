//! What strangers write is held until a steward looks; careful mode; domains that are new to us.

use jiff::SignedDuration;
use mutuals::actions::answer_promise::accept_promise;
use mutuals::actions::careful as mode;
use mutuals::actions::join::{Way, Wish, join};
use mutuals::actions::look_after_held::{let_in, put_aside};
use mutuals::actions::meet_domain::{is_new, meet};
use mutuals::actions::show_media::may_show_media_of;
use mutuals::actions::sign_in_by_code::begin_attempt;
use mutuals::config::{Config, Limits};
use mutuals::db::{Conn, careful, held, held_replies, members, moderation_log, replies};
use mutuals::domain::act::Act;
use mutuals::domain::held::Which;
use mutuals::domain::id::Id;
use mutuals::domain::member::Member;
use mutuals::domain::message::{HeldBecause, MessageState};
use mutuals::domain::outgoing_promise::OutgoingState;
use mutuals::domain::proposal::Proposal;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;
use serde_json::json;

use crate::agreements;
use crate::cli::Folder;
use crate::messages::Street;
use crate::pacts::friends;
use crate::peer::{Actor, Peer};
use crate::street;
use crate::testapp::{TestApp, amount, work_all};
use crate::web::house::Browser;

const HOUR: i64 = 3_600;

/// Somebody answers a need; the id of what they wrote.
async fn answer(ring: &TestApp, who: &Actor, need: &Proposal, number: u32, text: &str) -> String {
    let mut note = who.note(&format!("reply{number}"), ring.now());
    note["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
    note["content"] = json!(format!("<p>{text}</p>"));
    let url = note["id"].as_str().unwrap().to_owned();
    who.send_and_work(ring, &who.activity("Create", number, note)).await;
    url
}

async fn held_reply(ring: &TestApp, url: &str) -> Option<held_replies::HeldReply> {
    let url = url.to_owned();
    ring.app.db.read(move |conn| held_replies::find_by_url(conn, &url)).await.unwrap()
}

async fn shown(ring: &TestApp, need: &Proposal) -> Vec<String> {
    let id = need.id;
    let listed = ring.app.db.read(move |conn| replies::list_by_proposal(conn, id)).await.unwrap();
    listed.into_iter().map(|(reply, _)| reply.html).collect()
}

#[tokio::test]
async fn spam_02_what_strangers_answer_waits_for_a_steward_and_is_shown_then() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let bo = peer.actor("bo");
    let (tove, ida) = (ring.member("Tove").await, ring.steward("Ida").await);
    let need = ring.need(&tove, "Blankets", "10").await;
    ring.work().await;
    let url = answer(&ring, &bo, &need, 1, "I can bring two").await;
    assert!(shown(&ring, &need).await.is_empty());
    let stored = held_reply(&ring, &url).await.unwrap();
    assert_eq!(stored.held_because, HeldBecause::Stranger);
    let page = format!("/@ring/{}", need.id);
    let mut of_tove = Browser::enter(&ring.app, &tove).await;
    of_tove.get(&page).await.is(200).hides("bring two");
    // An edit changes what is held; an older one does not.
    ring.advance(60);
    let mut note = bo.note("reply1", ring.now());
    note["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
    note["content"] = json!("<p>I can bring three</p>");
    note["updated"] = json!(ring.now());
    bo.send_and_work(&ring, &bo.activity("Update", 2, note)).await;
    assert!(held_reply(&ring, &url).await.unwrap().reply.html.contains("three"));
    // A steward lets it in, and whoever wrote it is no stranger from now on.
    let mut of_ida = Browser::enter(&ring.app, &ida).await;
    of_ida.get("/steward/held").await.says("I can bring three").says("To: Blankets");
    let which = Which::Reply(stored.reply.id);
    assert_eq!(let_in(&ring.app, Some(ida.id), which.clone(), 0).await.unwrap(), 1);
    assert_eq!(shown(&ring, &need).await, ["<p>I can bring three</p>"]);
    of_tove.get(&page).await.says("I can bring three");
    assert!(matches!(let_in(&ring.app, Some(ida.id), which, 0).await, Err(Error::NotFound)));
    answer(&ring, &bo, &need, 3, "And one more").await;
    assert_eq!(shown(&ring, &need).await.len(), 2);
    assert!(peer.received().is_empty(), "nobody was answered");
}

#[tokio::test]
async fn spam_02_what_is_held_is_deleted_by_its_writer_alone_and_put_aside_for_a_month() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (bo, eve) = (peer.actor("bo"), peer.actor("eve"));
    let (tove, ida) = (ring.member("Tove").await, ring.steward("Ida").await);
    let need = ring.need(&tove, "Blankets", "10").await;
    let first = answer(&ring, &bo, &need, 1, "I can bring two").await;
    eve.send_and_work(&ring, &eve.activity("Delete", 5, json!(first))).await;
    assert!(held_reply(&ring, &first).await.is_some(), "it is not hers");
    bo.send_and_work(&ring, &bo.activity("Delete", 6, json!(first))).await;
    assert!(held_reply(&ring, &first).await.is_none());
    let second = answer(&ring, &bo, &need, 7, "I can bring four").await;
    let id = held_reply(&ring, &second).await.unwrap().reply.id;
    assert_eq!(put_aside(&ring.app, Some(ida.id), Which::Reply(id), 0).await.unwrap(), 1);
    assert_eq!(ring.app.db.read(held::count).await.unwrap(), 0);
    // It was a slip: it can be let in for a month.
    let mut of_ida = Browser::enter(&ring.app, &ida).await;
    of_ida.get("/steward/held").await.says("Put aside, and reads like a need").says("bring four");
    ring.advance(31 * 24 * HOUR);
    housekeeping::run(&ring.app).await.unwrap();
    assert!(held_reply(&ring, &second).await.is_none());
}

#[tokio::test]
async fn spam_02_nobody_fills_what_is_held() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let (ana, tove) = (peer.actor("ana"), ring.member("Tove").await);
    let need = ring.need(&tove, "Soup", "1").await;
    for number in 0..55 {
        let mut note = ana.note(&format!("r{number}"), ring.now());
        note["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
        assert_eq!(ana.send(&ring, &ana.activity("Create", number, note)).await, 202);
    }
    ring.work().await;
    assert_eq!(ring.app.db.read(held::count).await.unwrap(), 50);
}

/// Three servers that nobody knows, and somebody on each.
async fn strangers() -> Vec<(Peer, Actor)> {
    let mut all = Vec::new();
    for name in ["eve", "mallory", "trudy"] {
        let peer = Peer::start().await;
        let actor = peer.actor(name);
        all.push((peer, actor));
    }
    all
}

#[tokio::test]
async fn spam_03_the_same_words_from_three_servers_are_held_and_stewards_hear_of_it_once() {
    let street = Street::start().await;
    let strangers = strangers().await;
    let words = "come and see what we made, everybody is talking about it these days";
    let states = |street: &Street| {
        let read = |conn: &mut Conn| {
            let of = |state| mutuals::db::messages::list(conn, state, 100);
            let [waiting, held] = [MessageState::Waiting, MessageState::Held].map(of);
            Ok((waiting?.len(), held?.len(), careful::list_waves(conn)?.len()))
        };
        let app = street.ring.app.clone();
        async move { app.db.read(read).await.unwrap() }
    };
    for number in 0..4 {
        let (_, who) = &strangers[number % 3];
        let note = street.post(who, &format!("n{number}"), &format!("{words} {number}"), &[]);
        street.send(who, "Create", u32::try_from(number).unwrap(), note).await;
    }
    assert_eq!(states(&street).await, (4, 0, 0));
    for number in 4..9 {
        let (_, who) = &strangers[number % 3];
        let note = street.post(who, &format!("n{number}"), &format!("{words} {number}"), &[]);
        street.send(who, "Create", u32::try_from(number).unwrap(), note).await;
    }
    // Also those that came before it was a crowd.
    assert_eq!(states(&street).await, (0, 9, 1));
    // Whoever is known is heard, with the same words too; and other words of strangers are.
    street.ring.advance(60);
    let us = street.ring.app.collective.urls().actor().to_string();
    street
        .amina
        .send_and_work(&street.ring, &street.amina.activity("Follow", 900, json!(us)))
        .await;
    let note = street.post(&street.amina, "known", words, &[]);
    street.send(&street.amina, "Create", 1, note).await;
    let (_, eve) = &strangers[0];
    let note = street.post(eve, "other", "good morning, where do you meet on Sundays?", &[]);
    street.send(eve, "Create", 50, note).await;
    assert_eq!(states(&street).await, (2, 9, 1));
}

#[tokio::test]
async fn spam_03_strangers_without_a_tag_wait_twenty_times_an_hour_and_then_are_held() {
    let street = Street::start().await;
    for number in 0..22 {
        let who = street.peer.actor(&format!("c{number}"));
        let text = format!("{} do you have a garden", "very ".repeat(number));
        let note = street.post(&who, "ask", &text, &[]);
        street.send(&who, "Create", 1, note).await;
    }
    assert_eq!(street.ring.app.db.read(held::count).await.unwrap(), 2);
    // Who says by a tag what they need has a count of their own.
    let note = street.post(&street.amina, "ask", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, note).await;
    assert_eq!(street.told(&street.amina).len(), 1);
}

/// Fills the hour with what is held: more than is usual.
async fn flood(street: &Street, first: u32) {
    // Far more than makes a wave: several are taken in at the same moment, and do not see each other.
    for number in first..first + 8 {
        let who = street.peer.actor(&format!("flood{number}"));
        for post in 0..10 {
            let text = format!("<a href=\"https://coins.example/{post}\">coins</a> {number}");
            let note = street.post(&who, &format!("n{post}"), &text, &[]);
            assert_eq!(who.send(&street.ring, &who.activity("Create", post, note)).await, 202);
        }
    }
    street.ring.work().await;
}

async fn is_careful(ring: &TestApp) -> bool {
    mode::current(&ring.app).await.unwrap().is_some()
}

async fn come_in(ring: &TestApp, way: Way, name: &str) -> Result<Member, Error> {
    let wish =
        Wish { name: name.into(), password: "five small words here".into(), agrees_to: None };
    Ok(join(&ring.app, way, wish).await?.member)
}

#[tokio::test]
async fn spam_04_careful_mode_begins_by_itself_if_no_steward_is_there_and_ends_after_two_days() {
    let street = Street::start().await;
    let ida = street.ring.steward("Ida").await;
    Browser::enter(&street.ring.app, &ida).await;
    street.ring.advance(5 * HOUR);
    flood(&street, 0).await;
    assert!(!is_careful(&street.ring).await, "Ida was here five hours ago");
    street.ring.advance(2 * HOUR);
    flood(&street, 10).await;
    assert!(is_careful(&street.ring).await);
    // Strangers are not answered, whatever they write; their asks are held.
    let note = street.post(&street.amina, "ask", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, note).await;
    let kept = street.kept(&street.amina, "ask").await.unwrap();
    assert_eq!((kept.state, kept.held_because), (MessageState::Held, Some(HeldBecause::Careful)));
    let at = street.amina.url.authority().to_owned();
    begin_attempt(&street.ring.app, &format!("@amina@{at}")).await.unwrap();
    let letter = street.letter(&street.amina, "sign-in", "sign in");
    street.send(&street.amina, "Create", 2, letter).await;
    assert!(street.told(&street.amina).is_empty());
    // Followers are heard as ever.
    let elsewhere = Peer::start().await;
    let bo = elsewhere.actor("bo");
    let us = street.ring.app.collective.urls().actor().to_string();
    bo.send_and_work(&street.ring, &bo.activity("Follow", 1, json!(us))).await;
    let note = street.post(&bo, "ask", "need a ladder", &["#need"]);
    street.send(&bo, "Create", 2, note).await;
    let told = elsewhere.received();
    assert!(told.iter().any(|sent| sent["object"]["directMessage"] == json!(true)), "{told:?}");
    // Nobody comes in but by invitation.
    let refused = come_in(&street.ring, Way::Open, "Nadia").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::CarefulNow))), "{refused:?}");
    let link = mutuals::actions::invite::invite(&street.ring.app, None, 1).await.unwrap();
    let token = link.path().rsplit('/').next().unwrap().to_owned();
    come_in(&street.ring, Way::Invitation(token), "Nadia").await.unwrap();
    // It ends by itself; what is held stays so.
    street.ring.advance(48 * HOUR);
    assert!(!is_careful(&street.ring).await);
    come_in(&street.ring, Way::Open, "Omar").await.unwrap();
    let kept = street.kept(&street.amina, "ask").await.unwrap();
    assert_eq!(kept.state, MessageState::Held);
    let waves = street.ring.app.db.read(careful::list_waves).await.unwrap();
    assert_eq!(waves.len(), 1);
}

#[tokio::test]
async fn spam_04_a_steward_begins_and_ends_it_and_it_does_not_come_back_at_once() {
    let street = Street::start().await;
    flood(&street, 0).await;
    assert!(is_careful(&street.ring).await, "no steward was ever here");
    assert!(mode::end(&street.ring.app, None).await.unwrap());
    assert!(!mode::end(&street.ring.app, None).await.unwrap());
    flood(&street, 20).await;
    assert!(!is_careful(&street.ring).await, "somebody ended it a moment ago");
    let two = SignedDuration::from_hours(2);
    let begun = mode::begin(&street.ring.app, None, two).await.unwrap();
    assert!(!begun.by_itself && begun.ends_at == street.ring.now() + two);
    for unfit in [SignedDuration::from_mins(10), SignedDuration::from_hours(200)] {
        let refused = mode::begin(&street.ring.app, None, unfit).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::CarefulTooLong))), "{refused:?}");
    }
    street.ring.advance(2 * HOUR);
    assert!(!is_careful(&street.ring).await);
}

#[tokio::test]
async fn spam_04_an_account_and_an_invitation_together_let_in_while_we_are_careful() {
    let street = Street::start().await;
    mode::begin(&street.ring.app, None, SignedDuration::from_hours(5)).await.unwrap();
    let refused = come_in(&street.ring, Way::Account("nothing".into()), "Nadia").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::CarefulNow))), "{refused:?}");
    let both = Way::InvitedAccount("nothing".into(), "nothing".into());
    let refused = come_in(&street.ring, both, "Nadia").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::InvitationOver))), "{refused:?}");
    let nobody = street.ring.app.db.read(members::list).await.unwrap();
    assert!(nobody.iter().all(|member| member.name != "Nadia"));
}

#[tokio::test]
async fn spam_05_a_group_is_put_aside_up_to_what_was_seen_and_spares_who_asks() {
    let street = Street::start().await;
    let strangers = strangers().await;
    mode::begin(&street.ring.app, None, SignedDuration::from_hours(5)).await.unwrap();
    let (_, eve) = &strangers[0];
    let say = async |who: &Actor, number: u32, text: &str| {
        let note = street.post(who, &format!("n{number}"), text, &[]);
        street.send(who, "Create", number, note).await;
        street.kept(who, &format!("n{number}")).await.unwrap()
    };
    let first = say(eve, 1, "look at https://coins.example/1 at once, it is free").await;
    let asks = say(eve, 2, "please, we have nothing to eat since Monday").await;
    let later = say(eve, 3, "a very different text with https://coins.example/3 in it").await;
    let host = || Which::Host(eve.url.authority().to_owned());
    let done = put_aside(&street.ring.app, None, host(), first.id.number()).await.unwrap();
    assert_eq!(done, 1, "what came later was not seen");
    let state = async |id| {
        let found = street.ring.app.db.read(move |conn| mutuals::db::messages::find(conn, id));
        found.await.unwrap().state
    };
    assert_eq!(state(first.id).await, MessageState::PutAside);
    assert_eq!(state(later.id).await, MessageState::Held);
    assert_eq!(put_aside(&street.ring.app, None, host(), i64::MAX).await.unwrap(), 1);
    assert_eq!(state(asks.id).await, MessageState::Held, "who asks is not swept away");
    // What was put aside by a slip comes back.
    let which = Which::Message(first.id);
    assert_eq!(let_in(&street.ring.app, None, which, 0).await.unwrap(), 1);
    assert_eq!(state(first.id).await, MessageState::Waiting);
    let unknown = Which::Alike(Id::from_number(5));
    assert_eq!(put_aside(&street.ring.app, None, unknown, i64::MAX).await.unwrap(), 0);
}

#[tokio::test]
async fn spam_05_a_steward_blocks_the_servers_of_a_group_and_begins_to_be_careful() {
    let street = Street::start().await;
    let strangers = strangers().await;
    let ida = street.ring.steward("Ida").await;
    let mut of_ida = Browser::enter(&street.ring.app, &ida).await;
    let fields = [("act", "on"), ("hours", "24")];
    of_ida.post("/steward/careful", &fields).await.leads_to("/steward/held");
    of_ida.get("/steward/held").await.says("We are careful until").says("Be as usual again");
    let mut stranger = Browser::at(&street.ring.app);
    stranger
        .get("/join")
        .await
        .says("people join with an invitation only")
        .hides("name=\"password\"");
    for (_, who) in &strangers {
        let text =
            "<b>coins</b> for all who come today <a href=\"https://coins.example/\">here</a>";
        let note = street.post(who, "n", text, &[]);
        street.send(who, "Create", 1, note).await;
    }
    let seen = of_ida.get("/steward/held").await;
    seen.says("3 alike from 3 servers").says("coins for all who come today");
    let hosts: Vec<String> =
        strangers.iter().map(|(_, who)| who.url.authority().to_owned()).collect();
    let fields = [("act", "block"), ("host", &*hosts[0]), ("host", &*hosts[1])];
    of_ida.post("/steward/held", &fields).await.leads_to("/steward/held");
    of_ida.get("/steward/held").await.says("Blocked servers: 2.").hides("3 alike");
    of_ida.get("/steward/hosts").await.says(&hosts[0]).says(&hosts[1]);
    assert_eq!(street.ring.app.db.read(held::count).await.unwrap(), 1);
    of_ida.post("/steward/careful", &[("act", "off")]).await.leads_to("/steward/held");
    assert!(!is_careful(&street.ring).await);
    of_ida.post("/steward/held", &[("act", "aside"), ("what", "nothing")]).await.is(404);
}

#[tokio::test]
async fn spam_06_a_domain_is_new_for_a_day_and_has_a_tenth_of_the_limits() {
    let houses = street::Street::open().await;
    let limits = Limits { per_new_domain: 3, new_actors_per_new_domain: 2, ..Limits::default() };
    let ring = houses.house_limited("ring", limits).await;
    let ana = houses.actor("http://fresh.test/ana", "ana", &json!({}));
    assert!(is_new(&ring.app, &ana.url).await.unwrap());
    let like = |number| ana.activity("Like", number, json!("http://fresh.test/x"));
    let mut statuses = Vec::new();
    for number in 0..5 {
        statuses.push(ana.send(&ring, &like(number)).await);
    }
    assert_eq!(statuses, [202, 202, 202, 429, 429]);
    // A third actor of the same registered domain is looked at later.
    let second = houses.actor("http://a.fresh.test/bo", "bo", &json!({}));
    assert_eq!(second.send(&ring, &second.activity("Like", 1, json!("x"))).await, 429);
    let third = houses.actor("http://b.fresh.test/cy", "cy", &json!({}));
    assert_eq!(third.send(&ring, &third.activity("Like", 1, json!("x"))).await, 503);
    // Others are not held up.
    let other = houses.actor("http://other.test/dee", "dee", &json!({}));
    assert_eq!(other.send(&ring, &other.activity("Like", 1, json!("x"))).await, 202);
    assert!(!may_show_media_of(&ring.app, &ana.url).await.unwrap(), "nor are pictures shown");
    ring.advance(24 * HOUR);
    assert!(may_show_media_of(&ring.app, &ana.url).await.unwrap());
    assert!(!is_new(&ring.app, &ana.url).await.unwrap());
    assert_eq!(ana.send(&ring, &like(9)).await, 202);
    // Those who were asked to come again are not looked at anew for some minutes.
    let fourth = houses.actor("http://c.fresh.test/flo", "flo", &json!({}));
    assert_eq!(fourth.send(&ring, &fourth.activity("Like", 2, json!("x"))).await, 202);
    meet(&ring.app, &ana.url).await.unwrap();
    assert!(!is_new(&ring.app, &ana.url).await.unwrap());
}

#[tokio::test]
async fn careful_mode_can_be_set_from_the_command_line() {
    let folder = Folder::new();
    folder.init(crate::cli::free_port());
    assert_eq!(folder.json(&["careful", "show"])[0]["careful"], json!(false));
    let on = folder.json(&["careful", "on", "--for", "12h"]).remove(0);
    assert_eq!(
        (&on["careful"], &on["by_itself"], &on["held"]),
        (&json!(true), &json!(false), &json!(0))
    );
    assert_eq!(folder.json(&["careful", "show"])[0]["ends_at"], on["ends_at"]);
    assert_eq!(folder.run(&["careful", "on", "--for", "200h"]).status.code(), Some(3));
    assert_eq!(folder.run(&["careful", "on", "--for", "soon"]).status.code(), Some(2));
    assert_eq!(folder.json(&["careful", "off"])[0]["careful"], json!(false));
}

#[tokio::test]
async fn spam_04_what_comes_from_a_pact_goes_on_while_strangers_are_held() {
    let (ring, mill) = friends().await;
    let (rosa, omar) = (ring.steward("Rosa").await, mill.steward("Omar").await);
    mode::begin(&ring.app, None, SignedDuration::from_hours(24)).await.unwrap();
    let need = ring.need(&rosa, "Blankets", "10").await;
    work_all(&[&ring, &mill]).await;
    let peer = Peer::start().await;
    let flood: Vec<Actor> = (0..6).map(|number| peer.actor(&format!("flood{number}"))).collect();
    for number in 0..60 {
        // Not more accounts than a server that is new to us may show.
        let who = &flood[number % flood.len()];
        let mut note = who.note(&format!("n{number}"), ring.now());
        note["content"] = json!(format!("<p>look at https://coins.example/{number}</p>"));
        note["tag"] = json!([{"type": "Mention", "href": ring.app.collective.urls().actor()}]);
        let create = who.activity("Create", u32::try_from(number).unwrap(), note);
        assert_eq!(who.send(&ring, &create).await, 202);
    }
    ring.work().await;
    assert_eq!(ring.app.db.read(held::count).await.unwrap(), 60);

    // An Offer of theirs is received, answered and counted; a need of theirs is on our board.
    ring.advance(1);
    let offered = agreements::promise(&mill, &omar, &need, "4").await;
    let jars = mill.need(&omar, "Jars", "6").await;
    work_all(&[&ring, &mill]).await;
    let came = agreements::pending(&ring).await;
    assert_eq!(came.len(), 1);
    accept_promise(&ring.app, &rosa, came[0].id).await.unwrap();
    work_all(&[&ring, &mill]).await;
    let answered = agreements::outgoing(&mill, offered.id).await;
    assert_eq!(answered.state, OutgoingState::Active, "{answered:?}");
    assert_eq!(ring.proposal(need.id).await.coverage.promised, amount("4"));
    agreements::theirs(&ring, &jars).await;
    assert_eq!(ring.app.db.read(held::count).await.unwrap(), 60, "nothing of it was held");
    assert!(peer.received().is_empty(), "no stranger was answered");
}

#[tokio::test]
async fn spam_02_a_private_reply_is_read_on_a_page_of_its_own_and_that_stands_in_the_log() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let bo = peer.actor("bo");
    let (tove, ida) = (ring.member("Tove").await, ring.steward("Ida").await);
    let need = ring.need(&tove, "Blankets", "10").await;
    let mut note = bo.note("reply1", ring.now());
    note["inReplyTo"] = json!(ring.app.collective.urls().proposal(need.id));
    note["to"] = json!([ring.app.collective.urls().actor()]);
    note["content"] = json!("<p>I lost my job and have two to give</p>");
    bo.send_and_work(&ring, &bo.activity("Create", 1, note)).await;
    let mut of_ida = Browser::enter(&ring.app, &ida).await;
    let list = of_ida.get("/steward/held").await;
    list.says("To: Blankets").hides("lost my job");
    let (_, rest) = list.html.split_once("href=\"/steward/held/").unwrap();
    let path = format!("/steward/held/{}", rest.split('"').next().unwrap());
    of_ida.get("/log").await.hides("was read");
    of_ida.get(&path).await.is(200).says("lost my job").says("@bo@");
    let log = of_ida.get("/log").await;
    log.hides("lost my job").hides("@bo@");
    let acts = ring.app.db.read(|conn| moderation_log::list(conn, None, 10)).await.unwrap();
    assert_eq!(acts.iter().filter(|entry| entry.act == Some(Act::MessageOpened)).count(), 1);
    Browser::enter(&ring.app, &tove).await.get(&path).await.is(403);
}

#[tokio::test]
async fn spam_04_who_cannot_come_in_while_we_are_careful_can_call() {
    let config = Config { phone: "555 0101, Tuesdays".into(), ..crate::testapp::config() };
    let ring = TestApp::start_as("ring", config).await;
    mode::begin(&ring.app, None, SignedDuration::from_hours(5)).await.unwrap();
    let mut stranger = Browser::at(&ring.app);
    stranger.get("/join").await.says("with an invitation only").says("555 0101, Tuesdays");
}
