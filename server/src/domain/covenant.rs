//! What we owe each other: the text to which whoever joins says yes, and the rule by which they
//! become one of us. Duties lie on the collective; asking for something never depends on any of it.

use jiff::Timestamp;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

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

/// Tidies and checks a text. It has a section of what we owe each other (mission E14), under one of
/// these headings; a sentence is enough.
pub fn check_text(text: &str, headings: &[String]) -> Result<String, Refusal> {
    let text = text.replace('\r', "").trim().to_owned();
    match text.chars().count() {
        0 => Err(Refusal::CovenantEmpty),
        length if length > LONGEST => Err(Refusal::CovenantTooLong),
        _ if !has_section(&text, headings) => Err(Refusal::SectionMissing),
        _ => Ok(text),
    }
}

/// Whether a text in Markdown has a section under one of these headings, with something in it.
pub fn has_section(text: &str, headings: &[String]) -> bool {
    let is_wanted = |heading: &str| headings.iter().any(|wanted| bare(wanted) == bare(heading));
    let (mut heading, mut is_heading, mut is_section) = (String::new(), false, false);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => (heading, is_heading) = (String::new(), true),
            Event::End(TagEnd::Heading(_)) => {
                (is_heading, is_section) = (false, is_wanted(&heading));
            }
            Event::Text(words) | Event::Code(words) if is_heading => heading.push_str(&words),
            Event::SoftBreak if is_heading => heading.push(' '),
            Event::Text(words) | Event::Code(words) if is_section && !bare(&words).is_empty() => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Letters and digits in small letters, single spaces: what two headings have in common that differ
/// in nothing but marks.
fn bare(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
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
        assert_eq!(check_text(" \r\n", &[]), Err(Refusal::CovenantEmpty));
        assert_eq!(check_text(&"x".repeat(20_001), &[]), Err(Refusal::CovenantTooLong));
    }

    #[test]
    fn e14_a_text_says_what_we_owe_each_other() {
        let headings = ["What we owe each other".to_owned(), "Lo que nos debemos".to_owned()];
        let check = |text: &str| check_text(text, &headings).map(|_| ());
        for fits in [
            "# What we owe each other\n\nTurns.",
            "Hello\n\n### *what we* OWE each other:\n- turns",
            "What we owe each other\n===\nOne turn a month.\n\n# Doors\nStay open.",
            "## Lo que nos debemos\n\nTurnos.",
        ] {
            assert_eq!(check(fits), Ok(()), "{fits}");
        }
        for unfit in [
            "What we owe each other\n\nTurns.",
            "# What we owe each other",
            "# What we owe each other\n\n***\n\n# Doors\n\nStay open.",
            "# What we owe\n\nTurns.",
            "We ask each other.",
        ] {
            assert_eq!(check(unfit), Err(Refusal::SectionMissing), "{unfit}");
        }
    }
}
