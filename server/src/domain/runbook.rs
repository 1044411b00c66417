//! Runbooks: how a duty is done here, so that it does not hang on one person (mission E26b). Every
//! version is kept; one that was copied from a neighbour keeps from whom.

use jiff::{SignedDuration, Timestamp};
use similar::{ChangeTag, TextDiff};
use url::Url;

use crate::domain::refusal::Refusal;

/// After a year somebody looks whether it is still right.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_hours(365 * 24);
/// So long a duty may go without anything written, or without anybody who learnt by it, before the
/// assembly is asked.
pub const GRACE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The longest, in characters.
const LONGEST: usize = 20_000;
/// What stands first in a file that keeps from whom it was copied.
const MARK: (&str, &str) = ("<!-- copied from ", " -->");

/// A version of how something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runbook {
    /// Which version, from one on.
    pub version: i64,
    /// Markdown.
    pub text: String,
    /// When it was written.
    pub made_at: Timestamp,
}

/// From whom it was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where it stands.
    pub url: Url,
    /// Whose it is.
    pub name: String,
    /// What stood there when somebody looked last, as Markdown.
    pub text: String,
    /// When it was copied.
    pub copied_at: Timestamp,
    /// When somebody looked last.
    pub looked_at: Timestamp,
}

/// How one text differs from another, line by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In both.
    Same,
    /// Only in the first.
    Gone,
    /// Only in the second.
    New,
}

/// Why a runbook is thin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thin {
    /// Nothing is written.
    Missing,
    /// Nobody looked at it for a year.
    Stale,
    /// Nobody has learnt by it yet.
    Unlearnt,
}

/// Why it is thin, if it is: nothing is written, nobody looked at it for a year, or no learner ever
/// used it. `written_at` is when its newest version was written.
pub fn thin(
    written_at: Option<Timestamp>,
    looked_at: Option<Timestamp>,
    was_learnt: bool,
    now: Timestamp,
) -> Option<Thin> {
    let Some(written_at) = written_at else { return Some(Thin::Missing) };
    let looked_at = looked_at.map_or(written_at, |looked_at| looked_at.max(written_at));
    if now.duration_since(looked_at) >= STALE_AFTER {
        return Some(Thin::Stale);
    }
    (!was_learnt).then_some(Thin::Unlearnt)
}

/// Tidies and checks a text.
pub fn check(text: &str) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n");
    let clean: String =
        text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect();
    let clean = clean.trim();
    match clean.chars().count() {
        1..=LONGEST => Ok(clean.to_owned()),
        _ => Err(Refusal::RunbookUnfit),
    }
}

/// A file that says where it is from.
pub fn to_file(text: &str, from: &Url) -> String {
    format!("{}{from}{}\n\n{text}\n", MARK.0, MARK.1)
}

/// Reads a file: from where it is, if it says so, and its text.
pub fn from_file(file: &str) -> (Option<Url>, &str) {
    let marked = file.trim_start().strip_prefix(MARK.0).and_then(|rest| rest.split_once(MARK.1));
    match marked {
        Some((from, text)) => (Url::parse(from.trim()).ok(), text.trim_start()),
        None => (None, file),
    }
}

/// How `second` differs from `first`.
pub fn compare(first: &str, second: &str) -> Vec<(Change, String)> {
    let line = |tag, line: &str| {
        let change = match tag {
            ChangeTag::Equal => Change::Same,
            ChangeTag::Delete => Change::Gone,
            ChangeTag::Insert => Change::New,
        };
        (change, line.trim_end_matches(['\n', '\r']).to_owned())
    };
    let compared = TextDiff::from_lines(first, second);
    compared.iter_all_changes().map(|change| line(change.tag(), change.value())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e26b_an_old_or_unlearnt_runbook_is_thin() {
        let made_at: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let year = made_at + STALE_AFTER;
        let of = |looked_at, was_learnt, now| thin(Some(made_at), looked_at, was_learnt, now);
        assert_eq!(of(None, true, made_at), None);
        assert_eq!(of(None, false, made_at), Some(Thin::Unlearnt));
        assert_eq!(of(None, true, year), Some(Thin::Stale));
        assert_eq!(of(Some(made_at + GRACE), true, year), None);
        assert_eq!(thin(None, None, true, made_at), Some(Thin::Missing));
    }

    #[test]
    fn a_file_keeps_from_whom_it_is() {
        let from: Url = "https://mill.example/b/0S2XX1PMD0KRX".parse().unwrap();
        let file = to_file("# Soup\n\nWash hands.", &from);
        assert_eq!(from_file(&file), (Some(from), "# Soup\n\nWash hands.\n"));
        assert_eq!(from_file("# Soup"), (None, "# Soup"));
    }

    #[test]
    fn texts_are_compared_by_lines() {
        let found = compare("a\nb\nc", "a\nx\nc\n");
        let signs: Vec<_> = found.iter().map(|(change, line)| (*change, line.as_str())).collect();
        assert!(signs.contains(&(Change::Gone, "b")) && signs.contains(&(Change::New, "x")));
        assert_eq!(signs[0], (Change::Same, "a"));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert_eq!(check(" \n "), Err(Refusal::RunbookUnfit));
        assert_eq!(check(&"x".repeat(20_001)), Err(Refusal::RunbookUnfit));
        assert_eq!(check("a\r\nb\u{7}").as_deref(), Ok("a\nb"));
    }
}
