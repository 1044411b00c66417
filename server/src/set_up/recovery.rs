//! The backups of a house that is being set up. The key is made now, shown on a page, and only its
//! recipient is written down, when the house is opened; where they go is written into
//! `mutuals.toml` then.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::backup;
use crate::config::{Config, with_key};
use crate::web::set_up::RecoveryKey;

/// Makes a key. Nothing of it is stored.
pub fn make() -> anyhow::Result<RecoveryKey> {
    let key = backup::RecoveryKey::generate();
    Ok(RecoveryKey { secret: key.words(), recipient: key.recipient().to_string() })
}

/// Writes down for whom backups are encrypted from now on.
pub fn keep(data: &Path, recipient: &str) -> anyhow::Result<()> {
    backup::keep_recipient(data, &backup::Recipient::read(recipient)?)
}

/// Writes down in which folder backups are kept, and leaves what else is configured as it is.
pub fn keep_folder(data: &Path, folder: &str) -> anyhow::Result<()> {
    let path = data.join("mutuals.toml");
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let text = with_key(&before, ("backup", "folder"), Some(folder))?;
    backup::write_private(&path, text.as_bytes())?;
    let found = Config::load(data)?.backup.folder;
    ensure!(found == folder, "{} does not say backup.folder = {folder:?}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_written_beside_what_else_is_configured() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("mutuals.toml");
        for before in [
            "",
            "listen = \"127.0.0.1:8001\"\n",
            "[backup] # ours\nat = \"04:00\"\nfolder = \"\"\n\n[log]\n",
        ] {
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
