//! Measures what an ActivityPub server bears, and whether it loses anything.
//!
//! `load inbox`, `fanout`, `get` and `start` work with any server; `load mutuals` starts our own,
//! runs everything and puts the bar beside each number. It shares the machine with the server, so
//! numbers per second hold for both together; processor time is the server's alone.
//!
//! Bounded in count and time. Speaks to loopback addresses only, unless told otherwise. Whatever it
//! starts it ends, by its id.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::{Args, Parser, Subcommand};
use url::Url;

mod blast;
mod crowd;
mod fanout;
mod get;
mod host;
mod http;
mod inbox;
mod keys;
mod mutuals;
mod process;
mod profile;
mod report;
mod start;

use report::Report;

#[derive(Parser)]
#[command(name = "load", about = "Measures an ActivityPub server", arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every benchmark knows.
#[derive(Args, Debug)]
pub struct Common {
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Speak to a server that is not on a loopback address. Only with the consent of whoever runs
    /// it.
    #[arg(long, global = true)]
    beyond_loopback: bool,
    /// The address on which the fake hosts listen [default: an address of 127.0.0.0/8 for each].
    #[arg(long, global = true, value_name = "IP")]
    bind: Option<IpAddr>,
    /// A folder for profiles of the server's process, taken with Linux perf.
    #[arg(long, global = true, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// End after this time, in seconds.
    #[arg(long, global = true, default_value_t = 3_600, value_name = "SECONDS")]
    deadline: u64,
    /// How many threads send.
    #[arg(long, global = true, default_value_t = 2, value_name = "N")]
    threads: usize,
}

#[derive(Subcommand)]
enum Command {
    /// Post signed activities to an inbox.
    Inbox(inbox::Inbox),
    /// Follow an actor from many hosts and see how fast it delivers.
    Fanout(fanout::Fanout),
    /// Get a document again and again.
    Get(get::Get),
    /// Start a server and wait for its first answer.
    Start(start::Start),
    /// Everything, on a Mutuals server that is started for it.
    Mutuals(mutuals::Mutuals),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut report = Report::new(cli.common.json);
    let ended = run(cli, &mut report);
    if let Err(error) = &ended {
        report.fail(format!("{error:#}"));
    }
    if let Err(error) = report.print() {
        eprintln!("load: {error:#}");
        return ExitCode::FAILURE;
    }
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(cli: Cli, report: &mut Report) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cli.common.threads.max(1))
        .enable_all()
        .build()?;
    let deadline = Duration::from_secs(cli.common.deadline);
    let common = cli.common;
    let work = async {
        match cli.command {
            Command::Inbox(inbox) => inbox.run(&common, report).await,
            Command::Fanout(fanout) => fanout.run(&common, report).await,
            Command::Get(get) => get.run(&common, report).await,
            Command::Start(start) => start.run(&common, report).await,
            Command::Mutuals(mutuals) => mutuals.run(&common, report).await,
        }
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = tokio::time::timeout(deadline, work) => {
                ended.unwrap_or_else(|_| Err(anyhow::anyhow!("the time is over (--deadline)")))
            }
            // Whatever was started is dropped with the work, and ends.
            () = asked_to_end() => Err(anyhow::anyhow!("ended from outside")),
        }
    });
    runtime.shutdown_background();
    ended
}

async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

/// Keeps the tool from becoming a weapon by a slip.
pub async fn check_loopback(url: &Url, common: &Common) -> anyhow::Result<()> {
    let address = http::address_of(url).await.with_context(|| format!("{url} cannot be found"))?;
    ensure!(
        address.ip().is_loopback() || common.beyond_loopback,
        "{address} is not a loopback address. If its operator agreed: --beyond-loopback"
    );
    Ok(())
}
