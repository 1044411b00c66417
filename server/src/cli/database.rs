//! `mutuals database …`

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use crate::cli::backups::in_background;
use crate::cli::output::Output;
use crate::db::{Location, copy};

#[derive(Subcommand)]
pub enum DatabaseCommand {
    /// Copy an instance into an empty database of either engine, and compare the two.
    Copy {
        /// Where it is: sqlite:PATH or postgres://…. Nothing is changed there.
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where it goes: sqlite:PATH or postgres://….
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

impl DatabaseCommand {
    pub async fn run(self, data: &Path, output: &Output) -> anyhow::Result<()> {
        let Self::Copy { from, to } = self;
        let (from, to) = (Location::choose(Some(&from), data)?, Location::choose(Some(&to), data)?);
        let copied = in_background(output, move |told| copy::copy(&from, &to, told)).await?;
        let sentence = format!(
            "{} rows of {} tables were copied, and are the same on both sides. Set \
             database.url to the new one. If a server worked on the old one meanwhile, end it and \
             copy again, into an empty one.",
            copied.rows, copied.tables
        );
        let json = json!({
            "id": copied.sha256,
            "tables": copied.tables,
            "rows": copied.rows,
            "digest": copied.sha256,
        });
        output.line(&sentence, &json);
        Ok(())
    }
}
