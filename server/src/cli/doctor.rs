//! `mutuals doctor`

use std::path::Path;

use anyhow::{bail, ensure};
use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DATA;
use crate::cli::output::Output;
use crate::clock::Clock;
use crate::config::Config;
use crate::doctor::{self, Visit};
use crate::domain::finding::{Finding, State};
use crate::i18n::Locale;
use crate::server;

#[derive(Args)]
pub struct Doctor {
    /// Ask nobody: neither name servers, nor the mail server, nor our own public address.
    #[arg(long)]
    offline: bool,
    /// Mend what is certain, and say each: who may read files, the folder for backups, leases that
    /// do not end.
    #[arg(long)]
    fix: bool,
}

impl Doctor {
    pub async fn run(self, config: Config, data: &Path, output: &Output) -> anyhow::Result<()> {
        let visit = Visit { is_offline: self.offline, mends: self.fix };
        let findings = match open(&config, data).await {
            Ok(app) => doctor::examine(&app, visit).await,
            // Whoever needs a doctor most is one whose instance does not open.
            Err(why) => doctor::examine_closed(config, data, visit, &format!("{why:#}")).await,
        };
        report(&findings, data, output)
    }

    /// On a configuration that cannot be read.
    pub async fn run_unset(self, data: &Path, why: &str, output: &Output) -> anyhow::Result<()> {
        let visit = Visit { is_offline: self.offline, mends: self.fix };
        report(&doctor::examine_unset(data, visit, why).await, data, output)
    }
}

fn report(findings: &[Finding], data: &Path, output: &Output) -> anyhow::Result<()> {
    let locale = Locale::find("en");
    findings.iter().for_each(|finding| print(&locale, output, finding));
    let is_advised = findings.iter().any(|finding| finding.todo.is_some());
    if is_advised && data != Path::new(DATA) {
        output.tell(&format!("Commands above are for --data {}, as this one was.", data.display()));
    }
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    match wrong {
        0 => {
            output.tell("Nothing is wrong.");
            Ok(())
        }
        1 => bail!("one thing is wrong"),
        count => bail!("{count} things are wrong"),
    }
}

/// Opens the instance as it is: whoever only looks must not bring a database up to date.
async fn open(config: &Config, data: &Path) -> anyhow::Result<App> {
    let steps = server::plan(config, data)?.steps.len();
    ensure!(
        steps == 0,
        "the database waits to be brought up to date, in {steps} steps: start the server, or run \
         mutuals migrate"
    );
    server::open(config.clone(), data, Clock::system()).await
}

fn print(locale: &Locale, output: &Output, finding: &Finding) {
    let what = locale.say_all(finding.said, &finding.values);
    let todo = finding.todo.map(|todo| locale.say_all(todo, &finding.values));
    let json = json!({
        "id": finding.id,
        "state": finding.state.word(),
        "what": what,
        "do": todo,
        "mended": finding.is_mended
    });
    let state = if finding.is_mended { "mended" } else { finding.state.word() };
    let mut sentence = format!("{state:8}{:25} {what}", finding.id);
    if let Some(todo) = todo {
        sentence.push_str(&format!("\n{:34}{todo}", ""));
    }
    output.line(&sentence, &json);
}
