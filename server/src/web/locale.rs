//! In which language we speak to a visitor, and choosing another.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use axum::response::Response;

use crate::actions::choose_language::choose_language;
use crate::app::App;
use crate::domain::member::Member;
use crate::i18n::Locale;
use crate::web::error::Problem;
use crate::web::form::{Form, local_path};
use crate::web::page::go_to;
use crate::web::session::{Cookie, Visitor};

/// What this browser chose, else what the member chose, else the best of what the browser asks
/// for, else the collective's own language.
pub fn choose_for(
    app: &App,
    cookie: Option<&str>,
    member: Option<&Member>,
    headers: &HeaderMap,
) -> Locale {
    let of_member = || member.and_then(|member| member.language.as_deref());
    let of_browser = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    cookie
        .and_then(Locale::find_exact)
        .or_else(|| of_member().and_then(Locale::find_exact))
        .or_else(|| of_browser().and_then(Locale::negotiate))
        .unwrap_or_else(|| Locale::find(&app.collective.language))
}

/// `POST /language`
pub async fn choose(
    State(app): State<App>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let back = local_path(&app, &fields.text("return")).unwrap_or_else(|| "/".to_owned());
    let mut response = go_to(&back);
    if let Some(locale) = Locale::find_exact(&fields.text("language")) {
        if let Some(member) = visitor.member() {
            choose_language(&app, member, locale.code()).await?;
        }
        let cookie = Cookie::Language.set(&app, locale.code());
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
