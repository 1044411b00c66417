//! What members are told: that something is there for them, and where.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{members, notices_private as notices};
use crate::db::types::{micros, time, time_if_any, word};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::domain::member::{Role, Standing};
use crate::domain::notice::{Kind, Notice};
use crate::error::Error;

/// Tells a member that something is there for them on a page of ours (`subject` is its path). The
/// same again is no second notice until they have looked. Whoever calls it leaves out the one who
/// did it.
pub fn insert(
    conn: &mut Conn,
    member: MemberId,
    kind: Kind,
    subject: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let row = (
        notices::member_id.eq(member.number()),
        notices::kind.eq(kind.word()),
        notices::subject.eq(subject),
        notices::made_at.eq(micros(now)),
    );
    let added = each_backend!(conn, |c| diesel::insert_into(notices::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 1 {
        return Ok(());
    }
    let known = notices::table.find((member.number(), kind.word(), subject));
    let fresh = (
        notices::made_at.eq(micros(now)),
        notices::read_at.eq(None::<i64>),
        notices::mailed_at.eq(None::<i64>),
        notices::written_at.eq(None::<i64>),
    );
    diesel::update(known.filter(notices::read_at.is_not_null())).set(fresh).execute(conn)?;
    Ok(())
}

/// Tells everybody who looks after the house.
pub fn insert_for_stewards(
    conn: &mut Conn,
    kind: Kind,
    subject: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let stewards = members::table
        .filter(members::role.eq(Role::Steward.word()))
        .filter(members::standing.eq(Standing::Member.word()))
        .filter(members::left_at.is_null());
    let ids: Vec<i64> = stewards.order(members::id).select(members::id).load(conn)?;
    ids.into_iter().try_for_each(|id| insert(conn, Id::from_number(id), kind, subject, now))
}

/// Whether anybody was told something and has not looked.
pub fn is_unread(conn: &mut Conn, (kind, subject): (Kind, &str)) -> Result<bool, Error> {
    let unread = notices::table
        .filter(notices::kind.eq(kind.word()))
        .filter(notices::subject.eq(subject))
        .filter(notices::read_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(unread)).get_result(conn)?)
}

/// Lets one notice stand for another that nobody has looked at yet, for everybody who has both: it
/// goes, and whoever was told of it by mail or in a thread is not told of the other one again.
pub fn merge(
    conn: &mut Conn,
    (other, theirs): (Kind, &str),
    (kind, subject): (Kind, &str),
) -> Result<(), Error> {
    let unread = notices::table
        .filter(notices::kind.eq(other.word()))
        .filter(notices::subject.eq(theirs))
        .filter(notices::read_at.is_null());
    type Row = (i64, Option<i64>, Option<i64>);
    let columns = (notices::member_id, notices::mailed_at, notices::written_at);
    let rows: Vec<Row> = unread.select(columns).load(conn)?;
    for (member, mailed_at, written_at) in rows {
        let into = || notices::table.find((member, kind.word(), subject));
        let first = into().select((notices::mailed_at, notices::written_at)).first(conn);
        let Some((mailed, written)) = first.optional()? else { continue };
        let (mailed, written): (Option<i64>, Option<i64>) = (mailed, written);
        let told = (
            notices::mailed_at.eq(mailed.or(mailed_at)),
            notices::written_at.eq(written.or(written_at)),
        );
        diesel::update(into()).set(told).execute(conn)?;
        diesel::delete(notices::table.find((member, other.word(), theirs))).execute(conn)?;
    }
    Ok(())
}

/// When a member was told something last, read or not.
pub fn find_time(
    conn: &mut Conn,
    member: MemberId,
    kind: Kind,
    subject: &str,
) -> Result<Option<Timestamp>, Error> {
    let found = notices::table.find((member.number(), kind.word(), subject));
    time_if_any(found.select(notices::made_at).first(conn).optional()?)
}

/// What a member was told, newest first.
pub fn list(conn: &mut Conn, member: MemberId, limit: i64) -> Result<Vec<Notice>, Error> {
    type Row = (String, String, i64, Option<i64>);
    let rows: Vec<Row> = notices::table
        .filter(notices::member_id.eq(member.number()))
        .order((notices::made_at.desc(), notices::kind, notices::subject))
        .limit(limit)
        .select((notices::kind, notices::subject, notices::made_at, notices::read_at))
        .load(conn)?;
    let notice = |(kind, subject, made_at, read_at): Row| {
        Ok(Notice {
            kind: word(Kind::from_word(&kind), &kind)?,
            subject,
            made_at: time(made_at)?,
            read_at: time_if_any(read_at)?,
        })
    };
    rows.into_iter().map(notice).collect()
}

/// How many things a member has not looked at.
pub fn count_unread(conn: &mut Conn, member: MemberId) -> Result<i64, Error> {
    let unread = notices::table
        .filter(notices::member_id.eq(member.number()))
        .filter(notices::read_at.is_null());
    Ok(unread.count().get_result(conn)?)
}

/// Notes that a member has looked at something; false if they were never told.
pub fn mark_read(
    conn: &mut Conn,
    member: MemberId,
    (kind, subject): (Kind, &str),
    now: Timestamp,
) -> Result<bool, Error> {
    let target = notices::table.find((member.number(), kind.word(), subject));
    let read = notices::read_at.eq(micros(now));
    Ok(diesel::update(target).set(read).execute(conn)? == 1)
}

/// Notes that a member has looked at everything.
pub fn mark_all_read(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<(), Error> {
    let unread = notices::table
        .filter(notices::member_id.eq(member.number()))
        .filter(notices::read_at.is_null());
    diesel::update(unread).set(notices::read_at.eq(micros(now))).execute(conn)?;
    Ok(())
}

/// Forgets what was made before a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let old = notices::table.filter(notices::made_at.lt(micros(before)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
