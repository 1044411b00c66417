//! The command line is a stable interface: the real binary, as tools use it.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::testapp::{TestDb, postgres};
use mutuals::db::migrate::{Migrations, Opening};
use mutuals::db::{Db, Location};

/// A data folder and, on PostgreSQL, a schema of its own.
pub struct Folder {
    pub folder: TempDir,
    database: Option<TestDb>,
}

impl Folder {
    pub fn new() -> Self {
        let database = postgres().map(|_| TestDb::new());
        Self { folder: tempfile::tempdir().unwrap(), database }
    }

    /// A folder with the empty database of an earlier release.
    pub fn of(migrations: Migrations) -> Self {
        let database = postgres().map(|_| TestDb::of(migrations));
        let folder = Self { folder: tempfile::tempdir().unwrap(), database };
        folder.fill(migrations);
        folder
    }

    /// Makes what an earlier release made.
    pub fn fill(&self, migrations: Migrations) {
        std::fs::create_dir_all(self.folder.path().join("data")).unwrap();
        let opening = Opening { migrations, has_backup: true, ..Opening::default() };
        drop(Db::open_with(self.location(), &opening).unwrap());
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mutuals"));
        command.args(arguments).arg("--data").arg(self.folder.path().join("data"));
        command.env_clear().env("MUTUALS_FEDERATION__ALLOW_HTTP", "true");
        command.env("MUTUALS_FEDERATION__ALLOW_PRIVATE", "127.0.0.0/8,::1/128");
        // Many servers run here at once; a test that looks at one chooses a port.
        command.env("MUTUALS_HEALTH__LISTEN", "");
        if let Some(TestDb { location: Location::Postgres(url), .. }) = &self.database {
            command.env("MUTUALS_DATABASE__URL", url);
        }
        command
    }

