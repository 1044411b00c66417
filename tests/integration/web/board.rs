//! What a stranger sees: the front page, the board, and what is not for them.

use jiff::SignedDuration;

use super::house::{House, blankets};
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::make_promise::make_promise;
use mutuals::db::neighbour_proposals;
use mutuals::domain::draft::Draft;
use mutuals::domain::neighbour::NeighbourProposal;
use mutuals::domain::proposal::{CloseReason, Purpose};

#[tokio::test]
async fn a_stranger_reads_what_is_needed_and_what_is_there() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    house.ask(&rosa, "Warm blankets").await;
    let cot = Draft { title: "A cot".into(), ..Draft::default() };
    house.post(&rosa, Purpose::Offer, cot).await;
    house.neighbours("Jam jars").await;
    let mut stranger = house.stranger();
    stranger
        .get("/board")
        .await
        .is(200)
        .says("Warm blankets")
        .says("20 still needed")
        .says("A cot")
        .says("Jam jars")
        .says("From Mill Lane")
        .says("6 still needed")
        .says("Español")
        .hides("Rosa");
    stranger
        .get("/")
        .await
        .is(200)
        .says("The neighbours of Ring Street.")
        .says("Ring Street asks: Warm blankets")
        .says("Ring Street offers: A cot")
        .says("Mill Lane asks: Jam jars")
        .says("today");
    stranger
        .get("/about")
        .await
        .is(200)
        .says("@ring@ring.example")
        .says("Following is not joining");
}

#[tokio::test]
async fn the_least_answered_and_longest_waiting_stands_first() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let answered = house.ask(&rosa, "Answered").await;
    let hour = SignedDuration::from_hours(1);
    house.app.clock.advance(hour);
    house.ask(&rosa, "Waiting long").await;
    house.app.clock.advance(hour);
    house.ask(&rosa, "Waiting a little").await;
    house.neighbours("Answered in part").await;
    make_promise(&house.app, &milo, answered.id, "15".parse().ok(), "").await.unwrap();
    let html = house.stranger().get("/board").await.html;
    let place = |title: &str| html.find(&format!(">{title}<")).unwrap();
    assert!(place("Waiting long") < place("Waiting a little"));
    assert!(place("Waiting a little") < place("Answered in part"));
    assert!(place("Answered in part") < place("Answered"));
}

#[tokio::test]
async fn the_board_can_be_narrowed_down() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let until = |text: &str| text.parse().ok();
    let draft = Draft { ends_at: until("2026-08-28T21:59:59Z"), ..blankets() };
    house.post(&rosa, Purpose::Need, draft).await;
    let soup = Draft {
        title: "Sopa".into(),
        kind: "meal".into(),
        place: "The Hall".into(),
        language: "es".into(),
        ..Draft::default()
    };
    house.post(&rosa, Purpose::Offer, soup).await;
    house.neighbours("Jam jars").await;
    let all = ["Warm blankets", "Sopa", "Jam jars"];
    let cases: [(&str, &[&str]); 12] = [
        ("", &all),
        ("?purpose=need", &["Warm blankets", "Jam jars"]),
        ("?purpose=offer", &["Sopa"]),
        ("?kind=meal", &["Sopa"]),
        ("?place=mill", &["Warm blankets", "Jam jars"]),
        ("?place=HALL", &["Sopa"]),
        ("?before=2026-08-28", &["Warm blankets"]),
        ("?before=2026-08-27", &[]),
        ("?before=nonsense", &all),
        ("?language=es", &["Sopa", "Jam jars"]),
        ("?from=ours", &["Warm blankets", "Sopa"]),
        ("?from=neighbours&purpose=offer", &[]),
    ];
    for (query, expected) in cases {
        let seen = house.stranger().get(&format!("/board{query}")).await;
        seen.is(200);
        let shown = |title: &&&str| seen.html.contains(&format!(">{title}<"));
        let shown: Vec<_> = all.iter().filter(shown).collect();
        assert_eq!(shown, expected.iter().collect::<Vec<_>>(), "{query}");
    }
    let none = house.stranger().get("/board?place=%22%3E%3Cscript%3E").await;
    none.says("Nothing fits that").hides("<script");
    let tabs = house.stranger().get("/board?kind=food&purpose=need").await;
    tabs.says("href=\"/board?purpose=offer&#38;kind=food\"");
}

#[tokio::test]
async fn a_big_neighbourhood_is_on_the_board_to_its_last_slip() {
    let house = House::open().await;
    let jars = house.neighbours("Jam jars").await;
    let clock = house.app.clock.clone();
    let write = move |conn: &mut mutuals::db::Conn| {
        for number in 1..=1_200 {
            let mut more = NeighbourProposal { id: clock.new_id(), ..jars.clone() };
            more.url = format!("http://mill.example/needs/{number}").parse().unwrap();
            more.title = format!("Jam jars {number:04}");
            more.published_at += SignedDuration::from_secs(number);
            more.kind = (number == 1_200).then(|| "tool".to_owned());
            neighbour_proposals::upsert(conn, &more)?;
        }
        Ok(())
    };
    house.app.db.write(write).await.unwrap();
    let mut stranger = house.stranger();
    stranger.get("/board").await.says(">Jam jars<").says("Jam jars 0029").hides("Jam jars 0030");
    stranger.get("/board?page=41").await.says("41 of 41").says("Jam jars 1200");
    stranger.get("/board?kind=tool").await.says("Jam jars 1200").hides("Jam jars 1199");
    stranger.get("/").await.says("asks: Jam jars 1200").says("Jam jars 1194").hides("jars 1193");
}

