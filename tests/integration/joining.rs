//! Signing in with a fediverse account, without a password: a private message, six digits in the same
//! thread, typed into the same browser. And what people try who want to be somebody else.

use jiff::SignedDuration;
use mutuals::actions::block::block;
use mutuals::db::member_handles::{self, Handle};
use mutuals::domain::member::Member;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer};
use crate::testapp::TestApp;
use crate::web::house::{Browser, Seen};

/// Ring, and Amina on a server of her own.
pub struct Street {
    pub ring: TestApp,
    pub peer: Peer,
    pub amina: Actor,
}

impl Street {
    pub async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let peer = Peer::start().await;
        let amina = peer.actor("amina");
        Self { ring, peer, amina }
    }

    /// The account of somebody, as they type it.
    pub fn address(&self, who: &Actor) -> String {
        let host = who.url.authority();
        format!("@{}@{host}", who.url.path().trim_matches('/'))
    }

    /// A private message to us as Mastodon writes it (wire contract, 5.1).
    pub fn message(&self, who: &Actor, number: u32, words: &str) -> Value {
        let us = self.ring.app.collective.urls().actor();
        let html = format!(
            "<p><span class=\"h-card\" translate=\"no\"><a href=\"{us}\" class=\"u-url mention\">@\
             <span>ring</span></a></span> {words}</p>"
        );
        let mut note = who.note(&format!("message{number}"), self.ring.now());
        note["to"] = json!([us]);
        note["content"] = json!(html);
        note["contentMap"] = json!({"en": html});
        note["tag"] = json!([{"type": "Mention", "href": us, "name": "@ring@ring.example"}]);
        note
    }

    pub async fn send(&self, who: &Actor, number: u32, note: Value) {
        who.send_and_work(&self.ring, &who.activity("Create", number, note)).await;
    }

    pub async fn say(&self, who: &Actor, number: u32, words: &str) {
        self.send(who, number, self.message(who, number, words)).await;
        // One thing after the other goes to an inbox.
        self.ring.work().await;
    }

    /// What was said to somebody alone, in order.
    pub fn told(&self, who: &Actor) -> Vec<Value> {
        let all = self.peer.received().into_iter();
        all.filter(|sent| sent["to"] == json!([who.url]) && sent["type"] == "Create").collect()
    }

    /// The last code that somebody was sent.
    pub fn code(&self, who: &Actor) -> String {
        self.told(who).iter().rev().find_map(code_in).unwrap()
    }

    /// A browser in which the account of somebody was typed.
    pub async fn browser(&self, who: &Actor) -> Browser {
        let mut browser = Browser::at(&self.ring.app);
        let address = self.address(who);
        let typed = [("address", address.as_str())];
        browser.post("/sign-in/fediverse", &typed).await.leads_to("/sign-in/code");
        browser
    }

    pub async fn bind(&self, member: &Member, who: &Actor) {
        let (id, now) = (member.id, self.ring.now());
        let address = self.address(who).trim_start_matches('@').to_owned();
        let handle = Handle { actor: who.url.clone(), address };
        let bind =
            move |conn: &mut mutuals::db::Conn| member_handles::insert(conn, id, &handle, now);
        assert!(self.ring.app.db.write(bind).await.unwrap());
    }

    /// A browser that proved the account of somebody.
    pub async fn proved(&self, who: &Actor, number: u32) -> Browser {
        let mut browser = self.browser(who).await;
        self.say(who, number, "sign in").await;
        enter(&mut browser, &self.code(who)).await.is(303);
        browser
    }
}

fn code_in(told: &Value) -> Option<String> {
    let content = told["object"]["content"].as_str()?;
    let (_, rest) = content.split_once("<strong>")?;
    let code: String = rest.split('<').next()?.chars().filter(char::is_ascii_digit).collect();
    (code.len() == 6).then_some(code)
}

