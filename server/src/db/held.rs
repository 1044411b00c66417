//! What is held, messages and replies alike: how much, in which groups, and what a steward decides
//! about many at once.

use std::collections::BTreeMap;

use diesel::dsl::{count_star, max, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{held_replies_private, messages_private, remote_actors, replies};
use crate::db::sealing::open;
use crate::db::types::{micros, time};
use crate::domain::held::{Alike, Marks};
use crate::domain::id::{Id, MessageId, RemoteActorId};
use crate::domain::message::{Channel, MessageState};
use crate::error::Error;

/// What is held of one text or of one host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// How many there are.
    pub count: i64,
    /// The id of the newest message and of the newest reply: what comes later is not meant.
    pub newest: i64,
}

/// Which of the held things: one of the two says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    alike: i64,
    host: String,
    /// Whether what reads like somebody in need is left out.
    spares: bool,
}

/// A held thing as a steward sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id here.
    pub id: i64,
    /// Whether it is a reply, and to which proposal.
    pub answers: Option<i64>,
    /// Its writer's handle; none if they are gone.
    pub handle: Option<String>,
    /// Its writer's host.
    pub host: String,
    /// Plain text of a message, sanitised HTML of a reply.
    pub text: String,
    /// Who could read it where it was written: a reply is not public if it was for a few.
    pub is_private: bool,
    /// What its tags say.
    pub purpose: Option<String>,
    /// Why it is held.
    pub held_because: Option<String>,
    /// What it is like.
    pub alike: Option<i64>,
    /// Where it stands, for everybody.
    pub page: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
}

impl Pick {
    /// Everything that is like a text. `spares` what reads like somebody in need.
    pub fn alike(id: Id<Alike>, spares: bool) -> Self {
        Self { alike: id.number(), host: String::new(), spares }
    }

    /// Everything of a host but what reads like somebody in need.
    pub fn host(host: &str) -> Self {
        Self { alike: -1, host: host.to_owned(), spares: true }
    }
}

/// The held messages, and those of a pick up to the newest that was seen.
macro_rules! messages {
    () => {
        messages_private::table.filter(messages_private::state.eq(MessageState::Held.word()))
    };
    ($pick:ident) => {
        messages!()
            .filter(
                messages_private::host
                    .eq(&$pick.host)
                    .or(messages_private::alike_id.eq($pick.alike)),
            )
            // What asks is left out only if it is to be spared.
            .filter(
                messages_private::is_plain
                    .eq(false)
                    .and(messages_private::purpose.is_null())
                    .or(messages_private::asks.eq(false))
                    .or(messages_private::asks.ne($pick.spares)),
            )
    };
}

/// The same of replies.
macro_rules! replies {
    () => {
        held_replies_private::table.filter(held_replies_private::put_aside_at.is_null())
    };
    ($pick:ident) => {
        replies!()
            .filter(
                held_replies_private::host
                    .eq(&$pick.host)
                    .or(held_replies_private::alike_id.eq($pick.alike)),
            )
            .filter(
                held_replies_private::is_plain
                    .eq(false)
                    .or(held_replies_private::is_plain.ne($pick.spares)),
            )
    };
}

/// Joins messages with their writers and reads the columns of an item.
macro_rules! message_items {
    ($query:expr, $most:expr, $conn:ident) => {{
        let writer = remote_actors::id.nullable().eq(messages_private::actor_id);
        let rows: Vec<MessageRow> = $query
            .left_join(remote_actors::table.on(writer))
            .order((messages_private::is_known.desc(), messages_private::id.desc()))
            .limit($most)
            .select((
                messages_private::id,
                remote_actors::address.nullable(),
                messages_private::host,
                messages_private::text,
                messages_private::channel,
                messages_private::purpose,
                messages_private::held_because,
                messages_private::alike_id,
                messages_private::url,
                messages_private::received_at,
            ))
            .load($conn)?;
        rows.into_iter().map(MessageRow::into_item).collect::<Result<Vec<_>, Error>>()
    }};
}

/// The same of replies.
macro_rules! reply_items {
    ($query:expr, $most:expr, $conn:ident) => {{
        let writer = remote_actors::id.eq(held_replies_private::actor_id);
        let rows: Vec<ReplyRow> = $query
            .inner_join(remote_actors::table.on(writer))
            .order(held_replies_private::id.desc())
            .limit($most)
            .select((
                held_replies_private::id,
                held_replies_private::proposal_id,
                remote_actors::address,
                held_replies_private::host,
                held_replies_private::html,
                held_replies_private::is_public,
                held_replies_private::held_because,
                held_replies_private::alike_id,
                held_replies_private::page,
                held_replies_private::received_at,
            ))
            .load($conn)?;
        rows.into_iter().map(ReplyRow::into_item).collect::<Result<Vec<_>, Error>>()
    }};
}

