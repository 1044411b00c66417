//! How members want to be told, the secret address of their calendar, and the kinds of which they do
//! not want to hear.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{
    members, notice_mutes_private as mutes, notice_settings_private as settings,
};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::micros;
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::domain::notice::Kind;
use crate::domain::telling::{Settings, Timing, Way};
use crate::error::Error;

/// The column of addresses.
pub(in crate::db) const EMAIL: &str = "notice_settings_private.email";

#[derive(Queryable, Selectable)]
#[diesel(table_name = settings)]
struct Row {
    email: Option<String>,
    confirmed_at: Option<i64>,
    by_direct: bool,
    is_daily: bool,
    quiet_from: i32,
    quiet_until: i32,
    mail_tries: i32,
    calendar_hash: Option<String>,
}

/// What a member chose; the usual if they never did.
pub fn find(conn: &mut Conn, member: MemberId) -> Result<Settings, Error> {
    let query = settings::table.find(member.number()).select(Row::as_select());
    let row: Option<Row> = query.first(conn).optional()?;
    Ok(row.map(Row::into_settings).transpose()?.unwrap_or_default())
}

/// Stores whether and when a member wants to be told.
pub fn update(
    conn: &mut Conn,
    member: MemberId,
    by_direct: bool,
    timing: Timing,
) -> Result<(), Error> {
    ensure(conn, member)?;
    let set = (
        settings::by_direct.eq(by_direct),
        settings::is_daily.eq(timing.is_daily),
        settings::quiet_from.eq(i32::from(timing.quiet_from)),
        settings::quiet_until.eq(i32::from(timing.quiet_until)),
    );
    diesel::update(settings::table.find(member.number())).set(set).execute(conn)?;
    Ok(())
}

/// Stores where mails go, or that they go nowhere; the new address is not confirmed yet.
pub fn update_email(conn: &mut Conn, member: MemberId, email: Option<&str>) -> Result<(), Error> {
    ensure(conn, member)?;
    let set = (
        settings::email.eq(seal_if_any(EMAIL, email)?),
        settings::confirmed_at.eq(None::<i64>),
        settings::mail_tries.eq(0),
        settings::mail_again_at.eq(None::<i64>),
    );
    diesel::update(settings::table.find(member.number())).set(set).execute(conn)?;
    Ok(())
}

/// Notes that an address is theirs; false if mails go to another one now, or nowhere.
pub fn confirm_email(
    conn: &mut Conn,
    member: MemberId,
    email: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(stored) = find_stored_email(conn, member, email)? else { return Ok(false) };
    let target = settings::table.find(member.number()).filter(settings::email.eq(stored));
    let set = settings::confirmed_at.eq(micros(now));
    Ok(diesel::update(target).set(set).execute(conn)? == 1)
}

/// An address as it is stored, if it is still the one to which mails go. Sealed, it is never twice
/// the same: so it is compared here, and the database compares what it holds.
pub(in crate::db) fn find_stored_email(
    conn: &mut Conn,
    member: MemberId,
    email: &str,
) -> Result<Option<String>, Error> {
    let query = settings::table.find(member.number()).select(settings::email);
    let stored: Option<Option<String>> = query.first(conn).optional()?;
    let stored = stored.flatten();
    let is_it = open_if_any(EMAIL, stored.clone())?.as_deref() == Some(email);
    Ok(stored.filter(|_| is_it))
}

/// Stores the hash of the secret in the address of a member's calendar; none for no calendar. The
/// one before is void.
pub fn update_calendar(conn: &mut Conn, member: MemberId, hash: Option<&str>) -> Result<(), Error> {
    ensure(conn, member)?;
    let set = settings::calendar_hash.eq(hash);
    diesel::update(settings::table.find(member.number())).set(set).execute(conn)?;
    Ok(())
}

/// Whose calendar stands at a secret address, if they have not left.
pub fn find_by_calendar(conn: &mut Conn, hash: &str) -> Result<MemberId, Error> {
    let query = settings::table
        .inner_join(members::table.on(members::id.eq(settings::member_id)))
        .filter(settings::calendar_hash.eq(hash))
        .filter(members::left_at.is_null());
    Ok(Id::from_number(query.select(settings::member_id).first(conn)?))
}

/// Of which kinds a member does not want to hear, and by which way.
pub fn list_mutes(conn: &mut Conn, member: MemberId) -> Result<Vec<(Kind, Way)>, Error> {
    let rows: Vec<(String, String)> = mutes::table
        .filter(mutes::member_id.eq(member.number()))
        .select((mutes::kind, mutes::way))
        .load(conn)?;
    let read = |(kind, way): (String, String)| Kind::from_word(&kind).zip(Way::from_word(&way));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Replaces them.
pub fn replace_mutes(
    conn: &mut Conn,
    member: MemberId,
    muted: &[(Kind, Way)],
) -> Result<(), Error> {
    diesel::delete(mutes::table.filter(mutes::member_id.eq(member.number()))).execute(conn)?;
    for (kind, way) in muted {
        let row = (
            mutes::member_id.eq(member.number()),
            mutes::kind.eq(kind.word()),
            mutes::way.eq(way.word()),
        );
        diesel::insert_into(mutes::table).values(row).execute(conn)?;
    }
    Ok(())
}

fn ensure(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    let usual = Settings::default();
    let row = (
        settings::member_id.eq(member.number()),
        settings::by_direct.eq(usual.by_direct),
        settings::is_daily.eq(usual.timing.is_daily),
        settings::quiet_from.eq(i32::from(usual.timing.quiet_from)),
        settings::quiet_until.eq(i32::from(usual.timing.quiet_until)),
        settings::mail_tries.eq(0),
    );
    each_backend!(conn, |c| diesel::insert_into(settings::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// When, from its columns.
pub(in crate::db) fn timing(is_daily: bool, quiet_from: i32, quiet_until: i32) -> Timing {
    let usual = Timing::default();
    Timing {
        is_daily,
        quiet_from: i8::try_from(quiet_from).unwrap_or(usual.quiet_from),
        quiet_until: i8::try_from(quiet_until).unwrap_or(usual.quiet_until),
    }
}

impl Row {
    fn into_settings(self) -> Result<Settings, Error> {
        Ok(Settings {
            email: open_if_any(EMAIL, self.email)?,
            is_confirmed: self.confirmed_at.is_some(),
            by_direct: self.by_direct,
            timing: timing(self.is_daily, self.quiet_from, self.quiet_until),
            has_calendar: self.calendar_hash.is_some(),
            tries: self.mail_tries,
        })
    }
}
