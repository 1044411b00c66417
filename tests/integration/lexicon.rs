//! What a collective calls things (mission E26): its own words here, one address for everybody.

use http::HeaderMap;
use mutuals::domain::draft::Draft;
use mutuals::domain::kind;

use crate::testapp::{TestApp, config};

const TITLE: &str = "Something warm for the night";

/// The board as a stranger sees it who looks for a kind, by whatever word.
async fn board(house: &TestApp, kind: &str) -> String {
    let mut url = house.base.join("board").unwrap();
    url.query_pairs_mut().append_pair("kind", kind);
    let mut headers = HeaderMap::new();
    headers.insert("accept", "text/html".parse().unwrap());
    let answer = house.visitor.get(&url, headers).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200);
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn draft(kind: &str) -> Draft {
    Draft { title: TITLE.into(), kind: kind.into(), audience: "public".into(), ..Draft::default() }
}

#[tokio::test]
async fn e26_decke_manta_and_blanket_are_one_kind_on_three_instances() {
    let bedding = format!("{}bedding", kind::NAMESPACE);
    for (handle, word) in [("ring", "Decke"), ("mill", "Manta"), ("pond", "Blanket")] {
        let mut config = config();
        config.asking.kind_words = vec![format!("{word}: bedding")];
        let house = TestApp::start_as(handle, config).await;
        let need = house.post(&house.member("Ida").await, &draft("bedding")).await;
        for looked_for in [word, &word.to_uppercase(), "bedding", "Bedding", "ropa de cama"] {
            let html = board(&house, looked_for).await;
            assert!(html.contains(TITLE), "{handle}: {looked_for}");
        }
        assert!(!board(&house, "tool").await.contains(TITLE));
        assert!(board(&house, "").await.contains(word), "it reads its own word");
        // What is stored and what goes out is the kind, so that another word changes nothing.
        assert_eq!(house.proposal(need.id).await.content.kind.as_deref(), Some("bedding"));
        let (_, note) = house.get_json(&house.app.collective.urls().proposal(need.id)).await;
        assert!(note.to_string().contains(&bedding), "{note}");
        assert!(!note.to_string().contains(word), "{note}");
    }
}

#[tokio::test]
async fn e26_a_word_for_which_there_is_no_kind_is_kept_and_goes_out_as_it_is() {
    let house = TestApp::start("ring").await;
    let ida = house.member("Ida").await;
    for word in ["Eingemachtes", "بطانيات الجيران", "Donaudampfschifffahrtsgesellschaftskapi"]
    {
        let need = house.post(&ida, &draft(word)).await;
        // In small letters, like every word of a kind.
        let kept = house.proposal(need.id).await.content.kind.unwrap();
        assert_eq!(kept, word.to_lowercase());
        assert!(board(&house, word).await.contains(TITLE), "{word}");
        let (status, note) = house.get_json(&house.app.collective.urls().proposal(need.id)).await;
        assert_eq!(status, 200);
        assert!(note.to_string().contains("/kinds/"), "{note}");
    }
}
