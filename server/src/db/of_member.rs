//! What stands here of one member, for themselves: what they said and where they are signed in.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{
    confirmation_private, member_handles_private, outgoing_confirmation_private,
    outgoing_promise_private, proposal_person_private, remote_actors, sessions,
};
use crate::db::types::time;
use crate::db::{outgoing_promises, promises, proposals};
use crate::domain::fulfilment::Confirmation;
use crate::domain::id::{Id, MemberId, OutgoingPromiseId};
use crate::domain::outgoing_promise::{OutgoingConfirmation, OutgoingPromise};
use crate::domain::proposal::Proposal;
use crate::error::Error;

/// What they posted, and what was published by a link from an account of theirs, newest first.
pub fn list_posted(conn: &mut Conn, member: MemberId) -> Result<Vec<Proposal>, Error> {
    let accounts = member_handles_private::table
        .filter(member_handles_private::member_id.eq(member.number()))
        .select(member_handles_private::actor_url);
    let asked = proposal_person_private::table
        .inner_join(
            remote_actors::table
                .on(remote_actors::id.nullable().eq(proposal_person_private::actor_id)),
        )
        .filter(remote_actors::url.eq_any(accounts))
        .select(proposal_person_private::proposal_id);
    let asked: Vec<i64> = asked.load(conn)?;
    let mut all = proposals::list_by_author(conn, member)?;
    for id in asked.into_iter().map(Id::from_number) {
        if all.iter().all(|posted| posted.id != id) {
            all.push(proposals::find(conn, id)?);
        }
    }
    all.sort_by_key(|posted| std::cmp::Reverse(posted.id));
    Ok(all)
}

/// What they said of what came between members, each with their note, in order.
pub fn list_said(
    conn: &mut Conn,
    member: MemberId,
) -> Result<Vec<(Confirmation, Option<String>)>, Error> {
    let theirs = confirmation_private::table
        .filter(confirmation_private::member_id.eq(member.number()))
        .order(confirmation_private::confirmation_id)
        .select(confirmation_private::confirmation_id);
    let ids: Vec<i64> = theirs.load(conn)?;
    ids.into_iter().map(|id| promises::find_confirmation(conn, Id::from_number(id))).collect()
}

/// The ids of what they promised to other collectives in our name, in order.
pub fn list_outgoing(conn: &mut Conn, member: MemberId) -> Result<Vec<OutgoingPromiseId>, Error> {
    let theirs = outgoing_promise_private::table
        .filter(outgoing_promise_private::member_id.eq(member.number()))
        .order(outgoing_promise_private::outgoing_promise_id)
        .select(outgoing_promise_private::outgoing_promise_id);
    let ids: Vec<i64> = theirs.load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// What they promised to other collectives in our name, each with their note, in order.
pub fn read_outgoing(
    conn: &mut Conn,
    member: MemberId,
) -> Result<Vec<(OutgoingPromise, Option<String>)>, Error> {
    let ids = list_outgoing(conn, member)?;
    let read = |id| {
        let promise = outgoing_promises::find(conn, id)?;
        Ok((promise, outgoing_promises::find_note(conn, id)?))
    };
    ids.into_iter().map(read).collect()
}

/// What they said for us of what came of such promises, each with their note, in order.
pub fn list_said_outgoing(
    conn: &mut Conn,
    member: MemberId,
) -> Result<Vec<(OutgoingConfirmation, Option<String>)>, Error> {
    let theirs = outgoing_confirmation_private::table
        .filter(outgoing_confirmation_private::member_id.eq(member.number()))
        .order(outgoing_confirmation_private::outgoing_confirmation_id)
        .select(outgoing_confirmation_private::outgoing_confirmation_id);
    let ids: Vec<i64> = theirs.load(conn)?;
    let find = |id| outgoing_promises::find_confirmation(conn, Id::from_number(id));
    ids.into_iter().map(find).collect()
}

/// Since when each browser is signed in, and when it was used last.
pub fn list_sessions(
    conn: &mut Conn,
    member: MemberId,
) -> Result<Vec<(Timestamp, Timestamp)>, Error> {
    let theirs = sessions::table
        .filter(sessions::member_id.eq(member.number()))
        .order(sessions::created_at)
        .select((sessions::created_at, sessions::seen_at));
    let rows: Vec<(i64, i64)> = theirs.load(conn)?;
    rows.into_iter().map(|(begun, used)| Ok((time(begun)?, time(used)?))).collect()
}
