//! Posting and changing needs and offers.

use super::house::{House, blankets, moment};
use mutuals::actions::post_proposal::post_proposal;
use mutuals::db::{promises, proposals};
use mutuals::domain::audience::Audience;
use mutuals::domain::draft::Draft;
use mutuals::domain::proposal::{Purpose, State};

const LONG: &str = "something that nobody would ever call a kind";

/// Fields and what is typed into them.
type Typed = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn a_need_is_posted_in_the_words_of_the_list() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    browser.cookies.insert("mutuals_language".into(), "es".into());
    browser.get("/needs/new").await.is(200).says("value=\"Ropa de cama\"").says("value=\"horas\"");
    let fields = [
        ("title", "Mantas"),
        ("text", "Limpias, <b>de cualquier</b> *tamaño*."),
        ("kind", "Ropa de cama"),
        ("amount", "2,5"),
        ("unit", "Horas"),
        ("until", "2026-08-28"),
        ("place", "El salón"),
        ("language", "es"),
        ("audience", "public"),
        ("then", "publish"),
    ];
    let posted = browser.post("/needs/new", &fields).await;
    posted.is(303);
    let path = posted.headers["location"].to_str().unwrap().to_owned();
    let page = browser.get(&path).await;
    page.is(200).says("Ya está en el tablón.").says("viernes 28 de agosto").says("2.5 horas");
    page.says("&lt;b&gt;de cualquier").says("<em>tamaño</em>");
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let proposal = house.app.db.read(move |conn| proposals::find(conn, id)).await.unwrap();
    assert_eq!(proposal.content.kind.as_deref(), Some("bedding"));
    assert_eq!(proposal.content.quantity.unwrap().unit, "hour");
    // Until Friday means that Friday counts, in our own time zone.
    assert_eq!(proposal.content.ends_at, Some(moment("2026-08-28T21:59:59Z")));
    house.stranger().get(&path).await.is(200).says("2.5 hours still needed").hides("Rosa");
}

#[tokio::test]
async fn what_does_not_fit_is_said_next_to_its_field_and_nothing_is_lost() {
    let house = House::open().await;
    let mut browser = house.enter(&house.member("Rosa").await).await;
    let cases: [(Typed, &str, &str); 11] = [
        (&[("title", " ")], "title", "Say in one line"),
        (&[("kind", LONG)], "kind", "40 characters"),
        (&[("amount", "many")], "amount", "as a number"),
        (&[("amount", "5"), ("minimum", "x")], "minimum", "as a number"),
        (&[("amount", "5"), ("minimum", "6")], "minimum", "more than the whole"),
        (&[("unit", "hours")], "amount", "Say how much"),
        (&[("until", "2026-08-01")], "until", "That day is over"),
        (&[("until", "tomorrow")], "until", "2026-03-14"),
        (&[("from", "2026-09-02"), ("until", "2026-09-01")], "until", "before it begins"),
        (&[("language", "?")], "language", "Choose a language"),
        (&[("on_behalf_of", "Amal")], "consent", "Ask them first"),
    ];
    for (wrong, field, message) in cases {
        let mut fields = wrong.to_vec();
        fields.push(("title", "Warm blankets"));
        fields.push(("text", "Any size, really."));
        let seen = browser.post("/needs/new", &fields).await;
        seen.is(422).says(message).says(&format!("href=\"#{field}\"")).says("Any size, really.");
        seen.says(&format!("id=\"{field}-problem\""));
        for (_, typed) in
            wrong.iter().filter(|(_, typed)| *typed != "?" && !typed.trim().is_empty())
        {
            seen.says(typed);
        }
    }
    let all = [
        ("title", ""),
        ("kind", LONG),
        ("amount", "0"),
        ("unit", "bags"),
        ("from", "soon"),
        ("until", "2026-08-01"),
        ("language", "?"),
        ("audience", "friends"),
        ("on_behalf_of", "Amal"),
    ];
    let seen = browser.post("/needs/new", &all).await;
    seen.is(422);
    for field in ["title", "kind", "amount", "from", "until", "language", "audience", "consent"] {
        seen.says(&format!("href=\"#{field}\""));
    }
    browser.get("/me").await.says("You have asked for nothing yet.");
}