pub async fn enter(browser: &mut Browser, code: &str) -> Seen {
    browser.post("/sign-in/code", &[("code", code)]).await
}

/// Six digits that are not these.
fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test]
async fn a_member_signs_in_with_the_code_that_came_in_their_thread() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    let mut browser = street.browser(&street.amina).await;
    let page = browser.get("/sign-in/code").await;
    page.is(200).says("send a private message").says(&street.address(&street.amina));
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(street.told(&street.amina).is_empty(), "we never begin a conversation");

    street.say(&street.amina, 1, "Sign in!").await;
    let told = street.told(&street.amina);
    assert_eq!(told.len(), 1);
    let note = &told[0]["object"];
    assert_eq!(note["inReplyTo"], json!(format!("{}/notes/message1", street.amina.url)));
    assert_eq!((&note["cc"], &note["directMessage"]), (&json!([]), &json!(true)));
    assert_eq!(note["tag"][0]["href"], json!(street.amina.url));
    let content = note["content"].as_str().unwrap();
    assert!(content.contains("If you did not ask for this, do nothing."), "{content}");
    assert!(!content.contains("Rosa"), "{content}");

    let code = street.code(&street.amina);
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    enter(&mut browser, &spaced).await.leads_to("/me");
    browser.get("/me").await.is(200).says("Hello, Rosa").says(&street.address(&street.amina));
    street.ring.work().await;
    let told = street.told(&street.amina);
    assert_eq!(told.len(), 2);
    let content = told[1]["object"]["content"].as_str().unwrap();
    assert!(content.contains("Somebody signed in"), "{content}");
    assert_eq!(told[1]["object"]["inReplyTo"], note["inReplyTo"]);
}

#[tokio::test]
async fn words_for_it_are_understood_and_answered_in_the_language_of_the_post() {
    let street = Street::start().await;
    let mut note = street.message(&street.amina, 1, "quiero unirme");
    note["contentMap"] = json!({"es-CO": note["content"]});
    street.send(&street.amina, 1, note).await;
    let told = street.told(&street.amina).pop().unwrap();
    assert!(told["object"]["content"].as_str().unwrap().contains("El código"), "{told}");
    assert!(told["object"]["contentMap"]["es"].is_string(), "{told}");

    let mut note = street.message(&street.amina, 2, "Ich möchte mitmachen");
    note["contentMap"] = json!({"de": note["content"]});
    street.send(&street.amina, 2, note).await;
    let told = street.told(&street.amina).pop().unwrap();
    assert!(told["object"]["content"].as_str().unwrap().contains("The code to sign in"), "{told}");
    street.say(&street.amina, 3, "I cannot sign in, can you help me?").await;
    assert_eq!(street.told(&street.amina).iter().filter(|told| code_in(told).is_some()).count(), 2);
}

#[tokio::test]
async fn asked_in_public_there_is_advice_and_no_code() {
    let street = Street::start().await;
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let followers = format!("{}/followers", street.amina.url);
    let us = street.ring.app.collective.urls().actor();
    let ways = [
        (json!([public]), json!([us])),
        (json!([followers]), json!([us, public])),
        (json!([us, followers]), json!([])),
    ];
    for (number, (to, cc)) in (1..).zip(ways) {
        let mut note = street.message(&street.amina, number, "sign in");
        (note["to"], note["cc"]) = (to, cc);
        street.send(&street.amina, number, note).await;
        let told = street.told(&street.amina);
        assert_eq!(told.len(), usize::try_from(number).unwrap());
        let last = &told[told.len() - 1]["object"];
        assert!(last["content"].as_str().unwrap().contains("Please delete that message"), "{last}");
        assert_eq!(code_in(&told[told.len() - 1]), None);
        assert_eq!((&last["to"], &last["cc"]), (&json!([street.amina.url]), &json!([])));
    }
    // In public and without our address among the mentions it is a talk between others.
    let bo = street.peer.actor("bo");
    let mut note = street.message(&bo, 9, "sign in");
    (note["to"], note["tag"]) = (json!([public]), json!([]));
    street.send(&bo, 9, note).await;
    assert!(street.told(&bo).is_empty());
}

