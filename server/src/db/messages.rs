//! What people of the fediverse wrote to us.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{
    followings, member_handles_private, message_links, messages_private, pacts,
    proposal_person_private, proposals, remote_actors,
};
use crate::db::sealing::{open, open_if_any, seal, seal_if_any};
use crate::db::types::{micros, time, time_if_any, url, word};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, MessageId, RemoteActorId};
use crate::domain::message::{Channel, HeldBecause, Message, MessageState};
use crate::domain::post::Extras;
use crate::domain::proposal::{Purpose, State};
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = messages_private, treat_none_as_null = true)]
struct Row {
    id: i64,
    post_hash: String,
    url: Option<String>,
    actor_id: Option<i64>,
    host: String,
    is_known: bool,
    channel: String,
    purpose: Option<String>,
    state: String,
    held_because: Option<String>,
    text: String,
    language: Option<String>,
    mentions_others: bool,
    published_at: i64,
    updated_at: i64,
    received_at: i64,
    proposal_id: Option<i64>,
    closed_at: Option<i64>,
    extras: Option<String>,
}

/// Adds a message; false if it is here already.
pub fn insert(conn: &mut Conn, new: &Message) -> Result<bool, Error> {
    let row = Row::sealed(new)?;
    let added = each_backend!(conn, |c| diesel::insert_into(messages_private::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// A message by its id here.
pub fn find(conn: &mut Conn, id: MessageId) -> Result<Message, Error> {
    let query = messages_private::table.find(id.number());
    query.select(Row::as_select()).first(conn)?.into_message()
}

/// A message by the hash of its id on the wire.
pub fn find_by_post(conn: &mut Conn, hash: &str) -> Result<Option<Message>, Error> {
    let query = messages_private::table.filter(messages_private::post_hash.eq(hash));
    let row: Option<Row> = query.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::into_message).transpose()
}

/// A message, locked until the transaction ends (see [`crate::db::proposals::lock`]).
pub fn lock(conn: &mut Conn, id: MessageId) -> Result<Message, Error> {
    let target = messages_private::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(messages_private::host.eq(messages_private::host))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_message()
}

/// Writes every column of a message.
pub fn update(conn: &mut Conn, changed: &Message) -> Result<(), Error> {
    let target = messages_private::table.find(changed.id.number());
    diesel::update(target).set(Row::sealed(changed)?).execute(conn)?;
    Ok(())
}

/// Removes what others than `owner` sent under an id that is the owner's.
pub fn delete_claims(conn: &mut Conn, hash: &str, owner: RemoteActorId) -> Result<(), Error> {
    let claims = messages_private::table
        .filter(messages_private::post_hash.eq(hash))
        .filter(messages_private::actor_id.ne(owner.number()));
    diesel::delete(claims).execute(conn)?;
    Ok(())
}

/// The messages in a state, newest first, each with its writer's handle if they are still there.
pub fn list(
    conn: &mut Conn,
    state: MessageState,
    most: i64,
) -> Result<Vec<(Message, Option<String>)>, Error> {
    let writer = remote_actors::id.nullable().eq(messages_private::actor_id);
    let rows: Vec<(Row, Option<String>)> = messages_private::table
        .left_join(remote_actors::table.on(writer))
        .filter(messages_private::state.eq(state.word()))
        .order(messages_private::id.desc())
        .limit(most)
        .select((Row::as_select(), remote_actors::address.nullable()))
        .load(conn)?;
    rows.into_iter().map(|(row, handle)| Ok((row.into_message()?, handle))).collect()
}

/// How many messages wait for a steward: those that nobody answered, and what stands although its
/// writer deleted the post. What is held is counted in [`crate::db::held`].
pub fn count_waiting(conn: &mut Conn) -> Result<i64, Error> {
    let waiting =
        messages_private::table.filter(messages_private::state.eq(MessageState::Waiting.word()));
    let waiting: i64 = waiting.count().get_result(conn)?;
    let lost = messages_private::table
        .filter(messages_private::state.eq(MessageState::Published.word()))
        .filter(messages_private::actor_id.is_null())
        .filter(messages_private::closed_at.is_null());
    Ok(waiting + lost.count().get_result::<i64>(conn)?)
}

/// How many messages of one actor came since a moment: those that were not held, and all.
pub fn count_of_actor(
    conn: &mut Conn,
    actor: RemoteActorId,
    since: Timestamp,
) -> Result<(i64, i64), Error> {
    let theirs = || {
        messages_private::table
            .filter(messages_private::actor_id.eq(actor.number()))
            .filter(messages_private::received_at.gt(micros(since)))
    };
    let heard = theirs().filter(messages_private::held_because.is_null());
    Ok((heard.count().get_result(conn)?, theirs().count().get_result(conn)?))
}

/// How many messages of one host that were not held came since a moment.
pub fn count_of_host(conn: &mut Conn, host: &str, since: Timestamp) -> Result<i64, Error> {
    let theirs = messages_private::table
        .filter(messages_private::host.eq(host))
        .filter(messages_private::held_because.is_null())
        .filter(messages_private::received_at.gt(micros(since)));
    Ok(theirs.count().get_result(conn)?)
}

/// How many messages of strangers came since a moment and were not held: those with a tag that says
/// what they are, or those without.
pub fn count_of_strangers(conn: &mut Conn, tagged: bool, since: Timestamp) -> Result<i64, Error> {
    let theirs = messages_private::table
        .filter(messages_private::is_known.eq(false))
        .filter(messages_private::held_because.is_null())
        .filter(messages_private::received_at.gt(micros(since)));
    Ok(match tagged {
        true => theirs.filter(messages_private::purpose.is_not_null()).count().get_result(conn)?,
        false => theirs.filter(messages_private::purpose.is_null()).count().get_result(conn)?,
    })
}

/// Whether a message of this host was heard before: one that was not held.
pub fn heard_host(conn: &mut Conn, host: &str) -> Result<bool, Error> {
    let theirs = messages_private::table
        .filter(messages_private::host.eq(host))
        .filter(messages_private::held_because.is_null());
    Ok(theirs.limit(1).count().get_result::<i64>(conn)? > 0)
}

/// Whether somebody of a server is followed by us, has a pact with us or is a member. Who follows us
/// from there says nothing about others: everybody can. `origin` is as in `https://social.example`.
pub fn knows_server(conn: &mut Conn, origin: &str) -> Result<bool, Error> {
    let escaped = origin.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let there = || remote_actors::url.like(format!("{escaped}/%")).escape('\\');
    let followed: i64 = followings::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(followings::actor_id)))
        .filter(there())
        .count()
        .get_result(conn)?;
    let with_pact: i64 = pacts::table
        .inner_join(remote_actors::table.on(remote_actors::id.eq(pacts::actor_id)))
        .filter(there())
        .count()
        .get_result(conn)?;
    let members: i64 = member_handles_private::table
        .filter(member_handles_private::actor_url.like(format!("{escaped}/%")).escape('\\'))
        .count()
        .get_result(conn)?;
    Ok(followed + with_pact + members > 0)
}

