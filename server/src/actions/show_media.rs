//! Decide whether pictures of another server are shown here at all.

use crate::app::App;

/// Whether pictures that stand on a host, or were sent from it, are fetched and shown. The one place
/// that knows: pages and the road out ask here.
pub fn may_show_media(app: &App, host: &str) -> bool {
    !app.blocks().covers_host(host) && !app.rules().rejects_media_of(host)
}
