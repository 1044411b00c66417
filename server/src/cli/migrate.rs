//! `mutuals migrate`

use std::path::Path;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::output::Output;
use crate::config::Config;
use crate::db::migrate::{Opening, Plan};
use crate::server;

const MIB: u64 = 1024 * 1024;

#[derive(Args)]
pub struct Migrate {
    /// Only say what would be done, and how long it may take.
    #[arg(long)]
    dry_run: bool,
    /// There is a backup. PostgreSQL needs this word, because it cannot be copied from here.
    #[arg(long)]
    i_have_a_backup: bool,
}

impl Migrate {
    pub fn run(self, config: &Config, data: &Path, output: &Output) -> anyhow::Result<()> {
        let plan = server::plan(config, data)?;
        if plan.steps.is_empty() {
            let json = json!({"id": "migrate", "steps": 0, "state": "up to date"});
            output.line("The database is up to date.", &json);
            return Ok(());
        }
        if self.dry_run {
            tell(&plan, output);
            return Ok(());
        }
        // It shows itself in a terminal only.
        let style = ProgressStyle::with_template("{bar:40} {percent} %")?;
        let bar = ProgressBar::new(100).with_style(style);
        let progress = |percent: u8| bar.set_position(u64::from(percent));
        let opening =
            Opening { has_backup: self.i_have_a_backup, progress: &progress, ..Opening::default() };
        let done = server::bring_up_to_date(config, data, &opening);
        bar.finish_and_clear();
        done?;
        let count = plan.steps.len();
        let json = json!({"id": "migrate", "steps": count, "state": "done"});
        output.line(&format!("The database is up to date now: {count} steps were done."), &json);
        Ok(())
    }
}

/// What would be done: a line for each step, and one for all.
fn tell(plan: &Plan, output: &Output) {
    for (version, name) in &plan.steps {
        output.line(name, &json!({"id": version, "name": name, "state": "waits"}));
    }
    let (count, size) = (plan.steps.len(), plan.bytes.div_ceil(MIB));
    let mut sentence = format!("{count} steps on {size} MiB, in about {} s.", plan.seconds);
    if let Some((room, needed)) = plan.room.filter(|_| !plan.is_fresh) {
        sentence.push_str(&format!(
            " A copy is made first: {} MiB must be free beside the database, {} MiB are.",
            needed.div_ceil(MIB),
            room / MIB
        ));
    }
    let json = json!({
        "id": "migrate",
        "steps": count,
        "state": "waits",
        "bytes": plan.bytes,
        "seconds": plan.seconds,
        "free": plan.room.map(|(room, _)| room),
        "needed": plan.room.map(|(_, needed)| needed),
    });
    output.line(&sentence, &json);
}
