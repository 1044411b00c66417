//! Move our pictures to where new ones go, and remove outside the database what nothing needs there.

use jiff::SignedDuration;

use crate::actions::keep_picture::{new_address, note_unclaimed, read_picture};
use crate::app::App;
use crate::db::picture_removals;
use crate::db::pictures::{self, Bytes};
use crate::error::Error;
use crate::keys;

/// How long the bytes stay where they were: a page that is being shown may be about to read them.
const READ_BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// When removing is tried again that did not work.
const AGAIN: SignedDuration = SignedDuration::from_mins(30);
/// How many are removed in one round.
const MOST: i64 = 500;

/// What came of a move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many were moved.
    pub moved: usize,
    /// How many are where they were: their bytes are gone, or not those that were kept.
    pub broken: usize,
}

/// Moves every picture to where new ones go. It may be stopped at any time and begun again.
/// `progress` hears how many of how many were looked at.
pub async fn move_pictures(app: &App, progress: &dyn Fn(usize, usize)) -> Result<Moved, Error> {
    let all = app.db.read(pictures::list_addresses).await?;
    let is_there = |address: &Option<String>| match (address, app.media_store.url()) {
        (None, None) => true,
        (Some(address), Some(url)) => {
            address.rsplit_once('/').is_some_and(|(place, _)| place == url)
        }
        _ => false,
    };
    let others: Vec<_> = all.into_iter().filter(|(_, address)| !is_there(address)).collect();
    let mut done = Moved::default();
    for (number, (digest, from)) in others.iter().enumerate() {
        if move_one(app, digest, from.as_deref()).await? {
            done.moved += 1;
        } else {
            done.broken += 1;
        }
        progress(number + 1, others.len());
    }
    Ok(done)
}

/// False if what is kept is not this picture.
async fn move_one(app: &App, digest: &str, from: Option<&str>) -> Result<bool, Error> {
    let (wanted, now) = (digest.to_owned(), app.now());
    let found = app.db.read(move |conn| pictures::find_bytes(conn, &wanted)).await;
    let bytes = match found {
        Ok(bytes) => read_picture(app, bytes).await,
        // It was removed since the list was read.
        Err(Error::NotFound) => return Ok(true),
        Err(other) => return Err(other),
    };
    let bytes = match bytes {
        Ok(bytes) if keys::content_hash(&bytes) == digest => bytes,
        Ok(_) | Err(Error::NotFound) => {
            tracing::warn!(digest, "a picture is broken where it is kept");
            return Ok(false);
        }
        Err(other) => return Err(other),
    };
    let to = new_address(app, digest);
    if let Some(address) = &to {
        let noted = address.clone();
        app.db.write(move |conn| note_unclaimed(conn, &noted, now)).await?;
        app.media_store.put(address, bytes.clone()).await?;
        let arrived = app.media_store.get(address).await?;
        if arrived != bytes {
            return Err(Error::internal("what was kept there is not what comes back"));
        }
    }
    let (digest, from) = (digest.to_owned(), from.map(str::to_owned));
    let due_at = now.saturating_add(READ_BEFORE).unwrap_or(now);
    app.db
        .write(move |conn| {
            let place = to.clone().map_or(Bytes::Here(bytes), Bytes::At);
            let is_moved =
                pictures::move_bytes(conn, (digest.as_str(), from.as_deref()), place, due_at)?;
            if let (true, Some(address)) = (is_moved, &to) {
                picture_removals::delete(conn, address)?;
            }
            Ok(())
        })
        .await?;
    Ok(true)
}

/// Removes outside the database what is to be removed now; how many that were. Where that does not
/// work at the moment, it is tried again later.
pub async fn remove_needless(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.db.read(move |conn| picture_removals::list_due(conn, now, MOST)).await?;
    let mut removed = 0;
    for address in due {
        if let Err(error) = app.media_store.remove(&address).await {
            tracing::warn!(error = %error, "a picture cannot be removed where it is kept");
            let again = now.saturating_add(AGAIN).unwrap_or(now);
            app.db.write(move |conn| picture_removals::insert(conn, &address, again)).await?;
            // The next one would keep the house waiting as long as this one did.
            break;
        }
        app.db.write(move |conn| picture_removals::delete(conn, &address)).await?;
        removed += 1;
    }
    Ok(removed)
}
