//! The stewards' page about other servers.

use jiff::SignedDuration;
use mutuals::db::activities::{SentActivity, insert_sent};
use mutuals::db::outbox::{Claimed, Ending, Places};
use mutuals::db::{Conn, endings, hosts, inboxes, journal, outbox, queue};
use mutuals::domain::block::Blocks;
use mutuals::domain::proposal::Proposal;

use super::house::{Browser, House};

const PAGE: &str = "/steward/hosts";

/// Somebody on this server follows us.
async fn follower(house: &House, host: &'static str) {
    let clock = house.app.clock.clone();
    let subscribe = move |conn: &mut Conn| {
        let new_id = || clock.new_id::<()>().number();
        inboxes::subscribe(conn, &new_id, &format!("https://{host}/inbox"), host)
    };
    house.app.db.write(subscribe).await.unwrap();
}

/// Something about a need goes out to everybody who follows us.
async fn say(house: &House, kind: &str, need: &Proposal) {
    let (id, sent_at) = (house.app.clock.new_id::<()>().number(), house.app.now().as_microsecond());
    let sent = SentActivity {
        id,
        url: format!("http://ring.example/activities/{id}"),
        object_url: house.app.collective.urls().proposal(need.id).to_string(),
        body: "{}".into(),
        is_public: true,
        sent_at,
        kind: kind.into(),
        to_followers: true,
    };
    house.app.db.write(move |conn| insert_sent(conn, sent).map(drop)).await.unwrap();
}

/// Everything that is due for a server ends like this.
async fn deliver(house: &House, host: &'static str, ending: Ending) {
    let (clock, now) = (house.app.clock.clone(), house.app.now());
    let settle = move |conn: &mut Conn| {
        let new_id = || clock.new_id::<()>().number();
        let places = Places { healthy: 9, failing: 9 };
        let claimed = outbox::claim(conn, &new_id, &Blocks::default(), places, now)?;
        let of_it = claimed.into_iter().filter(|claimed| claimed.inbox.host == host);
        let ended: Vec<(Claimed, Ending)> = of_it.map(|each| (each, ending.clone())).collect();
        assert!(!ended.is_empty());
        endings::settle(conn, &new_id, &ended, now)
    };
    house.app.db.write(settle).await.unwrap();
}

async fn away(house: &House, host: &'static str, reason: &str) {
    let next_at = house.app.now() + SignedDuration::from_hours(3);
    let reason = reason.to_owned();
    deliver(house, host, Ending::Later { reason, next_at, is_host: true, is_gone: false }).await;
}

async fn waiting(house: &House, host: &str) -> (i64, i64, bool) {
    let lines = house.app.db.read(queue::list_hosts).await.unwrap();
    let line = lines.into_iter().find(|line| line.host == host).unwrap();
    (line.pending, line.refused, line.is_paused)
}

/// The line of a server, as it stands on the page.
async fn line(browser: &mut Browser, host: &str) -> String {
    let html = browser.get(PAGE).await.html;
    let (_, rest) = html.split_once(&format!("<h3 class=\"handle\">{host}</h3>")).unwrap();
    rest.split("<h3").next().unwrap().to_owned()
}

#[track_caller]
fn says(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "{word:?} is not in\n{line}");
    }
}