#[tokio::test]
async fn a_long_board_has_pages() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    for number in 0..31 {
        house.ask(&rosa, &format!("Blanket {number:02}")).await;
    }
    let mut stranger = house.stranger();
    let first = stranger.get("/board?kind=bedding").await;
    first.says("Blanket 29").hides("Blanket 30").says("1 of 2");
    first.says("href=\"/board?kind=bedding&#38;page=2\"");
    assert!(first.html.len() < 100_000, "{}", first.html.len());
    stranger.get("/board?page=2").await.says("Blanket 30").hides("Blanket 29");
    for page in ["0", "99", "-1", "x"] {
        stranger.get(&format!("/board?page={page}")).await.is(200);
    }
}

#[tokio::test]
async fn what_is_not_for_strangers_is_as_if_it_were_not() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let ida = house.steward("Ida").await;
    let draft = |audience: &str| Draft { audience: audience.into(), ..blankets() };
    let missing = house.stranger().get("/@ring/0123456789ABC").await;
    missing.is(404);
    for audience in ["pacts", "members", "shift"] {
        let id = house.post(&rosa, Purpose::Need, draft(audience)).await.id;
        let path = format!("/@ring/{id}");
        let seen = house.stranger().get(&path).await;
        assert_eq!((seen.status, &seen.html), (missing.status, &missing.html), "{audience}");
        house.enter(&rosa).await.get(&path).await.is(200);
        house.enter(&ida).await.get(&path).await.is(200);
        let of_member = house.enter(&milo).await.get(&path).await.status.as_u16();
        assert_eq!(of_member, if audience == "shift" { 404 } else { 200 }, "{audience}");
        house.stranger().get("/board").await.hides("Warm blankets");
    }
    for path in ["/@mill/0123456789ABC", "/@mill", "/@ring/x", "/neighbours/x", "/nowhere", "/a/b"]
    {
        house.stranger().get(path).await.is(404).says("Nothing here");
    }
    house.stranger().get("/@ring").await.leads_to("/");
}

#[tokio::test]
async fn what_was_withdrawn_says_so_to_whoever_could_see_it() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let public = house.ask(&rosa, "Warm blankets").await.id;
    let draft = Draft { audience: "members".into(), ..blankets() };
    let inner = house.post(&rosa, Purpose::Need, draft).await.id;
    let mut browser = house.enter(&rosa).await;
    for id in [public, inner] {
        browser.post(&format!("/proposals/{id}/withdraw"), &[]).await.leads_to("/me");
        browser.get("/me").await.says("It is gone from the board.").says("Withdrawn");
        browser.get(&format!("/@ring/{id}")).await.is(410);
        browser.get(&format!("/proposals/{id}/edit")).await.is(410);
    }
    let mut stranger = house.stranger();
    stranger.get(&format!("/@ring/{public}")).await.is(410).says("What stood here was withdrawn.");
    stranger.get(&format!("/@ring/{inner}")).await.is(404);
    stranger.get("/board").await.hides("Warm blankets");
}

#[tokio::test]
async fn what_is_closed_says_how_it_ended() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let id = house.ask(&rosa, "Warm blankets").await.id;
    let mut browser = house.enter(&rosa).await;
    let steps = format!("/proposals/{id}");
    browser.post(&format!("{steps}/close"), &[("reason", "bored")]).await.is(403);
    browser.post(&format!("{steps}/close"), &[("reason", "enough")]).await.is(303);
    browser.get(&format!("/@ring/{id}")).await.says("Closed. Thank you all.").says("Enough, thank");
    let again = browser.post(&format!("{steps}/close"), &[("reason", "enough")]).await;
    again.is(422).says("This is closed.").says(&format!("href=\"/@ring/{id}\""));
    house.stranger().get("/").await.says("“Warm blankets” has all it needs");
    browser.post(&format!("{steps}/reopen"), &[]).await.is(303);
    browser.get(&format!("/@ring/{id}")).await.says("It is open again.");
    let step = Step::Close(CloseReason::Failed);
    change_proposal(&house.app, &rosa, id, step).await.unwrap();
    house.stranger().get("/").await.hides("has all it needs");
}

#[tokio::test]
async fn a_neighbours_need_is_marked_as_theirs() {
    let house = House::open().await;
    let jars = house.neighbours("Jam jars").await;
    house
        .stranger()
        .get(&format!("/neighbours/{}", jars.id))
        .await
        .is(200)
        .says("From Mill Lane")
        .says("<p>With lids.</p>")
        .says(&format!("href=\"{}\"", jars.url))
        .says("@mill@mill.example")
        .says("4 of 10 promised")
        .says("The smallest part that helps: 2.")
        .hides("/promise");
}
