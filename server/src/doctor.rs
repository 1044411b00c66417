//! The doctor: looks at everything that could be wrong with an instance, one small check each, and
//! says of each what it found and what to do. For the command `doctor` and the stewards' page.
//!
//! It changes nothing unless it is told to mend, and then only what is certain: who may read files,
//! the folder for backups, leases that do not end. It works beside a running server, without one, and
//! on an instance that does not open.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use crate::app::App;
use crate::config::Config;
use crate::db::Location;
use crate::domain::finding::Finding;
use crate::error::Error;

mod backups;
mod certificate;
mod database;
mod files;
mod network;
mod outside;
mod queue;
mod settings;

/// How the doctor looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// Nobody is asked: no name server, no mail server, not our own public address.
    pub is_offline: bool,
    /// What is certain is mended.
    pub mends: bool,
}

/// What can be known of an instance without its database.
#[derive(Clone, Debug)]
pub struct House {
    config: Config,
    /// The data folder, if it is known.
    data: Option<PathBuf>,
    /// The file of the database, if it is one.
    database: Option<PathBuf>,
    visit: Visit,
}

/// Looks at an instance.
pub async fn examine(app: &App, visit: Visit) -> Vec<Finding> {
    // An error means that nobody examines anything any more.
    let _place = app.examining.acquire().await;
    let house = House {
        config: app.config.clone(),
        data: app.data.get().cloned(),
        database: app.db.file().map(Path::to_owned),
        visit,
    };
    // Alone and first: what it measures of the disk, others would disturb.
    let mut found = look_at_files(house.clone()).await;
    let (database, network, outside, queue, backups, settings) = tokio::join!(
        database::look(app),
        network::look(app, visit),
        outside::look(app, visit),
        queue::look(app, visit),
        backups::look(app, &house),
        settings::look(app, &house),
    );
    for group in [database, network, outside, queue, backups, settings] {
        found.extend(group);
    }
    found
}

/// Looks at an instance that does not open, and says why it does not.
pub async fn examine_closed(config: Config, data: &Path, visit: Visit, why: &str) -> Vec<Finding> {
    let url = Some(config.database.url.as_str()).filter(|url| !url.is_empty());
    let database = match Location::choose(url, data) {
        Ok(Location::Sqlite(path)) => Some(PathBuf::from(path)),
        _ => None,
    };
    let house = House { config, data: Some(data.to_owned()), database, visit };
    let mut found = look_at_files(house.clone()).await;
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    let closed = Finding::wrong("database.open", "doctor-open-wrong", "doctor-open-do");
    found.push(closed.with("why", why));
    let closed = [database::IDS, network::IDS, outside::IDS, queue::IDS, backups::IDS].concat();
    found.extend(closed.into_iter().map(|id| Finding::skipped(id, "doctor-closed")));
    found.extend(settings::look_at(&house));
    found
}

/// Looks at an instance whose configuration cannot be read, and says why it cannot.
pub async fn examine_unset(data: &Path, visit: Visit, why: &str) -> Vec<Finding> {
    let (config, data) = (Config::default(), Some(data.to_owned()));
    let mut found = look_at_files(House { config, data, database: None, visit }).await;
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    let unread = Finding::wrong("settings.read", "doctor-settings-wrong", "doctor-settings-do");
    found.push(unread.with("why", why));
    let closed = [
        &["database.open"][..],
        database::IDS,
        network::IDS,
        outside::IDS,
        queue::IDS,
        backups::IDS,
    ]
    .concat();
    found.extend(closed.into_iter().map(|id| Finding::skipped(id, "doctor-unset")));
    found
}

/// What the stewards' page shows.
pub fn for_pages(app: App) -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>> {
    Box::pin(async move { examine(&app, Visit::default()).await })
}

async fn look_at_files(house: House) -> Vec<Finding> {
    match tokio::task::spawn_blocking(move || files::look(&house)).await {
        Ok(found) => found,
        Err(error) => vec![broken("files.owner", &Error::Internal(error.into()))],
    }
}

/// A finding, or that it could not be looked for.
fn or_broken(id: &'static str, found: Result<Finding, Error>) -> Finding {
    found.unwrap_or_else(|error| broken(id, &error))
}

fn broken(id: &'static str, error: &Error) -> Finding {
    Finding::wrong(id, "doctor-broken", "doctor-broken-do").with("why", error)
}

/// So many bytes, as people say it.
fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    let mut left = count;
    let mut said = format!("{count} B");
    for unit in UNITS {
        if left < 1_000 {
            break;
        }
        said = format!("{}.{} {unit}", left / 1_000, left % 1_000 / 100);
        left /= 1_000;
    }
    said
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_are_said_in_units_that_fit() {
        let said = [7, 999, 1_500, 2_340_000, 40_000_000_000].map(super::bytes);
        assert_eq!(said, ["7 B", "999 B", "1.5 KB", "2.3 MB", "40.0 GB"]);
    }
}
