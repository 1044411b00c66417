//! The stewards' page for what we owe each other: the text, and how one becomes one of us.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::covenant::{TEMPLATES, adopt as put_into_force, template};
use crate::app::App;
use crate::db::covenants;
use crate::domain::covenant::Rule;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::{LANGUAGES, Locale};
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, Query};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;

/// This page.
const PATH: &str = "/steward/covenant";

#[derive(Template)]
#[template(path = "steward/covenant.html")]
struct CovenantPage {
    page: Page,
    version: i64,
    form: CovenantForm,
    templates: Vec<Beginning>,
}

/// A text to begin from.
struct Beginning {
    name: &'static str,
    title: String,
}

struct CovenantForm {
    text: String,
    language: String,
    languages: Vec<(&'static str, &'static str)>,
    vouches: String,
    visit: bool,
    problem: Option<String>,
}

/// `GET /steward/covenant`
pub async fn show(
    State(app): State<App>,
    steward: Steward,
    Query(query): Query,
) -> Result<Response, Problem> {
    page(&app, &steward, None, &query.text("template")).await
}

/// `POST /steward/covenant`
pub async fn adopt(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let vouches = fields.text("vouches").trim().parse().map_err(|_| Refusal::VouchesUnfit);
    let rule = vouches.and_then(|vouches| Rule::new(vouches, fields.ticked("visit")));
    let adopted = match rule {
        Ok(rule) => {
            let (text, language) = (fields.text("text"), fields.text("language"));
            put_into_force(&app, Some(steward.member.id), (&text, &language), rule).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match adopted {
        Ok(covenant) => Ok(go_on(&app, PATH, "covenant-done", &[&covenant.version.to_string()])),
        Err(Error::Refused(refusal)) => page(&app, &steward, Some((&fields, refusal)), "").await,
        Err(other) => Err(other.into()),
    }
}

async fn page(
    app: &App,
    steward: &Steward,
    tried: Option<(&Fields, Refusal)>,
    begins_from: &str,
) -> Result<Response, Problem> {
    let covenant = app.db.read(covenants::current).await?;
    let locale = &steward.visitor.locale;
    let form = match tried {
        Some((fields, refusal)) => CovenantForm {
            text: fields.text("text"),
            language: fields.text("language"),
            languages: LANGUAGES.to_vec(),
            vouches: fields.text("vouches"),
            visit: fields.ticked("visit"),
            problem: Some(locale.say(refusal.key())),
        },
        None => {
            let own = Locale::find(&app.collective.language);
            let first = || (own.say("covenant-first-text"), own.code().to_owned());
            let chosen = template(locale, begins_from);
            let (text, language) = match chosen {
                Some((_, text)) => (text, locale.code().to_owned()),
                None => covenant.text.unwrap_or_else(first),
            };
            CovenantForm {
                text,
                language,
                languages: LANGUAGES.to_vec(),
                vouches: covenant.rule.vouches_needed.to_string(),
                visit: covenant.rule.visit_is_enough,
                problem: None,
            }
        }
    };
    let status =
        if form.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page::new(app, &steward.visitor, locale.say("covenant-title")).found_at(PATH);
    let beginning =
        |name| Some(Beginning { name, title: template(locale, name).map(|found| found.0)? });
    let templates = TEMPLATES.into_iter().filter_map(beginning).collect();
    answer(status, &CovenantPage { page, version: covenant.version, form, templates })
}
