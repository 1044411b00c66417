//! `mutuals member warn|freeze|confirm|lift`

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::actions::measure::{self, Wish};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::measures;
use crate::domain::measure::{Kind, Measure};
use crate::domain::member::Member;
use crate::error::Error;

/// A new measure.
#[derive(Args)]
pub struct Take {
    /// The name, or the id.
    name: String,
    /// A heading or a sentence of what we owe each other, as it stands there.
    #[arg(long)]
    clause: String,
    /// Why, for the member and the stewards.
    #[arg(long)]
    reason: String,
    /// For how many days, if a second steward confirms it: 1 to 90.
    #[arg(long, default_value_t = 30)]
    days: i64,
    /// The steward who acts [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

/// A measure that stands.
#[derive(Args)]
pub struct One {
    /// The name, or the id, of the member it is about.
    name: String,
    /// Which, if both stand.
    #[arg(long)]
    kind: Option<Which>,
    /// The steward who acts [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// The warning.
    Warn,
    /// The freeze.
    Freeze,
}

impl Take {
    pub async fn run(self, app: &App, output: &Output, kind: Kind) -> anyhow::Result<()> {
        let member = look_up::member(app, &self.name).await?;
        let by = look_up::member_or_first_steward(app, self.by.as_deref()).await?;
        let wish = Wish { kind, clause: self.clause, reason: self.reason, days: self.days };
        print(output, &measure::take(app, &by, member.id, wish).await?);
        Ok(())
    }
}

impl One {
    pub async fn confirm(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (by, measure) = self.find(app).await?;
        print(output, &measure::confirm(app, &by, measure.id).await?);
        Ok(())
    }

    pub async fn lift(self, app: &App, output: &Output, reason: &str) -> anyhow::Result<()> {
        let (by, measure) = self.find(app).await?;
        print(output, &measure::lift(app, &by, measure.id, reason).await?);
        Ok(())
    }

    async fn find(&self, app: &App) -> anyhow::Result<(Member, Measure)> {
        let member = look_up::member(app, &self.name).await?;
        let by = look_up::member_or_first_steward(app, self.by.as_deref()).await?;
        let mut standing = standing(app, &member).await?;
        standing.retain(|measure| match self.kind {
            Some(Which::Warn) => measure.kind == Kind::Warn,
            Some(Which::Freeze) => measure.kind == Kind::Freeze,
            None => true,
        });
        let measure = standing.pop().ok_or_else(|| {
            anyhow::Error::from(Error::NotFound)
                .context(format!("no such measure about {} stands", member.name))
        })?;
        anyhow::ensure!(standing.is_empty(), "both stand: say --kind warn or --kind freeze");
        Ok((by, measure))
    }
}

/// Prints the measures about a member that stand.
pub async fn print_standing(app: &App, output: &Output, member: &Member) -> anyhow::Result<()> {
    standing(app, member).await?.iter().for_each(|measure| print(output, measure));
    Ok(())
}

async fn standing(app: &App, member: &Member) -> Result<Vec<Measure>, Error> {
    let (id, now) = (member.id, app.now());
    let mut found = read(app, move |conn| measures::list_about(conn, id)).await?;
    found.retain(|measure| measure.stands(now));
    Ok(found)
}

fn print(output: &Output, measure: &Measure) {
    let json = json!({
        "id": measure.id.to_string(),
        "member": measure.member.to_string(),
        "kind": measure.kind.word(),
        "clause": measure.clause,
        "reason": measure.reason,
        "made": measure.made_at,
        "by": measure.made_by.map(|by| by.to_string()),
        "confirmed": measure.confirmed_at,
        "until": measure.until(),
        "ended": measure.ended.map(|(how, _)| how.word()),
        "appeal": measure.appeal,
    });
    let state = match (measure.ended, measure.confirmed_at) {
        (Some((how, _)), _) => format!("over ({})", how.word()),
        (None, Some(_)) => format!("until {}", measure.until()),
        (None, None) => format!("until {} unless a second steward confirms it", measure.until()),
    };
    let line = format!("{}  {}  {state}: {}", measure.id, measure.kind.word(), measure.clause);
    output.line(&line, &json);
}
