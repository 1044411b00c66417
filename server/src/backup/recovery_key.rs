//! The recovery key, and the half of it that the server may know.

use std::fmt::{self, Display};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret as _;
use anyhow::{Context as _, ensure};

use crate::backup::files::{folder_of, make_folder, write_private};

/// What a recovery key begins with.
const BEGINS: &str = "AGE-SECRET-KEY-1";

/// Where the recipient lies in a data folder.
const PLACE: [&str; 2] = ["backup", "recipient"];

/// Opens backups. It is shown once and kept nowhere.
pub struct RecoveryKey(age::x25519::Identity);

/// For whom backups are encrypted. No secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(age::x25519::Recipient);

impl RecoveryKey {
    /// A new one.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads one as it was shown. Around it there may be lines with words, as in the file that is
    /// saved at set-up, and in those that `age-keygen` writes.
    pub fn read(typed: &str) -> anyhow::Result<Self> {
        let lines = || typed.lines().map(str::trim).filter(|line| !line.is_empty());
        let is_key = |line: &&str| line.to_uppercase().starts_with(BEGINS);
        let key = lines().find(is_key).or_else(|| lines().find(|line| !line.starts_with('#')));
        let key = key.context("there is no recovery key")?;
        let read = key.to_uppercase().parse::<age::x25519::Identity>();
        read.map(Self).map_err(|_| {
            anyhow::anyhow!(
                "this is no recovery key: one begins with {BEGINS} and is 74 characters long. \
                 Compare it with the paper, letter by letter"
            )
        })
    }

    /// Reads one from the command line: the key itself, a file that holds it, or - for what comes in.
    pub fn find(typed: &str) -> anyhow::Result<Self> {
        if typed.trim().to_uppercase().starts_with(BEGINS) {
            return Self::read(typed);
        }
        if typed == "-" {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .context("the recovery key did not come in")?;
            return Self::read(&text);
        }
        let text = std::fs::read_to_string(typed).with_context(|| {
            format!("{typed} is neither a recovery key nor a file that can be read")
        })?;
        Self::read(&text)
    }

    /// For whom backups are encrypted that it opens.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    /// As it is shown, once.
    pub fn words(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    pub(super) fn identity(&self) -> &dyn age::Identity {
        &self.0
    }
}

impl Recipient {
    /// Reads one.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let read = text.trim().parse::<age::x25519::Recipient>();
        read.map(Self)
            .map_err(|why| anyhow::anyhow!("this is no public half of a recovery key: {why}"))
    }

    pub(super) fn as_age(&self) -> &dyn age::Recipient {
        &self.0
    }
}

impl Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// For whom the backups of a data folder are encrypted.
pub fn find_recipient(data: &Path) -> anyhow::Result<Recipient> {
    let place = place(data);
    let text = match std::fs::read_to_string(&place) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => anyhow::bail!(
            "there is no recovery key yet, so nothing can be encrypted. Make one: mutuals backup \
             recovery-key --new, with the same --data"
        ),
        Err(error) => return Err(error).with_context(|| place.display().to_string()),
    };
    Recipient::read(&text).with_context(|| place.display().to_string())
}

/// Makes a recovery key and writes down its recipient. Backups from now on open with it, and with no
/// other; those from before open with the key from before.
pub fn make_recovery_key(data: &Path) -> anyhow::Result<RecoveryKey> {
    let key = RecoveryKey::generate();
    keep_recipient(data, &key.recipient())?;
    Ok(key)
}

/// Writes down for whom the backups of a data folder are encrypted from now on.
pub fn keep_recipient(data: &Path, recipient: &Recipient) -> anyhow::Result<()> {
    ensure!(data.is_dir(), "there is no data folder at {}", data.display());
    let place = place(data);
    make_folder(folder_of(&place))?;
    write_private(&place, format!("{recipient}\n").as_bytes())
}

fn place(data: &Path) -> PathBuf {
    data.join(PLACE.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_shown_also_from_a_file_with_comments() {
        let key = RecoveryKey::generate();
        assert!(key.words().starts_with(BEGINS) && key.words().len() == 74, "as it is said");
        let typed = format!("# public key: {}\n\n  {}  \n", key.recipient(), key.words());
        assert!(RecoveryKey::read(&typed).unwrap().recipient() == key.recipient());
        assert!(RecoveryKey::read(&key.words().to_lowercase()).is_ok(), "typed from paper");
        let text = key.recipient().to_string();
        assert!(Recipient::read(&text).unwrap() == key.recipient());
        let saved = format!("The recovery key of Ring\r\n\r\n{}\r\nKeep it.\r\n", key.words());
        assert!(RecoveryKey::read(&saved).unwrap().recipient() == key.recipient());
        for wrong in
            ["", "# nothing", "The recovery key of Ring", "AGE-SECRET-KEY-1OOPS", text.as_str()]
        {
            assert!(RecoveryKey::read(wrong).is_err(), "{wrong}");
        }
    }
}
