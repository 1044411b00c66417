//! Members who leave: since when, until when they may come back, and what is erased of them.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::activities::SENT;
use crate::db::schema::{
    confirmation_private, consents, cover_asks_private, decision_paper_private, decision_private,
    decision_voices_private, domain_rules, duty_private, exemptions_private, form_keys,
    invitations, known_browsers_private, learner_offers_private, mail_links_private,
    measures_private, member_handles_private, members, notice_mutes_private,
    notice_settings_private, notices_private, outgoing_confirmation_private,
    outgoing_promise_private, passkey_challenges, passkeys_private, pool_turns_private,
    promise_private, proposal_private, role_terms_private, round_openers_private, sent_activities,
    sessions, sign_in_links, standing_turns_private, turn_people_private, turn_private,
    unasked_private, vouches_private,
};
use crate::db::sealing::{open, seal};
use crate::db::types::{micros, time};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MemberId};
use crate::domain::leaving::Leaving;
use crate::domain::member::Role;
use crate::error::Error;

/// Since when a member has left, if they have.
pub fn find(conn: &mut Conn, member: MemberId) -> Result<Option<Leaving>, Error> {
    let row: (Option<i64>, Option<i64>) = members::table
        .find(member.number())
        .select((members::left_at, members::erase_at))
        .first(conn)?;
    match row {
        (Some(left_at), Some(erase_at)) => {
            Ok(Some(Leaving { left_at: time(left_at)?, erase_at: time(erase_at)? }))
        }
        _ => Ok(None),
    }
}

