//! `mutuals promise …`, `mutuals fulfilment …`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::confirm_fulfilment::Count;
use crate::actions::make_promise::make_promise;
use crate::actions::promise_to_neighbour::Wish;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, neighbour_promises, read};
use crate::db;
use crate::domain::amount::Amount;
use crate::domain::member::Member;
use crate::domain::promise;
use crate::error::Error;

#[derive(Subcommand)]
pub enum Promise {
    /// Promise to answer a need, or to take up an offer: ours, or a neighbour's in the name of the
    /// collective. What exceeds it waits in reserve.
    Make {
        /// The id or address of the need or offer.
        #[arg(value_name = "ID_OR_URL")]
        proposal: String,
        /// How much [default: what is open].
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: Option<String>,
        /// Only in case another falls through (to a neighbour; what exceeds ours waits anyway).
        #[arg(long)]
        reserve: bool,
        /// A word to the ones who asked.
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        by: By,
    },
    /// Say yes to what another collective promised; or take what they would rather have of us.
    Accept(One),
    /// Say no to what another collective promised.
    Decline(One),
    /// Say what would fit instead: so much now, the rest in reserve.
    Counter {
        #[command(flatten)]
        one: One,
        /// How much is needed now [default: what is open].
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: Option<String>,
    },
    /// Give it back, or a part of it. No reason is needed; the reserve moves up.
    Release {
        #[command(flatten)]
        one: One,
        /// How much of it [default: all].
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: Option<String>,
    },
    /// Say what came, by your count.
    Confirm {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        counted: Counted,
    },
    /// All promises to answer ours, or those to one proposal; or those between collectives.
    List {
        /// The id or address of the proposal.
        proposal: Option<String>,
        /// What other collectives promised to us.
        #[arg(long, conflicts_with = "proposal")]
        incoming: bool,
        /// What we promised to other collectives.
        #[arg(long, conflicts_with = "proposal")]
        outgoing: bool,
    },
}

#[derive(Args)]
pub struct One {
    /// The id of the promise.
    id: String,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
pub struct By {
    /// Who does it: a member's name or id [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

#[derive(Args)]
pub struct Counted {
    /// How much, by your count [default: what was promised and is not confirmed yet].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    amount: Option<String>,
    /// It replaces your last count.
    #[arg(long)]
    correct: bool,
    /// A note or thanks.
    #[arg(long, default_value = "")]
    note: String,
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
        #[command(flatten)]
        counted: Counted,
    },
}

impl Promise {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Make { proposal, amount, reserve, note, by } => {
                let amount = positive(amount.as_deref())?;
                let wish = Wish { amount, is_reserve: reserve, note };
                make(app, output, &proposal, wish, by).await
            }
            Self::Accept(one) => {
                let member = one.by.member(app).await?;
                neighbour_promises::accept(app, output, &one.id, &member).await
            }
            Self::Decline(one) => {
                let member = one.by.member(app).await?;
                neighbour_promises::decline(app, output, &one.id, &member, None).await
            }
            Self::Counter { one, amount } => {
                let member = one.by.member(app).await?;
                let counter = Some(zero_or_more(amount.as_deref())?);
                neighbour_promises::decline(app, output, &one.id, &member, counter).await
            }
            Self::Release { one, amount } => {
                let member = one.by.member(app).await?;
                let amount = positive(amount.as_deref())?;
                neighbour_promises::release(app, output, &one.id, &member, amount).await
            }
            Self::Confirm { one, counted } => {
                let member = one.by.member(app).await?;
                let count = counted.read()?;
                neighbour_promises::count(app, output, &one.id, &member, count).await
            }
            Self::List { incoming: true, .. } => {
                neighbour_promises::list_incoming(app, output).await
            }
            Self::List { outgoing: true, .. } => {
                neighbour_promises::list_outgoing(app, output).await
            }
            Self::List { proposal, .. } => list(app, output, proposal).await,
        }
    }
}

impl By {
    async fn member(&self, app: &App) -> anyhow::Result<Member> {
        look_up::member_or_first_steward(app, self.by.as_deref()).await
    }
}

impl Counted {
    fn read(self) -> anyhow::Result<Count> {
        let amount = zero_or_more(self.amount.as_deref())?;
        Ok(Count { amount, is_correction: self.correct, note: self.note })
    }
}

impl Fulfilment {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let Self::Confirm { promise, by, counted } = self;
        let member = look_up::member(app, &by).await?;
        neighbour_promises::count(app, output, &promise, &member, counted.read()?).await
    }
}

/// One of ours, by a member; else a neighbour's, in the name of the collective.
async fn make(app: &App, output: &Output, typed: &str, wish: Wish, by: By) -> anyhow::Result<()> {
    if let Ok(id) = look_up::proposal(app, typed)
        && read(app, move |conn| db::proposals::find(conn, id)).await.is_ok()
    {
        let hint = "say who promises: --by MEMBER";
        let by =
            by.by.ok_or_else(|| anyhow::anyhow!("this is a need or an offer of ours; {hint}"))?;
        let member = look_up::member(app, &by).await?;
        print(app, output, &make_promise(app, &member, id, wish.amount, &wish.note).await?);
        return Ok(());
    }
    let member = by.member(app).await?;
    match neighbour_promises::neighbours(app, typed).await? {
        Some((theirs, _)) => neighbour_promises::make(app, output, theirs, &member, wish).await,
        None => {
            let hint = "`mutuals proposal list --from all` shows needs and offers";
            let missing = anyhow::Error::from(Error::NotFound);
            Err(missing.context(format!("{typed:?} is no need and no offer: {hint}")))
        }
    }
}

async fn list(app: &App, output: &Output, proposal: Option<String>) -> anyhow::Result<()> {
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

fn positive(typed: Option<&str>) -> anyhow::Result<Option<Amount>> {
    Ok(typed.map(Amount::positive).transpose().map_err(Error::from)?)
}

fn zero_or_more(typed: Option<&str>) -> anyhow::Result<Option<Amount>> {
    Ok(typed.map(Amount::zero_or_more).transpose().map_err(Error::from)?)
}

/// Prints a promise to answer one of ours.
pub fn print(app: &App, output: &Output, promise: &promise::Promise) {
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
