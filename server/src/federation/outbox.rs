//! Everything that we say: the table from what happened here to activities.
//!
//! Runs inside the transaction of the change. What it writes are rows: the activity as it will be
//! signed, and one delivery for each inbox. Nothing waits in memory.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use crate::app::{App, OurKeys};
use crate::db::activities::SentActivity;
use crate::db::followings::Following;
use crate::db::{
    Conn, activities, actors, collective, followings, fulfilments, inboxes, incoming_promises,
    promises as promises_db, proposals, quarantine, quiet_mode, replies,
};
use crate::domain::audience::Audience;
use crate::domain::collective::domain_of;
use crate::domain::event::Event;
use crate::domain::fulfilment::{Confirmation, Fulfilment, Side};
use crate::domain::id::{FulfilmentId, ProposalId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::federation::vocab::{ACTIVITY_STREAMS, ACTOR_CONTEXT, CONTEXT, PUBLIC};
use crate::federation::{
    asked, objects, opinions, passing, people, promises, reports, sign_in, telling,
};

pub mod pacts;
pub mod quiet;
pub mod turns;

/// Between our actor and the generation of its keys, in the id of the Update that tells of them.
const UPDATES: &str = "#updates/";
/// The same for what tells that we say something else about who we are, before the moment.
const CHANGES: &str = "#changes/";

/// Writes the activities and deliveries of an event.
pub fn announce(app: &App, conn: &mut Conn, event: &Event) -> Result<(), Error> {
    match event {
        Event::ProposalPublished(id) => match quiet::to_be_said(app, conn, *id, true)? {
            Some((proposal, _)) => publish(app, conn, &proposal),
            None => Ok(()),
        },
        Event::ProposalChanged(id) => match quiet::to_be_said(app, conn, *id, false)? {
            Some((proposal, true)) => publish(app, conn, &proposal),
            Some((proposal, false)) if proposal.content.audience == Audience::Pacts => {
                pacts::update(app, conn, &proposal)
            }
            Some((proposal, false)) => {
                send_public(app, conn, &update_proposal(app, &proposal), *id)
            }
            None => Ok(()),
        },
        Event::NoteWithdrawn { note, proposal, at } => {
            let withdrawn = proposals::find(conn, *proposal)?;
            if withdrawn.content.audience == Audience::Pacts {
                return pacts::withdraw(app, conn, note, *at);
            }
            send_public(app, conn, &delete(app, note, *at), *proposal)
        }
        Event::FulfilmentConfirmed(id) => {
            let fulfilment = fulfilments::find(conn, *id)?;
            if !quiet::gives_thanks(app, conn, &fulfilment)? {
                return Ok(());
            }
            let (proposal, note) = fulfilment_note(app, conn, &fulfilment, true)?;
            if proposal.content.audience == Audience::Pacts {
                return pacts::thank(app, conn, &proposal, &fulfilment);
            }
            send_public(app, conn, &create(app, note), proposal.id)
        }
        Event::FulfilmentCorrected(id) => correct_thanks(app, conn, *id),
        Event::KeysRotated => announce_keys(app, conn),
        Event::CollectiveChanged => announce_change(app, conn),
        Event::FollowAsked { follow, actor, inbox } => {
            send_to(app, conn, &self::follow(app, *follow, actor), inbox)
        }
        Event::FollowEnded { follow, actor, inbox } => {
            send_to(app, conn, &undo_follow(app, *follow, actor), inbox)
        }
        Event::FollowerAccepted { follow, actor, inbox } => {
            let accept = accept_follow(app, follow, actor)?;
            send_to(app, conn, &accept, inbox)
        }
        Event::PactSaid { pact, way } => pacts::say(app, conn, *pact, way),
        Event::PactOpened(pact) => pacts::catch_up(app, conn, *pact),
        Event::PersonPromised { promise, token, why } => {
            people::tell_noted(app, conn, *promise, token, *why)
        }
        Event::SignedInByCode(code) => sign_in::tell_signed_in(app, conn, *code),
        Event::SignedInElsewhere(member) => telling::tell_signed_in(app, conn, *member),
        Event::PersonConcerned(promise) => people::tell_change(app, conn, *promise),
        Event::MessageAnswered { message, token } => asked::answer(app, conn, *message, token),
        Event::AskerConcerned(id) => asked::tell_promised(app, conn, *id),
        Event::AskerOfRound(round, id) => asked::tell_round_closed(app, conn, *round, *id),
        Event::PromiserOfRound(round, id) => people::tell_round_closed(app, conn, *round, *id),
        Event::AskerOfMoment { proposal, side, token } => {
            asked::ask_moment(app, conn, *proposal, (*side, token))
        }
        Event::PromiserOfMoment { promise, side, token } => {
            people::ask_moment(app, conn, *promise, (*side, token))
        }
        Event::Reported { id, actor, inbox, object, words } => {
            reports::send(app, conn, *id, (actor, inbox), (object, words))
        }
        Event::PassedOn(id) => passing::announce(app, conn, *id),
        Event::TurnTold(id) => turns::tell(app, conn, *id),
        Event::TurnToldAgain(id) => turns::tell_again(app, conn, *id),
        Event::TurnNoteWithdrawn { note, at } => turns::withdraw(app, conn, note, *at),
        Event::OpinionAsked(id) => {
            if !quiet::asks(app, conn, *id)? {
                return Ok(());
            }
            let create = opinions::ask(app, conn, *id)?;
            send(app, conn, &create, Reach::Followers, BTreeSet::new()).map(drop)
        }
        Event::OpinionOver(id) => {
            if quiet::is_question_buried(app, conn, *id)? {
                return Ok(());
            }
            let update = opinions::tell_over(app, conn, *id)?;
            send(app, conn, &update, Reach::Followers, BTreeSet::new()).map(drop)
        }
        Event::OpinionTakenBack(id, at) => {
            let delete = quiet::delete_question(app, *id, *at);
            send(app, conn, &delete, Reach::Followers, BTreeSet::new()).map(drop)
        }
        Event::SeenOtherwise => quiet::tell(app, conn),
        _ => promises::announce(app, conn, event),
    }
}

/// Tells of a proposal for the first time, or for the first time under its address.
fn publish(app: &App, conn: &mut Conn, proposal: &Proposal) -> Result<(), Error> {
    if proposal.content.audience == Audience::Pacts {
        return pacts::publish(app, conn, proposal);
    }
    send_public(app, conn, &create_proposal(app, proposal), proposal.id)
}

/// Tells everybody who follows us, and everybody whom we follow, of new keys, and notes up to which
/// place in the log the old ones sign. The whole actor is in the Update, for those who read it
/// there and not at its address.
fn announce_keys(app: &App, conn: &mut Conn) -> Result<(), Error> {
    let keys = OurKeys::read(&collective::list_keys(conn)?)?;
    let id =
        format!("{}{UPDATES}{}", app.collective.urls().actor(), keys.collective.current.generation);
    let update = update_actor(app, id, objects::actor::collective(app, &keys)?);
    let place = send_to_known(app, conn, &update)?;
    collective::note_last_activity(conn, place)
}

/// Tells the same people that we say something else about who we are.
fn announce_change(app: &App, conn: &mut Conn) -> Result<(), Error> {
    // The instance has not read it anew yet.
    let ours = collective::find(conn)?.ok_or(Error::NotFound)?;
    let keys = OurKeys::read(&collective::list_keys(conn)?)?;
    let id = format!("{}{CHANGES}{}", ours.urls().actor(), ours.updated_at.as_microsecond());
    let actor = objects::actor::described(&ours, &keys, quiet_mode::find(conn)?)?;
    send_to_known(app, conn, &update_actor(app, id, actor)).map(drop)
}

/// Sends to everybody who follows us, and to everybody whom we follow.
fn send_to_known(app: &App, conn: &mut Conn, update: &Value) -> Result<i64, Error> {
    let inbox =
        |following: Following| following.actor.shared_inbox.unwrap_or(following.actor.inbox);
    let others = followings::list(conn)?.into_iter().map(|f| inbox(f).to_string()).collect();
    send(app, conn, update, Reach::Followers, others)
}

fn update_actor(app: &App, id: String, mut actor: Value) -> Value {
    let urls = app.collective.urls();
    if let Value::Object(actor) = &mut actor {
        actor.shift_remove("@context");
    }
    json!({
        "@context": *ACTOR_CONTEXT,
        "id": id,
        "type": "Update",
        "actor": urls.actor(),
        "to": [PUBLIC],
        "cc": [urls.of_actor("followers")],
        "object": actor
    })
}

/// The generation of keys of which an activity of ours tells, if it does.
pub fn announced_keys(actor: &Url, activity: &str) -> Option<i32> {
    activity.strip_prefix(actor.as_str())?.strip_prefix(UPDATES)?.parse().ok()
}

/// The `Create` of a public proposal as it stands now: also what the outbox shows.
pub fn create_proposal(app: &App, proposal: &Proposal) -> Value {
    create(app, objects::proposal::note(app, proposal))
}

/// The Note of a fulfilment with the counts as they are now, and the proposal that it answers. A
/// collective that promised is named in it, a person never; how much came only with `availability`.
pub fn fulfilment_note(
    app: &App,
    conn: &mut Conn,
    fulfilment: &Fulfilment,
    availability: bool,
) -> Result<(Proposal, Value), Error> {
    let proposal = proposals::find(conn, fulfilment.proposal)?;
    let said = promises_db::list_confirmations(conn, proposal.id)?;
    let corrected_at = corrections(fulfilment, &said).map(|word| word.confirmed_at).max();
    let mut fulfilment = fulfilment.clone().recounted(&said);
    if !availability {
        fulfilment.proposer_amount = None;
    }
    let party = incoming_promises::find_party(conn, fulfilment.promise)?;
    let actor = party.and_then(|party| party.actor).map(|actor| actors::find(conn, actor));
    let actor = actor.transpose()?.filter(RemoteActor::is_collective);
    let partner = actor.as_ref().map(|actor| &actor.url);
    let mut note = objects::fulfilment::note(app, &proposal, &fulfilment, partner);
    if let (Some(at), Value::Object(note)) = (corrected_at, &mut note) {
        note.insert("updated".into(), json!(at));
    }
    Ok((proposal, note))
}

/// What we corrected of our count since it was published.
fn corrections<'a>(
    fulfilment: &Fulfilment,
    said: &'a [Confirmation],
) -> impl Iterator<Item = &'a Confirmation> {
    let (promise, since) = (fulfilment.promise, fulfilment.fulfilled_at);
    said.iter().filter(move |word| {
        let is_ours = word.promise == promise && word.side == Side::Proposer;
        is_ours && word.corrects.is_some() && word.confirmed_at >= since
    })
}

