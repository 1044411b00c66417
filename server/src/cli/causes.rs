//! `mutuals cause list|add|retire|respond|done`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::actions::cause::{self, NewResponse, name_of};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::{Conn, causes};
use crate::domain::cause::{Cause, Count, Response, ResponseKind, counted_until, shown};
use crate::domain::id::{DecisionId, ResponseId};
use crate::domain::quarter::Quarter;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::{LANGUAGES, Locale};

#[derive(Subcommand)]
pub enum CauseCommand {
    /// The list, with what may be told of each: nothing below eight, and rounded.
    List,
    /// Add a cause.
    Add {
        /// Its name, in the collective's own words.
        name: String,
        /// After it nobody is asked what they want to bring.
        #[arg(long)]
        quiet: bool,
        #[command(flatten)]
        by: By,
    },
    /// Give it another name.
    Rename {
        /// Its name or id.
        cause: String,
        /// The new name.
        name: String,
        #[command(flatten)]
        by: By,
    },
    /// Take it off the list, or put it back.
    Retire {
        /// Its name or id.
        cause: String,
        /// Put it back.
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        by: By,
    },
    /// Note what the collective does about it.
    Respond {
        /// Its name or id.
        cause: String,
        #[command(flatten)]
        answer: NewAnswer,
        #[command(flatten)]
        by: By,
    },
    /// Note that a response is done.
    Done {
        /// The id of the response.
        id: ResponseId,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Args)]
pub struct By {
    /// Who does it: a member's name or id [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

/// What the collective does about a cause.
#[derive(Args)]
pub struct NewAnswer {
    /// project, campaign, demand, agreement or not-now.
    #[arg(long, value_name = "KIND", requires = "text")]
    response: Option<String>,
    /// What it is, in a few words.
    #[arg(long, requires = "response")]
    text: Option<String>,
    /// For not-now: when it is looked at again.
    #[arg(long, value_name = "DATE")]
    review: Option<String>,
    /// The decision behind it.
    #[arg(long, value_name = "ID")]
    decided: Option<DecisionId>,
}

impl NewAnswer {
    /// What was named; none if nothing was.
    pub fn read(self, app: &App) -> anyhow::Result<Option<NewResponse>> {
        let (Some(kind), Some(text)) = (self.response, self.text) else { return Ok(None) };
        let kind = ResponseKind::from_word(&kind).ok_or_else(|| {
            let hint = "use project, campaign, demand, agreement or not-now";
            anyhow::Error::from(Error::from(Refusal::ResponseEmpty))
                .context(format!("unknown response {kind:?}: {hint}"))
        })?;
        let review_at = match self.review {
            Some(typed) => Some(look_up::until(app, &typed)?),
            None => None,
        };
        Ok(Some(NewResponse { kind, text, decision: self.decided, review_at }))
    }
}

impl CauseCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let changed = match self {
            Self::List => return list(app, output).await,
            Self::Add { name, quiet, by } => {
                cause::add(app, &by.find(app).await?, &name, quiet).await?
            }
            Self::Rename { cause, name, by } => {
                let id = find_cause(app, &cause).await?.id;
                cause::rename(app, &by.find(app).await?, id, &name).await?
            }
            Self::Retire { cause, undo, by } => {
                let id = find_cause(app, &cause).await?.id;
                cause::retire(app, &by.find(app).await?, id, !undo).await?
            }
            Self::Respond { cause, answer, by } => {
                let id = find_cause(app, &cause).await?.id;
                let new = answer.read(app)?.ok_or(Error::from(Refusal::ResponseEmpty))?;
                let made = cause::respond(app, &by.find(app).await?, id, new).await?;
                print_response(output, &made);
                return Ok(());
            }
            Self::Done { id, by } => {
                print_response(output, &cause::finish(app, &by.find(app).await?, id).await?);
                return Ok(());
            }
        };
        print(app, output, &changed, (&[], &[]));
        Ok(())
    }
}

impl By {
    async fn find(&self, app: &App) -> anyhow::Result<crate::domain::member::Member> {
        look_up::member_or_first_steward(app, self.by.as_deref()).await
    }
}

/// A cause by id, by its word, or by its name in any language.
pub async fn find_cause(app: &App, typed: &str) -> anyhow::Result<Cause> {
    let wanted = typed.trim().to_lowercase();
    let fits = |cause: &Cause| {
        let mut names = LANGUAGES.iter().map(|(code, _)| name_of(cause, &Locale::find(code)));
        cause.id.to_string().to_lowercase() == wanted
            || cause.word.as_deref() == Some(wanted.as_str())
            || names.any(|name| name.to_lowercase() == wanted)
    };
    let found = read(app, causes::list).await?.into_iter().find(fits);
    found.ok_or_else(|| {
        anyhow::Error::from(Error::NotFound)
            .context(format!("there is no cause {typed:?}; `mutuals cause list` shows all"))
    })
}

async fn list(app: &App, output: &Output) -> anyhow::Result<()> {
    let (zone, until) = (app.zone.clone(), counted_until(app.now(), &app.zone));
    let all = move |conn: &mut Conn| {
        let counts = causes::read_counts(conn, &zone, until)?;
        Ok((causes::list(conn)?, counts, causes::list_responses(conn)?))
    };
    let (all, counts, responses) = read(app, all).await?;
    for cause in &all {
        print(app, output, cause, (&counts, &responses));
    }
    Ok(())
}

fn print(app: &App, output: &Output, cause: &Cause, found: (&[Count], &[Response])) {
    let (counts, responses) = found;
    let four = Quarter::of(app.now(), &app.zone).last_four();
    let seen: Vec<(Quarter, i64)> = counts
        .iter()
        .filter(|count| count.cause == cause.id && four.contains(&count.quarter))
        .filter_map(|count| Some((count.quarter, shown(count.needs)?)))
        .collect();
    let told =
        |(quarter, about): &(Quarter, i64)| json!({"quarter": quarter.to_string(), "about": about});
    let theirs = || responses.iter().filter(|response| response.cause == cause.id);
    let name = name_of(cause, &Locale::find(&app.collective.language));
    let json = json!({
        "id": cause.id.to_string(),
        "name": name,
        "word": cause.word,
        "quiet": cause.is_quiet,
        "retired": cause.retired_at,
        "seen": seen.iter().map(told).collect::<Vec<_>>(),
        "responses": theirs().map(response_json).collect::<Vec<_>>(),
    });
    let mut sentence = format!("{}  {name}", cause.id);
    for (quarter, about) in &seen {
        sentence.push_str(&format!("; {quarter}: about {about}"));
    }
    if !seen.is_empty() && !theirs().any(|response| response.stands(app.now())) {
        sentence.push_str(", no response linked");
    }
    output.line(&sentence, &json);
}

fn print_response(output: &Output, response: &Response) {
    let sentence = format!("{}  {}: {}", response.id, response.kind.word(), response.text);
    output.line(&sentence, &response_json(response));
}

fn response_json(response: &Response) -> Value {
    json!({
        "id": response.id.to_string(),
        "cause": response.cause.to_string(),
        "kind": response.kind.word(),
        "text": response.text,
        "decision": response.decision.map(|id| id.to_string()),
        "made": response.made_at,
        "review": response.review_at,
        "done": response.done_at,
    })
}
