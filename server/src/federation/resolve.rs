//! From a handle or an address to an actor that we can speak to.

use std::pin::Pin;
use std::sync::Arc;

use anyhow::anyhow;
use http::StatusCode;
use serde_json::Value;
use url::Url;

use crate::actions::forget_writer::forget_account;
use crate::actions::meet_domain::is_new;
use crate::app::{App, KnownActor};
use crate::db::{Conn, actors, followers, inboxes};
use crate::domain::collective::domain_of;
use crate::domain::neighbour::RemoteActor;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::federation::fetch::{self, FetchError};
use crate::federation::handles::{self, Answer, Handle};
use crate::federation::json;
use crate::federation::objects::actor;

/// Finds the actor for what a person typed: `@mill@mill.example`, `mill@mill.example` or an
/// address. Goes to the network every time, because a person waits for the present answer.
pub async fn by_handle_or_url(app: &App, typed: &str) -> Result<RemoteActor, FetchError> {
    Ok(with_document(app, typed).await?.0)
}

/// [`by_handle_or_url`] with the actor's document, as it was read.
pub async fn with_document(app: &App, typed: &str) -> Result<(RemoteActor, Value), FetchError> {
    let typed = typed.trim();
    if let Some(url) = json::parse_url(typed) {
        return refresh_knowing(app, &url, None).await;
    }
    let handle = Handle::parse(typed).ok_or_else(|| {
        FetchError::Unfit(format!(
            "{typed:?} is neither an address nor a handle such as @mill@mill.example"
        ))
    })?;
    let answer = handles::ask(app, &handle).await?;
    let first = answer.actors.first().cloned();
    let url = first.ok_or_else(|| FetchError::Unfit(format!("nobody says who {handle} is")))?;
    refresh_knowing(app, &url, Some((handle, answer))).await
}

/// [`by_handle_or_url`] for pages, which do not know this module.
pub fn for_pages(
    app: App,
    typed: String,
) -> Pin<Box<dyn Future<Output = Result<RemoteActor, Error>> + Send>> {
    Box::pin(async move {
        let url = json::parse_url(typed.trim());
        if url.is_some_and(|url| app.client.check_address(&url).is_err()) {
            return Err(Refusal::AddressNotPublic.into());
        }
        by_handle_or_url(&app, &typed).await.map_err(|error| match error {
            FetchError::Gone(_) | FetchError::Unfit(_) => Error::NotFound,
            FetchError::Unreachable(cause) => Error::Internal(cause),
        })
    })
}

/// The actor at an address, from storage if we know it.
pub async fn known_or_fetched(app: &App, url: &Url) -> Result<RemoteActor, FetchError> {
    match known(app, url).await? {
        Some(known) => Ok(known.actor.clone()),
        None => refresh(app, url).await,
    }
}

/// The actor at an address, if we know it.
pub async fn known(app: &App, url: &Url) -> Result<Option<Arc<KnownActor>>, FetchError> {
    if let Some(known) = app.known_actors.get(url) {
        return Ok(Some(known));
    }
    let text = url.to_string();
    let found = app.db.read(move |conn| actors::find_by_url(conn, &text)).await;
    let found = found.map_err(|error| FetchError::Unreachable(error.into()))?;
    Ok(found.map(|actor| remember(app, actor)))
}

fn remember(app: &App, actor: RemoteActor) -> Arc<KnownActor> {
    let (url, known) = (actor.url.clone(), Arc::new(KnownActor::from(actor)));
    app.known_actors.insert(url, Arc::clone(&known));
    known
}

/// Reads an actor anew, finds out its handle, and stores what was read.
pub async fn refresh(app: &App, url: &Url) -> Result<RemoteActor, FetchError> {
    Ok(refresh_knowing(app, url, None).await?.0)
}

/// Reads an actor anew. What comes back may have another address than was asked for, if that is
/// where the document leads; nothing is stored.
pub async fn fetched(app: &App, url: &Url) -> Result<RemoteActor, FetchError> {
    Ok(read(app, url).await?.0)
}

/// Reads an actor anew and finds out its handle; nothing is stored. The caller has a budget and tries
/// of its own: whoever signs in is not kept out because many strangers of their server came by.
pub async fn looked_at(app: &App, url: &Url) -> Result<RemoteActor, FetchError> {
    let document = fetch::object(app, url).await?;
    let actor = actor::read(app, &document)
        .ok_or_else(|| FetchError::Unfit("this is not an actor".into()))?;
    let address = handles::settle(app, &actor, &document, None).await;
    Ok(RemoteActor { address, ..actor })
}

