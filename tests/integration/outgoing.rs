//! What goes out, and where it may not go: names that lie, redirects, answers without end.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mutuals::actions::follow::follow;
use mutuals::client::{NoAnswer, Timeouts};
use mutuals::db::followings;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::outbox::Delivery;
use mutuals::federation::deliver::{Delivered, deliver};
use mutuals::federation::fetch::{self, FetchError, within_budget};
use mutuals::federation::resolve;
use mutuals::federation::walk::Walk;
use mutuals::keys::{self, SigningKeys, VerifyingKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::peer::{Actor, Peer};
use crate::street::{Asked, Street};
use crate::testapp::{TestApp, client};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn note(id: &str) -> Value {
    json!({"id": id, "type": "Note"})
}

/// A socket of this machine that no instance of a street may reach; counts who came.
async fn private_socket() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let came = count.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            came.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, count)
}

/// A socket that speaks to whoever comes as `speak` does.
async fn socket<F>(speak: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // What is said before it was asked is no answer.
            if stream.read(&mut [0; 4_096]).await.is_ok_and(|read| read > 0) {
                tokio::spawn(speak(stream));
            }
        }
    });
    address
}

async fn why_not(ring: &TestApp, address: &str) -> String {
    fetch::object(&ring.app, &url(address)).await.unwrap_err().to_string()
}

#[tokio::test]
async fn f_11_a_yes_is_a_yes_whatever_is_said_besides() {
    let endless = socket(|mut stream| async move {
        let head = b"HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
        // Ends when nobody listens any more.
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    })
    .await;
    let short = socket(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await;
    })
    .await;
    for (address, status) in [(endless, 202), (short, 200)] {
        let inbox = url(&format!("http://{address}/inbox"));
        let answer = client().post(&inbox, http::HeaderMap::new(), "{}".into()).await.unwrap();
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn ssrf_02_a_name_cannot_change_its_mind() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let (private, came) = private_socket().await;
    let public = street.socket();
    street.document("http://mill.test/n", &note("http://mill.test/n"));
    street.document("http://both.test/n", &note("http://both.test/n"));
    // First where it may lead, then home: what was checked is what is connected to.
    street.lead("mill.test", &[&[public], &[private]]);
    assert!(fetch::object(&ring.app, &url("http://mill.test/n")).await.is_ok());
    assert!(why_not(&ring, "http://mill.test/n").await.contains("private address"));
    // One private address spoils the rest, wherever it stands.
    let home6 = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], private.port()));
    let mapped = SocketAddr::from(([0, 0, 0, 0, 0, 0xffff, 0x7f00, 2], private.port()));
    street.take_asked();
    for answer in
        [&[public, private][..], &[private, public], &[home6], &[mapped], &[public, home6]]
    {
        street.lead("both.test", &[answer]);
        let why = why_not(&ring, "http://both.test/n").await;
        assert!(why.contains("private address"), "{answer:?}: {why}");
    }
    assert!(street.asked().is_empty());
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn ssrf_02_our_own_server_is_never_asked() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let actor = ring.app.collective.urls().actor();
    let error = ring.app.client.get(&actor, http::HeaderMap::new()).await.unwrap_err();
    assert!(matches!(error, NoAnswer::Never(_)), "{error}");
    street.redirect("http://mill.test/us", actor.as_str());
    assert!(why_not(&ring, "http://mill.test/us").await.contains("our own address"));
}

