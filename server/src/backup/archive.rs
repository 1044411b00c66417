//! Reading what is inside a backup, from its beginning to its manifest.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Component, Path};

use anyhow::{Context as _, bail, ensure};

use crate::backup::files::Counted;
use crate::backup::recovery_key::RecoveryKey;
use crate::backup::{BEGINNING, Beginning, FORMAT, FileEntry, MANIFEST, Manifest, Seal};
use crate::db::copy::{Row, Sum};

/// Names that files in a backup may have, or begin with.
const NAMES: [&str; 4] = ["config/mutuals.toml", "backup/recipient", "keys/", "media/"];

/// Who takes what is read.
pub trait Receive {
    /// Before everything else.
    fn begin(&mut self, beginning: &Beginning) -> anyhow::Result<()>;
    /// A row of a table; all of a table come one after the other.
    fn row(&mut self, table: &str, row: &[Option<String>]) -> anyhow::Result<()>;
    /// A file.
    fn file(&mut self, name: &str, content: &mut dyn Read) -> anyhow::Result<()>;
}

/// What was read so far.
#[derive(Default)]
struct Seen {
    tables: BTreeMap<String, Sum>,
    files: Vec<FileEntry>,
    manifest: Option<Manifest>,
    has_begun: bool,
}

/// Decrypts a backup and hands on what is in it; answers its manifest if all of it was there, as it
/// was written.
pub fn read(
    path: &Path,
    seal: &Seal,
    key: &RecoveryKey,
    to: &mut dyn Receive,
) -> anyhow::Result<Manifest> {
    ensure!(
        seal.format == FORMAT,
        "this backup was written by a later release ({}): use that one",
        seal.program
    );
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let encrypted = BufReader::with_capacity(128 * 1024, file.take(seal.bytes));
    let stream = age::Decryptor::new_buffered(encrypted)
        .and_then(|decryptor| decryptor.decrypt(std::iter::once(key.identity())))
        .map_err(|error| explain(&error, seal, key))?;
    let mut archive = tar::Archive::new(stream);
    let mut seen = Seen::default();
    for entry in archive.entries().context(DAMAGED)? {
        let mut entry = entry.context(DAMAGED)?;
        let name = entry.path().context(DAMAGED)?.to_string_lossy().into_owned();
        seen.take(&name, &mut entry, to).with_context(|| format!("reading {name}"))?;
    }
    // The stream says at its end that nothing is missing.
    io::copy(&mut archive.into_inner(), &mut io::sink()).context(DAMAGED)?;
    seen.end()
}

const DAMAGED: &str = "the backup is damaged";

fn explain(error: &age::DecryptError, seal: &Seal, key: &RecoveryKey) -> anyhow::Error {
    match error {
        age::DecryptError::NoMatchingKeys => anyhow::anyhow!(
            "this backup opens with another recovery key: with the one for {}; this one is for {}",
            seal.public_keys.join(" or "),
            key.recipient()
        ),
        other => anyhow::anyhow!("{DAMAGED}: {other}"),
    }
}

impl Seen {
    fn take(
        &mut self,
        name: &str,
        content: &mut dyn Read,
        to: &mut dyn Receive,
    ) -> anyhow::Result<()> {
        ensure!(self.manifest.is_none(), "something follows the manifest");
        ensure!(self.has_begun == (name != BEGINNING), "it is not where it belongs");
        if name == BEGINNING {
            let beginning: Beginning = serde_json::from_reader(content)?;
            for table in &beginning.tables {
                self.tables.insert(table.name.clone(), Sum::new());
            }
            self.has_begun = true;
            return to.begin(&beginning);
        }
        if name == MANIFEST {
            self.manifest = Some(serde_json::from_reader(content)?);
            return Ok(());
        }
        if let Some(table) = name.strip_prefix("tables/").and_then(|name| name.split_once('.')) {
            return self.rows(table.0, content, to);
        }
        ensure!(is_ours(name), "no backup of ours has such a file");
        let mut counted = Counted::new(content);
        to.file(name, &mut counted)?;
        io::copy(&mut counted, &mut io::sink())?;
        let (_, bytes, sha256) = counted.end();
        self.files.push(FileEntry { name: name.to_owned(), bytes, sha256 });
        Ok(())
    }

    fn rows(
        &mut self,
        table: &str,
        content: &mut dyn Read,
        to: &mut dyn Receive,
    ) -> anyhow::Result<()> {
        let sum = self.tables.get_mut(table).context("there is no such table")?;
        for line in BufReader::new(content).lines() {
            let row: Row = serde_json::from_str(&line.context(DAMAGED)?)?;
            sum.add(&row);
            to.row(table, &row)?;
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<Manifest> {
        let manifest = self.manifest.context("the manifest is missing: it was cut off")?;
        let sums: Vec<_> = self.tables.into_iter().map(|(name, sum)| (name, sum.end())).collect();
        let mut listed = manifest.sums();
        listed.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, found) in &sums {
            let wanted = listed.iter().find(|(listed, _)| listed == name);
            if wanted.is_none_or(|(_, wanted)| wanted != found) {
                bail!("{name} is not what the manifest says");
            }
        }
        ensure!(sums.len() == listed.len(), "the manifest lists other tables");
        ensure!(self.files == manifest.files, "the manifest lists other files");
        ensure!(manifest.digest == manifest.digest_of_tables(), "the manifest is not consistent");
        Ok(manifest)
    }
}

/// Whoever knows the recipient can make a backup: no name in it leads out of the data folder.
fn is_ours(name: &str) -> bool {
    let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let is_known = |known: &str| name == known || (known.ends_with('/') && name.starts_with(known));
    is_plain && NAMES.into_iter().any(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_data_folder() {
        for name in ["config/mutuals.toml", "keys/sealing", "media/ab/cd.webp", "backup/recipient"]
        {
            assert!(is_ours(name), "{name}");
        }
        for name in
            ["keys/../../x", "/keys/x", "../keys/x", "mutuals.db", "config/mutuals.toml/x", "", "x"]
        {
            assert!(!is_ours(name), "{name}");
        }
    }
}
