//! Backups that the server makes by itself: where, when, and for how long.

use std::path::{Path, PathBuf};

use anyhow::bail;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// See [`super::Config::backup`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Empty for the usual folder.
    pub folder: String,
    /// A time of the day; empty for never.
    pub at: String,
    /// Days.
    pub days: u16,
}

impl Default for Backup {
    fn default() -> Self {
        Self { folder: String::new(), at: "03:00".to_owned(), days: 35 }
    }
}

impl Backup {
    /// The time of the day, if there is one.
    pub fn time(&self) -> anyhow::Result<Option<Time>> {
        if self.at.is_empty() {
            return Ok(None);
        }
        let time = Time::strptime("%H:%M", &self.at);
        time.map(Some).map_err(|_| {
            anyhow::anyhow!(
                "configuration key backup.at: {:?} is no time of the day; write it as 03:00",
                self.at
            )
        })
    }

    /// Where backups are kept.
    pub fn place(&self, data: &Path) -> PathBuf {
        if self.folder.is_empty() { data.join("backups") } else { PathBuf::from(&self.folder) }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        if self.days == 0 {
            bail!(
                "configuration key backup.days: at least 1, or every backup would be gone at once"
            );
        }
        self.time().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_made_at_a_time_of_the_day_or_never() {
        let at = |text: &str| Backup { at: text.into(), ..Backup::default() };
        assert_eq!(at("03:00").time().unwrap().map(|time| time.hour()), Some(3));
        assert_eq!(at("").time().unwrap(), None);
        for wrong in [at("3 o'clock"), at("24:01"), Backup { days: 0, ..Backup::default() }] {
            let error = wrong.check().unwrap_err().to_string();
            assert!(error.contains("configuration key backup."), "{error}");
        }
        assert!(Backup::default().check().is_ok());
    }

    #[test]
    fn backups_lie_in_the_data_folder_unless_somebody_says_where() {
        let data = Path::new("/data");
        assert_eq!(Backup::default().place(data), Path::new("/data/backups"));
        let other = Backup { folder: "/mnt/disk".into(), ..Backup::default() };
        assert_eq!(other.place(data), Path::new("/mnt/disk"));
    }
}
