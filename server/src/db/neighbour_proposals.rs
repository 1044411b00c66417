//! The needs and offers of collectives that we follow or have a pact with.

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;
use url::Url;

use crate::db::actors::Row as ActorRow;
use crate::db::pacts;
use crate::db::schema::{neighbour_proposals, remote_actors};
use crate::db::types::{amount_if_any, micros, time, time_if_any, url, word, written};
use crate::db::{Conn, each_backend};
use crate::domain::audience::{Audience, Viewer};
use crate::domain::block::Blocks;
use crate::domain::id::{Id, NeighbourProposalId, RemoteActorId};
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::post::Extras;
use crate::domain::proposal::Purpose;
use crate::error::Error;

mod outlines;

pub use outlines::each_outline;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = neighbour_proposals)]
struct Row {
    id: i64,
    url: String,
    actor_id: i64,
    purpose: String,
    title: String,
    html: String,
    page: String,
    kind: Option<String>,
    kind_iri: Option<String>,
    amount: Option<String>,
    open: Option<String>,
    minimum: Option<String>,
    unit: Option<String>,
    place: Option<String>,
    ends_at: Option<i64>,
    language: Option<String>,
    finished: bool,
    asks_return: bool,
    published_at: i64,
    updated_at: i64,
    audience: String,
    intent: Option<String>,
    passed_on_by: Option<i64>,
    hops: i32,
    extras: Option<String>,
}

/// Stores a neighbour's proposal or its newer version. The owner never changes.
pub fn upsert(conn: &mut Conn, proposal: &NeighbourProposal) -> Result<(), Error> {
    use neighbour_proposals as t;
    each_backend!(conn, |c| diesel::insert_into(t::table)
        .values(Row::from(proposal))
        .on_conflict(t::url)
        .do_update()
        .set((
            t::purpose.eq(excluded(t::purpose)),
            t::title.eq(excluded(t::title)),
            t::html.eq(excluded(t::html)),
            t::page.eq(excluded(t::page)),
            t::kind.eq(excluded(t::kind)),
            t::kind_iri.eq(excluded(t::kind_iri)),
            t::amount.eq(excluded(t::amount)),
            t::open.eq(excluded(t::open)),
            t::minimum.eq(excluded(t::minimum)),
            t::unit.eq(excluded(t::unit)),
            t::place.eq(excluded(t::place)),
            t::ends_at.eq(excluded(t::ends_at)),
            t::language.eq(excluded(t::language)),
            t::finished.eq(excluded(t::finished)),
            t::asks_return.eq(excluded(t::asks_return)),
            t::updated_at.eq(excluded(t::updated_at)),
            t::audience.eq(excluded(t::audience)),
            t::intent.eq(excluded(t::intent)),
            t::passed_on_by.eq(excluded(t::passed_on_by)),
            t::hops.eq(excluded(t::hops)),
            t::extras.eq(excluded(t::extras)),
        ))
        .execute(c))?;
    Ok(())
}

/// A neighbour's proposal and whose it is.
pub fn find(
    conn: &mut Conn,
    id: NeighbourProposalId,
) -> Result<(NeighbourProposal, RemoteActor), Error> {
    let (row, actor): (Row, ActorRow) = neighbour_proposals::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(neighbour_proposals::actor_id)))
        .filter(neighbour_proposals::id.eq(id.number()))
        .select((Row::as_select(), ActorRow::as_select()))
        .first(conn)?;
    Ok((row.into_proposal()?, actor.into_actor()?))
}

/// Those of `ids` that are still there, and whose they are, in no order. For as many as a page
/// holds.
pub fn list_by_ids(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = NeighbourProposalId>,
) -> Result<Vec<(NeighbourProposal, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = neighbour_proposals::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(neighbour_proposals::actor_id)))
        .filter(neighbour_proposals::id.eq_any(ids.into_iter().map(Id::number)))
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    let both = |(row, actor): (Row, ActorRow)| Ok((row.into_proposal()?, actor.into_actor()?));
    rows.into_iter().map(both).collect()
}

/// A neighbour's proposal by its id on the wire, if we hold it.
pub fn find_by_url(conn: &mut Conn, object: &str) -> Result<Option<NeighbourProposal>, Error> {
    let query = neighbour_proposals::table.filter(neighbour_proposals::url.eq(object));
    let row = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_proposal).transpose()
}

