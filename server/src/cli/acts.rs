//! `mutuals log …`

use clap::Subcommand;
use serde_json::json;

use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::moderation_log;
use crate::domain::act::{Act, Entry};

#[derive(Subcommand)]
pub enum Log {
    /// What stewards did, newest first. Nothing changes or removes a line.
    List {
        /// How many lines at most.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: u32,
    },
}

impl Log {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let Self::List { limit } = self;
        let entries = read(app, move |conn| moderation_log::list(conn, None, limit.into())).await?;
        entries.iter().for_each(|entry| print(output, entry));
        if entries.is_empty() {
            output.tell("Nothing yet.");
        }
        Ok(())
    }
}

fn print(output: &Output, entry: &Entry) {
    let act = entry.act.map_or("unknown", Act::word);
    let by = entry.by.map(|by| by.to_string());
    let json = json!({
        "id": entry.id.to_string(),
        "at": entry.at,
        "by": by,
        "act": act,
        "subject": entry.subject,
        "reason": entry.reason
    });
    let who = by.unwrap_or_else(|| "-".to_owned());
    let line = format!("{}  {who}  {act}  {}  {}", entry.at, entry.subject, entry.reason);
    output.line(line.trim_end(), &json);
}
