//! Making a backup while the server works.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::backup::files::{Counted, open_private, sync_folder_of};
use crate::backup::pictures::Pictures;
use crate::backup::recovery_key::Recipient;
use crate::backup::{
    BEGINNING, Beginning, FORMAT, FileEntry, MANIFEST, Manifest, PART, Seal, Shape, Source,
    TableEntry, Told, with_ending,
};
use crate::config::Media;
use crate::db::copy::{Snapshot, Step, Sum, Table};
use crate::error::Error;

/// The files of a data folder that belong into a backup, and what they are called in it.
const FILES: [(&str, &str); 2] =
    [("mutuals.toml", "config/mutuals.toml"), ("backup/recipient", "backup/recipient")];
/// The folders of which everything does.
const FOLDERS: [&str; 2] = ["keys", "media"];

/// What is in one of them and is locked by whoever changes a key: nothing stands in it.
const KEY_LOCK: &str = "keys/sealing.lock";

/// Tables of which no row does: what the doctor asked a minute ago, and what is to be removed where
/// pictures are kept, which is another instance's affair after a return.
const LEFT_OUT: [&str; 2] = ["doctor_nonces", "picture_removals"];

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its plain part.
    pub seal: Seal,
    /// What is in it.
    pub manifest: Manifest,
}

/// A backup on its way out: a tar in an age stream.
type Archive<W> = tar::Builder<age::stream::StreamWriter<Counted<W>>>;

/// Writes a backup that opens with the recovery key of any of `recipients`; answers what it wrote
/// to, too. Blocks: for a thread of its own.
pub fn create<W: Write>(
    source: &Source<'_>,
    recipients: &[Recipient],
    out: W,
    told: &mut Told<'_>,
) -> anyhow::Result<(Made, W)> {
    let mut snapshot = Snapshot::take(source.location)?;
    let tables = snapshot.tables().to_vec();
    let mut archive = open(recipients, out)?;
    let beginning = Beginning {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: source.now,
        migrations: snapshot.migrations().to_vec(),
        tables: tables.iter().map(shape).collect(),
    };
    add_json(&mut archive, source, BEGINNING, &beginning)?;
    let files = add_files(&mut archive, source)?;
    let mut entries = Vec::new();
    for (done, table) in tables.iter().enumerate() {
        told(Step { table: &table.name, done, of: tables.len() });
        entries.push(add_table(&mut archive, source, &mut snapshot, table)?);
    }
    let mut manifest = Manifest {
        schema: beginning.migrations.last().cloned().unwrap_or_default(),
        epoch: snapshot.restored_at()?.map_or(0, |at| at.as_microsecond()),
        made_at: source.now,
        digest: String::new(),
        tables: entries,
        files,
    };
    manifest.digest = manifest.digest_of_tables();
    add_json(&mut archive, source, MANIFEST, &manifest)?;
    let (mut out, bytes, sha256) = archive.into_inner()?.finish()?.end();
    let count = |length: usize| u64::try_from(length).unwrap_or_default();
    let seal = Seal {
        format: FORMAT,
        program: beginning.program,
        made_at: source.now,
        schema: manifest.schema.clone(),
        public_keys: recipients.iter().map(ToString::to_string).collect(),
        tables: count(manifest.tables.len()),
        rows: manifest.rows(),
        files: count(manifest.files.len()),
        bytes,
        sha256,
    };
    out.write_all(seal.write()?.as_bytes())?;
    out.flush()?;
    Ok((Made { seal, manifest }, out))
}

/// The same into a file, which is there whole or not at all.
pub fn create_file(
    source: &Source<'_>,
    recipients: &[Recipient],
    path: &Path,
    told: &mut Told<'_>,
) -> anyhow::Result<Made> {
    let name = path.display();
    check_free(path)?;
    let part = with_ending(path, ".part");
    let file = open_private(&part)?;
    if file.try_lock().is_err() {
        anyhow::bail!("{} is being written by another process", part.display());
    }
    // Whoever wrote it a moment ago may have given it its name meanwhile: then this is that file,
    // which is whole, and must not be begun anew.
    check_free(path)?;
    let made = write_part(source, recipients, &file, told)
        .and_then(|made| Ok(fs::rename(&part, path).map(|()| made)?))
        .with_context(|| format!("no backup was made at {name}"));
    if made.is_err() {
        // A half is of no use to anybody. If it cannot be removed, the next one writes over it.
        let _ = fs::remove_file(&part);
    }
    let made = made?;
    sync_folder_of(path)?;
    Ok(made)
}

fn check_free(path: &Path) -> anyhow::Result<()> {
    if path.exists() {
        let error = anyhow::Error::from(Error::Conflict);
        let name = path.display();
        return Err(error.context(format!("{name} is there already. Choose another name")));
    }
    Ok(())
}

fn write_part(
    source: &Source<'_>,
    recipients: &[Recipient],
    file: &File,
    told: &mut Told<'_>,
) -> anyhow::Result<Made> {
    file.set_len(0)?;
    let (made, out) = create(source, recipients, io::BufWriter::new(file), told)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(made)
}

