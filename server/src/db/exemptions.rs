//! Who takes no turns for a while, or half of them; and who was offered a turn when they were new.

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::db::schema::{exemptions_private as exemptions, learner_offers_private as offers};
use crate::db::types::{civil, micros, word};
use crate::db::{Conn, each_backend};
use crate::domain::cover::{Exemption, Share};
use crate::domain::id::{ExemptionId, Id, MemberId};
use crate::error::Error;

type Row = (i64, i64, String, String, Option<String>, bool);

/// Stores a new one.
pub fn insert(conn: &mut Conn, new: &Exemption, now: Timestamp) -> Result<(), Error> {
    let row = (
        exemptions::id.eq(new.id.number()),
        exemptions::member_id.eq(new.member.number()),
        exemptions::share.eq(new.share.word()),
        exemptions::from_day.eq(new.from.to_string()),
        exemptions::until_day.eq(new.until.map(|day| day.to_string())),
        exemptions::is_next.eq(new.is_next),
        exemptions::made_at.eq(micros(now)),
    );
    diesel::insert_into(exemptions::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes what may change of one.
pub fn update(conn: &mut Conn, changed: &Exemption) -> Result<(), Error> {
    let set = (
        exemptions::share.eq(changed.share.word()),
        exemptions::from_day.eq(changed.from.to_string()),
        exemptions::until_day.eq(changed.until.map(|day| day.to_string())),
        exemptions::is_next.eq(changed.is_next),
    );
    diesel::update(exemptions::table.find(changed.id.number())).set(set).execute(conn)?;
    Ok(())
}

/// Removes one of a member; false if it is not theirs.
pub fn delete(conn: &mut Conn, id: ExemptionId, member: MemberId) -> Result<bool, Error> {
    let target =
        exemptions::table.find(id.number()).filter(exemptions::member_id.eq(member.number()));
    Ok(diesel::delete(target).execute(conn)? == 1)
}

/// Those of a member, in order.
pub fn list_by_member(conn: &mut Conn, member: MemberId) -> Result<Vec<Exemption>, Error> {
    let theirs = exemptions::table.filter(exemptions::member_id.eq(member.number()));
    let rows = theirs.order((exemptions::from_day, exemptions::id)).select(columns());
    rows.load::<Row>(conn)?.into_iter().map(read).collect()
}

/// Everybody's.
pub fn list(conn: &mut Conn) -> Result<Vec<Exemption>, Error> {
    let rows = exemptions::table.order(exemptions::id).select(columns());
    rows.load::<Row>(conn)?.into_iter().map(read).collect()
}

/// Forgets those whose last day was before the day of a moment.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let day = TimeZone::UTC.to_datetime(before).date().to_string();
    diesel::delete(exemptions::table.filter(exemptions::until_day.lt(day))).execute(conn)?;
    Ok(())
}

/// Notes that somebody new was offered a turn; false if they were before.
pub fn insert_offer(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<bool, Error> {
    let row = (offers::member_id.eq(member.number()), offers::offered_at.eq(micros(now)));
    let added = each_backend!(conn, |c| diesel::insert_into(offers::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Whether somebody was offered a turn when they were new.
pub fn was_offered(conn: &mut Conn, member: MemberId) -> Result<bool, Error> {
    Ok(offers::table.find(member.number()).count().get_result::<i64>(conn)? > 0)
}

type Columns = (
    exemptions::id,
    exemptions::member_id,
    exemptions::share,
    exemptions::from_day,
    exemptions::until_day,
    exemptions::is_next,
);

fn columns() -> Columns {
    (
        exemptions::id,
        exemptions::member_id,
        exemptions::share,
        exemptions::from_day,
        exemptions::until_day,
        exemptions::is_next,
    )
}

fn read((id, member, share, from, until, is_next): Row) -> Result<Exemption, Error> {
    Ok(Exemption {
        id: Id::from_number(id),
        member: Id::from_number(member),
        share: word(Share::from_word(&share), &share)?,
        from: civil(&from)?,
        until: until.as_deref().map(civil).transpose()?,
        is_next,
    })
}
