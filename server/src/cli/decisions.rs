//! `mutuals decision …`

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::actions::decide::{self, Wish};
use crate::actions::{ask_assembly, count_paper};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::{Conn, decision_papers, decisions};
use crate::domain::decision::{Decision, Method, Quorum, Spoken, Tally, Voice};
use crate::domain::id::{AgendaId, DecisionId};
use crate::domain::subject::Subject;

#[derive(Subcommand)]
pub enum DecisionCommand {
    /// Propose something to the assembly. Every member is told.
    Propose(Propose),
    /// What is to be decided and what was, the newest first.
    List {
        /// Only what is open.
        #[arg(long)]
        open: bool,
        /// How many closed ones at most.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: u32,
    },
    /// One decision. How the voices fall is shown once it is closed; who said what never.
    Show {
        /// Its id.
        id: DecisionId,
    },
    /// Say what a member thinks. Their last word counts.
    Say {
        /// The decision.
        id: DecisionId,
        /// What they say.
        voice: Said,
        /// Why: an objection needs it.
        #[arg(long, default_value = "")]
        words: String,
        /// Their name may stand beside their words.
        #[arg(long)]
        with_name: bool,
        /// Who speaks.
        #[arg(long, value_name = "MEMBER")]
        by: String,
    },
    /// Close it: after its deadline, or once everybody has spoken.
    Close {
        /// The decision.
        id: DecisionId,
    },
    /// Do what an adopted decision says: `mutuals role ask` makes such decisions.
    CarryOut {
        /// The decision.
        id: DecisionId,
        /// Who does it [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Take it back, as the one who proposed it.
    Withdraw {
        /// The decision.
        id: DecisionId,
        /// Who proposed it [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Voices on paper: one member enters the numbers, a second one confirms them.
    Paper(Paper),
}

#[derive(Args)]
pub struct Propose {
    /// What it is about, in a few words.
    #[arg(long)]
    title: String,
    /// What is proposed, and why: Markdown.
    #[arg(long, default_value = "")]
    text: String,
    /// How it is decided.
    #[arg(long, default_value = "consent")]
    method: How,
    /// How many must speak: a share (50%) or a number of members.
    #[arg(long, default_value = "50%")]
    quorum: Quorum,
    /// Until when: a day or an exact time, within 90 days.
    #[arg(long, value_name = "WHEN")]
    until: String,
    /// Ask those who follow us for their opinion, which binds nobody.
    #[arg(long)]
    ask_followers: bool,
    /// The point of the agenda that it answers.
    #[arg(long, value_name = "ID")]
    agenda: Option<AgendaId>,
    /// Who proposes it [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

#[derive(Args)]
pub struct Paper {
    /// The decision.
    id: DecisionId,
    /// How many said yes.
    #[arg(long, default_value_t = 0)]
    yes: i64,
    /// How many said no.
    #[arg(long, default_value_t = 0)]
    no: i64,
    /// How many stood aside.
    #[arg(long, default_value_t = 0)]
    aside: i64,
    /// How many objected.
    #[arg(long, default_value_t = 0)]
    objections: i64,
    /// What the objections say.
    #[arg(long, default_value = "")]
    words: String,
    /// Confirm the numbers that wait, as a second member.
    #[arg(long, conflicts_with_all = ["yes", "no", "aside", "objections", "discard"])]
    confirm: bool,
    /// Throw the numbers that wait away.
    #[arg(long, conflicts_with_all = ["yes", "no", "aside", "objections"])]
    discard: bool,
    /// Who enters or confirms them.
    #[arg(long, value_name = "MEMBER")]
    by: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum How {
    /// If nobody objects.
    Consent,
    /// If more say yes than no.
    Vote,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Said {
    /// For it.
    Yes,
    /// Against it, in a vote.
    No,
    /// The others may decide.
    Aside,
    /// It must not be, and why; where it is decided by consent.
    Object,
}

/// One decision with what is said about it.
struct Shown {
    decision: Decision,
    tally: Tally,
    objections: Vec<Spoken>,
    papers: usize,
}

impl DecisionCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Propose(propose) => propose.run(app, output).await,
            Self::List { open, limit } => list(app, output, open, limit).await,
            Self::Show { id } => show(app, output, id).await,
            Self::Say { id, voice, words, with_name, by } => {
                let by = look_up::member(app, &by).await?;
                decide::say(app, &by, id, voice.into(), (&words, with_name)).await?;
                show(app, output, id).await
            }
            Self::Close { id } => {
                decide::close(app, None, id).await?;
                show(app, output, id).await
            }
            Self::CarryOut { id, by } => {
                let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                ask_assembly::carry_out(app, &by, id).await?;
                show(app, output, id).await
            }
            Self::Withdraw { id, by } => {
                let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                decide::withdraw(app, &by, id).await?;
                show(app, output, id).await
            }
            Self::Paper(paper) => paper.run(app, output).await,
        }
    }
}

impl Propose {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let by = look_up::member_or_first_steward(app, self.by.as_deref()).await?;
        let wish = Wish {
            title: self.title,
            text: self.text,
            method: match self.method {
                How::Consent => Method::Consent,
                How::Vote => Method::Vote,
            },
            quorum: self.quorum,
            closes_at: look_up::until(app, &self.until)?,
            asks_followers: self.ask_followers,
            answers: self.agenda,
            subject: None,
        };
        let decision = decide::propose(app, &by, wish).await?;
        show(app, output, decision.id).await
    }
}

impl Paper {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let by = look_up::member(app, &self.by).await?;
        if self.confirm {
            count_paper::confirm(app, &by, self.id).await?;
        } else if self.discard {
            count_paper::discard(app, &by, self.id).await?;
        } else {
            let (yes, no, aside) = (self.yes, self.no, self.aside);
            let tally = Tally { yes, no, aside, objections: self.objections };
            count_paper::enter(app, &by, self.id, (tally, &self.words)).await?;
            output.tell("The numbers wait for a second member: --confirm --by MEMBER");
        }
        show(app, output, self.id).await
    }
}

