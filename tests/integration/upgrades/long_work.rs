//! Work on many rows, in pieces: whoever dies in the middle goes on after the last piece.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable};
use mutuals::db::migrate::{LongWork, Migrations, Opening};
use mutuals::db::{Conn, Db};
use mutuals::error::Error;

use crate::migrations::Either;
use crate::testapp::TestDb;

/// Whether the work fails at its third piece.
static FAILS: AtomicBool = AtomicBool::new(false);

static WORKS: &[LongWork] =
    &[LongWork { version: "20261130999999", name: "every name gets a mark", rows, piece }];

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    n: Option<i64>,
}

fn number(conn: &mut Conn, sql: String) -> Result<Option<i64>, Error> {
    let row: Number = match conn {
        Conn::Sqlite(c) => sql_query(sql).get_result(c)?,
        Conn::Pg(c) => sql_query(sql).get_result(c)?,
    };
    Ok(row.n)
}

fn rows(conn: &mut Conn, after: i64) -> Result<i64, Error> {
    let count = format!("SELECT COUNT(*) AS n FROM remote_actors WHERE id > {after}");
    Ok(number(conn, count)?.unwrap_or_default())
}

fn piece(conn: &mut Conn, after: i64, most: i64) -> Result<Option<i64>, Error> {
    let last = number(
        conn,
        format!(
            "SELECT MAX(id) AS n FROM (SELECT id FROM remote_actors WHERE id > {after} \
             ORDER BY id LIMIT {most}) AS piece"
        ),
    )?;
    let Some(last) = last else { return Ok(None) };
    // Done twice, it would be seen.
    let mark =
        format!("UPDATE remote_actors SET name = name || '!' WHERE id > {after} AND id <= {last}");
    match conn {
        Conn::Sqlite(c) => sql_query(mark).execute(c)?,
        Conn::Pg(c) => sql_query(mark).execute(c)?,
    };
    if FAILS.load(Ordering::SeqCst) && last > 10_000 {
        return Err(Error::internal("the machine went down"));
    }
    Ok(Some(last))
}

#[test]
fn f_20_long_work_goes_on_after_the_last_piece_that_was_done() {
    let test = TestDb::new();
    let mut conn = Either::connect(&test.location);
    conn.run(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) \
         INSERT INTO remote_actors (id, url, kind, address, name, inbox, page, fetched_at) \
         SELECT i, 'https://peer.example/u/' || i, 'Person', i || '@peer.example', 'A', 'i', 'p', \
         0 FROM n",
    );
    let heard = RefCell::new(Vec::new());
    let hear = |percent: u8| heard.borrow_mut().push(percent);
    let opening = Opening {
        migrations: Migrations::default().with(WORKS),
        progress: &hear,
        ..Opening::default()
    };
    FAILS.store(true, Ordering::SeqCst);
    let error = Db::open_with(test.location.clone(), &opening).err().unwrap();
    assert!(format!("{error:#}").contains("the machine went down"), "{error:#}");
    let marked = "SELECT COUNT(*) AS n FROM remote_actors WHERE name = 'A!'";
    assert_eq!(conn.number(marked), 10_000);
    let last = "SELECT last_id AS n FROM migration_progress WHERE NOT is_done";
    assert_eq!(conn.number(last), 10_000);

    FAILS.store(false, Ordering::SeqCst);
    drop(Db::open_with(test.location.clone(), &opening).unwrap());
    assert_eq!(conn.number(marked), 12_000);
    let told = heard.borrow().clone();
    assert_eq!(told.last(), Some(&100));
    assert!(told.iter().any(|percent| (1..100).contains(percent)), "{told:?}");

    // It is done once and for all.
    drop(Db::open_with(test.location.clone(), &opening).unwrap());
    assert_eq!(conn.number(marked), 12_000);
}
