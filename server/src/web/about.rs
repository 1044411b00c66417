//! What is this place?

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::web::error::Problem;
use crate::web::page::{Page, show as page};
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "about/show.html")]
struct About {
    page: Page,
    /// The collective's own tags, as people type them.
    own_words: Option<String>,
}

/// `GET /about`
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let name = app.collective.name.as_str();
    let title = visitor.locale.say_with("about-title", [("name", name.into())]);
    let asking = &app.config.asking;
    let own = asking.need_words.iter().chain(&asking.offer_words);
    let own: Vec<String> = own.map(|word| format!("#{word}")).collect();
    let own_words = (!own.is_empty()).then(|| own.join(", "));
    page(&About { page: Page::new(&app, &visitor, title), own_words })
}
