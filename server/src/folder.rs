//! The data folder as the system sees it: whose it is, whether it can be written, who else reads it.
//!
//! The database's files are never opened here: whoever closes a file that SQLite has open in the same
//! process takes its locks away (SQLite, "How To Corrupt An SQLite Database File", 2.2).

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use rustix::fs::{Access, Mode, access};
use rustix::process::{getegid, geteuid, umask};

/// What may stand beside the file of a SQLite database.
const BESIDE: [&str; 4] = ["-wal", "-shm", ".serving", ".changing"];

/// The folder in a data folder that is there as long as a return from a backup is not at its end.
pub const RESTORING: &str = "restoring";

/// Why something cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// What.
    pub path: PathBuf,
    /// The folder to set right: everything in it.
    pub folder: PathBuf,
    /// Whose it is: `user:group`, as numbers.
    pub owner: String,
    /// Who runs this, written alike.
    pub runs: String,
    /// Whether the whole file system can only be read.
    pub is_read_only: bool,
}

impl Unwritable {
    /// What somebody types to set it right, as root.
    pub fn command(&self) -> String {
        let folder = self.folder.display();
        match self.owner == self.runs {
            true => format!("chmod -R u+rwX {folder}"),
            false => format!("chown -R {} {folder}", self.runs),
        }
    }
}

impl std::error::Error for Unwritable {}

impl std::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (path, owner, runs) = (self.path.display(), &self.owner, &self.runs);
        if self.is_read_only {
            return write!(
                f,
                "{path} stands on a file system that can only be read: mount it so that it can be \
                 written, then start again"
            );
        }
        let command = self.command();
        write!(
            f,
            "{path} cannot be written: it belongs to {owner}, and this runs as {runs}. Run as root: \
             {command}"
        )
    }
}

/// From now on nobody but the owner reads what this process makes: the database and what stands
/// beside it hold keys and what people wrote in confidence.
pub fn keep_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Who runs this: `user:group`, as numbers.
pub fn runs_as() -> String {
    format!("{}:{}", geteuid().as_raw(), getegid().as_raw())
}

/// Whether this runs as root.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// The file of a SQLite database and those beside it, as far as they are there.
pub fn files_of(database: &Path) -> Vec<PathBuf> {
    let name = database.to_string_lossy();
    let beside = BESIDE.iter().map(|suffix| PathBuf::from(format!("{name}{suffix}")));
    let all = std::iter::once(database.to_owned()).chain(beside);
    all.filter(|path| path.exists()).collect()
}

/// An error if a return from a backup into a data folder is under way, or was interrupted: what is
/// there then may be of two instances.
pub fn check_whole(data: &Path) -> anyhow::Result<()> {
    let marker = data.join(RESTORING);
    ensure!(
        !marker.exists(),
        "a restore was interrupted here, or is under way ({} is there): let it end, or run it \
         again with --force. What was there before it lies beside it, under a name with \
         before-restore- in it",
        marker.display()
    );
    Ok(())
}

/// Whoever makes an instance in a data folder is alone there as long as the answer lives; nothing if
/// somebody else is.
pub fn lock(data: &Path) -> anyhow::Result<Option<File>> {
    let folder = File::open(data).with_context(|| format!("cannot lock {}", data.display()))?;
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            // Some file systems of other machines have no locks for folders.
            tracing::warn!(error = %error, "whether somebody else works here cannot be told");
            Ok(Some(folder))
        }
    }
}

/// Checks that a SQLite database and the folder around it can be written. A folder that is not there
/// is somebody else's affair.
pub fn check_database(database: &Path) -> Result<(), Unwritable> {
    let folder = match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    check(folder)?;
    files_of(database).iter().try_for_each(|file| check_one(file, Access::WRITE_OK, folder))
}

/// Checks that something can be made in a folder.
pub fn check(folder: &Path) -> Result<(), Unwritable> {
    check_one(folder, Access::WRITE_OK | Access::EXEC_OK, folder)
}

fn check_one(path: &Path, wanted: Access, folder: &Path) -> Result<(), Unwritable> {
    let Err(error) = access(path, wanted) else { return Ok(()) };
    let is_read_only = match std::io::Error::from(error).kind() {
        ErrorKind::ReadOnlyFilesystem => true,
        ErrorKind::PermissionDenied => false,
        // It is not there, or says something else when it is used.
        _ => return Ok(()),
    };
    let owner = std::fs::metadata(path)
        .map_or_else(|_| "somebody else".to_owned(), |is| format!("{}:{}", is.uid(), is.gid()));
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    Err(Unwritable {
        path: whole(path),
        folder: whole(folder),
        owner,
        runs: runs_as(),
        is_read_only,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_28_the_line_to_type_is_exact() {
        let mut folder = Unwritable {
            path: "/data/mutuals.db".into(),
            folder: "/data".into(),
            owner: "0:0".into(),
            runs: "10001:10001".into(),
            is_read_only: false,
        };
        assert_eq!(folder.command(), "chown -R 10001:10001 /data");
        let said = folder.to_string();
        assert!(said.ends_with("Run as root: chown -R 10001:10001 /data"), "{said}");
        folder.owner = folder.runs.clone();
        assert_eq!(folder.command(), "chmod -R u+rwX /data");
        folder.is_read_only = true;
        assert!(folder.to_string().contains("can only be read"));
    }
}
