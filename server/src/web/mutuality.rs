//! The picture of mutuality, for members: three groups of figures that are never added up, each
//! beside the sentence that it stands for, how it was computed, and what it cannot know. Only what
//! was frozen is shown, so that two looks at a quarter show the same.

mod carry;
mod hands;
mod last;
mod pictures;
mod says;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use crate::actions::release_mutuality::WAITS;
use crate::app::App;
use crate::db::mutuality::find_first;
use crate::db::mutuality_releases::{self as releases, Release};
use crate::db::{Conn, duties, roles};
use crate::domain::duty::{Duty, DutyPrivate};
use crate::domain::mutuality::report::WINDOWS;
use crate::domain::quarter::Quarter;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Query};
use crate::web::page::{Page, show as render};
use crate::web::session::FullMember;
use crate::web::words::Words;
use says::{Group, Says};

/// This page.
const PATH: &str = "/mutuality";
/// The months that are shown if nothing else is asked for.
const USUAL: i32 = 12;
/// So many older quarters are linked.
const OLDER: usize = 8;

#[derive(Template)]
#[template(path = "mutuality/show.html")]
struct Shown {
    page: Page,
    /// Which months these are; nothing if there are no figures yet.
    months: Option<String>,
    /// When the first figures come.
    first_on: String,
    windows: Vec<Link>,
    quarters: Vec<Link>,
    is_too_few: bool,
    groups: Vec<Group>,
}

struct Link {
    href: String,
    label: String,
    is_current: bool,
}

/// Everything that is read for the page.
struct Found {
    quarters: Vec<Quarter>,
    release: Option<Release>,
    /// When the first thing was done that the figures know of.
    first: Option<Timestamp>,
    roles: Vec<pictures::Held>,
    duties: Vec<(Duty, DutyPrivate)>,
}

/// `GET /mutuality`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (quarter, months) = asked(&fields)?;
    let found = app.db.read(move |conn| Found::read(conn, quarter, months)).await?;
    let words = Words::new(&app, &visitor);
    let page = Page::new(&app, &visitor, words.locale.say("mutuality-title"));
    render(&found.page(page, &words, months))
}

/// What the address asks for.
fn asked(fields: &Fields) -> Result<(Option<Quarter>, i32), Problem> {
    let months = match fields.text("months").as_str() {
        "" => USUAL,
        typed => typed.parse().map_err(|_| Problem::NotFound)?,
    };
    let quarter = match fields.text("quarter").as_str() {
        "" => None,
        typed => Some(typed.parse().map_err(|_| Problem::NotFound)?),
    };
    if WINDOWS.contains(&months) { Ok((quarter, months)) } else { Err(Problem::NotFound) }
}

impl Found {
    fn read(conn: &mut Conn, quarter: Option<Quarter>, months: i32) -> Result<Self, Error> {
        let quarters = releases::list_quarters(conn)?;
        let release = match quarter.or(quarters.first().copied()) {
            Some(quarter) => Some(releases::find(conn, quarter, months)?),
            None => None,
        };
        let mut found = Vec::new();
        for duty in duties::list_live(conn)? {
            let private = duties::find_private(conn, duty.id)?;
            found.push((duty, private));
        }
        let (first, roles) = (find_first(conn)?, list_roles(conn)?);
        Ok(Self { quarters, release, first, roles, duties: found })
    }

    fn page(&self, page: Page, words: &Words<'_>, months: i32) -> Shown {
        let Some(release) = &self.release else {
            let first_on = first_on(self.first.unwrap_or(words.now), words);
            let (windows, quarters, groups) = (Vec::new(), Vec::new(), Vec::new());
            return Shown {
                page,
                months: None,
                first_on,
                windows,
                quarters,
                is_too_few: false,
                groups,
            };
        };
        let says = Says { locale: words.locale, report: &release.report };
        let is_too_few = release.report.is_too_few();
        let groups = match is_too_few {
            true => Vec::new(),
            false => vec![
                carry::group(&says),
                last::group(&says),
                hands::group(&says, pictures::terms(&self.roles, &self.duties, words)),
            ],
        };
        let newest = self.quarters.first() == Some(&release.quarter);
        Shown {
            months: Some(name_months(release, words)),
            first_on: String::new(),
            windows: WINDOWS.map(|each| window_link(each, months, release, newest, words)).into(),
            quarters: self.older(release.quarter, months, words),
            is_too_few,
            groups,
            page,
        }
    }

    fn older(&self, shown: Quarter, months: i32, words: &Words<'_>) -> Vec<Link> {
        let link = |quarter: &Quarter| Link {
            href: format!("{PATH}?months={months}&quarter={quarter}"),
            label: name_quarter(*quarter, words),
            is_current: *quarter == shown,
        };
        self.quarters.iter().take(OLDER).map(link).collect()
    }
}

/// The roles that go on, with their terms. The house stands here once somebody has a term in it.
fn list_roles(conn: &mut Conn) -> Result<Vec<pictures::Held>, Error> {
    let terms = roles::list_terms(conn)?;
    let mut found = Vec::new();
    for role in roles::list(conn)? {
        let theirs: Vec<_> = terms.iter().filter(|term| term.role == role.id).cloned().collect();
        if !role.is_house() || !theirs.is_empty() {
            found.push((role, theirs));
        }
    }
    Ok(found)
}

fn window_link(
    months: i32,
    shown: i32,
    release: &Release,
    is_newest: bool,
    words: &Words<'_>,
) -> Link {
    let quarter = if is_newest { String::new() } else { format!("&quarter={}", release.quarter) };
    let label = match months {
        3 => "mutuality-window-short",
        12 => "mutuality-window-year",
        _ => "mutuality-window-long",
    };
    Link {
        href: format!("{PATH}?months={months}{quarter}"),
        label: words.locale.say(label),
        is_current: months == shown,
    }
}

fn name_quarter(quarter: Quarter, words: &Words<'_>) -> String {
    let text = quarter.to_string();
    let (year, number) = text.split_once('-').unwrap_or((&text, ""));
    let number: i64 = number.parse().unwrap_or_default();
    let arguments = [("number", number.into()), ("year", year.into())];
    words.locale.say_with("mutuality-quarter", arguments)
}

fn name_months(release: &Release, words: &Words<'_>) -> String {
    let quarter = name_quarter(release.quarter, words);
    let released = words.day(release.released_at).text;
    let arguments = [
        ("months", i64::from(release.months).into()),
        ("quarter", quarter.into()),
        ("date", released.into()),
    ];
    words.locale.say_with("mutuality-months", arguments)
}

/// When the quarter of a moment is frozen.
fn first_on(moment: Timestamp, words: &Words<'_>) -> String {
    let zone = &words.app.zone;
    let ends = Quarter::of(moment, zone).after().begins(zone).unwrap_or(moment);
    words.day(ends.saturating_add(WAITS).unwrap_or(ends)).text
}
