//! `mutuals domain …`, `mutuals mode …` and `mutuals report …`

use serde_json::json;

use crate::cli::{Folder, text};

const LIST: &str = include_str!("../fixtures/domains/mastodon.csv");

#[test]
fn rules_about_other_servers_in_commands() {
    let folder = Folder::new();
    folder.init(1);
    let seen = folder.json(&["domain", "preview", "evil.example"]).remove(0);
    assert_eq!((&seen["followers"], &seen["pacts"]), (&json!(0), &json!([])));
    let rule = ["domain", "limit", "*.quiet.example", "--comment", "Ads", "--until", "2999-12-24"];
    let made = folder.json(&rule).remove(0);
    assert_eq!((&made["id"], &made["severity"]), (&json!("quiet.example"), &json!("limit")));
    assert!(made["until"].as_str().unwrap().starts_with("2999-12-2"), "{made}");
    folder.json(&["domain", "suspend", "evil.example", "--note", "raids"]);
    assert_eq!(folder.json(&["host", "list"])[0]["id"], "evil.example", "a suspension is a block");
    assert_eq!(folder.json(&["domain", "list"]).len(), 2);
    folder.json(&["domain", "undo", "evil.example"]);
    assert!(folder.json(&["host", "list"]).is_empty());
    for refused in [
        ["domain", "undo", "evil.example"],
        ["domain", "limit", "co.uk"],
        ["domain", "suspend", "127.0.0.1"],
    ] {
        let output = folder.run(&refused);
        assert_eq!(output.status.code(), Some(3), "{refused:?}: {}", text(&output.stderr));
    }
    folder.json(&["domain", "undo", "quiet.example"]);

    let file = folder.folder.path().join("blocks.csv");
    std::fs::write(&file, LIST).unwrap();
    let file = file.to_str().unwrap();
    let looked = folder.json(&["domain", "import", file]).remove(0);
    assert_eq!((&looked["new"], &looked["left_out"]), (&json!(6), &json!(0)));
    assert!(folder.json(&["domain", "list"]).is_empty(), "a look changes nothing");
    let applied = folder.json(&["domain", "import", file, "--apply"]).pop().unwrap();
    assert_eq!(applied["rules"], json!(6));
    assert_eq!(text(&folder.run(&["domain", "export"]).stdout), LIST);
}

#[test]
fn with_whom_we_speak_in_commands() {
    let folder = Folder::new();
    folder.init(1);
    assert_eq!(folder.json(&["mode", "show"])[0]["mode"], "open");
    assert_eq!(folder.json(&["mode", "allow", "Mill.example"])[0]["id"], "mill.example");
    let set = folder.json(&["mode", "set", "allowlist", "--keep-known"]).remove(0);
    assert_eq!((&set["mode"], &set["added"]), (&json!("allowlist"), &json!(0)));
    assert_eq!(folder.json(&["mode", "show"])[1]["id"], "mill.example");
    let list = text(&folder.run(&["domain", "export", "--allowed"]).stdout);
    assert_eq!(list, "#domain\nmill.example\n");
    folder.json(&["mode", "disallow", "mill.example"]);
    for refused in [
        ["mode", "disallow", "mill.example"],
        ["mode", "dismiss", "mill.example"],
        ["mode", "set", "jam"],
    ] {
        assert_eq!(folder.run(&refused).status.code(), Some(3), "{refused:?}");
    }
    let missing = ["report", "send", "Spam", "--reply", "0123456789ABC"];
    assert_eq!(folder.run(&missing).status.code(), Some(3));
    assert_eq!(folder.run(&["report", "send", "Spam"]).status.code(), Some(1));
}
