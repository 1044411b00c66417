//! The stewards' page about backups: what the server made by itself, what it tried with them; and,
//! after a return from one, what to look at before this instance speaks again.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;

use crate::actions::quarantine::{self, Status};
use crate::app::App;
use crate::db::Conn;
use crate::db::backup_runs::{self, Kind, Run};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::Form;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;
use crate::web::words::{Day, Words};

/// This page.
const PATH: &str = "/steward/backups";
/// How many lines are shown.
const LINES: i64 = 60;
/// Without a backup for longer than this something is wrong.
const STALE: SignedDuration = SignedDuration::from_hours(48);

#[derive(Template)]
#[template(path = "steward/backups.html")]
struct Backups {
    page: Page,
    /// After a return from a backup.
    restored: Option<Restored>,
    problem: Option<String>,
    /// At what time of the day; none if the server makes none.
    at: Option<String>,
    /// Where, if it is not the usual place.
    folder: Option<String>,
    days: i64,
    last: Option<Day>,
    is_stale: bool,
    /// Nothing was tried yet, in a house that is not old enough for that to be wrong.
    is_first_to_come: bool,
    test: Option<Day>,
    lines: Vec<Line>,
}

struct Restored {
    made: String,
    at: String,
    going_out: i64,
    came_in: i64,
}

struct Line {
    day: Day,
    what: String,
    /// What went wrong, in English.
    why: Option<String>,
    file: Option<String>,
    size: Option<String>,
    state: String,
}

/// Everything that is read for the page.
struct Found {
    status: Status,
    runs: Vec<Run>,
    last: Option<Run>,
    test: Option<Run>,
}

/// `GET /steward/backups`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, false).await
}

/// `POST /steward/backups/confirm`: somebody looked, and this instance speaks again.
pub async fn confirm(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if !app.is_in_quarantine() {
        return Err(Problem::NotFound);
    }
    if !fields.ticked("looked") {
        return page(&app, &steward, true).await;
    }
    let by = Some(steward.member.id);
    quarantine::confirm(&app, by, fields.ticked("leave_out")).await?;
    Ok(go_on(&app, PATH, "restored-done", &[]))
}

async fn page(app: &App, steward: &Steward, must_look: bool) -> Result<Response, Problem> {
    let found = app.db.read(Found::read).await?;
    let words = Words::new(app, &steward.visitor);
    let config = &app.config.backup;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let since = words.now.saturating_sub(STALE).unwrap_or(words.now);
    let is_fresh = found.last.as_ref().is_some_and(|run| run.began_at >= since);
    let is_first_to_come = found.runs.is_empty() && app.collective.created_at >= since;
    let day = |run: Option<&Run>| run.map(|run| words.lately(run.began_at));
    let template = Backups {
        page: Page::new(app, &steward.visitor, words.locale.say("backups-title")).found_at(PATH),
        restored: found.status.restore.map(|restore| Restored {
            made: words.time(restore.made_at),
            at: words.time(restore.restored_at),
            going_out: found.status.going_out,
            came_in: found.status.came_in,
        }),
        problem: must_look.then(|| words.locale.say("restored-must-look")),
        at: text(&config.at),
        folder: text(&config.folder),
        days: i64::from(config.days),
        last: day(found.last.as_ref()),
        is_stale: !config.at.is_empty() && !is_fresh && !is_first_to_come,
        is_first_to_come: !config.at.is_empty() && is_first_to_come,
        test: day(found.test.as_ref()),
        lines: found.runs.iter().map(|run| line(&words, run)).collect(),
    };
    let status = if must_look { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer(status, &template)
}

impl Found {
    fn read(conn: &mut Conn) -> Result<Self, Error> {
        Ok(Self {
            status: quarantine::status(conn)?,
            runs: backup_runs::list(conn, LINES)?,
            last: backup_runs::find_last_good(conn, Kind::Backup)?,
            test: backup_runs::find_last_good(conn, Kind::Test)?,
        })
    }
}

fn line(words: &Words<'_>, run: &Run) -> Line {
    let what = match run.kind {
        Kind::Backup => "backups-line-backup",
        Kind::Test => "backups-line-test",
    };
    let state = match (run.ended_at, run.removed_at) {
        (None, _) => "backups-state-under-way",
        (Some(_), _) if run.problem.is_some() => "backups-state-failed",
        (Some(_), _) if run.kind == Kind::Test => "backups-state-tested",
        (Some(_), Some(_)) => "backups-state-removed",
        (Some(_), None) => "backups-state-kept",
    };
    Line {
        day: words.lately(run.began_at),
        what: words.locale.say(what),
        why: run.problem.clone(),
        file: run.file.clone(),
        size: run.bytes.map(megabytes),
        state: words.locale.say(state),
    }
}

/// Millions of bytes, with one decimal.
fn megabytes(bytes: i64) -> String {
    let tenths = bytes.max(0).saturating_add(99_999) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up_to_a_tenth_of_a_megabyte() {
        let all = [0, 1, 100_000, 100_001, 12_345_678].map(megabytes);
        assert_eq!(all, ["0.0", "0.1", "0.1", "0.2", "12.4"]);
    }
}
