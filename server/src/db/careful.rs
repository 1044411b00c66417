//! Times in which we are careful, waves, and what was only counted in them.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::{SignedDuration, Timestamp};

use crate::db::schema::{careful_times, held_counted, held_waves, members, sessions};
use crate::db::types::{micros, time, time_if_any};
use crate::db::{Conn, each_backend};
use crate::domain::held::{Careful, QUIET};
use crate::domain::member::Role;
use crate::error::Error;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// The time in which we are careful, if it is now.
pub fn current(conn: &mut Conn, now: Timestamp) -> Result<Option<Careful>, Error> {
    let row: Option<(i64, i64, bool)> = careful_times::table
        .filter(careful_times::ended_at.is_null())
        .filter(careful_times::ends_at.gt(micros(now)))
        .order(careful_times::ends_at.desc())
        .select((careful_times::began_at, careful_times::ends_at, careful_times::by_itself))
        .first(conn)
        .optional()?;
    row.map(|(began_at, ends_at, by_itself)| {
        Ok(Careful { began_at: time(began_at)?, ends_at: time(ends_at)?, by_itself })
    })
    .transpose()
}

/// Begins such a time.
pub fn begin(conn: &mut Conn, id: i64, careful: Careful) -> Result<(), Error> {
    diesel::insert_into(careful_times::table)
        .values((
            careful_times::id.eq(id),
            careful_times::began_at.eq(micros(careful.began_at)),
            careful_times::ends_at.eq(micros(careful.ends_at)),
            careful_times::by_itself.eq(careful.by_itself),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends it; whether there was one.
pub fn end(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    let target = careful_times::table
        .filter(careful_times::ended_at.is_null())
        .filter(careful_times::ends_at.gt(micros(now)));
    Ok(diesel::update(target).set(careful_times::ended_at.eq(micros(now))).execute(conn)? > 0)
}

/// When a steward was here last: in a browser, or to end such a time.
pub fn last_seen(conn: &mut Conn) -> Result<Option<Timestamp>, Error> {
    let seen: Option<i64> = sessions::table
        .inner_join(members::table.on(members::id.eq(sessions::member_id)))
        .filter(members::role.eq(Role::Steward.word()))
        .select(diesel::dsl::max(sessions::seen_at))
        .first(conn)?;
    let ended: Option<i64> =
        careful_times::table.select(diesel::dsl::max(careful_times::ended_at)).first(conn)?;
    time_if_any(seen.max(ended))
}

/// Notes that something of a wave came now; whether it is the first of its wave. Two that come at
/// the same moment are not both the first. Only where it is much (`is_much`) does it go on: a trickle
/// does not keep stewards from hearing of the next one.
pub fn note_wave(conn: &mut Conn, now: Timestamp, is_much: bool) -> Result<bool, Error> {
    let at = micros(now);
    let quiet = now.saturating_sub(QUIET).map_or(0, micros);
    let last: Option<(i64, i64)> = held_waves::table
        .filter(held_waves::last_at.gt(quiet))
        .order(held_waves::last_at.desc())
        .select((held_waves::slot, held_waves::last_at))
        .first(conn)
        .optional()?;
    if let Some((slot, last_at)) = last {
        // Not with every post, so that they do not wait for each other.
        if is_much && at - last_at > HOUR / 12 {
            let wave = held_waves::table.find(slot);
            diesel::update(wave).set(held_waves::last_at.eq(at)).execute(conn)?;
        }
        return Ok(false);
    }
    let row = (
        held_waves::slot.eq(at.div_euclid(micros_of(QUIET))),
        held_waves::began_at.eq(at),
        held_waves::last_at.eq(at),
    );
    let begun = each_backend!(conn, |c| diesel::insert_into(held_waves::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(begun == 1)
}

/// Whether a wave is under way.
pub fn is_wave(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    let quiet = now.saturating_sub(QUIET).map_or(0, micros);
    let waves = held_waves::table.filter(held_waves::last_at.gt(quiet));
    Ok(waves.count().get_result::<i64>(conn)? > 0)
}

/// When the waves began that are remembered, newest first.
pub fn list_waves(conn: &mut Conn) -> Result<Vec<Timestamp>, Error> {
    let began: Vec<i64> = held_waves::table
        .order(held_waves::began_at.desc())
        .limit(100)
        .select(held_waves::began_at)
        .load(conn)?;
    began.into_iter().map(time).collect()
}

/// Counts something of a host that is not kept.
pub fn count_only(conn: &mut Conn, host: &str, now: Timestamp) -> Result<(), Error> {
    let row = (
        held_counted::host.eq(host),
        held_counted::hour.eq(micros(now).div_euclid(HOUR)),
        held_counted::count.eq(1),
    );
    each_backend!(conn, |c| diesel::insert_into(held_counted::table)
        .values(row)
        .on_conflict((held_counted::host, held_counted::hour))
        .do_update()
        .set(held_counted::count.eq(held_counted::count + 1))
        .execute(c))?;
    Ok(())
}

/// How much was only counted since a moment, and of how many hosts.
pub fn counted_since(conn: &mut Conn, since: Timestamp) -> Result<(i64, i64), Error> {
    let lately =
        || held_counted::table.filter(held_counted::hour.ge(micros(since).div_euclid(HOUR)));
    // The sum of whole numbers is a decimal on PostgreSQL.
    let sum = sql::<BigInt>("CAST(COALESCE(SUM(count), 0) AS BIGINT)");
    let count: i64 = lately().select(sum).first(conn)?;
    let hosts: i64 =
        lately().select(diesel::dsl::count(held_counted::host).aggregate_distinct()).first(conn)?;
    Ok((count, hosts))
}

/// Forgets counts, waves and careful times that were over before a moment.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let before = micros(before);
    let counted = held_counted::table.filter(held_counted::hour.lt(before.div_euclid(HOUR)));
    diesel::delete(counted).execute(conn)?;
    diesel::delete(held_waves::table.filter(held_waves::last_at.lt(before))).execute(conn)?;
    diesel::delete(careful_times::table.filter(careful_times::ends_at.lt(before))).execute(conn)?;
    Ok(())
}

fn micros_of(duration: SignedDuration) -> i64 {
    duration.as_secs() * 1_000_000
}
