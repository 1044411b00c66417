//! Post a need or an offer.

use crate::app::App;
use crate::db::proposals;
use crate::domain::draft::Draft;
use crate::domain::event::Event;
use crate::domain::member::Member;
use crate::domain::proposal::{Coverage, Proposal, Purpose, State};
use crate::error::Error;

/// Posts a proposal in the name of the collective, or keeps it as a draft.
///
/// Nothing is read about what `author` gave before: aid is unconditional.
pub async fn post_proposal(
    app: &App,
    author: &Member,
    purpose: Purpose,
    draft: &Draft,
    publish: bool,
) -> Result<Proposal, Error> {
    let now = app.now();
    let mut proposal = Proposal {
        id: app.clock.new_id(),
        purpose,
        content: draft.check(now)?,
        state: State::Draft,
        close_reason: None,
        published_at: None,
        updated_at: now,
        revision: 0,
        coverage: Coverage::default(),
    };
    let private = draft.private_part(author.id, now);
    if publish {
        proposal.publish(now)?;
    }
    app.change(move |_, conn, events| {
        proposals::insert(conn, &proposal, &private)?;
        if proposal.is_public() {
            events.push(Event::ProposalPublished(proposal.id));
        }
        Ok(proposal)
    })
    .await
}
