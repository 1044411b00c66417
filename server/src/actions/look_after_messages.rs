//! Look after what people of the fediverse wrote to us: give them a link, put it aside, or hear what
//! was held. For stewards; the edges check who asks.

use crate::actions::hear_message::send_link;
use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{Conn, actors, message_links, messages};
use crate::domain::event::Event;
use crate::domain::id::{MemberId, MessageId};
use crate::domain::message::{Channel, Message, MessageState};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Reads a message, with its writer's address. That somebody read what was written privately stands in
/// the log (mission J2): without its words, and without who wrote it.
pub async fn open_message(
    app: &App,
    id: MessageId,
    by: Option<MemberId>,
) -> Result<(Message, Option<String>), Error> {
    app.change(move |app, conn, _| {
        let message = messages::find(conn, id)?;
        if message.channel == Channel::Direct && !message.text.is_empty() {
            record(app, conn, by, Act::MessageOpened, "", "")?;
        }
        let writer = message.actor.map(|actor| actors::find(conn, actor)).transpose()?;
        Ok((message, writer.map(|writer| writer.address)))
    })
    .await
}

/// Gives the writer of a message a new link, in their thread; the one before is void.
pub async fn answer_message(app: &App, id: MessageId) -> Result<Message, Error> {
    app.change(move |app, conn, events| {
        let mut message = messages::lock(conn, id)?;
        if message.state == MessageState::PutAside {
            (message.state, message.closed_at) = (MessageState::Waiting, None);
        }
        message.held_because = None;
        messages::update(conn, &message)?;
        match send_link(app, conn, &mut message, events)? {
            true => Ok(message),
            false => Err(Refusal::WriterGone.into()),
        }
    })
    .await
}

/// Notes that there is nothing to do about a message. Its links are void, and what it says is erased
/// after a while.
pub async fn put_aside(app: &App, id: MessageId, by: Option<MemberId>) -> Result<Message, Error> {
    app.change(move |app, conn, _| {
        let mut message = messages::lock(conn, id)?;
        if !message.is_editable() {
            return Err(Refusal::NothingToPutAside.into());
        }
        let act = match message.state {
            MessageState::Held => Act::HeldPutAside,
            _ => Act::MessagePutAside,
        };
        record(app, conn, by, act, "", "")?;
        message_links::delete(conn, id)?;
        (message.state, message.closed_at) = (MessageState::PutAside, Some(app.now()));
        messages::update(conn, &message)?;
        Ok(message)
    })
    .await
}

/// Hears a message that was held, as if it had come without a reason to hold it. What its writer
/// says from now on is not held because they are strangers.
pub async fn accept_message(
    app: &App,
    id: MessageId,
    by: Option<MemberId>,
) -> Result<Message, Error> {
    app.change(move |app, conn, events| {
        record(app, conn, by, Act::HeldAccepted, "", "")?;
        let_in(app, conn, id, events)
    })
    .await
}

/// The same inside a transaction, and unrecorded; also for what was held and then put aside.
pub fn let_in(
    app: &App,
    conn: &mut Conn,
    id: MessageId,
    events: &mut Vec<Event>,
) -> Result<Message, Error> {
    let mut message = messages::lock(conn, id)?;
    let was_put_aside = message.state == MessageState::PutAside && message.held_because.is_some();
    if message.state != MessageState::Held && !was_put_aside {
        return Err(Refusal::NotHeld.into());
    }
    (message.state, message.held_because) = (MessageState::Waiting, None);
    (message.is_known, message.closed_at) = (true, None);
    messages::update(conn, &message)?;
    if message.wants_answer() {
        send_link(app, conn, &mut message, events)?;
    }
    Ok(message)
}
