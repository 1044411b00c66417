//! Backups: one encrypted file from which an instance begins again, on either engine.
//!
//! A file is an age stream (age-encryption.org/v1) and, behind it, a *seal*: a line of plain JSON
//! with the length and the digest of the stream, how many tables and rows are in it, when it was
//! made and for which recovery key, and a last line of fixed length that says how long that is. The
//! seal is what can be checked without the key; it tells accidents, not forgeries. It says nothing
//! about anybody, and it stands at the end, so that a file that was cut off has none.
//!
//! Inside the stream is a tar: `beginning.json` (which tables, columns and migrations), then
//! `config/mutuals.toml`, `backup/recipient`, `keys/…` and `media/…`, then `tables/NAME.0001.jsonl`
//! and so on, a row a line, and at last `manifest.json` with the count and the digest of everything
//! before it. Nothing of it is ever written to a disk unencrypted.
//!
//! The recovery key is an age identity. It is shown once and kept nowhere: only its public half, the
//! recipient, lies in the data folder.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Media;
use crate::db::Location;
use crate::db::copy::{Step, Summed, sum_of_all};

mod archive;
mod create;
mod files;
pub mod keep;
mod load;
mod pictures;
mod place;
mod recovery_key;
mod restore;
pub mod schedule;
mod seal;
mod verify;

pub use create::{Made, create, create_file};
pub use files::write_private;
pub use recovery_key::{Recipient, RecoveryKey, find_recipient, keep_recipient, make_recovery_key};
pub use restore::{Restore, Restored, restore};
pub use seal::{Seal, find_newest, read_seal};
pub use verify::{Verified, verify};

/// The folder of backups in a data folder. Restoring leaves it where it is.
pub const FOLDER: &str = "backups";
/// What the names of backups end in.
pub const ENDING: &str = "backup";

/// How a backup is written. A later format gets a higher number.
const FORMAT: u32 = 1;

/// How much of a table stands in one part, in bytes, and then some: a row is never divided.
const PART: usize = 1024 * 1024;

const BEGINNING: &str = "beginning.json";
const MANIFEST: &str = "manifest.json";

/// Is told how far it has come.
pub type Told<'a> = dyn FnMut(Step<'_>) + 'a;

/// What a backup is made of.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The database.
    pub location: &'a Location,
    /// The data folder, with the configuration, the keys and the media.
    pub data: &'a Path,
    /// Where pictures are kept outside the database, if they may be: they are brought in.
    pub media: Option<&'a Media>,
    /// The present moment.
    pub now: Timestamp,
}

/// What stands first in a backup: what must be known before a row is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// How it is written.
    pub format: u32,
    /// The release that made it.
    pub program: String,
    /// When.
    pub made_at: Timestamp,
    /// The migrations that made the tables.
    pub migrations: Vec<String>,
    /// The tables, each behind those that it points at.
    pub tables: Vec<Shape>,
}

/// A table and the order of a row's cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// What stands last in a backup: what was before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The newest migration.
    pub schema: String,
    /// Which life of the instance this is: when it was last restored, in microseconds since 1970; 0
    /// if it never was.
    pub epoch: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// One digest of all tables, the same on both engines.
    pub digest: String,
    /// Every table.
    pub tables: Vec<TableEntry>,
    /// Every file.
    pub files: Vec<FileEntry>,
}

/// A table in a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableEntry {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// The digest of its rows, in the order of the primary key.
    pub sha256: String,
}

/// A file in a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the backup.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
}

impl Manifest {
    /// How many rows there are in all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// What each table must be when it is read again.
    fn sums(&self) -> Vec<(String, Summed)> {
        let sum = |table: &TableEntry| {
            let summed = Summed { rows: table.rows, sha256: table.sha256.clone() };
            (table.name.clone(), summed)
        };
        self.tables.iter().map(sum).collect()
    }

    fn digest_of_tables(&self) -> String {
        sum_of_all(&self.sums())
    }
}

/// A path with something behind its name.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