/// Notes that a member leaves; false if they left before.
pub fn begin(conn: &mut Conn, member: MemberId, leaving: Leaving) -> Result<bool, Error> {
    let target = members::table.find(member.number()).filter(members::left_at.is_null());
    let changed = diesel::update(target)
        .set((
            members::left_at.eq(micros(leaving.left_at)),
            members::erase_at.eq(micros(leaving.erase_at)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Lets a member be one again; false if they have not left, or have for too long.
pub fn undo(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<bool, Error> {
    let target = members::table.find(member.number()).filter(members::erase_at.gt(micros(now)));
    let changed = diesel::update(target)
        .set((members::left_at.eq(None::<i64>), members::erase_at.eq(None::<i64>)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Those who have left and cannot come back any more.
pub fn list_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<MemberId>, Error> {
    let due = members::table.filter(members::erase_at.le(micros(now)));
    let ids: Vec<i64> = due.order(members::id).select(members::id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Locks somebody who cannot come back any more, until the transaction ends, and says their name;
/// none if they came back meanwhile. The update changes nothing.
pub fn lock_due(
    conn: &mut Conn,
    member: MemberId,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let target = || members::table.find(member.number()).filter(members::erase_at.le(micros(now)));
    let name: Option<String> = each_backend!(conn, |c| diesel::update(target())
        .set(members::left_at.eq(members::left_at))
        .returning(members::name)
        .get_result(c)
        .optional())?;
    Ok(name)
}

/// How many stewards there are besides a member. All of them are locked until the transaction ends,
/// so that the last two cannot leave at the same moment. The update changes nothing.
pub fn count_other_stewards(conn: &mut Conn, member: MemberId) -> Result<usize, Error> {
    let here = || {
        members::table
            .filter(members::role.eq(Role::Steward.word()))
            .filter(members::left_at.is_null())
    };
    diesel::update(here()).set(members::role.eq(members::role)).execute(conn)?;
    let others: i64 = here().filter(members::id.ne(member.number())).count().get_result(conn)?;
    Ok(usize::try_from(others).unwrap_or_default())
}

/// Gives a member another role.
pub fn update_role(conn: &mut Conn, member: MemberId, role: Role) -> Result<(), Error> {
    let target = members::table.find(member.number()).filter(members::left_at.is_null());
    let changed = diesel::update(target).set(members::role.eq(role.word())).execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends every session of a member, and voids their links.
pub fn delete_sessions(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    let theirs = sessions::table.filter(sessions::member_id.eq(member.number()));
    diesel::delete(theirs).execute(conn)?;
    let links = sign_in_links::table.filter(sign_in_links::member_id.eq(member.number()));
    diesel::delete(links).execute(conn)?;
    Ok(())
}

/// Every place that knows a member. `erased` rows are deleted. `untied` rows stay as what the
/// collective did: they lose the member, and each private text that is named behind them.
macro_rules! forget {
    ($conn:ident, $member:ident,
     untied { $($tied:ident . $by:ident $(, $text:ident)*;)* }
     erased { $($table:ident . $of:ident;)* }) => {{
        $(
            diesel::update($tied::table.filter($tied::$by.eq($member)))
                .set(($tied::$by.eq(None::<i64>), $($tied::$text.eq(None::<String>),)*))
                .execute($conn)?;
        )*
        $(
            diesel::delete($table::table.filter($table::$of.eq($member))).execute($conn)?;
        )*
    }};
}

/// Erases a member. What they published is the caller's to erase before: nothing says any more
/// which it is. A test looks through every column of the database for what this forgets; a new
/// table that knows members needs a line here.
pub fn erase(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    let member = member.number();
    forget! { conn, member,
        untied {
            proposal_private.author_id, on_behalf_of;
            promise_private.member_id, note;
            confirmation_private.member_id, note;
            outgoing_promise_private.member_id, note;
            outgoing_confirmation_private.member_id, note;
            vouches_private.voucher_id;
            invitations.made_by;
            measures_private.made_by;
            measures_private.confirmed_by;
            measures_private.lifted_by;
            measures_private.decided_by;
            domain_rules.made_by;
            round_openers_private.asked_by;
            round_openers_private.seconded_by;
            decision_private.proposed_by;
            decision_voices_private.member_id, words;
            decision_paper_private.entered_by;
            decision_paper_private.confirmed_by;
            turn_private.noted_by, note;
            duty_private.keeper_id;
            duty_private.deputy_id;
            pool_turns_private.member_id;
            role_terms_private.holder_id;
            role_terms_private.deputy_id;
        }
        erased {
            sessions.member_id;
            sign_in_links.member_id;
            form_keys.member_id;
            member_handles_private.member_id;
            passkey_challenges.member_id;
            passkeys_private.member_id;
            consents.member_id;
            known_browsers_private.member_id;
            measures_private.member_id;
            vouches_private.member_id;
            notices_private.member_id;
            notice_settings_private.member_id;
            notice_mutes_private.member_id;
            mail_links_private.member_id;
            unasked_private.member_id;
            turn_people_private.member_id;
            standing_turns_private.member_id;
            cover_asks_private.member_id;
            exemptions_private.member_id;
            learner_offers_private.member_id;
            members.id;
        }
    }
    Ok(())
}

/// What was sent about an object of ours, or has the address of that object itself, as what we
/// promise to others has: the place in the log and the JSON of each.
pub fn list_sent_about(conn: &mut Conn, object: &str) -> Result<Vec<(i64, String)>, Error> {
    let about = sent_activities::table.filter(
        sent_activities::object_url
            .eq(object)
            .or(sent_activities::url.eq(object))
            .or(sent_activities::url.like(format!("{object}/%"))),
    );
    let columns = (sent_activities::id, sent_activities::body);
    opened(about.order(sent_activities::id).select(columns).load(conn)?)
}

/// What was said to one account alone: the place in the log and the JSON of each.
pub fn list_sent_to(conn: &mut Conn, account: &str) -> Result<Vec<(i64, String)>, Error> {
    // What is sealed can only be looked through here.
    let alone = sent_activities::table.filter(sent_activities::to_followers.eq(false));
    let columns = (sent_activities::id, sent_activities::body);
    let mut all = opened(alone.order(sent_activities::id).select(columns).load(conn)?)?;
    let named = format!("\"{account}\"");
    all.retain(|(_, body)| body.contains(&named));
    Ok(all)
}

/// Replaces the JSON of something that was sent.
pub fn update_sent(conn: &mut Conn, id: i64, body: &str) -> Result<(), Error> {
    let target = sent_activities::table.find(id);
    let is_public: bool = target.select(sent_activities::to_followers).first(conn)?;
    let body = if is_public { body.to_owned() } else { seal(SENT, body)? };
    diesel::update(target).set(sent_activities::body.eq(body)).execute(conn)?;
    Ok(())
}

fn opened(rows: Vec<(i64, String)>) -> Result<Vec<(i64, String)>, Error> {
    rows.into_iter().map(|(id, body)| Ok((id, open(SENT, body)?))).collect()
}
