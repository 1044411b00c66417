//! What we owe each other (mission E14): a section that every text has, consent to each version, and
//! a new one that asks again and locks nobody out.

use mutuals::actions::covenant::{TEMPLATES, adopt, headings, template};
use mutuals::actions::decide;
use mutuals::actions::join::agree;
use mutuals::db::{covenants, notices};
use mutuals::domain::covenant::{Covenant, Rule, has_section};
use mutuals::domain::decision::{Method, Quorum, Voice};
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::i18n::{LANGUAGES, Locale};
use mutuals::jobs::housekeeping;

use crate::decisions;
use crate::testapp::TestApp;
use crate::web::house::Browser;

const TEXT: &str = "## What we owe each other\n\nTurns at the stove.\n\n## Doors\n\nStay open.\n";

async fn put(ring: &TestApp, by: &Member, text: &str) -> Result<Covenant, Error> {
    adopt(&ring.app, Some(by.id), (text, "en"), Rule::new(0, true).unwrap()).await
}

async fn told(ring: &TestApp, who: &Member) -> Vec<Kind> {
    let id = who.id;
    let all = ring.app.db.read(move |conn| notices::list(conn, id, 9)).await.unwrap();
    all.into_iter().filter(|notice| notice.read_at.is_none()).map(|notice| notice.kind).collect()
}

#[test]
fn e14_every_text_to_begin_from_says_what_we_owe_each_other() {
    for (code, _) in LANGUAGES {
        let locale = Locale::find(code);
        assert!(has_section(&locale.say("covenant-first-text"), &headings()), "{code}");
        for name in TEMPLATES {
            let (title, text) = template(&locale, name).unwrap();
            assert!(has_section(&text, &headings()), "{code} {name}");
            assert!(title.chars().count() > 10 && !title.starts_with("covenant-"), "{title}");
        }
    }
    assert!(template(&Locale::find("en"), "castle").is_none());
}

#[tokio::test]
async fn e14_a_text_without_what_we_owe_each_other_is_refused() {
    let ring = TestApp::start("ring").await;
    let ida = ring.steward("Ida").await;
    for text in ["We are nice.", "## What we owe each other", "What we owe each other: turns."] {
        let tried = put(&ring, &ida, text).await;
        assert!(matches!(tried, Err(Error::Refused(Refusal::SectionMissing))), "{tried:?}");
    }
    let now = ring.app.db.read(covenants::current).await.unwrap();
    assert_eq!(now, Covenant::first(), "nothing changed");
    assert_eq!(put(&ring, &ida, TEXT).await.unwrap().version, 2);
}

#[tokio::test]
async fn e14_a_new_version_asks_again_and_locks_nobody_out() {
    let ring = TestApp::start("ring").await;
    let ida = ring.steward("Ida").await;
    let (kofi, rosa) = (ring.member("Kofi").await, ring.member("Rosa").await);
    put(&ring, &ida, TEXT).await.unwrap();
    agree(&ring.app, kofi.id, 2).await.unwrap();
    let look = |who: &Member| {
        let (id, now, db) = (who.id, ring.now(), ring.app.db.clone());
        async move { db.write(move |conn| notices::mark_all_read(conn, id, now)).await.unwrap() }
    };
    look(&kofi).await;
    look(&rosa).await;
    put(&ring, &ida, &TEXT.replace("open", "shut at night")).await.unwrap();
    for who in [&kofi, &rosa] {
        assert_eq!(told(&ring, who).await, [Kind::CovenantChanged]);
        look(who).await;
    }
    // Consent is to a version, and the one before is kept.
    let stale = agree(&ring.app, kofi.id, 2).await;
    assert!(matches!(stale, Err(Error::Refused(Refusal::CovenantChanged))), "{stale:?}");

    // Whoever does not answer is asked no more, and keeps everything.
    for _ in 0..4 {
        ring.advance(30 * 24 * 60 * 60);
        housekeeping::run(&ring.app).await.unwrap();
        assert_eq!(told(&ring, &rosa).await, []);
    }
    let mut of_rosa = Browser::enter(&ring.app, &rosa).await;
    for path in ["/members", "/board", "/needs/new", "/offers/new", "/pacts", "/log"] {
        of_rosa.get(path).await.is(200);
    }
    ring.need(&rosa, "Insulin", "1").await;
    let wish = decisions::wish(&ring, Method::Vote, Quorum::Number(1));
    let opened = decide::propose(&ring.app, &rosa, wish).await.unwrap();
    decide::say(&ring.app, &rosa, opened.id, Voice::Yes, ("", false)).await.unwrap();
    agree(&ring.app, kofi.id, 3).await.unwrap();
    let id = kofi.id;
    let said = ring.app.db.read(move |conn| covenants::find_consent(conn, id)).await.unwrap();
    assert_eq!(said, Some(3));
}

