//! What we owe each other, for members: the text, what changed, every version that was, and one
//! button to say yes to the newest. Nobody is shown who said yes and who did not, and whoever does
//! not answer keeps everything (mission E14).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::join::agree as say_yes;
use crate::app::App;
use crate::db::{Conn, covenants};
use crate::domain::covenant::Covenant;
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::Locale;
use crate::text::changes::{self, Change};
use crate::web::error::Problem;
use crate::web::form::{Form, InPath};
use crate::web::join::{Shown, shown};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{FullMember, Visitor};
use crate::web::words::Words;

/// This page.
const PATH: &str = "/covenant";

#[derive(Template)]
#[template(path = "covenant/show.html")]
struct CovenantPage {
    page: Page,
    covenant: Shown,
    adopted: Option<String>,
    is_current: bool,
    /// To which version the reader said yes last.
    agreed: Option<i64>,
    /// Whether the reader is asked whether they say yes.
    asks: bool,
    changes: Option<Changes>,
    versions: Vec<Version>,
    problem: Option<String>,
}

/// What changed since another version.
struct Changes {
    since: i64,
    lines: Vec<Line>,
}

struct Line {
    text: String,
    is_new: bool,
    is_gone: bool,
}

struct Version {
    number: i64,
    href: String,
    since: Option<String>,
}

/// Everything that is read for the page.
struct Found {
    current: i64,
    shown: Covenant,
    before: Option<Covenant>,
    agreed: Option<i64>,
    versions: Vec<(i64, jiff::Timestamp)>,
}

/// `GET /covenant`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
) -> Result<Response, Problem> {
    page(&app, &visitor, member.id, None, None).await
}

/// `GET /covenant/{version}`
pub async fn show_version(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    InPath(version): InPath<i64>,
) -> Result<Response, Problem> {
    page(&app, &visitor, member.id, Some(version), None).await
}

/// `POST /covenant/agree`
pub async fn agree(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let version = fields.text("version").parse().unwrap_or_default();
    match say_yes(&app, member.id, version).await {
        Ok(_) => Ok(go_on(&app, PATH, "covenant-agreed", &[])),
        Err(Error::Refused(refusal)) => page(&app, &visitor, member.id, None, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

impl Found {
    /// A version to show, the newest if none is named. What it is compared with is what the reader
    /// said yes to last, if that is older than the newest; else the version before.
    fn read(conn: &mut Conn, reader: MemberId, version: Option<i64>) -> Result<Self, Error> {
        let current = covenants::current(conn)?.version;
        let shown = covenants::find(conn, version.unwrap_or(current))?;
        let agreed = covenants::find_consent(conn, reader)?;
        let since = match agreed.filter(|agreed| *agreed < current) {
            Some(agreed) if shown.version == current => agreed,
            _ => shown.version - 1,
        };
        let before = (since > 0).then(|| covenants::find(conn, since)).transpose()?;
        Ok(Self { current, shown, before, agreed, versions: covenants::list(conn)? })
    }
}

async fn page(
    app: &App,
    visitor: &Visitor,
    reader: MemberId,
    version: Option<i64>,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let found = app.db.read(move |conn| Found::read(conn, reader, version)).await?;
    let words = Words::new(app, visitor);
    let is_current = found.shown.version == found.current;
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let path = if is_current { PATH.to_owned() } else { format!("{PATH}/{}", found.shown.version) };
    let template = CovenantPage {
        page: Page::new(app, visitor, words.locale.say("covenant-title")).found_at(path),
        adopted: found.shown.adopted_at.map(|at| words.day(at).text),
        is_current,
        asks: is_current && found.agreed != Some(found.current),
        agreed: found.agreed,
        changes: found.before.as_ref().map(|before| changes_since(words.locale, before, &found)),
        versions: versions(&words, &found),
        covenant: shown(words.locale, &found.shown),
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

/// The text that is there from the beginning is compared in the language of the other.
fn changes_since(reader: &Locale, before: &Covenant, found: &Found) -> Changes {
    let language = found.shown.text.as_ref().map(|(_, language)| Locale::find(language));
    let locale = language.unwrap_or_else(|| reader.clone());
    let text = |covenant: &Covenant| match &covenant.text {
        Some((text, _)) => text.clone(),
        None => locale.say("covenant-first-text"),
    };
    let lines = changes::lines(&text(before), &text(&found.shown));
    let line = |line: changes::Line| Line {
        is_new: line.change == Change::New,
        is_gone: line.change == Change::Gone,
        text: line.text,
    };
    Changes { since: before.version, lines: lines.into_iter().map(line).collect() }
}

/// Every version; the first is older than any day that we know.
fn versions(words: &Words<'_>, found: &Found) -> Vec<Version> {
    let first = Covenant::first().version;
    let ours = found.versions.iter().map(|(number, at)| (*number, Some(words.day(*at).text)));
    ours.chain([(first, None)])
        .map(|(number, since)| Version { number, href: format!("{PATH}/{number}"), since })
        .collect()
}
