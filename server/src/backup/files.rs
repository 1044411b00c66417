//! Files that nobody else may read, and that are there whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::Context as _;
use aws_lc_rs::digest::{Context, SHA256};

use crate::backup::with_ending;
use crate::db::copy::hex;

/// Only for the one who owns it.
const PRIVATE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;

/// Opens a file to be written from its beginning, which only its owner may read.
pub fn open_private(path: &Path) -> anyhow::Result<File> {
    let open = || {
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(PRIVATE).open(path)?;
        // It may be there from before.
        file.set_permissions(fs::Permissions::from_mode(PRIVATE))?;
        Ok::<_, io::Error>(file)
    };
    open().with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a file: after a crash it is as it was before, or as it is now.
pub fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let part = with_ending(path, ".part");
    let mut file = open_private(&part)?;
    let mut write = || {
        file.set_len(0)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    sync_folder_of(path)
}

/// Makes a folder that only its owner may look into, if there is none.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_FOLDER)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}

/// Lets the disk keep that a file in this folder has come, gone, or changed its name.
pub fn sync_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = folder_of(path);
    let sync = || File::open(folder)?.sync_all();
    sync().with_context(|| format!("cannot sync the folder {}", folder.display()))
}

/// The folder in which a file stands.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Counts and digests what passes.
pub struct Counted<T> {
    inner: T,
    bytes: u64,
    hash: Context,
}

impl<T> Counted<T> {
    /// Around a reader or a writer.
    pub fn new(inner: T) -> Self {
        Self { inner, bytes: 0, hash: Context::new(&SHA256) }
    }

    /// How many bytes passed, and their digest.
    pub fn end(self) -> (T, u64, String) {
        (self.inner, self.bytes, hex(self.hash.finish().as_ref()))
    }

    fn pass(&mut self, passed: &[u8]) {
        self.hash.update(passed);
        self.bytes += u64::try_from(passed.len()).unwrap_or_default();
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.pass(buffer.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.pass(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
