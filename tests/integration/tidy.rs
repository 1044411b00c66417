//! The house rules, checked.

use std::path::{Path, PathBuf};

/// Which of our modules each folder may use, and which crates it may not name.
const RULES: &[(&str, &[&str], &[&str])] = &[
    (
        "domain",
        &["domain", "text"],
        &["diesel", "axum", "tokio", "reqwest", "serde_json", "tracing", "anyhow"],
    ),
    ("db", &["db", "domain", "error"], &["axum", "reqwest", "serde_json", "askama"]),
    (
        "actions",
        &[
            "actions", "app", "db", "domain", "error", "clock", "keys", "urls", "text", "i18n",
            "picture",
        ],
        &["diesel", "axum", "reqwest", "askama"],
    ),
    (
        "federation",
        &[
            "federation",
            "actions",
            "app",
            "db",
            "domain",
            "error",
            "client",
            "keys",
            "text",
            "i18n",
            "urls",
            "listener",
            "picture",
        ],
        &["diesel", "askama", "reqwest"],
    ),
    (
        "jobs",
        &["jobs", "federation", "actions", "app", "db", "domain", "error"],
        &["diesel", "axum", "askama", "reqwest"],
    ),
    (
        "web",
        &[
            "web", "actions", "app", "db", "domain", "error", "i18n", "text", "urls", "clock",
            "config", "folder", "keys", "listener", "picture", "rates",
        ],
        &["diesel", "reqwest"],
    ),
];

/// No file is longer, in lines.
const LONGEST_FILE: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below a folder with one of these endings, and its text.
fn files(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let skipped =
                ["node_modules", "target", ".git"].iter().any(|name| path.ends_with(name));
            if path.is_dir() && !skipped {
                open.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds nothing to check");
    found
}

/// The lines of a file that are code: neither comments nor unit tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn folder_of(path: &Path) -> Option<&'static str> {
    let path = path.to_string_lossy().into_owned();
    let inside = |folder: &str| {
        path.contains(&format!("src/{folder}/")) || path.ends_with(&format!("src/{folder}.rs"))
    };
    RULES.iter().map(|(folder, _, _)| *folder).find(|folder| inside(folder))
}

#[test]
fn each_folder_uses_only_what_stands_below_it() {
    for (path, text) in files("server/src", &[".rs"]) {
        let Some(folder) = folder_of(&path) else { continue };
        let (_, modules, crates) = RULES.iter().find(|rule| rule.0 == folder).unwrap();
        for line in code(&text) {
            for used in line.split("crate::").skip(1) {
                let module: String =
                    used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let grouped = module.is_empty();
                assert!(
                    grouped || modules.contains(&module.as_str()),
                    "{path:?} uses {module}: {line}"
                );
            }
            for name in *crates {
                let named =
                    line.contains(&format!("{name}::")) && !line.contains(&format!("_{name}::"));
                assert!(!named, "{path:?} names {name}: {line}");
            }
        }
    }
}

#[test]
fn files_are_short_and_have_no_fat_names() {
    for (path, text) in files("server/src", &[".rs"]) {
        let lines = text.lines().count();
        // It is a list of every "no", with its words.
        let is_list = path.ends_with("domain/refusal.rs");
        assert!(is_list || lines <= LONGEST_FILE, "{path:?} has {lines} lines: is it one thing?");
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let fat = ["utils", "util", "helpers", "common", "manager", "service", "misc"];
        assert!(!fat.contains(&name.as_str()), "{path:?}");
        assert!(text.trim_start().starts_with("//!"), "{path:?} does not say what it is");
    }
}

#[test]
fn a_peer_never_reaches_an_unwrap() {
    for (path, text) in files("server/src", &[".rs"]) {
        let name = path.to_string_lossy().into_owned();
        let is_test = name.ends_with("tests.rs") || name.contains("/tests/");
        for line in code(&text).filter(|_| !is_test) {
            for bad in [
                ".unwrap()",
                "panic!(",
                "unreachable!(",
                "todo!(",
                "unimplemented!(",
                "sql_query(format",
            ] {
                assert!(!line.contains(bad), "{path:?}: {line}");
            }
        }
    }
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(!manifest.lines().any(|line| line.trim_start().starts_with("panic = \"abort\"")));
}

#[test]
fn there_is_one_client_and_one_clock() {
    for (path, text) in files("server/src", &[".rs"]) {
        let is = |name: &str| path.ends_with(name);
        for line in code(&text) {
            assert!(is("client.rs") || !line.contains("reqwest::Client"), "{path:?}: {line}");
            assert!(is("clock.rs") || !line.contains("Timestamp::now()"), "{path:?}: {line}");
            assert!(is("config.rs") || !line.contains("env::var("), "{path:?}: {line}");
        }
    }
}

