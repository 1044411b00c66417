//! `Create` of a Note: a neighbour's need or offer, a reply to one of ours, or a message to us.

use serde_json::Value;
use url::Url;

use crate::actions::hear_message::Kept;
use crate::actions::hear_reply::hear_reply;
use crate::app::App;
use crate::db::jobs::{self, JobKind};
use crate::db::replies::Reply;
use crate::db::{Conn, activities, followings, neighbour_proposals, pacts, proposals};
use crate::domain::audience::Audience;
use crate::domain::id::ProposalId;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::error::Error;
use crate::federation::activities::agreement;
use crate::federation::inbox::{Activity, Effect, Failure, Outcome, ignored};
use crate::federation::objects::{read_post, read_proposal};
use crate::federation::{fetch, json, messages, opinions, sign_in};

/// Takes in what belongs here, if the sender wrote it.
pub async fn receive(app: &App, activity: Activity) -> Result<Effect, Failure> {
    let Some(note) = owned_object(app, &activity).await? else {
        return Ok(ignored("the object is not the sender's"));
    };
    // Here and not where Notes are read otherwise: only what is new can ask for something.
    if let Some(effect) = sign_in::receive(app, &note, &activity.actor) {
        return Ok(effect);
    }
    Ok(take_in(app, &note, activity.actor, true))
}

/// The object of an activity, if its sender wrote it: embedded, or fetched from where it stands.
pub async fn owned_object(app: &App, activity: &Activity) -> Result<Option<Value>, Failure> {
    let Some(url) = json::url(&activity.json, "object") else { return Ok(None) };
    if url.origin() != activity.actor.url.origin() {
        return Ok(None);
    }
    let note = match json::object(&activity.json, "object") {
        Some(embedded) => embedded.clone(),
        None => fetch::object(app, &url).await?,
    };
    Ok(Some(note).filter(|note| is_owned_by(note, &activity.actor)))
}

/// Whether a Note has exactly one owner, and `actor` is it.
pub fn is_owned_by(note: &Value, actor: &RemoteActor) -> bool {
    let owners = json::field(note, "attributedTo").map(|owners| json::many(owners).count());
    let near = json::url(note, "id").is_some_and(|id| id.origin() == actor.url.origin());
    owners == Some(1) && near && json::url(note, "attributedTo").as_ref() == Some(&actor.url)
}

/// What a Note of `actor` does here: it answers a proposal of ours, it is written to us, or it is a
/// proposal itself. `is_new` if its writer has just sent it: nothing else gets an answer.
pub fn take_in(app: &App, note: &Value, actor: RemoteActor, is_new: bool) -> Effect {
    if let Some(effect) = agreement::receive_count(app, note, &actor) {
        return effect;
    }
    if let Some(effect) = opinions::receive(app, note, &actor) {
        return effect;
    }
    if let Some(reply) = read_reply(app, note, &actor) {
        let is_plain = messages::is_plain(app, note, &actor.url);
        return Box::new(move |app, conn, _| match is_buried(conn, &reply.url, &actor)? {
            true => Ok(Outcome::Ignored("it was deleted")),
            false => store_reply(app, conn, &reply, is_plain, &actor),
        });
    }
    if let Some(effect) = messages::receive(app, note, &actor, is_new) {
        return effect;
    }
    if !json::is_public(note) && !is_for_pacts(app, note, &actor) {
        return ignored("it is neither public nor for us, nor an answer to something of ours");
    }
    match read_proposal::read(app, note, &actor) {
        Some(proposal) => {
            Box::new(move |app, conn, _| match is_buried(conn, &proposal.url, &actor)? {
                true => Ok(Outcome::Ignored("it was deleted")),
                false => store_proposal(app, conn, &proposal, &actor),
            })
        }
        None => ignored("it is neither a proposal nor an answer to one of ours"),
    }
}

/// Whether a Note that is not public is for those with a pact, or for us alone.
fn is_for_pacts(app: &App, note: &Value, actor: &RemoteActor) -> bool {
    json::is_addressed_to(note, &format!("{}/pacts", actor.url))
        || json::is_addressed_to(note, app.collective.urls().actor().as_str())
}

/// Whether a need or an offer of this actor is kept. What is for pacts is kept as soon as we want
/// the pact, because their yes may arrive after it; it is shown while the pact is active.
fn is_welcome(conn: &mut Conn, proposal: &NeighbourProposal) -> Result<bool, Error> {
    if proposal.audience == Audience::Public {
        return followings::is_accepted(conn, proposal.actor);
    }
    let pact = pacts::find_by_actor(conn, proposal.actor)?;
    Ok(pact.is_some_and(|pact| pact.is_wanted()))
}

