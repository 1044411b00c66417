//! Follow another collective, and stop following it. Following is not joining.

use crate::app::App;
use crate::db::{Conn, actors, followings, neighbour_proposals};
use crate::domain::event::Event;
use crate::domain::id::RemoteActorId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Asks to follow an actor; until its signed Accept comes we only asked. Asking again after a
/// decline, or when no answer came, sends the Follow again.
pub async fn follow(app: &App, actor: RemoteActor) -> Result<followings::Following, Error> {
    if app.collective.urls().is_ours(&actor.url) {
        return Err(Refusal::OurOwnAddress.into());
    }
    app.change(move |app, conn, events| {
        let actor = actors::upsert(conn, &actor)?;
        if followings::is_accepted(conn, actor.id)? {
            return Err(Refusal::AlreadyFollowing.into());
        }
        followings::delete(conn, actor.id)?;
        ask(app, conn, events, &actor)
    })
    .await
}

/// Stops following an actor; its needs and offers leave our board.
pub async fn unfollow(app: &App, actor: &RemoteActor) -> Result<(), Error> {
    let id = actor.id;
    app.change(move |_, conn, events| end(conn, events, id)).await
}

/// Notes that we ask to follow an actor whom we neither follow nor asked, and names the event.
pub fn ask(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    actor: &RemoteActor,
) -> Result<followings::Following, Error> {
    let id = app.clock.new_id::<()>().number();
    followings::insert(conn, id, actor.id, app.now())?;
    events.push(Event::FollowAsked {
        follow: id,
        actor: actor.url.clone(),
        inbox: actor.inbox.clone(),
    });
    followings::find_by_actor(conn, actor.id)?.ok_or(Error::NotFound)
}

/// Ends our following of an actor, takes what it needs and offers off our board, and names the
/// event.
pub fn end(conn: &mut Conn, events: &mut Vec<Event>, actor: RemoteActorId) -> Result<(), Error> {
    let following = followings::find_by_actor(conn, actor)?.ok_or(Error::NotFound)?;
    followings::delete(conn, actor)?;
    neighbour_proposals::delete_public_by_actor(conn, actor)?;
    events.push(Event::FollowEnded {
        follow: following.id,
        actor: following.actor.url,
        inbox: following.actor.inbox,
    });
    Ok(())
}
