//! Post a need or an offer.

use jiff::SignedDuration;

use crate::actions::freeze;
use crate::actions::tag_need::tag_need;
use crate::app::App;
use crate::db::{Conn, form_keys, proposals};
use crate::domain::draft::Draft;
use crate::domain::event::Event;
use crate::domain::member::{Member, Standing};
use crate::domain::proposal::{Coverage, NoteMark, Proposal, Purpose, State};
use crate::domain::refusal::Refusal;
use crate::error::Error;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many public needs and offers somebody who is still joining publishes in a day: more than
/// anybody has asked for, and too few to flood those who follow us.
pub const PUBLISHED_IN_A_DAY: i64 = 10;

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
    post_once(app, author, purpose, draft, publish, None).await
}

/// Posts a proposal like [`post_proposal`]. With the key of a form that `author` sent before,
/// answers what it made then, and posts nothing.
///
/// A browser sends a form again when the answer got lost, although the proposal was stored.
pub async fn post_once(
    app: &App,
    author: &Member,
    purpose: Purpose,
    draft: &Draft,
    publish: bool,
    key: Option<String>,
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
        asked_by: None,
        note: NoteMark::default(),
    };
    let (private, context) = (draft.private_part(author.id, now), draft.context);
    if publish {
        proposal.publish(now)?;
    }
    let author = author.clone();
    app.change(move |app, conn, events| {
        if let Some(key) = key
            && let Some(made) = form_keys::use_once(conn, author.id, &key, proposal.id, now)?
        {
            return proposals::find(conn, made);
        }
        // Whoever may do nothing else may still ask.
        if publish && purpose == Purpose::Offer {
            freeze::check(app, conn, author.id)?;
        }
        if proposal.is_told() {
            check_newcomer(app, conn, &author)?;
        }
        proposals::insert(conn, &proposal, &private)?;
        tag_need(app, conn, &proposal, context)?;
        if proposal.is_told() {
            events.push(Event::ProposalPublished(proposal.id));
        }
        Ok(proposal)
    })
    .await
}

/// Refuses what somebody who is still joining would publish beyond what people do in a day. What
/// they wrote stays with them, as a draft if they want; every member can publish it.
pub fn check_newcomer(app: &App, conn: &mut Conn, author: &Member) -> Result<(), Error> {
    if author.standing == Standing::Member {
        return Ok(());
    }
    let since = app.now().saturating_sub(DAY).map_err(anyhow::Error::from)?;
    match proposals::count_published_by(conn, author.id, since)? >= PUBLISHED_IN_A_DAY {
        true => Err(Refusal::ManyInOneDay.into()),
        false => Ok(()),
    }
}
