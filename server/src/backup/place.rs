//! The place into which a backup goes: whether it is empty, and how it becomes so.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::backup::files::{folder_of, make_folder, sync_folder_of, write_private};
use crate::backup::{FOLDER, with_ending};
use crate::config::with_key;
use crate::db::Location;
use crate::db::copy;
use crate::db::migrate::{CHANGING, SERVING, try_lock};
use crate::error::Error;
use crate::folder::{self, RESTORING};

/// Where files wait in the folder that is there as long as this is not at its end.
const WAITING: &str = "files";
/// What the names begin with under which something was moved aside.
const ASIDE: &str = "before-restore-";
/// The configuration, which may be there before anything else is.
const CONFIGURATION: &str = "mutuals.toml";
/// What it is called if there is one already.
const OTHER_CONFIGURATION: &str = "mutuals.toml.from-backup";
/// What the name of a database ends in that is not whole yet.
pub const UNFINISHED: &str = ".restoring";
/// What comes out of a backup makes way for it, whatever else lies in it.
const CARRIED: [&str; 2] = ["backup", "keys"];
/// What belongs to a SQLite file.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];
/// What does too, and stays: by these locks others know that somebody works there.
const LOCKS: [&str; 2] = [SERVING, CHANGING];

/// A data folder and a database into which a backup goes.
pub struct Place<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// The database.
    pub location: &'a Location,
    /// The backup, which may lie in the data folder itself.
    pub file: &'a Path,
    /// Files and folders that the configuration names and that no backup holds: they stay.
    pub named: &'a [PathBuf],
}

/// As long as it lives nobody begins to serve there, or to set something up.
pub struct Alone {
    _folder: File,
    _serving: Option<File>,
}

/// What was moved, so that it can go back.
#[derive(Default)]
pub struct Moves(Vec<(PathBuf, PathBuf)>);

impl Moves {
    fn make(&mut self, from: PathBuf, to: PathBuf) -> anyhow::Result<()> {
        rename(&from, &to)?;
        self.0.push((from, to));
        Ok(())
    }

    /// Whether nothing was moved.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Moves everything back, the last first.
    pub fn undo(&mut self) -> anyhow::Result<()> {
        while let Some((from, to)) = self.0.pop() {
            rename(&to, &from)?;
            let folder = folder_of(&to);
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(ASIDE) {
                // It stays if there is more in it.
                let _ = fs::remove_dir(folder);
            }
        }
        Ok(())
    }
}

