//! Knocking twice: a signed request in the family that its host understands, and if that is
//! refused, once more in the other. What worked is remembered for each host.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, StatusCode};
use tokio::time::timeout;
use url::Url;

use crate::app::App;
use crate::client::{Answer, NoAnswer};
use crate::db::hosts;
use crate::domain::collective::domain_of;
use crate::federation::fetch::spend;
use crate::federation::signature::{Scheme, Signer, sign};

/// How long a further try may take, so that all tries of a delivery together end before its lease
/// does.
const LONGEST_RETRY: Duration = Duration::from_secs(10);
/// How RFC 9421 is written in the memory of hosts. The draft is what is usual, and is not written.
const MESSAGE: &str = "rfc9421";

/// What is asked of another server.
#[derive(Clone, Debug)]
pub enum Request {
    /// A document of these types.
    Get(&'static str),
    /// That it takes this.
    Post(Bytes),
}

/// Sends a request to the host of `url`, signed. A refusal that may be about the signature is
/// answered at once by the same request in the other family; if that is taken, it is what this
/// host gets first from now on. A host that refuses both is asked twice, and no more.
///
/// What comes back is the answer that got further; of two refusals the first, because a server
/// that does not know the other family says nothing of use about it.
pub async fn knock(
    app: &App,
    signer: &Signer<'_>,
    url: &Url,
    request: &Request,
) -> Result<Answer, NoAnswer> {
    let host = domain_of(url);
    let usual = scheme_of(app, &host);
    let first = send(app, signer, url, request, usual).await?;
    if !request.is_refused(first.status) {
        return Ok(first);
    }
    let other = match usual {
        Scheme::Draft => Scheme::Message,
        Scheme::Message => Scheme::Draft,
    };
    if spend().is_err() {
        return Ok(first);
    }
    let second = timeout(LONGEST_RETRY, send(app, signer, url, request, other)).await;
    let Ok(Ok(second)) = second else { return Ok(first) };
    if second.status.is_success() {
        remember(app, host, other).await;
    }
    Ok(if request.is_refused(second.status) { first } else { second })
}

/// [`knock`], as a further try after an answer: None if it brought nothing better.
pub async fn knock_again(
    app: &App,
    signer: &Signer<'_>,
    url: &Url,
    request: &Request,
) -> Option<Answer> {
    let scheme = scheme_of(app, &domain_of(url));
    spend().ok()?;
    let answer = timeout(LONGEST_RETRY, send(app, signer, url, request, scheme)).await;
    answer.ok()?.ok().filter(|answer| !request.is_refused(answer.status))
}

async fn send(
    app: &App,
    signer: &Signer<'_>,
    url: &Url,
    request: &Request,
    scheme: Scheme,
) -> Result<Answer, NoAnswer> {
    let signed = |body| sign(signer, url, body, app.now(), scheme).map_err(NoAnswer::NotNow);
    match request {
        Request::Get(types) => {
            let mut headers: HeaderMap = signed(None)?;
            headers.insert(ACCEPT, HeaderValue::from_static(types));
            app.client.get(url, headers).await
        }
        Request::Post(body) => app.client.post(url, signed(Some(body))?, body.clone()).await,
    }
}

impl Request {
    /// Whether a status may mean that the signature was not understood. Some servers answer 400 to
    /// a delivery whose signature they cannot read; to a GET they answer 400 for other reasons.
    fn is_refused(&self, status: StatusCode) -> bool {
        let about_signature = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        about_signature || (matches!(self, Self::Post(_)) && status == StatusCode::BAD_REQUEST)
    }
}

fn scheme_of(app: &App, host: &str) -> Scheme {
    match app.signatures.get(host) {
        Some(word) if word == MESSAGE => Scheme::Message,
        _ => Scheme::Draft,
    }
}

/// Remembers what a host took, here and over a restart. Nothing is lost if it cannot be written:
/// then the next knock finds out anew.
async fn remember(app: &App, host: String, scheme: Scheme) {
    let word = match scheme {
        Scheme::Draft => None,
        Scheme::Message => Some(MESSAGE),
    };
    match word {
        Some(word) => app.signatures.insert(host.clone(), word.to_owned()),
        None => app.signatures.invalidate(&host),
    }
    let now = app.now();
    let stored = app.db.write(move |conn| hosts::remember_signature(conn, &host, word, now)).await;
    if let Err(error) = stored {
        tracing::warn!(error = %error, "how a host wants to be spoken to cannot be stored");
    }
}
