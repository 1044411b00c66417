//! The key for backups of a house that is being set up: made now, shown on a page, and only its
//! recipient is written down, when the house is opened.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::backup;
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
