//! Passkeys: adding, naming and removing them, signing in without a name, and what somebody tries who
//! has no right to any of it.

use std::io::{Cursor, Read as _};

use jiff::SignedDuration;
use mutuals::actions::set_password::set_password;
use mutuals::db::{members, notices};
use serde_json::Value;
use zip::ZipArchive;

use super::house::{Browser, House, Seen};
use crate::soft_passkey::Device;

const LOCAL: &str = "http://localhost/";
const PAGE: &str = "/me/passkeys";

/// What a page would ask the device: the secret of the question, and the question.
async fn asked(browser: &mut Browser, path: &str) -> (String, Value) {
    let seen = browser.post(path, &[]).await;
    seen.is(200);
    assert_eq!(seen.headers["cache-control"], "no-store");
    let json: Value = serde_json::from_str(&seen.html).unwrap();
    (json["challenge"].as_str().unwrap().to_owned(), json["options"].clone())
}

async fn asked_to_add(browser: &mut Browser) -> (String, Value) {
    asked(browser, "/me/passkeys/challenge").await
}

async fn asked_to_sign_in(browser: &mut Browser) -> (String, Value) {
    asked(browser, "/sign-in/passkey/challenge").await
}

async fn send_new(browser: &mut Browser, secret: &str, answer: &str, name: &str) -> Seen {
    browser.post(PAGE, &[("challenge", secret), ("answer", answer), ("name", name)]).await
}

async fn add(browser: &mut Browser, device: &mut Device, name: &str) -> Seen {
    let (secret, options) = asked_to_add(browser).await;
    let answer = device.create(&options);
    send_new(browser, &secret, &answer, name).await
}

async fn send(browser: &mut Browser, secret: &str, answer: &str) -> Seen {
    browser.post("/sign-in/passkey", &[("challenge", secret), ("answer", answer)]).await
}

async fn sign_in(browser: &mut Browser, device: &mut Device) -> Seen {
    device.counter += 1;
    let (secret, options) = asked_to_sign_in(browser).await;
    let answer = device.get(&options);
    send(browser, &secret, &answer).await
}

/// A house where passkeys work, Rosa's browser, and her device with a passkey.
async fn with_passkey() -> (House, Browser, Device) {
    let house = House::open_at(LOCAL).await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let mut device = Device::new("Rosa");
    add(&mut browser, &mut device, "my phone").await.leads_to(PAGE);
    (house, browser, device)
}

#[track_caller]
fn refused(seen: &Seen) {
    seen.is(422).says("This passkey does not fit");
}

#[tokio::test]
async fn a_member_adds_a_passkey_signs_in_without_a_name_and_removes_it() {
    let house = House::open_at(LOCAL).await;
    let rosa = house.member("Rosa").await;
    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.get(PAGE).await.is(200).says("None yet.");
    let (secret, options) = asked_to_add(&mut of_rosa).await;
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["attestation"], "none");
    let wanted = &options["authenticatorSelection"];
    assert_eq!(wanted["residentKey"], "required");
    assert_eq!(wanted["userVerification"], "required");
    let mut device = Device::new("Rosa");
    let answer = device.create(&options);
    send_new(&mut of_rosa, &secret, &answer, " my   phone ").await.leads_to(PAGE);
    of_rosa.get(PAGE).await.says("The passkey my phone opens your account now.");
    let (_, again) = asked_to_add(&mut of_rosa).await;
    assert_eq!(again["user"]["id"], options["user"]["id"], "one account on the device");
    assert_eq!(again["excludeCredentials"].as_array().unwrap().len(), 1);

    let mut elsewhere = house.stranger();
    let (secret, options) = asked_to_sign_in(&mut elsewhere).await;
    assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "{options}");
    device.counter += 1;
    let answer = device.get(&options);
    let form = [("challenge", &*secret), ("answer", &*answer), ("return", "/board")];
    elsewhere.post("/sign-in/passkey", &form).await.leads_to("/board");
    elsewhere.get("/me").await.is(200).says("Hello, Rosa").says("href=\"/me/passkeys\"");
    elsewhere.get(PAGE).await.says("Used last:").says("Remove my phone");

    let zip = Cursor::new(elsewhere.get_bytes("/me/data.zip").await);
    let mut data = String::new();
    ZipArchive::new(zip).unwrap().by_name("data.json").unwrap().read_to_string(&mut data).unwrap();
    assert!(data.contains("\"my phone\""), "what they call it goes along: {data}");

    // The passkey is its owner's: they change things with the session that it began.
    let page = elsewhere.get(PAGE).await;
    let (_, rest) = page.html.split_once("name=\"passkey\" value=\"").unwrap();
    let credential = rest.split('"').next().unwrap().to_owned();
    let milo = house.member("Milo").await;
    let mut of_milo = house.enter(&milo).await;
    of_milo.post("/me/passkeys/remove", &[("passkey", &credential)]).await.is(404);
    elsewhere.post("/me/passkeys/remove", &[("passkey", &credential)]).await.leads_to(PAGE);
    elsewhere.get(PAGE).await.says("opens nothing here any more").says("None yet.");
    refused(&sign_in(&mut house.stranger(), &mut device).await);
}

