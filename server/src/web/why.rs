//! Short pages that say why something is as it is, wherever people may expect it otherwise.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::InPath;
use crate::web::page::{Page, show as render};
use crate::web::session::Visitor;

/// Every page, in the order in which they are listed: the last part of its address. Its title is
/// the message `why-page-<word>`, its text `why-page-<word>-text`.
pub const PAGES: [&str; 14] = [
    "free",
    "counts",
    "popular",
    "owing",
    "reasons",
    "stories",
    "rounds",
    "following",
    "numbers",
    "majority",
    "decisions",
    "terms",
    "power",
    "strings",
];

#[derive(Template)]
#[template(path = "why/list.html")]
struct List {
    page: Page,
    pages: Vec<Link>,
}

#[derive(Template)]
#[template(path = "why/show.html")]
struct Shown {
    page: Page,
    html: String,
    others: Vec<Link>,
}

struct Link {
    href: String,
    title: String,
}

/// `GET /why`
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let page = Page::new(&app, &visitor, visitor.locale.say("why-title"));
    render(&List { pages: links(&visitor, None), page })
}

/// `GET /why/{name}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath(name): InPath<String>,
) -> Result<Response, Problem> {
    let known = PAGES.into_iter().find(|word| *word == name).ok_or(Problem::NotFound)?;
    let title = visitor.locale.say(&format!("why-page-{known}"));
    let html = text::markdown(&visitor.locale.say(&format!("why-page-{known}-text")));
    let others = links(&visitor, Some(known));
    render(&Shown { page: Page::new(&app, &visitor, title), html, others })
}

fn links(visitor: &Visitor, without: Option<&str>) -> Vec<Link> {
    let others = PAGES.into_iter().filter(|word| Some(*word) != without);
    let link = |word: &str| Link {
        href: format!("/why/{word}"),
        title: visitor.locale.say(&format!("why-page-{word}")),
    };
    others.map(link).collect()
}
