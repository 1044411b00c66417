//! What ties us to the servers of a domain, what a suspension cut off of it, and how it comes back.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{
    followers, followings, incoming_promises, outgoing_promises, promise_parties, promises,
    remote_actors, replies, severed_relations,
};
use crate::db::types::{micros, time, url};
use crate::db::{Conn, actors, each_backend, followers as known_followers, hosts, pacts};
use crate::domain::block::Blocks;
use crate::domain::domain_rule::Concerned;
use crate::domain::id::Id;
use crate::domain::incoming_promise::IncomingState;
use crate::domain::outgoing_promise::OutgoingState;
use crate::domain::promise::PromiseState;
use crate::error::Error;

/// The word for who followed us.
const FOLLOWER: &str = "follower";
/// The word for whom we followed.
const FOLLOWING: &str = "following";

/// How many followers and followings were cut off, or came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Who followed us.
    pub followers: usize,
    /// Whom we followed.
    pub following: usize,
}

/// What was cut off, as it stood.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = severed_relations)]
struct Row {
    actor_id: i64,
    kind: String,
    domain: String,
    follow_id: Option<i64>,
    follow_url: Option<String>,
    state: Option<String>,
    since: i64,
    severed_at: i64,
}

/// Somebody who follows us: their id, address or domain, their Follow, since when.
type Theirs = (i64, String, String, i64);
/// Our following: its id, whose, their address or domain, its state, since when.
type Ours = (i64, i64, String, String, i64);

/// What has to do with the servers that `blocks` covers.
pub fn concerned(conn: &mut Conn, blocks: &Blocks) -> Result<Concerned, Error> {
    let mut names = Vec::new();
    for (_, actor) in pacts::list_active(conn)? {
        if blocks.covers_actor(&actor.url) {
            names.push(actor.name);
        }
    }
    Ok(Concerned {
        followers: list_followers(conn, blocks)?.len(),
        following: list_followings(conn, blocks)?.len(),
        pacts: names,
        promises: count_promises(conn, blocks)?,
        replies: count_replies(conn, blocks)?,
    })
}

/// Cuts off who follows us from the servers that `blocks` covers, and whom we follow there. What it
/// was is kept.
pub fn cut(conn: &mut Conn, blocks: &Blocks, now: Timestamp) -> Result<Cut, Error> {
    let theirs = list_followers(conn, blocks)?;
    let ours = list_followings(conn, blocks)?;
    let cut = Cut { followers: theirs.len(), following: ours.len() };
    for (actor_id, domain, follow_url, since) in theirs {
        let (kind, follow_url) = (FOLLOWER.to_owned(), Some(follow_url));
        let severed_at = micros(now);
        let (follow_id, state) = (None, None);
        insert(
            conn,
            &Row { actor_id, kind, domain, follow_id, follow_url, state, since, severed_at },
        )?;
        known_followers::delete(conn, Id::from_number(actor_id))?;
    }
    for (id, actor_id, domain, state, since) in ours {
        let (kind, follow_id, state) = (FOLLOWING.to_owned(), Some(id), Some(state));
        let (severed_at, follow_url) = (micros(now), None);
        insert(
            conn,
            &Row { actor_id, kind, domain, follow_id, follow_url, state, since, severed_at },
        )?;
        diesel::delete(followings::table.find(id)).execute(conn)?;
    }
    Ok(cut)
}

/// Brings back what a suspension of a domain cut off, unless another block covers it: then it comes
/// back when that one ends.
pub fn restore(conn: &mut Conn, new_id: &dyn Fn() -> i64, domain: &str) -> Result<Cut, Error> {
    let standing = hosts::list_blocks(conn)?.into_iter().map(|block| block.subject);
    let standing = Blocks::new(standing);
    let rows: Vec<Row> = severed_relations::table
        .filter(severed_relations::domain.eq(domain))
        .select(Row::as_select())
        .load(conn)?;
    let mut cut = Cut::default();
    for row in rows {
        let actor = actors::find(conn, Id::from_number(row.actor_id))?;
        let host = crate::domain::collective::domain_of(&actor.url);
        let place = (row.actor_id, row.kind.as_str());
        if let Some(other) = standing.covering(&host) {
            diesel::update(severed_relations::table.find(place))
                .set(severed_relations::domain.eq(other))
                .execute(conn)?;
            continue;
        }
        match &row.follow_url {
            Some(follow) => {
                known_followers::upsert(conn, new_id, &actor, follow, time(row.since)?)?;
                cut.followers += 1;
            }
            None => cut.following += follow_again(conn, &row)?,
        }
        diesel::delete(severed_relations::table.find(place)).execute(conn)?;
    }
    Ok(cut)
}

