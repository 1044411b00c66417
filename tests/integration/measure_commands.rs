//! `mutuals member show|export|leave|warn|freeze|confirm|lift` and `mutuals log list`.

use std::io::{Cursor, Read as _};

use crate::cli::{Folder, free_port, text};

const CLAUSE: &str = "nobody counts who gave what";

#[test]
fn measures_are_taken_and_read_from_the_command_line() {
    let folder = Folder::new();
    folder.init(free_port());
    let ida = folder.json(&["member", "list"]).remove(0)["name"].as_str().unwrap().to_owned();
    folder.json(&["member", "add", "Tove", "--steward"]);
    let kofi = folder.json(&["member", "add", "Kofi"]).remove(0)["id"].clone();
    let take = |clause: &str| {
        let words = ["--clause", clause, "--reason", "He locked the yard"];
        folder.run(&[["member", "freeze", "Kofi", "--by", &ida].as_slice(), &words].concat())
    };
    let wrong = take("be nice");
    assert_eq!(wrong.status.code(), Some(3), "{}", text(&wrong.stderr));
    assert!(text(&wrong.stderr).contains("what we owe each other"));
    assert!(take(CLAUSE).status.success());
    let shown = folder.json(&["member", "show", "Kofi"]);
    assert_eq!(shown[0]["id"], kofi);
    assert_eq!(shown[1]["kind"], "freeze");
    assert_eq!(shown[1]["confirmed"], serde_json::Value::Null);

    let offered = folder.run(&["offer", "post", "--title", "A ladder", "--by", "Kofi"]);
    assert_eq!(offered.status.code(), Some(3), "{}", text(&offered.stdout));
    folder.json(&["need", "post", "--title", "Insulin", "--by", "Kofi"]);

    let own = folder.run(&["member", "confirm", "Kofi", "--by", &ida]);
    assert_eq!(own.status.code(), Some(3), "{}", text(&own.stderr));
    let confirmed = folder.json(&["member", "confirm", "Kofi", "--by", "Tove"]).remove(0);
    assert!(confirmed["confirmed"].is_string());
    let lift = ["member", "lift", "Kofi", "--by", "Tove", "--reason", "We talked"];
    assert_eq!(folder.json(&lift).remove(0)["ended"], "lifted");
    assert_eq!(folder.run(&lift).status.code(), Some(3));
    folder.json(&["offer", "post", "--title", "A ladder", "--by", "Kofi"]);

    let log = folder.json(&["log", "list"]);
    let acts: Vec<_> = log.iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["lifted", "confirmed", "frozen"]);
    assert!(log.iter().all(|line| !line.to_string().contains("He locked")), "{log:?}");
    assert_eq!(folder.json(&["log", "list", "--limit", "1"]).len(), 1);
    for verb in ["delete", "edit", "clear"] {
        assert_eq!(folder.run(&["log", verb]).status.code(), Some(2));
    }
}

#[test]
fn members_are_exported_and_leave_from_the_command_line() {
    let folder = Folder::new();
    folder.init(free_port());
    folder.json(&["member", "add", "Kofi Mensah"]);
    folder.json(&["need", "post", "--title", "Warm blankets", "--by", "Kofi Mensah"]);
    let file = folder.folder.path().join("kofi.zip");
    let path = file.to_str().unwrap();
    folder.json(&["member", "export", "Kofi Mensah", path]);
    let mut archive = zip::ZipArchive::new(Cursor::new(std::fs::read(&file).unwrap())).unwrap();
    let mut page = String::new();
    archive.by_name("index.html").unwrap().read_to_string(&mut page).unwrap();
    assert!(page.contains("Kofi Mensah") && page.contains("Warm blankets"), "{page}");
    let again = folder.run(&["member", "export", "Kofi Mensah", path]);
    assert_eq!(again.status.code(), Some(1), "a file is never written over");
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
    }

    let left = folder.json(&["member", "leave", "Kofi Mensah"]).remove(0);
    assert!(left["erased"].is_string());
    let names = folder.json(&["member", "list"]);
    assert!(!names.iter().any(|line| line["name"] == "Kofi Mensah"));
    let ida = names[0]["name"].as_str().unwrap().to_owned();
    let last = folder.run(&["member", "leave", &ida]);
    assert_eq!(last.status.code(), Some(3), "the last steward stays: {}", text(&last.stderr));
}
