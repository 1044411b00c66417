//! The stewards' pages about rules for other servers: those in force, a look at what one would
//! concern, and undoing them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::domain_rules::{self, Wish};
use crate::app::App;
use crate::db;
use crate::domain::domain_rule::{Concerned, DomainRule, Severity};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, Query};
use crate::web::page::{Page, answer, go_on, show as render};
use crate::web::session::Steward;
use crate::web::words::{Words, end_of_day};

/// Where the rules stand.
pub const PATH: &str = "/steward/domains";
/// How many rules are shown at once.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "steward/domains.html")]
struct Domains {
    page: Page,
    rules: Vec<Line>,
    more: usize,
    search: String,
    form: RuleForm,
    list: ListTried,
}

/// A rule as it stands on the page.
struct Line {
    domain: String,
    severity: String,
    flags: Vec<String>,
    public_comment: String,
    private_comment: String,
    since: String,
    until: Option<String>,
    can_be_undone: bool,
}

/// What was typed about a rule.
#[derive(Clone, Default)]
pub struct RuleForm {
    domain: String,
    severity: String,
    reject_media: bool,
    reject_reports: bool,
    obfuscate: bool,
    public_comment: String,
    private_comment: String,
    until: String,
    problem: Option<String>,
}

/// What was tried with a list.
#[derive(Default)]
pub struct ListTried {
    /// What was pasted.
    pub list: String,
    /// Why it cannot be read.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "steward/domain_preview.html")]
struct Preview {
    page: Page,
    form: RuleForm,
    suspends: bool,
    severity: String,
    lines: Vec<String>,
    pacts: Vec<String>,
}

/// `GET /steward/domains`
pub async fn show(
    State(app): State<App>,
    steward: Steward,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let search = fields.text("search");
    page(&app, &steward, &search, RuleForm::default(), ListTried::default()).await
}

/// `POST /steward/domains/preview`: what the rule would concern. Nothing is done yet.
pub async fn preview(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    look(&app, &steward, &fields, None).await
}

/// `POST /steward/domains`: makes the rule that was looked at.
pub async fn set(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let wish = match wish(&app, &fields) {
        Ok(wish) => wish,
        Err(refusal) => return again(&app, &steward, &fields, refusal).await,
    };
    match domain_rules::set(&app, Some(steward.member.id), wish).await {
        Ok(rule) => Ok(go_on(&app, PATH, "domains-done", &[&rule.domain])),
        // The box stands on the page before.
        Err(Error::Refused(Refusal::PactThere)) => {
            look(&app, &steward, &fields, Some(Refusal::PactThere)).await
        }
        Err(Error::Refused(refusal)) => again(&app, &steward, &fields, refusal).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /steward/domains/undo`
pub async fn undo(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let by = Some(steward.member.id);
    match domain_rules::undo(&app, by, &fields.text("domain")).await {
        Ok((domain, _)) => Ok(go_on(&app, PATH, "domains-undone", &[&domain])),
        Err(Error::Refused(Refusal::NoRule | Refusal::NoHost)) => Err(Problem::NotFound),
        Err(other) => Err(other.into()),
    }
}

async fn look(
    app: &App,
    steward: &Steward,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let found = match wish(app, fields) {
        Ok(wish) => domain_rules::check(app, &wish.domain, false).map(|_| wish),
        Err(refusal) => Err(refusal),
    };
    let wish = match found {
        Ok(wish) => wish,
        Err(refusal) => return again(app, steward, fields, refusal).await,
    };
    let (domain, concerned) = domain_rules::preview(app, &wish.domain).await?;
    let words = Words::new(app, &steward.visitor);
    let mut form = typed(fields);
    form.domain = domain;
    form.problem = refusal.map(|refusal| words.locale.say(refusal.key()));
    let status =
        if form.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title =
        words.locale.say_with("domains-preview-title", [("domain", form.domain.as_str().into())]);
    let template = Preview {
        page: Page::new(app, &steward.visitor, title).found_at(PATH),
        suspends: wish.severity == Severity::Suspend,
        severity: words.locale.say(severity_id(wish.severity)),
        lines: concerned_lines(&words, &concerned),
        pacts: concerned.pacts,
        form,
    };
    answer(status, &template)
}

/// What a suspension would cut off, in sentences.
pub fn concerned_lines(words: &Words<'_>, concerned: &Concerned) -> Vec<String> {
    let count = |id, count: usize| {
        (count > 0).then(|| words.locale.say_with(id, [("count", count.into())]))
    };
    let numbers = [
        count("domains-cut-followers", concerned.followers),
        count("domains-cut-following", concerned.following),
        count("domains-cut-promises", concerned.promises),
        count("domains-cut-replies", concerned.replies),
    ];
    let pact =
        |name: &String| words.locale.say_with("domains-cut-pact", [("name", name.as_str().into())]);
    concerned.pacts.iter().map(pact).chain(numbers.into_iter().flatten()).collect()
}

async fn again(
    app: &App,
    steward: &Steward,
    fields: &Fields,
    refusal: Refusal,
) -> Result<Response, Problem> {
    let mut form = typed(fields);
    form.problem = Some(steward.visitor.locale.say(refusal.key()));
    page(app, steward, "", form, ListTried::default()).await
}

fn typed(fields: &Fields) -> RuleForm {
    RuleForm {
        domain: fields.text("domain"),
        severity: fields.text("severity"),
        reject_media: fields.ticked("reject_media"),
        reject_reports: fields.ticked("reject_reports"),
        obfuscate: fields.ticked("obfuscate"),
        public_comment: fields.text("public_comment"),
        private_comment: fields.text("private_comment"),
        until: fields.text("until"),
        problem: None,
    }
}

fn wish(app: &App, fields: &Fields) -> Result<Wish, Refusal> {
    let severity = Severity::from_word(&fields.text("severity")).unwrap_or(Severity::Limit);
    let until = fields.text("until");
    let expires_at = match until.trim() {
        "" => None,
        day => Some(end_of_day(app, day).ok_or(Refusal::DateNotADate)?),
    };
    Ok(Wish {
        reject_media: fields.ticked("reject_media"),
        reject_reports: fields.ticked("reject_reports"),
        obfuscate: fields.ticked("obfuscate"),
        public_comment: fields.text("public_comment"),
        private_comment: fields.text("private_comment"),
        expires_at,
        ends_pacts: fields.ticked("end_pacts"),
        ..Wish::new(&fields.text("domain"), severity)
    })
}

/// The page with everything that can be done about rules.
pub async fn page(
    app: &App,
    steward: &Steward,
    search: &str,
    form: RuleForm,
    list: ListTried,
) -> Result<Response, Problem> {
    let mut rules = app.db.read(db::domain_rules::list).await?;
    let wanted = search.trim().to_ascii_lowercase();
    rules.retain(|rule| rule.domain.contains(&wanted));
    let more = rules.len().saturating_sub(MOST);
    let words = Words::new(app, &steward.visitor);
    let is_refused = form.problem.is_some() || list.problem.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = Domains {
        page: Page::new(app, &steward.visitor, words.locale.say("domains-title")).found_at(PATH),
        rules: rules.iter().take(MOST).map(|rule| line(&words, rule)).collect(),
        more,
        search: search.to_owned(),
        form,
        list,
    };
    match is_refused {
        true => answer(status, &template),
        false => render(&template),
    }
}

fn line(words: &Words<'_>, rule: &DomainRule) -> Line {
    let flags = [
        (rule.reject_media, "domains-flag-media"),
        (rule.reject_reports, "domains-flag-reports"),
        (rule.obfuscate, "domains-flag-obfuscate"),
    ];
    let set = flags.into_iter().filter(|(is_set, _)| *is_set);
    Line {
        domain: rule.domain.clone(),
        severity: words.locale.say(severity_id(rule.severity)),
        flags: set.map(|(_, id)| words.locale.say(id)).collect(),
        public_comment: rule.public_comment.clone(),
        private_comment: rule.private_comment.clone(),
        since: words.day(rule.made_at).text,
        until: rule.expires_at.map(|end| words.day(end).text),
        can_be_undone: rule.severity == Severity::Suspend && rule.can_be_undone(words.now),
    }
}

/// The id of the name of a severity.
pub fn severity_id(severity: Severity) -> &'static str {
    match severity {
        Severity::Noop => "domains-noop",
        Severity::Limit => "domains-limit",
        Severity::Suspend => "domains-suspend",
    }
}
