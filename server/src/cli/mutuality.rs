//! `mutuals mutuality`: does help go round, or does it run one way? docs/mutuality.md says what
//! each figure means.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use jiff::Span;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::{Conn, mutuality_releases as releases};
use crate::domain::mutuality::figures::{Figures, Shown, Why};
use crate::domain::mutuality::flows::{Deed, Flows};
use crate::error::Error;
use crate::text::deed_csv::{self, Table};

/// The months of the page if nothing else is said.
const USUAL: i32 = 12;

#[derive(Args)]
pub struct Mutuality {
    /// Compute the figures of a table instead: rows when,provider,receiver,weight. Names that begin
    /// with pool: are held in common, outside is everybody else. It needs no data folder.
    #[arg(long, value_name = "FILE.csv")]
    events: Option<PathBuf>,
    /// Of a table: neither round nor hide anything.
    #[arg(long, requires = "events")]
    exact: bool,
    /// Only the last months: 3m, 12m or 60m [default: 12m; of a table, all of it].
    #[arg(long, value_name = "MONTHS", value_parser = months)]
    window: Option<i32>,
}

impl Mutuality {
    /// Whether it is about a table.
    pub fn is_of_a_table(&self) -> bool {
        self.events.is_some()
    }

    /// The figures of a table.
    pub fn compute(self, output: &Output) -> anyhow::Result<()> {
        let file = self.events.unwrap_or_default();
        let path = file.display().to_string();
        let bytes = std::fs::read(&file).with_context(|| format!("cannot read {path}"))?;
        let table = deed_csv::read(&bytes).with_context(|| path.clone())?;
        let left_out = table.to_themselves;
        let deeds = within(table, self.window)?;
        let figures = Figures::of(&Flows::new(&deeds));
        let shown = if self.exact { figures.exact() } else { figures.published() };
        let title = format!("{} deeds of {} people", figures.split.all, figures.people);
        let shown: Vec<_> =
            shown.into_iter().map(|(name, shown)| (name.to_owned(), shown)).collect();
        output.line(&sentences(&title, &shown), &to_json("mutuality", &shown));
        if left_out > 0 {
            output.tell(&format!("Left out: {left_out} rows of somebody for themselves."));
        }
        Ok(())
    }

    /// The figures of the page, as they were frozen with the last quarter.
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let months = self.window.unwrap_or(USUAL);
        let find = move |conn: &mut Conn| {
            let newest = releases::list_quarters(conn)?.first().copied();
            newest.map(|quarter| releases::find(conn, quarter, months)).transpose()
        };
        let release = read(app, find).await?;
        let release = release.ok_or_else(|| {
            anyhow::Error::from(Error::NotFound)
                .context("no quarter is over yet: the first figures come when one is")
        })?;
        let shown: Vec<_> = release.report.figures.into_iter().collect();
        let quarter = release.quarter.to_string();
        let title = format!("{months} months up to the end of quarter {quarter}");
        let mut json = to_json(&quarter, &shown);
        if let Some(object) = json.as_object_mut() {
            let functions = release.report.functions.iter();
            let named = functions.map(
                |(word, (weeks, no_gap))| json!({"name": word, "weeks": weeks, "no_gap": no_gap}),
            );
            object.insert("functions".to_owned(), named.collect());
            object.insert("months".to_owned(), json!(months));
            object.insert("released".to_owned(), json!(release.released_at));
        }
        output.line(&sentences(&title, &shown), &json);
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

fn to_json(id: &str, figures: &[(String, Shown)]) -> Value {
    let mut object = Map::new();
    let mut hidden = Map::new();
    object.insert("id".to_owned(), json!(id));
    for (name, shown) in figures {
        let value = match shown {
            Shown::Share(share) => json!(share),
            Shown::Count(count) => json!(count),
            Shown::Hidden(why) => {
                hidden.insert(name.clone(), json!(why.word()));
                Value::Null
            }
        };
        object.insert(name.clone(), value);
    }
    object.insert("withheld".to_owned(), Value::Object(hidden));
    Value::Object(object)
}

fn sentences(title: &str, shown: &[(String, Shown)]) -> String {
    let mut lines = vec![title.to_owned()];
    for (name, shown) in shown {
        let value = match shown {
            Shown::Share(share) => format!("{:.1}%", share * 100.0),
            Shown::Count(count) => count.to_string(),
            Shown::Hidden(why) => reason(*why).to_owned(),
        };
        lines.push(format!("  {name:<22}{value:<8}{}", meaning(name)));
    }
    lines.join("\n")
}

/// What a figure says. The page says it at length, in every language.
fn meaning(name: &str) -> &'static str {
    match name {
        "direct" => "of everything: returned straight, from one to the other",
        "round" => "of everything: came round through others",
        "common" => "of everything: came back through what is held in common, or outside",
        "one_way" => "of everything: went one way",
        "balance" => "of everything: could come round, given who gave and who received",
        "closure" => "of what could come round: did",
        "chance_low" => "of everything: would come round by chance, at least",
        "chance_high" => "of everything: would come round by chance, at most",
        "two_way" => "of the people: both gave and received",
        "carriers" => "so few people carried half of it",
        "carriers_received" => "of those: received at least once",
        // The page says the others, and docs/mutuality.md.
        _ => "",
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Nothing => "– (nothing to divide) ",
        Why::TooFewPeople => "– (fewer than eight people: too few to count) ",
        Why::SmallCell => "– (fewer than five behind it) ",
        Why::NearlyAll => "– (all but fewer than five people) ",
        Why::FewCarriers => "– (half is carried by fewer than five people) ",
    }
}
