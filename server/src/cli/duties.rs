//! `mutuals duty add|list|show`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::duty::{Keepers, add_duty};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::{Conn, duties, turns};
use crate::domain::duty::{self, DutyPrivate};
use crate::domain::duty_draft::DutyDraft;
use crate::domain::id::DutyId;
use crate::domain::turn::Turn;

#[derive(Subcommand)]
pub enum Duty {
    /// Keep something going: its turns of the next eight weeks are planned at once.
    Add(Box<New>),
    /// What is kept going, by title.
    List,
    /// One of them.
    Show {
        /// Its title or id.
        duty: String,
    },
}

#[derive(Args)]
pub struct New {
    /// A few words.
    #[arg(long)]
    title: String,
    /// More, in Markdown.
    #[arg(long, default_value = "")]
    text: String,
    /// A recurrence rule (RFC 5545) without an end: FREQ=WEEKLY;BYDAY=TU or FREQ=MONTHLY;BYDAY=1SA.
    #[arg(long, value_name = "RRULE")]
    rhythm: String,
    /// The day of the first turn: 2026-11-24.
    #[arg(long, value_name = "DATE")]
    day: String,
    /// When a turn begins, by the clock on the wall: 16:00.
    #[arg(long, value_name = "TIME")]
    from: String,
    /// When it ends: 20:00. Before the beginning, it is on the next day.
    #[arg(long, value_name = "TIME")]
    until: String,
    /// How many people a turn needs.
    #[arg(long, value_name = "N")]
    needed: String,
    /// How many places there are to learn it.
    #[arg(long, value_name = "N", default_value = "1")]
    learners: String,
    /// A coarse place by name.
    #[arg(long, default_value = "")]
    place: String,
    /// Who may know of it: public or members.
    #[arg(long, default_value = "members")]
    audience: String,
    /// The language of title and text [default: the collective's].
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// What is counted at each turn, such as meals.
    #[arg(long, default_value = "")]
    counts: String,
    /// What it would be missed for: food, childcare, rides, repairs, company, legal-help, burial,
    /// or your own word. May be given several times.
    #[arg(long = "function", value_name = "WORD")]
    functions: Vec<String>,
    /// The zone of its clock, such as Europe/Berlin [default: the collective's].
    #[arg(long)]
    zone: Option<String>,
    /// The first day of a pause.
    #[arg(long, value_name = "DATE", default_value = "", requires = "pause_until")]
    pause_from: String,
    /// The last day of a pause.
    #[arg(long, value_name = "DATE", default_value = "", requires = "pause_from")]
    pause_until: String,
    /// A day without. May be given several times.
    #[arg(long = "without", value_name = "DATE")]
    days_without: Vec<String>,
    /// Who keeps its turns together: a member's name or id.
    #[arg(long, value_name = "MEMBER")]
    keeper: Option<String>,
    /// Until when [default: half a year from now].
    #[arg(long, value_name = "DATE", requires = "keeper")]
    keeper_until: Option<String>,
    /// Who stands in for them.
    #[arg(long, value_name = "MEMBER")]
    deputy: Option<String>,
    /// The steward who acts [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

impl Duty {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Add(new) => new.run(app, output).await,
            Self::List => {
                let all = read(app, duties::list).await?;
                for duty in all {
                    print(app, output, duty.id).await?;
                }
                Ok(())
            }
            Self::Show { duty } => {
                let found = look_up::duty(app, &duty).await?;
                print(app, output, found.id).await
            }
        }
    }
}

impl New {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        if let Some(zone) = &self.zone {
            let known = jiff::tz::TimeZone::get(zone);
            anyhow::ensure!(known.is_ok(), "{zone:?} is no time zone: write it as Europe/Berlin");
        }
        let by = look_up::member_or_first_steward(app, self.by.as_deref()).await?;
        let keepers = Keepers {
            keeper: look_up::member_if_any(app, self.keeper.as_deref()).await?,
            until: self.keeper_until.map(|until| look_up::until(app, &until)).transpose()?,
            deputy: look_up::member_if_any(app, self.deputy.as_deref()).await?,
        };
        let draft = DutyDraft {
            title: self.title,
            text: self.text,
            language: self.language.unwrap_or_else(|| app.collective.language.clone()),
            place: self.place,
            audience: self.audience,
            functions: self.functions,
            counts: self.counts,
            rhythm: self.rhythm,
            zone: self.zone,
            day: self.day,
            from: self.from,
            until: self.until,
            needed: self.needed,
            learners: self.learners,
            pause_from: self.pause_from,
            pause_until: self.pause_until,
            days_without: self.days_without.join("\n"),
        };
        let duty = add_duty(app, &by, &draft, keepers).await?;
        print(app, output, duty.id).await
    }
}

async fn print(app: &App, output: &Output, id: DutyId) -> anyhow::Result<()> {
    let now = app.now();
    let find = move |conn: &mut Conn| {
        let next = turns::list_next(conn, id, now, 1)?.pop();
        let last = turns::find_last_kept(conn, id)?;
        Ok((duties::find(conn, id)?, duties::find_private(conn, id)?, next, last))
    };
    let (duty, private, next, last) = read(app, find).await?;
    line(app, output, (&duty, &private), (next.as_ref(), last.as_ref()));
    Ok(())
}

fn line(
    app: &App,
    output: &Output,
    (duty, private): (&duty::Duty, &DutyPrivate),
    (next, last): (Option<&Turn>, Option<&Turn>),
) {
    let (content, schedule) = (&duty.content, &duty.schedule);
    let state = match (duty.ended_at, duty.asleep_at) {
        (Some(_), _) => "ended",
        (None, Some(_)) => "asleep",
        (None, None) => "awake",
    };
    let urls = app.collective.urls();
    let json = json!({
        "id": duty.id.to_string(),
        "url": urls.duty(duty.id),
        "title": content.title,
        "text": content.text,
        "language": content.language,
        "place": content.place,
        "audience": content.audience.word(),
        "functions": content.functions,
        "counts": content.counts,
        "rhythm": schedule.rhythm.to_string(),
        "zone": schedule.zone,
        "first": schedule.start.to_string(),
        "minutes": schedule.minutes,
        "needed": schedule.needed,
        "learners": schedule.learners,
        "pause_from": schedule.pause.map(|(from, _)| from.to_string()),
        "pause_until": schedule.pause.map(|(_, until)| until.to_string()),
        "without": schedule.days_without.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "keeper": private.keeper.map(|keeper| keeper.to_string()),
        "keeper_until": private.keeper_until,
        "deputy": private.deputy.map(|deputy| deputy.to_string()),
        "calendar": urls.duty_calendar(&private.calendar_token),
        "state": state,
        "next": next.map(|turn| turn.starts_at),
        "next_turn": next.map(|turn| turn.id.to_string()),
        "last_kept": last.map(|turn| turn.starts_at),
    });
    let coming = next.map_or_else(String::new, |turn| {
        format!("  next {}: {} of {}", turn.starts_at, turn.taken, turn.needed)
    });
    output.line(&format!("{}  {state:6}  {}{coming}", duty.id, content.title), &json);
}
