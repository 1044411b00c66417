//! Signing in and out, and who is let through.

use axum::body::Body;
use axum::http::Method;
use jiff::SignedDuration;

use super::house::House;

#[tokio::test]
async fn a_link_lets_in_once_and_then_a_password_does() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let link = house.link(&rosa).await;
    let mut browser = house.stranger();
    browser.get(&link).await.is(200).says("Hello, Rosa").says("Let me in");
    browser.get(&link).await.is(200).says("Hello, Rosa");
    browser.post(&link, &[]).await.leads_to("/password");
    browser.get("/password").await.is(200).says("Good to see you, Rosa.").says("Not now");
    browser.get("/password").await.hides("Good to see you");
    let short = browser.post("/password", &[("password", "short")]).await;
    short.is(422).says("Take at least 10 characters.");
    browser.post("/password", &[("password", "a kettle on the stove")]).await.leads_to("/me");
    browser.get("/me").await.is(200).says("Your password is set.").says("Hello, Rosa");
    browser.post("/sign-out", &[]).await.leads_to("/");
    browser.get("/").await.says("You are signed out.").hides("Sign out, Rosa");

    house.stranger().get(&link).await.is(410).says("This link no longer works");
    house.stranger().post(&link, &[]).await.is(410);

    let wrong = [("name", "Rosa"), ("password", "a kettle on the floor")];
    let refused = browser.post("/sign-in", &wrong).await;
    refused.is(422).says("do not fit together").says("value=\"Rosa\"");
    let right = [("name", "Rosa"), ("password", "a kettle on the stove")];
    browser.post("/sign-in", &right).await.leads_to("/me");
    browser.get("/password").await.is(200).hides("Not now");
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_or_came_by_a_link() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let (old, new, third) = ("a kettle on the stove", "a kettle in the cellar", "three old pans!");
    browser.post("/password", &[("password", old)]).await.leads_to("/me");
    let mut browser = house.stranger();
    browser.post("/sign-in", &[("name", "Rosa"), ("password", old)]).await.leads_to("/me");
    browser.get("/password").await.says("The password you have now");
    browser.post("/password", &[("password", new)]).await.is(422).says("is another one");
    let guess = [("old", new), ("password", new)];
    browser.post("/password", &guess).await.is(422).says("is another one");
    let both = [("old", old), ("password", new)];
    browser.post("/password", &both).await.leads_to("/me");
    house.stranger().post("/sign-in", &[("name", "Rosa"), ("password", old)]).await.is(422);

    // Who has forgotten it comes by a link, and has a quarter of an hour.
    let link = house.link(&rosa).await;
    let mut browser = house.stranger();
    browser.post(&link, &[]).await.leads_to("/me");
    browser.get("/password").await.hides("The password you have now");
    browser.post("/password", &[("password", third)]).await.leads_to("/me");
    house.app.clock.advance(SignedDuration::from_mins(16));
    browser.post("/password", &[("password", new)]).await.is(422);

    // Guessing is over after a few tries, here and at the door.
    for _ in 0..4 {
        browser.post("/password", &guess).await.is(422);
    }
    browser.post("/password", &[("old", third), ("password", new)]).await.is(422).says("Too many");
    house.stranger().post("/sign-in", &[("name", "Rosa"), ("password", third)]).await.is(429);
}

#[tokio::test]
async fn five_wrong_passwords_are_enough_for_a_while() {
    let house = House::open().await;
    let wrong = [("name", "Nobody"), ("password", "guess")];
    for _ in 0..5 {
        house.stranger().post("/sign-in", &wrong).await.is(422);
    }
    house.stranger().post("/sign-in", &wrong).await.is(429).says("Too many tries");
}

#[tokio::test]
async fn a_page_for_members_asks_to_sign_in_and_comes_back() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    for path in ["/me", "/needs/new", "/offers/new", "/password", "/steward"] {
        let back = path.replace('/', "%2F");
        house.stranger().get(path).await.leads_to(&format!("/sign-in?return={back}"));
    }
    let mut browser = house.stranger();
    let page = browser.get("/sign-in?return=%2Fneeds%2Fnew").await;
    page.is(200).says("value=\"/needs/new\"").says("This page is for members.");
    let id = house.ask(&rosa, "Warm blankets").await.id;
    for (path, back) in [
        ("/needs/new".to_owned(), "/needs/new".to_owned()),
        (format!("/proposals/{id}/promise"), format!("/@ring/{id}")),
        (format!("/proposals/{id}/edit"), format!("/proposals/{id}/edit")),
        ("/promises/0123456789ABC/release".to_owned(), "/me".to_owned()),
        ("/steward/members".to_owned(), "/steward".to_owned()),
    ] {
        let back = back.replace('/', "%2F").replace('@', "%40");
        let seen = house.stranger().post(&path, &[("title", "x")]).await;
        seen.leads_to(&format!("/sign-in?return={back}"));
    }
    house.enter(&rosa).await.get("/steward").await.is(403);
}

