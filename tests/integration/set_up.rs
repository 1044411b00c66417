//! A server with nothing: a link that works once, a few pages, and then the same process is the
//! house. Mission J11.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use mutuals::actions::open_house::{Links, Plan, open_house};
use mutuals::backup;
use mutuals::clock::Clock;
use mutuals::config::{Config, Retention};
use mutuals::db::{collective, covenants, gate, members, sessions, settings};
use mutuals::domain::collective::Collective;
use mutuals::domain::gate::Mode;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::settings::Settings;
use mutuals::error::Error;
use mutuals::keys;
use mutuals::listener::Origin;
use mutuals::web::set_up::{Backups, Checked, Desk, Hands, Pending, RecoveryKey, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::cli::{Folder, Running, free_port};
use crate::crashes::server::{House, eventually};
use crate::peer::Peer;
use crate::testapp::{TestApp, TestDb, clock, config};
use crate::web::Browser;

/// What a plain browser was answered.
struct Seen {
    status: u16,
    location: String,
    html: String,
}

impl Seen {
    #[track_caller]
    fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.html);
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "{text:?} is not in\n{}", self.html);
        self
    }

    #[track_caller]
    fn leads_to(&self, path: &str) -> &Self {
        self.is(303);
        assert_eq!(self.location, path);
        self
    }
}

/// Starts a server with nothing, and reads the path of the link that it prints.
fn wait_for_link(folder: &Folder, port: u16) -> (Running, String) {
    let listen = format!("127.0.0.1:{port}");
    let mut command = folder.command(&["serve", "--json", "--listen", &listen]);
    let mut server = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let link: Url = line["set_up"].as_str().unwrap().parse().unwrap();
    assert_eq!(link.port(), Some(port), "{link}");
    (server, link.path().to_owned())
}

fn ask(port: u16, method: &str, path: &str, fields: &[(&str, &str)], headers: &str) -> Seen {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n{headers}\r\n\
         {body}"
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, html) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let location = head.lines().find_map(|line| line.strip_prefix("location: "));
    Seen { status, location: location.unwrap_or_default().to_owned(), html: html.to_owned() }
}

fn get(port: u16, path: &str) -> Seen {
    ask(port, "GET", path, &[], "")
}

fn post(port: u16, path: &str, fields: &[(&str, &str)]) -> Seen {
    ask(port, "POST", path, fields, "")
}

/// Fills in every page but the last.
fn fill_in(port: u16, link: &str) {
    fill_in_with(port, link, "");
}

/// The same, with a folder for backups.
fn fill_in_with(port: u16, link: &str, backups: &str) {
    let address = format!("http://127.0.0.1:{port}");
    let named = [
        ("name", "Ring Street"),
        ("handle", ""),
        ("address", address.as_str()),
        ("summary", "The neighbours."),
        ("language", "en"),
    ];
    post(port, &format!("{link}/house"), &named).leads_to(&format!("{link}/ways"));
    let ways = [
        ("time_zone", "Europe/Berlin"),
        ("area", "North of the river"),
        ("keep_days", "60"),
        ("covenant", "street"),
        ("mode", "open"),
        ("backups", backups),
    ];
    get(port, &format!("{link}/people")).leads_to(&format!("{link}/ways"));
    post(port, &format!("{link}/ways"), &ways).leads_to(&format!("{link}/people"));
    get(port, &format!("{link}/key")).leads_to(&format!("{link}/people"));
    let people = [("steward", "Rosa"), ("second", "Ida")];
    post(port, &format!("{link}/people"), &people).leads_to(&format!("{link}/key"));
    let page = get(port, &format!("{link}/key"));
    let key = key_on(&page);
    let last = key.chars().skip(key.len() - 6).collect::<String>().to_lowercase();
    post(port, &format!("{link}/key"), &[("last", &last)]).leads_to(&format!("{link}/open"));
}