#[tokio::test]
async fn a_steward_sees_for_every_server_what_waits_since_when_why_and_when_next() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let need = house.ask(&ida, "Warm <blankets>").await;
    let mut browser = house.enter(&ida).await;
    browser.get("/steward").await.says("Everything has arrived.").says("href=\"/steward/hosts\"");
    browser.get(PAGE).await.is(200).says("Nobody on another server").says("Whom we block");
    follower(&house, "mill.example").await;
    follower(&house, "away.example").await;
    browser.get(PAGE).await.says("Everything has arrived.").says("never yet");
    say(&house, "Create", &need).await;
    says(&line(&mut browser, "mill.example").await, &["on its way", "1 message", "in a moment"]);

    deliver(&house, "mill.example", Ending::Arrived(0)).await;
    // What was claimed for others meanwhile is free again after a minute.
    house.app.clock.advance(SignedDuration::from_mins(2));
    say(&house, "Update", &need).await;
    deliver(&house, "mill.example", Ending::Refused("the server answered 400".into())).await;
    house.app.clock.advance(SignedDuration::from_mins(2));
    let mill = line(&mut browser, "mill.example").await;
    says(&mill, &["turned something away", "1 message", "A change: Warm &#60;blankets&#62;"]);
    says(&mill, &["Their server did not want it (it answered 400).", "Thursday 20 August, 12:02"]);
    says(&mill, &[&format!("href=\"/@ring/{}\"", need.id)]);

    away(&house, "away.example", "cannot connect: connection refused").await;
    let seen = line(&mut browser, "away.example").await;
    says(&seen, &["takes nothing right now", "2 messages", "Their server cannot be reached."]);
    says(&seen, &["12:04", "15:04", "never yet", "Try now: away.example"]);
    let steward = browser.get("/steward").await;
    steward.says("2 messages wait.").says("2 servers need a look.");
    browser.language = Some("es");
    browser.get(PAGE).await.says("ahora no recibe nada").says("Un cambio: Warm");
}

#[tokio::test]
async fn reasons_are_said_in_words_that_help() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let need = house.ask(&ida, "Blankets").await;
    follower(&house, "away.example").await;
    say(&house, "Create", &need).await;
    let mut browser = house.enter(&ida).await;
    for (reason, words) in [
        ("the server answered 503", "a problem of its own (it answered 503)"),
        ("the server answered 429", "asks us to wait"),
        ("the server answered 404", "no such mailbox"),
        ("the server answered 403; our clock is off by 7200 s against theirs", "clock and theirs"),
        ("the server answered 403", "does not let us in (it answered 403)"),
        ("it took too long", "too long to answer"),
        ("cannot connect: invalid peer certificate: Expired", "its certificate does not fit"),
        ("cannot connect: failed to lookup address information", "name is not found"),
        ("<script>alert(1)</script>", "cannot be reached."),
    ] {
        away(&house, "away.example", reason).await;
        let page = browser.get(PAGE).await;
        page.says(words).hides("<script>");
        house.app.clock.advance(SignedDuration::from_hours(4));
    }
}

#[tokio::test]
async fn a_steward_tries_again_pauses_goes_on_and_gives_up() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let need = house.ask(&ida, "Blankets").await;
    follower(&house, "away.example").await;
    say(&house, "Create", &need).await;
    deliver(&house, "away.example", Ending::Refused("the server answered 400".into())).await;
    say(&house, "Update", &need).await;
    away(&house, "away.example", "cannot connect").await;
    let mut browser = house.enter(&ida).await;
    let host = [("host", "away.example")];

    browser.post("/steward/hosts/pause", &host).await.leads_to(PAGE);
    browser.get(PAGE).await.says("Sending to away.example is paused.");
    says(&line(&mut browser, "away.example").await, &["paused", "when you let it go on"]);
    assert_eq!(waiting(&house, "away.example").await, (1, 1, true));
    browser.post("/steward/hosts/resume", &host).await.leads_to(PAGE);
    browser.get(PAGE).await.says("We send to away.example again.");
    assert_eq!(waiting(&house, "away.example").await, (1, 1, false));

    browser.post("/steward/hosts/retry", &host).await.leads_to(PAGE);
    let seen = browser.get(PAGE).await;
    seen.says("We try away.example now.").says("in a moment").hides("Turned away or given up");
    assert_eq!(waiting(&house, "away.example").await, (2, 0, false));

    // The page asks once more before it gives up.
    seen.says("This cannot be undone.").says("Yes, give it up");
    browser.post("/steward/hosts/drop", &host).await.leads_to(PAGE);
    browser.get(PAGE).await.says("was given up").says("Everything has arrived.");
    assert_eq!(waiting(&house, "away.example").await, (0, 0, false));

    browser.post("/steward/hosts/pause", &[]).await.leads_to(PAGE);
    browser.get(PAGE).await.says("All sending is paused").hides("Pause all sending");
    assert!(house.app.db.read(|conn| hosts::is_paused(conn, hosts::ALL)).await.unwrap());
    browser.post("/steward/hosts/resume", &[]).await.leads_to(PAGE);
    browser.get(PAGE).await.says("We send again.").says("Pause all sending");
}

