//! `mutuals role …`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::ask_assembly;
use crate::actions::hold_role::{self, Giving, Step, Wish};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{decisions, look_up, read};
use crate::db::{Conn, roles};
use crate::domain::id::{DecisionId, LineId, MemberId, TermId};
use crate::domain::role::{HOUSE, HOUSE_TERM, Role as Held, State, Term};
use crate::error::Error;
use crate::i18n::Locale;

/// What the role of those who look after the house is called here.
const HOUSE_NAME: &str = "house";

#[derive(Subcommand)]
pub enum Role {
    /// Add a role that nobody holds yet.
    Add {
        /// What it is called.
        title: String,
        /// What it decides.
        #[arg(long, default_value = "")]
        decides: String,
        /// What it holds: keys, money, domain, server, phone, or words of your own.
        #[arg(long, value_name = "THING")]
        holds: Vec<String>,
        #[command(flatten)]
        how: How,
    },
    /// Every role by name, and who holds it until when.
    List,
    /// Ask the assembly to name somebody, or to end a term: a vote of a week, in which a third of the
    /// members must speak. `mutuals decision carry-out` does what was decided.
    Ask {
        /// The role, by its name or id.
        role: String,
        /// Whom to name.
        #[arg(long, value_name = "MEMBER", required_unless_present = "end")]
        name: Option<String>,
        /// Until when: a day or an exact time, within two years [default: a year from now].
        #[arg(long, value_name = "WHEN", requires = "name")]
        until: Option<String>,
        /// The term to end, by its id.
        #[arg(long, value_name = "TERM", conflicts_with = "name")]
        end: Option<TermId>,
        /// Who asks [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
    /// Give a role to a member for a term. `house` is looking after the house.
    Give {
        /// The role, by its name or id.
        role: String,
        /// Who holds it.
        holder: String,
        #[command(flatten)]
        term: For,
    },
    /// Give a role anew to whoever holds it: that takes a decision.
    Renew {
        /// The role, by its name or id.
        role: String,
        /// Whose term, if several hold it.
        #[arg(long, value_name = "MEMBER")]
        holder: Option<String>,
        #[command(flatten)]
        term: For,
    },
    /// The hand-over list of a role: shown, added to, ticked.
    HandOver {
        /// The role, by its name or id.
        role: String,
        /// Add a line.
        #[arg(long, value_name = "LINE")]
        add: Option<String>,
        /// Tick a line.
        #[arg(long, value_name = "ID")]
        tick: Option<LineId>,
        /// Take a tick away.
        #[arg(long, value_name = "ID")]
        untick: Option<LineId>,
        /// Remove a line.
        #[arg(long, value_name = "ID")]
        remove: Option<LineId>,
        /// Who does it [default: the first steward].
        #[arg(long, value_name = "MEMBER")]
        by: Option<String>,
    },
    /// End a term, or the role for good.
    End {
        /// The role, by its name or id.
        role: String,
        /// Whose term, if several hold it.
        #[arg(long, value_name = "MEMBER")]
        holder: Option<String>,
        /// The role is needed no more.
        #[arg(long)]
        for_good: bool,
        #[command(flatten)]
        how: How,
    },
}

/// Who acts, and what allows it.
#[derive(Args)]
pub struct How {
    /// The decision that allows it.
    #[arg(long, value_name = "ID")]
    decision: Option<DecisionId>,
    /// Who acts [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

/// A term.
#[derive(Args)]
pub struct For {
    /// Until when: a day or an exact time, within two years.
    #[arg(long, value_name = "WHEN")]
    until: String,
    /// Who stands in.
    #[arg(long, value_name = "MEMBER")]
    deputy: Option<String>,
    #[command(flatten)]
    how: How,
}

impl Role {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Add { title, decides, holds, how } => {
                let by = look_up::member_or_first_steward(app, how.by.as_deref()).await?;
                let wish = Wish { title, decides, holds };
                let role = hold_role::add(app, &by, wish, how.decision).await?;
                print(app, output, &role).await
            }
            Self::List => {
                for role in read(app, roles::list).await? {
                    print(app, output, &role).await?;
                }
                Ok(())
            }
            Self::Ask { role, name, until, end, by } => {
                let role = find(app, &role).await?;
                let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                let locale = Locale::find(&app.collective.language);
                let asked = match (name, end) {
                    (Some(name), _) => {
                        let holder = look_up::member(app, &name).await?.id;
                        let until = match until {
                            Some(until) => look_up::until(app, &until)?,
                            None => app.now().saturating_add(HOUSE_TERM)?,
                        };
                        let naming = (role.id, holder, until);
                        ask_assembly::ask_to_name(app, &by, naming, &locale).await?
                    }
                    (None, Some(term)) => {
                        let theirs = read(app, move |conn| roles::list_terms_of(conn, role.id));
                        if !theirs.await?.iter().any(|each| each.id == term) {
                            let hint = "`mutuals role list --json` shows the terms of each role";
                            return Err(anyhow::Error::from(Error::NotFound).context(hint));
                        }
                        ask_assembly::ask_to_end(app, &by, term, &locale).await?
                    }
                    (None, None) => anyhow::bail!("say whom to name, or which term to end"),
                };
                decisions::show(app, output, asked.id).await
            }
            Self::Give { role, holder, term } => {
                let role = find(app, &role).await?;
                let holder = look_up::member(app, &holder).await?;
                term.give(app, output, &role, holder.id).await
            }
            Self::Renew { role, holder, term } => {
                let role = find(app, &role).await?;
                let current = find_term(app, &role, holder.as_deref()).await?;
                let holder = current.holder.ok_or(Error::NotFound)?;
                term.give(app, output, &role, holder).await
            }
            Self::HandOver { role, add, tick, untick, remove, by } => {
                let role = find(app, &role).await?;
                let by = look_up::member_or_first_steward(app, by.as_deref()).await?;
                let steps = [(tick, Step::Tick), (untick, Step::Untick), (remove, Step::Remove)];
                let steps: Vec<_> =
                    steps.into_iter().filter_map(|(line, step)| Some((line?, step))).collect();
                if !steps.is_empty() {
                    hold_role::hand_over(app, &by, role.id, steps).await?;
                }
                if let Some(line) = add {
                    hold_role::add_line(app, &by, role.id, &line).await?;
                }
                print_lines(app, output, &role).await
            }
            Self::End { role, holder, for_good, how } => {
                let role = find(app, &role).await?;
                let by = look_up::member_or_first_steward(app, how.by.as_deref()).await?;
                if for_good {
                    hold_role::end(app, &by, role.id, how.decision).await?;
                } else {
                    let term = find_term(app, &role, holder.as_deref()).await?;
                    hold_role::give_back(app, &by, term.id, how.decision).await?;
                }
                let ended = read(app, move |conn| roles::find(conn, role.id)).await?;
                print(app, output, &ended).await
            }
        }
    }
}

