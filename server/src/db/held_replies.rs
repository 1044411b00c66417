//! Replies of strangers, until a steward lets them in.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::replies::Reply;
use crate::db::schema::held_replies_private;
use crate::db::sealing::{open, open_if_any, seal, seal_if_any};
use crate::db::types::{micros, time, url};
use crate::db::{Conn, each_backend};
use crate::domain::held::Marks;
use crate::domain::id::{Id, ProposalId, RemoteActorId};
use crate::domain::message::HeldBecause;
use crate::domain::post::Extras;
use crate::error::Error;

/// A reply that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldReply {
    /// What it says, and what it answers.
    pub reply: Reply,
    /// Its writer's host.
    pub host: String,
    /// When it came here.
    pub received_at: Timestamp,
    /// Why it is held.
    pub held_because: HeldBecause,
    /// What is kept beside its text.
    pub marks: Marks,
    /// Since when a steward has put it aside.
    pub put_aside_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = held_replies_private)]
struct Row {
    id: i64,
    url: String,
    proposal_id: i64,
    actor_id: i64,
    host: String,
    html: String,
    page: String,
    is_public: bool,
    published_at: i64,
    updated_at: i64,
    received_at: i64,
    held_because: String,
    alike_id: Option<i64>,
    asks: bool,
    is_plain: bool,
    put_aside_at: Option<i64>,
    extras: Option<String>,
}

/// Holds a reply.
pub fn insert(conn: &mut Conn, held: &HeldReply) -> Result<(), Error> {
    let row = Row::sealed(held)?;
    each_backend!(conn, |c| diesel::insert_into(held_replies_private::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// A held reply by its id here.
pub fn find(conn: &mut Conn, id: i64) -> Result<HeldReply, Error> {
    let row: Row = held_replies_private::table.find(id).select(Row::as_select()).first(conn)?;
    row.into_held()
}

/// The ids of the replies that wait for a steward, oldest first.
pub fn list_ids(conn: &mut Conn) -> Result<Vec<i64>, Error> {
    let waiting = held_replies_private::table.filter(held_replies_private::put_aside_at.is_null());
    let ids = waiting.order(held_replies_private::id).select(held_replies_private::id);
    Ok(ids.load(conn)?)
}

/// A held reply by its id on the wire.
pub fn find_by_url(conn: &mut Conn, object: &str) -> Result<Option<HeldReply>, Error> {
    let query = held_replies_private::table.filter(held_replies_private::url.eq(object));
    let row: Option<Row> = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_held).transpose()
}

/// Writes what an edit changed.
pub fn update(conn: &mut Conn, held: &HeldReply) -> Result<(), Error> {
    let target = held_replies_private::table.find(held.reply.id);
    let changed = (
        held_replies_private::html.eq(seal("held_replies_private.html", &held.reply.html)?),
        held_replies_private::extras.eq(pack(&held.reply.extras)?),
        held_replies_private::is_public.eq(held.reply.is_public),
        held_replies_private::updated_at.eq(micros(held.reply.updated_at)),
        held_replies_private::alike_id.eq(held.marks.alike.map(Id::number)),
        held_replies_private::asks.eq(held.marks.asks),
        held_replies_private::is_plain.eq(held.marks.is_plain),
    );
    diesel::update(target).set(changed).execute(conn)?;
    Ok(())
}

/// Puts a reply aside.
pub fn put_aside(conn: &mut Conn, id: i64, now: Timestamp) -> Result<usize, Error> {
    let target =
        held_replies_private::table.find(id).filter(held_replies_private::put_aside_at.is_null());
    let aside = held_replies_private::put_aside_at.eq(micros(now));
    Ok(diesel::update(target).set(aside).execute(conn)?)
}

/// Removes a held reply by its id on the wire, if `owner` wrote it.
pub fn delete(conn: &mut Conn, object: &str, owner: RemoteActorId) -> Result<(), Error> {
    let target = held_replies_private::table
        .filter(held_replies_private::url.eq(object))
        .filter(held_replies_private::actor_id.eq(owner.number()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// Removes whatever an actor replied that is held.
pub fn delete_of_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    let theirs =
        held_replies_private::table.filter(held_replies_private::actor_id.eq(actor.number()));
    diesel::delete(theirs).execute(conn)?;
    Ok(())
}

/// How many replies of an actor to a proposal are held, and how many to anything since a moment.
pub fn count_of(
    conn: &mut Conn,
    proposal: ProposalId,
    actor: RemoteActorId,
    since: Timestamp,
) -> Result<(i64, i64), Error> {
    let theirs =
        || held_replies_private::table.filter(held_replies_private::actor_id.eq(actor.number()));
    let here = theirs().filter(held_replies_private::proposal_id.eq(proposal.number()));
    let lately = theirs().filter(held_replies_private::received_at.gt(micros(since)));
    Ok((here.count().get_result(conn)?, lately.count().get_result(conn)?))
}

/// Removes what was put aside before a moment; and what came before it, unless it reads like
/// somebody in need: that waits for a person.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let before = micros(before);
    let aside = held_replies_private::put_aside_at.lt(before);
    diesel::delete(held_replies_private::table.filter(aside)).execute(conn)?;
    let over = held_replies_private::table
        .filter(held_replies_private::received_at.lt(before))
        .filter(held_replies_private::put_aside_at.is_null())
        .filter(held_replies_private::asks.eq(false));
    diesel::delete(over).execute(conn)?;
    Ok(())
}

fn pack(extras: &Extras) -> Result<Option<String>, Error> {
    seal_if_any("held_replies_private.extras", extras.pack().as_deref())
}

impl Row {
    fn sealed(held: &HeldReply) -> Result<Self, Error> {
        let reply = &held.reply;
        Ok(Self {
            id: reply.id,
            url: reply.url.to_string(),
            proposal_id: reply.proposal.number(),
            actor_id: reply.actor.number(),
            host: held.host.clone(),
            html: seal("held_replies_private.html", &reply.html)?,
            page: reply.page.to_string(),
            is_public: reply.is_public,
            published_at: micros(reply.published_at),
            updated_at: micros(reply.updated_at),
            received_at: micros(held.received_at),
            held_because: held.held_because.word().to_owned(),
            alike_id: held.marks.alike.map(Id::number),
            asks: held.marks.asks,
            is_plain: held.marks.is_plain,
            put_aside_at: held.put_aside_at.map(micros),
            extras: pack(&reply.extras)?,
        })
    }

    fn into_held(self) -> Result<HeldReply, Error> {
        Ok(HeldReply {
            reply: Reply {
                id: self.id,
                url: url(&self.url)?,
                proposal: Id::from_number(self.proposal_id),
                actor: Id::from_number(self.actor_id),
                html: open("held_replies_private.html", self.html)?,
                page: url(&self.page)?,
                is_public: self.is_public,
                published_at: time(self.published_at)?,
                updated_at: time(self.updated_at)?,
                extras: Extras::unpack(
                    open_if_any("held_replies_private.extras", self.extras)?.as_deref(),
                ),
            },
            host: self.host,
            received_at: time(self.received_at)?,
            held_because: HeldBecause::from_word(&self.held_because)
                .unwrap_or(HeldBecause::Stranger),
            marks: Marks {
                alike: self.alike_id.map(Id::from_number),
                asks: self.asks,
                is_plain: self.is_plain,
            },
            put_aside_at: self.put_aside_at.map(time).transpose()?,
        })
    }
}
