//! Configuration: defaults, then `mutuals.toml` in the data folder, then the environment. Any value may
//! lie in a file of its own that one of the two names.
//!
//! Read once and handed on; nothing else reads the environment. An unknown key is an error with a
//! suggestion, because a misspelt key that is ignored is found out at the worst moment.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::bail;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::domain::collective::read_address;
use crate::domain::lexicon::{self, Lexicon};
use crate::domain::suggestion::purpose::Own;

mod backup;
mod edit;
mod files;
mod keys;
mod media;
mod retention;

pub use backup::Backup;
pub use edit::with_key;
pub use keys::{check_key, variable};
pub use media::Media;
pub use retention::Retention;

use keys::{KEYS, PREFIX, explain_error};

/// Variables with the prefix that are not configuration keys.
const NOT_KEYS: [&str; 1] = ["MUTUALS_DATA"];

/// The longest tag, in characters.
const LONGEST_TAG: usize = 50;
/// How long the line about calling may be, in characters.
const LONGEST_PHONE: usize = 120;

/// What an operator can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the server answers.
    pub listen: SocketAddr,
    /// In which days begin and end.
    pub time_zone: String,
    /// Where people can call, and when; empty for nowhere.
    pub phone: String,
    /// How people of the fediverse ask and offer.
    pub asking: Asking,
    /// The database.
    pub database: Database,
    /// How people come in.
    pub joining: Joining,
    /// Telling members by mail.
    pub mail: Mail,
    /// Speaking with other servers.
    pub federation: Federation,
    /// What others may cost us.
    pub limits: Limits,
    /// Logging.
    pub log: Log,
    /// For whoever looks after the server.
    pub health: Health,
    /// Backups that the server makes by itself.
    pub backup: Backup,
    /// Under which name the world reaches us; empty to choose it when the house is set up.
    pub domain: String,
    /// Where pictures are kept.
    pub media: Media,
    /// What is forgotten.
    pub retention: Retention,
    /// The keys whose values were read from files, and those files.
    #[serde(skip)]
    pub files: BTreeMap<String, PathBuf>,
}

/// See [`Config::asking`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// Tags that ask.
    #[serde(deserialize_with = "list")]
    pub need_words: Vec<String>,
    /// Tags that offer.
    #[serde(deserialize_with = "list")]
    pub offer_words: Vec<String>,
    /// Words of our own for kinds.
    #[serde(deserialize_with = "list")]
    pub kind_words: Vec<String>,
}

/// See [`Config::database`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Empty for the usual SQLite file.
    pub url: String,
}

/// See [`Config::joining`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// With a name and a password.
    pub open: bool,
}

/// See [`Config::mail`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server; empty for none.
    pub url: String,
    /// The mailbox that stands under *from*.
    pub from: String,
}

/// See [`Config::federation`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Federation {
    /// Speak plain HTTP.
    pub allow_http: bool,
    /// Private networks that may be reached.
    #[serde(deserialize_with = "list")]
    pub allow_private: Vec<IpNet>,
    /// Publish no Note of its own when something came.
    pub without_thanks: bool,
}

/// See [`Config::limits`] and the keys of this section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Networks of our own proxies.
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<IpNet>,
    /// Open connections.
    pub connections: usize,
    /// Open connections of one address.
    pub connections_per_address: usize,
    /// Requests of machines in five minutes; 0 for any number.
    pub per_address: u32,
    /// Pages in five minutes; 0 for any number.
    pub pages_per_address: u32,
    /// Activities of one server in five minutes; 0 for any number.
    pub per_domain: u32,
    /// The same of a domain that is new to us.
    pub per_new_domain: u32,
    /// Bytes.
    pub body: usize,
    /// Received activities that wait to be processed.
    pub waiting: i64,
    /// Unknown actors that are looked at while their request waits.
    pub strangers: usize,
    /// Unknown actors of one domain in an hour.
    pub new_actors_per_domain: u32,
    /// The same of a domain that is new to us.
    pub new_actors_per_new_domain: u32,
    /// Documents fetched because of one activity.
    pub fetches: u32,
    /// Seconds.
    pub connect_seconds: u64,
    /// Seconds between two pieces of an answer, and before the first.
    pub silence_seconds: u64,
    /// Seconds.
    pub answer_seconds: u64,
}

/// See [`Config::log`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A tracing filter.
    pub level: String,
    /// Text, logfmt or JSON.
    pub format: LogFormat,
}

/// See [`Config::health`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Empty for nowhere.
    pub listen: String,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For both: `key=value`.
    Logfmt,
    /// For machines.
    Json,
}

impl Default for Limits {
    fn default() -> Self {
        let own =
            ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"];
        Self {
            trusted_proxies: own.iter().filter_map(|network| network.parse().ok()).collect(),
            connections: 1_024,
            connections_per_address: 64,
            per_address: 300,
            pages_per_address: 1_000,
            per_domain: 600,
            per_new_domain: 150,
            body: 1024 * 1024,
            waiting: 1_000_000,
            strangers: 32,
            new_actors_per_domain: 200,
            new_actors_per_new_domain: 20,
            fetches: 20,
            connect_seconds: 5,
            silence_seconds: 10,
            answer_seconds: 30,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            time_zone: String::new(),
            phone: String::new(),
            asking: Asking::default(),
            database: Database::default(),
            joining: Joining { open: true },
            mail: Mail::default(),
            federation: Federation::default(),
            limits: Limits::default(),
            log: Log { level: "info".to_owned(), format: LogFormat::Text },
            health: Health { listen: "127.0.0.1:9090".to_owned() },
            backup: Backup::default(),
            domain: String::new(),
            media: Media::default(),
            retention: Retention::default(),
            files: BTreeMap::new(),
        }
    }
}

