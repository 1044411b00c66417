//! Posts of others with everything that they carry: warnings, languages, polls, emoji, mentions, and
//! pictures, which members see through us and nobody else does.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use hyper::body::Frame;
use mutuals::actions::block::block;
use mutuals::actions::domain_rules::{Wish, set};
use mutuals::actions::look_after_held::let_in;
use mutuals::client::{Client, Timeouts};
use mutuals::db::{neighbour_proposals, replies};
use mutuals::domain::domain_rule::Severity;
use mutuals::domain::draft::Draft;
use mutuals::domain::held::Which;
use mutuals::domain::id::Id;
use mutuals::domain::member::Member;
use mutuals::domain::picture::Picture;
use mutuals::domain::proposal::Proposal;
use mutuals::federation::media;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::messages;
use crate::peer::{Actor, Peer, befriend};
use crate::testapp::{TestApp, client, clock, config};
use crate::web::Browser;
use crate::web::pictures::photo;

/// A server with files, good and bad, that remembers what was asked for.
struct Gallery {
    base: Url,
    asked: Asked,
}

impl Gallery {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Asked::default();
        let router = Router::new().fallback(file).with_state(Arc::clone(&asked));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, asked }
    }

    fn at(&self, path: &str) -> String {
        self.base.join(path).unwrap().to_string()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }
}

type Asked = Arc<Mutex<Vec<(String, HeaderMap)>>>;

async fn file(State(asked): State<Asked>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    asked.lock().unwrap().push((path.clone(), request.headers().clone()));
    let to = |to: &str| (StatusCode::FOUND, [(LOCATION, to.to_owned())]).into_response();
    let typed =
        |kind: &'static str, bytes: Vec<u8>| ([(CONTENT_TYPE, kind)], bytes).into_response();
    let jpeg = photo([9, 99, 9]);
    match path.as_str() {
        "/good.jpg" | "/other.jpg" => typed("image/jpeg", jpeg),
        "/store" => typed("application/octet-stream", jpeg),
        "/page.jpg" => typed("text/html", jpeg),
        "/lie.jpg" => typed("image/jpeg", b"<html><script>alert(1)</script>".to_vec()),
        "/drawing.svg" => typed("image/png", b"<svg onload='alert(1)'/>".to_vec()),
        "/actor.jpg" => typed("image/jpeg", b"{\"type\": \"Person\"}".to_vec()),
        "/large.jpg" => typed("image/jpeg", [jpeg, vec![0; 6 << 20]].concat()),
        "/endless.jpg" => Body::new(Endless).into_response(),
        "/slow.jpg" => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            typed("image/jpeg", jpeg)
        }
        "/moved.jpg" => to("/good.jpg"),
        "/circle.jpg" => to("/circle.jpg"),
        "/inside.jpg" => to("http://10.0.0.1/good.jpg"),
        "/metal.jpg" => to("http://169.254.169.254/latest/meta-data"),
        "/local.jpg" => to("file:///etc/passwd"),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A body without an end.
struct Endless;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0xff; 1 << 16])))))
    }
}

/// Ring asks for blankets, and Bo replies from elsewhere.
struct Street {
    ring: TestApp,
    _peer: Peer,
    bo: Actor,
    gallery: Gallery,
    rosa: Member,
    milo: Member,
    need: Proposal,
}

impl Street {
    async fn start() -> Self {
        Self::start_with(client()).await
    }

    async fn start_with(client: Client) -> Self {
        let ring = TestApp::start_through("ring", clock(), client).await;
        let (peer, gallery) = (Peer::start().await, Gallery::open().await);
        let (rosa, milo) = (ring.member("Rosa").await, ring.member("Milo").await);
        let bo = peer.actor("bo");
        let need = ring.need(&rosa, "Blankets", "10").await;
        ring.work().await;
        Self { ring, _peer: peer, bo, gallery, rosa, milo, need }
    }

    /// Bo replies with a post that has more than text.
    async fn reply(&self, number: u32, more: Value) {
        self.say("Create", number, more).await;
    }

