//! Looking after what is on its way: try again, give up, pause, resume.

use crate::app::App;
use crate::db::{hosts, journal, queue};
use crate::error::Error;

/// Tries what waits for a host (or for every host) at once, and what was refused too. Without a
/// host, also what came in and was given up. How many that were given up wait again.
pub async fn retry(app: &App, host: Option<String>) -> Result<usize, Error> {
    let count = app
        .db
        .write(move |conn| {
            let received = if host.is_none() { journal::retry_failed(conn)? } else { 0 };
            Ok(received + queue::retry(conn, host.as_deref())?)
        })
        .await?;
    app.goes_out.notify_waiters();
    app.came_in.notify_waiters();
    Ok(count)
}

/// Lets what came in and was given up be tried again; how much that is.
pub async fn retry_received(app: &App) -> Result<usize, Error> {
    let count = app.db.write(journal::retry_failed).await?;
    app.goes_out.notify_waiters();
    Ok(count)
}

/// Gives up what waits for a host, and what it refused; how many activities that were.
pub async fn drop_waiting(app: &App, host: String) -> Result<i64, Error> {
    app.db.write(move |conn| queue::drop_all(conn, &host)).await
}

/// Stops delivering to a host, or to every host.
pub async fn pause(app: &App, host: Option<String>) -> Result<(), Error> {
    let now = app.now();
    let host = host.unwrap_or_else(|| hosts::ALL.to_owned());
    app.db.write(move |conn| hosts::pause(conn, &host, now)).await
}

/// Delivers to a host again, or to every host that is not paused by itself.
pub async fn resume(app: &App, host: Option<String>) -> Result<(), Error> {
    let host = host.unwrap_or_else(|| hosts::ALL.to_owned());
    app.db.write(move |conn| hosts::resume(conn, &host)).await?;
    app.goes_out.notify_waiters();
    Ok(())
}
