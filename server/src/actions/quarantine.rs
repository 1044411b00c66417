//! Come back from a backup without saying anything that others heard differently in the meantime.
//!
//! A restored database believes that it is still the day on which the backup was made. If it spoke
//! at once, followers would hear old things anew, and whatever ended by itself since then would end
//! before everybody a second time. So an instance that was restored is in quarantine until a steward
//! has looked:
//!
//! * **Nothing leaves.** Deliveries, mails and messages in people's threads wait, and so does the
//!   background work that would ask others or end something. Pages work: what members write is kept,
//!   and goes out afterwards. Whoever signs in by way of their own server is still asked about there,
//!   because they ask for it themselves, and nobody else hears of it.
//! * **What others send is taken in and waits.** It is written into the journal, signed and checked,
//!   and answered with 202. To refuse it would lose it, because others give up after some days. To
//!   process it would answer from what we believed then; and if this turns out to be the wrong
//!   backup, what was taken in must not have changed it.
//! * **What machines ask for is answered with 503.** What was made after the backup is not here; a
//!   404 would tell others that it is gone, before anybody looked.
//!
//! What is confirmed cannot be taken back; so the page says what to look at first.

use jiff::Timestamp;

use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::clock::Clock;
use crate::db::{Conn, Db, journal, quarantine, queue};
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;
use crate::domain::restore::Restore;
use crate::error::Error;

/// How it stands with a return from a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The one that waits to be confirmed.
    pub restore: Option<Restore>,
    /// How many activities wait to go out.
    pub going_out: i64,
    /// How many that others sent wait to be read.
    pub came_in: i64,
}

/// Puts a database that was just written back into quarantine, for whoever restores it.
pub async fn begin(db: &Db, clock: &Clock, made_at: Timestamp) -> Result<Restore, Error> {
    let now = clock.now();
    db.write(move |conn| begin_in(conn, made_at, now)).await
}

/// The same, inside the transaction that writes it back: so no server ever finds it without.
pub fn begin_in(conn: &mut Conn, made_at: Timestamp, now: Timestamp) -> Result<Restore, Error> {
    let restore = Restore::new(made_at, now).ok_or(Refusal::ClockBeforeBackup)?;
    quarantine::begin(conn, restore)
}

/// How it stands.
pub fn status(conn: &mut Conn) -> Result<Status, Error> {
    Ok(Status {
        restore: quarantine::find(conn)?,
        going_out: queue::count_pending(conn)?,
        came_in: journal::waiting(conn)?,
    })
}

/// Ends the quarantine: from now on things go out and come in. With `leaves_out`, what waited to go
/// out when the backup was made never does. Not found if there is none.
pub async fn confirm(app: &App, by: Option<MemberId>, leaves_out: bool) -> Result<Restore, Error> {
    let (shared, now) = (app.clone(), app.now());
    let restore = app
        .db
        .write(move |conn| {
            let restore = quarantine::find(conn)?.ok_or(Error::NotFound)?;
            quarantine::confirm(conn, &restore, leaves_out, now)?;
            record(&shared, conn, by, Act::RestoreConfirmed, "", "")?;
            Ok(restore)
        })
        .await?;
    // Other processes see it at their next look.
    app.read_blocks().await?;
    app.goes_out.notify_waiters();
    app.came_in.notify_waiters();
    Ok(restore)
}