    /// Where its database is.
    pub fn location(&self) -> Location {
        let data = self.folder.path().join("data");
        let here = || Location::choose(None, &data).unwrap();
        self.database.as_ref().map_or_else(here, |database| database.location.clone())
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs with `--json` and reads every line.
    pub fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.command(arguments).arg("--json").output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn init(&self, port: u16) -> Value {
        let url = format!("http://127.0.0.1:{port}");
        let arguments = ["init", "--name", "Ring Street", "--handle", "ring", "--url", &url];
        self.json(&arguments).remove(0)
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A port that is free, and stays so until it is used: it is below those that the system gives to
/// connections going out, of which the tests beside this one make many.
pub fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    // Each hasher has a seed of its own.
    let chance = || RandomState::new().hash_one(()) % 20_000;
    (0..100).map(|_| 12_000 + u16::try_from(chance()).unwrap()).find(is_free).unwrap()
}

/// Ends a process even if the test fails.
pub struct Running(pub Child);

impl Running {
    /// Asks it to end, as Docker and systemd do; answers its exit code.
    pub fn stop(&mut self, signal: &str) -> Option<i32> {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn joining_in_commands() {
    let folder = Folder::new();
    folder.init(1);
    let first = folder.json(&["covenant", "show"]).remove(0);
    assert_eq!((&first["id"], &first["vouches"]), (&"1".into(), &2.into()));
    assert!(first["text"].as_str().unwrap().contains("We ask each other"));
    let file = folder.folder.path().join("covenant.md");
    std::fs::write(&file, "We look after **the garden**.").unwrap();
    let path = file.to_str().unwrap().to_owned();
    let set = ["covenant", "set", &path, "--vouches", "1", "--visit", "no"];
    let unfit = folder.run(&set);
    assert_eq!(unfit.status.code(), Some(3));
    assert!(text(&unfit.stderr).contains("## What we owe each other"), "it says what to do");
    let names: Vec<_> = folder.json(&["covenant", "template"]);
    let names: Vec<_> = names.iter().map(|each| each["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["street", "kitchen", "house"]);
    let street = folder.json(&["covenant", "template", "street"]).remove(0);
    assert_eq!(folder.run(&["covenant", "template", "castle"]).status.code(), Some(3));
    std::fs::write(&file, street["text"].as_str().unwrap()).unwrap();
    let file = path.as_str();
    let second = folder.json(&set).remove(0);
    assert_eq!((&second["id"], &second["visit"]), (&"2".into(), &false.into()));
    assert_eq!(folder.json(&["covenant", "show", "--number", "1"]).remove(0), first);
    let kept = folder.json(&["covenant", "set", file]).remove(0);
    assert_eq!(
        (&kept["id"], &kept["vouches"], &kept["visit"]),
        (&"3".into(), &1.into(), &false.into())
    );
    let refused = folder.run(&["covenant", "set", file, "--vouches", "99"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    let link = folder.json(&["invitation", "make", "--uses", "3"]).remove(0);
    assert!(link["join"].as_str().unwrap().starts_with("http://127.0.0.1:1/join/"), "{link}");
    assert_eq!(folder.run(&["invitation", "make", "--uses", "11"]).status.code(), Some(3));
    assert_eq!(folder.json(&["member", "list"])[0]["standing"], "member");
}

#[test]
fn a_month_in_commands() {
    let folder = Folder::new();
    let init = folder.init(1);
    assert!(init["sign_in"].as_str().unwrap().starts_with("http://127.0.0.1:1/sign-in/"));
    let tove = folder.json(&["member", "add", "Tove"]).remove(0);
    assert!(tove["sign_in"].is_string() && tove["id"].is_string());
    let names: Vec<_> =
        folder.json(&["member", "list"]).iter().map(|member| member["name"].clone()).collect();
    assert_eq!(names, ["Steward", "Tove"]);
    let need = folder
        .json(&[
            "need",
            "post",
            "--title",
            "Warm blankets",
            "--kind",
            "bedding",
            "--amount",
            "40",
            "--unit",
            "one",
            "--minimum",
            "5",
            "--until",
            "2099-01-31",
            "--place",
            "Hall",
            "--by",
            "Tove",
        ])
        .remove(0);
    let id = need["id"].as_str().unwrap();
    assert_eq!(need["url"], format!("http://127.0.0.1:1/@ring/{id}"));
    assert_eq!((need["state"].as_str(), need["open"].as_str()), (Some("open"), Some("40")));
    let made = folder.json(&["promise", "make", id, "--amount", "45", "--by", "Steward"]).remove(0);
    assert_eq!((made["active"].as_str(), made["reserved"].as_str()), (Some("40"), Some("5")));
    let promise = made["id"].as_str().unwrap();
    folder.json(&["fulfilment", "confirm", promise, "--by", "Steward", "--amount", "45"]);
    let done = folder
        .json(&[
            "fulfilment",
            "confirm",
            promise,
            "--by",
            "Tove",
            "--amount",
            "44",
            "--note",
            "Thank you",
        ])
        .remove(0);
    assert_eq!(done["state"], "delivered");
    let url = need["url"].as_str().unwrap();
    let closed =
        folder.json(&["proposal", "close", url, "--reason", "fulfilled", "--by", "Tove"]).remove(0);
    assert_eq!(
        (closed["state"].as_str(), closed["close_reason"].as_str()),
        (Some("enough"), Some("fulfilled"))
    );
    assert_eq!(
        (closed["came_low"].as_str(), closed["came_high"].as_str()),
        (Some("44"), Some("45"))
    );
    assert_eq!(folder.json(&["proposal", "reopen", id]).remove(0)["state"], "open");
    let edited =
        folder.json(&["proposal", "edit", id, "--title", "Blankets", "--amount", "60"]).remove(0);
    assert_eq!(
        (edited["title"].as_str(), edited["place"].as_str()),
        (Some("Blankets"), Some("Hall"))
    );
    assert_eq!(folder.json(&["proposal", "withdraw", id]).remove(0)["state"], "withdrawn");
    let offer = folder
        .json(&["offer", "post", "--title", "Bike repair", "--audience", "members"])
        .remove(0);
    assert!(offer.get("url").is_none(), "what is not public has no address");
    assert_eq!(folder.json(&["proposal", "list"]).len(), 2);
    assert_eq!(folder.json(&["promise", "list"]).len(), 1);
}

#[test]
fn options_stand_anywhere() {
    let folder = Folder::new();
    folder.init(1);
    let data = folder.folder.path().join("data");
    let data = data.to_str().unwrap();
    let binary = env!("CARGO_BIN_EXE_mutuals");
    for arguments in [
        ["--json", "--data", data, "member", "list"],
        ["member", "--json", "list", "--data", data],
        ["member", "list", "--data", data, "--json"],
    ] {
        let mut command = Command::new(binary);
        command.args(arguments).env_clear();
        if let Some(TestDb { location: Location::Postgres(url), .. }) = &folder.database {
            command.env("MUTUALS_DATABASE__URL", url);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let line: Value = serde_json::from_str(text(&output.stdout).trim()).unwrap();
        assert_eq!(line["name"], "Steward");
    }
}

#[test]
fn errors_say_what_was_wrong_and_exit_codes_differ() {
    let folder = Folder::new();
    let code = |arguments: &[&str], code: i32, hint: &str| {
        let output = folder.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(hint), "{arguments:?}: {said}");
    };
    code(&["member", "list"], 1, "mutuals init");
    code(
        &["init", "--name", "R", "--handle", "Ring Street", "--url", "https://r.example"],
        3,
        "small letters",
    );
    code(&["init", "--name", "R", "--handle", "ring", "--url", "ring"], 1, "https://ring.example");
    code(
        &["init", "--name", " ", "--handle", "ring", "--url", "https://r.example"],
        3,
        "between 1 and 100",
    );
    code(
        &[
            "init",
            "--name",
            "R",
            "--handle",
            "ring",
            "--url",
            "https://r.example",
            "--language",
            "xx",
        ],
        3,
        "unknown language",
    );
    folder.init(1);
    code(&["init", "--name", "R", "--handle", "ring", "--url", "https://r.example"], 3, "already");
    code(&["dance"], 2, "unrecognized subcommand");
    for (variable, hint) in [
        ("MUTUALS_HEALTH__LISTN", "Did you mean health.listen?"),
        ("MUTUALS_FOO", "(environment variable MUTUALS_FOO)."),
    ] {
        let output = folder.command(&["member", "list"]).env(variable, "1").output().unwrap();
        let said = text(&output.stderr);
        assert!(said.trim_end().ends_with(hint) && said.contains(variable), "{said}");
    }
    for command in ["drop", "retry", "pause", "resume"] {
        code(&["queue", command, ""], 2, "a host is missing");
    }
    code(&["host", "block", " "], 2, "a host is missing");
    code(&["host", "block", "*"], 3, "names no other server");
    code(&["host", "block", "com"], 3, "every server whose name ends so");
    code(&["host", "block", "com", "--force"], 0, "");
    code(&["need", "post", "--title", ""], 3, "title is missing");
    code(&["need", "post", "--title", "x", "--amount", "many"], 3, "not a number");
    code(&["need", "post", "--title", "x", "--amount", "-5"], 3, "more than zero");
    code(&["member", "add", "STEWARD"], 3, "has this name");
    code(&["need", "post", "--title", "x", "--until", "soon"], 3, "2026-08-28");
    code(&["need", "post", "--title", "x", "--by", "Nobody"], 3, "member list");
    code(&["proposal", "show", "nonsense"], 3, "proposal list");
    code(&["proposal", "close", "0000000000001", "--reason", "bored"], 2, "no-longer-relevant");
    code(&["member", "add", "Steward"], 3, "has this name");
    code(&["follow", "add", "nonsense"], 1, "@mill@mill.example");
    code(&["config", "explain", "federation.allow_htp"], 1, "federation.allow_http");
    let misspelt = folder.command(&["member", "list"]).env("MUTUALS_LISTNE", "x").output().unwrap();
    assert_eq!(misspelt.status.code(), Some(1));
    assert!(text(&misspelt.stderr).contains("listen"), "{}", text(&misspelt.stderr));
    let postgres = folder
        .command(&["member", "list"])
        .env("MUTUALS_DATABASE__URL", "postgres://127.0.0.1:1/ring")
        .output()
        .unwrap();
    assert_eq!(postgres.status.code(), Some(1));
    assert!(text(&postgres.stderr).contains("cannot reach PostgreSQL"));
}

#[test]
fn a_password_can_lie_in_a_file_that_the_environment_names() {
    let folder = Folder::new();
    let file = folder.folder.path().join("mail_url");
    std::fs::write(&file, "smtps://ring:secret@mail.example\n").unwrap();
    let explain = |value: &str| {
        let mut command = folder.command(&["config", "explain", "mail.url"]);
        command.env("MUTUALS_MAIL__URL_FILE", &file).env("MUTUALS_MAIL__URL", value);
        command.output().unwrap()
    };
    let said = text(&explain("").stdout);
    assert!(said.contains("from the file") && said.contains("mail_url"), "{said}");
    assert!(said.contains("MUTUALS_MAIL__URL_FILE") && !said.contains("secret"), "{said}");
    let both = explain("smtp://other");
    assert_eq!(both.status.code(), Some(1));
    assert!(text(&both.stderr).contains("not both"), "{}", text(&both.stderr));
}

#[test]
fn a_command_takes_effect_in_a_running_server_within_two_seconds() {
    let folder = Folder::new();
    let port = free_port();
    folder.init(port);
    let listen = format!("127.0.0.1:{port}");
    let serve = folder.command(&["serve", "--listen", &listen]).stderr(Stdio::null()).spawn();
    let mut server = Running(serve.unwrap());
    wait(Duration::from_secs(10), || fetch(port, "/board").is_some_and(|page| !page.is_empty()));
    folder.json(&["need", "post", "--title", "Warm blankets"]);
    wait(Duration::from_secs(2), || {
        fetch(port, "/c/ring/outbox?page=true").is_some_and(|page| page.contains("Warm blankets"))
    });
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn f_18_new_keys_are_in_use_in_a_running_server_within_two_seconds() {
    let folder = Folder::new();
    let port = free_port();
    folder.init(port);
    let listen = format!("127.0.0.1:{port}");
    let serve = folder.command(&["serve", "--listen", &listen]).stderr(Stdio::null()).spawn();
    let mut server = Running(serve.unwrap());
    let serves = |key: &str| fetch(port, "/actor").is_some_and(|actor| actor.contains(key));
    wait(Duration::from_secs(10), || serves("#main-key"));
    let keys = folder.json(&["keys", "rotate"]);
    wait(Duration::from_secs(2), || serves("#key-2"));
    assert_eq!(server.stop("-TERM"), Some(0));
    assert_eq!(folder.json(&["keys", "list"]), keys);
    let states: Vec<_> = keys.iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["retired", "current", "retired", "current"]);
    assert!(keys[0]["until"].is_string() && keys[1]["until"].is_null());
    let again = folder.run(&["keys", "rotate"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(text(&again.stderr).contains("seven days"));
}

/// The first of three free ports.
fn three_free_ports() -> u16 {
    let is_free =
        |port: &u16| (1..3).all(|next| TcpListener::bind(("127.0.0.1", port + next)).is_ok());
    (0..50).map(|_| free_port()).find(is_free).unwrap()
}

#[test]
fn the_demo_tells_the_forty_blankets_step_by_step() {
    let folder = Folder::new();
    let port = three_free_ports();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutuals"));
    command.args(["demo", "--json", "--port", &port.to_string()]).env_clear();
    command.env("TMPDIR", folder.folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut demo = Running(command.stderr(Stdio::null()).spawn().unwrap());
    let mut enter = demo.0.stdin.take().unwrap();
    let lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
    let mut lines = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let ring = lines.next().unwrap()["data"].as_str().unwrap().to_owned();
    let ready = lines.nth(2).unwrap();
    assert_eq!(ready["ready"], true);
    let mut need = String::new();
    let stands = |need: &str| {
        let mut show = Command::new(env!("CARGO_BIN_EXE_mutuals"));
        show.args(["--json", "--data", &ring, "proposal", "show", need]).env_clear();
        serde_json::from_slice::<Value>(&show.output().unwrap().stdout).unwrap()
    };
    let open =
        [None, Some("40"), Some("15"), Some("0"), Some("5"), Some("0"), Some("1"), Some("1")];
    for (number, open) in open.into_iter().enumerate() {
        writeln!(enter).unwrap();
        let told = lines.next().unwrap();
        assert_eq!(told["id"], format!("step-{}", number + 1));
        if let Some(open) = open {
            need = told["url"].as_str().unwrap().to_owned();
            assert_eq!(stands(&need)["open"], open, "{told}");
        }
    }
    let closed = stands(&need);
    assert_eq!((&closed["state"], &closed["came_low"]), (&"enough".into(), &"39".into()));
    assert_eq!(closed["came_high"], "40");
    assert_eq!(demo.stop("-INT"), Some(0));
}

#[test]
fn the_demo_starts_speaks_json_and_ends_on_ctrl_c() {
    let folder = Folder::new();
    let port = three_free_ports();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutuals"));
    command.args(["demo", "--json", "--port", &port.to_string()]).env_clear();
    command.env("TMPDIR", folder.folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut demo = Running(command.spawn().unwrap());
    let lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
    let lines: Vec<Value> =
        lines.take(4).map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    let names: Vec<_> = lines.iter().filter_map(|line| line["name"].as_str()).collect();
    assert_eq!(names, ["Ring Street", "Mill Lane", "Harbour"]);
    assert_eq!(lines[3]["ready"], true);
    let data = lines[1]["data"].as_str().unwrap();
    let kept = Command::new(env!("CARGO_BIN_EXE_mutuals"))
        .args(["--data", data, "turn", "list"])
        .env_clear()
        .output()
        .unwrap();
    assert!(text(&kept.stdout).contains("Tuesday kitchen"), "{}", text(&kept.stderr));
    let post = Command::new(env!("CARGO_BIN_EXE_mutuals"))
        .args(["--data", data, "need", "post", "--title", "Ladders for Saturday"])
        .env_clear()
        .output()
        .unwrap();
    assert!(post.status.success(), "{}", text(&post.stderr));
    wait(Duration::from_secs(3), || {
        let ring = lines[0]["data"].as_str().unwrap();
        let list = Command::new(env!("CARGO_BIN_EXE_mutuals"))
            .args(["--data", ring, "proposal", "list", "--from", "neighbours"])
            .env_clear()
            .output()
            .unwrap();
        text(&list.stdout).contains("Ladders for Saturday")
    });
    assert_eq!(demo.stop("-INT"), Some(0));
    let left = std::fs::read_dir(folder.folder.path()).unwrap().count();
    assert_eq!(left, 0, "it leaves nothing behind");
}

/// Waits until something is so, and fails if it is not in time.
pub fn wait(longest: Duration, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < longest, "it did not become so in {longest:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub fn fetch(port: u16, path: &str) -> Option<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[tokio::test]
async fn neighbours_are_looked_at_listed_and_followed_by_command() {
    let mill = crate::testapp::TestApp::start("mill").await;
    let omar = mill.steward("Omar").await;
    mill.need(&omar, "Jam jars", "10").await;
    let address = mill.app.collective.urls().actor().to_string();
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.opml").to_string_lossy().into_owned();
    // A list that neighbours share names us too.
    let us = "http://127.0.0.1:1/c/ring";
    let both = format!("<outline url='{us}'/><outline url='{address}'/>");
    std::fs::write(&list, format!("<opml><body>{both}</body></opml>")).unwrap();
    let worked = tokio::task::spawn_blocking(move || {
        let ring = Folder::new();
        ring.init(1);
        let looked = ring.json(&["neighbour", "look", &address]);
        assert_eq!(looked[0]["id"], address);
        assert_eq!(
            (&looked[0]["following"], &looked[0]["name"]),
            (&"no".into(), &"mill collective".into())
        );
        assert_eq!(looked[0]["software"]["name"], "mutuals");
        assert!(looked[0]["speaks"].as_array().unwrap().contains(&"pacts".into()));
        assert_eq!((looked.len(), &looked[1]["title"]), (2, &"Jam jars".into()));
        let object = looked[1]["object"].as_str().unwrap().to_owned();
        assert_eq!(looked[1]["id"], object, "nothing of it is stored");
        let shown = ring.json(&["proposal", "show", &object]);
        assert_eq!(
            (&shown[0]["title"], &shown[0]["whose"]),
            (&"Jam jars".into(), &address.clone().into())
        );
        assert!(ring.json(&["proposal", "list", "--from", "pacts"]).is_empty());
        for (typed, why) in [
            ("jam jars", "neither an address nor a handle"),
            ("http://127.0.0.1:1/c/ring", "our own address"),
            (object.as_str(), "no collective at this address"),
        ] {
            let refused = ring.run(&["neighbour", "look", typed]);
            assert_eq!(refused.status.code(), Some(3), "{typed}");
            assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
        }
        let away = ring.run(&["neighbour", "look", "@mill@127.0.0.1:9"]);
        assert_eq!(away.status.code(), Some(1));
        assert!(text(&away.stderr).contains("cannot be reached"), "{}", text(&away.stderr));

        let followed = ring.json(&["neighbour", "import", &list]);
        let states: Vec<_> = followed.iter().map(|each| (&each["id"], &each["state"])).collect();
        let expected = [(&us.into(), &"ours".into()), (&address.into(), &"asked".into())];
        assert_eq!(states, expected);
        let exported = text(&ring.run(&["neighbour", "export"]).stdout);
        assert!(exported.contains("<opml version=\"2.0\">"));
        assert!(!exported.contains("<outline"), "they did not say yes yet: {exported}");
        let broken = ring.run(&["proposal", "pass-on", "7"]);
        assert_eq!(broken.status.code(), Some(3), "{}", text(&broken.stderr));
    });
    worked.await.unwrap();
}