#[tokio::test]
async fn a_code_is_worth_nothing_for_another_account_or_in_another_browser() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    let mallory = street.peer.actor("mallory");

    // Mallory has a code of his own, and a browser that waits for Amina's.
    let mut of_mallory = street.browser(&street.amina).await;
    street.say(&mallory, 1, "sign in").await;
    let code = street.code(&mallory);
    enter(&mut of_mallory, &code).await.is(422).says("This code does not fit.");

    // Amina's code works where her account was typed, and nowhere else.
    let mut of_amina = street.browser(&street.amina).await;
    street.say(&street.amina, 2, "sign in").await;
    let code = street.code(&street.amina);
    let mut elsewhere = street.browser(&mallory).await;
    enter(&mut elsewhere, &code).await.is(422);
    let mut nowhere = Browser::at(&street.ring.app);
    enter(&mut nowhere, &code).await.is(422).says("Begin again.");
    enter(&mut of_amina, &code).await.leads_to("/me");

    // It worked once: not again, neither here nor there.
    let mut again = street.browser(&street.amina).await;
    enter(&mut again, &code).await.is(422);
    enter(&mut of_amina, &code).await.is(422).says("Begin again.");
}

#[tokio::test]
async fn five_wrong_codes_end_a_browser_and_a_code() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    let mut browser = street.browser(&street.amina).await;
    street.say(&street.amina, 1, "sign in").await;
    let code = street.code(&street.amina);
    let wrong = other_than(&code);
    enter(&mut browser, "no digits").await.is(422).says("This code does not fit.");
    for _ in 0..5 {
        enter(&mut browser, &wrong).await.is(422).says("This code does not fit.");
    }
    enter(&mut browser, &code).await.is(422).says("Begin again.");

    // Five wrong ones were tried against this code: now the right one helps in no browser.
    let mut good = street.browser(&street.amina).await;
    enter(&mut good, &code).await.is(422).says("This code does not fit.");
    street.say(&street.amina, 2, "sign in").await;
    enter(&mut good, &street.code(&street.amina)).await.leads_to("/me");
}

#[tokio::test]
async fn a_code_ends_with_time_with_the_next_one_and_with_its_message() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    street.say(&street.amina, 1, "sign in").await;
    let first = street.code(&street.amina);
    street.ring.advance(601);
    let mut browser = street.browser(&street.amina).await;
    enter(&mut browser, &first).await.is(422);

    street.say(&street.amina, 2, "sign in").await;
    let second = street.code(&street.amina);
    street.say(&street.amina, 3, "sign in").await;
    if second != street.code(&street.amina) {
        enter(&mut browser, &second).await.is(422);
    }
    let third = street.code(&street.amina);
    let gone = json!(format!("{}/notes/message3", street.amina.url));
    let delete = street.amina.activity("Delete", 30, gone);
    street.amina.send_and_work(&street.ring, &delete).await;
    enter(&mut browser, &third).await.is(422);

    // And a browser waits for ten minutes, not longer.
    let mut browser = street.browser(&street.amina).await;
    street.ring.advance(601);
    street.say(&street.amina, 4, "sign in").await;
    enter(&mut browser, &street.code(&street.amina)).await.is(422).says("Begin again.");
}

