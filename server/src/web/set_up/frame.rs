//! What every page has: the frame, the words, and where somebody is on the way.

use crate::i18n::Locale;
use crate::web::assets::{CSS, ICON};
use crate::web::page::Argument;
use crate::web::set_up::draft::{Step, Wrong};
use crate::web::set_up::path_of;

/// The frame of a page, and the words for everything inside it. There is no instance yet: no
/// collective, no member, no cookie.
pub struct Frame {
    locale: Locale,
    /// The reader's language, as a code.
    pub language: &'static str,
    /// The title of the window and the heading.
    pub title: String,
    /// The address of the style sheet.
    pub css: String,
    /// The address of the icon.
    pub icon: String,
    /// The address of the source code.
    pub source: &'static str,
}

/// Where somebody is on the way, and what is wrong on the page.
pub struct Way {
    /// The place of the page: the first is 1.
    pub number: usize,
    /// The place of the last one.
    pub last: usize,
    /// The path of the page before.
    pub before: Option<String>,
    /// Where the form of the page goes.
    pub action: String,
    /// What is wrong with no field of it.
    pub general: Option<String>,
    wrong: Vec<(&'static str, String)>,
}

impl Frame {
    /// The frame of a page with a title.
    pub fn new(locale: &Locale, title: &str) -> Self {
        Self {
            locale: locale.clone(),
            language: locale.code(),
            title: locale.say(title),
            css: CSS.path(),
            icon: ICON.path(),
            source: env!("CARGO_PKG_REPOSITORY"),
        }
    }

    /// A message.
    pub fn t(&self, id: &str) -> String {
        self.locale.say(id)
    }

    /// A message with an argument.
    pub fn t1<A: Argument>(&self, id: &str, name: &'static str, value: A) -> String {
        self.locale.say_with(id, [(name, value.value())])
    }

    /// A message with two arguments.
    pub fn t2<A: Argument, B: Argument>(
        &self,
        id: &str,
        name: &'static str,
        value: A,
        other: &'static str,
        second: B,
    ) -> String {
        self.locale.say_with(id, [(name, value.value()), (other, second.value())])
    }
}

impl Way {
    /// The place of a page, and what is wrong on it.
    pub fn new(locale: &Locale, token: &str, step: Step, wrong: &[Wrong]) -> Self {
        Self {
            number: step.number(),
            last: Step::ALL.len(),
            before: step.before().map(|before| path_of(token, before)),
            action: path_of(token, step),
            general: None,
            wrong: wrong.iter().map(|(field, id)| (*field, locale.say(id))).collect(),
        }
    }

    /// What is wrong with a field.
    pub fn problem(&self, name: &str) -> Option<&str> {
        let found = self.wrong.iter().find(|(field, _)| *field == name);
        found.map(|(_, says)| says.as_str())
    }
}
