//! Let strangers and other servers see nothing of the collective, and let them see it again.
//!
//! What is set holds at once: pages ask it before anything else. What other servers have is taken
//! back piece by piece, so that thousands of things keep nobody waiting; whoever dies in the middle
//! is followed by housekeeping.

use crate::actions::announce_turn::take_back_for_now;
use crate::actions::change_proposal::forget;
use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{Conn, activities, proposals, quiet_mode, sessions, turn_notes};
use crate::domain::event::Event;
use crate::domain::id::{DecisionId, MemberId, ProposalId};
use crate::domain::proposal::{NoteMark, Proposal};
use crate::domain::quiet_mode::Quiet;
use crate::error::Error;
use crate::keys;

/// How many needs and offers share a transaction.
const TOGETHER: i64 = 100;

/// Sets how much is seen from outside, and carries it out. In a lockdown all sessions end but the
/// one with the secret `keep`, of whoever orders it.
pub async fn set_quiet(
    app: &App,
    by: Option<MemberId>,
    quiet: Quiet,
    keep: Option<String>,
) -> Result<(), Error> {
    let keep = keep.map(|token| keys::secret_hash(&token));
    app.change(move |app, conn, events| {
        let before = quiet_mode::lock(conn)?.quiet;
        if before == quiet {
            return Ok(());
        }
        quiet_mode::set(conn, quiet, app.now())?;
        let act = match quiet {
            Quiet::Off => Act::QuietEnded,
            Quiet::On => Act::QuietBegan,
            Quiet::Lockdown => Act::LockedDown,
        };
        record(app, conn, by, act, "", "")?;
        if quiet.is_lockdown() {
            sessions::delete_all(conn, keep.as_deref())?;
        }
        if before.is_quiet() != quiet.is_quiet() {
            events.push(Event::SeenOtherwise);
        }
        Ok(())
    })
    .await?;
    app.read_blocks().await?;
    carry_out(app).await.map(drop)
}

/// Takes back, or says again, what is still to be; answers how many needs and offers that were.
pub async fn carry_out(app: &App) -> Result<usize, Error> {
    let mut done = 0;
    while app.db.read(quiet_mode::is_unfinished).await? {
        let step = app.change(carry_on).await?;
        if step == 0 {
            break;
        }
        done += step;
    }
    // What waited may go now.
    app.goes_out.notify_waiters();
    Ok(done)
}

/// One step of it. The last one answers that nothing was left.
fn carry_on(app: &App, conn: &mut Conn, events: &mut Vec<Event>) -> Result<usize, Error> {
    let mode = quiet_mode::find(conn)?;
    if !mode.quiet.is_quiet() {
        let unsaid = quiet_mode::list_unsaid(conn, TOGETHER)?;
        for id in &unsaid {
            let mut proposal = proposals::lock(conn, *id)?;
            say_again(app, conn, &mut proposal)?;
            events.push(Event::ProposalPublished(*id));
        }
        return Ok(unsaid.len());
    }
    let said = quiet_mode::list_said(conn, TOGETHER)?;
    for id in &said {
        take_back(app, conn, *id, events)?;
    }
    if !said.is_empty() {
        return Ok(said.len());
    }
    for turn in turn_notes::list_open(conn)? {
        take_back_for_now(app, conn, turn, events)?;
    }
    for decision in quiet_mode::list_questions(conn)? {
        take_question_back(app, conn, decision, events)?;
    }
    if mode.quiet.is_lockdown() && mode.last_activity.is_none() {
        // Behind these, which are part of it.
        app.announce(conn, events)?;
        events.clear();
        quiet_mode::stop_outgoing(conn)?;
    }
    Ok(0)
}

fn take_back(
    app: &App,
    conn: &mut Conn,
    id: ProposalId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let proposal = proposals::lock(conn, id)?;
    if !proposal.is_told() || proposal.note.is_unsaid {
        return Ok(());
    }
    forget(app, conn, &proposal, events)?;
    proposals::update_note(conn, id, NoteMark { is_unsaid: true, ..proposal.note })
}

/// Notes that others hear again of a proposal that was taken back for now: under its next address,
/// because nobody takes a deleted one twice.
pub fn say_again(app: &App, conn: &mut Conn, proposal: &mut Proposal) -> Result<(), Error> {
    let urls = app.collective.urls();
    let (url, owner) = (urls.note(proposal), urls.actor());
    let was_said = activities::find_tombstone(conn, url.as_str(), owner.as_str())?.is_some();
    let number = proposal.note.number.saturating_add(i32::from(was_said));
    proposal.note = NoteMark { number, is_unsaid: false, ..proposal.note };
    proposals::update_note(conn, proposal.id, proposal.note)
}

fn take_question_back(
    app: &App,
    conn: &mut Conn,
    id: DecisionId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let urls = app.collective.urls();
    let (url, owner, now) = (urls.question(id), urls.actor(), app.now());
    if activities::find_tombstone(conn, url.as_str(), owner.as_str())?.is_none() {
        activities::insert_tombstone(conn, url.as_str(), owner.as_str(), now)?;
        events.push(Event::OpinionTakenBack(id, now));
    }
    Ok(())
}
