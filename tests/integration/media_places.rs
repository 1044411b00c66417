//! Our pictures outside the database: in a folder, and in a bucket. The bucket is a server on this
//! machine that speaks as much of S3 as a picture needs and checks every signature; no real one was
//! ever asked.

use std::cell::Cell;
use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::{digest, hmac};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use mutuals::actions::keep_picture::keep_picture;
use mutuals::actions::move_pictures::{Moved, move_pictures, remove_needless};
use mutuals::backup::{self, RecoveryKey, Restore, Source};
use mutuals::config::Config;
use mutuals::db::{Db, Location, picture_removals, pictures};
use mutuals::domain::draft::Draft;
use mutuals::domain::picture::Picture;
use mutuals::domain::proposal::Proposal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;
use mutuals::{keys, server};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::Url;

use crate::cli::{Folder, text};
use crate::testapp::{TestApp, client, config};
use crate::web::pictures::photo;

const KEY: &str = "ring-key";
const SECRET: &str = "a secret of the ring";
const REGION: &str = "eu-south-2";

/// A server that keeps objects by their paths.
#[derive(Clone, Default)]
struct Bucket {
    objects: Arc<Mutex<HashMap<String, Bytes>>>,
    is_away: Arc<AtomicBool>,
}

impl Bucket {
    /// Starts it; a configuration that keeps pictures there. The key lies in `folder`.
    async fn start(folder: &Path) -> (Self, Config) {
        let bucket = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(bucket.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let key_file = folder.join("key");
        std::fs::write(&key_file, format!("{KEY}\n{SECRET}\n")).unwrap();
        let mut config = config();
        config.media.url = "s3://pictures/of/ring".into();
        config.media.s3_endpoint = format!("http://{address}");
        config.media.s3_region = REGION.into();
        config.media.s3_key_file = key_file.to_string_lossy().into_owned();
        (bucket, config)
    }

    fn count(&self) -> usize {
        let objects = self.objects.lock().unwrap();
        assert!(objects.keys().all(|path| path.starts_with("/pictures/of/ring/")), "{objects:?}");
        objects.len()
    }
}

async fn answer(State(bucket): State<Bucket>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    if bucket.is_away.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if signature(&parts, &body).is_none_or(|signature| {
        !header(&parts, "authorization").ends_with(&format!("Signature={signature}"))
    }) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let path = parts.uri.path().to_owned();
    let mut objects = bucket.objects.lock().unwrap();
    match parts.method {
        Method::PUT => {
            objects.insert(path, body);
            [("etag", "\"1\"")].into_response()
        }
        Method::GET => match objects.get(&path) {
            Some(object) => ([("etag", "\"1\"")], object.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Method::DELETE => {
            objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a request must be signed with (AWS Signature Version 4), if it says what it was signed over.
fn signature(parts: &Parts, body: &[u8]) -> Option<String> {
    let given = header(parts, "authorization").strip_prefix("AWS4-HMAC-SHA256 ")?;
    let part = |name: &str| {
        given.split(", ").find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let (scope, signed) =
        (part("Credential")?.strip_prefix(&format!("{KEY}/"))?, part("SignedHeaders")?);
    let (day, rest) = scope.split_once('/')?;
    assert_eq!(rest, format!("{REGION}/s3/aws4_request"));
    assert!(signed.split(';').any(|name| name == "host"), "{signed}");
    let content = header(parts, "x-amz-content-sha256");
    assert_eq!(content, hex(digest::digest(&digest::SHA256, body).as_ref()));
    let headers: String =
        signed.split(';').map(|name| format!("{name}:{}\n", header(parts, name))).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{signed}\n{content}",
        parts.method,
        parts.uri.path(),
        parts.uri.query().unwrap_or_default()
    );
    let canonical = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let date = header(parts, "x-amz-date");
    let message = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{canonical}");
    let mac = |key: &[u8], text: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
    };
    let start = mac(format!("AWS4{SECRET}").as_bytes(), day);
    let key = [REGION, "s3", "aws4_request"].iter().fold(start, |key, text| mac(&key, text));
    Some(hex(&mac(&key, &message)))
}

/// A folder that does not exist yet, and a configuration that keeps pictures in it.
fn folder() -> (TempDir, std::path::PathBuf, Config) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("media");
    let mut config = config();
    config.media.url = format!("file:{}", place.display());
    (folder, place, config)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

async fn post(ring: &TestApp, picture: &Picture) -> Proposal {
    let rosa = ring.member("Rosa").await;
    let picture = Some(Picture { words: "Words".into(), ..picture.clone() });
    let draft =
        Draft { title: "Jars".into(), audience: "public".into(), picture, ..Draft::default() };
    ring.post(&rosa, &draft).await
}

/// The status and the digest of what is shown as a picture.
async fn shown(ring: &TestApp, proposal: &Proposal, picture: &Picture) -> (u16, String) {
    let path = format!("pictures/{}/{}.jpg", proposal.id, picture.digest);
    let url: Url = ring.base.join(&path).unwrap();
    let answer = ring.visitor.get(&url, HeaderMap::new()).await.unwrap();
    (answer.status.as_u16(), keys::content_hash(&answer.body))
}

/// A life of pictures that are kept outside; `count` says how many are there.
async fn lives_outside(config: Config, count: &dyn Fn() -> usize) {
    let ring = TestApp::start_as("ring", config).await;
    let kept = keep_picture(&ring.app, photo([5, 60, 70])).await.unwrap();
    assert_eq!(count(), 1);
    assert_eq!(keep_picture(&ring.app, photo([5, 60, 70])).await.unwrap(), kept);
    assert_eq!(count(), 1, "the same is kept once");
    let unused = keep_picture(&ring.app, photo([200, 9, 9])).await.unwrap();
    assert_eq!((count(), removals(&ring).await), (2, 0));
    let need = post(&ring, &kept).await;
    assert_eq!(shown(&ring, &need, &kept).await, (200, kept.digest.clone()));
    let all = ring.app.db.read(pictures::list_addresses).await.unwrap();
    assert!(all.len() == 2 && all.iter().all(|(_, address)| address.is_some()), "{all:?}");

    // What nothing shows goes there too.
    ring.advance(3 * 60 * 60);
    for _ in 0..2 {
        housekeeping::run(&ring.app).await.unwrap();
    }
    assert_eq!((count(), removals(&ring).await), (1, 0));
    let gone = unused.digest.clone();
    let found = ring.app.db.read(move |conn| pictures::find(conn, &gone)).await;
    assert!(matches!(found, Err(Error::NotFound)));
    assert_eq!(shown(&ring, &need, &kept).await, (200, kept.digest.clone()));
}

async fn removals(ring: &TestApp) -> i64 {
    ring.app.db.read(picture_removals::count).await.unwrap()
}

#[tokio::test]
async fn pictures_live_in_a_folder() {
    let (_folder, place, config) = folder();
    lives_outside(config, &|| files(&place).len()).await;
    let mode = std::fs::metadata(&place).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "the folder is for this program only");
}

#[tokio::test]
async fn pictures_live_in_a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let (bucket, config) = Bucket::start(folder.path()).await;
    lives_outside(config, &|| bucket.count()).await;
}

#[tokio::test]
async fn f_04_a_bucket_that_is_away_is_said_and_nothing_stays_half_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (bucket, config) = Bucket::start(folder.path()).await;
    let ring = TestApp::start_as("ring", config).await;
    let kept = keep_picture(&ring.app, photo([1, 2, 3])).await.unwrap();
    let need = post(&ring, &kept).await;
    bucket.is_away.store(true, Ordering::SeqCst);
    let refused = keep_picture(&ring.app, photo([3, 2, 1])).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert_eq!(ring.app.db.read(pictures::list_addresses).await.unwrap().len(), 1);
    assert_eq!(removals(&ring).await, 1, "whatever became of it there is removed");
    assert_eq!(shown(&ring, &need, &kept).await.0, 503);
    // It holds up nothing else.
    ring.advance(2 * 60 * 60);
    housekeeping::end_what_is_over(&ring.app).await.unwrap();
    assert_eq!(removals(&ring).await, 1);

    bucket.is_away.store(false, Ordering::SeqCst);
    assert_eq!(shown(&ring, &need, &kept).await, (200, kept.digest.clone()));
    ring.advance(60 * 60);
    housekeeping::end_what_is_over(&ring.app).await.unwrap();
    assert_eq!((removals(&ring).await, bucket.count()), (0, 1));
    keep_picture(&ring.app, photo([3, 2, 1])).await.unwrap();
    assert_eq!(bucket.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_the_pictures_that_are_kept_in_a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let (bucket, config) = Bucket::start(folder.path()).await;
    let ring = TestApp::start_as("ring", config.clone()).await;
    let kept = keep_picture(&ring.app, photo([5, 60, 70])).await.unwrap();
    post(&ring, &kept).await;
    let (location, now, data) = (ring.location().clone(), ring.now(), folder.path().to_owned());
    let work = tokio::task::spawn_blocking(move || {
        let key = RecoveryKey::generate();
        let source = Source { location: &location, data: &data, media: Some(&config.media), now };
        let back_up = |name: &str| {
            let file = data.join(name);
            backup::create_file(&source, &[key.recipient()], &file, &mut |_| ()).map(|_| file)
        };
        let file = back_up("one.backup").unwrap();
        bucket.is_away.store(true, Ordering::SeqCst);
        assert!(back_up("two.backup").is_err(), "a part is no backup");
        assert!(!data.join("two.backup").exists());
        // The bucket is not needed to go on from it.
        let place = data.join("again");
        let to = Location::choose(None, &place).unwrap();
        let what = Restore {
            file: &file,
            key: &key,
            data: &place,
            location: &to,
            named: &[],
            force: false,
            now,
        };
        backup::restore(&what, &mut |_| ()).unwrap();
        to
    });
    let db = Db::open(work.await.unwrap()).unwrap();
    let digest = kept.digest.clone();
    let found = db.read(move |conn| pictures::find_bytes(conn, &digest)).await.unwrap();
    let pictures::Bytes::Here(bytes) = found else { panic!("it is still elsewhere") };
    assert_eq!(keys::content_hash(&bytes), kept.digest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_pictures_once_that_are_kept_in_the_data_folder() {
    let (folder, _, mut config) = folder();
    let place = folder.path().join("media");
    config.media.url = format!("file:{}", place.display());
    let ring = TestApp::start_as("ring", config.clone()).await;
    keep_picture(&ring.app, photo([5, 60, 70])).await.unwrap();
    assert_eq!(files(&place).len(), 1);
    let (location, now, data) = (ring.location().clone(), ring.now(), folder.path().to_owned());
    let work = tokio::task::spawn_blocking(move || {
        let key = RecoveryKey::generate();
        let source = Source { location: &location, data: &data, media: Some(&config.media), now };
        let out = std::io::sink();
        let (made, _) = backup::create(&source, &[key.recipient()], out, &mut |_| ()).unwrap();
        // An empty folder where the disk with the pictures should be.
        std::fs::remove_dir_all(data.join("media")).unwrap();
        let out = std::io::sink();
        let error = backup::create(&source, &[key.recipient()], out, &mut |_| ()).err().unwrap();
        assert!(format!("{error:#}").contains("not one of the 1 pictures"), "{error:#}");
        made.manifest
    });
    let manifest = work.await.unwrap();
    let pictures = manifest.tables.iter().find(|table| table.name == "pictures").unwrap();
    assert_eq!((pictures.rows, manifest.files), (1, Vec::new()));
}

#[tokio::test]
async fn pictures_move_while_they_are_shown_and_what_is_broken_stays() {
    let (_folder, place, outside) = folder();
    let ring = TestApp::start("ring").await;
    let kept = keep_picture(&ring.app, photo([1, 2, 3])).await.unwrap();
    let other = keep_picture(&ring.app, photo([90, 2, 3])).await.unwrap();
    let need = post(&ring, &kept).await;
    let (db, clock) = (ring.app.db.clone(), ring.app.clock.clone());
    let outside = server::open_through(outside, db, clock, client()).await.unwrap();
    let said = Cell::new((0, 0));
    let done = move_pictures(&outside, &|done, all| said.set((done, all))).await.unwrap();
    assert_eq!((done, said.get()), (Moved { moved: 2, broken: 0 }, (2, 2)));
    assert_eq!(files(&place).len(), 2);
    // A process that was not told of the folder shows it all the same.
    assert_eq!(shown(&ring, &need, &kept).await, (200, kept.digest.clone()));
    let again = move_pictures(&outside, &|_, _| ()).await.unwrap();
    assert_eq!(again, Moved::default(), "what is there already stays");

    // Back, but one is damaged there.
    let damaged = files(&place)
        .into_iter()
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(&other.digest));
    std::fs::write(damaged.unwrap(), b"something else").unwrap();
    let back = move_pictures(&ring.app, &|_, _| ()).await.unwrap();
    assert_eq!(back, Moved { moved: 1, broken: 1 });
    assert_eq!(shown(&ring, &need, &kept).await, (200, kept.digest.clone()));
    // Whoever was about to read it there still can, for a while.
    assert_eq!(remove_needless(&ring.app).await.unwrap(), 0);
    ring.advance(11 * 60);
    assert_eq!(remove_needless(&ring.app).await.unwrap(), 1);
    assert_eq!(files(&place).len(), 1);
}

#[test]
fn pictures_move_by_command_to_where_new_ones_go() {
    let folder = Folder::new();
    folder.init(1);
    let status = folder.json(&["media", "status"]).remove(0);
    assert_eq!(status, json!({"id": "database", "pictures": 0, "new": true}));
    let file = folder.folder.path().join("picture.jpg");
    std::fs::write(&file, photo([7, 7, 7])).unwrap();
    let file = file.to_str().unwrap();
    folder.json(&["need", "post", "--title", "Jars", "--picture", file, "--picture-words", "Jars"]);

    let place = format!("file:{}", folder.folder.path().join("media").display());
    let refused = folder.run(&["media", "move", "--to", &place]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("First set media.url"), "{}", text(&refused.stderr));

    let with_place = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        let output = command.arg("--json").env("MUTUALS_MEDIA__URL", &place).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let lines: Vec<serde_json::Value> =
            text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines
    };
    let before = with_place(&["media", "status"]);
    assert_eq!(before.len(), 2, "{before:?}");
    let moved = with_place(&["media", "move", "--to", &place]).remove(0);
    assert_eq!(moved, json!({"id": place, "moved": 1, "broken": 0}));
    let after = with_place(&["media", "status"]).remove(0);
    assert_eq!(after, json!({"id": place, "pictures": 1, "new": true}));
    let back = folder.json(&["media", "move", "--to", "database"]).remove(0);
    assert_eq!(back["moved"], json!(1));
}
