//! Needs and offers that one collective passes on to another. What goes over the wire is an
//! `Announce` of the origin's own Note, with `relayedVia`: who passed it on, the last one first.
//! Nobody's word is taken for what it says: it is read where it stands.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

use serde_json::json;
use url::Url;

use crate::actions::pass_on::{self, MOST_HOPS, receivers};
use crate::app::App;
use crate::db::{Conn, actors, followings, neighbour_proposals, pacts};
use crate::domain::audience::Audience;
use crate::domain::id::NeighbourProposalId;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::error::Error;
use crate::federation::activities::create::is_buried;
use crate::federation::fetch::FetchError;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::outbox::send_to;
use crate::federation::vocab::AGREEMENT_CONTEXT;
use crate::federation::{json, proposals};

/// How much is kept of what one collective passes on.
const MOST_OF_ONE: i64 = 500;
/// How many who passed it on are looked at; more than two are too many anyway.
const MOST_LISTED: usize = 10;

/// Writes the activities: one for each with whom we have a pact, and one for whose it is, so that
/// we hear of its edits.
pub fn announce(app: &App, conn: &mut Conn, id: NeighbourProposalId) -> Result<(), Error> {
    let (proposal, owner) = neighbour_proposals::find(conn, id)?;
    let urls = app.collective.urls();
    let mut via = vec![urls.actor()];
    if let Some(before) = proposal.passed_on_by {
        via.push(actors::find(conn, before)?.url);
    }
    let mut to = receivers(app, conn, &proposal)?;
    to.push(owner);
    for actor in to {
        let activity = json!({
            "@context": *AGREEMENT_CONTEXT,
            "id": format!("{}#passed-on/{}", urls.actor(), app.clock.new_id::<()>()),
            "type": "Announce",
            "actor": urls.actor(),
            "to": [actor.url],
            "published": app.now(),
            "object": proposal.url,
            "relayedVia": via
        });
        send_to(app, conn, &activity, &actor.inbox)?;
    }
    Ok(())
}

/// Somebody passes something on to us: it is read where it stands, if the sender has a pact with us
/// and it did not come too far or in a circle.
pub fn receive(app: &App, activity: Activity, object: Url) -> Effect {
    let ours = app.collective.urls().actor();
    let listed = json::field(&activity.json, "relayedVia").into_iter().flat_map(json::many);
    // Some libraries write a list as an object of its own.
    let listed = listed.flat_map(|one| json::many(one.get("@list").unwrap_or(one)));
    let named = listed.take(MOST_LISTED).filter_map(|one| {
        let text = one.as_str().or_else(|| json::text(one, "id"));
        text.and_then(json::parse_url)
    });
    let mut via: HashSet<Url> = named.collect();
    // Whoever leaves themselves out has passed it on all the same.
    via.insert(activity.actor.url.clone());
    if via.contains(&ours) {
        return ignored("we passed it on ourselves");
    }
    let hops = i32::try_from(via.len()).unwrap_or(i32::MAX);
    if hops > MOST_HOPS {
        return ignored("it was passed on too often");
    }
    if app.blocks().covers_actor(&object) {
        return ignored("it stands at somebody whom we block");
    }
    Box::new(move |app, conn, _| {
        let by = &activity.actor;
        if !pacts::is_active(conn, by.id)? {
            return Ok(Outcome::Ignored("it is passed on by somebody without a pact"));
        }
        let held = neighbour_proposals::find_by_url(conn, object.as_str())?;
        if held.is_some_and(|held| held.passed_on_by.is_none()) {
            return Ok(Outcome::Ignored("we have it from its own collective"));
        }
        match pass_on::queue(app, conn, hops, by, object.as_str())? {
            true => Ok(Outcome::Done),
            false => Ok(Outcome::Ignored("it waits already, or too much does")),
        }
    })
}

