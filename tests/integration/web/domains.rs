//! The stewards' pages about rules for other servers, with whom we speak, and reports.

use axum::body::Body;
use axum::http::Method;
use mutuals::actions::domain_rules::{self, Wish};
use mutuals::db::{Conn, actors, domain_rules as stored, followers, gate, replies};
use mutuals::domain::domain_rule::Severity;
use mutuals::domain::gate::Mode;
use mutuals::domain::id::Id;

use super::house::{House, mill};

const PAGE: &str = "/steward/domains";
const LIST: &str = include_str!("../../fixtures/domains/mastodon.csv");

/// Somebody on mill.example follows us.
async fn follower(house: &House) {
    let (actor, clock) = (mill(&house.app), house.app.clock.clone());
    let write = move |conn: &mut Conn| {
        let actor = actors::upsert(conn, &actor)?;
        let new_id = || clock.new_id::<()>().number();
        followers::upsert(conn, &new_id, &actor, "http://mill.example/f/1", clock.now())
    };
    house.app.db.write(write).await.unwrap();
}

async fn limit(house: &House) {
    let wish = Wish::new("mill.example", Severity::Limit);
    domain_rules::set(&house.app, None, wish).await.unwrap();
}

#[tokio::test]
async fn mod_10_a_steward_looks_first_then_makes_a_rule_and_ends_it() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    follower(&house).await;
    let mut browser = house.enter(&ida).await;
    browser.get("/steward").await.says("href=\"/steward/domains\"").says("href=\"/steward/mode\"");
    browser.get(PAGE).await.is(200).says("No rules.");
    let wish = [
        ("domain", "*.MILL.example"),
        ("severity", "suspend"),
        ("reject_reports", "yes"),
        ("public_comment", "Sells <things>"),
        ("private_comment", "Seen by Ida"),
        ("until", "2026-09-30"),
    ];
    let seen = browser.post(&format!("{PAGE}/preview"), &wish).await;
    seen.is(200).says("This would be cut off").says("One follower.").says("for 30 days");
    seen.says("name=\"domain\" value=\"mill.example\"").says("value=\"Sells &#60;things&#62;\"");
    let count = house.app.db.read(followers::count).await.unwrap();
    assert_eq!(count, 1, "a look changes nothing");
    browser.post(PAGE, &wish).await.leads_to(PAGE);
    let seen = browser.get(PAGE).await;
    seen.says("There is a rule about mill.example now.").says("suspended").says("Seen by Ida");
    seen.says("until Wednesday 30 September").says("Throw away what they report");
    assert_eq!(house.app.db.read(followers::count).await.unwrap(), 0);
    let rule = house.app.db.read(stored::list).await.unwrap().remove(0);
    assert_eq!(rule.made_by, Some(ida.id));
    browser.get(&format!("{PAGE}?search=nothing")).await.hides("End this rule: mill.example");

    let domain = [("domain", "mill.example")];
    browser.post(&format!("{PAGE}/undo"), &domain).await.leads_to(PAGE);
    browser.get(PAGE).await.says("There is no rule about mill.example any more.").says("No rules.");
    assert_eq!(house.app.db.read(followers::count).await.unwrap(), 1);
    browser.post(&format!("{PAGE}/undo"), &domain).await.is(404);
    for (wrong, words) in [("", "names no other server"), ("ring.example", "cover our own server")]
    {
        let seen = browser.post(PAGE, &[("domain", wrong), ("severity", "limit")]).await;
        seen.is(422).says(words).says("aria-invalid");
    }
    browser.language = Some("es");
    browser.get(PAGE).await.says("Reglas sobre otros servidores");
}

#[tokio::test]
async fn mod_14_what_comes_from_a_limited_server_is_for_members_or_those_concerned() {
    let house = House::open().await;
    let (rosa, ana) = (house.member("Rosa").await, house.member("Ana").await);
    let need = house.ask(&rosa, "Blankets").await.id;
    house.reply(need, "<p>Buy my blankets</p>").await;
    let jars = house.neighbours("Jam jars").await.id;
    let (mut author, mut member) = (house.enter(&rosa).await, house.enter(&ana).await);
    let (reply, jars) = (format!("/@ring/{need}"), format!("/neighbours/{jars}"));
    member.get(&reply).await.says("Buy my blankets");
    house.stranger().get("/board").await.says("Jam jars");
    house.stranger().get(&jars).await.is(200);

    limit(&house).await;
    member.get(&reply).await.hides("Buy my blankets");
    author.get(&reply).await.says("Buy my blankets");
    house.stranger().get("/board").await.hides("Jam jars");
    house.stranger().get("/").await.hides("Jam jars");
    house.stranger().get(&jars).await.is(404);
    member.get("/board").await.says("Jam jars");
    member.get(&jars).await.is(200);
    house.stranger().get("/neighbours.opml").await.hides("mill.example");
}

