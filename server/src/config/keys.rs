//! Which keys there are, what each is for, and what is said about one that there is not.

use anyhow::bail;

use crate::config::Config;

/// The variables of the environment begin with this; `__` separates sections.
pub(super) const PREFIX: &str = "MUTUALS_";

/// Every key with its default and what it is for, in the order in which it is shown.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("listen", "Address and port on which the server answers; put a proxy with TLS before it."),
    (
        "time_zone",
        "The time zone in which days begin and end, such as Europe/Berlin. Empty: what was chosen when the house was set up, else the machine's.",
    ),
    (
        "phone",
        "A number to call and when, such as 555 0101, Tuesday and Thursday: for those who would rather not write. Empty: none.",
    ),
    (
        "asking.need_words",
        "Tags of your own by which people of the fediverse ask, besides need and its like, without the #: such as kinderkram.",
    ),
    ("asking.offer_words", "The same for what they offer."),
    (
        "asking.kind_words",
        "What you call kinds of things, as WORD: KIND, such as Decke: bedding. Whoever types the word means the kind, and reads it here.",
    ),
    (
        "database.url",
        "postgres://… for PostgreSQL 14 or newer, sqlite:PATH for a file elsewhere. Empty: the file mutuals.db in the data folder.",
    ),
    (
        "joining.open",
        "Whether people can join with a name and a password; else by a fediverse account or an invitation only.",
    ),
    (
        "mail.url",
        "The mail server: smtps://NAME:PASSWORD@HOST, or smtp://HOST with ?tls=required. Empty: no mails.",
    ),
    ("mail.from", "From whom mails come, such as Ring <ring@ring.example>."),
    ("federation.allow_http", "For tests and the demo only: speak to other servers without TLS."),
    (
        "federation.allow_private",
        "For tests and the demo only: networks of private addresses that may be reached, such as 127.0.0.0/8.",
    ),
    (
        "federation.without_thanks",
        "Publish no thank-you of its own when something came; the need or offer itself still says so.",
    ),
    (
        "limits.trusted_proxies",
        "Networks of your own proxies: only what they say in X-Forwarded-For is believed.",
    ),
    ("limits.connections", "How many connections are open at once."),
    (
        "limits.connections_per_address",
        "How many of them one address may have (IPv6: one /64 network); a trusted proxy has all.",
    ),
    (
        "limits.per_address",
        "How many requests of other servers one address may make in five minutes; 0 for any number.",
    ),
    (
        "limits.pages_per_address",
        "How many pages one address may ask for in five minutes; 0 for any number.",
    ),
    (
        "limits.per_domain",
        "How many activities one server may send us in five minutes; 0 for any number.",
    ),
    (
        "limits.per_new_domain",
        "The same for a domain that we have known for less than a day; 0 for any number.",
    ),
    ("limits.body", "The largest activity or document that is read, in bytes."),
    (
        "limits.waiting",
        "How many received activities may wait to be processed before others are asked to come back later.",
    ),
    ("limits.strangers", "How many unknown actors are looked at while their request waits."),
    (
        "limits.new_actors_per_domain",
        "How many unknown actors of one domain are looked at in an hour.",
    ),
    (
        "limits.new_actors_per_new_domain",
        "The same for a domain that we have known for less than a day.",
    ),
    ("limits.fetches", "How many documents are fetched because of one received activity."),
    ("limits.connect_seconds", "How long connecting to another server may take."),
    ("limits.silence_seconds", "How long another server may be silent while it answers."),
    ("limits.answer_seconds", "How long an answer of another server may take altogether."),
    ("log.level", "What is logged: error, warn, info, debug, or a tracing filter."),
    ("log.format", "How it is logged: text, logfmt or json."),
    (
        "health.listen",
        "Address and port for whoever looks after the server: /livez, /readyz and /metrics, for this machine only. Empty: none.",
    ),
    (
        "backup.folder",
        "Where backups are kept that the server makes each night. Empty: the folder backups in the data folder.",
    ),
    (
        "backup.at",
        "At what time of the day the server makes a backup, such as 03:00. Empty: it makes none by itself.",
    ),
    (
        "backup.days",
        "How many days a backup is kept at most, so that what was erased is gone from all of them.",
    ),
    (
        "domain",
        "The name under which the world reaches us, such as ring.example: for setting up. It stays what it is then.",
    ),
    (
        "media.url",
        "Where pictures are kept: file:/FOLDER, or s3://BUCKET or s3://BUCKET/PREFIX. Empty: in the database. What is kept already stays where it is until mutuals media move.",
    ),
    (
        "media.s3_endpoint",
        "The address of a server that speaks S3, such as https://s3.example. Empty: that of Amazon.",
    ),
    ("media.s3_region", "The region of the bucket. Empty: us-east-1, which most others take too."),
    (
        "media.s3_key_file",
        "A file with two lines, the id of the key to the bucket and its secret, that only the server may read.",
    ),
    (
        "retention.days",
        "How many days after it is closed what a need or an offer said, and who it was for, is kept: 1 to 90. 0: what stewards chose.",
    ),
];

