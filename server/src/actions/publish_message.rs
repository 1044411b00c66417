//! Publish what somebody of the fediverse asked for, by the one-time link that they got. They look
//! at it, change it and choose who sees it; whoever has the link speaks for the one who wrote.

use crate::actions::hear_message::send_link;
use crate::app::App;
use crate::db::proposal_people::{self, Asker};
use crate::db::{Conn, actors, message_links, messages, proposals};
use crate::domain::draft::Draft;
use crate::domain::event::Event;
use crate::domain::message::{Message, MessageState};
use crate::domain::proposal::{Coverage, NoteMark, PrivatePart, Proposal, Purpose, State};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// What somebody made of their message.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Whether they need or offer something, where their tags did not say so.
    pub purpose: Purpose,
    /// What is to be published.
    pub draft: Draft,
    /// Whether their handle stands under the text.
    pub with_name: bool,
}

/// Publishes it in the name of the collective, as for a member, and uses the link up. They get
/// another one, to look after it.
pub async fn publish_by_link(app: &App, token: &str, ask: Ask) -> Result<Proposal, Error> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    let mut proposal = Proposal {
        id: app.clock.new_id(),
        purpose: ask.purpose,
        content: ask.draft.check(now)?,
        state: State::Draft,
        close_reason: None,
        published_at: None,
        updated_at: now,
        revision: 0,
        coverage: Coverage::default(),
        asked_by: None,
        note: NoteMark::default(),
    };
    proposal.publish(now)?;
    app.change(move |app, conn, events| {
        let mut message = open(app, conn, &hash)?;
        if !message.is_editable() {
            return Err(Refusal::LinkUsedOrExpired.into());
        }
        proposal.purpose = message.purpose.unwrap_or(proposal.purpose);
        if ask.with_name {
            proposal.asked_by = handle(conn, &message)?;
        }
        proposals::insert(conn, &proposal, &PrivatePart::default())?;
        let asker = Asker { proposal: proposal.id, actor: message.actor, message: message.id };
        proposal_people::insert(conn, &asker)?;
        message.state = MessageState::Published;
        message.held_because = None;
        message.proposal = Some(proposal.id);
        messages::update(conn, &message)?;
        if proposal.is_told() {
            events.push(Event::ProposalPublished(proposal.id));
        }
        send_link(app, conn, &mut message, events)?;
        Ok(proposal)
    })
    .await
}

/// The message of a link, locked. From here on the link is used up, unless the step is refused.
pub(in crate::actions) fn open(app: &App, conn: &mut Conn, hash: &str) -> Result<Message, Error> {
    let gone = |error| match error {
        Error::NotFound => Refusal::LinkUsedOrExpired.into(),
        other => other,
    };
    let id = message_links::find(conn, hash, app.now()).map_err(gone)?;
    let message = messages::lock(conn, id)?;
    message_links::use_up(conn, hash, app.now()).map_err(gone)?;
    Ok(message)
}

/// Their handle, to be shown under the text: only if they chose so, and are still there.
fn handle(conn: &mut Conn, message: &Message) -> Result<Option<String>, Error> {
    let Some(actor) = message.actor else { return Ok(None) };
    Ok(Some(actors::find(conn, actor)?.address))
}
