//! What others wrote, on our pages: text, never more. What a browser makes of the same is seen by
//! web/tests/foreign.spec.js.

use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::replies;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer, befriend};
use crate::testapp::TestApp;

/// Ends whatever it stands in, and acts.
const HOSTILE: &str =
    "</title></h1></script>\"'--><img src=x onerror=alert(1)><b>mild</b>\u{202e}\u{1b}[31m";

/// A page as a stranger sees it.
async fn page(ring: &TestApp, path: &str) -> (u16, String) {
    let url = ring.base.join(path).unwrap();
    let mut headers = http::HeaderMap::new();
    headers.insert("accept", "text/html".parse().unwrap());
    let answer = ring.visitor.get(&url, headers).await.unwrap();
    (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap())
}

/// The pages on which a neighbour's need is shown: the front, the board and its own.
async fn pages_of_neighbours(ring: &TestApp) -> Vec<String> {
    let listed = ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    let own = listed.iter().map(|(proposal, _)| format!("neighbours/{}", proposal.id));
    let mut shown = Vec::new();
    for path in own.chain([String::new(), "board".to_owned()]) {
        let (status, html) = page(ring, &path).await;
        assert_eq!(status, 200, "{path}");
        shown.push(html);
    }
    shown
}

/// A need that is hostile in each of its fields.
fn hostile_need(ana: &Actor, ring: &TestApp) -> Value {
    let mut need = ana.need("jars", ring.now());
    for field in ["content", "summary", "name"] {
        need[field] = json!(HOSTILE);
    }
    need["contentMap"] = json!({HOSTILE: HOSTILE, "en": HOSTILE});
    need["nameMap"] = json!({"en": HOSTILE});
    need["location"] = json!({"type": "Place", "name": HOSTILE});
    need["url"] = json!("javascript:alert(1)");
    need["tag"] = json!([{"type": "Emoji", "name": HOSTILE}, {"type": "Hashtag", "name": HOSTILE}]);
    need["attachment"] = json!([{"type": "Image", "name": HOSTILE, "url": "javascript:alert(1)"}]);
    need["publishes"]["name"] = json!(HOSTILE);
    need["publishes"]["resourceConformsTo"] = json!("javascript:alert(1)");
    need["publishes"]["resourceQuantity"] =
        json!({"hasUnit": HOSTILE, "hasNumericalValue": HOSTILE});
    need
}

#[tokio::test]
async fn htm_03_no_field_of_a_neighbour_is_more_than_text() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let mut document = ana.document();
    for field in ["name", "summary"] {
        document[field] = json!(HOSTILE);
    }
    document["url"] = json!("javascript:alert(1)");
    document["icon"] = json!({"type": "Image", "url": "javascript:alert(1)"});
    peer.serve(&ana.url, document);
    befriend(&ring, &ana).await;
    let need = hostile_need(&ana, &ring);
    ana.send_and_work(&ring, &ana.activity("Create", 2, need)).await;
    let pages = pages_of_neighbours(&ring).await;
    assert_eq!(pages.len(), 3, "the need was taken in");
    for html in pages {
        assert!(html.contains("mild"), "something of it is shown");
        assert!(!html.contains("<img"), "{html}");
        assert!(!html.contains("javascript:"), "{html}");
        assert_eq!(html.matches("</title>").count(), 1, "{html}");
        assert!(!html.contains(['\u{202e}', '\u{1b}']), "{html}");
        assert!(!html.contains("<script"), "our pages have no script of their own: {html}");
    }
}

#[tokio::test]
async fn htm_04_a_title_stays_in_its_title() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    for (number, title) in [
        "</title><script>alert(1)</script>",
        "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
        "\" autofocus onfocus=\"alert(1)",
        "jars\n<meta http-equiv=refresh content=0>",
    ]
    .into_iter()
    .enumerate()
    {
        let mut need = ana.need(&format!("jars-{number}"), ring.now());
        need["publishes"]["name"] = json!(title);
        let number = u32::try_from(number).unwrap() + 2;
        ana.send_and_work(&ring, &ana.activity("Create", number, need)).await;
    }
    for html in pages_of_neighbours(&ring).await {
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains(" onfocus=\"alert"), "{html}");
        assert!(!html.contains("http-equiv"), "{html}");
    }
}

