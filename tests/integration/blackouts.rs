//! The power goes, and nobody knows any name any more.

use std::fs;

use diesel::prelude::*;
use jiff::SignedDuration;
use mutuals::db::queue::list_waiting;
use mutuals::db::schema::{hosts, marks};
use mutuals::db::{Conn, Db, Location, inboxes, marks as noted};
use mutuals::error::Error;

use crate::testapp::{BEGINNING, TestApp, TestDb};

fn names(conn: &mut Conn) -> Result<Vec<String>, Error> {
    Ok(marks::table.select(marks::name).load(conn)?)
}

/// What a disk holds when the power goes after a write and in the middle of the next one: the file as
/// it was, and of its log the bytes that were on their way, as far as they came.
#[tokio::test]
async fn f_07_after_a_power_cut_what_was_acknowledged_is_there() {
    let test = TestDb::new();
    // PostgreSQL keeps its own promise, `fsync`, and its own tests of it.
    let Location::Sqlite(path) = test.location.clone() else { return };
    let now: jiff::Timestamp = BEGINNING.parse().unwrap();
    let log = format!("{path}-wal");
    let before = test.db.read(names).await.unwrap().len();
    for number in 0..24_usize {
        let at = now + SignedDuration::from_secs(i64::try_from(number).unwrap());
        let note = move |conn: &mut Conn| noted::note(conn, &format!("mark {number}"), at);
        let (file, acknowledged) = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
        test.db.write(note).await.unwrap();
        let written = fs::read(&log).unwrap();
        assert!(written.len() > acknowledged.len(), "each write stands in the log");
        let way = written.len() - acknowledged.len();
        // Nothing of it, a bit, a whole page without its end, all but the last byte, and all.
        for came in [0, 1, number * 163 % way, way - 1, way] {
            let folder = tempfile::tempdir().unwrap();
            let there = folder.path().join("mutuals.db").to_string_lossy().into_owned();
            fs::write(&there, &file).unwrap();
            fs::write(format!("{there}-wal"), &written[..acknowledged.len() + came]).unwrap();
            let db = Db::open(Location::Sqlite(there)).unwrap();
            let found = db.read(names).await.unwrap().len() - before;
            let whole = came == way;
            assert_eq!(found, number + usize::from(whole), "{came} of {way} bytes came");
        }
    }
}

#[tokio::test]
async fn f_27_when_no_name_is_known_each_host_is_asked_for_once_and_then_waited_for() {
    let ring = TestApp::start("ring").await;
    let places = 20;
    let follow = move |conn: &mut Conn| {
        for number in 0..places {
            // Names that lead nowhere (RFC 6761, 6.4).
            let host = format!("ring-{number}.invalid");
            inboxes::subscribe(conn, &|| number + 1, &format!("http://{host}/inbox"), &host)?;
        }
        Ok(())
    };
    ring.app.db.write(follow).await.unwrap();
    let tove = ring.member("Tove").await;
    for number in 0..3 {
        ring.need(&tove, &format!("Need {number}"), "1").await;
    }
    let failures = async || {
        let read = |conn: &mut Conn| Ok(hosts::table.select(hosts::failures).load::<i32>(conn)?);
        ring.app.db.read(read).await.unwrap()
    };
    ring.work().await;
    let once = failures().await;
    assert_eq!(once.len(), usize::try_from(places).unwrap());
    // The worker comes by all the time, and lets them be.
    for _ in 0..50 {
        ring.work().await;
    }
    assert_eq!(failures().await, once, "nobody was asked for again");
    assert!(once.iter().all(|count| *count == 1), "{once:?}");
    let waiting = ring.app.db.read(list_waiting).await.unwrap();
    assert!(waiting.iter().all(|host| host.pending == 3 && host.next_at > 0), "nothing is lost");
}
