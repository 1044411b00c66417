//! Change what a need or an offer says.

use crate::actions::freeze;
use crate::actions::post_proposal::check_newcomer;
use crate::actions::settle::settle;
use crate::actions::tag_need::tag_need;
use crate::app::App;
use crate::db::proposals;
use crate::domain::audience::Audience;
use crate::domain::draft::Draft;
use crate::domain::event::Event;
use crate::domain::id::ProposalId;
use crate::domain::member::Member;
use crate::domain::proposal::{Proposal, Purpose, State};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Replaces the content of a proposal; its promises are counted anew against the new amount.
pub async fn edit_proposal(
    app: &App,
    member: &Member,
    id: ProposalId,
    draft: &Draft,
) -> Result<Proposal, Error> {
    let now = app.now();
    let (content, context) = (draft.check(now)?, draft.context);
    let member = member.clone();
    app.change(move |app, conn, events| {
        let mut proposal = proposals::lock(conn, id)?;
        let private = proposals::find_private(conn, id)?;
        proposal.may_be_changed_by(&member, &private)?;
        if proposal.state != State::Draft && proposal.purpose == Purpose::Offer {
            freeze::check(app, conn, member.id)?;
        }
        let before = proposal.is_told().then_some(proposal.content.audience);
        if before.is_some_and(|before| !content.audience.reaches_all_of(before)) {
            return Err(Refusal::AudienceOnlyWidens.into());
        }
        let was_public = before == Some(Audience::Public);
        if proposal.state != State::Draft && content.audience == Audience::Public && !was_public {
            check_newcomer(app, conn, &member)?;
        }
        proposal.edit(content, now)?;
        settle(app, conn, &mut proposal, events)?;
        tag_need(app, conn, &proposal, context)?;
        if proposal.is_told() && before != Some(proposal.content.audience) {
            events.retain(|event| *event != Event::ProposalChanged(id));
            events.insert(0, Event::ProposalPublished(id));
        }
        Ok(proposal)
    })
    .await
}
