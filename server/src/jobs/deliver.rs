//! Deliver what waits for one inbox, in order.

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::inboxes::{self, Inbox};
use crate::error::Error;
use crate::federation::deliver::{Delivered, deliver};
use crate::jobs::runner::backoff;

/// How many deliveries are read at once.
const BATCH: i64 = 20;
/// A worker stops after this, well before its lease ends.
const TURN: SignedDuration = SignedDuration::from_secs(25);

/// What waits for an inbox that could not be reached for this long is given up.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Delivers until nothing waits, the inbox cannot be reached, or the turn is over.
pub async fn run(app: App, inbox: Inbox) {
    let id = inbox.id;
    if let Err(error) = run_turn(&app, inbox).await {
        // The lease ends by itself.
        tracing::error!(inbox.id = id, error = %error, "a delivery's end cannot be written");
    }
}

async fn run_turn(app: &App, inbox: Inbox) -> Result<(), Error> {
    let began = app.now();
    let id = inbox.id;
    loop {
        let waiting = app.db.read(move |conn| inboxes::list_waiting(conn, id, BATCH)).await?;
        if waiting.is_empty() || is_over(began, app.now()) {
            let now = app.now();
            return app.db.write(move |conn| inboxes::release(conn, id, now)).await;
        }
        for delivery in waiting {
            let (now, delivered) = (app.now(), deliver(app, &inbox.url, delivery.body).await);
            match delivered {
                Delivered::Yes => {
                    app.db.write(move |conn| inboxes::delete_delivered(conn, delivery.id)).await?;
                }
                Delivered::Refused(reason) => {
                    tracing::warn!(activity = delivery.activity, reason, "a delivery was refused");
                    app.db
                        .write(move |conn| inboxes::refuse(conn, delivery.id, &reason, now))
                        .await?;
                }
                Delivered::Later(reason, wait) => {
                    let next_at = next_try(now, inbox.attempts, wait);
                    let lost = is_lost(&inbox, now);
                    tracing::debug!(inbox.id = id, reason, lost, "an inbox cannot be reached");
                    return app
                        .db
                        .write(move |conn| {
                            if lost {
                                inboxes::refuse_all(conn, id, &reason, now)?;
                            }
                            inboxes::put_off(conn, id, now, next_at, &reason)
                        })
                        .await;
                }
            }
            if is_over(began, app.now()) {
                break;
            }
        }
    }
}

fn is_over(began: Timestamp, now: Timestamp) -> bool {
    now.duration_since(began) > TURN
}

/// Whether an inbox has been away for so long that what waits for it is given up.
fn is_lost(inbox: &Inbox, now: Timestamp) -> bool {
    let since = inbox.failing_since.and_then(|since| Timestamp::from_microsecond(since).ok());
    since.is_some_and(|since| now.duration_since(since) > GIVE_UP)
}

fn next_try(now: Timestamp, attempts: i32, wait: Option<SignedDuration>) -> Timestamp {
    let asked = wait.and_then(|wait| now.saturating_add(wait).ok());
    asked.unwrap_or_else(|| backoff(now, attempts))
}