    async fn say(&self, kind: &str, number: u32, more: Value) {
        let mut note = self.bo.note("reply", self.ring.now());
        note["inReplyTo"] = json!(self.ring.app.collective.urls().proposal(self.need.id));
        note["content"] = json!("<p>I have some</p>");
        note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.bo.send_and_work(&self.ring, &self.bo.activity(kind, number, note)).await;
        // What a stranger says is held until a steward lets it in.
        self.ring.let_replies_in().await;
    }

    /// A reply with these pictures.
    async fn show(&self, urls: &[String]) {
        let images = urls.iter().map(|url| {
            json!({"type": "Document", "mediaType": "image/jpeg", "url": url, "name": "A <pile>"})
        });
        self.reply(1, json!({"attachment": images.collect::<Vec<_>>()})).await;
    }

    fn path(&self) -> String {
        format!("/@ring/{}", self.need.id)
    }

    async fn enter(&self, member: &Member) -> Browser {
        Browser::enter(&self.ring.app, member).await
    }
}

/// The addresses of the pictures on a page.
fn sources(html: &str) -> Vec<String> {
    let parts = html.split("src=\"/media/").skip(1);
    parts.map(|rest| format!("/media/{}", rest.split('"').next().unwrap())).collect()
}

#[tokio::test]
async fn a_reply_stands_behind_its_warning_with_everything_that_it_carries() {
    let street = Street::start().await;
    let emoji = street.gallery.at("cat.png");
    let us = street.ring.app.collective.urls().actor();
    let more = json!({
        "type": "Question",
        "summary": "food, <b>hunger</b> :cat:",
        "content": format!(
            "<p><span class=\"h-card\"><a href=\"{us}\" class=\"u-url mention\">@<span>ring</span>\
             </a></span> which ones? :cat:</p>"
        ),
        "contentMap": {"es": "<p>¿Cuáles? :cat:</p>"},
        "tag": [{"type": "Emoji", "name": ":cat:", "icon": {"type": "Image", "url": emoji}}],
        "anyOf": [
            {"type": "Note", "name": "wool <img src=x>", "replies": {"totalItems": 4}},
            {"type": "Note", "name": "cotton", "replies": {"totalItems": 1}}
        ],
        "attachment": [
            {"type": "Image", "url": street.gallery.at("good.jpg")},
            {"type": "Document", "mediaType": "video/mp4", "url": street.gallery.at("a.mp4")}
        ]
    });
    street.reply(1, more).await;
    let page = street.enter(&street.rosa).await.get(&street.path()).await;
    let (_, post) = page.html.split_once("<details class=\"warned\">").unwrap();
    let (post, _) = post.split_once("</details>").unwrap();
    assert!(post.starts_with("<summary><span dir=\"auto\">Content warning: food, hunger :cat:"));
    let host = us.host_str().unwrap();
    for said in [
        "lang=\"es\"",
        &format!("@ring@{host}</a>"),
        "which ones? :cat:",
        "A question with several answers",
        "<li dir=\"auto\">wool (4)</li>",
        "<li dir=\"auto\">cotton (1)</li>",
        "Its writer did not say what is to be seen.",
        "One more file stands with the original.",
        "loading=\"lazy\"",
    ] {
        assert!(post.contains(said), "{said} is not in {post}");
    }
    assert!(!page.html.contains("cat.png") && !page.html.contains(street.gallery.base.as_str()));
    let stewards = street.ring.steward("Ida").await;
    let page = street.enter(&stewards).await.get("/steward").await;
    page.says("Content warning: food").hides("which ones?");
    assert!(street.gallery.asked().is_empty(), "nothing is fetched before it is looked at");
}

#[tokio::test]
async fn a_post_in_several_languages_is_shown_in_the_readers() {
    let street = Street::start().await;
    let more = json!({
        "content": "<p>Ich habe Decken</p>",
        "contentMap": {
            "de": "<p>Ich habe Decken</p>", "es": "<p>Tengo mantas <script>x</script></p>",
            "fr": "<p>J'ai des couvertures</p>"
        }
    });
    street.reply(1, more).await;
    let mut rosa = street.enter(&street.rosa).await;
    let seen = rosa.get(&street.path()).await;
    seen.says("<div class=\"prose\" lang=\"de\" dir=\"auto\"><p>Ich habe Decken</p></div>");
    rosa.language = Some("es");
    let seen = rosa.get(&street.path()).await;
    seen.says("<div class=\"prose\" lang=\"es\" dir=\"auto\"><p>Tengo mantas </p></div>");
    seen.says("primero en: Deutsch").hides("Ich habe");
    // What nobody says the language of has none.
    street.reply(2, json!({"id": format!("{}/notes/2", street.bo.url)})).await;
    rosa.get(&street.path()).await.says("<div class=\"prose\" lang=\"\" dir=\"auto\"><p>I have");
}

