//! Making a pact with another collective, and everything that becomes of it on our side: one verb
//! for each thing that a steward can say.
//!
//! Under a pact each side follows the other, so that what is public travels too.

use url::Url;

use crate::actions::follow;
use crate::app::App;
use crate::db::jobs::{self, JobKind};
use crate::db::{Conn, actors, followings, hosts, inboxes, pacts, proposals};
use crate::domain::audience::Audience;
use crate::domain::block::Blocks;
use crate::domain::event::{Event, Way};
use crate::domain::id::PactId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::{Pact, Shares, Word};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// How many pacts are kept of which only the other side ever spoke.
const MOST_UNANSWERED: i64 = 50;

/// What a steward can do with a pact that was spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Say yes to what they proposed.
    Accept,
    /// Say no.
    Decline,
    /// Let nothing be sent for the time being.
    Pause,
    /// Go on after a pause of ours.
    Resume,
    /// End it, or take our proposal back.
    End,
}

/// Proposes a pact to a collective. If they proposed one to us, this is our yes.
pub async fn propose(app: &App, actor: RemoteActor) -> Result<(Pact, RemoteActor), Error> {
    if app.collective.urls().is_ours(&actor.url) {
        return Err(Refusal::OurOwnAddress.into());
    }
    if !actor.is_collective() {
        return Err(Refusal::NotACollective.into());
    }
    app.change(move |app, conn, events| {
        let actor = actors::upsert(conn, &actor)?;
        let known = pacts::lock_by_actor(conn, actor.id)?;
        let mut pact = match known {
            Some(pact) => pact,
            None => begin(app, conn, &actor)?,
        };
        let way = if pact.their_offer.is_some() && pact.accept(app.now()).is_ok() {
            Way::Accept
        } else {
            pact.propose(app.now())?;
            Way::Offer
        };
        let before = Before { was_active: false };
        follow_too(app, conn, events, &actor)?;
        said(app, conn, events, &mut pact, way, before)?;
        Ok((pact, actor))
    })
    .await
}

/// Takes a step, if the state of the pact allows it.
pub async fn take_step(app: &App, id: PactId, step: Step) -> Result<(Pact, RemoteActor), Error> {
    app.change(move |app, conn, events| {
        let (mut pact, actor) = locked(conn, id)?;
        let before = Before { was_active: pact.is_active() };
        let now = app.now();
        match step {
            Step::Accept => pact.accept(now)?,
            Step::Decline => pact.decline(now)?,
            Step::Pause => pact.pause(now)?,
            Step::Resume => pact.resume(now)?,
            Step::End => pact.end(now)?,
        }
        let way = match step {
            // They said that they want it, but not by an Offer that could be named.
            Step::Accept if pact.their_offer.is_none() => Way::Offer,
            Step::Accept => Way::Accept,
            Step::Decline if pact.their_offer.is_none() => Way::Update,
            Step::Decline => Way::Reject,
            Step::Pause | Step::Resume => Way::Update,
            Step::End => Way::Undo,
        };
        if step == Step::Accept {
            follow_too(app, conn, events, &actor)?;
        }
        said(app, conn, events, &mut pact, way, before)?;
        Ok((pact, actor))
    })
    .await
}

/// Changes what goes to the other side.
pub async fn share(app: &App, id: PactId, shares: Shares) -> Result<(Pact, RemoteActor), Error> {
    app.change(move |app, conn, events| {
        let (mut pact, actor) = locked(conn, id)?;
        let says_more_or_less = pact.shares.availability != shares.availability;
        if pact.share(shares, app.now()) {
            events.push(Event::PactSaid { pact: id, way: Way::Update });
        }
        pacts::update(conn, &pact)?;
        if pact.is_active() {
            // What is shared from now on may have been open for long.
            if says_more_or_less {
                renew(app, conn)?;
            }
            events.push(Event::PactOpened(id));
        }
        Ok((pact, actor))
    })
    .await
}