fn open<W: Write>(recipients: &[Recipient], out: W) -> anyhow::Result<Archive<W>> {
    let encryptor = age::Encryptor::with_recipients(recipients.iter().map(Recipient::as_age))
        .map_err(|error| anyhow::anyhow!("nothing can be encrypted: {error}"))?;
    Ok(tar::Builder::new(encryptor.wrap_output(Counted::new(out))?))
}

fn shape(table: &Table) -> Shape {
    Shape { name: table.name.clone(), columns: table.columns() }
}

fn add<W: Write>(
    archive: &mut Archive<W>,
    source: &Source<'_>,
    name: &str,
    bytes: u64,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(source.now.as_second()).unwrap_or_default());
    header.set_size(bytes);
    archive.append_data(&mut header, name, content)
}

fn add_bytes<W: Write>(
    archive: &mut Archive<W>,
    source: &Source<'_>,
    name: &str,
    content: &[u8],
) -> io::Result<()> {
    add(archive, source, name, u64::try_from(content.len()).unwrap_or_default(), content)
}

fn add_json<W: Write>(
    archive: &mut Archive<W>,
    source: &Source<'_>,
    name: &str,
    content: &impl serde::Serialize,
) -> anyhow::Result<()> {
    Ok(add_bytes(archive, source, name, &serde_json::to_vec(content)?)?)
}

fn add_table<W: Write>(
    archive: &mut Archive<W>,
    source: &Source<'_>,
    snapshot: &mut Snapshot,
    table: &Table,
) -> anyhow::Result<TableEntry> {
    let mut sum = Sum::new();
    let mut part = String::new();
    let mut number = 0_u32;
    let mut write = |part: &mut String| {
        if !part.is_empty() {
            number += 1;
            let name = format!("tables/{}.{number:04}.jsonl", table.name);
            add_bytes(archive, source, &name, part.as_bytes())?;
            part.clear();
        }
        Ok::<_, anyhow::Error>(())
    };
    let pictures = Pictures::of(table, source)?;
    if !LEFT_OUT.contains(&table.name.as_str()) {
        snapshot.read(table, |mut row| {
            if let Some(pictures) = &pictures {
                pictures.bring_in(&mut row)?;
            }
            part.push_str(sum.add(&row));
            if part.len() >= PART { write(&mut part) } else { Ok(()) }
        })?;
    }
    if let Some(pictures) = &pictures {
        pictures.check()?;
    }
    write(&mut part)?;
    let sum = sum.end();
    Ok(TableEntry { name: table.name.clone(), rows: sum.rows, sha256: sum.sha256 })
}

fn add_files<W: Write>(
    archive: &mut Archive<W>,
    source: &Source<'_>,
) -> anyhow::Result<Vec<FileEntry>> {
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    for (path, name) in FILES {
        found.push((source.data.join(path), name.to_owned()));
    }
    for folder in FOLDERS {
        if source.media.is_some_and(|media| keeps_in(media, &source.data.join(folder))) {
            // Pictures that are kept there stand in their rows.
            continue;
        }
        list(&source.data.join(folder), folder, &mut found)?;
    }
    let mut entries = Vec::new();
    for (path, name) in found {
        entries.extend(add_file(archive, source, &path, name)?);
    }
    Ok(entries)
}

/// Whether pictures are kept in a folder.
fn keeps_in(media: &Media, folder: &Path) -> bool {
    let Some(named) = media.url.strip_prefix("file:") else { return false };
    match (fs::canonicalize(named.strip_prefix("//").unwrap_or(named)), fs::canonicalize(folder)) {
        (Ok(named), Ok(folder)) => named == folder,
        _ => false,
    }
}

/// Every file in a folder and in those in it, in the order of their names. What is neither a file
/// nor a folder, such as a link, stays out.
fn list(folder: &Path, name: &str, found: &mut Vec<(PathBuf, String)>) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if kind.is_dir() {
            list(&entry.path(), &name, found)?;
        } else if kind.is_file() && name != KEY_LOCK {
            found.push((entry.path(), name));
        }
    }
    Ok(())
}

/// Adds a file as long as it is now; nothing if it is not there (any more).
fn add_file<W: Write>(
    archive: &mut Archive<W>,
    source: &Source<'_>,
    path: &Path,
    name: String,
) -> anyhow::Result<Option<FileEntry>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let length = file.metadata()?.len();
    let mut content = Counted::new(Whole { file, left: length });
    add(archive, source, &name, length, &mut content)
        .with_context(|| path.display().to_string())?;
    let (_, bytes, sha256) = content.end();
    Ok(Some(FileEntry { name, bytes, sha256 }))
}

/// Reads exactly so much of a file: one that became shorter meanwhile would spoil all that follows.
struct Whole {
    file: File,
    left: u64,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(place) = buffer.get_mut(..most).filter(|place| !place.is_empty()) else {
            return Ok(0);
        };
        let read = self.file.read(place)?;
        if read == 0 {
            return Err(io::Error::other("it changed while it was read: try again"));
        }
        self.left -= u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}
