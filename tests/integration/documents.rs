//! What machines are answered, byte for byte where the wire contract says so.

use mutuals::domain::draft::Draft;
use mutuals::domain::proposal::Purpose;
use serde_json::json;
use url::Url;

use crate::testapp::TestApp;

async fn get(ring: &TestApp, path: &str, accept: &str) -> (u16, String, String) {
    let mut headers = http::HeaderMap::new();
    if !accept.is_empty() {
        headers.insert("accept", accept.parse().unwrap());
    }
    let url = ring.base.join(path).unwrap();
    let answer = ring.visitor.get(&url, headers).await.unwrap();
    let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
    (answer.status.as_u16(), kind.to_owned(), String::from_utf8_lossy(&answer.body).into_owned())
}

const ACTIVITY: &str = "application/activity+json";

#[tokio::test]
async fn content_types_are_exact() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let id = ring.need(&tove, "Blankets", "2").await.id;
    let acct = format!("acct:{}", ring.app.collective.address());
    for (path, expected) in [
        (format!(".well-known/webfinger?resource={acct}"), "application/jrd+json"),
        (".well-known/nodeinfo".into(), "application/json"),
        (
            "nodeinfo/2.0".into(),
            "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"",
        ),
        (
            "nodeinfo/2.1".into(),
            "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"",
        ),
        (".well-known/host-meta".into(), "application/xrd+xml"),
        ("c/ring".into(), ACTIVITY),
        ("c/ring/outbox".into(), ACTIVITY),
        ("c/ring/outbox?page=true".into(), ACTIVITY),
        ("c/ring/followers".into(), ACTIVITY),
        ("c/ring/followers?page=true".into(), ACTIVITY),
        ("c/ring/following".into(), ACTIVITY),
        ("c/ring/featured".into(), ACTIVITY),
        ("actor".into(), ACTIVITY),
        ("actor/outbox".into(), ACTIVITY),
        (format!("n/{id}"), ACTIVITY),
        (format!("n/{id}/create"), ACTIVITY),
        (format!("n/{id}/replies"), ACTIVITY),
        (format!("@ring/{id}"), ACTIVITY),
        ("@ring".into(), ACTIVITY),
        ("".into(), ACTIVITY),
    ] {
        let (status, kind, _) = get(&ring, &path, ACTIVITY).await;
        assert_eq!((status, kind.as_str()), (200, expected), "{path}");
    }
}

#[tokio::test]
async fn either_type_of_activitypub_may_be_asked_for() {
    let ring = TestApp::start("ring").await;
    for accept in [
        "application/activity+json",
        "application/activity+json, application/ld+json",
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
        "text/html;q=0.5, application/activity+json",
    ] {
        assert_eq!(get(&ring, "c/ring", accept).await.1, ACTIVITY, "{accept}");
    }
    for accept in ["", "text/html", "*/*"] {
        assert_eq!(get(&ring, "c/ring", accept).await.0, 303, "{accept}");
    }
}

#[tokio::test]
async fn every_document_has_the_id_of_its_address() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let id = ring.need(&tove, "Blankets", "2").await.id;
    for path in [
        "c/ring".to_owned(),
        "actor".into(),
        "c/ring/outbox".into(),
        "c/ring/outbox?page=true".into(),
        "c/ring/followers".into(),
        "c/ring/following?page=true".into(),
        "c/ring/featured".into(),
        format!("n/{id}"),
        format!("n/{id}/create"),
        format!("n/{id}/replies"),
    ] {
        let url = ring.base.join(&path).unwrap();
        let (_, document) = ring.get_json(&url).await;
        assert_eq!(document["id"].as_str(), Some(url.as_str()), "{path}");
        assert!(document.get("@context").is_some(), "{path}");
    }
}

#[tokio::test]
async fn wf_03_webfinger_answers_as_it_is_asked() {
    let ring = TestApp::start("ring").await;
    let domain = ring.app.collective.domain();
    let find = |resource: String| {
        let ring = &ring;
        async move {
            let resource: String =
                url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
            get(ring, &format!(".well-known/webfinger?resource={resource}"), "").await
        }
    };
    for resource in [
        format!("acct:ring@{domain}"),
        format!("acct:RING@{domain}"),
        ring.app.collective.urls().actor().to_string(),
    ] {
        let (status, _, body) = find(resource.clone()).await;
        assert_eq!(status, 200, "{resource}");
        assert!(body.contains(&format!("\"subject\":\"acct:ring@{domain}\"")), "{body}");
    }
    let (_, _, origin) = find(ring.base.to_string()).await;
    assert!(origin.contains("https://www.w3.org/ns/activitystreams#Service"), "FEP-d556");
    let unknown = find(format!("acct:nobody@{domain}")).await;
    assert_eq!(unknown.0, 404);
    assert_eq!(find("x".repeat(1_500)).await.0, 404);
    assert_eq!(get(&ring, ".well-known/webfinger", "").await.0, 400);
    assert_eq!(get(&ring, ".well-known/webfinger?resource=a&resource=b", "").await.0, 400);
}

#[tokio::test]
async fn a_private_thing_and_a_missing_one_are_answered_the_same() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let draft = Draft { title: "x".into(), audience: "members".into(), ..Draft::default() };
    let private = ring.post(&tove, &draft).await.id;
    let kept = mutuals::actions::post_proposal::post_proposal(
        &ring.app,
        &tove,
        Purpose::Need,
        &Draft { title: "x".into(), ..Draft::default() },
        false,
    )
    .await
    .unwrap()
    .id;
    for part in ["", "/create", "/updates/1", "/replies"] {
        let missing = get(&ring, &format!("n/0000000000001{part}"), ACTIVITY).await;
        for id in [private, kept] {
            assert_eq!(get(&ring, &format!("n/{id}{part}"), ACTIVITY).await, missing);
        }
        assert_eq!(missing.0, 404);
    }
}

#[tokio::test]
async fn a_need_is_a_note_and_a_proposal_at_once() {
    let ring = TestApp::start("ring").await;
    let tove = ring.member("Tove").await;
    let draft = Draft {
        title: "Warm blankets".into(),
        text: "clean, **any size**".into(),
        kind: "bedding".into(),
        amount: "20".into(),
        ends_at: Some("2026-11-28T18:00:00Z".parse().unwrap()),
        place: "Mill Road area".into(),
        ..Draft::default()
    };
    let need = ring.post(&tove, &draft).await;
    let url: Url = ring.app.collective.urls().proposal(need.id);
    let (_, note) = ring.get_json(&url).await;
    let actor = ring.app.collective.urls().actor();
    assert_eq!(note["type"], "Note");
    assert_eq!(note["purpose"], "request");
    assert_eq!(
        note["publishes"],
        json!({
            "id": format!("{url}#primary"),
            "type": "Intent",
            "action": "transfer",
            "name": "Warm blankets",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "20"},
            "receiver": actor,
            "finished": false,
            "resourceConformsTo": "https://kinds.example/mutual-aid#bedding",
            "availableQuantity": {"hasUnit": "one", "hasNumericalValue": "20"},
            "minimumQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "note": "clean, any size",
            "due": "2026-11-28T18:00:00Z"
        })
    );
    let content = note["content"].as_str().unwrap();
    assert!(
        content.starts_with(
            "<p><strong>Need: 20 warm blankets</strong></p><p>clean, <strong>any size</strong></p>\
         <p>Place: Mill Road area. By Saturday 28 November. Reply here or message us.</p>"
        ),
        "{content}"
    );
    assert!(note.get("name").is_none() && note.get("summary").is_none());
}
