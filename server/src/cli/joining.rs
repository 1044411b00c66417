//! `mutuals covenant …` and `mutuals invitation …`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::actions::covenant::{TEMPLATES, adopt, template};
use crate::actions::invite::invite;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db;
use crate::domain::covenant::{Covenant as InForce, Rule};
use crate::error::Error;
use crate::i18n::Locale;

#[derive(Subcommand)]
pub enum Covenant {
    /// The text that is in force, and the rule by which one becomes a member.
    Show {
        /// An older version.
        #[arg(long, value_name = "VERSION")]
        number: Option<i64>,
    },
    /// Texts to begin from: all names, or one text.
    Template {
        /// street, kitchen or house.
        name: Option<String>,
    },
    /// Put another text into force, as the next version.
    Set {
        /// A file with the text in Markdown, with a section "## What we owe each other".
        file: PathBuf,
        /// How many members vouch for somebody who joins [default: as before].
        #[arg(long, value_name = "N")]
        vouches: Option<i64>,
        /// Whether a visit that a steward noted is enough [default: as before].
        #[arg(long)]
        visit: Option<YesOrNo>,
        /// The language of the text [default: the collective's].
        #[arg(long, value_name = "CODE")]
        language: Option<String>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesOrNo {
    /// It is.
    Yes,
    /// It is not.
    No,
}

#[derive(Subcommand)]
pub enum Invitation {
    /// Print a link by which people join.
    Make {
        /// How many can join with it.
        #[arg(long, default_value_t = 1, value_name = "N")]
        uses: i32,
    },
}

impl Covenant {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Template { name } => print_templates(app, output, name.as_deref()),
            Self::Show { number } => {
                let find = move |conn: &mut db::Conn| match number {
                    Some(number) => db::covenants::find(conn, number),
                    None => db::covenants::current(conn),
                };
                let covenant = read(app, find).await?;
                print(app, output, &covenant);
                Ok(())
            }
            Self::Set { file, vouches, visit, language } => {
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read {}", file.display()))?;
                let before = read(app, db::covenants::current).await?.rule;
                let visit = visit.map_or(before.visit_is_enough, |visit| visit == YesOrNo::Yes);
                let rule = Rule::new(vouches.unwrap_or(before.vouches_needed), visit)
                    .map_err(Error::from)?;
                let language = language.unwrap_or_else(|| app.collective.language.clone());
                let covenant = adopt(app, None, (&text, &language), rule).await?;
                print(app, output, &covenant);
                Ok(())
            }
        }
    }
}

impl Invitation {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let Self::Make { uses } = self;
        let link = invite(app, None, uses).await?;
        // Nothing stored tells one invitation from another but its secret.
        let json = json!({"id": link, "join": link, "uses": uses});
        output.line(&format!("Within two weeks people can join with this link:\n{link}"), &json);
        Ok(())
    }
}

/// In the language of the collective.
fn print_templates(app: &App, output: &Output, wanted: Option<&str>) -> anyhow::Result<()> {
    let own = Locale::find(&app.collective.language);
    for name in TEMPLATES.into_iter().filter(|name| wanted.is_none_or(|wanted| wanted == *name)) {
        let Some((title, text)) = template(&own, name) else { continue };
        let json = json!({"id": name, "title": title, "text": text, "language": own.code()});
        let line = if wanted.is_some() { text } else { format!("{name}  {title}") };
        output.line(&line, &json);
    }
    match wanted.is_none_or(|wanted| TEMPLATES.contains(&wanted)) {
        true => Ok(()),
        false => Err(anyhow::Error::from(Error::NotFound)
            .context("there is no such text: `mutuals covenant template` names all")),
    }
}

fn print(app: &App, output: &Output, covenant: &InForce) {
    let own = Locale::find(&app.collective.language);
    let first = || (own.say("covenant-first-text"), own.code().to_owned());
    let (text, language) = covenant.text.clone().unwrap_or_else(first);
    let json = json!({
        "id": covenant.version.to_string(),
        "text": text,
        "language": language,
        "vouches": covenant.rule.vouches_needed,
        "visit": covenant.rule.visit_is_enough,
        "adopted": covenant.adopted_at
    });
    let visit = if covenant.rule.visit_is_enough { ", or one visit" } else { "" };
    let vouches = covenant.rule.vouches_needed;
    let sentence = format!(
        "{text}\n\nVersion {}. To become a member: {vouches} vouches{visit}.",
        covenant.version
    );
    output.line(&sentence, &json);
}
