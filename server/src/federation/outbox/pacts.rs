//! What we say about pacts, and what goes to those that are active alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::db::{Conn, activities, pacts, proposals, quiet_mode};
use crate::domain::audience::Audience;
use crate::domain::event::Way;
use crate::domain::fulfilment::Fulfilment;
use crate::domain::id::PactId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::{Pact, Shares};
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::federation::objects;
use crate::federation::objects::relationship::{self, relationship};
use crate::federation::outbox::{Reach, send, send_to};

/// Tells the other side our word about a pact.
pub fn say(app: &App, conn: &mut Conn, id: PactId, way: &Way) -> Result<(), Error> {
    let (pact, actor) = pacts::find(conn, id)?;
    let activity = match way {
        Way::Offer => saying(app, &pact, &actor, "Offer"),
        Way::Update => saying(app, &pact, &actor, "Update"),
        Way::Accept => answering(app, &pact, &actor, "Accept"),
        Way::Reject => answering(app, &pact, &actor, "Reject"),
        Way::Undo => undoing(app, conn, &pact, &actor)?,
    };
    send_to(app, conn, &activity, &actor.inbox)
}

/// An activity whose object is the pact.
fn saying(app: &App, pact: &Pact, actor: &RemoteActor, kind: &str) -> Value {
    activity(app, pact, actor, kind, json!({"object": relationship(app, pact, actor)}))
}

/// An answer to their Offer, with the pact as its result.
fn answering(app: &App, pact: &Pact, actor: &RemoteActor, kind: &str) -> Value {
    let result = relationship(app, pact, actor);
    activity(app, pact, actor, kind, json!({"object": pact.their_offer, "result": result}))
}

/// The end: what is undone is the activity by which we came in.
fn undoing(app: &App, conn: &mut Conn, pact: &Pact, actor: &RemoteActor) -> Result<Value, Error> {
    let came_in = pact.our_offer.as_ref().map(ToString::to_string).unwrap_or_default();
    let sent = activities::find_sent(conn, &came_in)?;
    let was_answer = sent.is_some_and(|sent| sent.kind == "Accept");
    let mut undone = match was_answer {
        true => answering(app, pact, actor, "Accept"),
        false => saying(app, pact, actor, "Offer"),
    };
    if let Value::Object(undone) = &mut undone {
        undone.shift_remove("@context");
        undone.insert("id".into(), json!(came_in));
    }
    let mut undo = activity(app, pact, actor, "Undo", json!({"object": undone}));
    let word = app.collective.urls().pact_word(pact.id, pact.ours.sequence);
    if let Value::Object(undo) = &mut undo {
        undo.insert("id".into(), json!(format!("{word}/undo")));
    }
    Ok(undo)
}

fn activity(app: &App, pact: &Pact, actor: &RemoteActor, kind: &str, parts: Value) -> Value {
    let urls = app.collective.urls();
    let mut activity = json!({
        "@context": *relationship::CONTEXT,
        "id": urls.pact_word(pact.id, pact.ours.sequence),
        "type": kind,
        "actor": urls.actor(),
        "to": [actor.url]
    });
    if let (Value::Object(activity), Value::Object(parts)) = (&mut activity, parts) {
        activity.extend(parts);
    }
    activity
}

/// Sends a proposal for pacts to those with which it is shared.
pub fn publish(app: &App, conn: &mut Conn, proposal: &Proposal) -> Result<(), Error> {
    each(app, conn, proposal, |note| created(app, note))
}

/// Sends what a proposal for pacts says now.
pub fn update(app: &App, conn: &mut Conn, proposal: &Proposal) -> Result<(), Error> {
    let id = app.collective.urls().note(proposal);
    each(app, conn, proposal, |note| {
        let mut update = created(app, note);
        if let Value::Object(update) = &mut update {
            update.insert("id".into(), json!(unique(app, &format!("{id}/updates"))));
            update.insert("type".into(), json!("Update"));
            update.shift_remove("published");
        }
        update
    })
}

/// Thanks for what came of a proposal for pacts, before those with which it is shared.
pub fn thank(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    fulfilment: &Fulfilment,
) -> Result<(), Error> {
    each_thanks(app, conn, proposal, fulfilment, |note| created(app, note))
}

