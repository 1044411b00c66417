//! `mutuals agenda …`

use clap::Subcommand;
use jiff::SignedDuration;
use serde_json::json;

use crate::actions::answer_agenda::answer;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::agenda;
use crate::domain::agenda::Point;
use crate::domain::id::{AgendaId, DecisionId};
use crate::i18n::Locale;

/// For how long something rests, if nobody says so.
const USUAL_REST: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Subcommand)]
pub enum Agenda {
    /// What waits for the assembly, as questions.
    List,
    /// Answer a question: by a decision, or because we talked about it. Then it rests.
    Answer {
        /// The question.
        id: AgendaId,
        /// The decision that answers it.
        #[arg(long, value_name = "ID")]
        decision: Option<DecisionId>,
        /// Until when it rests [default: 90 days].
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
        /// Who writes it down [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
}

impl Agenda {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let points = read(app, agenda::list_open).await?;
                points.iter().for_each(|point| print(app, output, point));
                if points.is_empty() {
                    output.tell("Nothing is asked just now.");
                }
                Ok(())
            }
            Self::Answer { id, decision, until, by } => {
                let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                let until = match until {
                    Some(until) => look_up::until(app, &until)?,
                    None => app.now().saturating_add(USUAL_REST)?,
                };
                answer(app, &by, id, (decision, until)).await?;
                print(app, output, &read(app, move |conn| agenda::find(conn, id)).await?);
                Ok(())
            }
        }
    }
}

fn print(app: &App, output: &Output, point: &Point) {
    let question = Locale::find(&app.collective.language).say(&point.matter.key());
    let json = json!({
        "id": point.id.to_string(),
        "matter": point.matter.word(),
        "subject": point.subject,
        "question": question,
        "noticed": point.noticed_at,
        "answered": point.settled_at,
        "decision": point.decision.map(|decision| decision.to_string()),
        "rests_until": point.rests_until,
    });
    let about = if point.subject.is_empty() { "" } else { "  about " };
    output.line(&format!("{}  {question}{about}{}", point.id, point.subject), &json);
}
