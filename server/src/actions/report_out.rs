//! Report something that came from another server to that server. Those who look after it read what
//! we say and what it is about; nobody there learns who here said it.

use url::Url;

use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{Conn, actors, messages, neighbour_proposals, replies};
use crate::domain::collective::domain_of;
use crate::domain::event::Event;
use crate::domain::id::{MemberId, MessageId, NeighbourProposalId, RemoteActorId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// The longest report, in characters: Mastodon cuts what is longer.
pub const LONGEST: usize = 5_000;

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// A reply to a proposal of ours.
    Reply(i64),
    /// What somebody wrote to us.
    Message(MessageId),
    /// What a neighbour needs or offers.
    Neighbour(NeighbourProposalId),
}

/// Who wrote what is to be reported, and where it stands.
pub fn find(conn: &mut Conn, what: Reported) -> Result<(RemoteActor, Url), Error> {
    let (actor, url): (RemoteActorId, Url) = match what {
        Reported::Reply(id) => {
            let reply = replies::find(conn, id)?;
            (reply.actor, reply.url)
        }
        Reported::Message(id) => {
            let message = messages::find(conn, id)?;
            let known = message.actor.zip(message.url);
            known.ok_or(Refusal::NothingToReport)?
        }
        Reported::Neighbour(id) => {
            let (proposal, _) = neighbour_proposals::find(conn, id)?;
            (proposal.actor, proposal.url)
        }
    };
    Ok((actors::find(conn, actor)?, url))
}

/// Reports it; answers the host that is told.
pub async fn report(
    app: &App,
    by: Option<MemberId>,
    what: Reported,
    words: &str,
) -> Result<String, Error> {
    let words = words.trim().to_owned();
    if words.is_empty() {
        return Err(Refusal::ReportEmpty.into());
    }
    if words.chars().count() > LONGEST {
        return Err(Refusal::ReportTooLong.into());
    }
    app.change(move |app, conn, events| {
        let (actor, object) = find(conn, what)?;
        // Whoever we do not speak to gets no report either.
        if app.unreached().covers_actor(&actor.url) {
            return Err(Refusal::NothingToReport.into());
        }
        let host = domain_of(&actor.url);
        let (actor, inbox) = (actor.url, actor.inbox);
        events.push(Event::Reported { id: app.clock.new_id(), actor, inbox, object, words });
        record(app, conn, by, Act::ReportSent, &host, "")?;
        Ok(host)
    })
    .await
}
