//! Erase what is personal of those who left and did not come back. What the collective did stays,
//! without their name: promises, what came of them, amounts and dates.

use url::Url;

use crate::actions::change_proposal::{Step, forget_deeds, take_step};
use crate::actions::erase_said::erase_of;
use crate::actions::forget_sent::{forget_sent, forget_sent_to};
use crate::actions::settle::tell;
use crate::app::App;
use crate::db::{
    Conn, activities, actors, fulfilments, held_replies, leaving, member_handles, messages,
    of_member, pictures, promise_people, promises, proposals, replies,
};
use crate::domain::event::Event;
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::leaving::tells_who;
use crate::domain::proposal::{Proposal, Purpose, State};
use crate::error::Error;
use crate::i18n::Locale;

/// Erases everybody whose time to come back is over; answers how many.
pub async fn erase_overdue(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.db.read(move |conn| leaving::list_due(conn, now)).await?;
    let mut erased = 0;
    for member in due {
        // A transaction each: one who came back meanwhile, or cannot be erased, keeps nobody else.
        let done = app.change(move |app, conn, events| erase(app, conn, member, events)).await?;
        erased += usize::from(done);
    }
    Ok(erased)
}

fn erase(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    events: &mut Vec<Event>,
) -> Result<bool, Error> {
    let Some(name) = leaving::lock_due(conn, member, app.now())? else { return Ok(false) };
    let objects = objects(app, conn, member)?;
    forget_sent(conn, &objects)?;
    let theirs = of_member::list_posted(conn, member)?;
    let digest = |proposal: &Proposal| Some(proposal.content.picture.as_ref()?.digest.clone());
    let shown: Vec<String> = theirs.iter().filter_map(digest).collect();
    let mut posted: Vec<ProposalId> = theirs.iter().map(|posted| posted.id).collect();
    posted.sort_unstable();
    erase_of(app, conn, &posted)?;
    for id in posted {
        let proposal = proposals::lock(conn, id)?;
        erase_proposal(app, conn, proposal, &name, events)?;
    }
    let now = app.now();
    shown.iter().try_for_each(|digest| pictures::delete_if_unused(conn, digest, now))?;
    forget_accounts(app, conn, member)?;
    leaving::erase(conn, member)?;
    Ok(true)
}

/// What they wrote to us from their own accounts, and that it was these who promised. Of an account
/// that follows us, or that we follow, it stays known that it does: only its owner ends that.
fn forget_accounts(app: &App, conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    for handle in member_handles::list(conn, member)? {
        let Some(actor) = actors::find_by_url(conn, handle.actor.as_str())? else { continue };
        forget_sent_to(conn, &actor.url)?;
        messages::forget_actor(conn, actor.id)?;
        promise_people::forget_actor(conn, actor.id)?;
        replies::delete_of_actor(conn, actor.id)?;
        held_replies::delete_of_actor(conn, actor.id)?;
        activities::forget_received_of(conn, &actor.url)?;
        if !actors::is_tied(conn, actor.id)? {
            actors::delete(conn, actor.id)?;
            app.known_actors.invalidate(&actor.url);
        }
    }
    Ok(())
}

/// Erases what a proposal says. A draft goes as a whole, and what nothing came of is taken back; of
/// what came, its title stays as that of the collective's deed, if others were told of it and it
/// tells nothing of the person.
fn erase_proposal(
    app: &App,
    conn: &mut Conn,
    mut proposal: Proposal,
    name: &str,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    if proposal.state == State::Draft {
        return proposals::delete_draft(conn, proposal.id);
    }
    let is_deed = !fulfilments::list_by_proposal(conn, proposal.id)?.is_empty()
        || !proposal.coverage.came_high.is_zero();
    let content = &mut proposal.content;
    let is_title_kept = is_deed && content.audience.goes_out() && !tells_who(&content.title, name);
    if !is_title_kept {
        content.title = Locale::find(&content.language).say(match proposal.purpose {
            Purpose::Need => "erased-need",
            Purpose::Offer => "erased-offer",
        });
    }
    content.text.clear();
    proposal.asked_by = None;
    content.place = None;
    content.picture = None;
    content.kind = content.kind.take().filter(|kind| !tells_who(kind, name));
    match proposal.state {
        State::Withdrawn => proposals::update(conn, &proposal),
        _ if !is_deed => take_step(app, conn, proposal, Step::Withdraw, events).map(drop),
        _ => {
            if !is_title_kept && proposal.is_told() {
                forget_deeds(app, conn, &proposal, events)?;
            }
            proposal.touch(app.now());
            tell(&mut proposal, events);
            proposals::update(conn, &proposal)
        }
    }
}

/// The addresses of everything on the wire that may hold words of theirs.
fn objects(app: &App, conn: &mut Conn, member: MemberId) -> Result<Vec<Url>, Error> {
    let urls = app.collective.urls();
    let mut found = Vec::new();
    for proposal in of_member::list_posted(conn, member)? {
        found.extend(urls.all_notes(&proposal));
        let deeds = fulfilments::list_by_proposal(conn, proposal.id)?;
        found.extend(deeds.iter().map(|deed| urls.fulfilment(deed.id)));
        let answers = promises::list_by_proposal(conn, proposal.id)?;
        found.extend(answers.iter().map(|promise| urls.agreement(promise.id)));
    }
    let said = of_member::list_said(conn, member)?;
    found.extend(said.iter().map(|(word, _)| urls.count(word.id)));
    let outgoing = of_member::list_outgoing(conn, member)?;
    found.extend(outgoing.iter().map(|id| urls.offer(*id)));
    let counted = of_member::list_said_outgoing(conn, member)?;
    found.extend(counted.iter().map(|(word, _)| word.url.clone()));
    Ok(found)
}
