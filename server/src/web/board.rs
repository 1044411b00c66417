//! The board: what is needed and what is there, ours and our neighbours'.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use url::form_urlencoded;

use crate::app::App;
use crate::db::Conn;
use crate::domain::block::Blocks;
use crate::domain::kind;
use crate::domain::lexicon::Lexicon;
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::i18n::Locale;
use crate::web::cards::{Card, Shown, Sketch, list_open, read_shown};
use crate::web::error::Problem;
use crate::web::form::{Fields, Query};
use crate::web::page::{Page, show};
use crate::web::session::Visitor;
use crate::web::words::{Words, end_of_day, kind_label, language, read_kind};

/// How many slips a page holds.
const PER_PAGE: usize = 30;

#[derive(Template)]
#[template(path = "board/list.html")]
struct Board {
    page: Page,
    filters: Filters,
    cards: Vec<Card>,
    pagination: Pagination,
}

/// What the reader wants to see, as it stands in the address.
struct Filters {
    purpose: String,
    kind: String,
    place: String,
    before: String,
    language: String,
    from: String,
    any: bool,
    kinds: Vec<KindChoice>,
    languages: Vec<LanguageChoice>,
    all_href: String,
    needs_href: String,
    offers_href: String,
    feed_href: String,
}

struct KindChoice {
    word: String,
    label: String,
    selected: bool,
}

struct LanguageChoice {
    code: String,
    name: String,
    selected: bool,
}

struct Pagination {
    previous: Option<String>,
    next: Option<String>,
    current: usize,
    last: usize,
}

/// `GET /board`
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let hidden = app.hidden_from(visitor.viewer());
    let asked = (visitor.clone(), hidden, end_of_day(&app, &fields.text("before")));
    let lexicon = app.lexicon.clone();
    let (filters, shown, pagination) = app
        .db
        .read(move |conn| read(conn, &asked.0, &asked.1, (fields, asked.2), &lexicon))
        .await?;
    let words = Words::new(&app, &visitor);
    let cards = shown.iter().map(|each| each.card(&words)).collect();
    let page = Page::new(&app, &visitor, words.locale.say("board-title"));
    show(&Board { page, filters, cards, pagination })
}

/// What a page shows. The whole board, which may be long, is put in order where it is read, so that
/// it comes and goes on one thread.
fn read(
    conn: &mut Conn,
    visitor: &Visitor,
    blocks: &Blocks,
    (fields, before): (Fields, Option<Timestamp>),
    lexicon: &Lexicon,
) -> Result<(Filters, Vec<Shown>, Pagination), Error> {
    let mut filters = Filters::read(&fields, lexicon);
    let mut languages = BTreeSet::new();
    let listed = list_open(conn, visitor, blocks, |sketch| {
        if let Some(code) = main_language(sketch).filter(|code| !languages.contains(*code)) {
            languages.insert(code.to_owned());
        }
        filters.fit(sketch, before)
    })?;
    filters.offer((&visitor.locale, lexicon), languages);
    let last = listed.len().div_ceil(PER_PAGE).max(1);
    let current = fields.text("page").parse::<usize>().unwrap_or(1).clamp(1, last);
    let shown = listed.into_iter().skip((current - 1) * PER_PAGE).take(PER_PAGE).collect();
    let pagination = Pagination {
        previous: (current > 1).then(|| filters.href(&filters.purpose, current - 1)),
        next: (current < last).then(|| filters.href(&filters.purpose, current + 1)),
        current,
        last,
    };
    Ok((filters, read_shown(conn, shown)?, pagination))
}

/// The kind that is looked for, by whatever word for it: a neighbour's link has the kind itself.
fn kind_of(typed: &str, lexicon: &Lexicon) -> String {
    match typed.is_empty() || kind::find(typed).is_some() {
        true => typed.to_owned(),
        // Free words are kept in small letters.
        false => read_kind(lexicon, typed).to_lowercase(),
    }
}

impl Filters {
    fn read(fields: &Fields, lexicon: &Lexicon) -> Self {
        let text = |name: &str| fields.text(name).trim().to_owned();
        let mut filters = Self {
            purpose: text("purpose"),
            kind: kind_of(&text("kind"), lexicon),
            place: text("place"),
            before: text("before"),
            language: text("language"),
            from: text("from"),
            any: false,
            kinds: Vec::new(),
            languages: Vec::new(),
            all_href: String::new(),
            needs_href: String::new(),
            offers_href: String::new(),
            feed_href: String::new(),
        };
        filters.any = filters.parts().iter().any(|(_, value)| !value.is_empty());
        filters.all_href = filters.href("", 1);
        filters.needs_href = filters.href("need", 1);
        filters.offers_href = filters.href("offer", 1);
        filters.feed_href = filters.feed();
        filters
    }

    /// The feed that is nearest to what the reader wants to see.
    fn feed(&self) -> String {
        match (kind::find(&self.kind), self.purpose.as_str()) {
            (Some(kind), _) => format!("/feeds/kinds/{}.atom", kind.word),
            (None, "need") => "/feeds/needs.atom".to_owned(),
            (None, "offer") => "/feeds/offers.atom".to_owned(),
            _ => "/feeds/all.atom".to_owned(),
        }
    }

    /// Everything but the purpose, which has tabs of its own.
    fn parts(&self) -> [(&'static str, &str); 5] {
        [
            ("kind", &self.kind),
            ("place", &self.place),
            ("before", &self.before),
            ("language", &self.language),
            ("from", &self.from),
        ]
    }

    /// Fills the lists to choose from: kinds of the catalogue, and the languages that occur.
    fn offer(&mut self, (locale, lexicon): (&Locale, &Lexicon), mut languages: BTreeSet<String>) {
        let words = kind::CATALOGUE.iter().map(|kind| kind.word);
        let choice = |word: &str| KindChoice {
            word: word.to_owned(),
            label: kind_label(lexicon, locale, word),
            selected: word == self.kind,
        };
        self.kinds = words.map(choice).collect();
        if !self.kind.is_empty() && kind::find(&self.kind).is_none() {
            let word = self.kind.clone();
            self.kinds.push(KindChoice { label: word.clone(), word, selected: true });
        }
        languages.insert(self.language.clone());
        languages.remove("");
        let choice = |code: &str| LanguageChoice {
            code: code.to_owned(),
            name: language(code),
            selected: code == self.language,
        };
        self.languages = languages.iter().map(|code| choice(code)).collect();
    }

    /// Whether something is among what the reader wants to see.
    fn fit(&self, sketch: Sketch<'_>, before: Option<Timestamp>) -> bool {
        let purpose = Purpose::from_word(&self.purpose);
        let place = || sketch.place.unwrap_or_default().to_lowercase();
        purpose.is_none_or(|purpose| sketch.purpose == purpose)
            && (self.kind.is_empty() || sketch.kind == Some(&self.kind))
            && (self.place.is_empty() || place().contains(&self.place.to_lowercase()))
            && before.is_none_or(|before| sketch.ends_at.is_some_and(|end| end <= before))
            && (self.language.is_empty() || main_language(sketch) == Some(&self.language))
            && match self.from.as_str() {
                "ours" => sketch.is_ours,
                "neighbours" => !sketch.is_ours,
                _ => true,
            }
    }

    fn href(&self, purpose: &str, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let parts = [("purpose", purpose)].into_iter().chain(self.parts());
        for (name, value) in parts.filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/board".to_owned() } else { format!("/board?{query}") }
    }
}

fn main_language(sketch: Sketch<'_>) -> Option<&str> {
    sketch.language.and_then(|code| code.split('-').next())
}