/// Says how much came after it was counted anew.
pub fn correct_thanks(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    fulfilment: &Fulfilment,
) -> Result<(), Error> {
    let id = format!("{}/updates", app.collective.urls().fulfilment(fulfilment.id));
    each_thanks(app, conn, proposal, fulfilment, |note| super::update(app, unique(app, &id), note))
}

/// Sends an activity about what came to the pacts with which the proposal is shared: one that says
/// how much, and one that does not.
fn each_thanks(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    fulfilment: &Fulfilment,
    activity: impl Fn(Value) -> Value,
) -> Result<(), Error> {
    for availability in [true, false] {
        let (_, note) = super::fulfilment_note(app, conn, fulfilment, availability)?;
        let inboxes = reached(app, conn, |shares| {
            shares.include(proposal.purpose) && shares.availability == availability
        })?;
        send_named(app, conn, &activity(note), inboxes)?;
    }
    Ok(())
}

/// Says that a Note for pacts was taken back, also where that kind is not shared any more.
pub fn withdraw(app: &App, conn: &mut Conn, note: &Url, at: Timestamp) -> Result<(), Error> {
    let mut delete = super::delete(app, note, at);
    let (to, _) = objects::proposal::audience(app, Audience::Pacts);
    if let Value::Object(delete) = &mut delete {
        delete.insert("to".into(), json!(to));
        delete.insert("cc".into(), json!([]));
    }
    let inboxes = reached(app, conn, |_| true)?;
    send_named(app, conn, &delete, inboxes)
}

/// Sends everything open and for pacts to one that became active, or gets more than before.
pub fn catch_up(app: &App, conn: &mut Conn, id: PactId) -> Result<(), Error> {
    let (pact, actor) = pacts::find(conn, id)?;
    let is_silent = quiet_mode::is_quiet(conn)? || app.blocks().covers_actor(&actor.url);
    if !pact.is_active() || is_silent {
        return Ok(());
    }
    for proposal in proposals::list_open(conn)? {
        let is_for_it = proposal.content.audience == Audience::Pacts && proposal.is_told();
        if is_for_it && !proposal.note.is_unsaid && pact.shares.include(proposal.purpose) {
            let note = note_for(app, &proposal, pact.shares.availability);
            send_to(app, conn, &created(app, note), &actor.inbox)?;
        }
    }
    Ok(())
}

/// The Note as a pact gets it, which may not be told how far it is covered.
pub fn note_for(app: &App, proposal: &Proposal, availability: bool) -> Value {
    match availability {
        true => objects::proposal::note(app, proposal),
        false => objects::proposal::note_without_availability(app, proposal),
    }
}

/// Sends an activity about a proposal to the pacts with which it is shared: one that says how far
/// it is covered, and one that does not.
fn each(
    app: &App,
    conn: &mut Conn,
    proposal: &Proposal,
    activity: impl Fn(Value) -> Value,
) -> Result<(), Error> {
    for availability in [true, false] {
        let inboxes = reached(app, conn, |shares| {
            shares.include(proposal.purpose) && shares.availability == availability
        })?;
        send_named(app, conn, &activity(note_for(app, proposal, availability)), inboxes)?;
    }
    Ok(())
}

/// A Create with an id of its own each time: a pact that gets it again must not take it for one that
/// it has seen.
fn created(app: &App, note: Value) -> Value {
    let mut create = super::create(app, note);
    let id = create.get("id").and_then(Value::as_str).unwrap_or_default();
    let id = unique(app, id);
    if let Value::Object(create) = &mut create {
        create.insert("id".into(), json!(id));
    }
    create
}

fn unique(app: &App, beginning: &str) -> String {
    format!("{beginning}/{}", app.clock.new_id::<()>())
}

/// The personal inboxes of the active pacts that share enough.
fn reached(
    app: &App,
    conn: &mut Conn,
    shares: impl Fn(Shares) -> bool,
) -> Result<BTreeSet<String>, Error> {
    let blocks = app.blocks();
    let active = pacts::list_active(conn)?.into_iter();
    let reached =
        active.filter(|(pact, actor)| shares(pact.shares) && !blocks.covers_actor(&actor.url));
    Ok(reached.map(|(_, actor)| actor.inbox.to_string()).collect())
}

fn send_named(
    app: &App,
    conn: &mut Conn,
    activity: &Value,
    inboxes: BTreeSet<String>,
) -> Result<(), Error> {
    if !inboxes.is_empty() {
        send(app, conn, activity, Reach::Named, inboxes)?;
    }
    Ok(())
}
