//! Decide about what is held, one thing or many at once: let it in, or put it aside. For stewards;
//! the edges check who asks.

use crate::actions::hear_reply;
use crate::actions::look_after_messages;
use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::held::{self, Pick};
use crate::db::held_replies::HeldReply;
use crate::db::{Conn, actors, held_replies};
use crate::domain::event::Event;
use crate::domain::held::{ALIKE_MANY, Alike, Which};
use crate::domain::id::{Id, MemberId};
use crate::error::Error;

/// How many are let in at once: each may be answered.
const MOST_LET_IN: i64 = 100;

/// Lets something in, or everything of a group that came up to `newest`; answers how much. Of a
/// large group only the oldest hundred: whoever wants the rest says so again.
pub async fn let_in(
    app: &App,
    by: Option<MemberId>,
    which: Which,
    newest: i64,
) -> Result<usize, Error> {
    app.change(move |app, conn, events| {
        record(app, conn, by, Act::HeldAccepted, subject(&which), "")?;
        let Some(pick) = pick(conn, &which)? else {
            return let_one_in(app, conn, &which, events).map(|()| 1);
        };
        let (messages, replies) = held::list_ids(conn, &pick, newest, MOST_LET_IN)?;
        for id in &messages {
            look_after_messages::let_in(app, conn, Id::from_number(*id), events)?;
        }
        for id in &replies {
            hear_reply::let_in(app, conn, *id)?;
        }
        Ok(messages.len() + replies.len())
    })
    .await
}

/// Puts something aside, or everything of a group that came up to `newest`; answers how much. It is
/// kept for a month. What reads like somebody who asks us is never put aside with a host, nor with a
/// small group: only by itself.
pub async fn put_aside(
    app: &App,
    by: Option<MemberId>,
    which: Which,
    newest: i64,
) -> Result<usize, Error> {
    if let Which::Message(id) = which {
        return look_after_messages::put_aside(app, id, by).await.map(|_| 1);
    }
    app.change(move |app, conn, _| {
        record(app, conn, by, Act::HeldPutAside, subject(&which), "")?;
        match (pick(conn, &which)?, which) {
            (Some(pick), _) => held::put_aside(conn, &pick, newest, app.now()),
            (None, Which::Reply(id)) => held_replies::put_aside(conn, id, app.now()),
            (None, _) => Ok(0),
        }
    })
    .await
}

/// Reads a held reply, with its writer's address. That somebody read what was written privately stands
/// in the log (mission, J2): without its words, and without who wrote it.
pub async fn open_reply(
    app: &App,
    id: i64,
    by: Option<MemberId>,
) -> Result<(HeldReply, String), Error> {
    app.change(move |app, conn, _| {
        let held = held_replies::find(conn, id)?;
        if !held.reply.is_public {
            record(app, conn, by, Act::MessageOpened, "", "")?;
        }
        let writer = actors::find(conn, held.reply.actor)?;
        Ok((held, writer.address))
    })
    .await
}

/// What the log says that it was about: servers have names, people have none there.
fn subject(which: &Which) -> &str {
    match which {
        Which::Host(host) => host,
        Which::Message(_) | Which::Reply(_) | Which::Alike(_) => "",
    }
}

fn let_one_in(
    app: &App,
    conn: &mut Conn,
    which: &Which,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    match which {
        Which::Message(id) => look_after_messages::let_in(app, conn, *id, events).map(drop),
        Which::Reply(id) => hear_reply::let_in(app, conn, *id),
        Which::Alike(_) | Which::Host(_) => Ok(()),
    }
}

/// The group that is meant, if it is one.
fn pick(conn: &mut Conn, which: &Which) -> Result<Option<Pick>, Error> {
    Ok(match which {
        Which::Message(_) | Which::Reply(_) => None,
        Which::Host(host) => Some(Pick::host(host)),
        Which::Alike(id) => Some(Pick::alike(*id, !is_crowd(conn, *id)?)),
    })
}

/// Whether so many are alike that none of them is likely to be a person's own words.
fn is_crowd(conn: &mut Conn, id: Id<Alike>) -> Result<bool, Error> {
    let heaps = held::heaps_alike(conn)?;
    let count = heaps.get(&id.number()).map_or(0, |heap| heap.count);
    Ok(usize::try_from(count).is_ok_and(|count| count >= ALIKE_MANY))
}