#[tokio::test]
async fn ssrf_03_redirects_lead_nowhere_private() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let (private, came) = private_socket().await;
    street.lead("home.test", &[&[private]]);
    for to in [
        format!("http://{private}/"),
        "http://home.test/".into(),
        format!("http://[::ffff:127.0.0.2]:{}/", private.port()),
        format!("http://2130706434:{}/", private.port()),
        "http://10.0.0.1/".into(),
        "http://169.254.169.254/latest/meta-data/".into(),
        "http://ana:secret@mill.test/n".into(),
        "file:///etc/passwd".into(),
        "data:application/activity+json,{}".into(),
        "gopher://mill.test/".into(),
    ] {
        street.redirect("http://evil.test/x", &to);
        let error = fetch::object(&ring.app, &url("http://evil.test/x")).await.unwrap_err();
        assert!(matches!(error, FetchError::Unfit(_)), "{to}: {error}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn ssrf_04_each_of_three_hops_is_signed_for_its_own_host() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    street.redirect("http://a.test/1", "http://b.test/dir/2?x=1");
    street.redirect("http://b.test/dir/2?x=1", "../3");
    street.redirect("http://b.test/3", "//c.test/4#part");
    street.document("http://c.test/4", &note("http://c.test/4"));
    let found = fetch::object(&ring.app, &url("http://a.test/1")).await.unwrap();
    assert_eq!(found["id"], "http://c.test/4");
    let asked = street.asked();
    let urls: Vec<&str> = asked.iter().map(|asked| asked.url.as_str()).collect();
    let expected =
        ["http://a.test/1", "http://b.test/dir/2?x=1", "http://b.test/3", "http://c.test/4"];
    assert_eq!(urls, expected);
    let (_, actor) = ring.get_json(&ring.app.collective.urls().instance_actor()).await;
    let key = VerifyingKey::read(actor["publicKey"]["publicKeyPem"].as_str().unwrap()).unwrap();
    for asked in &asked {
        assert!(is_signed_for_its_host(asked, &key), "{asked:?}");
    }
}

/// Checks the signature of a GET over target, host and date by hand.
fn is_signed_for_its_host(asked: &Asked, key: &VerifyingKey) -> bool {
    use base64::Engine as _;
    let at: Url = asked.url.parse().unwrap();
    let header = |name: &str| asked.headers[name].to_str().unwrap().to_owned();
    let parameter = |name: &str| {
        let signature = header("signature");
        let start = format!("{name}=\"");
        signature.split_once(&start).unwrap().1.split('"').next().unwrap().to_owned()
    };
    let target = &at[url::Position::BeforePath..];
    let lines: Vec<String> = parameter("headers")
        .split(' ')
        .map(|name| match name {
            "(request-target)" => format!("(request-target): get {target}"),
            "host" => format!("host: {}", at.host_str().unwrap()),
            other => format!("{other}: {}", header(other)),
        })
        .collect();
    let signature = base64::engine::general_purpose::STANDARD.decode(parameter("signature"));
    lines.iter().any(|line| line.starts_with("host: "))
        && key.verifies(lines.join("\n").as_bytes(), &signature.unwrap())
}

#[tokio::test]
async fn ssrf_04_redirects_end() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    for hop in 1..6 {
        street.redirect(&format!("http://far.test/{hop}"), &format!("/{}", hop + 1));
    }
    street.document("http://far.test/6", &note("http://far.test/6"));
    street.redirect("http://loop.test/a", "/a");
    street.redirect("http://loop.test/b", "http://pool.test/b");
    street.redirect("http://pool.test/b", "http://loop.test/b");
    for start in ["http://far.test/1", "http://loop.test/a", "http://loop.test/b"] {
        street.take_asked();
        assert_eq!(why_not(&ring, start).await, "too many redirects", "{start}");
        assert_eq!(street.asked().len(), 4, "{start}");
    }
}

#[tokio::test]
async fn ssrf_12_a_delivery_follows_no_redirect() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let delivery = Delivery {
        activity: 1,
        url: "http://ring.test/1".into(),
        body: "{}".into(),
        newer: None,
        covers: None,
        to_followers: true,
        exception: None,
        is_late: false,
    };
    for status in [301, 302, 307, 308] {
        street.put("http://mill.test/inbox", status, &[("location", "http://evil.test/inbox")], "");
        let delivered = deliver(&ring.app, "http://mill.test/inbox", &delivery).await;
        assert!(matches!(delivered, Delivered::Later(..)), "{status}: {delivered:?}");
    }
    let asked = street.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|asked| asked.url == "http://mill.test/inbox"));
    assert!(asked.iter().all(|asked| asked.method == "POST"));
}

#[tokio::test]
async fn ssrf_07_no_answer_is_read_without_end() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let kind = ("content-type", "application/activity+json");
    // Ten megabytes; then the same without saying how much it will be; then what grows.
    street.put("http://big.test/n", 200, &[kind], vec![b' '; 10 << 20]);
    let endless = socket(|mut stream| async move {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
        // Ends when nobody listens any more.
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    })
    .await;
    street.lead("endless.test", &[&[endless]]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..32 {
        gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    street.put("http://bomb.test/n", 200, &[kind, ("content-encoding", "gzip")], bomb);
    for name in ["big", "endless", "bomb"] {
        let error = fetch::object(&ring.app, &url(&format!("http://{name}.test/n"))).await;
        let error = error.unwrap_err();
        assert!(matches!(error, FetchError::Unfit(_)), "{name}: {error}");
        assert!(error.to_string().contains("larger than 1048576 bytes"), "{name}: {error}");
    }
}

#[tokio::test]
async fn ssrf_07_only_what_we_can_bound_is_offered_and_unpacked() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let kind = ("content-type", "application/activity+json");
    street.put("http://br.test/n", 200, &[kind, ("content-encoding", "br")], "\u{1b}\u{3}");
    assert!(fetch::object(&ring.app, &url("http://br.test/n")).await.is_err());
    assert_eq!(street.asked()[0].headers["accept-encoding"], "gzip");
}

