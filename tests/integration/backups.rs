//! Backups: made while the server works, encrypted, and restored row by row onto either engine.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use mutuals::backup::{self, Made, RecoveryKey, Restore, Restored, Source, Verified};
use mutuals::db::copy::Summed;
use mutuals::db::pictures::Bytes;
use mutuals::db::{Conn, Location, gate, pictures};
use mutuals::domain::draft::Draft;
use mutuals::domain::picture::Picture;
use tempfile::TempDir;

use crate::cli::{Folder, Running, text};
use crate::copies::held;
use crate::testapp::{TestApp, TestDb, clock, postgres};

/// A word that stands in private places only.
const MARKER: &str = "VelvetHeron";

/// An instance with private things, and a data folder with more of them.
struct House {
    app: TestApp,
    data: TempDir,
    key: RecoveryKey,
    files: TempDir,
}

impl House {
    async fn new() -> Self {
        let house = Self {
            app: TestApp::start("ring").await,
            data: tempfile::tempdir().unwrap(),
            key: RecoveryKey::generate(),
            files: tempfile::tempdir().unwrap(),
        };
        let author = house.app.member(&format!("Tove {MARKER}")).await;
        let draft = Draft {
            title: "Warm blankets".into(),
            text: format!("Ring at {MARKER}"),
            audience: "members".into(),
            on_behalf_of: format!("Mrs {MARKER}"),
            consent: true,
            ..Draft::default()
        };
        house.app.post(&author, &draft).await;
        let now = house.app.now();
        let draw = move |conn: &mut Conn| {
            for number in 0..4_u8 {
                let digest = format!("picture {number}");
                let picture = Picture { digest, words: String::new(), width: 1, height: 1 };
                pictures::insert(conn, &picture, Bytes::Here(vec![number; 400 * 1024]), now)?;
            }
            Ok(())
        };
        house.app.app.db.write(draw).await.unwrap();
        let write = |name: &str, content: String| {
            let path = house.data.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        };
        write(
            "mutuals.toml",
            format!("phone = \"{MARKER}\"\n[database]\nurl = \"postgres://x/y\"\n"),
        );
        write("keys/sealing", format!("secret {MARKER}"));
        write("media/ab/one", "m".repeat(300_000));
        write("backup/recipient", format!("{}\n", house.key.recipient()));
        house
    }

    /// Makes a backup in a file of its own.
    fn back_up(&self, name: &str) -> (PathBuf, Made) {
        let path = self.files.path().join(name);
        let now = self.app.now();
        let source =
            Source { location: self.app.location(), data: self.data.path(), media: None, now };
        let recipient = self.key.recipient();
        let made = backup::create_file(&source, &[recipient], &path, &mut |_| ()).unwrap();
        (path, made)
    }

    fn restore(&self, file: &Path, data: &Path, to: &Location) -> anyhow::Result<Restored> {
        restore(file, &self.key, data, to, false)
    }
}

fn restore(
    file: &Path,
    key: &RecoveryKey,
    data: &Path,
    location: &Location,
    force: bool,
) -> anyhow::Result<Restored> {
    let now = clock().now();
    let named = &[data.join("secrets/mail")];
    backup::restore(&Restore { file, key, data, location, named, force, now }, &mut |_| ())
}

fn verify(file: &Path, key: Option<&RecoveryKey>) -> anyhow::Result<Verified> {
    backup::verify(file, key, &mut |_| ())
}

/// What a database holds, besides what a return from a backup changes.
fn kept(location: &Location) -> Vec<(String, Summed)> {
    // That it came back; where numbers go on; who was signed in.
    let changed = [
        "restores",
        "federation_mode",
        "proposals",
        "turn_notes",
        "sessions",
        "sign_in_links",
        "sign_in_attempts",
        "sign_in_codes",
        "backup_runs",
    ];
    let mut held = held(location);
    held.retain(|(table, _)| !changed.contains(&table.as_str()));
    held
}

fn mode_of(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The usual file in a data folder that is not there yet.
fn new_place() -> (TempDir, PathBuf, Location) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let location = Location::choose(None, &data).unwrap();
    (folder, data, location)
}