fn read_reply(app: &App, note: &Value, actor: &RemoteActor) -> Option<Reply> {
    let answered = json::url(note, "inReplyTo")?;
    let urls = app.collective.urls();
    // What we told a person about a proposal is answered as the proposal is.
    let proposal: ProposalId =
        urls.parse_note(&answered).or_else(|| urls.parse_direct(&answered))?;
    let url = json::url(note, "id")?;
    let published_at = json::time(note, "published").unwrap_or(app.now()).min(app.now());
    let post = read_post::read(note);
    Some(Reply {
        id: app.clock.new_id::<()>().number(),
        proposal,
        actor: actor.id,
        html: post.html,
        extras: post.extras,
        page: json::url(note, "url")
            .filter(|page| page.origin() == url.origin())
            .unwrap_or_else(|| url.clone()),
        is_public: json::is_public(note),
        published_at,
        updated_at: json::time(note, "updated").unwrap_or(published_at).min(app.now()),
        url,
    })
}

/// Whether its owner deleted it: a Create that arrives late does not bring it back.
pub fn is_buried(conn: &mut Conn, object: &Url, owner: &RemoteActor) -> Result<bool, Error> {
    Ok(activities::find_tombstone(conn, object.as_str(), owner.url.as_str())?.is_some())
}

fn store_reply(
    app: &App,
    conn: &mut Conn,
    reply: &Reply,
    is_plain: bool,
    actor: &RemoteActor,
) -> Result<Outcome, Error> {
    let visible = match proposals::find(conn, reply.proposal) {
        Ok(proposal) => proposal.is_public(),
        Err(Error::NotFound) => false,
        Err(other) => return Err(other),
    };
    if !visible {
        return Ok(Outcome::Ignored("it answers nothing that stands here"));
    }
    match hear_reply(app, conn, reply, is_plain, actor)? {
        Kept::Yes => Ok(Outcome::Done),
        Kept::Known => Ok(Outcome::Ignored("we have it, or a newer one")),
        Kept::Contested => contest(app, conn, &reply.url, actor),
        Kept::TooMany => Ok(Outcome::Ignored("its sender has said enough about this")),
        Kept::Counted => Ok(Outcome::Ignored("very much comes: it was counted")),
    }
}

fn store_proposal(
    app: &App,
    conn: &mut Conn,
    proposal: &NeighbourProposal,
    actor: &RemoteActor,
) -> Result<Outcome, Error> {
    let stored = neighbour_proposals::find_by_url(conn, proposal.url.as_str())?;
    if !is_welcome(conn, proposal)? {
        return store_news(conn, stored, proposal);
    }
    match stored {
        // Whoever passed it on, now it comes from its own collective.
        Some(stored) if stored.passed_on_by.is_some() && stored.actor == proposal.actor => {
            let late = stored.updated_at > proposal.updated_at;
            let newest = if late { stored } else { proposal.clone() };
            let own = NeighbourProposal { passed_on_by: None, hops: 0, ..newest };
            neighbour_proposals::upsert(conn, &own)?;
            Ok(Outcome::Done)
        }
        Some(stored) if stored.actor != proposal.actor => contest(app, conn, &proposal.url, actor),
        Some(stored) if stored.updated_at >= proposal.updated_at => {
            Ok(Outcome::Ignored("we have it, or a newer one"))
        }
        _ => {
            neighbour_proposals::upsert(conn, proposal)?;
            Ok(Outcome::Done)
        }
    }
}

/// What its own collective says of something that another passed on to us: newer than that, and as
/// public as it was.
fn store_news(
    conn: &mut Conn,
    stored: Option<NeighbourProposal>,
    proposal: &NeighbourProposal,
) -> Result<Outcome, Error> {
    let held = stored.filter(|held| held.passed_on_by.is_some() && held.actor == proposal.actor);
    match held {
        Some(held)
            if proposal.audience == Audience::Public && proposal.updated_at > held.updated_at =>
        {
            let (passed_on_by, hops) = (held.passed_on_by, held.hops);
            let news = NeighbourProposal { passed_on_by, hops, ..proposal.clone() };
            neighbour_proposals::upsert(conn, &news)?;
            Ok(Outcome::Done)
        }
        _ => Ok(Outcome::Ignored("we neither follow its sender nor have a pact with it")),
    }
}

/// Somebody else of the same server has used this id before. Whose it is, only its own address can
/// tell: it is read there.
pub fn contest(
    app: &App,
    conn: &mut Conn,
    object: &Url,
    actor: &RemoteActor,
) -> Result<Outcome, Error> {
    let id = app.clock.new_id::<()>().number();
    let what = (actor.url.as_str(), object.as_str());
    jobs::insert(conn, id, JobKind::ReadObject, what, app.now())?;
    Ok(Outcome::Ignored("it belongs to somebody else, it seems; its own address will tell"))
}