#[tokio::test]
async fn ssrf_08_nobody_keeps_us_waiting() {
    let street = Street::open().await;
    let short = |connect, read, total| Timeouts {
        connect: Duration::from_millis(connect),
        read: Duration::from_millis(read),
        total: Duration::from_millis(total),
    };
    let hour = 3_600_000;
    let silent = socket(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let headers = socket(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        let mut number = 0;
        while stream.write_all(format!("x-{number}: y\r\n").as_bytes()).await.is_ok() {
            number += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let drip = socket(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let deaf = socket(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await;
        let mut buffer = [0; 64];
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
        std::future::pending::<()>().await;
    })
    .await;
    for (what, address, timeouts) in [
        ("TLS that never ends", format!("https://{silent}/"), short(100, hour, hour)),
        ("no first byte", format!("http://{silent}/"), short(hour, 100, hour)),
        ("headers that never end", format!("http://{headers}/"), short(hour, 100, hour)),
        ("a pause within the body", format!("http://{deaf}/"), short(hour, 100, hour)),
        ("a drip", format!("http://{drip}/"), short(hour, hour, 300)),
    ] {
        let error = street.client(timeouts).get(&url(&address), http::HeaderMap::new()).await;
        let error = error.unwrap_err();
        assert!(matches!(error, NoAnswer::NotNow(_)), "{what}: {error}");
        assert!(error.to_string().starts_with("it took too long"), "{what}: {error}");
    }
}

/// A number of items that nobody put on one page.
fn creates(actor: &Actor, ring: &TestApp, from: u32, count: u32) -> Vec<Value> {
    let create = |number| {
        let need = actor.need(&format!("Need {number}"), ring.now());
        json!({"type": "Create", "actor": actor.url, "object": need})
    };
    (from..from + count).map(create).collect()
}

async fn walk(ring: &TestApp, collection: &str) -> Vec<usize> {
    within_budget(20, async {
        let mut walk = Walk::begin(&ring.app, &url(collection)).await.unwrap();
        let mut sizes = Vec::new();
        while let Some(items) = walk.next(&ring.app).await.unwrap() {
            sizes.push(items.len());
        }
        sizes
    })
    .await
}

#[tokio::test]
async fn ssrf_10_collections_end() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let page = |id: &str, next: &str, items: usize| {
        json!({"id": id, "type": "OrderedCollectionPage", "next": next,
               "totalItems": -1, "orderedItems": vec![1; items]})
    };
    // Pages without end.
    street.document(
        "http://a.test/c",
        &json!({"id": "http://a.test/c", "totalItems": 1e308, "first": "http://a.test/c/0"}),
    );
    for number in 0..30 {
        let id = format!("http://a.test/c/{number}");
        street.document(&id, &page(&id, &format!("http://a.test/c/{}", number + 1), 3));
    }
    assert_eq!(walk(&ring, "http://a.test/c").await, [vec![0], vec![3; 10]].concat());
    assert_eq!(street.take_asked().len(), 11);
    // Items without end.
    for number in 0..5 {
        let id = format!("http://a.test/d/{number}");
        street.document(&id, &page(&id, &format!("http://a.test/d/{}", number + 1), 300));
    }
    assert_eq!(walk(&ring, "http://a.test/d/0").await, [300, 200]);
    // A page that leads to itself, with a fragment that changes nothing; and one to another host.
    street.document("http://a.test/e", &page("http://a.test/e", "http://a.test/e#x", 1));
    street.take_asked();
    assert_eq!(walk(&ring, "http://a.test/e").await, [1, 1]);
    street.document("http://a.test/f", &page("http://a.test/f", "http://b.test/f", 1));
    assert_eq!(walk(&ring, "http://a.test/f").await, [1]);
    assert!(street.take_asked().iter().all(|asked| asked.starts_with("http://a.test/")));
    // The first page within the collection, as several servers write it.
    let within = json!({"id": "http://a.test/g", "type": "Collection", "totalItems": "many",
        "first": {"type": "CollectionPage", "items": [1, 2], "next": "http://a.test/e"}});
    street.document("http://a.test/g", &within);
    assert_eq!(walk(&ring, "http://a.test/g").await, [0, 2, 1]);
    // A million items within.
    let huge = json!({"id": "http://a.test/h", "first": {"orderedItems": vec![1; 400_000]}});
    street.document("http://a.test/h", &huge);
    assert!(Walk::begin(&ring.app, &url("http://a.test/h")).await.is_err());
    // A collection that is somewhere else.
    street.document("http://b.test/i", &page("http://b.test/i", "http://b.test/i", 1));
    street.redirect("http://a.test/i", "http://b.test/i");
    assert!(Walk::begin(&ring.app, &url("http://a.test/i")).await.is_err());
}

#[tokio::test]
async fn ssrf_10_an_outbox_is_read_over_its_pages_and_not_for_ever() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let ana = street.actor("http://mill.test/ana", "ana", &json!({}));
    let outbox = "http://mill.test/ana/outbox";
    for number in 0..40 {
        let id = format!("{outbox}?page={number}");
        let items = creates(&ana, &ring, number * 2, 2);
        let next = format!("{outbox}?page={}", number + 1);
        street.document(&id, &json!({"id": id, "next": next, "orderedItems": items}));
    }
    street.document(outbox, &json!({"id": outbox, "first": format!("{outbox}?page=0")}));
    let remote = resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await.unwrap();
    let following = follow(&ring.app, remote).await.unwrap();
    let asked = ring.app.collective.urls().follow(following.id).to_string();
    ana.send_and_work(&ring, &ana.activity("Accept", 1, asked.into())).await;
    let listed = ring.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    assert_eq!(listed.len(), 20);
}

#[tokio::test]
async fn ssrf_09_one_piece_of_work_makes_so_many_requests_and_no_more() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let asked = within_budget(20, async {
        for number in 0..30 {
            let address = format!("http://h{number}.test/n");
            street.document(&address, &note(&address));
            let fetched = fetch::object(&ring.app, &url(&address)).await;
            assert_eq!(fetched.is_ok(), number < 20, "{number}: {fetched:?}");
        }
        street.asked().len()
    })
    .await;
    assert_eq!(asked, 20);
    // The next piece of work has a budget of its own, and redirects count.
    street.redirect("http://far.test/n", "http://h1.test/n");
    within_budget(20, async {
        for _ in 0..10 {
            fetch::object(&ring.app, &url("http://far.test/n")).await.unwrap();
        }
        assert!(fetch::object(&ring.app, &url("http://far.test/n")).await.is_err());
    })
    .await;
}

