//! How days, amounts, kinds and languages are said to a reader, and how typed words are read back.

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use crate::app::App;
use crate::domain::amount::Amount;
use crate::domain::kind;
use crate::domain::lexicon::Lexicon;
use crate::domain::proposal::{CloseReason, Proposal, State};
use crate::i18n::{LANGUAGES, Locale};
use crate::web::session::Visitor;

/// The units that have a name in every language; any other word is taken as it is.
pub const UNITS: [&str; 4] = ["one", "hour", "kilogram", "litre"];

/// Languages in which people may write here, by their own names.
pub const WRITTEN_IN: [(&str, &str); 32] = [
    ("am", "አማርኛ"),
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("ca", "Català"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("eu", "Euskara"),
    ("fa", "فارسی"),
    ("fr", "Français"),
    ("gl", "Galego"),
    ("hi", "हिन्दी"),
    ("it", "Italiano"),
    ("ku", "Kurdî"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("ps", "پښتو"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("so", "Soomaali"),
    ("sq", "Shqip"),
    ("sw", "Kiswahili"),
    ("ti", "ትግርኛ"),
    ("tl", "Tagalog"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// A moment for a reader and for their browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `Friday 28 August`.
    pub text: String,
    /// `2026-08-28`.
    pub iso: String,
}

/// Says things to one reader at one moment.
pub struct Words<'a> {
    /// The instance.
    pub app: &'a App,
    /// The reader's language.
    pub locale: &'a Locale,
    /// The present moment.
    pub now: Timestamp,
}

impl<'a> Words<'a> {
    /// Words for a visitor.
    pub fn new(app: &'a App, visitor: &'a Visitor) -> Self {
        Self { app, locale: &visitor.locale, now: app.now() }
    }

    /// A day.
    pub fn day(&self, moment: Timestamp) -> Day {
        let text = self.locale.date(moment, self.now, &self.app.zone);
        Day { text, iso: date(self.app, moment) }
    }

    /// A day in a list of what happened.
    pub fn lately(&self, moment: Timestamp) -> Day {
        let text = self.locale.date_lately(moment, self.now, &self.app.zone);
        Day { text, iso: date(self.app, moment) }
    }

    /// A day of the calendar.
    pub fn calendar_day(&self, day: Date) -> String {
        let noon = self.app.zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(self.now);
        self.locale.date(noon, self.now, &self.app.zone)
    }

    /// A day and the time of it.
    pub fn time(&self, moment: Timestamp) -> String {
        self.locale.day_and_time(moment, &self.app.zone)
    }

    /// A bare number.
    pub fn number(&self, amount: Amount) -> String {
        self.locale.amount(amount, "one")
    }

    /// A number with its unit.
    pub fn amount(&self, amount: Amount, unit: &str) -> String {
        self.locale.amount(amount, unit)
    }

    /// How much somebody promised; if no amount was asked for, it says so.
    pub fn promised(&self, amount: Amount, proposal: &Proposal) -> String {
        match &proposal.content.quantity {
            Some(quantity) => self.amount(amount, &quantity.unit),
            None => {
                let amount = self.amount(amount, "one");
                self.locale.say_with("promise-amount-unasked", [("amount", amount.into())])
            }
        }
    }

    /// Two counts of the same thing, which may agree.
    pub fn counts(&self, low: Amount, high: Amount, unit: &str) -> String {
        if low == high {
            return self.amount(high, unit);
        }
        let (low, high) = (self.number(low), self.amount(high, unit));
        self.locale.say_with("amount-range", [("low", low.into()), ("high", high.into())])
    }

    /// What came of what was asked for.
    pub fn came(&self, low: Amount, high: Amount, asked: Amount, unit: &str) -> Option<String> {
        if high.is_zero() {
            return None;
        }
        let (needed, came) = (self.amount(asked, unit), self.number(high));
        if low == high {
            let arguments = [("came", came.into()), ("needed", needed.into())];
            return Some(self.locale.say_with("coverage-came-exact", arguments));
        }
        let low = self.number(low);
        let arguments = [("low", low.into()), ("high", came.into()), ("needed", needed.into())];
        Some(self.locale.say_with("coverage-came-range", arguments))
    }

    /// A kind: what we call it, else its label if the catalogue has it, else the word.
    pub fn kind(&self, word: &str) -> String {
        kind_label(&self.app.lexicon, self.locale, word)
    }

    /// A unit, in the plural.
    pub fn unit(&self, word: &str) -> String {
        label(self.locale, "unit", word)
    }

    /// Where a proposal is in its life.
    pub fn state(&self, proposal: &Proposal) -> String {
        let id = match (proposal.state, proposal.close_reason) {
            (State::Draft, _) => "state-draft",
            (State::Open, _) => "state-open",
            (State::Withdrawn, _) => "state-withdrawn",
            (State::Expired, _) => "state-expired",
            (State::Enough, Some(CloseReason::Fulfilled)) => "state-fulfilled",
            (State::Enough, Some(CloseReason::Failed)) => "state-failed",
            (State::Enough, Some(CloseReason::NoLongerRelevant)) => "state-no-longer-relevant",
            (State::Enough, Some(CloseReason::Enough) | None) => "state-enough",
        };
        self.locale.say(id)
    }
}

/// A language by its own name, else its code.
pub fn language(code: &str) -> String {
    let main = code.split('-').next().unwrap_or_default();
    let found = WRITTEN_IN.iter().find(|(known, _)| *known == main);
    found.map_or(code, |(_, name)| name).to_owned()
}

/// An address on another server to open; nothing if opening it could do something else.
pub fn link(url: &Url) -> String {
    if matches!(url.scheme(), "http" | "https") { url.to_string() } else { "#".to_owned() }
}

/// What a kind is called: by a word of our own, by its label, else as it was typed.
pub fn kind_label(lexicon: &Lexicon, locale: &Locale, word: &str) -> String {
    lexicon.word_for(word).map_or_else(|| label(locale, "kind", word), str::to_owned)
}

/// The word for what somebody typed as a kind: what we call it, and a label in any of our languages,
/// become its word.
pub fn read_kind(lexicon: &Lexicon, typed: &str) -> String {
    match lexicon.kind_of(typed) {
        Some(kind) => kind.to_owned(),
        None => read("kind", kind::CATALOGUE.iter().map(|kind| kind.word), typed),
    }
}

/// The word for what somebody typed as a unit.
pub fn read_unit(typed: &str) -> String {
    read("unit", UNITS.into_iter(), typed)
}

/// The day of a moment, as forms write it.
pub fn date(app: &App, moment: Timestamp) -> String {
    app.zone.to_datetime(moment).date().to_string()
}

/// The first moment of a typed day.
pub fn start_of_day(app: &App, typed: &str) -> Option<Timestamp> {
    let day: Date = typed.trim().parse().ok()?;
    app.zone.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// The last moment of a typed day: until Friday means that Friday counts.
pub fn end_of_day(app: &App, typed: &str) -> Option<Timestamp> {
    let day: Date = typed.trim().parse().ok()?;
    app.zone.to_timestamp(day.at(23, 59, 59, 0)).ok()
}

fn label(locale: &Locale, family: &str, word: &str) -> String {
    let id = format!("{family}-{word}");
    if is_id(word) && locale.has(&id) { locale.say(&id) } else { word.to_owned() }
}

/// A free word may have spaces or other signs, which no message id has.
fn is_id(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn read(family: &str, mut words: impl Iterator<Item = &'static str>, typed: &str) -> String {
    let typed = typed.trim();
    let means = |word: &str| {
        let labels = LANGUAGES.iter().map(|(code, _)| label(&Locale::find(code), family, word));
        let mut names = labels.chain([word.to_owned()]);
        names.any(|name| name.to_lowercase() == typed.to_lowercase())
    };
    words.find(|word| means(word)).map_or_else(|| typed.to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_any_language_are_read_back() {
        for (typed, word) in [
            ("Bedding", "bedding"),
            ("ropa de cama", "bedding"),
            ("A place to stay ", "housing"),
            ("jam jars", "jam jars"),
            ("", ""),
        ] {
            assert_eq!(read_kind(&Lexicon::default(), typed), word, "{typed}");
        }
        let lexicon = Lexicon::new(&["Decke: bedding".to_owned()]);
        for typed in ["Decke", "decke ", "Bedding", "ropa de cama"] {
            assert_eq!(read_kind(&lexicon, typed), "bedding", "{typed}");
        }
        let locale = Locale::find("es");
        assert_eq!(kind_label(&lexicon, &locale, "bedding"), "Decke");
        assert_eq!(kind_label(&Lexicon::default(), &locale, "bedding"), "Ropa de cama");
        for (typed, word) in [("pieces", "one"), ("Horas", "hour"), ("bags", "bags")] {
            assert_eq!(read_unit(typed), word, "{typed}");
        }
    }

    #[test]
    fn e15_every_language_in_which_people_write_has_words_after_which_nobody_is_asked() {
        let written = WRITTEN_IN.map(|(code, _)| code);
        assert_eq!(crate::domain::quiet::QUIET.map(|(code, _)| code), written);
    }

    #[test]
    fn languages_are_in_order_and_known_by_their_own_names() {
        assert!(WRITTEN_IN.is_sorted());
        assert_eq!(language("es-CO"), "Español");
        assert_eq!(language("tlh"), "tlh");
    }
}
