//! What changed between two versions of a text, line by line.

use similar::{ChangeTag, TextDiff};

/// One line of a text and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What became of it.
    pub change: Change,
    /// The line.
    pub text: String,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stands as before.
    Same,
    /// It is there no longer.
    Gone,
    /// It was not there before.
    New,
}

/// The lines of both versions in order, without empty ones.
pub fn lines(before: &str, after: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(before, after);
    let line = |change: similar::Change<&str>| Line {
        change: match change.tag() {
            ChangeTag::Equal => Change::Same,
            ChangeTag::Delete => Change::Gone,
            ChangeTag::Insert => Change::New,
        },
        text: change.value().trim().to_owned(),
    };
    diff.iter_all_changes().map(line).filter(|line| !line.text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_goes_or_is_new() {
        let found = lines("Doors stay open.\n\nNo shouting.\n", "Doors stay open.\nWe whisper.");
        let found: Vec<_> = found.iter().map(|line| (line.change, line.text.as_str())).collect();
        let expected = [
            (Change::Same, "Doors stay open."),
            (Change::Gone, "No shouting."),
            (Change::New, "We whisper."),
        ];
        assert_eq!(found, expected);
    }
}
