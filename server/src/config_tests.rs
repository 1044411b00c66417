//! Keys, what they may be, and what an error says.

use super::*;

fn read(toml: &str) -> anyhow::Result<Config> {
    Config::read(Toml::string(toml), Env::prefixed("MUTUALS_NOTHING_"))
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
fn what_is_closed_is_not_kept_for_ever() {
    let kept_for = |days: &str| read(&format!("[retention]\ndays = {days}"));
    let hours = |days| kept_for(days).unwrap().retention.kept_for().map(|kept| kept.as_hours());
    assert_eq!((hours("7"), hours("0")), (Some(168), None));
    let error = kept_for("91").unwrap_err().to_string();
    assert!(error.contains("retention.days"), "{error}");
}
