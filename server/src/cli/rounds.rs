//! `mutuals round open|sign|list|confirm|renew|end|close|line`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::actions::cause::NewResponse;
use crate::actions::round::{self, Wish};
use crate::actions::round_line::{self, Fate};
use crate::app::App;
use crate::cli::causes::{NewAnswer, find_cause};
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::{duties, proposals, rounds};
use crate::domain::id::{DecisionId, DutyId, RoundId};
use crate::domain::round::{Line, Outcome, Round};

#[derive(Subcommand)]
pub enum RoundCommand {
    /// Open a round: with two people (--by and --with), by a decision, or by one who waits for a
    /// second.
    Open {
        /// A word or two.
        #[arg(long)]
        title: String,
        /// What people should know.
        #[arg(long, default_value = "")]
        text: String,
        /// For how many days: 1 to 90.
        #[arg(long)]
        days: i64,
        #[command(flatten)]
        by: By,
        /// The second person: then it is open at once, and the assembly has 72 hours.
        #[arg(long, value_name = "MEMBER", conflicts_with = "decision")]
        with: Option<String>,
        /// An adopted decision: then it is open and confirmed.
        #[arg(long, value_name = "ID")]
        decision: Option<DecisionId>,
    },
    /// Sign as the second person.
    Sign(One),
    /// Every round, newest first.
    List,
    /// Note that the assembly decided it.
    Confirm {
        /// Its id.
        id: RoundId,
        /// The adopted decision.
        #[arg(long, value_name = "ID")]
        decision: DecisionId,
        #[command(flatten)]
        by: By,
    },
    /// Note that the assembly decided that it goes on.
    Renew {
        /// Its id.
        id: RoundId,
        /// The adopted decision: a new one.
        #[arg(long, value_name = "ID")]
        decision: DecisionId,
        /// For how many days from now: 1 to 90.
        #[arg(long)]
        days: i64,
        #[command(flatten)]
        by: By,
    },
    /// End it before its day.
    End(One),
    /// Close it: every line has become something.
    Close(One),
    /// Its lines; or one line: add a need, or say what becomes of it.
    Line(Box<LineCommand>),
}

#[derive(Args)]
pub struct One {
    /// Its id.
    id: RoundId,
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
pub struct LineCommand {
    /// A round, to see its lines; or a need's id or address.
    id: String,
    /// Add the need to this round.
    #[arg(long, value_name = "ID", group = "fate")]
    round: Option<RoundId>,
    /// It is done.
    #[arg(long, group = "fate")]
    finished: bool,
    /// It goes on as this duty.
    #[arg(long, value_name = "ID", group = "fate")]
    duty: Option<DutyId>,
    /// It comes from this cause: a name or an id.
    #[arg(long, value_name = "CAUSE", group = "fate")]
    cause: Option<String>,
    /// Nobody has decided it yet.
    #[arg(long, group = "fate")]
    open: bool,
    #[command(flatten)]
    answer: NewAnswer,
    #[command(flatten)]
    by: By,
}

impl RoundCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let done = match self {
            Self::Open { title, text, days, by, with, decision } => {
                open(app, Wish { title, text, days }, &by, (with, decision)).await?
            }
            Self::Sign(one) => round::second(app, &one.by.find(app).await?, one.id).await?,
            Self::Confirm { id, decision, by } => {
                round::confirm(app, &by.find(app).await?, id, decision).await?
            }
            Self::Renew { id, decision, days, by } => {
                round::renew(app, &by.find(app).await?, id, (decision, days)).await?
            }
            Self::End(one) => round::end_early(app, &one.by.find(app).await?, one.id).await?,
            Self::Close(one) => round::close(app, &one.by.find(app).await?, one.id).await?,
            Self::List => {
                for round in read(app, rounds::list).await? {
                    print(app, output, &round);
                }
                return Ok(());
            }
            Self::Line(line) => return line.run(app, output).await,
        };
        print(app, output, &done);
        Ok(())
    }
}

