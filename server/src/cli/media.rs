//! `mutuals media …`

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use crate::actions::move_pictures::{Moved, move_pictures};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{progress, read};
use crate::db::{picture_removals, pictures};

#[derive(Subcommand)]
pub enum MediaCommand {
    /// How many pictures are kept where.
    Status,
    /// Move every picture to where new ones are kept. It can be stopped, and begun again.
    Move {
        /// Where to: the same as the configuration key media.url, or the word database.
        #[arg(long, value_name = "PLACE")]
        to: String,
    },
}

impl MediaCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Status => status(app, output).await,
            Self::Move { to } => move_to(app, output, &to).await,
        }
    }
}

async fn status(app: &App, output: &Output) -> anyhow::Result<()> {
    let all = read(app, pictures::list_addresses).await?;
    let removing = read(app, picture_removals::count).await?;
    let mut places = std::collections::BTreeMap::<String, usize>::new();
    for (_, address) in all {
        let place = address.as_deref().and_then(|address| address.rsplit_once('/'));
        let place = place.map_or("database", |(place, _)| place);
        *places.entry(place.to_owned()).or_default() += 1;
    }
    let home = app.media_store.url().unwrap_or("database");
    places.entry(home.to_owned()).or_default();
    for (place, count) in places {
        let is_home = place == home;
        let new = if is_home { ", and new ones" } else { "" };
        let json = json!({"id": place, "pictures": count, "new": is_home});
        output.line(&format!("{place}: {count} pictures{new}"), &json);
    }
    if removing > 0 {
        output.tell(&format!("{removing} are being removed where they were kept."));
    }
    Ok(())
}

async fn move_to(app: &App, output: &Output, to: &str) -> anyhow::Result<()> {
    if !app.media_store.is_at(to) {
        let home = app.media_store.url().unwrap_or("database");
        bail!(
            "new pictures are kept in {home}, not in {to}. First set media.url in mutuals.toml (leave \
             it empty for the database) for every process of this instance and start them anew; what \
             is kept already is shown from where it is. Then move it"
        );
    }
    let bar = progress::bar(output);
    let show = |done: usize, all: usize| progress::show(&bar, done, all, "pictures");
    let done = move_pictures(app, &show).await;
    bar.finish_and_clear();
    let Moved { moved, broken } = done?;
    let json = json!({"id": to, "moved": moved, "broken": broken});
    output.line(&format!("Moved {moved} pictures to {to}."), &json);
    if broken > 0 {
        bail!(
            "{broken} pictures are gone or damaged where they are kept, and stay there: look into a \
             backup"
        );
    }
    Ok(())
}
