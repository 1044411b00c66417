//! Who is to be told of what is new, by which way, and what came of it.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{
    member_handles_private as handles, members, notice_mutes_private as mutes,
    notice_settings_private as settings, notices_private as notices,
};
use crate::db::sealing::open_if_any;
use crate::db::telling::{EMAIL, find_stored_email, timing};
use crate::db::types::{micros, time_if_any};
use crate::domain::id::{Id, MemberId};
use crate::domain::telling::{Timing, Way};
use crate::error::Error;

/// Somebody for whom something is new of which they have not heard by a way.
#[derive(Clone, Debug)]
pub struct Due {
    /// Who.
    pub member: MemberId,
    /// The language that they chose.
    pub language: Option<String>,
    /// When they want to hear.
    pub timing: Timing,
    /// When they heard by this way last.
    pub told_at: Option<Timestamp>,
}

/// The same, for a mail.
#[derive(Clone, Debug)]
pub struct DueMail {
    /// Who and when.
    pub due: Due,
    /// Where to.
    pub email: String,
    /// How often it failed in a row.
    pub tries: i32,
}

type Times = (bool, i32, i32, Option<i64>);

/// Who is to get a mail: the address is confirmed, and if it failed before, the wait is over.
pub fn list_mails(conn: &mut Conn, now: Timestamp) -> Result<Vec<DueMail>, Error> {
    let muted = mutes::table
        .filter(mutes::member_id.eq(notices::member_id))
        .filter(mutes::kind.eq(notices::kind))
        .filter(mutes::way.eq(Way::Mail.word()));
    let new = notices::table
        .filter(notices::member_id.eq(settings::member_id))
        .filter(notices::read_at.is_null())
        .filter(notices::mailed_at.is_null())
        .filter(not(exists(muted)));
    type Row = (i64, Option<String>, Option<String>, i32, Times);
    let rows: Vec<Row> = settings::table
        .inner_join(members::table.on(members::id.eq(settings::member_id)))
        .filter(members::left_at.is_null())
        .filter(settings::confirmed_at.is_not_null())
        .filter(settings::mail_again_at.is_null().or(settings::mail_again_at.le(micros(now))))
        .filter(exists(new))
        .order(settings::member_id)
        .select((
            settings::member_id,
            members::language,
            settings::email,
            settings::mail_tries,
            (settings::is_daily, settings::quiet_from, settings::quiet_until, settings::mailed_at),
        ))
        .load(conn)?;
    let mut found = Vec::new();
    for (member, language, email, tries, times) in rows {
        let Some(email) = open_if_any(EMAIL, email)? else { continue };
        found.push(DueMail { due: due(member, language, times)?, email, tries });
    }
    Ok(found)
}

/// Who is to be written to in their thread.
pub fn list_directs(conn: &mut Conn) -> Result<Vec<Due>, Error> {
    let muted = mutes::table
        .filter(mutes::member_id.eq(notices::member_id))
        .filter(mutes::kind.eq(notices::kind))
        .filter(mutes::way.eq(Way::Direct.word()));
    let new = notices::table
        .filter(notices::member_id.eq(settings::member_id))
        .filter(notices::read_at.is_null())
        .filter(notices::written_at.is_null())
        .filter(not(exists(muted)));
    let thread = handles::table
        .filter(handles::member_id.eq(settings::member_id))
        .filter(handles::thread_url.is_not_null());
    let rows: Vec<(i64, Option<String>, Times)> = settings::table
        .inner_join(members::table.on(members::id.eq(settings::member_id)))
        .filter(members::left_at.is_null())
        .filter(settings::by_direct.eq(true))
        .filter(exists(thread))
        .filter(exists(new))
        .order(settings::member_id)
        .select((
            settings::member_id,
            members::language,
            (settings::is_daily, settings::quiet_from, settings::quiet_until, settings::written_at),
        ))
        .load(conn)?;
    rows.into_iter().map(|(member, language, times)| due(member, language, times)).collect()
}

/// Takes it on to send a mail, with how long to wait if nobody says how it went; false if another
/// server did, or they want no mails any more.
pub fn claim_mail(conn: &mut Conn, mail: &DueMail, again_at: Timestamp) -> Result<bool, Error> {
    let stored = find_stored_email(conn, mail.due.member, &mail.email)?;
    let Some(stored) = stored else { return Ok(false) };
    let target = settings::table
        .find(mail.due.member.number())
        .filter(settings::email.eq(stored))
        .filter(settings::confirmed_at.is_not_null())
        .filter(settings::mail_tries.eq(mail.tries));
    let set = (
        settings::mail_tries.eq(settings::mail_tries + 1),
        settings::mail_again_at.eq(micros(again_at)),
    );
    Ok(diesel::update(target).set(set).execute(conn)? == 1)
}

/// Ends a mail: whatever was new until `until` is not told by mail again. With `at` it was sent then;
/// without, it was given up.
pub fn end_mail(
    conn: &mut Conn,
    member: MemberId,
    until: Timestamp,
    at: Option<Timestamp>,
) -> Result<(), Error> {
    let told = notices::table
        .filter(notices::member_id.eq(member.number()))
        .filter(notices::mailed_at.is_null())
        .filter(notices::made_at.le(micros(until)));
    diesel::update(told).set(notices::mailed_at.eq(micros(until))).execute(conn)?;
    let target = settings::table.find(member.number());
    let ended = (settings::mail_tries.eq(0), settings::mail_again_at.eq(None::<i64>));
    diesel::update(target).set(ended).execute(conn)?;
    if let Some(at) = at {
        diesel::update(target).set(settings::mailed_at.eq(micros(at))).execute(conn)?;
    }
    Ok(())
}

/// Notes that a member was written to; false if another server did that since `due` was read.
pub fn end_direct(conn: &mut Conn, due: &Due, now: Timestamp) -> Result<bool, Error> {
    let target = settings::table.find(due.member.number());
    let set = settings::written_at.eq(micros(now));
    let changed = match due.told_at.map(micros) {
        Some(before) => {
            diesel::update(target.filter(settings::written_at.eq(before))).set(set).execute(conn)?
        }
        None => {
            diesel::update(target.filter(settings::written_at.is_null())).set(set).execute(conn)?
        }
    };
    if changed == 0 {
        return Ok(false);
    }
    let told = notices::table
        .filter(notices::member_id.eq(due.member.number()))
        .filter(notices::written_at.is_null());
    diesel::update(told).set(notices::written_at.eq(micros(now))).execute(conn)?;
    Ok(true)
}

fn due(member: i64, language: Option<String>, times: Times) -> Result<Due, Error> {
    let (is_daily, quiet_from, quiet_until, told_at) = times;
    Ok(Due {
        member: Id::from_number(member),
        language,
        timing: timing(is_daily, quiet_from, quiet_until),
        told_at: time_if_any(told_at)?,
    })
}