/// Forgets for good what was cut off before a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = severed_relations::table.filter(severed_relations::severed_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

/// Our following as it was, unless there is another by now; how many that are.
fn follow_again(conn: &mut Conn, row: &Row) -> Result<usize, Error> {
    let values = (
        followings::id.eq(row.follow_id.unwrap_or_default()),
        followings::actor_id.eq(row.actor_id),
        followings::state.eq(row.state.clone().unwrap_or_default()),
        followings::asked_at.eq(row.since),
    );
    Ok(each_backend!(conn, |c| diesel::insert_into(followings::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(c))?)
}

/// Who was cut off before stays as it was then.
fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    each_backend!(conn, |c| diesel::insert_into(severed_relations::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The blocked domain that covers an actor.
fn covering(blocks: &Blocks, actor: &str) -> Option<String> {
    blocks.covering(&crate::domain::collective::domain_of(&url(actor).ok()?))
}

fn list_followers(conn: &mut Conn, blocks: &Blocks) -> Result<Vec<Theirs>, Error> {
    let rows: Vec<Theirs> = followers::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followers::actor_id)))
        .select((
            followers::actor_id,
            remote_actors::url,
            followers::follow_url,
            followers::followed_at,
        ))
        .load(conn)?;
    let there = rows.into_iter().filter_map(|(id, actor, follow, since)| {
        Some((id, covering(blocks, &actor)?, follow, since))
    });
    Ok(there.collect())
}

fn list_followings(conn: &mut Conn, blocks: &Blocks) -> Result<Vec<Ours>, Error> {
    let rows: Vec<Ours> = followings::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followings::actor_id)))
        .select((
            followings::id,
            followings::actor_id,
            remote_actors::url,
            followings::state,
            followings::asked_at,
        ))
        .load(conn)?;
    let there = rows.into_iter().filter_map(|(id, actor_id, actor, state, since)| {
        Some((id, actor_id, covering(blocks, &actor)?, state, since))
    });
    Ok(there.collect())
}

fn count_promises(conn: &mut Conn, blocks: &Blocks) -> Result<usize, Error> {
    let all = list_promised(conn)?;
    Ok(all.iter().filter(|actor| covering(blocks, actor).is_some()).count())
}

/// The address of whoever is on the other side of a promise that is under way, for each of these.
fn list_promised(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let standing = [PromiseState::Active, PromiseState::InReserve].map(PromiseState::word);
    let theirs: Vec<String> = promise_parties::table
        .inner_join(promises::table.on(promises::id.eq(promise_parties::promise_id)))
        .inner_join(
            remote_actors::table.on(promise_parties::actor_id.eq(remote_actors::id.nullable())),
        )
        .filter(promises::state.eq_any(standing))
        .select(remote_actors::url)
        .load(conn)?;
    let asked: Vec<String> = incoming_promises::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(incoming_promises::actor_id)))
        .filter(incoming_promises::state.eq(IncomingState::Pending.word()))
        .select(remote_actors::url)
        .load(conn)?;
    let standing = [OutgoingState::Pending, OutgoingState::Active, OutgoingState::InReserve];
    let ours: Vec<String> = outgoing_promises::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(outgoing_promises::actor_id)))
        .filter(outgoing_promises::state.eq_any(standing.map(OutgoingState::word)))
        .select(remote_actors::url)
        .load(conn)?;
    Ok(theirs.into_iter().chain(asked).chain(ours).collect())
}

fn count_replies(conn: &mut Conn, blocks: &Blocks) -> Result<usize, Error> {
    let writers: Vec<(String, i64)> = replies::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(replies::actor_id)))
        .group_by(remote_actors::url)
        .select((remote_actors::url, diesel::dsl::count(replies::id)))
        .load(conn)?;
    let there = writers.into_iter().filter(|(writer, _)| covering(blocks, writer).is_some());
    Ok(there.filter_map(|(_, count)| usize::try_from(count).ok()).sum())
}

/// The blocked domains among `blocks` with which somebody here has to do.
pub fn list_tied(conn: &mut Conn, blocks: &Blocks) -> Result<Vec<String>, Error> {
    let mut tied: Vec<String> =
        list_followers(conn, blocks)?.into_iter().map(|row| row.1).collect();
    tied.extend(list_followings(conn, blocks)?.into_iter().map(|row| row.2));
    let promises = list_promised(conn)?;
    tied.extend(promises.iter().filter_map(|actor| covering(blocks, actor)));
    for (_, actor) in pacts::list_active(conn)? {
        tied.extend(covering(blocks, actor.url.as_str()));
    }
    tied.sort();
    tied.dedup();
    Ok(tied)
}
