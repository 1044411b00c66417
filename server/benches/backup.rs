//! What a backup costs those who write meanwhile, and how long it takes:
//! `cargo bench --bench backup -- [MEGABYTES]`.
//!
//! Fifty writes a second for ten seconds, alone and while one backup after the other is made; the
//! reliability paper (F-23) wants the 99th percentile with backups below twice the one without.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mutuals::backup::{self, RecoveryKey, Source};
use mutuals::db::pictures::Bytes;
use mutuals::db::{Db, Location, marks, pictures};
use mutuals::domain::picture::Picture;

/// How often somebody writes.
const PAUSE: Duration = Duration::from_millis(20);
/// How many writes are measured.
const WRITES: usize = 500;
/// How much is there to back up if nothing is said.
const MEGABYTES: u64 = 100;

fn main() {
    let typed = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(typed.unwrap_or(MEGABYTES)));
}

async fn measure(megabytes: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::choose(None, folder.path()).expect("a place");
    let db = Db::open(location.clone()).expect("a database");
    fill(&db, megabytes).await;
    let alone = writes(&db).await;
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let data = folder.path().to_owned();
    let backups = std::thread::spawn(move || {
        let recipient = [RecoveryKey::generate().recipient()];
        let mut took = Vec::new();
        while !told.load(Ordering::SeqCst) {
            let source = Source {
                location: &location,
                data: &data,
                media: None,
                now: Timestamp::UNIX_EPOCH,
            };
            let began = Instant::now();
            backup::create(&source, &recipient, std::io::sink(), &mut |_| ()).expect("a backup");
            took.push(began.elapsed());
        }
        took
    });
    let beside = writes(&db).await;
    stop.store(true, Ordering::SeqCst);
    let took = backups.join().expect("backups");
    println!("{megabytes} MB: {} backups, the last took {:?}", took.len(), took.last());
    println!("a write alone: half {:?}, 99 of 100 {:?}", alone.0, alone.1);
    println!("beside backups: half {:?}, 99 of 100 {:?}", beside.0, beside.1);
}

async fn fill(db: &Db, megabytes: u64) {
    for number in 0..megabytes * 4 {
        let write = move |conn: &mut mutuals::db::Conn| {
            let digest = format!("picture {number}");
            let picture = Picture { digest, words: String::new(), width: 1, height: 1 };
            pictures::insert(
                conn,
                &picture,
                Bytes::Here(vec![7; 256 * 1024]),
                Timestamp::UNIX_EPOCH,
            )
        };
        db.write(write).await.expect("a write");
    }
}

/// The median and the 99th percentile.
async fn writes(db: &Db) -> (Duration, Duration) {
    let mut took = Vec::with_capacity(WRITES);
    for number in 0..WRITES {
        let write = move |conn: &mut mutuals::db::Conn| {
            marks::note(conn, &format!("{number}"), Timestamp::UNIX_EPOCH).map(|_| ())
        };
        let began = Instant::now();
        db.write(write).await.expect("a write");
        took.push(began.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    took.sort();
    let at = |place: usize| took.get(place).copied().unwrap_or_default();
    (at(WRITES / 2), at(WRITES * 99 / 100))
}
