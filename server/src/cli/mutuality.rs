//! `mutuals mutuality`: does help go round, or does it run one way? docs/mutuality.md says what each
//! figure means.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use jiff::Span;
use serde_json::{Map, Value, json};

use crate::cli::output::Output;
use crate::domain::mutuality::figures::{Figures, Shown, Why};
use crate::domain::mutuality::flows::{Deed, Flows};
use crate::text::deed_csv::{self, Table};

#[derive(Args)]
pub struct Mutuality {
    /// Compute the figures of a table: rows when,provider,receiver,weight. Names that begin with
    /// pool: are held in common, outside is everybody else.
    #[arg(long, value_name = "FILE.csv")]
    events: PathBuf,
    /// Neither round nor hide anything.
    #[arg(long)]
    exact: bool,
    /// Only the last months of the table: 3m, 12m or 60m.
    #[arg(long, value_name = "MONTHS", value_parser = months)]
    window: Option<i32>,
}

impl Mutuality {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let path = self.events.display().to_string();
        let bytes = std::fs::read(&self.events).with_context(|| format!("cannot read {path}"))?;
        let table = deed_csv::read(&bytes).with_context(|| path.clone())?;
        let left_out = table.to_themselves;
        let deeds = within(table, self.window)?;
        let figures = Figures::of(&Flows::new(&deeds));
        let shown = if self.exact { figures.exact() } else { figures.published() };
        output.line(&sentences(&figures, &shown), &to_json(&shown));
        if left_out > 0 {
            output.tell(&format!("Left out: {left_out} rows of somebody for themselves."));
        }
        Ok(())
    }
}

/// The deeds of the last months before the newest of the table.
fn within(table: Table, months: Option<i32>) -> anyhow::Result<Vec<Deed>> {
    let newest = table.rows.iter().map(|(when, _)| *when).max();
    let first = match (newest, months) {
        (Some(newest), Some(months)) => Some(newest.checked_sub(Span::new().months(months))?),
        _ => None,
    };
    let is_within = |when| first.is_none_or(|first| when > first);
    Ok(table.rows.into_iter().filter(|(when, _)| is_within(*when)).map(|(_, deed)| deed).collect())
}

fn months(text: &str) -> Result<i32, String> {
    match text.trim_end_matches('m') {
        "3" => Ok(3),
        "12" => Ok(12),
        "60" => Ok(60),
        _ => Err("say 3m, 12m or 60m".to_owned()),
    }
}

fn to_json(figures: &[(&'static str, Shown)]) -> Value {
    let mut object = Map::new();
    let mut hidden = Map::new();
    object.insert("id".to_owned(), json!("mutuality"));
    for (name, shown) in figures {
        let value = match shown {
            Shown::Share(share) => json!(share),
            Shown::Count(count) => json!(count),
            Shown::Hidden(why) => {
                hidden.insert((*name).to_owned(), json!(why.word()));
                Value::Null
            }
        };
        object.insert((*name).to_owned(), value);
    }
    object.insert("withheld".to_owned(), Value::Object(hidden));
    Value::Object(object)
}

fn sentences(figures: &Figures, shown: &[(&'static str, Shown)]) -> String {
    let mut lines = vec![format!("{} deeds of {} people", figures.split.all, figures.people)];
    for (name, shown) in shown {
        let value = match shown {
            Shown::Share(share) => format!("{:.1}%", share * 100.0),
            Shown::Count(count) => count.to_string(),
            Shown::Hidden(why) => reason(*why).to_owned(),
        };
        lines.push(format!("  {name:<18}{value:<8}{}", meaning(name)));
    }
    lines.join("\n")
}

/// What a figure says. The page says it at length, in every language.
fn meaning(name: &str) -> &'static str {
    match name {
        "direct" => "of everything: returned straight, from one to the other",
        "round" => "of everything: came round through others",
        "common" => "of everything: came back through something held in common",
        "one_way" => "of everything: went one way",
        "balance" => "of everything: could come round, given who gave and who received",
        "closure" => "of what could come round: did",
        "chance_low" => "of everything: would come round by chance, at least",
        "chance_high" => "of everything: would come round by chance, at most",
        "two_way" => "of the people: both gave and received",
        "carriers" => "so few people carried half of it",
        _ => "of those: received at least once",
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Nothing => "– (nothing to divide) ",
        Why::TooFewPeople => "– (fewer than eight people: too few to count) ",
        Why::SmallCell => "– (fewer than five behind it) ",
        Why::FewCarriers => "– (half is carried by fewer than five people) ",
    }
}