#[tokio::test]
async fn a_backup_is_restored_row_by_row_with_its_files() {
    let house = House::new().await;
    let (file, made) = house.back_up("one.backup");
    assert_eq!(mode_of(&file), 0o600);
    assert!(!house.files.path().join("one.backup.part").exists());
    let before = kept(house.app.location());
    let rows: u64 = before.iter().map(|(_, sum)| sum.rows).sum();
    assert!(made.seal.rows >= rows && rows > 5, "{:?}", made.seal);
    assert_eq!(made.seal.files, 4);
    // Whoever has no key sees that it is whole; whoever has it, that it can be restored.
    assert_eq!(verify(&file, None).unwrap(), Verified { seal: made.seal.clone(), manifest: None });
    let verified = verify(&file, Some(&house.key)).unwrap();
    assert_eq!(verified.manifest.as_ref(), Some(&made.manifest));
    let (_folder, data, location) = new_place();
    let restored = house.restore(&file, &data, &location).unwrap();
    assert_eq!(restored, Restored { manifest: made.manifest, aside: Vec::new() });
    let mut names: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["backup", "keys", "media", "mutuals.db", "mutuals.toml"]);
    assert_eq!(kept(&location), before);
    // The files are there, and only for their owner.
    let read = |name: &str| std::fs::read_to_string(data.join(name)).unwrap();
    assert_eq!(read("keys/sealing"), format!("secret {MARKER}"));
    assert_eq!(read("media/ab/one").len(), 300_000);
    assert_eq!(read("backup/recipient").trim(), house.key.recipient().to_string());
    for name in ["mutuals.db", "keys/sealing", "mutuals.toml", "media/ab/one"] {
        assert_eq!(mode_of(&data.join(name)), 0o600, "{name}");
    }
    // The configuration does not lead back to the database that it came from.
    assert_eq!(read("mutuals.toml"), format!("phone = \"{MARKER}\"\n[database]\n"));
    // It is an instance, and a backup of it knows that it is its second life.
    let db = mutuals::db::Db::open(location.clone()).unwrap();
    let marked = |conn: &mut Conn| mutuals::db::marks::find(conn, mutuals::db::marks::RESTORED);
    assert_eq!(db.read(marked).await.unwrap(), Some(clock().now()));
    let source = Source { location: &location, data: &data, media: None, now: clock().now() };
    let (again, _) =
        backup::create(&source, &[house.key.recipient()], io::sink(), &mut |_| ()).unwrap();
    assert_eq!(again.manifest.epoch, clock().now().as_microsecond());
}

#[tokio::test]
async fn a_backup_of_one_engine_is_restored_onto_the_other() {
    if postgres().is_none() {
        // There is only one.
        return;
    }
    let house = House::new().await;
    let (file, _) = house.back_up("one.backup");
    let before = kept(house.app.location());
    // From PostgreSQL to SQLite.
    let (_folder, data, location) = new_place();
    house.restore(&file, &data, &location).unwrap();
    assert_eq!(kept(&location), before);
    // And from there to PostgreSQL again, into tables that are there and empty.
    let now = clock().now();
    let source = Source { location: &location, data: &data, media: None, now };
    let second = house.files.path().join("two.backup");
    backup::create_file(&source, &[house.key.recipient()], &second, &mut |_| ()).unwrap();
    let empty = TestDb::new();
    let (_other, other_data, _) = new_place();
    house.restore(&second, &other_data, &empty.location).unwrap();
    assert_eq!(kept(&empty.location), before);
    let Location::Postgres(url) = &empty.location else { panic!("it is a server") };
    let configured = std::fs::read_to_string(other_data.join("mutuals.toml")).unwrap();
    assert!(configured.contains(url.as_str()), "it leads to the new one: {configured}");
}

