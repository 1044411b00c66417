//! `Like` of a proposal of ours. Never counted or shown: it tells who should hear of an edit.

use crate::app::App;
use crate::db::{Conn, proposals, replies};
use crate::domain::id::ProposalId;
use crate::error::Error;
use crate::federation::activities::undo::was_undone;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;

/// Notes it.
pub fn receive(app: &App, activity: Activity) -> Effect {
    note_reaction(app, activity, "like")
}

/// Notes that the sender reacted to a public proposal of ours.
pub fn note_reaction(app: &App, activity: Activity, kind: &'static str) -> Effect {
    let object = json::url(&activity.json, "object");
    let proposal = object.and_then(|url| app.collective.urls().parse_note::<_>(&url));
    let Some(proposal) = proposal else { return ignored("it is about nothing of ours") };
    Box::new(move |app, conn, _| {
        if was_undone(app, conn, &activity)? {
            return Ok(Outcome::Ignored("it was undone"));
        }
        if !is_public(conn, proposal)? {
            return Ok(Outcome::Ignored("it is about nothing that stands here"));
        }
        replies::insert_reaction(conn, activity.id.as_str(), proposal, activity.actor.id, kind)?;
        Ok(Outcome::Done)
    })
}

fn is_public(conn: &mut Conn, proposal: ProposalId) -> Result<bool, Error> {
    match proposals::find(conn, proposal) {
        Ok(proposal) => Ok(proposal.is_public()),
        Err(Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}