fn key_on(page: &Seen) -> String {
    let (_, rest) = page.is(200).html.split_once("id=\"key\">").unwrap();
    let key = rest.split('<').next().unwrap().to_owned();
    assert!(key.starts_with("AGE-SECRET-KEY-1"), "{key}");
    key
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j_11_a_house_is_set_up_on_pages_and_the_same_process_is_it_at_once() {
    let house = House::bare();
    let (mut server, link) = wait_for_link(&house.folder, house.port);
    let data = house.data();
    assert!(!data.join("mutuals.db").exists(), "looking makes nothing");
    get(house.port, "/").is(503).says("This house is being set up.");
    get(house.port, &link).leads_to(&format!("{link}/house"));
    let spanish = "Accept-Language: es-CO, en;q=0.5\r\n";
    ask(house.port, "GET", &format!("{link}/house"), &[], spanish)
        .is(200)
        .says("<html lang=\"es\"")
        .says("¿Cómo se llama la casa?");
    let disk = tempfile::tempdir().unwrap();
    let backups = disk.path().join("of the house").to_string_lossy().into_owned();
    fill_in_with(house.port, &link, &backups);
    let last = get(house.port, &format!("{link}/open"));
    let address = format!("@ring_street@127.0.0.1:{}", house.port);
    last.is(200).says(&address).says("Rosa").says("Ida").says("60 days").says(&backups);
    // It asked itself from outside, and came through.
    last.says("Other servers find you");
    let opened = post(house.port, &format!("{link}/open"), &[]);
    let welcome = opened.is(303).location.clone();
    assert!(welcome.starts_with("/welcome/"), "{welcome}");

    // The link is dead, and so is everything below it.
    for path in ["", "/house", "/key", "/key.txt", "/open"] {
        get(house.port, &format!("{link}{path}")).is(404);
    }
    post(house.port, &format!("{link}/open"), &[]).is(404);
    let page = get(house.port, &welcome);
    page.is(200).says("Ring Street is open").says("For Ida").says("Come in as Rosa");
    get(house.port, &welcome).is(200);
    let mut secrets = welcome.split('/').skip(2);
    let (first, second) = (secrets.next().unwrap(), secrets.next().unwrap());
    get(house.port, &format!("/sign-in/{first}")).is(200).says("Rosa");
    get(house.port, &format!("/sign-in/{second}")).is(200).says("Ida");
    get(house.port, "/about").is(200).says("North of the river");

    // Others reach it without another start.
    let resource = format!("/.well-known/webfinger?resource=acct:{}", &address[1..]);
    get(house.port, &resource).is(200).says("/c/ring_street");
    let peer = Peer::start().await;
    let ada = peer.actor("ada");
    let follow = ada.activity("Follow", 1, json!(house.url("/c/ring_street")));
    assert_eq!(house.send(&ada, &follow).await.0.as_u16(), 202);
    eventually("an Accept came", || peer.received().iter().any(|it| it["type"] == "Accept")).await;
    let people = house.folder.json(&["member", "list"]);
    assert_eq!(people.len(), 2, "{people:?}");
    assert!(people.iter().all(|member| member["role"] == "steward"), "{people:?}");
    assert!(!data.join("set-up.json").exists() && data.join("backup/recipient").exists());
    let told = house.folder.json(&["config", "explain", "backup.folder"]).pop().unwrap();
    assert_eq!(told["value"], backups.as_str(), "{told}");
    assert_eq!(server.stop("-TERM"), Some(0));

    // From now on it is a house like any other.
    let mut server = house.serve();
    get(house.port, &format!("{link}/house")).is(404);
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn j_11_mistakes_are_kept_and_explained_and_another_start_loses_nothing() {
    let house = House::bare();
    let (mut server, link) = wait_for_link(&house.folder, house.port);
    let wrong = [
        ("name", "Ring Street"),
        ("handle", "Ring!"),
        ("address", "ring street"),
        ("summary", "We <b>share</b>."),
        ("language", "en"),
    ];
    let page = post(house.port, &format!("{link}/house"), &wrong);
    page.is(422).says("value=\"Ring!\"").says("Use 1 to 30 small letters").says("Ring Street");
    page.says("Give the name under which the world reaches you").says("value=\"ring street\"");
    assert!(!page.html.contains("<b>share"), "what was typed is text");
    // A reload shows what was typed.
    get(house.port, &format!("{link}/house")).is(200).says("value=\"Ring!\"");
    post(house.port, &format!("{link}/people"), &[("steward", "Rosa")])
        .is(422)
        .says("value=\"Rosa\"");
    get(house.port, &format!("{link}/open")).leads_to(&format!("{link}/house"));
    post(house.port, &format!("{link}/open"), &[]).leads_to(&format!("{link}/house"));
    assert!(!house.data().join("mutuals.db").exists(), "nothing is made of mistakes");
    assert!(is_private(&house.data().join("set-up.json")));
    assert_eq!(server.stop("-KILL"), None);

    let (mut server, newer) = wait_for_link(&house.folder, house.port);
    assert_ne!(link, newer);
    get(house.port, &format!("{link}/house")).is(404).says("This link leads nowhere.");
    get(house.port, &format!("{newer}/house")).is(200).says("value=\"Ring!\"").says("Ring Street");
    fill_in(house.port, &newer);
    let key = key_on(&get(house.port, &format!("{newer}/key")));
    let file = get(house.port, &format!("{newer}/key.txt"));
    assert!(file.is(200).html.contains(&key), "the file holds the same key as the page");
    post(house.port, &format!("{newer}/key"), &[("last", "AAAAAA")]).is(303);
    assert_eq!(server.stop("-TERM"), Some(0));

    // The key was nowhere but on the page: another start makes another, which somebody must have.
    let (mut server, newest) = wait_for_link(&house.folder, house.port);
    post(house.port, &format!("{newest}/open"), &[]).leads_to(&format!("{newest}/key"));
    assert_ne!(key_on(&get(house.port, &format!("{newest}/key"))), key);
    post(house.port, &format!("{newest}/key"), &[("last", "AAAAAA")])
        .is(422)
        .says("not the last 6");
    post(house.port, &format!("{newest}/open"), &[]).leads_to(&format!("{newest}/key"));
    assert_eq!(server.stop("-TERM"), Some(0));
}

fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}

#[test]
fn j_11_the_link_is_printed_and_stands_in_no_log() {
    let (folder, port) = (Folder::new(), free_port());
    let (listen, log) = (format!("127.0.0.1:{port}"), folder.folder.path().join("log"));
    let mut command = folder.command(&["serve", "--json", "--listen", &listen]);
    command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let mut server = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let link: Url = line["set_up"].as_str().unwrap().parse().unwrap();
    get(port, &format!("{}/house", link.path())).is(200);
    assert_eq!(server.stop("-TERM"), Some(0));
    let log = std::fs::read_to_string(&log).unwrap();
    let token = link.path().strip_prefix("/set-up/").unwrap();
    assert!(log.contains("nothing is set up here yet") && !log.contains(token), "{log}");
}

#[test]
fn j_11_of_two_who_set_up_the_same_house_one_does() {
    let (folder, one, other) = (Folder::new(), free_port(), free_port());
    let (mut first, link) = wait_for_link(&folder, one);
    let (mut second, other_link) = wait_for_link(&folder, other);
    fill_in(one, &link);
    fill_in(other, &other_link);
    post(one, &format!("{link}/open"), &[]).is(303);
    let recipient = folder.folder.path().join("data/backup/recipient");
    let kept = std::fs::read_to_string(&recipient).unwrap();
    // On SQLite the first has the file for itself; on PostgreSQL there is a house already.
    post(other, &format!("{other_link}/open"), &[]).is(503).says("Nothing that you chose is lost.");
    assert_eq!(std::fs::read_to_string(&recipient).unwrap(), kept, "backups stay readable");
    assert_eq!(folder.json(&["member", "list"]).len(), 2);
    get(one, "/board").is(200);
    assert_eq!(second.stop("-TERM"), Some(0));
    assert_eq!(first.stop("-TERM"), Some(0));
}

#[test]
fn j_11_of_two_who_open_the_same_house_at_once_backups_are_for_the_key_of_the_one_who_did() {
    let (folder, ports) = (Folder::new(), [free_port(), free_port()]);
    let mut servers = ports.map(|port| wait_for_link(&folder, port));
    let mut wanted = Vec::new();
    for (port, (_, link)) in ports.iter().zip(&servers) {
        fill_in(*port, link);
        let key = backup::RecoveryKey::find(&key_on(&get(*port, &format!("{link}/key")))).unwrap();
        wanted.push(key.recipient().to_string());
    }
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let open = |(port, (_, link)): (&u16, &(Running, String))| {
            let (port, path) = (*port, format!("{link}/open"));
            scope.spawn(move || post(port, &path, &[]).status)
        };
        let both: Vec<_> = ports.iter().zip(&servers).map(open).collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let first = answers.iter().position(|status| *status == 303).unwrap();
    assert_eq!(answers[1 - first], 503, "{answers:?}");
    let kept = std::fs::read_to_string(folder.folder.path().join("data/backup/recipient")).unwrap();
    assert_eq!(kept.trim(), wanted[first], "{answers:?}");
    servers.iter_mut().for_each(|(server, _)| assert_eq!(server.stop("-TERM"), Some(0)));
}

#[tokio::test]
async fn j_11_a_house_is_there_as_a_whole_or_not_at_all_and_once() {
    let test = TestDb::new();
    let twice = Plan { second: Some("rosa".into()), ..plan() };
    let refused = open_house(&test.db, &clock(), twice).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NameTaken))), "{refused:?}");
    assert_eq!(test.db.read(collective::find).await.unwrap(), None);
    assert!(test.db.read(members::list).await.unwrap().is_empty());

    let links = open_house(&test.db, &clock(), plan()).await.unwrap();
    let now = clock().now();
    let hash = keys::secret_hash(&links.steward);
    let (first, set, mode, version) = test
        .db
        .read(move |conn| {
            let first = sessions::find_link(conn, &hash, now)?;
            let mode = gate::find(conn)?.0.mode();
            Ok((first, settings::find(conn)?, mode, covenants::current(conn)?.version))
        })
        .await
        .unwrap();
    let rosa = test.db.read(move |conn| members::find(conn, first)).await.unwrap();
    assert!(rosa.name == "Rosa" && rosa.is_steward());
    assert_eq!((set, mode, version), (plan().settings, Mode::Allowlist, 2));
    let again = open_house(&test.db, &clock(), plan()).await;
    assert!(matches!(again, Err(Error::Conflict)), "{again:?}");
    assert_eq!(test.db.read(members::list).await.unwrap().len(), 2);
}

