//! `mutuals mutuality`: the figures of a table, without an instance.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{Folder, Running, free_port, text};

/// The figures, in the order in which they are printed.
const NAMES: [&str; 11] = [
    "direct",
    "round",
    "common",
    "one_way",
    "balance",
    "closure",
    "chance_low",
    "chance_high",
    "two_way",
    "carriers",
    "carriers_received",
];

/// Runs the binary where there is no data folder.
fn run(rows: &str, arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("events.csv");
    std::fs::write(&file, rows).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mutuals"))
        .args(["mutuality", "--events"])
        .arg(&file)
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "it makes no data folder");
    output
}

fn json(rows: &str, arguments: &[&str]) -> Value {
    let output = run(rows, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn rows(pairs: impl IntoIterator<Item = (String, String, u32)>) -> String {
    let rows =
        pairs.into_iter().map(|(from, to, weight)| format!("2026-03-01,{from},{to},{weight}"));
    rows.collect::<Vec<_>>().join("\n")
}

fn ring_of_ten() -> String {
    rows((0..10).map(|place| (format!("p{place}"), format!("p{}", (place + 1) % 10), 2)))
}

#[test]
fn figures_are_printed_in_steps_of_five_or_exactly() {
    let paid = (0..10).map(|payer| (format!("p{payer}"), "pool:burial".to_owned(), 1));
    let drawn = ["p2", "p7"].map(|drawer| ("pool:burial".to_owned(), drawer.to_owned(), 1));
    let fund = format!("when,provider,receiver,weight\n{}\n", rows(paid.chain(drawn)));
    let exact = json(&fund, &["--exact"]);
    assert!(NAMES.iter().all(|name| exact.get(*name).is_some()), "{exact}");
    assert_eq!(exact["one_way"].as_f64().unwrap(), 8.0 / 12.0);
    assert_eq!((&exact["two_way"], &exact["carriers"]), (&0.2.into(), &5.into()));
    assert_eq!(exact["carriers_received"], 0.2);
    let rounded = json(&fund, &[]);
    assert_eq!(rounded["one_way"], 0.65);
    assert_eq!(
        (&rounded["two_way"], &rounded["withheld"]["two_way"]),
        (&Value::Null, &"small_cell".into())
    );

    let ring = json(&ring_of_ten(), &[]);
    assert_eq!(
        (&ring["round"], &ring["one_way"], &ring["two_way"]),
        (&1.0.into(), &0.0.into(), &1.0.into())
    );
    let seven = json(&ring_of_ten().lines().take(6).collect::<Vec<_>>().join("\n"), &[]);
    for name in NAMES {
        assert_eq!(
            (&seven[name], &seven["withheld"][name]),
            (&Value::Null, &"too_few_people".into())
        );
    }
    // Outside is one node of the graph: what went there may come back from there.
    let back = json("2026-01-01,outside,a,2\n2026-01-02,a,outside,1\n", &["--exact"]);
    assert_eq!(
        (back["common"].as_f64(), back["one_way"].as_f64()),
        (Some(2.0 / 3.0), Some(1.0 / 3.0))
    );
    assert_eq!((back["balance"].as_f64(), &back["closure"]), (Some(2.0 / 3.0), &1.0.into()));
    let said = text(&run(&ring_of_ten(), &[]).stdout);
    assert!(said.contains("20 deeds of 10 people") && said.contains("100.0%"), "{said}");
    let said = text(&run("2026-01-01,a,a,3\n2026-01-01,a,b,1\n", &[]).stdout);
    assert!(said.contains("too few to count") && said.contains("Left out: 1 rows"), "{said}");
}

#[test]
fn a_window_looks_back_from_the_newest_row() {
    let old = "2025-01-01,a,b,9\n";
    let new = "2026-03-01,b,c,1\n2026-01-15,c,b,1\n";
    let all = json(&format!("{old}{new}"), &["--exact"]);
    let direct = all["direct"].as_f64().unwrap();
    assert!((direct - 2.0 / 11.0).abs() < 1e-12, "{direct}");
    let short = json(&format!("{old}{new}"), &["--exact", "--window", "3m"]);
    assert_eq!(short["direct"], 1.0);
    assert_eq!(run(old, &["--window", "2m"]).status.code(), Some(2));
}

#[test]
fn a_bad_row_is_named_and_nothing_is_printed() {
    let output = run("2026-03-01,a,b,1\n2026-03-01,a,b,often\n", &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.contains("line 2") && said.contains("a whole number from 1"), "{said}");
    let missing = Command::new(env!("CARGO_BIN_EXE_mutuals"))
        .args(["mutuality", "--events", "/nowhere/at/all.csv"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read /nowhere/at/all.csv"));
}

#[test]
fn a_large_table_takes_no_long_time() {
    // A twentieth of the benchmark, because this program is not built for speed.
    let row = |number: u64| {
        let (from, to) = (number * 7919 % 400, number * 104_729 % 400);
        (format!("p{from}"), format!("p{to}"), 1)
    };
    let table = rows((1..2_500).map(row));
    let began = Instant::now();
    json(&table, &[]);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[test]
fn a_made_up_collective_is_a_demo_with_a_link_and_figures() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutuals"));
    let port = free_port().to_string();
    command.args(["demo", "--fixture", "ring_street", "--json", "--port", &port]);
    let mut demo = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let house = next();
    assert_eq!((&house["id"], house["members"].as_array().unwrap().len()), (&"ring".into(), 30));
    assert!(house["members"][0]["sign_in"].as_str().unwrap().contains("/sign-in/"));
    let ready = next();
    assert_eq!(ready["url"], format!("http://127.0.0.1:{port}/mutuality"));
    let data = house["data"].as_str().unwrap();
    let figures = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_mutuals"))
            .args(["mutuality", "--data", data])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let json: Value = serde_json::from_str(&figures(&["--json"])).unwrap();
    assert_eq!((&json["months"], &json["two_way"]), (&12.into(), &Value::Null));
    assert_eq!(json["withheld"]["two_way"], "nearly_all");
    assert!(json["one_way"].as_f64().unwrap() < 0.3, "{json}");
    let short: Value = serde_json::from_str(&figures(&["--json", "--window", "3m"])).unwrap();
    assert_eq!(short["months"], 3);
    assert!(figures(&[]).contains("12 months up to the end of quarter"));
    assert_eq!(demo.stop("-INT"), Some(0));

    let unknown = Command::new(env!("CARGO_BIN_EXE_mutuals"))
        .args(["demo", "--fixture", "nowhere"])
        .output()
        .unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("charity_corner and ring_street"));
}

#[test]
fn before_the_first_quarter_is_over_there_are_no_figures() {
    let folder = Folder::new();
    folder.init(1);
    let output = folder.run(&["mutuality"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("no quarter is over yet"));
    assert_eq!(folder.run(&["mutuality", "--exact"]).status.code(), Some(2));
}