#[tokio::test]
async fn e21_a_passkey_in_a_new_browser_is_told_and_in_a_known_one_is_not() {
    for is_live in [false, true] {
        let (house, mut browser, mut device) = with_passkey().await;
        if !is_live {
            browser.post("/sign-out", &[]).await.leads_to("/");
        }
        let told = async || {
            let rosa = |conn: &mut mutuals::db::Conn| members::find_by_name(conn, "Rosa");
            let id = house.app.db.read(rosa).await.unwrap().id;
            let read = move |conn: &mut mutuals::db::Conn| notices::list(conn, id, 10);
            house.app.db.read(read).await.unwrap().len()
        };
        assert_eq!(told().await, 0, "the first time is nothing new");
        sign_in(&mut browser, &mut device).await.leads_to("/me");
        assert_eq!(told().await, 0, "she was there before");
        let mut other = house.stranger();
        sign_in(&mut other, &mut device).await.leads_to("/me");
        assert_eq!(told().await, 1, "live: {is_live}");
    }
}

#[tokio::test]
async fn web_05_what_a_device_signed_works_once_here_and_nowhere_else() {
    let (house, _, mut device) = with_passkey().await;
    let mut browser = house.stranger();
    let (secret, options) = asked_to_sign_in(&mut browser).await;
    device.counter += 1;
    let answer = device.get(&options);
    send(&mut browser, &secret, &answer).await.leads_to("/me");
    refused(&send(&mut house.stranger(), &secret, &answer).await);
    // Nor does the answer fit another question.
    let (other, _) = asked_to_sign_in(&mut browser).await;
    refused(&send(&mut house.stranger(), &other, &answer).await);

    // A question waits for five minutes.
    let (secret, options) = asked_to_sign_in(&mut browser).await;
    device.counter += 1;
    let answer = device.get(&options);
    house.app.clock.advance(SignedDuration::from_secs(301));
    refused(&send(&mut house.stranger(), &secret, &answer).await);

    // One for adding is none for signing in.
    let milo = house.member("Milo").await;
    let (secret, options) = asked_to_add(&mut house.enter(&milo).await).await;
    device.counter += 1;
    let answer = device.get(&options);
    refused(&send(&mut house.stranger(), &secret, &answer).await);
    sign_in(&mut house.stranger(), &mut device).await.leads_to("/me");
}

#[tokio::test]
async fn a_copy_of_our_page_and_a_copy_of_the_key_get_nobody_in() {
    let (house, _, mut device) = with_passkey().await;
    let own = device.handle.clone();
    type Bend = fn(&mut Device);
    let ways: [(&str, Bend); 7] = [
        ("another page", |device| device.origin = "https://ring.evil.example".into()),
        ("another port", |device| device.origin = "http://localhost:81".into()),
        ("another site", |device| device.site = "evil.example".into()),
        ("whoever holds it", |device| device.knows_owner = false),
        ("no account", |device| device.handle = String::new()),
        ("another account", |device| device.handle = "AAAAAAAAAAAAAAAAAAAAAA".into()),
        ("an older copy", |device| device.counter = 0),
    ];
    sign_in(&mut house.stranger(), &mut device).await.leads_to("/me");
    let counter = device.counter;
    for (what, bend) in ways {
        let mut browser = house.stranger();
        let (secret, options) = asked_to_sign_in(&mut browser).await;
        device.counter = counter + 10;
        bend(&mut device);
        let answer = device.get(&options);
        let seen = send(&mut browser, &secret, &answer).await;
        assert_eq!(seen.status, 422, "{what}");
        browser.get("/me").await.is(303);
        (device.origin, device.site) = ("http://localhost".into(), "localhost".into());
        (device.knows_owner, device.handle) = (true, own.clone());
    }
    // Another device that claims the same passkey.
    let mut forged = Device::new("Rosa");
    forged.handle = own;
    forged.counter = 99;
    refused(&sign_in(&mut house.stranger(), &mut forged).await);
    for nonsense in ["", "{}", "[]", "null", &"x".repeat(40_000)] {
        let mut browser = house.stranger();
        let (secret, _) = asked_to_sign_in(&mut browser).await;
        refused(&send(&mut browser, &secret, nonsense).await);
    }
    device.counter = counter + 20;
    sign_in(&mut house.stranger(), &mut device).await.leads_to("/me");
}

