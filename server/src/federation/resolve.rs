//! From a handle or an address to an actor that we can speak to.

use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::app::{App, KnownActor};
use crate::db::{actors, followers, inboxes};
use crate::domain::collective::domain_of;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::fetch::{self, FetchError};
use crate::federation::json;
use crate::federation::objects::actor;

/// Finds the actor for what a person typed: `@mill@mill.example`, `mill@mill.example` or an
/// address. Goes to the network every time, because a person waits for the present answer.
pub async fn by_handle_or_url(app: &App, typed: &str) -> Result<RemoteActor, FetchError> {
    let typed = typed.trim();
    let url = match json::parse_url(typed) {
        Some(url) => url,
        None => by_webfinger(app, typed).await?,
    };
    refresh(app, &url).await
}

/// [`by_handle_or_url`] for pages, which do not know this module.
pub fn for_pages(
    app: App,
    typed: String,
) -> Pin<Box<dyn Future<Output = Result<RemoteActor, Error>> + Send>> {
    Box::pin(async move {
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

/// Reads an actor anew and stores what was read.
pub async fn refresh(app: &App, url: &Url) -> Result<RemoteActor, FetchError> {
    store(app, fetched(app, url).await?).await
}

/// Reads an actor anew. What comes back may have another address than was asked for, if that is
/// where the document leads; nothing is stored.
pub async fn fetched(app: &App, url: &Url) -> Result<RemoteActor, FetchError> {
    let document = fetch::object(app, url).await?;
    actor::read(app, &document)
        .ok_or_else(|| FetchError::Unfit("this is not an actor that can be followed".into()))
}

/// Stores what was read of an actor. If it follows us through another inbox than before, that one
/// gets what goes to followers from now on.
pub async fn store(app: &App, actor: RemoteActor) -> Result<RemoteActor, FetchError> {
    let new_id = app.clock.clone();
    let stored = app.db.write(move |conn| {
        let before = actors::find_by_url(conn, actor.url.as_str())?;
        let stored = actors::upsert(conn, &actor)?;
        if let Some(before) = before.filter(|before| inbox(before) != inbox(&stored))
            && followers::find_follow(conn, stored.id)?.is_some()
        {
            followers::subscribe(conn, &|| new_id.new_id::<()>().number(), &stored)?;
            inboxes::unsubscribe_abandoned(conn, inbox(&before).as_str())?;
        }
        Ok(stored)
    });
    let stored = stored.await.map_err(|error| FetchError::Unreachable(error.into()))?;
    Ok(remember(app, stored).actor.clone())
}

fn inbox(actor: &RemoteActor) -> &Url {
    actor.shared_inbox.as_ref().unwrap_or(&actor.inbox)
}

/// Asks the host of a handle who that is (RFC 7033).
async fn by_webfinger(app: &App, handle: &str) -> Result<Url, FetchError> {
    let handle = handle.trim_start_matches("acct:").trim_start_matches('@');
    let not_understood = || {
        FetchError::Unfit(format!(
            "{handle:?} is neither an address nor a handle such as @mill@mill.example"
        ))
    };
    let (name, domain) = handle.split_once('@').ok_or_else(not_understood)?;
    if name.is_empty() || domain.contains(['/', '@', '?', '#', ' ', '%', '\\']) {
        return Err(not_understood());
    }
    let scheme = if app.client.allows_http() { "http" } else { "https" };
    let mut url = Url::parse(&format!("{scheme}://{domain}/.well-known/webfinger"))
        .map_err(|_| not_understood())?;
    let acct = format!("acct:{name}@{}", domain_of(&url));
    url.query_pairs_mut().append_pair("resource", &acct);
    let answer = fetch::plain_json(app, &url, "application/jrd+json, application/json").await?;
    self_link(&answer)
        .ok_or_else(|| FetchError::Unfit(format!("{domain} does not say where {name} is")))
}

fn self_link(answer: &Value) -> Option<Url> {
    let links = answer.get("links")?.as_array()?;
    let fits = |link: &&Value| {
        let kind = json::text(link, "type").unwrap_or_default();
        json::text(link, "rel") == Some("self") && fetch::is_activity_json(kind)
    };
    json::parse_url(json::text(links.iter().find(fits)?, "href")?)
}
