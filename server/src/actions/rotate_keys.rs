//! Change the keys of our two actors.

use jiff::{SignedDuration, Timestamp};

use crate::app::{App, COLLECTIVE, INSTANCE, make_keys};
use crate::db::collective::{self, KeyRow};
use crate::db::{Conn, quarantine};
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys::FreshKeys;

/// How long the old keys stay beside the new ones, so that others can learn of the change.
pub const BOTH_VALID: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Makes new keys for both actors and tells all followers; answers their generation.
///
/// While the keys of an earlier change are still beside ours this is refused: a peer that heard of
/// neither change would have to be spoken to with a third pair.
pub async fn rotate_keys(app: &App) -> Result<i32, Error> {
    let now = app.now();
    app.db.read(move |conn| check(conn, now)).await?;
    let (ours, instance) = make_keys().await?;
    let generation = app
        .change(move |_, conn, events| {
            check(conn, now)?;
            delete_old_keys(conn, now)?;
            let newest = collective::list_keys(conn)?.iter().map(|row| row.generation).max();
            // Other than keys that were made and lost before a return from a backup: others may
            // know those by their number.
            let newest = newest.unwrap_or_default().max(quarantine::epoch(conn)?);
            let generation = newest.saturating_add(1);
            collective::retire_keys(conn, now)?;
            for (actor, fresh) in [(COLLECTIVE, ours), (INSTANCE, instance)] {
                collective::insert_keys(conn, &row(actor, generation, fresh, now))?;
            }
            events.push(Event::KeysRotated);
            Ok(generation)
        })
        .await?;
    app.read_keys().await?;
    Ok(generation)
}

/// Removes private keys whose time beside the new ones is over; how many.
pub fn delete_old_keys(conn: &mut Conn, now: Timestamp) -> Result<usize, Error> {
    collective::delete_keys_retired_before(conn, now.saturating_sub(BOTH_VALID).unwrap_or(now))
}

fn check(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let since = now.saturating_sub(BOTH_VALID).unwrap_or(now).as_microsecond();
    let rows = collective::list_keys(conn)?;
    let lately = rows.iter().any(|row| row.retired_at.is_some_and(|at| at >= since));
    if lately { Err(Refusal::KeysRotatedLately.into()) } else { Ok(()) }
}

fn row(actor: &str, generation: i32, fresh: FreshKeys, now: Timestamp) -> KeyRow {
    KeyRow {
        actor: actor.to_owned(),
        generation,
        rsa_private: fresh.rsa,
        ed25519_private: fresh.ed25519,
        created_at: now.as_microsecond(),
        retired_at: None,
        last_activity: None,
    }
}
