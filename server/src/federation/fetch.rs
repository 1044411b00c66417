//! Reading documents of other servers: signed as the instance actor, hop by hop.

use std::cell::Cell;

use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::client::{Answer, NoAnswer};
use crate::federation::json;
use crate::federation::knock::{Request, knock, knock_again};
use crate::federation::signature::Signer;

/// How many redirects are followed.
pub(in crate::federation) const MOST_REDIRECTS: usize = 3;
/// How many requests one piece of work may cause, whatever it leads to. Mastodon and others learned
/// What we ask for; servers differ in which of the two they know.
const WANTED: &str = "application/activity+json, application/ld+json; \
                      profile=\"https://www.w3.org/ns/activitystreams\"";

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is not there, or not any more.
    #[error("it is gone ({0})")]
    Gone(StatusCode),
    /// It is there, and is not what it should be.
    #[error("{0}")]
    Unfit(String),
    /// The other server cannot be reached now.
    #[error("{0:#}")]
    Unreachable(anyhow::Error),
}

impl From<anyhow::Error> for FetchError {
    fn from(error: anyhow::Error) -> Self {
        Self::Unreachable(error)
    }
}

impl From<NoAnswer> for FetchError {
    fn from(error: NoAnswer) -> Self {
        match error {
            NoAnswer::Never(why) => Self::Unfit(why.to_string()),
            NoAnswer::NotNow(error) => Self::Unreachable(error),
        }
    }
}

tokio::task_local! {
    /// How many requests the work of this task may still make.
    static LEFT: Cell<u32>;
}

/// Runs a piece of work that may make so many requests for documents altogether. Every job and
/// every received activity runs within this, so that none can ask the network without end.
pub async fn within_budget<F: Future>(requests: u32, work: F) -> F::Output {
    LEFT.scope(Cell::new(requests), work).await
}

/// Takes one request off the budget. Outside of a job a single document is asked for, whose
/// redirects are bounded anyway.
pub(in crate::federation) fn spend() -> Result<(), FetchError> {
    let spent = LEFT.try_with(|left| match left.get().checked_sub(1) {
        Some(rest) => {
            left.set(rest);
            true
        }
        None => false,
    });
    if spent.unwrap_or(true) {
        Ok(())
    } else {
        Err(FetchError::Unfit("more requests would be needed than one activity may cause".into()))
    }
}

/// How many requests the work of this task may still make; None if nobody counts.
pub fn requests_left() -> Option<u32> {
    LEFT.try_with(Cell::get).ok()
}

/// Reads the object at an address. What comes back has the id of the address at which it was
/// finally found: a document that claims another id is asked for at that id once, so nobody can
/// speak for somebody else (FEP-fe34).
pub async fn object(app: &App, url: &Url) -> Result<Value, FetchError> {
    let (found_at, document) = document(app, url).await?;
    let Some(id) = json::url(&document, "id") else {
        return Err(FetchError::Unfit("the document has no id".into()));
    };
    if id == found_at {
        return Ok(document);
    }
    let (found_at, document) = self::document(app, &id).await?;
    match json::url(&document, "id") {
        Some(id) if id == found_at => Ok(document),
        _ => Err(FetchError::Unfit("the document does not have the id of its address".into())),
    }
}

/// Reads JSON that is not an ActivityPub object, such as a WebFinger answer. Unsigned, and like
/// [`object`] through checked redirects only.
pub async fn plain_json(app: &App, url: &Url, accept: &'static str) -> Result<Value, FetchError> {
    let (_, answer) = follow(app, url, Some(accept)).await?;
    parse(&answer)
}

async fn document(app: &App, url: &Url) -> Result<(Url, Value), FetchError> {
    // Each hop is signed anew, for its own host.
    let (found_at, answer) = follow(app, url, None).await?;
    check_content_type(&answer.headers)?;
    Ok((found_at, parse(&answer)?))
}

/// Asks, signed unless other types than those of ActivityPub are wanted, and goes on to where
/// redirects lead, a few times. Answers where it ended.
async fn follow(
    app: &App,
    url: &Url,
    accept: Option<&'static str>,
) -> Result<(Url, Answer), FetchError> {
    let mut url = url.clone();
    url.set_fragment(None);
    for _ in 0..=MOST_REDIRECTS {
        spend()?;
        check_blocks(app, &url)?;
        let answer = match accept {
            None => signed_get(app, &url).await?,
            Some(accept) => {
                let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
                app.client.get(&url, headers).await?
            }
        };
        if answer.status.is_redirection() {
            url = next_hop(&url, &answer.headers)?;
            continue;
        }
        check_status(answer.status)?;
        return Ok((url, answer));
    }
    Err(FetchError::Unfit("too many redirects".into()))
}

