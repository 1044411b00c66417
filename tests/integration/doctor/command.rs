//! The doctor on the command line, and a server that is not let write.

use std::fs::{self, Permissions};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Folder, Running, fetch, free_port, text, wait};
use crate::testapp::postgres;

/// What the doctor says, and with which code it ends.
fn examine(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> (Vec<Value>, i32) {
    let arguments = [&["doctor", "--json"], arguments].concat();
    let mut command = folder.command(&arguments);
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let lines =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, output.status.code().unwrap())
}

#[track_caller]
fn find<'a>(found: &'a [Value], id: &str) -> &'a Value {
    found
        .iter()
        .find(|line| line["id"] == id)
        .unwrap_or_else(|| panic!("{id} is missing: {found:?}"))
}

fn wrong(found: &[Value]) -> Vec<&Value> {
    found.iter().filter(|line| line["state"] == "wrong").collect()
}

#[test]
fn a_new_instance_is_well_and_what_is_wrong_ends_with_one() {
    let folder = Folder::new();
    // Nothing is set up: that is said, and what can be looked at is.
    let (found, code) = examine(&folder, &["--offline"], &[]);
    assert_eq!(code, 1);
    if postgres().is_none() {
        let said = find(&found, "database.open")["what"].as_str().unwrap().to_owned();
        assert!(said.contains("there is no database"), "{said}");
    }
    assert_eq!(find(&found, "settings.log")["state"], "ok");
    assert_eq!(find(&found, "queue.hosts")["state"], "skipped");

    folder.init(1);
    let (found, code) = examine(&folder, &["--offline"], &[]);
    assert_eq!((wrong(&found), code), (vec![], 0));
    for id in ["files.owner", "files.modes", "files.folder", "database.open", "queue.leases"] {
        assert_eq!(find(&found, id)["state"], "ok", "{id}");
    }
    assert_eq!(find(&found, "outside.reached")["state"], "skipped");

    let loud = [("MUTUALS_LOG__LEVEL", "debug")];
    let (found, code) = examine(&folder, &["--offline"], &loud);
    assert_eq!((wrong(&found).len(), code), (1, 1));
    let line = find(&found, "settings.log");
    assert!(line["do"].as_str().unwrap().contains("info"), "{line}");
    let plain = folder.command(&["doctor", "--offline"]).envs(loud).output().unwrap();
    assert!(text(&plain.stdout).contains("wrong   settings.log"), "{}", text(&plain.stdout));
    assert!(text(&plain.stderr).contains("one thing is wrong"), "{}", text(&plain.stderr));
}

#[test]
fn what_is_certain_is_mended_and_said() {
    let folder = Folder::new();
    folder.init(1);
    let data = folder.folder.path().join("data");
    let key = data.join("keys").join("sealing");
    assert_eq!(mode(&key), 0o600);
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert_eq!(examine(&folder, &["--offline"], &[]).1, 1);
    let (found, code) = examine(&folder, &["--offline", "--fix"], &[]);
    let line = find(&found, "files.modes");
    assert_eq!((&line["mended"], code), (&true.into(), 0));
    assert!(line["what"].as_str().unwrap().contains("keys/sealing"), "{line}");
    assert_eq!(mode(&key), 0o600);
    assert_eq!(examine(&folder, &["--offline"], &[]).1, 0);
}

#[test]
fn what_this_program_makes_is_read_by_nobody_else() {
    if postgres().is_some() {
        return;
    }
    let folder = Folder::new();
    folder.init(1);
    let data = folder.folder.path().join("data");
    assert_eq!((mode(&data), mode(&data.join("mutuals.db"))), (0o700, 0o600));
}

#[test]
fn f_29_the_doctor_works_beside_the_server_that_it_looks_at() {
    let (folder, port) = (Folder::new(), free_port());
    folder.init(port);
    let (found, code) = examine(&folder, &[], &[]);
    assert_eq!((&find(&found, "outside.reached")["state"], code), (&"wrong".into(), 1));
    let listen = format!("127.0.0.1:{port}");
    let serve = folder.command(&["serve", "--listen", &listen]).stderr(Stdio::null()).spawn();
    let _server = Running(serve.unwrap());
    let is_up = || fetch(port, "/board").is_some_and(|page| page.starts_with("HTTP/1.1 200"));
    wait(Duration::from_secs(20), is_up);
    let (found, code) = examine(&folder, &[], &[]);
    assert_eq!((wrong(&found), code), (vec![], 0));
    for id in ["outside.reached", "outside.host", "outside.signature", "outside.webfinger"] {
        assert_eq!(find(&found, id)["state"], "ok", "{id}");
    }
}

