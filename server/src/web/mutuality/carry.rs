//! *Do we carry each other?*

use crate::domain::mutuality::figures::Why;
use crate::web::mutuality::pictures::Ring;
use crate::web::mutuality::says::{Block, Group, Messages, Says};

/// From this share on, nearly all help runs one way; then most of it; then a good part.
const NEARLY_ALL: i64 = 85;
const MOST: i64 = 55;
const PART: i64 = 30;
/// What is said of people: some, hardly anybody, nearly all.
const TWO_WAY: [&str; 3] = ["mutuality-two-way", "mutuality-two-way-none", "mutuality-two-way-all"];
const ASKED: [&str; 3] = ["mutuality-asked", "mutuality-asked-none", "mutuality-asked-all"];
const ASKED_ROLES: [&str; 3] =
    ["mutuality-asked-roles", "mutuality-asked-roles-none", "mutuality-asked-roles-all"];
/// The parts of everything that was done, with what is said of each: some, or hardly anything.
const PARTS: [[&str; 3]; 4] = [
    ["direct", "mutuality-part-direct", "mutuality-part-direct-none"],
    ["round", "mutuality-part-round", "mutuality-part-round-none"],
    ["common", "mutuality-part-common", "mutuality-part-common-none"],
    ["one_way", "mutuality-part-one-way", "mutuality-part-one-way-none"],
];

/// The group.
pub fn group(says: &Says<'_>) -> Group {
    let blocks =
        vec![split(says), chance(says), carriers(says), turns(says), asking(says), missing(says)];
    says.group("carry", ["mutuality-carry-title", "mutuality-carry-lead"], blocks)
}

/// Of everything that was done, how it went.
fn split(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-split-title",
        how: "mutuality-split-how",
        not: "mutuality-split-not",
    };
    let one_way = says.percent("one_way");
    let headline = match one_way {
        Some(NEARLY_ALL..) => "mutuality-way-nearly-all",
        Some(MOST..) => "mutuality-way-most",
        Some(PART..) => "mutuality-way-part",
        Some(_) => "mutuality-way-little",
        None if says.is_hidden("one_way", Why::SmallCell) => "mutuality-way-little",
        None => "mutuality-way-nothing",
    };
    let mut block = says.block(&messages, vec![says.plain(headline)]);
    if says.is_hidden("one_way", Why::Nothing) {
        return block;
    }
    let twentieths = |name: &str| says.percent(name).unwrap_or(0) / 5;
    block.list = PARTS
        .iter()
        .map(|[name, some, none]| match twentieths(name) {
            0 => says.plain(none),
            number => says.with(some, "number", number),
        })
        .collect();
    block.ring = Some(Ring::new(says, PARTS.map(|[name, ..]| twentieths(name))));
    block
}

/// Whether what could come round did, and what chance would bring.
fn chance(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-sides-title",
        how: "mutuality-sides-how",
        not: "mutuality-sides-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.share("balance", "mutuality-balance", "mutuality-balance-none"));
    lines.extend(says.share("closure", "mutuality-closure", "mutuality-closure-none"));
    lines.extend(says.people("two_way", TWO_WAY));
    let could_come_round = says.percent("balance").is_some_and(|percent| percent > 0);
    let band = says.percent("chance_low").zip(says.percent("chance_high"));
    let band = band.filter(|_| could_come_round);
    if let (Some((low, high)), Some(one_way)) = (band, says.percent("one_way")) {
        let came = 100 - one_way;
        let message = match came {
            less if less < low => "mutuality-chance-less",
            more if more > high => "mutuality-chance-more",
            _ => "mutuality-chance-within",
        };
        let arguments = [("low", low.into()), ("high", high.into())];
        lines.push(says.locale.say_with(message, arguments));
    }
    says.block(&messages, lines)
}

fn carriers(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-carriers-title",
        how: "mutuality-carriers-how",
        not: "mutuality-carriers-not",
    };
    let mut lines = Vec::new();
    if says.is_hidden("carriers", Why::FewCarriers) {
        lines.push(says.plain("mutuality-carriers-few"));
    }
    lines.extend(says.counted("carriers", "mutuality-carriers"));
    lines.extend(says.share(
        "carriers_received",
        "mutuality-carriers-received",
        "mutuality-carriers-received-none",
    ));
    lines.extend(says.counted("as_if_by", "mutuality-as-if-by"));
    says.block(&messages, lines)
}

fn turns(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-turns-title",
        how: "mutuality-turns-how",
        not: "mutuality-turns-not",
    };
    let mut lines = Vec::new();
    match says.count("turn_hands") {
        Some(0) => lines.push(says.plain("mutuality-turns-none")),
        Some(people) => {
            lines.push(says.with("mutuality-turns", "count", people));
            lines.extend(says.counted("turns_as_if_by", "mutuality-turns-as-if-by"));
        }
        None => lines.push(says.plain("mutuality-turns-few")),
    }
    if says.percent("turns_unknown").is_some_and(|percent| percent > 0) {
        lines.extend(says.share(
            "turns_unknown",
            "mutuality-turns-unknown",
            "mutuality-turns-none",
        ));
    }
    says.block(&messages, lines)
}

fn asking(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-asking-title",
        how: "mutuality-asking-how",
        not: "mutuality-asking-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.people("asked", ASKED));
    lines.extend(says.people("asked_roles", ASKED_ROLES));
    says.block(&messages, lines)
}

/// What the figures above do not count.
fn missing(says: &Says<'_>) -> Block {
    let messages = Messages {
        title: "mutuality-missing-title",
        how: "mutuality-missing-how",
        not: "mutuality-missing-not",
    };
    let mut lines = Vec::new();
    lines.extend(says.share("confirmed", "mutuality-confirmed", "mutuality-confirmed-none"));
    lines.extend(says.share("guarded", "mutuality-guarded", "mutuality-guarded-none"));
    says.block(&messages, lines)
}