#[tokio::test]
async fn a_draft_is_for_its_author_until_it_is_published() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let mut browser = house.enter(&rosa).await;
    let fields = [("title", "Warm blankets"), ("language", "en"), ("then", "draft")];
    let kept = browser.post("/offers/new", &fields).await;
    let path = kept.is(303).headers["location"].to_str().unwrap().to_owned();
    browser.get(&path).await.is(200).says("This is a draft.").says("Put it on the board");
    let mut other = house.enter(&milo).await;
    other.get(&path).await.is(404);
    let id = path.rsplit('/').next().unwrap();
    for step in ["publish", "withdraw", "promise"] {
        other.post(&format!("/proposals/{id}/{step}"), &[]).await.is(404);
    }
    other.get(&format!("/proposals/{id}/edit")).await.is(404);
    let edit = format!("/proposals/{id}/edit");
    browser.get(&edit).await.is(200).says("Keep as a draft");
    let fields = [("title", "Warm coats"), ("language", "en"), ("then", "publish")];
    browser.post(&edit, &fields).await.leads_to(&path);
    other.get(&path).await.is(200).says("Warm coats");
}

#[tokio::test]
async fn changing_keeps_what_was_said() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let draft = Draft {
        ends_at: Some(moment("2026-08-28T21:59:59Z")),
        unit: "bags".into(),
        on_behalf_of: "Amal".into(),
        consent: true,
        ..blankets()
    };
    let id = house.post(&rosa, Purpose::Need, draft).await.id;
    let edit = format!("/proposals/{id}/edit");
    house.enter(&milo).await.get(&edit).await.is(403);
    let mut browser = house.enter(&rosa).await;
    browser
        .get(&edit)
        .await
        .is(200)
        .says("value=\"Warm blankets\"")
        .says("value=\"Bedding\"")
        .says("value=\"bags\"")
        .says("value=\"2026-08-28\"")
        .hides("members")
        .hides("on_behalf_of");
    let fields =
        [("title", "Wool blankets"), ("amount", "30"), ("unit", "bags"), ("language", "en")];
    browser.post(&edit, &fields).await.is(303);
    let page = browser.get(&format!("/@ring/{id}")).await;
    page.says("Saved.").says("30 bags still needed").says("Amal").says("Spoken consent");
    house.stranger().get(&format!("/@ring/{id}")).await.hides("Amal");
    house.enter(&milo).await.get(&format!("/@ring/{id}")).await.hides("Amal");
    let narrow = [("title", "Wool blankets"), ("audience", "members"), ("language", "en")];
    browser.post(&edit, &narrow).await.is(422).says("id=\"audience-problem\"");
}

#[tokio::test]
async fn what_ends_soon_can_be_kept_up() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let draft = Draft { ends_at: Some(moment("2026-08-21T21:59:59Z")), ..blankets() };
    let id = house.post(&rosa, Purpose::Need, draft).await.id;
    let mut browser = house.enter(&rosa).await;
    browser.get("/me").await.says("It ends on Friday 21 August.");
    let page = browser.get(&format!("/@ring/{id}")).await;
    page.says("This ends on Friday 21 August. Is it still needed?");
    house.stranger().get(&format!("/@ring/{id}")).await.hides("Is it still needed?");
    browser.post(&format!("/proposals/{id}/extend"), &[]).await.is(303);
    let page = browser.get(&format!("/@ring/{id}")).await;
    page.says("It stays up until Friday 4 September.").hides("Is it still needed?");
}

#[tokio::test]
async fn an_offer_for_members_stays_inside() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let fields = [("title", "A red cot"), ("audience", "members"), ("language", "en")];
    let posted = browser.post("/offers/new", &fields).await;
    let id = posted.headers["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let found = id.parse().unwrap();
    let proposal = house.app.db.read(move |conn| proposals::find(conn, found)).await.unwrap();
    assert_eq!((proposal.content.audience, proposal.state), (Audience::Members, State::Open));
    browser.get(&format!("/@ring/{id}")).await.says("Our members").hides("activity+json");
    house.stranger().get("/").await.hides("A red cot");
    let hidden = post_proposal(&house.app, &rosa, Purpose::Need, &blankets(), false).await.unwrap();
    browser.get("/board").await.says("A red cot").hides(&hidden.id.to_string());
}

