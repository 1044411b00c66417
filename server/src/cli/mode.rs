//! `mutuals mode …` and `mutuals report …`: with whom we speak at all, and telling other servers what
//! is wrong.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::federation_mode;
use crate::actions::report_out::{Reported, report};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::gate;
use crate::domain::gate::Mode;
use crate::domain::id::{Id, MessageId, NeighbourProposalId};
use crate::domain::refusal::Refusal;
use crate::error::Error;

#[derive(Subcommand)]
pub enum ModeCommand {
    /// With whom we speak, who is on the list, and who knocked.
    Show,
    /// Speak with every server that is not blocked (open), with those on the list (allowlist), or
    /// with none for a while (off).
    Set {
        /// open, allowlist or off.
        mode: String,
        /// Put everybody onto the list with whom we have a pact, whom we follow, or who follows us.
        #[arg(long)]
        keep_known: bool,
    },
    /// Put a server onto the list, whether it knocked or not.
    Allow {
        /// The server; its subdomains are not meant.
        host: String,
    },
    /// Take a server off the list.
    Disallow {
        /// The server.
        host: String,
    },
    /// Forget that a server knocked.
    Dismiss {
        /// The server.
        host: String,
    },
}

#[derive(Subcommand)]
pub enum Report {
    /// Tell a server what is wrong with something that came from it. No name of anybody here goes
    /// with it.
    Send(Send),
}

#[derive(Args)]
pub struct Send {
    /// What is wrong.
    words: String,
    /// A reply to a proposal of ours, by its id.
    #[arg(long, value_name = "ID", group = "what")]
    reply: Option<String>,
    /// What somebody wrote to us, by its id.
    #[arg(long, value_name = "ID", group = "what")]
    message: Option<MessageId>,
    /// What a neighbour needs or offers, by its id.
    #[arg(long, value_name = "ID", group = "what")]
    neighbour: Option<NeighbourProposalId>,
}

impl ModeCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let said = |sentence: &str, host: &str, state: &str| {
            output.line(sentence, &json!({"id": host, "state": state}));
        };
        match self {
            Self::Show => show(app, output).await?,
            Self::Set { mode, keep_known } => set(app, output, &mode, keep_known).await?,
            Self::Allow { host } => {
                let host = federation_mode::allow(app, None, &host).await?;
                said(&format!("On the list: {host}."), &host, "allowed");
            }
            Self::Disallow { host } => {
                let host = federation_mode::disallow(app, None, &host).await?;
                said(&format!("No longer on the list: {host}."), &host, "not-allowed");
            }
            Self::Dismiss { host } => {
                federation_mode::dismiss(app, &host).await?;
                said(&format!("Forgotten: {host}."), &host, "dismissed");
            }
        }
        Ok(())
    }
}

async fn show(app: &App, output: &Output) -> anyhow::Result<()> {
    let ((gate, since), allowed, pending, left_out) = read(app, |conn| {
        let found = (gate::find(conn)?, gate::list_allowed(conn)?, gate::list_pending(conn)?);
        Ok((found.0, found.1, found.2, federation_mode::left_out(conn)?))
    })
    .await?;
    let mode = gate.mode().word();
    output.line(&format!("Mode: {mode}."), &json!({"id": "mode", "mode": mode, "since": since}));
    for host in &allowed {
        let json = json!({"id": host.domain, "state": "allowed", "since": host.added_at});
        output.line(&format!("{}  on the list", host.domain), &json);
    }
    for host in &left_out {
        let json = json!({"id": host, "state": "not-allowed"});
        output.line(&format!("{host}  known, and not on the list"), &json);
    }
    for knock in &pending {
        let json = json!({
            "id": knock.host,
            "state": "pending",
            "actor": knock.actor,
            "since": knock.first_at,
            "last": knock.last_at
        });
        output.line(&format!("{}  asked, as {}", knock.host, knock.actor), &json);
    }
    Ok(())
}

async fn set(app: &App, output: &Output, typed: &str, keep_known: bool) -> anyhow::Result<()> {
    let mode = Mode::from_word(typed).ok_or(Error::from(Refusal::UnknownMode))?;
    let added = federation_mode::set_mode(app, None, mode, keep_known).await?;
    let json = json!({"id": "mode", "mode": mode.word(), "added": added});
    let came = if added > 0 { format!(" {added} came onto the list.") } else { String::new() };
    output.line(&format!("Mode: {}.{came}", mode.word()), &json);
    Ok(())
}

impl Report {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let Self::Send(send) = self;
        let reply = send.reply.and_then(|id| id.parse::<Id<()>>().ok());
        let what = match (reply, send.message, send.neighbour) {
            (Some(reply), _, _) => Reported::Reply(reply.number()),
            (_, Some(message), _) => Reported::Message(message),
            (_, _, Some(neighbour)) => Reported::Neighbour(neighbour),
            _ => {
                anyhow::bail!("say what is reported: --reply, --message or --neighbour with its id")
            }
        };
        let host = report(app, None, what, &send.words).await?;
        output.line(&format!("Reported to {host}."), &json!({"id": host, "state": "reported"}));
        Ok(())
    }
}
