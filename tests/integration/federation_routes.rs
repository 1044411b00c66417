//! Every address that machines ask, with every kind of machine. A route that has no row here fails.

use std::collections::BTreeSet;

use mutuals::actions::block::block;
use mutuals::actions::pact::propose;
use mutuals::domain::draft::Draft;
use mutuals::federation::resolve;
use mutuals::federation::signature::{Scheme, Signer, sign};
use serde_json::json;
use url::Url;

use crate::for_pacts::answer;
use crate::pacts::{collective, stated};
use crate::peer::{Actor, Peer, post};
use crate::testapp::TestApp;
use crate::web::routes::routes;

/// Method, path, and what is answered without a signature, to a stranger, to a collective that has a
/// pact with us, and to one that is blocked. `{pacts}` is the id of a need for pacts, `{public}` of
/// one for everybody, `{pact}` of the pact itself; `{id}` names nothing.
const ROWS: &[(&str, &str, [u16; 4])] = &[
    ("get", "/.well-known/host-meta", [200, 200, 200, 200]),
    ("get", "/.well-known/mutuals-doctor/{nonce}", [404, 404, 404, 404]),
    ("get", "/.well-known/nodeinfo", [200, 200, 200, 200]),
    ("get", "/.well-known/webfinger", [400, 400, 400, 400]),
    ("get", "/a/{id}", [404, 404, 404, 404]),
    ("get", "/actor", [200, 200, 200, 200]),
    ("get", "/actor/outbox", [200, 200, 200, 200]),
    ("get", "/b/{id}", [404, 404, 404, 404]),
    ("get", "/c/{handle}", [200, 200, 200, 200]),
    ("get", "/c/{handle}/featured", [200, 200, 200, 200]),
    ("get", "/c/{handle}/followers", [200, 200, 200, 200]),
    ("get", "/c/{handle}/following", [200, 200, 200, 200]),
    ("get", "/c/{handle}/outbox", [200, 200, 200, 200]),
    ("get", "/kinds/{word}", [303, 303, 303, 303]),
    ("get", "/n/{pacts}", [404, 404, 200, 404]),
    ("get", "/n/{pacts}/create", [404, 404, 404, 404]),
    ("get", "/n/{pacts}/replies", [404, 404, 404, 404]),
    ("get", "/n/{pacts}/updates/{revision}", [404, 404, 404, 404]),
    ("get", "/n/{public}", [200, 200, 200, 200]),
    ("get", "/n/{public}/create", [200, 200, 200, 200]),
    ("get", "/n/{public}/replies", [200, 200, 200, 200]),
    ("get", "/nodeinfo/{version}", [200, 200, 200, 200]),
    ("get", "/o/{id}", [404, 404, 404, 404]),
    ("get", "/p/{id}", [404, 404, 404, 404]),
    ("get", "/p/{pact}", [404, 404, 200, 404]),
    ("get", "/q/{id}", [404, 404, 404, 404]),
    ("get", "/q/{id}/create", [404, 404, 404, 404]),
    ("get", "/t/{id}", [404, 404, 404, 404]),
    ("get", "/t/{id}/create", [404, 404, 404, 404]),
    ("get", "/t/{id}/updates/{revision}", [404, 404, 404, 404]),
    ("get", "/tags/{tag}", [303, 303, 303, 303]),
    ("post", "/.well-known/mutuals-doctor/{nonce}", [404, 404, 404, 404]),
    ("post", "/actor/inbox", [401, 202, 202, 403]),
    ("post", "/c/{handle}/inbox", [401, 202, 202, 403]),
    ("post", "/inbox", [401, 202, 202, 403]),
];

fn listed() -> BTreeSet<(String, String)> {
    let plain = |path: &str| {
        ["{pacts}", "{public}", "{pact}"]
            .iter()
            .fold(path.to_owned(), |p, id| p.replace(id, "{id}"))
    };
    ROWS.iter().map(|(method, path, _)| ((*method).to_owned(), plain(path))).collect()
}

async fn asked(ring: &TestApp, method: &str, url: &Url, who: Option<&Actor>, number: u32) -> u16 {
    if method == "get" {
        return answer(ring, url, who).await.0;
    }
    let nobody = "https://nobody.example/u".to_owned();
    let name = who.map_or(nobody, |actor| actor.url.to_string());
    let like = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{name}/likes/{number}"),
        "type": "Like",
        "actor": name,
        "object": ring.base
    });
    let body = like.to_string();
    let mut headers = http::HeaderMap::new();
    headers.insert("content-type", "application/activity+json".parse().unwrap());
    if let Some(actor) = who {
        let signer = Signer { key_id: format!("{}#main-key", actor.url), keys: &actor.keys };
        headers = sign(&signer, url, Some(body.as_bytes()), ring.now(), Scheme::Draft).unwrap();
    }
    post(ring, url, headers, body).await
}

#[tokio::test]
async fn every_address_of_machines_answers_whom_it_should() {
    let mut real = routes(include_str!("../../server/src/federation/routes.rs"));
    real.extend(routes(include_str!("../../server/src/server.rs")));
    assert!(real.len() > 20, "{}", real.len());
    let (listed, real) = (listed(), real);
    let missing: Vec<_> = real.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&real).collect();

    let ring = TestApp::start("ring").await;
    let (near, far, foul) = (Peer::start().await, Peer::start().await, Peer::start().await);
    let (friend, eve) = (collective(&near, "friend"), collective(&far, "eve"));
    let mallory = collective(&foul, "mallory");
    let actor = resolve::by_handle_or_url(&ring.app, friend.url.as_str()).await.unwrap();
    let (pact, _) = propose(&ring.app, actor).await.unwrap();
    let yes = friend.activity("Update", 1, stated(&friend, &ring, "wanted", 1));
    friend.send_and_work(&ring, &yes).await;
    let tove = ring.member("Tove").await;
    let draft = Draft { title: "Insulin".into(), audience: "pacts".into(), ..Draft::default() };
    let for_pacts = ring.post(&tove, &draft).await;
    let public = ring.need(&tove, "Blankets", "2").await;
    ring.work().await;
    let refused = mallory.url.authority().to_owned();
    block(&ring.app, &refused, "").await.unwrap();

    let mut wrong = Vec::new();
    let visitors = [None, Some(&eve), Some(&friend), Some(&mallory)];
    for (number, (method, path, expected)) in (100..).step_by(10).zip(ROWS) {
        let path = path
            .replace("{handle}", "ring")
            .replace("{pacts}", &for_pacts.id.to_string())
            .replace("{public}", &public.id.to_string())
            .replace("{pact}", &pact.id.to_string())
            .replace("{id}", "0123456789ABC")
            .replace("{revision}", "1")
            .replace("{version}", "2.1")
            .replace("{word}", "food")
            .replace("{tag}", "mutualaid");
        let url = ring.base.join(&path).unwrap();
        let mut answers = [0; 4];
        for (place, (who, answer)) in (0..).zip(visitors.iter().zip(&mut answers)) {
            *answer = asked(&ring, method, &url, *who, number + place).await;
        }
        if answers != *expected {
            wrong.push(format!("    (\"{method}\", \"{path}\", {answers:?}),"));
        }
    }
    assert!(gone.is_empty(), "no such routes: {gone:?}");
    assert!(missing.is_empty() && wrong.is_empty(), "{missing:?}\n{}", wrong.join("\n"));
}
