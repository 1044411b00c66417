//! Characters that are no text: what stacks up, turns round, or speaks to a terminal.

use unicode_normalization::char::is_combining_mark;

/// How many marks may stand on one letter. Vietnamese needs two, Hebrew with all its signs four.
const MOST_MARKS: usize = 8;

/// Removes control characters (line breaks and tabs stay), overrides of the direction of writing,
/// and marks beyond the eighth on one letter. What isolates a direction stays: a paragraph ends it.
pub(super) fn tame(text: &str) -> String {
    let mut marks = 0;
    text.chars()
        .filter(|c| {
            marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
            marks <= MOST_MARKS && !is_harmful(*c)
        })
        .collect()
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{202d}' | '\u{202e}')
}

#[cfg(test)]
mod tests {
    use super::super::{one_line, plain, sanitise};
    use super::*;

    #[test]
    fn inb_16_marks_do_not_stack_up() {
        let tower = format!("e{}x", "\u{301}".repeat(100_000));
        for tamed in [tame(&tower), sanitise(&tower), plain(&tower), one_line(&tower, 200)] {
            assert!(tamed.starts_with('e'), "{}", tamed.len());
            assert!(tamed.chars().filter(|c| is_combining_mark(*c)).count() <= 8);
        }
        // Marks that were written as numbers are marks too.
        let numbered = format!("<p>e{}</p>", "&#x301;".repeat(100));
        assert_eq!(sanitise(&numbered).matches('\u{301}').count(), 8);
        assert_eq!(plain(&numbered).matches('\u{301}').count(), 8);
        for honest in ["Việt Nam", "שָׁלוֹם", "नमस्ते", "👨‍👩‍👧", "❤️", "ภาษาไทยที่นี่"]
        {
            assert_eq!(tame(honest), honest);
            assert_eq!(sanitise(honest), honest);
            assert_eq!(one_line(honest, 200), honest);
        }
    }

    #[test]
    fn inb_16_nothing_turns_round_or_speaks_to_a_terminal() {
        for bad in [
            "\u{202e}",
            "\u{202d}",
            "\u{0}",
            "\u{1b}[31m",
            "\u{9b}",
            "\u{7}",
            "\u{85}",
            "&#27;",
            "&#x202e;",
            "&#0;",
        ] {
            let html = format!("<p>a{bad}b</p>");
            for text in [sanitise(&html), plain(&html), one_line(&plain(&html), 50)] {
                assert!(!text.chars().any(is_harmful), "{bad:?}: {text:?}");
            }
        }
        assert_eq!(tame("a\nb\tc"), "a\nb\tc");
    }
}