/// Tells whoever was told how much came that it was counted anew.
fn correct_thanks(app: &App, conn: &mut Conn, id: FulfilmentId) -> Result<(), Error> {
    let fulfilment = fulfilments::find(conn, id)?;
    if !quiet::gives_thanks(app, conn, &fulfilment)? {
        return Ok(());
    }
    let (proposal, note) = fulfilment_note(app, conn, &fulfilment, true)?;
    if proposal.content.audience == Audience::Pacts {
        return pacts::correct_thanks(app, conn, &proposal, &fulfilment);
    }
    let said = promises_db::list_confirmations(conn, proposal.id)?;
    let count = corrections(&fulfilment, &said).count();
    // Other than one that was said before a return from a backup.
    let number = i64::from(quarantine::epoch(conn)?)
        .saturating_add(i64::try_from(count).unwrap_or_default());
    let id = format!("{}/updates/{number}", app.collective.urls().fulfilment(id));
    send_public(app, conn, &update(app, id, note), proposal.id)
}

/// The `Create` of a Note, with the Note's own audience and time.
pub fn create(app: &App, note: Value) -> Value {
    let id = note.get("id").and_then(Value::as_str).unwrap_or_default();
    json!({
        "@context": *CONTEXT,
        "id": format!("{id}/create"),
        "type": "Create",
        "actor": app.collective.urls().actor(),
        "published": note.get("published"),
        "to": note.get("to"),
        "cc": note.get("cc"),
        "object": note
    })
}

