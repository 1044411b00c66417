//! Forget who wrote to us: they deleted the post, are gone, or there is nothing more to do about it.
//! What was published of it stands without their handle, and stewards ask whether it still does
//! (mission J1).

use jiff::Timestamp;

use crate::actions::forget_sent::forget_sent;
use crate::actions::hear_message::post_hash;
use crate::actions::settle::tell;
use crate::actions::tell::{page_of, tell_stewards};
use crate::app::App;
use crate::db::{Conn, actors, messages, proposals};
use crate::domain::event::Event;
use crate::domain::id::{ProposalId, RemoteActorId};
use crate::domain::message::Message;
use crate::domain::notice::Kind;
use crate::domain::suggestion::purpose::is_need_like;
use crate::error::Error;

/// Forgets what `actor` deleted, and who wrote it.
pub fn forget_post(
    app: &App,
    conn: &mut Conn,
    post: &str,
    actor: RemoteActorId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    match messages::find_by_post(conn, &post_hash(post))? {
        Some(message) if message.actor == Some(actor) => forget(app, conn, &message, events),
        _ => Ok(()),
    }
}

/// Forgets an account that is gone, and everything that it wrote.
pub fn forget_account(
    app: &App,
    conn: &mut Conn,
    actor: RemoteActorId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    for message in messages::list_of_actor(conn, actor)? {
        forget(app, conn, &message, events)?;
    }
    actors::delete(conn, actor)
}

/// Forgets what people wrote to us and who they are, if there was nothing more to do about it before
/// a time. What was held since then is forgotten too, unless it reads like that of somebody in need:
/// that waits for a person.
pub async fn forget_stale(app: &App, before: Timestamp) -> Result<(), Error> {
    app.change(move |app, conn, events| {
        messages::note_closed(conn, app.now())?;
        messages::close_unused(conn, before, app.now())?;
        let closed = messages::list_closed(conn, before)?;
        let held = messages::list_held(conn, before)?;
        let own = &app.own_words;
        let is_noise = |held: &Message| held.purpose.is_none() && !is_need_like(&held.text, own);
        let stale = closed.into_iter().chain(held.into_iter().filter(is_noise));
        stale.into_iter().try_for_each(|message| forget(app, conn, &message, events))
    })
    .await
}

/// Forgets what a message says and who wrote it, and takes their handle away from what was published
/// of it. Other servers hear of that.
pub fn forget(
    app: &App,
    conn: &mut Conn,
    message: &Message,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let had_writer = message.actor.is_some();
    messages::forget(conn, message.id)?;
    match message.proposal {
        Some(proposal) if had_writer => unsign(app, conn, proposal, events),
        _ => Ok(()),
    }
}

fn unsign(
    app: &App,
    conn: &mut Conn,
    id: ProposalId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let mut proposal = proposals::lock(conn, id)?;
    if proposal.asked_by.take().is_some() {
        forget_sent(conn, &app.collective.urls().all_notes(&proposal))?;
        proposal.touch(app.now());
        tell(&mut proposal, events);
        proposals::update(conn, &proposal)?;
    }
    match proposal.is_open() {
        true => tell_stewards(app, conn, Kind::WriterGone, &page_of(app, id)),
        false => Ok(()),
    }
}