#[tokio::test]
async fn a_wrong_key_a_cut_file_and_a_flipped_byte_are_told() {
    let house = House::new().await;
    let (file, made) = house.back_up("one.backup");
    let other = RecoveryKey::generate();
    let error = format!("{:#}", verify(&file, Some(&other)).unwrap_err());
    let wanted = house.key.recipient().to_string();
    assert!(error.contains("another recovery key") && error.contains(&wanted), "{error}");
    let whole = std::fs::read(&file).unwrap();
    let changed = house.files.path().join("changed.backup");
    let try_with = |bytes: &[u8]| {
        std::fs::write(&changed, bytes).unwrap();
        let (_folder, data, location) = new_place();
        let without = verify(&changed, None).unwrap_err();
        assert!(verify(&changed, Some(&house.key)).is_err());
        assert!(house.restore(&changed, &data, &location).is_err());
        assert!(!data.exists(), "nothing was begun");
        format!("{without:#}")
    };
    for length in [0, 10, 27, 1_000, whole.len() / 2, whole.len() - 1] {
        let error = try_with(&whole[..length]);
        assert!(error.contains("no whole backup"), "{length}: {error}");
    }
    let sealed = usize::try_from(made.seal.bytes).unwrap();
    for place in [0, 200, sealed / 2, sealed - 1] {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        let error = try_with(&bytes);
        assert!(error.contains("damaged"), "{place}: {error}");
    }
    // A seal that was made to fit helps nobody: the key finds out.
    let mut bytes = whole.clone();
    bytes[sealed / 2] ^= 1;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes[..sealed]);
    let fitting = mutuals::db::copy::hex(digest.as_ref());
    let end = text(&bytes[sealed..]).replace(&made.seal.sha256, &fitting);
    bytes.truncate(sealed);
    bytes.extend(end.into_bytes());
    std::fs::write(&changed, &bytes).unwrap();
    verify(&changed, None).unwrap();
    let error = format!("{:#}", verify(&changed, Some(&house.key)).unwrap_err());
    assert!(error.contains("reading") || error.contains("damaged"), "{error}");
    let (_folder, data, location) = new_place();
    assert!(house.restore(&changed, &data, &location).is_err());
    let left: Vec<_> = std::fs::read_dir(&data).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn nothing_is_restored_over_what_is_there() {
    let house = House::new().await;
    let (file, _) = house.back_up("one.backup");
    let (_folder, data, location) = new_place();
    house.restore(&file, &data, &location).unwrap();
    let before = kept(&location);
    std::fs::write(data.join("keys/sealing"), "newer").unwrap();
    // What the configuration names stays where it says.
    std::fs::create_dir(data.join("secrets")).unwrap();
    std::fs::write(data.join("secrets/mail"), "smtps://mail.example").unwrap();
    let error = format!("{:#}", house.restore(&file, &data, &location).unwrap_err());
    assert!(error.contains("already") && error.contains("--force"), "{error}");
    assert_eq!(std::fs::read_to_string(data.join("keys/sealing")).unwrap(), "newer");
    // With force it is moved, and nothing is lost.
    let restored = restore(&file, &house.key, &data, &location, true).unwrap();
    assert_eq!(kept(&location), before);
    let aside = PathBuf::from(restored.aside.first().unwrap());
    assert_eq!(std::fs::read_to_string(aside.join("keys/sealing")).unwrap(), "newer");
    let old = Location::choose(None, &aside).unwrap();
    assert_eq!(kept(&old), before);
    assert!(data.join("secrets/mail").exists() && !aside.join("secrets").exists());
    // A configuration that is there already stays; the one of the backup is put beside it.
    let (_other, other_data, other) = new_place();
    std::fs::create_dir(&other_data).unwrap();
    std::fs::write(other_data.join("mutuals.toml"), "phone = \"555\"\n").unwrap();
    house.restore(&file, &other_data, &other).unwrap();
    let read = |name: &str| std::fs::read_to_string(other_data.join(name)).unwrap();
    assert_eq!(read("mutuals.toml"), "phone = \"555\"\n");
    assert!(read("mutuals.toml.from-backup").contains(MARKER));
    // What was left beside a database would be played into the new one.
    let (_third, third_data, third) = new_place();
    if let Location::Sqlite(path) = &third {
        let elsewhere = house.files.path().join("elsewhere.db");
        let location = Location::Sqlite(elsewhere.to_string_lossy().into_owned());
        assert_ne!(path.as_str(), elsewhere.to_string_lossy());
        std::fs::write(house.files.path().join("elsewhere.db-wal"), "old").unwrap();
        let error = house.restore(&file, &third_data, &location).unwrap_err();
        assert!(format!("{error:#}").contains("elsewhere.db-wal is there"), "{error:#}");
    }
}