fn plan() -> Plan {
    Plan {
        collective: Collective {
            handle: "ring".into(),
            name: "Ring Street".into(),
            summary: String::new(),
            base: "https://ring.example/".parse().unwrap(),
            language: "es".into(),
            created_at: clock().now(),
            updated_at: clock().now(),
        },
        settings: Settings { area: "North".into(), ..Settings::default() },
        covenant: Some("kitchen".into()),
        mode: Mode::Allowlist,
        steward: "Rosa".into(),
        second: Some("Ida".into()),
    }
}

/// The pages without a server: whatever is opened is counted, and fails.
struct Pages {
    router: axum::Router,
    token: String,
    opened: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

impl Pages {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        let hands = Hands {
            open: Arc::new(move |_: Plan, _: Backups| -> Pending<Result<Links, Error>> {
                count.fetch_add(1, Ordering::SeqCst);
                Box::pin(async { Err(Error::Conflict) })
            }),
            check: Arc::new(|_: Url, _: String| -> Pending<Vec<Checked>> {
                Box::pin(async { Vec::new() })
            }),
            make_key: || {
                let secret = "AGE-SECRET-KEY-1TESTED".to_owned();
                Ok(RecoveryKey { secret, recipient: "age1tested".to_owned() })
            },
        };
        let config = Config { domain: "ring.example".into(), ..Config::default() };
        let data = folder.path().join("data");
        let (desk, token) = Desk::new(config, data, Clock::system(), hands).unwrap();
        Self { router: router(desk), token, opened, _folder: folder }
    }

