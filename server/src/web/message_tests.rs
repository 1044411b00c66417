//! The words of every locale and the places that use them belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::agenda::Matter;
use crate::domain::audience::Audience;
use crate::domain::kind::CATALOGUE;
use crate::domain::notice::Kind as Notice;
use crate::i18n::LANGUAGES;
use crate::web::why;
use crate::web::words::UNITS;

/// Messages whose names are put together while the program runs: the beginnings of their names.
/// Those of `wire-` belong to what goes out to other servers.
const FAMILIES: [&str; 17] = [
    "kind-",
    "unit-",
    "amount-",
    "audience-",
    "wire-",
    "notice-",
    "telling-kinds-",
    "mail-confirm-",
    "mail-stop-",
    "why-page-",
    "cause-",
    "origin-",
    "response-",
    "function-",
    "duty-rhythm-",
    "covenant-template-",
    "agenda-",
];

/// Words that nobody should read here: each with what may come before and after it.
const NEVER: [(&str, &[&str]); 2] = [
    (
        "en",
        &[
            "donor",
            "recipient",
            "beneficiary",
            "beneficiaries",
            "volunteer",
            "volunteers",
            "deserving",
            "hero",
            "heroes",
            "price",
            "balance",
            "points",
            "credit",
            "credits",
            "rating",
            "user",
            "users",
            "username",
            "vulnerable",
            "needy",
            "generous",
            "customer",
            "impact",
            "donate",
            "donation",
            "charity",
            "score",
            "scores",
            "rank",
            "ranking",
            "streak",
            "badge",
            "badges",
            "reward",
            "rewards",
            "leaderboard",
            "karma",
            "reputation",
            "kindness",
            "generosity",
            "altruism",
            "gratitude",
            "sponsor",
            "sponsors",
        ],
    ),
    (
        "es",
        &[
            "donante",
            "donantes",
            "donación",
            "donar",
            "destinatario",
            "destinataria",
            "beneficiario",
            "beneficiaria",
            "voluntario",
            "voluntaria",
            "voluntarios",
            "héroe",
            "heroína",
            "precio",
            "saldo",
            "puntos",
            "crédito",
            "créditos",
            "calificación",
            "usuario",
            "usuaria",
            "usuarios",
            "vulnerable",
            "vulnerables",
            "necesitado",
            "necesitada",
            "generoso",
            "generosa",
            "cliente",
            "clienta",
            "impacto",
            "caridad",
            "puntuación",
            "clasificación",
            "racha",
            "insignia",
            "insignias",
            "recompensa",
            "recompensas",
            "karma",
            "reputación",
            "generosidad",
            "amabilidad",
            "altruismo",
            "gratitud",
            "patrocinador",
            "patrocinadora",
        ],
    ),
];

/// A message: its text, and the names of its arguments.
struct Message {
    text: String,
    arguments: BTreeSet<String>,
}

/// A place that says a message.
struct Use {
    id: String,
    /// None where they cannot be read from the source.
    arguments: Option<BTreeSet<String>>,
    place: String,
}

#[test]
fn every_language_says_the_same_things() {
    let english = messages("en");
    for (code, _) in LANGUAGES {
        let theirs = messages(code);
        let ids = |of: &BTreeMap<String, Message>| of.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(ids(&english), ids(&theirs), "{code}");
        for (id, message) in &english {
            assert_eq!(message.arguments, theirs[id].arguments, "{code}: {id}");
        }
    }
}

#[test]
fn what_is_said_exists_and_what_exists_is_said() {
    let known = messages("en");
    let uses: Vec<Use> = templates()
        .chain(sources())
        .flat_map(|(path, text)| {
            let place = path.file_name().unwrap().to_string_lossy().into_owned();
            uses_in(&place, &text)
        })
        .collect();
    assert!(uses.len() > 200, "the test reads nothing: {}", uses.len());
    for each in &uses {
        let message = known.get(&each.id).unwrap_or_else(|| panic!("{}: {}", each.place, each.id));
        if let Some(arguments) = &each.arguments {
            assert_eq!(arguments, &message.arguments, "{}: {}", each.place, each.id);
        }
    }
    let literals: BTreeSet<String> =
        templates().chain(sources()).flat_map(|(_, text)| literals(&text)).collect();
    let unused: Vec<_> = known
        .keys()
        .filter(|id| !literals.contains(*id))
        .filter(|id| !FAMILIES.iter().any(|family| id.starts_with(family)))
        .collect();
    assert!(unused.is_empty(), "nothing says {unused:?}");
}

