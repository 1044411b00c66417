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

/// No row is longer, in bytes: a picture of ours is far smaller. Whoever knows the recipient can make
/// a backup, and nothing in it is to fill the memory.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
/// Neither what stands first nor the manifest is.
const LONGEST_LIST: u64 = 16 * 1024 * 1024;

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
        ensure!(
            entry.header().entry_type().is_file(),
            "{name} is no file: no backup of ours has it"
        );
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
            let beginning: Beginning = serde_json::from_slice(&read_list(content)?)?;
            for table in &beginning.tables {
                self.tables.insert(table.name.clone(), Sum::new());
            }
            self.has_begun = true;
            return to.begin(&beginning);
        }
        if name == MANIFEST {
            self.manifest = Some(serde_json::from_slice(&read_list(content)?)?);
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
        let mut content = BufReader::new(content);
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = content.by_ref().take(LONGEST_LINE + 1);
            if limited.read_until(b'\n', &mut line).context(DAMAGED)? == 0 {
                return Ok(());
            }
            check_length(&line, LONGEST_LINE, "a row")?;
            let row: Row = serde_json::from_slice(&line)?;
            sum.add(&row);
            to.row(table, &row)?;
        }
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

/// All of what stands first, or of the manifest.
fn read_list(content: &mut dyn Read) -> anyhow::Result<Vec<u8>> {
    let mut list = Vec::new();
    content.take(LONGEST_LIST + 1).read_to_end(&mut list).context(DAMAGED)?;
    check_length(&list, LONGEST_LIST, "a list of what is in it")?;
    Ok(list)
}

fn check_length(read: &[u8], longest: u64, what: &str) -> anyhow::Result<()> {
    let length = u64::try_from(read.len()).unwrap_or(u64::MAX);
    ensure!(length <= longest, "{what} is longer than {longest} bytes: no backup of ours has such");
    Ok(())
}

/// Whoever knows the recipient can make a backup: no name in it leads out of the data folder.
fn is_ours(name: &str) -> bool {
    let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let is_known = |known: &str| name == known || (known.ends_with('/') && name.starts_with(known));
    is_plain && NAMES.into_iter().any(is_known)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::backup::recovery_key::Recipient;

    /// Takes everything, and counts the rows.
    #[derive(Default)]
    struct Count(usize);

    impl Receive for Count {
        fn begin(&mut self, _: &Beginning) -> anyhow::Result<()> {
            Ok(())
        }

        fn row(&mut self, _: &str, _: &[Option<String>]) -> anyhow::Result<()> {
            self.0 += 1;
            Ok(())
        }

        fn file(&mut self, _: &str, _: &mut dyn Read) -> anyhow::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn rows_are_read_one_by_one_and_none_without_an_end() {
        let mut seen = Seen::default();
        seen.tables.insert("asks".to_owned(), Sum::new());
        let mut count = Count::default();
        seen.rows("asks", &mut "[\"a\",null]\n[\"b\",null]\n".as_bytes(), &mut count).unwrap();
        assert_eq!(count.0, 2);
        let error = seen.rows("asks", &mut io::repeat(b'['), &mut count).unwrap_err();
        assert!(error.to_string().contains("longer than"), "{error:#}");
    }

    #[test]
    fn a_list_without_an_end_is_not_read() {
        for name in [BEGINNING, MANIFEST] {
            let mut seen = Seen { has_begun: name == MANIFEST, ..Seen::default() };
            let error = seen.take(name, &mut io::repeat(b' '), &mut Count::default()).unwrap_err();
            assert!(error.to_string().contains("longer than"), "{name}: {error:#}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let key = RecoveryKey::generate();
        let recipients = [key.recipient()];
        let encryptor =
            age::Encryptor::with_recipients(recipients.iter().map(Recipient::as_age)).unwrap();
        let mut bytes = Vec::new();
        let mut archive = tar::Builder::new(encryptor.wrap_output(&mut bytes).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        archive.append_link(&mut header, "keys/sealing", "/etc/passwd").unwrap();
        archive.into_inner().unwrap().finish().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forged.backup");
        std::fs::write(&path, &bytes).unwrap();
        let seal = Seal {
            format: FORMAT,
            program: String::new(),
            made_at: Timestamp::UNIX_EPOCH,
            schema: String::new(),
            public_keys: Vec::new(),
            tables: 0,
            rows: 0,
            files: 1,
            bytes: u64::try_from(bytes.len()).unwrap(),
            sha256: String::new(),
        };
        let error = read(&path, &seal, &key, &mut Count::default()).unwrap_err();
        assert!(error.to_string().contains("is no file"), "{error:#}");
    }

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