#[test]
fn every_activity_stands_in_the_federation_document() {
    let document = std::fs::read_to_string(root().join("FEDERATION.md")).unwrap();
    for (path, text) in files("server/src/federation", &["inbox.rs", "outbox.rs"]) {
        for line in code(&text) {
            let quoted = line.trim().strip_prefix('"').and_then(|rest| rest.split_once("\" =>"));
            let built =
                line.trim().strip_prefix("\"type\": \"").and_then(|rest| rest.split_once('"'));
            if let Some((activity, _)) = quoted.or(built) {
                assert!(document.contains(&format!("`{activity}")), "{path:?}: {activity}");
            }
        }
    }
    for (path, _) in files("server/src/federation/activities", &[".rs"]) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut letters = name.chars();
        let activity: String = letters.next().unwrap().to_uppercase().chain(letters).collect();
        assert!(document.contains(&format!("`{activity}")), "{activity} is not in FEDERATION.md");
    }
}

#[test]
fn there_is_no_number_per_person_and_no_word_of_charity_or_market() {
    let banned = [
        "price",
        "credit",
        "balance",
        "points",
        "rating",
        "score",
        "donor",
        "recipient",
        "beneficiary",
        "karma",
        "reputation",
    ];
    for (path, text) in files("migrations", &["up.sql"]) {
        for word in banned {
            let lower = text.to_lowercase();
            assert!(!lower.contains(word), "{path:?} says {word}");
        }
    }
    let schema = std::fs::read_to_string(root().join("schema/src/lib.rs")).unwrap();
    let members = schema.split("members (id)").nth(1).unwrap().split('}').next().unwrap();
    for line in members.lines().filter(|line| line.contains("->")) {
        let known = [
            "id ->",
            "name ->",
            "role ->",
            "language ->",
            "password_hash ->",
            "joined_at ->",
            "standing ->",
            "vouched_at ->",
            "left_at ->",
            "erase_at ->",
            // Whether they ever signed in: of the first time nobody is told.
            "was_here ->",
        ];
        assert!(
            known.iter().any(|column| line.contains(column)),
            "a member has a new column: {line}"
        );
    }
}

/// What decides about people must never see the figures (mission B.0, rule 8): who may use them.
const MAY_SEE_MUTUALITY: &[&str] = &[
    // The figures themselves, and what they are made of.
    "domain/mutuality",
    "db/mutuality",
    "text/deed_csv.rs",
    // What freezes them, and asks the assembly.
    "actions/release_mutuality.rs",
    // The page and the command line.
    "web/mutuality",
    "cli/mutuality.rs",
];

/// These start it, name the page and the command, and see no figure.
const START_IT: &[&str] =
    &["src/cli.rs", "src/web.rs", "jobs/housekeeping.rs", "cli/demo.rs", "cli/fixture.rs"];

#[test]
fn the_figures_of_mutuality_are_an_input_of_nothing() {
    let mut seen = 0;
    for (path, text) in files("server/src", &[".rs"]) {
        let is_module = |line: &str| line.trim_start_matches("pub ").starts_with("mod ");
        let names = |line: &&str| line.contains("mutuality") && !is_module(line);
        let path = path.to_string_lossy().into_owned();
        let is_test = path.ends_with("_tests.rs");
        let may = is_test || MAY_SEE_MUTUALITY.iter().any(|place| path.contains(place));
        let starts_it = START_IT.iter().any(|place| path.ends_with(place));
        for line in code(&text).filter(names) {
            let is_start = ["release_mutuality", "mutuality::show", "Mutuality", "mutuality\""]
                .iter()
                .any(|start| line.contains(start));
            let may = may || (starts_it && is_start && !line.contains("domain::mutuality"));
            assert!(may, "{path} uses the figures of mutuality: {line}");
            seen += 1;
        }
    }
    assert!(seen > 10, "the test reads nothing");
}

#[test]
fn e00b_nothing_adds_the_groups_of_figures_into_one_number() {
    for (path, text) in files("server/src", &[".rs"]) {
        for line in code(&text) {
            let line = line.to_lowercase();
            for bad in ["mutuality_score", "mutuality_index", "overall_score", "total_score"] {
                assert!(!line.contains(bad), "{path:?}: {line}");
            }
        }
    }
}

#[test]
fn the_moderation_log_is_only_ever_added_to() {
    for (path, text) in files("server/src", &[".rs"]) {
        let code: String = code(&text).collect::<Vec<_>>().join("\n");
        if path.ends_with("db/moderation_log.rs") {
            for bad in ["update(", "delete(", "replace_into(", "on_conflict", "sql_query("] {
                assert!(!code.contains(bad), "{path:?} says {bad}");
            }
        } else {
            // Its functions may be called; its table may not be named.
            let imports = code.split("schema::").skip(1).filter_map(|rest| rest.split(';').next());
            let named = imports.into_iter().any(|import| import.contains("moderation_log"));
            let is_named = named || code.contains("moderation_log::table");
            assert!(!is_named, "{path:?} reaches into the log");
        }
    }
    // Nor does a migration touch what is written.
    for (path, text) in files("migrations", &["up.sql"]) {
        for statement in text.split(';').filter(|each| each.contains("moderation_log")) {
            let bad = ["DELETE ", "UPDATE ", "DROP "].iter().any(|word| statement.contains(word));
            assert!(!bad, "{path:?}: {statement}");
        }
    }
}

