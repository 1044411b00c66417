//! What the doctor asks the database, and what is noted for it.

use diesel::dsl::{exists, min};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiff::Timestamp;

use crate::db::activities::SENT;
use crate::db::schema::{clock_offsets, doctor_nonces, inboxes, jobs, journal, sent_activities};
use crate::db::sealing::open;
use crate::db::types::{micros, time_if_any};
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// The oldest PostgreSQL that we speak with, as it numbers itself.
const OLDEST_POSTGRES: i64 = 140_000;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// What is wrong with the database itself, in its own words; nothing if it is whole.
///
/// SQLite looks through its file. PostgreSQL looks after its own, and counts what it found broken
/// where checksums are switched on.
pub fn list_damage(conn: &mut Conn) -> Result<Vec<String>, Error> {
    match conn {
        Conn::Sqlite(c) => {
            let rows: Vec<Word> =
                diesel::sql_query("SELECT quick_check AS word FROM pragma_quick_check LIMIT 5")
                    .load(c)?;
            let mut said: Vec<String> =
                rows.into_iter().map(|row| row.word).filter(|word| word != "ok").collect();
            let lost: Number =
                diesel::sql_query("SELECT count(*) AS number FROM pragma_foreign_key_check")
                    .get_result(c)?;
            if lost.number > 0 {
                said.push(format!("{} rows name others that are not there", lost.number));
            }
            Ok(said)
        }
        Conn::Pg(c) => {
            let broken: Number = diesel::sql_query(
                "SELECT COALESCE(SUM(checksum_failures), 0)::bigint AS number \
                 FROM pg_stat_database WHERE datname = current_database()",
            )
            .get_result(c)?;
            Ok(match broken.number {
                0 => Vec::new(),
                count => vec![format!("{count} pages do not fit their checksums")],
            })
        }
    }
}

/// The version of the engine, and whether it is one that we speak with.
pub fn version(conn: &mut Conn) -> Result<(String, bool), Error> {
    match conn {
        Conn::Sqlite(c) => {
            let row: Word = diesel::sql_query("SELECT sqlite_version() AS word").get_result(c)?;
            Ok((row.word, true))
        }
        Conn::Pg(c) => {
            let row: Word = diesel::sql_query("SELECT current_setting('server_version') AS word")
                .get_result(c)?;
            let number: Number =
                diesel::sql_query("SELECT current_setting('server_version_num')::bigint AS number")
                    .get_result(c)?;
            Ok((row.word, number.number >= OLDEST_POSTGRES))
        }
    }
}

/// How large the database is, in bytes.
pub fn size(conn: &mut Conn) -> Result<i64, Error> {
    let row: Number = match conn {
        Conn::Sqlite(c) => diesel::sql_query(
            "SELECT page_count * page_size AS number FROM pragma_page_count, pragma_page_size",
        )
        .get_result(c)?,
        Conn::Pg(c) => {
            diesel::sql_query("SELECT pg_database_size(current_database())::bigint AS number")
                .get_result(c)?
        }
    };
    Ok(row.number)
}

/// When the oldest came in of what could be processed now.
pub fn find_oldest_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let oldest: Option<i64> = journal::table
        .filter(journal::failed_at.is_null())
        .filter(journal::run_at.le(micros(now)))
        .select(min(journal::received_at))
        .first(conn)?;
    time_if_any(oldest)
}

/// How many leases end only after a time: of received activities, of inboxes and of jobs.
pub fn count_leases_after(conn: &mut Conn, after: Timestamp) -> Result<i64, Error> {
    let after = micros(after);
    let received: i64 =
        journal::table.filter(journal::locked_until.gt(after)).count().get_result(conn)?;
    let outgoing: i64 =
        inboxes::table.filter(inboxes::locked_until.gt(after)).count().get_result(conn)?;
    let other: i64 = jobs::table.filter(jobs::locked_until.gt(after)).count().get_result(conn)?;
    Ok(received + outgoing + other)
}

/// Ends the leases that [`count_leases_after`] counts.
pub fn release_leases_after(conn: &mut Conn, after: Timestamp) -> Result<(), Error> {
    let after = micros(after);
    diesel::update(journal::table.filter(journal::locked_until.gt(after)))
        .set(journal::locked_until.eq(0))
        .execute(conn)?;
    diesel::update(inboxes::table.filter(inboxes::locked_until.gt(after)))
        .set(inboxes::locked_until.eq(0))
        .execute(conn)?;
    diesel::update(jobs::table.filter(jobs::locked_until.gt(after)))
        .set(jobs::locked_until.eq(0))
        .execute(conn)?;
    Ok(())
}

/// What went out to everybody, the newest first, as it was sent.
pub fn list_public_bodies(conn: &mut Conn, limit: i64) -> Result<Vec<String>, Error> {
    let bodies: Vec<String> = sent_activities::table
        .filter(sent_activities::is_public.eq(true))
        .order(sent_activities::id.desc())
        .limit(limit)
        .select(sent_activities::body)
        .load(conn)?;
    bodies.into_iter().map(|body| open(SENT, body)).collect()
}

/// Lets the instance answer to a nonce, of which only the hash is kept.
pub fn insert_nonce(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<(), Error> {
    let row = (doctor_nonces::hash.eq(hash), doctor_nonces::made_at.eq(micros(now)));
    diesel::insert_into(doctor_nonces::table).values(row).execute(conn)?;
    Ok(())
}

/// Whether the doctor made a nonce since a time.
pub fn knows_nonce(conn: &mut Conn, hash: &str, since: Timestamp) -> Result<bool, Error> {
    let known = doctor_nonces::table.find(hash).filter(doctor_nonces::made_at.ge(micros(since)));
    Ok(diesel::select(exists(known)).get_result(conn)?)
}

/// Forgets nonces that were made before a time.
pub fn delete_nonces_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let old = doctor_nonces::table.filter(doctor_nonces::made_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}

/// Forgets a nonce.
pub fn delete_nonce(conn: &mut Conn, hash: &str) -> Result<(), Error> {
    diesel::delete(doctor_nonces::table.find(hash)).execute(conn)?;
    Ok(())
}

/// Notes by how many seconds our clock is ahead of a host's.
pub fn note_clock(conn: &mut Conn, host: &str, seconds: i64, now: Timestamp) -> Result<(), Error> {
    let said = (clock_offsets::seconds.eq(seconds), clock_offsets::noted_at.eq(micros(now)));
    let row = (clock_offsets::host.eq(host), said);
    each_backend!(conn, |c| diesel::insert_into(clock_offsets::table)
        .values(row)
        .on_conflict(clock_offsets::host)
        .do_update()
        .set(said)
        .execute(c))?;
    Ok(())
}

/// By how many seconds our clock was ahead of each host that said the time since a moment.
pub fn list_clocks(conn: &mut Conn, since: Timestamp) -> Result<Vec<i64>, Error> {
    Ok(clock_offsets::table
        .filter(clock_offsets::noted_at.ge(micros(since)))
        .select(clock_offsets::seconds)
        .load(conn)?)
}

/// Forgets what hosts said of the time before a moment.
pub fn delete_clocks_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let old = clock_offsets::table.filter(clock_offsets::noted_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
