//! The stewards' page for what was chosen when the house was set up and can be changed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::change_settings::change_settings;
use crate::app::App;
use crate::config::Config;
use crate::domain::collective::check_name;
use crate::domain::refusal::Refusal;
use crate::domain::settings::{
    KEEPS, Settings, check_area, check_keep_days, check_summary, check_time_zone,
};
use crate::error::Error;
use crate::i18n::Locale;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;
use crate::web::zones::{self, Part};

/// This page.
const PATH: &str = "/steward/settings";

#[derive(Template)]
#[template(path = "steward/settings.html")]
struct SettingsPage {
    page: Page,
    name: String,
    summary: String,
    area: String,
    time_zone: String,
    /// The zone that the operator wrote down, if there is one: then nothing is chosen here.
    fixed_zone: Option<String>,
    parts: Vec<Part>,
    /// For how long what is over stays, as the operator wrote it down: then nothing is chosen here.
    fixed_keep: Option<String>,
    keeps: Vec<Keep>,
    address: String,
    problems: Vec<(&'static str, String)>,
}

/// For how long what is over may stay.
pub struct Keep {
    /// The days.
    pub days: i64,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

impl SettingsPage {
    fn problem(&self, name: &str) -> Option<&str> {
        let found = self.problems.iter().find(|(field, _)| *field == name);
        found.map(|(_, says)| says.as_str())
    }
}

/// `GET /steward/settings`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, None, &[])
}

/// `POST /steward/settings`
pub async fn save(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (new, refusals) = read(&app, &fields);
    if !refusals.is_empty() {
        return page(&app, &steward, Some(&fields), &refusals);
    }
    let (name, summary) = (fields.text("name"), fields.text("summary"));
    let by = Some(steward.member.id);
    match change_settings(&app, by, (&name, &summary), new).await {
        Ok(()) => Ok(go_on(&app, PATH, "settings-done", &[])),
        Err(Error::Refused(refusal)) => {
            page(&app, &steward, Some(&fields), &[(field_of(refusal), refusal)])
        }
        Err(other) => Err(other.into()),
    }
}

/// What was chosen, and everything that is wrong with it.
fn read(app: &App, fields: &Fields) -> (Settings, Vec<(&'static str, Refusal)>) {
    let mut new = Settings::clone(&app.settings);
    let mut refusals = Vec::new();
    let mut note = |refusal: Refusal| refusals.push((field_of(refusal), refusal));
    if let Err(refusal) = check_name(&fields.text("name")) {
        note(refusal);
    }
    if let Err(refusal) = check_summary(&fields.text("summary")) {
        note(refusal);
    }
    match check_area(&fields.text("area")) {
        Ok(area) => new.area = area,
        Err(refusal) => note(refusal),
    }
    if app.config.retention.days == 0 {
        match check_keep_days(&fields.text("keep_days")) {
            Ok(days) => new.keep_days = days,
            Err(refusal) => note(refusal),
        }
    }
    if app.config.time_zone.is_empty() {
        match check_time_zone(&fields.text("time_zone")) {
            Ok(name) => new.time_zone = name,
            Err(refusal) => note(refusal),
        }
    }
    (new, refusals)
}

fn field_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::SummaryTooLong => "summary",
        Refusal::AreaUnfit => "area",
        Refusal::KeepDaysUnfit => "keep_days",
        Refusal::TimeZoneUnknown => "time_zone",
        _ => "name",
    }
}

fn page(
    app: &App,
    steward: &Steward,
    tried: Option<&Fields>,
    refusals: &[(&'static str, Refusal)],
) -> Result<Response, Problem> {
    let locale = &steward.visitor.locale;
    let typed = |name: &str, stored: &str| match tried {
        Some(fields) => fields.text(name),
        None => stored.to_owned(),
    };
    let settings = &app.settings;
    let time_zone = typed("time_zone", &settings.time_zone);
    let days = typed("keep_days", &settings.keep_days.to_string());
    let status =
        if refusals.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let template = SettingsPage {
        page: Page::new(app, &steward.visitor, locale.say("settings-title")).found_at(PATH),
        name: typed("name", &app.collective.name),
        summary: typed("summary", &app.collective.summary),
        area: typed("area", &settings.area),
        fixed_zone: Some(app.config.time_zone.clone()).filter(|zone| !zone.is_empty()),
        parts: zones::parts(&time_zone),
        time_zone,
        fixed_keep: fixed_keep(&app.config, locale),
        keeps: keeps(&days),
        address: format!("@{}", app.collective.address()),
        problems: refusals
            .iter()
            .map(|(field, refusal)| (*field, locale.say(refusal.key())))
            .collect(),
    };
    answer(status, &template)
}

/// What is said instead of a choice, if the operator wrote down for how long what is over stays.
pub fn fixed_keep(config: &Config, locale: &Locale) -> Option<String> {
    let days = i64::from(config.retention.days);
    (days > 0).then(|| locale.say_with("settings-keep-fixed", [("count", days.into())]))
}

/// For how long what is over may stay.
pub fn keeps(chosen: &str) -> Vec<Keep> {
    KEEPS.into_iter().map(|days| Keep { days, is_chosen: days.to_string() == chosen }).collect()
}
