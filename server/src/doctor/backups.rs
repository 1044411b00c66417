//! Whether there is a backup, how old it is, and whether anybody looked if it can be read.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::backup;
use crate::db::backup_runs::{self, Kind};
use crate::doctor::House;
use crate::domain::finding::Finding;
use crate::error::Error;
use crate::folder;

/// What is looked at.
pub const IDS: &[&str] = &["backups.folder", "backups.age", "backups.verified"];

/// One is made every night: after this time, at least one was missed.
const OLD: SignedDuration = SignedDuration::from_hours(2 * 24);
/// One is read back every month: after this time, that was missed.
const LONG_UNREAD: SignedDuration = SignedDuration::from_hours(40 * 24);
/// An instance that is younger has nothing to lose yet that nobody remembers.
const YOUNG: SignedDuration = SignedDuration::from_hours(2 * 24);

/// Looks at backups.
pub async fn look(app: &App, house: &House) -> Vec<Finding> {
    let now = app.now();
    let is_young = now.duration_since(app.collective.created_at) < YOUNG;
    let is_off = house.config.backup.at.is_empty();
    let read = app.db.read(|conn| {
        let made = backup_runs::find_last_good(conn, Kind::Backup)?;
        let tried = backup_runs::find_last_good(conn, Kind::Test)?;
        Ok::<_, Error>((made.map(|run| run.began_at), tried.map(|run| run.began_at)))
    });
    let mut found = vec![look_at_folder(house)];
    match read.await {
        // Whoever makes them in another way looks after them in another way.
        Ok(_) if is_off => {
            let ids = ["backups.age", "backups.verified"];
            found.extend(ids.map(|id| Finding::skipped(id, "doctor-backup-off")));
        }
        Ok((made, verified)) => {
            // Somebody may have made a later one by hand.
            let made = made.max(place(house).and_then(|folder| backup::find_newest(&folder)));
            found.extend([age(made, now, is_young), verify(verified, made, now)])
        }
        Err(error) => found.push(super::broken("backups.age", &error)),
    }
    found
}

fn look_at_folder(house: &House) -> Finding {
    const ID: &str = "backups.folder";
    let Some(folder) = place(house) else {
        return Finding::skipped(ID, "doctor-backups-nowhere");
    };
    let path = folder.display().to_string();
    if !folder.exists() {
        let is_made = house.visit.mends && std::fs::create_dir_all(&folder).is_ok();
        let finding = match is_made {
            true => Finding::mended(ID, "doctor-backups-made"),
            // Whoever makes the first backup makes it; a disk that went away shows in the age.
            false => {
                Finding::note(ID, "doctor-backups-missing").and_do("doctor-backups-missing-do")
            }
        };
        return finding.with("path", path);
    }
    match folder::check(&folder) {
        Ok(()) => Finding::ok(ID, "doctor-backups-folder").with("path", path),
        Err(why) => Finding::wrong(ID, "doctor-owner-wrong", "doctor-owner-do")
            .with("command", why.command())
            .with("owner", why.owner)
            .with("runs", why.runs)
            .with("path", path),
    }
}

/// Where backups go, if that is known.
fn place(house: &House) -> Option<PathBuf> {
    house.data.as_deref().map(|data| house.config.backup.place(data))
}

fn age(made: Option<Timestamp>, now: Timestamp, is_young: bool) -> Finding {
    const ID: &str = "backups.age";
    match made {
        None if is_young => Finding::note(ID, "doctor-backup-none").and_do("doctor-backup-do"),
        None => Finding::wrong(ID, "doctor-backup-none", "doctor-backup-do"),
        Some(made) => {
            let age = now.duration_since(made);
            let finding = match age > OLD {
                false => Finding::ok(ID, "doctor-backup-ok"),
                true => Finding::wrong(ID, "doctor-backup-old", "doctor-backup-do"),
            };
            finding.with("hours", age.as_secs() / 3_600).with("days", age.as_secs() / 86_400)
        }
    }
}

fn verify(verified: Option<Timestamp>, made: Option<Timestamp>, now: Timestamp) -> Finding {
    const ID: &str = "backups.verified";
    match verified {
        _ if made.is_none() => Finding::skipped(ID, "doctor-verified-nothing"),
        Some(at) if now.duration_since(at) <= LONG_UNREAD => {
            let days = now.duration_since(at).as_secs() / 86_400;
            Finding::ok(ID, "doctor-verified-ok").with("days", days)
        }
        _ => Finding::note(ID, "doctor-verified-not").and_do("doctor-verified-do"),
    }
}
