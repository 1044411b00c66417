//! Values that lie in files: `mail.url_file` in `mutuals.toml`, `MUTUALS_MAIL__URL_FILE` in the
//! environment. So a password stands in one place that only the server can read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use crate::config::{Config, KEYS};

/// What stands behind the name of a key whose value lies in a file.
const BEHIND: &str = "_file";

impl Config {
    /// Files and folders with a name in the configuration that are in no backup.
    pub fn named(&self, data: &Path) -> Vec<PathBuf> {
        let key = Some(&self.media.s3_key_file).filter(|file| !file.is_empty());
        let files = self.files.values().cloned().chain(key.map(PathBuf::from));
        files.chain([self.backup.place(data)]).collect()
    }
}

/// What was read from somewhere, with what the files hold in place of their names.
pub struct Filled<P> {
    provider: P,
    data: Result<Map<Profile, Dict>, figment::Error>,
}

impl<P: Provider> Provider for Filled<P> {
    fn metadata(&self) -> Metadata {
        self.provider.metadata()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        self.data.clone()
    }
}

/// Reads the files that a provider names, each once. A name that does not begin with / is one in
/// `folder`. Which file a key comes from is noted in `files`.
pub fn fill<P: Provider>(
    provider: P,
    folder: &Path,
    files: &mut BTreeMap<String, PathBuf>,
) -> anyhow::Result<Filled<P>> {
    let mut data = provider.data();
    let source = provider.metadata().name;
    if let Ok(profiles) = &mut data {
        let defaults = serde_json::to_value(Config::default())?;
        for dict in profiles.values_mut() {
            for &(key, _) in KEYS {
                let default = key.split('.').fold(&defaults, |section, name| &section[name]);
                let Some((table, name)) = table_of(dict, key) else { continue };
                fill_one(table, (key, name), default, (folder, &source), files)?;
            }
        }
    }
    Ok(Filled { provider, data })
}

/// The table in which a key stands, and its name there.
fn table_of<'a>(dict: &'a mut Dict, key: &'static str) -> Option<(&'a mut Dict, &'static str)> {
    let Some((section, name)) = key.split_once('.') else { return Some((dict, key)) };
    match dict.get_mut(section) {
        Some(Value::Dict(_, table)) => Some((table, name)),
        _ => None,
    }
}

fn fill_one(
    table: &mut Dict,
    (key, name): (&str, &str),
    default: &serde_json::Value,
    (folder, source): (&Path, &str),
    files: &mut BTreeMap<String, PathBuf>,
) -> anyhow::Result<()> {
    // A compose file hands on every variable, also those that nobody set. Where nothing is the
    // default, an empty one says nothing.
    if default.as_str() == Some("") && table.get(name).is_some_and(is_empty) {
        table.remove(name);
    }
    let file = format!("{name}{BEHIND}");
    let named = table.remove(&file).filter(|named| !is_empty(named));
    let Some(named) = named else {
        // What is written out counts more than what was read before.
        if table.contains_key(name) {
            files.remove(key);
        }
        return Ok(());
    };
    if table.contains_key(name) {
        bail!("configuration key {key} ({source}): give either it or {key}{BEHIND}, not both");
    }
    let Value::String(_, named) = named else {
        bail!("configuration key {key}{BEHIND} ({source}) does not name a file");
    };
    let path = folder.join(named);
    let content = fs::read_to_string(&path).with_context(|| {
        let path = path.display();
        format!("configuration key {key}{BEHIND} ({source}): {path} cannot be read")
    })?;
    let content = content.trim_end_matches(['\r', '\n']);
    let value = match default.is_string() || default.is_array() {
        true => Value::from(content),
        false => content.trim().parse().unwrap_or_else(|_| Value::from(content)),
    };
    table.insert(name.to_owned(), value);
    files.insert(key.to_owned(), path);
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    value.as_str() == Some("")
}
