//! The links in mails: to confirm an address, and to get no more mails. Whoever holds the link needs
//! no account, because mails are read in other browsers than ours.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::choose_telling::{check_link, confirm_email, forget_email_by_link};
use crate::app::App;
use crate::db::mail_links::Purpose;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Form, InPath};
use crate::web::page::{Page, go_on, show};
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "notices/mail.html")]
struct Link {
    page: Page,
    action: String,
    lead: String,
    button: String,
}

/// `GET /mail/confirm/{token}`: looking does not use it up, because programs look too.
pub async fn show_confirm(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    page(&app, &visitor, (&token, "confirm"), Purpose::Confirm).await
}

/// `POST /mail/confirm/{token}`
pub async fn confirm(
    State(app): State<App>,
    InPath(token): InPath<String>,
    _form: Form,
) -> Result<Response, Problem> {
    confirm_email(&app, &token).await.map_err(gone)?;
    Ok(go_on(&app, "/", "mail-confirmed-done", &[]))
}

/// `GET /mail/stop/{token}`
pub async fn show_stop(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    page(&app, &visitor, (&token, "stop"), Purpose::Stop).await
}

/// `POST /mail/stop/{token}`: also from a mail program, which has no form of ours and no cookie (RFC
/// 8058, 3.2). The token is all that is asked for.
pub async fn stop(
    State(app): State<App>,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    forget_email_by_link(&app, &token).await.map_err(gone)?;
    Ok(go_on(&app, "/", "mail-stopped-done", &[]))
}

async fn page(
    app: &App,
    visitor: &Visitor,
    (token, step): (&str, &str),
    purpose: Purpose,
) -> Result<Response, Problem> {
    check_link(app, token, purpose).await.map_err(gone)?;
    let say = |part: &str| visitor.locale.say(&format!("mail-{step}-{part}"));
    show(&Link {
        page: Page::new(app, visitor, say("title")).found_at("/"),
        action: format!("/mail/{step}/{token}"),
        lead: say("lead"),
        button: say("button"),
    })
}

fn gone(error: Error) -> Problem {
    match error {
        Error::NotFound => Problem::MailLinkUsed,
        other => other.into(),
    }
}
