//! What we owe each other: the text to which whoever joins says yes, and the rule by which they
//! become one of us. Duties lie on the collective; asking for something never depends on any of it.

use jiff::Timestamp;

use crate::domain::refusal::Refusal;

/// The longest text, in characters: half a page is meant, and nobody reads more.
const LONGEST: usize = 20_000;
/// The most vouches that a rule may ask for.
const MOST_VOUCHES: i64 = 20;

/// One version of what we owe each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covenant {
    /// Its number: every text to which somebody said yes has one of its own.
    pub version: i64,
    /// The text in Markdown, and the code of its language; none for the text that is there from the
    /// beginning, in every language that we speak.
    pub text: Option<(String, String)>,
    /// When the collective adopted it.
    pub adopted_at: Option<Timestamp>,
    /// How one becomes one of us.
    pub rule: Rule,
}

/// How whoever joins becomes one of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How many members vouch for them; with none needed they are a member at once.
    pub vouches_needed: i64,
    /// Whether a visit is enough, too.
    pub visit_is_enough: bool,
}

impl Covenant {
    /// What is in force until the collective adopts a text of its own.
    pub fn first() -> Self {
        let rule = Rule { vouches_needed: 2, visit_is_enough: true };
        Self { version: 1, text: None, adopted_at: None, rule }
    }
}

impl Rule {
    /// Checks a rule that somebody typed.
    pub fn new(vouches_needed: i64, visit_is_enough: bool) -> Result<Self, Refusal> {
        match (0..=MOST_VOUCHES).contains(&vouches_needed) {
            true => Ok(Self { vouches_needed, visit_is_enough }),
            false => Err(Refusal::VouchesUnfit),
        }
    }

    /// Whether so many vouches, and a visit or none, are enough.
    pub fn is_met(self, vouches: i64, visited: bool) -> bool {
        vouches >= self.vouches_needed || (visited && self.visit_is_enough)
    }
}

/// Tidies and checks a text.
pub fn check_text(text: &str) -> Result<String, Refusal> {
    let text = text.replace('\r', "").trim().to_owned();
    match text.chars().count() {
        0 => Err(Refusal::CovenantEmpty),
        length if length > LONGEST => Err(Refusal::CovenantTooLong),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_met_by_vouches_or_by_a_visit() {
        let rule = Covenant::first().rule;
        assert!(!rule.is_met(1, false));
        assert!(rule.is_met(2, false) && rule.is_met(0, true));
        let strict = Rule::new(1, false).unwrap();
        assert!(!strict.is_met(0, true) && strict.is_met(1, false));
        assert!(Rule::new(0, false).unwrap().is_met(0, false));
        assert_eq!(Rule::new(-1, true), Err(Refusal::VouchesUnfit));
        assert_eq!(check_text(" \r\n"), Err(Refusal::CovenantEmpty));
        assert_eq!(check_text(&"x".repeat(20_001)), Err(Refusal::CovenantTooLong));
    }
}
