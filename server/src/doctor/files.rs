//! The data folder and the disk under it.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{statfs, statvfs};

use crate::doctor::{House, bytes};
use crate::domain::finding::Finding;
use crate::folder::{self, Unwritable};

/// Whoever is not the owner.
const OTHERS: u32 = 0o077;
/// Without a database of a known size, so much should be free, in bytes.
const SOME_ROOM: u64 = 200_000_000;
/// One part of so many of the places for files should be free.
const PLACES: u64 = 20;
/// How often the disk is asked to keep something, and how long that may take.
const TRIES: usize = 5;
const SLOW: Duration = Duration::from_millis(50);

/// File systems by the number that Linux gives them: those on which SQLite's locks and promises
/// cannot be relied on, and those that are worth a word.
const NETWORKS: [(i128, &str); 5] = [
    (0x6969, "nfs"),
    (0xff53_4d42, "cifs"),
    (0xfe53_4d42, "smb2"),
    (0x517b, "smb"),
    (0x0102_1997, "9p"),
];
const STRANGE: [(i128, &str); 2] = [(0x0102_1994, "tmpfs"), (0x6573_5546, "fuse")];

/// Looks at the files. It blocks.
pub fn look(house: &House) -> Vec<Finding> {
    let Some(data) = house.data.as_deref().filter(|data| data.is_dir()) else {
        let ids = [
            "files.owner",
            "files.folder",
            "files.modes",
            "files.space",
            "files.inodes",
            "files.kind",
            "files.sync",
        ];
        let mut found: Vec<Finding> =
            ids.into_iter().map(|id| Finding::skipped(id, "doctor-no-folder")).collect();
        found.push(root());
        return found;
    };
    // Where the database is is where room is needed.
    let disk = house.database.as_deref().and_then(Path::parent).filter(|at| at.is_dir());
    let disk = disk.unwrap_or(data);
    vec![
        owner(house, data),
        root(),
        folder_mode(data, house.visit.mends),
        modes(house, data),
        space(house, disk),
        inodes(disk),
        kind(house, disk),
        sync(disk),
    ]
}

fn owner(house: &House, data: &Path) -> Finding {
    const ID: &str = "files.owner";
    let checked = match &house.database {
        Some(database) => folder::check(data).and_then(|()| folder::check_database(database)),
        None => folder::check(data),
    };
    let Err(unwritable) = checked else { return Finding::ok(ID, "doctor-owner-ok") };
    let command = unwritable.command();
    let Unwritable { path, owner, runs, is_read_only, .. } = unwritable;
    let finding = match is_read_only {
        true => Finding::wrong(ID, "doctor-owner-readonly", "doctor-owner-readonly-do"),
        false => Finding::wrong(ID, "doctor-owner-wrong", "doctor-owner-do"),
    };
    finding
        .with("path", path.display())
        .with("owner", owner)
        .with("runs", runs)
        .with("command", command)
}

fn root() -> Finding {
    match folder::is_root() {
        false => Finding::ok("files.root", "doctor-root-ok").with("runs", folder::runs_as()),
        true => Finding::note("files.root", "doctor-root-note").and_do("doctor-root-do"),
    }
}

/// A folder that others may look into shows them names and sizes, and nothing of what is inside.
fn folder_mode(data: &Path, mends: bool) -> Finding {
    const ID: &str = "files.folder";
    if !is_open(data) {
        return Finding::ok(ID, "doctor-folder-ok");
    }
    let finding = match mends && fs::set_permissions(data, Permissions::from_mode(0o700)).is_ok() {
        true => Finding::mended(ID, "doctor-folder-mended"),
        false => Finding::note(ID, "doctor-folder-open").and_do("doctor-folder-do"),
    };
    finding.with("path", data.display())
}

fn modes(house: &House, data: &Path) -> Finding {
    const ID: &str = "files.modes";
    let open: Vec<PathBuf> =
        secrets(house, data).into_iter().filter(|file| is_open(file)).collect();
    if open.is_empty() {
        return Finding::ok(ID, "doctor-modes-ok");
    }
    let close = |file: &PathBuf| fs::set_permissions(file, Permissions::from_mode(0o600)).is_ok();
    let is_mended = house.visit.mends && open.iter().all(close);
    let names: Vec<String> = open.iter().map(|file| file.display().to_string()).collect();
    let finding = match is_mended {
        true => Finding::mended(ID, "doctor-modes-mended"),
        false => Finding::wrong(ID, "doctor-modes-wrong", "doctor-modes-do"),
    };
    finding.with("files", names.join(" "))
}

