//! Follow everybody of a list. Each is looked up in the background: a list may be long, and its
//! servers slow or away.

use url::Url;

use crate::app::App;
use crate::db::jobs::{self, JobKind};
use crate::domain::id::Id;
use crate::error::Error;

/// How many may wait to be looked up at once.
const MOST_WAITING: usize = 400;

/// Whether an address on a list is our own: lists that neighbours share name us too.
pub fn is_us(app: &App, address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| app.collective.urls().is_ours(&url))
}

/// Queues looking up and following; who waits already is left out, and so are we. Answers how many
/// were queued.
pub async fn import_neighbours(app: &App, mut addresses: Vec<String>) -> Result<usize, Error> {
    addresses.retain(|address| !is_us(app, address));
    let shared = app.clone();
    let queued = app.db.write(move |conn| {
        let mut waiting = jobs::list_actors(conn, JobKind::Follow)?;
        let mut queued = 0;
        for address in addresses {
            if waiting.len() >= MOST_WAITING || waiting.contains(&address) {
                continue;
            }
            let id: Id<()> = shared.clock.new_id();
            let what = (address.as_str(), address.as_str());
            jobs::insert(conn, id.number(), JobKind::Follow, what, shared.now())?;
            waiting.push(address);
            queued += 1;
        }
        Ok(queued)
    });
    let queued = queued.await?;
    app.goes_out.notify_waiters();
    Ok(queued)
}