#[tokio::test]
async fn nobody_is_led_away_from_here() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    browser.post("/password", &[("password", "a kettle on the stove")]).await;
    for wish in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/.//evil.example/",
        "/\t/evil.example/",
        "javascript:alert(1)",
        "evil",
        "",
    ] {
        let language = [("language", "en"), ("return", wish)];
        browser.post("/language", &language).await.leads_to("/");
        let signing = [("name", "Rosa"), ("password", "a kettle on the stove"), ("return", wish)];
        house.stranger().post("/sign-in", &signing).await.leads_to("/me");
    }
    let kept = [("language", "en"), ("return", "/board?place=Mill%20Road")];
    browser.post("/language", &kept).await.leads_to("/board?place=Mill%20Road");
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let csrf = browser.csrf().await;
    let good = [("csrf", csrf.as_str()), ("title", "Warm blankets")];
    let ours = ("origin", "http://ring.example");
    let refused: [(&[_], &[_]); 6] = [
        (&[("title", "Warm blankets")], &[ours]),
        (&[("csrf", "guess"), ("title", "Warm blankets")], &[ours]),
        (&good, &[("origin", "https://evil.example")]),
        (&good, &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")]),
        (&good, &[("sec-fetch-site", "cross-site")]),
        (&good, &[ours, ("sec-fetch-site", "same-site")]),
    ];
    for (fields, headers) in refused {
        browser.send("/needs/new", fields, headers).await.is(403).says("Nothing was changed");
    }
    let json = [("content-type", "text/plain"), ours];
    let body = Body::from(format!("csrf={csrf}&title=Warm+blankets"));
    browser.open(Method::POST, "/needs/new", body, &json).await.is(403);
    browser.get("/board").await.hides("Warm blankets");
    browser.send("/needs/new", &good, &[("origin", "null")]).await.is(303);

    let signing = [("name", "Rosa"), ("password", "x")];
    let evil = [("origin", "https://evil.example")];
    house.stranger().send("/sign-in", &signing, &evil).await.is(403);
    house.stranger().send("/sign-in", &signing, &[("origin", "null")]).await.is(403);
    house.stranger().send("/language", &[("language", "es")], &evil).await.is(403);
}

#[tokio::test]
async fn a_step_is_never_taken_by_looking() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let mut browser = house.enter(&rosa).await;
    for step in ["publish", "close", "reopen", "withdraw", "extend", "promise"] {
        browser.get(&format!("/proposals/{id}/{step}")).await.is(404);
    }
    browser.get(&format!("/@ring/{id}")).await.is(200);
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let text = "a".repeat(129 * 1024);
    let fields = [("title", "Warm blankets"), ("text", text.as_str())];
    browser.post("/needs/new", &fields).await.is(413).says("Too much at once");
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    for _ in 0..3 {
        house.app.clock.advance(SignedDuration::from_hours(13 * 24));
        browser.get("/me").await.is(200);
    }
    house.app.clock.advance(SignedDuration::from_hours(15 * 24));
    browser.get("/me").await.is(303);
}

#[tokio::test]
async fn every_session_ends_one_day() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    for _ in 0..8 {
        house.app.clock.advance(SignedDuration::from_hours(11 * 24));
        browser.get("/me").await.is(200);
    }
    house.app.clock.advance(SignedDuration::from_hours(3 * 24));
    browser.get("/me").await.is(303);
}

#[tokio::test]
async fn a_new_sign_in_ends_the_session_before() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let before = browser.cookies.clone();
    let link = house.link(&rosa).await;
    browser.post(&link, &[]).await.is(303);
    browser.get("/me").await.is(200);
    let mut old = house.stranger();
    old.cookies = before;
    old.get("/me").await.is(303);
}

#[tokio::test]
async fn cookies_are_bound_to_their_host_when_there_is_tls() {
    let house = House::open_at("https://ring.example/").await;
    let rosa = house.member("Rosa").await;
    let link = house.link(&rosa).await;
    let mut browser = house.stranger();
    let seen = browser.post(&link, &[]).await;
    let cookies: Vec<_> = seen.headers.get_all("set-cookie").iter().collect();
    let session = cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .find(|cookie| cookie.starts_with("__Host-mutuals_session_ring="))
        .unwrap();
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(session.contains(part), "{session}");
    }
    browser.get("/me").await.is(200);

    let plain = House::open().await;
    let mut browser = plain.enter(&plain.member("Rosa").await).await;
    assert!(browser.cookies.contains_key("mutuals_session_ring"));
    browser.get("/me").await.is(200);
}
