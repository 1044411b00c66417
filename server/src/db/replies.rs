//! What the fediverse says about our proposals: replies, and who boosted or liked them. Likes and
//! boosts are never counted or shown; they tell who else should hear of an edit.

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;

use crate::db::actors::Row as ActorRow;
use crate::db::schema::{reactions, remote_actors, replies};
use crate::db::types::{micros, time, url};
use crate::db::{Conn, each_backend, hosts};
use crate::domain::block::Blocks;
use crate::domain::id::{Id, ProposalId, RemoteActorId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::post::Extras;
use crate::error::Error;

/// How many replies to one proposal are read.
const MOST_SHOWN: i64 = 200;

/// A reply from the fediverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its id here.
    pub id: i64,
    /// Its id on the wire.
    pub url: url::Url,
    /// What it answers.
    pub proposal: ProposalId,
    /// Who wrote it.
    pub actor: RemoteActorId,
    /// Sanitised HTML.
    pub html: String,
    /// Its page on the writer's server.
    pub page: url::Url,
    /// Whether the writer showed it to everybody.
    pub is_public: bool,
    /// When it was written.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// What it carries besides its text.
    pub extras: Extras,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = replies)]
struct Row {
    id: i64,
    url: String,
    proposal_id: i64,
    actor_id: i64,
    html: String,
    page: String,
    is_public: bool,
    published_at: i64,
    updated_at: i64,
    extras: Option<String>,
}

/// Stores a reply, or its newer text.
pub fn upsert(conn: &mut Conn, reply: &Reply) -> Result<(), Error> {
    each_backend!(conn, |c| diesel::insert_into(replies::table)
        .values(Row::from(reply))
        .on_conflict(replies::url)
        .do_update()
        .set((
            replies::html.eq(excluded(replies::html)),
            replies::is_public.eq(excluded(replies::is_public)),
            replies::updated_at.eq(excluded(replies::updated_at)),
            replies::extras.eq(excluded(replies::extras)),
        ))
        .execute(c))?;
    Ok(())
}

/// A reply by its id here.
pub fn find(conn: &mut Conn, id: i64) -> Result<Reply, Error> {
    let row: Row = replies::table.find(id).select(Row::as_select()).first(conn)?;
    row.into_reply()
}

/// A reply by its id on the wire.
pub fn find_by_url(conn: &mut Conn, object: &str) -> Result<Option<Reply>, Error> {
    let query = replies::table.filter(replies::url.eq(object));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_reply).transpose()
}

/// The replies to a proposal and who wrote them, oldest first, without those whom we block.
pub fn list_by_proposal(
    conn: &mut Conn,
    proposal: ProposalId,
) -> Result<Vec<(Reply, RemoteActor)>, Error> {
    let blocked = list_blocked_writers(conn)?;
    let rows: Vec<(Row, ActorRow)> = replies::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(replies::actor_id)))
        .filter(replies::proposal_id.eq(proposal.number()))
        .filter(replies::actor_id.ne_all(blocked))
        .order(replies::published_at)
        .limit(MOST_SHOWN)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    with_writers(rows)
}

/// The latest replies and who wrote them, newest first, without those whom we block.
pub fn list_latest(conn: &mut Conn, limit: i64) -> Result<Vec<(Reply, RemoteActor)>, Error> {
    let blocked = list_blocked_writers(conn)?;
    let rows: Vec<(Row, ActorRow)> = replies::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(replies::actor_id)))
        .filter(replies::actor_id.ne_all(blocked))
        .order(replies::id.desc())
        .limit(limit)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    with_writers(rows)
}

/// How many replies of an actor to a proposal are kept.
pub fn count_of(conn: &mut Conn, proposal: ProposalId, actor: RemoteActorId) -> Result<i64, Error> {
    let query = replies::table
        .filter(replies::proposal_id.eq(proposal.number()))
        .filter(replies::actor_id.eq(actor.number()));
    Ok(query.count().get_result(conn)?)
}