/// Makes everything open and for pacts newer than what was sent of it, because the other side takes
/// nothing that is as old as what it has.
fn renew(app: &App, conn: &mut Conn) -> Result<(), Error> {
    for open in proposals::list_open(conn)? {
        if open.content.audience == Audience::Pacts {
            let mut proposal = proposals::lock(conn, open.id)?;
            proposal.touch(app.now());
            proposal.revision += 1;
            proposals::update(conn, &proposal)?;
        }
    }
    Ok(())
}

/// Decides whether what the other side promises is accepted without a steward. They are not told.
pub async fn rule(app: &App, id: PactId, accepts: bool) -> Result<(Pact, RemoteActor), Error> {
    app.change(move |_, conn, _| {
        let (mut pact, actor) = locked(conn, id)?;
        pact.accepts_alone = accepts;
        pacts::update(conn, &pact)?;
        Ok((pact, actor))
    })
    .await
}

/// Takes in what the other side says; false if we had that or something later. Changes nothing
/// else: whatever they propose waits for a steward. `offer` is the id of the Offer that it came in.
pub fn hear(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    actor: &RemoteActor,
    word: Word,
    offer: Option<Url>,
) -> Result<bool, Error> {
    let mut pact = match pacts::lock_by_actor(conn, actor.id)? {
        Some(pact) => pact,
        None => begin(app, conn, actor)?,
    };
    let was_active = pact.is_active();
    let is_first = pact.theirs.sequence == 0;
    if !pact.hear(word, app.now()) {
        return Ok(false);
    }
    // What was sent to an address to which they moved was for nobody, if it knew of no pact yet.
    let was_active = was_active && !(is_first && pact.is_active());
    pact.their_offer = offer.or(pact.their_offer);
    pacts::update(conn, &pact)?;
    changed(app, conn, events, &pact, Before { was_active })?;
    pacts::keep_newest_unanswered(conn, MOST_UNANSWERED)?;
    Ok(true)
}

/// Lets the pact with a collective stand with the address to which it moved, without anybody doing
/// anything. Both addresses said so, and whoever signs for the old one could read and promise all
/// the same: so it is as active as before. What waits for the old address is taken back.
///
/// The new address hears our word, and what is open: a server that brought its pacts along knows
/// both, and for another it is a proposal, on which it gets what is open once it accepts.
pub fn follow_move(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    old: &RemoteActor,
    new: &RemoteActor,
) -> Result<(), Error> {
    let Some(mut left) = pacts::lock_by_actor(conn, old.id)? else { return Ok(()) };
    let notes = app.collective.urls().join("n/");
    inboxes::recall_notes(conn, old.inbox.as_str(), notes.as_str())?;
    let (mut pact, before, says) = match pacts::lock_by_actor(conn, new.id)? {
        None => {
            let says = left.move_to(new.id, app.now());
            (left, Before { was_active: false }, says)
        }
        Some(mut pact) => {
            let before = Before { was_active: pact.is_active() };
            let says = pact.take_over(&left, app.now());
            pacts::delete(conn, left.id)?;
            (pact, before, says)
        }
    };
    if !says {
        return pacts::update(conn, &pact);
    }
    let way = if pact.is_wanted() { Way::Offer } else { Way::Update };
    said(app, conn, events, &mut pact, way, before)
}

/// Ends what stands with somebody who blocked us, and says so: nothing for pacts goes there any
/// more. If they think better of it, they or we propose anew.
pub fn blocked_by(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    actor: &RemoteActor,
) -> Result<(), Error> {
    let Some(mut pact) = pacts::lock_by_actor(conn, actor.id)? else { return Ok(()) };
    let before = Before { was_active: pact.is_active() };
    if pact.cut_by_them(app.now()) {
        return said(app, conn, events, &mut pact, Way::Undo, before);
    }
    pacts::update(conn, &pact)
}

