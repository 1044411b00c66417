//! The doctor for stewards: what could be wrong with this server, and what to do.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::domain::finding::{Finding, State as How};
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::form::Form;
use crate::web::page::{Page, show as render};
use crate::web::session::Steward;
use crate::web::words::Words;

/// Where this page stands.
const PATH: &str = "/steward/doctor";

/// The groups, in their order, with their titles.
const GROUPS: [(&str, &str); 7] = [
    ("outside", "doctor-group-outside"),
    ("files", "doctor-group-files"),
    ("database", "doctor-group-database"),
    ("backups", "doctor-group-backups"),
    ("network", "doctor-group-network"),
    ("queue", "doctor-group-queue"),
    ("settings", "doctor-group-settings"),
];

#[derive(Template)]
#[template(path = "steward/doctor.html")]
struct Doctor {
    page: Page,
    is_examined: bool,
    wrong: usize,
    troubles: Vec<Group>,
    rest: Vec<Group>,
}

struct Group {
    title: String,
    lines: Vec<Line>,
}

struct Line {
    id: &'static str,
    state: String,
    is_wrong: bool,
    what: String,
    todo: Option<String>,
}

/// `GET /steward/doctor`: nothing is looked at yet, because a look asks many others.
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, None)
}

/// `POST /steward/doctor`
pub async fn examine(
    State(web): State<Web>,
    steward: Steward,
    _form: Form,
) -> Result<Response, Problem> {
    let findings = (web.examine)(web.app.clone()).await;
    page(&web.app, &steward, Some(findings))
}

fn page(app: &App, steward: &Steward, found: Option<Vec<Finding>>) -> Result<Response, Problem> {
    let words = Words::new(app, &steward.visitor);
    let (is_examined, found) = (found.is_some(), found.unwrap_or_default());
    let is_trouble = |finding: &Finding| matches!(finding.state, How::Wrong | How::Note);
    let title = words.locale.say("doctor-title");
    let template = Doctor {
        page: Page::new(app, &steward.visitor, title).found_at(PATH),
        is_examined,
        wrong: found.iter().filter(|finding| finding.state == How::Wrong).count(),
        troubles: groups(&words, &found, is_trouble),
        rest: groups(&words, &found, |finding| !is_trouble(finding)),
    };
    render(&template)
}

/// What was found of a kind, by groups; groups of which there is nothing are left out.
fn groups(
    words: &Words<'_>,
    found: &[Finding],
    is_wanted: impl Fn(&Finding) -> bool,
) -> Vec<Group> {
    let group = |(name, title): (&str, &str)| {
        let of_it = found.iter().filter(|finding| finding.group() == name && is_wanted(finding));
        let mut lines: Vec<Line> = of_it.map(|finding| line(words, finding)).collect();
        lines.sort_by_key(|line| !line.is_wrong);
        Group { title: words.locale.say(title), lines }
    };
    GROUPS.into_iter().map(group).filter(|group| !group.lines.is_empty()).collect()
}

fn line(words: &Words<'_>, finding: &Finding) -> Line {
    let state = match finding.state {
        How::Ok => "doctor-state-ok",
        How::Note => "doctor-state-note",
        How::Wrong => "doctor-state-wrong",
        How::Skipped => "doctor-state-skipped",
    };
    Line {
        id: finding.id,
        state: words.locale.say(state),
        is_wrong: finding.state == How::Wrong,
        what: words.locale.say_all(finding.said, &finding.values),
        todo: finding.todo.map(|todo| words.locale.say_all(todo, &finding.values)),
    }
}
