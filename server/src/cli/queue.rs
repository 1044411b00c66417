//! `mutuals queue …`

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::actions::look_after_queue::{drop_waiting, pause, resume, retry};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::queue::HostLine;
use crate::db::{hosts, journal, queue};

#[derive(Subcommand)]
pub enum Queue {
    /// For every host: what waits, since when, why, and when it is tried next.
    Status,
    /// Try at once: what waits, and what was refused or given up.
    Retry {
        /// Only this host [default: every host, and what came in].
        #[arg(value_parser = host_name)]
        host: Option<String>,
    },
    /// Give up what waits for a host, and what it refused.
    Drop {
        /// The host.
        #[arg(value_parser = host_name)]
        host: String,
    },
    /// Deliver nothing until it is resumed; nothing is lost meanwhile.
    Pause {
        /// Only to this host [default: to every host].
        #[arg(value_parser = host_name)]
        host: Option<String>,
    },
    /// Deliver again.
    Resume {
        /// Only to this host [default: undoes a pause of every host].
        #[arg(value_parser = host_name)]
        host: Option<String>,
    },
}

impl Queue {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Status => status(app, output).await,
            Self::Retry { host } => {
                let count = retry(app, host.clone()).await?;
                let json = json!({"id": id(&host), "retried": count});
                output.line(&format!("Trying again; {count} given up before wait again."), &json);
                Ok(())
            }
            Self::Drop { host } => {
                let count = drop_waiting(app, host.clone()).await?;
                let json = json!({"id": host, "dropped": count});
                output.line(&format!("Gave up {count} deliveries to {host}."), &json);
                Ok(())
            }
            Self::Pause { host } => {
                pause(app, host.clone()).await?;
                let json = json!({"id": id(&host), "state": "paused"});
                output.line(&format!("Paused: {}.", whom(&host)), &json);
                Ok(())
            }
            Self::Resume { host } => {
                resume(app, host.clone()).await?;
                let json = json!({"id": id(&host), "state": "delivering"});
                output.line(&format!("Delivering again: {}.", whom(&host)), &json);
                Ok(())
            }
        }
    }
}

/// What is typed for a host: not nothing, as a variable that is not set would be.
pub fn host_name(typed: &str) -> Result<String, &'static str> {
    match typed.trim() {
        "" => Err("a host is missing, such as mill.example"),
        host => Ok(host.to_owned()),
    }
}

async fn status(app: &App, output: &Output) -> anyhow::Result<()> {
    let (received, lines, is_paused) = read(app, |conn| {
        let paused = hosts::is_paused(conn, hosts::ALL)?;
        Ok((journal::depth(conn)?, queue::list_waiting(conn)?, paused))
    })
    .await?;
    if is_paused {
        let json = json!({"id": "all", "state": "paused"});
        output.line("Everything is paused: `mutuals queue resume` goes on.", &json);
    }
    for line in &lines {
        print_host(app, output, line);
    }
    let waiting = received.waiting;
    let json = json!({"id": "received", "pending": waiting, "failed": received.failed});
    output.line(&format!("{waiting} received activities wait to be processed."), &json);
    if received.failed > 0 {
        output.tell(&format!("{} could not be processed and were given up.", received.failed));
    }
    if lines.is_empty() {
        output.tell("Nothing waits to be delivered.");
    }
    Ok(())
}

/// One host, in a line.
pub fn print_host(app: &App, output: &Output, line: &HostLine) {
    let time = |micros: i64| Timestamp::from_microsecond(micros).ok();
    let next = time(line.next_at).filter(|next| *next > app.now());
    let json = json!({
        "id": line.host,
        "host": line.host,
        "pending": line.pending,
        "refused": line.refused,
        "failing_since": line.failing_since.and_then(time),
        "why": line.last_error,
        "next": next,
        "paused": line.is_paused,
        "blocked": app.blocks().covers_host(&line.host),
        "reached": line.reached_at.and_then(time)
    });
    let why = match line.last_error.as_deref() {
        _ if line.is_paused => "paused",
        Some(why) => why,
        None if line.pending > 0 => "on its way",
        None => "well",
    };
    let next = next.map_or_else(String::new, |next| format!("; next try {next}"));
    let sentence =
        format!("{}  {} waiting, {} refused: {why}{next}", line.host, line.pending, line.refused);
    output.line(&sentence, &json);
}

fn id(host: &Option<String>) -> &str {
    host.as_deref().unwrap_or("all")
}

fn whom(host: &Option<String>) -> &str {
    host.as_deref().unwrap_or("every host")
}
