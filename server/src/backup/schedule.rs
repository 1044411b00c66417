//! Backups that the server makes by itself each night, and what it tries with them.
//!
//! Once in thirty days the backup of the night is also put back, in memory, read again and compared.
//! The server does not have the recovery key, and must not: whoever takes the machine would have
//! every backup with it. So in that night the file is sealed for two keys: for the recovery key, and
//! for one that is made for this night, held in memory, and gone after the test. What that proves:
//! the very file that is kept is whole, can be unsealed, read to its end and put back, and holds what
//! it says. What it cannot prove is that anybody still has the recovery key. Only people can try
//! that, with `mutuals backup verify FILE --identity KEY`, and the stewards' page says so.
//!
//! Of several processes one makes the backup of a day: whichever takes it on first. What failed is
//! tried again after an hour, and the stewards are told. In quarantine nothing is made and nothing
//! is removed: this may be the wrong backup, and the files the only right ones.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::app::App;
use crate::backup::files::make_folder;
use crate::backup::keep::keep;
use crate::backup::{RecoveryKey, Source, create_file, find_recipient, verify};
use crate::config::Media;
use crate::db::backup_runs::{self, Ended, Kind};
use crate::db::{Conn, Location, notices};
use crate::domain::notice::Kind as Notice;
use crate::error::Error;

/// How the files are called, by the time in UTC at which they were made. Others are left alone.
const NAME: &str = "mutuals-%Y-%m-%dT%H-%M-%SZ.backup";
/// What a file begins with, and what it ends in as long as it is written.
const HALF: (&str, &str) = ("mutuals-", ".backup.part");

/// How long after its start a server looks first: a start is busy enough.
const FIRST: Duration = Duration::from_secs(5 * 60);
/// How often it looks then.
const LOOK: Duration = Duration::from_secs(60);
/// How long a test counts.
const TESTED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The page on which stewards see what went wrong.
const PAGE: &str = "/steward/backups";

/// What is backed up, and where it lies.
#[derive(Clone, Debug)]
pub struct Here {
    /// The database.
    pub location: Location,
    /// The data folder.
    pub data: PathBuf,
}

/// One night's work.
struct Night {
    here: Here,
    media: Media,
    folder: PathBuf,
    now: Timestamp,
    days: u16,
    /// Whether the file is put back, too.
    tests: bool,
}

/// What came of it.
#[derive(Default)]
struct Outcome {
    backup: Ended,
    test: Option<Ended>,
    removed: Vec<String>,
}

/// Makes backups until `stop` says so. One that is under way then is given up, and begun anew.
pub async fn run(app: App, here: Here, mut stop: watch::Receiver<bool>) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => return,
        }
        wait = LOOK;
        let looked = tokio::select! {
            looked = look(&app, &here) => looked,
            _ = stop.changed() => return,
        };
        if let Err(error) = looked {
            tracing::error!(error = %error, "it cannot be looked whether a backup is due");
        }
    }
}

/// Makes the backup of the last night if nobody did; answers whether it did anything.
pub async fn look(app: &App, here: &Here) -> Result<bool, Error> {
    let config = &app.config.backup;
    let Some(at) = config.time()? else { return Ok(false) };
    if app.is_in_quarantine() {
        return Ok(false);
    }
    let now = app.now();
    let day = day_of(now, at, &app.zone);
    if app.db.read(move |conn| backup_runs::is_done(conn, (Kind::Backup, day))).await? {
        return Ok(false);
    }
    let id = app.clock.new_id::<()>().number();
    let claim = move |conn: &mut Conn| {
        let is_ours = backup_runs::claim(conn, id, (Kind::Backup, day), now)?;
        Ok(is_ours.then_some(is_test_due(conn, now)?))
    };
    let Some(tests) = app.db.write(claim).await? else { return Ok(false) };
    let (folder, days) = (config.place(&here.data), config.days);
    let media = app.config.media.clone();
    let night = Night { here: here.clone(), media, folder, now, days, tests };
    let outcome = tokio::task::spawn_blocking(move || night.work());
    let outcome = outcome.await.unwrap_or_else(|error| Outcome {
        backup: Ended { problem: Some(error.to_string()), ..Ended::default() },
        ..Outcome::default()
    });
    note(app, day, outcome).await?;
    Ok(true)
}

/// Which night's backup should be there: today's, once its time has come.
fn day_of(now: Timestamp, at: Time, zone: &TimeZone) -> Date {
    let there = zone.to_datetime(now);
    match there.time() >= at {
        true => there.date(),
        false => there.date().yesterday().unwrap_or(there.date()),
    }
}

fn is_test_due(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    let last = backup_runs::find_last_good(conn, Kind::Test)?;
    Ok(last.is_none_or(|last| now.duration_since(last.began_at) >= TESTED))
}

/// Writes down what came of it, and tells the stewards if something went wrong.
async fn note(app: &App, day: Date, outcome: Outcome) -> Result<(), Error> {
    let problems = [Some(&outcome.backup), outcome.test.as_ref()];
    let problems = problems.into_iter().flatten().filter_map(|ended| ended.problem.as_deref());
    let mut is_wrong = false;
    for problem in problems {
        is_wrong = true;
        tracing::error!(problem, "a backup could not be made, or could not be put back");
    }
    if !is_wrong {
        tracing::info!(
            bytes = outcome.backup.bytes.unwrap_or_default(),
            tested = outcome.test.is_some(),
            "backed up"
        );
    }
    let (id, now) = (app.clock.new_id::<()>().number(), app.now());
    let write = move |conn: &mut Conn| {
        backup_runs::end(conn, (Kind::Backup, day), &outcome.backup, now)?;
        if let Some(test) = &outcome.test {
            backup_runs::claim(conn, id, (Kind::Test, day), now)?;
            backup_runs::end(conn, (Kind::Test, day), test, now)?;
        }
        for file in &outcome.removed {
            backup_runs::note_removed(conn, file, now)?;
        }
        if is_wrong {
            notices::insert_for_stewards(conn, Notice::BackupFailed, PAGE, now)?;
        }
        Ok(())
    };
    app.db.write(write).await
}

