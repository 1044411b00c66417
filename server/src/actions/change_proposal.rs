//! Publish, close, reopen, withdraw or extend a need or an offer.

use url::Url;

use crate::actions::answer_promise::decline_waiting;
use crate::actions::cause::{self, Said};
use crate::actions::freeze;
use crate::actions::post_proposal::check_newcomer;
use crate::actions::settle::{tell, tell_parties, tell_person, told};
use crate::actions::tell::tell_promiser;
use crate::app::App;
use crate::db::{Conn, activities, fulfilments, promises, proposals};
use crate::domain::audience::Audience;
use crate::domain::event::Event;
use crate::domain::id::ProposalId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::proposal::{CloseReason, Proposal, Purpose};
use crate::error::Error;

/// One step in the life of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Publish a draft.
    Publish,
    /// Close with a reason.
    Close(CloseReason),
    /// Open again.
    Reopen,
    /// Take back for good; other servers are told to forget it.
    Withdraw,
    /// Let it end two weeks later.
    Extend,
}

/// Takes a step, if the member may and the proposal allows it.
pub async fn change_proposal(
    app: &App,
    member: &Member,
    id: ProposalId,
    step: Step,
) -> Result<Proposal, Error> {
    change_saying(app, member, id, step, None).await
}

/// Closes a need like [`change_proposal`], and notes what is behind it, if somebody says it.
pub async fn close_saying(
    app: &App,
    member: &Member,
    id: ProposalId,
    (reason, said): (CloseReason, Option<Said>),
) -> Result<Proposal, Error> {
    change_saying(app, member, id, Step::Close(reason), said).await
}

async fn change_saying(
    app: &App,
    member: &Member,
    id: ProposalId,
    step: Step,
    said: Option<Said>,
) -> Result<Proposal, Error> {
    let member = member.clone();
    app.change(move |app, conn, events| {
        let proposal = proposals::lock(conn, id)?;
        let private = proposals::find_private(conn, id)?;
        proposal.may_be_changed_by(&member, &private)?;
        if step == Step::Publish && proposal.content.audience == Audience::Public {
            check_newcomer(app, conn, &member)?;
        }
        let shows = matches!(step, Step::Publish | Step::Reopen | Step::Extend);
        if shows && proposal.purpose == Purpose::Offer {
            freeze::check(app, conn, member.id)?;
        }
        let said = said.filter(|_| proposal.purpose == Purpose::Need);
        let changed = take_step(app, conn, proposal, step, events)?;
        if let Some(said) = said {
            cause::state(app, conn, id, &said)?;
        }
        Ok(changed)
    })
    .await
}

/// Takes a step for somebody of whom it is known that they may. The caller holds the proposal's
/// lock ([`proposals::lock`]).
pub fn take_step(
    app: &App,
    conn: &mut Conn,
    mut proposal: Proposal,
    step: Step,
    events: &mut Vec<Event>,
) -> Result<Proposal, Error> {
    let now = app.now();
    let was_told = proposal.is_told();
    let before = proposal.clone();
    match step {
        Step::Publish => proposal.publish(now)?,
        Step::Close(reason) => proposal.close(reason, now)?,
        Step::Reopen => proposal.reopen(now)?,
        Step::Withdraw => proposal.withdraw(now)?,
        Step::Extend => proposal.extend(now)?,
    }
    match step {
        Step::Publish if proposal.is_told() => events.push(Event::ProposalPublished(proposal.id)),
        Step::Withdraw if was_told => forget(app, conn, &proposal, events)?,
        _ => tell(&mut proposal, events),
    }
    proposals::update(conn, &proposal)?;
    if !proposal.is_open() {
        decline_waiting(app, conn, &proposal, events)?;
    }
    tell_parties(conn, &proposal, events)?;
    tell_people(app, conn, &before, &proposal, events)?;
    Ok(proposal)
}

/// Lets people of the fediverse, and members, know whether what they promised is still looked for.
fn tell_people(
    app: &App,
    conn: &mut Conn,
    before: &Proposal,
    now: &Proposal,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    for promise in promises::list_by_proposal(conn, now.id)? {
        let standing = told(now, &promise);
        if promise.is_awaited() && told(before, &promise) != standing {
            tell_person(conn, promise.id, events)?;
            let kind = if standing.is_finished { Kind::NotNeeded } else { Kind::MovedUp };
            tell_promiser(app, conn, promise.id, (kind, None))?;
        }
    }
    Ok(())
}

/// Marks the proposal's Note, and those of its fulfilments, as deleted, and tells other servers.
pub fn forget(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    forget_deeds(app, conn, proposal, events)?;
    if proposal.note.is_unsaid {
        // They were told already, or never heard of it.
        return Ok(());
    }
    let (note, at) = (app.collective.urls().note(proposal), app.now());
    activities::insert_tombstone(conn, note.as_str(), owner(app).as_str(), at)?;
    events.push(Event::NoteWithdrawn { note, proposal: proposal.id, at });
    Ok(())
}

/// Marks the Notes of what came of a proposal as deleted, and tells other servers.
pub fn forget_deeds(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let at = app.now();
    for deed in fulfilments::list_by_proposal(conn, proposal.id)? {
        let note = app.collective.urls().fulfilment(deed.id);
        if activities::find_tombstone(conn, note.as_str(), owner(app).as_str())?.is_some() {
            continue;
        }
        activities::insert_tombstone(conn, note.as_str(), owner(app).as_str(), at)?;
        events.push(Event::NoteWithdrawn { note, proposal: proposal.id, at });
    }
    Ok(())
}

fn owner(app: &App) -> Url {
    app.collective.urls().actor()
}