/// The files that nobody else should read: the database, keys, the key to a bucket for pictures, files
/// that the configuration names for its values, and the configuration if a password stands in it.
fn secrets(house: &House, data: &Path) -> Vec<PathBuf> {
    let mut found = house.database.as_deref().map(folder::files_of).unwrap_or_default();
    for folder in ["keys", "backup"] {
        let entries = fs::read_dir(data.join(folder)).into_iter().flatten().flatten();
        // To whom backups are sealed is no secret: with it nobody opens one.
        let files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
        found.extend(files.filter(|path| !path.ends_with("recipient")));
    }
    let bucket = PathBuf::from(&house.config.media.s3_key_file);
    found.extend(Some(bucket).filter(|file| file.is_file()));
    // What lies in /run was put there by whoever started the server, for it alone.
    let named = house.config.files.values().filter(|file| !file.starts_with("/run"));
    found.extend(named.filter(|file| file.is_file()).cloned());
    let has_password = |key: &str, url: &str| {
        let is_written_out = !house.config.files.contains_key(key);
        is_written_out && url::Url::parse(url).is_ok_and(|url| url.password().is_some())
    };
    let config = data.join("mutuals.toml");
    let (database, mail) = (&house.config.database.url, &house.config.mail.url);
    if config.is_file()
        && (has_password("database.url", database) || has_password("mail.url", mail))
    {
        found.push(config);
    }
    found
}

fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|is| is.permissions().mode() & OTHERS != 0)
}

/// A backup, a migration and a crash each need room for the database once more.
fn space(house: &House, disk: &Path) -> Finding {
    const ID: &str = "files.space";
    let Ok(of) = statvfs(disk) else { return Finding::skipped(ID, "doctor-disk-silent") };
    let free = of.f_bavail.saturating_mul(of.f_frsize);
    let files = house.database.as_deref().map(folder::files_of).unwrap_or_default();
    let sizes = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|is| is.len());
    let wanted = sizes.sum::<u64>().saturating_mul(2).max(SOME_ROOM);
    let finding = match free >= wanted {
        true => Finding::ok(ID, "doctor-space-ok"),
        false => Finding::wrong(ID, "doctor-space-wrong", "doctor-space-do"),
    };
    finding.with("free", bytes(free)).with("wanted", bytes(wanted))
}

fn inodes(disk: &Path) -> Finding {
    const ID: &str = "files.inodes";
    match statvfs(disk) {
        Err(_) => Finding::skipped(ID, "doctor-disk-silent"),
        // Some file systems have as many as they need.
        Ok(of) if of.f_files == 0 || of.f_favail >= of.f_files / PLACES => {
            Finding::ok(ID, "doctor-inodes-ok")
        }
        Ok(of) => {
            Finding::wrong(ID, "doctor-inodes-wrong", "doctor-inodes-do").with("free", of.f_favail)
        }
    }
}

fn kind(house: &House, disk: &Path) -> Finding {
    const ID: &str = "files.kind";
    let Ok(of) = statfs(disk) else { return Finding::skipped(ID, "doctor-disk-silent") };
    let number = i128::from(of.f_type);
    let named = |list: &[(i128, &'static str)]| {
        list.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
    };
    match (named(&NETWORKS), named(&STRANGE)) {
        (Some(name), _) if house.database.is_some() => {
            Finding::wrong(ID, "doctor-kind-wrong", "doctor-kind-do").with("kind", name)
        }
        (_, Some(name)) => Finding::note(ID, "doctor-kind-note").with("kind", name),
        _ => Finding::ok(ID, "doctor-kind-ok"),
    }
}

/// How long the disk takes until it has kept something: the one in the middle of a few.
fn sync(disk: &Path) -> Finding {
    const ID: &str = "files.sync";
    let probe = disk.join(format!(".doctor-{}", std::process::id()));
    let times = measure(&probe);
    // It may never have been made.
    let _ = fs::remove_file(&probe);
    let Ok(mut times) = times else { return Finding::skipped(ID, "doctor-sync-not") };
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    let finding = match middle > SLOW {
        false => Finding::ok(ID, "doctor-sync-ok"),
        true => Finding::note(ID, "doctor-sync-slow").and_do("doctor-sync-do"),
    };
    finding.with("time", middle.as_millis())
}

fn measure(probe: &Path) -> std::io::Result<Vec<Duration>> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(probe)?;
    let mut times = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        let began = Instant::now();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    Ok(times)
}
