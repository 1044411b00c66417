//! Writing one key into a `mutuals.toml`, and leaving what else is in it, comments too, as it is.

use anyhow::Context as _;
use toml_edit::{DocumentMut, TableLike, value};

/// The same configuration with another value for a key of a section, or without the key for nothing.
/// A file that would give the value is named no longer. An error if the text is not TOML, or the
/// section no section.
pub fn with_key(
    text: &str,
    (section, key): (&str, &str),
    new: Option<&str>,
) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse().context("the configuration is not TOML")?;
    if new.is_none() && document.get(section).is_none() {
        return Ok(text.to_owned());
    }
    let table = document
        .entry(section)
        .or_insert_with(toml_edit::table)
        .as_table_like_mut()
        .with_context(|| format!("{section} is no section of the configuration"))?;
    change(table, key, new);
    Ok(document.to_string())
}

fn change(table: &mut dyn TableLike, key: &str, new: Option<&str>) {
    table.remove(&format!("{key}_file"));
    match (new, table.get_mut(key)) {
        (None, _) => {
            table.remove(key);
        }
        // In its place, with the comment above it.
        (Some(new), Some(old)) => *old = value(new),
        (Some(new), None) => {
            table.insert(key, value(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: (&str, &str) = ("database", "url");

    #[test]
    fn one_key_is_changed_and_the_rest_stays() {
        let old = "# Ours.\nlisten = \"0.0.0.0:80\"\n\n[database] # here\n# Where it is.\n\
                   url = \"postgres://old/ring\"\n\n[log]\nlevel = \"info\"\n";
        let new = with_key(old, URL, Some("postgres://ring:s\"cret@db/ring")).unwrap();
        assert_eq!(
            new,
            old.replace("\"postgres://old/ring\"", "'postgres://ring:s\"cret@db/ring'")
        );
        let none = with_key(&new, URL, None).unwrap();
        assert!(!none.contains("url") && none.contains("[log]\nlevel = \"info\""), "{none}");
        assert_eq!(with_key("", URL, None).unwrap(), "");
        assert_eq!(with_key("", URL, Some("x")).unwrap(), "[database]\nurl = \"x\"\n");
    }

    #[test]
    fn however_it_is_written_it_is_there_once() {
        for old in [
            "database.url = \"old\"\n",
            "database = { url = \"old\" }\n",
            "[database]\nurl_file = \"/run/secrets/url\"\n",
            "[ database ]   # spaces\n\"url\" = 'old'\n",
        ] {
            let new = with_key(old, URL, Some("new")).unwrap();
            assert_eq!(new.matches("url").count(), 1, "{new}");
            assert!(new.contains("new") && !new.contains("old"), "{new}");
        }
        assert!(with_key("database = 3\n", URL, Some("new")).is_err());
        assert!(with_key("[database\n", URL, Some("new")).is_err());
    }
}
