//! The backups of a house that is being set up. The key is made now, shown on a page, and only its
//! recipient is written down, when the house is opened; where they go is written into
//! `mutuals.toml` then.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::backup;
use crate::config::Config;
use crate::web::set_up::RecoveryKey;

/// The folder and the file in which [`backup::find_recipient`] finds it.
const FOLDER: &str = "backup";
const FILE: &str = "recipient";

/// Makes a key. Nothing of it is stored.
pub fn make() -> anyhow::Result<RecoveryKey> {
    let key = backup::RecoveryKey::generate();
    Ok(RecoveryKey { secret: key.words(), recipient: key.recipient().to_string() })
}

/// Writes down for whom backups are encrypted from now on.
pub fn keep(data: &Path, recipient: &str) -> anyhow::Result<()> {
    let folder = data.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (path, beside) = (folder.join(FILE), folder.join(format!("{FILE}.new")));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&beside).with_context(|| beside.display().to_string())?;
    writeln!(file, "{recipient}")?;
    file.sync_all()?;
    fs::rename(&beside, &path).with_context(|| path.display().to_string())?;
    let found = backup::find_recipient(data)?;
    ensure!(found.to_string() == recipient, "{} was not kept", path.display());
    Ok(())
}

/// Writes down in which folder backups are kept, and leaves what else is configured as it is.
pub fn keep_folder(data: &Path, folder: &str) -> anyhow::Result<()> {
    let path = data.join("mutuals.toml");
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let beside = data.join("mutuals.toml.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&beside).with_context(|| beside.display().to_string())?;
    file.write_all(with_folder(&before, folder)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, &path).with_context(|| path.display().to_string())?;
    let found = Config::load(data)?.backup.folder;
    ensure!(found == folder, "{} does not say backup.folder = {folder:?}", path.display());
    Ok(())
}

/// The text of a configuration with the folder in it.
fn with_folder(before: &str, folder: &str) -> anyhow::Result<String> {
    // What JSON writes as a text is a text in TOML, too.
    let line = format!("folder = {}\n", serde_json::to_string(folder)?);
    let mut text = String::new();
    let mut is_in = false;
    for each in before.lines() {
        text.push_str(each);
        text.push('\n');
        if each.trim() == "[backup]" {
            text.push_str(&line);
            is_in = true;
        }
    }
    if !is_in {
        text.push_str(&format!("\n[backup]\n{line}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_written_beside_what_else_is_configured() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("mutuals.toml");
        for before in ["", "listen = \"127.0.0.1:8001\"\n", "[backup]\nat = \"04:00\"\n\n[log]\n"] {
            fs::write(&path, before).unwrap();
            let was = Config::load(data.path()).unwrap();
            keep_folder(data.path(), "/mnt/a \"disk\"").unwrap();
            let mut is = Config::load(data.path()).unwrap();
            assert_eq!(std::mem::take(&mut is.backup.folder), "/mnt/a \"disk\"");
            assert_eq!(is, was);
        }
        fs::remove_file(&path).unwrap();
        keep_folder(data.path(), "/mnt").unwrap();
    }
}