#[tokio::test]
async fn the_same_message_makes_one_code_whatever_comes_again_or_is_edited() {
    let street = Street::start().await;
    let note = street.message(&street.amina, 1, "sign in");
    let create = street.amina.activity("Create", 1, note.clone());
    for _ in 0..3 {
        street.amina.send_and_work(&street.ring, &create).await;
    }
    street.send(&street.amina, 2, note.clone()).await;
    assert_eq!(street.told(&street.amina).len(), 1);

    let mut edited = street.message(&street.amina, 3, "good morning");
    street.send(&street.amina, 3, edited.clone()).await;
    edited["content"] = note["content"].clone();
    edited["updated"] = json!(street.ring.now());
    let update = street.amina.activity("Update", 4, edited);
    street.amina.send_and_work(&street.ring, &update).await;
    let codes = street.told(&street.amina).iter().filter(|told| code_in(told).is_some()).count();
    assert_eq!(codes, 1, "an edit runs no command");
}

#[tokio::test]
async fn a_hundred_requests_get_three_codes_and_a_server_gets_thirty() {
    let street = Street::start().await;
    for number in 1..=100 {
        let note = street.message(&street.amina, number, "sign in");
        let create = street.amina.activity("Create", number, note);
        assert_eq!(street.amina.send(&street.ring, &create).await, 202);
    }
    street.ring.work().await;
    street.ring.work().await;
    assert_eq!(street.told(&street.amina).len(), 3);
    street.ring.advance(601);
    street.say(&street.amina, 200, "sign in").await;
    assert_eq!(street.told(&street.amina).len(), 4);

    let crowd: Vec<Actor> =
        (0..10).map(|number| street.peer.actor(&format!("crowd{number}"))).collect();
    for who in &crowd {
        for number in 1..=3 {
            street.say(who, number, "sign in").await;
        }
    }
    let told: usize = crowd.iter().map(|who| street.told(who).len()).sum();
    assert_eq!(told + 4, 30);
    street.ring.advance(3_601);
    street.say(&street.amina, 300, "sign in").await;
    assert_eq!(street.told(&street.amina).len(), 5);
}

#[tokio::test]
async fn bots_groups_and_those_whom_we_block_get_no_code() {
    let street = Street::start().await;
    for kind in ["Service", "Application", "Group", "Organization"] {
        let bot = street.peer.actor(&kind.to_lowercase());
        let mut document = bot.document();
        document["type"] = json!(kind);
        street.peer.serve(&bot.url, document);
        street.say(&bot, 1, "sign in").await;
        assert!(street.told(&bot).is_empty(), "{kind}");
    }
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    let mut browser = street.browser(&street.amina).await;
    street.say(&street.amina, 1, "sign in").await;
    let code = street.code(&street.amina);
    let subject = street.amina.url.to_string();
    block(&street.ring.app, &subject, "").await.unwrap();
    enter(&mut browser, &code).await.is(422);
}

#[tokio::test]
async fn a_message_that_somebody_else_wrote_gives_no_code() {
    let street = Street::start().await;
    let mallory = street.peer.actor("mallory");
    // Mallory sends what he says that Amina wrote.
    let note = street.message(&street.amina, 1, "sign in");
    street.send(&mallory, 1, note).await;
    assert!(street.told(&street.amina).is_empty() && street.told(&mallory).is_empty());
}

#[tokio::test]
async fn a_browser_left_open_connects_no_account() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    let mut browser = Browser::enter(&street.ring.app, &rosa).await;
    street.ring.app.clock.advance(SignedDuration::from_mins(31));
    let address = street.address(&street.amina);
    browser.post("/sign-in/fediverse", &[("address", &address)]).await.is(303);
    street.say(&street.amina, 1, "sign in").await;
    enter(&mut browser, &street.code(&street.amina)).await.is(422);
    let handles = street.ring.app.db.read(move |conn| member_handles::list(conn, rosa.id)).await;
    assert!(handles.unwrap().is_empty());
}

