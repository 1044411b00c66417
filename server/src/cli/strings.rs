//! `mutuals string …`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::book_string;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::strings;
use crate::domain::id::{DecisionId, StringId};
use crate::domain::string::{Attached, Draft, Gift, Limit};
use crate::error::Error;

#[derive(Subcommand)]
pub enum StringCommand {
    /// Book what came from outside, with what is attached to it.
    Add(Box<Add>),
    /// Everything that was booked, the newest first.
    List,
    /// Cross out an entry that was wrong. It stays to be read.
    Strike {
        /// The entry.
        id: StringId,
        /// What was wrong.
        #[arg(long)]
        because: String,
        /// Who acts [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
    /// The limit above which nothing is booked without a decision: shown, or set by a decision.
    Limit {
        /// The new number.
        #[arg(long, requires = "decision", value_name = "N")]
        set: Option<String>,
        /// Of what.
        #[arg(long, default_value = "")]
        unit: String,
        /// The decision that sets it.
        #[arg(long, value_name = "ID")]
        decision: Option<DecisionId>,
        /// Who acts [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
}

#[derive(Args)]
pub struct Add {
    /// What it is.
    what: String,
    /// From whom: an organisation, an office, a shop, somebody outside.
    #[arg(long)]
    from: String,
    /// How much, as a number.
    #[arg(long, default_value = "")]
    amount: String,
    /// Of what.
    #[arg(long, default_value = "")]
    unit: String,
    /// How much in words, if it is no number.
    #[arg(long, default_value = "")]
    words: String,
    /// What they want us to do, or not to do.
    #[arg(long, default_value = "")]
    conditions: String,
    /// Which reports are due, and when.
    #[arg(long, default_value = "")]
    reports: String,
    /// Which data they ask for.
    #[arg(long, default_value = "")]
    data_asked: String,
    /// Where they want to see their name or logo.
    #[arg(long, default_value = "")]
    logo: String,
    /// When it ends.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// They want it to go to a certain person: that is refused, and why is said.
    #[arg(long)]
    for_person: bool,
    /// The decision by which it was taken.
    #[arg(long, value_name = "ID")]
    decision: Option<DecisionId>,
    /// Who books it [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

impl StringCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(app, output).await,
            Self::List => {
                let gifts = read(app, strings::list).await?;
                gifts.iter().for_each(|gift| print(output, gift));
                if gifts.is_empty() {
                    output.tell("Nothing has been booked.");
                }
                Ok(())
            }
            Self::Strike { id, because, by } => {
                let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                print(output, &book_string::strike(app, &by, id, &because).await?);
                Ok(())
            }
            Self::Limit { set, unit, decision, by } => {
                if let Some(number) = set {
                    let limit = Limit::new(&number, &unit, decision).map_err(Error::from)?;
                    let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                    book_string::set_limit(app, &by, limit).await?;
                }
                let limit = read(app, strings::find_limit).await?;
                let json = json!({
                    "id": "limit",
                    "limit": limit.amount.to_string(),
                    "unit": limit.unit,
                    "decision": limit.decision.map(|decision| decision.to_string()),
                });
                let sentence =
                    format!("Above {} {} it takes a decision.", limit.amount, limit.unit);
                output.line(&sentence, &json);
                Ok(())
            }
        }
    }
}

impl Add {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let by = look_up::member_or_first_steward(app, self.by.as_deref()).await?;
        let ends_at = self.until.map(|until| look_up::until(app, &until)).transpose()?;
        let draft = Draft {
            what: self.what,
            source: self.from,
            amount: self.amount,
            unit: self.unit,
            amount_words: self.words,
            attached: Attached {
                conditions: self.conditions,
                reports: self.reports,
                data_asked: self.data_asked,
                logo: self.logo,
                ends_at,
            },
            is_for_person: self.for_person,
            decision: self.decision,
        };
        print(output, &book_string::book(app, &by, draft).await?);
        Ok(())
    }
}

fn print(output: &Output, gift: &Gift) {
    let (attached, struck) = (&gift.attached, gift.struck.as_ref());
    let json = json!({
        "id": gift.id.to_string(),
        "what": gift.what,
        "from": gift.source,
        "amount": gift.amount.map(|amount| amount.to_string()),
        "unit": gift.unit,
        "words": gift.amount_words,
        "conditions": attached.conditions,
        "reports": attached.reports,
        "data_asked": attached.data_asked,
        "logo": attached.logo,
        "until": attached.ends_at,
        "decision": gift.decision.map(|decision| decision.to_string()),
        "booked": gift.booked_at,
        "struck": struck.map(|(at, _)| at),
        "struck_because": struck.map(|(_, because)| because),
    });
    let how_much = match gift.amount {
        Some(amount) => format!("{amount} {}", gift.unit),
        None => gift.amount_words.clone(),
    };
    let strings = if attached.is_any() { "with strings" } else { "nothing attached" };
    let crossed = if struck.is_some() { "  (crossed out)" } else { "" };
    let line =
        format!("{}  {}: {how_much}, from {}, {strings}{crossed}", gift.id, gift.what, gift.source);
    output.line(&line, &json);
}
