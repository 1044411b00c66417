//! `mutuals round open|sign|list|confirm|renew|end|close|line` and
//! `mutuals cause list|add|rename|retire|respond|done`.

use serde_json::Value;

use crate::cli::{Folder, free_port, text};

fn id(line: &Value) -> String {
    line["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_round_from_its_opening_to_its_sheet_in_commands() {
    let folder = Folder::new();
    folder.init(free_port());
    folder.json(&["member", "add", "Tove", "--steward"]);
    folder.json(&["member", "add", "Rosa"]);
    let open = |rest: &[&'static str]| {
        let words = ["round", "open", "--title", "Flood", "--text", "The hall is dry."];
        [words.as_slice(), rest].concat()
    };
    let endless = folder.run(&open(&["--with", "Tove"]));
    assert_eq!(endless.status.code(), Some(2), "a round without an end cannot be asked for");
    let long = folder.run(&open(&["--days", "91", "--with", "Tove"]));
    assert_eq!(long.status.code(), Some(3), "{}", text(&long.stderr));
    let member = folder.run(&open(&["--days", "30", "--with", "Rosa"]));
    assert_eq!(member.status.code(), Some(3), "{}", text(&member.stderr));

    let asked = folder.json(&open(&["--days", "30"])).remove(0);
    assert_eq!((&asked["state"], &asked["confirmed"]), (&"asked".into(), &false.into()));
    let own = folder.run(&["round", "sign", &id(&asked)]);
    assert_eq!(own.status.code(), Some(3), "{}", text(&own.stderr));
    let opened = folder.json(&["round", "sign", &id(&asked), "--by", "Tove"]).remove(0);
    assert_eq!(opened["state"], "provisional");
    assert!(opened["ends"].is_string() && opened["until"].as_str() < opened["ends"].as_str());
    assert_eq!(folder.json(&["round", "list"]).len(), 1);

    let need = |title: &str, rest: &[&str]| {
        let words = ["need", "post", "--title", title, "--by", "Rosa"];
        id(&folder.json(&[words.as_slice(), rest].concat())[0])
    };
    let round = id(&asked);
    let sandbags = need("Sandbags", &["--round", &round]);
    let room = need("A dry room", &["--origin", "office", "--replaces"]);
    assert_eq!(folder.json(&["round", "line", &round]).len(), 1);
    folder.json(&["round", "line", &room, "--round", &round]);
    let lines = folder.json(&["round", "line", &round]);
    assert_eq!(lines[1]["title"], "A dry room");
    assert_eq!(lines[1]["outcome"], Value::Null);

    let early = folder.run(&["round", "close", &round]);
    assert_eq!(early.status.code(), Some(3), "{}", text(&early.stderr));
    assert_eq!(folder.json(&["round", "end", &round])[0]["ended_how"], "early");
    let undecided = folder.run(&["round", "close", &round]);
    assert!(text(&undecided.stderr).contains("not decided yet"));
    assert_eq!(folder.json(&["round", "line", &sandbags, "--finished"])[0]["outcome"], "finished");
    let bare = folder.run(&["round", "line", &room, "--cause", "Rent rise"]);
    assert_eq!(bare.status.code(), Some(3), "{}", text(&bare.stderr));
    let line = ["round", "line", &room, "--cause", "subida del alquiler"];
    let project = ["--response", "project", "--text", "Tenants meet"];
    let said = folder.json(&[line.as_slice(), &project].concat()).remove(0);
    assert_eq!(said["outcome"], "cause");
    assert_eq!(folder.json(&["round", "close", &round])[0]["state"], "closed");
    let log = folder.json(&["log", "list"]);
    let acts: Vec<_> = log.iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["round_closed", "round_ended", "round_opened", "round_asked"]);
}

#[test]
fn causes_and_what_we_do_about_them_in_commands() {
    let folder = Folder::new();
    folder.init(free_port());
    let all = folder.json(&["cause", "list"]);
    assert_eq!(all.len(), 11);
    assert_eq!((&all[0]["name"], &all[0]["seen"]), (&"Rent rise".into(), &serde_json::json!([])));
    let damp = folder.json(&["cause", "add", "Damp flats"]).remove(0);
    assert_eq!(folder.run(&["cause", "add", "damp flats"]).status.code(), Some(3));
    assert_eq!(folder.run(&["cause", "retire", "Nothing"]).status.code(), Some(3));
    assert!(folder.json(&["cause", "retire", &id(&damp)])[0]["retired"].is_string());
    assert_eq!(
        folder.json(&["cause", "retire", "Damp flats", "--undo"])[0]["retired"],
        Value::Null
    );
    folder.json(&["cause", "rename", "Damp flats", "Wet walls"]);

    let not_now = ["cause", "respond", "Wet walls", "--response", "not-now", "--text", "In spring"];
    assert_eq!(folder.run(&not_now).status.code(), Some(3), "it needs a day");
    let campaign = ["cause", "respond", "Wet walls", "--response", "campaign", "--text", "Posters"];
    let made = folder.json(&campaign).remove(0);
    assert_eq!((&made["kind"], &made["done"]), (&"campaign".into(), &Value::Null));
    assert!(folder.json(&["cause", "done", &id(&made)])[0]["done"].is_string());
    let odd = ["cause", "respond", "Wet walls", "--response", "prayer", "--text", "x"];
    assert_eq!(folder.run(&odd).status.code(), Some(3));

    // Seven are nothing that anybody is told, and nobody is told of one.
    for _ in 0..7 {
        let need = folder.json(&["need", "post", "--title", "A room"]).remove(0);
        let close = ["proposal", "close", &id(&need), "--cause", "Wet walls"];
        folder.json(&[close.as_slice(), &["--cause-words", "mould"]].concat());
    }
    let listed = text(&folder.run(&["cause", "list", "--json"]).stdout);
    assert!(!listed.contains("about") && !listed.contains("mould"), "{listed}");
}
