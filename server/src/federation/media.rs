//! Pictures of other servers, passed on to a member who looks at a post: fetched through the one
//! road out, checked, and kept nowhere.
//!
//! They are passed on as they are and not written anew: without a cache that would be the work of
//! decoding for every look. What a browser gets is a picture by its first bytes, of a bearable size,
//! with headers under which it can do nothing but be seen.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use tokio::time::timeout;
use url::Url;

use crate::actions::show_media::may_show_media;
use crate::app::App;
use crate::domain::collective::domain_of;
use crate::federation::fetch::{FetchError, MOST_REDIRECTS, check_status, next_hop};
use crate::picture::{Kind, harmless};

/// No larger picture is passed on, in bytes.
const LARGEST: usize = 5 << 20;
/// How long a member waits for a place, and then for the picture.
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(20);
const WANTED: &str = "image/webp, image/jpeg, image/png, image/gif";

/// Fetches a picture.
pub async fn fetch(app: &App, url: &Url) -> Result<(Bytes, Kind), FetchError> {
    let late = |_| FetchError::Unreachable(anyhow::anyhow!("it took too long"));
    let place = timeout(PATIENCE, app.media.acquire()).await.map_err(late)?;
    let _place = place.map_err(anyhow::Error::from)?;
    timeout(LONGEST, follow(app, url)).await.map_err(late)?
}

/// A picture that is on its way, if it can be shown.
type Coming = Pin<Box<dyn Future<Output = Option<(Bytes, Kind)>> + Send>>;

/// [`fetch`] for pages, which do not know this module.
pub fn for_pages(app: App, url: Url) -> Coming {
    Box::pin(async move {
        let fetched = fetch(&app, &url).await;
        let explain = |error: &FetchError| {
            tracing::debug!(host = domain_of(&url), %error, "a picture is not shown");
        };
        fetched.inspect_err(explain).ok()
    })
}

async fn follow(app: &App, url: &Url) -> Result<(Bytes, Kind), FetchError> {
    let mut url = url.clone();
    url.set_fragment(None);
    for _ in 0..=MOST_REDIRECTS {
        if !may_show_media(app, &domain_of(&url)) {
            return Err(unfit("nothing of this host is shown"));
        }
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(WANTED))]);
        let answer = app.client.get_up_to(&url, headers, LARGEST).await?;
        if answer.status.is_redirection() {
            url = next_hop(&url, &answer.headers)?;
            continue;
        }
        check_status(answer.status)?;
        if !may_be_picture(&answer.headers) {
            return Err(unfit("it says itself that it is no picture"));
        }
        let kind = harmless(&answer.body).ok_or_else(|| unfit("it is no picture that we know"))?;
        return Ok((answer.body, kind));
    }
    Err(unfit("too many redirects"))
}

/// Some stores know no types; what says that it is a page is one (reliability paper, MED-06).
fn may_be_picture(headers: &HeaderMap) -> bool {
    let Some(said) = headers.get(CONTENT_TYPE) else { return true };
    let said = said.to_str().unwrap_or_default().to_ascii_lowercase();
    said.starts_with("image/") || said.starts_with("application/octet-stream")
}

fn unfit(why: &str) -> FetchError {
    FetchError::Unfit(why.to_owned())
}
