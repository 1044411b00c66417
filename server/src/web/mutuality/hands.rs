//! *Whose hands is it in?*

use crate::web::mutuality::pictures::Terms;
use crate::web::mutuality::says::{Block, Group, Messages, Says};

/// Answers are spread evenly up to this; unevenly from there on (Gini coefficient in percent).
const EVEN: i64 = 35;
/// Hours of a day.
const DAY: i64 = 24;

/// The group.
pub fn group(says: &Says<'_>, terms: Option<Terms>) -> Group {
    let blocks =
        vec![holders(says, terms), coordinating(says), outside(says), causes(says), needs(says)];
    says.group("hands", ["mutuality-hands-title", "mutuality-hands-lead"], blocks)
}

fn holders(says: &Says<'_>, terms: Option<Terms>) -> Block {
    let messages = Messages {
        title: "mutuality-bus-title",
        how: "mutuality-bus-how",
        not: "mutuality-bus-not",
    };
    let mut lines = vec![match says.count("bus") {
        None => says.plain("mutuality-bus-unknown"),
        Some(0) => says.plain("mutuality-bus-nobody"),
        Some(1) => says.plain("mutuality-bus-one"),
        Some(number) => says.with("mutuality-bus", "count", number),
    }];
    lines.extend(says.share("rotation", "mutuality-rotation", "mutuality-rotation-none"));
    lines.extend(says.counted("months_in_role", "mutuality-months-in-role"));
    let mut block = says.block(&messages, lines);
    block.terms = terms;
    block
}

fn coordinating(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-coordinating-title",
        how: "mutuality-coordinating-how",
        not: "mutuality-coordinating-not",
    };
    let line = says.counted("coordinating_as_if_by", "mutuality-coordinating");
    let line = line.unwrap_or_else(|| says.plain("mutuality-coordinating-unknown"));
    says.block(&messages, vec![line])
}

fn outside(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-outside-title",
        how: "mutuality-outside-how",
        not: "mutuality-outside-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.share("outside", "mutuality-outside", "mutuality-outside-none"));
    lines.extend(says.share("strings", "mutuality-strings", "mutuality-strings-none"));
    says.block(&messages, lines)
}

fn causes(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-causes-title",
        how: "mutuality-causes-how",
        not: "mutuality-causes-not",
    };
    let line = says.share("causes_answered", "mutuality-causes", "mutuality-causes-none");
    let line = line.unwrap_or_else(|| says.plain("mutuality-causes-unknown"));
    says.block(&messages, vec![line])
}

/// Whose needs they are, and how they are answered.
fn needs(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-needs-title",
        how: "mutuality-needs-how",
        not: "mutuality-needs-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.share("newcomers", "mutuality-newcomers", "mutuality-newcomers-none"));
    lines.extend(says.share("outside_core", "mutuality-core", "mutuality-core-none"));
    lines.extend(says.share("unmet", "mutuality-unmet", "mutuality-unmet-none"));
    for (fastest, slowest, message) in [
        ("fastest", "slowest", "mutuality-waiting"),
        ("fastest_language", "slowest_language", "mutuality-waiting-languages"),
    ] {
        if let Some((fastest, slowest)) = says.count(fastest).zip(says.count(slowest)) {
            let arguments =
                [("fastest", time(says, fastest).into()), ("slowest", time(says, slowest).into())];
            lines.push(says.locale.say_with(message, arguments));
        }
    }
    if let Some(percent) = says.percent("attention") {
        let is_even = percent <= EVEN;
        let message =
            if is_even { "mutuality-attention-even" } else { "mutuality-attention-uneven" };
        lines.push(says.plain(message));
    }
    says.block(&messages, lines)
}

/// Hours, or days where it is days.
fn time(says: &Says<'_>, hours: i64) -> String {
    match hours {
        0..=1 => says.plain("mutuality-within-an-hour"),
        2..48 => says.with("mutuality-hours", "count", hours),
        days => says.with("mutuality-days", "count", days / DAY),
    }
}