/// A neighbour's proposal and whose it is, by its id on the wire or the address of its page.
pub fn find_by_address(
    conn: &mut Conn,
    address: &str,
) -> Result<Option<(NeighbourProposal, RemoteActor)>, Error> {
    let found: Option<(Row, ActorRow)> = neighbour_proposals::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(neighbour_proposals::actor_id)))
        .filter(neighbour_proposals::url.eq(address).or(neighbour_proposals::page.eq(address)))
        .order(neighbour_proposals::id)
        .select((Row::as_select(), ActorRow::as_select()))
        .first(conn)
        .optional()?;
    found.map(|(row, actor)| Ok((row.into_proposal()?, actor.into_actor()?))).transpose()
}

/// Everything that a neighbour still looks for or offers, as members see it, and whose it is,
/// longest waiting first.
pub fn list_unfinished(
    conn: &mut Conn,
    limit: i64,
) -> Result<Vec<(NeighbourProposal, RemoteActor)>, Error> {
    list_page(conn, Viewer::Member, (limit, 0))
}

/// Whether `viewer` may see one: what is for pacts, the members may while the pact is active.
pub fn is_visible_to(
    conn: &mut Conn,
    proposal: &NeighbourProposal,
    viewer: Viewer,
) -> Result<bool, Error> {
    match proposal.audience {
        Audience::Public => Ok(true),
        audience => Ok(audience.includes(viewer) && pacts::is_active(conn, proposal.actor)?),
    }
}

fn list_page(
    conn: &mut Conn,
    viewer: Viewer,
    (limit, offset): (i64, i64),
) -> Result<Vec<(NeighbourProposal, RemoteActor)>, Error> {
    let rows: Vec<(Row, ActorRow)> = neighbour_proposals::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(neighbour_proposals::actor_id)))
        .filter(neighbour_proposals::finished.eq(false))
        .filter(is_shown(viewer.is_member()))
        .order((neighbour_proposals::published_at, neighbour_proposals::id))
        .limit(limit)
        .offset(offset)
        .select((Row::as_select(), ActorRow::as_select()))
        .load(conn)?;
    let both = |(row, actor): (Row, ActorRow)| Ok((row.into_proposal()?, actor.into_actor()?));
    rows.into_iter().map(both).collect()
}

/// What is public; and what is for pacts, to members while the pact is active.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_shown(is_member: bool) -> _ {
    let is_member = is_member.into_sql::<diesel::sql_types::Bool>();
    neighbour_proposals::audience
        .eq("public")
        .or(is_member.and(neighbour_proposals::actor_id.eq_any(pacts::of_active())))
}

/// What `viewer` sees of [`list_unfinished`], without what comes from those whom we block. It stays
/// stored, so that a block which was a mistake can be undone.
pub fn list_shown(
    conn: &mut Conn,
    blocks: &Blocks,
    viewer: Viewer,
    limit: i64,
) -> Result<Vec<(NeighbourProposal, RemoteActor)>, Error> {
    gather(
        limit,
        |offset| list_page(conn, viewer, (limit, offset)),
        |(_, actor)| !blocks.covers_actor(&actor.url),
    )
}

/// Reads pages of `limit` until there are as many that fit, or no more.
fn gather<T>(
    limit: i64,
    mut page: impl FnMut(i64) -> Result<Vec<T>, Error>,
    fits: impl Fn(&T) -> bool,
) -> Result<Vec<T>, Error> {
    let wanted = usize::try_from(limit).unwrap_or_default();
    let (mut shown, mut offset) = (Vec::new(), 0);
    loop {
        let page = page(offset)?;
        let is_last = page.len() < wanted;
        shown.extend(page.into_iter().filter(&fits));
        if is_last || shown.len() >= wanted {
            shown.truncate(wanted);
            return Ok(shown);
        }
        offset += limit;
    }
}

/// The ids on the wire of everything that one owner still looks for or offers, as far as we know,
/// and for whom each is. What is for pacts only while the pact is active: else nobody would show it
/// to us.
pub fn list_unfinished_by_actor(
    conn: &mut Conn,
    owner: RemoteActorId,
) -> Result<Vec<(Url, Audience)>, Error> {
    let held: Vec<(String, String)> = neighbour_proposals::table
        .filter(neighbour_proposals::actor_id.eq(owner.number()))
        .filter(neighbour_proposals::finished.eq(false))
        .filter(is_shown(true))
        .order(neighbour_proposals::id)
        .select((neighbour_proposals::url, neighbour_proposals::audience))
        .load(conn)?;
    let both = |(address, audience): &(String, String)| {
        Ok((url(address)?, word(audience.parse().ok(), audience)?))
    };
    held.iter().map(both).collect()
}

