//! `mutuals duty add|list|show|edit|end|wake`

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::duty::{Keepers, add_duty, edit_duty, end_duty, wake_duty};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db::{Conn, duties, kept, turns};
use crate::domain::duty::{self, DutyPrivate};
use crate::domain::duty_draft::DutyDraft;
use crate::domain::id::{DutyId, MemberId};
use crate::domain::kept::Kept;
use crate::domain::member::Member;
use crate::domain::quarter::Quarter;
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
    /// Change what is named; "" empties what may be empty. Turns that are on none of its days any
    /// more are moved or called off.
    Edit(Box<Changed>),
    /// End it for good: what is to come is called off.
    End(Of),
    /// Wake it: it has two periods again.
    Wake(Of),
}

#[derive(Args)]
pub struct Of {
    /// Its title or id.
    duty: String,
    /// Who acts: who looks after it, or a steward [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

// What is not named stays as it is.
#[derive(Args)]
pub struct Changed {
    #[command(flatten)]
    of: Of,
    /// A few words.
    #[arg(long)]
    title: Option<String>,
    /// More, in Markdown.
    #[arg(long)]
    text: Option<String>,
    /// A recurrence rule (RFC 5545) without an end.
    #[arg(long, value_name = "RRULE")]
    rhythm: Option<String>,
    /// The day of the first turn.
    #[arg(long, value_name = "DATE")]
    day: Option<String>,
    /// When a turn begins, by the clock on the wall.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// When it ends.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How many people a turn needs.
    #[arg(long, value_name = "N")]
    needed: Option<String>,
    /// How many places there are to learn it.
    #[arg(long, value_name = "N")]
    learners: Option<String>,
    /// A coarse place by name.
    #[arg(long)]
    place: Option<String>,
    /// Who may know of it: public or members.
    #[arg(long)]
    audience: Option<String>,
    /// The language of title and text.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// What is counted at each turn.
    #[arg(long)]
    counts: Option<String>,
    /// What it would be missed for, all of it anew. May be given several times.
    #[arg(long = "function", value_name = "WORD")]
    functions: Vec<String>,
    /// The first day of a pause.
    #[arg(long, value_name = "DATE", requires = "pause_until")]
    pause_from: Option<String>,
    /// The last day of a pause.
    #[arg(long, value_name = "DATE", requires = "pause_from")]
    pause_until: Option<String>,
    /// A day without, all of them anew. May be given several times.
    #[arg(long = "without", value_name = "DATE")]
    days_without: Vec<String>,
    /// Who keeps its turns together.
    #[arg(long, value_name = "MEMBER")]
    keeper: Option<String>,
    /// Until when.
    #[arg(long, value_name = "DATE")]
    keeper_until: Option<String>,
    /// Who stands in for them.
    #[arg(long, value_name = "MEMBER")]
    deputy: Option<String>,
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
            Self::Edit(changed) => changed.run(app, output).await,
            Self::End(of) => {
                let (duty, by) = of.find(app).await?;
                end_duty(app, &by, duty.id).await?;
                print(app, output, duty.id).await
            }
            Self::Wake(of) => {
                let (duty, by) = of.find(app).await?;
                wake_duty(app, &by, duty.id).await?;
                print(app, output, duty.id).await
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

impl Of {
    async fn find(&self, app: &App) -> anyhow::Result<(duty::Duty, Member)> {
        let found = look_up::duty(app, &self.duty).await?;
        Ok((found, look_up::member_or_first_steward(app, self.by.as_deref()).await?))
    }
}

impl Changed {
    async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (found, by) = self.of.find(app).await?;
        let id = found.id;
        let private = read(app, move |conn| duties::find_private(conn, id)).await?;
        let keepers = Keepers {
            keeper: named(app, self.keeper.as_deref(), private.keeper).await?,
            until: self.keeper_until.as_deref().map(|it| look_up::until(app, it)).transpose()?,
            deputy: named(app, self.deputy.as_deref(), private.deputy).await?,
        };
        edit_duty(app, &by, id, &self.draft(&found), keepers).await?;
        print(app, output, id).await
    }

    fn draft(self, found: &duty::Duty) -> DutyDraft {
        let was = DutyDraft::of(&found.content, &found.schedule);
        let days = self.days_without;
        DutyDraft {
            title: self.title.unwrap_or(was.title),
            text: self.text.unwrap_or(was.text),
            language: self.language.unwrap_or(was.language),
            place: self.place.unwrap_or(was.place),
            audience: self.audience.unwrap_or(was.audience),
            functions: if self.functions.is_empty() { was.functions } else { self.functions },
            counts: self.counts.unwrap_or(was.counts),
            rhythm: self.rhythm.unwrap_or(was.rhythm),
            zone: was.zone,
            day: self.day.unwrap_or(was.day),
            from: self.from.unwrap_or(was.from),
            until: self.until.unwrap_or(was.until),
            needed: self.needed.unwrap_or(was.needed),
            learners: self.learners.unwrap_or(was.learners),
            pause_from: self.pause_from.unwrap_or(was.pause_from),
            pause_until: self.pause_until.unwrap_or(was.pause_until),
            days_without: if days.is_empty() { was.days_without } else { days.join("\n") },
        }
    }
}

/// Who is named now; who was, if nobody is, and nobody for "".
async fn named(
    app: &App,
    typed: Option<&str>,
    was: Option<MemberId>,
) -> anyhow::Result<Option<MemberId>> {
    match typed {
        None => Ok(was),
        Some("") => Ok(None),
        Some(name) => Ok(Some(look_up::member(app, name).await?.id)),
    }
}

async fn print(app: &App, output: &Output, id: DutyId) -> anyhow::Result<()> {
    let (now, ours) = (app.now(), app.zone.clone());
    let find = move |conn: &mut Conn| {
        let next = turns::list_next(conn, id, now, 1)?.pop();
        let last = turns::find_last_kept(conn, id)?;
        let duty = duties::find(conn, id)?;
        let zone = duty.schedule.zone(&ours);
        let quarter = kept::find(conn, id, Quarter::of(now, &zone).before(), &zone)?;
        Ok((duty, duties::find_private(conn, id)?, (next, last), quarter))
    };
    let (duty, private, (next, last), quarter) = read(app, find).await?;
    line(app, output, (&duty, &private), (next.as_ref(), last.as_ref()), quarter);
    Ok(())
}

fn line(
    app: &App,
    output: &Output,
    (duty, private): (&duty::Duty, &DutyPrivate),
    (next, last): (Option<&Turn>, Option<&Turn>),
    quarter: Option<Kept>,
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
        "quarter": quarter.map(|kept| json!({
            "quarter": kept.quarter.to_string(),
            "due": kept.due,
            "kept": kept.kept,
            "by_cover": kept.by_cover,
            "people": kept.carried.map(|carried| carried.people),
            "new": kept.carried.map(|carried| carried.new),
        })),
    });
    let went = quarter.map_or_else(String::new, |kept| went(app, duty, &kept));
    let coming = next.map_or_else(String::new, |turn| {
        format!("  next {}: {} of {}", turn.starts_at, turn.taken, turn.needed)
    });
    output.line(&format!("{}  {state:6}  {}{coming}{went}", duty.id, content.title), &json);
}

/// October to December in a line, and the question that the page of the duty asks.
fn went(app: &App, duty: &duty::Duty, kept: &Kept) -> String {
    let counted =
        format!("{}: kept {} of {}, {} by cover", kept.quarter, kept.kept, kept.due, kept.by_cover);
    let carried = kept.carried.map_or_else(String::new, |carried| {
        format!("; carried by {} people, {} new", carried.people, carried.new)
    });
    let now = Quarter::of(app.now(), &duty.schedule.zone(&app.zone));
    let asked = now.after().first_day().filter(|_| duty.is_live());
    let asked = asked.map_or_else(String::new, |day| format!("; who keeps this from {day}?"));
    format!("  {counted}{carried}{asked}")
}