impl Place<'_> {
    /// An error if there is something.
    pub fn check_empty(&self) -> anyhow::Result<()> {
        let full = |what: String| {
            let error = anyhow::Error::from(Error::Conflict);
            Err(error.context(format!(
                "{what}; nothing was changed. Name an empty place, or use --force, which moves \
                 aside what is there"
            )))
        };
        if let Some(found) = self.in_the_way()?.first() {
            return full(format!("{} is there already", found.display()));
        }
        match self.location {
            // A log that was left without its file would be played into the new one.
            Location::Sqlite(path) => {
                let files = BESIDE.map(|ending| with_ending(Path::new(path), ending));
                match files.iter().find(|file| file.exists()) {
                    Some(file) => full(format!("{} is there already", file.display())),
                    None => Ok(()),
                }
            }
            Location::Postgres(_) if copy::is_taken(self.location)? => {
                full("there is an instance in this database already".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Makes sure that nobody works there. PostgreSQL does it when its tables are begun.
    pub fn lock(&self) -> anyhow::Result<Alone> {
        make_folder(self.data)?;
        let about = || {
            let place = self.data.display();
            format!("another process makes an instance in {place}: wait until it is done")
        };
        let folder = folder::lock(self.data)?.with_context(about)?;
        let serving = match self.location {
            // A file that is not there is served by nobody.
            Location::Sqlite(path) if Path::new(path).exists() => {
                let about = || {
                    format!(
                        "{path} is served by another process: stop it first. Nothing was changed"
                    )
                };
                Some(try_lock(&format!("{path}{SERVING}"))?.with_context(about)?)
            }
            _ => None,
        };
        Ok(Alone { _folder: folder, _serving: serving })
    }

    /// Whether an earlier return did not come to its end.
    pub fn was_interrupted(&self) -> bool {
        folder::check_whole(self.data).is_err()
    }

    /// What would be mixed with what is restored.
    fn in_the_way(&self) -> anyhow::Result<Vec<PathBuf>> {
        let stays = |path: &Path, name: &str| {
            [RESTORING, FOLDER, CONFIGURATION, "lost+found"].contains(&name)
                || name.starts_with(ASIDE)
                || self.is_lock(path)
                || name.contains(UNFINISHED)
                || is_same(path, self.file)
                || (!CARRIED.contains(&name)
                    && self.named.iter().any(|named| is_within(named, path)))
        };
        let mut found = self.entries()?;
        found.retain(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            !stays(path, &name)
        });
        Ok(found)
    }

    fn is_lock(&self, path: &Path) -> bool {
        let Location::Sqlite(database) = self.location else { return false };
        let (database, name) = (Path::new(database), path.file_name());
        is_same(folder_of(database), folder_of(path))
            && LOCKS.iter().any(|ending| with_ending(database, ending).file_name() == name)
    }

    fn entries(&self) -> anyhow::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(self.data) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| self.data.display().to_string()),
        };
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
        paths.sort();
        Ok(paths)
    }

    /// The folder in which files wait, empty. From now on nobody serves what is there, or begins
    /// something, until [`Self::end`].
    pub fn waiting(&self) -> anyhow::Result<PathBuf> {
        let marker = self.data.join(RESTORING);
        let waiting = marker.join(WAITING);
        make_folder(&marker)?;
        sync_folder_of(&marker)?;
        remove(&waiting)?;
        make_folder(&waiting)?;
        Ok(waiting)
    }

    /// Lets it be served.
    pub fn end(&self) -> anyhow::Result<()> {
        let marker = self.data.join(RESTORING);
        remove(&marker)?;
        sync_folder_of(&marker)
    }

    /// Moves aside what is there; answers where it is now, if there was anything.
    pub fn move_aside(&self, stamp: &str, moves: &mut Moves) -> anyhow::Result<Option<PathBuf>> {
        let folder = self.data.join(format!("{ASIDE}{stamp}"));
        let mut found = self.in_the_way()?;
        found.extend(Some(self.data.join(CONFIGURATION)).filter(|path| path.exists()));
        let mut moved = None;
        for path in found {
            make_folder(&folder)?;
            let to = folder.join(path.file_name().unwrap_or_default());
            moves.make(path, to)?;
            moved = Some(folder.clone());
        }
        // The file of the database may be elsewhere.
        if let Location::Sqlite(path) = self.location {
            for ending in BESIDE {
                let path = with_ending(Path::new(path), ending);
                if path.exists() {
                    let aside = with_ending(&path, &format!(".{ASIDE}{stamp}"));
                    moves.make(path, aside.clone())?;
                    moved = moved.or(Some(aside));
                }
            }
        }
        Ok(moved)
    }

    /// Moves into the data folder what waits.
    pub fn move_in(&self, moves: &mut Moves) -> anyhow::Result<()> {
        let waiting = self.data.join(RESTORING).join(WAITING);
        self.adapt_configuration(&waiting.join(CONFIGURATION))?;
        for entry in fs::read_dir(&waiting)? {
            let entry = entry?;
            let mut to = self.data.join(entry.file_name());
            if entry.file_name() == CONFIGURATION && to.exists() {
                to = self.data.join(OTHER_CONFIGURATION);
            }
            moves.make(entry.path(), to)?;
        }
        sync_folder_of(&self.data.join(RESTORING))
    }

    /// Lets the configuration name the database into which the backup went: the one that it came from
    /// may still be there, and is not to be worked on from here.
    fn adapt_configuration(&self, file: &Path) -> anyhow::Result<()> {
        // Without a file there is nothing in it.
        let text = fs::read_to_string(file).unwrap_or_default();
        let is_usual = Location::choose(None, self.data).is_ok_and(|usual| usual == *self.location);
        let url = match self.location {
            _ if is_usual => None,
            Location::Postgres(url) => Some(url.clone()),
            Location::Sqlite(path) => Some(format!("sqlite:{path}")),
        };
        match with_key(&text, ("database", "url"), url.as_deref()) {
            Ok(adapted) if adapted == text => Ok(()),
            Ok(adapted) => write_private(file, adapted.as_bytes()),
            // Nobody is to work on the wrong database because of a file that cannot be read.
            Err(_) => rename(file, &file.with_file_name(OTHER_CONFIGURATION)),
        }
    }
}

/// Removes a folder of ours with everything in it.
pub fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Moves a file or a folder.
pub fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(from, to)
        .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

/// Whether a file or folder is another one, or lies in it.
fn is_within(inner: &Path, outer: &Path) -> bool {
    match (fs::canonicalize(inner), fs::canonicalize(outer)) {
        (Ok(inner), Ok(outer)) => inner.starts_with(outer),
        _ => false,
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_moved_goes_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::create_dir(place("keys")).unwrap();
        fs::write(place("keys/sealing"), "old").unwrap();
        fs::create_dir_all(place("restoring/files/keys")).unwrap();
        fs::write(place("restoring/files/keys/sealing"), "new").unwrap();
        fs::create_dir(place("before-restore-1")).unwrap();
        let mut moves = Moves::default();
        assert!(moves.is_empty());
        moves.make(place("keys"), place("before-restore-1/keys")).unwrap();
        moves.make(place("restoring/files/keys"), place("keys")).unwrap();
        assert!(moves.make(place("missing"), place("elsewhere")).is_err());
        moves.undo().unwrap();
        assert_eq!(fs::read_to_string(place("keys/sealing")).unwrap(), "old");
        assert_eq!(fs::read_to_string(place("restoring/files/keys/sealing")).unwrap(), "new");
        assert!(!place("before-restore-1").exists());
    }
}
