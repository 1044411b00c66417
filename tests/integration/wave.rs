//! The spam wave (mission, J12; reliability.md, 5, MOD-10): many fresh accounts on many servers write
//! the same to everybody. Members see nothing of it, stewards hear of it once, and those who really
//! ask stand first on the page.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use mutuals::actions::choose_telling::{ask_email, confirm_email};
use mutuals::config::{Config, Limits};
use mutuals::db::{Conn, careful, held, notices};
use mutuals::domain::notice::Kind;
use mutuals::federation::signature::{Scheme, Signer, sign};
use mutuals::keys::SigningKeys;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::peer::{new_keys, post};
use crate::sink::Sink;
use crate::testapp::{TestApp, config};
use crate::web::house::Browser;

/// From so many hosts …
const HOSTS: usize = 300;
/// … come so many posts.
const POSTS: usize = 5_000;
/// How many are under way at once.
const AT_ONCE: usize = 25;

/// Fresh servers, one account on each: names on loopback that one listener answers for. They share a
/// key, because making one takes a tenth of a second.
struct Wave {
    port: u16,
    keys: Arc<SigningKeys>,
    received: Arc<std::sync::atomic::AtomicUsize>,
    /// What some of them answer.
    need: Option<url::Url>,
}

type Shared = (String, Arc<std::sync::atomic::AtomicUsize>);

impl Wave {
    async fn open() -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let keys = Arc::new(new_keys());
        let received = Arc::<std::sync::atomic::AtomicUsize>::default();
        let shared: Shared = (keys.rsa_public_pem().unwrap(), Arc::clone(&received));
        let router = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, keys, received, need: None }
    }

    fn account(&self, host: usize) -> String {
        format!("http://127.1.{}.{}:{}/u", host / 200, host % 200 + 1, self.port)
    }

    /// Sends a post that names us, and `others` more.
    async fn send(&self, ring: &TestApp, (host, number): (usize, usize), said: &Said) -> u16 {
        let us = ring.app.collective.urls().actor();
        let who = self.account(host);
        let mut tag = vec![json!({"type": "Mention", "href": us, "name": "@ring"})];
        tag.extend(
            (0..said.others).map(
                |other| json!({"type": "Mention", "href": format!("https://x.example/{other}")}),
            ),
        );
        tag.extend(said.tag.map(|name| json!({"type": "Hashtag", "name": name})));
        let mut note = json!({
            "id": format!("{who}/notes/{number}"),
            "type": "Note",
            "attributedTo": who,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [us],
            "published": ring.now(),
            "content": format!("<p>@ring {}</p>", said.text),
            "tag": tag
        });
        if let Some(need) = self.need.as_ref().filter(|_| said.answers) {
            note["inReplyTo"] = json!(need);
        }
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{who}/activities/{number}"),
            "type": "Create",
            "actor": who,
            "object": note
        });
        let body = activity.to_string();
        let signer = Signer { key_id: format!("{who}#main-key"), keys: &self.keys };
        let inbox = ring.base.join("inbox").unwrap();
        let headers =
            sign(&signer, &inbox, Some(body.as_bytes()), ring.now(), Scheme::Draft).unwrap();
        post(ring, &inbox, headers, body).await
    }
}

/// What somebody writes.
struct Said {
    text: String,
    tag: Option<&'static str>,
    others: usize,
    /// Whether it answers the need of a member.
    answers: bool,
}

async fn answer(State((pem, received)): State<Shared>, request: Request) -> Response {
    let host = request.headers().get(header::HOST).unwrap().to_str().unwrap().to_owned();
    if request.method() == http::Method::POST {
        received.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        return StatusCode::ACCEPTED.into_response();
    }
    if request.uri().path() != "/u" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let url = format!("http://{host}/u");
    let document = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": url,
        "type": "Person",
        "preferredUsername": "u",
        "inbox": format!("{url}/inbox"),
        "outbox": format!("{url}/outbox"),
        "publicKey": {"id": format!("{url}#main-key"), "owner": url, "publicKeyPem": pem}
    });
    ([(header::CONTENT_TYPE, "application/activity+json")], document.to_string()).into_response()
}

/// Three texts as they were in February 2024: the same words, other names, codes and links. One
/// sounds like somebody in need.
fn spam(number: usize) -> Said {
    let text = match number % 3 {
        0 => format!(
            "Join our server today, the best place for everybody who likes games and music, all \
             your friends are waiting https://chat{number}.example/x{number}"
        ),
        1 => format!(
            "Please help us to grow, we need you, come and look at what we built this week, it is \
             free for the first thousand people, code {number}"
        ),
        _ => format!(
            "Double your coins within a day, no risk, ask @friend{number} how it works and tell \
             everybody you know about it https://coins.example/{number}"
        ),
    };
    // A third of each answers what a member needs.
    let answers = (number / 3).is_multiple_of(3);
    Said { text, tag: None, others: if number % 3 == 1 { 0 } else { 10 }, answers }
}

