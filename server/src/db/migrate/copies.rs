//! The copy of a SQLite file from before it is changed: beside it, for its owner alone, and gone after
//! seven days, because what is erased must not live on in it.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use diesel::sql_types::Text;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_query};
use jiff::{SignedDuration, Timestamp};

use crate::db::quick_check;

/// What the name of a copy adds to that of the database, before the version that it has.
const BEFORE: &str = ".before-";
/// What stands behind the name while the copy is made.
const UNFINISHED: &str = ".copying";

/// How long a copy is kept.
const KEEP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Bytes that even a small database needs for being changed.
const LEAST_ROOM: u64 = 8 * 1024 * 1024;
/// With so few bytes left, whatever fails fails because of it.
pub(in crate::db) const FULL: u64 = 512 * 1024;

/// How many bytes the database has, with what is not folded into its file yet.
pub(in crate::db) fn size(path: &str) -> u64 {
    let bytes = |name: &str| fs::metadata(name).map_or(0, |about| about.len());
    bytes(path) + bytes(&format!("{path}-wal"))
}

/// How many bytes are free beside it.
pub(in crate::db) fn room(path: &str) -> anyhow::Result<u64> {
    let folder = folder(path);
    let disk = rustix::fs::statvfs(folder)
        .with_context(|| format!("cannot ask how much room there is in {}", folder.display()))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// How many bytes must be free before the database is changed: the copy, and as much again.
pub(in crate::db) fn needed(path: &str) -> u64 {
    size(path).saturating_mul(2).max(LEAST_ROOM)
}

/// Refuses if there is too little room.
pub(in crate::db) fn check_room(path: &str) -> anyhow::Result<()> {
    let (needed, room) = (needed(path), room(path)?);
    ensure!(room >= needed, "{}", too_little(path, room));
    Ok(())
}

/// What is said if there is too little room.
pub(in crate::db) fn too_little(path: &str, room: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    format!(
        "{path} must be brought up to date, for which {} MiB must be free beside it; {} MiB are. \
         Nothing was changed. Make room, then start again",
        needed(path).div_ceil(MIB),
        room / MIB
    )
}

/// The name of the copy of a database as it was at a version.
pub(in crate::db) fn name(path: &str, version: &str) -> String {
    format!("{path}{BEFORE}{version}")
}

/// Makes the copy and removes older ones.
pub(in crate::db) fn make(
    conn: &mut SqliteConnection,
    path: &str,
    version: &str,
) -> anyhow::Result<()> {
    let (unfinished, copy) = (format!("{path}{UNFINISHED}"), name(path, version));
    remove(Path::new(&unfinished))?;
    let made = write(conn, &unfinished, &copy);
    if made.is_err() {
        // What matters is why it failed.
        let _ = remove(Path::new(&unfinished));
    }
    made.with_context(|| format!("{path} cannot be copied; nothing was changed"))?;
    for older in list(path)? {
        if older.file_name() != Path::new(&copy).file_name() {
            remove(&older)?;
        }
    }
    Ok(())
}

fn write(conn: &mut SqliteConnection, unfinished: &str, copy: &str) -> anyhow::Result<()> {
    // SQLite takes an empty file as it is, so the copy never has other rights.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(unfinished)?;
    sql_query("VACUUM INTO ?").bind::<Text, _>(unfinished).execute(conn)?;
    File::open(unfinished)?.sync_all()?;
    // A copy that nobody looked at is none.
    let found = quick_check(&mut SqliteConnection::establish(unfinished)?)?;
    ensure!(found == "ok", "the copy is damaged: {found}");
    fs::rename(unfinished, copy)?;
    File::open(folder(copy))?.sync_all()?;
    Ok(())
}

/// The newest copy there is.
pub(in crate::db) fn newest(path: &str) -> Option<String> {
    let newest = list(path).ok()?.into_iter().max()?;
    Some(newest.to_string_lossy().into_owned())
}

/// Removes copies that are old enough, and what is left of one that was never finished.
pub(in crate::db) fn remove_stale(path: &str, now: Timestamp) -> anyhow::Result<()> {
    let unfinished = PathBuf::from(format!("{path}{UNFINISHED}"));
    for copy in list(path)?.into_iter().chain(Some(unfinished).filter(|name| name.exists())) {
        let made = Timestamp::try_from(fs::metadata(&copy)?.modified()?)?;
        if now.duration_since(made) > KEEP {
            remove(&copy)?;
        }
    }
    Ok(())
}

fn list(path: &str) -> anyhow::Result<Vec<PathBuf>> {
    let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    let begins = format!("{name}{BEFORE}");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder(path))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&begins) {
            found.push(folder(path).join(entry.file_name()));
        }
    }
    Ok(found)
}

fn remove(name: &Path) -> anyhow::Result<()> {
    match fs::remove_file(name) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", name.display()))
        }
        _ => Ok(()),
    }
}

fn folder(path: &str) -> &Path {
    let parent = Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or_else(|| Path::new("."))
}