/// Ends what stands with everybody whom a block of ours covers. They are not told, because nothing
/// goes to whom we block; they are once the block ends ([`tell_unblocked`]).
pub fn end_blocked(app: &App, conn: &mut Conn, blocks: &Blocks) -> Result<(), Error> {
    let notes = app.collective.urls().join("n/");
    for (_, actor) in pacts::list(conn)? {
        if !blocks.covers_actor(&actor.url) {
            continue;
        }
        if let Some(mut pact) = pacts::lock_by_actor(conn, actor.id)?
            && pact.cut(app.now())
        {
            pacts::update(conn, &pact)?;
            inboxes::recall_notes(conn, actor.inbox.as_str(), notes.as_str())?;
        }
    }
    Ok(())
}

/// Tells everybody whom a block of ours covered, and none covers now, that the pact is over.
pub fn tell_unblocked(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    ended: &Blocks,
) -> Result<(), Error> {
    let standing = hosts::list_blocks(conn)?.into_iter().map(|block| block.subject);
    let standing = Blocks::new(standing);
    for (_, actor) in pacts::list(conn)? {
        if !ended.covers_actor(&actor.url) || standing.covers_actor(&actor.url) {
            continue;
        }
        if let Some(mut pact) = pacts::lock_by_actor(conn, actor.id)?
            && pact.repeat_no(app.now())
        {
            pacts::update(conn, &pact)?;
            events.push(Event::PactSaid { pact: pact.id, way: Way::Update });
        }
    }
    Ok(())
}

/// What a pact was before something was said.
struct Before {
    was_active: bool,
}

fn begin(app: &App, conn: &mut Conn, actor: &RemoteActor) -> Result<Pact, Error> {
    let pact = Pact::new(app.clock.new_id(), actor.id, app.now());
    pacts::insert(conn, &pact)?;
    Ok(pact)
}

fn locked(conn: &mut Conn, id: PactId) -> Result<(Pact, RemoteActor), Error> {
    let (_, actor) = pacts::find(conn, id)?;
    let pact = pacts::lock_by_actor(conn, actor.id)?.ok_or(Error::NotFound)?;
    Ok((pact, actor))
}

fn follow_too(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    actor: &RemoteActor,
) -> Result<(), Error> {
    if followings::find_by_actor(conn, actor.id)?.is_none() {
        follow::ask(app, conn, events, actor)?;
    }
    Ok(())
}

/// Writes what we said, and names the events.
fn said(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    pact: &mut Pact,
    way: Way,
    before: Before,
) -> Result<(), Error> {
    if matches!(way, Way::Offer | Way::Accept) {
        pact.our_offer = Some(app.collective.urls().pact_word(pact.id, pact.ours.sequence));
    }
    pacts::update(conn, pact)?;
    events.push(Event::PactSaid { pact: pact.id, way });
    changed(app, conn, events, pact, before)
}

/// If a pact became active: what is open goes to them, and what we hold of them is looked at where
/// it stands, because while nothing was sent we may have missed its end. If it is active no more,
/// what still waits for them is taken back.
fn changed(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    pact: &Pact,
    before: Before,
) -> Result<(), Error> {
    let actor = actors::find(conn, pact.actor)?;
    match (before.was_active, pact.is_active()) {
        (false, true) => {}
        (true, false) => {
            let notes = app.collective.urls().join("n/");
            return inboxes::recall_notes(conn, actor.inbox.as_str(), notes.as_str());
        }
        _ => return Ok(()),
    }
    events.push(Event::PactOpened(pact.id));
    let actor = actor.url;
    let waiting = jobs::list_actors(conn, JobKind::ReadOutbox)?;
    if !waiting.iter().any(|known| known == actor.as_str()) {
        let id = app.clock.new_id::<()>().number();
        jobs::insert(conn, id, JobKind::ReadOutbox, (actor.as_str(), ""), app.now())?;
    }
    Ok(())
}
