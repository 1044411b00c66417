//! Signing in by way of one's own server (wire contract, 5.3), with servers of several kinds on real
//! sockets. And what servers and people try who want to be somebody else.

use jiff::SignedDuration;
use mutuals::actions::block::block;
use mutuals::db::member_handles::{self, Handle};
use mutuals::db::oauth_clients;
use mutuals::domain::member::Member;
use serde_json::{Value, json};
use url::Url;

use crate::oauth_peer::{OauthPeer, Shape};
use crate::peer::Peer;
use crate::testapp::TestApp;
use crate::web::house::{Browser, Seen};

const CODE: &str = "/sign-in/code";
const DESCRIBES: &str = "/.well-known/oauth-authorization-server";
const REGISTERS: &str = "POST /api/v1/apps";
const ASKS_FOR_TOKEN: &str = "POST /oauth/token authorization_code";

/// Ring, and a server where Amina has an account.
struct Road {
    ring: TestApp,
    server: OauthPeer,
}

impl Road {
    async fn open(shape: Shape) -> Self {
        Self { ring: TestApp::start("ring").await, server: OauthPeer::start(shape).await }
    }

    /// With a member whose account is Amina's.
    async fn with_member(shape: Shape) -> (Self, Member) {
        let road = Self::open(shape).await;
        let rosa = road.ring.member("Rosa").await;
        let (id, now) = (rosa.id, road.ring.now());
        let address = format!("amina@{}", road.server.host());
        let handle = Handle { actor: road.server.actor("amina"), address };
        let bind =
            move |conn: &mut mutuals::db::Conn| member_handles::insert(conn, id, &handle, now);
        assert!(road.ring.app.db.write(bind).await.unwrap());
        (road, rosa)
    }

    /// A browser in which an account of a server was typed.
    async fn browser_at(&self, server: &OauthPeer) -> Browser {
        let mut browser = Browser::at(&self.ring.app);
        self.type_in(&mut browser, server, "").await;
        browser
    }

    async fn browser(&self) -> Browser {
        self.browser_at(&self.server).await
    }

    async fn type_in(&self, browser: &mut Browser, server: &OauthPeer, back: &str) {
        let address = format!("@amina@{}", server.host());
        let fields = [("address", address.as_str()), ("return", back)];
        browser.post("/sign-in/fediverse", &fields).await.is(303);
    }

    /// Goes out by the door of the server and says yes: the way back.
    async fn yes(&self, browser: &mut Browser) -> String {
        let page = browser.get(CODE).await;
        page.is(200).says("send a private message");
        let way = way(&page).unwrap_or_else(|| panic!("no way in {}", page.main()));
        local(&self.server.say_yes(&way).await)
    }

    /// The whole way, with what came of it.
    async fn there_and_back(&self, browser: &mut Browser) -> Seen {
        let back = self.yes(browser).await;
        browser.get(&back).await
    }

    /// Nobody came in, and nobody can join either.
    async fn nobody_came(&self, browser: &mut Browser, seen: &Seen) {
        seen.is(422).says("Your server did not tell us whose account it is.");
        browser.get("/me").await.is(303);
        browser.get("/join").await.hides(&format!("amina@{}", self.server.host()));
    }
}

/// The way to somebody's own server on a page, if there is one.
pub fn way(page: &Seen) -> Option<Url> {
    let (_, rest) = page.html.split_once("class=\"button wide\" href=\"")?;
    let href = rest.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&");
    Some(href.parse().unwrap())
}