#[tokio::test]
async fn members_see_pictures_through_us_and_nobody_else_does() {
    let street = Street::start().await;
    let urls = ["good.jpg", "moved.jpg", "store"].map(|path| street.gallery.at(path));
    street.show(&urls).await;
    let mut rosa = street.enter(&street.rosa).await;
    let page = rosa.get(&street.path()).await;
    page.says("Picture: A &#60;pile&#62;</a>").hides(street.gallery.base.as_str());
    let found = sources(&page.html);
    assert_eq!(found.len(), 3);
    for src in &found {
        let seen = rosa.get(src).await;
        assert_eq!(seen.is(200).headers["content-type"], "image/jpeg");
        assert_eq!(seen.headers["content-disposition"], "inline; filename=\"picture.jpg\"");
        assert_eq!(seen.headers["content-security-policy"], "default-src 'none'; sandbox");
        assert_eq!(seen.headers["x-content-type-options"], "nosniff");
        assert_eq!(seen.headers["cache-control"], "private, max-age=300");
        assert_eq!(seen.headers["cross-origin-resource-policy"], "same-origin");
        assert!(seen.headers.get("set-cookie").is_none());
        assert_eq!(rosa.get_bytes(src).await, photo([9, 99, 9]));
    }
    // Nothing is kept: each look asks again. And nothing says who looks.
    assert_eq!(street.gallery.asked().iter().filter(|path| *path == "/store").count(), 2);
    for (_, headers) in street.gallery.asked.lock().unwrap().iter() {
        for name in ["cookie", "referer", "signature", "x-forwarded-for", "authorization"] {
            assert!(!headers.contains_key(name), "{name}");
        }
    }
    let before = street.gallery.asked().len();
    let src = &found[0];
    let back: String = url::form_urlencoded::byte_serialize(src.as_bytes()).collect();
    Browser::at(&street.ring.app).get(src).await.leads_to(&format!("/sign-in?return={back}"));
    let mut newcomer = Browser::at(&street.ring.app);
    let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
    newcomer.post("/join", &wish).await.leads_to("/me");
    newcomer.get(src).await.is(403);
    assert_eq!(street.gallery.asked().len(), before);
}

