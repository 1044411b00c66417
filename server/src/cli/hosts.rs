//! `mutuals host …`

use clap::Subcommand;
use serde_json::json;

use crate::actions::block::{block, block_anything, unblock};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::queue::{host_name, print_host};
use crate::cli::read;
use crate::db::{hosts, queue};
use crate::error::Error;

/// How many refused activities are shown of a host.
const REFUSED: i64 = 50;

#[derive(Subcommand)]
pub enum Host {
    /// The hosts that we deliver to, and those that are blocked.
    List,
    /// What waits for a host, and what it refused.
    Show {
        /// The host, with its port if it is not the usual one.
        #[arg(value_parser = host_name)]
        host: String,
    },
    /// Hear nothing from a host and tell it nothing.
    Block {
        /// The host (its subdomains are covered too), or the address of an actor.
        #[arg(value_parser = host_name)]
        host: String,
        /// Why, for the stewards who come after you.
        #[arg(long, default_value = "")]
        reason: String,
        /// Also block a name under which many have their hosts, such as com or co.uk.
        #[arg(long)]
        force: bool,
    },
    /// End a block.
    Unblock {
        /// The host or the address of an actor.
        #[arg(value_parser = host_name)]
        host: String,
    },
}

impl Host {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => list(app, output).await,
            Self::Show { host } => show(app, output, host).await,
            Self::Block { host, reason, force } => {
                let block = match force {
                    false => block(app, &host, &reason).await?,
                    true => block_anything(app, &host, &reason).await?,
                };
                let json = json!({"id": block.subject, "state": "blocked", "reason": block.reason});
                output.line(&format!("Blocked: {}.", block.subject), &json);
                Ok(())
            }
            Self::Unblock { host } => {
                let subject = unblock(app, &host).await.map_err(|error| match error {
                    Error::NotFound => anyhow::Error::from(error)
                        .context(format!("{host} is not blocked; see `mutuals host list`")),
                    other => other.into(),
                })?;
                let json = json!({"id": subject, "state": "unblocked"});
                output.line(&format!("No longer blocked: {subject}."), &json);
                Ok(())
            }
        }
    }
}

async fn list(app: &App, output: &Output) -> anyhow::Result<()> {
    let (lines, blocks) =
        read(app, |conn| Ok((queue::list_hosts(conn)?, hosts::list_blocks(conn)?))).await?;
    for line in &lines {
        print_host(app, output, line);
    }
    for block in &blocks {
        let json = json!({
            "id": block.subject,
            "blocked": true,
            "reason": block.reason,
            "since": block.blocked_at
        });
        output.line(&format!("{}  blocked: {}", block.subject, block.reason), &json);
    }
    if lines.is_empty() && blocks.is_empty() {
        output.tell("We deliver to nobody yet, and nobody is blocked.");
    }
    Ok(())
}

async fn show(app: &App, output: &Output, host: String) -> anyhow::Result<()> {
    let wanted = host.clone();
    let (lines, refused) = read(app, move |conn| {
        Ok((queue::list_hosts(conn)?, queue::list_refused(conn, &wanted, REFUSED)?))
    })
    .await?;
    let line = lines.iter().find(|line| line.host == host).ok_or_else(|| {
        anyhow::Error::from(Error::NotFound)
            .context(format!("we deliver nothing to {host}; see `mutuals host list`"))
    })?;
    print_host(app, output, line);
    for refused in refused {
        let at = jiff::Timestamp::from_microsecond(refused.refused_at).ok();
        let json = json!({
            "id": refused.activity,
            "inbox": refused.inbox,
            "why": refused.reason,
            "refused": at
        });
        output.line(&format!("  refused: {} ({})", refused.activity, refused.reason), &json);
    }
    Ok(())
}