#[test]
fn a_backup_that_somebody_made_is_listed_and_counts() {
    let folder = Folder::new();
    folder.init(1);
    let (found, _) = examine(&folder, &["--offline"], &[]);
    assert_eq!(find(&found, "backups.age")["state"], "note");
    let backups = folder.folder.path().join("data/backups");
    fs::create_dir_all(&backups).unwrap();
    // What is none does not count.
    fs::write(backups.join("half.backup"), "age-encryption.org/v1").unwrap();
    let (found, _) = examine(&folder, &["--offline"], &[]);
    assert_eq!(find(&found, "backups.age")["state"], "note");
    fs::remove_file(backups.join("half.backup")).unwrap();
    for name in ["one.backup", "two.backup"] {
        folder.json(&["backup", "create", backups.join(name).to_str().unwrap()]);
    }
    let listed = folder.json(&["backup", "list"]);
    let names: Vec<_> = listed.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert!(names[0].ends_with("two.backup") && names[1].ends_with("one.backup"), "{names:?}");
    let (found, _) = examine(&folder, &["--offline"], &[]);
    assert_eq!(find(&found, "backups.age")["state"], "ok");
}

#[test]
fn joining_without_a_vouch_is_worth_a_word() {
    let folder = Folder::new();
    folder.init(1);
    let street = folder.json(&["covenant", "template", "street"]).remove(0);
    let file = folder.folder.path().join("covenant.md");
    fs::write(&file, street["text"].as_str().unwrap()).unwrap();
    folder.json(&["covenant", "set", file.to_str().unwrap(), "--vouches", "0"]);
    let (found, code) = examine(&folder, &["--offline"], &[]);
    assert_eq!((&find(&found, "settings.joining")["state"], code), (&"note".into(), 0));
}

/// Somebody who owns nothing.
const NOBODY: u32 = 65_534;

#[test]
fn f_28_a_server_that_may_not_write_says_the_line_to_type() {
    if postgres().is_some() {
        return;
    }
    let folder = Folder::new();
    folder.init(1);
    let data = folder.folder.path().join("data");
    let open = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let mut command = folder.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.stderr(Stdio::piped());
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        // The folder belongs to root, and somebody else serves it.
        open(folder.folder.path(), 0o755);
        open(&data, 0o755);
        open(&data.join("mutuals.db"), 0o644);
        command.uid(NOBODY).gid(NOBODY);
    } else {
        open(&data, 0o500);
    }
    let mut server = match command.spawn() {
        Ok(server) => Running(server),
        Err(why) => return println!("SKIPPED: nobody else can run this program here: {why}"),
    };
    let began = Instant::now();
    let mut ended = None;
    while ended.is_none() && began.elapsed() < Duration::from_secs(20) {
        ended = server.0.try_wait().unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    if !is_root {
        open(&data, 0o700);
    }
    assert_eq!(ended.expect("it began").code(), Some(1));
    let mut said = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let data = data.canonicalize().unwrap();
    let line = match is_root {
        true => format!("chown -R {NOBODY}:{NOBODY} {}", data.display()),
        false => format!("chmod -R u+rwX {}", data.display()),
    };
    assert!(said.contains(&line), "{said}");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_configuration_that_cannot_be_read_is_one_thing_that_is_wrong() {
    let folder = Folder::new();
    folder.init(1);
    fs::set_permissions(folder.folder.path().join("data"), Permissions::from_mode(0o755)).unwrap();
    let (found, code) = examine(&folder, &["--offline"], &[("MUTUALS_LISTN", "1")]);
    assert_eq!(code, 1);
    let said = find(&found, "settings.read")["what"].as_str().unwrap();
    assert!(said.contains("listn") && said.contains("listen"), "{said}");
    assert_eq!(wrong(&found).len(), 1);
    // What can be looked at without it is.
    assert_eq!(find(&found, "files.folder")["state"], "note");
    assert_eq!(find(&found, "database.open")["state"], "skipped");
}

#[test]
fn what_was_meant_for_a_while_is_not_forgotten() {
    let folder = Folder::new();
    folder.init(1);
    let standing = || {
        let (found, code) = examine(&folder, &["--offline"], &[]);
        assert_eq!(code, 0);
        let found = find(&found, "settings.standing");
        (found["state"].clone(), found["what"].as_str().unwrap().to_owned())
    };
    assert_eq!(standing().0, "ok");
    folder.json(&["quiet", "on"]);
    let (state, what) = standing();
    assert!(state == "note" && what.contains("quiet"), "{what}");
    folder.json(&["lockdown"]);
    let (state, what) = standing();
    assert!(state == "note" && what.contains("locked down"), "{what}");
}