#[tokio::test]
async fn med_06_what_is_no_picture_is_not_passed_on() {
    let timeouts = Timeouts {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(300),
        total: Duration::from_secs(2),
    };
    let client = Client::new(&config().federation, timeouts).unwrap();
    let street = Street::start_with(client).await;
    let bad = [
        "page.jpg",
        "lie.jpg",
        "drawing.svg",
        "actor.jpg",
        "large.jpg",
        "endless.jpg",
        "slow.jpg",
        "circle.jpg",
        "inside.jpg",
        "metal.jpg",
        "local.jpg",
        "missing.jpg",
    ];
    for path in bad {
        let url: Url = street.gallery.at(path).parse().unwrap();
        let fetched = media::fetch(&street.ring.app, &url).await;
        assert!(fetched.is_err(), "{path}");
    }
    let good: Url = street.gallery.at("good.jpg").parse().unwrap();
    assert!(media::fetch(&street.ring.app, &good).await.is_ok());
    street.show(&[street.gallery.at("lie.jpg")]).await;
    let mut rosa = street.enter(&street.rosa).await;
    let found = sources(&rosa.get(&street.path()).await.html);
    let seen = rosa.get(&found[0]).await;
    seen.is(502).says("This picture cannot be shown").hides("alert(1)");
    assert_eq!(seen.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(street.ring.app.media.available_permits(), 8, "every place is free again");
}

#[tokio::test]
async fn ssrf_13_pictures_lead_to_no_private_address_and_not_to_ourselves() {
    let street = Street::start().await;
    for private in [
        "http://10.0.0.1/a.jpg",
        "http://192.168.1.1/a.jpg",
        "http://169.254.169.254/a.jpg",
        "http://100.64.0.1/a.jpg",
        "http://[::1]/a.jpg",
        "http://[::ffff:10.0.0.1]/a.jpg",
        "http://[fe80::1]/a.jpg",
        "http://0x0a.1/a.jpg",
        "http://167772161/a.jpg",
        "http://printer.local/a.jpg",
        "http://user:word@10.0.0.1/a.jpg",
        street.ring.base.join("about").unwrap().as_str(),
    ] {
        let url: Url = private.parse().unwrap();
        let fetched = media::fetch(&street.ring.app, &url).await;
        let why = fetched.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(!why.is_empty() && !why.contains("took too long"), "{private}: {why}");
    }
}

#[tokio::test]
async fn the_way_for_pictures_leads_nowhere_else() {
    let street = Street::start().await;
    street.show(&["good.jpg", "other.jpg"].map(|path| street.gallery.at(path))).await;
    let (mut rosa, mut milo) = (street.enter(&street.rosa).await, street.enter(&street.milo).await);
    let found = sources(&rosa.get(&street.path()).await.html);
    let (first, second) = (&found[0], &found[1]);
    let (before, seal) = first.rsplit_once('/').unwrap();
    let other = second.rsplit('/').next().unwrap();
    let bent = match seal.strip_prefix('A') {
        Some(rest) => format!("B{rest}"),
        None => format!("A{}", &seal[1..]),
    };
    let far = street.gallery.at("good.jpg");
    for wrong in [
        format!("{before}/{bent}"),
        format!("{before}/{other}"),
        format!("{before}/"),
        format!("{before}/{}", &seal[..42]),
        first.replace("/0/", "/1/"),
        first.replace("/0/", "/2/"),
        first.replace("/0/", "/-1/"),
        first.replace("/0/", "/99999999999999999999/"),
        first.replace("/reply/", "/neighbour/"),
        first.replace("/reply/", "/message/"),
        first.replace("/reply/", "/anything/"),
        format!("{before}/{far}"),
    ] {
        assert_ne!(rosa.get(&wrong).await.status, 200, "{wrong}");
        assert_ne!(rosa.get(&wrong).await.status, 502, "{wrong}");
    }
    // What was shown to one browser is of no use in another.
    milo.get(first).await.is(404);
    assert!(street.gallery.asked().is_empty());
    rosa.get(first).await.is(200);
    // Its writer takes it away: the address is none any more.
    street.ring.advance(60);
    let edit = json!({"attachment": [], "updated": street.ring.now()});
    street.say("Update", 2, edit).await;
    rosa.get(first).await.is(404);
}

#[tokio::test]
async fn of_a_server_whose_pictures_we_refuse_only_their_words_are_shown() {
    let street = Street::start().await;
    street.show(&[street.gallery.at("good.jpg")]).await;
    let mut rosa = street.enter(&street.rosa).await;
    let found = sources(&rosa.get(&street.path()).await.html);
    let port = street.gallery.base.port().unwrap();
    let rule =
        Wish { reject_media: true, ..Wish::new(&format!("127.0.0.1:{port}"), Severity::Noop) };
    set(&street.ring.app, None, rule).await.unwrap();
    rosa.get(&found[0]).await.is(502);
    let page = rosa.get(&street.path()).await;
    page.says("Picture: A &#60;pile&#62;").hides("/media/");
    assert!(street.gallery.asked().is_empty());
}

#[tokio::test]
async fn nothing_of_a_blocked_host_is_shown() {
    let street = Street::start().await;
    street.show(&[street.gallery.at("good.jpg")]).await;
    let mut rosa = street.enter(&street.rosa).await;
    let found = sources(&rosa.get(&street.path()).await.html);
    let port = street.gallery.base.port().unwrap();
    block(&street.ring.app, &format!("127.0.0.1:{port}"), "spam").await.unwrap();
    rosa.get(&found[0]).await.is(502);
    let page = rosa.get(&street.path()).await;
    page.says("Picture: A &#60;pile&#62;").hides("/media/");
    assert!(street.gallery.asked().is_empty());
    block(&street.ring.app, street.bo.url.as_str(), "spam").await.unwrap();
    rosa.get(&found[0]).await.is(404);
}

#[tokio::test]
async fn what_is_not_for_everybody_shows_its_pictures_to_those_it_is_for() {
    let street = Street::start().await;
    let us = street.ring.app.collective.urls().actor();
    let image = json!([{"type": "Image", "url": street.gallery.at("good.jpg"), "name": "Mine"}]);
    street.reply(1, json!({"to": [us], "attachment": image})).await;
    let mut rosa = street.enter(&street.rosa).await;
    let found = sources(&rosa.get(&street.path()).await.html);
    rosa.get(&found[0]).await.is(200);
    let mut milo = street.enter(&street.milo).await;
    milo.get(&street.path()).await.hides("Mine");
    let id = street.ring.app.db.read(|conn| replies::list_latest(conn, 1)).await.unwrap()[0].0.id;
    let id = Id::<()>::from_number(id);
    let csrf = milo.csrf().await;
    let text = format!("media reply {id} 0 {}", street.gallery.at("good.jpg"));
    // Even with a seal that fits, as no page of ours makes one for them.
    let own = mutuals::keys::seal(&csrf, &text);
    milo.get(&format!("/media/reply/{id}/0/{own}")).await.is(404);
}

#[tokio::test]
async fn needs_of_neighbours_stand_behind_their_warning_and_strangers_read_what_is_to_be_seen() {
    let street = Street::start().await;
    befriend(&street.ring, &street.bo).await;
    let mut note = street.bo.need("Insulin", street.ring.now());
    note["summary"] = json!("illness");
    note["attachment"] = json!([
        {"type": "Image", "url": street.gallery.at("good.jpg"), "name": "A fridge"}
    ]);
    note["publishes"].as_object_mut().unwrap().remove("name");
    street.bo.send_and_work(&street.ring, &street.bo.activity("Create", 7, note)).await;
    let read = |conn: &mut mutuals::db::Conn| neighbour_proposals::list_unfinished(conn, 9);
    let (theirs, _) = street.ring.app.db.read(read).await.unwrap().remove(0);
    assert_eq!(theirs.title, "illness", "a title of its own would be outside of the warning");
    let path = format!("/neighbours/{}", theirs.id);
    let mut anybody = Browser::at(&street.ring.app);
    let page = anybody.get(&path).await;
    page.says("<details class=\"warned\">").says("Content warning: illness");
    page.says("Picture: A fridge").hides("/media/").hides("<img");
    let mut rosa = street.enter(&street.rosa).await;
    let found = sources(&rosa.get(&path).await.html);
    rosa.get(&found[0]).await.is(200);
    anybody.get("/board").await.hides("/media/");
}

#[tokio::test]
async fn stewards_read_messages_behind_their_warning() {
    let street = messages::Street::start().await;
    let gallery = Gallery::open().await;
    let mut note = street.letter(&street.amina, "letter", "We have no bread.\nPlease.");
    note["summary"] = json!("hunger");
    note["attachment"] =
        json!([{"type": "Image", "url": gallery.at("good.jpg"), "name": "An empty <shelf>"}]);
    street.send(&street.amina, "Create", 1, note).await;
    // A stranger's letter with a picture is held first.
    let held = street.kept(&street.amina, "letter").await.unwrap();
    let_in(&street.ring.app, None, Which::Message(held.id), 0).await.unwrap();
    let ida = street.ring.steward("Ida").await;
    let mut browser = Browser::enter(&street.ring.app, &ida).await;
    browser.get("/messages").await.hides("We have no bread.");
    let page = browser.get(&format!("/messages/{}", held.id)).await;
    page.says("Content warning: hunger").says("We have no bread.").hides("<p>hunger");
    page.says("Picture: An empty &#60;shelf&#62;");
    let found = sources(&page.html);
    browser.get(&found[0]).await.is(200);
    let milo = street.ring.member("Milo").await;
    let mut of_milo = Browser::enter(&street.ring.app, &milo).await;
    of_milo.get(&found[0]).await.is(404);
    let kept = street.kept(&street.amina, "letter").await.unwrap();
    let text = format!("media message {} 0 {}", kept.id, gallery.at("good.jpg"));
    let own = mutuals::keys::seal(&of_milo.csrf().await, &text);
    of_milo.get(&format!("/media/message/{}/0/{own}", kept.id)).await.is(404);
    // She deletes it: nothing of what it carried is kept.
    let gone = json!(format!("{}/notes/letter", street.amina.url));
    street.send(&street.amina, "Delete", 2, gone).await;
    let kept = street.kept(&street.amina, "letter").await.unwrap();
    assert!(
        kept.text.is_empty() && kept.extras.pictures.is_empty() && kept.extras.warning.is_none()
    );
    browser.get(&found[0]).await.is(404);
}

#[tokio::test]
async fn a_picture_of_ours_goes_out_with_what_is_public_alone() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.to_string().into())).await;
    let rosa = ring.member("Rosa").await;
    let keep = mutuals::actions::keep_picture::keep_picture;
    let kept = keep(&ring.app, photo([50, 60, 70])).await.unwrap();
    let picture = |words: &str| Some(Picture { words: words.into(), ..kept.clone() });
    let draft = |title: &str, audience: &str| Draft {
        title: title.into(),
        audience: audience.into(),
        picture: picture(&format!("Words of {title}")),
        ..Draft::default()
    };
    let open = ring.post(&rosa, &draft("Blankets", "public")).await;
    ring.post(&rosa, &draft("Quiet", "members")).await;
    let for_pacts = ring.post(&rosa, &draft("Pacts", "pacts")).await;
    ring.work().await;
    let sent: Vec<Value> =
        peer.received().into_iter().filter(|sent| sent["type"] == json!("Create")).collect();
    assert_eq!(sent.len(), 1);
    let image = &sent[0]["object"]["attachment"][0];
    assert_eq!(
        image,
        &json!({
            "type": "Image",
            "mediaType": "image/jpeg",
            "url": format!("{}pictures/{}/{}.jpg", ring.base, open.id, kept.digest),
            "name": "Words of Blankets",
            "width": 40,
            "height": 30
        })
    );
    let url: Url = image["url"].as_str().unwrap().parse().unwrap();
    let answer = ring.visitor.get(&url, HeaderMap::new()).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );
    // Whoever asks for something else gets the same: this is never an object of the fediverse.
    let (_, object) = ring.get_json(&url).await;
    assert!(object.is_null());
    let note = mutuals::federation::objects::proposal::note(&ring.app, &for_pacts);
    assert_eq!(note["attachment"], json!([]));
}

