//! A report in sentences, with the figures in them.

use crate::domain::mutuality::figures::{Shown, Why};
use crate::domain::mutuality::report::Report;
use crate::i18n::Locale;
use crate::web::mutuality::pictures::{Ring, Terms, Weeks};

/// Says figures of a report to a reader.
pub struct Says<'a> {
    /// The reader's language.
    pub locale: &'a Locale,
    /// The report.
    pub report: &'a Report,
}

/// One of the three questions.
pub struct Group {
    /// For links to it.
    pub id: &'static str,
    /// The question.
    pub title: String,
    /// What it is about.
    pub lead: String,
    /// What is said to it.
    pub blocks: Vec<Block>,
}

/// Something that is said.
#[derive(Default)]
pub struct Block {
    /// What it is about.
    pub title: String,
    /// The sentences.
    pub lines: Vec<String>,
    /// A list below them.
    pub list: Vec<String>,
    /// How what was done went.
    pub ring: Option<Ring>,
    /// The turns of the weeks.
    pub weeks: Option<Weeks>,
    /// Until when terms go.
    pub terms: Option<Terms>,
    /// How it is computed.
    pub how: String,
    /// What it cannot know.
    pub not: String,
}

/// The messages of a block.
pub struct Messages {
    /// What it is about.
    pub title: &'static str,
    /// How it is computed.
    pub how: &'static str,
    /// What it cannot know.
    pub not: &'static str,
}

impl Says<'_> {
    /// A group.
    pub fn group(&self, id: &'static str, [title, lead]: [&str; 2], blocks: Vec<Block>) -> Group {
        Group { id, title: self.locale.say(title), lead: self.locale.say(lead), blocks }
    }

    /// A block with sentences.
    pub fn block(&self, messages: &Messages, lines: Vec<String>) -> Block {
        Block {
            title: self.locale.say(messages.title),
            lines,
            how: self.locale.say(messages.how),
            not: self.locale.say(messages.not),
            ..Block::default()
        }
    }

    /// A sentence without a figure.
    pub fn plain(&self, message: &str) -> String {
        self.locale.say(message)
    }

    /// A share in percent; none if it is not shown.
    pub fn percent(&self, name: &str) -> Option<i64> {
        match self.report.get(name) {
            Shown::Share(share) => nearest(share * 100.0),
            Shown::Count(_) | Shown::Hidden(_) => None,
        }
    }

    /// A count; none if it is not shown.
    pub fn count(&self, name: &str) -> Option<i64> {
        match self.report.get(name) {
            Shown::Count(count) => i64::try_from(count).ok(),
            Shown::Share(_) | Shown::Hidden(_) => None,
        }
    }

    /// Whether a figure is not shown for a reason.
    pub fn is_hidden(&self, name: &str, why: Why) -> bool {
        self.report.get(name) == Shown::Hidden(why)
    }

    /// A sentence with a share in percent. Another one where nobody is behind it, or too few;
    /// nothing where there is nothing of which it could be a share.
    pub fn share(&self, name: &str, some: &str, none: &str) -> Option<String> {
        match self.percent(name) {
            Some(0) => Some(self.locale.say(none)),
            Some(percent) => Some(self.with(some, "percent", percent)),
            None if self.is_hidden(name, Why::SmallCell) => Some(self.locale.say(none)),
            None => None,
        }
    }

    /// The same of people, with a sentence for all of them, or all but a few.
    pub fn people(&self, name: &str, [some, none, all]: [&str; 3]) -> Option<String> {
        if self.is_hidden(name, Why::NearlyAll) || self.percent(name) == Some(100) {
            return Some(self.locale.say(all));
        }
        self.share(name, some, none)
    }

    /// A sentence with a count.
    pub fn counted(&self, name: &str, message: &str) -> Option<String> {
        self.count(name).map(|count| self.with(message, "count", count))
    }

    /// A sentence with a number.
    pub fn with(&self, message: &str, argument: &'static str, number: i64) -> String {
        self.locale.say_with(message, [(argument, number.into())])
    }
}

/// The nearest whole number.
pub fn nearest(value: f64) -> Option<i64> {
    format!("{value:.0}").parse().ok()
}