#[tokio::test]
async fn nobody_adds_a_passkey_to_the_account_of_another() {
    let (house, mut of_rosa, device) = with_passkey().await;
    let milo = house.member("Milo").await;
    let mut of_milo = house.enter(&milo).await;
    // Milo answers what Rosa was asked.
    let (secret, options) = asked_to_add(&mut of_rosa).await;
    let mut of_mallory = Device::new("Milo");
    let answer = of_mallory.create(&options);
    refused(&send_new(&mut of_milo, &secret, &answer, "mine").await);
    refused(&send_new(&mut of_rosa, &secret, &answer, "mine").await);
    // Nor does anybody register what is another's, or what was made on another page.
    let mut copy = Device::new("Rosa");
    refused(&add(&mut of_milo, &mut copy, "mine").await);
    of_mallory.origin = "https://ring.evil.example".into();
    refused(&add(&mut of_milo, &mut of_mallory, "mine").await);
    of_mallory.origin = "http://localhost".into();
    of_mallory.knows_owner = false;
    refused(&add(&mut of_milo, &mut of_mallory, "mine").await);
    of_mallory.knows_owner = true;
    // A question to sign in is none to add.
    let (secret, mut options) = asked_to_sign_in(&mut of_milo).await;
    options["user"] = serde_json::json!({"id": device.handle});
    let answer = of_mallory.create(&options);
    refused(&send_new(&mut of_milo, &secret, &answer, "mine").await);
    for name in ["", "  ", &"x".repeat(61)] {
        let seen = add(&mut of_milo, &mut of_mallory, name).await;
        seen.is(422).says("at most 60 characters");
    }
    of_milo.get(PAGE).await.says("None yet.");
    for number in 0..10 {
        let mut device = Device::new(&format!("Milo {number}"));
        add(&mut of_milo, &mut device, "one more").await.leads_to(PAGE);
    }
    of_milo.post("/me/passkeys/challenge", &[]).await.is(422).says("You have ten passkeys.");
}

#[tokio::test]
async fn changing_passkeys_takes_a_fresh_session() {
    let (house, mut browser, _) = with_passkey().await;
    let rosa = house.app.db.read(|conn| members::find_by_name(conn, "Rosa")).await.unwrap();
    let (secret, options) = asked_to_add(&mut browser).await;
    let answer = Device::new("second").create(&options);
    house.app.clock.advance(SignedDuration::from_mins(16));
    for (path, fields) in [
        ("/me/passkeys/challenge", vec![]),
        (PAGE, vec![("challenge", &*secret), ("answer", &*answer), ("name", "second")]),
        ("/me/passkeys/remove", vec![("passkey", "anything")]),
    ] {
        browser.post(path, &fields).await.is(422).says("First show that it is you");
    }
    // Whoever has no password signs in again.
    let page = browser.get(PAGE).await;
    page.says("my phone").says("sign out and sign in again").hides("Remove my phone");
    page.hides("Make a passkey").hides("action=\"/me/confirm\"");
    let password = "a kettle on the stove";
    let keep = browser.cookies.values().next().unwrap().clone();
    set_password(&house.app, &rosa, password, &keep).await.unwrap();
    let mut browser = house.stranger();
    let fields = [("name", "Rosa"), ("password", password)];
    browser.post("/sign-in", &fields).await.leads_to("/me");
    browser.get(PAGE).await.says("action=\"/me/confirm\"").hides("Make a passkey");
    browser.post("/me/confirm", &[("password", "a guess")]).await.is(422).says("another one");
    browser.post("/me/confirm", &[("password", password)]).await.leads_to(PAGE);
    browser.get(PAGE).await.says("Make a passkey").says("Remove my phone");
    add(&mut browser, &mut Device::new("second"), "second").await.leads_to(PAGE);
}

#[tokio::test]
async fn only_pages_with_passkeys_carry_a_script_and_nothing_shows_without_it() {
    let (house, mut browser, _) = with_passkey().await;
    let policy = |seen: &Seen| seen.headers["content-security-policy"].to_str().unwrap().to_owned();
    let mut stranger = house.stranger();
    for (seen, form) in [
        (stranger.get("/sign-in").await, "data-passkey=\"get\" hidden"),
        (browser.get(PAGE).await, "data-passkey=\"create\" hidden"),
    ] {
        seen.says(form);
        assert!(policy(&seen).contains("script-src 'self'; connect-src 'self';"));
        let (_, rest) = seen.html.split_once("<script src=\"").unwrap();
        let script = rest.split('"').next().unwrap();
        let script = stranger.get(script).await;
        script.is(200).says("navigator.credentials");
        assert!(script.headers["content-type"].to_str().unwrap().starts_with("text/javascript"));
        assert_eq!(seen.html.matches("<script").count(), 1);
    }
    for path in ["/", "/board", "/about", "/join", "/sign-in/fediverse", "/password"] {
        let seen = browser.get(path).await;
        assert!(!policy(&seen).contains("script-src"), "{path}");
        seen.hides("<script");
    }
    // Without a name that browsers trust, there is none of it.
    let plain = House::open().await;
    let seen = plain.stranger().get("/sign-in").await;
    seen.is(200).hides("data-passkey").hides("<script");
    assert!(!policy(&seen).contains("script-src"));
    plain.stranger().post("/sign-in/passkey/challenge", &[]).await.is(404);
}
