//! How long a server takes from its start to its first answer, and what it holds when idle.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use url::Url;

use crate::http::{Connection, address_of, get_request};
use crate::keys::ACTIVITY_JSON;
use crate::process::{Process, resident};
use crate::report::{Report, float, millis};
use crate::{Common, check_loopback};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// After how long it counts as idle.
const IDLE: Duration = Duration::from_secs(3);

/// `load start`
#[derive(Args, Debug)]
pub struct Start {
    /// The server's program and its words; it must stay in the foreground.
    #[arg(long, value_name = "PROGRAM WORDS", num_args = 1.., allow_hyphen_values = true)]
    command: Vec<String>,
    /// What it must answer well.
    #[arg(long, value_name = "URL")]
    url: Url,
    /// How often.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
}

impl Start {
    /// Runs it.
    pub async fn run(self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        check_loopback(&self.url, common).await?;
        let log = tempfile::NamedTempFile::new()?;
        let (program, words) = self.command.split_first().context("no program")?;
        let mut times = Vec::new();
        let mut memory = 0;
        for _ in 0..self.runs {
            let begin = Instant::now();
            let mut command = Command::new(program);
            command.args(words);
            let mut server = Process::start(command, log.path())?;
            first_answer(&mut server, &self.url, log.path()).await?;
            times.push(begin.elapsed());
            tokio::time::sleep(IDLE).await;
            memory = resident(server.id())?;
            server.stop()?;
        }
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        report.add(("start", "first answer (median)"), millis(middle), "ms", None);
        report.add(("start", "resident memory, idle"), float(memory.into()) / 1024.0, "MiB", None);
        Ok(())
    }
}

/// Asks until a server answers well.
pub async fn first_answer(server: &mut Process, url: &Url, log: &Path) -> anyhow::Result<()> {
    let address = address_of(url).await?;
    let request = get_request(url, &[format!("Accept: {ACTIVITY_JSON}")]);
    let end = Instant::now() + PATIENCE;
    while !answers(address, &request).await {
        let said = || std::fs::read_to_string(log).unwrap_or_default();
        ensure!(server.is_running(), "the server ended:\n{}", said());
        ensure!(Instant::now() < end, "the server does not answer:\n{}", said());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

async fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    matches!(connection.exchange(request).await, Ok((200..300, _)))
}
