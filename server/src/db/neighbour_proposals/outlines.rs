//! As much of what neighbours look for and offer as a board needs to order and filter it.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::neighbour_proposals::is_shown;
use crate::db::schema::{neighbour_proposals, remote_actors};
use crate::db::types::{amount_if_any, time, time_if_any, url, word};
use crate::domain::audience::Viewer;
use crate::domain::block::Blocks;
use crate::domain::id::Id;
use crate::domain::neighbour::Outline;
use crate::domain::proposal::Purpose;
use crate::error::Error;

#[derive(Queryable, Selectable)]
#[diesel(table_name = neighbour_proposals)]
struct Row {
    id: i64,
    actor_id: i64,
    purpose: String,
    kind: Option<String>,
    amount: Option<String>,
    open: Option<String>,
    place: Option<String>,
    ends_at: Option<i64>,
    language: Option<String>,
    published_at: i64,
}

/// How many rows are in memory at once.
const AT_ONCE: i64 = 1_000;

/// Hands over what `viewer` sees of everything that neighbours look for or offer, one after the
/// other, longest waiting first: without what comes from those whom we block, and
/// without what asks for something in return, which is trade and has other places.
pub fn each_outline(
    conn: &mut Conn,
    blocks: &Blocks,
    viewer: Viewer,
    limit: usize,
    mut take: impl FnMut(Outline),
) -> Result<(), Error> {
    let blocked = list_blocked(conn, blocks)?;
    let (mut after, mut taken) = ((i64::MIN, 0), 0);
    loop {
        let rows = list_after(conn, viewer, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.published_at, last.id);
        for row in rows.into_iter().filter(|row| !blocked.contains(&row.actor_id)) {
            if taken == limit {
                return Ok(());
            }
            take(row.into_outline()?);
            taken += 1;
        }
    }
}

/// Rows after a time and an id. The first comparison alone lets the index begin in the right place.
fn list_after(
    conn: &mut Conn,
    viewer: Viewer,
    (published_at, id): (i64, i64),
) -> Result<Vec<Row>, Error> {
    let later = neighbour_proposals::published_at.gt(published_at);
    let query = neighbour_proposals::table
        .filter(neighbour_proposals::finished.eq(false))
        .filter(neighbour_proposals::published_at.ge(published_at))
        .filter(later.or(neighbour_proposals::id.gt(id)))
        .filter(neighbour_proposals::asks_return.eq(false))
        .filter(is_shown(viewer.is_member()))
        .order((neighbour_proposals::published_at, neighbour_proposals::id));
    Ok(query.limit(AT_ONCE).select(Row::as_select()).load(conn)?)
}

/// Whom we block among those of whom something is open. Many proposals have one owner, so this
/// looks at each owner once.
fn list_blocked(conn: &mut Conn, blocks: &Blocks) -> Result<HashSet<i64>, Error> {
    if blocks.is_empty() {
        return Ok(HashSet::new());
    }
    let owners = neighbour_proposals::table
        .filter(neighbour_proposals::finished.eq(false))
        .select(neighbour_proposals::actor_id);
    let actors: Vec<(i64, String)> = remote_actors::table
        .filter(remote_actors::id.eq_any(owners))
        .select((remote_actors::id, remote_actors::url))
        .load(conn)?;
    let mut blocked = HashSet::new();
    for (id, address) in actors {
        if blocks.covers_actor(&url(&address)?) {
            blocked.insert(id);
        }
    }
    Ok(blocked)
}

impl Row {
    fn into_outline(self) -> Result<Outline, Error> {
        Ok(Outline {
            id: Id::from_number(self.id),
            purpose: word(Purpose::from_word(&self.purpose), &self.purpose)?,
            kind: self.kind,
            amount: amount_if_any(self.amount.as_deref())?,
            open: amount_if_any(self.open.as_deref())?,
            place: self.place,
            ends_at: time_if_any(self.ends_at)?,
            language: self.language,
            published_at: time(self.published_at)?,
        })
    }
}
