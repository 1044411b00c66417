//! `mutuals duty add|list|show|edit|end|wake` and `mutuals turn list|take|release|keep|give`.

use jiff::Span;
use jiff::tz::TimeZone;
use mutuals::clock::Clock;

use crate::cli::{Folder, free_port, text};

#[test]
fn duties_and_turns_in_commands() {
    let folder = Folder::new();
    folder.init(free_port());
    for name in ["Sara", "Milo", "Tove"] {
        folder.json(&["member", "add", name]);
    }
    let today = TimeZone::UTC.to_datetime(Clock::system().now()).date();
    let day = today.saturating_sub(Span::new().days(300)).to_string();
    let kitchen = [
        "duty",
        "add",
        "--title",
        "Kitchen",
        "--rhythm",
        "FREQ=WEEKLY;BYDAY=TU",
        "--day",
        day.as_str(),
        "--from",
        "16:00",
        "--until",
        "20:00",
        "--needed",
        "2",
        "--keeper",
        "Tove",
        "--function",
        "food",
        "--counts",
        "meals",
        "--zone",
        "Europe/Berlin",
        "--audience",
        "public",
    ];
    let made = folder.json(&kitchen).remove(0);
    assert_eq!(made["rhythm"], "FREQ=WEEKLY;BYDAY=TU");
    assert_eq!(made["state"], "awake");
    assert_eq!(made["zone"], "Europe/Berlin");
    assert!(made["next"].is_string() && made["keeper_until"].is_string());
    assert_eq!(folder.json(&["duty", "list"]), folder.json(&["duty", "show", "Kitchen"]));

    let turns = folder.json(&["turn", "list", "--duty", "Kitchen"]);
    assert_eq!(turns.len(), 8);
    let first = turns[1]["id"].as_str().unwrap();
    let taken = folder.json(&["turn", "take", first, "--by", "Sara"]).remove(0);
    assert_eq!((&taken["taken"], &taken["missing"]), (&1.into(), &1.into()));
    let often = ["turn", "take", first, "--by", "Milo", "--every", "2", "--until", "2099-06-01"];
    assert_eq!(folder.json(&often).remove(0)["taken"], 2);
    let all = folder.json(&["turn", "list"]);
    assert_eq!(all.iter().filter(|turn| turn["taken"] != 0).count(), 4);
    assert!(all.iter().all(|turn| !turn.to_string().contains("Milo")), "how many, never who");
    let learns = folder.json(&["turn", "take", first, "--by", "Tove", "--learner"]).remove(0);
    assert_eq!(learns["learning"], 1);

    folder.json(&["turn", "give", "Kitchen", "--by", "Tove"]);
    let released = folder.json(&["turn", "release", first, "--by", "Sara"]).remove(0);
    assert!(released["cover"].is_string(), "{released}");
    let early = folder.run(&["turn", "keep", first, "--came", "2"]);
    assert_eq!(early.status.code(), Some(3), "{}", text(&early.stderr));

    for wrong in [
        vec!["duty", "show", "Garden"],
        vec!["turn", "take", "nothing"],
        vec!["turn", "release", "0000000000001"],
    ] {
        assert_eq!(folder.run(&wrong).status.code(), Some(3), "{wrong:?}");
    }
    let mut often = kitchen.to_vec();
    often[5] = "FREQ=HOURLY";
    let refused = folder.run(&often);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("FREQ=WEEKLY"));

    let mut early = kitchen.to_vec();
    early[7] = "0226-01-06";
    let refused = folder.run(&early);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("longer ago than a year"));

    let changed = ["duty", "edit", "Kitchen", "--needed", "5", "--keeper", "", "--deputy", "Milo"];
    let changed = folder.json(&changed).remove(0);
    assert_eq!((&changed["needed"], &changed["rhythm"]), (&5.into(), &made["rhythm"]));
    assert_eq!((&changed["title"], &changed["zone"]), (&made["title"], &made["zone"]));
    assert_eq!((&changed["first"], &changed["minutes"]), (&made["first"], &made["minutes"]));
    assert!(changed["keeper"].is_null() && changed["deputy"].is_string());
    assert!(changed["quarter"].is_null(), "its first quarter is not over");
    assert_eq!(folder.json(&["duty", "wake", "Kitchen", "--by", "Milo"])[0]["state"], "awake");
    let by_another = folder.run(&["duty", "end", "Kitchen", "--by", "Sara"]);
    assert!(!by_another.status.success(), "whoever looks after it, or a steward");
    // Of two with one name none is guessed.
    let twin = folder.json(&kitchen).remove(0);
    let guess = folder.run(&["duty", "end", "Kitchen"]);
    assert_eq!(guess.status.code(), Some(3));
    assert!(text(&guess.stderr).contains("several duties \"Kitchen\""), "{}", text(&guess.stderr));
    folder.json(&["duty", "end", twin["id"].as_str().unwrap()]);
    assert_eq!(folder.json(&["duty", "end", "Kitchen"])[0]["state"], "ended");
}