#[test]
fn families_have_a_message_for_each_member() {
    let known = messages("en");
    let of = |family: &str| {
        let ids = known.keys().filter_map(|id| id.strip_prefix(family).map(str::to_owned));
        ids.collect::<BTreeSet<_>>()
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let kinds: Vec<_> = CATALOGUE.iter().map(|kind| kind.word).collect();
    assert_eq!(of("kind-"), words(&kinds));
    assert_eq!(of("unit-"), words(&UNITS));
    let audiences = Audience::ALL.map(|audience| audience.word().to_owned());
    let hints = audiences.iter().map(|word| format!("{word}-hint"));
    assert_eq!(of("audience-"), hints.chain(audiences.clone()).collect());
    let notices = Notice::ALL.iter().map(|kind| kind.word().replace('_', "-"));
    let notices: BTreeSet<String> = notices.collect();
    let matters = Matter::ALL.map(|matter| matter.word().replace('_', "-"));
    assert!(matters.iter().all(|matter| of("agenda-").contains(matter)), "{matters:?}");
    assert!(notices.is_subset(&of("notice-")), "{notices:?}");
    for page in why::PAGES {
        assert!(known.contains_key(&format!("why-page-{page}")), "{page}");
        assert!(known.contains_key(&format!("why-page-{page}-text")), "{page}");
    }
    assert_eq!(of("why-page-").len(), 2 * why::PAGES.len());
    let amounts = [&UNITS[..], &["free", "range"]].concat();
    assert_eq!(of("amount-"), words(&amounts));
}

#[test]
fn every_refusal_has_words() {
    let known = messages("en");
    let source = fs::read_to_string(root().join("server/src/domain/refusal.rs")).unwrap();
    let keys: BTreeSet<String> =
        literals(&source).into_iter().filter(|text| text.starts_with("refusal-")).collect();
    assert!(keys.len() > 30, "{keys:?}");
    for key in &keys {
        assert!(known[key].arguments.is_empty(), "{key} has arguments, and a refusal carries none");
    }
    let theirs: BTreeSet<String> =
        known.into_keys().filter(|id| id.starts_with("refusal-")).collect();
    assert_eq!(keys, theirs);
}

#[test]
fn everything_that_the_doctor_finds_has_words() {
    let known = messages("en");
    let (mut said, mut named) = (BTreeSet::new(), BTreeSet::new());
    for (path, text) in sources() {
        if path.to_string_lossy().contains("src/doctor") {
            let of_it = literals(&text).into_iter();
            said.extend(of_it.filter(|text| text.starts_with("doctor-") && !text.contains(' ')));
            let values = text.split(".with(\"").skip(1).filter_map(|rest| rest.split('"').next());
            named.extend(values.map(str::to_owned));
        }
    }
    assert!(said.len() > 100, "{}", said.len());
    for id in &said {
        let message = known.get(id).unwrap_or_else(|| panic!("nothing says {id}"));
        let unnamed: Vec<_> = message.arguments.difference(&named).collect();
        assert!(unnamed.is_empty(), "nobody names {unnamed:?} in {id}");
    }
}

#[test]
fn nobody_is_called_what_nobody_wants_to_be_called() {
    for (code, never) in NEVER {
        for (id, message) in messages(code) {
            let text = message.text.to_lowercase();
            let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphabetic()).collect();
            let found: Vec<_> = never.iter().filter(|word| words.contains(**word)).collect();
            assert!(found.is_empty(), "{code}: {id} says {found:?}");
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every message of a language, read as text: a name at the beginning of a line, then its words on
/// this line and on the indented ones below.
fn messages(code: &str) -> BTreeMap<String, Message> {
    let mut found: BTreeMap<String, Message> = BTreeMap::new();
    let mut last = String::new();
    for (path, text) in files(&root().join("web/locales").join(code), "ftl") {
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let (id, words) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
                last = id.to_owned();
                let message = Message { text: words.to_owned(), arguments: BTreeSet::new() };
                let before = found.insert(last.clone(), message);
                assert!(before.is_none(), "{id} stands twice, the second time in {path:?}");
            } else {
                found.get_mut(&last).unwrap().text.push_str(line);
            }
        }
    }
    for message in found.values_mut() {
        let parts = message.text.split('$').skip(1);
        let name =
            |part: &str| part.split(|c: char| !c.is_ascii_lowercase()).next().map(str::to_owned);
        message.arguments = parts.filter_map(name).collect();
    }
    found
}

fn templates() -> impl Iterator<Item = (PathBuf, String)> {
    files(&root().join("web/templates"), "html").into_iter()
}

/// The program without its tests, which name messages to look for them.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let program = |path: &Path| !path.components().any(|part| part.as_os_str() == "tests");
    files(&root().join("server/src"), "rs").into_iter().filter(move |(path, _)| program(path)).map(
        |(path, text)| {
            let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            (path, program.to_owned())
        },
    )
}

fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|has| has == extension)
            && !name.ends_with("_tests.rs")
        {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// Calls that say a message by its name: `page.t1("id", "name", …)`, `say_with("id", [("name", …`.
fn uses_in(place: &str, text: &str) -> Vec<Use> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( \"", "(\"");
    let one = |call: &str, arguments: usize| -> Vec<Use> {
        // Others have a method of this name too, and say whole sentences with it.
        let is_id = |rest: &&str| {
            let id = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
            id.is_some_and(|id| id.contains('-') && !id.contains(' '))
        };
        let uses = flat.split(call).skip(1).filter(is_id);
        uses.map(|rest| {
            let mut quoted = rest.split('"').skip(1).step_by(2).map(str::to_owned);
            let id = quoted.next().unwrap();
            let names = (arguments < 3).then(|| quoted.take(arguments).collect());
            Use { id, arguments: names, place: place.to_owned() }
        })
        .collect()
    };
    // In Rust the arguments often stand elsewhere: there only the name is read.
    let calls = [("page.t(", 0), (".say(", 0), ("page.t1(", 1), ("page.t2(", 2), (".say_with(", 3)];
    calls.into_iter().flat_map(|(call, arguments)| one(call, arguments)).collect()
}

/// Every text in quotation marks.
fn literals(text: &str) -> Vec<String> {
    text.split('"').map(str::to_owned).collect()
}