/// A Note that names others in every place in which a Note can.
fn tangled(actor: &Actor, ring: &TestApp) -> Value {
    let many = |what: &str| -> Vec<String> {
        (0..50).map(|number| format!("http://{what}{number}.test/x")).collect()
    };
    let mention = |href: &String| json!({"type": "Mention", "href": href, "name": "@x"});
    let mut note = actor.need("jars", ring.now());
    note["inReplyTo"] = json!("http://parent.test/1");
    note["tag"] = many("mention").iter().map(mention).collect();
    note["cc"] = json!(many("cc"));
    note["attachment"] =
        many("media").iter().map(|url| json!({"type": "Link", "href": url})).collect();
    note["replies"] = json!("http://replies.test/1");
    note["context"] = json!("http://context.test/1");
    note["quoteUrl"] = json!("http://quote.test/1");
    note["@context"] = json!(["https://www.w3.org/ns/activitystreams", "http://words.test/1"]);
    note
}

#[tokio::test]
async fn ssrf_11_what_a_post_names_is_not_read() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let others = json!({
        "attachment": [{"type": "PropertyValue", "name": "x", "value": "http://field.test/"}],
        "featured": "http://mill.test/featured", "alsoKnownAs": ["http://alias.test/1"],
        "movedTo": "http://moved.test/1", "icon": {"type": "Image", "url": "http://icon.test/1"}
    });
    let ana = street.actor("http://mill.test/ana", "ana", &others);
    let remote = resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await.unwrap();
    let following = follow(&ring.app, remote).await.unwrap();
    let us = ring.app.collective.urls();
    let accept = ana.activity("Accept", 1, us.follow(following.id).to_string().into());
    ana.send_and_work(&ring, &accept).await;
    let states = ring.app.db.read(followings::list).await.unwrap();
    assert_eq!(states.len(), 1);

    street.take_asked();
    let note = tangled(&ana, &ring);
    ana.send_and_work(&ring, &ana.activity("Create", 2, note.clone())).await;
    assert_eq!(street.take_asked(), Vec::<String>::new(), "everything needed was in the post");
    ana.send_and_work(&ring, &ana.activity("Announce", 3, json!("http://far.test/1"))).await;
    ana.send_and_work(&ring, &ana.activity("Like", 4, json!("http://far.test/1"))).await;
    assert_eq!(street.take_asked(), Vec::<String>::new());
    // A post that is only named is read where it stands: one request.
    let id = note["id"].as_str().unwrap().to_owned();
    street.document(&id, &note);
    ana.send_and_work(&ring, &ana.activity("Create", 5, json!(id))).await;
    assert_eq!(street.take_asked(), [id]);
}

