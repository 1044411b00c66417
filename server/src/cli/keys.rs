//! `mutuals keys …`

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::actions::rotate_keys::{BOTH_VALID, rotate_keys};
use crate::app::{App, COLLECTIVE};
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::collective::{KeyRow, list_keys};
use crate::keys::key_id;

#[derive(Subcommand)]
pub enum Keys {
    /// The keys with which this instance signs, and until when old ones are valid.
    List,
    /// Make new keys and tell all followers. The old ones stay valid for seven days.
    Rotate,
}

impl Keys {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        if matches!(self, Self::Rotate) {
            rotate_keys(app).await?;
        }
        for row in read(app, list_keys).await? {
            print(app, output, &row);
        }
        Ok(())
    }
}

fn print(app: &App, output: &Output, row: &KeyRow) {
    let urls = app.collective.urls();
    let actor = if row.actor == COLLECTIVE { urls.actor() } else { urls.instance_actor() };
    let id = key_id(&actor, row.generation);
    let time = |micros| Timestamp::from_microsecond(micros).ok();
    let until = row.retired_at.and_then(time).and_then(|at| at.checked_add(BOTH_VALID).ok());
    let state = if until.is_some() { "retired" } else { "current" };
    let json = json!({
        "id": id,
        "actor": actor,
        "state": state,
        "created": time(row.created_at),
        "until": until
    });
    let text = match until {
        Some(until) => format!("{id}  old, valid until {until:.0}"),
        None => format!("{id}  in use"),
    };
    output.line(&text, &json);
}