#[tokio::test]
async fn a_picture_is_erased_with_whoever_posted_it() {
    let ring = TestApp::start("ring").await;
    let (kofi, rosa) = (ring.member("Kofi").await, ring.member("Rosa").await);
    let keep = mutuals::actions::keep_picture::keep_picture;
    let own = keep(&ring.app, photo([1, 1, 1])).await.unwrap();
    let shared = keep(&ring.app, photo([2, 2, 2])).await.unwrap();
    for (member, picture) in [(&kofi, &own), (&kofi, &shared), (&rosa, &shared)] {
        let picture = Some(Picture { words: "Words".into(), ..picture.clone() });
        ring.post(member, &Draft { title: "Jars".into(), picture, ..Draft::default() }).await;
    }
    mutuals::actions::leave::leave(&ring.app, &kofi).await.unwrap();
    ring.advance(15 * 24 * 60 * 60);
    mutuals::jobs::housekeeping::run(&ring.app).await.unwrap();
    let is_kept = async |digest: &str| {
        let digest = digest.to_owned();
        let read = move |conn: &mut mutuals::db::Conn| mutuals::db::pictures::find(conn, &digest);
        ring.app.db.read(read).await.is_ok()
    };
    assert!(!is_kept(&own.digest).await, "nobody shows it any more");
    assert!(is_kept(&shared.digest).await, "Rosa shows the same");
}
