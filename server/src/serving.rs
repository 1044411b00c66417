//! One server for one SQLite file, and a look at the file after a server that did not end by itself.
//!
//! A lock file beside the database is locked as long as the server runs; the operating system lets
//! go of it however the process ends. While it runs a mark stands in the file: who finds one there
//! follows a server that was killed, or whose machine went down.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::db::{self, Location};

/// What the name of the lock file adds to the name of the database.
const SUFFIX: &str = ".serving";

/// The right to serve an instance.
pub struct Serving(Option<File>);

impl Serving {
    /// Takes it, if nobody else has it. PostgreSQL needs none: several servers may share it.
    ///
    /// If the server before did not end by itself, SQLite looks through its file first.
    pub fn begin(location: &Location) -> anyhow::Result<Self> {
        let Location::Sqlite(path) = location else { return Ok(Self(None)) };
        if !Path::new(path).exists() {
            // Whoever opens it says what to do.
            return Ok(Self(None));
        }
        let name = format!("{path}{SUFFIX}");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&name)
            .with_context(|| format!("cannot open {name}"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "{path} is already served by another process. End that one first, or choose \
                 another --data"
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {name}"));
            }
        }
        let mut mark = String::new();
        file.read_to_string(&mut mark).with_context(|| format!("cannot read {name}"))?;
        if !mark.is_empty() {
            tracing::warn!("the server before did not end by itself: looking through {path}");
            db::check(location)?;
        }
        Ok(Self(Some(file)))
    }

    /// Notes that the server runs.
    pub fn mark(&mut self) {
        if let Some(Err(error)) = self.0.as_mut().map(set_mark) {
            // A full disk, perhaps: what is there can be read all the same.
            tracing::warn!(error = %error, "the beginning cannot be noted");
        }
    }

    /// Notes that the server ended by itself.
    pub fn end(self) {
        if let Some(Err(error)) = self.0.map(|file| file.set_len(0)) {
            tracing::warn!(error = %error, "the end cannot be noted: the next start takes longer");
        }
    }
}

fn set_mark(file: &mut File) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(b"serving\n")?;
    file.sync_all()
}