/// Reads where it stands what `by` passed on, and keeps it.
pub async fn take(app: &App, object: &Url, by: &Url, hops: i32) -> Result<(), FetchError> {
    let (found, owner) = match proposals::by_url(app, object).await {
        Err(FetchError::Gone(_)) => return forget(app, object).await,
        found => found?,
    };
    // Another address may be anybody's, also one that is stored already.
    if found.url != *object || found.audience != Audience::Public {
        return forget(app, object).await;
    }
    let by = by.to_string();
    let kept = app.change(move |app, conn, _| {
        let Some(by) = actors::find_by_url(conn, &by)? else { return Ok(()) };
        keep(app, conn, found, (&owner, &by, hops))
    });
    kept.await.map_err(|error| FetchError::Unreachable(error.into()))
}

fn keep(
    app: &App,
    conn: &mut Conn,
    found: NeighbourProposal,
    (owner, by, hops): (&RemoteActor, &RemoteActor, i32),
) -> Result<(), Error> {
    let blocks = app.blocks();
    let blocked = blocks.covers_actor(&owner.url) || blocks.covers_actor(&by.url);
    if blocked || is_buried(conn, &found.url, owner)? {
        return Ok(());
    }
    if followings::is_accepted(conn, owner.id)? {
        // We follow whose it is, and it was missed.
        return match neighbour_proposals::find_by_url(conn, found.url.as_str())? {
            Some(held) if held.passed_on_by.is_none() => Ok(()),
            _ => neighbour_proposals::upsert(conn, &found),
        };
    }
    let (by, hops) = match neighbour_proposals::find_by_url(conn, found.url.as_str())? {
        Some(held) if held.passed_on_by.is_none() => return Ok(()),
        // Its own address tells whose it is.
        Some(held) if held.actor != found.actor => {
            neighbour_proposals::delete(conn, found.url.as_str(), held.actor)?;
            (by.id, hops)
        }
        Some(held) if held.hops <= hops => (held.passed_on_by.unwrap_or(by.id), held.hops),
        Some(_) => (by.id, hops),
        None => {
            let is_full = neighbour_proposals::count_passed_on_by(conn, by.id)? >= MOST_OF_ONE;
            if is_full || !pacts::is_active(conn, by.id)? || !found.is_open(app.now()) {
                return Ok(());
            }
            (by.id, hops)
        }
    };
    neighbour_proposals::upsert(conn, &NeighbourProposal { passed_on_by: Some(by), hops, ..found })
}

/// It is not there any more, or not for everybody.
async fn forget(app: &App, object: &Url) -> Result<(), FetchError> {
    let object = object.to_string();
    let forgotten =
        app.db.write(move |conn| match neighbour_proposals::find_by_url(conn, &object)? {
            Some(held) if held.passed_on_by.is_some() => {
                neighbour_proposals::delete(conn, &object, held.actor)
            }
            _ => Ok(()),
        });
    forgotten.await.map_err(|error| FetchError::Unreachable(error.into()))
}

/// A neighbour's as it stands now, before somebody answers it. Only what was passed on is read anew:
/// of the rest, its own collective tells us.
pub async fn fresh(app: &App, held: NeighbourProposal) -> Result<NeighbourProposal, FetchError> {
    let Some(by) = held.passed_on_by else { return Ok(held) };
    let by = app.db.read(move |conn| actors::find(conn, by)).await;
    let by = by.map_err(|error| FetchError::Unreachable(error.into()))?;
    take(app, &held.url, &by.url, held.hops).await?;
    let url = held.url.to_string();
    let now = app.db.read(move |conn| neighbour_proposals::find_by_url(conn, &url)).await;
    let now = now.map_err(|error| FetchError::Unreachable(error.into()))?;
    now.ok_or_else(|| FetchError::Unfit("it is not there any more".into()))
}

/// [`fresh`] for pages, which do not know this module. What is gone is not found.
pub fn for_pages(
    app: App,
    held: NeighbourProposal,
) -> Pin<Box<dyn Future<Output = Result<NeighbourProposal, Error>> + Send>> {
    Box::pin(async move {
        fresh(&app, held).await.map_err(|error| match error {
            FetchError::Gone(_) | FetchError::Unfit(_) => Error::NotFound,
            FetchError::Unreachable(cause) => Error::Internal(cause),
        })
    })
}
