//! What came from a neighbour and what went to it, in words. Two lists, never one taken from the
//! other.

use fluent_templates::fluent_bundle::FluentValue;

use crate::domain::came_and_went::{Brought, CameAndWent, Sum, Way, sums};
use crate::web::promise_lines::counts;
use crate::web::words::Words;

/// How many lines of a list are shown.
const MOST: usize = 50;

/// Both lists.
pub struct Shown {
    /// What they brought us.
    pub came: List,
    /// What we brought them.
    pub went: List,
    /// Which way it went in two years, as a sentence.
    pub way: Option<String>,
    /// Whether both are empty.
    pub is_empty: bool,
}

/// One of the lists.
pub struct List {
    /// The newest, newest first.
    pub lines: Vec<Line>,
    /// Says that there are older ones, if there are.
    pub older: Option<String>,
    /// How much of each unit.
    pub sum: Option<String>,
}

/// One thing that was brought.
pub struct Line {
    /// What it was and how much.
    pub text: String,
    /// When.
    pub date: String,
    /// The same for the browser.
    pub iso: String,
}

/// Says both lists.
pub fn shown(words: &Words<'_>, both: &CameAndWent) -> Shown {
    Shown {
        came: list(words, &both.came),
        went: list(words, &both.went),
        way: both.way(words.now).map(|way| words.locale.say(sentence(way))),
        is_empty: both.is_empty(),
    }
}

fn sentence(way: Way) -> &'static str {
    match way {
        Way::Even => "pact-way-even",
        Way::MoreCame => "pact-way-came",
        Way::MoreWent => "pact-way-went",
    }
}

fn list(words: &Words<'_>, brought: &[Brought]) -> List {
    let is_cut = brought.len() > MOST;
    let parts: Vec<String> =
        sums(brought).into_iter().map(|(unit, sum)| of_unit(words, unit, sum)).collect();
    let sum = parts.join(", ");
    List {
        lines: brought.iter().take(MOST).map(|each| line(words, each)).collect(),
        older: is_cut
            .then(|| words.locale.say_with("pact-brought-newest", [("count", MOST.into())])),
        sum: (!sum.is_empty())
            .then(|| words.locale.say_with("pact-brought-sum", [("sum", sum.into())])),
    }
}

fn line(words: &Words<'_>, brought: &Brought) -> Line {
    let hidden = || words.locale.say("pact-brought-withdrawn");
    let title = brought.title.clone().unwrap_or_else(hidden);
    let text = match how_much(words, brought) {
        Some(amount) => {
            let arguments = [("title", title.into()), ("amount", amount.into())];
            words.locale.say_with("pact-brought-line", arguments)
        }
        None => title,
    };
    let day = words.lately(brought.at);
    Line { text, date: day.text, iso: day.iso }
}

/// One amount where both sides count the same, else what each says.
fn how_much(words: &Words<'_>, brought: &Brought) -> Option<String> {
    let (ours, theirs, unit) = (brought.ours, brought.theirs, brought.unit.as_str());
    if ours.spoke && ours == theirs {
        return brought.promised.map(|_| words.amount(ours.total, unit));
    }
    let said = counts(words, (ours, theirs), brought.promised, unit);
    said.or_else(|| brought.promised.map(|promised| words.amount(promised, unit)))
}

/// A bare number would not say of what, beside hours and kilograms.
fn of_unit(words: &Words<'_>, unit: &str, sum: Sum) -> String {
    let amount = words.counts(sum.low, sum.high, unit);
    if unit != "one" {
        return amount;
    }
    let high = sum.high.to_string();
    let count = FluentValue::try_number(&high);
    words.locale.say_with("pact-brought-pieces", [("count", count), ("amount", amount.into())])
}