#[tokio::test]
async fn htm_05_a_lying_link_of_a_neighbour_names_its_host() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let mut need = ana.need("jars", ring.now());
    need["content"] = json!("<p>See <a href=\"https://evil.example/x\">bank.example</a></p>");
    ana.send_and_work(&ring, &ana.activity("Create", 2, need)).await;
    let pages = pages_of_neighbours(&ring).await;
    assert!(pages[0].contains("bank.example</a> (evil.example)"), "{}", pages[0]);
}

#[tokio::test]
async fn inb_16_text_of_any_kind_breaks_no_page() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let tower = format!("e{}", "\u{301}".repeat(100_000));
    let odd = [
        tower.as_str(),
        "\u{0}\u{0}",
        "\u{202e}".repeat(1_000).leak(),
        "\u{200d}".repeat(1_000).leak(),
        "\u{fdfd}".repeat(10_000).leak(),
        "\u{10ffff}\u{fffe}\u{feff}",
        "",
    ];
    for (number, text) in odd.into_iter().enumerate() {
        let mut need = ana.need(&format!("odd-{number}"), ring.now());
        need["content"] = json!(format!("<p>{text}</p>"));
        need["publishes"]["name"] = json!(text);
        need["location"] = json!({"type": "Place", "name": text});
        let number = u32::try_from(number).unwrap() + 2;
        ana.send_and_work(&ring, &ana.activity("Create", number, need)).await;
    }
    let pages = pages_of_neighbours(&ring).await;
    assert_eq!(pages.len(), odd.len() + 2);
    assert!(
        pages.iter().all(|html| html.matches('\u{301}').count() <= 8 * 20 && html.len() < 200_000)
    );
}

/// The folder with posts of other projects; `tests/vectors/pasture` writes it.
#[expect(clippy::disallowed_methods, reason = "the harness says where the vectors are")]
fn vectors() -> Option<std::path::PathBuf> {
    std::env::var("TEST_VECTORS").ok().filter(|folder| !folder.is_empty()).map(Into::into)
}

/// fediverse-pasture-inputs (MIT): what the servers of the fediverse write, and oddities.
#[tokio::test]
async fn htm_03_the_posts_of_the_pasture_are_read_without_a_stumble() {
    let Some(folder) = vectors() else {
        println!("SKIPPED: TEST_VECTORS names no folder; `tests/vectors/pasture FOLDER` fills one");
        return;
    };
    let text = std::fs::read(folder.join("pasture-0.3.0.json")).unwrap();
    let inputs: Value = serde_json::from_slice(&text).unwrap();
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    befriend(&ring, &ana).await;
    let tove = ring.member("Tove").await;
    let ours = ring.need(&tove, "Blankets", "2").await;
    let answered = ring.app.collective.urls().proposal(ours.id).to_string();
    let mut number = 10;
    for (name, posts) in inputs.as_object().unwrap() {
        for post in posts.as_array().unwrap() {
            // As a need, and as a reply to one of ours.
            for as_reply in [false, true] {
                number += 1;
                let mut note = ana.need(&format!("{name}-{number}"), ring.now());
                if as_reply {
                    note["inReplyTo"] = json!(answered);
                }
                for (key, value) in post.as_object().unwrap() {
                    note[key] = value.clone();
                }
                let status = ana.send(&ring, &ana.activity("Create", number, note)).await;
                assert!(status < 500, "{name}: {status}");
            }
        }
    }
    assert!(number > 400, "{number}");
    ring.work().await;
    let left = ring.app.db.read(mutuals::db::jobs::count).await.unwrap();
    assert_eq!(left, 0, "every post was understood or given up, none crashed its worker");
    let id = ours.id;
    let said = ring.app.db.read(move |conn| replies::list_by_proposal(conn, id)).await.unwrap();
    assert!(!said.is_empty());
    for html in pages_of_neighbours(&ring).await {
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}
