//! The stewards' pages for lists of domains: taking one over after a look at it, and handing on
//! ours.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::actions::import_domains::{self, NoDraft};
use crate::app::App;
use crate::db;
use crate::domain::domain_rule::Draft;
use crate::text::domain_csv::{self, Unreadable, Why};
use crate::web::domains::{ListTried, PATH, RuleForm, concerned_lines, page, severity_id};
use crate::web::error::Problem;
use crate::web::form::{Form, LargeForm, PathId};
use crate::web::page::{Page, go_on, go_to, show as render};
use crate::web::session::Steward;
use crate::web::upload;
use crate::web::words::Words;

/// How long a pasted list may be that is sent back for another try, in bytes.
const SENT_BACK: usize = 64 * 1024;

#[derive(Template)]
#[template(path = "steward/domain_list.html")]
struct Look {
    page: Page,
    id: String,
    sentences: Vec<String>,
    tied: Vec<Tied>,
    skipped: Vec<String>,
    examples: Vec<Example>,
}

/// A suspension of a domain with which somebody here has to do.
struct Tied {
    domain: String,
    lines: Vec<String>,
}

struct Example {
    domain: String,
    severity: String,
}

/// `POST /steward/domains/import`: keeps a list, from a file or pasted, to be looked at.
pub async fn import(
    State(app): State<App>,
    steward: Steward,
    LargeForm(fields): LargeForm,
) -> Result<Response, Problem> {
    let is_file = fields.text(upload::CHOSEN) == "file";
    let list = fields.text(if is_file { "file" } else { "list" });
    let kept = match list.trim().is_empty() {
        true => Err("domain-list-nothing"),
        false => match import_domains::keep(&app, list.clone()).await {
            Ok(id) => Ok(id),
            Err(NoDraft::Unreadable(why)) => Err(unreadable_id(why)),
            Err(NoDraft::Failed(error)) => return Err(error.into()),
        },
    };
    let why = match kept {
        Ok(id) => return Ok(go_to(&format!("{PATH}/import/{id}"))),
        Err(why) => why,
    };
    let list = Some(list).filter(|list| !is_file && list.len() <= SENT_BACK).unwrap_or_default();
    let tried = ListTried { list, problem: Some(steward.visitor.locale.say(why)) };
    page(&app, &steward, "", RuleForm::default(), tried).await
}

/// `GET /steward/domains/import/{id}`: what a list would do.
pub async fn look(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Draft>,
) -> Result<Response, Problem> {
    let look = import_domains::look(&app, id).await?;
    let words = Words::new(&app, &steward.visitor);
    let counted = |id, count: usize| {
        (count > 0).then(|| words.locale.say_with(id, [("count", count.into())]))
    };
    let sentences = [
        counted("domain-list-new", look.new),
        counted("domain-list-changed", look.changed),
        counted("domain-list-same", look.same),
        counted("domain-list-allowed", look.allowed),
        counted("domain-list-left-out", look.left_out),
    ];
    let skipped = look.skipped.iter().map(|each| {
        let why = words.locale.say(why_id(each.why));
        let line = i64::try_from(each.line).unwrap_or_default();
        let arguments = [("line", line.into()), ("text", each.text.as_str().into())];
        format!("{} {why}", words.locale.say_with("domain-list-line", arguments))
    });
    let title = words.locale.say("domain-list-title");
    render(&Look {
        page: Page::new(&app, &steward.visitor, title),
        id: id.to_string(),
        sentences: sentences.into_iter().flatten().collect(),
        skipped: skipped.collect(),
        tied: look
            .tied
            .into_iter()
            .map(|(domain, concerned)| Tied { domain, lines: concerned_lines(&words, &concerned) })
            .collect(),
        examples: look
            .examples
            .into_iter()
            .map(|(domain, severity)| Example {
                domain,
                severity: words.locale.say(severity_id(severity)),
            })
            .collect(),
    })
}

/// `POST /steward/domains/import/{id}`: applies a list.
pub async fn apply(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<Draft>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let suspended = fields.all("suspend");
    let applied = import_domains::apply(&app, Some(steward.member.id), id, suspended).await?;
    let count = applied.rules.saturating_add(applied.allowed).to_string();
    Ok(go_on(&app, PATH, "domain-list-done", &[&count]))
}

/// `POST /steward/domains/import/{id}/discard`
pub async fn discard(
    State(app): State<App>,
    _steward: Steward,
    PathId(id): PathId<Draft>,
    _form: Form,
) -> Result<Response, Problem> {
    import_domains::discard(&app, id).await?;
    Ok(go_on(&app, PATH, "domain-list-discarded", &[]))
}

/// `GET /steward/domains.csv`: our rules, in Mastodon's format.
pub async fn export(State(app): State<App>, _steward: Steward) -> Result<Response, Problem> {
    let rules = app.db.read(db::domain_rules::list).await?;
    Ok(file("attachment; filename=\"domain_blocks.csv\"", domain_csv::write(&rules)))
}

/// `GET /steward/allowed.csv`: those with whom we speak, in Mastodon's format.
pub async fn export_allowed(
    State(app): State<App>,
    _steward: Steward,
) -> Result<Response, Problem> {
    let allowed = app.db.read(db::gate::list_allowed).await?;
    let list = domain_csv::write_allowed(allowed.iter().map(|host| host.domain.as_str()));
    Ok(file("attachment; filename=\"domain_allows.csv\"", list))
}

fn file(name: &'static str, list: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(domain_csv::CONTENT_TYPE)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    (headers, list).into_response()
}

fn unreadable_id(why: Unreadable) -> &'static str {
    match why {
        Unreadable::TooLarge => "domain-list-too-large",
        Unreadable::TooMany => "domain-list-too-many",
        Unreadable::NoHeader => "domain-list-no-header",
    }
}

fn why_id(why: Why) -> &'static str {
    match why {
        Why::NoDomain => "domain-list-why-no-domain",
        Why::TooWide => "domain-list-why-too-wide",
        Why::NoSeverity => "domain-list-why-no-severity",
        Why::Twice => "domain-list-why-twice",
        Why::Broken => "domain-list-why-broken",
    }
}
