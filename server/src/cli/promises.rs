//! `mutuals promise …`, `mutuals fulfilment …`

use clap::Subcommand;
use serde_json::json;

use crate::actions::confirm_fulfilment::confirm_fulfilment;
use crate::actions::make_promise::make_promise;
use crate::actions::release_promise::release_promise;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db;
use crate::domain::amount::Amount;
use crate::domain::promise;

#[derive(Subcommand)]
pub enum Promise {
    /// Promise to answer a need, or to take up an offer. What exceeds it waits in reserve.
    Make {
        /// The id or address of the proposal.
        proposal: String,
        /// How much [default: what is open].
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: Option<String>,
        /// Who promises: a member's name or id.
        #[arg(long, value_name = "MEMBER")]
        by: String,
        /// A word to the ones who asked.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Give it back. No reason is needed; the reserve moves up.
    Release {
        /// The id of the promise.
        id: String,
        /// Who gives it back [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
    /// All promises, or those of one proposal.
    List {
        /// The id or address of the proposal.
        proposal: Option<String>,
    },
}

#[derive(Subcommand)]
pub enum Fulfilment {
    /// Say that it came, for the side that the member is on.
    Confirm {
        /// The id of the promise.
        promise: String,
        /// Who says so: a member's name or id.
        #[arg(long, value_name = "MEMBER")]
        by: String,
        /// How much, by your count [default: what was promised and is not confirmed yet].
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: Option<String>,
        /// A note or thanks; members see it.
        #[arg(long, default_value = "")]
        note: String,
    },
}

impl Promise {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Make { proposal, amount, by, note } => {
                let id = look_up::proposal(app, &proposal)?;
                let member = look_up::member(app, &by).await?;
                let amount = amount.as_deref().map(Amount::positive).transpose();
                let amount = amount.map_err(crate::error::Error::from)?;
                print(app, output, &make_promise(app, &member, id, amount, &note).await?);
                Ok(())
            }
            Self::Release { id, by } => {
                let id = look_up::id(&id, "promise")?;
                let member = look_up::member_or_first_steward(app, by.as_deref()).await?;
                print(app, output, &release_promise(app, &member, id, None).await?);
                Ok(())
            }
            Self::List { proposal } => {
                let proposal = proposal.map(|typed| look_up::proposal(app, &typed)).transpose()?;
                let listed = read(app, move |conn| match proposal {
                    Some(proposal) => db::promises::list_by_proposal(conn, proposal),
                    None => db::promises::list(conn),
                });
                for promise in listed.await? {
                    print(app, output, &promise);
                }
                Ok(())
            }
        }
    }
}

impl Fulfilment {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let Self::Confirm { promise, by, amount, note } = self;
        let id = look_up::id(&promise, "promise")?;
        let member = look_up::member(app, &by).await?;
        let amount = amount.as_deref().map(Amount::zero_or_more).transpose();
        let amount = amount.map_err(crate::error::Error::from)?;
        let confirmed = confirm_fulfilment(app, &member, id, amount, &note).await?;
        print(app, output, &confirmed);
        Ok(())
    }
}

fn print(app: &App, output: &Output, promise: &promise::Promise) {
    let state = promise.state.word();
    let json = json!({
        "id": promise.id.to_string(),
        "proposal": promise.proposal.to_string(),
        "url": app.collective.urls().page(promise.proposal),
        "amount": promise.amount.map(|amount| amount.to_string()),
        "active": promise.active.map(|active| active.to_string()),
        "reserved": promise.reserved().to_string(),
        "state": state,
        "promised": promise.promised_at
    });
    let sentence = match (promise.amount, promise.active) {
        (Some(amount), Some(active)) if !promise.reserved().is_zero() => {
            let reserved = promise.reserved();
            format!("{}  {state}  {amount}: {active} needed now, {reserved} in reserve", promise.id)
        }
        (Some(amount), _) => format!("{}  {state}  {amount}", promise.id),
        (None, _) => format!("{}  {state}", promise.id),
    };
    output.line(&sentence, &json);
}
