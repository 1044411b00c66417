//! Leaving: for how long one may come back, and which words tell who somebody was.

use jiff::{SignedDuration, Timestamp};

/// For how long somebody who has left may come back, before what is theirs is erased (mission, J13).
pub const UNDO: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A part of a name shorter than this may be any word. In characters.
const SHORTEST_PART: usize = 3;
/// So many digits in one line may be a telephone number.
const DIGITS_OF_A_NUMBER: usize = 6;

/// Somebody has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// When they said so.
    pub left_at: Timestamp,
    /// From when on they cannot come back, and what is theirs is erased.
    pub erase_at: Timestamp,
}

impl Leaving {
    /// Somebody leaves now.
    pub fn begun(now: Timestamp) -> Self {
        Self { left_at: now, erase_at: now.saturating_add(UNDO).unwrap_or(now) }
    }

    /// Whether they may still come back.
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        now < self.erase_at
    }
}

/// Whether a line tells who wrote it: it holds a part of their name, or what looks like an address
/// or a telephone number. In doubt it does, because what is erased too much harms nobody.
pub fn tells_who(line: &str, name: &str) -> bool {
    let words = |text: &str| {
        let lower = text.to_lowercase();
        let parts = lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    let (said, names) = (words(line), words(name));
    let is_part = |word: &String| word.chars().count() >= SHORTEST_PART && names.contains(word);
    let whole = !names.is_empty() && said.windows(names.len()).any(|some| some == names);
    let digits = line.chars().filter(char::is_ascii_digit).count();
    whole || said.iter().any(is_part) || line.contains('@') || digits >= DIGITS_OF_A_NUMBER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_name_or_a_number_tells_who() {
        for line in [
            "Kofi's fridge",
            "for KOFI",
            "Family Mensah moves",
            "Call 0151 234 5678",
            "write to k@example.org",
        ] {
            assert!(tells_who(line, "Kofi Mensah"), "{line}");
        }
        for line in ["Warm blankets", "40 chairs until 8 pm", "Coffee"] {
            assert!(!tells_who(line, "Kofi Mensah"), "{line}");
        }
        // A short name counts as a whole word only.
        assert!(tells_who("Bread from Al", "Al"));
        assert!(!tells_who("A walk", "Al"));
        assert!(!tells_who("anything", " "));
    }

    #[test]
    fn fourteen_days_are_left() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let leaving = Leaving::begun(now);
        assert_eq!(leaving.erase_at.to_string(), "2026-12-07T12:00:00Z");
        assert!(leaving.can_be_undone(now) && !leaving.can_be_undone(leaving.erase_at));
    }
}