/// Removes a reply by its id on the wire, if `owner` wrote it.
pub fn delete(conn: &mut Conn, object: &str, owner: RemoteActorId) -> Result<(), Error> {
    let target =
        replies::table.filter(replies::url.eq(object)).filter(replies::actor_id.eq(owner.number()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// Removes whatever anybody replied to a proposal, and who boosted and liked it.
pub fn delete_about(conn: &mut Conn, proposal: ProposalId) -> Result<(), Error> {
    let said = replies::table.filter(replies::proposal_id.eq(proposal.number()));
    diesel::delete(said).execute(conn)?;
    let reacted = reactions::table.filter(reactions::proposal_id.eq(proposal.number()));
    diesel::delete(reacted).execute(conn)?;
    Ok(())
}

/// Removes whatever an actor replied, boosted and liked.
pub fn delete_of_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    let said = replies::table.filter(replies::actor_id.eq(actor.number()));
    diesel::delete(said).execute(conn)?;
    let reacted = reactions::table.filter(reactions::actor_id.eq(actor.number()));
    diesel::delete(reacted).execute(conn)?;
    Ok(())
}

/// Notes that an actor boosted or liked a proposal.
pub fn insert_reaction(
    conn: &mut Conn,
    activity: &str,
    proposal: ProposalId,
    actor: RemoteActorId,
    kind: &str,
) -> Result<(), Error> {
    let row = (
        reactions::url.eq(activity),
        reactions::proposal_id.eq(proposal.number()),
        reactions::actor_id.eq(actor.number()),
        reactions::kind.eq(kind),
    );
    each_backend!(conn, |c| diesel::insert_into(reactions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Removes a boost or a like, if `owner` made it.
pub fn delete_reaction(conn: &mut Conn, activity: &str, owner: RemoteActorId) -> Result<(), Error> {
    let target = reactions::table
        .filter(reactions::url.eq(activity))
        .filter(reactions::actor_id.eq(owner.number()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// The inboxes of everybody who replied to, boosted or liked a proposal.
pub fn list_inboxes(conn: &mut Conn, proposal: ProposalId) -> Result<Vec<String>, Error> {
    let wrote =
        replies::table.filter(replies::proposal_id.eq(proposal.number())).select(replies::actor_id);
    let reacted = reactions::table
        .filter(reactions::proposal_id.eq(proposal.number()))
        .select(reactions::actor_id);
    let rows: Vec<(String, Option<String>)> = remote_actors::table
        .filter(remote_actors::id.eq_any(wrote).or(remote_actors::id.eq_any(reacted)))
        .select((remote_actors::inbox, remote_actors::shared_inbox))
        .load(conn)?;
    Ok(rows.into_iter().map(|(own, shared)| shared.unwrap_or(own)).collect())
}

/// Who wrote replies and is blocked now. What they wrote is kept, so that a block which was a
/// mistake can be undone; it is left out before the rest is counted, so that it pushes nobody out.
fn list_blocked_writers(conn: &mut Conn) -> Result<Vec<i64>, Error> {
    let subjects: Vec<_> = hosts::list_blocks(conn)?.into_iter().map(|b| b.subject).collect();
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let blocks = Blocks::new(subjects);
    let writers: Vec<(i64, String)> = remote_actors::table
        .filter(remote_actors::id.eq_any(replies::table.select(replies::actor_id)))
        .select((remote_actors::id, remote_actors::url))
        .load(conn)?;
    let is_blocked = |address: &str| url(address).is_ok_and(|url| blocks.covers_actor(&url));
    Ok(writers.into_iter().filter(|(_, url)| is_blocked(url)).map(|(id, _)| id).collect())
}

fn with_writers(rows: Vec<(Row, ActorRow)>) -> Result<Vec<(Reply, RemoteActor)>, Error> {
    let both = |(row, actor): (Row, ActorRow)| Ok((row.into_reply()?, actor.into_actor()?));
    rows.into_iter().map(both).collect()
}

impl From<&Reply> for Row {
    fn from(reply: &Reply) -> Self {
        Self {
            id: reply.id,
            url: reply.url.to_string(),
            proposal_id: reply.proposal.number(),
            actor_id: reply.actor.number(),
            html: reply.html.clone(),
            page: reply.page.to_string(),
            is_public: reply.is_public,
            published_at: micros(reply.published_at),
            updated_at: micros(reply.updated_at),
            extras: reply.extras.pack(),
        }
    }
}

impl Row {
    fn into_reply(self) -> Result<Reply, Error> {
        Ok(Reply {
            id: self.id,
            url: url(&self.url)?,
            proposal: Id::from_number(self.proposal_id),
            actor: Id::from_number(self.actor_id),
            html: self.html,
            page: url(&self.page)?,
            is_public: self.is_public,
            published_at: time(self.published_at)?,
            updated_at: time(self.updated_at)?,
            extras: Extras::unpack(self.extras.as_deref()),
        })
    }
}
