//! What runs for every activity that comes in or goes out: `cargo bench --bench hot`.

use std::hint::black_box;

use criterion::Criterion;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use mutuals::app::{self, App};
use mutuals::clock::Clock;
use mutuals::config::Config;
use mutuals::db::{Db, Location};
use mutuals::domain::collective::Collective;
use mutuals::federation::signature::{SignedRequest, read};
use mutuals::federation::{json, objects};
use mutuals::keys::{self, SigningKeys, VerifyingKey};
use mutuals::{server, text};
use serde_json::json;

const DOMAIN: &str = "ring.example";
const NOW: &str = "2026-11-23T12:00:00Z";
const DATE: &str = "Mon, 23 Nov 2026 12:00:00 GMT";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    signatures(&mut criterion);
    documents(&mut criterion);
    actor(&mut criterion);
    criterion.final_summary();
}

fn signatures(criterion: &mut Criterion) {
    let fresh = keys::generate().expect("a key");
    let keys = SigningKeys::from_stored(&fresh.rsa, &fresh.ed25519).expect("the same key");
    let pem = keys.rsa_public_pem().expect("its public half");
    let public = VerifyingKey::read(&pem).expect("a usable key");
    let body = activity();
    let (message, headers) = signed(&keys, body.as_bytes());
    let now: Timestamp = NOW.parse().expect("a time");
    let base: url::Url = format!("https://{DOMAIN}/").parse().expect("an address");
    let request = SignedRequest {
        method: &Method::POST,
        path: "/inbox",
        headers: &headers,
        body: body.as_bytes(),
    };
    let claim = read(&request, &base, now).expect("a good request");
    assert!(claim.was_made_by(&public), "a good signature");
    criterion.bench_function("read a signed request", |b| {
        b.iter(|| read(black_box(&request), &base, now));
    });
    criterion.bench_function("verify with a parsed key (RSA-2048)", |b| {
        b.iter(|| claim.was_made_by(black_box(&public)));
    });
    criterion.bench_function("parse a public key", |b| {
        b.iter(|| VerifyingKey::read(black_box(&pem)));
    });
    criterion.bench_function("sign (RSA-2048)", |b| {
        b.iter(|| keys.sign_rsa(black_box(message.as_bytes())));
    });
    criterion.bench_function("digest of 1.2 KB", |b| {
        b.iter(|| keys::digest_header(black_box(body.as_bytes())));
    });
}

fn documents(criterion: &mut Criterion) {
    let body = activity();
    criterion.bench_function("parse an activity of 1.2 KB", |b| {
        b.iter(|| json::parse(black_box(body.as_bytes())));
    });
    criterion.bench_function("sanitise a Note", |b| {
        b.iter(|| text::sanitise(black_box(CONTENT)));
    });
}

fn actor(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(instance(folder.path()));
    criterion.bench_function("write the actor document", |b| {
        let keys = app.keys();
        b.iter(|| objects::actor::collective(black_box(&app), &keys).map(|it| it.to_string()));
    });
}

const CONTENT: &str = "<p>After the flood <strong>blankets</strong> and hands are needed at the \
    old mill, <a href=\"https://mill.example/map?x=1&amp;y=2\" class=\"mention\" \
    rel=\"nofollow\">here is the way</a>.</p><p>Whoever comes on Tuesday brings gloves; whoever \
    cannot come asks a <span class=\"h-card\">neighbour</span>.<br><em>Thank you all.</em></p>";

/// A Create of about the usual size.
fn activity() -> String {
    let actor = "https://mill.example/c/mill";
    let public = "https://www.w3.org/ns/activitystreams#Public";
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{actor}/activities/1"),
        "type": "Create",
        "actor": actor,
        "to": [public],
        "cc": [format!("{actor}/followers")],
        "published": NOW,
        "object": {
            "id": "https://mill.example/n/1",
            "type": "Note",
            "attributedTo": actor,
            "to": [public],
            "cc": [format!("{actor}/followers")],
            "published": NOW,
            "content": CONTENT,
            "purpose": "request",
            "publishes": {
                "id": "https://mill.example/n/1#primary",
                "type": "Intent",
                "action": "transfer",
                "name": "Blankets",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "5"}
            }
        }
    })
    .to_string()
}

/// What is signed of a request, and its headers, as Mastodon writes them.
fn signed(keys: &SigningKeys, body: &[u8]) -> (String, HeaderMap) {
    let digest = keys::digest_header(body);
    let kind = "application/activity+json";
    let message = format!(
        "(request-target): post /inbox\nhost: {DOMAIN}\ndate: {DATE}\ndigest: {digest}\n\
         content-type: {kind}"
    );
    let signature = keys.sign_rsa(message.as_bytes()).expect("a signature");
    let signature = format!(
        "keyId=\"https://mill.example/c/mill#main-key\",algorithm=\"rsa-sha256\",\
         headers=\"(request-target) host date digest content-type\",signature=\"{signature}\""
    );
    let named = [
        ("host", DOMAIN),
        ("date", DATE),
        ("digest", digest.as_str()),
        ("content-type", kind),
        ("signature", signature.as_str()),
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in named {
        headers.insert(name, value.parse().expect("a header"));
    }
    (message, headers)
}

async fn instance(folder: &std::path::Path) -> App {
    let db = Db::open(Location::choose(None, folder).expect("SQLite")).expect("a database");
    let clock = Clock::fixed(NOW.parse().expect("a time"));
    let collective = Collective {
        handle: "ring".to_owned(),
        name: "Ring".to_owned(),
        summary: "We help **each other**.".to_owned(),
        base: format!("https://{DOMAIN}").parse().expect("an address"),
        language: "en".to_owned(),
        created_at: clock.now(),
        updated_at: clock.now(),
    };
    app::set_up(&db, &clock, collective).await.expect("an instance");
    server::open_with(Config::default(), db, clock).await.expect("the same instance")
}
