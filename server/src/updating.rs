//! Answering before there is anything to answer from: while the database is brought up to date, which
//! may take minutes, whoever comes is told so ([`crate::web::updating`]).

use std::os::fd::AsFd as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::web::updating::{Percent, router};

/// How long answers that are under way may take when it is over.
const FAREWELL: Duration = Duration::from_secs(1);

/// Answers until it is ended.
pub struct Updating {
    percent: Percent,
    stop: oneshot::Sender<()>,
    answering: JoinHandle<()>,
}

impl Updating {
    /// Answers whoever comes to a listener, which stays as it is for what comes after.
    pub fn begin(listener: &TcpListener) -> anyhow::Result<Self> {
        let copied = listener.as_fd().try_clone_to_owned().context("cannot answer yet")?;
        let copied = TcpListener::from_std(copied.into()).context("cannot answer yet")?;
        let (percent, (stop, told)) = (Percent::default(), oneshot::channel());
        let pages = router(percent.clone());
        let answering = tokio::spawn(async move {
            let told = async { drop(told.await) };
            if let Err(error) = axum::serve(copied, pages).with_graceful_shutdown(told).await {
                tracing::warn!(error = %error, "nobody is told that this is brought up to date");
            }
        });
        Ok(Self { percent, stop, answering })
    }

    /// Says how far it has come.
    pub fn tell(&self, percent: u8) {
        self.percent.store(percent, Ordering::Relaxed);
    }

    /// Leaves the listener to the real server.
    pub async fn end(mut self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        if tokio::time::timeout(FAREWELL, &mut self.answering).await.is_err() {
            self.answering.abort();
        }
    }
}