/// What two people write who are really in need, late in the wave.
fn real(number: usize) -> Option<Said> {
    let (text, tag) = match number {
        2_900 => ("we need a pram by Friday, ours was stolen", Some("#need")),
        4_400 => ("My mother needs insulin tonight and the pharmacy is shut, please", None),
        _ => return None,
    };
    Some(Said { text: text.into(), tag, others: 0, answers: false })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mod_10_a_wave_of_five_thousand_posts_is_held_and_those_who_ask_stand_first() {
    let limits = Limits { per_address: 0, ..Limits::default() };
    let sink = Sink::start().await;
    let config = Config { limits, ..config() };
    let ring = TestApp::start_as("ring", sink.configure(config)).await;
    let (milo, ida) = (ring.member("Milo").await, ring.steward("Ida").await);
    for (who, email) in [(&milo, "milo@mailbox.example"), (&ida, "ida@mailbox.example")] {
        ask_email(&ring.app, who, email).await.unwrap();
        let token = sink.mails().pop().unwrap().token("/mail/confirm/");
        confirm_email(&ring.app, &token).await.unwrap();
    }
    let need = ring.need(&milo, "Blankets", "10").await;
    ring.work().await;
    let mut wave = Wave::open().await;
    wave.need = Some(ring.app.collective.urls().proposal(need.id));
    let wave = Arc::new(wave);
    let ring = Arc::new(ring);
    for begin in (0..POSTS).step_by(AT_ONCE) {
        let mut under_way = tokio::task::JoinSet::new();
        for number in begin..POSTS.min(begin + AT_ONCE) {
            let (ring, wave) = (Arc::clone(&ring), Arc::clone(&wave));
            under_way.spawn(async move {
                // Those who are in need have servers of their own, which nobody knows either.
                let (said, host) = match real(number) {
                    Some(said) => (said, HOSTS + number % 7),
                    None => (spam(number), number % HOSTS),
                };
                wave.send(&ring, (host, number), &said).await
            });
        }
        while let Some(status) = under_way.join_next().await {
            assert_eq!(status.unwrap(), 202);
        }
        if begin % (AT_ONCE * 16) == 0 {
            ring.advance(20);
            ring.work().await;
        }
    }
    ring.work().await;

    // Nobody was answered, whatever they wrote.
    assert_eq!(wave.received.load(std::sync::atomic::Ordering::SeqCst), 0);
    let (now, member, steward) = (ring.now(), milo.id, ida.id);
    let read = move |conn: &mut Conn| {
        let heaps = held::heaps_alike(conn)?;
        let day = now - jiff::SignedDuration::from_hours(24);
        let (counted, hosts) = careful::counted_since(conn, day)?;
        let waves = careful::list_waves(conn)?;
        assert!(notices::list(conn, member, 100)?.is_empty(), "members hear nothing of it");
        let told = notices::list(conn, steward, 100)?.into_iter();
        let told: Vec<_> = told.map(|notice| (notice.kind, notice.subject)).collect();
        assert_eq!(told, [(Kind::HeldWave, "/steward/held".to_owned())]);
        Ok((heaps, held::count(conn)?, (counted, hosts), waves, careful::current(conn, now)?))
    };
    let (heaps, held, (counted, hosts), waves, is_careful) = ring.app.db.read(read).await.unwrap();
    // One mail in all, and none to a member, however late it is looked for.
    for _ in 0..3 {
        ring.advance(16 * 60);
        ring.work().await;
    }
    let mails = sink.mails().into_iter().skip(2).map(|mail| mail.to).collect::<Vec<_>>();
    assert_eq!(mails, [["ida@mailbox.example"]]);
    // Stewards hear of it once, and since none of them was there, we are careful.
    assert_eq!(waves.len(), 1);
    assert!(is_careful.unwrap().by_itself);
    // Nothing is missing: it is held, or counted; what asks is held, all of it.
    let all = i64::try_from(POSTS).unwrap();
    assert_eq!(held + counted, all);
    assert!(heaps.len() < 12, "{} groups", heaps.len());
    let asking = i64::try_from((0..POSTS).filter(|n| n % 3 == 1 && real(*n).is_none()).count());
    assert!(heaps.values().any(|heap| heap.count == asking.unwrap()), "{heaps:?}");
    assert!(held < 2_000 + all / 3 + 50, "{held} texts are kept");
    assert!(hosts >= 150, "{hosts} hosts are counted");

    // Members see nothing of it. A steward sees the two first.
    let mut of_milo = Browser::enter(&ring.app, &milo).await;
    for path in ["/board", "/me", "/", "/neighbours"] {
        of_milo
            .get(path)
            .await
            .is(200)
            .hides("coins within")
            .hides("games and music")
            .hides("was stolen");
    }
    let mut of_ida = Browser::enter(&ring.app, &ida).await;
    let seen = of_ida.get("/steward/held").await;
    let place = |words: &str| seen.html.find(words).unwrap_or_else(|| panic!("no {words}"));
    let groups = place("The same words again and again");
    assert!(place("ours was stolen") < place("needs insulin tonight"));
    assert!(place("needs insulin tonight") < groups);
    for words in ["Join our server today", "Please help us to grow", "Double your coins"] {
        assert!(place(words) > groups, "{words}");
    }

    // One act for each group, and the two are let in.
    let largest = heaps.iter().filter(|(_, heap)| heap.count > 100);
    for (id, heap) in largest {
        let what = format!("alike:{}", mutuals::domain::id::Id::<()>::from_number(*id));
        let newest = heap.newest.to_string();
        let fields = [("act", "aside"), ("what", what.as_str()), ("newest", newest.as_str())];
        of_ida.post("/steward/held", &fields).await.leads_to("/steward/held");
    }
    let after = of_ida.get("/steward/held").await;
    after.says("ours was stolen").says("needs insulin tonight");
    let message = after.html.split("value=\"message:").nth(1).unwrap().split('"').next().unwrap();
    let what = format!("message:{message}");
    let fields = [("act", "let-in"), ("what", what.as_str()), ("newest", "0")];
    of_ida.post("/steward/held", &fields).await.leads_to("/steward/held");
    ring.work().await;
    assert_eq!(wave.received.load(std::sync::atomic::Ordering::SeqCst), 1, "one is answered");
    let waiting: Value = json!(ring.app.db.read(held::count).await.unwrap());
    assert!(waiting.as_i64().unwrap() < 100, "{waiting} left");
}