#[tokio::test]
async fn a_member_who_is_signed_in_connects_an_account_and_lets_go_of_it() {
    let street = Street::start().await;
    let (rosa, milo) = (street.ring.member("Rosa").await, street.ring.member("Milo").await);
    let mut browser = Browser::enter(&street.ring.app, &rosa).await;
    browser.get("/sign-in/fediverse").await.is(200).says("Your fediverse account");
    let address = street.address(&street.amina);
    browser.post("/sign-in/fediverse", &[("address", &address)]).await.is(303);
    street.say(&street.amina, 1, "sign in").await;
    enter(&mut browser, &street.code(&street.amina)).await.leads_to("/me");
    browser.get("/me").await.says("is yours here now").says(&address);

    // It is Rosa's: whoever proves it is Rosa, also where Milo was signed in.
    let mut of_milo = Browser::enter(&street.ring.app, &milo).await;
    of_milo.post("/sign-in/fediverse", &[("address", &address)]).await.is(303);
    street.say(&street.amina, 2, "sign in").await;
    enter(&mut of_milo, &street.code(&street.amina)).await.leads_to("/me");
    of_milo.get("/me").await.says("Hello, Rosa");

    // Milo lets go of nothing of hers.
    let bare = address.trim_start_matches('@');
    let mut of_milo = Browser::enter(&street.ring.app, &milo).await;
    of_milo.post("/me/accounts/remove", &[("address", bare)]).await.is(303);
    browser.get("/me").await.says(&address);
    browser.post("/me/accounts/remove", &[("address", bare)]).await.is(303);
    browser.get("/me").await.hides(&format!("Let go of it: {bare}"));
    street.ring.work().await;
    street.ring.app.clock.advance(SignedDuration::from_mins(11));
    let mut browser = street.browser(&street.amina).await;
    street.say(&street.amina, 3, "sign in").await;
    enter(&mut browser, &street.code(&street.amina)).await.leads_to("/join");
}

#[tokio::test]
async fn an_account_that_is_gone_opens_nothing() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    let mut browser = street.proved(&street.amina, 1).await;
    browser.get("/me").await.says("Hello, Rosa");
    let gone = json!(street.amina.url);
    let delete = street.amina.activity("Delete", 2, gone);
    street.amina.send_and_work(&street.ring, &delete).await;
    let rosas = street.ring.app.db.read(move |conn| member_handles::list(conn, rosa.id)).await;
    assert_eq!(rosas.unwrap(), []);
}

#[tokio::test]
async fn whoever_proved_an_account_joins_with_a_name_alone() {
    let street = Street::start().await;
    street.ring.member("Rosa").await;
    let address = street.address(&street.amina);
    let mut browser = street.proved(&street.amina, 1).await;
    let page = browser.get("/join").await;
    page.is(200).says(address.trim_start_matches('@')).hides("type=\"password\"");
    let other = browser.cookies.clone();
    let wish = |name| [("name", name), ("version", "1"), ("choice", "agree")];
    browser.post("/join", &wish("rosa")).await.is(422).says("already goes by that name");
    browser.post("/join", &wish("Lea")).await.leads_to("/me");
    browser.get("/me").await.says("Welcome, Lea.").says(&address);
    // The proof was used up, also where its secret was copied to.
    let mut copied = Browser::at(&street.ring.app);
    copied.cookies = other;
    copied.post("/join", &wish("Mallory")).await.is(422).says("at least 10 characters");

    let mut again = street.browser(&street.amina).await;
    street.say(&street.amina, 2, "sign in").await;
    enter(&mut again, &street.code(&street.amina)).await.leads_to("/me");
    again.get("/me").await.says("Hello, Lea");
    // Nobody else is told who proved what.
    street.ring.work().await;
    let told = serde_json::to_string(&street.peer.received()).unwrap();
    assert!(!told.contains("Lea"), "{told}");
}

