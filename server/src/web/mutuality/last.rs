//! *Will it be here next year?*

use crate::domain::duty::FUNCTIONS;
use crate::domain::mutuality::figures::Why;
use crate::web::mutuality::pictures::Weeks;
use crate::web::mutuality::says::{Block, Group, Messages, Says};

/// What is said of people: some, hardly anybody, nearly all.
const EXEMPT: [&str; 3] = ["mutuality-exempt", "mutuality-exempt-none", "mutuality-exempt-all"];

/// The group.
pub fn group(says: &Says<'_>) -> Group {
    let blocks = vec![standing(says), turns(says), missed(says), stayed(says), ties(says)];
    says.group("last", ["mutuality-last-title", "mutuality-last-lead"], blocks)
}

fn standing(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-standing-title",
        how: "mutuality-standing-how",
        not: "mutuality-standing-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.share("standing", "mutuality-standing", "mutuality-standing-none"));
    lines.extend(says.share("crisis", "mutuality-crisis", "mutuality-crisis-none"));
    let lasting =
        says.percent("lasting").map(|percent| says.with("mutuality-lasting", "percent", percent));
    lines.push(lasting.unwrap_or_else(|| says.plain("mutuality-lasting-unknown")));
    lines.extend(says.counted("deeds_for_ten", "mutuality-deeds-for-ten"));
    says.block(&messages, lines)
}

fn turns(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-kept-title",
        how: "mutuality-kept-how",
        not: "mutuality-kept-not",
    };
    let mut lines = Vec::new();
    match says.share("reliability", "mutuality-reliability", "mutuality-reliability-none") {
        Some(line) => lines.push(line),
        None => lines.push(says.plain("mutuality-turns-none-due")),
    }
    lines.extend(says.share("cover", "mutuality-cover", "mutuality-cover-none"));
    lines.extend(says.people("exempt", EXEMPT));
    let mut block = says.block(&messages, lines);
    block.weeks = Weeks::new(says);
    block
}

/// What would be missed on Monday. A list, never a sum.
fn missed(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-missed-title",
        how: "mutuality-missed-how",
        not: "mutuality-missed-not",
    };
    let named = &says.report.functions;
    let line = if named.is_empty() { "mutuality-missed-none" } else { "mutuality-missed-lead" };
    let mut block = says.block(&messages, vec![says.plain(line)]);
    block.list = named
        .iter()
        .map(|(word, (weeks, no_gap))| {
            let message = match (weeks, no_gap) {
                (0, _) => "mutuality-function-not-yet",
                (_, true) => "mutuality-function-no-gap",
                (_, false) => "mutuality-function",
            };
            let arguments =
                [("name", name(says, word).into()), ("weeks", i64::from(*weeks).into())];
            says.locale.say_with(message, arguments)
        })
        .collect();
    block
}

/// A word of the list has a name in every language; a word of the collective's own is its name.
fn name(says: &Says<'_>, word: &str) -> String {
    match FUNCTIONS.contains(&word) {
        true => says.locale.say(&format!("function-{word}")),
        false => word.to_owned(),
    }
}

fn stayed(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-stayed-title",
        how: "mutuality-stayed-how",
        not: "mutuality-stayed-not",
    };
    let moments = [
        ("stayed_3", "mutuality-stayed-short"),
        ("stayed_6", "mutuality-stayed-half"),
        ("stayed_12", "mutuality-stayed-year"),
    ];
    let percent = |(name, message)| Some(says.with(message, "percent", says.percent(name)?));
    let mut lines: Vec<String> = moments.into_iter().filter_map(percent).collect();
    if moments.iter().any(|(name, _)| says.is_hidden(name, Why::NearlyAll)) {
        lines.push(says.plain("mutuality-stayed-all"));
    }
    if lines.is_empty() {
        lines.push(says.plain("mutuality-stayed-unknown"));
    }
    says.block(&messages, lines)
}

fn ties(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-ties-title",
        how: "mutuality-ties-how",
        not: "mutuality-ties-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.share("new_ties", "mutuality-ties", "mutuality-ties-none"));
    lines.extend(says.share("bridges", "mutuality-bridges", "mutuality-bridges-none"));
    says.block(&messages, lines)
}
