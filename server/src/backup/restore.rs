//! Letting an instance begin again from a backup.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::backup::files::{open_private, sync_folder_of};
use crate::backup::load::{Goal, Load};
use crate::backup::place::{Moves, Place, UNFINISHED, rename};
use crate::backup::recovery_key::RecoveryKey;
use crate::backup::seal::{self, read_seal};
use crate::backup::{Manifest, Told, archive, with_ending};
use crate::db::Location;
use crate::db::copy::{Step, Target, is_restored_at, is_taken};

/// What is to be restored, and where.
pub struct Restore<'a> {
    /// The backup.
    pub file: &'a Path,
    /// What opens it.
    pub key: &'a RecoveryKey,
    /// The data folder.
    pub data: &'a Path,
    /// The database.
    pub location: &'a Location,
    /// Files and folders that the configuration of this place names: they are not in the way.
    pub named: &'a [PathBuf],
    /// Whether what is there is moved aside; else it is an error if there is anything.
    pub force: bool,
    /// The present moment.
    pub now: Timestamp,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What was in the backup.
    pub manifest: Manifest,
    /// Where that is now what was there before: a folder, a file, or a schema of PostgreSQL.
    pub aside: Vec<String>,
}

/// Restores a backup. Blocks: for a thread of its own.
///
/// Everything is written beside its place first, read again and compared with the manifest; only
/// then is it moved there, the database last. If anything fails, what was moved goes back, and
/// nothing was changed. Whoever is killed in between leaves a folder because of which nothing is
/// served from there until a restore comes to its end.
pub fn restore(what: &Restore<'_>, told: &mut Told<'_>) -> anyhow::Result<Restored> {
    let Restore { data, location, file, named, .. } = *what;
    let place = Place { data, location, file, named };
    let seal = read_seal(what.file)?;
    seal::check(what.file, &seal)?;
    let _alone = place.lock()?;
    if !what.force {
        place.check_empty()?;
    }
    let was_interrupted = place.was_interrupted();
    let waiting = place.waiting()?;
    let mut moves = Moves::default();
    let error = match restore_to(what, &place, &seal, (waiting, &mut moves), told) {
        Ok(restored) => {
            place.end()?;
            return Ok(restored);
        }
        Err(error) => error,
    };
    if !moves.is_empty() && has_begun_again(what) {
        // Then what was moved in belongs to what is in the database, and must not go back.
        return Err(error.context("it may be restored, or not: run it again with --force"));
    }
    if let Err(failed) = moves.undo() {
        let what = format!("and what was moved cannot be moved back: {failed:#}");
        return Err(error.context(what));
    }
    forget_unfinished(what.location);
    if !was_interrupted {
        // If it stays, it is in the way of a server, and the next restore removes it.
        let _ = place.end();
    }
    Err(error)
}

/// Whether PostgreSQL kept what was written although it did not say so, or cannot be asked.
fn has_begun_again(what: &Restore<'_>) -> bool {
    match what.location {
        Location::Sqlite(_) => false,
        Location::Postgres(_) => is_restored_at(what.location, what.now).unwrap_or(true),
    }
}

fn restore_to(
    what: &Restore<'_>,
    place: &Place<'_>,
    seal: &seal::Seal,
    (waiting, moves): (PathBuf, &mut Moves),
    told: &mut Told<'_>,
) -> anyhow::Result<Restored> {
    // Several instances may live in one PostgreSQL, and come back at the same second.
    let stamp = what.now.strftime("%Y%m%d_%H%M%S").to_string();
    let stamp = format!("{stamp}_{:06}", what.now.subsec_microsecond());
    let schema = format!("before_restore_{stamp}");
    let built = match what.location {
        // Under a name of its own until it is whole.
        Location::Sqlite(path) => {
            let beside = with_ending(Path::new(path), UNFINISHED);
            forget_unfinished(what.location);
            open_private(&beside)?;
            Location::Sqlite(beside.to_string_lossy().into_owned())
        }
        Location::Postgres(url) => Location::Postgres(url.clone()),
    };
    let was_taken = match what.location {
        Location::Postgres(_) => is_taken(what.location)?,
        Location::Sqlite(_) => false,
    };
    let mut tell = |step: Step<'_>| told(step);
    let aside = what.force.then_some(schema.as_str());
    let goal = Goal::Place { location: &built, aside, folder: waiting };
    let mut load = Load::new(goal, &mut tell);
    let manifest = archive::read(what.file, seal, what.key, &mut load)?;
    let mut target = load.end(&manifest)?;
    target.mark_restored(manifest.made_at, what.now)?;
    let mut aside = Vec::new();
    if what.force {
        aside.extend(place.move_aside(&stamp, moves)?.map(|path| path.display().to_string()));
        aside.extend(was_taken.then_some(schema));
    }
    finish(target, place, &built, moves)?;
    Ok(Restored { manifest, aside })
}

/// Removes what a restore left that was interrupted, if it is there.
fn forget_unfinished(location: &Location) {
    if let Location::Sqlite(path) = location {
        let beside = with_ending(Path::new(path), UNFINISHED);
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(with_ending(&beside, ending));
        }
    }
}

/// Puts everything where it belongs, the database last: without it there is no instance.
fn finish(
    target: Target,
    place: &Place<'_>,
    built: &Location,
    moves: &mut Moves,
) -> anyhow::Result<()> {
    match (built, place.location) {
        (Location::Sqlite(built), Location::Sqlite(path)) => {
            target.commit()?;
            place.move_in(moves)?;
            File::open(built)?.sync_all()?;
            rename(Path::new(built), Path::new(path))?;
            sync_folder_of(Path::new(path))
        }
        _ => {
            place.move_in(moves)?;
            target.commit()
        }
    }
}
