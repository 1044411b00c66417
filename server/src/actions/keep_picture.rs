//! Keep a picture that a member uploads: made small and written anew first.

use anyhow::Context as _;

use crate::app::App;
use crate::db::pictures;
use crate::domain::picture::Picture;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;
use crate::picture::make_ours;

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
    app.db.write(move |conn| pictures::insert(conn, &kept, &made.bytes, now)).await?;
    Ok(picture)
}