#[tokio::test]
async fn ssrf_11_strangers_of_one_domain_are_looked_up_twenty_times_an_hour() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let follow_us = ring.app.collective.urls().actor().to_string();
    let mut taken = 0;
    // One key for all, because making one takes a while.
    let mut bot = street.actor("http://a.evil.test/bot", "bot", &json!({}));
    for number in 0..35 {
        bot.url = url(&format!("http://a{number}.evil.test/bot"));
        street.document(bot.url.as_str(), &bot.document());
        let status = bot.send(&ring, &bot.activity("Follow", 1, follow_us.clone().into())).await;
        assert!(matches!(status, 202 | 503), "{status}");
        taken += usize::from(status == 202);
    }
    assert_eq!(taken, 20, "for the first day; a domain that we have known for longer has 200");
    // Others are not kept out, nor those whom we know; and the next hour is another.
    let ana = street.actor("http://mill.test/ana", "ana", &json!({}));
    let like = |actor: &Actor, number| actor.activity("Like", number, json!("http://x.test/"));
    assert_eq!(ana.send(&ring, &like(&ana, 1)).await, 202);
    ring.advance(3_600);
    let late = street.actor("http://late.evil.test/bot", "bot", &json!({}));
    assert_eq!(late.send(&ring, &like(&late, 1)).await, 202);
}

#[tokio::test]
async fn ssrf_11_one_domain_does_not_take_the_places_of_all_strangers() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    let silent = socket(move |stream| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            let _held = stream;
            std::future::pending::<()>().await;
        }
    })
    .await;
    let like = |actor: &Actor| actor.activity("Like", 1, json!("http://x.test/"));
    // One key for all, because making one takes a while.
    let bot = keys::generate().unwrap();
    let evil = |number: usize| {
        let host = format!("a{number}.evil.test");
        street.lead(&host, &[&[silent]]);
        let keys = SigningKeys::from_stored(&bot.rsa, &bot.ed25519).unwrap();
        Actor { url: url(&format!("http://{host}/bot")), keys }
    };
    let ring = Arc::new(ring);
    let waiting: Vec<_> = (0..8)
        .map(|number| {
            let (ring, actor) = (Arc::clone(&ring), evil(number));
            tokio::spawn(async move { actor.send(&ring, &like(&actor)).await })
        })
        .collect();
    while came.load(Ordering::SeqCst) < waiting.len() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let last = evil(8);
    assert_eq!(last.send(&ring, &like(&last)).await, 503);
    assert_eq!(came.load(Ordering::SeqCst), waiting.len(), "it was not looked at");
    let ana = street.actor("http://mill.test/ana", "ana", &json!({}));
    assert_eq!(ana.send(&ring, &like(&ana)).await, 202);
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn ssrf_13_what_a_steward_types_goes_the_same_road() {
    let street = Street::open().await;
    let ring = street.house("ring").await;
    let (private, came) = private_socket().await;
    street.lead("home.test", &[&[private]]);
    for typed in [
        format!("http://{private}/"),
        "http://10.0.0.1/".into(),
        "http://[::1]:5432/".into(),
        "http://home.test/ana".into(),
        "@ana@home.test".into(),
        format!("@ana@{private}"),
        "@ana@169.254.169.254".into(),
        "ana@[::1]".into(),
        ring.app.collective.address(),
    ] {
        let error = resolve::by_handle_or_url(&ring.app, &typed).await.unwrap_err();
        assert!(matches!(error, FetchError::Unfit(_)), "{typed}: {error}");
        let for_pages = resolve::for_pages(ring.app.clone(), typed.clone()).await.unwrap_err();
        let clear = matches!(
            for_pages,
            mutuals::error::Error::NotFound | mutuals::error::Error::Refused(_)
        );
        assert!(clear, "{typed}: {for_pages:?}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
    assert!(street.asked().is_empty());
}

#[tokio::test]
async fn wf_07_no_nodeinfo_of_others_is_ever_asked_for() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    resolve::by_handle_or_url(&ring.app, ana.url.as_str()).await.unwrap();
    assert!(!peer.asked().iter().any(|path| path.contains("nodeinfo")), "{:?}", peer.asked());
}
