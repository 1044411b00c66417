//! Hear what somebody of the fediverse says to something of ours. What strangers say is held until a
//! steward lets it in; it is shown at once if we know them or their server.

use jiff::SignedDuration;

use crate::actions::hear_message::Kept;
use crate::actions::hold::{self, Look, Weighed, knows, weigh};
use crate::actions::tell::tell_author;
use crate::app::App;
use crate::db::held_replies::{self, HeldReply};
use crate::db::replies::{self, Reply};
use crate::db::{Conn, pacts};
use crate::domain::collective::domain_of;
use crate::domain::message::HeldBecause;
use crate::domain::neighbour::RemoteActor;
use crate::domain::notice::Kind;
use crate::error::Error;
use crate::text;

/// How many replies of one actor to one proposal are kept.
const MOST_REPLIES: i64 = 50;
/// How many held replies of one actor are kept in a day.
const HELD_OF_ONE: i64 = 100;

/// Keeps a reply, or its newer text. `is_plain` if it names nobody but us and carries no links or
/// pictures.
pub fn hear_reply(
    app: &App,
    conn: &mut Conn,
    reply: &Reply,
    is_plain: bool,
    actor: &RemoteActor,
) -> Result<Kept, Error> {
    if let Some(stored) = replies::find_by_url(conn, reply.url.as_str())? {
        return match is_news(&stored, reply) {
            Ok(()) => replies::upsert(conn, reply).map(|()| Kept::Yes),
            Err(kept) => Ok(kept),
        };
    }
    let text = text::written(&reply.html);
    let host = domain_of(&actor.url);
    let look = |is_known| Look { host: &host, text: &text, is_known, asks: is_plain, is_plain };
    if let Some(stored) = held_replies::find_by_url(conn, reply.url.as_str())? {
        return change(app, conn, stored, reply, &look(false));
    }
    let since = app.now().saturating_sub(SignedDuration::from_hours(24)).unwrap_or(app.now());
    let shown = replies::count_of(conn, reply.proposal, reply.actor)?;
    let (held, lately) = held_replies::count_of(conn, reply.proposal, reply.actor, since)?;
    if shown + held >= MOST_REPLIES || lately >= HELD_OF_ONE {
        return Ok(Kept::TooMany);
    }
    let is_limited = app.rules().limits_host(&host) && !pacts::is_active(conn, actor.id)?;
    if !is_limited && knows(conn, actor)? {
        return show(app, conn, reply).map(|()| Kept::Yes);
    }
    let usual = if is_limited { HeldBecause::LimitedServer } else { HeldBecause::Stranger };
    match weigh(app, conn, &look(false), Some(usual))? {
        Weighed::Counted => Ok(Kept::Counted),
        Weighed::Heard(_) => show(app, conn, reply).map(|()| Kept::Yes),
        Weighed::Held(held_because, marks, _) => {
            let reply = reply.clone();
            let received_at = app.now();
            let held =
                HeldReply { reply, host, received_at, held_because, marks, put_aside_at: None };
            held_replies::insert(conn, &held).map(|()| Kept::Yes)
        }
    }
}

/// Lets a held reply in: it is shown to members like any other from now on, and so is what its
/// writer says later.
pub fn let_in(app: &App, conn: &mut Conn, id: i64) -> Result<(), Error> {
    let held = held_replies::find(conn, id)?;
    show(app, conn, &held.reply)?;
    held_replies::delete(conn, held.reply.url.as_str(), held.reply.actor)
}

/// Keeps a new reply for everybody to see whom it is for.
fn show(app: &App, conn: &mut Conn, reply: &Reply) -> Result<(), Error> {
    replies::upsert(conn, reply)?;
    tell_author(app, conn, reply.proposal, (Kind::Reply, None))
}

fn change(
    app: &App,
    conn: &mut Conn,
    mut stored: HeldReply,
    reply: &Reply,
    look: &Look<'_>,
) -> Result<Kept, Error> {
    if let Err(kept) = is_news(&stored.reply, reply) {
        return Ok(kept);
    }
    stored.marks = hold::marks(app, conn, look)?;
    stored.reply = Reply { id: stored.reply.id, ..reply.clone() };
    held_replies::update(conn, &stored).map(|()| Kept::Yes)
}

fn is_news(stored: &Reply, reply: &Reply) -> Result<(), Kept> {
    match stored {
        stored if stored.actor != reply.actor => Err(Kept::Contested),
        stored if stored.updated_at >= reply.updated_at => Err(Kept::Known),
        _ => Ok(()),
    }
}
