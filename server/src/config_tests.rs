//! Keys, what they may be, and what an error says.

use super::keys::suggestion;
use super::*;

fn read(toml: &str) -> anyhow::Result<Config> {
    read_in(Path::new("/nowhere"), toml, "")
}

/// As it is read in a data folder; the second text stands for the environment.
fn read_in(data: &Path, toml: &str, environment: &str) -> anyhow::Result<Config> {
    Config::read(data, Toml::string(toml), Toml::string(environment))
}

#[test]
fn every_key_has_a_default_and_a_line() {
    let config = read("").unwrap();
    assert_eq!(config, Config::default());
    let keys = |value: &serde_json::Value| value.as_object().map_or(1, serde_json::Map::len);
    let sections = serde_json::to_value(&config).unwrap();
    let all: usize = sections.as_object().unwrap().values().map(keys).sum();
    assert_eq!(KEYS.len(), all, "every key is explained");
}

#[test]
fn the_example_file_shows_every_key_with_its_default() {
    let example = include_str!("../../docker/config.example.toml");
    assert_eq!(read(example).unwrap(), Config::default());
    for (key, _) in KEYS {
        let name = key.rsplit('.').next().unwrap();
        assert!(example.contains(&format!("\n{name} = ")), "{key} is missing");
    }
}

#[test]
fn a_misspelt_key_is_an_error_with_a_suggestion() {
    let error = read("[federation]\nallow_htp = true").unwrap_err().to_string();
    assert!(error.contains("allow_htp") && error.contains("federation.allow_http"), "{error}");
    assert!(read("[federation]\nallow_http = \"maybe\"").is_err());
    assert_eq!(suggestion("listne"), Some("listen"));
    assert_eq!(suggestion("health.listne"), Some("health.listen"));
}

#[test]
fn what_does_not_fit_is_told_with_what_would() {
    for (toml, hint) in [
        ("listen = 8000", "key listen does not fit"),
        ("listen = 8000", "such as 127.0.0.1:8000"),
        ("listen = \"localhost\"", "such as 127.0.0.1:8000"),
        ("[limits]\nbody = \"much\"", "write a whole number, such as 1048576"),
        ("[joining]\nopen = \"maybe\"", "write true or false"),
    ] {
        let error = read(toml).unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    }
}

#[test]
fn a_file_that_is_broken_is_named_and_no_key_is_blamed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutuals.toml");
    std::fs::write(&path, "listen = \n").unwrap();
    let error = Config::read(folder.path(), Toml::file(&path), Toml::string("")).unwrap_err();
    let error = error.to_string();
    assert!(error.contains(&format!("{} cannot be read", path.display())), "{error}");
    assert!(!error.contains("configuration key"), "{error}");
    let error = read("listen = ").unwrap_err().to_string();
    assert!(error.contains("the configuration cannot be read (TOML"), "{error}");
}

#[test]
fn health_is_told_at_an_address_or_nowhere() {
    let read = |listen: &str| read(&format!("[health]\nlisten = \"{listen}\""));
    assert_eq!(read("").unwrap().health.address().unwrap(), None);
    let somewhere = read("[::1]:9191").unwrap().health.address().unwrap().unwrap();
    assert_eq!(somewhere.port(), 9191);
    for wrong in ["9090", "localhost:9090", "127.0.0.1"] {
        let error = read(wrong).unwrap_err().to_string();
        assert!(error.contains("configuration key health.listen"), "{error}");
    }
}

#[test]
fn what_is_said_about_calling_is_one_short_line() {
    assert_eq!(read("phone = \"555 0101, Tuesdays\"").unwrap().phone, "555 0101, Tuesdays");
    for wrong in ["5".repeat(121), "555\\n0101".into()] {
        let error = read(&format!("phone = \"{wrong}\"")).unwrap_err().to_string();
        assert!(error.contains("configuration key phone"), "{error}");
    }
}

#[test]
fn words_of_our_own_are_tags_and_say_one_thing() {
    let read = |words: &str| read(&format!("[asking]\n{words}"));
    let both = read("need_words = [\"kinderkram\"]\noffer_words = \"übrig, teile\"").unwrap();
    assert_eq!(both.asking.need_words, ["kinderkram"]);
    assert_eq!(both.asking.offer_words, ["übrig", "teile"]);
    for wrong in [
        "need_words = [\"#kinderkram\"]",
        "need_words = [\"\"]",
        "offer_words = [\"two words\"]",
        "need_words = [\"a\"]\noffer_words = [\"a\"]",
        "kind_words = [\"Decke: nothing\"]",
        "kind_words = [\"bedding\"]",
    ] {
        let error = read(wrong).unwrap_err().to_string();
        assert!(error.contains("configuration key asking."), "{error}");
    }
}

