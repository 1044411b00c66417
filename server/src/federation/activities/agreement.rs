//! Offer, Accept, Reject, Undo and Update of an Agreement, and counts of what came.
//!
//! Whose word counts: the one who asked speaks for the agreement, the one who promised for the
//! offer, and each for its own count. Everything else is somebody else's business.

use serde_json::Value;
use url::Url;

use crate::actions::hear_neighbour;
use crate::actions::receive_promise::{self, Ignored};
use crate::app::App;
use crate::db::incoming_promises;
use crate::domain::id::OutgoingPromiseId;
use crate::domain::neighbour::RemoteActor;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;
use crate::federation::objects::read_agreement::{
    changed_agreement, read_agreement, read_count, read_counter, read_offer, read_reason,
};

/// `Offer` of an Agreement: somebody promises to answer one of ours, or promises less than before.
pub fn receive_offer(app: &App, activity: &Activity) -> Effect {
    let Some(offered) = read_offer(app, &activity.json, &activity.id, &activity.actor) else {
        return ignored("it offers no answer to anything of ours");
    };
    let changed = changed_agreement(&activity.json);
    match changed.and_then(|agreement| app.collective.urls().parse_agreement(&agreement)) {
        Some(promise) => Box::new(move |app, conn, events| {
            Ok(outcome(receive_promise::reduce(app, conn, promise, &offered, events)?))
        }),
        None => Box::new(move |app, conn, events| {
            Ok(outcome(receive_promise::receive(app, conn, &offered, events)?))
        }),
    }
}

/// `Accept` of what we offered. None if it is about something else.
pub fn receive_accept(app: &App, activity: &Activity) -> Option<Effect> {
    let promise = offer_named(app, &activity.json)?;
    let result = json::object(&activity.json, "result");
    let Some((agreement, _)) = result.and_then(|result| read_agreement(result, &activity.actor))
    else {
        return Some(ignored("it accepts, but says no agreement of its own"));
    };
    let actor = activity.actor.id;
    Some(Box::new(move |app, conn, events| {
        Ok(outcome(hear_neighbour::learn(app, conn, promise, actor, agreement, events)?))
    }))
}

/// `Reject` of what we offered. None if it is about something else.
pub fn receive_reject(app: &App, activity: &Activity) -> Option<Effect> {
    let promise = offer_named(app, &activity.json)?;
    let answer = (read_counter(&activity.json), read_reason(&activity.json));
    let actor = activity.actor.id;
    Some(Box::new(move |app, conn, _| {
        Ok(outcome(hear_neighbour::decline(app, conn, promise, actor, answer)?))
    }))
}

/// `Undo` of an Offer of an Agreement. None if it is about something else.
pub fn receive_undo(activity: &Activity) -> Option<Effect> {
    let offer = json::object(&activity.json, "object")?;
    let inside = json::object(offer, "object").map(json::kind);
    if json::kind(offer) != "Offer" || inside != Some("Agreement") {
        return None;
    }
    let offer = json::url(&activity.json, "object")?;
    let is_near = offer.origin() == activity.actor.url.origin();
    let actor = activity.actor.id;
    Some(Box::new(move |app, conn, events| {
        // Whoever moved here promised it from elsewhere.
        let is_known = incoming_promises::find_by_url(conn, offer.as_str(), actor)?.is_some();
        if !is_near && !is_known {
            return Ok(Outcome::Ignored("it takes back what is not its sender's"));
        }
        Ok(outcome(receive_promise::take_back(app, conn, &offer, actor, events)?))
    }))
}

/// `Update` of an Agreement. None if it is about something else.
pub fn receive_update(app: &App, activity: &Activity) -> Option<Effect> {
    let object = json::object(&activity.json, "object")?;
    if json::kind(object) != "Agreement" {
        return None;
    }
    let Some((agreement, offer)) = read_agreement(object, &activity.actor) else {
        return Some(reduce(app, activity, object));
    };
    let actor = activity.actor.id;
    let offer = offer.and_then(|offer| app.collective.urls().parse_offer(&offer));
    Some(Box::new(move |app, conn, events| {
        let known = crate::db::outgoing_promises::find_by_agreement(conn, agreement.url.as_str())?;
        let Some(promise) = known.map(|known| known.id).or(offer) else {
            return Ok(Outcome::Ignored("it is about an agreement that we do not know"));
        };
        Ok(outcome(hear_neighbour::learn(app, conn, promise, actor, agreement, events)?))
    }))
}

/// Some say by an Update of our agreement, and not by a new Offer, that they promise less.
fn reduce(app: &App, activity: &Activity, object: &Value) -> Effect {
    let wrapped = serde_json::json!({"object": object});
    let promise = json::url(object, "id").and_then(|id| app.collective.urls().parse_agreement(&id));
    let offered = read_offer(app, &wrapped, &activity.id, &activity.actor);
    match promise.zip(offered) {
        Some((promise, offered)) => Box::new(move |app, conn, events| {
            Ok(outcome(receive_promise::reduce(app, conn, promise, &offered, events)?))
        }),
        None => ignored("it is about an agreement of somebody else"),
    }
}

/// A Note that counts what came of an agreement. None if it is something else.
pub fn receive_count(app: &App, note: &Value, actor: &RemoteActor) -> Option<Effect> {
    let (agreement, theirs) = read_count(note, actor)?;
    let (is_ours, actor) = (app.collective.urls().is_ours(&agreement), actor.clone());
    if is_ours {
        let promise = app.collective.urls().parse_agreement(&agreement)?;
        return Some(Box::new(move |app, conn, events| {
            Ok(outcome(receive_promise::count(app, conn, promise, actor.id, &theirs, events)?))
        }));
    }
    if agreement.origin() != actor.url.origin() || agreement.path().len() < 2 {
        return None;
    }
    Some(Box::new(move |app, conn, _| {
        Ok(outcome(hear_neighbour::count(app, conn, &agreement, actor.id, &theirs)?))
    }))
}

/// The promise of ours whose Offer an answer names.
fn offer_named(app: &App, answer: &Value) -> Option<OutgoingPromiseId> {
    let offer: Url = json::url(answer, "object")?;
    app.collective.urls().parse_offer(&offer)
}

fn outcome(ignored: Ignored) -> Outcome {
    ignored.map_or(Outcome::Done, Outcome::Ignored)
}