impl Health {
    /// Where to answer those who look after the server, if anywhere.
    pub fn address(&self) -> anyhow::Result<Option<SocketAddr>> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        let address = self.listen.parse().map_err(|_| {
            anyhow::anyhow!(
                "configuration key health.listen: {:?} is not an address and a port, such as \
                 127.0.0.1:9090",
                self.listen
            )
        })?;
        Ok(Some(address))
    }
}

impl Asking {
    /// The words as they are compared.
    pub fn own(&self) -> Own {
        Own::new(&self.need_words, &self.offer_words)
    }

    /// What we call kinds of things.
    pub fn lexicon(&self) -> Lexicon {
        Lexicon::new(&self.kind_words)
    }

    /// A tag is one word, and cannot both ask and offer; a word of our own names a kind that there is.
    fn check(&self) -> anyhow::Result<()> {
        for (key, all) in [("need_words", &self.need_words), ("offer_words", &self.offer_words)] {
            for word in all {
                let fits = word.chars().count() <= LONGEST_TAG;
                let word_only = word.chars().all(|c| c.is_alphanumeric() || c == '_');
                if word.is_empty() || !fits || !word_only {
                    bail!("configuration key asking.{key}: {word:?} is no tag");
                }
                if self.need_words.contains(word) && self.offer_words.contains(word) {
                    bail!("configuration key asking.{key}: {word:?} cannot both ask and offer");
                }
            }
        }
        if let Some(entry) = self.kind_words.iter().find(|entry| lexicon::read(entry).is_none()) {
            bail!("configuration key asking.kind_words: {entry:?} is not WORD: KIND");
        }
        Ok(())
    }
}

impl Config {
    /// Reads the configuration of a data folder.
    pub fn load(data: &Path) -> anyhow::Result<Self> {
        Self::read(data, Toml::file(data.join("mutuals.toml")), environment())
    }

    fn read(
        data: &Path,
        file: impl figment::Provider,
        environment: impl figment::Provider,
    ) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        let file = files::fill(file, data, &mut files)?;
        let environment = files::fill(environment, data, &mut files)?;
        let figment =
            Figment::from(Serialized::defaults(Self::default())).merge(file).merge(environment);
        let mut config: Self =
            figment.extract().map_err(|error| anyhow::anyhow!(explain_error(error)))?;
        config.files = files;
        config.zone()?;
        config.address()?;
        config.check_phone()?;
        config.asking.check()?;
        config.health.address()?;
        config.backup.check()?;
        config.retention.check()?;
        Ok(config)
    }

    /// The time zone in which days begin and end.
    pub fn zone(&self) -> anyhow::Result<jiff::tz::TimeZone> {
        if self.time_zone.is_empty() {
            return Ok(jiff::tz::TimeZone::system());
        }
        jiff::tz::TimeZone::get(&self.time_zone).map_err(|_| {
            anyhow::anyhow!(
                "configuration key time_zone: {:?} is not a time zone; use a name such as \
                 Europe/Berlin",
                self.time_zone
            )
        })
    }

    /// The address that `domain` names, if it names one.
    pub fn address(&self) -> anyhow::Result<Option<Url>> {
        if self.domain.is_empty() {
            return Ok(None);
        }
        let found = read_address(&self.domain, self.federation.allow_http);
        let found = found.map_err(|refusal| {
            anyhow::anyhow!("configuration key domain: {:?} is not one: {refusal}", self.domain)
        });
        found.map(Some)
    }

    /// It stands on pages and in messages, in one line.
    fn check_phone(&self) -> anyhow::Result<()> {
        if self.phone.chars().count() > LONGEST_PHONE || self.phone.contains(char::is_control) {
            bail!(
                "configuration key phone: say it in one line of at most {LONGEST_PHONE} characters"
            );
        }
        Ok(())
    }

    /// Every key, its value and what it is for.
    pub fn lines(&self) -> Vec<(&'static str, String, &'static str)> {
        // Every value can be written; if one could not, it would be shown as nothing.
        let all = serde_json::to_value(self).unwrap_or_default();
        let value = |key: &str| {
            if let Some(path) = self.files.get(key) {
                return format!("from the file {}", path.display());
            }
            let found = key.split('.').fold(&all, |section, name| &section[name]);
            match (key, found) {
                ("database.url", _) => without_password(&self.database.url),
                ("mail.url", _) => without_password(&self.mail.url),
                (_, serde_json::Value::String(text)) => text.clone(),
                (_, serde_json::Value::Array(list)) => {
                    let texts = list.iter().filter_map(|entry| entry.as_str());
                    texts.collect::<Vec<_>>().join(",")
                }
                (_, other) => other.to_string(),
            }
        };
        KEYS.iter().map(|(key, about)| (*key, value(key), *about)).collect()
    }
}

/// The data folder from the environment, if it names one.
#[expect(clippy::disallowed_methods, reason = "this is the configuration")]
pub fn data_from_environment() -> Option<PathBuf> {
    std::env::var("MUTUALS_DATA").ok().filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn environment() -> Env {
    Env::prefixed(PREFIX)
        .filter(|key| !NOT_KEYS.contains(&variable(key.as_str()).as_str()))
        .split("__")
}

fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            if parsed.set_password(Some("…")).is_err() {
                return "…".to_owned();
            }
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

/// A list: an array in the file, commas in the environment.
fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: Display>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum ListOrText<T> {
        List(Vec<T>),
        Text(String),
    }
    match ListOrText::deserialize(deserializer)? {
        ListOrText::List(list) => Ok(list),
        ListOrText::Text(text) => text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_err(serde::de::Error::custom))
            .collect(),
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