/// What was passed on to us and is not over, as far as we know: oldest first.
pub fn list_passed_on(conn: &mut Conn, limit: i64) -> Result<Vec<NeighbourProposal>, Error> {
    let query = neighbour_proposals::table
        .filter(neighbour_proposals::passed_on_by.is_not_null())
        .filter(neighbour_proposals::finished.eq(false));
    let rows: Vec<Row> =
        query.order(neighbour_proposals::id).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_proposal).collect()
}

/// How much we hold of what one actor passed on to us.
pub fn count_passed_on_by(conn: &mut Conn, actor: RemoteActorId) -> Result<i64, Error> {
    let query =
        neighbour_proposals::table.filter(neighbour_proposals::passed_on_by.eq(actor.number()));
    Ok(query.count().get_result(conn)?)
}

/// Removes what was passed on to us and is over: whose it is will not tell us if it comes back.
pub fn delete_passed_on_over(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let is_over = neighbour_proposals::finished.eq(true).or(neighbour_proposals::ends_at
        .is_not_null()
        .and(neighbour_proposals::ends_at.assume_not_null().le(micros(now))));
    let target = neighbour_proposals::table
        .filter(neighbour_proposals::passed_on_by.is_not_null())
        .filter(is_over);
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// Removes one by its id on the wire, if `owner` is whose it is.
pub fn delete(conn: &mut Conn, object: &str, owner: RemoteActorId) -> Result<(), Error> {
    let target = neighbour_proposals::table
        .filter(neighbour_proposals::url.eq(object))
        .filter(neighbour_proposals::actor_id.eq(owner.number()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// Removes everything public of one owner.
pub fn delete_public_by_actor(conn: &mut Conn, owner: RemoteActorId) -> Result<(), Error> {
    let target = neighbour_proposals::table
        .filter(neighbour_proposals::actor_id.eq(owner.number()))
        .filter(neighbour_proposals::audience.eq(Audience::Public.word()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

/// Removes everything of one owner.
pub fn delete_by_actor(conn: &mut Conn, owner: RemoteActorId) -> Result<(), Error> {
    let target =
        neighbour_proposals::table.filter(neighbour_proposals::actor_id.eq(owner.number()));
    diesel::delete(target).execute(conn)?;
    Ok(())
}

impl From<&NeighbourProposal> for Row {
    fn from(proposal: &NeighbourProposal) -> Self {
        Self {
            id: proposal.id.number(),
            url: proposal.url.to_string(),
            actor_id: proposal.actor.number(),
            purpose: proposal.purpose.word().to_owned(),
            title: proposal.title.clone(),
            html: proposal.html.clone(),
            page: proposal.page.to_string(),
            kind: proposal.kind.clone(),
            kind_iri: proposal.kind_iri.clone(),
            amount: written(proposal.amount),
            open: written(proposal.open),
            minimum: written(proposal.minimum),
            unit: proposal.unit.clone(),
            place: proposal.place.clone(),
            ends_at: proposal.ends_at.map(micros),
            language: proposal.language.clone(),
            finished: proposal.finished,
            asks_return: proposal.asks_return,
            published_at: micros(proposal.published_at),
            updated_at: micros(proposal.updated_at),
            audience: proposal.audience.word().to_owned(),
            intent: proposal.intent.clone(),
            passed_on_by: proposal.passed_on_by.map(Id::number),
            hops: proposal.hops,
            extras: proposal.extras.pack(),
        }
    }
}

impl Row {
    fn into_proposal(self) -> Result<NeighbourProposal, Error> {
        Ok(NeighbourProposal {
            id: Id::from_number(self.id),
            url: url(&self.url)?,
            actor: Id::from_number(self.actor_id),
            purpose: word(Purpose::from_word(&self.purpose), &self.purpose)?,
            title: self.title,
            html: self.html,
            page: url(&self.page)?,
            kind: self.kind,
            kind_iri: self.kind_iri,
            amount: amount_if_any(self.amount.as_deref())?,
            open: amount_if_any(self.open.as_deref())?,
            minimum: amount_if_any(self.minimum.as_deref())?,
            unit: self.unit,
            place: self.place,
            ends_at: time_if_any(self.ends_at)?,
            language: self.language,
            finished: self.finished,
            asks_return: self.asks_return,
            published_at: time(self.published_at)?,
            updated_at: time(self.updated_at)?,
            audience: word(self.audience.parse().ok(), &self.audience)?,
            intent: self.intent,
            passed_on_by: self.passed_on_by.map(Id::from_number),
            hops: self.hops,
            extras: Extras::unpack(self.extras.as_deref()),
        })
    }
}