async fn list(app: &App, output: &Output, open: bool, limit: u32) -> anyhow::Result<()> {
    let found = read(app, move |conn| {
        let mut found = decisions::list_open(conn)?;
        if !open {
            found.extend(decisions::list_closed(conn, None, limit.into())?);
        }
        Ok(found)
    });
    let found = found.await?;
    for decision in &found {
        let line = format!("{}  {}  {}", decision.id, state(decision), decision.title);
        output.line(&line, &json_of(app, decision));
    }
    if found.is_empty() {
        output.tell("Nothing is to be decided, and nothing was.");
    }
    Ok(())
}

/// Prints one decision.
pub async fn show(app: &App, output: &Output, id: DecisionId) -> anyhow::Result<()> {
    let shown = read(app, move |conn| Shown::read(conn, id)).await?;
    let (decision, voices) = (&shown.decision, shown.tally.voices());
    let mut json = json_of(app, decision);
    if let Value::Object(json) = &mut json {
        json.insert("text".into(), decision.text.as_str().into());
        json.insert("spoken".into(), voices.into());
        json.insert("papers_waiting".into(), shown.papers.into());
        let words = shown.objections.iter().map(|each| json!(each.words)).collect();
        json.insert("objections".into(), Value::Array(words));
    }
    let mut lines = vec![
        format!("{}  {}  {}", decision.id, state(decision), decision.title),
        format!("{voices} spoke; {} of {} must", decision.quorum, decision.members),
    ];
    lines.extend(shown.objections.iter().filter_map(|each| each.words.clone()));
    output.line(&lines.join("\n"), &json);
    Ok(())
}

impl Shown {
    fn read(conn: &mut Conn, id: DecisionId) -> Result<Self, crate::error::Error> {
        let decision = decisions::find(conn, id)?;
        let tally = match decision.outcome {
            Some(outcome) => outcome.tally,
            None => decide::count(conn, id)?,
        };
        let papers = decision_papers::list(conn, id)?;
        Ok(Self {
            decision,
            tally,
            objections: decisions::list_objections(conn, id)?,
            papers: papers.iter().filter(|paper| paper.confirmed_at.is_none()).count(),
        })
    }
}

fn json_of(app: &App, decision: &Decision) -> Value {
    let outcome = decision.outcome;
    json!({
        "id": decision.id.to_string(),
        "url": decision.asks_followers.then(|| app.collective.urls().decision(decision.id)),
        "title": decision.title,
        "method": decision.method.word(),
        "quorum": decision.quorum,
        "members": decision.members,
        "opened": decision.opened_at,
        "closes": decision.closes_at,
        "agenda": decision.answers.map(|point| point.to_string()),
        "carries_out": decision.subject.map(|subject| match subject {
            Subject::Name { role, holder, until } => json!({
                "act": "name",
                "role": role.to_string(),
                "member": holder.to_string(),
                "until": until,
            }),
            Subject::EndTerm { term } => json!({"act": "end", "term": term.to_string()}),
        }),
        "carried_out": decision.carried_out_at,
        "ending": outcome.map(|outcome| outcome.ending.word()),
        "closed": outcome.map(|outcome| outcome.closed_at),
        "tally": outcome.map(|outcome| json!({
            "yes": outcome.tally.yes,
            "no": outcome.tally.no,
            "aside": outcome.tally.aside,
            "objections": outcome.tally.objections,
        })),
        "opinions": outcome.filter(|_| decision.asks_followers).map(|outcome| json!({
            "yes": outcome.opinions.yes,
            "no": outcome.opinions.no,
        })),
    })
}

fn state(decision: &Decision) -> String {
    match decision.outcome {
        Some(outcome) => outcome.ending.word().replace('_', " "),
        None => format!("open until {}", decision.closes_at),
    }
}

impl From<Said> for Voice {
    fn from(said: Said) -> Self {
        match said {
            Said::Yes => Self::Yes,
            Said::No => Self::No,
            Said::Aside => Self::Aside,
            Said::Object => Self::Objection,
        }
    }
}