#[tokio::test]
async fn inb_19_a_steward_blocks_with_a_reason_and_undoes_it() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let need = house.ask(&rosa, "Blankets").await.id;
    house.reply(need, "<p>Buy my blankets</p>").await;
    follower(&house, "mill.example").await;
    let (mut browser, mut member) = (house.enter(&ida).await, house.enter(&rosa).await);
    let page = format!("/@ring/{need}");
    member.get(&page).await.says("Buy my blankets");
    browser.get("/steward").await.says("Buy my blankets");
    house.neighbours("Jam jars").await;
    member.get("/board").await.says("Jam jars");

    let block = [("host", "MILL.example"), ("reason", "Sells <things>")];
    browser.post("/steward/hosts/block", &block).await.leads_to(PAGE);
    let seen = browser.get(PAGE).await;
    seen.says("mill.example is blocked.").says("Sells &#60;things&#62;").says("since ");
    says(&line(&mut browser, "mill.example").await, &["blocked"]);
    member.get(&page).await.is(200).hides("Buy my blankets");
    browser.get("/steward").await.hides("Buy my blankets");
    member.get("/board").await.hides("Jam jars");

    let unblock = [("host", "mill.example")];
    browser.post("/steward/hosts/unblock", &unblock).await.leads_to(PAGE);
    browser.get(PAGE).await.says("mill.example is no longer blocked.").says("Nobody.");
    member.get(&page).await.says("Buy my blankets");
    member.get("/board").await.says("Jam jars");
    browser.post("/steward/hosts/unblock", &unblock).await.is(404);

    for wrong in ["", "no host", "ring.example"] {
        let fields = [("host", wrong), ("reason", "Because")];
        let seen = browser.post("/steward/hosts/block", &fields).await;
        seen.is(422).says("names no other server").says("value=\"Because\"").says("aria-invalid");
    }
}

#[tokio::test]
async fn a_steward_lets_what_came_in_be_read_again() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let now = house.app.now();
    let entry = journal::NewEntry::new(1, "http://mill.example/c/mill".into(), "{}".into(), now);
    let fail = move |conn: &mut Conn| {
        journal::insert(conn, &[entry])?;
        journal::give_up(conn, 1, "away", now)
    };
    let mut browser = house.enter(&ida).await;
    browser.get(PAGE).await.says("All that others sent us was read.");
    house.app.db.write(fail).await.unwrap();
    browser.get(PAGE).await.says("1 message from others could not be read.");
    browser.post("/steward/hosts/received", &[]).await.leads_to(PAGE);
    browser.get(PAGE).await.says("We try again to read what came in.");
    let depth = house.app.db.read(journal::depth).await.unwrap();
    assert_eq!((depth.waiting, depth.failed), (1, 0));
}

#[tokio::test]
async fn only_a_steward_looks_after_servers_and_only_with_our_own_forms() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    follower(&house, "mill.example").await;
    let (mut steward, mut member) = (house.enter(&ida).await, house.enter(&rosa).await);
    member.get(PAGE).await.is(403).hides("mill.example");
    house.stranger().get(PAGE).await.is(303);
    let fields = [("host", "mill.example"), ("reason", "x")];
    for step in ["retry", "pause", "resume", "drop", "block", "unblock", "received"] {
        let path = format!("{PAGE}/{step}");
        member.post(&path, &fields).await.is(403);
        house.stranger().post(&path, &fields).await.is(303);
        steward.send(&path, &fields, &[("origin", "http://ring.example")]).await.is(403);
        steward.get(&path).await.is(404);
    }
    assert_eq!(waiting(&house, "mill.example").await, (0, 0, false));
    assert!(house.app.db.read(hosts::list_blocks).await.unwrap().is_empty());
}