#[tokio::test]
async fn an_instance_in_postgres_is_moved_aside_and_not_written_over() {
    if postgres().is_none() {
        return;
    }
    let house = House::new().await;
    let (file, _) = house.back_up("one.backup");
    let before = kept(house.app.location());
    let (_folder, data, _) = new_place();
    let error = house.restore(&file, &data, house.app.location()).unwrap_err();
    assert!(format!("{error:#}").contains("already"), "{error:#}");
    house.app.member("Came later").await;
    let restored = restore(&file, &house.key, &data, house.app.location(), true).unwrap();
    assert_eq!(kept(house.app.location()), before);
    let [schema] = restored.aside.as_slice() else { panic!("{:?}", restored.aside) };
    let Location::Postgres(url) = house.app.location() else { panic!("it is a server") };
    let mut conn = PgConnection::establish(url).unwrap();
    let later = format!("SELECT 1 / count(*) FROM {schema}.members WHERE name = 'Came later'");
    conn.batch_execute(&later).unwrap();
    conn.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).unwrap();
}

#[tokio::test]
async fn no_private_text_stands_in_a_backup() {
    let house = House::new().await;
    let (file, made) = house.back_up("one.backup");
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"), "any age program can open it");
    let holds = |word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    for word in [MARKER, "Warm blankets", "members", "mutuals.toml", "postgres://"] {
        assert!(!holds(word), "{word}");
    }
    assert!(holds(&made.seal.sha256), "it looks at what it means to look at");
    assert!(!format!("{:?} {:?}", made.seal, made.manifest).contains(MARKER));
    // Nor does anything stand beside it.
    assert_eq!(std::fs::read_dir(house.files.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_23_a_backup_while_others_write_is_of_one_moment() {
    let test = TestDb::new();
    let (db, now) = (test.db.clone(), clock().now());
    let writing = tokio::spawn(async move {
        // Each write changes two tables.
        for number in 0..150 {
            let write = move |conn: &mut Conn| {
                gate::allow(conn, &format!("{number}.example"), now)?;
                mutuals::db::met_domains::insert(conn, &format!("{number}.example"), now)?;
                Ok(())
            };
            db.write(write).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let key = RecoveryKey::generate();
    let folder = tempfile::tempdir().unwrap();
    let mut counts = Vec::new();
    for number in 0..5 {
        let (location, recipient) = (test.location.clone(), key.recipient());
        let (data, path) =
            (folder.path().to_owned(), folder.path().join(format!("{number}.backup")));
        let file = path.clone();
        let made = tokio::task::spawn_blocking(move || {
            let source = Source { location: &location, data: &data, media: None, now };
            backup::create_file(&source, &[recipient], &file, &mut |_| ()).unwrap()
        });
        let made = made.await.unwrap();
        let rows =
            |name: &str| made.manifest.tables.iter().find(|table| table.name == name).unwrap().rows;
        assert_eq!(rows("allowed_domains"), rows("met_domains"), "of one moment");
        counts.push(rows("met_domains"));
        verify(&path, Some(&key)).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(counts.windows(2).all(|two| two[0] <= two[1]) && counts[0] < counts[4], "{counts:?}");
    writing.await.unwrap();
}

/// A disk that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_backup_that_fails_leaves_no_file() {
    let house = House::new().await;
    let now = house.app.now();
    let source =
        Source { location: house.app.location(), data: house.data.path(), media: None, now };
    let recipients = [house.key.recipient()];
    for room in [0, 100, 100_000] {
        assert!(backup::create(&source, &recipients, Full(room), &mut |_| ()).is_err());
    }
    let nowhere = house.files.path().join("not there/one.backup");
    assert!(backup::create_file(&source, &recipients, &nowhere, &mut |_| ()).is_err());
    // What is there is not written over.
    let (file, _) = house.back_up("one.backup");
    let before = std::fs::read(&file).unwrap();
    let error = backup::create_file(&source, &recipients, &file, &mut |_| ()).unwrap_err();
    assert!(format!("{error:#}").contains("already"), "{error:#}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // Nor is there a backup of nothing.
    let missing = Location::Sqlite(house.files.path().join("no.db").to_string_lossy().into());
    let source = Source { location: &missing, ..source };
    let two = house.files.path().join("two.backup");
    assert!(backup::create_file(&source, &recipients, &two, &mut |_| ()).is_err());
    let left: Vec<_> = std::fs::read_dir(house.files.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_backup_whose_process_is_killed_is_whole_or_not_there() {
    let folder = Folder::new();
    folder.init(1);
    let file = folder.folder.path().join("one.backup");
    let path = file.to_str().unwrap();
    for pause in [0, 5, 10, 20, 40, 80, 160] {
        let mut create = folder.command(&["backup", "create", path]);
        let mut running =
            Running(create.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        std::thread::sleep(Duration::from_millis(pause));
        running.stop("-KILL");
        if file.exists() {
            verify(&file, None).unwrap();
            std::fs::remove_file(&file).unwrap();
        }
    }
    // What is left of it is in nobody's way.
    folder.json(&["backup", "create", path]);
    verify(&file, None).unwrap();
}

#[test]
fn j11_a_backup_is_made_looked_at_and_restored_by_commands() {
    let folder = Folder::new();
    let url = "http://127.0.0.1:1";
    let init = ["init", "--name", "Ring Street", "--handle", "ring", "--url", url];
    let lines = folder.json(&init);
    let shown = lines.iter().find(|line| line["id"] == "recovery key").unwrap();
    let key = shown["recovery_key"].as_str().unwrap();
    assert!(key.starts_with("AGE-SECRET-KEY-1"), "{shown}");
    let data = folder.folder.path().join("data");
    let names = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
    for file in names.filter(|path| path.is_file()).chain([data.join("backup/recipient")]) {
        let bytes = std::fs::read(&file).unwrap();
        let holds = bytes.windows(key.len()).any(|part| part == key.as_bytes());
        assert!(!holds, "the key is kept nowhere: {file:?}");
    }
    folder.json(&["need", "post", "--title", "Warm blankets"]);
    let backups = data.join("backups");
    std::fs::create_dir(&backups).unwrap();
    let file = backups.join("one.backup");
    let path = file.to_str().unwrap();
    let made = folder.json(&["backup", "create", path]).remove(0);
    assert_eq!(made["public_keys"][0], shown["public_key"]);
    assert_eq!(folder.run(&["backup", "create", path]).status.code(), Some(3));
    let listed = folder.json(&["backup", "list"]);
    assert_eq!((listed.len(), &listed[0]["sha256"]), (1, &made["sha256"]));
    let verified = folder.json(&["backup", "verify", path]).remove(0);
    assert_eq!(verified["restored"], false);
    let verified = folder.json(&["backup", "verify", path, "--identity", key]).remove(0);
    assert_eq!((&verified["restored"], &verified["digest"]), (&true.into(), &made["digest"]));
    // The key may stand in a file. It is restored into an empty folder, and answers there.
    let paper = folder.folder.path().join("paper");
    std::fs::write(&paper, format!("# Ring Street\n{key}\n")).unwrap();
    let new = folder.folder.path().join("new");
    let database = format!("sqlite:{}", new.join("mutuals.db").display());
    let identity = paper.to_str().unwrap();
    let restore = |more: &[&str]| {
        let mut command = folder.command(&["backup", "restore", path, "--json"]);
        // The last of two counts nowhere: the folder is named once.
        command = with_data(command, &new);
        command.args(["--identity", identity, "--database", &database]).args(more);
        command.output().unwrap()
    };
    let output = restore(&[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let output = restore(&[]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("--force"), "{}", text(&output.stderr));
    let output = restore(&["--force"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let list = with_data(folder.command(&["proposal", "list"]), &new)
        .env("MUTUALS_DATABASE__URL", &database)
        .output()
        .unwrap();
    assert!(text(&list.stdout).contains("Warm blankets"), "{}", text(&list.stderr));
    // A new key opens what is made from now on, and the old one what was made before.
    let other = folder.json(&["backup", "recovery-key", "--new"]).remove(0);
    assert_ne!(other["public_key"], shown["public_key"]);
    let asked = folder.json(&["backup", "recovery-key"]).remove(0);
    assert_eq!(asked["public_key"], other["public_key"]);
    let wrong = other["recovery_key"].as_str().unwrap();
    let output = folder.run(&["backup", "verify", path, "--identity", wrong]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("another recovery key"), "{}", text(&output.stderr));
}

/// The same command with another data folder.
pub fn with_data(command: std::process::Command, data: &Path) -> std::process::Command {
    let mut other = std::process::Command::new(command.get_program());
    let mut arguments: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
    let place = arguments.iter().position(|argument| argument == "--data").unwrap();
    arguments[place + 1] = data.into();
    other.args(arguments).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            other.env(name, value);
        }
    }
    other
}
