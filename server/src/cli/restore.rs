//! `mutuals restore …`: after a return from a backup, look and let this instance speak again.

use clap::Subcommand;
use serde_json::json;

use crate::actions::quarantine;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::error::Error;

#[derive(Subcommand)]
pub enum RestoreCommand {
    /// Whether this came back from a backup that nobody confirmed yet, and what waits.
    Status,
    /// Say that somebody looked: from now on things go out and come in again.
    Confirm {
        /// Give up what waited to go out when the backup was made.
        #[arg(long)]
        leave_out: bool,
    },
}

impl RestoreCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Status => status(app, output).await,
            Self::Confirm { leave_out } => confirm(app, output, leave_out).await,
        }
    }
}

async fn status(app: &App, output: &Output) -> anyhow::Result<()> {
    let status = read(app, quarantine::status).await?;
    let Some(restore) = status.restore else {
        let json = json!({"id": "restore", "state": "none"});
        output.line("This instance waits for nothing: things go out and come in.", &json);
        return Ok(());
    };
    let json = json!({
        "id": "restore",
        "state": "quarantine",
        "made": restore.made_at,
        "restored": restore.restored_at,
        "going_out": status.going_out,
        "came_in": status.came_in
    });
    let sentence = format!(
        "This instance came back on {} from a backup of {}, and nobody confirmed it yet. Nothing \
         leaves it: {} activities wait to go out, {} that came in wait to be read.",
        restore.restored_at, restore.made_at, status.going_out, status.came_in
    );
    output.line(&sentence, &json);
    output.tell(
        "Look first: is this the newest backup, and is the old server off for good? Who left, was \
         blocked or had something erased since then is here again. A steward reads more on the page \
         /steward/backups. Then: mutuals restore confirm",
    );
    Ok(())
}

async fn confirm(app: &App, output: &Output, leave_out: bool) -> anyhow::Result<()> {
    let restore = quarantine::confirm(app, None, leave_out).await.map_err(|error| match error {
        Error::NotFound => anyhow::Error::from(error)
            .context("there is nothing to confirm: this instance came back from no backup"),
        other => other.into(),
    })?;
    let json = json!({"id": "restore", "state": "confirmed", "made": restore.made_at});
    output.line("Confirmed: things go out and come in again.", &json);
    Ok(())
}
