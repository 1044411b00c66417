//! How fast a server shows its actor or an object.

use anyhow::ensure;
use clap::Args;
use url::Url;

use crate::blast::Volley;
use crate::http::{address_of, get_request};
use crate::inbox::report_outcome;
use crate::keys::ACTIVITY_JSON;
use crate::process::Used;
use crate::report::{Bar, Report, micros_each};
use crate::{Common, check_loopback};

/// `load get`
#[derive(Args, Debug)]
pub struct Get {
    /// What to get.
    #[arg(long, value_name = "URL")]
    pub url: Url,
    /// A further header, such as 'If-None-Match: "…"'.
    #[arg(long, value_name = "HEADER")]
    pub header: Vec<String>,
    /// How often.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub requests: u32,
    /// Over how many connections.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub connections: u32,
    /// The server's process, to measure its processor time.
    #[arg(long, value_name = "PID")]
    pub server_pid: Option<u32>,
}

impl Get {
    /// Runs it.
    pub async fn run(self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        check_loopback(&self.url, common).await?;
        self.measure("get", report, [None, None]).await
    }

    /// Measures, with bars for the rate and the processor time.
    pub async fn measure(
        self,
        name: &str,
        report: &mut Report,
        [rate, cpu]: [Option<Bar>; 2],
    ) -> anyhow::Result<()> {
        let mut headers = vec![format!("Accept: {ACTIVITY_JSON}")];
        headers.extend(self.header);
        let request = get_request(&self.url, &headers);
        let connections = usize::try_from(self.connections)?;
        let mut volley = Volley::new(address_of(&self.url).await?, vec![request], connections);
        volley.count = usize::try_from(self.requests)?;
        let before = self.server_pid.map(Used::of).transpose()?;
        let outcome = volley.fire().await;
        let after = self.server_pid.map(Used::of).transpose()?;
        report_outcome(name, report, &outcome, [rate, None]);
        let good = outcome.count(200..400);
        if let (Some(before), Some(after)) = (before, after) {
            let each = micros_each(after.cpu_since(before), good);
            report.add((name, "server CPU per answer"), each, "µs", cpu);
        }
        ensure!(good > 0, "nothing was answered well: {}", outcome.words());
        Ok(())
    }
}
