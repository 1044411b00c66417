//! The backups that the server made by itself, and its tests of them: what came of each.

use diesel::prelude::*;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::db::schema::backup_runs as runs;
use crate::db::types::{civil, micros, time, time_if_any, word};
use crate::db::{Conn, each_backend};
use crate::error::Error;

/// When one that failed is tried again on the same day.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// One that began so long ago and did not end was killed.
const KILLED: SignedDuration = SignedDuration::from_hours(6);

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A backup was written.
    Backup,
    /// A backup was put back for a moment, to see whether it can be.
    Test,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was done.
    pub kind: Kind,
    /// The day it was for.
    pub day: Date,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended, well or not.
    pub ended_at: Option<Timestamp>,
    /// The name of the file.
    pub file: Option<String>,
    /// How large it is.
    pub bytes: Option<i64>,
    /// What went wrong, in English, for people.
    pub problem: Option<String>,
    /// When the file was removed because newer ones are there.
    pub removed_at: Option<Timestamp>,
}

/// What came of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// The name of the file.
    pub file: Option<String>,
    /// How large it is.
    pub bytes: Option<i64>,
    /// What went wrong.
    pub problem: Option<String>,
}

impl Kind {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Test => "test",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Backup, Self::Test].into_iter().find(|kind| kind.word() == word)
    }
}

impl Run {
    /// Whether it ended well.
    pub fn is_good(&self) -> bool {
        self.ended_at.is_some() && self.problem.is_none()
    }

    /// Whether its file is still there, as far as we know.
    pub fn is_kept(&self) -> bool {
        self.is_good() && self.file.is_some() && self.removed_at.is_none()
    }
}

/// Takes on what is to be done for a day; false if another process has, or if it is done. What failed
/// is tried again after an hour.
pub fn claim(
    conn: &mut Conn,
    id: i64,
    (kind, day): (Kind, Date),
    now: Timestamp,
) -> Result<bool, Error> {
    let day = day.to_string();
    let row = (
        runs::id.eq(id),
        runs::kind.eq(kind.word()),
        runs::day.eq(day.as_str()),
        runs::began_at.eq(micros(now)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(runs::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added > 0 {
        return Ok(true);
    }
    let before = |age: SignedDuration| micros(now.saturating_sub(age).unwrap_or(now));
    let failed = runs::problem.is_not_null().and(runs::ended_at.lt(before(AGAIN)));
    let killed = runs::ended_at.is_null().and(runs::began_at.lt(before(KILLED)));
    let again = runs::table
        .filter(runs::kind.eq(kind.word()))
        .filter(runs::day.eq(day.as_str()))
        .filter(failed.or(killed));
    let change = (
        runs::began_at.eq(micros(now)),
        runs::ended_at.eq(None::<i64>),
        runs::problem.eq(None::<String>),
    );
    Ok(diesel::update(again).set(change).execute(conn)? > 0)
}

/// Notes what came of it.
pub fn end(
    conn: &mut Conn,
    (kind, day): (Kind, Date),
    ended: &Ended,
    now: Timestamp,
) -> Result<(), Error> {
    let target =
        runs::table.filter(runs::kind.eq(kind.word())).filter(runs::day.eq(day.to_string()));
    let change = (
        runs::ended_at.eq(micros(now)),
        runs::file.eq(ended.file.as_deref()),
        runs::bytes.eq(ended.bytes),
        runs::problem.eq(ended.problem.as_deref()),
    );
    diesel::update(target).set(change).execute(conn)?;
    Ok(())
}

/// Notes that a file was removed.
pub fn note_removed(conn: &mut Conn, file: &str, now: Timestamp) -> Result<(), Error> {
    let target = runs::table.filter(runs::file.eq(file)).filter(runs::removed_at.is_null());
    diesel::update(target).set(runs::removed_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// All of them, the newest first.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Run>, Error> {
    let query = runs::table.order((runs::began_at.desc(), runs::id.desc())).limit(limit);
    let rows: Vec<Row> = query.select(columns()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The last one of a kind that ended well.
pub fn find_last_good(conn: &mut Conn, kind: Kind) -> Result<Option<Run>, Error> {
    let query = runs::table
        .filter(runs::kind.eq(kind.word()))
        .filter(runs::ended_at.is_not_null())
        .filter(runs::problem.is_null())
        .order(runs::began_at.desc());
    let row: Option<Row> = query.select(columns()).first(conn).optional()?;
    row.map(read).transpose()
}

/// Whether a day's is done.
pub fn is_done(conn: &mut Conn, (kind, day): (Kind, Date)) -> Result<bool, Error> {
    let query = runs::table
        .filter(runs::kind.eq(kind.word()))
        .filter(runs::day.eq(day.to_string()))
        .filter(runs::ended_at.is_not_null())
        .filter(runs::problem.is_null());
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// Forgets those that began before a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = runs::table.filter(runs::began_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

type Row =
    (String, String, i64, Option<i64>, Option<String>, Option<i64>, Option<String>, Option<i64>);

type Columns = (
    runs::kind,
    runs::day,
    runs::began_at,
    runs::ended_at,
    runs::file,
    runs::bytes,
    runs::problem,
    runs::removed_at,
);

fn columns() -> Columns {
    (
        runs::kind,
        runs::day,
        runs::began_at,
        runs::ended_at,
        runs::file,
        runs::bytes,
        runs::problem,
        runs::removed_at,
    )
}

fn read(row: Row) -> Result<Run, Error> {
    let (kind, day, began_at, ended_at, file, bytes, problem, removed_at) = row;
    Ok(Run {
        kind: word(Kind::from_word(&kind), &kind)?,
        day: civil(&day)?,
        began_at: time(began_at)?,
        ended_at: time_if_any(ended_at)?,
        file,
        bytes,
        problem,
        removed_at: time_if_any(removed_at)?,
    })
}