impl Night {
    /// Blocks: for a thread of its own.
    fn work(&self) -> Outcome {
        let problem = |error: anyhow::Error| Some(format!("{error:#}"));
        let mut outcome = Outcome::default();
        let (file, key) = match self.write() {
            Ok(written) => written,
            Err(error) => {
                outcome.backup.problem = problem(error);
                return outcome;
            }
        };
        let path = self.folder.join(&file);
        outcome.backup.bytes =
            fs::metadata(&path).ok().and_then(|found| i64::try_from(found.len()).ok());
        outcome.backup.file = Some(file.clone());
        if let Some(key) = key {
            let tried = verify(&path, Some(&key), &mut |_| {});
            let problem = tried.err().and_then(problem);
            let is_good = problem.is_none();
            outcome.test = Some(Ended { file: Some(file), bytes: None, problem });
            if !is_good {
                // The older ones may be the only ones that can be put back.
                return outcome;
            }
        }
        match remove_old(&self.folder, self.now, self.days) {
            Ok(removed) => outcome.removed = removed,
            // There is a new one all the same.
            Err(error) => tracing::error!(error = %error, "old backups cannot be removed"),
        }
        outcome
    }

    /// The name of the file, and the key that was made for this night, if it is to be tested.
    fn write(&self) -> anyhow::Result<(String, Option<RecoveryKey>)> {
        let mut recipients = vec![find_recipient(&self.here.data)?];
        make_folder(&self.folder)?;
        remove_halves(&self.folder);
        let key = self.tests.then(RecoveryKey::generate);
        recipients.extend(key.as_ref().map(RecoveryKey::recipient));
        let Here { location, data } = &self.here;
        let source = Source { location, data, media: Some(&self.media), now: self.now };
        let file = file_name(self.now);
        create_file(&source, &recipients, &self.folder.join(&file), &mut |_| {})?;
        Ok((file, key))
    }
}

/// What a backup that was made at a time is called.
pub fn file_name(made_at: Timestamp) -> String {
    made_at.strftime(NAME).to_string()
}

/// When a backup was made that the server made by itself, in UTC, by its name.
pub fn time_of(file: &str) -> Option<DateTime> {
    DateTime::strptime(NAME, file).ok()
}

/// Removes the backups of a folder that are kept no longer; answers their names. What is not called
/// as ours are is never touched.
pub fn remove_old(folder: &Path, now: Timestamp, days: u16) -> anyhow::Result<Vec<String>> {
    let mut found: Vec<(DateTime, String)> = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        found.extend(time_of(&name).map(|at| (at, name)));
    }
    let made: Vec<DateTime> = found.iter().map(|(at, _)| *at).collect();
    let kept = keep(&made, TimeZone::UTC.to_datetime(now), days);
    let mut removed = Vec::new();
    for (_, name) in found.into_iter().filter(|(at, _)| !kept.contains(at)) {
        let path = folder.join(&name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        removed.push(name);
    }
    removed.sort();
    Ok(removed)
}

/// Removes what was being written when a server was killed. What somebody writes just now is locked.
fn remove_halves(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_half = name.starts_with(HALF.0) && name.ends_with(HALF.1);
        let is_free = || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_half && is_free() {
            // If it cannot be removed, it takes some room and does no other harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_says_when_and_other_files_are_not_ours() {
        let name = file_name(at("2026-11-30T02:00:05Z"));
        assert_eq!(name, "mutuals-2026-11-30T02-00-05Z.backup");
        assert_eq!(time_of(&name).unwrap().to_string(), "2026-11-30T02:00:05");
        let half = format!("{name}.part");
        for other in ["", "mutuals-2026-11-30.backup", "my.backup", half.as_str(), "x.db"] {
            assert_eq!(time_of(other), None, "{other}");
        }
    }

    #[test]
    fn the_night_of_a_day_begins_at_its_time_in_the_zone_of_the_collective() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let three = Time::constant(3, 0, 0, 0);
        let day = |text: &str| day_of(at(text), three, &zone).to_string();
        assert_eq!(day("2026-11-30T01:59:59Z"), "2026-11-29");
        assert_eq!(day("2026-11-30T02:00:00Z"), "2026-11-30");
        assert_eq!(day("2026-11-30T22:59:59Z"), "2026-11-30");
        assert_eq!(day("2026-11-30T23:00:00Z"), "2026-11-30", "a new day, and not yet its night");
    }

    #[test]
    fn only_old_backups_of_ours_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let now = at("2026-11-30T02:00:00Z");
        let back = |days: i64| now - SignedDuration::from_hours(24 * days);
        for days in [0, 1, 2, 40, 80] {
            fs::write(folder.path().join(file_name(back(days))), "x").unwrap();
        }
        for other in ["by-hand.backup", "notes.txt", "mutuals-1.backup.part"] {
            fs::write(folder.path().join(other), "x").unwrap();
        }
        let removed = remove_old(folder.path(), now, 35).unwrap();
        assert_eq!(removed, [file_name(back(80)), file_name(back(40))]);
        remove_halves(folder.path());
        let left = fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left.len(), 5, "{left:?}");
        assert_eq!(left[0], "by-hand.backup");
        assert!(remove_old(folder.path(), now, 35).unwrap().is_empty());
    }
}
