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
}

/// `GET /about`
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let name = app.collective.name.as_str();
    let title = visitor.locale.say_with("about-title", [("name", name.into())]);
    page(&About { page: Page::new(&app, &visitor, title) })
}