#[tokio::test]
async fn a_proof_lasts_an_hour_and_not_for_those_whom_we_block() {
    let street = Street::start().await;
    let wish = [("name", "Lea"), ("version", "1"), ("choice", "agree")];
    let mut late = street.proved(&street.amina, 1).await;
    street.ring.advance(3_601);
    late.post("/join", &wish).await.is(422);
    let bo = street.peer.actor("bo");
    let mut blocked = street.proved(&bo, 1).await;
    block(&street.ring.app, bo.url.as_str(), "").await.unwrap();
    blocked.post("/join", &wish).await.is(422);
    // And a browser that only typed an address has proved nothing.
    let mut waiting = street.browser(&street.amina).await;
    waiting.get("/join").await.says("type=\"password\"");
    waiting.post("/join", &wish).await.is(422);
}

#[tokio::test]
async fn a_follower_is_no_member() {
    let street = Street::start().await;
    let us = json!(street.ring.app.collective.urls().actor());
    let follow = street.amina.activity("Follow", 1, us);
    street.amina.send_and_work(&street.ring, &follow).await;
    let all = street.ring.app.db.read(mutuals::db::members::list).await.unwrap();
    assert!(all.is_empty());
    let proved = street.proved(&street.amina, 2).await;
    assert!(!proved.cookies.contains_key("mutuals_session_ring"));
}

#[tokio::test]
async fn where_the_door_is_closed_an_account_or_an_invitation_is_needed() {
    let mut config = crate::testapp::config();
    config.joining.open = false;
    let ring = TestApp::start_as("ring", config).await;
    let mut browser = Browser::at(&ring.app);
    browser.get("/join").await.is(200).says("an invitation").hides("name=\"choice\"");
    let password = "a kettle on the stove";
    let wish = [("name", "Lea"), ("password", password), ("version", "1"), ("choice", "talk")];
    browser.post("/join", &wish).await.is(422);
    assert!(ring.app.db.read(mutuals::db::members::list).await.unwrap().is_empty());
    let link = mutuals::actions::invite::invite(&ring.app, None, 1).await.unwrap();
    browser.post(link.path(), &wish).await.leads_to("/me");
}

#[tokio::test]
async fn no_other_site_signs_a_browser_in_or_lets_it_join() {
    let street = Street::start().await;
    let rosa = street.ring.member("Rosa").await;
    street.bind(&rosa, &street.amina).await;
    let evil = [("origin", "https://evil.example")];
    let mut browser = street.browser(&street.amina).await;
    street.say(&street.amina, 1, "sign in").await;
    let code = street.code(&street.amina);
    browser.send("/sign-in/code", &[("code", &code)], &evil).await.is(403);
    browser.send("/sign-in/fediverse", &[("address", "@a@b.example")], &evil).await.is(403);
    let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
    browser.send("/join", &wish, &evil).await.is(403);
    // The code was not used up by that.
    enter(&mut browser, &code).await.leads_to("/me");
}

#[tokio::test]
async fn only_hashes_of_codes_and_of_browsers_are_stored() {
    let street = Street::start().await;
    let browser = street.browser(&street.amina).await;
    street.say(&street.amina, 1, "sign in").await;
    let code = street.code(&street.amina);
    let token = browser.cookies["mutuals_attempt_ring"].clone();
    let address = street.address(&street.amina).trim_start_matches('@').to_owned();
    let now = street.ring.now();
    let hash = mutuals::keys::secret_hash(&token);
    let read = move |conn: &mut mutuals::db::Conn| {
        let code = mutuals::db::sign_in_codes::find_last(conn, &address)?;
        let by_token = mutuals::db::sign_in_codes::find_attempt(conn, &token, now)?;
        Ok((code, by_token, mutuals::db::sign_in_codes::find_attempt(conn, &hash, now)?))
    };
    let (stored, by_token, by_hash) = street.ring.app.db.read(read).await.unwrap();
    let stored = stored.unwrap().hash.unwrap();
    assert_ne!(stored, code);
    // Somebody's own account is in it: the same digits are worth nothing for another.
    assert_ne!(stored, mutuals::keys::secret_hash(&code));
    assert!(by_token.is_none() && by_hash.is_some());
}
