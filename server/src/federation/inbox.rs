//! Everything that we understand: the table from activities to what they do here.
//!
//! What is unknown is ignored, never an error: the door answered 202 already.

use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::db::Conn;
use crate::domain::event::Event;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::activities::{
    accept, announce, block, create, delete, flag, follow, like, r#move, offer, reject, undo,
    update,
};
use crate::federation::fetch::FetchError;
use crate::federation::{json, resolve};

/// An activity whose signature was checked at the door.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its id.
    pub id: Url,
    /// Who sent it.
    pub actor: RemoteActor,
    /// The whole of it.
    pub json: Value,
}

/// What an activity does, to be run in one transaction with the end of its job.
pub type Effect =
    Box<dyn FnOnce(&App, &mut Conn, &mut Vec<Event>) -> Result<Outcome, Error> + Send>;

/// What became of an activity, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It had its effect, or had it before.
    Done,
    /// It has none here, and why.
    Ignored(&'static str),
}

/// Why an activity cannot be processed now.
pub type Failure = FetchError;

/// What was found out about an activity.
pub enum Read {
    /// Its id, and what it does.
    Activity(Url, Effect),
    /// It is of no use, and why.
    Nothing(String),
}

/// Reads an activity from the journal and finds out what it does. Network happens here, before
/// any transaction.
///
/// `actor` is who the door found to have signed it. It is never asked for again: a server that
/// answers differently the second time must not become somebody else.
pub async fn effect_of(app: &App, actor: &str, body: &str) -> Result<Read, Failure> {
    let nothing = |why: &str| Ok(Read::Nothing(why.to_owned()));
    let Some((id, claimed, json)) = read(body) else { return nothing("it cannot be read") };
    if claimed.as_str() != actor {
        return nothing("its sender is not who signed it");
    }
    if app.blocks().covers_actor(&claimed) {
        return nothing("its sender is blocked");
    }
    if !app.gate().lets_through_url(&claimed) {
        return nothing("its sender is not on our list");
    }
    let Some(known) = resolve::known(app, &claimed).await? else {
        return nothing("its sender is gone");
    };
    let actor = known.actor.clone();
    let effect = dispatch(app, Activity { id: id.clone(), actor, json }).await?;
    Ok(Read::Activity(id, effect))
}

async fn dispatch(app: &App, activity: Activity) -> Result<Effect, Failure> {
    match json::kind(&activity.json) {
        "Follow" => Ok(follow::receive(app, activity)),
        "Accept" => Ok(accept::receive(app, activity)),
        "Reject" => Ok(reject::receive(app, activity)),
        "Offer" => Ok(offer::receive(app, activity)),
        "Undo" => Ok(undo::receive(app, activity)),
        "Create" => create::receive(app, activity).await,
        "Update" => update::receive(app, activity).await,
        "Delete" => Ok(delete::receive(activity)),
        "Like" => Ok(like::receive(app, activity)),
        "Announce" => Ok(announce::receive(app, activity)),
        "Block" => Ok(block::receive(app, activity)),
        "Flag" => Ok(flag::receive(app, activity)),
        "Move" => r#move::receive(app, activity).await,
        _ => Ok(ignored("we do not know this type")),
    }
}

/// An effect that does nothing.
pub fn ignored(why: &'static str) -> Effect {
    Box::new(move |_, _, _| Ok(Outcome::Ignored(why)))
}

fn read(body: &str) -> Option<(Url, Url, Value)> {
    let json = json::parse(body.as_bytes()).ok()?;
    Some((json::url(&json, "id")?, json::url(&json, "actor")?, json))
}