fn update_proposal(app: &App, proposal: &Proposal) -> Value {
    let id = app.collective.urls().note(proposal);
    let id = format!("{id}/updates/{}", proposal.revision);
    update(app, id, objects::proposal::note(app, proposal))
}

/// The `Update` of a Note, with the Note's own audience.
fn update(app: &App, id: String, note: Value) -> Value {
    json!({
        "@context": *CONTEXT,
        "id": id,
        "type": "Update",
        "actor": app.collective.urls().actor(),
        "to": note.get("to"),
        "cc": note.get("cc"),
        "object": note
    })
}

fn delete(app: &App, object: &Url, at: jiff::Timestamp) -> Value {
    let urls = app.collective.urls();
    json!({
        "@context": [ACTIVITY_STREAMS],
        "id": format!("{object}#delete"),
        "type": "Delete",
        "actor": urls.actor(),
        "to": [PUBLIC],
        "cc": [urls.of_actor("followers")],
        "object": objects::proposal::tombstone(object, at)
    })
}

fn follow(app: &App, id: i64, actor: &Url) -> Value {
    let urls = app.collective.urls();
    json!({
        "@context": ACTIVITY_STREAMS,
        "id": urls.follow(id),
        "type": "Follow",
        "actor": urls.actor(),
        "object": actor,
        "to": [actor]
    })
}