/// Stores what was read of an actor whose handle was not asked for: it keeps the one it had.
pub async fn store(app: &App, actor: RemoteActor) -> Result<RemoteActor, FetchError> {
    write(app, move |app, conn| {
        let known = actors::find_by_url(conn, actor.url.as_str())?;
        let same = known.filter(|known| name_of(known) == name_of(&actor));
        let address = same.map_or(actor.address.clone(), |known| known.address);
        insert(app, conn, RemoteActor { address, ..actor })
    })
    .await
    .map(|stored| remember(app, stored).actor.clone())
}

async fn refresh_knowing(
    app: &App,
    url: &Url,
    asked: Option<(Handle, Answer)>,
) -> Result<(RemoteActor, Value), FetchError> {
    let (actor, document) = read(app, url).await?;
    let address = handles::settle(app, &actor, &document, asked).await;
    let actor = RemoteActor { address, ..actor };
    make_room(app, &actor).await?;
    let stored = write(app, move |app, conn| insert(app, conn, actor)).await?;
    Ok((remember(app, stored).actor.clone(), document))
}

async fn read(app: &App, url: &Url) -> Result<(RemoteActor, Value), FetchError> {
    let is_new = is_new(app, url).await.map_err(|error| FetchError::Unreachable(error.into()))?;
    let limits = &app.config.limits;
    let most = if is_new { limits.new_actors_per_new_domain } else { limits.new_actors_per_domain };
    let is_known = known(app, url).await?.is_some();
    if !is_known && !app.client.admits_stranger(url, app.now(), most) {
        return Err(anyhow!("too many strangers of one domain: try again later").into());
    }
    let document = fetch::object(app, url).await?;
    let actor = actor::read(app, &document)
        .ok_or_else(|| FetchError::Unfit("this is not an actor that can be followed".into()))?;
    Ok((actor, document))
}

/// Forgets who has the handle of `actor`, if their own server says that they are gone for ever.
async fn make_room(app: &App, actor: &RemoteActor) -> Result<(), FetchError> {
    let wanted = actor.clone();
    let first = write(app, move |_, conn| other_with_address(conn, &wanted)).await?;
    let Some(first) = first else { return Ok(()) };
    match fetch::object(app, &first.url).await {
        Err(FetchError::Gone(StatusCode::GONE)) => {
            app.known_actors.invalidate(&first.url);
            let gone = app
                .change(move |app, conn, events| forget_account(app, conn, first.id, events))
                .await;
            gone.map_err(|error| FetchError::Unreachable(error.into()))
        }
        _ => Ok(()),
    }
}

/// Stores an actor. A handle stays with who had it first: whoever comes later is called by their
/// address.
fn insert(app: &App, conn: &mut Conn, actor: RemoteActor) -> Result<RemoteActor, Error> {
    let Some(first) = other_with_address(conn, &actor)? else {
        return upsert(app, conn, &actor);
    };
    let (one, other) = (domain_of(&first.url), domain_of(&actor.url));
    tracing::warn!(first = one, second = other, "two actors claim one handle");
    let address = handles::last_resort(&actor.url);
    upsert(app, conn, &RemoteActor { address, ..actor })
}

/// If an actor has another inbox than before, what waits for the old one goes there; and if it
/// follows us, what goes to followers too.
fn upsert(app: &App, conn: &mut Conn, actor: &RemoteActor) -> Result<RemoteActor, Error> {
    let before = actors::find_by_url(conn, actor.url.as_str())?;
    let stored = actors::upsert(conn, actor)?;
    let Some(before) = before else { return Ok(stored) };
    let new_id = || app.clock.new_id::<()>().number();
    let through = |actor: &RemoteActor| actor.shared_inbox.clone().unwrap_or(actor.inbox.clone());
    let (old, new) = (through(&before), through(&stored));
    if before.inbox != stored.inbox && before.inbox != old {
        let (old, new) = (before.inbox.as_str(), &stored.inbox);
        inboxes::replace(conn, &new_id, old, (new.as_str(), &domain_of(new)), false)?;
    }
    if old != new {
        let follows = followers::find_follow(conn, stored.id)?.is_some();
        let new = (new.as_str(), &*domain_of(&new));
        inboxes::replace(conn, &new_id, old.as_str(), new, follows)?;
    }
    Ok(stored)
}

fn other_with_address(conn: &mut Conn, actor: &RemoteActor) -> Result<Option<RemoteActor>, Error> {
    let holder = actors::find_by_address(conn, &actor.address)?;
    Ok(holder.filter(|holder| holder.url != actor.url))
}

fn name_of(actor: &RemoteActor) -> Option<&str> {
    actor.address.split_once('@').map(|(name, _)| name)
}

async fn write<T, F>(app: &App, body: F) -> Result<T, FetchError>
where
    T: Send + 'static,
    F: FnOnce(&App, &mut Conn) -> Result<T, Error> + Send + 'static,
{
    let inner = app.clone();
    let written = app.db.write(move |conn| body(&inner, conn)).await;
    written.map_err(|error| FetchError::Unreachable(error.into()))
}