#[tokio::test]
async fn f_02_a_promise_and_a_confirmation_that_are_sent_twice_count_once() {
    let house = House::open().await;
    let (rosa, omar) = (house.member("Rosa").await, house.member("Omar").await);
    let need = post_proposal(&house.app, &rosa, Purpose::Need, &blankets(), true).await.unwrap();
    let id = need.id;
    let path = format!("/@ring/{id}");
    let key = |html: &str, action: &str| {
        let (_, form) = html.split_once(action).unwrap();
        let (_, rest) = form.split_once("name=\"key\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let promised = || house.app.db.read(move |conn| promises::list_by_proposal(conn, id));
    let confirmed = || house.app.db.read(move |conn| promises::list_confirmations(conn, id));

    let mut browser = house.enter(&omar).await;
    let first = key(&browser.get(&path).await.html, "/promise\"");
    let form = [("amount", "1"), ("note", ""), ("key", &first)];
    for _ in 0..2 {
        browser.post(&format!("/proposals/{id}/promise"), &form).await.is(303);
    }
    assert_eq!(promised().await.unwrap().len(), 1);
    // Who promises the same once more, from the page as it is now, means it.
    let second = key(&browser.get(&path).await.html, "/promise\"");
    let again = [("amount", "1"), ("note", ""), ("key", &second)];
    browser.post(&format!("/proposals/{id}/promise"), &again).await.is(303);
    let promise = promised().await.unwrap()[0].id;
    assert_eq!(promised().await.unwrap().len(), 2);

    let confirm = format!("/promises/{promise}/confirm");
    let first = key(&browser.get(&path).await.html, &confirm);
    let form = [("amount", "0.5"), ("note", ""), ("key", &first)];
    for _ in 0..2 {
        browser.post(&confirm, &form).await.is(303);
    }
    assert_eq!(confirmed().await.unwrap().len(), 1);
}

#[tokio::test]
async fn f_02_a_form_that_is_sent_twice_makes_one_need_and_leads_to_it() {
    let house = House::open().await;
    let (rosa, omar) = (house.member("Rosa").await, house.member("Omar").await);
    let mut browser = house.enter(&rosa).await;
    let key = |html: &str| {
        let (_, rest) = html.split_once("name=\"key\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let first = key(&browser.get("/needs/new").await.html);
    let second = key(&browser.get("/needs/new").await.html);
    assert_ne!(first, second);
    // What was refused made nothing: the form is not used up.
    browser.post("/needs/new", &[("title", " "), ("key", &first)]).await.is(422);
    let form = [("title", "Warm blankets"), ("then", "publish"), ("key", &first)];
    let made = browser.post("/needs/new", &form).await.is(303).headers["location"].clone();
    // The answer was lost with the server: the browser sends it again.
    assert_eq!(browser.post("/needs/new", &form).await.is(303).headers["location"], made);
    let count = |wanted: usize| {
        let read = house.app.db.read(proposals::list);
        async move { assert_eq!(read.await.unwrap().len(), wanted) }
    };
    count(1).await;
    // Who goes back and types something else asks for something else.
    let changed = [("title", "Warm socks"), ("then", "publish"), ("key", &first)];
    assert_ne!(browser.post("/needs/new", &changed).await.is(303).headers["location"], made);
    // Another form, another member and no key at all are something else.
    let other = [("title", "Warm blankets"), ("then", "publish"), ("key", &second)];
    assert_ne!(browser.post("/needs/new", &other).await.is(303).headers["location"], made);
    let mut of_omar = house.enter(&omar).await;
    assert_ne!(of_omar.post("/needs/new", &form).await.is(303).headers["location"], made);
    browser.post("/needs/new", &form[..2]).await.is(303);
    count(5).await;
}
