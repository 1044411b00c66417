//! What holds for every page, in every language and for everybody.

use axum::body::Body;
use axum::http::Method;

use jiff::SignedDuration;

use super::house::{Browser, House, blankets};
use mutuals::actions::ask::ask;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::round::{self, Wish};
use mutuals::actions::{count_paper, decide, hold_role};
use mutuals::db::strings;
use mutuals::domain::decision::{Method as Manner, Quorum, Tally, Voice};
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::id::{ProposalId, RoundId};
use mutuals::domain::member::Member;
use mutuals::domain::origin::Way;
use mutuals::domain::proposal::Purpose;
use mutuals::domain::role::HOUSE;
use mutuals::domain::string::{Attached, Draft as Gift};
use mutuals::i18n::LANGUAGES;

/// The largest page with its style sheet and icon, in bytes, before compression.
const LARGEST: usize = 150_000;

/// A collective with something of everything, and its three kinds of visitors.
struct Site {
    house: House,
    browsers: Vec<(&'static str, Browser)>,
    paths: Vec<String>,
}

async fn site() -> Site {
    let house = House::open().await;
    let (rosa, milo) = (house.member("MARK-author").await, house.member("MARK-promiser").await);
    let ida = house.steward("MARK-steward").await;
    let draft = Draft {
        on_behalf_of: "MARK-behalf".into(),
        consent: true,
        ends_at: "2026-08-21T21:59:59Z".parse().ok(),
        ..blankets()
    };
    let need = house.post(&rosa, Purpose::Need, draft).await.id;
    let cot = Draft { title: "A cot".into(), ..Draft::default() };
    let offer = house.post(&rosa, Purpose::Offer, cot).await.id;
    let first =
        make_promise(&house.app, &milo, need, "12".parse().ok(), "MARK-note").await.unwrap();
    make_promise(&house.app, &ida, need, "12".parse().ok(), "MARK-note").await.unwrap();
    make_promise(&house.app, &milo, offer, None, "").await.unwrap();
    let some = |text: &str| text.parse().ok();
    confirm_fulfilment(&house.app, &milo, first.id, some("12"), "MARK-thanks").await.unwrap();
    confirm_fulfilment(&house.app, &rosa, first.id, some("11"), "MARK-thanks").await.unwrap();
    house.reply(need, "<p>MARK-reply</p>").await;
    let jars = house.neighbours("Jam jars").await.id;
    let link = house.link(&house.member("MARK-new").await).await;
    let (flood, heat) = two_rounds(&house, &rosa, &ida).await;
    let fixed = [
        "/",
        "/ask",
        "/causes",
        "/causes/0000000000001/respond",
        "/moment",
        "/moment/brought",
        "/rounds",
        "/steward/asks",
        "/why",
        "/why/free",
        "/why/numbers",
        "/about",
        "/board",
        "/board?place=nowhere",
        "/needs/new",
        "/offers/new",
        "/sign-in",
        "/password",
        "/me",
        "/steward",
        "/nowhere",
        "/sign-in/used",
        "/sign-in/fediverse",
        "/join",
        "/members",
        "/steward/covenant",
        "/steward/covenant?template=house",
        "/agenda",
        "/covenant",
        "/covenant/1",
        "/decisions",
        "/decisions/new",
        "/power",
        "/roles/new",
        "/strings",
        "/strings/new",
    ];
    let mut paths: Vec<String> = fixed.map(str::to_owned).to_vec();
    paths.extend([
        format!("/@ring/{need}"),
        format!("/@ring/{offer}"),
        format!("/proposals/{need}/edit"),
        format!("/neighbours/{jars}"),
        format!("/rounds/{}", flood.0),
        format!("/rounds/{}/poster", flood.0),
        format!("/rounds/{}", heat.0),
        format!("/round-lines/{}", heat.1),
    ]);
    paths.extend(assembly(&house, &ida, &milo).await);
    let mut newcomer = house.stranger();
    let wish = [("name", "MARK-newcomer"), ("password", "a kettle on"), ("choice", "talk")];
    newcomer.post("/join", &wish).await.leads_to("/me");
    newcomer.get("/me").await;
    let browsers = vec![
        ("stranger", house.stranger()),
        ("author", house.enter(&rosa).await),
        ("member", house.enter(&milo).await),
        ("steward", house.enter(&ida).await),
        ("newcomer", newcomer),
    ];
    let mut site = Site { house, browsers, paths };
    // Whoever holds the link sees whose it is: that is the one page with a name for a stranger.
    site.browsers.get_mut(0).unwrap().1.get(&link).await.is(200).says("MARK-new");
    site
}

/// A round that is open and one whose sheet waits, each with a need in it; and somebody asked at
/// the door.
async fn two_rounds(
    house: &House,
    rosa: &Member,
    ida: &Member,
) -> ((RoundId, ProposalId), (RoundId, ProposalId)) {
    let second = house.steward("MARK-second").await;
    let mut made = Vec::new();
    for title in ["Flood", "Heat"] {
        let wish = Wish { title: title.into(), text: "The hall is **dry**.".into(), days: 30 };
        let opened = round::open_by_two(&house.app, ida, &second, wish).await.unwrap();
        let context = Some(Context { round: Some(opened.id), way: Way::default() });
        let draft = Draft { title: format!("For the {title}"), context, ..Draft::default() };
        made.push((opened.id, house.post(rosa, Purpose::Need, draft).await.id));
    }
    round::end_early(&house.app, ida, made[1].0).await.unwrap();
    ask(&house.app, ("MARK-asked", "MARK-reach"), "en").await.unwrap();
    (made[0], made[1])
}

/// Something to decide, a role, and something from outside; answers their pages.
async fn assembly(house: &House, steward: &Member, member: &Member) -> [String; 3] {
    let (app, ends_at) = (&house.app, house.app.now() + SignedDuration::from_hours(24 * 60));
    let wish = decide::Wish {
        title: "MARK-move".into(),
        text: "MARK-why".into(),
        method: Manner::Consent,
        quorum: Quorum::Share(50),
        closes_at: ends_at,
        asks_followers: false,
        answers: None,
        subject: None,
    };
    let decision = decide::propose(app, steward, wish).await.unwrap().id;
    let objection = ("MARK-objection", true);
    decide::say(app, member, decision, Voice::Objection, objection).await.unwrap();
    let counted = Tally { yes: 1, ..Tally::default() };
    count_paper::enter(app, steward, decision, (counted, "")).await.unwrap();
    let holds = vec!["keys".to_owned(), "the van".into()];
    let wish = hold_role::Wish { title: "Keys".into(), decides: "*All*".into(), holds };
    let role = hold_role::add(app, steward, wish, None).await.unwrap().id;
    let deputy = Some(steward.id);
    let giving = hold_role::Giving { holder: member.id, deputy, ends_at, decision: None };
    hold_role::give(app, steward, role, giving).await.unwrap();
    hold_role::add_line(app, member, role, "MARK-line").await.unwrap();
    let attached = Attached { conditions: "MARK-sign".into(), ..Attached::default() };
    let (what, source) = ("MARK-flour".to_owned(), "MARK-mill".to_owned());
    let gift = Gift { what, source, amount: "8".into(), attached, ..Gift::default() };
    // What hangs on it would take a decision: here it stands in storage without one.
    let gift = gift.check(app.clock.new_id(), &[], app.now()).unwrap();
    app.db.write(move |conn| strings::insert(conn, &gift)).await.unwrap();
    [format!("/decisions/{decision}"), hold_role::page_of(role), hold_role::page_of(HOUSE)]
}

#[tokio::test]
async fn every_page_is_whole_light_and_safe_in_every_language() {
    let mut site = site().await;
    let (css, icon) = (assets(&mut site.house.stranger()).await, LANGUAGES);
    for (language, _) in icon {
        for (who, browser) in &mut site.browsers {
            browser.cookies.insert("mutuals_language".into(), language.into());
            for path in &site.paths {
                let seen = browser.get(path).await;
                let what = format!("{path} for {who} in {language}");
                assert_ne!(seen.status, 500, "{what}");
                for (name, value) in expected_headers() {
                    assert_eq!(seen.headers[name], value, "{name} of {what}");
                }
                let has_secret = path.starts_with("/sign-in/") || path.starts_with("/join");
                let is_private = *who != "stranger" || has_secret;
                let caching = if is_private { "no-store" } else { "no-cache" };
                assert_eq!(seen.headers["cache-control"], caching, "{what}");
                if seen.status == 303 {
                    continue;
                }
                seen.says(&format!("<html lang=\"{language}\"")).says("</html>");
                seen.hides("Unknown localization").hides("{$").hides("<script").hides("style=");
                assert!(!has_message_id(&seen.html), "{what} shows a message's name");
                assert_eq!(twice(&seen.html), None, "an id of {what} stands twice");
                assert!(seen.html.len() + css < LARGEST, "{what}: {}", seen.html.len());
                for address in addresses(&seen.html) {
                    assert!(address.starts_with('/'), "{what} loads {address}");
                }
            }
        }
    }
}

#[tokio::test]
async fn nothing_private_is_shown_to_strangers() {
    let mut site = site().await;
    let (_, stranger) = site.browsers.get_mut(0).unwrap();
    for path in &site.paths {
        stranger.get(path).await.hides("MARK");
    }
    let (_, member) = site.browsers.get_mut(2).unwrap();
    for path in &site.paths {
        member.get(path).await.hides("MARK-behalf");
    }
}

#[tokio::test]
async fn the_reader_chooses_the_language() {
    let house = House::open().await;
    let mut browser = house.stranger();
    browser.language = Some("de, es-CO;q=0.8");
    browser.get("/").await.says("<html lang=\"es\"").says("Necesito algo");
    browser.language = Some("de");
    browser.get("/").await.says("<html lang=\"en\"");
    let choice = [("language", "es"), ("return", "/about")];
    browser.post("/language", &choice).await.leads_to("/about");
    browser.get("/about").await.says("Seguir no es formar parte.");
    browser.post("/language", &[("language", "xx")]).await.leads_to("/");
    browser.get("/").await.says("<html lang=\"es\"");
    browser.get("/board?place=x").await.says("value=\"/board?place=x\"");

    // A member finds it again in another browser.
    let rosa = house.member("Rosa").await;
    house.enter(&rosa).await.post("/language", &choice).await.is(303);
    house.enter(&rosa).await.get("/me").await.says("Hola, Rosa");
}

#[tokio::test]
async fn files_can_be_kept_for_ever() {
    let house = House::open().await;
    let mut browser = house.stranger();
    let html = browser.get("/").await.html;
    let files: Vec<_> = addresses(&html).filter(|path| path.starts_with("/static/")).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for (path, kind) in files.into_iter().zip(["text/css; charset=utf-8", "image/svg+xml"]) {
        let seen = browser.get(&path).await;
        seen.is(200);
        assert_eq!(seen.headers["content-type"], kind);
        assert_eq!(seen.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(seen.headers["x-content-type-options"], "nosniff");
    }
    browser.get("/static/mutuals.css").await.is(404);
    browser.get("/static/mutuals-000000000000.css").await.is(404);
}

#[tokio::test]
async fn odd_requests_get_a_page_too() {
    let house = House::open().await;
    let mut browser = house.stranger();
    browser.open(Method::POST, "/board", Body::empty(), &[]).await.is(404);
    browser.open(Method::DELETE, "/", Body::empty(), &[]).await.is(404);
    browser.get("/@ring/%FF").await.is(404);
    browser.get("/sign-in/%FF").await.is(404);
    browser.get("/board?kind=%FF&page=99999999999999999999").await.is(200);
    browser.cookies.insert("mutuals_session_ring".into(), "nonsense".into());
    browser.cookies.insert("mutuals_flash_ring".into(), "nonsense".into());
    browser.get("/").await.is(200);
}

fn expected_headers() -> [(&'static str, &'static str); 6] {
    [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("permissions-policy", "geolocation=(), camera=(), microphone=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-robots-tag", "noindex"),
    ]
}

/// How much a page loads beside itself.
async fn assets(browser: &mut Browser) -> usize {
    let html = browser.get("/").await.html;
    let mut sum = 0;
    for path in addresses(&html).filter(|path| path.starts_with("/static/")) {
        sum += browser.get(&path).await.html.len();
    }
    sum
}

/// What the browser loads with a page.
fn addresses(html: &str) -> impl Iterator<Item = String> {
    let loads = |tag: &&str| {
        ["link rel=\"stylesheet\"", "link rel=\"icon\"", "img ", "iframe "]
            .iter()
            .any(|start| tag.starts_with(start))
    };
    let address = |tag: &str| {
        let (_, rest) = tag.split_once("href=\"").or_else(|| tag.split_once("src=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    html.split('<').filter(loads).map(address).collect::<Vec<_>>().into_iter()
}

/// An id that two elements have: a label would find the wrong one.
fn twice(html: &str) -> Option<&str> {
    let ids = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut seen = std::collections::BTreeSet::new();
    ids.into_iter().find(|id| !seen.insert(*id))
}

/// Whether the name of a message stands where its text should: `board-title`.
fn has_message_id(html: &str) -> bool {
    let is_id = |text: &str| {
        let text = text.trim();
        text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    html.split('<').filter_map(|tag| tag.split_once('>')).any(|(_, text)| is_id(text))
}