#[tokio::test]
async fn mod_16_a_steward_looks_at_a_list_and_takes_it_over() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    follower(&house).await;
    let mut browser = house.enter(&ida).await;
    let csrf = browser.csrf().await;
    let list = format!("{LIST}mill.example,suspend,false,false,,false\nev*l.example,suspend\n");
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blocks.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{list}\r\n--edge--\r\n"
    );
    let kind = ("content-type", "multipart/form-data; boundary=edge");
    let origin = ("origin", "http://ring.example");
    let path = format!("{PAGE}/import");
    let sent = browser.open(Method::POST, &path, Body::from(body), &[kind, origin]).await;
    sent.is(303);
    let draft = sent.headers["location"].to_str().unwrap().to_owned();
    let seen = browser.get(&draft).await;
    seen.is(200).says("7 new rules.").says("One line is left out.").says("ev*l.example");
    seen.says("Suspend mill.example").says("One follower.").says("evil.example.org");
    assert!(house.app.db.read(stored::list).await.unwrap().is_empty());
    browser.post(&draft, &[]).await.leads_to(PAGE);
    browser.get(PAGE).await.says("The list is taken over: 7 changes.");
    assert_eq!(house.app.db.read(followers::count).await.unwrap(), 1, "it is only limited");
    let export = browser.get("/steward/domains.csv").await;
    export.is(200).says("mill.example,silence").says("\"Harassment, and \"\"raids\"\"\"");
    assert_eq!(export.headers["content-type"], "text/csv; charset=utf-8");
    browser.get(&draft).await.is(404);

    for (list, words) in [("", "Choose a file"), ("jam", "must begin with #domain")] {
        browser.post(&path, &[("list", list)]).await.is(422).says(words);
    }
    let sent = browser.post(&path, &[("list", LIST)]).await;
    let draft = sent.headers["location"].to_str().unwrap().to_owned();
    browser.get(&draft).await.says("6 rules stand here already.");
    browser.post(&format!("{draft}/discard"), &[]).await.leads_to(PAGE);
    browser.get(&draft).await.is(404);
}

#[tokio::test]
async fn mod_20_a_steward_chooses_with_whom_we_speak() {
    const PAGE: &str = "/steward/mode";
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    follower(&house).await;
    let now = house.app.now();
    let knock = move |conn: &mut Conn| {
        gate::note_pending(conn, "elm.example", "https://elm.example/actor", now)
    };
    house.app.db.write(knock).await.unwrap();
    let mut browser = house.enter(&ida).await;
    browser.get(PAGE).await.is(200).says("elm.example/actor").says("the one server onto the list");
    browser.post(PAGE, &[("mode", "allowlist"), ("keep_known", "yes")]).await.leads_to(PAGE);
    let seen = browser.get(PAGE).await;
    seen.says("From now on we speak with those on our list.").says("Take off: mill.example");
    assert!(house.app.gate().lets_through("mill.example"));
    let elm = [("host", "elm.example")];
    browser.post(&format!("{PAGE}/allow"), &elm).await.leads_to(PAGE);
    browser.get(PAGE).await.says("elm.example is on our list.").hides("elm.example/actor");
    browser.get("/steward/allowed.csv").await.says("#domain\nelm.example\nmill.example\n");
    browser.post(&format!("{PAGE}/disallow"), &elm).await.leads_to(PAGE);
    browser.get(PAGE).await.says("elm.example is no longer on our list.");
    browser.post(&format!("{PAGE}/dismiss"), &elm).await.is(404);
    browser.post(PAGE, &[("mode", "jam")]).await.is(422).says("Choose one of the three.");
    browser.post(PAGE, &[("mode", "off")]).await.leads_to(PAGE);
    assert_eq!(house.app.gate().mode(), Mode::Off);
}

#[tokio::test]
async fn mod_25_a_steward_tells_another_server() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let need = house.ask(&rosa, "Blankets").await.id;
    house.reply(need, "<p>Buy my blankets</p>").await;
    let latest = |conn: &mut Conn| replies::list_latest(conn, 1);
    let reply = house.app.db.read(latest).await.unwrap()[0].0.id;
    let id = Id::<()>::from_number(reply).to_string();
    let path = format!("/steward/report?reply={id}");
    let mut browser = house.enter(&ida).await;
    browser.get("/steward").await.says(&path);
    browser.get(&path).await.is(200).says("@mill@mill.example").says("mill.example");
    let empty = [("reply", id.as_str()), ("words", " ")];
    browser.post("/steward/report", &empty).await.is(422).says("Say in a few words");
    let said = [("reply", id.as_str()), ("words", "They sell what is free.")];
    browser.post("/steward/report", &said).await.leads_to("/steward");
    browser.get("/steward").await.says("mill.example was told.");
    house.enter(&rosa).await.post("/steward/report", &said).await.is(403);
    browser.get("/steward/report?reply=jam").await.is(404);
}
