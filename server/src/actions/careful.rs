//! Being careful: what strangers write is held whatever it says, and people join by invitation only.
//! It begins by itself when very much is held and no steward is there, or because one says so; it
//! ends when one says so, or after a while. Followers and pacts notice nothing.

use jiff::SignedDuration;

use crate::actions::record_act::{Act, record};
use crate::actions::tell::tell_stewards;
use crate::app::App;
use crate::db::{Conn, careful, notices};
use crate::domain::held::{CAREFUL_LASTS, CAREFUL_LONGEST, Careful, UNSEEN};
use crate::domain::id::MemberId;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// What stewards hear of a wave. It stands for what they heard of its first posts, so that a wave is
/// one notice, and one mail (mission, J12).
pub const WAVE_NOTICE: (Kind, &str) = (Kind::HeldWave, "/steward/held");

/// Begins to be careful, or goes on being it, for so long from now. `by` is none for the command
/// line.
pub async fn begin(
    app: &App,
    by: Option<MemberId>,
    lasts: SignedDuration,
) -> Result<Careful, Error> {
    if lasts < SignedDuration::from_hours(1) || lasts > CAREFUL_LONGEST {
        return Err(Refusal::CarefulTooLong.into());
    }
    app.change(move |app, conn, _| {
        let before = careful::current(conn, app.now())?;
        careful::end(conn, app.now())?;
        record(app, conn, by, Act::CarefulBegan, "", "")?;
        let began_at = before.map_or(app.now(), |before| before.began_at);
        begin_now(app, conn, began_at, lasts, false)
    })
    .await
}

/// Ends it; what is held stays held. False if we are not careful.
pub async fn end(app: &App, by: Option<MemberId>) -> Result<bool, Error> {
    app.change(move |app, conn, _| {
        let ended = careful::end(conn, app.now())?;
        if ended {
            record(app, conn, by, Act::CarefulEnded, "", "")?;
        }
        Ok(ended)
    })
    .await
}

/// Notes that something of a wave came. Stewards hear of it once; and if `is_much` is held and none
/// of them was seen for hours, we are careful from now on.
pub fn note_wave(app: &App, conn: &mut Conn, is_much: bool) -> Result<(), Error> {
    let now = app.now();
    if careful::note_wave(conn, now, is_much)? {
        let (kind, page) = WAVE_NOTICE;
        tell_stewards(app, conn, kind, page)?;
        notices::merge(conn, (Kind::MessageWaits, page), WAVE_NOTICE)?;
        tracing::warn!("strangers write very much: it is held, see /steward/held");
    }
    if !is_much || careful::current(conn, now)?.is_some() {
        return Ok(());
    }
    let unseen_since = now.saturating_sub(UNSEEN).unwrap_or(now);
    if careful::last_seen(conn)?.is_some_and(|seen| seen > unseen_since) {
        return Ok(());
    }
    record(app, conn, None, Act::CarefulBegan, "", "")?;
    begin_now(app, conn, now, CAREFUL_LASTS, true)?;
    tracing::warn!(
        "no steward was seen for six hours: strangers are held, joining is by invitation"
    );
    Ok(())
}

/// The time in which we are careful, if it is now.
pub async fn current(app: &App) -> Result<Option<Careful>, Error> {
    let now = app.now();
    app.db.read(move |conn| careful::current(conn, now)).await
}

fn begin_now(
    app: &App,
    conn: &mut Conn,
    began_at: jiff::Timestamp,
    lasts: SignedDuration,
    by_itself: bool,
) -> Result<Careful, Error> {
    let ends_at = app.now().saturating_add(lasts).map_err(anyhow::Error::from)?;
    let begun = Careful { began_at, ends_at, by_itself };
    careful::begin(conn, app.clock.new_id::<()>().number(), begun)?;
    Ok(begun)
}
