//! The public board for feed readers: Atom (RFC 4287). The newest first, in the collective's own
//! language, with nothing that a stranger does not see on the page of each.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::app::App;
use crate::db::proposals;
use crate::domain::kind;
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;
use crate::text;
use crate::web::words::Words;

/// How many entries a feed has.
const MOST: i64 = 50;
/// How many proposals are looked through for them.
const LOOK_BACK: i64 = 500;

/// A feed may be this old, in seconds: readers ask often.
const FRESH: &str = "public, max-age=300";

#[derive(Template)]
#[template(path = "feeds/board.xml")]
struct Feed {
    id: String,
    language: String,
    title: String,
    author: String,
    page: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    page: String,
    title: String,
    language: String,
    /// The term and the label.
    kind: Option<(String, String)>,
    published: Timestamp,
    updated: Timestamp,
    /// Of our own making, so it is well-formed.
    html: String,
}

/// What a feed holds.
enum Choice {
    All,
    Purpose(Purpose),
    Kind(String),
}

/// `GET /feeds/{name}`: `all.atom`, `needs.atom` or `offers.atom`.
pub async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let choice = match name.as_str() {
        "all.atom" => Choice::All,
        "needs.atom" => Choice::Purpose(Purpose::Need),
        "offers.atom" => Choice::Purpose(Purpose::Offer),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    answer(&app, &format!("feeds/{name}"), choice, &headers).await
}

/// `GET /feeds/kinds/{name}`: `bedding.atom` and so on.
pub async fn show_kind(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match name.strip_suffix(".atom").filter(|kind| kind::find(kind).is_some()) {
        Some(kind) => {
            let choice = Choice::Kind(kind.to_owned());
            answer(&app, &format!("feeds/kinds/{name}"), choice, &headers).await
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn answer(app: &App, path: &str, choice: Choice, headers: &HeaderMap) -> Response {
    match write(app, path, &choice).await {
        Ok(feed) => {
            let tag = format!("\"{}\"", keys::secret_hash(&feed));
            let asked = headers.get(IF_NONE_MATCH).and_then(|asked| asked.to_str().ok());
            let is_known = asked.is_some_and(|asked| asked.contains(&tag));
            let head = [(ETAG, tag), (CACHE_CONTROL, FRESH.to_owned())];
            if is_known {
                return (StatusCode::NOT_MODIFIED, head).into_response();
            }
            let kind = [(CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
            (head, kind, feed).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a feed cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn write(app: &App, path: &str, choice: &Choice) -> Result<String, Error> {
    let mut all = app.db.read(|conn| proposals::list_public(conn, None, LOOK_BACK)).await?;
    all.retain(|proposal| choice.holds(proposal));
    all.truncate(usize::try_from(MOST).unwrap_or_default());
    let locale = Locale::find(&app.collective.language);
    let words = Words { app, locale: &locale, now: app.now() };
    let urls = app.collective.urls();
    let feed = Feed {
        id: urls.join(path).into(),
        language: locale.code().to_owned(),
        title: format!("{}: {}", app.collective.name, choice.title(&words)),
        author: app.collective.name.clone(),
        page: urls.join("board").into(),
        updated: all.iter().map(|each| each.updated_at).max().unwrap_or(app.collective.created_at),
        entries: all.iter().map(|proposal| entry(&words, proposal)).collect(),
    };
    let written = feed.render().map_err(|error| Error::Internal(error.into()))?;
    Ok(written.chars().filter(|c| may_stand_in_xml(*c)).collect())
}

/// XML 1.0, 2.2: not even as numbers.
fn may_stand_in_xml(c: char) -> bool {
    matches!(c, '\n' | '\t') || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

impl Choice {
    fn holds(&self, proposal: &Proposal) -> bool {
        match self {
            Self::All => true,
            Self::Purpose(purpose) => proposal.purpose == *purpose,
            Self::Kind(kind) => proposal.content.kind.as_ref() == Some(kind),
        }
    }

    fn title(&self, words: &Words<'_>) -> String {
        match self {
            Self::All => words.locale.say("board-title"),
            Self::Purpose(Purpose::Need) => words.locale.say("board-needs"),
            Self::Purpose(Purpose::Offer) => words.locale.say("board-offers"),
            Self::Kind(kind) => words.kind(kind),
        }
    }
}

fn entry(words: &Words<'_>, proposal: &Proposal) -> Entry {
    let content = &proposal.content;
    let urls = words.app.collective.urls();
    let label = match proposal.purpose {
        Purpose::Need => "feed-need",
        Purpose::Offer => "feed-offer",
    };
    let title = words.locale.say_with(label, [("title", content.title.as_str().into())]);
    Entry {
        id: urls.note(proposal).into(),
        page: urls.page(proposal.id).into(),
        title,
        language: content.language.clone(),
        kind: content.kind.as_deref().map(|kind| (kind.to_owned(), words.kind(kind))),
        published: proposal.published_at.unwrap_or(proposal.updated_at),
        updated: proposal.updated_at,
        html: html(words, proposal),
    }
}

/// What stands on its page: how far it is covered, until when, where, and its text.
fn html(words: &Words<'_>, proposal: &Proposal) -> String {
    let content = &proposal.content;
    let mut facts = Vec::new();
    match &content.quantity {
        _ if !proposal.is_open() => facts.push(words.locale.say("feed-over")),
        Some(quantity) => {
            let open = proposal.open_amount().unwrap_or_default();
            let amounts = [
                ("open", words.locale.amount(open, &quantity.unit).into()),
                ("asked", words.locale.amount(quantity.amount, &quantity.unit).into()),
            ];
            facts.push(words.locale.say_with("feed-open", amounts));
        }
        None => {}
    }
    if let Some(end) = content.ends_at {
        let day = words.locale.day(end, &words.app.zone);
        facts.push(words.locale.say_with("wire-by-date", [("date", day.into())]));
    }
    if let Some(place) = &content.place {
        facts.push(words.locale.say_with("wire-place", [("place", place.as_str().into())]));
    }
    let facts = text::escape(&facts.join(" "));
    let lead = if facts.is_empty() { String::new() } else { format!("<p>{facts}</p>") };
    lead + &text::markdown(&content.text)
}