impl By {
    async fn find(&self, app: &App) -> anyhow::Result<crate::domain::member::Member> {
        look_up::member_or_first_steward(app, self.by.as_deref()).await
    }
}

async fn open(
    app: &App,
    wish: Wish,
    by: &By,
    (with, decision): (Option<String>, Option<DecisionId>),
) -> anyhow::Result<Round> {
    let first = by.find(app).await?;
    Ok(match (with, decision) {
        (Some(second), _) => {
            let second = look_up::member(app, &second).await?;
            round::open_by_two(app, &first, &second, wish).await?
        }
        (None, Some(decision)) => round::open_by_decision(app, &first, wish, decision).await?,
        (None, None) => round::ask(app, &first, wish).await?,
    })
}

impl LineCommand {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let member = self.by.find(app).await?;
        if self.round.is_none() && !self.decides() {
            return list(app, output, &self.id).await;
        }
        let need = look_up::proposal(app, &self.id)?;
        let line = match self.round {
            Some(round) => round_line::add(app, &member, need, round).await?,
            None => {
                let fate = self.fate(app).await?;
                round_line::decide(app, &member, need, fate).await?
            }
        };
        print_line(app, output, &line).await
    }

    fn decides(&self) -> bool {
        self.finished || self.open || self.duty.is_some() || self.cause.is_some()
    }

    async fn fate(self, app: &App) -> anyhow::Result<Fate> {
        if self.finished {
            return Ok(Fate::Finished);
        }
        if let Some(duty) = self.duty {
            return Ok(Fate::Duty(duty));
        }
        let Some(cause) = self.cause else { return Ok(Fate::Open) };
        let answer: Option<NewResponse> = self.answer.read(app)?;
        Ok(Fate::Cause(find_cause(app, &cause).await?.id, answer))
    }
}

async fn list(app: &App, output: &Output, typed: &str) -> anyhow::Result<()> {
    let round: RoundId = typed.parse()?;
    for line in read(app, move |conn| rounds::list_lines(conn, round)).await? {
        print_line(app, output, &line).await?;
    }
    Ok(())
}

async fn print_line(app: &App, output: &Output, line: &Line) -> anyhow::Result<()> {
    let need = line.proposal;
    let proposal = read(app, move |conn| proposals::find(conn, need)).await?;
    let (outcome, at) = line.decided.unzip();
    let duty = match outcome {
        Some(Outcome::Duty(duty)) => Some(duty),
        _ => None,
    };
    let duty_title = match duty {
        Some(duty) => Some(read(app, move |conn| duties::find(conn, duty)).await?.content.title),
        None => None,
    };
    let cause = match outcome {
        Some(Outcome::Cause(cause)) => cause.map(|cause| cause.to_string()),
        _ => None,
    };
    let json = json!({
        "id": line.proposal.to_string(),
        "title": proposal.content.title,
        "state": proposal.state.word(),
        "round": line.round.to_string(),
        "outcome": outcome.map(Outcome::word),
        "duty": duty.map(|duty| duty.to_string()),
        "duty_title": duty_title,
        "cause": cause,
        "decided": at,
    });
    let outcome = outcome.map_or("not decided", Outcome::word);
    output.line(&format!("{need}  {outcome:11}  {}", proposal.content.title), &json);
    Ok(())
}

fn print(app: &App, output: &Output, round: &Round) {
    let stage = round.stage(app.now());
    let json = json!({
        "id": round.id.to_string(),
        "title": round.title,
        "text": round.text,
        "state": stage.word(),
        "days": round.days,
        "asked": round.asked_at,
        "opened": round.opened_at,
        "until": round.until(),
        "ends": round.ends_at,
        "confirmed": Value::Bool(round.was_open() && round.lapses_at.is_none()),
        "ended": round.ended.map(|(_, at)| at),
        "ended_how": round.ended.map(|(how, _)| how.word()),
        "closed": round.closed_at,
    });
    let sentence =
        format!("{}  {:11}  {} (until {})", round.id, stage.word(), round.title, round.until());
    output.line(&sentence, &json);
}
