//! The clauses of what we owe each other: every heading and every sentence of its text. A measure
//! about a member cites one of them, so that nobody is measured by a rule that was never agreed to.

use pulldown_cmark::{Event, Parser, TagEnd};

/// The headings and sentences of a text in Markdown, in order, as they read without its marks.
pub fn list(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for clause in blocks(text).iter().flat_map(|block| sentences(block)) {
        if !found.contains(&clause) {
            found.push(clause);
        }
    }
    found
}

/// The clause that somebody typed, as it stands in the text: a heading, a sentence, or a paragraph.
/// Capitals, spaces and what ends a sentence may differ.
pub fn find(text: &str, typed: &str) -> Option<String> {
    let wanted = bare(typed);
    let same = |clause: &String| !wanted.is_empty() && bare(clause) == wanted;
    list(text).into_iter().chain(blocks(text)).find(same)
}

/// Headings, paragraphs, lines of lists.
fn blocks(text: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), String::new());
    for event in Parser::new(text) {
        match event {
            Event::Text(text) | Event::Code(text) => open.push_str(&text),
            Event::SoftBreak | Event::HardBreak => open.push(' '),
            Event::End(end) if is_inline(end) => {}
            // A line of a list ends where one inside it begins.
            Event::Start(tag) if is_inline(tag.to_end()) => {}
            _ => found.push(std::mem::take(&mut open)),
        }
    }
    found.push(open);
    let tidy = |block: String| block.split_whitespace().collect::<Vec<_>>().join(" ");
    found.into_iter().map(tidy).filter(|block| !bare(block).is_empty()).collect()
}

fn is_inline(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
    )
}

fn sentences(block: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), String::new());
    for word in block.split_whitespace() {
        if !open.is_empty() {
            open.push(' ');
        }
        open.push_str(word);
        if word.trim_end_matches(['"', '”', '»', ')']).ends_with(['.', '!', '?', '…']) {
            found.push(std::mem::take(&mut open));
        }
    }
    found.push(open);
    found.retain(|sentence| !bare(sentence).is_empty());
    found
}

fn bare(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# How we speak\n\nNobody *shouts* here. We ask\nfirst!\n\n\
                        - Doors stay open.\n- Keys go back\n  - on the hook\n\nLast words";

    #[test]
    fn clauses_are_headings_and_sentences() {
        let expected = [
            "How we speak",
            "Nobody shouts here.",
            "We ask first!",
            "Doors stay open.",
            "Keys go back",
            "on the hook",
            "Last words",
        ];
        assert_eq!(list(TEXT), expected);
        assert!(list("").is_empty() && list("***\n\n...").is_empty());
    }

    #[test]
    fn a_clause_is_found_as_a_whole_or_not_at_all() {
        let find = |typed: &str| find(TEXT, typed);
        assert_eq!(find("  nobody shouts   HERE").as_deref(), Some("Nobody shouts here."));
        assert_eq!(find("How we speak").as_deref(), Some("How we speak"));
        let whole = "Nobody shouts here. We ask first!";
        assert_eq!(find(whole).as_deref(), Some(whole));
        for wrong in ["", " . ", "shouts here", "Nobody shouts", "Nobody may dance."] {
            assert_eq!(find(wrong), None, "{wrong}");
        }
    }
}