/// What an actor wrote.
pub fn list_of_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<Message>, Error> {
    let rows: Vec<Row> = messages_private::table
        .filter(messages_private::actor_id.eq(actor.number()))
        .order(messages_private::id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_message).collect()
}

/// Forgets an actor who is gone, as if they had deleted everything that they wrote.
pub fn forget_actor(conn: &mut Conn, actor: RemoteActorId) -> Result<(), Error> {
    let theirs: Vec<i64> = messages_private::table
        .filter(messages_private::actor_id.eq(actor.number()))
        .select(messages_private::id)
        .load(conn)?;
    theirs.into_iter().try_for_each(|id| forget(conn, Id::from_number(id)))
}

/// Forgets who wrote a message and what it says. What was published of it stays, without them.
pub fn forget(conn: &mut Conn, id: MessageId) -> Result<(), Error> {
    let mut message = lock(conn, id)?;
    message.erase();
    if message.is_editable() {
        message.state = MessageState::Deleted;
    }
    update(conn, &message)?;
    let theirs = proposal_person_private::table
        .filter(proposal_person_private::message_id.eq(message.id.number()));
    diesel::update(theirs).set(proposal_person_private::actor_id.eq(None::<i64>)).execute(conn)?;
    if message.state == MessageState::Deleted {
        crate::db::message_links::delete(conn, message.id)?;
    }
    Ok(())
}