    async fn ask(&self, request: axum::http::request::Builder, body: String) -> (u16, String) {
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Origin("198.51.100.7".parse().unwrap()));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        assert!(answer.headers().contains_key("content-security-policy"));
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.ask(Request::get(path), String::new()).await
    }

    async fn send(&self, step: &str, site: &str, body: String) -> u16 {
        let request = Request::post(format!("/set-up/{}/{step}", self.token))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.ask(request, body).await.0
    }
}

#[tokio::test]
async fn j_11_wrong_links_are_all_alike_and_many_of_them_have_to_wait() {
    let pages = Pages::new();
    let longer = format!("/set-up/{}x/house", pages.token);
    let (status, first) = pages.get("/set-up/wrong").await;
    assert_eq!(status, 404);
    for path in ["/set-up/wrong/house", "/set-up/wrong/nowhere", "/set-up//open", &longer] {
        assert_eq!(pages.get(path).await, (404, first.clone()), "{path}");
    }
    for _ in 0..15 {
        assert_eq!(pages.get("/set-up/wrong/key").await.0, 404);
    }
    assert_eq!(pages.get("/set-up/wrong/key").await.0, 429);
    // Whoever has the right one is not kept out by others at the same address.
    assert_eq!(pages.get(&format!("/set-up/{}/house", pages.token)).await.0, 200);
    assert_eq!(pages.get(&format!("/set-up/{}/nowhere", pages.token)).await.0, 404);
    assert_eq!(pages.get("/board").await.0, 503);
    assert_eq!(pages.opened.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn j_11_forms_are_small_and_come_from_these_pages() {
    let pages = Pages::new();
    let fields = |name: &str| format!("name={name}&handle=ring&language=en");
    assert_eq!(pages.send("house", "cross-site", fields("Evil")).await, 403);
    assert_eq!(pages.send("house", "same-origin", fields(&"x".repeat(40_000))).await, 413);
    let bare = Request::post(format!("/set-up/{}/house", pages.token));
    assert_eq!(pages.ask(bare, fields("Evil")).await.0, 403);
    let (_, page) = pages.get(&format!("/set-up/{}/house", pages.token)).await;
    assert!(!page.contains("Evil") && !page.contains("xxxx"), "none of it is kept");
    // The address stands in the configuration, so nobody is asked for it.
    assert!(page.contains("ring.example") && !page.contains("name=\"address\""), "{page}");
    assert_eq!(pages.send("house", "same-origin", fields("Ring")).await, 303);
    let ways = "time_zone=UTC&area=&keep_days=30&covenant=first&mode=open&backups=";
    assert_eq!(pages.send("ways", "same-origin", ways.into()).await, 303);
    assert_eq!(pages.send("people", "same-origin", "steward=Rosa&alone=yes".into()).await, 303);
    let (_, page) = pages.get(&format!("/set-up/{}/key", pages.token)).await;
    assert!(page.contains("AGE-SECRET-KEY-1TESTED"), "{page}");
    assert_eq!(pages.send("key", "same-origin", "last=te+ST+ed".into()).await, 303);
    // Somebody else was faster.
    assert_eq!(pages.send("open", "same-origin", String::new()).await, 503);
    assert_eq!(pages.opened.load(Ordering::SeqCst), 1);
    assert_eq!(pages.get("/.well-known/webfinger").await.0, 503);
}

#[tokio::test]
async fn j_11_what_was_chosen_can_be_changed_and_others_hear_of_it() {
    let config = Config { time_zone: String::new(), ..config() };
    let ring = TestApp::start_as("ring", config).await;
    let peer = Peer::start().await;
    let ada = peer.actor("ada");
    let us = ring.app.collective.urls().actor();
    ada.send_and_work(&ring, &ada.activity("Follow", 1, json!(us))).await;
    let rosa = ring.steward("Rosa").await;
    let mut browser = Browser::enter(&ring.app, &rosa).await;
    let page = browser.get("/steward/settings").await;
    page.is(200).says("ring collective").says("cannot be changed").says("@ring@");
    let fields = [
        ("name", "Ring Road"),
        ("summary", "Neighbours, and friends."),
        ("area", "North of the river"),
        ("time_zone", "America/Bogota"),
        ("keep_days", "90"),
    ];
    let mut wrong = fields;
    (wrong[0].1, wrong[3].1, wrong[4].1) = ("", "Nowhere", "1");
    let page = browser.post("/steward/settings", &wrong).await;
    page.is(422).says("North of the river").says("Choose a time zone from the list.");
    page.says("between 1 and 100 characters").says("Choose one of these.");
    assert_eq!(ring.app.collective.name, "ring collective");

    let (status, before) = ring.get_json(&us).await;
    assert_eq!((status, &before["name"]), (200, &json!("ring collective")));
    browser.post("/steward/settings", &fields).await.leads_to("/steward/settings");
    assert_eq!(ring.app.collective.name, "Ring Road");
    assert_eq!(ring.app.zone.iana_name(), Some("America/Bogota"));
    assert_eq!(ring.app.settings.keep_days, 90);
    browser.get("/about").await.says("Ring Road").says("North of the river");
    assert_eq!(ring.get_json(&us).await.1["name"], json!("Ring Road"), "also what was kept ready");
    browser.get("/log").await.says("What is said about the house was changed");
    ring.work().await;
    let told = |peer: &Peer| {
        let all = peer.received().into_iter();
        all.filter(|it| it["type"] == "Update" && it["object"]["id"] == json!(us))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&peer).len(), 1);
    assert_eq!(told(&peer)[0]["object"]["name"], json!("Ring Road"));
    // The same once more is no news.
    browser.post("/steward/settings", &fields).await.leads_to("/steward/settings");
    ring.work().await;
    assert_eq!(told(&peer).len(), 1);
    // What the operator wrote down is not chosen here.
    let retention = Retention { days: 14 };
    let config = Config { retention, time_zone: "UTC".into(), ..crate::testapp::config() };
    let fixed = TestApp::start_as("mill", config).await;
    let ida = fixed.steward("Ida").await;
    let mut browser = Browser::enter(&fixed.app, &ida).await;
    browser.get("/steward/settings").await.says("UTC").hides("name=\"time_zone\"");
    let page = browser.get("/steward/settings").await;
    page.says("What is over stays 14 days.").hides("name=\"keep_days\"");
    browser.post("/steward/settings", &fields).await.leads_to("/steward/settings");
    assert_eq!(fixed.app.zone.iana_name(), Some("UTC"));
    assert_eq!(fixed.app.settings.keep_days, 30);
}