/// What a browser asks of us.
pub fn local(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// The value of a query.
fn part(address: &str, name: &str) -> String {
    let url = Url::parse("http://ring.example/").unwrap().join(address).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[tokio::test]
async fn a_member_signs_in_by_way_of_their_server_whatever_it_runs() {
    for shape in [Shape::Newest, Shape::Mastodon43, Shape::Older, Shape::GoToSocial] {
        let (road, _) = Road::with_member(shape).await;
        let mut browser = Browser::at(&road.ring.app);
        road.type_in(&mut browser, &road.server, "/board").await;
        let page = browser.get(CODE).await;
        page.says(&format!("Sign in at {}", road.server.host()));
        assert_eq!(page.headers["cache-control"], "no-store");
        road.there_and_back(&mut browser).await.leads_to("/board");
        browser.get("/me").await.is(200).says("Hello, Rosa");

        let expected = match shape {
            Shape::Newest | Shape::Mastodon43 => "profile",
            _ => "read:accounts",
        };
        assert_eq!(road.server.scopes(), [expected], "{shape:?}");
        // Nothing is left that could do anything there; GoToSocial takes nothing back.
        let left = usize::from(shape == Shape::GoToSocial);
        assert_eq!(road.server.tokens(), left, "{shape:?}");
        assert_eq!(road.server.count("POST /oauth/revoke"), 1);
        let by_sub = road.server.count("GET /oauth/userinfo");
        assert_eq!(by_sub, usize::from(shape == Shape::Newest), "{shape:?}");
    }
}

#[tokio::test]
async fn a_stranger_joins_and_a_member_connects_another_account() {
    let road = Road::open(Shape::Newest).await;
    let mut browser = road.browser().await;
    road.there_and_back(&mut browser).await.leads_to("/join");
    let address = format!("amina@{}", road.server.host());
    browser.get("/join").await.is(200).says(&address);
    let wish = [("name", "Amina"), ("version", "1"), ("choice", "agree")];
    browser.post("/join", &wish).await.leads_to("/me");
    browser.get("/me").await.says("Welcome, Amina.").says(&address);

    // It is who said yes that counts, not what was typed.
    road.server.signed_in("bo");
    road.type_in(&mut browser, &road.server, "").await;
    road.there_and_back(&mut browser).await.leads_to("/me");
    let page = browser.get("/me").await;
    page.says(&format!("bo@{}", road.server.host())).says(&address);
    let mut of_bo = road.browser().await;
    road.there_and_back(&mut of_bo).await.leads_to("/me");
    of_bo.get("/me").await.says("Amina");
}

#[tokio::test]
async fn where_there_is_no_door_the_code_is_the_way() {
    let road = Road::open(Shape::Without).await;
    for _ in 0..3 {
        let mut browser = road.browser().await;
        let page = browser.get(CODE).await;
        page.is(200).says("send a private message").hides("Sign in at");
        assert_eq!(way(&page), None);
    }
    assert_eq!(road.server.count(REGISTERS), 1, "it is not asked again and again");
    // Nor is there one at a server that does not answer at all.
    let mut browser = Browser::at(&road.ring.app);
    let fields = [("address", "@amina@127.0.0.1:9")];
    browser.post("/sign-in/fediverse", &fields).await.leads_to(CODE);
    assert_eq!(way(&browser.get(CODE).await), None);
}

#[tokio::test]
async fn whoever_says_no_there_can_still_use_the_code() {
    let (road, _) = Road::with_member(Shape::Newest).await;
    let mut browser = road.browser().await;
    let back = road.yes(&mut browser).await;
    let (path, state) = (back.split('?').next().unwrap(), part(&back, "state"));
    let no = format!("{path}?error=access_denied&state={state}");
    let seen = browser.get(&no).await;
    road.nobody_came(&mut browser, &seen).await;
    seen.says("send a private message");
    assert_eq!(road.server.count(ASKS_FOR_TOKEN), 0);
    browser.get(&back).await.leads_to("/me");
}

#[tokio::test]
async fn what_one_browser_brings_back_lets_no_other_in() {
    let (road, _) = Road::with_member(Shape::Newest).await;
    let mut of_mallory = road.browser().await;
    let back = road.yes(&mut of_mallory).await;
    // Rosa is sent where Mallory should have gone: she would be signed in as Mallory.
    let mut nowhere = Browser::at(&road.ring.app);
    nowhere.get(&back).await.is(422).says("Begin again.");
    let mut elsewhere = road.browser().await;
    elsewhere.get(&back).await.is(422).says("Begin again.");
    let (path, code) = (back.split('?').next().unwrap(), part(&back, "code"));
    for state in ["", "x", &part(&road.yes(&mut elsewhere).await, "code")] {
        elsewhere.get(&format!("{path}?code={code}&state={state}")).await.is(422);
    }
    assert_eq!(road.server.count(ASKS_FOR_TOKEN), 0, "its code goes nowhere");

    // Its own code with another's state, or the other way round, is worth nothing either.
    let other = road.yes(&mut elsewhere).await;
    let stolen = format!("{path}?code={code}&state={}", part(&other, "state"));
    let seen = elsewhere.get(&stolen).await;
    road.nobody_came(&mut elsewhere, &seen).await;
    assert_eq!(road.server.tokens(), 0, "the server compares who began");
    of_mallory.get(&back).await.is(422);
}

#[tokio::test]
async fn a_way_back_works_once_and_for_ten_minutes_and_five_times_at_most() {
    let (road, _) = Road::with_member(Shape::Older).await;
    let mut browser = road.browser().await;
    let waiting = browser.cookies.clone();
    let back = road.yes(&mut browser).await;
    browser.get(&back).await.leads_to("/me");
    browser.get(&back).await.is(422).says("Begin again.");
    browser.cookies = waiting;
    browser.get(&back).await.is(422).says("Begin again.");
    assert_eq!(road.server.count(ASKS_FOR_TOKEN), 1);

    let mut late = road.browser().await;
    let back = road.yes(&mut late).await;
    road.ring.advance(601);
    late.get(&back).await.is(422).says("Begin again.");
    assert_eq!(road.server.count(ASKS_FOR_TOKEN), 1);

    let mut eager = road.browser().await;
    let back = road.yes(&mut eager).await;
    let (path, state) = (back.split('?').next().unwrap(), part(&back, "state"));
    for _ in 0..5 {
        let seen = eager.get(&format!("{path}?code=guess&state={state}")).await;
        road.nobody_came(&mut eager, &seen).await;
    }
    eager.get(&back).await.is(422).says("Begin again.");
    assert_eq!(road.server.count(ASKS_FOR_TOKEN), 6);
}

#[tokio::test]
async fn a_door_that_leads_elsewhere_is_none() {
    let other = Peer::start().await;
    let ring = TestApp::start("ring").await;
    for name in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
        "app_registration_endpoint",
    ] {
        for leads in [other.base.join("oauth").unwrap(), "http://10.0.0.1/x".parse().unwrap()] {
            let server = OauthPeer::start(Shape::Newest).await;
            let mut says = server.describes();
            says[name] = json!(leads);
            server.bend(DESCRIBES, 200, says);
            let mut browser = Browser::at(&ring.app);
            let address = format!("amina@{}", server.host());
            browser.post("/sign-in/fediverse", &[("address", &*address)]).await.leads_to(CODE);
            assert_eq!(way(&browser.get(CODE).await), None, "{name} {leads}");
            assert_eq!(server.count(REGISTERS), 0, "{name} {leads}");
        }
    }
    // Nor does anybody lead us home, or to another server by a redirect.
    for (path, to) in [
        ("/.well-known/webfinger", "http://192.168.0.1/"),
        (DESCRIBES, other.base.as_str()),
        ("/api/v1/apps", other.base.as_str()),
    ] {
        let server = OauthPeer::start(Shape::Newest).await;
        server.bend(path, 302, json!(to));
        let mut browser = Browser::at(&ring.app);
        let address = format!("amina@{}", server.host());
        browser.post("/sign-in/fediverse", &[("address", &*address)]).await.leads_to(CODE);
        let has_way = way(&browser.get(CODE).await).is_some();
        // What it does not say of its door is as it always was.
        assert_eq!(has_way, path == DESCRIBES, "{path}");
    }
    let server = OauthPeer::start(Shape::Newest).await;
    let link = json!({"rel": "self", "type": "application/activity+json",
        "href": "http://10.0.0.1/users/amina"});
    let says = json!({"subject": format!("acct:amina@{}", server.host()), "links": [link]});
    server.bend("/.well-known/webfinger", 200, says);
    let mut browser = Browser::at(&ring.app);
    let address = format!("amina@{}", server.host());
    browser.post("/sign-in/fediverse", &[("address", &*address)]).await.leads_to(CODE);
    assert_eq!(way(&browser.get(CODE).await), None);
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[tokio::test]
async fn a_server_proves_its_own_accounts_and_no_others() {
    // Rosa's account is at an honest server; another one claims it.
    for shape in [Shape::Newest, Shape::Older] {
        let (mut road, _) = Road::with_member(Shape::Newest).await;
        let honest = std::mem::replace(&mut road.server, OauthPeer::start(shape).await);
        let (theirs, own) = (honest.actor("amina"), road.server.actor("amina"));
        let document = |id: &Url, kind: &str| {
            json!({"preferredUsername": "amina", "type": kind, "id": id,
                "inbox": format!("{own}/inbox")})
        };
        let link = json!({"rel": "self", "type": "application/activity+json", "href": theirs});
        let subject = format!("acct:amina@{}", honest.host());
        let ways: [(&str, u16, Value); 7] = [
            ("/oauth/userinfo", 200, json!({"iss": honest.base(), "sub": theirs})),
            ("/oauth/userinfo", 200, json!({"sub": format!("{own}@{}", honest.host())})),
            ("/oauth/userinfo", 200, json!({"sub": "http://10.0.0.1/users/amina"})),
            ("/.well-known/webfinger", 200, json!({"subject": subject, "links": [link]})),
            ("/users/amina", 302, json!(theirs)),
            ("/users/amina", 200, document(&theirs, "Person")),
            // A bot is nobody who joins.
            ("/users/amina", 200, document(&own, "Service")),
        ];
        for (path, status, says) in ways {
            let newest_only = path == "/oauth/userinfo";
            let older_only = path == "/.well-known/webfinger";
            if (newest_only && shape != Shape::Newest) || (older_only && shape != Shape::Older) {
                continue;
            }
            let mut browser = road.browser().await;
            let back = road.yes(&mut browser).await;
            road.server.bend(path, status, says);
            let seen = browser.get(&back).await;
            road.nobody_came(&mut browser, &seen).await;
            assert_eq!(road.server.tokens(), 0, "the token is given back all the same: {path}");
            road.server.straighten(path);
        }
        // What is its own it may prove.
        let mut browser = road.browser().await;
        road.there_and_back(&mut browser).await.leads_to("/join");
        browser.get("/join").await.says(&format!("amina@{}", road.server.host()));
    }
}

#[tokio::test]
async fn huge_answers_and_redirects_are_no_answers() {
    let other = Peer::start().await;
    let huge = json!({"access_token": "x".repeat(2 << 20), "token_type": "Bearer"});
    let elsewhere = json!(other.base.join("oauth/token").unwrap());
    for (status, says) in [(200, huge.clone()), (302, elsewhere.clone()), (200, json!([]))] {
        // While the door is looked for ...
        for path in ["/.well-known/webfinger", "/api/v1/apps"] {
            let road = Road::open(Shape::Newest).await;
            road.server.bend(path, status, says.clone());
            let mut browser = road.browser().await;
            assert_eq!(way(&browser.get(CODE).await), None, "{path} {status}");
        }
        // ... and when somebody has come back.
        for (shape, path) in [
            (Shape::Newest, "/oauth/token authorization_code"),
            (Shape::Newest, "/oauth/userinfo"),
            (Shape::Newest, "/users/amina"),
            (Shape::Older, "/api/v1/accounts/verify_credentials"),
        ] {
            let (road, _) = Road::with_member(shape).await;
            let mut browser = road.browser().await;
            let back = road.yes(&mut browser).await;
            road.server.bend(path, status, says.clone());
            let seen = browser.get(&back).await;
            road.nobody_came(&mut browser, &seen).await;
        }
    }
    // A redirect of an actor's document is followed, as everywhere; what is asked for with a secret
    // is not.
    let asked: Vec<_> = other.asked().into_iter().filter(|path| path != "/oauth/token").collect();
    assert!(asked.is_empty(), "{asked:?}");
    assert!(other.received().is_empty(), "no secret and no code went there");
}

#[tokio::test]
async fn we_register_once_and_anew_only_where_we_are_refused() {
    let (road, _) = Road::with_member(Shape::Mastodon43).await;
    for _ in 0..3 {
        let mut browser = road.browser().await;
        road.there_and_back(&mut browser).await.leads_to("/me");
    }
    assert_eq!(road.server.count(REGISTERS), 1);
    assert_eq!(road.server.count(&format!("GET {DESCRIBES}")), 1);

    // It forgot us a moment later: then there is the code.
    road.server.forget_clients();
    let mut browser = road.browser().await;
    assert_eq!(way(&browser.get(CODE).await), None);
    assert_eq!(road.server.count(REGISTERS), 1);

    // And while somebody was there: their way ends, the next one finds a new door.
    let (road, _) = Road::with_member(Shape::Older).await;
    let mut browser = road.browser().await;
    let back = road.yes(&mut browser).await;
    road.server.forget_clients();
    let seen = browser.get(&back).await;
    seen.is(422).says("Your server did not tell us");
    let mut browser = road.browser().await;
    road.there_and_back(&mut browser).await.leads_to("/me");
    assert_eq!(road.server.count(REGISTERS), 2);

    // After an hour it may have forgotten us.
    road.ring.advance(3_601);
    road.server.forget_clients();
    let mut browser = road.browser().await;
    road.there_and_back(&mut browser).await.leads_to("/me");
    assert_eq!(road.server.count(REGISTERS), 3);
    let hosts =
        road.ring.app.db.read(|conn| oauth_clients::count_since(conn, jiff::Timestamp::UNIX_EPOCH));
    assert_eq!(hosts.await.unwrap(), 1, "a host has one door");

    // What is a month old is asked anew, and forgotten if nobody comes.
    road.ring.app.clock.advance(SignedDuration::from_hours(24 * 31));
    let mut browser = road.browser().await;
    road.there_and_back(&mut browser).await.leads_to("/me");
    assert_eq!(road.server.count(REGISTERS), 4);
    road.ring.app.clock.advance(SignedDuration::from_hours(24 * 31));
    mutuals::jobs::housekeeping::run(&road.ring.app).await.unwrap();
    let left =
        road.ring.app.db.read(|conn| oauth_clients::count_since(conn, jiff::Timestamp::UNIX_EPOCH));
    assert_eq!(left.await.unwrap(), 0);
}

#[tokio::test]
async fn nobody_makes_us_register_everywhere_or_ask_a_server_without_end() {
    let road = Road::open(Shape::Newest).await;
    let now = road.ring.now();
    let fill = move |conn: &mut mutuals::db::Conn| {
        for number in 0..60 {
            let url = Url::parse(&format!("https://h{number}.example/")).unwrap();
            let door = mutuals::domain::door::Door {
                id: mutuals::domain::id::Id::from_number(number + 1),
                host: format!("h{number}.example"),
                client_id: "us".into(),
                client_secret: "a kettle".into(),
                scope: "profile".into(),
                issuer: url.to_string(),
                names_issuer: false,
                authorize: url.clone(),
                token: url.clone(),
                revoke: url,
                userinfo: None,
                made_at: now,
            };
            oauth_clients::replace(conn, None, &door)?;
        }
        Ok(())
    };
    road.ring.app.db.write(fill).await.unwrap();
    let mut browser = road.browser().await;
    assert_eq!(way(&browser.get(CODE).await), None);
    assert_eq!(road.server.count(REGISTERS), 0);

    let road = Road::open(Shape::Newest).await;
    let mut ways = 0;
    for _ in 0..35 {
        let mut browser = road.browser().await;
        ways += usize::from(way(&browser.get(CODE).await).is_some());
    }
    assert_eq!(ways, 30);
    assert_eq!(road.server.count("GET /.well-known/webfinger"), 30);
}

#[tokio::test]
async fn nobody_comes_back_by_the_door_of_another_server() {
    // Mallory's server sends Rosa on to her own, in the hope that her code comes to it.
    let (road, _) = Road::with_member(Shape::Newest).await;
    let evil = OauthPeer::start(Shape::Newest).await;
    let mut honest_way = road.browser().await;
    let honest = way(&honest_way.get(CODE).await).unwrap();
    let mut browser = road.browser_at(&evil).await;
    let asked = way(&browser.get(CODE).await).unwrap();
    let mut mixed = honest.clone();
    let query: Vec<(String, String)> = honest
        .query_pairs()
        .map(|(name, value)| {
            let kept = ["client_id", "redirect_uri", "scope", "response_type"];
            let value = match kept.contains(&&*name) {
                true => value.into_owned(),
                false => asked.query_pairs().find(|(other, _)| *other == name).unwrap().1.into(),
            };
            (name.into_owned(), value)
        })
        .collect();
    mixed.query_pairs_mut().clear().extend_pairs(query);
    let back = local(&road.server.say_yes(&mixed).await);
    browser.get(&back).await.is(422).says("Begin again.");
    assert_eq!(evil.count(ASKS_FOR_TOKEN) + road.server.count(ASKS_FOR_TOKEN), 0);

    // And a server that says who it is must say so rightly (RFC 9207).
    let mut browser = road.browser().await;
    let back = road.yes(&mut browser).await;
    let seen = browser.get(&format!("{back}&iss=http://evil.example/")).await;
    road.nobody_came(&mut browser, &seen).await;
    let named = format!("{back}&iss={}", road.server.base());
    browser.get(&named).await.leads_to("/me");
}

#[tokio::test]
async fn a_blocked_server_is_not_asked_and_proves_nothing() {
    let (road, _) = Road::with_member(Shape::Newest).await;
    let mut browser = road.browser().await;
    let back = road.yes(&mut browser).await;
    block(&road.ring.app, road.server.host(), "").await.unwrap();
    let before = road.server.asked().len();
    let seen = browser.get(&back).await;
    road.nobody_came(&mut browser, &seen).await;
    let mut browser = road.browser().await;
    assert_eq!(way(&browser.get(CODE).await), None);
    assert_eq!(road.server.asked().len(), before);
}
