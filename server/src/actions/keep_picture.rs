//! Keep a picture that a member uploads: made small and written anew first.

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::pictures::{self, Bytes};
use crate::db::{Conn, picture_removals};
use crate::domain::picture::Picture;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;
use crate::picture::make_ours;

/// After this time, what was put outside the database and has no row there was left behind by a
/// process that died.
const LEFT_BEHIND: SignedDuration = SignedDuration::from_hours(1);

/// Keeps it. It has no words yet; what no need or offer shows is removed after a while.
pub async fn keep_picture(app: &App, file: Vec<u8>) -> Result<Picture, Error> {
    let place =
        app.decoding.clone().acquire_owned().await.context("nothing is decoded any more")?;
    // One at a time, whatever becomes of the request: decoding takes memory and cannot be stopped.
    let made = tokio::task::spawn_blocking(move || {
        let made = make_ours(&file);
        drop(place);
        made
    });
    // A decoder that panics has been given something that is no picture.
    let made = made.await.map_err(|_| Refusal::PictureBroken)??;
    let side = |pixels: u32| i32::try_from(pixels).map_err(anyhow::Error::from);
    let picture = Picture {
        digest: keys::content_hash(&made.bytes),
        words: String::new(),
        width: side(made.width)?,
        height: side(made.height)?,
    };
    let (kept, now) = (picture.clone(), app.now());
    match new_address(app, &picture.digest) {
        None => {
            let bytes = Bytes::Here(made.bytes);
            app.db.write(move |conn| pictures::insert(conn, &kept, bytes, now)).await?;
        }
        Some(address) => keep_outside(app, kept, (address, made.bytes), now).await?,
    }
    Ok(picture)
}

/// Where a picture would be kept outside the database: an address of its own each time, so that
/// removing what was kept before never takes away what is kept now.
pub(in crate::actions) fn new_address(app: &App, digest: &str) -> Option<String> {
    app.media_store.address(&format!("{digest}-{}.jpg", app.clock.new_id::<()>()))
}

/// First the note that it may be left behind, then the bytes, then the row: whenever this process
/// dies, no row lacks its bytes, and no bytes stay for ever without a row.
async fn keep_outside(
    app: &App,
    picture: Picture,
    (address, bytes): (String, Vec<u8>),
    now: Timestamp,
) -> Result<(), Error> {
    let (digest, noted) = (picture.digest.clone(), address.clone());
    let is_here = app
        .db
        .write(move |conn| {
            let is_here = pictures::touch(conn, &digest, now)?;
            if !is_here {
                note_unclaimed(conn, &noted, now)?;
            }
            Ok(is_here)
        })
        .await?;
    if is_here {
        return Ok(());
    }
    app.media_store.put(&address, bytes).await?;
    app.db
        .write(move |conn| {
            // Somebody else may have kept the same meanwhile: then ours is removed in its time.
            if pictures::insert(conn, &picture, Bytes::At(address.clone()), now)? {
                picture_removals::delete(conn, &address)?;
            }
            Ok(())
        })
        .await
}

/// Notes an address at which something is about to be put.
pub(in crate::actions) fn note_unclaimed(
    conn: &mut Conn,
    address: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let left_behind = now.saturating_add(LEFT_BEHIND).unwrap_or(now);
    picture_removals::insert(conn, address, left_behind)
}

/// The bytes of a picture, wherever they are.
pub async fn read_picture(app: &App, bytes: Bytes) -> Result<Vec<u8>, Error> {
    match bytes {
        Bytes::Here(bytes) => Ok(bytes),
        Bytes::At(address) => app.media_store.get(&address).await,
    }
}