#[tokio::test]
async fn e14_the_page_shows_what_changed_and_nobody_who_has_not_said_yes() {
    let ring = TestApp::start("ring").await;
    let ida = ring.steward("Ida").await;
    let (kofi, rosa) = (ring.member("Kofiquendel").await, ring.member("Rosaquendel").await);
    put(&ring, &ida, TEXT).await.unwrap();
    agree(&ring.app, kofi.id, 2).await.unwrap();
    put(&ring, &ida, &TEXT.replace("Stay open.", "Stay <b>shut</b>.")).await.unwrap();
    put(&ring, &ida, &TEXT.replace("Stay open.", "Stay shut at night.")).await.unwrap();

    let mut of_kofi = Browser::enter(&ring.app, &kofi).await;
    let page = of_kofi.get("/covenant").await;
    page.is(200).says("You said yes to version 2.").says("I agree to version 4");
    page.says("What changed since version 2").says("New:</span>Stay shut at night.</ins>");
    page.says("Gone:</span>Stay open.</del>").says("<li>Turns at the stove.</li>");
    page.hides("<b>shut").hides("Rosaquendel");
    of_kofi.post("/covenant/agree", &[("version", "3")]).await.is(422).says("changed meanwhile");
    of_kofi.post("/covenant/agree", &[("version", "4")]).await.leads_to("/covenant");
    of_kofi.get("/covenant").await.says("You said yes to this version.").hides("I agree to");
    // Every version stays to be read, the first one too.
    of_kofi.get("/covenant/2").await.says("Stay open.").says("This is an older version.");
    of_kofi.get("/covenant/1").await.says("Nobody counts who gave what.").hides("I agree to");
    of_kofi.get("/covenant/5").await.is(404);

    let mut of_rosa = Browser::enter(&ring.app, &rosa).await;
    of_rosa.get("/covenant").await.says("Do you say yes to this?").says("since version 3");
    // Not even stewards see who has answered.
    let mut of_ida = Browser::enter(&ring.app, &ida).await;
    for path in ["/covenant", "/steward/covenant"] {
        of_ida.get(path).await.is(200).hides("quendel");
    }
    let (kofis, rosas) = (format!("/members/{}", kofi.id), format!("/members/{}", rosa.id));
    let without_name = |html: &str| {
        html.replace("Kofiquendel", "X").replace("Rosaquendel", "X").replace(&kofis, &rosas)
    };
    let (of_one, of_other) = (of_ida.get(&kofis).await, of_ida.get(&rosas).await);
    let main = |html: &str| {
        html.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_owned()
    };
    assert_eq!(without_name(&main(&of_one.html)), without_name(&main(&of_other.html)));
    let mut stranger = Browser::at(&ring.app);
    stranger.get("/covenant").await.is(303);
    of_ida.get("/steward/covenant?template=kitchen").await.says("cook and eat together");
    of_ida.get("/steward/covenant?template=castle").await.is(200).says("Stay shut at night.");
}
