//! Reading anew what those whom we follow need and offer, so that what got lost on the way is made
//! up for: each of them once a day, and all of them, or those of a server, after an outage.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::app::App;
use crate::db::jobs::{self, JobKind};
use crate::db::{Conn, followings, hosts, marks};
use crate::domain::collective::domain_of;
use crate::error::Error;

/// How often everybody is read.
const DAILY: SignedDuration = SignedDuration::from_hours(24);
/// How many whose day has come are begun with at once: the next ones follow in half a minute.
const FEW: usize = 4;
/// After this much time without a sign of life we were away.
const AWAY: SignedDuration = SignedDuration::from_mins(10);
/// Who said nothing for this long may have been away.
const SILENT: SignedDuration = SignedDuration::from_hours(24);
/// Who was read within this time is not read again because its server speaks.
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// Notes that we are alive, and queues reading: everybody if we were away, else a few of those
/// whose day has come. Whoever speaks with nobody is away: what was said meanwhile is read afterwards.
pub fn note_alive(app: &App, conn: &mut Conn) -> Result<(), Error> {
    if app.gate().is_off() {
        return Ok(());
    }
    let now = app.now();
    let before = marks::note(conn, marks::ALIVE, now)?;
    if before.is_some_and(|before| is_past(before, AWAY, now)) {
        let count = queue(app, conn, usize::MAX, |_, _| true)?;
        tracing::info!(count, "we were away: reading what our neighbours need and offer");
        return Ok(());
    }
    queue(app, conn, FEW, |_, read_at| is_over(read_at, DAILY, now))?;
    Ok(())
}

/// Notes that a host speaks to us: what waits for it is tried at once. If it could not be reached,
/// or said nothing for a day, those of it whom we follow are read too.
pub fn note_heard(app: &App, conn: &mut Conn, host: &str) -> Result<(), Error> {
    let now = app.now();
    let was_lost = hosts::wake(conn, host)?;
    let is_followed =
        followings::list_read(conn)?.iter().any(|(actor, _)| domain_of(actor) == host);
    if !is_followed {
        return Ok(());
    }
    let before = marks::note(conn, &format!("heard {host}"), now)?;
    if was_lost || before.is_some_and(|before| is_past(before, SILENT, now)) {
        let is_of_it = |actor: &Url| domain_of(actor) == host;
        queue(app, conn, usize::MAX, |actor, at| is_of_it(actor) && is_over(at, LATELY, now))?;
    }
    Ok(())
}

/// Queues reading for up to `most` of those who fit, unless we do not speak with them or they are
/// queued already.
fn queue(
    app: &App,
    conn: &mut Conn,
    most: usize,
    fits: impl Fn(&Url, Option<Timestamp>) -> bool,
) -> Result<usize, Error> {
    let (blocks, waiting) = (app.unreached(), jobs::list_actors(conn, JobKind::ReadOutbox)?);
    let wanted = followings::list_read(conn)?.into_iter().filter(|(actor, read_at)| {
        let is_new = !waiting.iter().any(|known| known == actor.as_str());
        is_new && !blocks.covers_actor(actor) && fits(actor, *read_at)
    });
    let wanted: Vec<Url> = wanted.map(|(actor, _)| actor).take(most).collect();
    for actor in &wanted {
        let id = app.clock.new_id::<()>().number();
        jobs::insert(conn, id, JobKind::ReadOutbox, (actor.as_str(), ""), app.now())?;
    }
    Ok(wanted.len())
}

fn is_over(since: Option<Timestamp>, time: SignedDuration, now: Timestamp) -> bool {
    since.is_none_or(|since| is_past(since, time, now))
}

fn is_past(since: Timestamp, time: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(since) > time
}