impl For {
    async fn give(
        self,
        app: &App,
        output: &Output,
        role: &Held,
        holder: MemberId,
    ) -> anyhow::Result<()> {
        let by = look_up::member_or_first_steward(app, self.how.by.as_deref()).await?;
        let deputy = match &self.deputy {
            Some(deputy) => Some(look_up::member(app, deputy).await?.id),
            None => None,
        };
        let giving = Giving {
            holder,
            deputy,
            ends_at: look_up::until(app, &self.until)?,
            decision: self.how.decision,
        };
        hold_role::give(app, &by, role.id, giving).await?;
        print(app, output, role).await
    }
}

/// A role by its name or id.
async fn find(app: &App, typed: &str) -> anyhow::Result<Held> {
    let wanted = typed.to_owned();
    let found = read(app, move |conn: &mut Conn| match wanted.parse() {
        _ if wanted == HOUSE_NAME => roles::find(conn, HOUSE),
        Ok(id) => roles::find(conn, id),
        Err(_) => roles::find_by_title(conn, &wanted)?.ok_or(Error::NotFound),
    });
    found.await.map_err(|error| match error {
        Error::NotFound => anyhow::Error::from(Error::NotFound)
            .context(format!("there is no role {typed:?}; `mutuals role list` shows all")),
        other => other.into(),
    })
}

/// The term of a role that is meant: the only one, or that of somebody.
async fn find_term(app: &App, role: &Held, holder: Option<&str>) -> anyhow::Result<Term> {
    let id = role.id;
    let mut terms = read(app, move |conn| roles::list_terms_of(conn, id)).await?;
    terms.retain(|term| term.holder.is_some());
    if let Some(holder) = holder {
        let holder = look_up::member(app, holder).await?.id;
        terms.retain(|term| term.holder == Some(holder));
    }
    let term = terms.pop().ok_or_else(|| {
        anyhow::Error::from(Error::NotFound).context("nobody holds it".to_owned())
    })?;
    anyhow::ensure!(terms.is_empty(), "several hold it: say whose term with --holder MEMBER");
    Ok(term)
}

async fn print(app: &App, output: &Output, role: &Held) -> anyhow::Result<()> {
    let (id, now) = (role.id, app.now());
    let (terms, names) = read(app, move |conn| {
        let names = crate::db::members::list(conn)?;
        Ok((roles::list_terms_of(conn, id)?, names))
    })
    .await?;
    let name = |who: Option<MemberId>| {
        names.iter().find(|member| Some(member.id) == who).map(|member| member.name.clone())
    };
    let open = terms.iter().filter(|term| term.lapsed_at.is_none() && term.holder.is_some());
    let is_last = open.count() < 2;
    let state = |term: &Term| match term.state(is_last, now) {
        State::Running => "running",
        State::Due => "due",
        State::Resting => "resting",
    };
    let held: Vec<_> = terms
        .iter()
        .map(|term| {
            json!({
                "id": term.id.to_string(),
                "holder": name(term.holder),
                "deputy": name(term.deputy),
                "since": term.starts_at,
                "until": term.ends_at,
                "state": state(term),
                "decision": term.decision.map(|decision| decision.to_string()),
            })
        })
        .collect();
    let title = if role.is_house() { HOUSE_NAME } else { &role.title };
    let json = json!({
        "id": role.id.to_string(),
        "title": title,
        "decides": role.decides,
        "holds": role.holds,
        "ended": role.ended_at,
        "terms": held,
    });
    let lines = terms.iter().map(|term| {
        let holder = name(term.holder).unwrap_or_else(|| "nobody".to_owned());
        format!("  {holder}  until {}  {}", term.ends_at, state(term))
    });
    let sentence =
        std::iter::once(format!("{}  {title}", role.id)).chain(lines).collect::<Vec<_>>();
    output.line(&sentence.join("\n"), &json);
    Ok(())
}

async fn print_lines(app: &App, output: &Output, role: &Held) -> anyhow::Result<()> {
    let id = role.id;
    let found =
        read(app, move |conn| Ok((roles::list_lines(conn, id)?, roles::list_terms_of(conn, id)?)));
    let (lines, terms) = found.await?;
    let term = terms.first().filter(|_| !role.is_house());
    for line in &lines {
        let is_ticked = line.is_ticked(term);
        let json = json!({"id": line.id.to_string(), "line": line.text, "done": is_ticked});
        let mark = if is_ticked { "x" } else { " " };
        output.line(&format!("{}  [{mark}] {}", line.id, line.text), &json);
    }
    if lines.is_empty() {
        output.tell("Nothing is on the list: --add LINE");
    }
    Ok(())
}
