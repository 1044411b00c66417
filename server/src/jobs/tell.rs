//! Telling members that something is new, besides the page: by mail, and in their threads.

use std::time::Duration;

use tokio::sync::watch;

use crate::actions::send_mails::send_mails;
use crate::app::App;
use crate::db::due_notices;
use crate::error::Error;
use crate::federation::telling;

/// How often it is looked for. Nobody hears more often than every quarter of an hour anyway.
const LOOK: Duration = Duration::from_secs(60);

/// Tells members until `stop` says so.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // A mail is not waited for: if it is lost here, it is sent again.
        let told = tokio::select! {
            told = tell_all(&app) => told,
            _ = stop.changed() => Ok(()),
        };
        if let Err(error) = told {
            tracing::error!(error = %error, "members cannot be told what is new");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Tells everybody who is to be told now; after a return from a backup and in a lockdown that waits.
pub async fn tell_all(app: &App) -> Result<(), Error> {
    if app.is_silent() {
        return Ok(());
    }
    write_directs(app).await?;
    send_mails(app).await.map(drop)
}

async fn write_directs(app: &App) -> Result<(), Error> {
    let now = app.now();
    let due = app.db.read(due_notices::list_directs).await?;
    let mut written = false;
    for due in due.into_iter().filter(|due| due.timing.allows(now, &app.zone, due.told_at)) {
        let shared = app.clone();
        written |= app
            .db
            .write(move |conn| {
                let is_ours = due_notices::end_direct(conn, &due, now)?;
                Ok(is_ours && telling::tell(&shared, conn, &due)?)
            })
            .await?;
    }
    if written {
        app.goes_out.notify_waiters();
    }
    Ok(())
}
