//! `mutuals pact …`

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::actions::pact::{Step, propose, rule, share, take_step};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::pacts;
use crate::domain::id::PactId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::pact::{Pact as Stored, PactState, Shares};
use crate::error::Error;
use crate::federation::resolve;

#[derive(Subcommand)]
pub enum Pact {
    /// Propose a pact to a collective. It stands once the collective accepts.
    Propose {
        /// Its handle (@mill@mill.example) or address.
        handle_or_url: String,
    },
    /// With whom there is a pact, whom we asked, and who asks us.
    List,
    /// Say yes to a pact that was proposed to us.
    Accept(Which),
    /// Say no to a pact that was proposed to us.
    Decline(Which),
    /// Let nothing be sent for the time being, in either direction.
    Pause(Which),
    /// Go on after a pause of ours.
    Resume(Which),
    /// End a pact, or take our proposal back.
    End(Which),
    /// Choose what goes to the other side, of all that is for pacts.
    Share {
        #[command(flatten)]
        which: Which,
        /// Our needs.
        #[arg(long, value_name = "yes|no")]
        needs: Option<Answer>,
        /// Our offers.
        #[arg(long, value_name = "yes|no")]
        offers: Option<Answer>,
        /// How much of each is still open.
        #[arg(long, value_name = "yes|no")]
        availability: Option<Answer>,
    },
    /// Decide whether what the other side promises is accepted without a steward.
    Rule {
        #[command(flatten)]
        which: Which,
        /// Accept it up to the amount that is open.
        #[arg(long, value_name = "yes|no")]
        accept_alone: Answer,
    },
}

/// Which pact.
#[derive(Args)]
pub struct Which {
    /// Its id, or the handle or address of the other side; may be left out if there is only one.
    handle_or_url_or_id: Option<String>,
}

/// Yes or no.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    Yes,
    No,
}

impl Pact {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let done = match self {
            Self::Propose { handle_or_url } => {
                let actor = resolve::by_handle_or_url(app, &handle_or_url).await;
                let actor = actor.map_err(|error| {
                    anyhow::anyhow!("{handle_or_url} cannot be asked for a pact: {error}")
                })?;
                propose(app, actor).await?
            }
            Self::List => return list(app, output).await,
            Self::Accept(which) => step(app, which, Step::Accept).await?,
            Self::Decline(which) => step(app, which, Step::Decline).await?,
            Self::Pause(which) => step(app, which, Step::Pause).await?,
            Self::Resume(which) => step(app, which, Step::Resume).await?,
            Self::End(which) => step(app, which, Step::End).await?,
            Self::Share { which, needs, offers, availability } => {
                let (pact, _) = which.find(app).await?;
                let chosen = |answer: Option<Answer>, now| answer.map_or(now, Answer::is_yes);
                let shares = Shares {
                    needs: chosen(needs, pact.shares.needs),
                    offers: chosen(offers, pact.shares.offers),
                    availability: chosen(availability, pact.shares.availability),
                };
                share(app, pact.id, shares).await?
            }
            Self::Rule { which, accept_alone } => {
                rule(app, which.find(app).await?.0.id, accept_alone.is_yes()).await?
            }
        };
        print(output, &done);
        Ok(())
    }
}

impl Answer {
    fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

impl Which {
    async fn find(&self, app: &App) -> anyhow::Result<(Stored, RemoteActor)> {
        let all = read(app, pacts::list).await?;
        let Some(wanted) = &self.handle_or_url_or_id else {
            let mut all = all.into_iter();
            return match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                _ => anyhow::bail!("say which pact: `mutuals pact list` shows them"),
            };
        };
        let id = wanted.parse::<PactId>().ok();
        let handle = wanted.trim_start_matches('@');
        let fits = |(pact, actor): &(Stored, RemoteActor)| {
            Some(pact.id) == id
                || actor.address.eq_ignore_ascii_case(handle)
                || actor.url.as_str() == wanted
                || actor.page.as_str() == wanted
        };
        all.into_iter().find(fits).ok_or_else(|| {
            let hint = "`mutuals pact list` shows all that were spoken of";
            anyhow::Error::from(Error::NotFound)
                .context(format!("there is no pact with {wanted}; {hint}"))
        })
    }
}

async fn step(app: &App, which: Which, step: Step) -> anyhow::Result<(Stored, RemoteActor)> {
    Ok(take_step(app, which.find(app).await?.0.id, step).await?)
}

async fn list(app: &App, output: &Output) -> anyhow::Result<()> {
    let all = read(app, pacts::list).await?;
    if all.is_empty() {
        output.tell("There is no pact yet, and nobody asked for one.");
    }
    all.iter().for_each(|each| print(output, each));
    Ok(())
}

fn print(output: &Output, (pact, actor): &(Stored, RemoteActor)) {
    let state = pact.state();
    let paused_by = match state {
        PactState::Paused { by_us: true, by_them: true } => Some("both"),
        PactState::Paused { by_us: true, .. } => Some("us"),
        PactState::Paused { .. } => Some("them"),
        _ => None,
    };
    let json = json!({
        "id": pact.id.to_string(),
        "url": actor.page,
        "actor": actor.url,
        "handle": actor.address,
        "name": actor.name,
        "state": state.word(),
        "paused_by": paused_by,
        "shares": pact.shares.words(),
        "accept_alone": pact.accepts_alone,
        "changed": pact.changed_at
    });
    let sentence = format!("{}  @{}  {}  {}", pact.id, actor.address, actor.name, state.word());
    output.line(&sentence, &json);
}
