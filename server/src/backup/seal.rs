//! What can be checked without the recovery key: the plain lines at the end of a backup.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backup::ENDING;
use crate::backup::files::Counted;

/// What the last line begins with; the number of the format and the length of the lines before it
/// follow.
const LAST_LINE: &str = "mutuals-backup";
/// How long the last line is, with its line feed.
const LAST_LINE_BYTES: usize = 28;
/// A seal is some hundred bytes long; whatever says more is none.
const LONGEST: u64 = 64 * 1024;

/// The plain part of a backup. Nobody is named in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// How it is written.
    pub format: u32,
    /// The release that made it.
    pub program: String,
    /// When.
    pub made_at: Timestamp,
    /// The newest migration.
    pub schema: String,
    /// Which recovery keys open it, by their public halves.
    pub public_keys: Vec<String>,
    /// How many tables are in it.
    pub tables: u64,
    /// How many rows.
    pub rows: u64,
    /// How many files.
    pub files: u64,
    /// How long the encrypted part is: the beginning of the file.
    pub bytes: u64,
    /// The digest of the encrypted part.
    pub sha256: String,
}

impl Seal {
    /// As it stands at the end of a file.
    pub(super) fn write(&self) -> anyhow::Result<String> {
        let lines = format!("\n{}\n", serde_json::to_string(self)?);
        let last = format!("{LAST_LINE} {} {:010}\n", self.format, lines.len());
        ensure!(last.len() == LAST_LINE_BYTES, "the seal is too long");
        Ok(lines + &last)
    }
}

/// Reads what stands at the end of a backup, and nothing else of it.
pub fn read_seal(path: &Path) -> anyhow::Result<Seal> {
    let name = path.display();
    let mut file = File::open(path).with_context(|| format!("cannot read {name}"))?;
    let seal = read_end(&mut file).with_context(|| format!("cannot read {name}"))?;
    seal.with_context(|| {
        format!("{name} is no whole backup: it was cut off, was changed, or is something else")
    })
}

/// When the newest whole backup in a folder was made, by whomever.
pub fn find_newest(folder: &Path) -> Option<Timestamp> {
    let entries = std::fs::read_dir(folder).ok()?;
    let paths = entries.flatten().map(|entry| entry.path());
    let backups = paths.filter(|path| path.extension().is_some_and(|ending| ending == ENDING));
    backups.filter_map(|path| read_seal(&path).ok()).map(|seal| seal.made_at).max()
}

/// Nothing if there is none, or it does not fit the file.
fn read_end(file: &mut File) -> std::io::Result<Option<Seal>> {
    let length = file.metadata()?.len();
    let last_line = u64::try_from(LAST_LINE_BYTES).unwrap_or_default();
    let Some(end) = length.checked_sub(last_line) else { return Ok(None) };
    file.seek(SeekFrom::Start(end))?;
    let mut last = Vec::new();
    file.by_ref().take(last_line).read_to_end(&mut last)?;
    let Some(lines) = length_of_lines(&last) else { return Ok(None) };
    let Some(begin) = end.checked_sub(lines) else { return Ok(None) };
    file.seek(SeekFrom::Start(begin))?;
    let mut text = Vec::new();
    file.by_ref().take(lines).read_to_end(&mut text)?;
    let seal = serde_json::from_slice::<Seal>(&text).ok();
    Ok(seal.filter(|seal| seal.bytes == begin))
}

fn length_of_lines(last: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(last).ok()?.strip_prefix(LAST_LINE)?.strip_suffix('\n')?;
    let (format, length) = text.trim_start().split_once(' ')?;
    format.parse::<u32>().ok()?;
    length.parse().ok().filter(|length| *length <= LONGEST)
}

/// Compares the encrypted part of a file with its seal.
pub(super) fn check(path: &Path, seal: &Seal) -> anyhow::Result<()> {
    let name = path.display();
    let digest = || {
        let mut part = Counted::new(File::open(path)?.take(seal.bytes));
        std::io::copy(&mut part, &mut std::io::sink())?;
        let (_, bytes, sha256) = part.end();
        Ok::<_, std::io::Error>((bytes, sha256))
    };
    let (bytes, sha256) = digest().with_context(|| format!("cannot read {name}"))?;
    ensure!(
        bytes == seal.bytes && sha256 == seal.sha256,
        "{name} is damaged: it is not what was written. Use another backup, and check the disk"
    );
    Ok(())
}
