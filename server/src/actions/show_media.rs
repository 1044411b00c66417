//! Decide whether pictures of another server are shown here at all.

use url::Url;

use crate::actions::meet_domain::is_new;
use crate::app::App;
use crate::error::Error;

/// Whether pictures that stand on a host, or were sent from it, are fetched and shown. The one place
/// that knows: pages and the road out ask here.
pub fn may_show_media(app: &App, host: &str) -> bool {
    !app.blocks().covers_host(host) && !app.rules().rejects_media_of(host)
}

/// Whether pictures that a writer sent are shown: those of a domain that is new to us are not, for a
/// day (reliability.md, 5). Where the pictures stand says nothing: many servers keep them elsewhere.
pub async fn may_show_media_of(app: &App, writer: &Url) -> Result<bool, Error> {
    let host = crate::domain::collective::domain_of(writer);
    Ok(may_show_media(app, &host) && !is_new(app, writer).await?)
}
