//! `mutuals decision|role|string|agenda …`

use crate::cli::{Folder, free_port, text};

/// A decision by Ida, Kofi and Rosa; answers its id.
fn decided(folder: &Folder, until: &str, everybody: [&str; 3]) -> String {
    let propose = ["decision", "propose", "--title", "We take it", "--until", until];
    let id = folder.json(&propose).remove(0)["id"].as_str().unwrap().to_owned();
    for member in everybody {
        folder.json(&["decision", "say", &id, "yes", "--by", member]);
    }
    assert_eq!(folder.json(&["decision", "close", &id]).remove(0)["ending"], "adopted");
    id
}

#[test]
fn the_assembly_works_from_the_command_line() {
    let folder = Folder::new();
    folder.init(free_port());
    let first = folder.json(&["member", "list"]).remove(0);
    let ida = first["name"].as_str().unwrap().to_owned();
    // From when she came, so that the test reads no clock.
    let joined: jiff::Timestamp = first["joined"].as_str().unwrap().parse().unwrap();
    let after = |days: i64| (joined + jiff::SignedDuration::from_hours(24 * days)).to_string();
    for name in ["Kofi", "Rosa"] {
        folder.json(&["member", "add", name]);
    }
    let (until, year) = (after(2), after(365));
    let propose = ["decision", "propose", "--title", "Kofi keeps the keys", "--until", &until];
    let wrong = folder.run(&[propose.as_slice(), &["--quorum", "9"]].concat());
    assert_eq!(wrong.status.code(), Some(3), "{}", text(&wrong.stderr));
    let unread = folder.run(&[propose.as_slice(), &["--quorum", "half"]].concat());
    assert_eq!(unread.status.code(), Some(2), "{}", text(&unread.stderr));
    let quorum = ["--method", "vote", "--quorum", "100%", "--by", "Rosa"];
    let opened = folder.json(&[propose.as_slice(), &quorum].concat()).remove(0);
    assert_eq!((&opened["quorum"], &opened["members"]), (&3.into(), &3.into()));
    let id = opened["id"].as_str().unwrap();
    let said = folder.json(&["decision", "say", id, "yes", "--by", "Rosa"]).remove(0);
    assert_eq!((&said["spoken"], &said["tally"]), (&1.into(), &serde_json::Value::Null));
    let early = folder.run(&["decision", "close", id]);
    assert_eq!(early.status.code(), Some(3), "{}", text(&early.stderr));
    let paper = ["decision", "paper", id];
    folder.json(&[paper.as_slice(), &["--yes", "1", "--no", "1", "--by", &ida]].concat());
    let own = folder.run(&[paper.as_slice(), &["--confirm", "--by", &ida]].concat());
    assert_eq!(own.status.code(), Some(3), "{}", text(&own.stderr));
    let counted = folder.json(&[paper.as_slice(), &["--confirm", "--by", "Kofi"]].concat());
    assert_eq!((&counted[0]["spoken"], &counted[0]["papers_waiting"]), (&3.into(), &0.into()));
    let closed = folder.json(&["decision", "close", id]).remove(0);
    assert_eq!((&closed["ending"], &closed["tally"]["yes"]), (&"adopted".into(), &2.into()));
    assert_eq!(folder.json(&["decision", "show", id]).remove(0)["title"], "Kofi keeps the keys");
    assert_eq!(folder.json(&["decision", "list"]).len(), 1);
    assert!(folder.json(&["decision", "list", "--open"]).is_empty());

    let role = folder.json(&["role", "add", "Keys", "--holds", "keys"]).remove(0);
    assert_eq!(role["terms"], serde_json::json!([]));
    let give = ["role", "give", "Keys", "Kofi", "--until", &year, "--deputy", "Rosa"];
    let alone = folder.run(&give);
    assert_eq!(alone.status.code(), Some(3), "{}", text(&alone.stderr));
    assert!(text(&alone.stderr).contains("--decision"), "it says what to do");
    let given = folder.json(&[give.as_slice(), &["--decision", id]].concat()).remove(0);
    assert_eq!(given["terms"][0]["holder"], "Kofi");
    assert_eq!(given["terms"][0]["state"], "running");
    let renew = ["role", "renew", "Keys", "--until", &year, "--decision", id];
    assert_eq!(folder.run(&renew).status.code(), Some(3), "each decision gives a role once");
    let line = folder.json(&["role", "hand-over", "Keys", "--add", "The spare one"]).remove(0);
    let tick =
        ["role", "hand-over", "Keys", "--by", "Kofi", "--tick", line["id"].as_str().unwrap()];
    assert_eq!(folder.json(&tick).remove(0)["done"], true);
    // The assembly is asked, in so many words that anybody may carry out what it says.
    let ask = ["role", "ask", "Keys", "--by", "Rosa"];
    let neither = folder.run(&ask);
    assert_eq!(neither.status.code(), Some(2), "{}", text(&neither.stderr));
    let naming = [ask.as_slice(), &["--name", "Rosa", "--until", &year]].concat();
    let asked = folder.json(&naming).remove(0);
    assert_eq!((&asked["carries_out"]["act"], &asked["method"]), (&"name".into(), &"vote".into()));
    assert_eq!((&asked["quorum"], &asked["carried_out"]), (&2.into(), &serde_json::Value::Null));
    let early = folder.run(&["decision", "carry-out", asked["id"].as_str().unwrap()]);
    assert_eq!(early.status.code(), Some(3), "{}", text(&early.stderr));
    let term = given["terms"][0]["id"].as_str().unwrap();
    let ending = folder.json(&[ask.as_slice(), &["--end", term]].concat()).remove(0);
    assert_eq!(ending["carries_out"], serde_json::json!({"act": "end", "term": term}));
    let of_another = folder.run(&["role", "ask", "house", "--end", term]);
    assert_eq!(of_another.status.code(), Some(3), "{}", text(&of_another.stderr));

    let titles: Vec<_> = folder.json(&["role", "list"]);
    let titles: Vec<_> = titles.iter().map(|role| role["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["house", "Keys"]);
    let last = folder.run(&["role", "end", "house"]);
    assert_eq!(last.status.code(), Some(3), "the last one stays: {}", text(&last.stderr));
    assert_eq!(
        folder.json(&["role", "end", "Keys", "--by", "Kofi"]).remove(0)["terms"],
        serde_json::json!([])
    );
    assert!(folder.json(&["role", "end", "Keys", "--for-good"]).remove(0)["ended"].is_string());
    assert_eq!(
        folder.run(&["role", "give", "Keys", "Kofi", "--until", &year]).status.code(),
        Some(3)
    );

    let gift = ["string", "add", "Flour", "--from", "The mill", "--unit", "kg"];
    folder.json(&[gift.as_slice(), &["--amount", "80"]].concat());
    let much = folder.run(&[gift.as_slice(), &["--amount", "8000"]].concat());
    assert_eq!(much.status.code(), Some(3), "{}", text(&much.stderr));
    let named = folder.run(&[gift.as_slice(), &["--amount", "8", "--for-person"]].concat());
    assert!(text(&named.stderr).contains("never for a person"), "{}", text(&named.stderr));
    let take = [gift.as_slice(), &["--amount", "8000", "--decision"]].concat();
    let used = folder.run(&[take.as_slice(), &[id]].concat());
    assert!(text(&used.stderr).contains("each is good once"), "{}", text(&used.stderr));
    let decision = decided(&folder, &until, [&ida, "Kofi", "Rosa"]);
    let taken = folder.json(&[take.as_slice(), &[decision.as_str()]].concat()).remove(0);
    let strike = ["string", "strike", taken["id"].as_str().unwrap(), "--because", "It was 800"];
    assert_eq!(folder.json(&strike).remove(0)["struck_because"], "It was 800");
    assert_eq!(folder.json(&["string", "list"]).len(), 2);
    assert_eq!(folder.json(&["string", "limit"]).remove(0)["limit"], "100");
    let decision = decided(&folder, &until, [&ida, "Kofi", "Rosa"]);
    let limit = ["string", "limit", "--set", "20", "--unit", "euros", "--decision", &decision];
    let limit = folder.json(&limit).remove(0);
    assert_eq!((&limit["limit"], &limit["unit"]), (&"20".into(), &"euros".into()));

    assert!(folder.json(&["agenda", "list"]).is_empty());
    let nothing = folder.run(&["agenda", "answer", "0123456789ABC"]);
    assert_eq!(nothing.status.code(), Some(3), "{}", text(&nothing.stderr));
}
