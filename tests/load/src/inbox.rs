//! How many signed activities a server takes, how fast, and whether they took effect.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::Args;
use url::Url;

use crate::blast::{Outcome, Volley};
use crate::crowd::{Actor, Crowd, Style};
use crate::http::address_of;
use crate::process::{Used, shell};
use crate::report::{Bar, Report, micros_each, millis, per_second};
use crate::{Common, check_loopback};

/// `load inbox`
#[derive(Args, Debug)]
pub struct Inbox {
    /// The inbox to post to.
    #[arg(long, value_name = "URL")]
    inbox: Url,
    /// The server's process, to measure its processor time.
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,
    /// How many activities.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=500_000))]
    activities: u32,
    /// How many actors send them.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    actors: u32,
    /// On how many hosts they live.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    hosts: u32,
    /// Over how many connections.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    connections: u32,
    /// The object that every Note answers, where only answers have an effect.
    #[arg(long, value_name = "URL")]
    object_in_reply_to: Option<String>,
    /// Let every Note be a need after FEP-0837.
    #[arg(long)]
    needs: bool,
    /// A command that proves that they took effect: it must end with 0. $ACCEPTED is how many were
    /// accepted.
    #[arg(long, value_name = "COMMAND")]
    check: Option<String>,
}

/// Requests that were signed before the clock started.
pub struct Prepared {
    /// Whole requests.
    pub requests: Vec<Vec<u8>>,
    /// The id of the Note in each.
    pub notes: Vec<String>,
}

impl Inbox {
    /// Runs it.
    pub async fn run(self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        check_loopback(&self.inbox, common).await?;
        let (hosts, actors) = (usize::try_from(self.hosts)?, usize::try_from(self.actors)?);
        let crowd = Crowd::gather(hosts.min(actors), actors, common.bind).await?;
        let style = Style { in_reply_to: self.object_in_reply_to, is_need: self.needs };
        let first = style.clone();
        // So that reading the actors is not measured: that is the speed of the fake hosts.
        crowd.introduce(&self.inbox, &crowd.actors, move |actor| actor.note(&first).0).await?;
        let count = usize::try_from(self.activities)?;
        let prepared = prepare(&crowd.actors, &self.inbox, &style, count).await?;
        let connections = usize::try_from(self.connections)?;
        let address = address_of(&self.inbox).await?;
        let before = self.server_pid.map(Used::of).transpose()?;
        let outcome = Volley::new(address, prepared.requests, connections).fire().await;
        let after = self.server_pid.map(Used::of).transpose()?;
        report_outcome("inbox", report, &outcome, [None, None]);
        let accepted = outcome.count(200..300);
        if let (Some(before), Some(after)) = (before, after) {
            let each = micros_each(after.cpu_since(before), accepted);
            report.add(("inbox", "server CPU per accepted"), each, "µs", None);
        }
        if let Some(check) = self.check {
            let said = shell(&format!("ACCEPTED={accepted}\n{check}"))
                .context("the check says that they did not take effect")?;
            report.note(format!("the check says: {}", said.trim()));
        }
        ensure!(accepted > 0, "nothing was accepted: {}", outcome.words());
        Ok(())
    }
}

/// Signs activities of all actors in turn, on every core.
pub async fn prepare(
    actors: &[Arc<Actor>],
    inbox: &Url,
    style: &Style,
    count: usize,
) -> anyhow::Result<Prepared> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut work = tokio::task::JoinSet::new();
    for core in 0..cores {
        let (actors, inbox, style) = (actors.to_vec(), inbox.clone(), style.clone());
        work.spawn_blocking(move || {
            (core..count)
                .step_by(cores)
                .map(|number| {
                    let actor = actors.get(number % actors.len()).context("nobody writes")?;
                    let (create, note) = actor.note(&style);
                    Ok((actor.signed(&inbox, &create)?, note))
                })
                .collect::<anyhow::Result<Vec<_>>>()
        });
    }
    let mut prepared = Prepared { requests: Vec::new(), notes: Vec::new() };
    while let Some(done) = work.join_next().await {
        for (request, note) in done?? {
            prepared.requests.push(request);
            prepared.notes.push(note);
        }
    }
    Ok(prepared)
}

/// Adds what a volley showed.
pub fn report_outcome(
    name: &str,
    report: &mut Report,
    outcome: &Outcome,
    [rate, slowest]: [Option<Bar>; 2],
) {
    let accepted = outcome.count(200..400);
    report.add((name, "good answers"), per_second(accepted, outcome.elapsed), "/s", rate);
    for (percent, bar) in [(50, None), (95, None), (99, slowest), (100, None)] {
        let what = format!("answered within ({percent} %)");
        report.add((name, &what), millis(outcome.latency(percent)), "ms", bar);
    }
    report.note(format!("{name}: {} in {:.2} s", outcome.words(), outcome.elapsed.as_secs_f64()));
}