#[derive(Queryable)]
struct MessageRow {
    id: i64,
    handle: Option<String>,
    host: String,
    text: String,
    channel: String,
    purpose: Option<String>,
    held_because: Option<String>,
    alike: Option<i64>,
    url: Option<String>,
    received_at: i64,
}

#[derive(Queryable)]
struct ReplyRow {
    id: i64,
    proposal: i64,
    handle: String,
    host: String,
    html: String,
    is_public: bool,
    held_because: String,
    alike: Option<i64>,
    page: String,
    received_at: i64,
}

/// Keeps something beside a message.
pub fn mark_message(conn: &mut Conn, id: MessageId, marks: &Marks) -> Result<(), Error> {
    let target = messages_private::table.find(id.number());
    let columns = (
        messages_private::alike_id.eq(marks.alike.map(Id::number)),
        messages_private::asks.eq(marks.asks),
        messages_private::is_plain.eq(marks.is_plain),
    );
    diesel::update(target).set(columns).execute(conn)?;
    Ok(())
}

/// Whether a steward let something of an actor in before, or came to know them otherwise: a reply of
/// theirs is shown, or something of theirs was published.
pub fn trusts(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    let shown = replies::table.filter(replies::actor_id.eq(actor.number()));
    if shown.count().get_result::<i64>(conn)? > 0 {
        return Ok(true);
    }
    let known =
        messages_private::table.filter(messages_private::actor_id.eq(actor.number())).filter(
            messages_private::is_known
                .eq(true)
                .or(messages_private::state.eq(MessageState::Published.word())),
        );
    Ok(known.count().get_result::<i64>(conn)? > 0)
}

/// How much is held that came since a moment.
pub fn count_since(conn: &mut Conn, since: Timestamp) -> Result<i64, Error> {
    let since = micros(since);
    let messages = messages!().filter(messages_private::received_at.gt(since));
    let replies = replies!().filter(held_replies_private::received_at.gt(since));
    let messages: i64 = messages.count().get_result(conn)?;
    Ok(messages + replies.count().get_result::<i64>(conn)?)
}

/// How much is held.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    count_since(conn, Timestamp::UNIX_EPOCH)
}

/// What is held, by what it is like.
pub fn heaps_alike(conn: &mut Conn) -> Result<BTreeMap<i64, Heap>, Error> {
    let messages: Vec<(Option<i64>, i64, Option<i64>)> = messages!()
        .group_by(messages_private::alike_id)
        .select((messages_private::alike_id, count_star(), max(messages_private::id)))
        .load(conn)?;
    let replies: Vec<(Option<i64>, i64, Option<i64>)> = replies!()
        .group_by(held_replies_private::alike_id)
        .select((held_replies_private::alike_id, count_star(), max(held_replies_private::id)))
        .load(conn)?;
    let both = messages.into_iter().chain(replies);
    Ok(heaps(both.filter_map(|(alike, count, newest)| Some((alike?, count, newest)))))
}

/// What is held, by host, or only what is like a text.
pub fn heaps_by_host(conn: &mut Conn, like: Option<i64>) -> Result<BTreeMap<String, Heap>, Error> {
    let any = like.is_none();
    let like = like.unwrap_or_default();
    let messages: Vec<(String, i64, Option<i64>)> = messages!()
        .filter(messages_private::alike_id.eq(like).or(any.into_sql::<Bool>()))
        .group_by(messages_private::host)
        .select((messages_private::host, count_star(), max(messages_private::id)))
        .load(conn)?;
    let replies: Vec<(String, i64, Option<i64>)> = replies!()
        .filter(held_replies_private::alike_id.eq(like).or(any.into_sql::<Bool>()))
        .group_by(held_replies_private::host)
        .select((held_replies_private::host, count_star(), max(held_replies_private::id)))
        .load(conn)?;
    Ok(heaps(messages.into_iter().chain(replies)))
}

fn heaps<K: Ord>(rows: impl Iterator<Item = (K, i64, Option<i64>)>) -> BTreeMap<K, Heap> {
    let mut heaps = BTreeMap::<K, Heap>::new();
    for (key, count, newest) in rows {
        let heap = heaps.entry(key).or_default();
        heap.count += count;
        heap.newest = heap.newest.max(newest.unwrap_or_default());
    }
    heaps
}