/// The variable of the environment that sets a key.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// The known key most like a wrong one.
pub(super) fn suggestion(wrong: &str) -> Option<&'static str> {
    let likeness = |key: &str| {
        let last = key.rsplit('.').next().unwrap_or(key);
        strsim::jaro_winkler(wrong, key).max(strsim::jaro_winkler(wrong, last))
    };
    // Of several that are alike, the first.
    let best = KEYS.iter().rev().max_by(|a, b| likeness(a.0).total_cmp(&likeness(b.0)));
    best.map(|(key, _)| *key).filter(|key| likeness(key) > 0.8)
}

/// What is wrong with what stands somewhere, in sentences that name the place.
pub(super) fn explain_error(error: figment::Error) -> String {
    let mut sentences = Vec::new();
    for error in error {
        let place = error.path.join(".");
        let metadata = error.metadata.as_ref();
        let file = metadata.and_then(|found| found.source.as_ref()?.file_path());
        let source = metadata.map_or("", |source| &source.name);
        let source = match source.contains("environment") {
            true => format!(" (environment variable {})", variable(&place)),
            false if source.is_empty() => String::new(),
            false => format!(" ({source})"),
        };
        let sentence = match &error.kind {
            figment::error::Kind::UnknownField(..) => {
                let hint = suggestion(&place)
                    .map_or_else(String::new, |key| format!(" Did you mean {key}?"));
                format!("unknown configuration key {place}{source}.{hint}")
            }
            // No key is wrong: nothing could be read at all.
            kind if place.is_empty() => match file {
                Some(file) => format!("{} cannot be read: {kind}", file.display()),
                None => format!("the configuration cannot be read{source}: {kind}"),
            },
            kind => {
                let hint = what_fits(&place);
                format!("configuration key {place} does not fit{source}: {kind}{hint}")
            }
        };
        sentences.push(sentence);
    }
    sentences.join("\n")
}

/// What may stand there, where one who typed it may not know it from the error.
fn what_fits(key: &str) -> String {
    // Every value can be written; if one could not, nothing would be said about it.
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    match key.split('.').fold(&defaults, |section, name| &section[name]) {
        _ if key == "listen" => "; write an address and a port, such as 127.0.0.1:8000".to_owned(),
        serde_json::Value::Number(usual) => format!("; write a whole number, such as {usual}"),
        serde_json::Value::Bool(_) => "; write true or false".to_owned(),
        _ => String::new(),
    }
}

/// Checks that `key` is one, or says which one was probably meant.
pub fn check_key(key: &str) -> anyhow::Result<()> {
    if KEYS.iter().any(|(known, _)| *known == key) {
        return Ok(());
    }
    match suggestion(key) {
        Some(known) => bail!("unknown configuration key {key}. Did you mean {known}?"),
        None => bail!("unknown configuration key {key}. `mutuals config show` lists them all."),
    }
}
