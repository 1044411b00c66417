//! The board in a feed reader.

use axum::body::Body;
use axum::http::Method;
use jiff::SignedDuration;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::domain::draft::Draft;
use mutuals::domain::proposal::{CloseReason, Purpose};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::house::{House, blankets};

/// The names of all elements, in order; panics at what is not well-formed.
fn elements(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                found.push(tag.name().0.to_owned());
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_public_board_is_a_feed() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    house.ask(&rosa, "Warm <blankets> & sheets\u{ffff}").await;
    let cot = Draft { title: "A cot".into(), kind: "baby".into(), ..Draft::default() };
    house.post(&rosa, Purpose::Offer, cot).await;
    let quiet = Draft { audience: "members".into(), title: "For us alone".into(), ..blankets() };
    house.post(&rosa, Purpose::Need, quiet).await;
    let mut stranger = house.stranger();

    let all = stranger.get("/feeds/all.atom").await;
    all.is(200).says("Needed: Warm &#60;blankets&#62; &#38; sheets").says("On offer: A cot");
    all.says("20 of 20 still open").hides("For us alone").hides("Rosa").hides("\u{ffff}");
    assert_eq!(all.headers["content-type"], "application/atom+xml; charset=utf-8");
    let names = elements(&all.html);
    assert_eq!(names.iter().filter(|name| *name == "entry").count(), 2);
    // RFC 4287, 4.1.1 and 4.1.2: what must be there.
    for needed in ["id", "title", "updated"] {
        assert_eq!(names.iter().filter(|name| *name == needed).count(), 3, "{needed}");
    }
    stranger.get("/feeds/needs.atom").await.is(200).says("blankets").hides("A cot");
    stranger.get("/feeds/offers.atom").await.is(200).says("A cot").hides("blankets");
    stranger.get("/feeds/kinds/bedding.atom").await.is(200).says("blankets").hides("A cot");
    stranger.get("/feeds/kinds/nonsense.atom").await.is(404);
    stranger.get("/feeds/else.atom").await.is(404);
    stranger.get("/board").await.says("/feeds/all.atom");
    stranger.get("/board?kind=bedding").await.says("/feeds/kinds/bedding.atom");

    let tag = all.headers["etag"].to_str().unwrap().to_owned();
    let again = stranger
        .open(Method::GET, "/feeds/all.atom", Body::empty(), &[("if-none-match", &tag)])
        .await;
    again.is(304);
}

#[tokio::test]
async fn what_is_over_says_so_in_the_feed() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let need = house.ask(&rosa, "Warm blankets").await;
    let mut stranger = house.stranger();
    let before = stranger.get("/feeds/all.atom").await;
    house.app.clock.advance(SignedDuration::from_mins(1));
    let enough = Step::Close(CloseReason::Enough);
    change_proposal(&house.app, &rosa, need.id, enough).await.unwrap();
    let after = stranger.get("/feeds/all.atom").await;
    after.says("This is over").hides("still open");
    assert_ne!(before.headers["etag"], after.headers["etag"]);
}