#[test]
fn every_id_of_the_matrix_stands_in_the_security_document() {
    let document = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let families = [("SIG", 14), ("INB", 23), ("SSRF", 13), ("WF", 7), ("HTM", 6)];
    let numbered = families.iter().flat_map(|(family, last)| {
        (1..=*last).map(move |number| format!("| {family}-{number:02} | "))
    });
    let faults = [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
        26, 27, 28, 29, 30,
    ];
    for row in numbered.chain(faults.iter().map(|number| format!("| F-{number:02} | "))) {
        assert!(document.contains(&row), "SECURITY.md has no row {row:?}");
    }
}

#[test]
fn every_security_id_names_a_test_that_exists() {
    let document = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut sources = files("tests/integration", &[".rs"]);
    sources.extend(files("server/src", &[".rs"]));
    // The tests of a long file stand in one of their own beside it.
    let is_in = |path: &Path, module: &str| {
        let stem = path.file_stem().unwrap().to_string_lossy();
        stem.strip_suffix("_tests").unwrap_or(&stem) == module
    };
    let named = document.split('`').filter(|part| part.contains("::") && !part.contains(' '));
    let mut count = 0;
    for name in named {
        let mut parts = name.rsplit("::");
        let (function, module) = (parts.next().unwrap(), parts.next().unwrap());
        let written = format!("fn {function}(");
        let mut there = sources.iter().filter(|(path, _)| is_in(path, module));
        assert!(there.any(|(_, text)| text.contains(&written)), "SECURITY.md names {name}");
        count += 1;
    }
    assert!(count > 10, "SECURITY.md names the tests");
}

/// The sentences of the mission that are behaviour, or will be.
const SENTENCES: &[&str] = &[
    "E0a", "E0b", "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E11", "E12", "E13",
    "E14", "E15", "E16", "E17", "E18", "E19", "E20", "E21", "E22", "E23", "E24", "E25", "E26",
    "E27", "E28", "E29", "E30", "E31", "E32",
];

/// The sentences that nothing can put off: those of the issue on mutual obligation.
const NOW: &[&str] = &[
    "E2", "E3", "E6", "E7", "E8", "E12", "E13", "E14", "E15", "E16", "E17", "E18", "E19", "E20",
    "E22", "E23", "E24", "E25", "E26", "E27", "E28", "E30", "E32",
];

/// Whether a test is about a sentence: `e2_…` and `e02_…` are about E2, and so is `e2b_…`.
fn is_about(test: &str, sentence: &str) -> bool {
    let Some((number, _)) = test.strip_prefix('e').and_then(|rest| rest.split_once('_')) else {
        return false;
    };
    let wanted = sentence.trim_start_matches('E');
    let number = if number.len() > 1 { number.trim_start_matches('0') } else { number };
    // E0a and E0b keep their zero.
    let number = if number.is_empty() || number.starts_with(['a', 'b']) {
        format!("0{number}")
    } else {
        number.to_owned()
    };
    number == wanted || number.strip_suffix('b') == Some(wanted)
}

#[test]
fn e5_every_sentence_of_the_mission_names_a_test_that_exists() {
    let document = std::fs::read_to_string(root().join("docs/behaviour.md")).unwrap();
    let tests: String = files("tests/integration", &[".rs"])
        .into_iter()
        .chain(files("server/src", &[".rs"]))
        .map(|(_, text)| text)
        .collect();
    let mut missing = Vec::new();
    for sentence in SENTENCES {
        let begins = format!("| {sentence} | ");
        let mut rows = document.lines().filter(|line| line.starts_with(&begins));
        let row = rows.next().unwrap_or_else(|| panic!("docs/behaviour.md has no row {sentence}"));
        assert!(rows.next().is_none(), "{sentence} has two rows");
        let cell = row.rsplit('|').nth(1).unwrap();
        let named: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        for test in &named {
            assert!(is_about(test, sentence), "{sentence} names {test}");
            assert!(tests.contains(&format!("fn {test}(")), "{sentence} names {test}");
        }
        let is_put_off = cell.contains("*later") && !NOW.contains(sentence);
        if named.is_empty() && !is_put_off {
            missing.push(*sentence);
        }
    }
    assert!(missing.is_empty(), "docs/behaviour.md names no test for {missing:?}");
}

#[test]
fn a_test_is_about_the_sentence_that_its_name_begins_with() {
    for (test, sentence) in
        [("e2_x", "E2"), ("e02_x", "E2"), ("e26b_x", "E26"), ("e0a_x", "E0a"), ("e00b_x", "E0b")]
    {
        assert!(is_about(test, sentence), "{test}");
    }
    for (test, sentence) in [("e20_x", "E2"), ("e2x", "E2"), ("every_one", "E2"), ("e0a_x", "E0b")]
    {
        assert!(!is_about(test, sentence), "{test}");
    }
}