#[test]
fn networks_are_a_list_or_a_text_with_commas() {
    let listed = read("[federation]\nallow_private = [\"127.0.0.0/8\", \"::1/128\"]").unwrap();
    let written = read("[federation]\nallow_private = \"127.0.0.0/8, ::1/128\"").unwrap();
    assert_eq!(listed.federation.allow_private.len(), 2);
    assert_eq!(listed, written);
}

#[test]
fn a_password_is_never_shown() {
    let config = read(
        "[database]\nurl = \"postgres://ring:secret@db/ring\"\n\
         [mail]\nurl = \"smtps://ring:secret@mail.example\"",
    )
    .unwrap();
    assert!(config.lines().iter().all(|(_, value, _)| !value.contains("secret")));
}

#[test]
fn a_password_can_lie_in_a_file_and_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let (data, secret) = (folder.path(), "smtps://ring:secret@mail.example");
    let path = data.join("mail");
    std::fs::write(&path, format!("{secret}\r\n")).unwrap();
    let named = format!("[mail]\nurl_file = {path:?}");
    for (toml, environment) in
        [(named.as_str(), ""), ("[mail]\nurl_file = \"mail\"", ""), ("", named.as_str())]
    {
        let config = read_in(data, toml, environment).unwrap();
        assert_eq!(config.mail.url, secret);
        let shown = config.lines().into_iter().find(|(key, ..)| *key == "mail.url").unwrap().1;
        assert_eq!(shown, format!("from the file {}", path.display()));
    }
    // What the environment says counts, and is shown as what it is.
    let other = read_in(data, &named, "[mail]\nurl = \"smtp://other\"").unwrap();
    assert_eq!((other.mail.url.as_str(), other.files.len()), ("smtp://other", 0));
    // A variable that was handed on empty says nothing.
    let empty = read_in(data, &named, "[mail]\nurl = \"\"\nfrom_file = \"\"").unwrap();
    assert_eq!((empty.mail.url.as_str(), empty.mail.from.as_str()), (secret, ""));
    let silent = read_in(data, "time_zone = \"UTC\"", "time_zone = \"\"").unwrap();
    assert_eq!(silent.time_zone, "UTC");
    // Where nothing means something, it is heard.
    assert_eq!(read("[backup]\nat = \"\"").unwrap().backup.at, "");
}

#[test]
fn other_values_can_lie_in_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    for (name, content) in
        [("open", "false\n"), ("body", "2048\n"), ("zone", "UTC"), ("ours", "a,b")]
    {
        std::fs::write(data.join(name), content).unwrap();
    }
    let toml = "time_zone_file = \"zone\"\n[joining]\nopen_file = \"open\"\n\
                [limits]\nbody_file = \"body\"\n[asking]\nneed_words_file = \"ours\"";
    let config = read_in(data, toml, "").unwrap();
    assert_eq!((config.joining.open, config.limits.body), (false, 2_048));
    assert_eq!((config.time_zone.as_str(), config.asking.need_words.len()), ("UTC", 2));
}

#[test]
fn a_file_that_says_nothing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    std::fs::write(data.join("mail"), "smtp://here").unwrap();
    for (toml, why) in [
        ("[mail]\nurl_file = \"missing\"", "cannot be read"),
        ("[mail]\nurl_file = 7", "does not name a file"),
        ("[mail]\nurl_file = \"mail\"\nurl = \"smtp://there\"", "not both"),
        ("[mail]\nurll_file = \"mail\"", "Did you mean mail.url?"),
    ] {
        let error = format!("{:#}", read_in(data, toml, "").unwrap_err());
        assert!(error.contains("configuration key mail.url") && error.contains(why), "{error}");
        assert!(!error.contains("smtp://here"), "{error}");
    }
    // This key is a file's name, and no key of a value.
    let named = read_in(data, "[media]\ns3_key_file = \"missing\"", "").unwrap();
    assert_eq!(named.media.s3_key_file, "missing");
}

#[test]
fn a_misspelt_key_is_looked_for_in_its_own_section() {
    let error = read("[mail]\nulr = \"\"").unwrap_err().to_string();
    assert!(error.contains("mail.ulr") && error.contains("Did you mean mail.url?"), "{error}");
}

#[test]
fn what_is_closed_is_not_kept_for_ever() {
    let kept_for = |days: &str| read(&format!("[retention]\ndays = {days}"));
    let hours = |days| kept_for(days).unwrap().retention.kept_for().map(|kept| kept.as_hours());
    assert_eq!((hours("7"), hours("0")), (Some(168), None));
    let error = kept_for("91").unwrap_err().to_string();
    assert!(error.contains("retention.days"), "{error}");
}
