//! Who is called what: a handle is shown only if its host and the actor agree on it.

use mutuals::db::followers;
use mutuals::federation::resolve;
use serde_json::{Value, json};

use crate::street::{Street, webfinger_url};
use crate::testapp::TestApp;

async fn shown(ring: &TestApp, typed: &str) -> String {
    resolve::by_handle_or_url(&ring.app, typed).await.unwrap().address
}

const ANA: &str = "http://social.mill.test/users/ana";

#[tokio::test]
async fn wf_01_a_handle_that_only_one_side_claims_is_not_shown() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let own = "eve@evil.test";
    // Eve's host claims a handle of the bank for her, in the subject and in her document.
    for (subject, property) in [
        ("eve@bank.test", Value::Null),
        (own, json!("eve@bank.test")),
        ("teller@evil.test", Value::Null),
        (own, json!("teller@evil.test")),
        ("nonsense", json!("@@@")),
        (own, json!({"@id": "x"})),
    ] {
        street.actor("http://evil.test/eve", "eve", &json!({"webfinger": property}));
        street.webfinger(own, subject, &["http://evil.test/eve"]);
        street.webfinger("eve@bank.test", "eve@bank.test", &["http://bank.test/eve"]);
        street.webfinger("teller@evil.test", "teller@evil.test", &["http://evil.test/eve"]);
        for typed in ["http://evil.test/eve", "@eve@evil.test"] {
            assert_eq!(shown(&ring, typed).await, own, "{subject} {property} {typed}");
        }
    }
    // The bank's host names Eve, and Eve knows nothing of it.
    street.actor("http://evil.test/eve", "eve", &json!({}));
    street.webfinger(own, own, &["http://evil.test/eve"]);
    street.webfinger("eve@bank.test", "eve@bank.test", &["http://evil.test/eve"]);
    assert_eq!(shown(&ring, "@eve@bank.test").await, own);
    // Nobody answers for her at all: her own host is in her address.
    street.put(&webfinger_url("evil.test", own), 404, &[], "");
    assert_eq!(shown(&ring, "http://evil.test/eve").await, own);
}

#[tokio::test]
async fn wf_01_the_first_link_that_is_an_actor_counts() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let (person, group) = ("http://mill.test/u/ana", "http://mill.test/c/ana");
    street.actor(person, "ana", &json!({}));
    street.actor(group, "ana", &json!({"type": "Group"}));
    let links = json!({"subject": "acct:ana@mill.test", "links": [
        {"rel": "self", "type": "text/html", "href": "http://mill.test/@ana"},
        {"rel": "http://webfinger.net/rel/profile-page", "href": "http://mill.test/@ana"},
        {"rel": "self", "type": "application/activity+json", "href": "data:,x"},
        {"rel": "self", "type": "application/activity+json", "href": person},
        {"rel": "self", "type": "application/activity+json", "href": group}
    ]});
    let at = webfinger_url("mill.test", "ana@mill.test");
    street.put(&at, 200, &[("content-type", "application/jrd+json")], links.to_string());
    let found = resolve::by_handle_or_url(&ring.app, "@ana@mill.test").await.unwrap();
    assert_eq!((found.url.as_str(), found.address.as_str()), (person, "ana@mill.test"));
    for nobody in [json!({}), json!({"links": []}), json!({"links": 1}), json!([])] {
        street.put(&at, 200, &[], nobody.to_string());
        assert!(resolve::by_handle_or_url(&ring.app, "@ana@mill.test").await.is_err(), "{nobody}");
    }
}

#[tokio::test]
async fn wf_02_a_handle_may_live_on_another_domain_than_its_actor() {
    // As Mastodon (WEB_DOMAIN) and GoToSocial (account-domain) do it: the subject names the short
    // domain, whose WebFinger leads on to the long one.
    let street = Street::open().await;
    let ring = street.house("ring").await;
    street.actor(ANA, "ana", &json!({}));
    street.webfinger("ana@social.mill.test", "ana@mill.test", &[ANA]);
    let there = webfinger_url("social.mill.test", "ana@mill.test");
    street.redirect(&webfinger_url("mill.test", "ana@mill.test"), &there);
    let answer = json!({"subject": "acct:ana@mill.test", "links": [
        {"rel": "self", "type": "application/activity+json", "href": ANA}]});
    street.put(&there, 200, &[("content-type", "application/jrd+json")], answer.to_string());
    for typed in ["@ana@mill.test", "@ana@social.mill.test", "@Ana@MILL.test", ANA] {
        if typed.contains("Ana") {
            street.webfinger("Ana@mill.test", "ana@mill.test", &[ANA]);
        }
        assert_eq!(shown(&ring, typed).await, "ana@mill.test", "{typed}");
    }
    // The same said by the actor itself (FEP-2c59), with one question.
    street.actor(ANA, "ana", &json!({"webfinger": "ana@mill.test"}));
    street.take_asked();
    assert_eq!(shown(&ring, ANA).await, "ana@mill.test");
    assert!(
        !street.take_asked().contains(&webfinger_url("social.mill.test", "ana@social.mill.test"))
    );
    // The long one may lead back: nothing is shown that only points around.
    street.webfinger("ana@social.mill.test", "ana@social.mill.test", &[ANA]);
    street.put(&there, 404, &[], "");
    assert_eq!(shown(&ring, ANA).await, "ana@social.mill.test");
}