fn parse(answer: &Answer) -> Result<Value, FetchError> {
    json::parse(&answer.body).map_err(|error| FetchError::Unfit(error.to_string()))
}

/// A server that does not know our new key yet, and does not look for it, is asked once more with
/// the one before.
async fn signed_get(app: &App, url: &Url) -> Result<Answer, FetchError> {
    let (actor, keys) = (app.collective.urls().instance_actor(), app.keys());
    let (request, ring) = (Request::Get(WANTED), &keys.instance);
    let answer = knock(app, &Signer::of(&actor, &ring.current), url, &request).await?;
    match &ring.previous {
        Some(old) if answer.status == StatusCode::UNAUTHORIZED => {
            let better = knock_again(app, &Signer::of(&actor, old), url, &request).await;
            Ok(better.unwrap_or(answer))
        }
        _ => Ok(answer),
    }
}

/// Whom we block is not asked for anything, wherever the address comes from.
fn check_blocks(app: &App, url: &Url) -> Result<(), FetchError> {
    match app.blocks().covers_actor(url) {
        true => Err(FetchError::Unfit("this is blocked here".into())),
        false => Ok(()),
    }
}

pub(in crate::federation) fn next_hop(url: &Url, headers: &HeaderMap) -> Result<Url, FetchError> {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let mut next = location
        .and_then(|location| url.join(location).ok())
        .ok_or_else(|| FetchError::Unfit("a redirect leads nowhere".into()))?;
    next.set_fragment(None);
    if !matches!((url.scheme(), next.scheme()), (_, "https") | ("http", "http")) {
        return Err(FetchError::Unfit("a redirect leads away from https".into()));
    }
    Ok(next)
}

pub(in crate::federation) fn check_status(status: StatusCode) -> Result<(), FetchError> {
    match status {
        StatusCode::OK => Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(FetchError::Gone(status)),
        other if other.is_server_error() || other == StatusCode::TOO_MANY_REQUESTS => {
            Err(FetchError::Unreachable(anyhow::anyhow!("the server answered {other}")))
        }
        other => Err(FetchError::Unfit(format!("the server answered {other}"))),
    }
}

/// An uploaded file must never pass for an object: only the types of ActivityPub are read.
fn check_content_type(headers: &HeaderMap) -> Result<(), FetchError> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_activity_json(value) {
        Ok(())
    } else {
        Err(FetchError::Unfit(format!("the document is {value:?}, not ActivityPub")))
    }
}

/// Whether a media type is one of the two of ActivityPub (3.2).
pub fn is_activity_json(media_type: &str) -> bool {
    let lower = media_type.to_ascii_lowercase();
    let (main, parameters) = lower.split_once(';').unwrap_or((&lower, ""));
    match main.trim() {
        "application/activity+json" => true,
        "application/ld+json" => parameters.contains("https://www.w3.org/ns/activitystreams"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssrf_03_redirects_lead_on_but_never_away_from_https() {
        let hop = |from: &str, to: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, to.parse().unwrap());
            next_hop(&from.parse().unwrap(), &headers).ok().map(|url| url.to_string())
        };
        let from = "https://mill.example/users/ana?x=1";
        let to = |to: &str| hop(from, to).unwrap_or_default();
        assert_eq!(to("https://a.example/b#c"), "https://a.example/b");
        assert_eq!(to("../notes/1"), "https://mill.example/notes/1");
        assert_eq!(to("?y=2"), "https://mill.example/users/ana?y=2");
        assert_eq!(to("//evil.example/x"), "https://evil.example/x");
        for bad in [
            "http://mill.example/",
            "file:///etc/passwd",
            "data:application/json,{}",
            "gopher://mill.example/",
            "javascript:1",
            "http://",
        ] {
            assert_eq!(hop(from, bad), None, "{bad}");
            assert_eq!(
                hop("http://mill.example/", bad).filter(|to| !to.starts_with("http:")),
                None
            );
        }
        assert_eq!(hop("http://mill.example/a", "b").as_deref(), Some("http://mill.example/b"));
        assert!(next_hop(&from.parse().unwrap(), &HeaderMap::new()).is_err());
    }

    #[test]
    fn only_the_types_of_activitypub_are_read() {
        for fits in [
            "application/activity+json",
            "application/activity+json;charset=utf-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8",
        ] {
            assert!(is_activity_json(fits), "{fits}");
        }
        for other in ["", "text/html", "application/json", "application/ld+json", "image/png"] {
            assert!(!is_activity_json(other), "{other}");
        }
    }
}
