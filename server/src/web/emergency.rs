//! The emergency sheet: to be printed, and kept where people find it when the server is gone. It says
//! where this runs, who holds what, by the names of roles as they stand on the map of power, where
//! backups are, and how to put one back, step by step, with Docker and without. Nothing private stands
//! on it, nobody's name and no key that opens anything: what only some should know is written by hand,
//! on the lines for it (mission J11).

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::web::error::Problem;
use crate::web::page::{Page, show as render};
use crate::web::role_lines::{Held, thing, things};
use crate::web::session::Steward;
use crate::web::words::Words;

/// What the version on the sheet is.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Template)]
#[template(path = "steward/emergency.html")]
struct Sheet {
    page: Page,
    day: String,
    address: String,
    host: String,
    engine: &'static str,
    version: &'static str,
    is_postgres: bool,
    holders: Vec<Holders>,
    at: Option<String>,
    folder: Option<String>,
    days: i64,
    /// The public half of the recovery key for which backups are made, if it is known.
    public_key: Option<String>,
    /// Lines to write on, by what they are for.
    blank: Vec<String>,
}

/// Something, and the roles that hold it.
struct Holders {
    thing: String,
    roles: String,
}

/// `GET /steward/emergency`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    let public_key = public_key(&app).await;
    let held = app.db.read(Held::read).await?;
    let words = Words::new(&app, &steward.visitor);
    let config = &app.config.backup;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let roles = held.by_title(&words);
    let holders = |wanted: &String| {
        let with = roles.iter().filter(|(_, role)| role.holds.contains(wanted));
        let titles: Vec<&str> = with.map(|(title, _)| title.as_str()).collect();
        Holders { thing: thing(&words, wanted), roles: titles.join(", ") }
    };
    let blank = [
        "emergency-line-machine",
        "emergency-line-key",
        "emergency-line-copies",
        "emergency-line-people",
    ];
    render(&Sheet {
        page: Page::new(&app, &steward.visitor, words.locale.say("emergency-title")),
        day: words.locale.day(words.now, &app.zone),
        address: app.collective.base.to_string(),
        host: app.collective.domain(),
        engine: app.db.engine(),
        version: VERSION,
        is_postgres: !app.db.has_one_server(),
        holders: things(&held.roles).iter().map(holders).collect(),
        at: text(&config.at),
        folder: text(&config.folder),
        days: i64::from(config.days),
        public_key,
        blank: blank.into_iter().map(|id| words.locale.say(id)).collect(),
    })
}

/// For which recovery key backups are made. None where nobody said so, or it cannot be read: then the
/// sheet is printed without it.
async fn public_key(app: &App) -> Option<String> {
    let place = app.data.get()?.join("backup").join("recipient");
    let text = tokio::fs::read_to_string(place).await.ok()?;
    Some(text.trim().to_owned()).filter(|key| key.starts_with("age1"))
}