#[tokio::test]
async fn wf_02_a_new_key_does_not_change_a_handle() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    street.actor(ANA, "ana", &json!({"webfinger": "ana@mill.test"}));
    street.webfinger("ana@mill.test", "ana@mill.test", &[ANA]);
    assert_eq!(shown(&ring, ANA).await, "ana@mill.test");
    let ana = street.actor(ANA, "ana", &json!({"webfinger": "ana@mill.test"}));
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let all = ring.app.db.read(followers::list).await.unwrap();
    assert_eq!(all[0].0.address, "ana@mill.test");
}

#[tokio::test]
async fn wf_01_webfinger_redirects_are_checked_and_end() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let at = webfinger_url("mill.test", "ana@mill.test");
    for to in
        ["/.well-known/webfinger?resource=acct%3Aana%40mill.test", "http://10.0.0.1/", "data:,x"]
    {
        street.take_asked();
        street.redirect(&at, to);
        assert!(resolve::by_handle_or_url(&ring.app, "ana@mill.test").await.is_err(), "{to}");
        assert!(street.asked().len() <= 4, "{to}");
        assert!(street.asked().iter().all(|asked| !asked.headers.contains_key("signature")));
    }
}

#[tokio::test]
async fn wf_04_nobody_can_find_out_who_is_here() {
    let ring = TestApp::start("ring").await;
    ring.member("tove").await;
    ring.steward("sol").await;
    let domain = ring.app.collective.domain();
    let mut answers = Vec::new();
    for name in ["nobody", "tove", "Tove", "sol", "admin", "ring2", "%00", "..", "tove%40x"] {
        let path = format!(".well-known/webfinger?resource=acct:{name}@{domain}");
        let url = ring.base.join(&path).unwrap();
        let answer = ring.visitor.get(&url, http::HeaderMap::new()).await.unwrap();
        let kind = answer.headers.get("content-type").cloned();
        answers.push((answer.status.as_u16(), kind, answer.body));
    }
    assert_eq!(answers[0].0, 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn wf_05_a_handle_stays_with_who_had_it_first() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let (first, second) = ("http://mill.test/users/1", "http://mill.test/users/2");
    street.actor(first, "ana", &json!({}));
    assert_eq!(shown(&ring, first).await, "ana@mill.test");
    // By whatever road the second comes: through the door, and looked up.
    let eve = street.actor(second, "Ana", &json!({}));
    let us = ring.app.collective.urls().actor().to_string();
    eve.send_and_work(&ring, &eve.activity("Follow", 1, us.into())).await;
    let all = ring.app.db.read(followers::list).await.unwrap();
    assert_eq!(all[0].0.address, "mill.test/users/2");
    assert_eq!(shown(&ring, second).await, "mill.test/users/2");
    // Away is not gone.
    for status in [404, 500] {
        street.put(first, status, &[], "");
        assert_eq!(shown(&ring, second).await, "mill.test/users/2", "{status}");
    }
    street.put(first, 410, &[], "");
    assert_eq!(shown(&ring, second).await, "Ana@mill.test");
}

#[tokio::test]
async fn wf_06_what_looks_like_another_host_is_shown_as_what_it_is() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    // "раypal": the first two letters are Cyrillic.
    let host = "xn--ypal-43d9g.test";
    let actor = format!("http://{host}/ana");
    street.actor(&actor, "ana", &json!({}));
    street.webfinger(&format!("ana@{host}"), &format!("ana@{host}"), &[&actor]);
    for typed in ["@ana@\u{440}\u{430}ypal.test", "http://\u{440}\u{430}ypal.test/ana"] {
        assert_eq!(shown(&ring, typed).await, format!("ana@{host}"), "{typed}");
    }
    for name in ["an\u{430}", "ana@bank.test", "ana bank", "<b>ana</b>", "", "a\u{202e}na", "\u{0}"]
    {
        street.actor("http://evil.test/x", name, &json!({}));
        let found = resolve::by_handle_or_url(&ring.app, "http://evil.test/x").await;
        assert!(found.is_err(), "{name:?}");
    }
}
