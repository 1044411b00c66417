//! What a process does of an instance; one server for one SQLite file, and a look at the file after a
//! server that did not end by itself.
//!
//! A lock file beside the database is locked as long as the server runs; the operating system lets
//! go of it however the process ends. While it runs a mark stands in the file: who finds one there
//! follows a server that was killed, or whose machine went down.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::db::migrate::{SERVING, is_changing, try_lock};
use crate::db::{self, Location};

/// How often somebody who brings the database up to date is looked after.
const LOOK: Duration = Duration::from_millis(200);

/// What a process does of serving an instance. Several processes may share one PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Answer, and work in the background.
    #[default]
    All,
    /// Answer only: pages, and what other servers ask and send.
    Web,
    /// Work in the background only: what came in, what goes out, what is over.
    Worker,
}

impl Role {
    /// Whether it answers.
    pub fn answers(self) -> bool {
        self != Self::Worker
    }

    /// Whether it works in the background.
    pub fn works(self) -> bool {
        self != Self::Web
    }

    /// A SQLite file belongs to one process, which does everything.
    pub fn check(self, location: &Location) -> anyhow::Result<()> {
        if self == Self::All || matches!(location, Location::Postgres(_)) {
            return Ok(());
        }
        bail!(
            "--role web and --role worker are for several processes on one PostgreSQL. This \
             instance is on SQLite, whose file one process serves alone: leave --role out, or move \
             to PostgreSQL first and set database.url (docs/scaling.md)"
        )
    }
}

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
        let name = format!("{path}{SERVING}");
        let mut file = loop {
            if let Some(file) = try_lock(&name)? {
                break file;
            }
            if !is_changing(path)? {
                bail!(
                    "{path} is already served by another process. End that one first, or choose \
                     another --data"
                );
            }
            // A command brings it up to date, and nobody may serve meanwhile.
            std::thread::sleep(LOOK);
        };
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
