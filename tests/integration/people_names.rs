//! A person whose server speaks of agreements stands behind a promise as collectives do. Members see
//! the name, strangers and other servers never.

use mutuals::actions::answer_promise::accept_promise;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::db::{fulfilments, incoming_promises};
use mutuals::domain::proposal::CloseReason;
use serde_json::json;

use crate::peer::Peer;
use crate::testapp::{TestApp, amount};
use crate::web::Browser;

/// What nobody but members may read.
const NAME: &str = "Xanthippe Oleander";
const HANDLE: &str = "xanthippe_oleander";

#[tokio::test]
async fn the_name_of_a_person_behind_an_agreement_is_for_members() {
    let ring = TestApp::start("ring").await;
    let (peer, street) = (Peer::start().await, Peer::start().await);
    let us = ring.app.collective.urls().actor().to_string();
    let ana = street.actor("ana");
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let tove = ring.steward("Tove").await;
    let need = ring.need(&tove, "Blankets", "8").await;
    ring.work().await;

    let person = peer.actor(HANDLE);
    let mut document = person.document();
    document["name"] = json!(NAME);
    peer.serve(&person.url, document);
    let intent = format!("{}#primary", ring.app.collective.urls().proposal(need.id));
    let quantity = json!({"hasUnit": "one", "hasNumericalValue": "5"});
    let commitment =
        json!({"type": "Commitment", "satisfies": intent, "resourceQuantity": quantity});
    let agreement = json!({"type": "Agreement", "stipulates": commitment});
    person.send_and_work(&ring, &person.activity("Offer", 2, agreement)).await;
    let waiting = ring.app.db.read(incoming_promises::list_pending).await.unwrap();
    let promise = accept_promise(&ring.app, &tove, waiting[0].0.id).await.unwrap();
    ring.work().await;
    let find = move |conn: &mut _| incoming_promises::find_party(conn, promise.id);
    let party = ring.app.db.read(find).await.unwrap().unwrap();
    assert_eq!(party.name, NAME, "it is stored, so it has to be hidden");

    let accepted = peer.received().into_iter().rfind(|sent| sent["type"] == "Accept").unwrap();
    let mut count = person.note("count", ring.now());
    count["to"] = json!([ring.app.collective.urls().actor()]);
    count["type"] = json!("Document");
    count["context"] = accepted["result"]["id"].clone();
    person.send_and_work(&ring, &person.activity("Create", 3, count)).await;
    confirm_fulfilment(&ring.app, &tove, promise.id, Some(amount("5")), "").await.unwrap();
    ring.work().await;
    let came = ring.app.db.read(|conn| fulfilments::list_latest(conn, 1)).await.unwrap();
    let came = came.first().expect("both sides said that it came").id;
    hidden(&ring, &[need.id.to_string(), promise.id.to_string(), came.to_string()]).await;
    let close = Step::Close(CloseReason::Enough);
    change_proposal(&ring.app, &tove, need.id, close).await.unwrap();
    ring.work().await;
    hidden(&ring, &[need.id.to_string(), promise.id.to_string(), came.to_string()]).await;

    let page = format!("/@ring/{}", need.id);
    Browser::at(&ring.app).get(&page).await.says("a neighbour: 5").says("5 of 8 came");
    Browser::enter(&ring.app, &tove).await.get(&page).await.says(NAME);
    let sent = serde_json::to_string(&street.received()).unwrap();
    assert!(sent.contains("Fulfilled: 5 blankets"), "{sent}");
    assert!(!sent.contains(NAME) && !sent.contains(HANDLE), "{sent}");
}

/// Checks everything that a stranger can open, as a person and as a machine.
async fn hidden(ring: &TestApp, ids: &[String]) {
    let mut paths: Vec<String> = [
        "",
        "board",
        "about",
        "me",
        "promises",
        "pacts",
        "neighbours",
        "neighbours.opml",
        "c/ring",
        "c/ring/outbox?page=true",
        "c/ring/followers?page=true",
        "c/ring/following",
        "c/ring/featured",
        "nodeinfo/2.1",
    ]
    .map(String::from)
    .to_vec();
    for id in ids {
        for folder in ["@ring/", "n/", "a/", "e/", "o/", "r/", "promises/", "neighbours/"] {
            paths.push(format!("{folder}{id}"));
        }
        paths.extend(["create", "updates/1", "replies"].map(|part| format!("n/{id}/{part}")));
    }
    for path in paths {
        for accept in ["application/activity+json", "text/html"] {
            let mut headers = http::HeaderMap::new();
            headers.insert("accept", accept.parse().unwrap());
            let url = ring.base.join(&path).unwrap();
            let answer = ring.visitor.get(&url, headers).await.unwrap();
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!body.contains(NAME) && !body.contains(HANDLE), "{accept} {path}: {body}");
        }
    }
}