/// Notes since when what was published of messages is over, or that it is open again.
pub fn note_closed(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let open = proposals::table
        .filter(proposals::state.eq(State::Open.word()))
        .select(proposals::id.nullable());
    let published = messages_private::state.eq(MessageState::Published.word());
    let over = messages_private::table
        .filter(published)
        .filter(messages_private::closed_at.is_null())
        .filter(
            messages_private::proposal_id
                .is_null()
                .or(diesel::dsl::not(messages_private::proposal_id.eq_any(open))),
        );
    diesel::update(over).set(messages_private::closed_at.eq(micros(now))).execute(conn)?;
    let again = messages_private::table
        .filter(published)
        .filter(messages_private::closed_at.is_not_null())
        .filter(messages_private::proposal_id.eq_any(open));
    diesel::update(again).set(messages_private::closed_at.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Puts aside what was answered and came before a moment, if its writer did nothing and has no link
/// that still works.
pub fn close_unused(conn: &mut Conn, before: Timestamp, now: Timestamp) -> Result<(), Error> {
    let linked = message_links::table
        .filter(message_links::expires_at.gt(micros(now)))
        .select(message_links::message_id);
    let unused = messages_private::table
        .filter(messages_private::state.eq(MessageState::Answered.word()))
        .filter(messages_private::received_at.lt(micros(before)))
        .filter(diesel::dsl::not(messages_private::id.eq_any(linked)));
    let aside = (
        messages_private::state.eq(MessageState::PutAside.word()),
        messages_private::closed_at.eq(micros(now)),
    );
    diesel::update(unused).set(aside).execute(conn)?;
    Ok(())
}

/// The messages that name somebody or say something and were closed before a moment.
pub fn list_closed(conn: &mut Conn, before: Timestamp) -> Result<Vec<Message>, Error> {
    let rows: Vec<Row> = messages_private::table
        .filter(messages_private::closed_at.lt(micros(before)))
        .filter(messages_private::url.is_not_null().or(messages_private::text.ne("")))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_message).collect()
}

/// The held messages that came before a moment.
pub fn list_held(conn: &mut Conn, before: Timestamp) -> Result<Vec<Message>, Error> {
    let rows: Vec<Row> = messages_private::table
        .filter(messages_private::state.eq(MessageState::Held.word()))
        .filter(messages_private::received_at.lt(micros(before)))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_message).collect()
}

impl Row {
    fn sealed(message: &Message) -> Result<Self, Error> {
        Ok(Self {
            id: message.id.number(),
            post_hash: message.post_hash.clone(),
            url: message.url.as_ref().map(ToString::to_string),
            actor_id: message.actor.map(Id::number),
            host: message.host.clone(),
            is_known: message.is_known,
            channel: message.channel.word().to_owned(),
            purpose: message.purpose.map(|purpose| purpose.word().to_owned()),
            state: message.state.word().to_owned(),
            held_because: message.held_because.map(|reason| reason.word().to_owned()),
            text: seal("messages_private.text", &message.text)?,
            language: message.language.clone(),
            mentions_others: message.mentions_others,
            published_at: micros(message.published_at),
            updated_at: micros(message.updated_at),
            received_at: micros(message.received_at),
            proposal_id: message.proposal.map(Id::number),
            closed_at: message.closed_at.map(micros),
            extras: seal_if_any("messages_private.extras", message.extras.pack().as_deref())?,
        })
    }

    fn into_message(self) -> Result<Message, Error> {
        Ok(Message {
            id: Id::from_number(self.id),
            post_hash: self.post_hash,
            url: self.url.as_deref().map(url).transpose()?,
            actor: self.actor_id.map(Id::from_number),
            host: self.host,
            is_known: self.is_known,
            channel: word(Channel::from_word(&self.channel), &self.channel)?,
            purpose: self.purpose.as_deref().and_then(Purpose::from_word),
            state: word(MessageState::from_word(&self.state), &self.state)?,
            held_because: self.held_because.as_deref().and_then(HeldBecause::from_word),
            text: open("messages_private.text", self.text)?,
            language: self.language,
            mentions_others: self.mentions_others,
            published_at: time(self.published_at)?,
            updated_at: time(self.updated_at)?,
            received_at: time(self.received_at)?,
            proposal: self.proposal_id.map(Id::from_number),
            closed_at: time_if_any(self.closed_at)?,
            extras: Extras::unpack(open_if_any("messages_private.extras", self.extras)?.as_deref()),
        })
    }
}