/// The newest of a pick, of which the whole is meant.
pub fn list(conn: &mut Conn, pick: &Pick, most: i64) -> Result<Vec<Item>, Error> {
    let mut items = message_items!(messages!(pick), most, conn)?;
    items.extend(reply_items!(replies!(pick), most, conn)?);
    Ok(items)
}

/// What reads like somebody who asks us, or answers us, and is none of `crowds`. Known servers come
/// first.
pub fn list_asking(conn: &mut Conn, crowds: &[i64], most: i64) -> Result<Vec<Item>, Error> {
    let asks = messages!()
        .filter(messages_private::asks.eq(true))
        .filter(messages_private::is_plain.eq(true).or(messages_private::purpose.is_not_null()))
        .filter(
            messages_private::alike_id
                .is_null()
                .or(not(messages_private::alike_id.eq_any(crowds.to_vec()))),
        );
    let answers = replies!().filter(held_replies_private::is_plain.eq(true)).filter(
        held_replies_private::alike_id
            .is_null()
            .or(not(held_replies_private::alike_id.eq_any(crowds.to_vec()))),
    );
    let mut items = message_items!(asks, most, conn)?;
    items.extend(reply_items!(answers, most, conn)?);
    Ok(items)
}

/// What was put aside and reads like somebody in need.
pub fn list_aside(conn: &mut Conn, most: i64) -> Result<Vec<Item>, Error> {
    let asked = messages_private::table
        .filter(messages_private::state.eq(MessageState::PutAside.word()))
        .filter(messages_private::held_because.is_not_null())
        .filter(messages_private::asks.eq(true));
    let answered = held_replies_private::table
        .filter(held_replies_private::put_aside_at.is_not_null())
        .filter(held_replies_private::asks.eq(true));
    let mut items = message_items!(asked, most, conn)?;
    items.extend(reply_items!(answered, most, conn)?);
    Ok(items)
}

/// Puts aside everything of a pick up to `newest`; answers how much.
pub fn put_aside(
    conn: &mut Conn,
    pick: &Pick,
    newest: i64,
    now: Timestamp,
) -> Result<usize, Error> {
    let now = micros(now);
    let picked = messages!(pick).filter(messages_private::id.le(newest));
    let aside = (
        messages_private::state.eq(MessageState::PutAside.word()),
        messages_private::closed_at.eq(now),
    );
    let messages = diesel::update(picked).set(aside).execute(conn)?;
    let picked = replies!(pick).filter(held_replies_private::id.le(newest));
    let aside = held_replies_private::put_aside_at.eq(now);
    Ok(messages + diesel::update(picked).set(aside).execute(conn)?)
}

/// The ids of messages and of replies of a pick up to `newest`, oldest first.
pub fn list_ids(
    conn: &mut Conn,
    pick: &Pick,
    newest: i64,
    most: i64,
) -> Result<(Vec<i64>, Vec<i64>), Error> {
    let messages = messages!(pick)
        .filter(messages_private::id.le(newest))
        .order(messages_private::id)
        .limit(most)
        .select(messages_private::id)
        .load(conn)?;
    let replies = replies!(pick)
        .filter(held_replies_private::id.le(newest))
        .order(held_replies_private::id)
        .limit(most)
        .select(held_replies_private::id)
        .load(conn)?;
    Ok((messages, replies))
}

impl MessageRow {
    fn into_item(self) -> Result<Item, Error> {
        let is_private = self.channel == Channel::Direct.word();
        Ok(Item {
            id: self.id,
            answers: None,
            handle: self.handle,
            host: self.host,
            text: open("messages_private.text", self.text)?,
            is_private,
            purpose: self.purpose,
            held_because: self.held_because,
            alike: self.alike,
            page: self.url.filter(|_| !is_private),
            received_at: time(self.received_at)?,
        })
    }
}

impl ReplyRow {
    fn into_item(self) -> Result<Item, Error> {
        Ok(Item {
            id: self.id,
            answers: Some(self.proposal),
            handle: Some(self.handle),
            host: self.host,
            text: open("held_replies_private.html", self.html)?,
            is_private: !self.is_public,
            purpose: None,
            held_because: Some(self.held_because),
            alike: self.alike,
            page: self.is_public.then_some(self.page),
            received_at: time(self.received_at)?,
        })
    }
}