fn undo_follow(app: &App, id: i64, actor: &Url) -> Value {
    let urls = app.collective.urls();
    let mut undone = follow(app, id, actor);
    if let Value::Object(undone) = &mut undone {
        undone.shift_remove("@context");
    }
    json!({
        "@context": ACTIVITY_STREAMS,
        "id": format!("{}/undo", urls.follow(id)),
        "type": "Undo",
        "actor": urls.actor(),
        "to": [actor],
        "object": undone
    })
}

/// Mastodon matches an Accept by the Follow embedded in it, so the whole Follow goes back.
fn accept_follow(app: &App, follow: &str, actor: &Url) -> Result<Value, Error> {
    let urls = app.collective.urls();
    let follow: Value =
        serde_json::from_str(follow).map_err(|error| Error::Internal(error.into()))?;
    Ok(json!({
        "@context": ACTIVITY_STREAMS,
        "id": urls.follow(app.clock.new_id::<()>().number()),
        "type": "Accept",
        "actor": urls.actor(),
        "to": [actor],
        "object": follow
    }))
}

/// To everybody who follows, and to whoever replied to, boosted or liked the proposal: an edit must
/// reach every server that shows it.
fn send_public(
    app: &App,
    conn: &mut Conn,
    activity: &Value,
    proposal: ProposalId,
) -> Result<(), Error> {
    let others = replies::list_inboxes(conn, proposal)?.into_iter().collect();
    send(app, conn, activity, Reach::Followers, others)?;
    Ok(())
}

pub(in crate::federation) fn send_to(
    app: &App,
    conn: &mut Conn,
    activity: &Value,
    inbox: &Url,
) -> Result<(), Error> {
    send(app, conn, activity, Reach::Named, BTreeSet::from([inbox.to_string()]))?;
    Ok(())
}

/// Who gets an activity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Everybody, and so all followers; besides those who are named.
    Followers,
    /// Those who are named.
    Named,
}

/// Writes an activity into the log, and the deliveries that are exceptions; answers its place.
fn send(
    app: &App,
    conn: &mut Conn,
    activity: &Value,
    reach: Reach,
    named: BTreeSet<String>,
) -> Result<i64, Error> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let object = activity.get("object");
    let new_id = || app.clock.new_id::<()>().number();
    let to_followers = reach == Reach::Followers;
    let sent = SentActivity {
        id: new_id(),
        url: text(activity.get("id")),
        object_url: text(object.and_then(|object| object.get("id")).or(object)),
        body: activity.to_string(),
        is_public: to_followers,
        sent_at: app.now().as_microsecond(),
        kind: text(activity.get("type")),
        to_followers,
    };
    let place = activities::insert_sent(conn, sent)?;
    for inbox in named {
        let Ok(url) = Url::parse(&inbox) else { continue };
        // What stands here need not be delivered to here.
        if !app.collective.urls().is_ours(&url) {
            let host = domain_of(&url);
            inboxes::enqueue(conn, &new_id, (&inbox, &host), place, to_followers)?;
        }
    }
    Ok(place)
}
