//! `mutuals turn list|take|release|keep|give`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::cover_turn::{Cover, give_to_pool};
use crate::actions::keep_turn::keep_turn;
use crate::actions::release_turn::release_turn;
use crate::actions::take_turn::{Repeat, take_turn, take_turns};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::{Conn, duties, turns};
use crate::domain::duty::Duty;
use crate::domain::id::TurnId;
use crate::domain::refusal::Refusal;
use crate::domain::turn::{self, Place, Report};
use crate::error::Error;

/// More than anybody reads in a terminal.
const MOST: i64 = 1_000;

#[derive(Subcommand)]
pub enum Turn {
    /// The turns that are not over, in order; with --over the last ones, newest first.
    List {
        /// Of one duty only: its title or id.
        #[arg(long)]
        duty: Option<String>,
        /// Those that are over.
        #[arg(long)]
        over: bool,
        /// At most so many of each duty.
        #[arg(long, value_name = "N", default_value_t = MOST)]
        limit: i64,
    },
    /// Come to a turn.
    Take(Take),
    /// Stay away from a turn. No reason is asked.
    Release {
        /// Its id.
        turn: String,
        #[command(flatten)]
        by: By,
    },
    /// Note what became of a turn.
    Keep(Keep),
    /// Give a turn of a duty to the pool.
    Give {
        /// The duty's title or id.
        duty: String,
        /// The last day for which it is given.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Args)]
pub struct Take {
    /// Its id.
    turn: String,
    /// Come to learn.
    #[arg(long)]
    learner: bool,
    /// Come to every turn of this kind from then on: 1 for each, 2 for every second.
    #[arg(long, value_name = "N")]
    every: Option<i32>,
    /// The last day of these.
    #[arg(long, value_name = "DATE", requires = "every")]
    until: Option<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
pub struct Keep {
    /// Its id.
    turn: String,
    /// How many people came.
    #[arg(long, value_name = "N")]
    came: i32,
    /// What was counted, such as meals.
    #[arg(long, value_name = "N")]
    counted: Option<i32>,
    /// What the next should know, in three lines.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
pub struct By {
    /// Who: a member's name or id [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

impl Turn {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List { duty, over, limit } => {
                list(app, output, duty.as_deref(), (over, limit)).await
            }
            Self::Take(take) => take.run(app, output).await,
            Self::Release { turn, by } => {
                let (id, by) = (turn_id(&turn)?, by.find(app).await?);
                let cover = match release_turn(app, &by, id).await? {
                    Cover::Enough => "enough",
                    Cover::Drawn => "drawn",
                    Cover::Asked => "asked",
                    Cover::Free => "free",
                };
                let json = json!({"id": id.to_string(), "cover": cover});
                output.line(&format!("{id}  given back ({cover})"), &json);
                Ok(())
            }
            Self::Keep(keep) => {
                let (id, by) = (turn_id(&keep.turn)?, keep.by.find(app).await?);
                let report = keep.report(app, id).await?;
                keep_turn(app, &by, id, report).await?;
                print_one(app, output, id).await
            }
            Self::Give { duty, until, by } => {
                let (duty, by) = (look_up::duty(app, &duty).await?, by.find(app).await?);
                let until = until.map(|until| day(&until)).transpose()?;
                let given = give_to_pool(app, &by, duty.id, until).await?;
                let json = json!({
                    "id": given.id.to_string(),
                    "duty": duty.id.to_string(),
                    "until": given.until.map(|until| until.to_string()),
                });
                output.line(&format!("{}  in the pool of {}", given.id, duty.content.title), &json);
                Ok(())
            }
        }
    }
}

impl Keep {
    /// What is not said stays as it was noted before.
    async fn report(self, app: &App, id: TurnId) -> anyhow::Result<Report> {
        let noted = move |conn: &mut Conn| {
            Ok((turns::find(conn, id)?.counted, turns::find_note(conn, id)?))
        };
        let (counted, note) = read(app, noted).await?;
        Ok(Report { came: self.came, counted: self.counted.or(counted), note: self.note.or(note) })
    }
}

impl Take {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (id, by) = (turn_id(&self.turn)?, self.by.find(app).await?);
        let place = Place::of(self.learner);
        match self.every {
            None => take_turn(app, &by, id, place).await.map(drop)?,
            Some(every) => {
                let until = self.until.map(|until| day(&until)).transpose()?;
                take_turns(app, &by, id, place, Repeat { every, until }).await.map(drop)?;
            }
        }
        print_one(app, output, id).await
    }
}

impl By {
    async fn find(&self, app: &App) -> anyhow::Result<crate::domain::member::Member> {
        look_up::member_or_first_steward(app, self.by.as_deref()).await
    }
}

async fn list(
    app: &App,
    output: &Output,
    only: Option<&str>,
    (over, limit): (bool, i64),
) -> anyhow::Result<()> {
    let only = match only {
        Some(typed) => Some(look_up::duty(app, typed).await?.id),
        None => None,
    };
    let now = app.now();
    let find = move |conn: &mut Conn| {
        let mut found: Vec<(Duty, turn::Turn)> = Vec::new();
        for duty in duties::list(conn)? {
            if only.is_some_and(|only| only != duty.id) {
                continue;
            }
            let theirs = match over {
                true => turns::list_over(conn, duty.id, now, limit)?,
                false => turns::list_next(conn, duty.id, now, limit)?,
            };
            found.extend(theirs.into_iter().map(|turn| (duty.clone(), turn)));
        }
        found.sort_by_key(|(_, turn)| (turn.starts_at, turn.duty));
        if over {
            found.reverse();
        }
        Ok(found)
    };
    for (duty, turn) in read(app, find).await? {
        print(output, &duty, &turn);
    }
    Ok(())
}

async fn print_one(app: &App, output: &Output, id: TurnId) -> anyhow::Result<()> {
    let find = move |conn: &mut Conn| {
        let turn = turns::find(conn, id)?;
        Ok((duties::find(conn, turn.duty)?, turn))
    };
    let (duty, turn) = read(app, find).await?;
    print(output, &duty, &turn);
    Ok(())
}

/// How many, and never who.
fn print(output: &Output, duty: &Duty, turn: &turn::Turn) {
    let json = json!({
        "id": turn.id.to_string(),
        "duty": turn.duty.to_string(),
        "title": duty.content.title,
        "starts": turn.starts_at,
        "ends": turn.ends_at,
        "needed": turn.needed,
        "taken": turn.taken,
        "missing": turn.missing(),
        "learners": turn.learners,
        "learning": turn.learning,
        "covered": turn.covered,
        "state": turn.state.word(),
        "came": turn.came,
        "counted": turn.counted,
    });
    let (title, state) = (&duty.content.title, turn.state.word());
    let numbers = format!("{} of {}", turn.taken, turn.needed);
    output.line(&format!("{}  {}  {state:7}  {numbers}  {title}", turn.id, turn.starts_at), &json);
}

fn turn_id(typed: &str) -> anyhow::Result<TurnId> {
    typed.parse().map_err(|_| {
        let hint = "give an id that `mutuals turn list` shows";
        anyhow::Error::from(Error::NotFound).context(format!("{typed:?} is no turn: {hint}"))
    })
}

fn day(typed: &str) -> anyhow::Result<jiff::civil::Date> {
    typed.parse().map_err(|_| {
        anyhow::Error::from(Error::from(Refusal::DateNotADate))
            .context(format!("{typed:?} is no date: write it as 2026-08-28"))
    })
}
