//! The server makes a backup each night, puts one back each month, removes the old ones, and says
//! when something goes wrong (mission, J11).

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use mutuals::actions::quarantine::begin;
use mutuals::backup::schedule::{Here, look};
use mutuals::backup::{RecoveryKey, Restore, make_recovery_key, restore, verify};
use mutuals::db::backup_runs::{self, Kind, Run};
use mutuals::db::{Conn, Db, Location, notices, quarantine};
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind as Notice;
use tempfile::TempDir;

use crate::cli::{Folder, text};
use crate::testapp::{TestApp, config};

const DAY: i64 = 24 * 3600;

/// A collective with a data folder, and a folder for its backups.
struct Nights {
    ring: TestApp,
    here: Here,
    folder: TempDir,
}

impl Nights {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config();
        config.backup.folder = folder.path().join("kept").to_string_lossy().into_owned();
        let ring = TestApp::start_as("ring", config).await;
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let here = Here { location: ring.location().clone(), data };
        Self { ring, here, folder }
    }

    fn key(&self) -> RecoveryKey {
        make_recovery_key(&self.here.data).unwrap()
    }

    async fn look(&self) -> bool {
        look(&self.ring.app, &self.here).await.unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("kept")) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    async fn runs(&self, kind: Kind) -> Vec<Run> {
        let list = |conn: &mut Conn| backup_runs::list(conn, 500);
        let mut runs = self.ring.app.db.read(list).await.unwrap();
        runs.retain(|run| run.kind == kind);
        runs
    }

    async fn is_told(&self, member: &Member) -> bool {
        let id = member.id;
        let list = move |conn: &mut Conn| notices::list(conn, id, 100);
        let all = self.ring.app.db.read(list).await.unwrap();
        all.iter().any(|notice| notice.kind == Notice::BackupFailed)
    }
}

/// Whether a text stands in any file below a folder.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        match path.is_dir() {
            true => holds(&path, text),
            false => {
                let bytes = std::fs::read(&path).unwrap();
                bytes.windows(text.len()).any(|part| part == text.as_bytes())
            }
        }
    })
}

#[tokio::test]
async fn j11_each_night_a_backup_that_opens_each_month_a_test_and_none_for_longer_than_35_days() {
    let nights = Nights::open().await;
    let key = nights.key();
    let ida = nights.ring.steward("Ida Quendelbeck").await;
    nights.ring.need(&ida, "Insulin", "1").await;
    assert!(nights.look().await);
    assert!(!nights.look().await, "once a night");
    let file = nights.files().remove(0);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let verified = verify(&file, Some(&key), &mut |_| {}).unwrap();
    assert!(verified.manifest.unwrap().rows() > 5, "it opens with the recovery key");
    // Neither what is private nor any key lies about.
    for secret in ["Quendelbeck", "Insulin", "AGE-SECRET-KEY"] {
        assert!(!holds(nights.folder.path(), secret), "{secret}");
    }
    let run = nights.runs(Kind::Backup).await.remove(0);
    assert!(run.is_kept() && run.file.is_some_and(|name| file.ends_with(name)));
    let length = i64::try_from(std::fs::metadata(&file).unwrap().len()).unwrap();
    assert_eq!(run.bytes, Some(length));

    for _ in 0..33 {
        nights.ring.advance(DAY);
        assert!(nights.look().await);
    }
    let tests = nights.runs(Kind::Test).await;
    assert_eq!(tests.len(), 2, "the first night, and thirty days later");
    assert!(tests.iter().all(Run::is_good), "{tests:?}");
    let left = nights.files();
    assert!((7..=17).contains(&left.len()), "{left:?}");
    let runs = nights.runs(Kind::Backup).await;
    assert_eq!(runs.len(), 34);
    assert_eq!(runs.iter().filter(|run| run.is_kept()).count(), left.len());
    assert!(!nights.is_told(&ida).await);
}

#[tokio::test]
async fn j11_what_goes_wrong_is_said_to_stewards_and_tried_again() {
    let nights = Nights::open().await;
    let (ida, rosa) = (nights.ring.steward("Ida").await, nights.ring.member("Rosa").await);
    assert!(nights.look().await);
    let run = nights.runs(Kind::Backup).await.remove(0);
    assert!(run.problem.is_some_and(|why| why.contains("recovery key")));
    assert!(nights.is_told(&ida).await && !nights.is_told(&rosa).await);
    assert!(nights.files().is_empty());
    nights.key();
    assert!(!nights.look().await, "not at once");
    nights.ring.advance(3_601);
    assert!(nights.look().await);
    let runs = nights.runs(Kind::Backup).await;
    assert!(runs.len() == 1 && runs[0].is_kept(), "{runs:?}");
    assert_eq!(nights.files().len(), 1);
}

#[tokio::test]
async fn j11_of_two_processes_one_makes_the_backup() {
    let nights = Nights::open().await;
    nights.key();
    let (one, other) = tokio::join!(nights.look(), nights.look());
    assert!(one != other, "{one} {other}");
    assert_eq!(nights.files().len(), 1);
}

#[tokio::test]
async fn f_22_in_quarantine_no_backup_is_made_and_none_is_removed() {
    let nights = Nights::open().await;
    nights.key();
    assert!(nights.look().await);
    let before = nights.files();
    let app = &nights.ring.app;
    let made_at = nights.ring.now();
    nights.ring.advance(90 * DAY);
    begin(&app.db, &app.clock, made_at).await.unwrap();
    app.read_blocks().await.unwrap();
    assert!(!nights.look().await);
    assert_eq!(nights.files(), before);
}

#[tokio::test]
async fn f_22_what_is_put_back_from_the_backup_of_a_night_is_in_quarantine() {
    let nights = Nights::open().await;
    let key = nights.key();
    let made_at = nights.ring.now();
    assert!(nights.look().await);
    let file = nights.files().remove(0);
    nights.ring.advance(3 * DAY);
    let data = nights.folder.path().join("again");
    let location = Location::choose(None, &data).unwrap();
    let what = Restore {
        file: &file,
        key: &key,
        data: &data,
        location: &location,
        named: &[],
        force: false,
        now: nights.ring.now(),
    };
    restore(&what, &mut |_| {}).unwrap();
    let db = Db::open(location).unwrap();
    let found = db.read(quarantine::find).await.unwrap().unwrap();
    assert_eq!((found.made_at, found.restored_at), (made_at, nights.ring.now()));
    // The backup was under way when it was read: it is not remembered as one that never ended.
    let runs = db.read(|conn| backup_runs::list(conn, 9)).await.unwrap();
    assert!(runs.is_empty(), "{runs:?}");
}

#[test]
fn j11_a_command_tells_what_is_planned() {
    let folder = Folder::new();
    folder.init(8_098);
    let plan = folder.json(&["backup", "schedule"]).remove(0);
    assert_eq!((&plan["at"], &plan["days"]), (&"03:00".into(), &35.into()), "{plan}");
    let never = folder.command(&["backup", "schedule"]).env("MUTUALS_BACKUP__AT", "").output();
    let said = text(&never.unwrap().stdout);
    assert!(said.contains("makes no backups by itself"), "{said}");
    let wrong = folder.command(&["backup", "schedule"]).env("MUTUALS_BACKUP__DAYS", "0").output();
    let said = text(&wrong.unwrap().stderr);
    assert!(said.contains("backup.days"), "{said}");
}
